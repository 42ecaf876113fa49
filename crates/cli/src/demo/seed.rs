//! Turns the demonstration's content into the same commands that people give, each on its own day.

mod call;
mod cases;
mod coded;
mod contribution;
mod feedback;
mod keys;
mod model;
mod population;
mod printed;
mod study;
mod year;

use std::collections::HashMap;

use bytes::Bytes;
use casework::case::Caseload;
use domain::ids::{BodyId, CycleId, EvidenceId, FindingId, MemberId, OrganisationId, ProvisionId, RecommendationId};
use domain::indicator::IndicatorState;
use domain::permission::Role;
use domain::{Day, Instant};
use monitoring::{area, body, claim, evidence, import, indicator, interest, series, standard};
use store::Cx;
use store::seal::PrivateKey;
use store::work::{Actor, IDS};

pub(crate) use coded::rows;

use super::content::{self, Content};
use crate::failure::Failure;
use crate::folder::Folder;
use crate::{publish, who};

/// Builds the demonstration; gives its sign-ins, a line each: name, passphrase, what it is for.
pub(super) async fn seed(folder: &Folder) -> Result<String, Failure> {
    let content = content::read();
    let bar = indicatif::ProgressBar::new(11 + content.cycles.len() as u64);
    bar.set_style(
        indicatif::ProgressStyle::with_template("{msg:30} {wide_bar} {pos}/{len}")
            .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()),
    );
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
    step("Keys and cases");
    seeder.make_keys().await?;
    seeder.casework().await?;
    // Before the audits: what organisations contribute to them is told of their cases.
    step("Thousands of invented cases");
    seeder.population().await?;
    for cycle in &content.cycles {
        step("A year's audit");
        seeder.cycle(cycle).await?;
    }
    step("A call for evidence");
    seeder.calls().await?;
    seeder.feedback().await?;
    step("A list study");
    let study = seeder.list_study().await?;
    bar.finish_and_clear();
    if !publish::render(folder).await?.is_empty() {
        return Err(Failure::could_not("an edition could not be rendered: see the log"));
    }
    seeder.publish_study(study).await?;
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
    /// Private keys of those who seal something.
    keys: HashMap<MemberId, PrivateKey>,
    /// Lines of cases that were opened, as a node keeps them.
    caseload: Caseload,
}

/// A day's working hour.
fn at(day: Day) -> Instant {
    day.start().plus_seconds(10 * 3600)
}

fn missing(what: &str, key: &str) -> Failure {
    Failure::could_not(format!(
        "the demonstration names {what} “{key}”, which it does not make"
    ))
}

/// Two words and two digits would be guessed; this is drawn from the operating system.
fn password() -> String {
    access::secret::Secret::random()
        .expose()
        .get(..16)
        .unwrap_or_default()
        .to_owned()
}

