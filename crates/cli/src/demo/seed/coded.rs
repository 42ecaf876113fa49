//! The cases of the demonstration's model as coded rows, on which a definition is tried while it is changed. They are drawn and
//! coded in memory, in any folder and without a database: nobody stands behind them.

use std::sync::LazyLock;

use casework::contribution::{Period, code_unwritten};
use domain::Day;
use domain::pack::Row;
use measures::{Rows, invented, read, shipped_pack};

use super::population::{caseloads, unwritten};

/// The year that is told. Always the same, so that two people who try the same definition see the same.
const YEAR: (&str, &str) = ("2025-01-01", "2025-12-31");

/// The coded rows of one year, drawn when they are first asked for.
///
/// # Panics
///
/// Never: a test draws them.
pub(crate) fn rows() -> &'static Rows {
    static ROWS: LazyLock<Rows> = LazyLock::new(|| drawn().expect("a test draws the rows of the model and reads them"));
    &ROWS
}

fn drawn() -> Result<Rows, String> {
    let pack = shipped_pack("");
    let day = |text: &str| Day::parse(text).map_err(|fault| fault.to_string());
    let period = Period {
        from: day(YEAR.0)?,
        until: day(YEAR.1)?,
    };
    let today = period.until;
    let mut rows: Vec<Row> = Vec::new();
    for ((_, numbers), salt) in caseloads(today).into_iter().zip(1_u64..) {
        for case in unwritten(numbers, salt, today) {
            let id = invented::id(rows.len() as u64);
            rows.extend(code_unwritten(case, &pack.schema, period, id));
        }
    }
    read::rows(&pack, &rows).map_err(|refused| refused.to_string())
}

#[cfg(test)]
mod tests {
    use measures::evaluate;

    use super::*;

    #[test]
    fn the_model_gives_rows_on_which_definitions_can_be_tried() {
        let rows = rows();
        assert!((1_000..4_000).contains(&rows.len()), "{}", rows.len());
        let pack = shipped_pack("");
        let aggregates = evaluate(rows, &pack.definitions).expect("no fault");
        let of = |code: &str| {
            let table = aggregates.tables.iter().find(|table| table.measure == code);
            &table.expect("a measure").total
        };
        // Decisions come late, some reasons lean on disbelief and fewer on criminality: what is true of the model, and not a
        // coin's toss.
        let (soon, disbelief, criminality) = (of("I13c"), of("I17b"), of("I17d"));
        assert!(soon.d > 200 && soon.n * 4 < soon.d, "{soon:?}");
        assert!(
            disbelief.n > 4 * criminality.n && criminality.n > 0,
            "{disbelief:?} {criminality:?}"
        );
        assert_eq!(disbelief.d, criminality.d);
    }
}
