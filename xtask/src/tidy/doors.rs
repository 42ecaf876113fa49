//! Every command goes through the one door: a public function of a context that is given who asks (`Cx`) checks the matrix
//! of permissions, by itself or through the function that it calls. The door itself is tested for every role, act and
//! relation in `crates/store/tests/door.rs`; here it is seen that nobody walks round it.

use std::collections::{BTreeMap, BTreeSet};

use super::Fault;
use super::tree::Tree;

/// Where commands stand.
const CONTEXTS: &[&str] = &["access", "casework", "monitoring"];
/// What a function says that checks the matrix.
const CHECKS: &[&str] = &[".begin(", ".permit(", ".may(", ".disclose("];
/// Functions that check nothing, with the reason.
const OPEN: &[(&str, &str, &str)] = &[
    ("access", "by_passkey", "whoever signs in is nobody yet"),
    ("access", "start", "whoever signs in is nobody yet"),
    ("access", "keep", "called once someone has signed in"),
    ("access", "remember", "a failed sign-in is nobody's"),
    ("access", "init", "the first coordinator, in an empty folder"),
    ("access", "set_by_operator", "whoever runs the machine closes the door"),
    (
        "access",
        "adopt",
        "keeps the key of what was sealed elsewhere, and opens nothing",
    ),
    ("access", "make", "a key seals, and opens nothing that it did not seal"),
    (
        "access",
        "make_all",
        "keys seal, and open nothing that they did not seal",
    ),
    (
        "access",
        "erase",
        "the caller has checked who may; see its documentation",
    ),
    ("access", "opener", "opens with grants to the member alone"),
    ("access", "list", "the names of organisations, which editions print"),
    ("monitoring", "list", "published editions"),
    ("monitoring", "all_files", "published editions"),
    ("monitoring", "exists", "says whether, and shows nothing"),
    ("monitoring", "is_assessor", "says whether of the member asking"),
    ("monitoring", "relation", "how a record relates to the member asking"),
];

/// A function with what it says.
struct Function<'t> {
    name: &'t str,
    path: &'t str,
    line: usize,
    is_command: bool,
    body: &'t str,
}

/// Checks every public function of a context that takes a `Cx`.
pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let mut by_context: BTreeMap<&str, Vec<Function<'_>>> = BTreeMap::new();
    for file in &tree.files {
        let context = CONTEXTS
            .iter()
            .find(|context| file.path.starts_with(&format!("crates/{context}/src/")));
        if let Some(context) = context.filter(|_| !file.path.contains("test")) {
            let text = file.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            by_context
                .entry(context)
                .or_default()
                .extend(functions(&file.path, text));
        }
    }
    let mut faults = Vec::new();
    for (context, functions) in by_context {
        let checked = checked(&functions);
        let open = |name: &str| OPEN.iter().any(|(of, open, _)| *of == context && *open == name);
        for function in functions {
            if function.is_command && !checked.contains(function.name) && !open(function.name) {
                let what = format!(
                    "`{}` asks nowhere who may: call `cx.begin` or `cx.permit`",
                    function.name
                );
                faults.push(Fault::in_line(function.path, function.line, what));
            }
        }
    }
    faults
}

/// The names of functions that check the matrix, by themselves or through another that they hand their `cx` to.
fn checked<'t>(functions: &[Function<'t>]) -> BTreeSet<&'t str> {
    let mut checked = BTreeSet::new();
    loop {
        let before = checked.len();
        for function in functions {
            let calls = || {
                checked.iter().any(|name: &&str| {
                    ["cx", "&cx", "self.cx"]
                        .iter()
                        .any(|cx| function.body.contains(&format!("{name}({cx}")))
                })
            };
            if CHECKS.iter().any(|check| function.body.contains(check)) || calls() {
                checked.insert(function.name);
            }
        }
        if checked.len() == before {
            return checked;
        }
    }
}

/// The functions of a file that have a body.
fn functions<'t>(path: &'t str, text: &'t str) -> Vec<Function<'t>> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices("fn ") {
        let head = text[..start].rsplit('\n').next().unwrap_or_default().trim_start();
        let is_public = head.starts_with("pub ");
        if !(head.is_empty() || is_public || head.starts_with("pub(") || head.starts_with("async ")) {
            continue;
        }
        let rest = &text[start + 3..];
        let name = &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(0)];
        let Some(open) = rest.find('{').filter(|open| !rest[..*open].contains(';')) else {
            continue;
        };
        let mut depth = 0_usize;
        let end = rest[open..].char_indices().find_map(|(at, letter)| {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            (depth == 0).then_some(open + at)
        });
        found.push(Function {
            name,
            path,
            line: text[..start].matches('\n').count(),
            is_command: is_public && rest[..open].contains("Cx<"),
            body: &rest[open..end.unwrap_or(rest.len())],
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let tree = Tree::of(&[("crates/monitoring/src/claim.rs", text)]);
        check(&tree).into_iter().map(|fault| fault.what).collect()
    }

    #[test]
    fn a_command_that_asks_nowhere_who_may_is_a_fault() {
        let one = faults("pub async fn record(cx: &Cx<'_>) -> u8 {\n    insert(cx).await\n}\n");
        assert_eq!(one.len(), 1, "{one:?}");
        assert!(one[0].contains("`record`"));
    }

    #[test]
    fn a_command_that_asks_or_calls_one_that_asks_is_none() {
        let asks = "pub async fn record(cx: &Cx<'_>) {\n    cx.begin(Action::RecordClaim).await;\n}\n";
        let calls = "pub async fn amend(cx: &Cx<'_>) {\n    if true { record(cx, 1).await; }\n}\n";
        assert_eq!(faults(&format!("{asks}\n{calls}")), Vec::<String>::new());
        assert_eq!(faults(calls).len(), 1, "the one that asks is gone");
    }

    #[test]
    fn what_takes_nobody_or_is_no_command_is_none() {
        assert_eq!(
            faults("pub fn words(code: &str) -> &str {\n    code\n}\n"),
            Vec::<String>::new()
        );
        assert_eq!(
            faults("async fn part(cx: &Cx<'_>) {\n    insert(cx).await;\n}\n"),
            Vec::<String>::new()
        );
    }
}
