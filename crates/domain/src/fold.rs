//! Folding of text for comparing and sorting.
//!
//! Databases fold differently (one only ASCII), so text is folded here and stored beside the
//! original wherever it is searched, sorted or must be unique.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Lower case, accents kept, white space collapsed.
///
/// ```
/// assert_eq!(domain::fold::fold("  Émile   ZOLA "), "émile zola");
/// ```
pub fn fold(text: &str) -> String {
    text.split_whitespace()
        .map(str::to_lowercase)
        .collect::<Vec<_>>()
        .join(" ")
}

/// As [`fold`], and without accents: for a search that finds a name however it is typed.
///
/// ```
/// assert_eq!(domain::fold::fold_plain("  Émile   ZOLA "), "emile zola");
/// ```
pub fn fold_plain(text: &str) -> String {
    fold(
        &text
            .nfd()
            .filter(|letter| !is_combining_mark(*letter))
            .collect::<String>(),
    )
}

/// As [`fold_plain`], and without apostrophes, which a telephone, a word processor and a keyboard write each in their own way:
/// for finding people by name.
///
/// ```
/// assert_eq!(domain::fold::fold_name("O’Neill"), domain::fold::fold_name("o'neill"));
/// ```
pub fn fold_name(text: &str) -> String {
    fold_plain(text).replace(['\'', '’', '‘', 'ʼ', '`', '´', '′'], "")
}
