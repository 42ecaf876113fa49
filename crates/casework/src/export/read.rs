//! Every case of an organisation, opened whole: a query for each table, however many cases there are.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use domain::Instant;
use domain::casework::VoiceUse;
use domain::permission::Action;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use store::row::{case_member, event, member, time_entry};
use store::{AppError, Cx};
use uuid::Uuid;

use crate::background::Background;
use crate::case::{self, About, Unsealed};
use crate::contact::Contact;
use crate::event::{Entry, History};
use crate::exploitation::Episode;
use crate::need::Need;
use crate::part;
use crate::person::Person;
use crate::referral::{self, Sent};
use crate::sheet::Sheet;
use crate::time_entry::{self as time, TimeEntry};
use crate::voice::Voice;

/// Cases that are read at once.
const CHUNK: usize = 500;

/// A case with everything in it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Whole {
    pub id: Uuid,
    pub is_open: bool,
    pub is_invented: bool,
    pub person: Person,
    pub about: About,
    pub events: Vec<Kept<Entry>>,
    pub episodes: Vec<Kept<Episode>>,
    pub needs: Vec<Kept<Need>>,
    pub background: Vec<Kept<Background>>,
    pub contacts: Vec<Kept<Contact>>,
    pub voices: Vec<Kept<Voice>>,
    /// What each of the words may be used for now, by their ids: what was ticked of them may have been ruled out as a whole.
    pub voices_usable: BTreeMap<Uuid, Vec<VoiceUse>>,
    pub unpaid_time: Vec<Kept<TimeEntry>>,
    /// What went to other organisations, with what was answered and who holds a copy.
    pub referrals_sent: Vec<Sent>,
    /// Who works on it, by name.
    pub members: Vec<String>,
    /// Names of those who recorded something.
    pub names: HashMap<Uuid, String>,
    #[serde(skip)]
    pub history: History,
}

impl Whole {
    /// Who recorded or amended something.
    fn recorders(&self) -> impl Iterator<Item = Uuid> {
        let events = self.history.all().iter().map(|event| event.entry.by);
        events.chain(self.earlier().map(|earlier| earlier.by))
    }

    /// What parts and the safe contact said before they were amended: what is meant, and its answers.
    pub(super) fn earlier(&self) -> impl Iterator<Item = Before> {
        fn of<'a, P: Sheet>(name: &'static str, all: &'a [Kept<P>]) -> impl Iterator<Item = Before> + use<'a, P> {
            all.iter().flat_map(move |kept| {
                kept.earlier
                    .iter()
                    .map(move |earlier| Before::of(name, kept.id, earlier))
            })
        }
        let contacts = self.person.earlier_contacts.iter();
        contacts
            .map(|earlier| Before::of("safe contact", self.id, earlier))
            .chain(of("exploitation", &self.episodes))
            .chain(of("need", &self.needs))
            .chain(of("background", &self.background))
            .chain(of("whom to speak to", &self.contacts))
            .chain(of("what they say", &self.voices))
    }
}

/// What something said before it was amended, in words.
pub(super) struct Before {
    pub name: &'static str,
    /// What was amended.
    pub id: Uuid,
    pub until: Instant,
    pub by: Uuid,
    pub shown: Vec<(&'static str, String)>,
}

impl Before {
    fn of<P: Sheet>(name: &'static str, id: Uuid, earlier: &part::Earlier<P>) -> Self {
        Self {
            name,
            id,
            until: earlier.until,
            by: earlier.by,
            shown: earlier.sheet.shown(),
        }
    }
}

/// A part with its id.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Kept<T> {
    pub id: Uuid,
    #[serde(flatten)]
    pub of: T,
    /// What it said before it was amended, earliest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<part::Earlier<T>>,
}

impl<P> From<part::Kept<P>> for Kept<P> {
    fn from(kept: part::Kept<P>) -> Self {
        Self {
            id: kept.id,
            of: kept.sheet,
            earlier: kept.earlier,
        }
    }
}

/// Rows by the case that they hang on.
fn grouped<K: Hash + Eq, T>(rows: Vec<T>, of: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut all: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        all.entry(of(&row)).or_default().push(row);
    }
    all
}

