//! The log of acts on both databases: what the database itself refuses, what the proof finds when
//! somebody gets past it, and what a partner can prove alone.

use domain::permission::{Action, Relation};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use store::chain::{self, COALITION, Difference, Fault};
use store::checkpoint::note::Signer;
use store::checkpoint::{self, Receipt, Unproved, consistent};
use store::db::Kind;
use store::row::{audit, checkpoint_leaf};
use testkit::{Coalition, Stage, on_both};
use uuid::Uuid;

/// So many acts of the first organisation, of the second, and of nobody.
async fn acts(stage: &Stage, coalition: &Coalition, n: (usize, usize, usize)) {
    let nobody = store::work::Actor::nobody();
    let cast = [
        (&coalition.coordinator, n.0),
        (&coalition.contributor, n.1),
        (&nobody, n.2),
    ];
    for (actor, n) in cast {
        for _ in 0..n {
            let cx = stage.cx(actor);
            let work = cx.begin(Action::SignIn, Relation::Coalition).await.expect("it begins");
            work.finish(&cx, "session", None).await.expect("it is logged");
        }
    }
}

/// Runs a statement as whoever holds the database. `Err` when the database refuses.
async fn run(stage: &Stage, sql: &str) -> Result<(), sea_orm::DbErr> {
    let tx = stage.db.begin().await.expect("a transaction");
    tx.execute_unprepared(sql).await?;
    tx.commit().await
}

/// Takes the append-only rule off a table, as an owner of the database can.
async fn unlock(stage: &Stage, table: &str) {
    let drops = match stage.db.kind() {
        Kind::Sqlite => ["update", "delete", "replace"]
            .map(|change| format!("drop trigger {table}_no_{change}"))
            .to_vec(),
        Kind::Postgres => vec![format!("drop trigger {table}_append_only on {table}")],
    };
    for drop in drops {
        run(stage, &drop).await.expect("the rule is dropped");
    }
}

async fn rows(stage: &Stage) -> Vec<audit::Model> {
    audit::Entity::find()
        .order_by_asc(audit::Column::Sequence)
        .all(stage.db.reader())
        .await
        .expect("the log is read")
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_remove_what_was_logged() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        acts(stage, &coalition, (2, 0, 1)).await;
        checkpoint::take(&stage.db, &Signer::new(&[1; 32]), stage.now, None).await.unwrap();
        let before = rows(stage).await;
        let mut refused = vec![
            "update audit set outcome = 'refused'".to_owned(),
            "update audit set at = 0 where sequence = 1".to_owned(),
            "delete from audit".to_owned(),
            "delete from audit where organisation_id is null".to_owned(),
            "update checkpoint set note = ''".to_owned(),
            "delete from checkpoint_leaf".to_owned(),
            "delete from checkpoint".to_owned(),
        ];
        match stage.db.kind() {
            // Replacing deletes without saying so, by the key or by any other rule of uniqueness.
            Kind::Sqlite => refused.extend([
                "insert or replace into audit select id, 0, organisation_id, member_id, action, subject, subject_id, outcome, sequence, hash from audit".to_owned(),
                "insert or replace into audit select randomblob(16), 0, organisation_id, member_id, action, subject, subject_id, outcome, sequence, hash from audit".to_owned(),
                "replace into checkpoint select * from checkpoint".to_owned(),
            ]),
            Kind::Postgres => refused.push("truncate audit".to_owned()),
        }
        for sql in refused {
            let error = run(stage, &sql).await.expect_err(&sql).to_string();
            assert!(error.contains("append-only"), "{sql}: {error}");
        }
        assert_eq!(rows(stage).await, before);
        acts(stage, &coalition, (1, 0, 0)).await;
        assert_eq!(chain::verify(&stage.db).await.unwrap().sound, 4);
    })
    .await;
}

