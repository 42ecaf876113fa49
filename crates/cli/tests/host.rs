//! Whoever runs the machine holds both databases, the files, and what the running program was started with. None of it
//! opens a seal: every 32 bytes that lie there are tried as a key on every lock. So that the search is known to find a key,
//! it is made again with what one member's passphrase gives, and then every lock on the way to a person's records opens.

use std::collections::HashSet;
use std::path::Path;

use access::key;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use monitoring::evidence::Record;
use monitoring::personal;
use store::Cx;
use store::seal::{PrivateKey, SealKey};
use testkit::{Coalition, Stage, cast, on_both, provisions};

type Key = [u8; 32];

/// Longer values are texts that people read.
const LONGEST: usize = 1_024;

/// Everything that could be a key in these bytes: each 32 of them, also of what they are the hexadecimal or base64 text of.
fn candidates(bytes: &[u8], into: &mut HashSet<Key>) {
    let mut take = |bytes: &[u8]| into.extend(bytes.windows(32).filter_map(|window| Key::try_from(window).ok()));
    take(bytes);
    let Ok(text) = str::from_utf8(bytes) else { return };
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=-_".contains(c))) {
        let digits = word.as_bytes().chunks_exact(2);
        let hex: Option<Vec<u8>> = digits
            .map(|two| u8::from_str_radix(str::from_utf8(two).ok()?, 16).ok())
            .collect();
        take(&hex.unwrap_or_default());
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            take(&engine.decode(word).unwrap_or_default());
        }
    }
}

/// The files of the data folder, but for the databases, which were read already.
fn in_files(folder: &Path, into: &mut HashSet<Key>) {
    for entry in std::fs::read_dir(folder).expect("the folder is read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            in_files(&path, into);
        } else if !path.to_string_lossy().contains(".db") {
            let bytes = std::fs::read(&path).expect("the file is read");
            candidates(&bytes[..bytes.len().min(LONGEST)], into);
        }
    }
}

/// What the running program was started with: its command line and its environment.
fn in_program(stage: &Stage, into: &mut HashSet<Key>) {
    let (mut child, ..) = crate::served::start(crate::served::command(stage));
    for name in ["cmdline", "environ"] {
        let given = std::fs::read(format!("/proc/{}/{name}", child.id())).unwrap_or_default();
        for word in given.split(|byte| *byte == 0) {
            candidates(&word[..word.len().min(LONGEST)], into);
        }
    }
    child.kill().expect("it is stopped");
    child.wait().expect("it has stopped");
}

/// Tries every candidate on every lock, and what a lock held on the locks that are left. Gives what was opened, by table.
async fn opened(stage: &Stage, mut keys: HashSet<Key>) -> Vec<&'static str> {
    let mut shut = testkit::machine::locks(stage).await;
    assert!(shut.len() > 4, "there are locks to try");
    let mut all = Vec::new();
    while !keys.is_empty() {
        let mut found = HashSet::new();
        shut.retain(|(table, identity, sealed)| {
            let held = keys.iter().find_map(|key| {
                if *table == "member_key" {
                    let private = SealKey::from_bytes(*key).open_private(identity, sealed).ok()?;
                    return Some(*private.expose());
                }
                let private = PrivateKey::from_bytes(key).ok()?;
                Key::try_from(private.open(identity, sealed).ok()?.as_slice()).ok()
            });
            if let Some(key) = held {
                found.insert(key);
                all.push(*table);
            }
            held.is_none()
        });
        keys = found;
    }
    all
}

#[tokio::test]
async fn whoever_runs_the_machine_opens_no_seal_and_one_passphrase_would() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let owner = coalition.organisations[1].0;
        let private = cast::key(stage, &coalition.second_manager).await;
        let cx = Cx {
            key: Some(&private),
            ..stage.cx(&coalition.second_manager)
        };
        key::establish(&cx, owner).await.expect("established");
        let contributor = coalition.contributor.member.expect("a member");
        key::grant(&cx, owner, contributor).await.expect("given");
        let record = Record {
            kind: "interview".into(),
            title: "What someone told us".into(),
            summary: "Moved between three houses".into(),
            publisher: "Second".into(),
            effective_on: "2025-05-01".into(),
            reliability: "B".into(),
            credibility: "2".into(),
            handling: "coalition".into(),
            quoting: "anonymised".into(),
            identifies_person: Some(true),
            provisions: provisions(stage, &[("12(1)", "mandatory")]).await,
            ..Record::default()
        };
        let private = cast::key(stage, &coalition.contributor).await;
        let cx = Cx {
            key: Some(&private),
            ..stage.cx(&coalition.contributor)
        };
        personal::record(&cx, record, None).await.expect("sealed");
        cast::session(stage, &coalition.contributor).await;

        let mut keys = HashSet::new();
        for value in testkit::machine::values(stage, LONGEST).await {
            candidates(&value, &mut keys);
        }
        in_files(stage.folder.path(), &mut keys);
        in_program(stage, &mut keys);
        assert!(keys.len() > 1_000, "{} candidates", keys.len());
        assert_eq!(
            opened(stage, keys).await,
            Vec::<&str>::new(),
            "the machine opens a seal"
        );

        let passphrase = HashSet::from([cast::WRAP]);
        let with_one = opened(stage, passphrase).await;
        for table in ["member_key", "key_grant", "person_key"] {
            assert!(with_one.contains(&table), "the search finds no key of {table}");
        }
    })
    .await;
}
