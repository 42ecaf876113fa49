//! What goes to another organisation: what was chosen, and nothing else.

use std::collections::BTreeSet;

use domain::Day;
use domain::casework::{Agency, ConsentPart, Horizon, Known, Nation, SaidBy, ServiceArea, SharedPart, WhyWithout};
use serde::{Deserialize, Serialize};
use store::{AppError, FieldErrors};
use uuid::Uuid;

use super::reach::{NoContact, reach};
use crate::case::Opened;
use crate::event::{History, Kind, What};
use crate::need::Need;
use crate::person::{Contact, Identity, Person, SafeContact};
use crate::sheet::{Line, Sheet, Typed};

/// An event that goes along: its day and its coded answers, without the words that were added to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentEvent {
    /// The day it happened.
    pub on: Day,
    /// What happened.
    pub what: What,
}

/// On what ground it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ground", rename_all = "snake_case")]
pub enum Ground {
    /// The person agreed to it.
    Agreed {
        /// On which day.
        on: Day,
        /// Who said so.
        by: SaidBy,
        /// Whom the person was told that it goes to; `None` in a copy of an earlier version, which did not ask.
        #[serde(default)]
        to: Option<String>,
        /// Which parts of that are in the copy.
        #[serde(default)]
        parts: Vec<ConsentPart>,
    },
    /// They have not agreed, and it goes for safety.
    Safety {
        /// Why.
        why: WhyWithout,
    },
}

impl Ground {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Agreed { on, by, to, parts } => {
                let agreed = format!("Agreed to on {on}, by: {}", by.words().to_lowercase());
                match to {
                    None => agreed,
                    Some(to) => {
                        let parts: Vec<&str> = parts.iter().map(|part| part.words()).collect();
                        format!("{agreed}\nTo: {to}\nOf: {}", parts.join("; "))
                    }
                }
            }
            Self::Safety { why } => format!("Sent without consent, for safety: {}", why.words().to_lowercase()),
        }
    }
}

/// The copy. Nothing of where the person stays is ever part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedCopy {
    /// What the receiver is asked for, in words.
    pub summary: String,
    /// The need that it is about.
    pub asked: Option<(ServiceArea, Horizon)>,
    /// On what ground it goes.
    pub ground: Ground,
    /// Which nation's rules apply.
    pub nation: Nation,
    /// Who the person is, as far as it was chosen; what was not is blank.
    pub identity: Identity,
    /// How they can be contacted safely: no way, number or address but those that are safe on the day the copy is made.
    pub contact: Option<SafeContact>,
    /// Why they cannot be contacted, where that was chosen to go and no way is safe on that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_contact: Option<NoContact>,
    /// Who sends it; `None` in a copy of an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// How the sender can be reached, where they say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_to: Option<String>,
    /// What they need.
    pub needs: Vec<Need>,
    /// What happened.
    pub events: Vec<SentEvent>,
    /// Whether the person was invented for a demonstration.
    pub is_invented: bool,
}

/// A part of the copy as it is shown: heading, then captions with words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Caption and words of each answer.
    pub rows: Vec<(String, String)>,
}

/// Whether events of a kind may go along: facts of the path, not what was agreed with the sender, noted or planned there, and
/// nothing that names another case.
pub const fn may_go(kind: Kind) -> bool {
    part_of(kind).is_some()
}

/// Under which part of a person's record events of a kind go; `None` for what never does. A kind that is added has to say.
pub(super) const fn part_of(kind: Kind) -> Option<ConsentPart> {
    Some(match kind {
        Kind::Note
        | Kind::Reminder
        | Kind::Consent
        | Kind::ContactCheck
        | Kind::PlanAnswered
        | Kind::Linked
        | Kind::SafeHouse
        | Kind::Done
        | Kind::Struck => return None,
        Kind::Encounter | Kind::RightsTold | Kind::Recognition | Kind::Screening | Kind::Interview => {
            ConsentPart::Exploitation
        }
        Kind::ExpertReport | Kind::Outcomes => ConsentPart::Health,
        Kind::ReferralAsked
        | Kind::NrmReferral
        | Kind::Declined
        | Kind::Notified
        | Kind::Withheld
        | Kind::ReasonableGrounds
        | Kind::RecoveryPeriod
        | Kind::RecoveryReview
        | Kind::ConclusiveGrounds
        | Kind::Disqualification
        | Kind::Reconsideration
        | Kind::JudicialReview
        | Kind::Withdrawal
        | Kind::LegalAdvice
        | Kind::Immigration
        | Kind::ResidencePermit
        | Kind::Asylum
        | Kind::RightToWork
        | Kind::Detained
        | Kind::Released
        | Kind::RemovalStep
        | Kind::Compensation
        | Kind::Offender
        | Kind::Proceedings
        | Kind::SpecialMeasure
        | Kind::AgeDispute => ConsentPart::Legal,
        Kind::Subsistence | Kind::CareCharge | Kind::NeedsAssessment => ConsentPart::Needs,
        Kind::Guardian
        | Kind::School
        | Kind::FamilyTracing
        | Kind::BestInterests
        | Kind::KnownBefore
        | Kind::Disclosed
        | Kind::Missing
        | Kind::Found
        | Kind::Return
        | Kind::ReturnContact
        | Kind::Review
        | Kind::Exit
        | Kind::Death => ConsentPart::Life,
    })
}

