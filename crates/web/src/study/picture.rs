//! The picture of a panel: from what the gate let through, and from nothing else.

use monitoring::gate::{Gated, Span, Spread};
use monitoring::study::{Line, Shown};

use crate::component::estimates::{Row, draw};

/// The estimates of a panel with their intervals and histograms; empty where there is nothing to draw.
pub(super) fn of(shown: &Shown) -> String {
    let rows: Vec<Row> = shown.lines.iter().map(row).collect();
    let truth = shown.truth.as_ref().and_then(Gated::value);
    if rows.iter().all(|row| row.estimate.is_none()) {
        return String::new();
    }
    draw(&rows, None, truth, None).unwrap_or_default()
}

fn row(line: &Line) -> Row {
    let bars = line.spread.iter().flat_map(Spread::bars);
    Row {
        name: line.method.to_owned(),
        words: line.figure.as_ref().map(ToString::to_string).unwrap_or_default(),
        estimate: line.figure.as_ref().and_then(Gated::value),
        interval: line.interval.as_ref().map(Span::at),
        bars: bars
            .map(|bar| {
                let (from, to) = bar.at();
                (from, to, f64::from(bar.percent()))
            })
            .collect(),
    }
}
