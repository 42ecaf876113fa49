//! Passages of a frozen edition that can be corrected or withdrawn, found by what they are and which.

use super::frozen::{Edition, Tombstone};

/// The kinds of passage, with the words a person chooses from.
pub const KINDS: &[(&str, &str)] = &[
    ("finding", "Finding"),
    ("claim", "What the state says"),
    ("recommendation", "Recommendation"),
    ("evidence", "Item of evidence"),
];

/// Replaces the words of a passage. `false` when the edition has no such passage.
pub(super) fn reword(edition: &mut Edition, subject: &str, id: &str, words: &str) -> bool {
    let mut found = false;
    match subject {
        "finding" | "claim" => {
            for provision in edition.chapters.iter_mut().flat_map(|chapter| &mut chapter.provisions) {
                for finding in provision
                    .findings
                    .iter_mut()
                    .filter(|f| subject == "finding" && f.id == id)
                {
                    words.clone_into(&mut finding.wording);
                    found = true;
                }
                for claim in provision.claims.iter_mut().filter(|c| subject == "claim" && c.id == id) {
                    words.clone_into(&mut claim.words);
                    found = true;
                }
            }
        }
        "recommendation" => {
            for item in edition
                .recommendations
                .iter_mut()
                .chain(&mut edition.earlier_recommendations)
                .filter(|r| r.id == id)
            {
                words.clone_into(&mut item.wording);
                found = true;
            }
        }
        "evidence" => {
            for item in edition.evidence.iter_mut().filter(|item| item.id == id) {
                words.clone_into(&mut item.summary);
                found = true;
            }
        }
        _ => {}
    }
    found
}

/// What a passage says now: its title and its words.
pub fn find(edition: &Edition, subject: &str, id: &str) -> Option<(String, String)> {
    match subject {
        "finding" => edition
            .chapters
            .iter()
            .flat_map(|c| &c.provisions)
            .flat_map(|p| &p.findings)
            .find(|f| f.id == id)
            .map(|f| (f.title.clone(), f.wording.clone())),
        "claim" => edition
            .chapters
            .iter()
            .flat_map(|c| &c.provisions)
            .flat_map(|p| &p.claims)
            .find(|c| c.id == id)
            .map(|c| (c.source.clone(), c.words.clone())),
        "recommendation" => edition
            .recommendations
            .iter()
            .chain(&edition.earlier_recommendations)
            .find(|r| r.id == id)
            .map(|r| (format!("{} no. {}", r.cycle, r.number), r.wording.clone())),
        "evidence" => edition
            .evidence
            .iter()
            .find(|e| e.id == id)
            .map(|e| (e.title.clone(), e.summary.clone())),
        _ => None,
    }
}

/// Every passage that can be corrected or withdrawn: (subject, id, title).
pub fn all(edition: &Edition) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    for provision in edition.chapters.iter().flat_map(|chapter| &chapter.provisions) {
        found.extend(provision.findings.iter().map(|f| {
            (
                "finding",
                f.id.clone(),
                format!("Finding on {}: {}", provision.number, f.title),
            )
        }));
        found.extend(provision.claims.iter().map(|c| {
            (
                "claim",
                c.id.clone(),
                format!("Claim on {}: {}", provision.number, c.source),
            )
        }));
    }
    found.extend(edition.recommendations.iter().map(|r| {
        (
            "recommendation",
            r.id.clone(),
            format!("Recommendation {} to {}", r.number, r.addressee),
        )
    }));
    found.extend(edition.evidence.iter().map(|e| {
        (
            "evidence",
            e.id.clone(),
            format!("Evidence [{}]: {}", e.reference, e.title),
        )
    }));
    found
}

/// Empties a passage and leaves a tombstone where it stood: the entry stays, so that links and
/// numbers still land, and every word of it goes. `false` when the edition has no such passage.
/// Lines of the summary that repeat the removed words go too.
pub(super) fn remove(
    edition: &mut Edition,
    subject: &str,
    id: &str,
    on: &str,
    reason: &str,
    unreachable: &str,
) -> bool {
    let mut gone: Option<(String, String)> = None;
    let mut words: Vec<String> = Vec::new();
    for provision in edition.chapters.iter_mut().flat_map(|chapter| &mut chapter.provisions) {
        for finding in provision
            .findings
            .iter_mut()
            .filter(|f| subject == "finding" && f.id == id)
        {
            gone = Some((format!("A finding on {}", provision.number), finding.slug.clone()));
            words.extend([
                std::mem::replace(&mut finding.title, "Withdrawn".to_owned()),
                std::mem::take(&mut finding.wording),
            ]);
            words.extend([
                std::mem::take(&mut finding.contrary_search),
                std::mem::take(&mut finding.method_note),
            ]);
            words.extend(finding.replies.drain(..).map(|reply| reply.words));
            finding.supporting.clear();
            finding.contrary.clear();
        }
        if subject == "claim"
            && let Some(at) = provision.claims.iter().position(|claim| claim.id == id)
        {
            // A claim has no address of its own: its tombstone stands at the provision.
            let claim = provision.claims.remove(at);
            gone = Some((
                format!("A claim of the state on {}", provision.number),
                provision.slug.clone(),
            ));
            words.extend([claim.words, claim.source]);
        }
    }
    let recommendations = edition
        .recommendations
        .iter_mut()
        .chain(&mut edition.earlier_recommendations);
    for item in recommendations.filter(|item| subject == "recommendation" && item.id == id) {
        gone = Some((
            format!("Recommendation {} of {}", item.number, item.cycle),
            item.slug.clone(),
        ));
        words.extend([
            std::mem::replace(&mut item.wording, "withdrawn".to_owned()),
            std::mem::take(&mut item.success),
        ]);
        for grade in &mut item.grades {
            words.extend([std::mem::take(&mut grade.reasons), std::mem::take(&mut grade.reply)]);
        }
    }
    for item in edition
        .evidence
        .iter_mut()
        .filter(|item| subject == "evidence" && item.id == id)
    {
        gone = Some((
            format!("Evidence [{}]", item.reference),
            format!("evidence-{}", item.reference),
        ));
        words.extend([
            std::mem::replace(&mut item.title, "Withdrawn".to_owned()),
            std::mem::take(&mut item.summary),
        ]);
        words.extend(std::mem::take(&mut item.quotes).into_iter().map(|(quote, _)| quote));
        "withdrawn".clone_into(&mut item.publisher);
        item.source_url.clear();
        item.hashes.clear();
    }
    let Some((what, slug)) = gone else { return false };
    let repeats = |line: &String| words.iter().any(|gone| gone.len() > 12 && line.contains(gone.as_str()));
    edition.summary.words.retain(|line| !repeats(line));
    edition.summary.headlines.retain(|line| !repeats(line));
    edition.corrections.retain(|correction| !repeats(&correction.words));
    edition.tombstones.push(Tombstone {
        what,
        slug,
        on: on.to_owned(),
        reason: reason.to_owned(),
        unreachable: unreachable.to_owned(),
    });
    true
}
