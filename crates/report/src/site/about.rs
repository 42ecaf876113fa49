//! Declared interests, corrections, and what a reader needs to cite, check and reuse the edition.

use askama::Template;
use monitoring::edition::frozen::Tombstone;

use super::frame::Frame;
use super::map::Map;
use super::write;
use crate::package;
use crate::publish::{OutputFile, RenderError};

#[derive(Template)]
#[template(path = "site/interest.html")]
struct Interests<'a> {
    f: &'a Frame<'a>,
}

#[derive(Template)]
#[template(path = "site/correction.html")]
struct Corrections<'a> {
    f: &'a Frame<'a>,
}

impl Corrections<'_> {
    /// The address that a removed passage had, unless what is left of it keeps the address elsewhere.
    fn anchor<'t>(&self, tombstone: &'t Tombstone) -> Option<&'t str> {
        let mut before = self.f.edition().tombstones.iter().take_while(|one| *one != tombstone);
        let is_first = !before.any(|one| one.slug == tombstone.slug);
        (is_first && !tombstone.slug.is_empty() && self.f.map.is_homeless(tombstone)).then_some(tombstone.slug.as_str())
    }

    /// The page on which something of the removed passage is left, if any is.
    fn home(&self, tombstone: &Tombstone) -> Option<String> {
        let slug = tombstone.slug.as_str();
        if slug.is_empty() || self.f.map.is_homeless(tombstone) {
            return None;
        }
        if self.f.has_provision(slug) {
            return Some(self.f.provision(slug));
        }
        if slug.starts_with("evidence-") {
            return Some(format!("evidence.html#{slug}"));
        }
        let holds =
            |place: &&super::map::Place<'_>| place.provision.findings.iter().any(|finding| finding.slug == slug);
        let place = self.f.map.places.iter().find(holds);
        Some(place.map_or_else(
            || format!("recommendations.html#{slug}"),
            |place| format!("{}#{slug}", self.f.provision(&place.provision.slug)),
        ))
    }
}

#[derive(Template)]
#[template(path = "site/about.html")]
struct About<'a> {
    f: &'a Frame<'a>,
    tables: Vec<(&'static str, &'static str)>,
    /// Under what the data may be used.
    terms: String,
}

pub(super) fn pages(map: &Map<'_>, files: &mut Vec<OutputFile>) -> Result<(), RenderError> {
    let frame = Frame::new(map, "interests.html", "Interests");
    write(files, &frame, &Interests { f: &frame })?;
    let frame = Frame::new(map, "corrections.html", "Corrections");
    write(files, &frame, &Corrections { f: &frame })?;
    let frame = Frame::new(map, "about.html", "About");
    write(
        files,
        &frame,
        &About {
            f: &frame,
            tables: package::outline(),
            terms: package::terms(map.edition),
        },
    )
}
