//! Definitions of measures: read from files that a lawyer can correct, checked against the schema, put into words.

mod check;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;
use std::sync::LazyLock;

use domain::pack::{Definition, Schema};
use serde::Deserialize;

pub(crate) use check::is_code;
pub use check::{check, codes_in, needed};
pub use words::{in_words, unit};

/// The files of `standards/measures`: name and text.
const SHIPPED: &[(&str, &str)] = &[
    (
        "01-prevention.toml",
        include_str!("../../../../standards/measures/01-prevention.toml"),
    ),
    (
        "02-identification.toml",
        include_str!("../../../../standards/measures/02-identification.toml"),
    ),
    (
        "03-children-and-privacy.toml",
        include_str!("../../../../standards/measures/03-children-and-privacy.toml"),
    ),
    (
        "04-assistance.toml",
        include_str!("../../../../standards/measures/04-assistance.toml"),
    ),
    (
        "05-recovery-and-residence.toml",
        include_str!("../../../../standards/measures/05-recovery-and-residence.toml"),
    ),
    (
        "06-redress.toml",
        include_str!("../../../../standards/measures/06-redress.toml"),
    ),
    (
        "07-return.toml",
        include_str!("../../../../standards/measures/07-return.toml"),
    ),
    (
        "08-justice.toml",
        include_str!("../../../../standards/measures/08-justice.toml"),
    ),
    (
        "09-monitoring-and-co-operation.toml",
        include_str!("../../../../standards/measures/09-monitoring-and-co-operation.toml"),
    ),
];

/// What files of measures hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Library {
    /// In the order of the files.
    pub definitions: Vec<Definition>,
    /// Measures that the rows of cases cannot give at all.
    pub not_from_cases: Vec<NotFromCases>,
}

/// A measure that the rows of cases cannot give, and why.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotFromCases {
    /// The measure, such as `I44b`.
    pub code: String,
    /// Why not, and who can.
    pub why: String,
}

/// What is wrong with a definition: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, or what else the definition came in.
    pub file: String,
    /// The measure; empty where the file as a whole is at fault.
    pub measure: String,
    /// The field, such as `counted.all`; empty where the definition as a whole is at fault.
    pub field: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        for part in [&self.measure, &self.field] {
            if !part.is_empty() {
                write!(f, ", {part}")?;
            }
        }
        write!(f, ": {}; {}", self.what, self.remedy)
    }
}

impl std::error::Error for Fault {}

/// Reads files of measures: names and texts.
///
/// # Errors
///
/// Every fault of every file; of a file that is not TOML of this form, the first.
pub fn read(files: &[(&str, &str)], schema: &Schema) -> Result<Library, Vec<Fault>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        measure: Vec<Definition>,
        #[serde(default)]
        not_from_cases: Vec<NotFromCases>,
    }
    let mut library = Library::default();
    let mut faults = Vec::new();
    for (name, text) in files {
        match toml::from_str::<File>(text) {
            Ok(file) => {
                for definition in &file.measure {
                    faults.extend(check(name, definition, schema));
                    if library
                        .definitions
                        .iter()
                        .any(|other| other.code == definition.code && other.version == definition.version)
                    {
                        faults.push(Fault {
                            file: (*name).to_owned(),
                            measure: definition.code.clone(),
                            field: "version".to_owned(),
                            what: format!("version {} is defined twice", definition.version),
                            remedy: "remove one, or give the newer a higher version".to_owned(),
                        });
                    }
                    library.definitions.push(definition.clone());
                }
                library.not_from_cases.extend(file.not_from_cases);
            }
            Err(error) => faults.push(Fault {
                file: (*name).to_owned(),
                measure: String::new(),
                field: String::new(),
                what: error.to_string().trim().to_owned(),
                remedy: "correct that line".to_owned(),
            }),
        }
    }
    if faults.is_empty() { Ok(library) } else { Err(faults) }
}

/// The measures that the program carries: `standards/measures`.
///
/// # Panics
///
/// Never, as long as the test that reads the shipped files passes.
pub fn shipped() -> Library {
    // Pages ask for them each time they are shown: they are read once.
    static READ: LazyLock<Library> = LazyLock::new(|| {
        read(SHIPPED, &Schema::shipped()).expect("a test reads the shipped measures and finds no fault")
    });
    READ.clone()
}
