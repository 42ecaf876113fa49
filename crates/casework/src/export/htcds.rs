//! Cases by the Human Trafficking Case Data Standard, which holds one state of a case and no history.

use domain::casework::{Gender, Known, Purpose, ReferralState, Status};
use interchange::htcds::{Record, write};
use interchange::table::Cell;

use super::read::Whole;
use super::tables::text;
use crate::case::About;
use crate::consent;
use crate::event::What;
use crate::exploitation::Episode;
use crate::import::htcds::{WAYS, theirs};
use crate::person::Identity;
use crate::sheet::{PartDay, Sheet as _};

/// What of ours is not in the file or is coarser there, but for questions that are asked and left out (see [`losses`]).
const LOSSES: &[&str] = &[
    "what happened, day by day: of all events only the last decision (as a status), the day support began, that the person has died and, of closed cases, why support ended",
    "consent by purpose: only whether the person agreed to being supported",
    "reasons of decisions, challenges, disqualification, recovery period, missing, return",
    "which episode of exploitation a form, a trade, a way of recruitment or a place belongs to: several are merged into one",
    "when exploitation began: only the earliest day that is known (hte_Date); where a month or a year alone is known, nothing",
    "means of control, recruitment and forms that the standard does not tell apart: they stand as “Other”",
    "trades that the standard’s industries do not hold: they are left out, because it has no “Other” among them",
    "a date of birth of which only the year or the month is known",
    "safe contact: a line that begins “E-mail:” or “Telephone:” has a field, every other stands under “Mobile Phone” as it was written, and nothing says what is safe",
    "citizenship and language: as they were written, and not as the codes that the standard has for them",
    "an unfavourable first decision and an unfavourable last one, which are told apart by no status",
    "needs, refusals, outcomes and unpaid time",
    "background: where the person comes from, family, work, disability and what helps with it",
    "voice: what the person says in their own words, and what it may be used for",
    "referrals to other organisations: only the last one that was neither refused nor taken back, with its day and what was asked; not what else went, and not what was answered",
    "referrals from other organisations: only what kind of body sent the person",
];

/// What the standard has a place for, in sections or lists of its own, and the file does not fill: mostly because it is kept in
/// words here and picked from a list there, or because a row of the file holds one of it and a case has many.
pub(super) const LEFT_OUT: &[&str] = &[
    "school and training (prs_HighestLevelOfEducation)",
    "notes (Case Comment, cco_CaseComment)",
    "plans of needs, and what a supervisor answered to them (Support Plan, spl_)",
    "when exploitation ended, how recruitment and the journey went, and its towns and countries apart (Historic Trafficking Events, hte_); places as they were written stand under vic_LocationOfExploitation",
    "how old the person was when it began (vic_AgeWhenTrafficked)",
    "who exploited them (Person in the context of a perpetrator, per_)",
    "contacts: whom to speak to about the person, such as solicitors and social workers (Person and Organisation, prs_ and org_, beside the case)",
];

/// The competent authority, as the standard calls who decided.
const AUTHORITY: &str = "NonPoliceGovernmentalOrganization";

/// The fields of the standard beside its core that are written behind the others.
const BEYOND_CORE: [&str; 3] = ["prs_Deceased", "hte_Type", "hte_Date"];

/// The questions of a sheet that are in the file; every other is a loss.
const PLACED: &[(&str, &[&str])] = &[
    (
        "who they are",
        &[
            "name",
            "born",
            "gender",
            "nationality",
            "language",
            "children",
            "place",
            "references",
        ],
    ),
    ("the case", &["opened_on", "came_from"]),
    (
        "exploitation",
        &["forms", "began", "places", "sectors", "recruitment", "controls"],
    ),
];

/// Everything of ours that is not in the file, or coarser there, a line each: what is asked and left out is told by the sheets
/// themselves, so a question that is added there is told here.
pub(super) fn losses() -> Vec<String> {
    let asked = [Identity::fields(), About::fields(), Episode::fields()];
    let left_out = PLACED.iter().zip(asked).map(|((of, placed), fields)| {
        let captions: Vec<&str> = fields
            .iter()
            .filter(|field| !placed.contains(&field.key))
            .map(|field| field.caption)
            .collect();
        format!("of {of}: {}", captions.join("; "))
    });
    LOSSES.iter().map(|loss| (*loss).to_owned()).chain(left_out).collect()
}