impl<'a> Seeder<'a> {
    /// Adds people and organisations; gives the sign-ins.
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
            keys: HashMap::new(),
            caseload: Caseload::default(),
        };
        let start = content
            .cycles
            .first()
            .map_or_else(Instant::now, |cycle| at(cycle.sheet.opened_on));
        let nobody = Actor::nobody();
        let first = content
            .members
            .iter()
            .find(|member| member.key == who::DEMO_COORDINATOR)
            .ok_or_else(|| missing("the member", who::DEMO_COORDINATOR))?;
        let desk = content
            .organisations
            .iter()
            .find(|row| row.key == first.organisation)
            .ok_or_else(|| missing("the organisation", &first.organisation))?;
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
        let id = access::member::init(
            &cx,
            &desk.name,
            &desk.about,
            add(first, OrganisationId(uuid::Uuid::nil()), &drawn),
        )
        .await?;
        seeder.keys.insert(id, seeder.key_of(&first.key, &drawn).await?);
        passwords.insert(&first.key, drawn);
        let coordinator = seeder.actor(id).await?;
        let cx = seeder.cx(&coordinator, start);
        let mut organisations = HashMap::from([(desk.key.clone(), cx.organisation()?)]);
        for row in content.organisations.iter().filter(|row| row.key != desk.key) {
            let input = access::organisation::Add {
                name: row.name.clone(),
                about: row.about.clone(),
            };
            organisations.insert(row.key.clone(), access::organisation::add(&cx, input).await?);
        }
        let mut members = HashMap::from([(first.key.clone(), coordinator.clone())]);
        let mut keys = HashMap::new();
        for member in content.members.iter().filter(|member| member.key != first.key) {
            let organisation = *organisations
                .get(&member.organisation)
                .ok_or_else(|| missing("the organisation", &member.organisation))?;
            let drawn = password();
            let id = access::member::add(&cx, add(member, organisation, &drawn)).await?;
            // The first sign-in makes a member's own key pair, without which they cannot be given another.
            if keys::needs_pair(content, member) {
                keys.insert(id, seeder.key_of(&member.key, &drawn).await?);
            }
            passwords.insert(&member.key, drawn);
            members.insert(member.key.clone(), seeder.actor(id).await?);
        }
        seeder.organisations = organisations;
        seeder.members = members;
        seeder.keys.extend(keys);
        let sign_ins = printed::printed(content, &passwords);
        Ok((seeder, sign_ins))
    }

    /// The private key of a member, by their passphrase.
    async fn key_of(&self, sign_in: &str, passphrase: &str) -> Result<PrivateKey, Failure> {
        access::member::authenticate(&self.folder.db, sign_in, passphrase)
            .await?
            .and_then(|(_, key)| key)
            .ok_or_else(|| missing("the key of", sign_in))
    }

    async fn actor(&self, id: MemberId) -> Result<Actor, Failure> {
        access::member::actor(&self.folder.db, id)
            .await?
            .ok_or_else(|| Failure::could_not("a member was not kept"))
    }

    fn cx<'b>(&'b self, actor: &'b Actor, now: Instant) -> Cx<'b> {
        Cx {
            db: &self.folder.db,
            files: &self.folder.files,
            actor,
            now,
            ids: &IDS,
            once: None,
            key: None,
        }
    }

    fn member(&self, key: &str) -> Result<&Actor, Failure> {
        self.members.get(key).ok_or_else(|| missing("the member", key))
    }

    fn coordinator(&self) -> Result<&Actor, Failure> {
        self.member(who::DEMO_COORDINATOR)
    }

    /// A member who speaks for an organisation.
    fn manager(&self, organisation: &str) -> Result<&Actor, Failure> {
        let member = self
            .content
            .members
            .iter()
            .find(|m| m.organisation == organisation && m.roles.contains(&Role::Manager));
        self.member(&member.ok_or_else(|| missing("a manager of", organisation))?.key)
    }

    fn provision(&self, number: &str) -> Result<ProvisionId, Failure> {
        self.provisions
            .get(number)
            .copied()
            .ok_or_else(|| missing("the provision", number))
    }

    fn provisions_of(&self, numbers: &[String]) -> Result<Vec<ProvisionId>, Failure> {
        numbers.iter().map(|number| self.provision(number)).collect()
    }

    fn body(&self, key: &str) -> Result<BodyId, Failure> {
        self.bodies.get(key).copied().ok_or_else(|| missing("the body", key))
    }

    fn items(&self, keys: &[String]) -> Result<Vec<EvidenceId>, Failure> {
        keys.iter()
            .map(|key| {
                self.evidence
                    .get(key)
                    .copied()
                    .ok_or_else(|| missing("the evidence", key))
            })
            .collect()
    }

    fn opening(&self) -> Instant {
        self.content
            .cycles
            .first()
            .map_or_else(Instant::now, |cycle| at(cycle.sheet.opened_on))
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
            let input = body::Record {
                name: row.name.clone(),
                about: row.about.clone(),
                is_invented: true,
            };
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
                provision: row
                    .provision
                    .as_deref()
                    .map(|number| self.provision(number))
                    .transpose()?,
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
            let id = *ids
                .get(row.series.as_str())
                .ok_or_else(|| missing("the series", &row.series))?;
            let input = series::Break {
                series: id,
                from_on: row.from_on.iso(),
                reason: row.reason.clone(),
                source: row.source.clone(),
            };
            series::mark_break(&cx, input).await?;
        }
        for file in &self.content.official {
            let taken = import::take_file(&cx, file.name, Bytes::from_static(file.text.as_bytes()), None).await?;
            if taken.n_refused > 0 {
                let first = taken.faults.first().map(ToString::to_string).unwrap_or_default();
                return Err(Failure::could_not(format!(
                    "{}: {} rows refused; {first}",
                    file.name, taken.n_refused
                )));
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
                    let file = self
                        .content
                        .attached
                        .iter()
                        .find(|file| file.name == name)
                        .ok_or_else(|| missing("the file", name))?;
                    Ok(evidence::Upload {
                        name: name.clone(),
                        media_type: "text/plain".to_owned(),
                        bytes: Bytes::from_static(file.text.as_bytes()),
                    })
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
                .map(|key| {
                    self.organisations
                        .get(key)
                        .copied()
                        .ok_or_else(|| missing("the organisation", key))
                })
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
                    .map(|citation| evidence::Passage {
                        file: in_file,
                        page: citation.page.clone(),
                        quote: citation.quote.clone(),
                    })
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
            claim::record(
                &self.cx(self.member(&row.by)?, at(row.made_on).plus_seconds(86_400)),
                input,
            )
            .await?;
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
                let input = indicator::Take {
                    stance: taken.stance.code().to_owned(),
                    reason: taken.reason.clone(),
                };
                indicator::take_position(&self.cx(self.member(&taken.by)?, at(taken.on)), id, input).await?;
            }
            if let (IndicatorState::Agreed, Some(day)) = (row.state, row.agreed_on) {
                indicator::close(&self.cx(self.coordinator()?, at(day)), id, IndicatorState::Agreed).await?;
            }
        }
        Ok(())
    }
}
