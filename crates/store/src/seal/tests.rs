//! Properties of sealing: what was sealed opens for the same record alone, and any changed bit is found.

use proptest::prelude::*;
use static_assertions::assert_not_impl_any;
use uuid::Uuid;

use super::{Confidential, Disclosure, Identity, PrivateKey, SealError, SealKey, file};

assert_not_impl_any!(Confidential<Vec<u8>>: std::fmt::Debug, std::fmt::Display, serde::Serialize, Clone, AsRef<[u8]>);
assert_not_impl_any!(SealKey: std::fmt::Debug, std::fmt::Display, serde::Serialize);
assert_not_impl_any!(PrivateKey: std::fmt::Debug, std::fmt::Display, serde::Serialize);

const RECORD: Uuid = Uuid::from_u128(7);
const HERE: Identity = Identity::new("evidence", RECORD, "summary");

fn revealed(opened: &Confidential<Vec<u8>>) -> Vec<u8> {
    opened
        .reveal(&Disclosure::of(&[RECORD]))
        .expect("the record was disclosed")
        .clone()
}

#[test]
fn an_opened_value_is_revealed_only_under_a_disclosure_of_its_record() {
    let key = SealKey::generate();
    let opened = key.open(&HERE, &key.seal(&HERE, b"words")).expect("opens");
    assert!(opened.reveal(&Disclosure::of(&[Uuid::from_u128(8)])).is_err());
    assert_eq!(revealed(&opened), b"words");
}

#[test]
fn a_seal_moved_to_another_record_table_or_value_does_not_open() {
    let key = SealKey::generate();
    let sealed = key.seal(&HERE, b"words");
    for other in [
        Identity::new("evidence", Uuid::from_u128(8), "summary"),
        Identity::new("finding", RECORD, "summary"),
        Identity::new("evidence", RECORD, "title"),
    ] {
        assert_eq!(key.open(&other, &sealed).err(), Some(SealError::Broken));
    }
}

#[test]
fn a_part_is_disclosed_with_its_whole_and_opens_in_no_other() {
    let (key, whole) = (SealKey::generate(), Uuid::from_u128(9));
    let part = HERE.within(whole);
    let sealed = key.seal(&part, b"words");
    let opened = key.open(&part, &sealed).expect("opens");
    assert!(opened.reveal(&Disclosure::of(&[RECORD])).is_err());
    assert_eq!(opened.reveal(&Disclosure::of(&[whole])).expect("disclosed"), b"words");
    for other in [HERE, HERE.within(Uuid::from_u128(8))] {
        assert_eq!(key.open(&other, &sealed).err(), Some(SealError::Broken));
    }
}

#[test]
fn a_sealed_value_answers_a_question_and_nothing_more() {
    let key = SealKey::generate();
    let opened = key.open(&HERE, &key.seal(&HERE, b"words")).expect("opens");
    assert!(opened.answers(b"wor".as_slice(), |value, wanted| value.starts_with(wanted)));
    assert!(!opened.answers(b"ids".as_slice(), |value, wanted| value.starts_with(wanted)));
}

#[test]
fn a_private_key_opens_what_was_sealed_to_it_and_nothing_else() {
    let (mine, other) = (PrivateKey::generate(), PrivateKey::generate());
    let sealed = mine.public().seal(&HERE, b"key");
    assert_eq!(mine.open(&HERE, &sealed).expect("opens").as_slice(), b"key");
    assert_eq!(other.open(&HERE, &sealed).err(), Some(SealError::Broken));
    assert_eq!(mine.open(&HERE, b"short").err(), Some(SealError::NotASeal));
    let again = PrivateKey::from_bytes(mine.expose()).expect("a key");
    assert_eq!(again.public(), mine.public());
    assert_ne!(mine.public().fingerprint(), other.public().fingerprint());
}

#[test]
fn a_file_cut_at_a_chunk_or_with_chunks_exchanged_does_not_open() {
    let key = SealKey::generate();
    let chunk = 64 * 1024 + 16;
    let sealed = file::seal(&key, &HERE, &vec![7; 3 * 64 * 1024]);
    assert_eq!(
        file::open(&key, &HERE, &sealed[..19 + chunk]).err(),
        Some(SealError::Broken)
    );
    let mut exchanged = sealed.clone();
    exchanged[19..19 + 2 * chunk].rotate_left(chunk);
    assert_eq!(file::open(&key, &HERE, &exchanged).err(), Some(SealError::Broken));
}

proptest! {
    #[test]
    fn any_changed_bit_of_a_seal_is_found(plain in proptest::collection::vec(any::<u8>(), 0..80), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let key = SealKey::generate();
        let mut sealed = key.seal(&HERE, &plain);
        prop_assert_eq!(revealed(&key.open(&HERE, &sealed).expect("opens")), plain);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert_eq!(key.open(&HERE, &sealed).err(), Some(SealError::Broken));
    }

    #[test]
    fn any_changed_bit_of_a_seal_to_a_public_key_is_found(plain in proptest::collection::vec(any::<u8>(), 0..80), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let private = PrivateKey::generate();
        let mut sealed = private.public().seal(&HERE, &plain);
        prop_assert_eq!(private.open(&HERE, &sealed).expect("opens").to_vec(), plain);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        // The highest bit of an X25519 point is ignored by the curve (RFC 7748, section 5), but not by the
        // key schedule, which takes the encapsulated key's bytes as they are.
        prop_assert!(private.open(&HERE, &sealed).is_err());
    }

    #[test]
    fn files_of_every_length_around_the_chunks_come_back_whole(chunks in 0_usize..3, more in -2_isize..3) {
        let length = (chunks * 64 * 1024).saturating_add_signed(more);
        let key = SealKey::generate();
        let plain: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).expect("below 251")).collect();
        let opened = file::open(&key, &HERE, &file::seal(&key, &HERE, &plain)).expect("opens");
        prop_assert_eq!(revealed(&opened), plain);
    }
}
