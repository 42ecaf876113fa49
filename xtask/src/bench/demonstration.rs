//! The release build and a demonstration made by it, as a fresh user would have them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::process::{cargo, run};

/// Builds a program of the crate `bench`, and gives its path.
///
/// Named together with the program's own crate, so that both are built from the same dependencies.
pub(super) fn helper(name: &str) -> Result<PathBuf> {
    run(cargo().args(["build", "--release", "--package", "cli", "--package", "bench"]))?;
    Ok(crate::project_root().join("target/release").join(name))
}

/// A demonstration in a temporary folder, removed when dropped.
pub(super) struct Demonstration {
    /// The release build of `rapporteur`.
    pub(super) program: PathBuf,
    folder: TempDir,
}

impl Demonstration {
    /// Builds the program and has it build the demonstration.
    pub(super) fn build() -> Result<Self> {
        let program = helper("rapporteur")?;
        let folder = tempfile::Builder::new().prefix("rapporteur-bench-").tempdir()?;
        let demonstration = Self { program, folder };
        run(demonstration.command("demo").arg("--no-serve"))
            .context("the benchmark needs `rapporteur demo --no-serve --dir DIR`")?;
        Ok(demonstration)
    }

    /// `rapporteur COMMAND --dir DIR`.
    pub(super) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(name).arg("--dir").arg(self.data());
        command
    }

    /// The demonstration's data folder.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The embedded database in it.
    pub(super) fn database(&self) -> PathBuf {
        self.data().join("rapporteur.db")
    }

    /// A path for something that the benchmark makes; it lies beside the data and is removed with it.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
