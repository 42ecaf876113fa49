//! Turns the demonstration's content into the same commands that people give, each on its own day.

use std::collections::HashMap;

use bytes::Bytes;
use domain::cycle::CycleState;
use domain::ids::{BodyId, CycleId, EvidenceId, FindingId, MemberId, ObservationId, OrganisationId, ProvisionId, RecommendationId};
use domain::indicator::IndicatorState;
use domain::permission::Role;
use domain::{Day, Instant};
use monitoring::{area, assessment, body, claim, cycle, edition, evidence, finding, import, indicator, interest, measurement, recommendation, series, standard};
use store::Cx;
use store::work::{Actor, IDS};

use super::content::{self, Content, Cycle};
use crate::failure::Failure;
use crate::folder::Folder;
use crate::{publish, who};

/// Builds the demonstration; gives its sign-ins, a line each: name, password, role.
pub(super) async fn seed(folder: &Folder) -> Result<String, Failure> {
    let content = content::read();
    let bar = indicatif::ProgressBar::new(7 + content.cycles.len() as u64);
    bar.set_style(indicatif::ProgressStyle::with_template("{msg:30} {wide_bar} {pos}/{len}").unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()));
    let step = |words: &'static str| {
        bar.set_message(words);
        bar.inc(1);
    };
    step("People and organisations");
    let (mut seeder, sign_ins) = Seeder::begin(folder, &content).await?;
    step("Standards and indicators");
    seeder.standards().await?;
    step("Areas and public bodies");
    seeder.registers().await?;
    step("Official statistics");
    seeder.statistics().await?;
    step("Evidence");
    seeder.evidence().await?;
    step("What the state says");
    seeder.claims().await?;
    step("Indicators under discussion");
    seeder.indicators().await?;
    for cycle in &content.cycles {
        step("A year's audit");
        seeder.cycle(cycle).await?;
    }
    bar.finish_and_clear();
    publish::render(folder).await?;
    Ok(sign_ins)
}

/// What has been made so far, by the keys of the content.
struct Seeder<'a> {
    folder: &'a Folder,
    content: &'a Content,
    members: HashMap<String, Actor>,
    organisations: HashMap<String, OrganisationId>,
    bodies: HashMap<String, BodyId>,
    provisions: HashMap<String, ProvisionId>,
    evidence: HashMap<String, EvidenceId>,
    cycles: HashMap<String, CycleId>,
    findings: HashMap<String, FindingId>,
    recommendations: HashMap<(String, i32), RecommendationId>,
}

/// A day's working hour.
fn at(day: Day) -> Instant {
    day.start().plus_seconds(10 * 3600)
}

fn missing(what: &str, key: &str) -> Failure {
    Failure::could_not(format!("the demonstration names {what} “{key}”, which it does not make"))
}

/// Two words and two digits would be guessed; this is drawn from the operating system.
fn password() -> String {
    access::secret::Secret::random().expose().get(..16).unwrap_or_default().to_owned()
}

