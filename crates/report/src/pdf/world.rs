//! What Typst may see: the embedded templates and fonts, one JSON value and the pictures of one
//! edition. No files, no packages, no clock.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World, WorldExt as _};

/// Name and text of each template.
const TEMPLATES: [(&str, &str); 7] = [
    ("style.typ", include_str!("style.typ")),
    ("provision.typ", include_str!("provision.typ")),
    ("annex.typ", include_str!("annex.typ")),
    ("edition.typ", include_str!("edition.typ")),
    ("brief.typ", include_str!("brief.typ")),
    ("reply.typ", include_str!("reply.typ")),
    ("letter.typ", include_str!("letter.typ")),
];

/// The parts that no edition changes, made once per process.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    sources: BTreeMap<&'static str, Source>,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let fonts: Vec<Font> = typst_assets::fonts()
        .flat_map(|data| Font::iter(Bytes::new(data)))
        .collect();
    Press {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        sources: TEMPLATES
            .iter()
            .map(|(name, text)| (*name, Source::new(id(name), (*text).to_owned())))
            .collect(),
    }
});

/// The id of a file that belongs to the project. Ids are kept for the life of the process, so paths
/// are few and fixed: templates, the view, and pictures by their position.
fn id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("paths here are plain names of ours");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// One edition on the press.
pub(super) struct EditionWorld {
    main: FileId,
    files: BTreeMap<String, Bytes>,
}

impl EditionWorld {
    /// `pictures` are SVG texts by path, such as `charts/0.svg`.
    pub(super) fn new(template: &'static str, view: Vec<u8>, pictures: Vec<(String, String)>) -> Self {
        let mut files: BTreeMap<String, Bytes> = pictures
            .into_iter()
            .map(|(path, svg)| (path, Bytes::from_string(svg)))
            .collect();
        files.insert("edition.json".to_owned(), Bytes::new(view));
        Self {
            main: id(template),
            files,
        }
    }

    /// Faults with file and line.
    pub(super) fn describe(&self, faults: &[SourceDiagnostic]) -> String {
        let mut all = String::new();
        for fault in faults {
            let place = fault.span.id().zip(self.range(fault.span)).and_then(|(id, range)| {
                let line = self.source(id).ok()?.lines().byte_to_line(range.start)? + 1;
                Some(format!("{}:{line}: ", id.get().vpath().get_without_slash()))
            });
            write!(all, "{}{}; ", place.unwrap_or_default(), fault.message).expect("writing to a string cannot fail");
        }
        all
    }
}

impl World for EditionWorld {
    fn library(&self) -> &LazyHash<Library> {
        &PRESS.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &PRESS.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let path = id.get().vpath();
        PRESS
            .sources
            .get(path.get_without_slash())
            .cloned()
            .ok_or_else(|| FileError::NotFound(path.get_without_slash().into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.get().vpath();
        self.files
            .get(path.get_without_slash())
            .cloned()
            .ok_or_else(|| FileError::NotFound(path.get_without_slash().into()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        PRESS.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
