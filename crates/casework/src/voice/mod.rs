//! Voice: what a person says about the help and about what is done to them, in their own words, and what each may be used
//! for. Sealed within the case; nothing leaves it by itself.

use domain::Day;
use domain::casework::{Known, VoiceAbout, VoiceUse};
use domain::permission::Action;
use sea_orm::ConnectionTrait;
use store::row::voice;
use store::{AppError, FieldErrors};

use crate::case::Unsealed;
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

impl Voice {
    /// What it may be used for now.
    pub fn allowed(&self) -> Vec<VoiceUse> {
        self.uses
            .iter()
            .copied()
            .filter(|purpose| !self.taken_back.contains(purpose))
            .collect()
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
}

/// What the person of an opened case said, latest first.
pub(crate) async fn of(db: &impl ConnectionTrait, case: &Unsealed) -> Result<Vec<Kept<Voice>>, AppError> {
    let mut all = part::of::<Voice>(db, case).await?;
    all.sort_by_key(|kept| (std::cmp::Reverse(kept.sheet.on), kept.id));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Typed;

    fn read(more: &[(&str, &str)]) -> Result<Voice, AppError> {
        let typed = [("on", "2025-05-21"), ("words", "Nobody asked me")];
        // The first value of a name counts.
        let typed = Typed::of(more.iter().chain(&typed).copied());
        part::read(&typed, Day::parse("2025-06-01").expect("a day"))
    }

    #[test]
    fn silence_allows_no_use_and_what_is_taken_back_counts_no_more() {
        assert!(read(&[]).expect("read").allowed().is_empty());
        let of = read(&[("uses", "improve"), ("uses", "quote"), ("taken_back", "quote")]).expect("read");
        assert_eq!(of.allowed(), [VoiceUse::Improve]);
        let Err(AppError::Invalid(errors)) = read(&[("taken_back", "audit"), ("on", "2025-07-01")]) else {
            panic!("two faults");
        };
        assert!(errors.get("taken_back").is_some() && errors.get("on").is_some());
    }
}
