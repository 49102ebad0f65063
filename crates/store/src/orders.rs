//! Taking an order in: wish, order, sealed password, events and the engine's wake-up, in one
//! transaction. The only writer of wishes.

use crate::database::{Tx, execute, fetch_all, fetch_optional};
use crate::leases::{WorkKind, wake};
use crate::rows::{OrderRecord, Source};
use crate::timeline::append_event;
use crate::{DistributorStore, StoreError, conflict, json, parse, word};
use domain::command::{Change, Refusal};
use domain::desired::Desired;
use domain::ids::{CustomerId, InstanceId, OrderId, SecretId, SubscriptionId};
use domain::secret::Sealed;
use domain::time::Timestamp;
use sqlx::Row;

/// Everything about an order that is not the wish itself. All ids are new.
#[derive(Debug, Clone)]
pub struct NewOrder {
    pub id: OrderId,
    pub reference: String,
    pub source: Source,
    pub instance: InstanceId,
    pub customer: CustomerId,
    pub subscription: SubscriptionId,
    pub secret: NewSecret,
    pub domain: String,
    pub organization: String,
    /// SHA-256 of the request's meaning: the same body again is the same order.
    pub body_hash: String,
    pub idempotency_key: Option<String>,
}

/// A first password and its link, sealed.
#[derive(Debug, Clone)]
pub struct NewSecret {
    pub id: SecretId,
    pub password: Sealed,
    pub link: Sealed,
    pub link_hash: String,
    pub expires_at: Timestamp,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    New(OrderId),
    /// The same key or reference with the same body was here before: that order.
    Same(OrderId),
    /// The idempotency key was used with another body.
    KeyReused,
    /// The reference belongs to an order with another body.
    ReferenceReused(OrderId),
    Refused(Refusal),
}

impl DistributorStore {
    /// Takes an order in, once: the same idempotency key or reference gives the same answer for
    /// ever, and nothing is stored unless all of it is.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the same order arrived twice at the same moment, which asking
    /// again answers; or when this distributor has no such instance (any more).
    pub async fn place_order(
        &self,
        new: &NewOrder,
        now: Timestamp,
        change: impl FnOnce(Option<&Desired>) -> Result<Change, Refusal>,
    ) -> Result<Placed, StoreError> {
        let mut tx = self.store.begin().await?;
        if let Some(before) = self.seen_before(&mut tx, new).await? {
            return self.again(tx, new, before, now).await;
        }
        let desired = self.desired_of_domain(&mut tx, &new.domain).await?;
        let change = match change(desired.as_ref()) {
            Ok(change) => change,
            Err(refusal) => {
                // The wish it collides with may be its own, committed since we looked.
                return match self.seen_before(&mut tx, new).await? {
                    Some(before) => self.again(tx, new, before, now).await,
                    None => Ok(Placed::Refused(refusal)),
                };
            }
        };
        self.insert_order(&mut tx, new, &change, now).await.map_err(conflict)?;
        self.store.commit_and_wake(tx).await?;
        Ok(Placed::New(new.id.clone()))
    }

    /// Answers an order that was here before; a key it came with means that order from now on.
    async fn again(
        &self,
        mut tx: Tx,
        new: &NewOrder,
        before: Placed,
        now: Timestamp,
    ) -> Result<Placed, StoreError> {
        if let (Placed::Same(id), Some(key)) = (&before, &new.idempotency_key) {
            self.insert_key(&mut tx, key, &new.body_hash, id, now).await?;
            self.store.commit(tx).await?;
        }
        Ok(before)
    }

    async fn seen_before(&self, tx: &mut Tx, new: &NewOrder) -> Result<Option<Placed>, StoreError> {
        let sql = "select body_hash, order_id from idempotency where distributor = $1 and key = $2";
        if let Some(key) = &new.idempotency_key {
            let row = fetch_optional!(&mut *tx, sql, (self.me(), key), |row| (
                row.get::<String, _>("body_hash"),
                row.get::<String, _>("order_id"),
            ));
            if let Some((hash, id)) = row {
                let same = Placed::Same(word("idempotency", "order_id", &id)?);
                return Ok(Some(if hash == new.body_hash { same } else { Placed::KeyReused }));
            }
        }
        let sql = "select body_hash, id from orders where distributor = $1 and reference = $2";
        let row = fetch_optional!(&mut *tx, sql, (self.me(), &new.reference), |row| (
            row.get::<String, _>("body_hash"),
            row.get::<String, _>("id"),
        ));
        let Some((hash, id)) = row else { return Ok(None) };
        let id = word("orders", "id", &id)?;
        let same = hash == new.body_hash;
        Ok(Some(if same { Placed::Same(id) } else { Placed::ReferenceReused(id) }))
    }

    async fn desired_of_domain(
        &self,
        tx: &mut Tx,
        domain: &str,
    ) -> Result<Option<Desired>, StoreError> {
        let sql = "select d.customer, d.body from desired d join customer c
                     on c.distributor = d.distributor and c.id = d.customer
                   where d.distributor = $1 and c.domain = $2";
        let row = fetch_optional!(tx, sql, (self.me(), domain), |row| (
            row.get::<String, _>("customer"),
            row.get::<String, _>("body"),
        ));
        row.map(|(key, body)| parse("desired", "body", &key, &body)).transpose()
    }

