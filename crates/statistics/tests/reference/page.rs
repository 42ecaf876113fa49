//! `docs/reference/estimates.md`: the comparison, for readers.

use std::collections::BTreeMap;

use crate::Outcome;
use crate::expected::Leaf;
use crate::ours::Ours;

/// Numbers that are printed one by one; every other is counted.
const PRINTED: [(&str, &str); 27] = [
    ("chao/lower_bound", "Chao's lower bound"),
    ("main/estimate", "independent lists"),
    ("main/aic", "its AIC"),
    ("main/deviance", "its deviance"),
    ("main/wald/2.5%", "its Wald interval, from"),
    ("main/wald/97.5%", "to"),
    ("all_pairs/wald/point est.", "all pairs"),
    (
        "checkident_all_pairs",
        "its checks (0 ok, 1 no maximum, 2 not identifiable)",
    ),
    ("stepwise02/estimate", "stepwise, p = 0.02"),
    ("mse12_stepwise/model", "its model, lists by number"),
    ("stepwise02/aic", "its AIC"),
    ("mse12_stepwise/bic", "its BIC"),
    ("stepwise02/wald/2.5%", "its Wald interval, from"),
    ("stepwise02/wald/97.5%", "to"),
    ("rcapture_profileCI_stepwise_model/infCL", "its profile interval, from"),
    ("rcapture_profileCI_stepwise_model/supCL", "to"),
    ("bca_seed1234/ahat", "acceleration of its bootstrap"),
    ("bca_seed1234/quantiles/0.025", "its BCa interval (chance), from"),
    ("bca_seed1234/quantiles/0.975", "to"),
    ("mse12_bic_maxorder2/popest", "lowest BIC, pairs"),
    ("mse12_bic_maxorder2/n_valid_models", "models with an estimate"),
    ("mse12_bic_maxorder3/popest", "lowest BIC, up to three lists in a term"),
    ("mse12_bic_maxorder4/popest", "lowest BIC, up to four lists in a term"),
    ("bayesthresh_proper/popest", "Bayesian threshold (chance)"),
    ("dga_mult30/median", "decomposable graphs, median"),
    ("dga_mult30/q025", "from"),
    ("dga_mult30/q975", "to"),
];

/// Estimates that are held against the truth of a synthetic table.
const AGAINST_TRUTH: [(&str, &str); 6] = [
    ("chao/lower_bound", "Chao's lower bound"),
    ("main/estimate", "independent lists"),
    ("stepwise02/estimate", "stepwise"),
    ("mse12_bic_maxorder2/popest", "lowest BIC, pairs"),
    ("bayesthresh_proper/popest", "Bayesian threshold"),
    ("dga_mult30/median", "decomposable graphs"),
];

/// A number with as many places as a reader can use.
pub(crate) fn number(value: f64) -> String {
    let text = match value.abs() {
        size if size >= 1e7 => return format!("{value:.3e}"),
        size if size >= 1_000.0 => format!("{value:.1}"),
        size if size >= 100.0 => format!("{value:.2}"),
        size if size >= 0.01 || size == 0.0 => format!("{value:.4}"),
        _ => return format!("{value:.3e}"),
    };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn shown(value: &serde_json::Value) -> String {
    value
        .as_f64()
        .map_or_else(|| value.as_str().unwrap_or("").to_owned(), number)
}

/// What the group of a path is called: its first part.
fn group(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

/// The page.
pub(crate) fn render(compared: &[(Leaf, Outcome)]) -> String {
    let mut page = String::from(
        "# Estimates beside those of other packages\n\n\
        Written by the test `crates/statistics/tests/reference`; do not edit. It goes through every number that other \
        packages gave on published tables, and holds those that a shipped method has too against what \
        `statistics::multiple_systems` gives on the same tables: SparseMSE 2.0.1, \
        MultipleSystemsEstimation 1.2.0, Rcapture 1.4-4, dga 2.0.2 and LCMCR 0.4.14, all in R.\n\n\
        What chance has no part in must be the same at 1e-4 relative; what it has a part in must lie within the spread \
        that its number of draws leaves. The numbers that readers ask for are printed \
        table by table; the others are counted. What is not compared is counted at the end, each with its reason.\n\n",
    );
    counts(&mut page, compared);
    against_truth(&mut page, compared);
    printed(&mut page, compared);
    explained(&mut page, compared);
    left(&mut page, compared);
    page
}

fn counts(page: &mut String, compared: &[(Leaf, Outcome)]) {
    page.push_str("## In numbers\n\n| field | matched | largest relative difference | explained | not compared |\n|---|---:|---:|---:|---:|\n");
    let mut groups: BTreeMap<&str, (usize, f64, usize, usize)> = BTreeMap::new();
    for (leaf, outcome) in compared {
        let entry = groups.entry(group(&leaf.path)).or_default();
        match outcome {
            Outcome::Matched(ours) => {
                entry.0 += 1;
                if let (Ours::Exact(ours), Some(theirs)) = (ours, leaf.value.as_f64()) {
                    // Deviances of perfect fits are rounding on both sides.
                    if theirs.abs() > 1e-6 {
                        entry.1 = entry.1.max((ours / theirs - 1.0).abs());
                    }
                }
            }
            Outcome::Explained(..) => entry.2 += 1,
            Outcome::Left(_) => entry.3 += 1,
            Outcome::Differs(_) | Outcome::Forgotten => {}
        }
    }
    let mut total = (0, 0, 0);
    for (name, (matched, difference, explained, left)) in groups {
        let difference = if difference > 0.0 {
            bound(difference)
        } else {
            String::new()
        };
        page.push_str(&format!(
            "| {name} | {matched} | {difference} | {explained} | {left} |\n"
        ));
        total = (total.0 + matched, total.1 + explained, total.2 + left);
    }
    page.push_str(&format!(
        "| **all** | **{}** | | **{}** | **{}** |\n\n",
        total.0, total.1, total.2
    ));
}

/// A power of ten above a difference, 1e-8 at least: what is smaller, and digits, would differ from machine to machine.
fn bound(difference: f64) -> String {
    let text = format!("{:e}", difference.max(1e-9));
    let power: i32 = text
        .split_once('e')
        .and_then(|(_, power)| power.parse().ok())
        .unwrap_or(0);
    format!("< 1e{}", power + 1)
}

fn find<'a>(compared: &'a [(Leaf, Outcome)], dataset: &str, path: &str) -> Option<&'a (Leaf, Outcome)> {
    compared
        .iter()
        .find(|(leaf, _)| leaf.dataset == dataset && leaf.path == path)
}

