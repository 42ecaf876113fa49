//! The public face of the evidence: what a reader may know of each item.

use askama::Template;
use monitoring::edition::frozen::{Evidence, Provision};

use super::frame::Frame;
use super::map::Map;
use super::write;
use crate::publish::{OutputFile, RenderError};

#[derive(Template)]
#[template(path = "site/evidence.html")]
struct Page<'a> {
    f: &'a Frame<'a>,
}

impl<'a> Page<'a> {
    /// Provisions on which an item bears.
    fn bears_on(&self, item: &Evidence) -> Vec<&'a Provision> {
        let provisions = self.f.map.places.iter().map(|place| place.provision);
        provisions
            .filter(|provision| provision.evidence.contains(&item.reference))
            .collect()
    }
}

pub(super) fn pages(map: &Map<'_>, files: &mut Vec<OutputFile>) -> Result<(), RenderError> {
    let frame = Frame::new(map, "evidence.html", "Evidence");
    write(files, &frame, &Page { f: &frame })
}
