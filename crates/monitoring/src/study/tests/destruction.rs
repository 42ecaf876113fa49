//! How token files are sent again, given up and destroyed, whoever comes at once and whatever is cut off.

use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};

use super::super::destroy::{Why, give_up};
use super::*;

/// The acts by which these token files were destroyed, as the log has them.
async fn acts(stage: &Stage, hash: &str) -> Vec<String> {
    let records = study_token_file::Entity::find()
        .filter(study_token_file::Column::Sha256.eq(hash))
        .all(stage.db.reader())
        .await
        .expect("records");
    let rows = audit::Entity::find()
        .filter(audit::Column::SubjectId.is_in(records.iter().map(|record| record.id)))
        .filter(audit::Column::Outcome.eq("destroyed"))
        .all(stage.db.reader())
        .await
        .expect("the log");
    rows.into_iter().map(|row| row.action).collect()
}

#[tokio::test]
async fn the_same_file_again_is_no_fault_and_mends_the_number_of_people() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.opened(stage).await;
        let bytes = scene.tokens("the same");
        let input = |n_people: &str| Send {
            n_people: n_people.into(),
            bytes: bytes.clone(),
        };
        let cx = stage.cx(&scene.senders[0]);
        let first = send(&cx, id, input("300")).await.expect("sent");
        assert_eq!(send(&cx, id, input("301")).await.expect("sent again"), first);
        let record = study_token_file::Entity::find_by_id(first.0)
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("a record");
        assert_eq!((record.n_people, record.destroyed_for), (301, None));
        assert!(stage.files.get(&record.sha256).await.expect("read").is_some());
        let other = send(&stage.cx(&scene.senders[1]), id, input("300")).await;
        assert_eq!(faults(other.expect_err("another list's"))[0].0, "file");
    })
    .await;
}

#[tokio::test]
async fn whether_something_else_has_the_same_bytes_is_not_told_and_its_bytes_stay() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.opened(stage).await;
        let bytes = scene.tokens("kept elsewhere too");
        let elsewhere = stage.cx(&scene.cast.coordinator);
        let tx = stage.db.begin().await.expect("begun");
        stage
            .files
            .keep(&tx, &elsewhere, "elsewhere", "application/octet-stream", bytes.clone())
            .await
            .expect("kept");
        tx.commit().await.expect("committed");
        let cx = stage.cx(&scene.senders[0]);
        let input = Send {
            n_people: "300".into(),
            bytes: bytes.clone(),
        };
        send(&cx, id, input).await.expect("no oracle for hashes");
        close(&elsewhere, id).await.expect("closed");
        let hash = store::files::sha256(&bytes);
        assert!(stage.files.get(&hash).await.expect("read").is_some(), "another's bytes");
        assert_eq!(file::Entity::find().count(stage.db.reader()).await.expect("rows"), 1);
        assert_eq!(acts(stage, &hash).await, [Action::OpenStudy.code()]);
    })
    .await;
}

#[tokio::test]
async fn two_who_send_at_once_leave_one_token_file() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.opened(stage).await;
        let colleague = cast::member(stage, scene.invited[1], "colleague", &[Role::Contributor]).await;
        let (one, other) = (stage.cx(&scene.senders[1]), stage.cx(&colleague));
        let input = |words: &str| Send {
            n_people: "300".into(),
            bytes: scene.tokens(words),
        };
        let (first, second) = tokio::join!(send(&one, id, input("one")), send(&other, id, input("other")));
        first.expect("sent");
        second.expect("sent");
        let records = study_token_file::Entity::find()
            .all(stage.db.reader())
            .await
            .expect("records");
        let here = records.iter().filter(|record| record.destroyed_at.is_none()).count();
        assert_eq!((records.len(), here), (2, 1));
        assert_eq!(stage.files.list().await.expect("files").len(), 1);
        let replaced = records
            .iter()
            .find(|record| record.destroyed_at.is_some())
            .expect("one is");
        assert_eq!(acts(stage, &replaced.sha256).await, [Action::SendTokens.code()]);
    })
    .await;
}

