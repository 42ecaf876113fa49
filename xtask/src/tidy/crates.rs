//! Which crate may use which: the direction of dependencies is the architecture, so it is checked, not hoped for.

use cargo_metadata::{DependencyKind, Package};

use super::Fault;

/// Each crate of ours and those of ours that it may use. A crate that is not here is a fault, so a new one is placed
/// by a decision. The contexts (`monitoring`, `casework`, later others) never stand in each other's row.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("statistics", &[]),
    ("interchange", &[]),
    ("measures", &["domain", "statistics"]),
    ("store", &["domain"]),
    ("access", &["domain", "store"]),
    (
        "monitoring",
        &["access", "domain", "interchange", "measures", "statistics", "store"],
    ),
    ("casework", &["access", "domain", "interchange", "store"]),
    ("report", &["domain", "interchange", "monitoring"]),
    (
        "web",
        &[
            "access",
            "casework",
            "domain",
            "interchange",
            "measures",
            "monitoring",
            "statistics",
            "store",
        ],
    ),
    (
        "cli",
        &[
            "access",
            "casework",
            "domain",
            "interchange",
            "measures",
            "monitoring",
            "report",
            "statistics",
            "store",
            "web",
        ],
    ),
    ("bench", &["access", "domain", "report", "store"]),
    ("testkit", &["access", "domain", "monitoring", "store"]),
    ("xtask", &[]),
];

/// Parts of others that only some crates may use: `web` is the only crate that knows HTTP (`cli` hands it a listener),
/// only `report` links the page layout, and neither `report` nor the pure crates know the database.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("typst", &["report"]),
    ("typst-pdf", &["report"]),
    ("typst-layout", &["report"]),
    ("typst-assets", &["report"]),
    ("axum", &["cli", "testkit", "web"]),
    (
        "sea-orm",
        &["access", "bench", "casework", "monitoring", "store", "testkit"],
    ),
];

/// A crate that exists for tests; others may use it as a dev-dependency only.
const FOR_TESTS: &str = "testkit";

/// The part of a dependency that the rule looks at.
struct Use<'a> {
    name: &'a str,
    is_ours: bool,
    is_for_tests: bool,
}

/// Checks every package of the workspace.
pub(super) fn check(packages: &[Package]) -> Vec<Fault> {
    packages
        .iter()
        .flat_map(|package| {
            let manifest = if package.name.as_str() == "xtask" {
                "xtask/Cargo.toml".to_owned()
            } else {
                format!("crates/{}/Cargo.toml", package.name)
            };
            let uses = package.dependencies.iter().map(|dependency| Use {
                name: &dependency.name,
                is_ours: dependency.path.is_some(),
                is_for_tests: dependency.kind == DependencyKind::Development,
            });
            faults_of(&package.name, uses)
                .into_iter()
                .map(move |what| Fault::in_file(&manifest, what))
        })
        .collect()
}

fn faults_of<'a>(name: &str, uses: impl Iterator<Item = Use<'a>>) -> Vec<String> {
    let Some((_, may_use)) = MAY_USE.iter().find(|(crate_name, _)| *crate_name == name) else {
        return vec![format!(
            "`{name}` has no place in the dependency rules of `cargo xtask tidy`"
        )];
    };
    uses.filter_map(|used| {
        let other = used.name;
        if !used.is_ours {
            let (_, allowed) = ONLY_IN.iter().find(|(part, _)| *part == other)?;
            let only = allowed.join(", ");
            return (!allowed.contains(&name))
                .then(|| format!("`{name}` must not use `{other}`; only these may: {only}"));
        }
        if other == FOR_TESTS {
            return (!used.is_for_tests).then(|| format!("`{name}` may use `{FOR_TESTS}` as a dev-dependency only"));
        }
        (!may_use.contains(&other)).then(|| format!("`{name}` must not use `{other}`"))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(name: &str) -> Use<'_> {
        Use {
            name,
            is_ours: true,
            is_for_tests: false,
        }
    }

    #[test]
    fn a_use_along_the_direction_is_fine() {
        assert!(faults_of("monitoring", [ours("store"), ours("statistics")].into_iter()).is_empty());
    }

    #[test]
    fn a_use_against_the_direction_is_a_fault() {
        assert_eq!(
            faults_of("web", [ours("report")].into_iter()),
            ["`web` must not use `report`"]
        );
        assert_eq!(faults_of("store", [ours("access")].into_iter()).len(), 1);
        assert_eq!(faults_of("statistics", [ours("domain")].into_iter()).len(), 1);
    }

    #[test]
    fn the_direction_holds_for_tests_too() {
        let used = Use {
            name: "report",
            is_ours: true,
            is_for_tests: true,
        };
        assert_eq!(faults_of("web", [used].into_iter()).len(), 1);
    }

    #[test]
    fn the_test_kit_is_for_tests_only() {
        assert_eq!(faults_of("store", [ours("testkit")].into_iter()).len(), 1);
        let for_tests = Use {
            name: "testkit",
            is_ours: true,
            is_for_tests: true,
        };
        assert!(faults_of("store", [for_tests].into_iter()).is_empty());
    }

    #[test]
    fn page_layout_stays_out_of_the_web() {
        let typst = Use {
            name: "typst",
            is_ours: false,
            is_for_tests: false,
        };
        assert_eq!(faults_of("web", [typst].into_iter()).len(), 1);
    }

    #[test]
    fn a_new_crate_needs_a_place() {
        assert_eq!(faults_of("newcomer", std::iter::empty()).len(), 1);
    }

    #[test]
    fn contexts_never_use_each_other() {
        let contexts = ["monitoring", "casework"];
        for (name, may_use) in MAY_USE {
            if contexts.contains(name) {
                assert!(!contexts.iter().any(|other| may_use.contains(other)), "{name}");
            }
        }
    }
}
