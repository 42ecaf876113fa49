//! Properties of the envelope: it comes back whole, any changed bit is found, any bytes are taken or refused.

use base64::Engine as _;
use domain::Day;
use proptest::prelude::*;
use uuid::Uuid;

use super::{Envelope, FORMAT, NotAnEnvelope, Recipient, Says, Sender};
use crate::seal::{Disclosure, Identity, PrivateKey, SealError};

const KEY: Uuid = Uuid::from_u128(0x0f1e_2d3c_4b5a_4987_8695_a4b3_c2d1_e0f0);
const RECORD: Uuid = Uuid::from_u128(7);
const PLAIN: &[u8] = br#"{"format":"rapporteur-contribution-1"}"#;

fn says() -> Says {
    Says {
        cycle: "2026".to_owned(),
        pack: 1,
        organisation: Uuid::from_u128(5),
        organisation_name: "Specimen Aid".to_owned(),
        number: 2,
        made_on: Day::new(2026, 11, 2).expect("a day"),
    }
}

fn made(says: &Says, plain: &[u8]) -> (PrivateKey, Sender, Envelope) {
    let (pair, sender) = (PrivateKey::generate(), Sender::generate());
    let to = Recipient {
        number: 3,
        public: pair.public(),
    };
    let envelope = Envelope::make(says, &to, &sender, KEY, plain).expect("made");
    (pair, sender, envelope)
}

/// What the coalition reads of an envelope.
fn opened(envelope: &Envelope, pair: &PrivateKey) -> Result<Vec<u8>, SealError> {
    let key = pair.open_key(&Identity::of_key(envelope.head().key), envelope.sealed_key())?;
    let opened = envelope.open(&key, RECORD)?;
    assert!(opened.reveal(&Disclosure::of(&[Uuid::from_u128(8)])).is_err());
    Ok(opened.reveal(&Disclosure::of(&[RECORD])).expect("disclosed").clone())
}

#[test]
fn the_coalition_reads_what_was_sent_and_who_signed_it() {
    let (pair, sender, envelope) = made(&says(), PLAIN);
    let read = Envelope::read(envelope.bytes().to_vec()).expect("read");
    assert_eq!(read, envelope);
    assert_eq!(read.head().format, FORMAT);
    assert_eq!((read.head().number, read.head().coalition_key), (2, 3));
    assert_eq!(read.signer(), &sender.public());
    assert_eq!(read.signer_fingerprint(), sender.fingerprint());
    assert_eq!(read.fingerprint().replace(' ', ""), read.sha256()[..32]);
    assert_eq!(opened(&read, &pair).expect("opens").trim_ascii_end(), PLAIN);
    let again = Sender::from_secret(&sender.secret());
    assert_eq!(again.public(), sender.public());
}

#[test]
fn nobody_without_the_coalition_s_key_reads_it() {
    let (_, _, envelope) = made(&says(), PLAIN);
    assert_eq!(
        opened(&envelope, &PrivateKey::generate()).err(),
        Some(SealError::Broken)
    );
    let has = |part: &[u8]| envelope.bytes().windows(part.len()).any(|window| window == part);
    assert!(has(b"Specimen Aid") && !has(b"rapporteur-contribution-1"));
}

#[test]
fn two_small_contributions_have_one_length() {
    let (_, _, short) = made(&says(), PLAIN);
    let (_, _, longer) = made(&says(), &PLAIN.repeat(9));
    assert_eq!(short.bytes().len(), longer.bytes().len());
}

#[test]
fn a_body_under_another_s_head_does_not_open() {
    let (pair, _, envelope) = made(&says(), PLAIN);
    let thief = Sender::generate();
    let mut head = envelope.head().clone();
    head.organisation = Uuid::from_u128(6);
    head.signer = super::STANDARD.encode(thief.public());
    let line = super::line(&head);
    let body = &envelope.bytes()[envelope.body_start..];
    let signature = super::SigningKey::from_bytes(&thief.secret());
    let signature = ed25519_dalek::Signer::sign(&signature, &super::signed(&line, body)).to_bytes();
    let bytes = [&line, super::STANDARD.encode(signature).as_bytes(), b"\n", body].concat();
    let stolen = Envelope::read(bytes).expect("its signature fits");
    assert_eq!(opened(&stolen, &pair).err(), Some(SealError::Broken));
}

