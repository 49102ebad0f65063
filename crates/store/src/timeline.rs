//! Events and attempts, and the time-line that is made of both.

use crate::database::{Tx, execute, fetch_all};
use crate::rows::{Attempt, Entry};
use crate::{DistributorStore, StoreError, json, parse};
use domain::event::Event;
use domain::ids::{CustomerId, InstanceId};
use domain::step::Outcome;
use domain::time::Timestamp;
use sqlx::Row;

/// Most lines one look at a time-line gives.
pub const TIMELINE_MAX: i64 = 500;

impl DistributorStore {
    /// What happened to a customer, newest first, at most [`TIMELINE_MAX`] events and as many
    /// attempts. Empty when it is not this distributor's.
    pub async fn timeline(&self, customer: &CustomerId) -> Result<Vec<Entry>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        let mut entries = read_events(&mut tx, self.me(), customer.as_str()).await?;
        let sql = "select seq, started_at, step, outcome, ended_at, calls from attempt
                   where distributor = $1 and customer = $2 order by seq desc limit $3";
        let rows = fetch_all!(&mut tx, sql, (self.me(), customer.as_str(), TIMELINE_MAX), |row| (
            row.get::<i64, _>("seq"),
            row.get::<i64, _>("started_at"),
            row.get::<Option<String>, _>("step"),
            row.get::<Option<String>, _>("outcome"),
            row.get::<Option<i64>, _>("ended_at"),
            row.get::<String, _>("calls"),
        ));
        for (seq, started_at, step, outcome, ended_at, calls) in rows {
            let key = customer.as_str();
            entries.push(Entry::Attempt(Box::new(Attempt {
                seq,
                started_at: Timestamp(started_at),
                step: step.map(|text| parse("attempt", "step", key, &text)).transpose()?,
                // A look has no outcome of its own: its calls tell.
                outcome: outcome
                    .map(|text| parse::<Option<Outcome>>("attempt", "outcome", key, &text))
                    .transpose()?
                    .flatten(),
                ended_at: ended_at.map(Timestamp),
                calls: parse("attempt", "calls", key, &calls)?,
            })));
        }
        // Stable: among equals events and attempts keep their own order.
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at()));
        Ok(entries)
    }

    /// What happened to an instance, newest first.
    pub async fn instance_events(&self, instance: &InstanceId) -> Result<Vec<Entry>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        read_events(&mut tx, self.me(), instance.as_str()).await
    }
}

async fn read_events(
    tx: &mut Tx,
    distributor: &str,
    subject: &str,
) -> Result<Vec<Entry>, StoreError> {
    let sql = "select seq, at, body from event where distributor = $1 and subject = $2
               order by seq desc limit $3";
    let rows = fetch_all!(tx, sql, (distributor, subject, TIMELINE_MAX), |row| (
        row.get::<i64, _>("seq"),
        row.get::<i64, _>("at"),
        row.get::<String, _>("body"),
    ));
    rows.into_iter()
        .map(|(seq, at, body)| {
            let event = parse("event", "body", subject, &body)?;
            Ok(Entry::Event { at: Timestamp(at), seq, event })
        })
        .collect()
}

/// Appends to the time-line of a customer. The caller holds that customer's work row, so that numbers
/// are given out one after the other.
pub(crate) async fn append_event(
    tx: &mut Tx,
    distributor: &str,
    subject: &str,
    at: Timestamp,
    event: &Event,
) -> Result<(), StoreError> {
    let sql = "insert into event (distributor, subject, seq, at, body)
               select $1, $2, coalesce(max(seq), 0) + 1, $3, $4 from event
               where distributor = $1 and subject = $2";
    execute!(tx, sql, (distributor, subject, at.0, json(event)));
    Ok(())
}

/// Appends to the time-line of an instance, whoever holds its work: browsers, operators and customers'
/// turns write there too. Last in its transaction, because it locks the instance's row.
pub(crate) async fn append_instance_event(
    tx: &mut Tx,
    distributor: &str,
    instance: &str,
    at: Timestamp,
    event: &Event,
) -> Result<(), StoreError> {
    let lock = "update instance set updated_at = updated_at where distributor = $1 and id = $2";
    execute!(&mut *tx, lock, (distributor, instance));
    append_event(tx, distributor, instance, at, event).await
}
