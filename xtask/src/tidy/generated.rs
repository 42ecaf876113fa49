//! Generated files are what their generator would write now: neither stale nor edited by hand.

use super::Fault;
use super::tree::Tree;
use crate::rows::{MIGRATIONS, ROWS, generate};

/// Compares every row type of the store with the migrations.
pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let migrations: Vec<&str> = tree
        .files
        .iter()
        .filter(|file| file.path.starts_with(MIGRATIONS))
        .map(|file| file.text.as_str())
        .collect();
    if migrations.is_empty() {
        return Vec::new();
    }
    let expected = generate(&migrations.join("\n"));
    let stale = expected.iter().filter_map(|(name, text)| {
        let path = format!("{ROWS}{name}");
        let is_current = tree.file(&path).is_some_and(|file| file.text == *text);
        (!is_current).then(|| Fault::in_file(&path, "is not what `cargo xtask rows` writes from the migrations"))
    });
    let left_over = tree.files.iter().filter_map(|file| {
        let name = file.path.strip_prefix(ROWS)?;
        let is_expected = expected.iter().any(|(expected, _)| expected == name);
        (!is_expected).then(|| Fault::in_file(&file.path, "belongs to no table of the migrations"))
    });
    stale.chain(left_over).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIGRATION: (&str, &str) = (
        "crates/store/migrations/0002_audit.sql",
        "create table body (\n    id uuid primary key\n);\n",
    );

    #[test]
    fn an_edited_row_type_and_a_left_over_one_are_faults() {
        let files = generate(MIGRATION.1);
        let mut tree = vec![
            MIGRATION,
            ("crates/store/src/row/body.rs", &files[0].1),
            ("crates/store/src/row/mod.rs", &files[1].1),
        ];
        assert!(check(&Tree::of(&tree)).is_empty());
        tree[1].1 = "//! Edited.\n";
        tree.push(("crates/store/src/row/gone.rs", "//! Left over.\n"));
        assert_eq!(check(&Tree::of(&tree)).len(), 2);
    }
}
