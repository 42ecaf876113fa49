//! What differs between the two databases: full-text search, how a table is made append-only, and how
//! a backup learns of the tables and fills them. Nothing else.
//!
//! SQLite uses FTS5 in a table of its own, PostgreSQL a `tsvector` with a GIN index. Words are cut
//! and folded here and handed over ready, past both databases' own parsers, so both find the same
//! items. Lists show the latest recorded first; each database can then stop reading as soon as a
//! page is full, however many items hold the word.

use std::collections::BTreeMap;

use domain::fold::fold;
use sea_orm::sea_query::{Alias, Expr, JoinType, Order, SelectStatement};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, Statement, Value};
use uuid::Uuid;

use crate::db::Kind;

/// The longest word that is indexed or asked for, in characters; a longer one is cut.
const LONGEST_WORD: usize = 60;

/// The statements that create the search index, and the one other index that only lists need.
pub(crate) fn search_schema(kind: Kind) -> &'static [&'static str] {
    match kind {
        // The tokeniser `ascii` cuts at spaces and takes every other letter as it is: the words are
        // folded already. Nothing but the numbers of rows is kept (`content`, `detail`), so that a
        // word in every item costs one byte or two for each of them.
        Kind::Sqlite => &[
            "create virtual table evidence_search using fts5 \
             (words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii')",
            "create table evidence_search_row (row_id integer primary key, evidence_id blob not null unique)",
            "create index evidence_publisher on evidence (publisher_folded)",
        ],
        Kind::Postgres => &[
            "create table evidence_search (evidence_id uuid primary key, words tsvector not null)",
            "create index evidence_search_words on evidence_search using gin (words)",
            "create index evidence_publisher on evidence (publisher_folded)",
        ],
    }
}

/// Tables whose rows are written once and never changed, each with the condition under which a new
/// row would take the place of one that is there.
const APPEND_ONLY: &[(&str, &str)] = &[
    (
        "audit",
        "id = new.id or (organisation_id is new.organisation_id and sequence = new.sequence)",
    ),
    ("checkpoint", "number = new.number or revision_id = new.revision_id"),
    ("checkpoint_leaf", "position = new.position"),
];

/// The statements that make the database refuse to change or delete the proof's rows, whoever asks.
/// Whoever owns the database can drop them; the chains then show what was done.
pub(crate) fn append_only(kind: Kind) -> Vec<String> {
    let mut statements = vec![
        // No number is given twice in a chain. Absent values never collide, so the coalition's chain
        // needs a rule of its own.
        "create unique index audit_sequence on audit (organisation_id, sequence)".to_owned(),
        "create unique index audit_coalition on audit (sequence) where organisation_id is null".to_owned(),
        "create index audit_subject on audit (subject_id)".to_owned(),
    ];
    if kind == Kind::Postgres {
        statements.push(
            "create function append_only() returns trigger language plpgsql as \
             $$ begin raise exception '% is append-only', tg_table_name; end $$"
                .to_owned(),
        );
    }
    for (table, clash) in APPEND_ONLY {
        match kind {
            Kind::Sqlite => {
                for change in ["update", "delete"] {
                    statements.push(format!(
                        "create trigger {table}_no_{change} before {change} on {table} \
                         begin select raise(abort, '{table} is append-only'); end"
                    ));
                }
                // `insert or replace` deletes without telling the trigger above.
                statements.push(format!(
                    "create trigger {table}_no_replace before insert on {table} \
                     when exists (select 1 from {table} where {clash}) \
                     begin select raise(abort, '{table} is append-only'); end"
                ));
            }
            Kind::Postgres => statements.push(format!(
                "create trigger {table}_append_only before update or delete or truncate on {table} \
                 for each statement execute function append_only()"
            )),
        }
    }
    statements
}

/// Every table with its columns and their types, as the database itself knows them, so that a backup
/// forgets none. Without what is no record: what serves a search, and the marks of the schema and of a demonstration.
pub(crate) async fn tables(db: &impl ConnectionTrait) -> Result<BTreeMap<String, Vec<(String, String)>>, DbErr> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DatabaseBackend::Sqlite => {
            "select t.name as table_name, c.name as column_name, lower(c.type) as data_type \
             from pragma_table_list as t join pragma_table_info(t.name) as c \
             where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite%' order by t.name, c.cid"
        }
        _ => {
            "select table_name::text, column_name::text, data_type::text from information_schema.columns \
             where table_schema = current_schema() order by table_name, ordinal_position"
        }
    };
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in db.query_all_raw(Statement::from_string(backend, sql)).await? {
        let table: String = row.try_get("", "table_name")?;
        // The last is the mark of a demonstration on a server, which no migration makes.
        if ["schema_version", "demonstration"].contains(&table.as_str()) || table.contains("_search") {
            continue;
        }
        let column = (row.try_get("", "column_name")?, row.try_get("", "data_type")?);
        tables.entry(table).or_default().push(column);
    }
    Ok(tables)
}