/// Opens every case of the member's organisation; each, and each person, has its row in the log.
pub(super) async fn all(cx: &Cx<'_>) -> Result<Vec<Whole>, AppError> {
    let owner = cx.organisation()?.0;
    let db = cx.db.reader();
    let cases = case::unseal_all(cx, owner, Action::ExportCases).await?;
    let names: HashMap<Uuid, String> = member::Entity::find()
        .filter(member::Column::OrganisationId.eq(owner))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let mut all = Vec::with_capacity(cases.len());
    for cases in cases.chunks(CHUNK) {
        all.extend(whole(cx, db, cases, &names).await?);
    }
    all.sort_by_key(|whole| (whole.about.opened_on, whole.id));
    Ok(all)
}

/// The parts of a kind, by case.
async fn parts<P: part::Part>(
    db: &impl ConnectionTrait,
    cases: &[Unsealed],
) -> Result<impl FnMut(Uuid) -> Vec<Kept<P>>, AppError> {
    let mut found = part::of_many::<P>(db, cases).await?;
    Ok(move |id| {
        let kept = found.remove(&id).unwrap_or_default();
        kept.into_iter().map(Kept::from).collect()
    })
}

/// Cases with everything in them: a query for each table.
async fn whole(
    cx: &Cx<'_>,
    db: &impl ConnectionTrait,
    cases: &[Unsealed],
    names: &HashMap<Uuid, String>,
) -> Result<Vec<Whole>, AppError> {
    let ids = || cases.iter().map(|of| of.row.id);
    let events = event::Entity::find()
        .filter(event::Column::CaseId.is_in(ids()))
        .all(db)
        .await?;
    let entries = time_entry::Entity::find()
        .filter(time_entry::Column::CaseId.is_in(ids()))
        .all(db)
        .await?;
    let assigned = case_member::Entity::find()
        .filter(case_member::Column::CaseId.is_in(ids()))
        .all(db)
        .await?;
    let mut events = grouped(events, |row| row.case_id);
    let mut entries = grouped(entries, |row| row.case_id);
    let mut assigned = grouped(assigned, |row| row.case_id);
    let mut episodes = parts::<Episode>(db, cases).await?;
    let mut needs = parts::<Need>(db, cases).await?;
    let mut background = parts::<Background>(db, cases).await?;
    let mut contacts = parts::<Contact>(db, cases).await?;
    let mut voices = parts::<Voice>(db, cases).await?;
    let mut sent = referral::sent_of_all(cx, cases).await?;
    let mut all = Vec::with_capacity(cases.len());
    for of in cases {
        let id = of.row.id;
        let history = case::history_of(of, &events.remove(&id).unwrap_or_default())?;
        let said: Vec<Kept<Voice>> = voices(id);
        let voices_usable = said.iter().map(|kept| (kept.id, kept.of.allowed(&history)));
        let voices_usable = voices_usable.collect();
        let given = time::read_of(of, &entries.remove(&id).unwrap_or_default())?;
        all.push(Whole {
            id,
            is_open: of.row.is_open,
            is_invented: of.row.is_invented,
            person: of.who()?,
            about: of.read(&case::about(id), &of.row.sealed_about)?,
            events: history
                .all()
                .iter()
                .map(|event| Kept {
                    id: event.id,
                    of: event.entry.clone(),
                    earlier: Vec::new(),
                })
                .collect(),
            episodes: episodes(id),
            needs: needs(id),
            background: background(id),
            contacts: contacts(id),
            voices: said,
            voices_usable,
            unpaid_time: given
                .into_iter()
                .map(|kept| Kept {
                    id: kept.id,
                    of: kept.entry,
                    earlier: Vec::new(),
                })
                .collect(),
            referrals_sent: sent.remove(&id).unwrap_or_default(),
            members: assigned
                .remove(&id)
                .unwrap_or_default()
                .iter()
                .filter_map(|row| names.get(&row.member_id).cloned())
                .collect(),
            names: HashMap::new(),
            history,
        });
    }
    for of in &mut all {
        of.names = of
            .recorders()
            .filter_map(|by| names.get_key_value(&by))
            .map(|(id, name)| (*id, name.clone()))
            .collect();
    }
    Ok(all)
}
