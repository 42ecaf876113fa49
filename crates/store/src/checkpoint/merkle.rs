//! Merkle trees as transparency logs have them: RFC 6962, section 2.1.
//!
//! One hash, the root, commits to a whole list; that an entry stands at a place in it is proved with a
//! few hashes, without showing any other entry.

use sha2::{Digest, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// The hash of an entry.
pub fn leaf(entry: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(entry);
    hasher.finalize().into()
}

/// The hash of two subtrees.
fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// Where a tree of `n` leaves, two at least, parts: the largest power of two below `n`.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// A tree that grows: the roots of its complete subtrees, the largest first, with their sizes. Adding a
/// leaf and asking for the root cost as much as the tree is deep.
#[derive(Debug, Clone, Default)]
pub struct Growing {
    complete: Vec<(u64, Hash)>,
    size: u64,
}

impl Growing {
    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let (mut size, mut hash) = (1, leaf);
        while let Some((_, left)) = self.complete.pop_if(|(left, _)| *left == size) {
            hash = node(&left, &hash);
            size *= 2;
        }
        self.complete.push((size, hash));
        self.size += 1;
    }

    /// The number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root.
    pub fn root(&self) -> Hash {
        let mut hashes = self.complete.iter().rev().map(|(_, hash)| *hash);
        match hashes.next() {
            Some(last) => hashes.fold(last, |right, left| node(&left, &right)),
            None => Sha256::digest([]).into(),
        }
    }
}

impl Extend<Hash> for Growing {
    fn extend<T: IntoIterator<Item = Hash>>(&mut self, leaves: T) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

/// The root of a list of leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut tree = Growing::default();
    tree.extend(leaves.iter().copied());
    tree.root()
}

/// The hashes that prove the place of leaf `index`, nearest first. Empty when there is no such leaf.
pub fn proof(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() < 2 || index >= leaves.len() {
        return Vec::new();
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut path, beside) = if index < middle {
        (proof(left, index), root(right))
    } else {
        (proof(right, index - middle), root(left))
    };
    path.push(beside);
    path
}

/// The root of the tree of `size` leaves in which `leaf` stands at `index` by this proof. `None` when
/// no such tree can be. (RFC 9162, section 2.1.3.2.)
pub fn climb(leaf: Hash, index: u64, size: u64, proof: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for beside in proof {
        if last == 0 {
            return None;
        }
        if at & 1 == 1 || at == last {
            hash = node(beside, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, beside);
        }
        at >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::hex;

    fn leaves(n: usize) -> Vec<Hash> {
        (0..n).map(|i| leaf(&i.to_be_bytes())).collect()
    }

    #[test]
    fn roots_are_those_of_the_reference_implementation() {
        // Test vectors of the Certificate Transparency project for the first entries of its list.
        let entries: [&[u8]; 3] = [b"", b"\x00", b"\x10"];
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf(entry)).collect();
        assert_eq!(
            hex(&root(&[])),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(
            hex(&root(&leaves[..1])),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        assert_eq!(
            hex(&root(&leaves[..2])),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        );
        assert_eq!(
            hex(&root(&leaves)),
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
        );
    }

    proptest! {
        #[test]
        fn each_leaf_is_proved_at_its_own_place_and_at_no_other(size in 1_usize..70, index in 0_usize..70, other in 0_usize..70) {
            let (index, other) = (index % size, other % size);
            let leaves = leaves(size);
            let (root, proof) = (root(&leaves), proof(&leaves, index));
            let climb = |leaf, at: usize| climb(leaf, at as u64, size as u64, &proof);
            prop_assert_eq!(climb(leaves[index], index), Some(root));
            if other != index {
                prop_assert_ne!(climb(leaves[other], index), Some(root));
                prop_assert_ne!(climb(leaves[index], other), Some(root));
            }
        }

        #[test]
        fn a_proof_for_another_size_never_panics(size in 0_u64..70, index in 0_u64..70, n in 0_usize..9) {
            let _ = climb([0; 32], index, size, &vec![[1; 32]; n]);
        }
    }
}
