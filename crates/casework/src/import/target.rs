//! What a column of a file can hold: every question that casework asks, by a code.
//!
//! The list comes from the sheets themselves, so a question or a kind of event that is added there can be imported too.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use domain::casework::Purpose;
use domain::fold::fold_plain;

use super::name;
use crate::background::Background;
use crate::case::About;
use crate::contact::Contact;
use crate::event::{self, Basis, Kind};
use crate::exploitation::Episode;
use crate::need::Need;
use crate::person::{Identity, SafeContact};
use crate::sheet::{Field, Line, Sheet as _};
use crate::time_entry::Given;
use crate::voice::Voice;

/// Where an answer belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Who the person is.
    Person,
    /// How they may be contacted.
    Contact,
    /// What the case is.
    Case,
    /// What was done to them.
    Episode,
    /// What they need.
    Need,
    /// Where they come from.
    Background,
    /// Whom to speak to about them.
    Colleague,
    /// What they say.
    Voice,
    /// Time that was given free.
    Time,
    /// An event of this kind, of which a row has one.
    Event(Kind),
    /// What the person said to this.
    Consent(Purpose),
    /// The event that a row is about, in a file with a row for each.
    Row,
    /// An answer about that event.
    Answer,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its code, such as `event.reasonable_grounds.outcome`.
    pub code: String,
    /// Where the answer belongs.
    pub place: Place,
    /// What is asked.
    pub field: Field,
}

impl Target {
    /// Whether it is about the event that a row is about, in a file with a row for each.
    pub(super) const fn is_about_an_event(&self) -> bool {
        matches!(self.place, Place::Row | Place::Answer)
    }

    /// Whether several columns may hold it: a name, which is often parted into first name and surname, or ways of contact, such
    /// as telephone and e-mail.
    pub fn is_joined(&self) -> bool {
        self.code == NAME || self.code == HOW
    }

    /// Under which heading a form lists it.
    pub fn group(&self) -> &'static str {
        match self.place {
            Place::Person => "The person",
            Place::Contact => "How they may be contacted",
            Place::Case => "The case",
            Place::Episode => "Exploitation",
            Place::Need => "Needs",
            Place::Background => "Background",
            Place::Colleague => "Whom to speak to",
            Place::Voice => "What they say",
            Place::Time => "Unpaid time",
            Place::Event(_) | Place::Consent(_) => "What happened",
            Place::Row | Place::Answer => "A row for each event",
        }
    }

    /// What it is called where one is typed or picked from the list of all: like no other.
    pub fn name(&self) -> String {
        let words = self.words();
        if ALIKE.contains(&fold_plain(&words)) {
            format!("{words} [{}]", self.code)
        } else {
            words
        }
    }

    /// What it is called in a form.
    pub fn words(&self) -> String {
        let asked = self.field.caption;
        match self.place {
            Place::Person | Place::Case | Place::Row => asked.to_owned(),
            Place::Contact => format!("Contact: {asked}"),
            Place::Episode => format!("Exploitation: {asked}"),
            Place::Need => format!("Need: {asked}"),
            Place::Background => format!("Background: {asked}"),
            Place::Colleague => format!("Whom to speak to: {asked}"),
            Place::Voice => format!("What they say: {asked}"),
            Place::Time => format!("Unpaid time: {asked}"),
            Place::Event(kind) => format!("{kind}: {asked}"),
            Place::Consent(purpose) => format!("Agreed to “{purpose}”: {asked}"),
            Place::Answer => format!("Answer: {asked}"),
        }
    }
}

/// Where the kind of event stands in a file with a row for each.
pub(super) const KIND: &str = "row.kind";
/// The day of that event.
pub(super) const ON: &str = "row.on";
/// A note of that event.
const NOTE: &str = "row.note";
/// A note of the case, in a file with a row for each.
const CASE_NOTE: &str = "event.note.words";
/// What someone is called.
pub(super) const NAME: &str = "person.name";
/// Numbers and addresses by which someone may be reached.
pub(super) const HOW: &str = "contact.how";
/// What tells which rows are one case.
pub(super) const REFERENCE: &str = "case.reference";

static ALL: LazyLock<Vec<Target>> = LazyLock::new(all);
/// What several are called.
static ALIKE: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut seen = HashSet::new();
    let all = ALL.iter().map(|target| fold_plain(&target.words()));
    all.filter(|words| !seen.insert(words.clone())).collect()
});
static BY_NAME: LazyLock<HashMap<String, &'static Target>> =
    LazyLock::new(|| ALL.iter().map(|target| (fold_plain(&target.name()), target)).collect());
