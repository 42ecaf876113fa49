//! The key of one person's records: made when the first of them is sealed, removed when the person is to be
//! forgotten.
//!
//! Keys lie in the key store, apart from the records. A key is written before the record it seals, so that no
//! record is ever without one; a key whose record never came is swept at start-up. Erasing goes the other way:
//! the ledger first, then the key, then the word that it is done; start-up completes what was cut off, and
//! `restore` replays the ledger, so that nobody comes back from a backup.

use std::collections::HashSet;

use domain::Instant;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement,
};
use store::row::{case_import, erasure, owner_key, person_key};
use store::seal::{Identity, SealKey};
use store::{AppError, Cx, Db};
use uuid::Uuid;

use super::owner::{self, Opener};

/// A key younger than this may belong to a record that is being written.
const BEING_WRITTEN_SECONDS: i64 = 60 * 60;
/// The most keys that are swept at once: a program that is cut off leaves no more than it had requests in hand.
const MOST_ORPHANS: usize = 100;

pub(super) fn identity(id: Uuid) -> Identity {
    Identity::of_key(id)
}

/// Makes the key of one person's records, sealed to an owner's newest key pair. Whoever makes it need hold no
/// key: an answer from the public is sealed so. Gives the key's id and the key.
pub async fn make(cx: &Cx<'_>, owner: Uuid) -> Result<(Uuid, SealKey), AppError> {
    let (number, public) = owner::public(cx.db, owner).await?;
    let (id, key) = (cx.ids.random(), SealKey::generate());
    let keys = cx.db.begin_keys().await?;
    person_key::ActiveModel {
        id: Set(id),
        owner_id: Set(owner),
        number: Set(number),
        sealed_key: Set(public.seal(&identity(id), key.expose())),
        created_at: Set(cx.now.0),
    }
    .insert(&keys)
    .await?;
    keys.commit().await.map_err(AppError::from)?;
    Ok((id, key))
}

/// Takes in the key of something that was sealed elsewhere: whoever sealed it drew the id and sealed the key to one of the
/// owner's key pairs, as [`make`] would have. Refuses an id that is known here, or was erased, and a pair that no longer opens.
pub async fn adopt(cx: &Cx<'_>, owner: Uuid, id: Uuid, number: i32, sealed_key: &[u8]) -> Result<(), AppError> {
    let pair = owner_key::Entity::find_by_id((owner, number))
        .one(cx.db.reader())
        .await?;
    if pair.is_none_or(|pair| pair.retired_at.is_some()) {
        return Err(AppError::Refused(
            "it is sealed to a key that is not, or no longer, in use here: the sender asks for the newest public key and makes \
             it anew"
                .to_owned(),
        ));
    }
    let keys = cx.db.begin_keys().await?;
    let is_known = person_key::Entity::find_by_id(id).one(&keys).await?.is_some()
        || erasure::Entity::find_by_id(id).one(&keys).await?.is_some();
    if is_known {
        return Err(AppError::Refused(
            "its key is known here already: it was received before, or it is a copy under another head; the sender makes it \
             anew"
                .to_owned(),
        ));
    }
    person_key::ActiveModel {
        id: Set(id),
        owner_id: Set(owner),
        number: Set(number),
        sealed_key: Set(sealed_key.to_vec()),
        created_at: Set(cx.now.0),
    }
    .insert(&keys)
    .await?;
    keys.commit().await.map_err(AppError::from)
}

/// Rows in one insert: SQLite takes some 32,000 values in one statement.
const BATCH: usize = 5_000;

/// Makes the keys of many persons' records at once, in one transaction of the key store: about 0.1 ms of computing each, on
/// every core. A caller whose records then do not come discards them.
pub async fn make_all(cx: &Cx<'_>, owner: Uuid, n: usize) -> Result<Vec<(Uuid, SealKey)>, AppError> {
    let (number, public) = owner::public(cx.db, owner).await?;
    let ids: Vec<Uuid> = (0..n).map(|_| cx.ids.random()).collect();
    let sealing = move || -> Vec<(Uuid, SealKey, Vec<u8>)> {
        let make = |id: &Uuid| {
            let key = SealKey::generate();
            let sealed = public.seal(&identity(*id), key.expose());
            (*id, key, sealed)
        };
        ids.par_iter().map(make).collect()
    };
    let made = tokio::task::spawn_blocking(sealing)
        .await
        .map_err(|error| AppError::Internal(error.into()))?;
    let keys = cx.db.begin_keys().await?;
    let mut all = Vec::with_capacity(n);
    let mut rows = Vec::with_capacity(n);
    for (id, key, sealed) in made {
        all.push((id, key));
        rows.push(person_key::ActiveModel {
            id: Set(id),
            owner_id: Set(owner),
            number: Set(number),
            sealed_key: Set(sealed),
            created_at: Set(cx.now.0),
        });
    }
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(BATCH));
        person_key::Entity::insert_many(rows)
            .exec_without_returning(&keys)
            .await?;
        rows = rest;
    }
    keys.commit().await.map_err(AppError::from)?;
    Ok(all)
}