#[tokio::test]
async fn each_organisation_and_the_coalition_have_a_chain_of_their_own() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        acts(stage, &coalition, (2, 3, 1)).await;
        let numbers = |chain: Uuid, rows: &[audit::Model]| -> Vec<i64> {
            rows.iter()
                .filter(|row| chain::of(row) == chain)
                .map(|row| row.sequence)
                .collect()
        };
        let rows = rows(stage).await;
        assert_eq!(numbers(coalition.organisations[0].0, &rows), [1, 2]);
        assert_eq!(numbers(coalition.organisations[1].0, &rows), [1, 2, 3]);
        assert_eq!(numbers(COALITION, &rows), [1]);
        let report = chain::verify(&stage.db).await.unwrap();
        assert_eq!((report.sound, report.faults.len()), (6, 0));
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_jumps_back_breaks_no_chain() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        for hours in [0, -5, 3] {
            let cx = store::Cx {
                now: stage.now.plus_seconds(hours * 3600),
                ..stage.cx(&coalition.coordinator)
            };
            let work = cx.begin(Action::SignIn, Relation::Coalition).await.expect("it begins");
            work.finish(&cx, "session", None).await.expect("it is logged");
        }
        let report = chain::verify(&stage.db).await.unwrap();
        assert_eq!((report.sound, report.faults.len()), (3, 0));
    })
    .await;
}

#[tokio::test]
async fn commands_that_finish_at_once_leave_no_gap() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let one = acts(stage, &coalition, (5, 0, 0));
        let two = acts(stage, &coalition, (5, 0, 0));
        let three = acts(stage, &coalition, (3, 2, 2));
        tokio::join!(one, two, three);
        let report = chain::verify(&stage.db).await.unwrap();
        assert_eq!((report.sound, report.faults.len()), (17, 0));
    })
    .await;
}

#[tokio::test]
async fn a_command_that_comes_to_nothing_takes_no_number() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        acts(stage, &coalition, (1, 0, 0)).await;
        let cx = stage.cx(&coalition.coordinator);
        let work = cx.begin(Action::SignIn, Relation::Coalition).await.unwrap();
        store::work::log(&work.tx, &cx, Action::SignIn, "session", None, "done")
            .await
            .unwrap();
        drop(work);
        acts(stage, &coalition, (1, 0, 0)).await;
        let report = chain::verify(&stage.db).await.unwrap();
        assert_eq!((report.sound, report.faults.len()), (2, 0));
    })
    .await;
}

#[tokio::test]
async fn whoever_gets_past_the_database_is_found_and_the_place_is_named() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let second = coalition.organisations[1].0;
        acts(stage, &coalition, (3, 4, 2)).await;
        unlock(stage, "audit").await;
        let rows = rows(stage).await;
        let of = |sequence| {
            rows.iter()
                .find(|row| chain::of(row) == second && row.sequence == sequence)
                .unwrap()
        };
        let id = |sequence| match stage.db.kind() {
            Kind::Sqlite => format!("x'{}'", of(sequence).id.simple()),
            Kind::Postgres => format!("'{}'", of(sequence).id),
        };
        let columns = "organisation_id, member_id, action, subject, subject_id, outcome, sequence, hash";
        let other = match stage.db.kind() {
            Kind::Sqlite => "randomblob(16)",
            Kind::Postgres => "gen_random_uuid()",
        };
        let cases = [
            (
                format!("update audit set outcome = 'refused' where id = {}", id(2)),
                2,
                Difference::Changed,
            ),
            (
                format!("update audit set at = at + 1 where id = {}", id(3)),
                3,
                Difference::Changed,
            ),
            (
                format!("update audit set member_id = null where id = {}", id(1)),
                1,
                Difference::Changed,
            ),
            (
                format!("update audit set hash = upper(hash) where id = {}", id(4)),
                4,
                Difference::Changed,
            ),
            (
                format!("delete from audit where id = {}", id(2)),
                2,
                Difference::Missing,
            ),
            (format!("delete from audit where id = {}", id(4)), 3, Difference::Head),
            (
                format!("update audit set sequence = 9 where id = {}", id(3)),
                3,
                Difference::Missing,
            ),
            (
                format!(
                    "update audit set organisation_id = null, sequence = 9 where id = {}",
                    id(4)
                ),
                3,
                Difference::Head,
            ),
            (
                format!(
                    "insert into audit (id, at, {columns}) select {other}, at, {} from audit where id = {}",
                    columns.replace("sequence", "0"),
                    id(1)
                ),
                4,
                Difference::Misplaced,
            ),
            (
                "update chain_head set sequence = sequence - 1".to_owned(),
                4,
                Difference::Head,
            ),
            ("delete from chain_head".to_owned(), 4, Difference::Head),
        ];
        for (sql, sequence, what) in cases {
            // Each in a transaction of its own that is rolled back: the proof looks from inside it.
            let tx = stage.db.begin().await.unwrap();
            tx.execute_unprepared(&sql).await.unwrap();
            let report = chain::verify_in(&tx).await.unwrap();
            let fault = Fault {
                chain: second,
                sequence,
                what,
            };
            assert!(report.faults.contains(&fault), "{sql}: {:?}", report.faults);
            tx.rollback().await.unwrap();
        }
        assert_eq!(chain::verify(&stage.db).await.unwrap().faults, []);
    })
    .await;
}