static BY_CODE: LazyLock<HashMap<&'static str, &'static Target>> =
    LazyLock::new(|| ALL.iter().map(|target| (target.code.as_str(), target)).collect());

/// Everything that a column can hold, in the order of a form.
pub fn targets() -> &'static [Target] {
    &ALL
}

/// What is called so in a form, or has this code. Two that are called alike are told apart by their code in brackets.
pub fn said(typed: &str) -> Option<&'static Target> {
    let typed = typed.trim();
    find(typed).or_else(|| BY_NAME.get(fold_plain(typed).as_str()).copied())
}

/// What a code stands for.
pub fn find(code: &str) -> Option<&'static Target> {
    BY_CODE.get(code).copied()
}

fn all() -> Vec<Target> {
    let mut all = Vec::new();
    let mut add = |prefix: String, place: Place, fields: Vec<Field>| {
        all.extend(fields.into_iter().map(|field| Target {
            code: format!("{prefix}.{}", field.key),
            place,
            field,
        }));
    };
    let (on, note) = event::common();
    add("person".into(), Place::Person, Identity::fields());
    add("case".into(), Place::Case, About::fields());
    add("contact".into(), Place::Contact, SafeContact::fields());
    add("episode".into(), Place::Episode, Episode::fields());
    add("need".into(), Place::Need, Need::fields());
    add("background".into(), Place::Background, Background::fields());
    add("colleague".into(), Place::Colleague, Contact::fields());
    add("voice".into(), Place::Voice, Voice::fields());
    add("time".into(), Place::Time, Given::fields());
    for kind in Kind::ALL.iter().copied().filter(|kind| kind.is_recorded()) {
        if kind == Kind::Consent {
            for purpose in Purpose::ALL {
                let asked = ["said", "said_by", "language"];
                let mut fields = vec![on.clone()];
                fields.extend(kind.fields().into_iter().filter(|field| asked.contains(&field.key)));
                add(format!("consent.{}", purpose.code()), Place::Consent(*purpose), fields);
            }
            continue;
        }
        let mut fields = vec![on.clone()];
        fields.extend(kind.fields());
        fields.push(note.clone());
        add(format!("event.{}", kind.code()), Place::Event(kind), fields);
    }
    let kind = Field::of::<Line>("kind", "Which event the row is about", "");
    let basis = Basis::fields();
    add("row".into(), Place::Row, [vec![kind, on, note], basis].concat());
    let mut answers: Vec<Field> = Vec::new();
    for field in Kind::ALL.iter().flat_map(|kind| kind.fields()) {
        if answers.iter().all(|known| known.key != field.key) {
            answers.push(field);
        }
    }
    add("answer".into(), Place::Answer, answers);
    all
}

