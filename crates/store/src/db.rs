//! Opening the database.
//!
//! SQLite runs in write-ahead mode with one writing connection, immediate transactions and several
//! readers, so a reader never waits for a writer and writers never deadlock. PostgreSQL uses one pool.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use crate::error::AppError;
use crate::kept::Kept;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// A server.
    Postgres,
}

/// An open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    kind: Kind,
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    /// Only asked for the state of the database: on SQLite a connection that stays the same and never writes.
    watcher: DatabaseConnection,
    pub(crate) kept: Kept,
}

/// How many connections a server is asked on at once.
const CONNECTIONS: u32 = 12;
/// How long a request waits for a server that does not answer, before it says so.
const PATIENCE: Duration = Duration::from_secs(5);

impl Db {
    /// Opens, creating it if needed, the embedded database of a data folder.
    pub async fn open_folder(folder: &Path) -> Result<Self, AppError> {
        let url = format!("sqlite://{}?mode=rwc", folder.join("rapporteur.db").display());
        Self::open(&url).await
    }

    /// Opens a database by its address: `sqlite://path?mode=rwc` or `postgres://…`. Migrates it to
    /// this program's schema.
    pub async fn open(url: &str) -> Result<Self, AppError> {
        let kind = if url.starts_with("sqlite:") {
            Kind::Sqlite
        } else {
            Kind::Postgres
        };
        let (writer, reader, watcher) = match kind {
            Kind::Sqlite => (
                Database::connect(sqlite(url, 1)).await?,
                Database::connect(sqlite(url, readers())).await?,
                Database::connect(sqlite(url, 1)).await?,
            ),
            Kind::Postgres => {
                let mut options = ConnectOptions::new(url);
                options
                    .max_connections(CONNECTIONS)
                    .acquire_timeout(PATIENCE)
                    .sqlx_logging(false);
                let pool = Database::connect(options).await?;
                (pool.clone(), pool.clone(), pool)
            }
        };
        let db = Self {
            kind,
            writer,
            reader,
            watcher,
            kept: Kept::default(),
        };
        crate::migrate::run(&db).await?;
        Ok(db)
    }

    /// Which database it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// For reading.
    pub const fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    pub(crate) const fn watcher(&self) -> &DatabaseConnection {
        &self.watcher
    }

    /// Begins a write transaction; dropped without `commit`, it leaves nothing behind.
    pub async fn begin(&self) -> Result<DatabaseTransaction, AppError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// Closes every connection, so that the folder may be removed or the server dropped.
    pub async fn close(self) -> Result<(), AppError> {
        self.writer.close().await?;
        self.reader.close().await?;
        self.watcher.close().await?;
        Ok(())
    }
}

/// How many connections read a file at once: each keeps a core busy, so more than there are would only
/// take turns.
fn readers() -> u32 {
    let cores = std::thread::available_parallelism().map_or(4, std::num::NonZero::get);
    u32::try_from(cores.clamp(4, 16)).unwrap_or(4)
}

/// Options of a SQLite pool.
fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        // A file does not hang up: asking each connection whether it is alive would double every query.
        .test_before_acquire(false)
        // Nor does it grow old, and the watcher's counts hold for one connection.
        .idle_timeout(None)
        .max_lifetime(None)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                // Full: an acknowledged write survives a power cut, which NORMAL does not promise in WAL.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(20))
                // A page's rows are read at one go, without waiting for them to be taken one by one.
                .row_buffer_size(1_000)
                .pragma("secure_delete", "on")
        });
    options
}
