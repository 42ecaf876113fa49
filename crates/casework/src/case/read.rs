//! One case, opened whole.

use std::collections::HashMap;

use domain::Day;
use domain::casework::Status;
use domain::permission::Action;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::row::{case_member, member};
use store::{AppError, Cx};
use uuid::Uuid;

use super::{About, Unsealed, history, setting, unseal};
use crate::background::Background;
use crate::clock::{self, Clock};
use crate::consent::{self, Standing};
use crate::contact::Contact as OtherContact;
use crate::event::History;
use crate::exploitation::Episode;
use crate::link::Link;
use crate::need::Need;
use crate::part::Kept;
use crate::person::{self, Contact, Person};
use crate::referral::Referrals;
use crate::time_entry::Kept as Time;
use crate::time_entry::timer::Timer;
use crate::voice::Voice;

/// A case as its page shows it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The case.
    pub id: Uuid,
    /// Whether it is open.
    pub is_open: bool,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
    /// The person.
    pub person: Person,
    /// Which revision of the person this is.
    pub person_revision: i32,
    /// What the case is.
    pub about: About,
    /// Which revision of that this is.
    pub revision: i32,
    /// Everything that happened.
    pub history: History,
    /// How far the person has come.
    pub status: Option<Status>,
    /// What runs, earliest due first; of a closed case contacts after a return alone.
    pub clocks: Vec<Clock>,
    /// Whether the person may be contacted today.
    pub contact: Contact,
    /// What they agreed to, purpose by purpose.
    pub consents: Vec<Standing>,
    /// Episodes of exploitation, earliest first.
    pub episodes: Vec<Kept<Episode>>,
    /// What they need, what is open first.
    pub needs: Vec<Kept<Need>>,
    /// Where the person comes from, as it was recorded.
    pub background: Vec<Kept<Background>>,
    /// Whom to speak to elsewhere.
    pub contacts: Vec<Kept<OtherContact>>,
    /// Other cases of the same person.
    pub links: Vec<Link>,
    /// Whether the organisation wants plans to be approved.
    pub wants_approval: bool,
    /// Unpaid time, latest first.
    pub time: Vec<Time>,
    /// The clock of the member asking, if it runs.
    pub timer: Option<Timer>,
    /// What they said in their own words, latest first.
    pub voices: Vec<Kept<Voice>>,
    /// Referrals of the person to other organisations, latest first, and the one that they came by.
    pub referrals: Referrals,
    /// Who works on it, by name.
    pub members: Vec<String>,
    /// Names of the organisation's members, for what each recorded.
    pub names: HashMap<Uuid, String>,
    /// The day it is read.
    pub today: Day,
}

/// The name of a case's person, for the page of a form: whoever writes sees whom they write about. Logged like any opening.
pub async fn name(cx: &Cx<'_>, id: Uuid, action: Action) -> Result<String, AppError> {
    let of = unseal(cx, id, action).await?;
    Ok(of.who()?.identity.name.0)
}

/// Opens a case: its rows in the log name the case and the person.
pub async fn open(cx: &Cx<'_>, id: Uuid) -> Result<Opened, AppError> {
    let of = unseal(cx, id, Action::ReadCase).await?;
    whole(cx, &of).await
}

/// Everything of a case whose key is open.
pub(crate) async fn whole(cx: &Cx<'_>, of: &Unsealed) -> Result<Opened, AppError> {
    let id = of.row.id;
    let db = cx.db.reader();
    let person = of.who()?;
    let about: About = of.read(&super::about(id), &of.row.sealed_about)?;
    let history = history(db, of).await?;
    let names: HashMap<Uuid, String> = member::Entity::find()
        .filter(member::Column::OrganisationId.eq(of.row.organisation_id))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let assigned = case_member::Entity::find()
        .filter(case_member::Column::CaseId.eq(id))
        .all(db)
        .await?;
    let mut members: Vec<String> = assigned
        .iter()
        .filter_map(|row| names.get(&row.member_id).cloned())
        .collect();
    members.sort();
    let today = cx.now.british_day();
    let setting = setting(&person, &about, &history);
    let mut clocks = clock::shown(clock::running(&history, setting), today);
    clocks.retain(|clock| of.row.is_open || clock.kind.runs_when_closed());
    // What nobody can do any more stands below what somebody has to.
    clocks.sort_by_key(|clock| clock.has_passed(today));
    Ok(Opened {
        id,
        is_open: of.row.is_open,
        is_invented: of.row.is_invented,
        revision: of.row.revision,
        person_revision: of.person.revision,
        status: history.status(person.identity.age(&history)),
        clocks,
        contact: person::contact(&person.contact, setting.gone_through, about.nation, today),
        consents: consent::standing(&history),
        episodes: crate::exploitation::of(db, of).await?,
        needs: crate::need::of(db, of).await?,
        background: crate::background::of(db, of).await?,
        contacts: crate::contact::of(db, of).await?,
        links: crate::link::of(db, &history).await?,
        wants_approval: crate::plan::wanted(cx).await?.approval,
        time: crate::time_entry::of(db, of).await?,
        timer: crate::time_entry::timer::of(cx, db, of).await?,
        voices: crate::voice::of(db, of).await?,
        referrals: crate::referral::of(cx, of).await?,
        person,
        about,
        history,
        members,
        names,
        today,
    })
}
