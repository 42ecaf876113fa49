//! How many files an organisation keeps undecided, and how large they are together.

use testkit::on_both;

use super::super::stage::{Quota, stage_within};
use super::*;

/// What is said at the file of a form that was refused.
fn at_file(refused: &AppError) -> String {
    let AppError::Invalid(errors) = refused else {
        panic!("{refused}");
    };
    errors.iter().map(|(_, words)| words.to_owned()).collect()
}

async fn staged_within(cx: &Cx<'_>, quota: Quota) -> Result<Uuid, AppError> {
    stage_within(cx, "cases.csv", WIDE.as_bytes().to_vec(), quota).await
}

#[tokio::test]
async fn a_file_too_many_is_refused_until_one_is_discarded_and_others_are_not_told_off_for_it() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let quota = Quota {
            files: 2,
            ..super::super::QUOTA
        };
        let first = staged_within(&cx, quota).await.expect("room");
        staged_within(&cx, quota).await.expect("room");
        let refused = staged_within(&cx, quota).await.expect_err("no room");
        let said = at_file(&refused);
        assert!(said.contains("2 files of your organisation wait"), "{said}");
        assert!(said.contains("discard it"), "{said}");
        drop_all(&cx, first).await.expect("dropped");
        let again = staged_within(&cx, quota).await.expect("room again");
        // What was decided about does not wait.
        plan(&cx, again, mapped()).await.expect("mapped");
        take(&cx, again, Taking::default(), &|_| {}).await.expect("taken");
        staged_within(&cx, quota).await.expect("room after a decision");
    })
    .await;
}

#[tokio::test]
async fn files_that_are_too_large_together_are_refused_with_what_to_do() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        // Sealing adds to a file: room for one and not for two.
        let quota = Quota {
            files: 20,
            bytes: WIDE.len() as u64 * 3 / 2,
        };
        let first = staged_within(&cx, quota).await.expect("room");
        let said = at_file(&staged_within(&cx, quota).await.expect_err("no room"));
        assert!(said.contains("destroy the refused rows"), "{said}");
        // After a month nobody has to discard it.
        expire(&stage.db, cx.now.plus_seconds(31 * 86_400))
            .await
            .expect("swept");
        let state = find(&cx, first).await.expect("found").state;
        assert_eq!(state, ImportState::Dropped);
        staged_within(&cx, quota).await.expect("room again");
    })
    .await;
}

fn mapped() -> Plan {
    let headers: Vec<String> = WIDE
        .lines()
        .next()
        .into_iter()
        .flat_map(|line| line.split(','))
        .map(str::to_owned)
        .collect();
    Plan {
        mapping: Some(Mapping::guess(&headers)),
        ..Plan::default()
    }
}
