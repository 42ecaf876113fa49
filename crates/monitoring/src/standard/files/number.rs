//! The numbers of provisions: how they are written, and what a reference to one means.

use super::HOME_STANDARD;

/// Splits `MSA 2015:52` into code and number; without a prefix the code is the home standard's.
pub(super) fn split(reference: &str) -> (&str, &str) {
    match reference.split_once(':') {
        Some((code, number)) => (code.trim(), number.trim()),
        None => (HOME_STANDARD, reference.trim()),
    }
}

/// Whether a reference means a number: the number itself or a part of what is named.
///
/// `6` means 6 and 6a but not 60; `13(1)` means 13(1).1; `52` does not mean section 52A, because a
/// capital makes another article.
pub(super) fn covers(reference: &str, number: &str) -> bool {
    !reference.is_empty()
        && number.strip_prefix(reference).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(['(', '.']) || rest.starts_with(|c: char| c.is_ascii_lowercase())
        })
}

/// The key by which articles are in order: `9`, `10`, `52`, `52A`.
pub(super) fn article_order(article: &str) -> (u32, &str) {
    let digits = article.find(|c: char| !c.is_ascii_digit()).unwrap_or(article.len());
    let (number, rest) = article.split_at(digits);
    (number.parse().unwrap_or(u32::MAX), rest)
}

/// Whether text is an article: digits, and a capital where a later law has slipped one in.
pub(super) fn is_article(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len() && rest.len() <= 1 && rest.chars().all(|c| c.is_ascii_uppercase())
}

/// What is wrong with a number, if anything: message and remedy.
pub(super) fn fault(number: &str, article: &str) -> Option<(String, String)> {
    let Some(rest) = number.strip_prefix(article) else {
        return Some((
            format!("provision {number} does not begin with its article {article}"),
            format!("write {article} and the paragraph, for example {article}(1)"),
        ));
    };
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return Some((
            format!("provision {number} does not belong to article {article}"),
            "correct the number or the article".to_owned(),
        ));
    }
    if rest.contains(|c: char| c.is_ascii_uppercase()) {
        return Some((
            format!("provision {number} has a capital letter"),
            format!("write {article}{}", rest.to_ascii_lowercase()),
        ));
    }
    if !is_tail(rest) {
        return Some((
            format!("“{number}” is not a provision number"),
            "write article, paragraph in brackets, letter, and our own number after a dot, for example 13(1).1 or 10(4)a".to_owned(),
        ));
    }
    None
}

/// Paragraphs in brackets, then letters, then one number of ours: any may be missing.
fn is_tail(mut rest: &str) -> bool {
    while let Some(after) = rest.strip_prefix('(') {
        match after.split_once(')') {
            Some((inner, more)) if !inner.is_empty() && inner.chars().all(|c| c.is_ascii_alphanumeric()) => rest = more,
            _ => return false,
        }
    }
    rest = rest.trim_start_matches(|c: char| c.is_ascii_lowercase());
    match rest.strip_prefix('.') {
        Some(ours) => !ours.is_empty() && ours.chars().all(|c| c.is_ascii_digit()),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_means_itself_and_its_parts_and_nothing_beside_them() {
        for (reference, number, meant) in [
            ("6", "6", true),
            ("6", "6a", true),
            ("6", "60", false),
            ("1", "13(1)", false),
            ("13(1)", "13(1).1", true),
            ("13(1)", "13(10)", false),
            ("13(1).1", "13(1).10", false),
            ("10(4)", "10(4)a", true),
            ("52", "52A", false),
            ("52", "52(1)", true),
            ("", "1", false),
        ] {
            assert_eq!(covers(reference, number), meant, "{reference} and {number}");
        }
    }

    #[test]
    fn numbers_are_written_in_one_way() {
        for number in ["10", "10(4)", "10(4)a", "13(1).1", "6a", "30.1", "12(7).2"] {
            let article: String = number.chars().take_while(char::is_ascii_digit).collect();
            assert_eq!(fault(number, &article), None, "{number}");
        }
        for (number, article) in [
            ("10(4)A", "10"),
            ("11(1)", "10"),
            ("100", "10"),
            ("10(", "10"),
            ("10()", "10"),
            ("10.", "10"),
            ("10(1) ", "10"),
            ("", "10"),
        ] {
            assert!(fault(number, article).is_some(), "{number}");
        }
    }

    #[test]
    fn articles_are_in_the_order_of_their_numbers() {
        assert!(article_order("9") < article_order("10"));
        assert!(article_order("52") < article_order("52A"));
        assert!(is_article("52A") && !is_article("52a") && !is_article("IV") && !is_article(""));
    }
}
