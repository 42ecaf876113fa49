//! What is in a backup: every row of every table, as text that either database can take in again.
//!
//! A table becomes chunks of at most `CHUNK` rows. A chunk's first line is the JSON list of its
//! columns, each further line the JSON list of one row's values: ids and text as text, numbers as
//! numbers, bytes in base64. Because no chunk holds anything of one database alone, a backup of the
//! embedded database can be restored to PostgreSQL and the other way round. All of it is read from one
//! snapshot, however much is written meanwhile.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::TryStreamExt as _;
use sea_orm::sea_query::{Alias, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, DatabaseTransaction, QueryResult, Statement, StreamTrait, Value};
use serde_json::Value as Json;

use crate::db::Db;
use crate::dialect;
use crate::error::AppError;

/// The most rows of a chunk.
const CHUNK: usize = 5_000;
/// The most values of one statement: SQLite takes 32,766.
const MOST_VALUES: usize = 30_000;
/// Tables that are in no backup: whoever was signed in signs in again.
const NEVER: &[&str] = &["session"];

/// The ledger of erasures: of two backups of the key store, the later one's counts.
pub const LEDGER: &str = "erasure";

/// One chunk of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The table.
    pub table: String,
    /// 1 for the first.
    pub number: usize,
    /// Its lines.
    pub lines: String,
}

/// Tables with the number of their rows.
pub type Counts = BTreeMap<String, u64>;

/// Reads every row of the records and gives it away chunk by chunk.
pub async fn records<E: From<AppError>>(db: &Db, give: impl FnMut(Chunk) -> Result<(), E>) -> Result<Counts, E> {
    dump(&db.snapshot().await?, give).await
}

/// The same of the key store, without who is signed in.
pub async fn keys<E: From<AppError>>(db: &Db, give: impl FnMut(Chunk) -> Result<(), E>) -> Result<Counts, E> {
    dump(&db.key_snapshot().await?, give).await
}

async fn dump<E: From<AppError>>(
    tx: &DatabaseTransaction,
    mut give: impl FnMut(Chunk) -> Result<(), E>,
) -> Result<Counts, E> {
    let mut counts = Counts::new();
    for (table, columns) in dialect::tables(tx).await.map_err(AppError::from)? {
        if NEVER.contains(&table.as_str()) {
            continue;
        }
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let head = format!("{}\n", serde_json::to_string(&names).map_err(AppError::from)?);
        let select = Query::select()
            .columns(names.iter().map(|name| Alias::new(*name)))
            .from(Alias::new(&table))
            .take();
        let (mut number, mut lines, mut n, mut all) = (1, head.clone(), 0, 0_u64);
        let mut rows = tx.stream(&select).await.map_err(AppError::from)?;
        while let Some(row) = rows.try_next().await.map_err(AppError::from)? {
            let values = columns
                .iter()
                .map(|(name, kind)| read(&row, name, kind))
                .collect::<Result<Vec<Json>, _>>()?;
            lines.push_str(&serde_json::to_string(&values).map_err(AppError::from)?);
            lines.push('\n');
            n += 1;
            all += 1;
            if n == CHUNK {
                let lines = std::mem::replace(&mut lines, head.clone());
                give(Chunk {
                    table: table.clone(),
                    number,
                    lines,
                })?;
                number += 1;
                n = 0;
            }
        }
        if n > 0 {
            give(Chunk {
                table: table.clone(),
                number,
                lines,
            })?;
        }
        counts.insert(table, all);
    }
    Ok(counts)
}

/// A value as JSON.
fn read(row: &QueryResult, name: &str, kind: &str) -> Result<Json, AppError> {
    let json = match kind {
        "uuid" => row
            .try_get::<Option<uuid::Uuid>>("", name)?
            .map(|id| id.to_string().into()),
        "text" => row.try_get::<Option<String>>("", name)?.map(Json::from),
        "integer" => row.try_get::<Option<i32>>("", name)?.map(Json::from),
        "bigint" => row.try_get::<Option<i64>>("", name)?.map(Json::from),
        "boolean" => row.try_get::<Option<bool>>("", name)?.map(Json::from),
        "double precision" => row.try_get::<Option<f64>>("", name)?.map(Json::from),
        "bytea" => row
            .try_get::<Option<Vec<u8>>>("", name)?
            .map(|bytes| STANDARD.encode(bytes).into()),
        other => return Err(unknown(name, other)),
    };
    Ok(json.unwrap_or(Json::Null))
}

