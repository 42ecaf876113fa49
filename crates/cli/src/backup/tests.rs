//! Backups, there and back: on both databases, from each to the other, and what is refused.

use std::path::PathBuf;
use std::sync::Arc;

use age::secrecy::ExposeSecret as _;
use domain::permission::{Action, Relation};
use monitoring::evidence::{self, Filter, Record, Upload};
use store::backup::Chunk;
use testkit::{Coalition, Stage, on_both};

use super::container::Reader;
use super::restore::{Arguments, fill};
use super::{Folder, Holds, keys, records};
use crate::failure::Failure;
use crate::folder::Where;

/// Two keys of age and a folder for what is written.
struct Desk {
    folder: tempfile::TempDir,
    recipient: age::x25519::Recipient,
    identity: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = age::x25519::Identity::generate();
        let identity = folder.path().join("identity.txt");
        std::fs::write(&identity, secret.to_string().expose_secret()).unwrap();
        Self {
            folder,
            recipient: secret.to_public(),
            identity,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn arguments(&self, from: &str, keys: Option<&str>, ledger: Option<&str>) -> Arguments {
        Arguments {
            folder: Where {
                dir: None,
                database: None,
                keys: None,
            },
            from: self.path(from),
            identity: self.identity.clone(),
            keys_from: keys.map(|name| self.path(name)),
            ledger_from: ledger.map(|name| self.path(name)),
        }
    }

    async fn restored(&self, onto: &Stage, arguments: &Arguments) -> Result<usize, Failure> {
        let reader = Reader::open(&arguments.from, &self.identity)?;
        fill(&onto.db, &onto.files, onto.folder.path(), arguments, reader).await
    }
}

fn folder(stage: &Stage) -> Folder {
    Folder {
        path: stage.folder.path().to_path_buf(),
        db: stage.db.clone(),
        files: stage.files.clone(),
        signer: Arc::new(store::checkpoint::signer(stage.folder.path()).unwrap()),
        is_demo: false,
    }
}

/// A coalition with an item of evidence, its file, a checkpoint, and a person's key.
async fn lived_in(stage: &Stage) -> Coalition {
    let coalition = Coalition::on(stage).await;
    let record = Record {
        kind: "document".into(),
        title: "A report on shelters".into(),
        publisher: "Specimen Press".into(),
        effective_on: "2025-03-01".into(),
        reliability: "B".into(),
        credibility: "2".into(),
        handling: "coalition".into(),
        quoting: "yes".into(),
        identifies_person: Some(false),
        provisions: testkit::provisions(stage, &[("13(1)", "mandatory")]).await,
        files: vec![Upload {
            name: "report.txt".into(),
            media_type: "text/plain".into(),
            bytes: bytes::Bytes::from_static(b"words of the report"),
        }],
        ..Record::default()
    };
    evidence::record(&stage.cx(&coalition.contributor), record)
        .await
        .unwrap();
    let signer = store::checkpoint::signer(stage.folder.path()).unwrap();
    store::checkpoint::take(&stage.db, &signer, stage.now, None)
        .await
        .unwrap();
    coalition
}

/// Every row of the records as text, for comparison.
async fn rows(stage: &Stage) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let give = |mut chunk: Chunk| {
        // The databases give rows in an order of their own.
        let mut lines: Vec<&str> = chunk.lines.lines().collect();
        lines.sort_unstable();
        chunk.lines = lines.join("\n");
        chunks.push(chunk);
        Ok::<(), store::AppError>(())
    };
    store::backup::records(&stage.db, give).await.unwrap();
    chunks
}

