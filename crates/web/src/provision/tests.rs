//! One provision's page: what hangs on it, who sees what, and where each block leads when it is empty.

use axum::http::StatusCode;
use domain::cycle::Jurisdiction;
use domain::ids::{CycleId, IndicatorVersionId, ProvisionId};
use domain::indicator::Statistic;
use monitoring::indicator::{Measure, Propose};
use monitoring::{assessment, claim, cycle, evidence, finding, indicator, measurement};
use testkit::{Client, Coalition, Stage, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

/// A proposed indicator for a provision.
fn proposal(provision: ProvisionId) -> Propose {
    Propose {
        code: "I99".into(),
        provisions: vec![provision],
        kind: "outcome".into(),
        name: "Safe a year on".into(),
        definition: "The share of people who are safe one year after they left support.".into(),
        direction: "higher".into(),
        sources: vec!["NGO".into()],
        disaggregation: vec!["G".into()],
        limits: "Says nothing of those who cannot be reached.".into(),
        measures: vec![Measure {
            code: "I99a".into(),
            name: "Safe after a year".into(),
            statistic: Statistic::Share,
            numerator: "people found safe".into(),
            denominator: "people reached".into(),
            unit: "%".into(),
            levels: Vec::new(),
        }],
        ..Propose::default()
    }
}

/// Evidence that only its organisation, or everyone, may see.
async fn item(
    stage: &Stage,
    coalition: &Coalition,
    provision: ProvisionId,
    title: &str,
    handling: &str,
) -> domain::ids::EvidenceId {
    let input = evidence::Record {
        kind: "document".into(),
        title: title.into(),
        summary: "Found beds short.".into(),
        publisher: "Specimen press".into(),
        effective_on: "2024-05-01".into(),
        reliability: "B".into(),
        credibility: "2".into(),
        handling: handling.into(),
        quoting: "yes".into(),
        identifies_person: Some(false),
        provisions: vec![provision],
        ..evidence::Record::default()
    };
    evidence::record(&stage.cx(&coalition.contributor), input)
        .await
        .expect("an item is recorded")
}

/// Something in every block of a provision's page; gives a proposed indicator.
pub(crate) async fn filled(stage: &Stage, coalition: &Coalition, provision: ProvisionId) -> IndicatorVersionId {
    let agreed = indicator::propose(
        &stage.cx(&coalition.contributor),
        Propose {
            code: "I98".into(),
            name: "Beds".into(),
            ..proposal(provision)
        },
    )
    .await
    .expect("proposed");
    indicator::close(
        &stage.cx(&coalition.coordinator),
        agreed,
        domain::indicator::IndicatorState::Agreed,
    )
    .await
    .expect("agreed");
    let proposed = indicator::propose(&stage.cx(&coalition.contributor), proposal(provision))
        .await
        .expect("proposed");
    indicator::comment(&stage.cx(&coalition.first_assessor), proposed, "Who counts as safe?")
        .await
        .expect("commented");
    let source = item(stage, coalition, provision, "An open report on beds", "open").await;
    let said = claim::Record {
        provision: Some(provision),
        jurisdiction: "uk".into(),
        words: "Every victim has a bed.".into(),
        source: "Written answer 1".into(),
        made_on: "2024-02-03".into(),
        ..claim::Record::default()
    };
    claim::record(&stage.cx(&coalition.contributor), said)
        .await
        .expect("a claim");
    let cx = stage.cx(&coalition.coordinator);
    let open = cycle::Open {
        code: "2024".into(),
        title: "Audit 2024".into(),
        period_start: "2024-01-01".into(),
        period_end: "2024-12-31".into(),
        cutoff_on: "2025-03-31".into(),
        ..cycle::Open::default()
    };
    let id = cycle::open(&cx, open).await.expect("a cycle opens");
    cycle::advance(&cx, id).await.expect("gathering");
    let figure = measurement::Record {
        cycle: Some(id),
        indicator: Some(agreed),
        measure: "I99a".into(),
        stratum: "all".into(),
        jurisdiction: "uk".into(),
        numerator: "81".into(),
        denominator: "263".into(),
        source: "A log of requests".into(),
        vintage_on: "2025-05-01".into(),
        ..measurement::Record::default()
    };
    measurement::record(&stage.cx(&coalition.contributor), figure)
        .await
        .expect("a figure");
    let found = finding::Record {
        cycle: Some(id),
        provision: Some(provision),
        jurisdiction: "uk".into(),
        title: "Beds are short".into(),
        claim: "People wait for a bed.".into(),
        proof: "balance".into(),
        ..finding::Record::default()
    };
    finding::record(&stage.cx(&coalition.first_assessor), found)
        .await
        .expect("a finding");
    rated(stage, coalition, id, provision, source).await;
    proposed
}

/// A reconciled rating: the letter is kept, the practice is not.
async fn rated(
    stage: &Stage,
    coalition: &Coalition,
    cycle: CycleId,
    provision: ProvisionId,
    source: domain::ids::EvidenceId,
) {
    let cx = stage.cx(&coalition.coordinator);
    cycle::advance(&cx, cycle).await.expect("assessing");
    let assign = assessment::Assign {
        cycle,
        provision,
        jurisdiction: Jurisdiction::Uk,
        first: coalition.first_assessor.member.expect("a member"),
        second: coalition.second_assessor.member.expect("a member"),
    };
    let id = assessment::assign(&cx, assign).await.expect("assigned");
    let rating = assessment::Submit {
        structure: "4".into(),
        process: "2".into(),
        outcome: "1".into(),
        confidence: "moderate".into(),
        reasons: "The report says so.".into(),
        cites: vec![source],
    };
    for assessor in [&coalition.first_assessor, &coalition.second_assessor] {
        assessment::submit(&stage.cx(assessor), id, rating.clone())
            .await
            .expect("submitted");
    }
    let revision = assessment::get(&cx, id).await.expect("visible").row.revision;
    let agreed = assessment::Reconcile {
        rating,
        trend: "new".into(),
        revision,
    };
    assessment::reconcile(&cx, id, agreed).await.expect("reconciled");
}

#[tokio::test]
async fn everything_that_hangs_on_a_provision_is_on_its_page() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let provision = provisions(stage, &[("12(1)a", "mandatory"), ("12(1)b", "mandatory")]).await[0];
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let address = format!("/provisions/{provision}");
        let empty = member
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Not assessed in any cycle yet")
            .says("No indicator measures this provision yet");
        empty
            .says(&format!("/evidence/new?provision={provision}"))
            .says(&format!("/claims/new?provision={provision}"));
        let proposed = filled(stage, &coalition, provision).await;
        item(stage, &coalition, provision, "A note for ourselves", "source_only").await;
        let page = member.get(&address).await.expect(StatusCode::OK);
        let page = page
            .says("Letter ahead of practice")
            .says("4</span>")
            .says("I98 Beds")
            .says("Proposed, not agreed yet");
        let page = page
            .says("30.8%")
            .says("81 of 263")
            .says("An open report on beds")
            .says("A note for ourselves");
        let page = page
            .says("Every victim has a bed.")
            .says("Beds are short")
            .says("After: 12(1)b");
        for link in page
            .body
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|link| link.starts_with('/') && !link.contains('.'))
        {
            let status = member.get(link.split('#').next().unwrap()).await.status;
            assert!(
                status == StatusCode::OK || status == StatusCode::SEE_OTHER,
                "{link} leads to {status}"
            );
        }
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("An open report on beds")
            .lacks("A note for ourselves")
            .lacks("/claims/new");
        observer
            .get(&format!("/indicators/{proposed}"))
            .await
            .expect(StatusCode::OK)
            .says("Who counts as safe?")
            .says("Has not answered");
    })
    .await;
}

