//! A person who was met again has two cases: a no that is said in one of them takes both out of what is prepared, keeps both
//! from leaving, and makes a new contribution due where they left already; on both databases.

use std::collections::BTreeSet;

use domain::casework::Known;

use super::super::super::{rows, tally};
use super::*;
use crate::link::{link, unlink};

const REFUSED: (Kind, &str, Answers<'_>) = (
    Kind::Consent,
    "2025-05-31",
    &[("purpose", "monitoring"), ("said", "refused"), ("said_by", "person")],
);
const AGREED_ANEW: (Kind, &str, Answers<'_>) = (Kind::Consent, "2025-06-01", AGREED.2);

impl Sending {
    /// A case in which nobody was asked yet.
    async fn silent_case(&self, stage: &Stage) -> Uuid {
        let cx = self.house.worker.cx(stage);
        case::record(&cx, input(CANARY)).await.expect("recorded")
    }

    async fn linked(&self, stage: &Stage, later: Uuid, earlier: Uuid) {
        let cx = self.house.worker.cx(stage);
        link(&cx, later, earlier, Known::Yes).await.expect("linked");
    }

    /// The cases that are counted, as those are told that were opened and as those are that are in memory: the same.
    async fn counted(&self, stage: &Stage) -> BTreeSet<Uuid> {
        let cx = self.second.cx(stage);
        let prepared = rows(&cx, &pack(), year()).await.expect("coded");
        assert_eq!(prepared.rows.len(), prepared.cases.len());
        let opened: BTreeSet<Uuid> = prepared.cases.into_values().collect();
        assert_eq!(prepared.n_not_agreed, prepared.n_cases - opened.len());
        let asked = case::agreed(&cx, &self.caseload).await.expect("asked");
        assert_eq!(opened, asked.into_iter().collect::<BTreeSet<Uuid>>());
        opened
    }

    async fn n_due(&self, stage: &Stage) -> usize {
        let cx = self.second.cx(stage);
        tally(&cx, &self.caseload, &["2025"]).await.expect("counted").due
    }
}

#[tokio::test]
async fn whoever_takes_back_in_a_later_case_what_they_agreed_to_in_an_earlier_one_is_in_neither() {
    on_both(async |stage| {
        let all = sending(stage).await;
        let (earlier, other) = (all.case(stage).await, all.case(stage).await);
        let later = all.silent_case(stage).await;
        let worker = &all.house.worker;
        assert_eq!(all.counted(stage).await, BTreeSet::from([earlier, other]));
        // Not linked, it is somebody else who says no.
        let no = says(stage, worker, later, WITHDRAWN).await;
        assert_eq!(all.counted(stage).await, BTreeSet::from([earlier, other]));
        events::strike(&worker.cx(stage), later, no, "not asked yet")
            .await
            .expect("struck");
        all.linked(stage, later, earlier).await;
        // Silence in the later case leaves the yes of the earlier one standing, for that one.
        assert_eq!(all.counted(stage).await, BTreeSet::from([earlier, other]));

        // What waits for approval, and what was approved, does not leave.
        let id = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
        let no = says(stage, worker, later, WITHDRAWN).await;
        assert_eq!(all.counted(stage).await, BTreeSet::from([other]));
        assert!(refused(all.approve(stage, &all.second, id).await).contains("prepare it anew"));
        events::strike(&worker.cx(stage), later, no, "another person’s")
            .await
            .expect("struck");
        all.approve(stage, &all.second, id).await.expect("approved");
        let no = says(stage, worker, later, REFUSED).await;
        assert!(file(&all.second.cx(stage), &all.caseload, id).await.is_err());
        events::strike(&worker.cx(stage), later, no, "another person’s")
            .await
            .expect("struck");
        file(&all.second.cx(stage), &all.caseload, id).await.expect("a file");
        sent(&all.second.cx(stage), id).await.expect("sent");
        assert_eq!((all.line(stage, id).await.is_due, all.n_due(stage).await), (false, 0));

        // What was sent is to be replaced, by one without either.
        says(stage, worker, later, REFUSED).await;
        assert_eq!((all.line(stage, id).await.is_due, all.n_due(stage).await), (true, 1));
        let opened = open(&all.second.cx(stage), &all.caseload, id).await.expect("opened");
        assert_eq!((opened.gone.n_withdrawn, opened.gone.n_forgotten), (1, 0));
        for holds in [Holds::Rows, Holds::Aggregates] {
            let next = begin(stage, &all.contributor, holds).await.expect("prepared");
            let opened = open(&all.second.cx(stage), &all.caseload, next).await.expect("opened");
            let content = opened.content.expect("kept");
            assert_eq!((content.n_rows, content.n_cases, content.n_not_agreed), (1, 3, 2));
            let n = match content.file.body {
                Body::Rows(rows) => rows.len() as u64,
                Body::Aggregates(added) => added.cases,
            };
            assert_eq!(n, 1);
        }

        // Agreed to anew, and last: each case that holds a yes counts again.
        says(stage, worker, later, AGREED_ANEW).await;
        assert_eq!(all.counted(stage).await, BTreeSet::from([earlier, other, later]));
        assert!(!all.line(stage, id).await.is_due);
    })
    .await;
}

#[tokio::test]
async fn a_no_is_looked_for_along_every_link_until_the_link_or_the_case_goes() {
    on_both(async |stage| {
        let all = sending(stage).await;
        let (first, last) = (all.case(stage).await, all.case(stage).await);
        let between = all.silent_case(stage).await;
        all.linked(stage, between, first).await;
        all.linked(stage, last, between).await;
        let worker = &all.house.worker;
        says(stage, worker, last, WITHDRAWN).await;
        assert!(all.counted(stage).await.is_empty(), "linked through a case in between");
        // Linked by mistake: they are two people.
        unlink(&worker.cx(stage), last, between, "another person")
            .await
            .expect("unlinked");
        assert_eq!(all.counted(stage).await, BTreeSet::from([first]));
        all.linked(stage, last, first).await;
        assert!(all.counted(stage).await.is_empty());
        // A yes after the no: every case that holds a yes counts, and the one that holds the no does not.
        says(stage, worker, between, AGREED_ANEW).await;
        assert_eq!(all.counted(stage).await, BTreeSet::from([first, between]));
        crate::person::forget(&all.house.supervisor.cx(stage), between)
            .await
            .expect("forgotten");
        assert!(all.counted(stage).await.is_empty());
    })
    .await;
}
