//! The demonstration's content holds together, and none of it would be refused by a command.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::assessment::{Grade, Trend, Verdict};
use domain::evidence::Handling;
use domain::permission::{Action, Relation, Role, allows};
use monitoring::standard::files::{self, Library, ProvisionFile};

use super::*;

/// The content with what is looked up by key.
struct World {
    content: Content,
    library: Library,
}

impl World {
    fn new() -> Self {
        Self { content: read(), library: files::shipped() }
    }

    fn member(&self, key: &str) -> &Member {
        self.content.members.iter().find(|m| m.key == key).unwrap_or_else(|| panic!("no member {key}"))
    }

    fn evidence(&self, key: &str) -> &Evidence {
        self.content.evidence.iter().find(|e| e.key == key).unwrap_or_else(|| panic!("no evidence {key}"))
    }

    fn has_organisation(&self, key: &str) -> bool {
        self.content.organisations.iter().any(|o| o.key == key)
    }

    fn has_body(&self, key: &str) -> bool {
        self.content.bodies.iter().any(|b| b.key == key)
    }

    /// The provision of the Convention with exactly this number; `6` is not the whole of Article 6.
    fn provision(&self, number: &str) -> Option<&ProvisionFile> {
        let convention = self.library.standard(files::HOME_STANDARD)?;
        convention.provisions.iter().find(|provision| provision.number == number)
    }

    /// The item everything about it goes back to.
    fn root<'a>(&'a self, item: &'a Evidence) -> &'a str {
        item.derived_from.as_deref().map_or(item.key.as_str(), |key| self.root(self.evidence(key)))
    }

    fn may(&self, member: &str, action: Action, relation: Relation) -> bool {
        allows(&self.member(member).roles, action, relation)
    }

    fn may_read(&self, member: &str, item: &Evidence) -> bool {
        let organisation = &self.member(member).organisation;
        let own = self.member(&item.by).organisation == *organisation;
        match item.handling {
            Handling::Open | Handling::Coalition => true,
            Handling::Named => own || item.named.contains(organisation),
            Handling::SourceOnly => own,
        }
    }

    fn closed(&self) -> impl Iterator<Item = &Cycle> {
        self.content.cycles.iter().filter(|cycle| cycle.sheet.closed_on.is_some())
    }
}

/// Panics naming what comes twice.
fn unique<T: Ord + std::fmt::Debug>(things: impl IntoIterator<Item = T>) {
    let mut seen = BTreeSet::new();
    for thing in things {
        let words = format!("{thing:?}");
        assert!(seen.insert(thing), "{words} comes twice");
    }
}

#[test]
fn keys_and_names_come_once() {
    let c = read();
    unique(c.organisations.iter().map(|o| &o.key));
    unique(c.organisations.iter().map(|o| &o.name));
    unique(c.members.iter().map(|m| &m.key));
    unique(c.members.iter().map(|m| &m.name));
    unique(c.bodies.iter().map(|b| &b.key));
    unique(c.areas.iter().map(|a| &a.code));
    unique(c.series.iter().map(|s| &s.code));
    unique(c.evidence.iter().map(|e| &e.key));
    unique(c.evidence.iter().map(|e| &e.title));
    unique(c.cycles.iter().flat_map(|cycle| &cycle.findings).map(|f| &f.key));
    unique(c.measurements.iter().map(|m| (&m.cycle, &m.measure, &m.stratum, m.jurisdiction)));
    for cycle in &c.cycles {
        unique(cycle.assessments.iter().map(|a| (&a.provision, a.jurisdiction)));
        unique(cycle.recommendations.iter().map(|r| r.number));
    }
    unique(c.figures.iter().map(|f| {
        (&f.series, f.period_start, f.period_end, &f.breakdown, &f.category, f.as_published_on, &f.source_title)
    }));
}

#[test]
fn nine_organisations_have_two_to_four_members_a_manager_each_and_every_role() {
    let w = World::new();
    assert_eq!(w.content.organisations.len(), 9);
    for organisation in &w.content.organisations {
        let members: Vec<&Member> = w.content.members.iter().filter(|m| m.organisation == organisation.key).collect();
        assert!((2..=4).contains(&members.len()), "{}", organisation.key);
        assert!(members.iter().any(|m| m.roles.contains(&Role::Manager)), "{}", organisation.key);
    }
    for role in Role::ALL {
        assert!(w.content.members.iter().any(|m| m.roles.contains(role)), "{role}");
    }
    for member in &w.content.members {
        assert!(w.has_organisation(&member.organisation), "{}", member.key);
        assert!(member.name.ends_with("(demo)"), "{}", member.name);
    }
}

