//! First passwords behind one-time links.

use crate::database::{execute, fetch_optional};
use crate::leases::Lease;
use crate::rows::Secret;
use crate::timeline::append_event;
use crate::{Store, StoreError, word};
use domain::event::Event;
use domain::ids::SecretId;
use domain::secret::Sealed;
use domain::time::Timestamp;
use sqlx::Row;

impl Store {
    /// What a one-time link leads to, opened or not, so that the page can say which it is.
    pub async fn find_secret_by_link(&self, link_hash: &str) -> Result<Option<Secret>, StoreError> {
        let mut tx = self.begin_read().await?;
        let sql = "select distributor, id from secret where link_hash = $1";
        let row = fetch_optional!(&mut tx, sql, (link_hash), |row| (
            row.get::<String, _>("distributor"),
            row.get::<String, _>("id"),
        ));
        let Some((distributor, id)) = row else { return Ok(None) };
        read_secret(&mut tx, &distributor, &id).await
    }

    /// Marks the link as opened and empties the stored password, in one transaction. False when
    /// somebody was first or the link is too old: then nothing may be shown.
    pub async fn open_secret(&self, secret: &Secret, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let sql = "update secret set opened_at = $3, password = ''
                   where distributor = $1 and id = $2 and opened_at is null and expires_at > $3";
        let (distributor, id) = (secret.distributor.as_str(), secret.id.as_str());
        let opened = execute!(&mut tx, sql, (distributor, id, now.0));
        if opened == 1 {
            let lock = "update work set epoch = epoch where distributor = $1 and key = $2";
            execute!(&mut tx, lock, (distributor, secret.customer.as_str()));
            let customer = secret.customer.as_str();
            let event = Event::PasswordLinkOpened;
            append_event(&mut tx, distributor, customer, now, &event).await?;
        }
        self.commit(tx).await?;
        Ok(opened == 1)
    }

    /// The sealed password and link for the step that needs them.
    pub async fn secret(&self, lease: &Lease, id: &SecretId) -> Result<Option<Secret>, StoreError> {
        let mut tx = self.begin_read().await?;
        read_secret(&mut tx, lease.distributor.as_str(), id.as_str()).await
    }
}

async fn read_secret(
    tx: &mut crate::database::Tx,
    distributor: &str,
    id: &str,
) -> Result<Option<Secret>, StoreError> {
    let sql = "select customer, password, link, expires_at, opened_at from secret
               where distributor = $1 and id = $2";
    let row = fetch_optional!(tx, sql, (distributor, id), |row| (
        row.get::<String, _>("customer"),
        row.get::<String, _>("password"),
        row.get::<String, _>("link"),
        row.get::<i64, _>("expires_at"),
        row.get::<Option<i64>, _>("opened_at"),
    ));
    row.map(|(customer, password, link, expires_at, opened_at)| {
        Ok(Secret {
            distributor: word("secret", "distributor", distributor)?,
            id: word("secret", "id", id)?,
            customer: word("secret", "customer", &customer)?,
            password: Sealed(password),
            link: Sealed(link),
            expires_at: Timestamp(expires_at),
            opened_at: opened_at.map(Timestamp),
        })
    })
    .transpose()
}
