//! Signed checkpoints: how every chain of the log stood, so that nobody, the host included, can
//! rewrite the log afterwards without contradicting what was signed and handed out.
//!
//! A checkpoint appends one entry for each chain to an ever-growing list and signs the root of the
//! list's Merkle tree ([`merkle`], [`note`]). An entry is the hash of a head with a salt that is new
//! each time; entries come in the order of their hashes, padded to a power of two with entries that
//! stand for nothing. So whoever sees a checkpoint, or the receipt of one organisation, learns neither
//! which entries are whose nor who was active. Each organisation gets its own salt with its
//! [`Receipt`].

pub mod merkle;
pub mod note;
mod receipt;

use std::path::Path;

use domain::Instant;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::chain::{COALITION, Difference, Fault, Head};
use crate::db::Db;
use crate::error::AppError;
use crate::row::{audit, chain_head, checkpoint, checkpoint_leaf, organisation};

use merkle::{Growing, Hash};
use note::{Key, Signer};
pub use receipt::{Checkpoint, Receipt, Unproved, consistent};

/// The file of a data folder that holds the secret of its signer, readable by its owner alone.
pub const KEY_FILE: &str = "checkpoint.key";

/// The fewest entries of a checkpoint, so that a small coalition's does not tell its size.
const FEWEST: usize = 8;

/// How long after the last a worker takes the next, in seconds: a day, whether anything happened or
/// not, so that the day of a checkpoint tells nothing.
const EVERY_SECONDS: i64 = 24 * 60 * 60;

/// Opens the signer of a data folder, making it if there is none.
pub fn signer(folder: &Path) -> Result<Signer, AppError> {
    let inner = |error: std::io::Error| AppError::Internal(error.into());
    let path = folder.join(KEY_FILE);
    if !path.exists() {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        // Two programs may start at once; the second takes what the first has made.
        match options.open(&path) {
            Ok(mut file) => {
                use std::io::Write as _;
                file.write_all(&secret()).map_err(inner)?;
                file.sync_all().map_err(inner)?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(inner(error)),
        }
    }
    let bytes = std::fs::read(&path).map_err(inner)?;
    let secret = <[u8; 32]>::try_from(bytes)
        .map_err(|_| AppError::Internal(anyhow::anyhow!("{} does not hold 32 bytes", path.display())))?;
    Ok(Signer::new(&secret))
}

/// A new secret, from the operating system's randomness.
#[expect(clippy::disallowed_methods, reason = "the one place where a signing key is drawn")]
fn secret() -> [u8; 32] {
    use rand::Rng as _;
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// Takes a checkpoint of every chain, for the revision of an edition or for none. Of two that take
/// one at once, the second is refused by the database and leaves nothing.
pub async fn take(
    db: &Db,
    signer: &Signer,
    now: Instant,
    revision: Option<Uuid>,
) -> Result<checkpoint::Model, AppError> {
    let tx = db.begin().await?;
    let number = newest(&tx).await?.map_or(0, |row| row.number) + 1;
    let mut tree = Growing::default();
    tree.extend(leaves(&tx).await?);
    let n_before = tree.size();
    let heads = heads(&tx).await?;
    let places = heads.len().next_power_of_two().max(FEWEST);
    let mut entries: Vec<(Hash, checkpoint_leaf::Model)> = (0..places)
        .map(|place| {
            // Padding has the form of a head: without its salt nobody can tell them apart.
            let head = heads.get(place);
            let which = head.map_or_else(|| place.to_be_bytes().to_vec(), |head| head.chain.as_bytes().to_vec());
            let row = checkpoint_leaf::Model {
                position: 0,
                checkpoint: number,
                chain_id: head.map(|head| head.chain),
                sequence: head.map_or(0, |head| head.sequence),
                head: head.map(|head| head.hash.clone()).unwrap_or_default(),
                salt: signer.salt(&[&number.to_be_bytes(), &which]),
            };
            (hash(&row), row)
        })
        .collect();
    entries.sort_unstable_by_key(|(hash, _)| *hash);
    tree.extend(entries.iter().map(|(hash, _)| *hash));
    let signed = Checkpoint {
        size: tree.size(),
        root: tree.root(),
    };
    let row = checkpoint::Model {
        number,
        taken_at: now.0,
        revision_id: revision,
        key: signer.key().to_string(),
        note: signer.sign(&signed.text(signer.key().name())),
    };
    checkpoint::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(&tx)
        .await?;
    let rows = (n_before..).zip(entries).map(|(place, (_, row))| {
        checkpoint_leaf::Model {
            position: place.cast_signed(),
            ..row
        }
        .into_active_model()
    });
    checkpoint_leaf::Entity::insert_many(rows)
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(row)
}

/// Takes a checkpoint when the last is older than a day. `None`: not yet.
pub async fn take_daily(db: &Db, signer: &Signer, now: Instant) -> Result<Option<checkpoint::Model>, AppError> {
    match newest(db.reader()).await? {
        Some(row) if row.taken_at > now.plus_seconds(-EVERY_SECONDS).0 && row.taken_at <= now.0 => Ok(None),
        _ => Ok(Some(take(db, signer, now, None).await?)),
    }
}

/// The checkpoint of an edition's revision, taken now if there is none yet.
pub async fn of_revision(
    db: &Db,
    signer: &Signer,
    now: Instant,
    revision: Uuid,
) -> Result<checkpoint::Model, AppError> {
    let found = checkpoint::Entity::find()
        .filter(checkpoint::Column::RevisionId.eq(revision))
        .one(db.reader())
        .await?;
    match found {
        Some(row) => Ok(row),
        None => take(db, signer, now, Some(revision)).await,
    }
}

/// Every checkpoint, newest first.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<checkpoint::Model>, AppError> {
    Ok(checkpoint::Entity::find()
        .order_by_desc(checkpoint::Column::Number)
        .all(db)
        .await?)
}

/// The receipt of a chain in a checkpoint. Whoever calls this must have asked who may.
pub async fn receipt(db: &impl ConnectionTrait, number: i32, chain: Uuid) -> Result<Receipt, AppError> {
    let row = checkpoint::Entity::find_by_id(number)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("checkpoint"))?;
    let rows: Vec<checkpoint_leaf::Model> = checkpoint_leaf::Entity::find()
        .filter(checkpoint_leaf::Column::Checkpoint.lte(number))
        .order_by_asc(checkpoint_leaf::Column::Position)
        .all(db)
        .await?;
    let leaves: Vec<Hash> = rows.iter().map(hash).collect();
    let (index, leaf) = rows
        .into_iter()
        .enumerate()
        .find(|(_, leaf)| leaf.checkpoint == number && leaf.chain_id == Some(chain))
        .ok_or(AppError::NotFound("receipt of your organisation in this checkpoint"))?;
    let head = Head {
        chain,
        sequence: leaf.sequence,
        hash: leaf.head,
    };
    Ok(Receipt::of(head, leaf.salt, &leaves, index, row.note))
}

