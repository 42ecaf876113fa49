//! Tables of judgments: ratings, positions, findings with replies, recommendations with grades.

use domain::assessment::{Confidence, Grade, Proof, Score, Stance, Trend, Urgency};
use domain::cycle::Jurisdiction;
use interchange::package::Resource;
use monitoring::edition::frozen::{Edition, Rating, Recommendation, Scores};

use super::columns::{coded, date, day, flag, invented, list, ordinal, references, text, truth, whole, word};
use super::{resource, standards};

fn rated(edition: &Edition) -> impl Iterator<Item = (&str, &Rating)> {
    standards::all(edition).flat_map(|provision| {
        provision
            .ratings
            .iter()
            .map(move |rating| (provision.slug.as_str(), rating))
    })
}

pub(super) fn ratings(edition: &Edition) -> Resource {
    let columns = vec![
        text("provision", "Address of the provision.").required(),
        coded("jurisdiction", "Where it holds.", &Jurisdiction::choices()).required(),
        text("cycle", "Code of the audit that rated it.").required(),
        coded("structure", "The letter: what the law says.", &Score::choices()).required(),
        coded("process", "The practice: what is done.", &Score::choices()).required(),
        coded("outcome", "The practice: what comes of it.", &Score::choices()).required(),
        coded("confidence", "How sure the assessors are.", &Confidence::choices()).required(),
        coded(
            "trend",
            "Against the audit before; only in rows of this audit.",
            &Trend::choices(),
        ),
        text(
            "letter_against_practice",
            "true where structure is 3 or more and outcome 1 or less; only in rows of this audit.",
        )
        .one_of(&["true", "false"]),
        text("reasons", "Why; only in rows of this audit."),
        references("evidence", "Evidence cited; only in rows of this audit."),
        text(
            "assessed_by",
            "Organisations of the two assessors, separated by semicolons; only in rows of this audit.",
        ),
        invented(),
    ];
    let mut rows = Vec::new();
    for (provision, rating) in rated(edition) {
        let scored = |cycle: &str, scores: &Scores| {
            [
                provision,
                rating.jurisdiction.code(),
                cycle,
                scores.structure.code(),
                scores.process.code(),
                scores.outcome.code(),
                scores.confidence.code(),
            ]
            .map(word)
            .to_vec()
        };
        for (cycle, scores) in &rating.earlier {
            let mut row = scored(cycle, scores);
            row.extend(["", "", "", "", ""].map(word));
            row.push(truth(edition.is_invented));
            rows.push(row);
        }
        let mut row = scored(&edition.cycle, &rating.now);
        row.extend([
            word(rating.trend.code()),
            truth(rating.letter_against_practice),
            word(&rating.reasons),
            list(&rating.cites),
            word(&rating.assessed_by.join("; ")),
            truth(edition.is_invented),
        ]);
        rows.push(row);
    }
    resource(
        "ratings",
        columns,
        &["provision", "jurisdiction", "cycle"],
        &[(&["provision"], "provisions", &["provision"])],
        rows,
    )
}

pub(super) fn positions(edition: &Edition) -> Resource {
    let mut stances = Stance::choices();
    stances.push(("silent", "Did not answer"));
    let columns = vec![
        text("provision", "Address of the provision.").required(),
        coded("jurisdiction", "Where the rating holds.", &Jurisdiction::choices()).required(),
        text("cycle", "Code of this audit.").required(),
        text("organisation", "The organisation.").required(),
        coded("stance", "What it says of the rating.", &stances).required(),
        text("reason", "Its reason."),
        invented(),
    ];
    let rows = rated(edition).flat_map(|(provision, rating)| {
        rating.positions.iter().map(move |position| {
            let stance = position.stance.map_or("silent", Stance::code);
            let mut row = [
                provision,
                rating.jurisdiction.code(),
                &edition.cycle,
                &position.organisation,
                stance,
                &position.reason,
            ]
            .map(word)
            .to_vec();
            row.push(truth(edition.is_invented));
            row
        })
    });
    resource(
        "positions",
        columns,
        &["provision", "jurisdiction", "cycle", "organisation"],
        &[(
            &["provision", "jurisdiction", "cycle"],
            "ratings",
            &["provision", "jurisdiction", "cycle"],
        )],
        rows.collect(),
    )
}

