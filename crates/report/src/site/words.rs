//! What only pages need of words: references inside prose, addresses.

/// A piece of prose: words, and the reference to evidence (“[12]”) that follows them, if one does.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// Words as written.
    pub(super) words: &'a str,
    /// The number between square brackets.
    pub(super) reference: Option<u32>,
}

/// Cuts prose at its references; `is_known` says which numbers lead somewhere.
pub(super) fn pieces(text: &str, is_known: impl Fn(u32) -> bool) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(open) = rest[from..].find('[').map(|at| from + at) {
        let Some(close) = rest[open..].find(']').map(|at| open + at) else {
            break;
        };
        match rest[open + 1..close].parse::<u32>() {
            Ok(number) if is_known(number) => {
                pieces.push(Piece {
                    words: &rest[..open],
                    reference: Some(number),
                });
                rest = &rest[close + 1..];
                from = 0;
            }
            _ => from = open + 1,
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece {
            words: rest,
            reference: None,
        });
    }
    pieces
}

/// The address, if a reader may follow it: a source typed by a member is not trusted to be a web page.
pub(super) fn web(address: &str) -> Option<&str> {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    (is_web && !address.contains(char::is_whitespace)).then_some(address)
}

/// A word for an address: lower case, with a hyphen for everything but letters and digits.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Whether text may stand in a path and in an anchor as it is.
pub(super) fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// What the words of a score or grade say after its sign: “3: substantial” becomes “substantial”.
pub(super) fn meaning(words: &'static str) -> &'static str {
    words.split_once(": ").map_or(words, |(_, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_references_become_links() {
        let cut = |text| -> Vec<_> {
            pieces(text, |number| number < 3)
                .iter()
                .map(|piece| (piece.words, piece.reference))
                .collect()
        };
        assert_eq!(
            cut("So [2] says [draft], [9] and [1]."),
            [("So ", Some(2)), (" says [draft], [9] and ", Some(1)), (".", None)]
        );
        assert_eq!(cut("no [end"), [("no [end", None)]);
        assert_eq!(cut("[1]"), [("", Some(1))]);
    }

    #[test]
    fn only_web_addresses_are_followed() {
        assert_eq!(web("https://example.org/a"), Some("https://example.org/a"));
        assert_eq!(web("javascript:alert(1)"), None);
        assert_eq!(web(""), None);
    }
}