pub(super) fn table(all: &[Whole]) -> (Vec<String>, Vec<Vec<Cell>>) {
    let records: Vec<Record> = all.iter().map(record).collect();
    let (mut headers, mut rows) = write(&records);
    headers.extend(BEYOND_CORE.map(str::to_owned));
    for (row, of) in rows.iter_mut().zip(all) {
        row.extend(beyond_core(of));
    }
    (headers, rows)
}

/// The cells below [`BEYOND_CORE`]: that the person has died, and the first exploitation of which the day it began is known.
fn beyond_core(of: &Whole) -> [Cell; 3] {
    let has_died = of
        .history
        .standing()
        .any(|event| matches!(event.entry.what, What::Death(_)));
    let whole_days = of
        .episodes
        .iter()
        .filter_map(|part| part.of.began)
        .filter(|began| began.day.is_some());
    let began = whole_days.map(PartDay::iso).min();
    // Nobody says of the living that they live: what is not ticked there says nothing.
    [
        text(if has_died { "TRUE" } else { "" }),
        text(if began.is_some() { "Exploitation" } else { "" }),
        text(began.unwrap_or_default()),
    ]
}

/// Who was asked to help last, of those who neither refused nor had it taken back: a row of the file holds one.
fn refer(of: &Whole, record: &mut Record) {
    let last = of
        .referrals_sent
        .iter()
        .filter(|sent| !matches!(sent.state, ReferralState::Refused | ReferralState::Revoked))
        .max_by_key(|sent| (sent.offered_on, sent.id));
    record.set("cas_ReferredOrganisation", last.map(|sent| sent.note.receiver.as_str()));
    record.set("cas_OutgoingReferralDate", last.map(|sent| sent.offered_on.iso()));
    record.set(
        "cas_OutgoingReferralDetails",
        last.map(|sent| sent.note.copy.summary.as_str()),
    );
}

fn coded<'a>(name: &str, ours: impl Iterator<Item = &'a str>) -> Vec<&'static str> {
    let mut found = Vec::new();
    for code in ours {
        let code = theirs(name, code).unwrap_or("Other");
        if !found.contains(&code) {
            found.push(code);
        }
    }
    found
}

/// Ways of contact by the field that they have a place in: lines that begin as an import begins them, every other as a mobile number.
fn ways(how: &str) -> Vec<(&'static str, String)> {
    let mut told: Vec<(&'static str, Vec<&str>)> = Vec::new();
    for line in how.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let known = WAYS
            .iter()
            .find_map(|(name, words)| Some((*name, line.strip_prefix(words)?.strip_prefix(':')?.trim())));
        let (name, way) = known.unwrap_or(("prs_MobilePhone", line));
        match told.iter_mut().find(|(known, _)| *known == name) {
            Some((_, ways)) => ways.push(way),
            None => told.push((name, vec![way])),
        }
    }
    told.into_iter().map(|(name, ways)| (name, ways.join(", "))).collect()
}

