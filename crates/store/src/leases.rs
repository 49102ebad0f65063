//! Who works on what, and until when: claiming, giving back, and the fence that keeps out whoever lost
//! the right. Never what the work is.

use crate::database::{Db, Tx, execute, fetch_optional};
use crate::engine::append_events;
use crate::{Store, StoreError, word};
use domain::event::Event;
use domain::ids::DistributorId;
use domain::time::Timestamp;
use sqlx::Row;

/// What a piece of work is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkKind {
    Customer,
    Instance,
}

impl WorkKind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            WorkKind::Customer => "customer",
            WorkKind::Instance => "instance",
        }
    }
}

/// The right to work on one customer or instance until it runs out. `epoch` fences out every
/// earlier holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub distributor: DistributorId,
    pub kind: WorkKind,
    pub key: String,
    pub epoch: i64,
    /// After this moment no call may be under way (ms).
    pub until: Timestamp,
    /// Turns in a row that did not get on.
    pub tries: i64,
    /// A look is owed unless the last one is younger.
    pub look_from: Timestamp,
    pub converged: i64,
}

/// Makes something due. The caller's transaction decides whether it happens.
pub(crate) async fn wake(
    tx: &mut Tx,
    distributor: &str,
    kind: WorkKind,
    key: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into work (distributor, kind, key, due_at) values ($1, $2, $3, $4)
               on conflict (distributor, kind, key) do update set due_at = excluded.due_at";
    execute!(tx, sql, (distributor, kind.name(), key, now.0));
    Ok(())
}

// The longest unserved distributor goes first, so that nobody's backlog starves another's.
// Of one distributor instances go first: a person waits in front of an activation.
// Materialized: run again for each row of `work`, the choice would skip what it has just locked and
// take more than one.
macro_rules! claim_sql {
    ($locking:literal) => {
        concat!(
            "with next as materialized
               (select w.distributor, w.kind, w.key from work w
                  join distributor d on d.id = w.distributor
                where w.lease_until <= $1 and (w.due_at <= $1 or w.lease_until > 0)
                order by d.served_at, case when w.kind = 'instance' then 0 else 1 end,
                  w.due_at, w.key limit 1 ",
            $locking,
            ") update work set lease_until = $2, epoch = epoch + 1, due_at = $3
             where lease_until <= $1 and (due_at <= $1 or lease_until > 0)
               and (distributor, kind, key) in (select distributor, kind, key from next)
             returning distributor, kind, key, epoch, tries, look_from, converged"
        )
    };
}

impl Store {
    /// Takes the lease of the most overdue piece of work, if any. A lease that ran out without being
    /// given back is overdue by itself. From here on only a new wish sets `due_at`, so
    /// [`Store::release`] can tell.
    pub async fn claim(&self, now: Timestamp, lease_ms: i64) -> Result<Option<Lease>, StoreError> {
        let mut tx = self.begin().await?;
        // SQLite has one writer and needs no row locks.
        let sql = match &self.db {
            Db::Sqlite { .. } => claim_sql!(""),
            Db::Postgres(_) => claim_sql!("for update of w skip locked"),
        };
        let until = now.plus_ms(lease_ms);
        let row = fetch_optional!(&mut tx, sql, (now.0, until.0, i64::MAX), |row| (
            row.get::<String, _>("distributor"),
            row.get::<String, _>("kind"),
            row.get::<String, _>("key"),
            row.get::<i64, _>("epoch"),
            row.get::<i64, _>("tries"),
            row.get::<i64, _>("look_from"),
            row.get::<i64, _>("converged"),
        ));
        let Some((distributor, kind, key, epoch, tries, look_from, converged)) = row else {
            return Ok(None);
        };
        let sql = "update distributor set served_at = $2 where id = $1";
        execute!(&mut tx, sql, (&distributor, now.0));
        self.commit(tx).await?;
        Ok(Some(Lease {
            distributor: word("work", "distributor", &distributor)?,
            kind: if kind == "instance" { WorkKind::Instance } else { WorkKind::Customer },
            key,
            epoch,
            until,
            tries,
            look_from: Timestamp(look_from),
            converged,
        }))
    }

    /// When the next piece of work becomes due, or a lease runs out.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut tx = self.begin_read().await?;
        let sql = "select min(case when lease_until > 0 then lease_until else due_at end) as due
                   from work";
        let due = fetch_optional!(&mut tx, sql, (), |row| row.get::<Option<i64>, _>("due"));
        Ok(due.flatten().filter(|due| *due < i64::MAX).map(Timestamp))
    }

    /// Gives back every lease, for a node that is alone and has just started: whoever held them is
    /// dead. Attempts they left open are still resolved by looking.
    pub async fn release_all(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let sql = "update work set lease_until = 0, epoch = epoch + 1,
                     due_at = case when due_at < $1 then due_at else $1 end where lease_until > 0";
        let released = execute!(&mut tx, sql, (now.0));
        self.commit(tx).await?;
        Ok(released)
    }

    /// Gives the lease back. If a new wish arrived meanwhile, its `due_at` is earlier and stays.
    /// `converged` is the generation that was reached; `error` why the turn did not get on.
    pub async fn release(
        &self,
        lease: &Lease,
        due_at: Timestamp,
        converged: Option<i64>,
        error: Option<&str>,
        events: &[Event],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.give_back(lease, due_at, converged, error.map(|error| (error, 1)), events, now).await
    }

    /// Gives the lease back because a budget is used up: that is no failed try.
    pub async fn put_off(
        &self,
        lease: &Lease,
        due_at: Timestamp,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.give_back(lease, due_at, None, Some((why, 0)), &[], now).await
    }

    async fn give_back(
        &self,
        lease: &Lease,
        due_at: Timestamp,
        converged: Option<i64>,
        error: Option<(&str, i64)>,
        events: &[Event],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let sql = "update work set lease_until = 0, converged = coalesce($5, converged),
                     due_at = case when due_at < $4 then due_at else $4 end, error = $6,
                     tries = case when $6 is null then 0 else tries + $7 end
                   where distributor = $1 and key = $2 and kind = $3";
        let (distributor, key) = (lease.distributor.as_str(), lease.key.as_str());
        let kind = lease.kind.name();
        let (error, tries) = error.unzip();
        execute!(
            &mut tx,
            sql,
            (distributor, key, kind, due_at.0, converged, error, tries.unwrap_or(0))
        );
        append_events(&mut tx, lease, events, now).await?;
        self.commit(tx).await
    }
}

/// Fails unless the lease is still ours. Also locks the row until the transaction ends.
pub(crate) async fn fence(tx: &mut Tx, lease: &Lease) -> Result<(), StoreError> {
    let sql = "update work set epoch = epoch
               where distributor = $1 and kind = $2 and key = $3 and epoch = $4 and lease_until > 0";
    let (distributor, kind) = (lease.distributor.as_str(), lease.kind.name());
    let held = execute!(tx, sql, (distributor, kind, &lease.key, lease.epoch));
    if held == 1 { Ok(()) } else { Err(StoreError::LeaseLost { key: lease.key.clone() }) }
}