/// Headings that usually mean something, in lower case with `_` between words.
const USUAL: &[(&str, &[&str])] = &[
    (
        NAME,
        &[
            "name",
            "full_name",
            "client_name",
            "name_of_client",
            "name_of_person",
            "client",
            "survivor",
        ],
    ),
    (
        "person.nickname",
        &[
            "nickname",
            "alias",
            "aliases",
            "other_names",
            "known_as",
            "also_known_as",
        ],
    ),
    (
        "person.born",
        &[
            "date_of_birth",
            "dob",
            "born",
            "birth_date",
            "birthdate",
            "year_of_birth",
            "birth_year",
        ],
    ),
    ("person.gender", &["gender", "sex"]),
    (
        "person.nationality",
        &["nationality", "nationalities", "citizenship", "country_of_origin"],
    ),
    (
        "person.language",
        &["language", "first_language", "main_language", "languages"],
    ),
    (
        "person.needs_interpreter",
        &[
            "interpreter",
            "needs_interpreter",
            "interpreter_needed",
            "interpreter_required",
        ],
    ),
    ("person.is_child", &["is_child", "child", "under_18", "minor"]),
    ("person.age_disputed", &["age_disputed", "age_dispute"]),
    ("person.children", &["children", "number_of_children", "dependants"]),
    ("person.place", &["place", "location", "town", "where_staying"]),
    (
        "person.references",
        &[
            "home_office_reference",
            "ho_reference",
            "ho_ref",
            "references",
            "reference_numbers",
        ],
    ),
    (
        "case.reference",
        &[
            "reference",
            "case_reference",
            "case_ref",
            "case_number",
            "case_no",
            "case_id",
            "our_reference",
            "client_id",
            "client_ref",
            "ref",
            "id",
        ],
    ),
    (
        "case.opened_on",
        &[
            "opened_on",
            "date_opened",
            "opened",
            "support_since",
            "support_start",
            "support_started",
            "support_began",
            "start_date",
            "case_opened",
            "date_support_started",
        ],
    ),
    ("case.nation", &["nation", "uk_nation"]),
    (
        "case.came_from",
        &["came_from", "referred_by", "referral_source", "source_of_referral"],
    ),
    ("case.region", &["region"]),
    (
        "event.encounter.on",
        &["date_met", "first_contact", "date_of_first_contact", "met_on"],
    ),
    (
        "event.nrm_referral.on",
        &[
            "date_of_referral",
            "referral_date",
            "date_referred",
            "referred_on",
            "nrm_referral_date",
            "date_of_nrm_referral",
            "nrm_date",
        ],
    ),
    (
        "event.nrm_referral.agency",
        &["first_responder", "referring_agency", "referring_organisation"],
    ),
    (
        "event.nrm_referral.reference",
        &["nrm_reference", "nrm_ref", "nrm_number"],
    ),
    (
        "event.reasonable_grounds.outcome",
        &[
            "rg_decision",
            "rg_outcome",
            "reasonable_grounds",
            "reasonable_grounds_decision",
            "rg",
        ],
    ),
    (
        "event.reasonable_grounds.on",
        &[
            "rg_date",
            "rg_decision_date",
            "date_of_rg_decision",
            "date_of_rg",
            "reasonable_grounds_date",
        ],
    ),
    (
        "event.conclusive_grounds.outcome",
        &[
            "cg_decision",
            "cg_outcome",
            "conclusive_grounds",
            "conclusive_grounds_decision",
            "cg",
        ],
    ),
    (
        "event.conclusive_grounds.on",
        &[
            "cg_date",
            "cg_decision_date",
            "date_of_cg_decision",
            "date_of_cg",
            "conclusive_grounds_date",
        ],
    ),
    (
        "event.exit.on",
        &[
            "exit_date",
            "date_of_exit",
            "end_date",
            "date_closed",
            "closed_on",
            "support_ended",
            "support_end",
        ],
    ),
    (
        "event.exit.reason",
        &[
            "exit_reason",
            "reason_for_exit",
            "reason_support_ended",
            "reason_for_leaving",
            "leaving_reason",
        ],
    ),
    (
        "event.exit.destination",
        &["destination", "exit_destination", "moved_on_to"],
    ),
    (
        "consent.monitoring.said",
        &[
            "consent_to_be_counted",
            "consent_to_counting",
            "consent_to_monitoring",
            "consent_to_audit",
            "may_be_counted",
        ],
    ),
    (
        "consent.monitoring.on",
        &[
            "consent_to_be_counted_date",
            "date_of_consent_to_be_counted",
            "consent_to_audit_date",
        ],
    ),
    ("consent.support.said", &["consent", "consent_to_support"]),
    (
        "consent.support.on",
        &["consent_to_support_date", "date_of_consent_to_support"],
    ),
    (
        "consent.referral.said",
        &["consent_to_referral", "nrm_consent", "consent_to_nrm"],
    ),
    ("consent.referral.on", &["nrm_consent_date", "date_of_nrm_consent"]),
    (
        "episode.forms",
        &[
            "exploitation",
            "exploitation_type",
            "type_of_exploitation",
            "form_of_exploitation",
            "forms_of_exploitation",
        ],
    ),
    ("episode.sectors", &["sector", "sectors", "industry"]),
    (
        KIND,
        &[
            "kind",
            "event",
            "event_kind",
            "event_type",
            "type_of_event",
            "what_happened",
        ],
    ),
    (ON, &["on", "date", "event_date", "date_of_event", "happened_on"]),
    (NOTE, &["note", "notes", "comment", "comments"]),
];

/// Headings of a day on which something was agreed to, and that do not say what.
const AGREED_ON: &[&str] = &["consent_date", "date_of_consent"];