#[tokio::test]
async fn a_chain_written_anew_from_end_to_end_contradicts_the_checkpoint() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let second = coalition.organisations[1].0;
        let signer = Signer::new(&[1; 32]);
        acts(stage, &coalition, (1, 3, 0)).await;
        checkpoint::take(&stage.db, &signer, stage.now, None).await.unwrap();
        acts(stage, &coalition, (0, 1, 0)).await;
        assert_eq!(checkpoint::verify(&stage.db, signer.key()).await.unwrap().sound, 1);
        // The host drops the second act and numbers and hashes everything after it again.
        let kept: Vec<audit::Model> = rows(stage)
            .await
            .into_iter()
            .filter(|row| chain::of(row) == second && row.sequence != 2)
            .collect();
        unlock(stage, "audit").await;
        let chain_id = match stage.db.kind() {
            Kind::Sqlite => format!("x'{}'", second.simple()),
            Kind::Postgres => format!("'{second}'"),
        };
        run(stage, &format!("delete from audit where organisation_id = {chain_id}"))
            .await
            .unwrap();
        run(stage, &format!("delete from chain_head where chain_id = {chain_id}"))
            .await
            .unwrap();
        let tx = stage.db.begin().await.unwrap();
        for row in kept {
            chain::append(&tx, row).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(chain::verify(&stage.db).await.unwrap().faults, []);
        let faults = checkpoint::verify(&stage.db, signer.key()).await.unwrap().faults;
        let expected = Fault {
            chain: second,
            sequence: 3,
            what: Difference::Checkpoint,
        };
        assert_eq!(faults, [format!("checkpoint 1: {expected}")]);
    })
    .await;
}

