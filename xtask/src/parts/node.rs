//! Packages for the browser.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::{Find, Part, debian, folder};
use crate::process::run;

const NPM: Part = Part {
    name: "npm",
    package: "npm",
    find: Find::Program("npm"),
};

/// Installs one package (`name@version`) into its own folder; returns the folder of modules.
pub(super) fn package(name: &str, package: &str) -> Result<PathBuf> {
    let folder = folder(name, package)?;
    if !folder.is_complete() {
        debian::install_missing(&[NPM])?;
        run(Command::new(NPM.find()?)
            .args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"])
            .arg("--prefix")
            .arg(&folder.path)
            .arg(package))?;
        folder.mark_complete()?;
    }
    Ok(folder.path.join("node_modules"))
}
