//! The figures on a provision, where it is assessed and where it is rated.

use domain::cycle::Jurisdiction;
use domain::ids::ProvisionId;
use domain::indicator::{IndicatorState, Statistic};
use measures::invented::{Random, lines};
use monitoring::assessment::{Assign, Submit};
use monitoring::indicator::{Measure, Propose};
use monitoring::{assessment, contribution, cycle, indicator};

use super::*;

/// An indicator that asks for a median and a share, both computed of pooled cases.
fn proposal(provision: ProvisionId) -> Propose {
    let measure = |code: &str, name: &str, statistic: Statistic, unit: &str| Measure {
        code: code.into(),
        name: name.into(),
        statistic,
        numerator: "decisions".into(),
        denominator: "decisions".into(),
        unit: unit.into(),
        levels: Vec::new(),
    };
    Propose {
        code: "I13".into(),
        provisions: vec![provision],
        kind: "process".into(),
        name: "First decisions".into(),
        definition: "How long people wait for a first decision.".into(),
        direction: "lower".into(),
        sources: vec!["NGO".into()],
        disaggregation: vec!["G".into()],
        limits: "Says nothing of those who were never referred.".into(),
        measures: vec![
            measure("I13a", "Wait for a first decision", Statistic::Median, "working days"),
            measure("I13c", "Decided in time", Statistic::Share, "%"),
        ],
        ..Propose::default()
    }
}

#[tokio::test]
async fn whoever_rates_sees_each_figure_with_its_name_and_of_how_many_cases_it_is() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("10(2)", "mandatory")]).await[0];
        let proposed = indicator::propose(&stage.cx(&coalition.contributor), proposal(provision)).await;
        let cx = stage.cx(&coalition.coordinator);
        indicator::close(&cx, proposed.expect("proposed"), IndicatorState::Agreed)
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
        let id = cycle::open(&cx, open).await.expect("opened");
        cycle::advance(&cx, id).await.expect("moved on");
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        coordinator
            .post("/keys/coalition/make", &[])
            .await
            .expect(StatusCode::OK);
        let received = format!("/cycles/{id}/contributions");
        for (place, from, seed) in [(0, 0, 5), (1, 50_000, 8)] {
            let rows = lines(&measures::shipped_pack("2025"), 250, from, &mut Random(seed)).join("\n");
            let organisation = coalition.organisations[place].to_string();
            coordinator
                .upload(
                    &received,
                    &[("organisation", &organisation)],
                    ("file", "rows.csv", rows.as_bytes()),
                )
                .await
                .expect(StatusCode::SEE_OTHER);
        }
        coordinator
            .upload(&format!("{received}/compute"), &[], ("clusters", "", b""))
            .await
            .expect(StatusCode::SEE_OTHER);
        let computed = contribution::measured(&stage.cx(&coalition.observer), id)
            .await
            .expect("read");
        let total = |code: &str| {
            let line = computed.iter().find(|line| line.code == code);
            line.expect("computed").shown.total().clone()
        };
        let (median, share) = (total("I13a"), total("I13c"));
        assert!(median.is_given() && share.is_given(), "{median}, {share}");
        assert!(
            median.basis().is_empty(),
            "a median says of itself not how many it is of"
        );
        let cases = median.d().expect("a number of cases");
        let assign = Assign {
            cycle: id,
            provision,
            jurisdiction: Jurisdiction::Uk,
            first: coalition.first_assessor.member.expect("a member"),
            second: coalition.second_assessor.member.expect("a member"),
        };
        let assigned = assessment::assign(&cx, assign).await.expect("assigned");
        let assessor = Client::member(&router, stage, &coalition.first_assessor).await;
        let shows = async |page: &str| {
            assessor
                .get(&format!("/assessments/{assigned}{page}"))
                .await
                .expect(StatusCode::OK)
                .says(&format!(
                    "I13a Wait for a first decision, pooled cases</a>: <strong>{median}</strong>"
                ))
                .says(&format!("(of {cases} cases)"))
                .says(&format!(
                    "I13c Decided in time, pooled cases</a>: <strong>{share}</strong>"
                ))
                .says(&format!("({})", share.basis()))
                .says("of 500 cases seen by 2 organisations")
                .says("Computed 1 June 2025");
        };
        shows("").await;
        shows("/opinion").await;
        for actor in [&coalition.first_assessor, &coalition.second_assessor] {
            let rating = Submit {
                structure: "N".into(),
                process: "N".into(),
                outcome: "N".into(),
                confidence: "moderate".into(),
                reasons: "Too little was recorded".into(),
                ..Submit::default()
            };
            assessment::submit(&stage.cx(actor), assigned, rating)
                .await
                .expect("it is in");
        }
        shows("/reconcile").await;
    })
    .await;
}
