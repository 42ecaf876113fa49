//! Text that must not stand in the project: where it was written, where its dependencies are fetched, notes to oneself.
//!
//! The words are written in pieces here, so that this file passes its own rule.

use super::Fault;
use super::tree::Tree;

/// What is forbidden, in lower case, and why.
const FORBIDDEN: &[(&str, &str)] = &[
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/ho", "me/"), "a path of one machine"),
    (concat!("crates", ".io"), "a registry's address"),
    (concat!("pypi", ".org"), "a registry's address"),
    (concat!("python", "hosted"), "a registry's address"),
    (concat!("npm", "js"), "a registry's address"),
    (concat!("deb.", "debian"), "a registry's address"),
    (concat!("fix", "me"), "a note to oneself"),
    (concat!("xx", "x:"), "a note to oneself"),
    (concat!("to", "do:"), "a note to oneself"),
    (concat!("lorem", " ipsum"), "filler"),
];

/// Files that a tool writes and that cannot do without.
const EXEMPT: &[&str] = &["Cargo.lock", "fuzz/Cargo.lock"];

/// Checks every line of every text file.
pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in tree.files.iter().filter(|file| !EXEMPT.contains(&file.path.as_str())) {
        for (index, line) in file.text.lines().enumerate() {
            let line = line.to_lowercase();
            for (word, why) in FORBIDDEN.iter().filter(|(word, _)| line.contains(word)) {
                faults.push(Fault::in_line(&file.path, index, format!("`{word}` is {why}")));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_word_is_found_in_any_case_with_its_line() {
        let text = format!("fine\nsee Crates{}\n", ".IO");
        let faults = check(&Tree::of(&[("README.md", &text)]));
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].line, Some(2));
    }

    #[test]
    fn the_lock_file_may_name_the_registry() {
        let text = concat!("source = \"registry+crates", ".io-index\"");
        assert!(check(&Tree::of(&[("Cargo.lock", text)])).is_empty());
    }

    #[test]
    fn each_word_is_written_in_lower_case() {
        for (word, _) in FORBIDDEN {
            assert_eq!(*word, word.to_lowercase());
        }
    }
}
