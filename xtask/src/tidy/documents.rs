//! Documents that nobody tests begin to lie. Every path they name must exist, every crate and slice must be described.

use super::Fault;
use super::tree::{File, MADE, Tree};

/// Kinds of files that a document may name without a folder.
const NAMED_KINDS: &[&str] = &["css", "html", "md", "rs", "sql", "toml", "typ"];

/// Checks the documents for people and, against the folders, the description of the architecture.
pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in tree.files.iter().filter(|file| is_document(file)) {
        faults.extend(missing_paths(file, tree));
    }
    match tree.file("ARCHITECTURE.md") {
        Some(architecture) => faults.extend(undescribed(architecture, tree)),
        None => faults.push(Fault::in_file("ARCHITECTURE.md", "is missing")),
    }
    faults
}

fn is_document(file: &File) -> bool {
    file.extension() == "md" && (!file.path.contains('/') || file.path.starts_with("docs/"))
}

fn missing_paths(document: &File, tree: &Tree) -> Vec<Fault> {
    let folder = document.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let exists = |path: &str| tree.contains(path) || resolved(folder, path).is_some_and(|path| tree.contains(&path));
    let mut faults = Vec::new();
    let mut in_block = false;
    for (index, line) in document.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            let spans = code_spans(line).filter(|span| is_path(span, tree));
            for path in spans.chain(link_targets(line)) {
                if !exists(path) {
                    let what = format!("`{path}` does not exist");
                    faults.push(Fault::in_line(&document.path, index, what));
                }
            }
        }
    }
    faults
}

/// What stands between backticks.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Where the links and pictures of a line lead, as far as it is into the repository.
fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', ' ', '#']).next()?;
        (!target.is_empty() && !target.contains(':')).then_some(target)
    })
}

/// Whether a code span is meant as a path of the repository: it starts at a folder of the root, or names a file.
fn is_path(span: &str, tree: &Tree) -> bool {
    let is_plain = span.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let Some(first) = span.split('/').next().filter(|first| is_plain && !first.is_empty()) else {
        return false;
    };
    let starts_at_root = span.contains('/') && tree.contains(first);
    let names_file = span
        .rsplit_once('.')
        .is_some_and(|(stem, kind)| !stem.is_empty() && NAMED_KINDS.contains(&kind));
    let is_made = span.split('/').any(|part| MADE.contains(&part));
    !is_made && (starts_at_root || names_file)
}

/// A path seen from a folder, with `..` carried out; none when it leaves the repository.
fn resolved(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Crates, and the slices inside them (folders of `src`), that the architecture does not name in code.
fn undescribed(architecture: &File, tree: &Tree) -> Vec<Fault> {
    let mut names: Vec<&str> = Vec::new();
    for file in &tree.files {
        let parts: Vec<&str> = file.path.split('/').collect();
        match parts.as_slice() {
            ["crates", name, "src", slice, _, ..] => names.extend([*name, *slice]),
            ["crates", name, "Cargo.toml"] => names.push(name),
            _ => {}
        }
    }
    names.sort_unstable();
    names.dedup();
    let described = words_in_code(&architecture.text);
    names
        .into_iter()
        .filter(|name| !described.contains(name))
        .map(|name| Fault::in_file(&architecture.path, format!("does not name `{name}`")))
        .collect()
}

/// Every word inside backticks or a fenced block.
fn words_in_code(text: &str) -> Vec<&str> {
    let mut in_block = false;
    let mut words = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if in_block {
            words.extend(words_of(line));
        } else {
            words.extend(code_spans(line).flat_map(words_of));
        }
    }
    words
}

fn words_of(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_path_that_does_not_exist_is_found_with_its_line() {
        let files = [
            (
                "ARCHITECTURE.md",
                "The `web` crate.\n\nSee `crates/web/src/gone.rs` and `lost.md`.",
            ),
            ("crates/web/Cargo.toml", ""),
        ];
        assert_eq!(
            faults(&files),
            [
                "ARCHITECTURE.md:3: `crates/web/src/gone.rs` does not exist",
                "ARCHITECTURE.md:3: `lost.md` does not exist",
            ]
        );
    }

    #[test]
    fn routes_commands_and_made_files_are_not_taken_for_paths() {
        let text = "`web`: `GET /findings`, `/findings/new`, `cargo xtask test`, `datapackage.json`, `target/parts`, `fuzz/corpus/text`, `0.1`";
        assert!(faults(&[("ARCHITECTURE.md", text), ("crates/web/Cargo.toml", "")]).is_empty());
    }

    #[test]
    fn links_are_followed_from_the_folder_of_their_document() {
        let files = [
            (
                "ARCHITECTURE.md",
                "[why](docs/adr/0001-one.md#context), [there](https://example.org/)",
            ),
            (
                "docs/adr/0001-one.md",
                "[back](../../ARCHITECTURE.md) [gone](../gone.png)",
            ),
        ];
        assert_eq!(faults(&files), ["docs/adr/0001-one.md:1: `../gone.png` does not exist"]);
    }

    #[test]
    fn every_crate_and_slice_is_described() {
        let files = [
            ("ARCHITECTURE.md", "The `web` crate.\n```\ncrates/store/\n```\n"),
            ("crates/store/Cargo.toml", ""),
            ("crates/web/Cargo.toml", ""),
            ("crates/web/src/finding/mod.rs", ""),
        ];
        assert_eq!(faults(&files), ["ARCHITECTURE.md: does not name `finding`"]);
    }

    #[test]
    fn a_repository_without_a_description_is_at_fault() {
        assert_eq!(faults(&[]), ["ARCHITECTURE.md: is missing"]);
    }
}
