//! Python programs.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::{Find, Part, debian, folder};
use crate::process::run;

const PYTHON: Part = Part {
    name: "Python",
    package: "python3",
    find: Find::Program("python3"),
};

/// Makes a virtual environment with these requirements (`name==version`); returns the folder of its programs.
pub(super) fn environment(name: &str, requirements: &[&str]) -> Result<PathBuf> {
    let folder = folder(name, &requirements.join("\n"))?;
    let programs = folder.path.join("bin");
    if !folder.is_complete() {
        debian::install_missing(&[PYTHON])?;
        let python = PYTHON.find()?;
        let make = || run(Command::new(&python).args(["-m", "venv", "--clear"]).arg(&folder.path));
        // Debian's Python comes without what makes environments until its package is there.
        if make().is_err() {
            debian::install(&["python3-venv"])?;
            make()?;
        }
        run(Command::new(programs.join("python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(requirements))?;
        folder.mark_complete()?;
    }
    Ok(programs)
}
