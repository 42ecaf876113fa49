//! One page per chapter of a standard: its provisions under their articles, each with its ratings.

use askama::Template;
use monitoring::edition::frozen::Provision;

use super::frame::Frame;
use super::map::{ChapterPage, Map};
use super::provision::not_assessed;
use super::write;
use crate::publish::{OutputFile, RenderError};

#[derive(Template)]
#[template(path = "site/chapter.html")]
struct Page<'a> {
    f: &'a Frame<'a>,
    page: &'a ChapterPage<'a>,
}

impl<'a> Page<'a> {
    /// Why a duty has no rating.
    fn reason(&self, provision: &Provision) -> &'a str {
        not_assessed(self.f.map.edition, &provision.slug).unwrap_or("Not assessed before the cut-off.")
    }

    /// Provisions that stand together under one article, in order.
    fn articles(&self) -> impl Iterator<Item = &'a [Provision]> {
        self.page
            .chapter
            .provisions
            .chunk_by(|one, next| one.article == next.article)
    }
}

pub(super) fn pages(map: &Map<'_>, files: &mut Vec<OutputFile>) -> Result<(), RenderError> {
    for page in &map.chapters {
        let frame = Frame::new(map, &page.path, &page.label);
        write(files, &frame, &Page { f: &frame, page })?;
    }
    Ok(())
}
