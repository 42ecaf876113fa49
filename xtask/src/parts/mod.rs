//! The parts of other projects that tests and benchmarks need: found on the machine, or installed.
//!
//! Programs come from Debian's packages (only where this process may install them), the rest goes into `target/parts`
//! and nowhere else. A part that can neither be found nor installed is an error, never a reason to test less.

mod debian;
mod node;
mod python;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process::find_program;

/// Rules that the accessibility tests run in the browser.
const AXE: &str = "axe-core@4.14.1";
/// Checks the data package of an edition against its own description.
const FRICTIONLESS: &str = "frictionless==5.21.0";

/// Where every part of the tests was found.
pub(crate) struct Parts {
    /// The folder with PostgreSQL's `initdb` and `postgres`.
    pub(crate) postgres_programs: PathBuf,
    /// The browser.
    pub(crate) chromium: PathBuf,
    /// What drives it.
    pub(crate) chromedriver: PathBuf,
    /// Reads the text of a PDF.
    pub(crate) pdftotext: PathBuf,
    /// The script with axe's rules.
    pub(crate) axe: PathBuf,
    /// The command line of frictionless.
    pub(crate) frictionless: PathBuf,
}

impl Parts {
    /// Finds every part, installing what is missing.
    pub(crate) fn find_or_install() -> Result<Self> {
        debian::install_missing(&[POSTGRES, CHROMIUM, CHROMEDRIVER, PDFTOTEXT])?;
        Ok(Self {
            postgres_programs: POSTGRES.find()?,
            chromium: CHROMIUM.find()?,
            chromedriver: CHROMEDRIVER.find()?,
            pdftotext: PDFTOTEXT.find()?,
            axe: node::package("axe", AXE)?.join("axe-core/axe.min.js"),
            frictionless: python::environment("frictionless", &[FRICTIONLESS])?.join("frictionless"),
        })
    }
}

/// The Python programs of a benchmark, in an environment of their own; returns the folder of its programs.
pub(crate) fn python_programs(name: &str, requirements: &[&str]) -> Result<PathBuf> {
    python::environment(name, requirements)
}

/// A program of a benchmark that comes from the Debian package of the same name.
pub(crate) fn program(name: &'static str) -> Result<PathBuf> {
    let part = Part {
        name,
        package: name,
        find: Find::Program(name),
    };
    debian::install_missing(&[part])?;
    part.find()
}

/// One of the small programs that come with pdftotext.
pub(crate) fn poppler_program(name: &'static str) -> Result<PathBuf> {
    let part = Part {
        find: Find::Program(name),
        ..PDFTOTEXT
    };
    debian::install_missing(&[part])?;
    part.find()
}

const POSTGRES: Part = Part {
    name: "PostgreSQL",
    package: "postgresql",
    find: Find::PostgresPrograms,
};
const CHROMIUM: Part = Part {
    name: "Chromium",
    package: "chromium",
    find: Find::Program("chromium"),
};
const CHROMEDRIVER: Part = Part {
    name: "ChromeDriver",
    package: "chromium-driver",
    find: Find::Program("chromedriver"),
};
const PDFTOTEXT: Part = Part {
    name: "pdftotext",
    package: "poppler-utils",
    find: Find::Program("pdftotext"),
};

/// A program from one of Debian's packages.
#[derive(Clone, Copy)]
struct Part {
    name: &'static str,
    package: &'static str,
    find: Find,
}

#[derive(Clone, Copy)]
enum Find {
    /// A program on the path.
    Program(&'static str),
    /// The folder that Debian keeps PostgreSQL's server programs in, which is not on the path.
    PostgresPrograms,
}

impl Part {
    fn look(self) -> Option<PathBuf> {
        match self.find {
            Find::Program(name) => find_program(&[name]),
            Find::PostgresPrograms => newest_postgres(Path::new("/usr/lib/postgresql"))
                .or_else(|| find_program(&["initdb"])?.parent().map(Path::to_owned)),
        }
    }

    fn find(self) -> Result<PathBuf> {
        match self.look() {
            Some(path) => Ok(path),
            None => bail!(
                "{} is missing; install it (on Debian: package {}) and run this again",
                self.name,
                self.package
            ),
        }
    }
}

/// `VERSION/bin` with the highest version below Debian's folder of PostgreSQL servers.
fn newest_postgres(folder: &Path) -> Option<PathBuf> {
    let versions = std::fs::read_dir(folder).ok()?.filter_map(|entry| {
        let entry = entry.ok()?;
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let programs = entry.path().join("bin");
        programs.join("initdb").is_file().then_some((version, programs))
    });
    versions.max().map(|(_, programs)| programs)
}

/// `target/parts/NAME`, and whether it was completed for exactly this `content` before.
fn folder(name: &str, content: &str) -> Result<PartFolder> {
    let path = crate::project_root().join("target/parts").join(name);
    std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
    Ok(PartFolder {
        path,
        content: content.to_owned(),
    })
}

/// A folder that is filled once and says so by a file inside it, so that half an installation is never taken for one.
struct PartFolder {
    path: PathBuf,
    content: String,
}

impl PartFolder {
    fn is_complete(&self) -> bool {
        std::fs::read_to_string(self.path.join("complete")).is_ok_and(|content| content == self.content)
    }

    fn mark_complete(&self) -> Result<()> {
        Ok(std::fs::write(self.path.join("complete"), &self.content)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_postgres_is_chosen_by_number() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["9", "15", "17"] {
            std::fs::create_dir_all(folder.path().join(version).join("bin")).unwrap();
        }
        for version in ["9", "15"] {
            std::fs::write(folder.path().join(version).join("bin/initdb"), "").unwrap();
        }
        assert_eq!(newest_postgres(folder.path()), Some(folder.path().join("15/bin")));
    }

    #[test]
    fn a_missing_part_names_the_package_that_brings_it() {
        let part = Part {
            name: "Nothing",
            package: "nothing-at-all",
            find: Find::Program("a-program-that-nobody-has-written"),
        };
        let error = part.find().unwrap_err();
        assert!(error.to_string().contains("package nothing-at-all"), "{error}");
    }

    #[test]
    fn a_folder_is_complete_only_for_what_it_was_filled_with() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().to_owned();
        let first = PartFolder {
            path: path.clone(),
            content: "one".to_owned(),
        };
        assert!(!first.is_complete());
        first.mark_complete().unwrap();
        assert!(first.is_complete());
        assert!(
            !PartFolder {
                path,
                content: "two".to_owned()
            }
            .is_complete()
        );
    }
}
