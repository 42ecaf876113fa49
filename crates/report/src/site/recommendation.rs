//! Recommendations of this audit, and the fate of earlier ones.

use askama::Template;

use super::frame::Frame;
use super::map::Map;
use super::write;
use crate::publish::{OutputFile, RenderError};

#[derive(Template)]
#[template(path = "site/recommendation.html")]
struct Page<'a> {
    f: &'a Frame<'a>,
}

pub(super) fn pages(map: &Map<'_>, files: &mut Vec<OutputFile>) -> Result<(), RenderError> {
    let frame = Frame::new(map, "recommendations.html", "Recommendations");
    write(files, &frame, &Page { f: &frame })
}
