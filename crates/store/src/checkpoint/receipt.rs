//! Receipts: what an organisation keeps of a checkpoint, so that it can prove later, alone, what its
//! chain was then.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::merkle::{self, Hash};
use super::note::{Key, NotSigned};
use crate::canonical::digest;
use crate::chain::{self, Fault, Head};
use crate::row::audit;

/// An organisation's part of one checkpoint. Only the holder has the salt, so nobody else can tell
/// which of the checkpoint's entries is theirs, nor whether it changed since the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The organisation, which is also the chain's id; zeros for the coalition's own.
    pub chain: Uuid,
    /// How many acts the chain had.
    pub sequence: i64,
    /// The hash of the last of them; empty when there was none.
    pub head: String,
    /// What keeps the entry from being guessed.
    pub salt: String,
    /// The entry's place among all that checkpoints ever committed to, from 0.
    pub position: u64,
    /// The hashes that prove it, in base64, nearest first.
    pub proof: Vec<String>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    /// The checkpoint is not signed by the key.
    #[error("the checkpoint: {0}")]
    Signature(#[from] NotSigned),
    /// The signed text is no checkpoint of this signer.
    #[error("the signed text is no checkpoint: three lines with the signer’s name, a size and a root")]
    Checkpoint,
    /// The checkpoint commits to something else.
    #[error("the checkpoint does not hold this head: the receipt belongs to another checkpoint, or was changed")]
    NotHeld,
    /// Two receipts are of different chains.
    #[error("the two receipts are of different organisations")]
    OtherChain,
    /// The later receipt tells of fewer acts than the earlier one.
    #[error("the later receipt has fewer acts ({0}) than the earlier one ({1}): acts were removed")]
    Shorter(i64, i64),
    /// The rows do not lead from the earlier head to the later one.
    #[error("{0}")]
    Chain(Fault),
    /// The rows end too early.
    #[error("the rows end with act {0}; the later receipt goes to act {1}")]
    RowsEnd(i64, i64),
    /// The rows lead elsewhere.
    #[error("the rows lead to another head than the later receipt’s: acts were rewritten")]
    OtherHead,
}

/// What a checkpoint says: C2SP tlog-checkpoint, <https://c2sp.org/tlog-checkpoint>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The number of entries.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self, origin: &str) -> String {
        format!("{origin}\n{}\n{}\n", self.size, STANDARD.encode(self.root))
    }

    /// Checks a signed checkpoint and reads it.
    pub fn open(note: &str, key: &Key) -> Result<Self, Unproved> {
        let mut lines = key.open(note)?.lines();
        let (origin, size, root) = (lines.next(), lines.next(), lines.next());
        if origin != Some(key.name()) {
            return Err(Unproved::Checkpoint);
        }
        let size = size.and_then(|text| text.parse().ok()).ok_or(Unproved::Checkpoint)?;
        let root = root.and_then(decode).ok_or(Unproved::Checkpoint)?;
        Ok(Self { size, root })
    }
}

/// The hash that stands in the tree for a head.
pub(super) fn commitment(chain: Option<Uuid>, sequence: i64, head: &str, salt: &str) -> Hash {
    let commitment = digest(
        "rapporteur head 1",
        &[
            Some(salt.as_bytes()),
            chain.as_ref().map(|id| &id.as_bytes()[..]),
            Some(&sequence.to_be_bytes()),
            Some(head.as_bytes()),
        ],
    );
    merkle::leaf(commitment.as_bytes())
}

fn decode(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

impl Receipt {
    /// Makes a receipt of entry `index` of a tree.
    pub(super) fn of(head: Head, salt: String, leaves: &[Hash], index: usize, checkpoint: String) -> Self {
        Self {
            chain: head.chain,
            sequence: head.sequence,
            head: head.hash,
            salt,
            position: index as u64,
            proof: merkle::proof(leaves, index)
                .iter()
                .map(|hash| STANDARD.encode(hash))
                .collect(),
            checkpoint,
        }
    }

    /// Proves that the checkpoint it carries is signed by the key and holds its head.
    pub fn check(&self, key: &Key) -> Result<Head, Unproved> {
        self.check_against(&self.checkpoint, key)
    }

    /// Proves that this checkpoint, for example the one an edition prints, is signed by the key and
    /// holds the receipt's head.
    pub fn check_against(&self, checkpoint: &str, key: &Key) -> Result<Head, Unproved> {
        let checkpoint = Checkpoint::open(checkpoint, key)?;
        let leaf = commitment(Some(self.chain), self.sequence, &self.head, &self.salt);
        let proof: Option<Vec<Hash>> = self.proof.iter().map(|text| decode(text)).collect();
        let root = merkle::climb(leaf, self.position, checkpoint.size, &proof.unwrap_or_default());
        if root != Some(checkpoint.root) {
            return Err(Unproved::NotHeld);
        }
        Ok(Head {
            chain: self.chain,
            sequence: self.sequence,
            hash: self.head.clone(),
        })
    }
}

/// Proves that nothing was rewritten between two heads: the rows, in order, lead from one to the
/// other. Rows of other chains, up to the earlier head and after the later one are passed over. Gives
/// how many acts lie between.
pub fn consistent(earlier: &Head, later: &Head, rows: &[audit::Model]) -> Result<i64, Unproved> {
    if earlier.chain != later.chain {
        return Err(Unproved::OtherChain);
    }
    if later.sequence < earlier.sequence {
        return Err(Unproved::Shorter(later.sequence, earlier.sequence));
    }
    let mut at = earlier.clone();
    let between = rows
        .iter()
        .filter(|row| chain::of(row) == earlier.chain)
        .filter(|row| row.sequence > earlier.sequence && row.sequence <= later.sequence);
    for row in between {
        at.follow(row).map_err(Unproved::Chain)?;
    }
    if at.sequence < later.sequence {
        return Err(Unproved::RowsEnd(at.sequence, later.sequence));
    }
    if at != *later {
        return Err(Unproved::OtherHead);
    }
    Ok(later.sequence - earlier.sequence)
}
