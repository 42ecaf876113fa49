//! Versioned migrations, forward only, one text for both databases.

use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, TransactionTrait};

use crate::db::Db;
use crate::error::AppError;

/// Every migration of the records in order. A released one is never edited; a mistake gets a new one.
const RECORDS: &[(i32, &str)] = &[
    (1, include_str!("../migrations/0001_members.sql")),
    (2, include_str!("../migrations/0002_audit.sql")),
    (3, include_str!("../migrations/0003_doors.sql")),
    (5, include_str!("../migrations/0005_seals.sql")),
    (6, include_str!("../migrations/0006_call.sql")),
    (7, include_str!("../migrations/0007_personal.sql")),
];

/// Every migration of the key store in order.
const KEYS: &[(i32, &str)] = &[(1, include_str!("../migrations/keys/0001_keys.sql"))];

/// Brings the records to the newest schema. Refuses a database that a newer program has written.
pub(crate) async fn records(db: &Db) -> Result<(), AppError> {
    let tx = db.begin().await?;
    let before = run(&tx, RECORDS).await?;
    if before == 0 {
        for statement in crate::dialect::search_schema(db.kind()) {
            tx.execute_unprepared(statement).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Brings the key store to the newest schema.
pub(crate) async fn keys(db: &Db) -> Result<(), AppError> {
    let tx = db.begin_keys().await?;
    run(&tx, KEYS).await?;
    tx.commit().await?;
    Ok(())
}

/// Runs what is missing, and gives the version there was before.
async fn run(tx: &DatabaseTransaction, migrations: &[(i32, &str)]) -> Result<i32, AppError> {
    tx.execute_unprepared("create table if not exists schema_version (version integer primary key)")
        .await?;
    let row = tx
        .query_one_raw(Statement::from_string(
            tx.get_database_backend(),
            "select max(version) as version from schema_version",
        ))
        .await?;
    let current: i32 = row
        .map(|row| row.try_get::<Option<i32>>("", "version"))
        .transpose()?
        .flatten()
        .unwrap_or(0);
    let newest = migrations.last().map_or(0, |(version, _)| *version);
    if current > newest {
        return Err(AppError::Refused(format!(
            "this data was written by a newer version of the program (schema {current}; this one knows {newest}): use that version, or restore a backup"
        )));
    }
    for (version, sql) in migrations.iter().filter(|(version, _)| *version > current) {
        let nested = tx.begin().await?;
        for statement in statements(sql) {
            nested.execute_unprepared(&statement).await?;
        }
        nested
            .execute_unprepared(&format!("insert into schema_version (version) values ({version})"))
            .await?;
        nested.commit().await?;
    }
    Ok(current)
}

/// The statements of a migration, without its comments.
fn statements(sql: &str) -> Vec<String> {
    let code: Vec<&str> = sql
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .collect();
    let code = format!("{}\n", code.join("\n"));
    code.split(";\n")
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}
