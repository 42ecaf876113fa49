//! `cargo xtask licences`: every dependency may be used under a licence that fits ours, and comes from where we think.
//!
//! This stands in for cargo-deny and its `deny.toml`: the two questions that matter here are answered from cargo's own
//! account in one small file, so a bare machine need not build another program first. Security advisories are not
//! asked here, because the answer would change without a change of ours.

use anyhow::{Result, bail};
use cargo_metadata::{Metadata, MetadataCommand, Package};
use spdx::{Expression, LicenseReq, ParseMode};

/// Licences under which a dependency may be combined with a program under AGPL-3.0-or-later.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OFL-1.1",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Our crates that others may use under permissive terms; the rest of the program is AGPL-3.0-or-later.
const PERMISSIVE: &[&str] = &["interchange", "statistics"];

/// Dependencies whose manifest names no licence expression, and the licence that was read in their files.
const READ_BY_HAND: &[(&str, &str)] = &[];

/// Fails, naming each package, unless all of them pass.
pub(crate) fn run() -> Result<()> {
    let metadata = MetadataCommand::new()
        .current_dir(crate::project_root())
        .other_options(["--locked".to_owned()])
        .exec()?;
    let faults: Vec<String> = metadata
        .packages
        .iter()
        .flat_map(|package| {
            let name = format!("{} {}", package.name, package.version);
            faults(package, &metadata)
                .into_iter()
                .map(move |fault| format!("{name}: {fault}"))
        })
        .collect();
    for fault in &faults {
        println!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} faults in the licences and sources of dependencies", faults.len());
    }
    println!(
        "{} packages, each with a fitting licence and source",
        metadata.packages.len()
    );
    Ok(())
}

fn faults(package: &Package, metadata: &Metadata) -> Vec<String> {
    if metadata.workspace_members.contains(&package.id) {
        return own_fault(&package.name, package.license.as_deref())
            .into_iter()
            .collect();
    }
    let source_fault = match &package.source {
        Some(source) if source.is_crates_io() => None,
        Some(source) => Some(format!("comes from {source}, which is not the registry")),
        None => Some(format!("lies at {}, outside the workspace", package.manifest_path)),
    };
    let read_by_hand = READ_BY_HAND
        .iter()
        .find(|(name, _)| *name == package.name.as_str())
        .map(|(_, text)| *text);
    let licence_fault = licence_fault(package.license.as_deref().or(read_by_hand));
    source_fault.into_iter().chain(licence_fault).collect()
}

fn own_fault(name: &str, licence: Option<&str>) -> Option<String> {
    let expected = if PERMISSIVE.contains(&name) {
        "MIT OR Apache-2.0"
    } else {
        "AGPL-3.0-or-later"
    };
    (licence != Some(expected)).then(|| format!("its manifest must say `license = \"{expected}\"`"))
}

/// What is wrong with a licence expression, if anything.
fn licence_fault(expression: Option<&str>) -> Option<String> {
    let Some(text) = expression else {
        return Some("names no licence".to_owned());
    };
    // Older manifests write `MIT/Apache-2.0`, which the lax mode reads as `OR`.
    match Expression::parse_mode(text, ParseMode::LAX) {
        Err(error) => Some(format!("its licence `{text}` cannot be read: {}", error.reason)),
        Ok(expression) => (!expression.evaluate(is_allowed)).then(|| format!("its licence is `{text}`")),
    }
}

fn is_allowed(requirement: &LicenseReq) -> bool {
    ALLOWED.contains(&requirement.to_string().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_allowed_licence_among_alternatives_is_enough() {
        assert_eq!(licence_fault(Some("GPL-3.0-only OR MIT")), None);
        assert_eq!(licence_fault(Some("MIT/Apache-2.0")), None);
        assert_eq!(
            licence_fault(Some("Apache-2.0 WITH LLVM-exception OR LGPL-2.1-only")),
            None
        );
    }

    #[test]
    fn every_licence_that_applies_together_must_be_allowed() {
        assert_eq!(licence_fault(Some("(MIT OR Apache-2.0) AND Unicode-3.0")), None);
        assert!(licence_fault(Some("MIT AND SSPL-1.0")).is_some());
    }

    #[test]
    fn a_dependency_without_a_readable_licence_is_refused() {
        assert!(licence_fault(None).is_some());
        assert!(licence_fault(Some("ask the author")).is_some());
    }

    #[test]
    fn our_own_crates_say_their_licence() {
        assert_eq!(own_fault("statistics", Some("MIT OR Apache-2.0")), None);
        assert!(own_fault("statistics", Some("AGPL-3.0-or-later")).is_some());
        assert_eq!(own_fault("web", Some("AGPL-3.0-or-later")), None);
    }

    #[test]
    fn every_allowed_licence_is_known_by_its_official_name() {
        for licence in ALLOWED {
            let expression = Expression::parse(licence).unwrap();
            assert!(expression.evaluate(is_allowed), "{licence}");
        }
    }
}
