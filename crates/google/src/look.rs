//! A look at one customer: what Google shows of it, its first admin and its subscriptions.

use crate::client::{CallError, Google, Grant, Look};
use crate::reseller;
use domain::observed::{Found, Looked, Reason};
use domain::step::Call;

impl Google {
    /// Reads one customer in up to three kinds of call. Changes nothing.
    ///
    /// A customer that is not ours to manage has no users and subscriptions we could see, so those
    /// stay `None`.
    ///
    /// # Errors
    /// What stopped the look before it was whole; never [`CallError::Refused`], which is a finding,
    /// nor [`CallError::Unsure`].
    pub async fn look(
        &self,
        grant: &Grant,
        wanted: &Look,
        log: &mut Vec<Call>,
    ) -> Result<Looked, CallError> {
        let key = wanted.google_customer.as_deref().unwrap_or(&wanted.domain);
        let customer = found(self.read(grant, &reseller::get_customer(key), log).await)?;
        let customer = match customer {
            Found::Present(customer) => Found::Present(customer.observed()),
            Found::Absent => Found::Absent,
            Found::Refused(reason) => Found::Refused(reason),
        };
        let Found::Present(ours) = &customer else {
            return Ok(Looked { customer, admin: None, subscriptions: None });
        };
        if !ours.managed {
            return Ok(Looked { customer, admin: None, subscriptions: None });
        }
        let (email, external_id) = (&wanted.admin_email, &wanted.external_id);
        let admin = found(self.first_admin(grant, email, external_id, log).await)?;
        let google_id = ours.google_id.clone();
        let subscriptions = found(self.purchased(grant, &google_id, log).await)?;
        Ok(Looked { customer, admin: Some(admin), subscriptions: Some(subscriptions) })
    }
}

/// A refusal to show something is a finding. `classify` lets a 404 through as a refusal only when it
/// is Google's own word.
fn found<T>(read: Result<T, CallError>) -> Result<Found<T>, CallError> {
    match read {
        Ok(thing) => Ok(Found::Present(thing)),
        Err(CallError::Refused { reason: Reason { status: 404, .. } }) => Ok(Found::Absent),
        Err(CallError::Refused { reason }) => Ok(Found::Refused(reason)),
        Err(error) => Err(error),
    }
}