#[test]
fn interests_name_what_exists_and_bar_no_one_who_rates() {
    let w = World::new();
    for interest in &w.content.interests {
        assert!(w.has_organisation(&interest.organisation) && w.has_body(&interest.body));
        assert!(interest.provision.as_ref().is_none_or(|number| w.provision(number).is_some()));
        if let Some(key) = &interest.member {
            assert_eq!(w.member(key).organisation, interest.organisation);
        }
    }
    for assessment in w.content.cycles.iter().flat_map(|cycle| &cycle.assessments) {
        for opinion in &assessment.opinions {
            let barred = w.content.interests.iter().any(|interest| {
                interest.bars
                    && interest.organisation == w.member(&opinion.by).organisation
                    && interest.member.as_ref().is_none_or(|key| *key == opinion.by)
                    && interest.provision.as_ref().is_none_or(|number| *number == assessment.provision)
            });
            assert!(!barred, "{} on {}", opinion.by, assessment.provision);
        }
    }
}

#[test]
fn parents_of_areas_come_before_them() {
    let c = read();
    let mut seen = BTreeSet::new();
    for area in &c.areas {
        assert!(area.parent.as_ref().is_none_or(|parent| seen.contains(parent)), "{}", area.code);
        seen.insert(area.code.clone());
    }
    let police = |start: &str| c.areas.iter().filter(|a| a.kind == AreaKind::Police && a.code.starts_with(start)).count();
    assert_eq!((police("E23"), police("W15"), police("S23")), (39, 4, 1));
}

#[test]
fn figures_and_breaks_name_a_series_and_carry_its_unit() {
    let c = read();
    for figure in &c.figures {
        assert!(c.series.iter().any(|s| s.code == figure.series), "{}", figure.series);
        assert!(figure.period_start <= figure.period_end, "{figure:?}");
        assert!(!figure.is_unverified || figure.source_kind == SourceKind::Secondary, "{figure:?}");
    }
    for mark in &c.breaks {
        assert!(c.series.iter().any(|s| s.code == mark.series), "{}", mark.series);
    }
    assert_eq!(c.figures.len(), 59 + 42 + 35 + 45 + 9);
}

#[test]
fn several_vintages_of_a_figure_are_kept() {
    let c = read();
    let vintages = |start: &str, end: &str| -> Vec<f64> {
        let same = c.figures.iter().filter(|f| {
            f.series == "nrm_referrals"
                && f.breakdown == "total"
                && f.period_start.iso() == start
                && f.period_end.iso() == end
        });
        let mut by_day: Vec<(Day, f64)> = same.map(|f| (f.as_published_on, f.value)).collect();
        by_day.sort_by_key(|(day, _)| *day);
        by_day.into_iter().map(|(_, value)| value).collect()
    };
    assert_eq!(vintages("2022-01-01", "2022-12-31"), [16_938.0, 16_921.0]);
    assert_eq!(vintages("2023-01-01", "2023-12-31"), [17_004.0, 16_990.0]);
    assert_eq!(vintages("2023-10-01", "2023-12-31"), [4_142.0, 4_134.0]);
    assert_eq!(vintages("2013-01-01", "2013-12-31"), [1_746.0, 1_745.0]);
}

#[test]
fn evidence_names_what_exists() {
    let w = World::new();
    assert!(w.content.evidence.len() >= 90);
    let mut seen = BTreeSet::new();
    for item in &w.content.evidence {
        let key = &item.key;
        assert!(w.may(&item.by, Action::RecordEvidence, Relation::OwnOrganisation), "{key}: {}", item.by);
        assert!(item.effective_on <= item.recorded_on, "{key}");
        assert!(item.derived_from.as_ref().is_none_or(|base| seen.contains(base)), "{key} comes before what it is from");
        assert!(item.named.iter().all(|organisation| w.has_organisation(organisation)), "{key}");
        assert_eq!(item.handling == Handling::Named, !item.named.is_empty(), "{key}");
        assert!(!item.provisions.is_empty(), "{key}");
        for number in &item.provisions {
            assert!(w.provision(number).is_some(), "{key}: {number}");
        }
        for code in &item.areas {
            assert!(w.content.areas.iter().any(|area| area.code == *code), "{key}: {code}");
        }
        for name in &item.files {
            assert!(w.content.attached.iter().any(|file| file.name == name), "{key}: {name}");
        }
        unique(&item.provisions);
        unique(&item.areas);
        seen.insert(key.clone());
    }
    let attached: BTreeSet<&String> = w.content.evidence.iter().flat_map(|item| &item.files).collect();
    assert_eq!(attached.len(), w.content.attached.len());
}

