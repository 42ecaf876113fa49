//! Debian's packages.

use std::process::Command;

use anyhow::{Result, bail};

use super::Part;
use crate::process::{find_program, is_root, run};

/// Installs the packages of those parts that cannot be found, in one go.
///
/// Where this process may not install, it says in one message everything that is missing.
pub(super) fn install_missing(parts: &[Part]) -> Result<()> {
    let missing: Vec<&Part> = parts.iter().filter(|part| part.look().is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|part| part.package).collect();
    let Some(apt) = find_program(&["apt-get"]).filter(|_| is_root().unwrap_or(false)) else {
        let names: Vec<&str> = missing.iter().map(|part| part.name).collect();
        bail!(
            "missing: {}. Installing them takes root and apt-get; otherwise install them yourself \
             (Debian's packages: {}) and run this again",
            names.join(", "),
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
    run(apt().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}
