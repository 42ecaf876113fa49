//! Short lists that nearly every page reads, kept in memory for as long as the database itself says that
//! nothing was written.
//!
//! Each use asks the database for its state, which costs next to nothing and is true for every process
//! that writes to it: SQLite counts what other connections committed (`data_version`), PostgreSQL names the
//! transactions that can be seen (`pg_current_snapshot`). Equal states mean equal data.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::db::{Db, Kind};
use crate::error::AppError;

/// What was read, by its type, with the state in which it was.
type Lists = HashMap<TypeId, (String, Arc<dyn Any + Send + Sync>)>;

/// The lists of one database, shared by its clones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Lists>>);

impl Db {
    /// What `read` gives, read again only after something was written. One value is kept for each type, so
    /// each list has a type of its own. It must not depend on who asks.
    pub async fn kept<T: Any + Send + Sync>(
        &self,
        read: impl AsyncFnOnce(&DatabaseConnection) -> Result<T, AppError>,
    ) -> Result<Arc<T>, AppError> {
        // The state before reading: what is written meanwhile only makes the next reader read again.
        let state = self.state().await?;
        let key = TypeId::of::<T>();
        let known = self.kept.lock().get(&key).filter(|(of, _)| *of == state).cloned();
        if let Some(found) = known.and_then(|(_, found)| found.downcast().ok()) {
            return Ok(found);
        }
        let found = Arc::new(read(self.reader()).await?);
        self.kept.lock().insert(key, (state, found.clone()));
        Ok(found)
    }

    async fn state(&self) -> Result<String, AppError> {
        let sql = match self.kind() {
            Kind::Sqlite => "pragma data_version",
            Kind::Postgres => "select cast(pg_current_snapshot() as text)",
        };
        let watcher = self.watcher();
        let row = watcher
            .query_one_raw(Statement::from_string(watcher.get_database_backend(), sql))
            .await?
            .ok_or_else(|| anyhow::anyhow!("the database has no state"))?;
        Ok(match self.kind() {
            Kind::Sqlite => row.try_get_by_index::<i64>(0)?.to_string(),
            Kind::Postgres => row.try_get_by_index(0)?,
        })
    }
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, Lists> {
        // Nothing panics while it is held; whatever a thread left there was whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use sea_orm::EntityTrait;
    use testkit::Stage;

    use super::*;
    use crate::row::organisation;

    struct Names(Vec<String>);

    #[tokio::test]
    async fn a_list_is_read_again_once_anybody_has_written_and_not_before() {
        for stage in [Stage::sqlite().await, Stage::postgres().await] {
            // As another process would, since the kit is built on another copy of this crate.
            let db = Db::open(&stage.url, &stage.keys_url).await.expect("it opens");
            let n_read = AtomicUsize::new(0);
            let names = async || {
                db.kept(async |reader: &DatabaseConnection| {
                    n_read.fetch_add(1, Ordering::Relaxed);
                    let rows = organisation::Entity::find().all(reader).await?;
                    Ok(Names(rows.into_iter().map(|row| row.name).collect()))
                })
                .await
                .expect("read")
            };
            assert!(names().await.0.is_empty());
            testkit::cast::organisation(&stage, "Specimen").await;
            assert_eq!(names().await.0, ["Specimen"]);
            let before = n_read.load(Ordering::Relaxed);
            names().await;
            // Other tests write to the same server, which makes it read once too often, never too seldom.
            assert!(db.kind() == Kind::Postgres || n_read.load(Ordering::Relaxed) == before);
            db.close().await.expect("it closes");
        }
    }
}
