//! The annex of all figures: each with its source, its vintage and an address of its own.

use askama::Template;
use monitoring::edition::frozen::{Measurement, Series};

use super::frame::Frame;
use super::map::Map;
use super::write;
use crate::publish::{OutputFile, RenderError};

/// A series with what its section needs.
struct Annexed<'a> {
    series: &'a Series,
    slug: &'a str,
    chart: Option<String>,
    /// Whether a break falls into it.
    is_broken: bool,
}

#[derive(Template)]
#[template(path = "site/figure.html")]
struct Page<'a> {
    f: &'a Frame<'a>,
    measurements: Vec<(&'a str, &'a Measurement)>,
    series: Vec<Annexed<'a>>,
}

impl Page<'_> {
    /// Whether any figure was computed from members' cases.
    fn has_cases(&self) -> bool {
        self.measurements
            .iter()
            .any(|(_, one)| one.now.origin() == domain::series::Origin::Cases)
    }
}

pub(super) fn pages<'a>(map: &'a Map<'a>, files: &mut Vec<OutputFile>) -> Result<(), RenderError> {
    let frame = Frame::new(map, "figures.html", "Figures");
    let annexed = |series: &'a Series| {
        let (series, slug) = map.series(&series.code)?;
        let is_broken = map.edition.breaks.iter().any(|one| one.code == series.code);
        Some(Annexed {
            series,
            slug,
            chart: map.chart(&series.code),
            is_broken,
        })
    };
    let series = map.edition.series.iter().filter_map(annexed).collect();
    write(
        files,
        &frame,
        &Page {
            f: &frame,
            measurements: map.measurements(),
            series,
        },
    )
}
