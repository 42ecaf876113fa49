//! The profile of all provisions: one picture, and the same as a table.

use askama::Template;

use super::frame::Frame;
use super::map::Map;
use super::write;
use crate::publish::{OutputFile, RenderError};

#[derive(Template)]
#[template(path = "site/profile.html")]
struct Page<'a> {
    f: &'a Frame<'a>,
}

pub(super) fn pages(map: &Map<'_>, files: &mut Vec<OutputFile>) -> Result<(), RenderError> {
    let frame = Frame::new(map, "profile.html", "Profile");
    write(files, &frame, &Page { f: &frame })
}
