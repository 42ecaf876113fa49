//! What a definition gives, of cases that nobody has or of one's own: with everything small withheld, as everywhere.

use std::sync::LazyLock;

use domain::indicator::Statistic;
use domain::pack::{Definition, Pack, Schema};
use measures::definition::unit;
use measures::pool::{Figure, Measurement, Pooled};
use measures::{Rows, evaluate, invented, shipped_pack, small};
use store::AppError;

use crate::app::Invented;

/// How many cases a definition is tried on where there is no model.
const CASES: u64 = 3000;
/// The seed that they come from: the same for everyone, so that two people who try the same see the same.
const SEED: u64 = 2008;

/// What is said of cases that the model tells.
const OF_THE_MODEL: &str = "The cases are invented: they are the demonstration’s, drawn from a model whose every number was made up and which docs/reference/demo-model.md explains. They show what a figure looks like where cases are kept as they are kept there, and not what is true. What the model does not tell of is not recorded in any of them.";
/// What is said of cells filled at random.
const AT_RANDOM: &str =
    "The invented cases say anything at random: they show that it can be computed, and not what is true.";

/// A definition tried.
pub(super) struct Preview {
    /// Of whose cases.
    pub whose: String,
    /// How they were invented; empty where they were not.
    pub how: &'static str,
    pub found: Measurement,
    /// The unit of its figures.
    unit: String,
    /// Whether they are cases counted among others, as a share of cases is.
    is_divided: bool,
    /// How much is recorded of what it needs: by column, in how many cases of how many.
    pub recorded: Vec<(String, String)>,
    /// By column: its words, its cells with their words, and how many cases are in none that is shown.
    pub strata: Vec<Stratum>,
}

/// A breakdown, in words.
pub(super) struct Stratum {
    pub words: String,
    pub cells: Vec<(String, Option<Figure>)>,
    pub missing: Option<u64>,
}

/// Tries a definition on invented cases: those of the model, or else such as say anything at random.
pub(super) fn of_invented(model: Option<Invented>, definition: &Definition, pack: &Pack) -> Result<Preview, AppError> {
    // Every look at a form asks for them: they are made once.
    static ROWS: LazyLock<Rows> = LazyLock::new(|| invented::rows(&shipped_pack(""), CASES, SEED));
    let (rows, how) = match model {
        Some(rows) => (rows(), OF_THE_MODEL),
        None => (&*ROWS, AT_RANDOM),
    };
    of(definition, pack, rows, format!("{} invented cases", rows.len()), how)
}

/// Tries a definition on these rows.
pub(super) fn of(
    definition: &Definition,
    pack: &Pack,
    rows: &Rows,
    whose: String,
    how: &'static str,
) -> Result<Preview, AppError> {
    let definitions = std::slice::from_ref(definition);
    let inside = |what: String| AppError::Internal(std::io::Error::other(what).into());
    let mut aggregates = evaluate(rows, definitions).map_err(|faults| inside(format!("{faults:?}")))?;
    small::merge_small(&mut aggregates, pack.threshold);
    let pack = Pack {
        definitions: definitions.to_vec(),
        ..pack.clone()
    };
    let mut pooled = Pooled::new();
    pooled
        .add(&pack, &aggregates)
        .map_err(|refused| inside(refused.to_string()))?;
    let found = pooled
        .measurements(&pack)
        .into_iter()
        .next()
        .ok_or_else(|| inside("nothing was computed".to_owned()))?;
    let strata = found.strata.iter().map(|part| Stratum {
        words: label(&pack.schema, &part.column),
        cells: part
            .cells
            .iter()
            .map(|(code, figure)| (words(&pack.schema, &part.column, code), figure.clone()))
            .collect(),
        missing: part.missing,
    });
    let recorded = found.recorded.iter().flat_map(|of| {
        let line = |(column, n): &(String, Option<u64>)| {
            let said = n.map_or_else(|| "withheld".to_owned(), |n| format!("{n} of {}", of.cases));
            (label(&pack.schema, column), said)
        };
        of.columns.iter().map(line).collect::<Vec<_>>()
    });
    Ok(Preview {
        whose,
        how,
        unit: unit(definition, &pack.schema),
        is_divided: matches!(definition.statistic, Statistic::Share | Statistic::Rate) && definition.of.is_none(),
        recorded: recorded.collect(),
        strata: strata.collect(),
        found,
    })
}

