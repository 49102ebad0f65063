//! Customers as a distributor sees them: wish, observation and where the engine stands.

use crate::database::{Tx, execute, fetch_all, fetch_optional};
use crate::leases::{WorkKind, wake};
use crate::rows::{Customer, WorkState};
use crate::timeline::append_event;
use crate::{DistributorStore, StoreError, parse, word};
use domain::event::Event;
use domain::ids::{CustomerId, SubscriptionId};
use domain::time::Timestamp;
use sqlx::Row;

impl DistributorStore {
    pub async fn customer(&self, id: &CustomerId) -> Result<Option<Customer>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        self.read_customer(&mut tx, id.as_str()).await
    }

    /// Customers, newest first: at most `limit`, those older than `before` when given.
    pub async fn customers(
        &self,
        before: Option<&CustomerId>,
        limit: i64,
    ) -> Result<Vec<Customer>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        let sql = "select id from customer where distributor = $1 and ($2 = '' or id < $2)
                   order by id desc limit $3";
        let before = before.map_or("", CustomerId::as_str);
        let ids =
            fetch_all!(&mut tx, sql, (self.me(), before, limit), |row| row.get::<String, _>("id"));
        let mut customers = Vec::with_capacity(ids.len());
        for id in ids {
            customers.extend(self.read_customer(&mut tx, &id).await?);
        }
        Ok(customers)
    }

    /// Whose subscription this is.
    pub async fn customer_of(
        &self,
        subscription: &SubscriptionId,
    ) -> Result<Option<CustomerId>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        let sql = "select customer from subscription where distributor = $1 and id = $2";
        let id = fetch_optional!(&mut tx, sql, (self.me(), subscription.as_str()), |row| row
            .get::<String, _>("customer"));
        id.map(|id| word("subscription", "customer", &id)).transpose()
    }

    /// Asks the engine to look at Google again soon. False when there is no such customer.
    pub async fn look_again(&self, id: &CustomerId, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "update work set look_from = $3, due_at = $3
                   where distributor = $1 and kind = 'customer' and key = $2";
        let found = execute!(&mut tx, sql, (self.me(), id.as_str(), now.0));
        if found == 1 {
            append_event(&mut tx, self.me(), id.as_str(), now, &Event::LookRequested).await?;
            wake(&mut tx, self.me(), WorkKind::Customer, id.as_str(), now).await?;
        }
        self.store.commit_and_wake(tx).await?;
        Ok(found == 1)
    }

    async fn read_customer(&self, tx: &mut Tx, id: &str) -> Result<Option<Customer>, StoreError> {
        let sql = "select c.created_at, d.body as desired, o.body as observed, w.due_at,
                     w.lease_until, w.converged, w.tries, w.error,
                     (select count(*) from credential k where k.distributor = c.distributor
                       and k.instance = c.instance and k.state = 'current') as credentials
                   from customer c
                   join desired d on d.distributor = c.distributor and d.customer = c.id
                   join work w on w.distributor = c.distributor and w.kind = 'customer'
                     and w.key = c.id
                   left join observed o on o.distributor = c.distributor and o.customer = c.id
                   where c.distributor = $1 and c.id = $2";
        let row = fetch_optional!(tx, sql, (self.me(), id), |row| (
            row.get::<i64, _>("created_at"),
            row.get::<String, _>("desired"),
            row.get::<Option<String>, _>("observed"),
            WorkState {
                due_at: Timestamp(row.get("due_at")),
                lease_until: Timestamp(row.get("lease_until")),
                converged: row.get("converged"),
                tries: row.get("tries"),
                error: row.get("error"),
            },
            row.get::<i64, _>("credentials"),
        ));
        let Some((created_at, desired, observed, work, credentials)) = row else { return Ok(None) };
        Ok(Some(Customer {
            id: word("customer", "id", id)?,
            created_at: Timestamp(created_at),
            desired: parse("desired", "body", id, &desired)?,
            observed: observed
                .map(|body| parse("observed", "body", id, &body))
                .transpose()?
                .unwrap_or_default(),
            work,
            connected: credentials > 0,
        }))
    }
}
