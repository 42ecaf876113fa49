//! The people of a contribution as a file that a passphrase opens: who may take it, who is in it, and under which row ids.

use std::collections::BTreeSet;

use age::secrecy::SecretString;
use store::Cx;

use super::super::super::people::COLUMNS;
use super::super::super::{PeopleFile, people};
use super::*;

const PASSPHRASE: &str = "copper-lantern-orchid-meadow-violin-harbour-walnut-ember";

async fn taken(all: &Sending, cx: &Cx<'_>, id: Uuid) -> Result<PeopleFile, AppError> {
    people(cx, &all.caseload, id, PASSPHRASE).await
}

fn opened(made: &PeopleFile) -> Vec<Vec<String>> {
    assert!(made.bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "));
    assert!(!String::from_utf8_lossy(&made.bytes).contains("Canaria"));
    let wrong = age::scrypt::Identity::new(SecretString::from("another passphrase".to_owned()));
    assert!(age::decrypt(&wrong, &made.bytes).is_err());
    let identity = age::scrypt::Identity::new(SecretString::from(PASSPHRASE.to_owned()));
    let clear = age::decrypt(&identity, &made.bytes).expect("it opens with its passphrase");
    let text = String::from_utf8(clear).expect("text");
    text.lines()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

#[tokio::test]
async fn a_supervisor_takes_those_who_agree_under_the_row_ids_of_the_contribution_and_nobody_else_does() {
    on_both(async |stage| {
        let all = sending(stage).await;
        let (_, withdrawing) = (all.case(stage).await, all.case(stage).await);
        let id = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
        let supervisor = all.house.supervisor.cx(stage);
        let early = taken(&all, &supervisor, id).await;
        assert!(refused(early.map(drop)).contains("approved or sent"));
        all.approve(stage, &all.second, id).await.expect("approved");
        for (who, cx) in [
            ("manager", all.second.cx(stage)),
            ("contributor", all.contributor.cx(stage)),
            ("caseworker", all.house.worker.cx(stage)),
        ] {
            let tried = taken(&all, &cx, id).await;
            assert!(matches!(tried, Err(AppError::Forbidden(_))), "{who}");
        }
        let outside = taken(&all, &all.house.outsider.cx(stage), id).await;
        assert!(matches!(outside, Err(AppError::NotFound(_))));
        let weak = people(&supervisor, &all.caseload, id, "password").await;
        assert!(matches!(weak, Err(AppError::Invalid(_))));
        let both = taken(&all, &supervisor, id).await.expect("taken");
        assert_eq!((both.n_people, both.number, both.cycle.as_str()), (2, 1, "2025"));
        let lines = opened(&both);
        assert_eq!(lines[0].join(","), COLUMNS.join(","));
        let sent = file(&all.second.cx(stage), &all.caseload, id).await.expect("a file");
        let Body::Rows(rows) = all.read(stage, &sent).await.body else {
            panic!("coded rows");
        };
        let ids = rows.iter().map(|row| row.id.simple().to_string());
        let in_file = lines[1..].iter().map(|line| line[0].clone());
        assert_eq!(ids.collect::<BTreeSet<_>>(), in_file.collect::<BTreeSet<_>>());
        assert!(
            lines[1..].iter().all(|line| line.join(" ").contains(CANARY)),
            "{lines:?}"
        );
        says(stage, &all.house.worker, withdrawing, WITHDRAWN).await;
        let one = taken(&all, &supervisor, id).await.expect("taken");
        assert_eq!((one.n_people, opened(&one).len()), (1, 2));
    })
    .await;
}