/// What proving the checkpoints found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many are signed by the key and hold what they should.
    pub sound: usize,
    /// Faults, one sentence each.
    pub faults: Vec<String>,
}

/// Proves that each checkpoint is signed by the key, commits to the entries kept, and that the chains
/// still are what each entry says.
pub async fn verify(db: &Db, key: &Key) -> Result<Report, AppError> {
    let tx = db.snapshot().await?;
    let mut report = Report::default();
    let rows: Vec<checkpoint_leaf::Model> = checkpoint_leaf::Entity::find()
        .order_by_asc(checkpoint_leaf::Column::Position)
        .all(&tx)
        .await?;
    let mut tree = Growing::default();
    let mut checkpoints = list(&tx).await?;
    checkpoints.reverse();
    let mut rows = rows.into_iter().peekable();
    for (number, row) in (1..).zip(checkpoints) {
        let mut faults = Vec::new();
        if row.number != number {
            faults.push("one before it is missing".to_owned());
        }
        while let Some(leaf) = rows.next_if(|leaf| leaf.checkpoint <= row.number) {
            if let Some(fault) = contradicted(&tx, &leaf).await? {
                faults.push(fault.to_string());
            }
            tree.push(hash(&leaf));
        }
        match Checkpoint::open(&row.note, key) {
            Ok(signed) if signed.size == tree.size() && signed.root == tree.root() => {}
            Ok(_) => faults.push("its entries are not those that were signed".to_owned()),
            Err(error) => faults.push(error.to_string()),
        }
        if faults.is_empty() {
            report.sound += 1;
        }
        let named = |fault| format!("checkpoint {}: {fault}", row.number);
        report.faults.extend(faults.into_iter().map(named));
    }
    if rows.peek().is_some() {
        report
            .faults
            .push("the newest checkpoint is missing, though its entries are kept".to_owned());
    }
    Ok(report)
}

/// The fault of a chain that no longer is what an entry says.
async fn contradicted(tx: &impl ConnectionTrait, leaf: &checkpoint_leaf::Model) -> Result<Option<Fault>, AppError> {
    let Some(chain) = leaf.chain_id.filter(|_| leaf.sequence > 0) else {
        return Ok(None);
    };
    let act = audit::Entity::find()
        .filter(match chain {
            COALITION => audit::Column::OrganisationId.is_null(),
            chain => audit::Column::OrganisationId.eq(chain),
        })
        .filter(audit::Column::Sequence.eq(leaf.sequence))
        .one(tx)
        .await?;
    let what = match act {
        Some(act) if act.hash == leaf.head => return Ok(None),
        Some(_) => Difference::Checkpoint,
        None => Difference::Missing,
    };
    Ok(Some(Fault {
        chain,
        sequence: leaf.sequence,
        what,
    }))
}

async fn newest(db: &impl ConnectionTrait) -> Result<Option<checkpoint::Model>, AppError> {
    Ok(checkpoint::Entity::find()
        .order_by_desc(checkpoint::Column::Number)
        .one(db)
        .await?)
}

/// The hashes of every entry so far.
async fn leaves(db: &impl ConnectionTrait) -> Result<Vec<Hash>, AppError> {
    Ok(checkpoint_leaf::Entity::find()
        .order_by_asc(checkpoint_leaf::Column::Position)
        .all(db)
        .await?
        .iter()
        .map(hash)
        .collect())
}

/// The head of every organisation's chain, of those without any act too, and of the coalition's.
async fn heads(db: &impl ConnectionTrait) -> Result<Vec<Head>, AppError> {
    let mut heads: Vec<Head> = chain_head::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(Head::from)
        .collect();
    let organisations = organisation::Entity::find().all(db).await?;
    for chain in organisations.into_iter().map(|row| row.id).chain([COALITION]) {
        if heads.iter().all(|head| head.chain != chain) {
            heads.push(Head::start(chain));
        }
    }
    Ok(heads)
}

fn hash(row: &checkpoint_leaf::Model) -> Hash {
    receipt::commitment(row.chain_id, row.sequence, &row.head, &row.salt)
}
