//! Versioned migrations, forward only, one text for both databases.

use sea_orm::{ConnectionTrait, Statement, TransactionTrait};

use crate::db::Db;
use crate::error::AppError;

/// Every migration in order. A released one is never edited; a mistake gets a new one.
const MIGRATIONS: &[(i32, &str)] = &[
    (1, include_str!("../migrations/0001_members.sql")),
    (2, include_str!("../migrations/0002_audit.sql")),
    (PROOF, include_str!("../migrations/0004_proof.sql")),
];

/// The migration from which on the log of acts is chained, and only ever appended to.
const PROOF: i32 = 4;

/// Brings the database to the newest schema. Refuses one that a newer program has written.
pub(crate) async fn run(db: &Db) -> Result<(), AppError> {
    let tx = db.begin().await?;
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
    let newest = MIGRATIONS.last().map_or(0, |(version, _)| *version);
    if current > newest {
        return Err(AppError::Refused(format!(
            "this data was written by a newer version of the program (schema {current}; this one knows {newest}): use that version, or restore a backup"
        )));
    }
    for (version, sql) in MIGRATIONS.iter().filter(|(version, _)| *version > current) {
        let nested = tx.begin().await?;
        for statement in statements(sql) {
            nested.execute_unprepared(&statement).await?;
        }
        if *version == PROOF {
            crate::chain::adopt(&nested).await?;
            for statement in crate::dialect::append_only(db.kind()) {
                nested.execute_unprepared(&statement).await?;
            }
        }
        nested
            .execute_unprepared(&format!("insert into schema_version (version) values ({version})"))
            .await?;
        nested.commit().await?;
    }
    if current == 0 {
        for statement in crate::dialect::search_schema(db.kind()) {
            tx.execute_unprepared(statement).await?;
        }
    }
    tx.commit().await?;
    Ok(())
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