#[tokio::test]
async fn a_partner_proves_with_files_alone_that_nothing_was_rewritten() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let second = coalition.organisations[1].0;
        let signer = Signer::new(&[1; 32]);
        let receipt = async |number| checkpoint::receipt(stage.db.reader(), number, second).await.unwrap();
        acts(stage, &coalition, (2, 2, 1)).await;
        checkpoint::take(&stage.db, &signer, stage.now, None).await.unwrap();
        let earlier = receipt(1).await;
        acts(stage, &coalition, (1, 3, 0)).await;
        let printed = checkpoint::take(&stage.db, &signer, stage.now, None)
            .await
            .unwrap()
            .note;
        let later = receipt(2).await;
        let text = serde_json::to_string(&later).unwrap();
        assert_eq!(serde_json::from_str::<Receipt>(&text).unwrap(), later);

        let key = signer.key();
        let first = earlier.check(key).unwrap();
        let last = later.check_against(&printed, key).unwrap();
        assert_eq!((first.sequence, last.sequence), (2, 5));
        let own: Vec<audit::Model> = rows(stage)
            .await
            .into_iter()
            .filter(|row| chain::of(row) == second)
            .collect();
        assert_eq!(consistent(&first, &last, &own), Ok(3));
        assert_eq!(
            consistent(&first, &last, &own[2..]),
            Ok(3),
            "the rows between are enough"
        );
        assert_eq!(consistent(&first, &last, &own[..4]), Err(Unproved::RowsEnd(4, 5)));
        assert_eq!(consistent(&last, &first, &own), Err(Unproved::Shorter(2, 5)));
        let mut forged = own.clone();
        forged[3].outcome = "refused".to_owned();
        let fault = Fault {
            chain: second,
            sequence: 4,
            what: Difference::Changed,
        };
        assert_eq!(consistent(&first, &last, &forged), Err(Unproved::Chain(fault)));

        // The printed checkpoint is the second; the earlier receipt is of the first.
        assert_eq!(earlier.check_against(&printed, key), Err(Unproved::NotHeld));
        assert!(matches!(
            later.check(Signer::new(&[2; 32]).key()),
            Err(Unproved::Signature(_))
        ));
        for forged in [
            Receipt {
                sequence: 4,
                ..later.clone()
            },
            Receipt {
                head: first.hash.clone(),
                ..later.clone()
            },
            Receipt {
                chain: coalition.organisations[0].0,
                ..later.clone()
            },
            Receipt {
                salt: earlier.salt.clone(),
                ..later.clone()
            },
            Receipt {
                position: later.position ^ 1,
                ..later.clone()
            },
            Receipt {
                proof: Vec::new(),
                ..later.clone()
            },
        ] {
            assert_eq!(forged.check(key), Err(Unproved::NotHeld));
        }
    })
    .await;
}

#[tokio::test]
async fn a_checkpoint_tells_nothing_of_who_was_active() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let signer = Signer::new(&[1; 32]);
        acts(stage, &coalition, (2, 0, 0)).await;
        let first = checkpoint::take(&stage.db, &signer, stage.now, None).await.unwrap();
        acts(stage, &coalition, (9, 0, 0)).await;
        let second = checkpoint::take(&stage.db, &signer, stage.now, None).await.unwrap();
        // The same number of entries each time, whatever happened.
        let size = |note: &str| note.lines().nth(1).unwrap().parse::<u64>().unwrap();
        assert_eq!((size(&first.note), size(&second.note)), (8, 16));
        // A chain that stood still has another salt, and so another entry, each time.
        let idle = coalition.organisations[2].0;
        let (a, b) = (
            checkpoint::receipt(stage.db.reader(), 1, idle).await.unwrap(),
            checkpoint::receipt(stage.db.reader(), 2, idle).await.unwrap(),
        );
        assert_eq!((a.sequence, &a.head), (b.sequence, &b.head));
        assert_ne!(a.salt, b.salt);
        let salts: std::collections::HashSet<String> = checkpoint_leaf::Entity::find()
            .all(stage.db.reader())
            .await
            .unwrap()
            .into_iter()
            .map(|leaf| leaf.salt)
            .collect();
        assert_eq!(salts.len(), 16);
    })
    .await;
}

#[tokio::test]
async fn a_checkpoint_is_taken_once_a_day() {
    on_both(async |stage| {
        let _ = Coalition::on(stage).await;
        let signer = Signer::new(&[1; 32]);
        let at = |hours: i64| stage.now.plus_seconds(hours * 3600);
        let daily = async |hours| {
            checkpoint::take_daily(&stage.db, &signer, at(hours))
                .await
                .unwrap()
                .map(|row| row.number)
        };
        assert_eq!(daily(0).await, Some(1));
        assert_eq!(daily(23).await, None);
        assert_eq!(daily(25).await, Some(2));
        // After a clock that jumped far back, one is taken rather than none for a long time.
        assert_eq!(daily(-400).await, Some(3));
    })
    .await;
}

#[test]
fn the_signer_of_a_folder_stays_the_same_and_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let first = checkpoint::signer(folder.path()).unwrap();
    let again = checkpoint::signer(folder.path()).unwrap();
    assert_eq!(first.key(), again.key());
    let other = tempfile::tempdir().unwrap();
    assert_ne!(checkpoint::signer(other.path()).unwrap().key(), first.key());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.path().join(checkpoint::KEY_FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
