//! Publishing, correcting, withdrawing and verifying, from the frozen content to the kept bytes.

use domain::ids::{CycleId, EditionId, EvidenceId, ProvisionId, RevisionId};
use domain::publication::Licence;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::row::edition_file;
use store::{AppError, files};
use testkit::{Coalition, Stage, on_both};

use super::withdraw::{Propose, approve, propose};
use super::{Correct, Rendered, Words, content, correct, find, keep, pending, publish, renderable};

/// A closed cycle with one approved finding whose wording is known.
async fn closed(stage: &Stage, coalition: &Coalition) -> CycleId {
    let provision = testkit::provision::provisions(stage, &[("12(1)a", "mandatory")]).await[0];
    let mut items = Vec::new();
    for publisher in ["First Press", "Second Press"] {
        items.push(item(stage, coalition, publisher, provision).await);
    }
    closed_on(stage, coalition, ("2024", ""), provision, items).await
}

/// A closed cycle after another, with an approved finding on these items.
async fn closed_on(
    stage: &Stage,
    coalition: &Coalition,
    (code, previous): (&str, &str),
    provision: ProvisionId,
    items: Vec<EvidenceId>,
) -> CycleId {
    let cx = stage.cx(&coalition.coordinator);
    let open = crate::cycle::Open {
        code: code.into(),
        title: format!("Audit {code}"),
        period_start: format!("{code}-01-01"),
        period_end: format!("{code}-12-31"),
        cutoff_on: "2025-06-01".into(),
        previous: previous.into(),
        method: "## Method\nWe asked.".into(),
        ..crate::cycle::Open::default()
    };
    let cycle = crate::cycle::open(&cx, open).await.expect("opens");
    crate::cycle::advance(&cx, cycle).await.expect("gathering");
    let record = crate::finding::Record {
        cycle: Some(cycle),
        provision: Some(provision),
        jurisdiction: "uk".into(),
        title: "People wait".into(),
        claim: "People wait.".into(),
        wording: "The house in Secret Street was full.".into(),
        proof: "balance".into(),
        supporting: items,
        contrary_search: "Asked around.".into(),
        contrary_searched_on: "2025-05-01".into(),
        ..crate::finding::Record::default()
    };
    let finding = crate::finding::record(&cx, record).await.expect("recorded");
    for reviewer in [&coalition.first_reviewer, &coalition.second_reviewer] {
        let review = crate::finding::Review {
            verdict: "approve".into(),
            note: String::new(),
            revision: 1,
        };
        crate::finding::review(&stage.cx(reviewer), finding, review)
            .await
            .expect("reviewed");
    }
    crate::cycle::advance(&cx, cycle).await.expect("assessing");
    crate::cycle::advance(&cx, cycle).await.expect("closed");
    cycle
}

async fn item(stage: &Stage, coalition: &Coalition, publisher: &str, provision: ProvisionId) -> EvidenceId {
    let record = crate::evidence::Record {
        kind: "document".into(),
        title: format!("Report of {publisher}"),
        summary: "What it says.".into(),
        publisher: publisher.into(),
        effective_on: "2024-05-01".into(),
        reliability: "B".into(),
        credibility: "2".into(),
        handling: "open".into(),
        quoting: "yes".into(),
        identifies_person: Some(false),
        provisions: vec![provision],
        ..crate::evidence::Record::default()
    };
    crate::evidence::record(&stage.cx(&coalition.contributor), record)
        .await
        .expect("recorded")
}

fn words() -> Words {
    Words {
        summary: "A year.".into(),
        headlines: "The house in Secret Street was full.".into(),
        licence: "CC0-1.0".into(),
    }
}

/// Renders as the worker does, with the frozen JSON itself in place of pages.
async fn render(stage: &Stage) -> Vec<RevisionId> {
    let ids = pending(&stage.db).await.expect("pending");
    for id in &ids {
        let content = renderable(&stage.db, *id).await.expect("content");
        let bytes = serde_json::to_vec(&content).expect("serialises");
        let file = Rendered {
            path: "index.html".into(),
            media_type: "text/html".into(),
            bytes: bytes.into(),
        };
        keep(&stage.db, &stage.files, *id, vec![file]).await.expect("kept");
    }
    ids
}