/// Removes keys whose records did not come.
pub async fn discard(db: &Db, ids: &[Uuid]) -> Result<(), AppError> {
    remove(db, ids).await
}

/// Opens the key of one person's records.
pub async fn open(db: &Db, opener: &Opener, id: Uuid) -> Result<SealKey, AppError> {
    let mut keys = open_all(db, opener, &[id]).await?;
    keys.pop()
        .map(|(_, key)| key)
        .ok_or_else(|| AppError::Refused("what was sealed here has been erased: nobody can read it any more".into()))
}

/// Opens the keys of many persons' records in one query; those that were erased are left out. Costs about
/// 0.1 ms for each.
pub async fn open_all(db: &Db, opener: &Opener, ids: &[Uuid]) -> Result<Vec<(Uuid, SealKey)>, AppError> {
    let mut opened = Vec::with_capacity(ids.len());
    // SQLite takes some 32,000 variables in one statement.
    for ids in ids.chunks(10_000) {
        let rows = person_key::Entity::find()
            .filter(person_key::Column::OwnerId.eq(opener.owner()))
            .filter(person_key::Column::Id.is_in(ids.iter().copied()))
            .all(db.key_reader())
            .await?;
        // A tenth of a millisecond of computing each: a long list takes every core there is.
        let keys = rows.par_iter().map(|row| {
            let pair = opener.private(row.number)?;
            Ok::<_, AppError>((row.id, pair.open_key(&identity(row.id), &row.sealed_key)?))
        });
        opened.extend(keys.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(opened)
}

/// Erases everything sealed under these keys, for good. The caller has checked who may, and then removes the
/// records themselves in its own transaction; they are noise from here on.
pub async fn erase(cx: &Cx<'_>, owner: Uuid, ids: &[Uuid]) -> Result<(), AppError> {
    let ledger = cx.db.begin_keys().await?;
    for ids in ids.chunks(BATCH) {
        let known: HashSet<Uuid> = erasure::Entity::find()
            .select_only()
            .column(erasure::Column::PersonKeyId)
            .filter(erasure::Column::PersonKeyId.is_in(ids.iter().copied()))
            .into_tuple()
            .all(&ledger)
            .await?
            .into_iter()
            .collect();
        let new: Vec<erasure::ActiveModel> = ids
            .iter()
            .filter(|id| !known.contains(id))
            .map(|id| erasure::ActiveModel {
                person_key_id: Set(*id),
                owner_id: Set(owner),
                member_id: Set(cx.actor.member.map(Uuid::from)),
                asked_at: Set(cx.now.0),
                done_at: Set(None),
            })
            .collect();
        if !new.is_empty() {
            erasure::Entity::insert_many(new)
                .exec_without_returning(&ledger)
                .await?;
        }
    }
    ledger.commit().await.map_err(AppError::from)?;
    complete(cx.db, cx.now).await?;
    Ok(())
}

/// Removes every key that the ledger names and that is still there, and says how many entries it completed.
/// Run at start-up, and after a restore with the whole ledger.
pub async fn complete(db: &Db, now: Instant) -> Result<u64, AppError> {
    let open = erasure::Entity::find()
        .filter(erasure::Column::DoneAt.is_null())
        .all(db.key_reader())
        .await?;
    let ids: Vec<Uuid> = open.iter().map(|row| row.person_key_id).collect();
    remove(db, &ids).await?;
    let keys = db.begin_keys().await?;
    for ids in ids.chunks(10_000) {
        erasure::Entity::update_many()
            .col_expr(erasure::Column::DoneAt, Expr::value(now.0))
            .filter(erasure::Column::PersonKeyId.is_in(ids.iter().copied()))
            .exec(&keys)
            .await?;
    }
    keys.commit().await.map_err(AppError::from)?;
    Ok(ids.len() as u64)
}

/// Keys that were destroyed so that somebody is forgotten. What is still sealed under one is noise, left by an erasure
/// that was cut off.
pub async fn erased(db: &Db) -> Result<Vec<Uuid>, AppError> {
    let rows = erasure::Entity::find().all(db.key_reader()).await?;
    Ok(rows.into_iter().map(|row| row.person_key_id).collect())
}

/// Replays the whole ledger: a restored key store may hold keys that were erased after its backup was made.
pub async fn replay(db: &Db) -> Result<(), AppError> {
    let ids: Vec<Uuid> = erasure::Entity::find()
        .select_only()
        .column(erasure::Column::PersonKeyId)
        .into_tuple()
        .all(db.key_reader())
        .await?;
    remove(db, &ids).await
}

async fn remove(db: &Db, ids: &[Uuid]) -> Result<(), AppError> {
    let keys = db.begin_keys().await?;
    for ids in ids.chunks(10_000) {
        person_key::Entity::delete_many()
            .filter(person_key::Column::Id.is_in(ids.iter().copied()))
            .exec(&keys)
            .await?;
    }
    keys.commit().await.map_err(AppError::from)?;
    Ok(())
}

/// The tables whose records name a key, in their column `person_key_id`. The keys of a table that is missing here
/// would be swept at the next start, so a test reads the migrations and compares.
const NAMED_IN: &[&str] = &[
    "call_answer",
    "case_import",
    "case_mapping",
    "contribution",
    "feedback",
    "person",
    "personal_evidence",
    "received_contribution",
    "referral",
    "referral_answer",
    "signing_key",
];

/// The keys that records name.
pub async fn used(db: &Db) -> Result<HashSet<Uuid>, AppError> {
    let mut used = HashSet::new();
    let reader = db.reader();
    for table in NAMED_IN {
        let all = Statement::from_string(
            reader.get_database_backend(),
            format!("select person_key_id from {table}"),
        );
        for row in reader.query_all_raw(all).await? {
            used.extend(row.try_get::<Option<Uuid>>("", "person_key_id")?);
        }
    }
    Ok(used)
}

/// Sweeps keys whose record never came, because the program was cut off between the two. `used` are the keys
/// that records name. Says how many there were. Refuses when there are too many to come from a program that was
/// cut off: then the key store belongs to other records than these, or these come from an older backup, and
/// sweeping would destroy what they need.
pub async fn sweep<S: std::hash::BuildHasher>(
    db: &Db,
    used: &HashSet<Uuid, S>,
    now: Instant,
) -> Result<usize, AppError> {
    let all: Vec<Uuid> = person_key::Entity::find()
        .select_only()
        .column(person_key::Column::Id)
        .filter(person_key::Column::CreatedAt.lt(now.plus_seconds(-BEING_WRITTEN_SECONDS).0))
        .into_tuple()
        .all(db.key_reader())
        .await?;
    let orphans: Vec<Uuid> = all.into_iter().filter(|id| !used.contains(id)).collect();
    let cut_off = of_an_import(db, &orphans).await?;
    if orphans.len() - cut_off > MOST_ORPHANS {
        return Err(AppError::Refused(format!(
            "{} keys belong to no record here, too many to be left over from a crash: nothing was swept. Check that \
             this key store and these records belong together",
            orphans.len()
        )));
    }
    remove(db, &orphans).await?;
    Ok(orphans.len())
}

/// Removes the keys that were made for an owner at a moment and that no record names: those of an import that was cut off there.
pub async fn sweep_made_at(db: &Db, owner: Uuid, at: Instant) -> Result<(), AppError> {
    let made: Vec<Uuid> = person_key::Entity::find()
        .select_only()
        .column(person_key::Column::Id)
        .filter(person_key::Column::OwnerId.eq(owner))
        .filter(person_key::Column::CreatedAt.eq(at.0))
        .into_tuple()
        .all(db.key_reader())
        .await?;
    let used = used(db).await?;
    let orphans: Vec<Uuid> = made.into_iter().filter(|id| !used.contains(id)).collect();
    remove(db, &orphans).await
}

/// How many of some keys an import of cases made that was cut off before it wrote its cases: an import says first when it
/// makes keys, and of all that it made at that moment none is in use.
async fn of_an_import(db: &Db, orphans: &[Uuid]) -> Result<usize, AppError> {
    if orphans.len() <= MOST_ORPHANS {
        return Ok(0);
    }
    let tried: HashSet<i64> = case_import::Entity::find()
        .select_only()
        .column(case_import::Column::TriedAt)
        .filter(case_import::Column::TriedAt.is_not_null())
        .into_tuple::<Option<i64>>()
        .all(db.reader())
        .await?
        .into_iter()
        .flatten()
        .collect();
    let mut n = 0;
    for ids in orphans.chunks(10_000) {
        let made: Vec<i64> = person_key::Entity::find()
            .select_only()
            .column(person_key::Column::CreatedAt)
            .filter(person_key::Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(db.key_reader())
            .await?;
        n += made.iter().filter(|at| tried.contains(at)).count();
    }
    Ok(n)
}

#[cfg(test)]
mod tests {
    use super::NAMED_IN;

    #[test]
    fn every_table_that_names_a_key_is_asked_before_keys_are_swept() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../store/migrations");
        let mut naming = Vec::new();
        let mut n_columns = 0;
        for entry in std::fs::read_dir(folder).expect("the migrations") {
            let path = entry.expect("a file").path();
            if path.extension().is_none_or(|kind| kind != "sql") {
                continue;
            }
            let sql = std::fs::read_to_string(path).expect("a migration");
            n_columns += sql.matches("person_key_id uuid").count();
            for table in sql.split("create table ").skip(1) {
                let (name, rest) = table.split_once(" (").expect("a table");
                let columns = rest.split("\n);").next().unwrap_or_default();
                if columns.contains("person_key_id uuid") {
                    naming.push(name.to_owned());
                }
            }
        }
        naming.sort();
        assert_eq!(naming, NAMED_IN, "in alphabetical order");
        assert_eq!(n_columns, NAMED_IN.len(), "a column that was added later counts too");
    }
}