/// Nothing known of who someone is.
fn nobody() -> Identity {
    Identity {
        name: Line(String::new()),
        nickname: None,
        born: None,
        is_child: None,
        age_disputed: None,
        gender: None,
        nationality: None,
        language: None,
        language_group: None,
        needs_interpreter: None,
        communication: None,
        children: None,
        place: None,
        references: None,
    }
}

/// What was chosen to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The name of who sends it.
    pub sender: String,
    /// How they can be reached; may be empty.
    pub answer_to: String,
    pub summary: String,
    pub need: Option<Uuid>,
    pub parts: Vec<SharedPart>,
    pub needs: Vec<Uuid>,
    pub events: Vec<Uuid>,
}

/// Makes the copy of what was chosen, and says how many lines were struck because they look like an address. `ground` is asked
/// for what it rests on, with the parts that it holds: what it refuses goes nowhere.
pub(super) fn make<G: FnOnce(&BTreeSet<ConsentPart>) -> Result<Ground, AppError>>(
    of: &Opened,
    chosen: &Chosen,
    ground: G,
) -> Result<(SealedCopy, usize), AppError> {
    let whole = &of.person.identity;
    let mut identity = nobody();
    for part in &chosen.parts {
        match part {
            SharedPart::Name => {
                identity.name = whole.name.clone();
                identity.nickname.clone_from(&whole.nickname);
            }
            SharedPart::About => {
                identity.born = whole.born;
                // As it is today: what was answered once need not hold any more.
                identity.is_child = whole.age(&of.history).was_child(of.today);
                identity.age_disputed = whole.age_disputed;
                // Whoever reads the birth without what happened would take somebody who is held to be a child for an adult.
                if identity.age(&History::default()).was_child(of.today) != identity.is_child {
                    identity.age_disputed = Some(Known::Yes);
                }
                identity.gender = whole.gender;
                identity.nationality.clone_from(&whole.nationality);
                identity.children = whole.children;
            }
            SharedPart::Language => {
                identity.language.clone_from(&whole.language);
                identity.language_group = whole.language_group;
                identity.needs_interpreter = whole.needs_interpreter;
                identity.communication.clone_from(&whole.communication);
            }
            SharedPart::References => identity.references.clone_from(&whole.references),
            SharedPart::Contact => {}
        }
    }
    let need = |id: Uuid| of.needs.iter().find(|kept| kept.id == id).map(|kept| &kept.sheet);
    let needs = chosen.needs.iter().filter_map(|id| need(*id)).map(|need| Need {
        // Who gives it now may be where the person stays.
        provider: None,
        ..need.clone()
    });
    let events = of
        .history
        .standing()
        .filter(|event| chosen.events.contains(&event.id) && may_go(event.entry.what.kind()))
        .map(|event| SentEvent {
            on: event.entry.on,
            what: event.entry.what.clone(),
        });
    let (contact, no_contact) = if chosen.parts.contains(&SharedPart::Contact) {
        let (contact, why) = reach(&of.person, &of.history, of.contact);
        (Some(contact), why)
    } else {
        (None, None)
    };
    let mut copy = SealedCopy {
        summary: chosen.summary.clone(),
        asked: chosen.need.and_then(need).map(|need| (need.area, need.horizon)),
        // Put in its place below, once it is known what the copy holds.
        ground: Ground::Safety {
            why: WhyWithout::Danger,
        },
        nation: of.about.nation,
        identity,
        contact,
        no_contact,
        sender: Some(chosen.sender.clone()),
        answer_to: Some(chosen.answer_to.clone()).filter(|words| !words.is_empty()),
        needs: needs.collect(),
        events: events.collect(),
        is_invented: of.is_invented,
    };
    copy.ground = ground(&copy.holds())?;
    let mut value = serde_json::to_value(copy)?;
    let n_struck = strike(&mut value);
    let copy: SealedCopy = serde_json::from_value(value)?;
    Ok((if n_struck > 0 { copy.without_blanks() } else { copy }, n_struck))
}

