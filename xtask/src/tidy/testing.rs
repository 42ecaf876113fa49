//! Tests are never left out and never wait for the clock: a test that is ignored proves nothing, one that sleeps lies
//! on a slow machine.

use super::Fault;
use super::tree::{File, Tree};

const IGNORED: &str = concat!("#[ig", "nore");
const SLEEP: &str = concat!("sle", "ep(");

/// Checks every Rust file; sleeping is forbidden in tests and in the test kit alone.
pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in tree.files.iter().filter(|file| file.extension() == "rs") {
        let mut in_tests = is_all_tests(file);
        for (index, line) in file.text.lines().enumerate() {
            in_tests |= line.trim_start().starts_with("#[cfg(test)]");
            if line.contains(IGNORED) {
                faults.push(Fault::in_line(&file.path, index, "a test must not be ignored"));
            }
            if in_tests && line.contains(SLEEP) {
                faults.push(Fault::in_line(&file.path, index, "a test must not sleep"));
            }
        }
    }
    faults
}

fn is_all_tests(file: &File) -> bool {
    file.path.starts_with("crates/testkit/") || file.path.contains("/tests/") || file.name() == "tests.rs"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn an_ignored_test_is_a_fault() {
        assert_eq!(faults("crates/web/src/page.rs", concat!("#[ig", "nore = \"slow\"]")), 1);
    }

    #[test]
    fn sleeping_is_a_fault_in_tests_only() {
        let sleeps = concat!("thread::sle", "ep(pause);");
        assert_eq!(faults("crates/web/src/page.rs", sleeps), 0);
        assert_eq!(faults("crates/web/src/page.rs", &format!("#[cfg(test)]\n{sleeps}")), 1);
        assert_eq!(faults("crates/web/tests/browser.rs", sleeps), 1);
        assert_eq!(faults("crates/web/src/finding/tests.rs", sleeps), 1);
    }
}
