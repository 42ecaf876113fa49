//! What an emergency withdrawal leaves can always be published: it is used once, in a hurry, and must not fail then.

use std::collections::BTreeSet;

use monitoring::edition::frozen::Edition;
use monitoring::edition::withdraw::{passage, passages, remove};
use report::sample;

/// Takes a passage out, and gives the words that it had.
fn without(edition: &mut Edition, subject: &str, id: &str) -> String {
    let (_, words) = passage(edition, subject, id).expect("it is there");
    assert!(
        remove(
            edition,
            subject,
            id,
            "2026-07-01",
            "Somebody could be recognised.",
            "Copies cannot be recalled."
        ),
        "{subject}"
    );
    words
}

/// Publishes everything, and looks for words in every text of it.
fn publish_without(edition: &Edition, words: &[String], what: &str) {
    let files = report::publish(edition, "", &mut |_, _, _| {});
    let files = files.unwrap_or_else(|error| panic!("{what}: {error:?}"));
    for file in &files {
        let text = String::from_utf8_lossy(&file.bytes);
        for words in words.iter().filter(|words| words.len() > 12) {
            assert!(
                !text.contains(words.as_str()),
                "{what}: {} still says “{words}”",
                file.path
            );
        }
    }
}

#[test]
fn every_kind_of_passage_can_be_withdrawn_and_the_edition_is_printed_without_it() {
    let full = sample::edition();
    let kinds: BTreeSet<&str> = passages(&full).into_iter().map(|(subject, _, _)| subject).collect();
    let expected = [
        "assessment",
        "claim",
        "evidence",
        "finding",
        "interest",
        "position",
        "recommendation",
        "summary",
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
    for kind in expected {
        let mut edition = full.clone();
        let (_, id, _) = passages(&full)
            .into_iter()
            .find(|(subject, _, _)| *subject == kind)
            .expect("one of each kind");
        let words = without(&mut edition, kind, &id);
        publish_without(&edition, &[words], kind);
    }
}

#[test]
fn an_edition_of_which_every_passage_was_withdrawn_is_still_printed() {
    let mut edition = sample::edition();
    let all = passages(&edition);
    let words: Vec<String> = all
        .iter()
        .filter_map(|(subject, id, _)| {
            // A line of the summary that repeats what went before went with it.
            passage(&edition, subject, id)?;
            Some(without(&mut edition, subject, id))
        })
        .collect();
    assert!(words.len() > 20, "{}", words.len());
    publish_without(&edition, &words, "everything");
}
