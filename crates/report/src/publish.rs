//! Everything one edition is published as: the site, the data package, the PDFs.

use monitoring::edition::frozen::Edition;

use crate::{package, pdf, site};

/// One file of a published edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Path inside the edition's folder, with `/` between its parts; never absolute, never with `..`.
    pub path: String,
    /// What a server has to call it.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl OutputFile {
    /// A file of text in UTF-8.
    pub(crate) fn text(path: impl Into<String>, media_type: &'static str, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            media_type,
            bytes: text.into().into_bytes(),
        }
    }
}

/// Why an edition could not be turned into files.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A slug becomes a path and an anchor, so it is kept to letters, digits and hyphens.
    #[error("“{0}” cannot be an address: only a to z, 0 to 9 and hyphens can")]
    Slug(String),
    /// Two things claim one address.
    #[error("two things in the edition have the address “{0}”")]
    SameSlug(String),
    /// A page could not be written.
    #[error("the page {path} could not be written")]
    Page {
        /// Path of the page.
        path: String,
        /// What the template said.
        source: askama::Error,
    },
    /// The data package could not be written.
    #[error("the data package could not be written")]
    Package(#[source] interchange::Fault),
    /// A PDF could not be laid out.
    #[error("{path} could not be laid out")]
    Pdf {
        /// Its path.
        path: &'static str,
        /// What the layout said.
        source: pdf::RenderError,
    },
}

type Print = fn(&Edition) -> Result<Vec<u8>, pdf::RenderError>;

/// The PDFs: path, what is being done, and what does it.
const PRINTED: [(&str, &str, Print); 3] = [
    ("edition.pdf", "Laying out the report", pdf::edition),
    ("brief.pdf", "Laying out the brief for parliament", pdf::brief),
    ("reply.pdf", "Laying out the reply to the official monitor", pdf::reply),
];

/// Publishes an edition: the same edition and style always give the same files, in the same order.
///
/// `progress` is told before each step which step it is, of how many, and what it does.
pub fn publish(
    edition: &Edition,
    style: &str,
    progress: &mut dyn FnMut(usize, usize, &str),
) -> Result<Vec<OutputFile>, RenderError> {
    let total = 2 + PRINTED.len();
    progress(1, total, "Writing the pages");
    let mut files = site::pages(edition, style)?;
    progress(2, total, "Writing the data package");
    files.extend(package::files(edition)?);
    for (step, (path, words, print)) in PRINTED.iter().enumerate() {
        progress(3 + step, total, words);
        let bytes = print(edition).map_err(|source| RenderError::Pdf { path, source })?;
        files.push(OutputFile {
            path: (*path).to_owned(),
            media_type: "application/pdf",
            bytes,
        });
    }
    Ok(files)
}
