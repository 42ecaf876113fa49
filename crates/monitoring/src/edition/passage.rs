//! Passages of a frozen edition that can be corrected or withdrawn, found by what they are and which.

use store::files::sha256;
use uuid::Uuid;

use super::frozen::{Edition, Finding, Provision, Recommendation, Tombstone};

/// What stands where words were that cannot be empty.
const WITHDRAWN: &str = "Withdrawn";

/// A passage: what it is, and every text of it.
struct Passage<'a> {
    subject: &'static str,
    id: String,
    /// What a person chooses it by.
    title: String,
    /// What its tombstone says stood there.
    what: String,
    /// Where it stood: its own anchor, else that of what it belongs to; empty where there is none.
    slug: String,
    /// The words that a correction rewords.
    words: &'a mut String,
    /// Its other texts, with what is put in their place.
    more: Vec<(&'a mut String, &'static str)>,
}

/// The id of a passage that has none of its own, from what tells it from all others of every edition.
fn id_of(parts: &[&str]) -> String {
    let hash = sha256(parts.join("\0").as_bytes());
    Uuid::try_parse(&hash[..32]).unwrap_or_default().to_string()
}

/// Every passage, in the order of the edition.
fn each(edition: &mut Edition) -> Vec<Passage<'_>> {
    let cycle = edition.cycle.clone();
    let mut all = Vec::new();
    for provision in edition.chapters.iter_mut().flat_map(|chapter| &mut chapter.provisions) {
        of_provision(&cycle, provision, &mut all);
    }
    let recommendations = edition
        .recommendations
        .iter_mut()
        .chain(&mut edition.earlier_recommendations);
    all.extend(recommendations.map(of_recommendation));
    all.extend(edition.evidence.iter_mut().map(|item| {
        let mut more = vec![
            (&mut item.title, WITHDRAWN),
            (&mut item.publisher, "withdrawn"),
            (&mut item.source_url, ""),
        ];
        let title = format!("Evidence [{}]: {}", item.reference, more[0].0);
        more.extend(
            item.quotes
                .iter_mut()
                .flat_map(|(quote, place)| [(quote, ""), (place, "")]),
        );
        Passage {
            subject: "evidence",
            id: item.id.clone(),
            title,
            what: format!("Evidence [{}]", item.reference),
            slug: format!("evidence-{}", item.reference),
            words: &mut item.summary,
            more,
        }
    }));
    all.extend(edition.interests.iter_mut().map(|interest| Passage {
        subject: "interest",
        id: id_of(&[
            "interest",
            &cycle,
            &interest.organisation,
            &interest.kind,
            &interest.about,
        ]),
        title: format!("Interest of {} in {}", interest.organisation, interest.about),
        what: format!("An interest declared by {}", interest.organisation),
        slug: String::new(),
        words: &mut interest.words,
        more: Vec::new(),
    }));
    let lines = edition.summary.words.iter_mut().chain(&mut edition.summary.headlines);
    all.extend(lines.map(|line| Passage {
        subject: "summary",
        id: id_of(&["summary", &cycle, line]),
        title: format!("Summary: {}", line.chars().take(60).collect::<String>()),
        what: "A line of the summary".to_owned(),
        slug: String::new(),
        words: line,
        more: Vec::new(),
    }));
    all
}

fn of_provision<'a>(cycle: &str, provision: &'a mut Provision, all: &mut Vec<Passage<'a>>) {
    let (number, slug) = (provision.number.clone(), provision.slug.clone());
    all.extend(
        provision
            .findings
            .iter_mut()
            .map(|finding| of_finding(&number, finding)),
    );
    all.extend(provision.claims.iter_mut().map(|claim| Passage {
        subject: "claim",
        id: claim.id.clone(),
        title: format!("Claim on {number}: {}", claim.source),
        what: format!("A claim of the state on {number}"),
        // A claim has no address of its own: its tombstone stands at the provision.
        slug: slug.clone(),
        words: &mut claim.words,
        more: vec![
            (&mut claim.source, "withdrawn"),
            (&mut claim.source_url, ""),
            (&mut claim.body, ""),
        ],
    }));
    for rating in &mut provision.ratings {
        let place = rating.jurisdiction.code();
        all.push(Passage {
            subject: "assessment",
            id: id_of(&["assessment", cycle, &slug, place]),
            title: format!("Reasons of the rating of {number}, {}", rating.jurisdiction),
            what: format!("The reasons of a rating of {number}"),
            slug: slug.clone(),
            words: &mut rating.reasons,
            more: Vec::new(),
        });
        let spoken = rating
            .positions
            .iter_mut()
            .filter(|position| !position.reason.is_empty());
        all.extend(spoken.map(|position| Passage {
            subject: "position",
            id: id_of(&["position", cycle, &slug, place, &position.organisation]),
            title: format!("{} on the rating of {number}", position.organisation),
            what: format!("What {} said of a rating of {number}", position.organisation),
            slug: slug.clone(),
            words: &mut position.reason,
            more: Vec::new(),
        }));
    }
}

