//! Standards, mappings, indicators and questionnaires as files that a lawyer can read and correct.
//!
//! Pure: a folder of TOML in, a [`Library`] or **every** fault out, each with file, line and what to
//! do about it. No database. `standards/README.md` explains the format to those who write it.
//!
//! Reading has three steps, one file each: `sheet` turns text into tables that remember their lines,
//! the readers beside it turn tables into values, and `links` checks what one file says about
//! another. Nothing stops at the first fault, because whoever corrects a folder wants the whole list.

mod fault;
mod indicators;
mod instrument;
mod links;
mod number;
mod sheet;
#[cfg(test)]
mod tests;

use std::path::Path;

use domain::Day;
use domain::indicator::{Direction, IndicatorKind, Statistic};
use domain::standard::{Force, Mapped, Pillar, Verified};
use serde::Serialize;

pub use fault::Fault;

/// The standard that a reference without a prefix means: the Convention this audit is about.
pub const HOME_STANDARD: &str = "CETS 197";

/// The largest file that is read, in bytes. A chapter of the Convention has about 30,000.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// The files of the program's own `standards/` folder: path below it, with `/`, and text.
const SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/standards.rs"));

/// Everything a folder of standards holds, checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Library {
    /// In the order of their folders.
    pub standards: Vec<StandardFile>,
    pub mappings: Vec<MappingFile>,
    /// In the order of their files and of their places in them.
    pub indicators: Vec<IndicatorFile>,
    pub questionnaires: Vec<QuestionnaireFile>,
    /// Where a measure's figures come from.
    pub sources: Vec<CodeFile>,
    /// By what a measure's figures are broken down.
    pub breakdowns: Vec<CodeFile>,
}

/// An instrument and its provisions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StandardFile {
    /// What references begin with, such as `CETS 197`.
    pub code: String,
    pub version: String,
    pub title: String,
    pub short_title: String,
    /// Adopted, signed or passed; the file's comment says which.
    pub adopted: Day,
    pub in_force: Option<Day>,
    /// Authentic languages, as ISO 639-1 codes.
    pub languages: Vec<String>,
    /// Where the instrument is published.
    pub source: String,
    pub chapters: Vec<ChapterFile>,
    /// The copies against which provisions were read.
    pub copies: Vec<CopyFile>,
    /// In the order of the chapters and of the entries in each.
    pub provisions: Vec<ProvisionFile>,
}

/// A chapter's number and title, as printed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChapterFile {
    pub number: String,
    pub title: String,
}

/// A copy of the text, by the tag that `check` uses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CopyFile {
    pub tag: String,
    pub name: String,
}

/// One duty (or rule, or definition): the smallest thing that is rated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProvisionFile {
    /// The code of its standard.
    pub standard: String,
    /// As printed, such as `10(4)a`; a part after a dot is ours, such as `13(1).1`.
    pub number: String,
    /// The number of its chapter.
    pub chapter: String,
    pub article: String,
    /// The paragraph under which it is shown; its own number where it is the whole paragraph.
    pub heading: String,
    /// The article's official title.
    pub title: String,
    /// In our own words.
    pub obligation: String,
    pub force: Force,
    /// Words that narrow the obligation, printed beside every rating; empty where there are none.
    pub qualifier: String,
    /// Whose duty it is.
    pub holder: String,
    /// Our assignment, not ODIHR's; `None` for what lies outside the four pillars.
    pub pillar: Option<Pillar>,
    /// Keys of questionnaire sections that are known to ask about the article.
    pub asked: Vec<String>,
    /// Keys of topics and statistics tables that probably ask about it.
    pub asked_unverified: Vec<String>,
    /// Leading judgments, for standards made by a court.
    pub cases: Vec<String>,
    pub verified: Verified,
    /// What was read, or what was not.
    pub check: String,
}

impl ProvisionFile {
    /// How another standard or an indicator refers to it: `CETS 197:10(2).1`.
    pub fn reference(&self) -> String {
        format!("{}:{}", self.standard, self.number)
    }
}

/// How the provisions of one standard stand to those of another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MappingFile {
    /// Code of the standard that is compared.
    pub from: String,
    /// Code of the standard that it is compared with.
    pub to: String,
    pub pairs: Vec<PairFile>,
}

/// One line of a mapping. Either side may name a paragraph or article and then means all of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairFile {
    pub from: String,
    pub to: String,
    /// How the first duty stands to the second.
    pub relation: Mapped,
    pub note: String,
}

/// What is measured for one or several provisions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorFile {
    pub id: String,
    /// From 1; a changed definition is a new version.
    pub version: i32,
    /// References as written; [`Library::resolve`] turns each into provisions.
    pub provisions: Vec<String>,
    pub kind: IndicatorKind,
    pub name: String,
    pub definition: String,
    pub direction: Direction,
    /// Codes from [`Library::sources`].
    pub source: Vec<String>,
    /// Codes from [`Library::breakdowns`].
    pub disaggregation: Vec<String>,
    /// What it cannot show.
    pub limits: String,
    /// At least one.
    pub measures: Vec<MeasureFile>,
}

