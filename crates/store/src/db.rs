//! Opening the database.
//!
//! SQLite runs in write-ahead mode with one writing connection, immediate transactions and several
//! readers, so a reader never waits for a writer and writers never deadlock. PostgreSQL uses one pool.

use std::path::Path;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use crate::error::AppError;

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
}

/// How many connections read at once.
const READERS: u32 = 8;

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
        let (writer, reader) = match kind {
            Kind::Sqlite => (
                Database::connect(sqlite(url, 1)).await?,
                Database::connect(sqlite(url, READERS)).await?,
            ),
            Kind::Postgres => {
                let mut options = ConnectOptions::new(url);
                options.max_connections(READERS + 4).sqlx_logging(false);
                let pool = Database::connect(options).await?;
                (pool.clone(), pool)
            }
        };
        let db = Self { kind, writer, reader };
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

    /// Begins a write transaction; dropped without `commit`, it leaves nothing behind.
    pub async fn begin(&self) -> Result<DatabaseTransaction, AppError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// Begins a transaction that only reads, and sees the database as it stands at its first read.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, AppError> {
        let options = match self.kind {
            // In write-ahead mode every transaction of SQLite is a snapshot.
            Kind::Sqlite => TransactionOptions::default(),
            Kind::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        Ok(self.reader.begin_with_options(options).await?)
    }

    /// Closes every connection, so that the folder may be removed or the server dropped.
    pub async fn close(self) -> Result<(), AppError> {
        self.writer.close().await?;
        self.reader.close().await?;
        Ok(())
    }
}

/// Options of a SQLite pool.
fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                // Full: an acknowledged write survives a power cut, which NORMAL does not promise in WAL.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(std::time::Duration::from_secs(20))
                .pragma("secure_delete", "on")
        });
    options
}