fn ours(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Matched(ours) | Outcome::Explained(ours, _) | Outcome::Differs(ours) => ours.shown(),
        Outcome::Left(_) | Outcome::Forgotten => "none".to_owned(),
    }
}

fn datasets(compared: &[(Leaf, Outcome)]) -> Vec<&str> {
    compared
        .iter()
        .filter(|(leaf, _)| leaf.path == "source")
        .map(|(leaf, _)| leaf.dataset.as_str())
        .collect()
}

fn against_truth(page: &mut String, compared: &[(Leaf, Outcome)]) {
    page.push_str(
        "## Synthetic tables whose true size is known\n\n\
        Synth3_indep has independent lists, Synth6_pairs two dependent pairs, Synth5_latent two kinds of people: there every \
        method is far too low, and nothing in the table says so.\n\n| table | truth |",
    );
    page.push_str(&AGAINST_TRUTH.map(|(_, name)| format!(" {name} |")).concat());
    page.push_str(&format!("\n|---|---:|{}\n", "---:|".repeat(AGAINST_TRUTH.len())));
    for name in datasets(compared) {
        let Some((truth, _)) = find(compared, name, "true_population") else {
            continue;
        };
        page.push_str(&format!("| {name} | {} |", shown(&truth.value)));
        for (path, _) in AGAINST_TRUTH {
            let cell = find(compared, name, path)
                .map(|(_, outcome)| ours(outcome))
                .unwrap_or_default();
            page.push_str(&format!(" {cell} |"));
        }
        page.push('\n');
    }
    page.push('\n');
}

fn printed(page: &mut String, compared: &[(Leaf, Outcome)]) {
    page.push_str("## Table by table\n\n");
    for name in datasets(compared) {
        let source = find(compared, name, "source")
            .map(|(leaf, _)| shown(&leaf.value))
            .unwrap_or_default();
        let source = if source.starts_with("synthetic") {
            "synthetic".to_owned()
        } else {
            source
        };
        page.push_str(&format!(
            "### {name}\n\n{source}.\n\n| | ours | reference |\n|---|---:|---:|\n"
        ));
        for (path, words) in PRINTED {
            if let Some((leaf, outcome)) = find(compared, name, path) {
                page.push_str(&format!("| {words} | {} | {} |\n", ours(outcome), shown(&leaf.value)));
            }
        }
        page.push('\n');
    }
}

fn explained(page: &mut String, compared: &[(Leaf, Outcome)]) {
    page.push_str("## Where ours is another number\n\n| table | field | ours | reference | why ours stands |\n|---|---|---:|---:|---|\n");
    for (leaf, outcome) in compared {
        if let Outcome::Explained(ours, reason) = outcome {
            let (name, path) = (&leaf.dataset, &leaf.path);
            page.push_str(&format!(
                "| {name} | {path} | {} | {} | {reason} |\n",
                ours.shown(),
                shown(&leaf.value)
            ));
        }
    }
    page.push('\n');
}

fn left(page: &mut String, compared: &[(Leaf, Outcome)]) {
    page.push_str("## Not compared\n\n| numbers | fields | reason |\n|---:|---|---|\n");
    let mut reasons: BTreeMap<&str, (usize, Vec<&str>)> = BTreeMap::new();
    for (leaf, outcome) in compared {
        if let Outcome::Left(reason) = outcome {
            let entry = reasons.entry(reason).or_default();
            entry.0 += 1;
            let group = group(&leaf.path);
            if !entry.1.contains(&group) {
                entry.1.push(group);
            }
        }
    }
    for (reason, (count, groups)) in reasons {
        page.push_str(&format!("| {count} | {} | {reason} |\n", groups.join(", ")));
    }
}