#[test]
fn what_is_invented_says_so() {
    let c = read();
    for item in &c.evidence {
        let says = |text: &str| ["invented", "Imaginary", "Invented"].iter().any(|word| text.contains(word));
        assert_eq!(item.is_invented, says(&item.title), "{}", item.key);
    }
    assert!(c.claims.iter().all(|claim| claim.source.contains("(invented)")));
    assert!(c.attached.iter().all(|file| file.text.starts_with("INVENTED FOR A DEMONSTRATION.")));
    assert!(c.bodies.iter().all(|body| body.about.starts_with("Invented.")));
    assert!(c.organisations.iter().all(|o| o.about.starts_with("Invented for this demonstration.")));
}

#[test]
fn claims_name_what_exists() {
    let w = World::new();
    for claim in &w.content.claims {
        assert!(w.has_body(&claim.body), "{}", claim.body);
        assert!(w.provision(&claim.provision).is_some(), "{}", claim.provision);
        assert!(w.may(&claim.by, Action::RecordClaim, Relation::Coalition), "{}", claim.by);
    }
    let provisions: BTreeSet<&String> = w.content.claims.iter().map(|claim| &claim.provision).collect();
    assert!(provisions.len() >= 20);
}

#[test]
fn new_indicators_follow_the_shipped_ones_and_are_discussed_by_those_who_may() {
    let w = World::new();
    for indicator in &w.content.indicators {
        let before = w.library.indicators.iter().find(|i| i.id == indicator.code);
        assert_eq!(indicator.version, before.map_or(1, |i| i.version + 1), "{}", indicator.code);
        assert_eq!(indicator.comparability.is_some(), before.is_some());
        assert_eq!(indicator.state == IndicatorState::Agreed, indicator.agreed_on.is_some());
        assert!(indicator.source.iter().all(|code| w.library.sources.iter().any(|s| s.code == *code)));
        assert!(indicator.disaggregation.iter().all(|code| w.library.breakdowns.iter().any(|b| b.code == *code)));
        assert!(indicator.provisions.iter().all(|number| w.provision(number).is_some()));
        for measure in &indicator.measures {
            assert!(measure.code.starts_with(&indicator.code));
            assert_eq!(measure.statistic.has_denominator(), !measure.denominator.is_empty(), "{}", measure.code);
        }
        assert!(w.may(&indicator.by, Action::ProposeIndicator, Relation::Coalition));
        for comment in &indicator.comments {
            assert!(w.may(&comment.by, Action::CommentIndicator, Relation::Coalition) && comment.on >= indicator.on);
        }
        for position in &indicator.positions {
            assert!(w.may(&position.by, Action::PositionIndicator, Relation::OwnOrganisation), "{}", position.by);
            assert!(position.on >= indicator.on);
        }
        unique(indicator.positions.iter().map(|p| &w.member(&p.by).organisation));
    }
}