fn label(schema: &Schema, name: &str) -> String {
    schema
        .column(name)
        .map_or_else(|| name.to_owned(), |(_, column)| column.label.clone())
}

fn words(schema: &Schema, name: &str, code: &str) -> String {
    let codes = schema
        .column(name)
        .map_or(&[] as &[_], |(_, column)| schema.codes(column));
    codes
        .iter()
        .find(|known| known.code == code)
        .map_or_else(|| code.to_owned(), |known| known.words.clone())
}

impl Preview {
    /// A figure as it is read: “at least 12.5 working days”, or a dash where there is nothing to divide by.
    pub(super) fn value(&self, of: &Figure) -> String {
        let Some(value) = of.value else {
            return "–".to_owned();
        };
        let rounded = ((value * 10.0).round() / 10.0).to_string();
        let unit = self.unit.as_str();
        let read = match unit {
            "%" => format!("{rounded}%"),
            "pounds" => format!("£{rounded}"),
            _ if rounded == "1" && !unit.contains("per ") => {
                format!("1 {}", unit.strip_suffix('s').unwrap_or(unit))
            }
            _ => format!("{rounded} {unit}"),
        };
        if of.is_at_least {
            format!("at least {read}")
        } else {
            read
        }
    }

    /// How many cases the figure is of and how many do not say enough, in brackets; empty where there is nothing to say.
    pub(super) fn beside(&self, of: &Figure) -> String {
        let cases = match self.found.statistic {
            Statistic::Count => None,
            _ if self.is_divided => Some(format!("counted {} of {}", of.n, of.d)),
            _ => Some(format!("of {} cases", of.d)),
        };
        let missing = of.missing.filter(|missing| *missing > 0);
        let missing = missing.map(|missing| format!("{missing} do not say enough"));
        let parts: Vec<String> = cases.into_iter().chain(missing).collect();
        if parts.is_empty() {
            String::new()
        } else {
            format!(" ({})", parts.join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_measure_gives_a_figure_of_the_invented_cases() {
        let pack = shipped_pack("");
        for definition in &pack.definitions {
            let tried = of_invented(None, definition, &pack).expect(&definition.code);
            assert_eq!(tried.strata.len(), definition.strata.len(), "{}", definition.code);
            assert!(tried.how == AT_RANDOM && tried.found.cases == Some(CASES));
        }
    }

    #[test]
    fn a_figure_is_read_with_its_unit_and_the_number_of_cases_that_it_is_of() {
        let pack = shipped_pack("");
        // The first that is of enough cases.
        let read = |statistic: Statistic| {
            let alike = pack.definitions.iter().filter(|one| one.statistic == statistic);
            let mut of_cases = alike.filter(|one| one.of.is_none() || statistic == Statistic::Median);
            let found = of_cases.find_map(|definition| {
                let tried = of_invented(None, definition, &pack).expect("it is computed");
                let figure = tried.found.total.clone()?;
                Some((tried.value(&figure), tried.beside(&figure)))
            });
            found.expect("one is of many")
        };
        let (median, of) = read(Statistic::Median);
        assert!(median.ends_with("days") || median.ends_with("months"), "{median}");
        assert!(of.starts_with(" (of ") && of.contains(" cases"), "{of}");
        let (share, of) = read(Statistic::Share);
        assert!(share.ends_with('%'), "{share}");
        assert!(of.starts_with(" (counted "), "{of}");
    }
}
