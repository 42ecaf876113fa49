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
            key: None,
        }
    }

    fn with(db: Db, folder: tempfile::TempDir) -> Self {
        let files = Files::open_folder(folder.path()).expect("a new folder takes files");
        let now = Day::new(2025, 6, 1).expect("a day").start().plus_seconds(12 * 3600);
        Self {
            db,
            files,
            ids: CountingIds::default(),
            now,
            folder,
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
        Self::with(db, folder)
    }

    /// A stage on PostgreSQL, in two schemas of its own: the records and the key store.
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
        for name in ["s", "k"] {
            admin
                .execute_unprepared(&format!("create schema {name}{schema}"))
                .await
                .expect("a schema is made");
        }
        admin.close().await.expect("the connection closes");
        let join = if server.contains('?') { '&' } else { '?' };
        let url = |name: &str| format!("{server}{join}options=-csearch_path%3D{name}{schema}");
        let db = Db::open(&url("s"), &url("k")).await.expect("the schema is migrated");
        Self::with(db, folder)
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
