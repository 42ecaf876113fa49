//! The printed editions: the report, the parliament brief and the reply to the official monitor's
//! questionnaire, as PDF/UA-1 by Typst.
//!
//! The templates (`*.typ` in this folder) are embedded and get one JSON value, the print view; every
//! number in it is already text, made from a `Gated` figure. Nothing is read from disk, network or
//! clock, so equal editions give equal bytes.

mod brief;
mod provision;
mod reply;
mod view;
mod world;

use monitoring::edition::frozen::Edition;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use view::View;
use world::EditionWorld;

/// Why a PDF could not be made. It is always a fault of a template or of the edition's text, never
/// of the machine.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The print view could not be written as JSON.
    #[error("the edition could not be prepared for print")]
    View(#[from] serde_json::Error),
    /// Typst refused a template; the message names file and line.
    #[error("the pages could not be laid out: {0}")]
    Layout(String),
    /// The pages do not satisfy PDF/UA-1.
    #[error("the pages could not be written as an accessible PDF: {0}")]
    Write(String),
    /// The brief did not fit, even at its shortest.
    #[error("the brief needs {0} pages and may have {BRIEF_PAGES}")]
    TooLong(usize),
}

/// Pages that the parliament brief may have.
pub const BRIEF_PAGES: usize = 4;

/// Items per list of the brief, from the most to the fewest that are tried until it fits.
const BRIEF_ITEMS: std::ops::RangeInclusive<usize> = 1..=6;

/// The whole report.
pub fn edition(edition: &Edition) -> Result<Vec<u8>, RenderError> {
    let view = View::of(edition, usize::MAX);
    write(edition, "report", &lay_out("edition.typ", edition, &view)?)
}

/// The brief for parliament: at most four A4 pages, whatever the edition holds.
pub fn brief(edition: &Edition) -> Result<Vec<u8>, RenderError> {
    write(edition, "brief", &brief_document(edition)?)
}

/// The answers to the official monitor's questionnaire, laid out by its sections.
pub fn reply(edition: &Edition) -> Result<Vec<u8>, RenderError> {
    let view = View::of(edition, usize::MAX);
    write(edition, "reply", &lay_out("reply.typ", edition, &view)?)
}

/// A letter: a title, and paragraphs under headings (heading, words; a line break begins a paragraph).
pub fn letter(title: &str, parts: &[(String, String)]) -> Result<Vec<u8>, RenderError> {
    let parts: Vec<_> = parts
        .iter()
        .map(|(heading, words)| serde_json::json!({ "heading": heading, "words": words }))
        .collect();
    let view = serde_json::to_vec(&serde_json::json!({ "title": title, "parts": parts }))?;
    press("", &compose(&EditionWorld::new("letter.typ", view, Vec::new()))?)
}

fn brief_document(edition: &Edition) -> Result<PagedDocument, RenderError> {
    let mut pages = 0;
    for items in BRIEF_ITEMS.rev() {
        let document = lay_out("brief.typ", edition, &View::of(edition, items))?;
        pages = document.pages().len();
        if pages <= BRIEF_PAGES {
            return Ok(document);
        }
    }
    Err(RenderError::TooLong(pages))
}

fn lay_out(template: &'static str, edition: &Edition, view: &View) -> Result<PagedDocument, RenderError> {
    let view = serde_json::to_vec(view)?;
    compose(&EditionWorld::new(template, view, view::pictures(edition)))
}

fn compose(world: &EditionWorld) -> Result<PagedDocument, RenderError> {
    let laid_out = typst::compile::<PagedDocument>(world);
    // Nothing of one edition is worth keeping for the next, and nothing of a letter may be kept.
    typst::comemo::evict(0);
    laid_out
        .output
        .map_err(|faults| RenderError::Layout(world.describe(&faults)))
}

fn write(edition: &Edition, part: &str, document: &PagedDocument) -> Result<Vec<u8>, RenderError> {
    press(&format!("{}/{}/{part}", edition.cycle, edition.revision), document)
}

fn press(ident: &str, document: &PagedDocument) -> Result<Vec<u8>, RenderError> {
    let standards =
        PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|fault| RenderError::Write(fault.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        creator: Smart::Custom(Some("Rapporteur".to_owned())),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options).map_err(|faults| {
        let all: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
        RenderError::Write(all.join("; "))
    })
}

#[cfg(test)]
mod tests;
