//! One year of the demonstration: from opening the cycle to publishing its edition.

use domain::cycle::CycleState;
use domain::ids::{CycleId, EvidenceId, ObservationId};
use domain::publication::Licence;
use domain::{Day, Instant};
use monitoring::{assessment, cycle, edition, finding, indicator, measurement, recommendation, series};

use super::super::content::{self, Cycle};
use super::{Seeder, at, missing};
use crate::failure::Failure;

impl Seeder<'_> {
    /// One cycle, in the order in which a year goes.
    pub(super) async fn cycle(&mut self, cycle: &Cycle) -> Result<(), Failure> {
        let sheet = &cycle.sheet;
        let coordinator = self.coordinator()?.clone();
        let previous = self
            .content
            .cycles
            .iter()
            .take_while(|other| other.sheet.code != sheet.code)
            .last()
            .map(|other| other.sheet.code.clone());
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
        // The open cycle's cut-off is still to come.
        let gathered = at(sheet.cutoff_on).min(Instant::now());
        self.measurements(id, &sheet.code, gathered).await?;
        self.contributions(id, cycle, gathered).await?;
        self.findings(id, cycle).await?;
        self.recommendations(id, cycle).await?;
        self.grades(id, &sheet.code, gathered).await?;
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
            let words = edition::Words {
                summary: summary.words.join("\n\n"),
                headlines: summary.headlines.join("\n"),
                licence: Licence::Attribution.code().to_owned(),
            };
            edition::publish(&self.cx(&coordinator, at(published)), id, &words).await?;
        }
        self.correct(cycle).await
    }

    /// Corrects a finding of the edition that was just published, where the content says so.
    async fn correct(&self, cycle: &Cycle) -> Result<(), Failure> {
        let Some(correction) = &cycle.sheet.correction else {
            return Ok(());
        };
        let finding = self
            .findings
            .get(&correction.finding)
            .ok_or_else(|| missing("the finding", &correction.finding))?;
        let cx = self.cx(self.coordinator()?, at(correction.on));
        let listed = edition::find(&cx, &cycle.sheet.code).await?;
        let input = edition::Correct {
            subject: "finding".into(),
            id: finding.to_string(),
            words: correction.words.clone(),
            reason: correction.reason.clone(),
        };
        edition::correct(&cx, listed.id, input).await?;
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
            let version = frozen
                .iter()
                .find(|version| version.code == row.indicator)
                .ok_or_else(|| missing("the indicator", &row.indicator))?;
            let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
            let observation = self.observation(row).await?;
            let item = row
                .evidence
                .as_ref()
                .map(|key| {
                    self.evidence
                        .get(key)
                        .copied()
                        .ok_or_else(|| missing("the evidence", key))
                })
                .transpose()?;
            let effective = row
                .evidence
                .as_ref()
                .and_then(|key| self.content.evidence.iter().find(|item| item.key == *key))
                .map(|item| item.effective_on.iso());
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
        let (Some(code), Some(start), Some(end), Some(published)) =
            (&row.series, row.period_start, row.period_end, row.published_on)
        else {
            return Ok(None);
        };
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
                let send = finding::Send {
                    body: Some(self.body(&reply.body)?),
                    sent_on: reply.sent_on.iso(),
                    due_on: reply.due_on.iso(),
                };
                let sent = finding::send(&cx, found, send).await?;
                if let Some(day) = reply.replied_on {
                    let answer = finding::Answer {
                        replied_on: day.iso(),
                        words: reply.words.clone(),
                    };
                    finding::answer(&self.cx(self.coordinator()?, at(day)), sent, answer).await?;
                }
            }
            self.findings.insert(row.key.clone(), found);
        }
        Ok(())
    }

    async fn reviews(&self, cycle: &Cycle) -> Result<(), Failure> {
        for row in &cycle.findings {
            let Some(id) = self.findings.get(&row.key).copied() else {
                continue;
            };
            for review in &row.reviews {
                let input = finding::Review {
                    verdict: review.verdict.code().to_owned(),
                    note: review.note.clone(),
                    revision: 1,
                };
                finding::review(&self.cx(self.member(&review.by)?, at(review.on)), id, input).await?;
            }
        }
        Ok(())
    }

    async fn recommendations(&mut self, id: CycleId, cycle: &Cycle) -> Result<(), Failure> {
        for row in &cycle.recommendations {
            let repeat_of = match &row.repeat_of {
                Some(earlier) => Some(
                    *self
                        .recommendations
                        .get(&(earlier.cycle.clone(), earlier.number))
                        .ok_or_else(|| missing("a recommendation of", &earlier.cycle))?,
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
            self.recommendations
                .insert((cycle.sheet.code.clone(), row.number), made);
        }
        Ok(())
    }

    /// Grades that this cycle gives to recommendations of those before it.
    async fn grades(&self, id: CycleId, code: &str, now: Instant) -> Result<(), Failure> {
        for earlier in &self.content.cycles {
            for row in &earlier.recommendations {
                for graded in row.grades.iter().filter(|graded| graded.cycle == code) {
                    let key = (earlier.sheet.code.clone(), row.number);
                    let target = *self
                        .recommendations
                        .get(&key)
                        .ok_or_else(|| missing("a recommendation of", &key.0))?;
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
                let (Some(rating), Some(confidence)) = (opinion.rating, opinion.confidence) else {
                    continue;
                };
                let input = rated(rating, confidence.code(), &opinion.reasons, self.items(&opinion.cites)?);
                let now = sheet.opinions_on.map_or_else(Instant::now, at);
                assessment::submit(&self.cx(self.member(&opinion.by)?, now), target, input).await?;
            }
            let (Some(agreed), Some(day)) = (&row.agreed, sheet.reconciled_on) else {
                continue;
            };
            let input = assessment::Reconcile {
                rating: rated(
                    agreed.rating,
                    agreed.confidence.code(),
                    &agreed.reasons,
                    self.items(&agreed.cites)?,
                ),
                trend: agreed.trend.code().to_owned(),
                revision: line.row.revision,
            };
            assessment::reconcile(&self.cx(coordinator, at(day)), target, input).await?;
            self.positions(target, row, at(sheet.signed_on.unwrap_or(day))).await?;
        }
        Ok(())
    }

    async fn positions(
        &self,
        id: domain::ids::AssessmentId,
        row: &content::Assessment,
        now: Instant,
    ) -> Result<(), Failure> {
        for organisation in &self.content.organisations {
            let key = &organisation.key;
            let reason = |list: &[content::Reason]| {
                list.iter()
                    .find(|reason| reason.organisation == *key)
                    .map(|reason| reason.reason.clone())
            };
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
            let input = assessment::Take {
                stance: stance.to_owned(),
                reason,
            };
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