impl<'a> Seeder<'a> {
    async fn begin(folder: &'a Folder, content: &'a Content) -> Result<(Self, String), Failure> {
        let mut seeder = Self {
            folder,
            content,
            members: HashMap::new(),
            organisations: HashMap::new(),
            bodies: HashMap::new(),
            provisions: HashMap::new(),
            evidence: HashMap::new(),
            cycles: HashMap::new(),
            findings: HashMap::new(),
            recommendations: HashMap::new(),
        };
        let start = content.cycles.first().map_or_else(Instant::now, |cycle| at(cycle.sheet.opened_on));
        let nobody = Actor::nobody();
        let first = content.members.iter().find(|member| member.key == who::DEMO_COORDINATOR).ok_or_else(|| missing("the member", who::DEMO_COORDINATOR))?;
        let desk = content.organisations.iter().find(|row| row.key == first.organisation).ok_or_else(|| missing("the organisation", &first.organisation))?;
        let mut passwords: HashMap<&str, String> = HashMap::new();
        let add = |member: &'a content::Member, organisation: OrganisationId, password: &str| access::member::Add {
            organisation,
            name: member.name.clone(),
            sign_in: member.key.clone(),
            password: password.to_owned(),
            roles: member.roles.clone(),
        };
        let drawn = password();
        let cx = seeder.cx(&nobody, start);
        let id = access::member::init(&cx, &desk.name, &desk.about, add(first, OrganisationId(uuid::Uuid::nil()), &drawn)).await?;
        passwords.insert(&first.key, drawn);
        let coordinator = seeder.actor(id).await?;
        let cx = seeder.cx(&coordinator, start);
        let mut organisations = HashMap::from([(desk.key.clone(), cx.organisation()?)]);
        for row in content.organisations.iter().filter(|row| row.key != desk.key) {
            let input = access::organisation::Add { name: row.name.clone(), about: row.about.clone() };
            organisations.insert(row.key.clone(), access::organisation::add(&cx, input).await?);
        }
        let mut members = HashMap::from([(first.key.clone(), coordinator.clone())]);
        for member in content.members.iter().filter(|member| member.key != first.key) {
            let organisation = *organisations.get(&member.organisation).ok_or_else(|| missing("the organisation", &member.organisation))?;
            let drawn = password();
            let id = access::member::add(&cx, add(member, organisation, &drawn)).await?;
            passwords.insert(&member.key, drawn);
            members.insert(member.key.clone(), seeder.actor(id).await?);
        }
        seeder.organisations = organisations;
        seeder.members = members;
        let sign_ins = Role::ALL
            .iter()
            .filter_map(|role| {
                let member = content.members.iter().find(|member| member.roles.contains(role))?;
                Some(format!("{}\t{}\t{role}\n", member.key, passwords.get(member.key.as_str())?))
            })
            .collect();
        Ok((seeder, sign_ins))
    }

    async fn actor(&self, id: MemberId) -> Result<Actor, Failure> {
        access::member::actor(&self.folder.db, id).await?.ok_or_else(|| Failure::could_not("a member was not kept"))
    }

    fn cx<'b>(&'b self, actor: &'b Actor, now: Instant) -> Cx<'b> {
        Cx { db: &self.folder.db, files: &self.folder.files, actor, now, ids: &IDS, once: None }
    }

    fn member(&self, key: &str) -> Result<&Actor, Failure> {
        self.members.get(key).ok_or_else(|| missing("the member", key))
    }

    fn coordinator(&self) -> Result<&Actor, Failure> {
        self.member(who::DEMO_COORDINATOR)
    }

    /// A member who speaks for an organisation.
    fn manager(&self, organisation: &str) -> Result<&Actor, Failure> {
        let member = self.content.members.iter().find(|m| m.organisation == organisation && m.roles.contains(&Role::Manager));
        self.member(&member.ok_or_else(|| missing("a manager of", organisation))?.key)
    }

    fn provision(&self, number: &str) -> Result<ProvisionId, Failure> {
        self.provisions.get(number).copied().ok_or_else(|| missing("the provision", number))
    }

    fn provisions_of(&self, numbers: &[String]) -> Result<Vec<ProvisionId>, Failure> {
        numbers.iter().map(|number| self.provision(number)).collect()
    }

    fn body(&self, key: &str) -> Result<BodyId, Failure> {
        self.bodies.get(key).copied().ok_or_else(|| missing("the body", key))
    }

    fn items(&self, keys: &[String]) -> Result<Vec<EvidenceId>, Failure> {
        keys.iter().map(|key| self.evidence.get(key).copied().ok_or_else(|| missing("the evidence", key))).collect()
    }

    fn opening(&self) -> Instant {
        self.content.cycles.first().map_or_else(Instant::now, |cycle| at(cycle.sheet.opened_on))
    }

    async fn standards(&mut self) -> Result<(), Failure> {
        let coordinator = self.coordinator()?.clone();
        let cx = self.cx(&coordinator, self.opening().plus_seconds(-3600));
        standard::load(&cx, &standard::files::shipped()).await?;
        let mut provisions = HashMap::new();
        for row in standard::list(&cx).await? {
            if row.code == standard::files::HOME_STANDARD {
                for provision in standard::get(&cx, row.id.into()).await?.1 {
                    provisions.insert(provision.number.clone(), ProvisionId(provision.id));
                }
            }
        }
        self.provisions = provisions;
        Ok(())
    }

    async fn registers(&mut self) -> Result<(), Failure> {
        let coordinator = self.coordinator()?.clone();
        let cx = self.cx(&coordinator, self.opening());
        area::load_file(&cx, "areas.csv", include_bytes!("../../../../demo/areas.csv")).await?;
        let mut bodies = HashMap::new();
        for row in &self.content.bodies {
            let input = body::Record { name: row.name.clone(), about: row.about.clone(), is_invented: true };
            bodies.insert(row.key.clone(), body::record(&cx, input).await?);
        }
        self.bodies = bodies;
        for row in &self.content.interests {
            let declarer = match &row.member {
                Some(key) => self.member(key)?,
                None => self.manager(&row.organisation)?,
            };
            let input = interest::Declare {
                is_personal: row.member.is_some(),
                kind: row.kind.code().to_owned(),
                body: Some(self.body(&row.body)?),
                provision: row.provision.as_deref().map(|number| self.provision(number)).transpose()?,
                words: row.words.clone(),
                bars: row.bars,
            };
            interest::declare(&self.cx(declarer, at(row.declared_on)), input).await?;
        }
        Ok(())
    }

    async fn statistics(&mut self) -> Result<(), Failure> {
        let coordinator = self.coordinator()?.clone();
        // Statistics are imported today: their vintages carry the days on which they appeared.
        let cx = self.cx(&coordinator, Instant::now());
        let mut ids = HashMap::new();
        for row in &self.content.series {
            let input = series::Record {
                code: row.code.clone(),
                title: row.title.clone(),
                publisher: row.publisher.clone(),
                unit: row.unit.clone(),
                counting_rule: row.counting_rule.code().to_owned(),
                about: row.about.clone(),
            };
            ids.insert(row.code.as_str(), series::record(&cx, input).await?);
        }
        for row in &self.content.breaks {
            let id = *ids.get(row.series.as_str()).ok_or_else(|| missing("the series", &row.series))?;
            let input = series::Break { series: id, from_on: row.from_on.iso(), reason: row.reason.clone(), source: row.source.clone() };
            series::mark_break(&cx, input).await?;
        }
        for file in &self.content.official {
            let taken = import::take_file(&cx, file.name, Bytes::from_static(file.text.as_bytes()), None).await?;
            if taken.n_refused > 0 {
                let first = taken.faults.first().map(ToString::to_string).unwrap_or_default();
                return Err(Failure::could_not(format!("{}: {} rows refused; {first}", file.name, taken.n_refused)));
            }
        }
        Ok(())
    }

    async fn evidence(&mut self) -> Result<(), Failure> {
        for row in &self.content.evidence {
            let files = row
                .files
                .iter()
                .map(|name| {
                    let file = self.content.attached.iter().find(|file| file.name == name).ok_or_else(|| missing("the file", name))?;
                    Ok(evidence::Upload { name: name.clone(), media_type: "text/plain".to_owned(), bytes: Bytes::from_static(file.text.as_bytes()) })
                })
                .collect::<Result<Vec<_>, Failure>>()?;
            let in_file = (!files.is_empty()).then_some(0);
            let derived_from = match &row.derived_from {
                Some(key) => Some(*self.evidence.get(key).ok_or_else(|| missing("the evidence", key))?),
                None => None,
            };
            let named = row
                .named
                .iter()
                .map(|key| self.organisations.get(key).copied().ok_or_else(|| missing("the organisation", key)))
                .collect::<Result<Vec<_>, _>>()?;
            let input = evidence::Record {
                kind: row.kind.code().to_owned(),
                title: row.title.clone(),
                summary: row.summary.clone(),
                origin: row.origin.clone(),
                publisher: row.publisher.clone(),
                derived_from,
                source_url: row.source_url.clone(),
                effective_on: row.effective_on.iso(),
                reliability: row.reliability.code().to_owned(),
                credibility: row.credibility.code().to_owned(),
                handling: row.handling.code().to_owned(),
                named,
                quoting: row.quoting.code().to_owned(),
                identifies_person: Some(false),
                provisions: self.provisions_of(&row.provisions)?,
                forms: row.forms.iter().map(|form| form.code().to_owned()).collect(),
                groups: row.groups.iter().map(|group| group.code().to_owned()).collect(),
                areas: row.areas.clone(),
                files,
                passages: row
                    .citations
                    .iter()
                    .map(|citation| evidence::Passage { file: in_file, page: citation.page.clone(), quote: citation.quote.clone() })
                    .collect(),
                is_invented: row.is_invented,
            };
            let id = evidence::record(&self.cx(self.member(&row.by)?, at(row.recorded_on)), input).await?;
            self.evidence.insert(row.key.clone(), id);
        }
        Ok(())
    }

    async fn claims(&mut self) -> Result<(), Failure> {
        for row in &self.content.claims {
            let input = claim::Record {
                provision: Some(self.provision(&row.provision)?),
                jurisdiction: row.jurisdiction.code().to_owned(),
                body: Some(self.body(&row.body)?),
                words: row.words.clone(),
                source: row.source.clone(),
                source_url: String::new(),
                made_on: row.made_on.iso(),
                is_invented: true,
            };
            claim::record(&self.cx(self.member(&row.by)?, at(row.made_on).plus_seconds(86_400)), input).await?;
        }
        Ok(())
    }

    async fn indicators(&mut self) -> Result<(), Failure> {
        for row in &self.content.indicators {
            let input = indicator::Propose {
                code: row.code.clone(),
                provisions: self.provisions_of(&row.provisions)?,
                kind: row.kind.code().to_owned(),
                name: row.name.clone(),
                definition: row.definition.clone(),
                direction: row.direction.code().to_owned(),
                sources: row.source.clone(),
                disaggregation: row.disaggregation.clone(),
                limits: row.limits.clone(),
                measures: row
                    .measures
                    .iter()
                    .map(|measure| indicator::Measure {
                        code: measure.code.clone(),
                        name: measure.name.clone(),
                        statistic: measure.statistic,
                        numerator: measure.numerator.clone(),
                        denominator: measure.denominator.clone(),
                        unit: measure.unit.clone(),
                        levels: Vec::new(),
                    })
                    .collect(),
                comparability: row.comparability.map(|c| c.code().to_owned()).unwrap_or_default(),
                comparability_why: row.comparability_why.clone(),
            };
            let id = indicator::propose(&self.cx(self.member(&row.by)?, at(row.on)), input).await?;
            for said in &row.comments {
                indicator::comment(&self.cx(self.member(&said.by)?, at(said.on)), id, &said.words).await?;
            }
            for taken in &row.positions {
                let input = indicator::Take { stance: taken.stance.code().to_owned(), reason: taken.reason.clone() };
                indicator::take_position(&self.cx(self.member(&taken.by)?, at(taken.on)), id, input).await?;
            }
            if let (IndicatorState::Agreed, Some(day)) = (row.state, row.agreed_on) {
                indicator::close(&self.cx(self.coordinator()?, at(day)), id, IndicatorState::Agreed).await?;
            }
        }
        Ok(())
    }

    /// One cycle, in the order in which a year goes.
    async fn cycle(&mut self, cycle: &Cycle) -> Result<(), Failure> {
        let sheet = &cycle.sheet;
        let coordinator = self.coordinator()?.clone();
        let previous = self.content.cycles.iter().take_while(|other| other.sheet.code != sheet.code).last().map(|other| other.sheet.code.clone());
        let input = cycle::Open {
            code: sheet.code.clone(),
            title: sheet.title.clone(),
            period_start: sheet.period_start.iso(),
            period_end: sheet.period_end.iso(),
            cutoff_on: sheet.cutoff_on.iso(),
            previous: previous.unwrap_or_default(),
            method: sheet.method_text(),
            is_invented: true,
        };
        let opened = at(sheet.opened_on);
        let id = cycle::open(&self.cx(&coordinator, opened), input).await?;
        self.cycles.insert(sheet.code.clone(), id);
        cycle::advance(&self.cx(&coordinator, opened), id).await?;
        self.assign(id, cycle, opened).await?;
        self.measurements(id, &sheet.code, at(sheet.cutoff_on)).await?;
        self.findings(id, cycle).await?;
        self.recommendations(id, cycle).await?;
        self.grades(id, &sheet.code, at(sheet.cutoff_on)).await?;
        let Some(assessing) = sheet.assessing_on else {
            // The open cycle: some opinions are in already, nothing is agreed.
            return self.assess(id, cycle).await;
        };
        cycle::advance(&self.cx(&coordinator, at(assessing)), id).await?;
        self.assess(id, cycle).await?;
        self.reviews(cycle).await?;
        let Some(closed) = sheet.closed_on else { return Ok(()) };
        let state = cycle::advance(&self.cx(&coordinator, at(closed)), id).await?;
        if let (CycleState::Closed, Some(published), Some(summary)) = (state, sheet.published_on, &sheet.summary) {
            let words = edition::Words { summary: summary.words.join("\n\n"), headlines: summary.headlines.join("\n") };
            edition::publish(&self.cx(&coordinator, at(published)), id, &words).await?;
        }
        Ok(())
    }

    async fn assign(&self, id: CycleId, cycle: &Cycle, now: Instant) -> Result<(), Failure> {
        let coordinator = self.coordinator()?;
        for row in &cycle.assessments {
            let [first, second] = &row.opinions;
            let input = assessment::Assign {
                cycle: id,
                provision: self.provision(&row.provision)?,
                jurisdiction: row.jurisdiction,
                first: self.cx(self.member(&first.by)?, now).member()?,
                second: self.cx(self.member(&second.by)?, now).member()?,
            };
            assessment::assign(&self.cx(coordinator, now), input).await?;
        }
        Ok(())
    }

    async fn measurements(&self, id: CycleId, code: &str, now: Instant) -> Result<(), Failure> {
        let coordinator = self.coordinator()?;
        let frozen = indicator::of_cycle(&self.cx(coordinator, now), id).await?;
        for row in self.content.measurements.iter().filter(|row| row.cycle == code) {
            let version = frozen.iter().find(|version| version.code == row.indicator).ok_or_else(|| missing("the indicator", &row.indicator))?;
            let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
            let observation = self.observation(row).await?;
            let item = row.evidence.as_ref().map(|key| self.evidence.get(key).copied().ok_or_else(|| missing("the evidence", key))).transpose()?;
            let effective = row.evidence.as_ref().and_then(|key| self.content.evidence.iter().find(|item| item.key == *key)).map(|item| item.effective_on.iso());
            let input = measurement::Record {
                cycle: Some(id),
                indicator: Some(version.id.into()),
                measure: row.measure.clone(),
                stratum: row.stratum.clone(),
                jurisdiction: row.jurisdiction.code().to_owned(),
                numerator: number(row.numerator),
                denominator: number(row.denominator),
                value: number(Some(row.value)),
                observation,
                is_sample: row.is_sample,
                excluded: row.excluded.clone(),
                missing_share: number(row.missing_share),
                whose: row.whose.clone(),
                source: row.source.clone(),
                source_url: String::new(),
                vintage_on: effective.unwrap_or_default(),
                evidence: item,
                note: row.note.clone(),
                is_invented: row.evidence.is_some(),
            };
            measurement::record(&self.cx(self.member(&row.by)?, now), input).await?;
        }
        Ok(())
    }

    async fn observation(&self, row: &content::Measurement) -> Result<Option<ObservationId>, Failure> {
        let (Some(code), Some(start), Some(end), Some(published)) = (&row.series, row.period_start, row.period_end, row.published_on) else { return Ok(None) };
        let value = series::Wanted {
            series: code.clone(),
            period_start: start.iso(),
            period_end: end.iso(),
            breakdown: row.breakdown.clone().unwrap_or_default(),
            category: row.category.clone().unwrap_or_default(),
            published_on: published.iso(),
        };
        let found = series::wanted(&self.cx(self.coordinator()?, Instant::now()), &value).await?;
        found.map(Some).ok_or_else(|| missing("a figure of", code))
    }

    async fn findings(&mut self, id: CycleId, cycle: &Cycle) -> Result<(), Failure> {
        for row in &cycle.findings {
            let input = finding::Record {
                cycle: Some(id),
                provision: Some(self.provision(&row.provision)?),
                jurisdiction: row.jurisdiction.code().to_owned(),
                title: row.title.clone(),
                claim: row.claim.clone(),
                wording: row.wording.clone(),
                proof: row.proof.code().to_owned(),
                supporting: self.items(&row.supporting)?,
                contrary: self.items(&row.contrary)?,
                contrary_search: row.contrary_search.clone(),
                contrary_searched_on: row.contrary_searched_on.map(Day::iso).unwrap_or_default(),
                method_note: row.method_note.clone(),
                is_invented: true,
            };
            let found = finding::record(&self.cx(self.member(&row.by)?, at(row.recorded_on)), input).await?;
            for reply in &row.replies {
                let cx = self.cx(self.coordinator()?, at(reply.sent_on));
                let send = finding::Send { body: Some(self.body(&reply.body)?), sent_on: reply.sent_on.iso(), due_on: reply.due_on.iso() };
                let sent = finding::send(&cx, found, send).await?;
                if let Some(day) = reply.replied_on {
                    let answer = finding::Answer { replied_on: day.iso(), words: reply.words.clone() };
                    finding::answer(&self.cx(self.coordinator()?, at(day)), sent, answer).await?;
                }
            }
            self.findings.insert(row.key.clone(), found);
        }
        Ok(())
    }

    async fn reviews(&self, cycle: &Cycle) -> Result<(), Failure> {
        for row in &cycle.findings {
            let Some(id) = self.findings.get(&row.key).copied() else { continue };
            for review in &row.reviews {
                let input = finding::Review { verdict: review.verdict.code().to_owned(), note: review.note.clone(), revision: 1 };
                finding::review(&self.cx(self.member(&review.by)?, at(review.on)), id, input).await?;
            }
        }
        Ok(())
    }

    async fn recommendations(&mut self, id: CycleId, cycle: &Cycle) -> Result<(), Failure> {
        for row in &cycle.recommendations {
            let repeat_of = match &row.repeat_of {
                Some(earlier) => Some(
                    *self.recommendations.get(&(earlier.cycle.clone(), earlier.number)).ok_or_else(|| missing("a recommendation of", &earlier.cycle))?,
                ),
                None => None,
            };
            let input = recommendation::Record {
                cycle: Some(id),
                body: Some(self.body(&row.body)?),
                finding: row.finding.as_ref().and_then(|key| self.findings.get(key)).copied(),
                urgency: row.urgency.code().to_owned(),
                wording: row.wording.clone(),
                success: row.success.clone(),
                due_on: row.due_on.iso(),
                repeat_of,
                provisions: self.provisions_of(&row.provisions)?,
                is_invented: true,
            };
            let made = recommendation::record(&self.cx(self.member(&row.by)?, at(row.recorded_on)), input).await?;
            self.recommendations.insert((cycle.sheet.code.clone(), row.number), made);
        }
        Ok(())
    }

    /// Grades that this cycle gives to recommendations of those before it.
    async fn grades(&self, id: CycleId, code: &str, now: Instant) -> Result<(), Failure> {
        for earlier in &self.content.cycles {
            for row in &earlier.recommendations {
                for graded in row.grades.iter().filter(|graded| graded.cycle == code) {
                    let key = (earlier.sheet.code.clone(), row.number);
                    let target = *self.recommendations.get(&key).ok_or_else(|| missing("a recommendation of", &key.0))?;
                    let input = recommendation::Grade {
                        cycle: Some(id),
                        grade: graded.grade.code().to_owned(),
                        reasons: graded.reasons.clone(),
                        reply: graded.reply.clone(),
                        replied_on: graded.replied_on.map(Day::iso).unwrap_or_default(),
                    };
                    recommendation::grade(&self.cx(self.member(&graded.by)?, now), target, input).await?;
                }
            }
        }
        Ok(())
    }

    /// Opinions, reconciliation, and what each organisation says of it.
    async fn assess(&self, id: CycleId, cycle: &Cycle) -> Result<(), Failure> {
        let sheet = &cycle.sheet;
        let coordinator = self.coordinator()?;
        let lines = assessment::list(&self.cx(coordinator, Instant::now()), id).await?;
        for row in &cycle.assessments {
            let provision = self.provision(&row.provision)?;
            let line = lines
                .iter()
                .find(|line| line.row.provision_id == provision.0 && line.row.jurisdiction == row.jurisdiction.code())
                .ok_or_else(|| missing("an assessment of", &row.provision))?;
            let target = line.row.id.into();
            for opinion in &row.opinions {
                let (Some(rating), Some(confidence)) = (opinion.rating, opinion.confidence) else { continue };
                let input = rated(rating, confidence.code(), &opinion.reasons, self.items(&opinion.cites)?);
                let now = sheet.opinions_on.map_or_else(Instant::now, at);
                assessment::submit(&self.cx(self.member(&opinion.by)?, now), target, input).await?;
            }
            let (Some(agreed), Some(day)) = (&row.agreed, sheet.reconciled_on) else { continue };
            let input = assessment::Reconcile {
                rating: rated(agreed.rating, agreed.confidence.code(), &agreed.reasons, self.items(&agreed.cites)?),
                trend: agreed.trend.code().to_owned(),
                revision: line.row.revision,
            };
            assessment::reconcile(&self.cx(coordinator, at(day)), target, input).await?;
            self.positions(target, row, at(sheet.signed_on.unwrap_or(day))).await?;
        }
        Ok(())
    }

    async fn positions(&self, id: domain::ids::AssessmentId, row: &content::Assessment, now: Instant) -> Result<(), Failure> {
        for organisation in &self.content.organisations {
            let key = &organisation.key;
            let reason = |list: &[content::Reason]| list.iter().find(|reason| reason.organisation == *key).map(|reason| reason.reason.clone());
            let (stance, reason) = if row.silent.contains(key) {
                continue;
            } else if let Some(reason) = reason(&row.dissents) {
                ("dissent", reason)
            } else if let Some(reason) = reason(&row.abstentions) {
                ("abstain", reason)
            } else {
                ("agree", String::new())
            };
            let Ok(manager) = self.manager(key) else { continue };
            let input = assessment::Take { stance: stance.to_owned(), reason };
            assessment::take_position(&self.cx(manager, now), id, input).await?;
        }
        Ok(())
    }
}

fn rated(rating: content::Rating, confidence: &str, reasons: &str, cites: Vec<EvidenceId>) -> assessment::Submit {
    assessment::Submit {
        structure: rating.structure.code().to_owned(),
        process: rating.process.code().to_owned(),
        outcome: rating.outcome.code().to_owned(),
        confidence: confidence.to_owned(),
        reasons: reasons.to_owned(),
        cites,
    }
}
