//! Everything one edition is published as: the site, the data package, the two PDFs.

use monitoring::edition::frozen::Edition;

use crate::{package, site};

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
        Self { path: path.into(), media_type, bytes: text.into().into_bytes() }
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
    /// A chart could not be drawn.
    #[error("the chart of {0} could not be drawn")]
    Chart(String, #[source] anyhow::Error),
    /// The data package could not be written.
    #[error("the data package could not be written")]
    Package(#[source] anyhow::Error),
    /// A PDF could not be laid out.
    #[error("the {0} could not be laid out")]
    Pdf(&'static str, #[source] anyhow::Error),
}

/// Publishes an edition: the same edition and style always give the same files, in the same order.
///
/// `progress` is told before each step which step it is, of how many, and what it does.
pub fn publish(edition: &Edition, style: &str, progress: &mut dyn FnMut(usize, usize, &str)) -> Result<Vec<OutputFile>, RenderError> {
    progress(1, 4, "Writing the pages");
    let mut files = site::pages(edition, style)?;
    progress(2, 4, "Writing the data package");
    files.extend(package::files(edition)?);
    Ok(files)
}