/// A sheet as its form would be read: a text of which nothing is left was not given. As it is, where nothing is left of one that
/// must be.
fn answered<S: Sheet>(sheet: S) -> S {
    S::read(&Typed::of(sheet.kept()), &mut FieldErrors::new()).unwrap_or(sheet)
}

/// Strikes every line that holds what looks like a postcode from every text, and counts them: the address of a refuge or a
/// safe house must leave by no way, whatever field it was typed into.
fn strike(value: &mut serde_json::Value) -> usize {
    match value {
        serde_json::Value::String(text) => {
            let kept: Vec<&str> = text.split('\n').filter(|line| !has_postcode(line)).collect();
            let n_struck = text.split('\n').count() - kept.len();
            if n_struck > 0 {
                *text = kept.join("\n");
            }
            n_struck
        }
        serde_json::Value::Array(values) => values.iter_mut().map(strike).sum(),
        serde_json::Value::Object(values) => values.values_mut().map(strike).sum(),
        _ => 0,
    }
}

/// Whether a line holds what looks like a postcode of the United Kingdom, with or without its space. Linear in its length.
pub(super) fn has_postcode(line: &str) -> bool {
    let upper = line.to_uppercase();
    let words: Vec<&str> = upper
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let whole = |word: &&str| {
        word.len()
            .checked_sub(3)
            .is_some_and(|at| is_outward(&word[..at]) && is_inward(&word[at..]))
    };
    words.iter().any(whole) || words.windows(2).any(|pair| is_outward(pair[0]) && is_inward(pair[1]))
}

/// One or two letters, a figure, and perhaps one more figure or letter.
fn is_outward(word: &str) -> bool {
    let bytes = word.as_bytes();
    let n_letters = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let rest = &bytes[n_letters..];
    matches!(n_letters, 1 | 2) && matches!(rest.len(), 1 | 2) && rest[0].is_ascii_digit()
}

/// A figure and two letters.
fn is_inward(word: &str) -> bool {
    matches!(word.as_bytes(), [figure, one, two] if figure.is_ascii_digit() && one.is_ascii_alphabetic() && two.is_ascii_alphabetic())
}

impl SealedCopy {
    /// The copy after lines were struck from it: what nothing is left of was not given, so that no plan of no words waits for
    /// anybody's approval.
    fn without_blanks(self) -> Self {
        let event = |sent: SentEvent| {
            let typed = Typed::of(sent.what.kept());
            let read = sent.what.kind().read(&typed, &mut FieldErrors::new());
            SentEvent {
                on: sent.on,
                what: read.unwrap_or(sent.what),
            }
        };
        Self {
            answer_to: self.answer_to.filter(|words| !words.is_empty()),
            identity: answered(self.identity),
            contact: self.contact.map(answered),
            needs: self.needs.into_iter().map(answered).collect(),
            events: self.events.into_iter().map(event).collect(),
            ..self
        }
    }

    /// The copy as it may leave once more, on a later day: where the ways that it names are no longer those that are safe, it says so
    /// and names none. Other ways, at which nobody looked before it went, are not put in their place.
    pub(super) fn today(mut self, of: &Opened) -> Result<Self, AppError> {
        let why = self.lost_contact(&of.person, &of.history, of.contact)?;
        if why.is_some() {
            self.contact = Some(SafeContact::none());
            self.no_contact = why;
        }
        Ok(self)
    }

    /// The ways of contact that it names; `None` where none is to go, or none was safe.
    pub(super) fn ways(&self) -> Option<&SafeContact> {
        self.contact.as_ref().filter(|_| self.no_contact.is_none())
    }

    /// Why the ways that it names are not those that are safe now; `None` where they still are, and where it names none. `contact`:
    /// whether the person may be contacted now.
    pub(super) fn lost_contact(
        &self,
        person: &Person,
        history: &History,
        contact: Contact,
    ) -> Result<Option<NoContact>, AppError> {
        let Some(then) = self.ways() else {
            return Ok(None);
        };
        let (now, why) = reach(person, history, contact);
        let mut value = serde_json::to_value(&now)?;
        strike(&mut value);
        let now = SafeContact {
            confirmed_on: then.confirmed_on,
            ..answered(serde_json::from_value::<SafeContact>(value)?)
        };
        Ok(why.or_else(|| (now != *then).then_some(NoContact::Changed)))
    }

    /// What tells whether a copy is the one that was looked at: the SHA-256 of everything in it, in hexadecimal.
    pub fn digest(&self) -> Result<String, AppError> {
        Ok(store::files::sha256(&serde_json::to_vec(self)?))
    }