#[test]
fn measurements_name_a_measure_and_equal_their_source() {
    let w = World::new();
    let mut per_cycle = BTreeMap::new();
    for m in &w.content.measurements {
        let cycle = w.content.cycles.iter().find(|c| c.sheet.code == m.cycle).unwrap();
        let indicator = w.library.indicators.iter().find(|i| i.id == m.indicator).unwrap();
        let measure = indicator.measures.iter().find(|x| x.code == m.measure).unwrap();
        assert_eq!(measure.unit, m.unit, "{}", m.measure);
        assert!(w.may(&m.by, Action::RecordMeasurement, Relation::Coalition));
        if let (Some(n), Some(d)) = (m.numerator, m.denominator)
            && m.unit == "%"
        {
            assert!((100.0 * n / d - m.value).abs() < 0.06, "{} {}: {n} of {d} is not {}", m.cycle, m.measure, m.value);
        }
        match (&m.evidence, &m.series) {
            (Some(key), None) => {
                let item = w.evidence(key);
                assert!(item.is_invented && item.recorded_on <= cycle.sheet.cutoff_on, "{key}");
                assert_eq!(m.source, format!("{}, {}", item.publisher, item.title));
            }
            (None, Some(series)) => {
                let figure = w.content.figures.iter().find(|f| {
                    f.series == *series
                        && (Some(f.period_start), Some(f.period_end)) == (m.period_start, m.period_end)
                        && (Some(&f.breakdown), Some(&f.category)) == (m.breakdown.as_ref(), m.category.as_ref())
                        && Some(f.as_published_on) == m.published_on
                });
                let figure = figure.unwrap_or_else(|| panic!("{} {}: no such figure", m.cycle, m.measure));
                assert!((figure.value - m.value).abs() < f64::EPSILON, "{} {}", m.cycle, m.measure);
                assert!(figure.as_published_on <= cycle.sheet.cutoff_on);
                assert_eq!(m.source, figure.source_title);
            }
            _ => panic!("{} {}: one source, please", m.cycle, m.measure),
        }
        per_cycle.entry(&m.cycle).and_modify(|n| *n += 1).or_insert(1);
    }
    assert!(w.closed().all(|cycle| per_cycle[&cycle.sheet.code] >= 25));
}

