//! Debian's packages.

use std::process::Command;

use anyhow::{Result, bail};

use super::Part;
use crate::process::{find_program, is_root, run};

/// Installs the packages of those parts that cannot be found, in one go.
pub(super) fn install_missing(parts: &[Part]) -> Result<()> {
    let missing: Vec<&str> = parts
        .iter()
        .filter(|part| part.look().is_none())
        .map(|part| part.package)
        .collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

/// Installs these packages; where this process may not, it says in one message everything that is missing.
pub(super) fn install(packages: &[&str]) -> Result<()> {
    let Some(apt) = find_program(&["apt-get"]).filter(|_| is_root().unwrap_or(false)) else {
        bail!(
            "missing, and only root can install them with apt-get: {}; install them, or what they \
             are called on this system, and run this again",
            packages.join(" ")
        );
    };
    // Another installation may hold the lock: wait for it rather than fail.
    let apt = || {
        let mut command = Command::new(&apt);
        command.args(["--quiet", "-o", "DPkg::Lock::Timeout=600"]);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run(apt().arg("update"))?;
    run(apt()
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages))
}
