//! Opening the database.
//!
//! SQLite runs in write-ahead mode with one writing connection, immediate transactions and several
//! readers, so a reader never waits for a writer and writers never deadlock. PostgreSQL uses one pool.
//!
//! Beside the records lies the key store, a database of its own: sessions, the keys of sealed records and the
//! ledger of erasures. A backup of the records must never hold it.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, IsolationLevel,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
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

/// An open database and its key store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    kind: Kind,
    records: Connections,
    keys: Connections,
    pub(crate) kept: Kept,
}

/// The connections to one database.
#[derive(Debug, Clone)]
struct Connections {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    /// Only asked for the state of the database: on SQLite a connection that stays the same and never writes.
    watcher: DatabaseConnection,
}

/// How many connections a server is asked on at once.
const CONNECTIONS: u32 = 12;
/// How long a request waits for a server that does not answer, before it says so.
const PATIENCE: Duration = Duration::from_secs(5);

impl Db {
    /// Opens, creating them if needed, the embedded databases of a data folder.
    pub async fn open_folder(folder: &Path) -> Result<Self, AppError> {
        let url = |name: &str| format!("sqlite://{}?mode=rwc", folder.join(name).display());
        Self::open(&url("rapporteur.db"), &url("keys.db")).await
    }

    /// Opens a database and its key store by their addresses, both `sqlite://path?mode=rwc` or both
    /// `postgres://…`. Migrates them to this program's schema.
    pub async fn open(records: &str, keys: &str) -> Result<Self, AppError> {
        let kind = if records.starts_with("sqlite:") {
            Kind::Sqlite
        } else {
            Kind::Postgres
        };
        if records == keys {
            return Err(AppError::Refused(
                "the key store must be a database of its own: a backup of the records would hold the keys".into(),
            ));
        }
        let db = Self {
            kind,
            records: Connections::open(kind, records).await?,
            keys: Connections::open(kind, keys).await?,
            kept: Kept::default(),
        };
        crate::migrate::records(&db).await?;
        crate::migrate::keys(&db).await?;
        Ok(db)
    }

    /// Opens a PostgreSQL database, and beside it the key store: the database of the same name with `_keys`,
    /// which is made if it is not there and this role may make it.
    pub async fn open_server(records: &str) -> Result<Self, AppError> {
        let (keys, name) = beside(records).ok_or_else(|| {
            AppError::Refused("the database's address names no database: end it with /NAME".to_owned())
        })?;
        let server = Database::connect(records).await?;
        let known = server
            .query_one_raw(Statement::from_sql_and_values(
                server.get_database_backend(),
                "select 1 from pg_database where datname = $1",
                [name.clone().into()],
            ))
            .await?;
        if known.is_none() {
            // The name was cut to letters, digits and the like, so it cannot end the quotation.
            let made = server.execute_unprepared(&format!("create database \"{name}\"")).await;
            if made.is_err() {
                return Err(AppError::Refused(format!(
                    "the key store, the database “{name}”, is not there and this role may not make it: make it, or name another with --keys"
                )));
            }
        }
        server.close().await?;
        Self::open(records, &keys).await
    }

    /// Which database it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// For reading.
    pub const fn reader(&self) -> &DatabaseConnection {
        &self.records.reader
    }

    /// For reading the key store.
    pub const fn key_reader(&self) -> &DatabaseConnection {
        &self.keys.reader
    }

    pub(crate) const fn watcher(&self) -> &DatabaseConnection {
        &self.records.watcher
    }

    /// Begins a write transaction; dropped without `commit`, it leaves nothing behind.
    pub async fn begin(&self) -> Result<DatabaseTransaction, AppError> {
        self.records.begin().await
    }

    /// Begins a write transaction of the key store.
    pub async fn begin_keys(&self) -> Result<DatabaseTransaction, AppError> {
        self.keys.begin().await
    }

    /// Begins a transaction that only reads, and sees the records as they stand at its first read.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, AppError> {
        self.records.snapshot(self.kind).await
    }

    /// The same of the key store.
    pub async fn key_snapshot(&self) -> Result<DatabaseTransaction, AppError> {
        self.keys.snapshot(self.kind).await
    }

    /// The name of the database that is the key store, where it is a database of a server.
    pub async fn key_store_name(&self) -> Result<Option<String>, AppError> {
        if self.kind == Kind::Sqlite {
            return Ok(None);
        }
        let reader = self.key_reader();
        let sql = Statement::from_string(reader.get_database_backend(), "select current_database()::text as name");
        let row = reader.query_one_raw(sql).await?;
        Ok(row.map(|row| row.try_get("", "name")).transpose()?)
    }

    /// Closes every connection, so that the folder may be removed or the server dropped.
    pub async fn close(self) -> Result<(), AppError> {
        for connections in [self.records, self.keys] {
            connections.writer.close().await?;
            connections.reader.close().await?;
            connections.watcher.close().await?;
        }
        Ok(())
    }
}

/// The address and the name of the key store beside a PostgreSQL database.
fn beside(records: &str) -> Option<(String, String)> {
    let (address, options) = records.split_once('?').map_or((records, None), |(a, o)| (a, Some(o)));
    let (server, name) = address.split_once("://")?.1.rsplit_once('/')?;
    let is_plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if server.is_empty() || name.is_empty() || !is_plain(name) {
        return None;
    }
    let keys = format!("{address}_keys");
    let keys = options.map_or_else(|| keys.clone(), |options| format!("{keys}?{options}"));
    Some((keys, format!("{name}_keys")))
}

impl Connections {
    async fn open(kind: Kind, url: &str) -> Result<Self, AppError> {
        match kind {
            Kind::Sqlite => Ok(Self {
                writer: Database::connect(sqlite(url, 1)).await?,
                reader: Database::connect(sqlite(url, readers())).await?,
                watcher: Database::connect(sqlite(url, 1)).await?,
            }),
            Kind::Postgres => {
                let mut options = ConnectOptions::new(url);
                options
                    .max_connections(CONNECTIONS)
                    .acquire_timeout(PATIENCE)
                    .sqlx_logging(false);
                let pool = Database::connect(options).await?;
                Ok(Self {
                    writer: pool.clone(),
                    reader: pool.clone(),
                    watcher: pool,
                })
            }
        }
    }

    async fn begin(&self) -> Result<DatabaseTransaction, AppError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    async fn snapshot(&self, kind: Kind) -> Result<DatabaseTransaction, AppError> {
        let options = match kind {
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

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn the_key_store_lies_beside_the_database_it_serves() {
        assert_eq!(
            beside("postgres://me@host:5432/audit?sslmode=require"),
            Some((
                "postgres://me@host:5432/audit_keys?sslmode=require".into(),
                "audit_keys".into()
            ))
        );
        for wrong in ["postgres://host", "postgres://host/", "postgres://host/a\"b", "nothing"] {
            assert_eq!(beside(wrong), None, "{wrong}");
        }
    }
}
