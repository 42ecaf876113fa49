//! A database, a folder for files, a clock that stands still and ids that count.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::ids::IdSource;
use domain::{Day, Instant};
use sea_orm::{ConnectionTrait, Database};
use store::files::Files;
use store::work::Actor;
use store::{Cx, Db};
use uuid::Uuid;

/// Ids that count up, so that a test can foresee their order.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU64);

impl IdSource for CountingIds {
    fn ordered(&self) -> Uuid {
        Uuid::from_u64_pair(
            0x0190_0000_0000_7000,
            0x8000_0000_0000_0000 | self.0.fetch_add(1, Ordering::Relaxed),
        )
    }

    fn random(&self) -> Uuid {
        Uuid::from_u64_pair(
            0x4000_4000,
            0x8000_0000_0000_0000 | self.0.fetch_add(1, Ordering::Relaxed),
        )
    }
}

/// Where a test plays.
pub struct Stage {
    /// The database.
    pub db: Db,
    /// The files.
    pub files: Files,
    /// Ids.
    pub ids: CountingIds,
    /// The time, which stands still: noon of 1 June 2025.
    pub now: Instant,
    /// The data folder (files; on SQLite the database too).
    pub folder: tempfile::TempDir,
    /// The address of the database, for another process.
    pub url: String,
}

impl Stage {
    /// The surroundings of a command by this member.
    pub fn cx<'a>(&'a self, actor: &'a Actor) -> Cx<'a> {
        Cx {
            db: &self.db,
            files: &self.files,
            actor,
            now: self.now,
            ids: &self.ids,
            once: None,
        }
    }

    fn with(db: Db, url: String, folder: tempfile::TempDir) -> Self {
        let files = Files::open_folder(folder.path()).expect("a new folder takes files");
        let now = Day::new(2025, 6, 1).expect("a day").start().plus_seconds(12 * 3600);
        Self {
            db,
            files,
            ids: CountingIds::default(),
            now,
            folder,
            url,
        }
    }

    /// A stage on the embedded database.
    ///
    /// # Panics
    /// When the database cannot be opened.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let db = Db::open_folder(folder.path())
            .await
            .expect("the embedded database opens");
        let url = format!("sqlite://{}", folder.path().join("rapporteur.db").display());
        Self::with(db, url, folder)
    }

    /// Sets how many pages the embedded database may have, which is what a full disk comes to: SQLite
    /// answers both with the same error. The limit holds for its one writing connection, and is never less
    /// than what there is.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn limit_pages(&self, pages: u32) {
        let tx = self.db.begin().await.expect("a transaction");
        tx.execute_unprepared(&format!("pragma max_page_count = {pages}"))
            .await
            .expect("the limit is set");
        tx.commit().await.expect("it stays");
    }

    /// A stage on PostgreSQL, in a schema of its own.
    ///
    /// # Panics
    /// When the server is missing or refuses.
    pub async fn postgres() -> Self {
        let server = crate::part("RAPPORTEUR_TEST_POSTGRES");
        let folder = tempfile::tempdir().expect("a temporary folder");
        // The folder's random name makes the schema's, so that tests run side by side.
        let random = folder
            .path()
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a plain name");
        let schema: String = random
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| format!("{:x}", u32::from(c)))
            .collect();
        let admin = Database::connect(&server).await.expect("PostgreSQL answers");
        admin
            .execute_unprepared(&format!("create schema s{schema}"))
            .await
            .expect("a schema is made");
        admin.close().await.expect("the connection closes");
        let join = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{join}options=-csearch_path%3Ds{schema}");
        let db = Db::open(&url).await.expect("the schema is migrated");
        Self::with(db, url, folder)
    }
}

/// Plays a test on SQLite and then on PostgreSQL.
pub async fn on_both(test: impl AsyncFn(&Stage)) {
    for stage in [Stage::sqlite().await, Stage::postgres().await] {
        eprintln!("on {:?}", stage.db.kind());
        test(&stage).await;
        stage.db.close().await.expect("the database closes");
    }
}