/// A value from JSON.
fn write(json: &Json, name: &str, kind: &str) -> Result<Value, AppError> {
    let broken = || AppError::Refused(format!("the backup is damaged: a value of “{name}” is not of its kind"));
    let text = || json.as_str().map(ToOwned::to_owned).ok_or_else(broken);
    if json.is_null() {
        return Ok(match kind {
            "uuid" => Value::Uuid(None),
            "text" => Value::String(None),
            "integer" => Value::Int(None),
            "bigint" => Value::BigInt(None),
            "boolean" => Value::Bool(None),
            "double precision" => Value::Double(None),
            "bytea" => Value::Bytes(None),
            other => return Err(unknown(name, other)),
        });
    }
    Ok(match kind {
        "uuid" => text()?.parse::<uuid::Uuid>().map_err(|_| broken())?.into(),
        "text" => text()?.into(),
        "integer" => json
            .as_i64()
            .and_then(|n| i32::try_from(n).ok())
            .ok_or_else(broken)?
            .into(),
        "bigint" => json.as_i64().ok_or_else(broken)?.into(),
        "boolean" => json.as_bool().ok_or_else(broken)?.into(),
        "double precision" => json.as_f64().ok_or_else(broken)?.into(),
        "bytea" => STANDARD.decode(text()?).map_err(|_| broken())?.into(),
        other => return Err(unknown(name, other)),
    })
}

fn unknown(name: &str, kind: &str) -> AppError {
    AppError::Internal(anyhow::anyhow!("the column “{name}” has the unknown type “{kind}”"))
}

/// Fills the tables of an empty database. Nothing stays unless [`Loader::commit`] is reached.
pub struct Loader {
    tx: DatabaseTransaction,
    tables: BTreeMap<String, Vec<(String, String)>>,
    back: Vec<String>,
    counts: Counts,
}

impl Loader {
    /// Begins to fill the records of a database of this program's schema. Refuses one that holds any row.
    pub async fn records(db: &Db) -> Result<Self, AppError> {
        Self::new(db.begin().await?).await
    }

    /// The same of the key store.
    pub async fn keys(db: &Db) -> Result<Self, AppError> {
        Self::new(db.begin_keys().await?).await
    }

    async fn new(tx: DatabaseTransaction) -> Result<Self, AppError> {
        let tables = dialect::tables(&tx).await?;
        for table in tables.keys() {
            let row = tx
                .query_one_raw(Statement::from_string(
                    ConnectionTrait::get_database_backend(&tx),
                    format!("select 1 from {table} limit 1"),
                ))
                .await?;
            if row.is_some() {
                return Err(AppError::Refused(
                    "there are records in this database already: restore into an empty one".into(),
                ));
            }
        }
        Ok(Self {
            back: dialect::defer_references(&tx).await?,
            tx,
            tables,
            counts: Counts::new(),
        })
    }

    /// Takes in one chunk.
    pub async fn load(&mut self, table: &str, lines: &str) -> Result<(), AppError> {
        let damaged = |what: &str| AppError::Refused(format!("the backup is damaged: {what} of the table “{table}”"));
        let known = self
            .tables
            .get(table)
            .filter(|_| !NEVER.contains(&table))
            .ok_or_else(|| {
                AppError::Refused(format!(
                    "the backup holds a table “{table}” that this version does not know: use the version that made it"
                ))
            })?;
        let mut lines = lines.lines();
        let names: Vec<String> = lines
            .next()
            .and_then(|line| serde_json::from_str(line).ok())
            .ok_or_else(|| damaged("the columns"))?;
        let columns = names
            .iter()
            .map(|name| known.iter().find(|(known, _)| known == name))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| damaged("a column"))?;
        let mut rows: Vec<Vec<SimpleExpr>> = Vec::new();
        for line in lines {
            let values: Vec<Json> = serde_json::from_str(line).map_err(|_| damaged("a row"))?;
            if values.len() != columns.len() {
                return Err(damaged("a row"));
            }
            let row = values
                .iter()
                .zip(&columns)
                .map(|(json, (name, kind))| write(json, name, kind).map(SimpleExpr::from))
                .collect::<Result<_, _>>()?;
            rows.push(row);
        }
        *self.counts.entry(table.to_owned()).or_default() += rows.len() as u64;
        for some in rows.chunks((MOST_VALUES / columns.len().max(1)).max(1)) {
            let mut insert = Query::insert();
            insert
                .into_table(Alias::new(table))
                .columns(names.iter().map(|name| Alias::new(name.as_str())));
            for row in some {
                insert
                    .values(row.iter().cloned())
                    .map_err(|error| AppError::Internal(error.into()))?;
            }
            self.tx.execute(&insert).await.map_err(|error| {
                if crate::error::is_duplicate(&error) {
                    damaged("a row stands twice in it, or the order")
                } else {
                    error.into()
                }
            })?;
        }
        Ok(())
    }

    /// The transaction, for what has to be made anew from the rows.
    pub const fn tx(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// Ends the filling: the counts must be those that were written, and every reference must lead to a
    /// row.
    pub async fn finish(&mut self, expected: &Counts) -> Result<(), AppError> {
        let written = |counts: &Counts, table: &String| counts.get(table).copied().unwrap_or(0);
        for table in expected.keys().chain(self.counts.keys()) {
            if written(&self.counts, table) != written(expected, table) {
                return Err(AppError::Refused(format!(
                    "the backup is damaged: rows of the table “{table}” are missing"
                )));
            }
        }
        for statement in std::mem::take(&mut self.back) {
            self.tx.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    /// Keeps what was filled in.
    pub async fn commit(self) -> Result<(), AppError> {
        Ok(self.tx.commit().await?)
    }
}
