//! What whoever runs the machine holds of a stage: every value of both databases, and the locks that stand before what is
//! sealed.

use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, Statement};
use store::db::Kind;
use store::row::{key_grant, member_key, owner_key, person_key};
use store::seal::Identity;

use crate::Stage;

/// A sealed key: its table, the identity it is bound to, and its bytes.
pub type Lock = (&'static str, Identity, Vec<u8>);

/// Every value of 22 bytes (a key in base64 has more) to `longest`, of every column of both databases.
///
/// # Panics
/// When a table cannot be read.
pub async fn values(stage: &Stage, longest: usize) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    for reader in [stage.db.reader(), stage.db.key_reader()] {
        values.extend(of_database(reader, stage.db.kind(), longest).await);
    }
    values
}

async fn of_database(reader: &DatabaseConnection, kind: Kind, longest: usize) -> Vec<Vec<u8>> {
    let query = async |sql: String| {
        let statement = Statement::from_string(reader.get_database_backend(), sql);
        reader.query_all_raw(statement).await.expect("it is read")
    };
    let columns = match kind {
        Kind::Sqlite => {
            "select m.name as t, c.name as c, '' as k from sqlite_master m join pragma_table_info(m.name) c \
             where m.type = 'table' and m.sql not like 'create virtual%'"
        }
        Kind::Postgres => {
            "select table_name::text as t, column_name::text as c, data_type::text as k \
             from information_schema.columns where table_schema = current_schema()"
        }
    };
    let mut values = Vec::new();
    for column in query(columns.to_owned()).await {
        let get = |name: &str| column.try_get::<String>("", name).expect("a name");
        let (table, name) = (get("t"), get("c"));
        let bytes = match kind {
            Kind::Sqlite => format!("cast(\"{name}\" as blob)"),
            Kind::Postgres if get("k") == "bytea" => format!("\"{name}\""),
            Kind::Postgres => format!("convert_to(\"{name}\"::text, 'UTF8')"),
        };
        let sql =
            format!("select distinct {bytes} as b from \"{table}\" where length({bytes}) between 22 and {longest}");
        let rows = query(sql).await;
        values.extend(rows.iter().map(|row| row.try_get::<Vec<u8>>("", "b").expect("bytes")));
    }
    values
}

/// Every sealed key: members' (by what a passphrase gives), owners' (by members and by the recovery key) and persons'.
///
/// # Panics
/// When a table cannot be read.
pub async fn locks(stage: &Stage) -> Vec<Lock> {
    let (reader, keys) = (stage.db.reader(), stage.db.key_reader());
    let of_owner = |owner| Identity::new("owner_key", owner, "private_key");
    let mut locks: Vec<Lock> = Vec::new();
    for row in member_key::Entity::find().all(reader).await.expect("read") {
        let identity = Identity::new("member_key", row.member_id, "sealed_key");
        locks.push(("member_key", identity, row.sealed_key));
    }
    for row in key_grant::Entity::find().all(reader).await.expect("read") {
        locks.push(("key_grant", of_owner(row.owner_id), row.sealed_key));
    }
    for row in owner_key::Entity::find().all(reader).await.expect("read") {
        locks.push(("owner_key", of_owner(row.owner_id), row.recovery_sealed_key));
    }
    for row in person_key::Entity::find().all(keys).await.expect("read") {
        let identity = Identity::new("person_key", row.id, "sealed_key");
        locks.push(("person_key", identity, row.sealed_key));
    }
    locks
}
