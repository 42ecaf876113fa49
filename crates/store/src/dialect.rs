//! What differs between the two databases: full-text search. Nothing else.
//!
//! SQLite uses FTS5 in a table of its own; PostgreSQL a `tsvector` column with a GIN index. Both
//! index the same folded words, so both find the same items.

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, Statement, Value};
use uuid::Uuid;

use crate::db::Kind;

/// The statements that create the search index.
pub(crate) fn search_schema(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Sqlite => &[
            "create virtual table evidence_search using fts5 (words, evidence_id unindexed, tokenize = 'unicode61 remove_diacritics 0')",
            "create table evidence_search_row (evidence_id blob primary key, row_id integer not null)",
        ],
        Kind::Postgres => &[
            "create table evidence_search (evidence_id uuid primary key, words tsvector not null)",
            "create index evidence_search_words on evidence_search using gin (words)",
        ],
    }
}

/// Replaces the indexed words of one item. `words` must be folded already.
pub async fn index_evidence(tx: &impl ConnectionTrait, evidence: Uuid, words: &str) -> Result<(), DbErr> {
    let backend = tx.get_database_backend();
    let run = |sql: &'static str, values: Vec<Value>| tx.execute_raw(Statement::from_sql_and_values(backend, sql, values));
    match backend {
        DatabaseBackend::Sqlite => {
            run(
                "delete from evidence_search where rowid in (select row_id from evidence_search_row where evidence_id = ?)",
                vec![evidence.into()],
            )
            .await?;
            run("insert into evidence_search (words, evidence_id) values (?, ?)", vec![words.into(), evidence.into()]).await?;
            run(
                "insert into evidence_search_row (evidence_id, row_id) values (?, last_insert_rowid()) \
                 on conflict (evidence_id) do update set row_id = excluded.row_id",
                vec![evidence.into()],
            )
            .await?;
        }
        _ => {
            run(
                "insert into evidence_search (evidence_id, words) values ($1, to_tsvector('simple', $2)) \
                 on conflict (evidence_id) do update set words = excluded.words",
                vec![evidence.into(), words.into()],
            )
            .await?;
        }
    }
    Ok(())
}

/// A condition on `evidence.id` that keeps items whose words hold every word of the query (the last
/// one as a prefix), with its values. `None` when the query holds no word at all.
pub fn evidence_matches(backend: DatabaseBackend, query: &str) -> Option<(&'static str, Value)> {
    let words = search_words(query);
    if words.is_empty() {
        return None;
    }
    Some(match backend {
        DatabaseBackend::Sqlite => {
            let last = words.len() - 1;
            let terms: Vec<String> =
                words.iter().enumerate().map(|(i, word)| if i == last { format!("\"{word}\"*") } else { format!("\"{word}\"") }).collect();
            ("evidence.id in (select evidence_id from evidence_search where evidence_search match ?)", terms.join(" ").into())
        }
        _ => {
            let last = words.len() - 1;
            let terms: Vec<String> =
                words.iter().enumerate().map(|(i, word)| if i == last { format!("{word}:*") } else { word.clone() }).collect();
            ("evidence.id in (select evidence_id from evidence_search where words @@ to_tsquery('simple', $1))", terms.join(" & ").into())
        }
    })
}

/// The words of a text as both databases index them: runs of letters and digits, folded.
pub fn search_words(text: &str) -> Vec<String> {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_reduced_to_words_so_that_no_syntax_of_either_database_gets_through() {
        assert_eq!(search_words("\"Legal-aid\" OR (x:*)"), ["legal", "aid", "or", "x"]);
        assert!(evidence_matches(DatabaseBackend::Sqlite, "  -- ").is_none());
    }
}
