//! What holds for every table: order of lists, threads, scale, checks.
#![expect(clippy::unwrap_used, reason = "a panic in a test is the report")]

use proptest::prelude::*;
use statistics::multiple_systems::model::pairs;
use statistics::multiple_systems::{
    Histories, Method, Model, Refusal, Settings, hierarchical, panel, poisson, stepwise,
};

/// Tables of 3 to 5 lists with many empty overlaps, none of whose lists is empty.
fn tables() -> impl Strategy<Value = Histories> {
    (3_usize..=5)
        .prop_flat_map(|lists| {
            let count = prop_oneof![4 => Just(0_u64), 3 => 1_u64..10, 2 => 10_u64..200];
            (Just(lists), proptest::collection::vec(count, 1 << lists))
        })
        .prop_filter_map("somebody on each list", |(lists, mut counts)| {
            counts[0] = 0;
            Histories::new((0..lists).map(|list| format!("L{list}")), counts).ok()
        })
}

/// The same people with list `i` in the place of `order[i]`.
fn permuted(histories: &Histories, order: &[usize]) -> Histories {
    let moved = |set: usize| -> usize {
        (0..order.len())
            .filter(|list| set >> list & 1 == 1)
            .map(|list| 1_usize << order[list])
            .sum()
    };
    let mut counts = vec![0; histories.counts().len()];
    for (history, count) in histories.counts().iter().enumerate() {
        counts[moved(history)] = *count;
    }
    let mut names = histories.names().to_vec();
    for (list, place) in order.iter().enumerate() {
        names[*place].clone_from(&histories.names()[list]);
    }
    Histories::new(names, counts).unwrap()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()) + 1e-9
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_lists_changes_no_model(histories in tables(), turn in 0_usize..5, pick in any::<u16>()) {
        let lists = histories.lists();
        let order: Vec<usize> = (0..lists).map(|list| (list + turn) % lists).collect();
        let turned = permuted(&histories, &order);
        let chosen: Vec<u16> = pairs(lists).into_iter().enumerate().filter(|(i, _)| pick >> i & 1 == 1).map(|(_, p)| p).collect();
        let moved = |term: &u16| -> u16 {
            (0..lists).filter(|list| term >> list & 1 == 1).map(|list| 1_u16 << order[list]).sum()
        };
        let here = poisson::fit(&histories, &Model::from_terms(lists, chosen.iter().copied()));
        let there = poisson::fit(&turned, &Model::from_terms(lists, chosen.iter().map(moved)));
        match (here, there) {
            (Ok(here), Ok(there)) => {
                prop_assert!(near(here.total(), there.total()), "{} {}", here.total(), there.total());
                prop_assert!(near(here.bic, there.bic) && near(here.deviance + 1.0, there.deviance + 1.0));
            }
            (Err(Refusal::NoEstimate { checks: here, .. }), Err(Refusal::NoEstimate { checks: there, .. })) => {
                prop_assert_eq!(here, there);
            }
            (here, there) => prop_assert!(false, "{here:?} {there:?}"),
        }
    }

    #[test]
    fn ten_times_the_people_are_ten_times_the_estimate(histories in tables()) {
        let tenfold = Histories::new(histories.names().to_vec(), histories.counts().iter().map(|c| c * 10).collect()).unwrap();
        let model = Model::main_effects(histories.lists());
        match (poisson::fit(&histories, &model), poisson::fit(&tenfold, &model)) {
            (Ok(one), Ok(ten)) => prop_assert!(near(10.0 * one.total(), ten.total())),
            (Err(_), Err(_)) => {}
            (one, ten) => prop_assert!(false, "{one:?} {ten:?}"),
        }
    }

    #[test]
    fn a_fit_keeps_the_margins_of_its_terms(histories in tables(), pick in any::<u16>()) {
        let chosen = pairs(histories.lists()).into_iter().enumerate().filter(|(i, _)| pick >> i & 1 == 1).map(|(_, p)| p);
        let model = Model::from_terms(histories.lists(), chosen);
        if let Ok(fit) = poisson::fit(&histories, &model) {
            for term in model.terms() {
                let seen = fit.fitted.iter().enumerate().skip(1);
                let fitted: f64 = seen.filter(|(h, _)| h & usize::from(term) == usize::from(term)).map(|(_, f)| f).sum();
                let observed = histories.on_all_of(term.into()) as f64;
                prop_assert!((fitted - observed).abs() < 1e-5 * (1.0 + observed), "{term}: {fitted} {observed}");
            }
            prop_assert!(fit.total() > histories.observed() as f64);
        }
    }

    #[test]
    fn no_larger_model_has_a_larger_deviance(histories in tables()) {
        let ranking = hierarchical::rank(&histories, 2);
        if let Ok(ranking) = ranking {
            let main = poisson::fit(&histories, &Model::main_effects(histories.lists()));
            if let Ok(main) = main {
                for ranked in ranking.models.iter().take(5) {
                    let fit = poisson::fit(&histories, &ranked.model).unwrap();
                    prop_assert!(fit.deviance <= main.deviance + 1e-6);
                }
            }
        }
    }

    #[test]
    fn every_chosen_model_passes_its_checks(histories in tables()) {
        if let Ok(choice) = stepwise::choose(&histories, 0.5) {
            prop_assert!(poisson::fit(&histories, &choice.model).is_ok());
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_digit() {
    let histories = Histories::read(include_str!("tables/united_kingdom_5.csv")).unwrap();
    let settings = Settings {
        resamples: 200,
        ..Settings::default()
    };
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            [Method::Stepwise, Method::Bic, Method::Downhill].map(|m| panel::estimate(&histories, m, &settings))
        })
    };
    assert_eq!(run(1), run(4));
}