fn record(of: &Whole) -> Record {
    let mut record = Record::default();
    let who = &of.person.identity;
    let (first, second) = who.name.0.rsplit_once(' ').unwrap_or((who.name.0.as_str(), ""));
    record.set("prs_FirstName", [first]);
    record.set("prs_SecondName", [second]);
    let agreed = consent::standing(&of.history)
        .into_iter()
        .find(|standing| standing.purpose == Purpose::Support)
        .filter(|standing| standing.last.is_some());
    record.set(
        "con_Consent",
        agreed.map(|standing| if standing.is_given() { "TRUE" } else { "FALSE" }),
    );
    record.set(
        "prs_Birthdate",
        who.born.filter(|born| born.day.is_some()).map(PartDay::iso),
    );
    let gender = who.gender.map(|gender| match gender {
        Gender::Other => "NonConforming",
        gender => theirs("prs_Gender", gender.code()).unwrap_or("NonSpecifiedUnknown"),
    });
    record.set("prs_Gender", gender);
    record.set("prs_Citizenship", who.nationality.as_ref().map(|line| line.0.as_str()));
    record.set("prs_NumberOfChildren", who.children.map(|n| n.to_string()));
    record.set("prs_PrimaryLanguage", who.language.as_ref().map(|line| line.0.as_str()));
    record.set(
        "prs_IdentityNumber",
        who.references.as_ref().map(|words| words.0.as_str()),
    );
    record.set("prs_MailingCity", who.place.as_ref().map(|line| line.0.as_str()));
    for (name, ways) in ways(of.person.contact.how.as_ref().map_or("", |words| words.0.as_str())) {
        record.set(name, [ways]);
    }
    // Whoever is supported here may be a victim until somebody decides; nobody has decided that, so nobody stands beside it.
    let (status, by) = match of.history.decision() {
        Some(Status::CgPositive) => ("ActualVictimOfTrafficking", Some(AUTHORITY)),
        Some(Status::RgNegative | Status::CgNegative) => ("NotAVictimOfTrafficking", Some(AUTHORITY)),
        Some(Status::RgPositive) => ("PossibleVictimOfTrafficking", Some(AUTHORITY)),
        _ => ("PossibleVictimOfTrafficking", None),
    };
    record.set("vic_TraffickingStatus", [status]);
    record.set("vic_TraffickingStatusDecisionMakingOrg", by);
    let episodes = || of.episodes.iter().map(|part| &part.of);
    let name = "vic_MethodOfRecruitment";
    record.set(
        name,
        coded(
            name,
            episodes().flat_map(|one| one.recruitment.iter().map(|code| code.code())),
        ),
    );
    let name = "vic_MethodsOfControl";
    record.set(
        name,
        coded(
            name,
            episodes().flat_map(|one| one.controls.iter().map(|code| code.code())),
        ),
    );
    let is_child = episodes().any(|one| one.was_child == Some(Known::Yes));
    let forms = coded(
        "vic_TypeOfExploitation",
        episodes().flat_map(|one| one.forms.iter().map(|code| code.code())),
    );
    let forms = forms.into_iter().map(|form| {
        if form == "ForcedLabour" && is_child {
            "ChildLabour"
        } else {
            form
        }
    });
    record.set("vic_TypeOfExploitation", forms);
    // Trades that the standard's industries do not hold are left out: it has no “Other” among them.
    let sectors = episodes()
        .flat_map(|one| one.sectors.iter())
        .filter_map(|sector| theirs("vic_ForcedLabourIndustry", sector.code()));
    let mut industries: Vec<&str> = sectors.collect();
    industries.sort_unstable();
    industries.dedup();
    record.set("vic_ForcedLabourIndustry", industries);
    let places: Vec<&str> = episodes()
        .filter_map(|one| one.places.as_ref())
        .map(|line| line.0.as_str())
        .collect();
    record.set("vic_LocationOfExploitation", [places.join(", ")]);
    record.set("cas_Status", [if of.is_open { "Active" } else { "Closed" }]);
    record.set(
        "cas_ReferringOrganisation",
        of.about.came_from.map(domain::casework::Agency::words),
    );
    record.set("cas_IncomingReferralDate", [of.about.opened_on.iso()]);
    refer(of, &mut record);
    let ended = of.history.standing().rev().find_map(|event| match &event.entry.what {
        What::Exit(sheet) => Some(sheet.reason.words()),
        _ => None,
    });
    record.set("cas_ReasonForCaseClosure", ended.filter(|_| !of.is_open));
    record.set("cas_CaseOwner", [of.members.join(", ")]);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_of_contact_go_where_the_standard_has_a_place_for_them() {
        assert_eq!(
            ways("E-mail: a@example.invalid\n01632 960001\nMobile: 01632 960002\n\n"),
            [
                ("prs_Email", "a@example.invalid".to_owned()),
                ("prs_MobilePhone", "01632 960001, 01632 960002".to_owned())
            ]
        );
        assert_eq!(ways(" "), []);
    }

    #[test]
    fn every_loss_is_told_and_nothing_is_called_lost_that_is_not_asked() {
        let told = [losses().join("\n"), LEFT_OUT.join("\n")].join("\n");
        for words in [
            "began",
            "Ended",
            "How they were moved",
            "The journey",
            "What they had to do",
            "disability",
            "contacts",
            "voice",
            "plans",
            "merged",
            "unpaid time",
            "Region",
            "cco_CaseComment",
            "prs_HighestLevelOfEducation",
            "spl_",
            "per_",
        ] {
            assert!(told.contains(words), "{words} in {told}");
        }
        let asked = [Identity::fields(), About::fields(), Episode::fields()];
        for ((of, placed), fields) in PLACED.iter().zip(asked) {
            for key in *placed {
                assert!(fields.iter().any(|field| field.key == *key), "{of}: {key}");
            }
        }
    }
}
