//! Voice: what a person says about the help and about what is done to them, in their own words, and what each may be used
//! for. Sealed within the case; nothing leaves it by itself.

#[cfg(test)]
mod tests;
mod usable;

use domain::Day;
use domain::casework::{Known, Purpose, Said, VoiceAbout, VoiceUse};
use domain::permission::Action;
use sea_orm::ConnectionTrait;
use store::row::voice;
use store::{AppError, FieldErrors};

pub use usable::{Usable, usable};

use crate::case::Unsealed;
use crate::consent::{self, Answer};
use crate::event::History;
use crate::part::{self, Kept, Part};
use crate::sheet::{Line, Words};

crate::sheet! {
    /// What someone said once.
    pub struct Voice {
        on: Day = "When they said it", "For example, 27 3 2026";
        words: Words = "What they said", "In their own words, not in yours.";
        about: Vec<VoiceAbout> = "What it is about", "";
        language: Option<Line> = "In which language", "";
        is_translated: Option<Known> = "Is this a translation?", "";
        uses: Vec<VoiceUse> = "What they agree it may be used for", "Ask for each on its own, and say that they can take it back. Tick none, and it stays in this case.";
        taken_back: Vec<VoiceUse> = "What they have taken back", "From then on. What was printed before cannot be called back: tell them so.";
    }
}

/// A use that was ticked of some words, and that a no to a whole purpose rules out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuledOut {
    /// The use.
    pub of: VoiceUse,
    /// The purpose that governs it.
    pub purpose: Purpose,
    /// What the person last said to that.
    pub answer: Answer,
}

impl RuledOut {
    /// What they said and when, in words.
    pub fn say(&self) -> String {
        let did = match self.answer.said {
            Said::Withdrawn => "took back",
            Said::Refused | Said::Given => "said no to",
        };
        format!("on {} they {did} “{}”", self.answer.on, self.purpose)
    }
}

impl Voice {
    /// The uses that were agreed to for these words, and not taken back for them.
    fn agreed(&self) -> impl Iterator<Item = VoiceUse> {
        let uses = self.uses.iter().copied();
        uses.filter(move |of| !self.taken_back.contains(of))
    }

    /// What it may be used for now: what was agreed to for these words, unless the person has said no to that purpose as a
    /// whole, before or since. `history`: of the same case.
    pub fn allowed(&self, history: &History) -> Vec<VoiceUse> {
        let out = self.ruled_out(history);
        self.agreed()
            .filter(|one| !out.iter().any(|ruled| ruled.of == *one))
            .collect()
    }

    /// What was agreed to for these words and may not be done all the same, because the person has said no to that purpose as
    /// a whole. `history`: of the same case.
    pub fn ruled_out(&self, history: &History) -> Vec<RuledOut> {
        self.agreed()
            .filter_map(|of| {
                let purpose = of.purpose()?;
                let answer = consent::against(history, purpose)?;
                Some(RuledOut { of, purpose, answer })
            })
            .collect()
    }

    /// What it may be used for now, in words. `history`: of the same case.
    pub fn say_allowed(&self, history: &History) -> String {
        let allowed: Vec<&str> = self.allowed(history).into_iter().map(VoiceUse::words).collect();
        if allowed.is_empty() {
            "nothing".to_owned()
        } else {
            allowed.join("; ")
        }
    }
}

impl Part for Voice {
    type Entity = voice::Entity;
    const TABLE: &'static str = "voice";
    const ID: voice::Column = voice::Column::Id;
    const CASE: voice::Column = voice::Column::CaseId;
    const SEALED: voice::Column = voice::Column::SealedVoice;
    const REVISION: voice::Column = voice::Column::Revision;
    const ACTION: Action = Action::RecordVoice;
    const WORD: &'static str = "voice";

    fn check(&self, today: Day, errors: &mut FieldErrors) {
        if self.on > today {
            errors.add("on", "They cannot have said it after today");
        }
        if self.taken_back.iter().any(|purpose| !self.uses.contains(purpose)) {
            errors.add(
                "taken_back",
                "They can take back only what they had agreed to: leave that ticked above as well",
            );
        }
    }

    const HEEDS_CONSENT: bool = true;

    fn check_consent(&self, history: &History, errors: &mut FieldErrors) {
        for ruled in self.ruled_out(history) {
            errors.add(
                "uses",
                format!(
                    "“{}” does not hold: {}. Leave it out, or tick it under what they have taken back as well. If they agree to it now, record that first, under “What they agreed to”",
                    ruled.of,
                    ruled.say()
                ),
            );
        }
    }
}

/// What the person of an opened case said, latest first.
pub(crate) async fn of(db: &impl ConnectionTrait, case: &Unsealed) -> Result<Vec<Kept<Voice>>, AppError> {
    let mut all = part::of::<Voice>(db, case).await?;
    all.sort_by_key(|kept| (std::cmp::Reverse(kept.sheet.on), kept.id));
    Ok(all)
}
