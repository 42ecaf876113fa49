//! Folding of text for comparing and sorting.
//!
//! Databases fold differently (one only ASCII), so text is folded here and stored beside the
//! original wherever it is searched, sorted or must be unique.

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