#[test]
fn another_seed_draws_other_resamples() {
    let histories = Histories::new(["b", "c", "d"], vec![0, 5, 5, 54, 41, 6, 0, 12]).unwrap();
    let run = |seed| {
        stepwise::estimate(
            &histories,
            &Settings {
                resamples: 100,
                seed,
                ..Settings::default()
            },
        )
        .unwrap()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).bootstrap, run(2).bootstrap);
    assert_eq!(run(1).estimate.to_bits(), run(2).estimate.to_bits());
}

#[test]
fn lists_that_hold_the_same_people_have_no_estimate() {
    // Everybody on the first list is on the second, and the other way round.
    let histories = Histories::new(["A", "B", "C"], vec![0, 0, 0, 30, 40, 0, 0, 5]).unwrap();
    let pair = poisson::fit(&histories, &Model::from_terms(3, [0b011]));
    assert!(matches!(pair, Err(Refusal::NoEstimate { .. })), "{pair:?}");
}

#[test]
fn ten_lists_are_taken_and_the_whole_searches_say_what_they_cannot() {
    let mut counts = vec![0_u64; 1 << 10];
    for list in 0..10_usize {
        counts[1 << list] = 20 + list as u64;
        counts[1 << list | 1 << ((list + 1) % 10)] = 3;
    }
    let histories = Histories::new((0..10).map(|list| format!("L{list}")), counts).unwrap();
    let settings = Settings {
        resamples: 3,
        ..Settings::default()
    };
    assert!(panel::estimate(&histories, Method::Stepwise, &settings).is_ok());
    let refused = panel::estimate(&histories, Method::Bic, &settings).unwrap_err();
    assert_eq!(refused, Refusal::TooManyLists { lists: 10, most: 6 });
    let five = Histories::read(include_str!("tables/united_kingdom.csv")).unwrap();
    let every_order = Settings {
        max_order: 5,
        ..settings
    };
    let refused = panel::estimate(&five, Method::Bic, &every_order).unwrap_err();
    assert_eq!(refused, Refusal::TooManyLists { lists: 6, most: 5 });
}
