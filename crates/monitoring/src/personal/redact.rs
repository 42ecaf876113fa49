//! Writing the redacted copy of an original.
//!
//! The copy is new text, never the old with something laid over it: what is struck is not there. Struck words are
//! found whatever their case, accents or spacing.

use domain::permission::Action;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use store::row::redaction;
use store::{AppError, Cx, FieldErrors};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use uuid::Uuid;

use super::open::unseal;
use super::{copy, sealed};

/// What stands where words were struck.
const STRUCK: &str = "[redacted]";

/// A redacted copy: what the coalition will read. Codes and days as in [`crate::evidence::Record`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// Its title.
    pub title: String,
    /// What it says.
    pub summary: String,
    /// Who published it, or holds it.
    pub publisher: String,
    /// Who first saw or wrote it.
    pub origin: String,
    /// Where it stands on the web.
    pub source_url: String,
    /// The day it speaks of.
    pub effective_on: String,
    /// Code of who may see the copy.
    pub handling: String,
    /// Code of whether its words may be printed.
    pub quoting: String,
    /// Words it is cited for, each after its place.
    pub quotes: Vec<(String, String)>,
}

impl Copy {
    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        let mut texts = vec![
            ("title", &mut self.title),
            ("summary", &mut self.summary),
            ("publisher", &mut self.publisher),
            ("origin", &mut self.origin),
            ("source_url", &mut self.source_url),
        ];
        texts.extend(
            self.quotes
                .iter_mut()
                .flat_map(|(page, quote)| [("quotes", page), ("quotes", quote)]),
        );
        texts
    }

    /// The copy as a file of plain text, which holds nothing but what it shows.
    pub fn file(&self) -> Vec<u8> {
        let mut text = format!("Redacted copy\n\n{}\n\n{}\n", self.title, self.summary);
        for (page, quote) in &self.quotes {
            text.push_str(&format!("\n“{quote}”\n{page}\n"));
        }
        text.into_bytes()
    }
}

/// Proposes a redacted copy. `strike` are words that must not be in it, one or several to a line; they are struck
/// from every text of it and kept nowhere.
pub async fn redact(cx: &Cx<'_>, id: Uuid, mut typed: Copy, strike: &str) -> Result<Uuid, AppError> {
    let (_, relation) = sealed(cx, id).await?;
    cx.permit(Action::RedactEvidence, relation)?;
    let (row, relation, key, _) = unseal(cx, id).await?;
    let mut errors = FieldErrors::new();
    let words: Vec<&str> = strike.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    for (field, text) in typed.texts() {
        *text = words
            .iter()
            .fold(text.trim().to_owned(), |text, word| struck(&text, word));
        if let Some(word) = words.iter().find(|word| compact(text).contains(&compact(word))) {
            errors.add(
                field,
                format!("“{word}” still stands here, spaced or punctuated otherwise: take it out by hand"),
            );
        }
    }
    errors.required("title", &typed.title, "Enter a title for the copy");
    errors.required("summary", &typed.summary, "Enter what the copy says");
    errors.required(
        "publisher",
        &typed.publisher,
        "Enter who holds it: your own organisation, if nobody may know",
    );
    errors.day("effective_on", &typed.effective_on);
    errors.into_result()?;
    let work = cx.begin(Action::RedactEvidence, relation).await?;
    let settled = redaction::Entity::find()
        .filter(redaction::Column::PersonalEvidenceId.eq(id))
        .filter(redaction::Column::State.is_in(["proposed", "approved"]))
        .count(&work.tx)
        .await?;
    if settled > 0 {
        return Err(AppError::Refused(
            "there is a redacted copy already: one that waits is reviewed first, one that was approved is amended as evidence"
                .into(),
        ));
    }
    let new = cx.ids.random();
    redaction::ActiveModel {
        id: Set(new),
        personal_evidence_id: Set(row.id),
        member_id: Set(cx.member()?.0),
        state: Set("proposed".to_owned()),
        sealed_copy: Set(key.seal(&copy(new), &serde_json::to_vec(&typed)?)),
        sealed_note: Set(None),
        reviewer_id: Set(None),
        evidence_id: Set(None),
        written_on: Set(cx.now.day().iso()),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "redaction", Some(new)).await?;
    Ok(new)
}

/// A text without any occurrence of some words, whatever their case and accents. Linear in the text for each.
pub(super) fn struck(text: &str, words: &str) -> String {
    let wanted = plain(words);
    if wanted.is_empty() {
        return text.to_owned();
    }
    // The folded text, and for each of its bytes where the letter it came from begins and ends.
    let (mut folded, mut places) = (String::new(), Vec::new());
    for (at, letter) in text.char_indices() {
        let plain = plain(letter.encode_utf8(&mut [0; 4]));
        places.extend(std::iter::repeat_n((at, at + letter.len_utf8()), plain.len()));
        folded.push_str(&plain);
    }
    let (mut out, mut from, mut search) = (String::with_capacity(text.len()), 0, 0);
    while let Some(found) = folded.get(search..).and_then(|rest| rest.find(&wanted)) {
        let (first, last) = (search + found, search + found + wanted.len() - 1);
        let (start, end) = (places[first].0, places[last].1);
        if start >= from {
            out.push_str(&text[from..start]);
            out.push_str(STRUCK);
            from = end;
        }
        search = last + 1;
    }
    out.push_str(&text[from..]);
    out
}

/// Lower case and without accents, letter by letter.
fn plain(text: &str) -> String {
    text.nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Letters and digits alone: what is left of words however they are spaced.
fn compact(text: &str) -> String {
    plain(text).chars().filter(|letter| letter.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_struck_in_any_case_and_with_or_without_accents() {
        assert_eq!(
            struck("Zoë met ZOE and zo\u{e9}.", "zoe"),
            "[redacted] met [redacted] and [redacted]."
        );
        assert_eq!(struck("In Canaryville", ""), "In Canaryville");
    }

    #[test]
    fn words_with_other_spacing_are_seen() {
        assert!(compact("She is C a-n.a r y.").contains(&compact("Canary")));
    }

    proptest! {
        #[test]
        fn what_was_struck_is_nowhere_left(before in "[a-zA-Zé ]{0,20}", word in "[q-zQ-Z]{3,8}", after in "[a-pA-P ]{0,20}") {
            let out = struck(&format!("{before}{word}{after}{word}"), &word);
            prop_assert!(!plain(&out.replace(STRUCK, "|")).contains(&plain(&word)));
            prop_assert!(out.contains(STRUCK));
        }
    }
}
