//! Method and data quality, and the standards audited.

use askama::Template;

use super::frame::Frame;
use super::map::Map;
use super::write;
use crate::abbreviation;
use crate::publish::{OutputFile, RenderError};

#[derive(Template)]
#[template(path = "site/method.html")]
struct Page<'a> {
    f: &'a Frame<'a>,
    abbreviations: Vec<(&'static str, &'static str)>,
}

pub(super) fn pages(map: &Map<'_>, files: &mut Vec<OutputFile>) -> Result<(), RenderError> {
    let frame = Frame::new(map, "method.html", "Method");
    write(
        files,
        &frame,
        &Page {
            f: &frame,
            abbreviations: abbreviation::used(map.edition),
        },
    )
}