#[tokio::test]
async fn the_database_refuses_a_second_token_file_of_a_list() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.opened(stage).await;
        scene.sent(stage, id).await;
        let record = study_token_file::Entity::find()
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("a record");
        let tx = stage.db.begin().await.expect("begun");
        let mut second: study_token_file::ActiveModel = record.into();
        second.id = Set(Uuid::from_u128(7));
        assert!(second.insert(&tx).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_was_given_up_and_cut_off_is_destroyed_at_the_next_start() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.opened(stage).await;
        scene.sent(stage, id).await;
        let cx = stage.cx(&scene.cast.coordinator);
        let record = study_token_file::Entity::find()
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("a record");
        let hash = record.sha256.clone();
        // A command that fails before its commit has lost nothing.
        let tx = stage.db.begin().await.expect("begun");
        give_up(&cx, &tx, record.clone(), Why::Closed).await.expect("given up");
        tx.rollback().await.expect("taken back");
        complete(&stage.db, &stage.files, stage.now).await.expect("completed");
        assert!(stage.files.get(&hash).await.expect("read").is_some());
        // One that was cut off after it has said what is to be destroyed.
        let tx = stage.db.begin().await.expect("begun");
        give_up(&cx, &tx, record, Why::Closed).await.expect("given up");
        tx.commit().await.expect("committed");
        let (_, lists) = get(&cx, id).await.expect("the study");
        let end = lists
            .iter()
            .flat_map(|list| &list.files)
            .find_map(|file| file.end.as_ref());
        assert!(end.is_some_and(|end| end.destroyed_at.is_none()), "not said to be gone");
        for _ in 0..2 {
            complete(&stage.db, &stage.files, stage.now).await.expect("completed");
        }
        assert!(stage.files.get(&hash).await.expect("read").is_none());
        assert_eq!(stage.files.list().await.expect("files").len(), 2, "no others");
        assert_eq!(acts(stage, &hash).await, [Action::OpenStudy.code()]);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_number_does_not_end_a_study() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.opened(stage).await;
        scene.sent(stage, id).await;
        let (sender, coordinator) = (stage.cx(&scene.senders[0]), stage.cx(&scene.cast.coordinator));
        let officer = stage.cx(&scene.cast.linkage_officer);
        let (_, lists) = get(&sender, id).await.expect("the study");
        let number = lists.iter().find(|list| list.is_own).expect("an own list").number;
        let with = |n: u64| Send {
            n_people: n.to_string(),
            bytes: scene.tokens("encoded again"),
        };
        send(&sender, id, with(size(number) + 1)).await.expect("mistyped");
        assert!(
            matches!(reopen(&coordinator, id).await, Err(AppError::Refused(_))),
            "it is open"
        );
        collected(&coordinator, id).await.expect("collected");
        let refused = faults(record_links(&officer, id, links()).await.expect_err("another number"));
        assert!(
            refused[0].1.contains("that number or the file that was sent is wrong"),
            "{refused:?}"
        );
        for actor in [&scene.cast.linkage_officer, &scene.senders[0]] {
            let forbidden = reopen(&stage.cx(actor), id).await;
            assert!(matches!(forbidden, Err(AppError::Forbidden(_))));
        }
        reopen(&coordinator, id).await.expect("taken again");
        send(&sender, id, with(size(number))).await.expect("mended");
        collected(&coordinator, id).await.expect("collected again");
        record_links(&officer, id, links()).await.expect("recorded");
        assert!(
            matches!(reopen(&coordinator, id).await, Err(AppError::Refused(_))),
            "too late"
        );
        let records = study_token_file::Entity::find()
            .filter(study_token_file::Column::DestroyedFor.eq("linked"))
            .all(stage.db.reader())
            .await
            .expect("records");
        for record in records {
            assert_eq!(acts(stage, &record.sha256).await, [Action::RecordLinks.code()]);
        }
    })
    .await;
}