async fn edition(stage: &Stage, coalition: &Coalition) -> EditionId {
    find(&stage.cx(&coalition.publisher), "2024")
        .await
        .expect("published")
        .id
}

#[tokio::test]
async fn the_frozen_content_is_the_same_whenever_it_is_built() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cycle = closed(stage, &coalition).await;
        let words = words();
        let first = super::build::build(stage.db.reader(), cycle, &words, Licence::Zero, "2025-06-15")
            .await
            .expect("built");
        let second = super::build::build(stage.db.reader(), cycle, &words, Licence::Zero, "2025-06-15")
            .await
            .expect("built");
        assert_eq!(
            serde_json::to_string(&first).expect("json"),
            serde_json::to_string(&second).expect("json")
        );
        let provision = &first.chapters[0].provisions[0];
        assert_eq!(provision.findings[0].supporting, [1, 2]);
        assert_eq!(first.evidence.len(), 2);
        let open: Vec<&str> = first.not_assessed.iter().map(|open| open.provision.as_str()).collect();
        assert_eq!(
            open,
            ["12(1)a Title of 12(1)a"],
            "what was not rated is listed, with its reason"
        );
    })
    .await;
}

#[tokio::test]
async fn a_correction_makes_a_new_revision_and_the_old_one_stays() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cycle = closed(stage, &coalition).await;
        let cx = stage.cx(&coalition.publisher);
        publish(&cx, cycle, &words()).await.expect("published");
        render(stage).await;
        let first = find(&cx, "2024").await.expect("published").revisions[0].id;
        let finding = content(stage.db.reader(), first).await.expect("content").chapters[0].provisions[0].findings[0]
            .id
            .clone();
        let input = Correct {
            subject: "finding".into(),
            id: finding,
            words: "The house was full for a month.".into(),
            reason: "The time was missing.".into(),
        };
        correct(&cx, edition(stage, &coalition).await, input)
            .await
            .expect("corrected");
        render(stage).await;
        let listed = find(&cx, "2024").await.expect("published");
        assert_eq!(listed.revisions.iter().map(|r| r.number).collect::<Vec<_>>(), [2, 1]);
        let newest = content(stage.db.reader(), listed.revisions[0].id)
            .await
            .expect("content");
        assert_eq!(
            newest.chapters[0].provisions[0].findings[0].wording,
            "The house was full for a month."
        );
        assert_eq!(newest.corrections[0].words, "The time was missing.");
        let old = content(stage.db.reader(), first).await.expect("content");
        assert_eq!(
            old.chapters[0].provisions[0].findings[0].wording,
            "The house in Secret Street was full."
        );
    })
    .await;
}

