//! A database, a folder for files, a clock that stands still and ids that count.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::ids::IdSource;
use domain::{Day, Instant};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use store::db::Kind;
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
    /// The key store's address.
    pub keys_url: String,
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

    /// Where these words lie readable: files of the folder (the embedded databases with what SQLite has written
    /// ahead, and stored files), and on PostgreSQL columns of either database. Empty when they are sealed or gone.
    ///
    /// # Panics
    /// When a file or a table cannot be read.
    pub async fn traces_of(&self, words: &str) -> Vec<String> {
        let mut traces = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("the folder is read") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if holds(&std::fs::read(&path).expect("the file is read"), words.as_bytes()) {
                    traces.push(path.display().to_string());
                }
            }
        }
        if self.db.kind() == Kind::Postgres {
            for reader in [self.db.reader(), self.db.key_reader()] {
                traces.extend(columns_holding(reader, words).await);
            }
        }
        traces
    }

    fn with(db: Db, url: String, keys_url: String, folder: tempfile::TempDir) -> Self {
        let files = Files::open_folder(folder.path()).expect("a new folder takes files");
        let now = Day::new(2025, 6, 1).expect("a day").start().plus_seconds(12 * 3600);
        Self {
            db,
            files,
            ids: CountingIds::default(),
            now,
            folder,
            url,
            keys_url,
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
        let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
        Self::with(db, url("rapporteur.db"), url("keys.db"), folder)
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

    /// A stage on PostgreSQL, in two schemas of its own: the records and the key store. They are not dropped, which would
    /// cost every test time: the server that `cargo xtask test` starts goes with all it holds. Whoever keeps a
    /// server of their own running makes it anew now and then.
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
        Self::with(db, url("s"), url("k"), folder)
    }
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

/// Every column of a PostgreSQL schema in which these words occur, whatever its type.
async fn columns_holding(reader: &DatabaseConnection, words: &str) -> Vec<String> {
    let query = |sql: String| async move {
        let statement = Statement::from_string(reader.get_database_backend(), sql);
        reader.query_all_raw(statement).await.expect("the schema is read")
    };
    let columns = "select table_name::text as t, column_name::text as c, data_type::text as k \
                   from information_schema.columns where table_schema = current_schema()";
    let hex: String = words.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut found = Vec::new();
    for column in query(columns.to_owned()).await {
        let get = |name: &str| column.try_get::<String>("", name).expect("a name");
        let (table, name) = (get("t"), get("c"));
        let condition = if get("k") == "bytea" {
            format!("position(decode('{hex}', 'hex') in \"{name}\") > 0")
        } else {
            format!("position('{words}' in \"{name}\"::text) > 0")
        };
        if !query(format!("select 1 as one from \"{table}\" where {condition} limit 1"))
            .await
            .is_empty()
        {
            found.push(format!("{table}.{name}"));
        }
    }
    found
}

/// Plays a test on SQLite and then on PostgreSQL.
pub async fn on_both(test: impl AsyncFn(&Stage)) {
    for stage in [Stage::sqlite().await, Stage::postgres().await] {
        eprintln!("on {:?}", stage.db.kind());
        // On the heap: a test that tells a long story has a future too large for the stack.
        Box::pin(test(&stage)).await;
        stage.db.close().await.expect("the database closes");
    }
}
