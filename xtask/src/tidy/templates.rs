//! Pages are served under a policy that refuses inline scripts and styles and anything from elsewhere; a template that
//! has them would work when opened from disk and fail in the browser of a reader.

use super::Fault;
use super::tree::Tree;

/// Checks every HTML template.
pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in &tree.files {
        if file.extension() == "html" && file.path.starts_with("crates/") {
            for (start, tag) in tags(&file.text) {
                let line = file.text[..start].lines().count().saturating_sub(1);
                faults.extend(fault_in(tag).map(|what| Fault::in_line(&file.path, line, what)));
            }
        }
    }
    faults
}

/// Every opening tag, from its `<` up to its `>`, and where it starts.
fn tags(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('<').filter_map(|(start, _)| {
        let rest = &text[start..];
        let is_opening = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic());
        let end = rest.find('>')?;
        is_opening.then(|| (start + 1, &rest[..end]))
    })
}

fn fault_in(tag: &str) -> Option<&'static str> {
    let tag = tag.to_lowercase();
    let name: String = tag.chars().skip(1).take_while(char::is_ascii_alphanumeric).collect();
    let attributes: Vec<&str> = tag.split_whitespace().skip(1).collect();
    let has = |name: &str| attributes.iter().any(|attribute| attribute.starts_with(name));
    let is_handler = |attribute: &&str| {
        attribute.split_once('=').is_some_and(|(name, _)| {
            name.strip_prefix("on")
                .is_some_and(|event| event.chars().all(|c| c.is_ascii_alphabetic()))
        })
    };
    match name.as_str() {
        "style" => Some("an inline style sheet"),
        "script" if !has("src=") => Some("an inline script"),
        _ if has("style=") => Some("an inline style"),
        _ if attributes.iter().any(is_handler) => Some("an inline event handler"),
        _ if tag.contains("javascript:") => Some("a script in an address"),
        _ if has("src=\"http") || has("src=\"//") => Some("something fetched from elsewhere"),
        "link" if has("href=\"http") || has("href=\"//") => Some("something fetched from elsewhere"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<Option<usize>> {
        check(&Tree::of(&[("crates/web/src/page.html", text)]))
            .iter()
            .map(|fault| fault.line)
            .collect()
    }

    #[test]
    fn what_the_policy_refuses_is_found_with_its_line() {
        assert_eq!(faults("<p>\n<b style=\"color: red\">x</b>"), [Some(2)]);
        assert_eq!(faults("<style>a {}</style>"), [Some(1)]);
        assert_eq!(faults("<script>go()</script>"), [Some(1)]);
        assert_eq!(faults("<button\n onclick=\"go()\">x</button>"), [Some(1)]);
        assert_eq!(faults("<a href=\"javascript:go()\">x</a>"), [Some(1)]);
        assert_eq!(faults("<img alt=\"\" src=\"https://example.org/x.png\">"), [Some(1)]);
        assert_eq!(
            faults("<link rel=\"stylesheet\" href=\"//example.org/x.css\">"),
            [Some(1)]
        );
    }

    #[test]
    fn files_of_our_own_and_links_elsewhere_are_fine() {
        assert_eq!(faults("<script src=\"/exit.js\" defer></script>"), []);
        assert_eq!(faults("<link rel=\"stylesheet\" href=\"/style.css\">"), []);
        assert_eq!(faults("<a href=\"https://example.org/\">the source</a>"), []);
        assert_eq!(faults("<p data-style=\"x\">one < two, content=\"yes\"</p>"), []);
    }
}