#[tokio::test]
async fn what_an_edition_froze_stays_when_its_claims_and_series_are_amended() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cycle = closed(stage, &coalition).await;
        let recorder = stage.cx(&coalition.contributor);
        let provision = crate::claim::choices(&recorder).await.expect("choices").provisions[0]
            .0
            .parse()
            .expect("an id");
        let said = |words: &str| crate::claim::Record {
            provision: Some(provision),
            jurisdiction: "uk".into(),
            words: words.into(),
            source: "Answer 1 (invented)".into(),
            made_on: "2025-03-01".into(),
            ..crate::claim::Record::default()
        };
        let claim = crate::claim::record(&recorder, said("Everyone is housed within a day."))
            .await
            .expect("recorded");
        let counts = |title: &str| crate::series::Record {
            title: title.into(),
            ..crate::series::tests::referrals()
        };
        let series = crate::series::record(&recorder, counts("Referrals"))
            .await
            .expect("recorded");
        crate::series::tests::with_a_value(&recorder).await;

        let cx = stage.cx(&coalition.publisher);
        publish(&cx, cycle, &words()).await.expect("published");
        render(stage).await;
        let revision = find(&cx, "2024").await.expect("published").revisions[0].id;
        let frozen = content(stage.db.reader(), revision).await.expect("content");
        let change = crate::claim::Amend {
            record: said("Everyone is housed within a week."),
            revision: 1,
        };
        crate::claim::amend(&recorder, claim, change).await.expect("amended");
        let change = crate::series::Amend {
            record: counts("People referred"),
            revision: 1,
        };
        crate::series::amend(&recorder, series, change).await.expect("amended");

        let after = content(stage.db.reader(), revision).await.expect("content");
        assert_eq!(
            serde_json::to_string(&after).expect("json"),
            serde_json::to_string(&frozen).expect("json")
        );
        assert_eq!(
            after.chapters[0].provisions[0].claims[0].words,
            "Everyone is housed within a day."
        );
        assert_eq!(after.series[0].title, "Referrals");
        let next = super::build::build(stage.db.reader(), cycle, &words(), Licence::Zero, "2025-06-15")
            .await
            .expect("built");
        assert_eq!(
            next.chapters[0].provisions[0].claims[0].words, "Everyone is housed within a week.",
            "an edition to come prints what the register says"
        );
    })
    .await;
}

#[tokio::test]
async fn a_withdrawal_by_two_people_removes_the_words_from_every_revision_and_verify_accepts_it_alone() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cycle = closed(stage, &coalition).await;
        let cx = stage.cx(&coalition.publisher);
        publish(&cx, cycle, &words()).await.expect("published");
        render(stage).await;
        let first = find(&cx, "2024").await.expect("published").revisions[0].id;
        let frozen = content(stage.db.reader(), first).await.expect("content");
        let finding = frozen.chapters[0].provisions[0].findings[0].id.clone();
        let evidence = frozen.evidence[0].id.clone();
        let input = Correct {
            subject: "evidence".into(),
            id: evidence,
            words: "A better summary.".into(),
            reason: "It was unclear.".into(),
        };
        correct(&cx, edition(stage, &coalition).await, input)
            .await
            .expect("corrected");
        render(stage).await;
        let before: Vec<String> = edition_file::Entity::find()
            .all(stage.db.reader())
            .await
            .expect("files")
            .into_iter()
            .map(|f| f.sha256)
            .collect();

        let input = Propose {
            subject: "finding".into(),
            id: finding,
            reason: "It named a place.".into(),
        };
        let id = propose(&cx, edition(stage, &coalition).await, input)
            .await
            .expect("proposed");
        assert!(
            matches!(approve(&cx, id).await, Err(AppError::Refused(_))),
            "one person is not two"
        );
        approve(&stage.cx(&coalition.coordinator), id).await.expect("approved");
        let visitor = store::work::Actor::nobody();
        let unread = super::file(&stage.cx(&visitor), "2024", None, "index.html").await;
        assert!(
            matches!(unread, Err(AppError::NotFound(_))),
            "nobody reads the old bytes while the new ones are made"
        );
        assert_eq!(render(stage).await.len(), 2, "every revision is rendered anew");

        for number in [1, 2] {
            let (row, bytes) = super::file(&stage.cx(&visitor), "2024", Some(number), "index.html")
                .await
                .expect("readable");
            let text = String::from_utf8_lossy(&bytes);
            assert!(
                !text.contains("Secret Street"),
                "revision {number} still holds the words"
            );
            assert!(text.contains("It named a place."), "revision {number} has no tombstone");
            assert_eq!(row.withdrawal_id, Some(id));
        }
        for hash in before {
            assert!(
                stage.files.get(&hash).await.expect("asked").is_none(),
                "old bytes are still kept"
            );
        }
        let report = super::verify::verify(&stage.db, &stage.files, |_, _| {})
            .await
            .expect("verified");
        assert_eq!((report.withdrawn, report.faults.len()), (2, 0), "{:?}", report.faults);

        // The same change without a withdrawal behind it is found.
        let row = edition_file::Entity::find()
            .one(stage.db.reader())
            .await
            .expect("files")
            .expect("a file");
        let forged = stage.files.put(b"other words".to_vec().into()).await.expect("kept");
        let tx = stage.db.begin().await.expect("a transaction");
        let mut row: edition_file::ActiveModel = row.into();
        row.sha256 = Set(forged);
        row.was_sha256 = Set(Some(files::sha256(b"before")));
        row.withdrawal_id = Set(None);
        row.update(&tx).await.expect("forged");
        tx.commit().await.expect("kept");
        let report = super::verify::verify(&stage.db, &stage.files, |_, _| {})
            .await
            .expect("verified");
        assert_eq!(report.faults.len(), 1, "{:?}", report.faults);
    })
    .await;
}