fn of_finding<'a>(number: &str, finding: &'a mut Finding) -> Passage<'a> {
    let title = format!("Finding on {number}: {}", finding.title);
    let mut more = vec![
        (&mut finding.title, WITHDRAWN),
        (&mut finding.contrary_search, ""),
        (&mut finding.method_note, ""),
    ];
    more.extend(finding.replies.iter_mut().map(|reply| (&mut reply.words, "")));
    Passage {
        subject: "finding",
        id: finding.id.clone(),
        title,
        what: format!("A finding on {number}"),
        slug: finding.slug.clone(),
        words: &mut finding.wording,
        more,
    }
}

fn of_recommendation(item: &mut Recommendation) -> Passage<'_> {
    let mut more = vec![(&mut item.success, "")];
    for grade in &mut item.grades {
        more.extend([(&mut grade.reasons, ""), (&mut grade.reply, "")]);
    }
    Passage {
        subject: "recommendation",
        id: item.id.clone(),
        title: format!("Recommendation {} of {} to {}", item.number, item.cycle, item.addressee),
        what: format!("Recommendation {} of {}", item.number, item.cycle),
        slug: item.slug.clone(),
        words: &mut item.wording,
        more,
    }
}

/// Replaces the words of a passage; gives its title and the words it had. `None` when the edition has no such passage.
pub(super) fn reword(edition: &mut Edition, subject: &str, id: &str, words: &str) -> Option<(String, String)> {
    let mut before = None;
    for passage in each(edition) {
        if passage.subject == subject && passage.id == id {
            before = Some((passage.title, std::mem::replace(passage.words, words.to_owned())));
        }
    }
    before
}

/// What a passage says now: its title and its words.
pub fn find(edition: &Edition, subject: &str, id: &str) -> Option<(String, String)> {
    let mut edition = edition.clone();
    each(&mut edition)
        .into_iter()
        .find(|passage| passage.subject == subject && passage.id == id)
        .map(|passage| (passage.title, std::mem::take(passage.words)))
}

/// Every passage that can be corrected or withdrawn: (subject, id, title).
pub fn all(edition: &Edition) -> Vec<(&'static str, String, String)> {
    let mut edition = edition.clone();
    each(&mut edition)
        .into_iter()
        .map(|passage| (passage.subject, passage.id, passage.title))
        .collect()
}

/// Empties a passage and leaves a tombstone where it stood: the entry stays, so that links and numbers still land, and
/// every word of it goes; a claim, which has no address, goes whole. `false` when the edition has no such passage. Lines
/// of the summary and of corrections that repeat the removed words go too.
pub fn remove(edition: &mut Edition, subject: &str, id: &str, on: &str, reason: &str, unreachable: &str) -> bool {
    let mut gone: Option<(String, String)> = None;
    let mut words: Vec<String> = Vec::new();
    for passage in each(edition) {
        if passage.subject != subject || passage.id != id {
            continue;
        }
        let instead = if subject == "recommendation" { "withdrawn" } else { "" };
        words.push(std::mem::replace(passage.words, instead.to_owned()));
        for (text, instead) in passage.more {
            words.push(std::mem::replace(text, instead.to_owned()));
        }
        gone = Some((passage.what, passage.slug));
    }
    let Some((what, slug)) = gone else { return false };
    for provision in edition.chapters.iter_mut().flat_map(|chapter| &mut chapter.provisions) {
        provision.claims.retain(|claim| subject != "claim" || claim.id != id);
        let these = provision
            .findings
            .iter_mut()
            .filter(|f| subject == "finding" && f.id == id);
        for finding in these {
            finding.replies.clear();
            finding.supporting.clear();
            finding.contrary.clear();
        }
    }
    for item in edition
        .evidence
        .iter_mut()
        .filter(|e| subject == "evidence" && e.id == id)
    {
        item.quotes.clear();
        item.hashes.clear();
    }
    let repeats = |line: &String| words.iter().any(|gone| gone.len() > 12 && line.contains(gone.as_str()));
    edition.summary.words.retain(|line| !line.is_empty() && !repeats(line));
    edition
        .summary
        .headlines
        .retain(|line| !line.is_empty() && !repeats(line));
    // What was corrected in this passage shows words of it.
    for correction in &mut edition.corrections {
        if correction.subject == subject && correction.id == id {
            correction.passage.clear();
            correction.before.clear();
            correction.after.clear();
        }
    }
    edition
        .corrections
        .retain(|one| ![&one.words, &one.before, &one.after].into_iter().any(repeats));
    edition.tombstones.push(Tombstone {
        what,
        slug,
        on: on.to_owned(),
        reason: reason.to_owned(),
        unreachable: unreachable.to_owned(),
    });
    true
}