#[tokio::test]
async fn a_provision_that_does_not_bind_says_that_it_is_never_rated() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let ids = provisions(
            stage,
            &[("1(1)", "framework"), ("13(2)", "optional"), ("10(1)", "mandatory")],
        )
        .await;
        let observer = Client::member(&router, stage, &coalition.observer).await;
        for id in &ids[..2] {
            observer
                .get(&format!("/provisions/{id}"))
                .await
                .expect(StatusCode::OK)
                .says("Never rated as a breach")
                .lacks("Not assessed in any cycle");
        }
        observer
            .get(&format!("/provisions/{}", ids[2]))
            .await
            .lacks("Never rated as a breach");
        for unknown in [
            "/provisions/00000000-0000-4000-8000-000000000000",
            "/provisions/nonsense",
            "/standards/nonsense",
            "/indicators/nonsense",
        ] {
            observer.get(unknown).await.expect(StatusCode::NOT_FOUND);
        }
    })
    .await;
}

#[tokio::test]
async fn pooled_measures_of_its_indicators_stand_on_the_page_with_whose_cases_they_are() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("10(2)", "mandatory")]).await[0];
        let measure = Measure {
            code: "I13c".into(),
            ..proposal(provision).measures[0].clone()
        };
        let proposed = Propose {
            code: "I13".into(),
            measures: vec![measure],
            ..proposal(provision)
        };
        let id = indicator::propose(&stage.cx(&coalition.contributor), proposed)
            .await
            .expect("proposed");
        let cx = stage.cx(&coalition.coordinator);
        indicator::close(&cx, id, domain::indicator::IndicatorState::Agreed)
            .await
            .expect("agreed");
        let open = cycle::Open {
            code: "2025".into(),
            title: "Audit 2025".into(),
            period_start: "2025-01-01".into(),
            period_end: "2025-12-31".into(),
            cutoff_on: "2025-12-31".into(),
            ..cycle::Open::default()
        };
        let cycle = cycle::open(&cx, open).await.expect("opened");
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let address = format!("/provisions/{provision}");
        coordinator.get(&address).await.says("Not measured in any cycle yet");
        coordinator
            .post("/keys/coalition/make", &[])
            .await
            .expect(StatusCode::OK);
        let lines = measures::invented::lines(
            &measures::shipped_pack("2025"),
            200,
            0,
            &mut measures::invented::Random(5),
        );
        let page = format!("/cycles/{cycle}/contributions");
        let organisation = coalition.organisations[1].to_string();
        coordinator
            .upload(
                &page,
                &[("organisation", &organisation)],
                ("file", "rows.csv", lines.join("\n").as_bytes()),
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        coordinator
            .upload(&format!("{page}/compute"), &[], ("clusters", "", b""))
            .await
            .expect(StatusCode::SEE_OTHER);
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .lacks("Not measured in any cycle yet")
            .says("pooled cases have no jurisdiction")
            .says(&format!("/cycles/{cycle}/pooled/I13c"))
            .says("of cases whose number is withheld, seen by 1 organisation");
    })
    .await;
}