    /// Which parts of a person's record it holds, whatever was ticked: what is blank tells nothing.
    pub fn holds(&self) -> BTreeSet<ConsentPart> {
        let Identity {
            name,
            nickname,
            born,
            is_child,
            age_disputed,
            gender,
            nationality,
            language,
            language_group,
            needs_interpreter,
            communication,
            children,
            place,
            references,
        } = &self.identity;
        let is_named = !name.0.is_empty() || nickname.is_some() || references.is_some() || place.is_some();
        let is_described = born.is_some()
            || is_child.is_some()
            || age_disputed.is_some()
            || gender.is_some()
            || nationality.is_some()
            || children.is_some();
        let is_spoken_with =
            language.is_some() || language_group.is_some() || needs_interpreter.is_some() || communication.is_some();
        let mut holds = BTreeSet::new();
        if is_named || is_described {
            holds.insert(ConsentPart::Identity);
        }
        if is_spoken_with || self.contact.is_some() {
            holds.insert(ConsentPart::Contact);
        }
        holds.extend(self.asked.map(|(area, _)| ConsentPart::of_area(area)));
        holds.extend(self.needs.iter().map(|need| ConsentPart::of_area(need.area)));
        holds.extend(self.events.iter().filter_map(|event| part_of(event.what.kind())));
        holds
    }

    /// Everything that it holds, in words. What is not here is not in it.
    pub fn sections(&self) -> Vec<Section> {
        let given = |rows: Vec<(&'static str, String)>| -> Vec<(String, String)> {
            rows.into_iter()
                .filter(|(_, words)| !words.is_empty())
                .map(|(caption, words)| (caption.to_owned(), words))
                .collect()
        };
        let mut asks = vec![("What is asked for".to_owned(), self.summary.clone())];
        if let Some((area, horizon)) = self.asked {
            asks.push(("Area".to_owned(), format!("{area}, {}", horizon.words().to_lowercase())));
        }
        asks.push(("On what ground it is sent".to_owned(), self.ground.words()));
        asks.push(("Nation".to_owned(), self.nation.to_string()));
        if let Some(words) = &self.answer_to {
            asks.push(("How to reach the sender".to_owned(), words.clone()));
        }
        let mut sections = vec![Section {
            heading: "Referral".to_owned(),
            rows: asks,
        }];
        let mut add = |heading: String, rows: Vec<(String, String)>| {
            if !rows.is_empty() {
                sections.push(Section { heading, rows });
            }
        };
        add("The person".to_owned(), given(self.identity.shown()));
        if let Some(contact) = &self.contact {
            match self.no_contact.or_else(|| NoContact::of(contact)) {
                Some(why) => add("No safe contact".to_owned(), why.rows()),
                None => add("Safe contact".to_owned(), given(contact.shown())),
            }
        }
        for need in &self.needs {
            add(format!("Need: {}", need.area), given(need.shown()));
        }
        for event in &self.events {
            let mut rows = vec![("Day".to_owned(), event.on.to_string())];
            let told = given(event.what.shown());
            rows.extend(told.into_iter().map(|(caption, words)| (caption, self.named(&words))));
            add(event.what.kind().words().to_owned(), rows);
        }
        sections
    }

    /// An answer as a stranger understands it: who is “This organisation” to the sender has a name.
    fn named(&self, words: &str) -> String {
        let sender = self.sender.as_deref().unwrap_or("The organisation that sends this");
        let named = |part: &str| {
            if part == Agency::Own.words() {
                sender.to_owned()
            } else {
                part.to_owned()
            }
        };
        words.split("; ").map(named).collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_postcode_is_seen_however_it_is_typed_and_a_reference_is_not_one() {
        for line in ["Room 3, Z9 9ZZ", "zz99 9zz", "Flat 1 ZZ9A9ZZ!", "(Z99 9ZZ)"] {
            assert!(has_postcode(line), "{line}");
        }
        for line in ["SC-7", "HO/123456", "call after 9 am", "A4 paper", "", "é Z9 9Zé"] {
            assert!(!has_postcode(line), "{line}");
        }
    }

    #[test]
    fn lines_with_a_postcode_are_struck_from_every_text_and_the_others_stay() {
        let mut value = serde_json::json!({"how": "text 000\nSafe House, Z9 9ZZ\nask for B", "more": ["ZZ99 9ZZ", 3]});
        assert_eq!(strike(&mut value), 2);
        assert_eq!(
            value,
            serde_json::json!({"how": "text 000\nask for B", "more": ["", 3]})
        );
    }

    proptest! {
        #[test]
        fn no_text_that_leaves_has_a_line_with_a_postcode(text in ".{0,40}", code in "[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}") {
            let mut value = serde_json::Value::String(format!("{text} {code}\n{text}"));
            strike(&mut value);
            let left = value.as_str().expect("a text");
            prop_assert!(!left.contains(&code));
            prop_assert!(left.split('\n').all(|line| !has_postcode(line)));
        }
    }
}
