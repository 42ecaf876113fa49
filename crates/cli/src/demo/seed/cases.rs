//! Cases of the demonstration: invented people, whose clocks run today. Each thing is recorded on its own day, by the
//! command that a caseworker's form gives.

use casework::case::{self, About, Record};
use casework::event::{self, Kind};
use casework::exploitation::Episode;
use casework::need::Need;
use casework::person::{Identity, SafeContact};
use casework::referral::{self, Offer};
use casework::sheet::{Sheet, Typed};
use casework::voice::Voice;
use casework::{part, plan, time_entry};
use domain::permission::Role;
use domain::{Day, Instant};
use store::FieldErrors;
use store::work::Actor;

use super::super::content::{Answer, Answers, Case};
use super::{Seeder, at, missing};
use crate::failure::Failure;

/// What was typed on a day: whole numbers become days before today.
fn typed(answers: &Answers, more: &[(&str, String)], today: Day) -> Typed {
    let mut pairs: Vec<(String, String)> = more
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    for (name, answer) in answers {
        match answer {
            Answer::One(value) => pairs.push((name.clone(), value.clone())),
            Answer::Several(values) => pairs.extend(values.iter().map(|value| (name.clone(), value.clone()))),
            Answer::Ago(days) => pairs.push((name.clone(), today.plus_days(-days).iso())),
        }
    }
    Typed::of(pairs)
}

/// A sheet of the demonstration; its faults are the author's.
fn read<S: Sheet>(typed: &Typed) -> Result<S, Failure> {
    let mut errors = FieldErrors::new();
    S::read(typed, &mut errors).ok_or_else(|| {
        let faults: Vec<String> = errors
            .iter()
            .map(|(field, words)| format!("{field}: {words}"))
            .collect();
        Failure::could_not(format!(
            "the demonstration has a case that no form would take: {}",
            faults.join("; ")
        ))
    })
}

impl Seeder<'_> {
    /// Records the cases of the content, each thing on its own day.
    pub(super) async fn casework(&self) -> Result<(), Failure> {
        let now = Instant::now();
        for supervisor in self.supervisors()? {
            plan::want(&self.keyed(supervisor, self.opening())?, true, 0).await?;
        }
        for row in &self.content.cases {
            self.case(row, now).await?;
        }
        Ok(())
    }

    /// One supervisor of each organisation whose cases the content tells: there plans are approved.
    fn supervisors(&self) -> Result<Vec<&Actor>, Failure> {
        let by = |key: &str| self.content.members.iter().find(|member| member.key == key);
        let telling = self.content.cases.iter().filter_map(|case| by(&case.by));
        let mut organisations: Vec<&str> = telling.map(|member| member.organisation.as_str()).collect();
        organisations.sort_unstable();
        organisations.dedup();
        let supervises = |organisation: &&str| {
            self.content
                .members
                .iter()
                .find(|member| member.organisation == **organisation && member.roles.contains(&Role::Supervisor))
        };
        let found = organisations.iter().filter_map(supervises);
        found.map(|member| self.member(&member.key)).collect()
    }

    async fn case(&self, row: &Case, now: Instant) -> Result<(), Failure> {
        let today = now.day();
        let worker = self.member(&row.by)?;
        // Nothing is recorded after this moment, whatever the hour at which the demonstration is built.
        let on = |ago: i32| at(today.plus_days(-ago)).min(now);
        let opened = today.plus_days(-row.opened);
        let about = About {
            opened_on: opened,
            nation: domain::casework::Nation::parse(&row.nation)
                .map_err(|fault| Failure::could_not(fault.to_string()))?,
            came_from: None,
            english_region: None,
            region: None,
            reference: None,
        };
        let input = Record {
            identity: read::<Identity>(&typed(&row.person, &[], today))?,
            contact: SafeContact::none(),
            about,
            is_invented: true,
        };
        let id = case::record(&self.keyed(worker, on(row.opened))?, input).await?;
        if !row.contact.is_empty() {
            let contact = read::<SafeContact>(&typed(&row.contact, &[], today))?;
            let change = casework::person::Amend::Contact(contact);
            casework::person::amend(&self.keyed(worker, now)?, id, change, 1).await?;
        }
        for episode in &row.episodes {
            part::record::<Episode>(&self.keyed(worker, on(row.opened))?, id, &typed(episode, &[], today)).await?;
        }
        for happening in &row.events {
            let kind = match happening.answers.get("kind") {
                Some(Answer::One(code)) => Kind::parse(code).map_err(|fault| Failure::could_not(fault.to_string()))?,
                _ => return Err(missing("the kind of an event of", &row.by)),
            };
            let day = ("on", today.plus_days(-happening.ago).iso());
            let typed = typed(&happening.answers, &[day], today);
            event::record(
                &self.keyed(worker, on(happening.ago))?,
                id,
                event::Record { kind, typed },
            )
            .await?;
        }
        for happening in &row.needs {
            // What came of a need is recorded when it has come.
            let ago = |answer: &Answer| match answer {
                Answer::Ago(days) => Some(*days),
                _ => None,
            };
            let last = happening.answers.values().filter_map(ago).fold(happening.ago, i32::min);
            let typed = typed(&happening.answers, &[], today);
            part::record::<Need>(&self.keyed(worker, on(last))?, id, &typed).await?;
        }
        for happening in &row.voices {
            let day = ("on", today.plus_days(-happening.ago).iso());
            let typed = typed(&happening.answers, &[day], today);
            part::record::<Voice>(&self.keyed(worker, on(happening.ago))?, id, &typed).await?;
        }
        for happening in &row.time {
            let day = ("on", today.plus_days(-happening.ago).iso());
            let typed = typed(&happening.answers, &[day], today);
            time_entry::record(&self.keyed(worker, on(happening.ago))?, id, &typed).await?;
        }
        for referred in &row.referrals {
            let cx = self.keyed(worker, on(referred.ago))?;
            let receiver = self.organisations.get(&referred.to);
            let receiver = receiver.ok_or_else(|| missing("the organisation", &referred.to))?;
            let need = case::open(&cx, id).await?.needs.first().map(|kept| kept.id.to_string());
            let offer = Offer {
                receiver: receiver.0.to_string(),
                need: need.clone().unwrap_or_default(),
                summary: referred.summary.clone(),
                parts: referred.parts.clone(),
                needs: need.into_iter().collect(),
                ..Offer::default()
            };
            referral::offer(&cx, id, &offer).await?;
        }
        if row.is_closed {
            case::close(&self.keyed(worker, now)?, id).await?;
        }
        Ok(())
    }
}
