//! What a definition gives, of cases that nobody has or of one's own: with everything small withheld, as everywhere.

use std::sync::LazyLock;

use domain::pack::{Definition, Pack, Schema};
use measures::pool::{Figure, Measurement, Pooled};
use measures::{Rows, evaluate, invented, shipped_pack, small};
use store::AppError;

/// How many invented cases a definition is tried on.
const CASES: u64 = 3000;
/// The seed that they come from: the same for everyone, so that two people who try the same see the same.
const SEED: u64 = 2008;

/// A definition tried.
pub(super) struct Preview {
    /// Of whose cases.
    pub whose: String,
    /// Whether they are invented.
    pub is_invented: bool,
    pub found: Measurement,
    /// By column: its words, its cells with their words, and how many cases are in none that is shown.
    pub strata: Vec<Stratum>,
}

/// A breakdown, in words.
pub(super) struct Stratum {
    pub words: String,
    pub cells: Vec<(String, Option<Figure>)>,
    pub missing: Option<u64>,
}

/// Tries a definition on invented cases.
pub(super) fn of_invented(definition: &Definition, pack: &Pack) -> Result<Preview, AppError> {
    // Every look at a form asks for them: they are made once.
    static ROWS: LazyLock<Rows> = LazyLock::new(|| invented::rows(&shipped_pack(""), CASES, SEED));
    of(definition, pack, &ROWS, format!("{CASES} invented cases"), true)
}

/// Tries a definition on these rows.
pub(super) fn of(
    definition: &Definition,
    pack: &Pack,
    rows: &Rows,
    whose: String,
    is_invented: bool,
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
    Ok(Preview {
        whose,
        is_invented,
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

/// A figure as it is read: “at least 12.5”, or a dash where there is nothing to divide by.
pub(super) fn value(of: &Figure) -> String {
    let Some(value) = of.value else {
        return "–".to_owned();
    };
    let rounded = (value * 10.0).round() / 10.0;
    if of.is_at_least {
        format!("at least {rounded}")
    } else {
        rounded.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_measure_gives_a_figure_of_the_invented_cases() {
        let pack = shipped_pack("");
        for definition in &pack.definitions {
            let tried = of_invented(definition, &pack).expect(&definition.code);
            assert_eq!(tried.strata.len(), definition.strata.len(), "{}", definition.code);
            assert!(tried.is_invented && tried.found.cases == Some(CASES));
        }
    }
}