/// Puts off the check of references to the end of the transaction, so that tables can be filled in any
/// order. Gives the statements that take this back; they come after the last row.
pub(crate) async fn defer_references(tx: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let backend = tx.get_database_backend();
    if backend == DatabaseBackend::Sqlite {
        // Ends with the transaction by itself.
        tx.execute_unprepared("pragma defer_foreign_keys = on").await?;
        return Ok(Vec::new());
    }
    let references = tx
        .query_all_raw(Statement::from_string(
            backend,
            "select conrelid::regclass::text as table_name, quote_ident(conname) as name from pg_constraint \
             where contype = 'f' and connamespace = (select oid from pg_namespace where nspname = current_schema())",
        ))
        .await?;
    let mut back = vec!["set constraints all immediate".to_owned()];
    for row in references {
        let (table, name): (String, String) = (row.try_get("", "table_name")?, row.try_get("", "name")?);
        tx.execute_unprepared(&format!(
            "alter table {table} alter constraint {name} deferrable initially deferred"
        ))
        .await?;
        back.push(format!("alter table {table} alter constraint {name} not deferrable"));
    }
    Ok(back)
}

/// Replaces the indexed words of one item by the words of a text.
pub async fn index_evidence(tx: &impl ConnectionTrait, evidence: Uuid, text: &str) -> Result<(), DbErr> {
    let mut words = search_words(text);
    words.sort_unstable();
    words.dedup();
    let words = words.join(" ");
    let backend = tx.get_database_backend();
    let run =
        |sql: &'static str, values: Vec<Value>| tx.execute_raw(Statement::from_sql_and_values(backend, sql, values));
    match backend {
        DatabaseBackend::Sqlite => {
            // An item keeps its row for ever, so the order of rows stays the order of recording.
            run(
                "insert into evidence_search_row (evidence_id) values (?) on conflict do nothing",
                vec![evidence.into()],
            )
            .await?;
            run(
                "insert or replace into evidence_search (rowid, words) \
                 select row_id, ? from evidence_search_row where evidence_id = ?",
                vec![words.into(), evidence.into()],
            )
            .await?;
        }
        _ => {
            run(
                "insert into evidence_search (evidence_id, words) \
                 values ($1, array_to_tsvector(array_remove(string_to_array($2, ' '), ''))) \
                 on conflict (evidence_id) do update set words = excluded.words",
                vec![evidence.into(), words.into()],
            )
            .await?;
        }
    }
    Ok(())
}

/// Puts a query over `evidence` into the order of lists, latest recorded first, and keeps only items
/// that hold every word of `words`, the last one as a beginning. No word at all keeps everything.
pub fn search_evidence(backend: DatabaseBackend, query: &mut SelectStatement, words: &str) {
    let words = search_words(words);
    let Some((last, whole)) = words.split_last() else {
        query.order_by_expr(Expr::cust("evidence.id"), Order::Desc);
        return;
    };
    if backend == DatabaseBackend::Sqlite {
        let terms = whole
            .iter()
            .map(|word| format!("\"{word}\""))
            .chain([format!("\"{last}\"*")]);
        query
            .join(
                JoinType::InnerJoin,
                Alias::new("evidence_search_row"),
                Expr::cust("evidence_search_row.evidence_id = evidence.id"),
            )
            .join(
                JoinType::InnerJoin,
                Alias::new("evidence_search"),
                Expr::cust("evidence_search.rowid = evidence_search_row.row_id"),
            )
            .and_where(Expr::cust_with_values(
                "evidence_search match ?",
                [terms.collect::<Vec<_>>().join(" ")],
            ))
            .order_by_expr(Expr::cust("evidence_search.rowid"), Order::Desc);
    } else {
        let terms = whole
            .iter()
            .map(|word| format!("'{word}'"))
            .chain([format!("'{last}':*")]);
        query
            .and_where(Expr::cust_with_values(
                "evidence.id in (select evidence_id from evidence_search where words @@ $1::tsquery)",
                [terms.collect::<Vec<_>>().join(" & ")],
            ))
            .order_by_expr(Expr::cust("evidence.id"), Order::Desc);
    }
}

/// The words of a text as both databases index them: folded runs of letters and digits.
pub fn search_words(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST_WORD).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_reduced_to_words_so_that_no_syntax_of_either_database_gets_through() {
        assert_eq!(search_words("\"Legal-aid\" OR (x:*) ' \\"), ["legal", "aid", "or", "x"]);
        assert!(search_words("  -- ").is_empty());
    }

    #[test]
    fn a_word_without_end_is_cut() {
        assert_eq!(search_words(&"é".repeat(5_000)), ["é".repeat(LONGEST_WORD)]);
    }
}
