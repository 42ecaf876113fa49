//! Versioned migrations, forward only, one text for both databases.

use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, TransactionTrait};

use crate::db::Db;
use crate::error::AppError;

/// Every migration of the records in order. A released one is never edited; a mistake gets a new one.
const RECORDS: &[(i32, &str)] = &[
    (1, include_str!("../migrations/0001_members.sql")),
    (2, include_str!("../migrations/0002_audit.sql")),
    (3, include_str!("../migrations/0003_doors.sql")),
    (PROOF, include_str!("../migrations/0004_proof.sql")),
    (5, include_str!("../migrations/0005_seals.sql")),
    (6, include_str!("../migrations/0006_call.sql")),
    (7, include_str!("../migrations/0007_personal.sql")),
    (8, include_str!("../migrations/0008_retention.sql")),
    (9, include_str!("../migrations/0009_amend.sql")),
    (10, include_str!("../migrations/0010_casework.sql")),
    (11, include_str!("../migrations/0011_study.sql")),
    (12, include_str!("../migrations/0012_withdrawal.sql")),
    (13, include_str!("../migrations/0013_contribution.sql")),
    (14, include_str!("../migrations/0014_received.sql")),
    (15, include_str!("../migrations/0015_slices.sql")),
    (16, include_str!("../migrations/0016_referral.sql")),
    (17, include_str!("../migrations/0017_case_import.sql")),
    (18, include_str!("../migrations/0018_definition.sql")),
    (19, include_str!("../migrations/0019_draws.sql")),
    (20, include_str!("../migrations/0020_timer.sql")),
    (21, include_str!("../migrations/0021_news.sql")),
    (22, include_str!("../migrations/0022_own_time.sql")),
    (23, include_str!("../migrations/0023_halted.sql")),
    (24, include_str!("../migrations/0024_contact_until.sql")),
];

/// The migration from which on the log of acts is chained, and only ever appended to.
const PROOF: i32 = 4;

/// Every migration of the key store in order.
const KEYS: &[(i32, &str)] = &[(1, include_str!("../migrations/keys/0001_keys.sql"))];

/// The version of the records' schema that this program writes.
pub fn newest() -> i32 {
    RECORDS.last().map_or(0, |(version, _)| *version)
}

/// A column that names a row of another table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// Its table.
    pub table: String,
    /// The column.
    pub column: String,
    /// Whether the table counts revisions, in its column `revision`.
    pub has_revision: bool,
}

/// The columns whose values are rows of a table, as the migrations say: whoever asks what hangs on a record thus misses no
/// table that is added later.
pub fn naming(table: &str) -> Vec<Naming> {
    let target = format!("references {table} (id)");
    let mut found = Vec::new();
    for (_, sql) in RECORDS {
        for statement in statements(sql) {
            let words: Vec<&str> = statement.split_whitespace().collect();
            let ["create" | "alter", "table", name, ..] = words[..] else {
                continue;
            };
            for line in statement.lines().filter(|line| line.contains(&target)) {
                let line = line.trim().trim_start_matches("add column ");
                found.extend(line.split_whitespace().next().map(|column| Naming {
                    table: name.to_owned(),
                    column: column.to_owned(),
                    has_revision: statement.contains(" revision integer"),
                }));
            }
        }
    }
    found
}

/// Brings the records to the newest schema. Refuses a database that a newer program has written.
pub(crate) async fn records(db: &Db) -> Result<(), AppError> {
    let tx = db.begin().await?;
    let ran = run(&tx, RECORDS).await?;
    if ran.contains(&1) {
        for statement in crate::dialect::search_schema(db.kind()) {
            tx.execute_unprepared(statement).await?;
        }
    }
    if ran.contains(&PROOF) {
        crate::chain::adopt(&tx).await?;
        for statement in crate::dialect::append_only(db.kind()) {
            tx.execute_unprepared(&statement).await?;
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

/// Runs what is missing, and gives the versions that it ran.
async fn run(tx: &DatabaseTransaction, migrations: &[(i32, &str)]) -> Result<Vec<i32>, AppError> {
    tx.execute_unprepared("create table if not exists schema_version (version integer primary key)")
        .await?;
    let rows = tx
        .query_all_raw(Statement::from_string(
            tx.get_database_backend(),
            "select version from schema_version",
        ))
        .await?;
    let known = rows
        .iter()
        .map(|row| row.try_get::<i32>("", "version"))
        .collect::<Result<Vec<_>, _>>()?;
    let newest = migrations.last().map_or(0, |(version, _)| *version);
    if let Some(newer) = known.iter().find(|version| **version > newest) {
        return Err(AppError::Refused(format!(
            "this data was written by a newer version of the program (schema {newer}; this one knows {newest}): use that version, or restore a backup"
        )));
    }
    let mut ran = Vec::new();
    for (version, sql) in migrations.iter().filter(|(version, _)| !known.contains(version)) {
        let nested = tx.begin().await?;
        for statement in statements(sql) {
            nested.execute_unprepared(&statement).await?;
        }
        nested
            .execute_unprepared(&format!("insert into schema_version (version) values ({version})"))
            .await?;
        nested.commit().await?;
        ran.push(*version);
    }
    Ok(ran)
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
