//! `cargo xtask tidy`: the repository's own rules, which no compiler knows.
//!
//! Each rule is a function from the repository to the faults it finds; its file says why the rule exists.

mod crates;
mod documents;
mod doors;
mod files;
mod fuzzing;
mod generated;
mod manifests;
mod templates;
mod testing;
mod tree;
mod words;

use std::fmt;

use anyhow::{Result, bail};
use cargo_metadata::MetadataCommand;

use tree::Tree;

/// Prints every fault and fails if there is one.
pub(crate) fn run() -> Result<()> {
    let tree = Tree::read(&crate::project_root())?;
    let metadata = MetadataCommand::new()
        .current_dir(crate::project_root())
        .no_deps()
        .exec()?;
    let mut faults = crates::check(&metadata.packages);
    for rule in [
        files::check,
        manifests::check,
        documents::check,
        words::check,
        testing::check,
        templates::check,
        fuzzing::check,
        doors::check,
        generated::check,
    ] {
        faults.extend(rule(&tree));
    }
    for fault in &faults {
        println!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} faults against the repository's rules", faults.len());
    }
    println!("{} files are tidy", tree.files.len());
    Ok(())
}

/// One breach of a rule.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    /// The file, from the project's root.
    path: String,
    /// Counted from 1; none when it is about the file as a whole.
    line: Option<usize>,
    what: String,
}

impl Fault {
    fn in_file(path: &str, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            what: what.into(),
        }
    }

    /// `index` counts lines from 0, as iterators do.
    fn in_line(path: &str, index: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: Some(index + 1),
            what: what.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.what),
            None => write!(f, "{}: {}", self.path, self.what),
        }
    }
}
