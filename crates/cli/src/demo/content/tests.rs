//! The demonstration's content holds together, and none of it would be refused by a command.

use std::collections::{BTreeMap, BTreeSet};

use domain::evidence::Handling;
use domain::permission::{Action, Relation, Role, allows};
use monitoring::standard::files::{self, Library, ProvisionFile};

use super::*;

mod cycles;

/// The content with what is looked up by key.
struct World {
    content: Content,
    library: Library,
}

impl World {
    fn new() -> Self {
        Self {
            content: read(),
            library: files::shipped(),
        }
    }

    fn member(&self, key: &str) -> &Member {
        self.content
            .members
            .iter()
            .find(|m| m.key == key)
            .unwrap_or_else(|| panic!("no member {key}"))
    }

    fn evidence(&self, key: &str) -> &Evidence {
        self.content
            .evidence
            .iter()
            .find(|e| e.key == key)
            .unwrap_or_else(|| panic!("no evidence {key}"))
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
        convention
            .provisions
            .iter()
            .find(|provision| provision.number == number)
    }

    /// The item everything about it goes back to.
    fn root<'a>(&'a self, item: &'a Evidence) -> &'a str {
        item.derived_from
            .as_deref()
            .map_or(item.key.as_str(), |key| self.root(self.evidence(key)))
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
        self.content
            .cycles
            .iter()
            .filter(|cycle| cycle.sheet.closed_on.is_some())
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
    unique(
        c.measurements
            .iter()
            .map(|m| (&m.cycle, &m.measure, &m.stratum, m.jurisdiction)),
    );
    for cycle in &c.cycles {
        unique(cycle.assessments.iter().map(|a| (&a.provision, a.jurisdiction)));
        unique(cycle.recommendations.iter().map(|r| r.number));
    }
    unique(c.figures.iter().map(|f| {
        (
            &f.series,
            f.period_start,
            f.period_end,
            &f.breakdown,
            &f.category,
            f.as_published_on,
            &f.source_title,
        )
    }));
}

#[test]
fn nine_organisations_have_two_to_five_members_a_manager_each_and_every_role() {
    let w = World::new();
    assert_eq!(w.content.organisations.len(), 9);
    for organisation in &w.content.organisations {
        let members: Vec<&Member> = w
            .content
            .members
            .iter()
            .filter(|m| m.organisation == organisation.key)
            .collect();
        assert!((2..=5).contains(&members.len()), "{}", organisation.key);
        assert!(
            members.iter().any(|m| m.roles.contains(&Role::Manager)),
            "{}",
            organisation.key
        );
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
        assert!(
            interest
                .provision
                .as_ref()
                .is_none_or(|number| w.provision(number).is_some())
        );
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
                    && interest
                        .provision
                        .as_ref()
                        .is_none_or(|number| *number == assessment.provision)
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
        assert!(
            area.parent.as_ref().is_none_or(|parent| seen.contains(parent)),
            "{}",
            area.code
        );
        seen.insert(area.code.clone());
    }
    let police = |start: &str| {
        c.areas
            .iter()
            .filter(|a| a.kind == AreaKind::Police && a.code.starts_with(start))
            .count()
    };
    assert_eq!((police("E23"), police("W15"), police("S23")), (39, 4, 1));
}

#[test]
fn figures_and_breaks_name_a_series_and_carry_its_unit() {
    let c = read();
    for figure in &c.figures {
        let series = c.series.iter().find(|s| s.code == figure.series).unwrap();
        assert_eq!(figure.unit, series.unit, "{figure:?}");
        assert!(figure.period_start <= figure.period_end, "{figure:?}");
        assert!(
            !figure.is_unverified || figure.source_kind == SourceKind::Secondary,
            "{figure:?}"
        );
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
        assert!(
            w.may(&item.by, Action::RecordEvidence, Relation::OwnOrganisation),
            "{key}: {}",
            item.by
        );
        assert!(item.effective_on <= item.recorded_on, "{key}");
        assert!(
            item.derived_from.as_ref().is_none_or(|base| seen.contains(base)),
            "{key} comes before what it is from"
        );
        assert!(
            item.named.iter().all(|organisation| w.has_organisation(organisation)),
            "{key}"
        );
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
        let says = |text: &str| {
            ["invented", "Imaginary", "Invented"]
                .iter()
                .any(|word| text.contains(word))
        };
        assert_eq!(item.is_invented, says(&item.title), "{}", item.key);
    }
    assert!(c.claims.iter().all(|claim| claim.source.contains("(invented)")));
    assert!(
        c.attached
            .iter()
            .all(|file| file.text.starts_with("INVENTED FOR A DEMONSTRATION."))
    );
    assert!(
        c.calls
            .iter()
            .flat_map(|call| &call.answers)
            .all(|answer| answer.starts_with("Invented answer."))
    );
    assert!(
        c.feedback
            .iter()
            .all(|said| said.words.starts_with("Invented feedback."))
    );
    assert!(
        c.feedback.is_sorted_by_key(|said| !said.is_read),
        "what was read comes first"
    );
    assert!(c.bodies.iter().all(|body| body.about.starts_with("Invented.")));
    assert!(
        c.organisations
            .iter()
            .all(|o| o.about.starts_with("Invented for this demonstration."))
    );
}

#[test]
fn claims_name_what_exists() {
    let w = World::new();
    for claim in &w.content.claims {
        assert!(w.has_body(&claim.body), "{}", claim.body);
        assert!(w.provision(&claim.provision).is_some(), "{}", claim.provision);
        assert!(
            w.may(&claim.by, Action::RecordClaim, Relation::Coalition),
            "{}",
            claim.by
        );
    }
    let provisions: BTreeSet<&String> = w.content.claims.iter().map(|claim| &claim.provision).collect();
    assert!(provisions.len() >= 20);
}

#[test]
fn new_indicators_follow_the_shipped_ones_and_are_discussed_by_those_who_may() {
    let w = World::new();
    for indicator in &w.content.indicators {
        let before = w.library.indicators.iter().find(|i| i.id == indicator.code);
        assert_eq!(
            indicator.version,
            before.map_or(1, |i| i.version + 1),
            "{}",
            indicator.code
        );
        assert_eq!(indicator.comparability.is_some(), before.is_some());
        assert_eq!(indicator.state == IndicatorState::Agreed, indicator.agreed_on.is_some());
        assert!(
            indicator
                .source
                .iter()
                .all(|code| w.library.sources.iter().any(|s| s.code == *code))
        );
        assert!(
            indicator
                .disaggregation
                .iter()
                .all(|code| w.library.breakdowns.iter().any(|b| b.code == *code))
        );
        assert!(indicator.provisions.iter().all(|number| w.provision(number).is_some()));
        for measure in &indicator.measures {
            assert!(measure.code.starts_with(&indicator.code));
            assert_eq!(
                measure.statistic.has_denominator(),
                !measure.denominator.is_empty(),
                "{}",
                measure.code
            );
        }
        assert!(w.may(&indicator.by, Action::ProposeIndicator, Relation::Coalition));
        for comment in &indicator.comments {
            assert!(w.may(&comment.by, Action::CommentIndicator, Relation::Coalition) && comment.on >= indicator.on);
        }
        for position in &indicator.positions {
            assert!(
                w.may(&position.by, Action::PositionIndicator, Relation::OwnOrganisation),
                "{}",
                position.by
            );
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
            assert!(
                (100.0 * n / d - m.value).abs() < 0.06,
                "{} {}: {n} of {d} is not {}",
                m.cycle,
                m.measure,
                m.value
            );
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
                assert!(
                    (figure.value - m.value).abs() < f64::EPSILON,
                    "{} {}",
                    m.cycle,
                    m.measure
                );
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
fn cases_are_of_plainly_invented_people_and_recorded_by_caseworkers() {
    let w = World::new();
    assert!(w.content.cases.len() >= 30);
    for case in &w.content.cases {
        let name = case.person.get("name");
        assert!(
            matches!(name, Some(Answer::One(name)) if name.starts_with("Specimen Person ")),
            "{name:?}"
        );
        assert!(w.member(&case.by).roles.contains(&Role::Caseworker), "{}", case.by);
    }
}
