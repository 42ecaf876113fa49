//! Every reader of outside bytes has a fuzz target, because the next file from outside is the one nobody thought of.

use super::Fault;
use super::tree::Tree;

/// A public function of `interchange` is a reader if its name begins with one of these.
const READERS: &[&str] = &["read", "parse", "decode"];

/// Checks that something in the fuzzing workspace calls each reader.
pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let targets: Vec<&str> = tree
        .files
        .iter()
        .filter(|file| file.path.starts_with("fuzz/") && file.extension() == "rs")
        .map(|file| file.text.as_str())
        .collect();
    let mut faults = Vec::new();
    for file in &tree.files {
        let Some(path) = file.path.strip_prefix("crates/interchange/src/") else {
            continue;
        };
        let module = path.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
        for (index, line) in file.text.lines().enumerate() {
            // Indented lines are methods, which a reader's function calls.
            let Some(name) = line.strip_prefix("pub fn ").map(identifier) else {
                continue;
            };
            if READERS.iter().any(|reader| name.starts_with(reader)) {
                let call = if module == "lib" {
                    name.to_owned()
                } else {
                    format!("{module}::{name}")
                };
                if !targets.iter().any(|target| target.contains(&call)) {
                    let what = format!("nothing in `fuzz` calls `{call}`");
                    faults.push(Fault::in_line(&file.path, index, what));
                }
            }
        }
    }
    faults
}

fn identifier(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    const READER: (&str, &str) = (
        "crates/interchange/src/csv.rs",
        "//! CSV.\n\npub fn read(bytes: &[u8]) {}\n",
    );

    #[test]
    fn a_reader_without_a_fuzz_target_is_a_fault() {
        let faults = check(&Tree::of(&[READER]));
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].line, Some(3));
    }

    #[test]
    fn a_target_that_calls_the_reader_is_enough() {
        let target = (
            "fuzz/fuzz_targets/csv.rs",
            "fuzz_target!(|b: &[u8]| { interchange::csv::read(b); });",
        );
        assert!(check(&Tree::of(&[READER, target])).is_empty());
    }

    #[test]
    fn writers_need_no_target() {
        let writer = ("crates/interchange/src/xlsx.rs", "pub fn write(rows: &[Row]) {}\n");
        assert!(check(&Tree::of(&[writer])).is_empty());
    }
}
