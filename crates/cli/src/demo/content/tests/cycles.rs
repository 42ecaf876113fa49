//! Each cycle's calendar, assessments, findings and recommendations.

use std::collections::HashMap;

use domain::assessment::{Grade, Trend, Verdict};
use domain::evidence::Handling;

use super::*;

#[test]
fn calendars_run_forward_and_only_the_last_cycle_is_open() {
    let w = World::new();
    let codes: Vec<&str> = w.content.cycles.iter().map(|c| c.sheet.code.as_str()).collect();
    assert_eq!(codes, ["2023", "2024", "2025", "2026"]);
    let mut last = None;
    for cycle in &w.content.cycles {
        let s = &cycle.sheet;
        let days = [
            s.assessing_on,
            s.opinions_on,
            s.reconciled_on,
            s.signed_on,
            s.closed_on,
            s.published_on,
        ];
        let days: Vec<Day> = [Some(s.opened_on), Some(s.cutoff_on)]
            .into_iter()
            .chain(days)
            .flatten()
            .collect();
        assert!(days.is_sorted(), "{}", s.code);
        assert!(last.is_none_or(|closed| closed < s.opened_on), "{}", s.code);
        assert!(s.standards.iter().all(|code| w.library.standard(code).is_some()));
        assert_eq!(s.summary.is_some(), s.published_on.is_some());
        assert!(s.method_text().starts_with("## "));
        for f in &s.figures {
            let named = w.content.figures.iter().any(|x| {
                (&x.series, &x.breakdown, &x.category) == (&f.series, &f.breakdown, &f.category)
                    && (x.period_start, x.period_end, x.as_published_on)
                        == (f.period_start, f.period_end, f.published_on)
            });
            assert!(named && f.published_on <= s.cutoff_on, "{}", f.label);
        }
        last = s.closed_on;
    }
    assert_eq!(w.closed().count(), 3);
}

#[test]
fn two_assessors_of_different_organisations_rate_what_may_be_rated() {
    let w = World::new();
    for cycle in &w.content.cycles {
        for a in &cycle.assessments {
            let place = format!("{} {} {}", cycle.sheet.code, a.provision, a.jurisdiction.code());
            assert!(
                w.provision(&a.provision)
                    .is_some_and(|provision| provision.force.is_rated()),
                "{place}"
            );
            let [one, two] = &a.opinions;
            assert_ne!(
                w.member(&one.by).organisation,
                w.member(&two.by).organisation,
                "{place}"
            );
            for opinion in &a.opinions {
                assert!(
                    w.may(&opinion.by, Action::SubmitOpinion, Relation::OwnAssignment),
                    "{place}"
                );
                assert_eq!(opinion.rating.is_some(), opinion.confidence.is_some(), "{place}");
                assert_eq!(opinion.rating.is_some(), !opinion.reasons.is_empty(), "{place}");
                assert_eq!(opinion.rating.is_some(), !opinion.cites.is_empty(), "{place}");
                for key in &opinion.cites {
                    let item = w.evidence(key);
                    assert!(
                        w.may_read(&opinion.by, item),
                        "{place}: {} may not read {key}",
                        opinion.by
                    );
                    assert!(
                        item.recorded_on <= cycle.sheet.cutoff_on,
                        "{place}: {key} is later than the cut-off"
                    );
                }
            }
            for key in a.agreed.iter().flat_map(|agreed| &agreed.cites) {
                let item = w.evidence(key);
                assert!(item.recorded_on <= cycle.sheet.cutoff_on, "{place}: {key}");
                assert_ne!(item.handling, Handling::SourceOnly, "{place}: {key}");
                assert!(
                    item.provisions.contains(&a.provision),
                    "{place}: {key} bears on something else"
                );
            }
            assert!(
                a.agreed.as_ref().is_none_or(|agreed| !agreed.cites.is_empty()),
                "{place}"
            );
            let named: Vec<&String> = a
                .dissents
                .iter()
                .chain(&a.abstentions)
                .map(|r| &r.organisation)
                .chain(&a.silent)
                .collect();
            assert!(named.iter().all(|key| w.has_organisation(key)), "{place}");
            unique(named);
        }
    }
    assert!(
        w.closed()
            .all(|cycle| cycle.assessments.len() >= 45 && cycle.assessments.iter().all(|a| a.agreed.is_some()))
    );
}

#[test]
fn trends_follow_from_the_cycle_before() {
    let c = read();
    let mut before: HashMap<(String, Jurisdiction), Rating> = HashMap::new();
    for cycle in &c.cycles {
        for a in &cycle.assessments {
            let Some(agreed) = &a.agreed else { continue };
            let now = agreed.rating;
            let key = (a.provision.clone(), a.jurisdiction);
            let expected = before.get(&key).map_or(Trend::New, |then| {
                let pairs = [
                    (now.structure, then.structure),
                    (now.process, then.process),
                    (now.outcome, then.outcome),
                ];
                let pairs = pairs.map(|(now, then)| (now.step(), then.step()));
                if pairs.iter().any(|(now, then)| now.is_some() != then.is_some()) {
                    Trend::Broken
                } else if pairs.iter().all(|(now, then)| now == then) {
                    Trend::Same
                } else if pairs.iter().all(|(now, then)| now >= then) {
                    Trend::Better
                } else {
                    assert!(
                        pairs.iter().all(|(now, then)| now <= then),
                        "{} {}: mixed",
                        cycle.sheet.code,
                        a.provision
                    );
                    Trend::Worse
                }
            });
            assert_eq!(agreed.trend, expected, "{} {}", cycle.sheet.code, a.provision);
            before.insert(key, now);
        }
    }
}