#[tokio::test]
async fn a_withdrawal_reaches_every_edition_that_prints_the_passage_and_verify_waits_for_them() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = testkit::provision::provisions(stage, &[("12(1)a", "mandatory")]).await[0];
        let mut items = Vec::new();
        for publisher in ["First Press", "Second Press"] {
            items.push(item(stage, &coalition, publisher, provision).await);
        }
        let cx = stage.cx(&coalition.publisher);
        for codes in [("2023", ""), ("2024", "2023")] {
            let cycle = closed_on(stage, &coalition, codes, provision, items.clone()).await;
            publish(&cx, cycle, &words()).await.expect("published");
            render(stage).await;
        }
        let faults = async || {
            let report = super::verify::verify(&stage.db, &stage.files, |_, _| {}).await;
            report.expect("verified").faults
        };
        assert_eq!(faults().await, Vec::<String>::new());
        let input = Propose {
            subject: "evidence".into(),
            id: items[0].to_string(),
            reason: "It named a place.".into(),
        };
        let id = propose(&cx, edition(stage, &coalition).await, input)
            .await
            .expect("proposed");
        approve(&stage.cx(&coalition.coordinator), id).await.expect("approved");
        let waiting = faults().await;
        assert_eq!(waiting.len(), 2, "{waiting:?}");
        assert!(
            waiting.iter().all(|fault| fault.contains("rapporteur publish")),
            "{waiting:?}"
        );
        render(stage).await;
        assert_eq!(faults().await, Vec::<String>::new());
        let visitor = store::work::Actor::nobody();
        for code in ["2023", "2024"] {
            let page = super::file(&stage.cx(&visitor), code, None, "index.html").await;
            let text = String::from_utf8_lossy(&page.expect("readable").1).into_owned();
            assert!(!text.contains("Report of First Press"), "{code} still prints it");
            assert!(text.contains("Report of Second Press"), "{code} lost more than that");
            assert!(text.contains("It named a place."), "{code} has no tombstone");
        }
    })
    .await;
}

#[tokio::test]
async fn an_interrupted_rendering_is_taken_up_again_and_gives_the_same_bytes() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cycle = closed(stage, &coalition).await;
        let cx = stage.cx(&coalition.publisher);
        let id = publish(&cx, cycle, &words()).await.expect("published");
        let job = store::jobs::take(&stage.db, stage.now)
            .await
            .expect("asked")
            .expect("a job waits");
        assert_eq!(job.payload, id.to_string());
        assert!(
            store::jobs::take(&stage.db, stage.now).await.expect("asked").is_none(),
            "nobody else takes it while it lives"
        );
        // The worker dies here; a minute later another takes the job.
        let later = stage.now.plus_seconds(120);
        let again = store::jobs::take(&stage.db, later)
            .await
            .expect("asked")
            .expect("the lost job is taken up");
        assert_eq!((again.id, again.attempts), (job.id, 2));
        render(stage).await;
        let first = super::file(&cx, "2024", None, "index.html")
            .await
            .expect("readable")
            .0
            .sha256;
        let content = renderable(&stage.db, id).await.expect("content");
        let bytes = serde_json::to_vec(&content).expect("serialises");
        assert_eq!(files::sha256(&bytes), first);
    })
    .await;
}
