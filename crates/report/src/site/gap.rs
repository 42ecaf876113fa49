//! What must not be compared, and what could not be assessed.

use askama::Template;

use super::frame::Frame;
use super::map::Map;
use super::write;
use crate::publish::{OutputFile, RenderError};

#[derive(Template)]
#[template(path = "site/gap.html")]
struct Page<'a> {
    f: &'a Frame<'a>,
}

pub(super) fn pages(map: &Map<'_>, files: &mut Vec<OutputFile>) -> Result<(), RenderError> {
    let frame = Frame::new(map, "breaks.html", "Breaks and gaps");
    write(files, &frame, &Page { f: &frame })
}
