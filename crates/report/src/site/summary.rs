//! The first page: what a reader with one minute takes away.

use askama::Template;

use super::frame::Frame;
use super::map::{Map, Place};
use super::write;
use crate::publish::{OutputFile, RenderError};

#[derive(Template)]
#[template(path = "site/summary.html")]
struct Page<'a> {
    f: &'a Frame<'a>,
}

impl<'a> Page<'a> {
    /// The provision that a line names, if it names one.
    fn named(&self, line: &str) -> Option<Place<'a>> {
        self.f.map.named(line)
    }
}

pub(super) fn pages(map: &Map<'_>, files: &mut Vec<OutputFile>) -> Result<(), RenderError> {
    let frame = Frame::new(map, "index.html", "Summary");
    write(files, &frame, &Page { f: &frame })
}