#[test]
fn approved_findings_rest_on_two_independent_sources_and_two_reviewers() {
    let w = World::new();
    for cycle in &w.content.cycles {
        for f in &cycle.findings {
            let key = &f.key;
            assert!(w.provision(&f.provision).is_some(), "{key}");
            assert!(w.may(&f.by, Action::RecordFinding, Relation::OwnOrganisation), "{key}");
            assert!(
                cycle.assessments.iter().any(|a| a.provision == f.provision),
                "{key} is about what is not assessed"
            );
            for item in f.supporting.iter().chain(&f.contrary).map(|key| w.evidence(key)) {
                assert!(item.recorded_on <= cycle.sheet.cutoff_on, "{key}: {}", item.key);
                for member in f.reviews.iter().map(|review| &review.by).chain([&f.by]) {
                    assert!(w.may_read(member, item), "{key}: {member} may not read {}", item.key);
                }
            }
            assert!(f.supporting.iter().all(|item| !f.contrary.contains(item)), "{key}");
            for reply in &f.replies {
                assert!(w.has_body(&reply.body), "{key}");
                assert!(
                    reply.sent_on < reply.due_on && reply.replied_on.is_none_or(|day| day > reply.sent_on),
                    "{key}"
                );
                assert_eq!(reply.replied_on.is_some(), !reply.words.is_empty(), "{key}");
            }
            if f.reviews.is_empty() {
                continue;
            }
            let items: Vec<&Evidence> = f.supporting.iter().map(|key| w.evidence(key)).collect();
            let independent = items.iter().enumerate().any(|(at, a)| {
                items[at + 1..]
                    .iter()
                    .any(|b| a.publisher != b.publisher && w.root(a) != w.root(b))
            });
            let alone = items.len() == 1 && items[0].kind == EvidenceKind::Statistic && !f.method_note.is_empty();
            assert!(independent || alone, "{key} has no two independent sources");
            assert!(
                !f.contrary_search.is_empty() && f.contrary_searched_on.is_some(),
                "{key}"
            );
            assert!(!f.replies.is_empty(), "{key}: nobody was asked");
            assert_eq!(f.reviews.len(), 2, "{key}");
            assert!(
                f.reviews.iter().all(|review| review.verdict == Verdict::Approve),
                "{key}"
            );
            assert!(
                f.reviews
                    .iter()
                    .all(|review| w.may(&review.by, Action::ReviewFinding, Relation::Coalition)),
                "{key}"
            );
            unique(
                f.reviews
                    .iter()
                    .map(|review| &w.member(&review.by).organisation)
                    .chain([&w.member(&f.by).organisation]),
            );
        }
    }
    let approved = |cycle: &Cycle| cycle.findings.iter().filter(|f| !f.reviews.is_empty()).count();
    assert_eq!(w.content.cycles.iter().map(approved).collect::<Vec<_>>(), [6, 8, 10, 0]);
    assert_eq!(w.content.cycles[3].findings.len(), 2);
}

#[test]
fn recommendations_are_followed_through_every_later_closed_cycle() {
    let w = World::new();
    let closed: Vec<&str> = w.closed().map(|cycle| cycle.sheet.code.as_str()).collect();
    for (at, cycle) in w.content.cycles.iter().enumerate() {
        for r in &cycle.recommendations {
            let place = format!("{} number {}", cycle.sheet.code, r.number);
            assert!(w.has_body(&r.body), "{place}");
            assert!(
                w.may(&r.by, Action::RecordRecommendation, Relation::Coalition),
                "{place}"
            );
            assert!(
                r.finding
                    .as_ref()
                    .is_none_or(|key| cycle.findings.iter().any(|f| f.key == *key)),
                "{place}"
            );
            assert!(
                r.provisions.iter().all(|number| w.provision(number).is_some()),
                "{place}"
            );
            if let Some(earlier) = &r.repeat_of {
                let found = w.content.cycles[..at].iter().find(|c| c.sheet.code == earlier.cycle);
                assert!(
                    found.is_some_and(|c| c.recommendations.iter().any(|x| x.number == earlier.number)),
                    "{place}"
                );
            }
            let graded: Vec<&str> = r.grades.iter().map(|grade| grade.cycle.as_str()).collect();
            assert_eq!(graded, closed[(at + 1).min(closed.len())..], "{place}");
            for grade in &r.grades {
                assert!(
                    w.may(&grade.by, Action::GradeRecommendation, Relation::Coalition),
                    "{place}"
                );
                assert_eq!(grade.grade == Grade::D, grade.reply.is_empty(), "{place}");
                assert_eq!(grade.replied_on.is_none(), grade.reply.is_empty(), "{place}");
            }
        }
    }
    assert_eq!(
        w.content
            .cycles
            .iter()
            .map(|c| c.recommendations.len())
            .collect::<Vec<_>>(),
        [6, 8, 10, 0]
    );
}

#[test]
fn the_open_cycle_shows_work_in_every_state() {
    let c = read();
    let open = &c.cycles[3];
    let with = |n: usize| {
        open.assessments
            .iter()
            .any(|a| a.opinions.iter().filter(|o| o.rating.is_some()).count() == n)
    };
    assert!(with(0) && with(1) && with(2));
    assert!(open.assessments.iter().all(|a| a.agreed.is_none()));
}
