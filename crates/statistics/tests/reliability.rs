//! The checks of reliability and the verdict on published and invented data: what is known of each set
//! must show.
#![expect(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod expected;

use statistics::multiple_systems::reliability::{Change, consistency, coverage, held_out, sensitivity};
use statistics::multiple_systems::verdict::{self, Verdict};
use statistics::multiple_systems::{
    Estimate, Histories, Method, Refusal, Settings, graphs, poisson, stepwise, threshold,
};

fn histories(name: &str) -> Option<Histories> {
    expected::data_sets()
        .into_iter()
        .find(|set| set.name == name)
        .map(|set| set.histories)
}

fn settings() -> Settings {
    Settings {
        resamples: 0,
        ..Settings::default()
    }
}

fn chosen(histories: &Histories) -> Result<Estimate, Refusal> {
    stepwise::estimate(histories, &settings())
}

fn results(histories: &Histories) -> Vec<Estimate> {
    let methods = [stepwise::estimate, threshold::estimate, graphs::estimate];
    methods
        .iter()
        .map(|method| method(histories, &settings()).unwrap())
        .collect()
}

#[test]
fn the_verdict_on_the_united_kingdom_and_on_the_netherlands_is_disagreement() {
    for (name, at_least) in [("UKdat_5", 1.8), ("Ned_5", 2.0)] {
        let Some(histories) = histories(name) else { return };
        let verdict = verdict::of(&histories, &Method::ALL, &results(&histories));
        let Verdict::Disagree { factor, .. } = verdict else {
            panic!("{name}: {verdict}")
        };
        assert!(factor > at_least && factor < 3.0, "{name}: {verdict}");
    }
}

#[test]
fn the_verdict_on_independent_lists_is_agreement_and_the_true_number_is_in_every_interval() {
    let Some(set) = expected::data_sets().into_iter().find(|set| set.name == "Synth3_indep") else {
        return;
    };
    let results = results(&set.histories);
    let verdict = verdict::of(&set.histories, &Method::ALL, &results);
    assert!(matches!(verdict, Verdict::Agree { methods: 3, .. }), "{verdict}");
    let truth = set.expected["true_population"].as_f64().unwrap();
    for interval in results.iter().filter_map(|result| result.interval) {
        assert!(interval.lower <= truth && truth <= interval.upper, "{interval:?}");
    }
}

#[test]
fn the_verdict_on_a_list_that_meets_no_other_is_that_nothing_can_be_said() {
    let Some(histories) = histories("Artificial_3") else {
        return;
    };
    assert!(matches!(
        verdict::of(&histories, &Method::ALL, &results(&histories)),
        Verdict::NotEnough(_)
    ));
}

#[test]
fn leaving_out_a_list_moves_the_united_kingdom_more_than_invented_lists() {
    let spread = |name: &str| {
        let histories = histories(name)?;
        let changes = sensitivity(&histories, chosen);
        let left_out = changes
            .iter()
            .filter(|changed| matches!(changed.change, Change::Without(_)));
        let estimates: Vec<f64> = left_out
            .filter_map(|changed| Some(changed.estimate.as_ref().ok()?.estimate))
            .collect();
        let (low, high) = estimates
            .iter()
            .fold((f64::MAX, 0.0_f64), |(low, high), one| (low.min(*one), high.max(*one)));
        Some(high / low)
    };
    let (Some(published), Some(invented)) = (spread("UKdat_5"), spread("Synth6_pairs")) else {
        return;
    };
    assert!(published > 1.3 && published > invented, "{published} {invented}");
}

#[test]
fn known_people_of_a_list_are_checked_and_overlaps_predicted() {
    let Some(histories) = histories("Synth6_pairs") else {
        return;
    };
    let found = consistency(&histories, chosen);
    assert_eq!(found.len(), 6);
    for one in &found {
        let ratio = one.ratio().unwrap();
        assert!((0.5..2.0).contains(&ratio), "{}: {ratio}", histories.names()[one.list]);
    }
    let model = stepwise::choose(&histories, 0.02).unwrap().model;
    let surprises: Vec<f64> = held_out(&histories, &model)
        .unwrap()
        .iter()
        .filter_map(statistics::multiple_systems::reliability::HeldOut::surprise)
        .collect();
    let large = surprises.iter().filter(|surprise| surprise.abs() > 3.0).count();
    assert!(surprises.len() > 40 && large <= 2, "{large} of {}", surprises.len());
}

#[test]
fn the_coverage_of_the_chosen_model_is_simulated() {
    let Some(histories) = histories("NewOrl_5") else { return };
    let fit = poisson::fit(&histories, &stepwise::choose(&histories, 0.02).unwrap().model).unwrap();
    let method = |seen: &Histories| poisson::main_effects(seen, 0.95);
    let found = coverage(&fit, histories.names(), 100, 1, method, |_| {});
    assert_eq!((found.truth, found.simulations), (1_034, 100));
    let (share, _) = found.share().unwrap();
    assert!(share > 0.8, "{share}");
}
