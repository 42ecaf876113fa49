//! What many pages read again and again, kept in memory for as long as the database itself says that nothing was
//! written.
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

/// How many values are kept at once; what one holds is about as long as a page.
const MOST: usize = 500;

/// What was read in one state of the database, by type and by what was asked.
#[derive(Debug, Default)]
struct Memory {
    state: String,
    found: HashMap<(TypeId, String), Arc<dyn Any + Send + Sync>>,
}

/// The memory of one database, shared by its clones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Memory>>);

impl Db {
    /// What `read` gives, read again only after something was written. One value is kept for each type, so
    /// each list has a type of its own. It must not depend on who asks.
    pub async fn kept<T: Any + Send + Sync>(
        &self,
        read: impl AsyncFnOnce(&DatabaseConnection) -> Result<T, AppError>,
    ) -> Result<Arc<T>, AppError> {
        self.kept_for("", read).await
    }

    /// The same for one question of many: `asked` names everything that the answer depends on, who asks included
    /// where that matters.
    pub async fn kept_for<T: Any + Send + Sync>(
        &self,
        asked: &str,
        read: impl AsyncFnOnce(&DatabaseConnection) -> Result<T, AppError>,
    ) -> Result<Arc<T>, AppError> {
        // The state before reading: what is written meanwhile only makes the next reader read again.
        let state = self.state().await?;
        let key = (TypeId::of::<T>(), asked.to_owned());
        if let Some(Ok(found)) = self.kept.lock().find(&state, &key).map(Arc::downcast) {
            return Ok(found);
        }
        let found = Arc::new(read(self.reader()).await?);
        self.kept.lock().keep(state, key, found.clone());
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

impl Memory {
    fn find(&self, state: &str, key: &(TypeId, String)) -> Option<Arc<dyn Any + Send + Sync>> {
        self.found.get(key).filter(|_| self.state == state).cloned()
    }

    /// Keeps a value; those of another state are gone, and so is everything when there is no more room.
    fn keep(&mut self, state: String, key: (TypeId, String), found: Arc<dyn Any + Send + Sync>) {
        if self.state != state || self.found.len() >= MOST {
            self.found.clear();
            self.state = state;
        }
        self.found.insert(key, found);
    }
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, Memory> {
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

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let mut memory = Memory::default();
        for n in 0..3 * MOST {
            let key = (TypeId::of::<Names>(), n.to_string());
            memory.keep("state".to_owned(), key.clone(), Arc::new(n));
            assert!(memory.find("state", &key).is_some() && memory.found.len() <= MOST);
            assert!(memory.find("another state", &key).is_none());
        }
    }

    #[tokio::test]
    async fn two_questions_never_get_each_others_answer() {
        let stage = Stage::sqlite().await;
        for asked in ["one", "two", "one"] {
            let answer = stage
                .db
                .kept_for(asked, async |_| Ok(Names(vec![asked.to_owned()])))
                .await;
            assert_eq!(answer.expect("read").0, [asked]);
        }
        let number = stage.db.kept_for("one", async |_| Ok(7_u8)).await;
        assert_eq!(*number.expect("read"), 7, "another type is another question");
    }

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
