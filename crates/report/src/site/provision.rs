//! One page per provision: the duty, the ratings, the two accounts side by side, the figures.

use askama::Template;
use monitoring::edition::frozen::{Edition, Indicator, Provision, Recommendation};

use super::frame::Frame;
use super::map::{ChapterPage, Map};
use super::write;
use crate::publish::{OutputFile, RenderError};
use crate::wording;

/// A chart with the words that go with it.
struct Chart {
    path: String,
    caption: String,
    source: String,
    table: String,
}

#[derive(Template)]
#[template(path = "site/provision.html")]
struct Page<'a> {
    f: &'a Frame<'a>,
    chapter: &'a ChapterPage<'a>,
    provision: &'a Provision,
    before: Option<&'a Provision>,
    after: Option<&'a Provision>,
    not_assessed: Option<&'a str>,
    recommendations: Vec<&'a Recommendation>,
}

impl Page<'_> {
    /// Charts of the series that an indicator's values were taken from, each once.
    fn charts(&self, indicator: &Indicator) -> Vec<Chart> {
        let mut codes: Vec<&str> = Vec::new();
        for one in &indicator.measurements {
            if !one.series.is_empty() && !codes.contains(&one.series.as_str()) {
                codes.push(&one.series);
            }
        }
        codes.into_iter().filter_map(|code| self.chart(code)).collect()
    }

    fn chart(&self, code: &str) -> Option<Chart> {
        let map = self.f.map;
        let (series, _) = map.series(code)?;
        Some(Chart {
            path: self.f.to(&map.chart(code)?),
            caption: format!("{} ({})", series.title, wording::unit(&series.unit)),
            source: format!("{}, {}.", series.publisher, wording::counted(series)),
            table: self.f.series(code)?,
        })
    }
}

/// Why a rated provision has no rating, if the edition says so.
pub(super) fn not_assessed<'a>(edition: &'a Edition, slug: &str) -> Option<&'a str> {
    edition
        .not_assessed
        .iter()
        .find(|one| one.slug == slug)
        .map(|one| one.reason.as_str())
}

pub(super) fn pages(map: &Map<'_>, files: &mut Vec<OutputFile>) -> Result<(), RenderError> {
    for (position, place) in map.places.iter().enumerate() {
        let provision = place.provision;
        let at = |position: usize| map.places.get(position).map(|place| place.provision);
        let serves = |one: &&Recommendation| one.provisions.iter().any(|(slug, _)| *slug == provision.slug);
        let frame = Frame::new(
            map,
            format!("provisions/{}.html", provision.slug),
            format!("Provision {}", provision.number),
        );
        let page = Page {
            f: &frame,
            chapter: &map.chapters[place.chapter],
            provision,
            before: position.checked_sub(1).and_then(at),
            after: at(position + 1),
            not_assessed: not_assessed(map.edition, &provision.slug),
            recommendations: map.edition.recommendations.iter().filter(serves).collect(),
        };
        write(files, &frame, &page)?;
    }
    Ok(())
}