    async fn insert_order(
        &self,
        tx: &mut Tx,
        new: &NewOrder,
        change: &Change,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let me = self.me();
        let (customer, id) = (new.customer.as_str(), new.id.as_str());
        let subscription = new.subscription.as_str();
        let sql =
            "insert into customer (distributor, id, instance, domain, organization, created_at)
                   select $1, $2, id, $4, $5, $6 from instance where distributor = $1 and id = $3";
        let instance = new.instance.as_str();
        let (domain, organization) = (&new.domain, &new.organization);
        let made = execute!(&mut *tx, sql, (me, customer, instance, domain, organization, now.0));
        if made != 1 {
            return Err(StoreError::Conflict);
        }
        wake(&mut *tx, me, WorkKind::Customer, customer, now).await?;
        let sql = "insert into desired (distributor, customer, generation, body)
                   values ($1, $2, $3, $4)";
        let generation = change.desired.generation;
        execute!(&mut *tx, sql, (me, customer, generation, json(&change.desired)));
        let sql = "insert into subscription (distributor, id, customer) values ($1, $2, $3)";
        execute!(&mut *tx, sql, (me, subscription, customer));
        let sql =
            "insert into orders (distributor, id, reference, customer, subscription, instance,
                     source, body_hash, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let (source, hash) = (new.source.name(), new.body_hash.as_str());
        execute!(
            &mut *tx,
            sql,
            (me, id, &new.reference, customer, subscription, instance, source, hash, now.0)
        );
        if let Some(key) = &new.idempotency_key
            && !self.insert_key(&mut *tx, key, hash, &new.id, now).await?
        {
            return Err(StoreError::Conflict);
        }
        let secret = &new.secret;
        let sql = "insert into secret (distributor, id, customer, password, link, link_hash,
                     created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
        execute!(
            &mut *tx,
            sql,
            (
                me,
                secret.id.as_str(),
                customer,
                &secret.password.0,
                &secret.link.0,
                &secret.link_hash,
                now.0,
                secret.expires_at.0
            )
        );
        for event in &change.events {
            append_event(&mut *tx, me, customer, now, event).await?;
        }
        Ok(())
    }

    /// False when the key means something already.
    async fn insert_key(
        &self,
        tx: &mut Tx,
        key: &str,
        body_hash: &str,
        order: &OrderId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "insert into idempotency (distributor, key, body_hash, order_id, created_at)
                   values ($1, $2, $3, $4, $5) on conflict (distributor, key) do nothing";
        let inserted = execute!(tx, sql, (self.me(), key, body_hash, order.as_str(), now.0));
        Ok(inserted == 1)
    }

    pub async fn order(&self, id: &OrderId) -> Result<Option<OrderRecord>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        let sql = "select id, reference, customer, subscription, instance, source, created_at
                   from orders where distributor = $1 and id = $2";
        let row = fetch_optional!(&mut tx, sql, (self.me(), id.as_str()), |row| (
            row.get::<String, _>("id"),
            row.get::<String, _>("reference"),
            row.get::<String, _>("customer"),
            row.get::<String, _>("subscription"),
            row.get::<String, _>("instance"),
            row.get::<String, _>("source"),
            row.get::<i64, _>("created_at"),
        ));
        row.map(read_order).transpose()
    }

    /// Orders, newest first: at most `limit`, those older than `before` when given.
    pub async fn orders(
        &self,
        before: Option<&OrderId>,
        limit: i64,
    ) -> Result<Vec<OrderRecord>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        // Ids sort by age.
        let sql = "select id, reference, customer, subscription, instance, source, created_at
                   from orders where distributor = $1 and ($2 = '' or id < $2)
                   order by id desc limit $3";
        let before = before.map_or("", OrderId::as_str);
        let rows = fetch_all!(&mut tx, sql, (self.me(), before, limit), |row| (
            row.get::<String, _>("id"),
            row.get::<String, _>("reference"),
            row.get::<String, _>("customer"),
            row.get::<String, _>("subscription"),
            row.get::<String, _>("instance"),
            row.get::<String, _>("source"),
            row.get::<i64, _>("created_at"),
        ));
        rows.into_iter().map(read_order).collect()
    }

    /// The orders of one customer, newest first.
    pub async fn orders_of(&self, customer: &CustomerId) -> Result<Vec<OrderRecord>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        let sql = "select id, reference, customer, subscription, instance, source, created_at
                   from orders where distributor = $1 and customer = $2 order by id desc";
        let rows = fetch_all!(&mut tx, sql, (self.me(), customer.as_str()), |row| (
            row.get::<String, _>("id"),
            row.get::<String, _>("reference"),
            row.get::<String, _>("customer"),
            row.get::<String, _>("subscription"),
            row.get::<String, _>("instance"),
            row.get::<String, _>("source"),
            row.get::<i64, _>("created_at"),
        ));
        rows.into_iter().map(read_order).collect()
    }
}

type OrderRow = (String, String, String, String, String, String, i64);

fn read_order(row: OrderRow) -> Result<OrderRecord, StoreError> {
    Ok(OrderRecord {
        id: word("orders", "id", &row.0)?,
        reference: row.1,
        customer: word("orders", "customer", &row.2)?,
        subscription: word("orders", "subscription", &row.3)?,
        instance: word("orders", "instance", &row.4)?,
        source: word("orders", "source", &row.5)?,
        created_at: Timestamp(row.6),
    })
}