/// Headings of ways of contact, of which a file often has several.
const WAYS: &[&str] = &[
    "phone",
    "phone_no",
    "phone_number",
    "telephone",
    "telephone_number",
    "tel",
    "tel_no",
    "mobile",
    "mobile_no",
    "mobile_number",
    "mobile_phone",
    "whatsapp",
    "contact_no",
    "contact_number",
    "contact_details",
    "email",
    "e_mail",
    "email_address",
    "phone_email",
    "email_phone",
];

/// A heading or a caption, so that they can be compared.
pub(super) fn plain(text: &str) -> String {
    let lower = fold_plain(text);
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join("_")
}

/// Whether something is what a person said to a purpose.
pub(super) fn is_answer(target: &Target) -> bool {
    matches!(target.place, Place::Consent(_)) && target.field.key == "said"
}

/// Gives a day of consent that does not say to what to the support, where a column says what was said to that, or to the only
/// consent that the file has; and lets go of every day and speaker of a consent that no column holds: nobody gave it.
fn date_consent(meant: &mut [Option<&'static Target>], headings: &[String]) {
    let answered: Vec<Place> = meant
        .iter()
        .flatten()
        .filter(|target| is_answer(target))
        .map(|target| target.place)
        .collect();
    let support = Place::Consent(Purpose::Support);
    let dated = match answered.as_slice() {
        places if places.contains(&support) => Some(support),
        [only] => Some(*only),
        _ => None,
    };
    let day = dated.and_then(|place| {
        targets()
            .iter()
            .find(|target| target.place == place && target.field.key == "on")
    });
    let at = (0..headings.len()).find(|at| meant[*at].is_none() && AGREED_ON.contains(&headings[*at].as_str()));
    if let (Some(day), Some(at)) = (day, at)
        && meant.iter().flatten().all(|known| known.code != day.code)
    {
        meant[at] = Some(day);
    }
    for held in meant {
        *held = held.filter(|target| !matches!(target.place, Place::Consent(_)) || answered.contains(&target.place));
    }
}

/// What each heading probably means; nothing is meant twice but a name and ways of contact, which may stand in several columns.
pub(super) fn guess(headers: &[String]) -> Vec<Option<&'static Target>> {
    let plain_headers: Vec<String> = headers.iter().map(|heading| plain(heading)).collect();
    let mut meant: Vec<Option<&'static Target>> = vec![None; headers.len()];
    let mut take = |target: &'static Target, usual: &[&str]| {
        if meant.iter().flatten().any(|known| known.code == target.code) {
            return;
        }
        let found = usual
            .iter()
            .find_map(|usual| (0..plain_headers.len()).find(|at| meant[*at].is_none() && plain_headers[*at] == *usual));
        if let Some(at) = found {
            meant[at] = Some(target);
        }
    };
    // A file that we wrote ourselves says the codes.
    for target in targets() {
        take(target, &[plain(&target.code).as_str()]);
    }
    for (code, usual) in USUAL {
        if let Some(target) = find(code) {
            take(target, usual);
        }
    }
    for target in targets().iter().filter(|target| target.place != Place::Answer) {
        take(target, &[plain(&target.words()).as_str()]);
    }
    date_consent(&mut meant, &plain_headers);
    // Under safe contact nothing is used before it was gone through; in a note it would stand without that.
    for (held, heading) in meant.iter_mut().zip(&plain_headers) {
        if held.is_none() && WAYS.contains(&heading.as_str()) {
            *held = find(HOW);
        }
    }
    let whole = meant
        .iter()
        .position(|known| known.is_some_and(|known| known.code == NAME));
    for at in name::columns(&plain_headers, whole) {
        if meant[at].is_none() {
            meant[at] = find(NAME);
        }
    }
    if meant.iter().flatten().any(|target| target.code == KIND) {
        let mut take = |target: &'static Target, usual: &str| {
            if let Some(at) = (0..plain_headers.len()).find(|at| meant[*at].is_none() && plain_headers[*at] == usual) {
                meant[at] = Some(target);
            }
        };
        for target in targets().iter().filter(|target| target.place == Place::Answer) {
            take(target, target.field.key);
            take(target, &plain(target.field.caption));
        }
    } else {
        // Without a kind of event, “Date” is not about one, and “Notes” are about the case.
        let is_noted = meant.iter().flatten().any(|target| target.code == CASE_NOTE);
        for target in &mut meant {
            *target = match *target {
                Some(target) if target.code == NOTE && !is_noted => find(CASE_NOTE),
                other => other.filter(|target| !target.is_about_an_event()),
            };
        }
    }
    meant
}