#[test]
fn what_is_no_envelope_is_refused_by_place() {
    let (_, _, envelope) = made(&says(), PLAIN);
    let text = |bytes: &[u8]| Envelope::read(bytes.to_vec()).expect_err("refused").to_string();
    assert!(text(b"row,gender\n1,female\n").starts_with("line 1 is not the head"));
    assert!(text(b"").starts_with("line 1 is not the head"));
    assert!(text(&vec![b'{'; 10_000]).starts_with("line 1 is not the head"));
    assert!(
        text(b"{\"format\":\"rapporteur-contribution-sealed-9\",\"more\":1}\n")
            .contains("“rapporteur-contribution-sealed-9”")
    );
    let head = std::str::from_utf8(&envelope.bytes()[..envelope.head_end]).expect("JSON");
    let with = |from: &str, to: &str| {
        assert!(head.contains(from), "{from}");
        text(head.replacen(from, to, 1).as_bytes())
    };
    assert!(with("{", "{\"extra\":1,").contains("unknown field `extra`"));
    assert!(with("\"number\":2", "\"number\":0").starts_with("line 1, field number"));
    assert!(with("Specimen Aid", " ").starts_with("line 1, field organisation_name"));
    assert!(with("\"number\":2", "\"number\": 2").contains("not written as this program"));
    assert!(with("\"pack\":1", "\"pack\":1,\"pack\":1").contains("duplicate field"));
    assert_eq!(
        Envelope::read(head.as_bytes().to_vec()),
        Err(NotAnEnvelope::NoSignature)
    );
}

#[test]
fn a_name_that_fits_no_head_is_refused_before_it_is_sent() {
    let long = Says {
        organisation_name: "x".repeat(201),
        ..says()
    };
    let to = Recipient {
        number: 1,
        public: PrivateKey::generate().public(),
    };
    let refused = Envelope::make(&long, &to, &Sender::generate(), KEY, PLAIN);
    assert!(matches!(refused, Err(NotAnEnvelope::Field("organisation_name", _))));
}

#[test]
fn a_coalition_s_key_is_read_back_as_it_was_written_and_a_mistyped_one_is_not() {
    let to = Recipient {
        number: 12,
        public: PrivateKey::generate().public(),
    };
    let text = to.to_string();
    assert_eq!(format!(" {text}\n").parse::<Recipient>(), Ok(to));
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        if let Ok(changed) = String::from_utf8(bytes) {
            assert!(changed.parse::<Recipient>().is_err(), "{changed}");
        }
        assert!(text[..at].parse::<Recipient>().is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_changed_bit_is_found_and_any_shorter_file_refused(at in any::<prop::sample::Index>(), bit in 0_u8..8, in_head in any::<bool>()) {
        let (_, _, envelope) = made(&says(), PLAIN);
        let mut bytes = envelope.bytes().to_vec();
        let at = at.index(if in_head { envelope.body_start } else { bytes.len() });
        prop_assert!(Envelope::read(bytes[..at].to_vec()).is_err());
        bytes[at] ^= 1 << bit;
        prop_assert!(Envelope::read(bytes).is_err());
    }

    #[test]
    fn any_bytes_are_taken_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), with_head in any::<bool>()) {
        let (_, _, envelope) = made(&says(), PLAIN);
        let head = if with_head { &envelope.bytes()[..envelope.head_end] } else { b"{".as_slice() };
        prop_assert!(Envelope::read([head, &bytes].concat()).is_err());
    }

    #[test]
    fn any_text_is_a_key_or_refused(text in "(rapporteur-coalition-key-1)?\\+?[0-9]{0,12}\\+\\PC{0,60}") {
        if let Ok(read) = text.parse::<Recipient>() {
            prop_assert_eq!(read.to_string(), text.trim());
        }
    }

    #[test]
    fn every_length_comes_back_whole(length in 0_usize..200_000, number in 1_u32..9, name in "[A-Za-z“é]{1,200}") {
        let plain: Vec<u8> = (0..length).map(|n| u8::try_from(n % 90 + 33).expect("below 123")).collect();
        let says = Says { number, organisation_name: name, ..says() };
        let (pair, _, envelope) = made(&says, &plain);
        let read = opened(&envelope, &pair).expect("opens");
        prop_assert_eq!(read.trim_ascii_end(), plain);
        prop_assert_eq!(&envelope.head().organisation_name, &says.organisation_name);
    }
}