#[test]
fn calendars_run_forward_and_only_the_last_cycle_is_open() {
    let w = World::new();
    let codes: Vec<&str> = w.content.cycles.iter().map(|c| c.sheet.code.as_str()).collect();
    assert_eq!(codes, ["2023", "2024", "2025", "2026"]);
    let mut last = None;
    for cycle in &w.content.cycles {
        let s = &cycle.sheet;
        let days = [s.assessing_on, s.opinions_on, s.reconciled_on, s.signed_on, s.closed_on, s.published_on];
        let days: Vec<Day> = [Some(s.opened_on), Some(s.cutoff_on)].into_iter().chain(days).flatten().collect();
        assert!(days.is_sorted(), "{}", s.code);
        assert!(last.is_none_or(|closed| closed < s.opened_on), "{}", s.code);
        assert!(s.standards.iter().all(|code| w.library.standard(code).is_some()));
        assert_eq!(s.summary.is_some(), s.published_on.is_some());
        assert!(s.method_text().starts_with("## "));
        for f in &s.figures {
            let named = w.content.figures.iter().any(|x| {
                (&x.series, &x.breakdown, &x.category) == (&f.series, &f.breakdown, &f.category)
                    && (x.period_start, x.period_end, x.as_published_on) == (f.period_start, f.period_end, f.published_on)
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
            assert!(w.provision(&a.provision).is_some_and(|provision| provision.force.is_rated()), "{place}");
            let [one, two] = &a.opinions;
            assert_ne!(w.member(&one.by).organisation, w.member(&two.by).organisation, "{place}");
            for opinion in &a.opinions {
                assert!(w.may(&opinion.by, Action::SubmitOpinion, Relation::OwnAssignment), "{place}");
                assert_eq!(opinion.rating.is_some(), opinion.confidence.is_some(), "{place}");
                assert_eq!(opinion.rating.is_some(), !opinion.reasons.is_empty(), "{place}");
                assert_eq!(opinion.rating.is_some(), !opinion.cites.is_empty(), "{place}");
                for key in &opinion.cites {
                    let item = w.evidence(key);
                    assert!(w.may_read(&opinion.by, item), "{place}: {} may not read {key}", opinion.by);
                    assert!(item.recorded_on <= cycle.sheet.cutoff_on, "{place}: {key} is later than the cut-off");
                }
            }
            for key in a.agreed.iter().flat_map(|agreed| &agreed.cites) {
                let item = w.evidence(key);
                assert!(item.recorded_on <= cycle.sheet.cutoff_on, "{place}: {key}");
                assert_ne!(item.handling, Handling::SourceOnly, "{place}: {key}");
                assert!(item.provisions.contains(&a.provision), "{place}: {key} bears on something else");
            }
            assert!(a.agreed.as_ref().is_none_or(|agreed| !agreed.cites.is_empty()), "{place}");
            let named: Vec<&String> = a.dissents.iter().chain(&a.abstentions).map(|r| &r.organisation).chain(&a.silent).collect();
            assert!(named.iter().all(|key| w.has_organisation(key)), "{place}");
            unique(named);
        }
    }
    assert!(w.closed().all(|cycle| cycle.assessments.len() >= 45 && cycle.assessments.iter().all(|a| a.agreed.is_some())));
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
                let pairs = [(now.structure, then.structure), (now.process, then.process), (now.outcome, then.outcome)];
                let pairs = pairs.map(|(now, then)| (now.step(), then.step()));
                if pairs.iter().any(|(now, then)| now.is_some() != then.is_some()) {
                    Trend::Broken
                } else if pairs.iter().all(|(now, then)| now == then) {
                    Trend::Same
                } else if pairs.iter().all(|(now, then)| now >= then) {
                    Trend::Better
                } else {
                    assert!(pairs.iter().all(|(now, then)| now <= then), "{} {}: mixed", cycle.sheet.code, a.provision);
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
            assert!(cycle.assessments.iter().any(|a| a.provision == f.provision), "{key} is about what is not assessed");
            for item in f.supporting.iter().chain(&f.contrary).map(|key| w.evidence(key)) {
                assert!(item.recorded_on <= cycle.sheet.cutoff_on, "{key}: {}", item.key);
                for member in f.reviews.iter().map(|review| &review.by).chain([&f.by]) {
                    assert!(w.may_read(member, item), "{key}: {member} may not read {}", item.key);
                }
            }
            assert!(f.supporting.iter().all(|item| !f.contrary.contains(item)), "{key}");
            for reply in &f.replies {
                assert!(w.has_body(&reply.body), "{key}");
                assert!(reply.sent_on < reply.due_on && reply.replied_on.is_none_or(|day| day > reply.sent_on), "{key}");
                assert_eq!(reply.replied_on.is_some(), !reply.words.is_empty(), "{key}");
            }
            if f.reviews.is_empty() {
                continue;
            }
            let items: Vec<&Evidence> = f.supporting.iter().map(|key| w.evidence(key)).collect();
            let independent = items.iter().enumerate().any(|(at, a)| {
                items[at + 1..].iter().any(|b| a.publisher != b.publisher && w.root(a) != w.root(b))
            });
            let alone = items.len() == 1 && items[0].kind == EvidenceKind::Statistic && !f.method_note.is_empty();
            assert!(independent || alone, "{key} has no two independent sources");
            assert!(!f.contrary_search.is_empty() && f.contrary_searched_on.is_some(), "{key}");
            assert!(!f.replies.is_empty(), "{key}: nobody was asked");
            assert_eq!(f.reviews.len(), 2, "{key}");
            assert!(f.reviews.iter().all(|review| review.verdict == Verdict::Approve), "{key}");
            assert!(f.reviews.iter().all(|review| w.may(&review.by, Action::ReviewFinding, Relation::Coalition)), "{key}");
            unique(f.reviews.iter().map(|review| &w.member(&review.by).organisation).chain([&w.member(&f.by).organisation]));
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
            assert!(w.may(&r.by, Action::RecordRecommendation, Relation::Coalition), "{place}");
            assert!(r.finding.as_ref().is_none_or(|key| cycle.findings.iter().any(|f| f.key == *key)), "{place}");
            assert!(r.provisions.iter().all(|number| w.provision(number).is_some()), "{place}");
            if let Some(earlier) = &r.repeat_of {
                let found = w.content.cycles[..at].iter().find(|c| c.sheet.code == earlier.cycle);
                assert!(found.is_some_and(|c| c.recommendations.iter().any(|x| x.number == earlier.number)), "{place}");
            }
            let graded: Vec<&str> = r.grades.iter().map(|grade| grade.cycle.as_str()).collect();
            assert_eq!(graded, closed[(at + 1).min(closed.len())..], "{place}");
            for grade in &r.grades {
                assert!(w.may(&grade.by, Action::GradeRecommendation, Relation::Coalition), "{place}");
                assert_eq!(grade.grade == Grade::D, grade.reply.is_empty(), "{place}");
                assert_eq!(grade.replied_on.is_none(), grade.reply.is_empty(), "{place}");
            }
        }
    }
    assert_eq!(w.content.cycles.iter().map(|c| c.recommendations.len()).collect::<Vec<_>>(), [6, 8, 10, 0]);
}

#[test]
fn the_open_cycle_shows_work_in_every_state() {
    let c = read();
    let open = &c.cycles[3];
    let with = |n: usize| open.assessments.iter().any(|a| a.opinions.iter().filter(|o| o.rating.is_some()).count() == n);
    assert!(with(0) && with(1) && with(2));
    assert!(open.assessments.iter().all(|a| a.agreed.is_none()));
}