pub(super) fn findings(edition: &Edition) -> Resource {
    let columns = vec![
        text("finding", "Address of the finding.").required(),
        text("provision", "Address of a provision that it is about.").required(),
        coded("jurisdiction", "Where it holds.", &Jurisdiction::choices()).required(),
        text("title", "Title."),
        text("wording", "The published wording."),
        coded("proof", "How sure it is.", &Proof::choices()).required(),
        references("supporting", "Evidence that supports it."),
        references("contrary", "Evidence that speaks against it."),
        text("contrary_search", "How contrary evidence was looked for."),
        text(
            "method_note",
            "Why one official statistic may stand alone, where it does.",
        ),
        text(
            "reviewed_by",
            "Organisations of its reviewers, separated by semicolons.",
        ),
        invented(),
    ];
    let rows = standards::all(edition).flat_map(|provision| {
        provision.findings.iter().map(move |one| {
            vec![
                word(&one.slug),
                word(&provision.slug),
                word(one.jurisdiction.code()),
                word(&one.title),
                word(&one.wording),
                word(one.proof.code()),
                list(&one.supporting),
                list(&one.contrary),
                word(&one.contrary_search),
                word(&one.method_note),
                word(&one.reviewed_by.join("; ")),
                truth(one.is_invented),
            ]
        })
    });
    resource(
        "findings",
        columns,
        &["finding", "provision"],
        &[(&["provision"], "provisions", &["provision"])],
        rows.collect(),
    )
}

pub(super) fn replies(edition: &Edition) -> Resource {
    let columns = vec![
        text("finding", "Address of the finding.").required(),
        text("provision", "Address of a provision that it is about.").required(),
        whole("position", "Position of the reply among those to the finding, from 1."),
        text("body", "Whom the finding was sent to.").required(),
        day("sent_on", "When it was sent.").required(),
        day("replied_on", "When the body replied; empty where it did not."),
        text("words", "The reply."),
        invented(),
    ];
    let findings = standards::all(edition)
        .flat_map(|provision| provision.findings.iter().map(move |finding| (provision, finding)));
    let rows = findings.flat_map(|(provision, finding)| {
        (1..).zip(&finding.replies).map(move |(position, reply)| {
            vec![
                word(&finding.slug),
                word(&provision.slug),
                ordinal(position),
                word(&reply.body),
                date(&reply.sent_on),
                date(&reply.replied_on),
                word(&reply.words),
                truth(finding.is_invented),
            ]
        })
    });
    resource(
        "replies",
        columns,
        &["finding", "provision", "position"],
        &[(&["finding", "provision"], "findings", &["finding", "provision"])],
        rows.collect(),
    )
}

/// Recommendations of this audit, then those of earlier ones.
fn recommended(edition: &Edition) -> impl Iterator<Item = &Recommendation> {
    edition.recommendations.iter().chain(&edition.earlier_recommendations)
}

pub(super) fn recommendations(edition: &Edition) -> Resource {
    let columns = vec![
        text("recommendation", "Address of the recommendation.").required(),
        text("cycle", "Code of the audit that made it.").required(),
        whole("number", "Number in that audit."),
        text("addressee", "Who it is addressed to.").required(),
        coded("urgency", "How strongly it speaks.", &Urgency::choices()).required(),
        text("wording", "What should be done."),
        text("success", "How success would be known."),
        day("due_on", "When it is due."),
        text(
            "provisions",
            "Addresses of the provisions that it serves, separated by spaces.",
        ),
        text("repeats", "The earlier recommendation that it repeats."),
        flag(
            "is_overdue",
            "Whether it was due before the cut-off of this edition and is not largely carried out; see due_on for what was due before it appeared.",
        ),
        invented(),
    ];
    let rows = recommended(edition).map(|one| {
        let provisions: Vec<&str> = one.provisions.iter().map(|(slug, _)| slug.as_str()).collect();
        vec![
            word(&one.slug),
            word(&one.cycle),
            ordinal(one.number),
            word(&one.addressee),
            word(one.urgency.code()),
            word(&one.wording),
            word(&one.success),
            date(&one.due_on),
            word(&provisions.join(" ")),
            word(&one.repeats),
            truth(one.is_overdue),
            truth(one.is_invented),
        ]
    });
    resource("recommendations", columns, &["recommendation"], &[], rows.collect())
}

pub(super) fn grades(edition: &Edition) -> Resource {
    let columns = vec![
        text("recommendation", "Address of the recommendation.").required(),
        text("cycle", "Code of the audit that graded it.").required(),
        coded("grade", "What became of it.", &Grade::choices()).required(),
        text("reasons", "Why."),
        text("reply", "The addressee's reply."),
        invented(),
    ];
    let rows = recommended(edition).flat_map(|one| {
        one.grades.iter().map(|graded| {
            let mut row = [
                one.slug.as_str(),
                &graded.cycle,
                graded.grade.code(),
                &graded.reasons,
                &graded.reply,
            ]
            .map(word)
            .to_vec();
            row.push(truth(one.is_invented));
            row
        })
    });
    resource(
        "grades",
        columns,
        &["recommendation", "cycle"],
        &[(&["recommendation"], "recommendations", &["recommendation"])],
        rows.collect(),
    )
}
