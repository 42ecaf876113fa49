//! The public site of an edition, as a folder of static files.
//!
//! The folder opens from a disk and is served under any prefix: every link is relative. Pages need no
//! script, carry no inline style, and fetch nothing from anywhere else. They are made from the frozen
//! edition alone, and figures reach a template only as [`monitoring::gate::Gated`].

mod about;
mod chapter;
mod evidence;
mod figure;
mod frame;
mod gap;
mod map;
mod method;
mod profile;
mod provision;
mod recommendation;
mod reply;
mod summary;
mod words;

use askama::Template;
use monitoring::edition::frozen::Edition;

use self::frame::Frame;
use self::map::Map;
use crate::publish::{OutputFile, RenderError};
use crate::{package, profile as picture};

/// Where “Exit this page” leads: a page about something else, on a site nobody has to explain.
pub const EXIT: &str = "https://www.bbc.co.uk/weather";

const HTML: &str = "text/html; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The whole folder except the PDFs: pages, style, charts and the data package.
///
/// `style` is the text of the style sheets, tokens first.
pub fn files(edition: &Edition, style: &str) -> Result<Vec<OutputFile>, RenderError> {
    let mut files = pages(edition, style)?;
    files.extend(package::files(edition)?);
    Ok(files)
}

/// Pages, style and charts.
pub(crate) fn pages(edition: &Edition, style: &str) -> Result<Vec<OutputFile>, RenderError> {
    let map = Map::of(edition)?;
    let mut files = vec![
        OutputFile::text("style.css", "text/css; charset=utf-8", style),
        OutputFile::text("favicon.svg", SVG, include_str!("favicon.svg")),
        OutputFile::text("charts/profile.svg", SVG, picture::profile_svg(edition)),
    ];
    for (path, svg) in map.charts() {
        files.push(OutputFile::text(path, SVG, svg));
    }
    summary::pages(&map, &mut files)?;
    profile::pages(&map, &mut files)?;
    chapter::pages(&map, &mut files)?;
    provision::pages(&map, &mut files)?;
    recommendation::pages(&map, &mut files)?;
    figure::pages(&map, &mut files)?;
    evidence::pages(&map, &mut files)?;
    method::pages(&map, &mut files)?;
    gap::pages(&map, &mut files)?;
    reply::pages(&map, &mut files)?;
    about::pages(&map, &mut files)?;
    Ok(files)
}

/// Fills a template and adds it to the folder under its frame's path.
fn write(files: &mut Vec<OutputFile>, frame: &Frame<'_>, page: &impl Template) -> Result<(), RenderError> {
    let text = page.render().map_err(|source| RenderError::Page {
        path: frame.path.clone(),
        source,
    })?;
    files.push(OutputFile::text(frame.path.clone(), HTML, text));
    Ok(())
}
