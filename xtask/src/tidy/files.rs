//! Size, name and opening of files: a file that is short, named after its subject and says what it is for can be read.

use super::Fault;
use super::tree::{File, Tree};

/// The most lines that a file written by hand may have.
const MOST_LINES: usize = 600;

/// Kinds of files that the limit is for.
const LIMITED: &[&str] = &["rs", "html", "css", "js", "typ", "sql"];

/// Files that may be longer, each with the reason.
const EXEMPT: &[(&str, &str)] = &[];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["common", "helper", "helpers", "manager", "misc", "util", "utils", "v2"];

/// Checks every file.
pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    tree.files
        .iter()
        .flat_map(|file| [too_long(file), empty_name(file), silent_module(file)])
        .flatten()
        .collect()
}

fn too_long(file: &File) -> Option<Fault> {
    let lines = file.text.lines().count();
    let is_exempt = EXEMPT.iter().any(|(path, _)| *path == file.path);
    (LIMITED.contains(&file.extension()) && lines > MOST_LINES && !is_exempt)
        .then(|| Fault::in_file(&file.path, format!("{lines} lines; the most is {MOST_LINES}")))
}

fn empty_name(file: &File) -> Option<Fault> {
    let part = file.path.split('/').find_map(|part| {
        let stem = part.split('.').find(|stem| !stem.is_empty())?;
        EMPTY_NAMES.contains(&stem).then_some(part)
    })?;
    Some(Fault::in_file(
        &file.path,
        format!("`{part}` says nothing about what is inside"),
    ))
}

fn silent_module(file: &File) -> Option<Fault> {
    let is_source = file.extension() == "rs" && (file.path.starts_with("crates/") || file.path.starts_with("xtask/"));
    let says = file.text.lines().next().and_then(|line| line.strip_prefix("//!"));
    (is_source && says.is_none_or(|says| says.trim().is_empty()))
        .then(|| Fault::in_file(&file.path, "must begin with `//!` and say what it is for"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn six_hundred_lines_are_allowed_and_one_more_is_not() {
        let longest = "a {}\n".repeat(600);
        assert_eq!(faults("crates/web/src/style.css", &longest), 0);
        assert_eq!(faults("crates/web/src/style.css", &format!("{longest}a {{}}\n")), 1);
        assert_eq!(faults("standards/table.csv", &"row\n".repeat(900)), 0);
    }

    #[test]
    fn names_that_say_nothing_are_refused_for_files_and_folders() {
        assert_eq!(faults("crates/web/src/util.rs", "//! Things."), 1);
        assert_eq!(faults("docs/helpers/page.md", ""), 1);
        assert_eq!(faults("crates/web/src/utility_bill.rs", "//! A bill."), 0);
    }

    #[test]
    fn a_module_says_what_it_is_for() {
        assert_eq!(faults("crates/web/src/page.rs", "//! A page.\n"), 0);
        assert_eq!(faults("crates/web/src/page.rs", "//!\nfn main() {}\n"), 1);
        assert_eq!(faults("crates/web/src/page.rs", "fn main() {}\n"), 1);
        assert_eq!(faults("crates/web/src/page.rs", ""), 1);
    }
}
