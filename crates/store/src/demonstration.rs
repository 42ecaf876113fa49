//! The mark of a demonstration's database, so that no other is ever cleared.
//!
//! An embedded database lies in the demonstration's folder and goes with it. A database on a server is
//! marked by a table of its own, which no migration makes.

use sea_orm::{ConnectionTrait, EntityTrait, Statement};

use crate::db::{Db, Kind};
use crate::error::AppError;
use crate::row::member;

/// Whether the schema that the connection works in has the table that is the mark.
const IS_MARKED: &str = "select 1 from pg_tables where schemaname = current_schema() and tablename = 'demonstration'";
/// Makes that table.
const MARK: &str = "create table if not exists demonstration (is_invented boolean not null)";
/// Drops that schema with all that is in it, and makes it anew.
const CLEAR: &str = "do $$ declare own text := current_schema(); begin \
    execute format('drop schema %I cascade', own); execute format('create schema %I', own); end $$";

/// What a database on a server holds, as a demonstration sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Nobody's records: a demonstration may be built in it.
    Nothing,
    /// A demonstration, whole or built halfway.
    Demonstration,
    /// Somebody's records.
    Records,
}

/// What a database holds. An embedded one is told by its folder and not by this.
pub async fn holds(db: &Db) -> Result<Holds, AppError> {
    let reader = db.reader();
    if db.kind() == Kind::Postgres {
        let asked = Statement::from_string(reader.get_database_backend(), IS_MARKED);
        if reader.query_one_raw(asked).await?.is_some() {
            return Ok(Holds::Demonstration);
        }
    }
    let member = member::Entity::find().one(reader).await?;
    Ok(member.map_or(Holds::Nothing, |_| Holds::Records))
}

/// Marks a database on a server, before anything is put into it.
pub async fn mark(db: &Db) -> Result<(), AppError> {
    if db.kind() == Kind::Postgres {
        let tx = db.begin().await?;
        tx.execute_unprepared(MARK).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Removes all that is in a marked database on a server and in its key store, and closes both: opened again, they
/// are as before anyone used them. Refuses any other.
pub async fn clear(db: Db) -> Result<(), AppError> {
    if db.kind() != Kind::Postgres || holds(&db).await? != Holds::Demonstration {
        return Err(AppError::Refused(
            "this database is not marked as a demonstration: nothing was removed".into(),
        ));
    }
    // The keys first: cut off between the two, what is left is still marked and opens for nobody.
    for tx in [db.begin_keys().await?, db.begin().await?] {
        tx.execute_unprepared(CLEAR).await?;
        tx.commit().await?;
    }
    db.close().await
}

#[cfg(test)]
mod tests {
    use testkit::{Coalition, Stage};

    use super::*;

    #[tokio::test]
    async fn only_a_marked_database_is_cleared() {
        let stage = Stage::postgres().await;
        // The kit is built on another copy of this crate, so the database is opened by its address.
        let open = async || Db::open(&stage.url, &stage.keys_url).await.expect("it opens");
        let db = open().await;
        assert_eq!(holds(&db).await.expect("read"), Holds::Nothing);
        Coalition::on(&stage).await;
        assert_eq!(holds(&db).await.expect("read"), Holds::Records);
        assert!(matches!(clear(db).await, Err(AppError::Refused(_))));
        let db = open().await;
        assert_eq!(holds(&db).await.expect("read"), Holds::Records, "nothing was removed");
        mark(&db).await.expect("marked");
        assert_eq!(holds(&db).await.expect("read"), Holds::Demonstration);
        clear(db).await.expect("cleared");
        let db = open().await;
        assert_eq!(holds(&db).await.expect("read"), Holds::Nothing);
        db.close().await.expect("it closes");
    }
}