#[tokio::test]
async fn a_backup_of_either_database_is_restored_to_either_with_files_search_and_proof() {
    on_both(async |stage| {
        let coalition = lived_in(stage).await;
        let desk = Desk::new();
        records(&folder(stage), &desk.path("records"), &desk.recipient, stage.now)
            .await
            .unwrap();
        for onto in [Stage::sqlite().await, Stage::postgres().await] {
            let arguments = desk.arguments("records", None, None);
            assert_eq!(desk.restored(&onto, &arguments).await.unwrap(), 1);
            assert_eq!(rows(&onto).await, rows(stage).await);
            // The file, the full-text index and the proof came along; the sessions did not.
            let cx = onto.cx(&coalition.contributor);
            let filter = Filter {
                words: "shelters".into(),
                ..Filter::default()
            };
            let found = evidence::list(&cx, &filter, 1).await.unwrap();
            assert_eq!(found.items.len(), 1);
            let item = evidence::find(&cx, found.items[0].headline.id).await.unwrap();
            let (_, bytes) = evidence::open_file(&cx, found.items[0].headline.id, item.files[0].id.into())
                .await
                .unwrap();
            assert_eq!(&bytes[..], b"words of the report");
            assert_eq!(store::chain::verify(&onto.db).await.unwrap().faults, []);
            let signer = store::checkpoint::signer(onto.folder.path()).unwrap();
            let checkpoints = store::checkpoint::verify(&onto.db, signer.key()).await.unwrap();
            assert_eq!((checkpoints.sound, checkpoints.faults.len()), (1, 0));
            // And the log goes on where it stood.
            let work = cx.begin(Action::SignOut, Relation::Coalition).await.unwrap();
            work.finish(&cx, "session", None).await.unwrap();
            assert_eq!(store::chain::verify(&onto.db).await.unwrap().faults, []);
            onto.db.close().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_signed_in_and_the_keys_are_in_no_backup_of_the_records() {
    on_both(async |stage| {
        let coalition = lived_in(stage).await;
        testkit::cast::session(stage, &coalition.coordinator).await;
        let desk = Desk::new();
        records(&folder(stage), &desk.path("records"), &desk.recipient, stage.now)
            .await
            .unwrap();
        keys(&folder(stage), &desk.path("keys"), &desk.recipient, stage.now)
            .await
            .unwrap();
        for (name, holds) in [("records", Holds::Records), ("keys", Holds::Keys)] {
            let mut reader = Reader::open(&desk.path(name), &desk.identity).unwrap();
            for entry in reader.entries().unwrap() {
                let (entry, _) = entry.unwrap();
                assert!(!entry.contains("/session/"), "{entry}");
                assert!(holds == Holds::Keys || !entry.contains("person_key"), "{entry}");
            }
            // Nor can anything be read in the file itself.
            let bytes = std::fs::read(desk.path(name)).unwrap();
            assert!(!bytes.windows(8).any(|window| window == b"shelters"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_damaged_or_cut_backup_is_refused_and_nothing_stays() {
    on_both(async |stage| {
        let _ = lived_in(stage).await;
        let desk = Desk::new();
        records(&folder(stage), &desk.path("records"), &desk.recipient, stage.now)
            .await
            .unwrap();
        let whole = std::fs::read(desk.path("records")).unwrap();
        let onto = match stage.db.kind() {
            store::db::Kind::Sqlite => Stage::sqlite().await,
            store::db::Kind::Postgres => Stage::postgres().await,
        };
        let middle = whole.len() / 2;
        let mut damaged = whole.clone();
        damaged[middle] ^= 1;
        for bytes in [
            damaged,
            whole[..middle].to_vec(),
            whole[..whole.len() - 1].to_vec(),
            Vec::new(),
        ] {
            std::fs::write(desk.path("broken"), bytes).unwrap();
            let arguments = desk.arguments("broken", None, None);
            assert!(desk.restored(&onto, &arguments).await.is_err());
            assert_eq!(rows(&onto).await, [], "nothing stays");
        }
        // Another's key opens nothing.
        let stranger = Desk::new();
        assert!(Reader::open(&desk.path("records"), &stranger.identity).is_err());
        // The keys' backup is no records' backup; and what holds records is not filled.
        keys(&folder(stage), &desk.path("keys"), &desk.recipient, stage.now)
            .await
            .unwrap();
        assert!(desk.restored(&onto, &desk.arguments("keys", None, None)).await.is_err());
        assert!(
            desk.restored(stage, &desk.arguments("records", None, None))
                .await
                .is_err()
        );
        assert!(
            desk.restored(&onto, &desk.arguments("records", None, None))
                .await
                .is_ok()
        );
        onto.db.close().await.unwrap();
    })
    .await;
}

/// Anyone may encrypt to the public half of a key, so what opens need not be ours.
#[tokio::test]
async fn a_backup_that_another_wrote_is_refused_and_nothing_stays() {
    on_both(async |stage| {
        let desk = Desk::new();
        let organisation = |row: &str| format!("[\"id\",\"name\",\"name_folded\",\"is_active\"]\n{row}\n");
        let tables = [
            ("organisation; drop table member".to_owned(), organisation("[]")),
            ("session".to_owned(), "[\"id\"]\n[\"x\"]\n".to_owned()),
            (
                "organisation".to_owned(),
                "[\"id\",\"name) values (1); --\"]\n".to_owned(),
            ),
            ("organisation".to_owned(), "[\"id\",\"id\"]\n[1,2]\n".to_owned()),
            ("organisation".to_owned(), organisation("[1,2,3,4]")),
            ("organisation".to_owned(), organisation("[null,null,null,null]")),
            ("organisation".to_owned(), organisation("[\"x\"]")),
            ("organisation".to_owned(), organisation(&"[".repeat(10_000))),
            ("organisation".to_owned(), "\0".to_owned()),
        ];
        let entries = tables
            .into_iter()
            .map(|(table, lines)| (format!("{}{table}/0", super::TABLES), lines.into_bytes()))
            .chain([
                ("../outside".to_owned(), b"x".to_vec()),
                (format!("{}../../outside", super::FILES), b"x".to_vec()),
                (super::END.to_owned(), b"{\"rows\":{\"member\":-1}}".to_vec()),
                (super::END.to_owned(), b"{\"rows\":{\"member\":7},\"files\":0}".to_vec()),
            ]);
        let manifest = super::Manifest {
            form: super::FORM,
            holds: Holds::Records,
            program: "another".into(),
            made_at: 0,
        };
        let manifest = serde_json::to_vec(&manifest).unwrap();
        for (number, (name, bytes)) in entries.enumerate() {
            let file = format!("hostile-{number}");
            let mut writer = super::container::Writer::new(&desk.path(&file), &desk.recipient).unwrap();
            writer.add(super::MANIFEST, &manifest).unwrap();
            // A name that climbs out of the folder is refused by the writer of the format itself.
            if writer.add(&name, &bytes).is_err() {
                continue;
            }
            writer.add(super::END, b"{\"rows\":{},\"files\":0}").unwrap();
            writer.finish().unwrap();
            let refused = desk.restored(stage, &desk.arguments(&file, None, None)).await;
            assert!(refused.is_err(), "{name} is taken");
            assert_eq!(rows(stage).await, [], "{name}: nothing stays");
        }
    })
    .await;
}

#[tokio::test]
async fn a_backup_is_not_written_over() {
    let stage = Stage::sqlite().await;
    let desk = Desk::new();
    let path = desk.path("records");
    records(&folder(&stage), &path, &desk.recipient, stage.now)
        .await
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(
        records(&folder(&stage), &path, &desk.recipient, stage.now)
            .await
            .is_err()
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn who_was_erased_after_the_keys_backup_does_not_come_back_with_it() {
    on_both(async |stage| {
        let coalition = lived_in(stage).await;
        let owner = coalition.organisations[1].0;
        let key = testkit::cast::key(stage, &coalition.second_manager).await;
        let cx = store::Cx {
            key: Some(&key),
            ..stage.cx(&coalition.second_manager)
        };
        access::key::establish(&cx, owner).await.unwrap();
        let (kept, _) = access::key::person::make(&cx, owner).await.unwrap();
        let (erased, _) = access::key::person::make(&cx, owner).await.unwrap();
        let desk = Desk::new();
        records(&folder(stage), &desk.path("records"), &desk.recipient, stage.now)
            .await
            .unwrap();
        keys(&folder(stage), &desk.path("early"), &desk.recipient, stage.now)
            .await
            .unwrap();
        access::key::person::erase(&cx, owner, &[erased]).await.unwrap();
        keys(&folder(stage), &desk.path("late"), &desk.recipient, stage.now)
            .await
            .unwrap();
        for (early, ledger, is_back) in [
            ("early", None, true),
            ("early", Some("late"), false),
            ("late", None, false),
        ] {
            let onto = Stage::sqlite().await;
            desk.restored(&onto, &desk.arguments("records", Some(early), ledger))
                .await
                .unwrap();
            let cx = store::Cx {
                key: Some(&key),
                ..onto.cx(&coalition.second_manager)
            };
            let opener = access::key::opener(&cx, owner).await.unwrap();
            assert!(access::key::person::open(&onto.db, &opener, kept).await.is_ok());
            let found = access::key::person::open(&onto.db, &opener, erased).await;
            assert_eq!(found.is_ok(), is_back, "{early} {ledger:?}");
            onto.db.close().await.unwrap();
        }
    })
    .await;
}