/// One figure that an indicator asks for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureFile {
    /// The indicator's id and a letter, such as `I13a`.
    pub code: String,
    pub name: String,
    pub statistic: Statistic,
    /// What is counted, summed or timed; empty for an ordinal.
    pub numerator: String,
    /// Out of what; never empty for a share, rate or ratio.
    pub denominator: String,
    pub unit: String,
    /// The indicator's, unless the measure runs the other way.
    pub direction: Direction,
    /// What each level of an ordinal means, from level 0 up; empty for other statistics.
    pub levels: Vec<String>,
}

/// A questionnaire and what its sections ask about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuestionnaireFile {
    pub code: String,
    pub title: String,
    pub source: String,
    pub sections: Vec<SectionFile>,
    pub topics: Vec<TopicFile>,
}

/// A section of a questionnaire.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SectionFile {
    /// Our key, such as `R3-2`; never printed as if it were an official number.
    pub key: String,
    /// The section's own number, such as `2` or `II`; empty where it is not known.
    pub number: String,
    pub title: String,
    /// Articles of the home standard; may be empty.
    pub articles: Vec<String>,
    pub verified: Verified,
    pub check: String,
}

/// A topic or a statistics table inside a section.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicFile {
    /// Our key, such as `R3-2c`; never printed as if it were an official number.
    pub key: String,
    /// The key of its section.
    pub section: String,
    /// What is asked, in our own words.
    pub words: String,
    pub verified: Verified,
    /// The official number, once a person has found it in the questionnaire.
    pub official: Option<OfficialNumber>,
}

/// An official question number, with who read it where.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfficialNumber {
    pub number: String,
    pub document: String,
    pub page: String,
    pub checked_by: String,
    pub checked_on: Day,
}

/// A code and its meaning.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CodeFile {
    pub code: String,
    pub words: String,
}

impl Library {
    /// The provisions that a reference means, in the standard's order.
    ///
    /// A reference is a number (`13(1).2`), a paragraph (`13(1)`) or an article (`13`), and means
    /// itself and all of its parts. Without a prefix such as `MSA 2015:` it means
    /// [`HOME_STANDARD`]. Empty when nothing is meant.
    pub fn resolve(&self, reference: &str) -> Vec<&ProvisionFile> {
        let (code, wanted) = number::split(reference);
        self.standards
            .iter()
            .filter(|standard| standard.code == code)
            .flat_map(|standard| &standard.provisions)
            .filter(|provision| number::covers(wanted, &provision.number))
            .collect()
    }

    /// The standard with this code.
    pub fn standard(&self, code: &str) -> Option<&StandardFile> {
        self.standards.iter().find(|standard| standard.code == code)
    }
}

/// Reads and checks a folder of standards.
///
/// # Errors
///
/// Every fault found, in the order of files and lines. Their file names begin with `folder` as given.
pub fn read(folder: &Path) -> Result<Library, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut files = Vec::new();
    gather(folder, "", &mut files, &mut faults);
    match parse(&folder.display().to_string(), &files) {
        Ok(library) if faults.is_empty() => Ok(library),
        Ok(_) => Err(faults),
        Err(more) => {
            faults.extend(more);
            faults.sort();
            Err(faults)
        }
    }
}

/// The standards that the program carries with it.
///
/// # Panics
///
/// Never, as long as the test that reads the shipped folder passes.
pub fn shipped() -> Library {
    let files: Vec<_> = SHIPPED
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
        .collect();
    parse("standards", &files).expect("a test reads the shipped folder and finds no fault")
}

/// Reads and checks files already in memory: names below `root`, with `/`, and bytes.
///
/// # Errors
///
/// Every fault found, in the order of files and lines.
pub fn parse(root: &str, files: &[(String, Vec<u8>)]) -> Result<Library, Vec<Fault>> {
    let mut reading = instrument::Reading::new(root);
    for (name, bytes) in files {
        reading.take(name, bytes);
    }
    reading.finish()
}

/// Collects the TOML files of a folder and of its folders, sorted by name; hidden ones are left out.
fn gather(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>, faults: &mut Vec<Fault>) {
    let unreadable = |path: &Path, message: String, remedy: &str| Fault {
        file: path.display().to_string(),
        line: 1,
        column: 1,
        message,
        remedy: remedy.to_owned(),
    };
    let listed = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = match listed {
        Ok(entries) => entries,
        Err(error) => {
            faults.push(unreadable(
                folder,
                format!("the folder cannot be read ({error})"),
                "check its name and your rights",
            ));
            return;
        }
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            // A file belongs to one folder below the root: going deeper would only follow loops.
            if prefix.is_empty() {
                gather(&path, &format!("{name}/"), files, faults);
            }
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            match std::fs::metadata(&path).and_then(|about| {
                if about.len() > LARGEST_FILE {
                    Ok(None)
                } else {
                    std::fs::read(&path).map(Some)
                }
            }) {
                Ok(Some(bytes)) => files.push((format!("{prefix}{name}"), bytes)),
                Ok(None) => faults.push(unreadable(
                    &path,
                    "the file has more than 4 MiB".to_owned(),
                    "split it by chapter",
                )),
                Err(error) => faults.push(unreadable(
                    &path,
                    format!("the file cannot be read ({error})"),
                    "check your rights to it",
                )),
            }
        }
    }
}
