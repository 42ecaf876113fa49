//! Receiving: a sealed, signed file from whoever hands it over, or a plain one that a coordinator takes in.
//!
//! Nothing is opened. Of a sealed file the head is read and the signature checked; a plain one is checked against the pack while
//! it is in memory and sealed before it is kept. The key that seals either lies in the key store, so that rotation seals it anew, and
//! it is destroyed when the contribution is replaced.

use access::key::{self, COALITION};
use bytes::Bytes;
use domain::cycle::CycleState;
use domain::ids::{CycleId, OrganisationId, ReceivedId};
use domain::permission::{Action, Relation};
use domain::received::ReceivedState;
use measures::read::Fault;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::canonical::hex;
use store::envelope::Envelope;
use store::files::sha256;
use store::row::{cycle, organisation, received_contribution, received_file, sender_key};
use store::work::Work;
use store::{AppError, Cx, FieldErrors, seal};
use uuid::Uuid;

use super::{Received, contents, identity};
use crate::cycle::Cycle;
use crate::definition;

/// The most faults of a plain file that are named at once.
const MOST_FAULTS: usize = 20;

/// What it takes to take in a file.
#[derive(Debug, Clone, Default)]
pub struct TakeIn {
    /// The cycle.
    pub cycle: Option<CycleId>,
    /// Whose it is; of a sealed file it may be left out where the head names an organisation that is known here.
    pub organisation: Option<OrganisationId>,
    /// The file's name, for messages.
    pub name: String,
    /// The file.
    pub bytes: Bytes,
}

/// Takes a sealed, signed contribution: from a member of the organisation that sends it, or from a coordinator. Gives what its
/// sender keeps as a receipt. The same file again is no fault.
pub async fn receive(cx: &Cx<'_>, bytes: Vec<u8>) -> Result<Received, AppError> {
    let envelope = Envelope::read(bytes).map_err(|fault| AppError::Refused(fault.to_string()))?;
    let sender = envelope.head().organisation;
    cx.permit(Action::HandOverContribution, cx.actor.relation(sender))?;
    sealed(cx, &envelope, OrganisationId(sender)).await
}

/// Takes in a file that reached a coordinator: a sealed one, or a plain one of an organisation with another system, which is
/// checked against the pack and sealed before it is kept.
pub async fn take_in(cx: &Cx<'_>, input: TakeIn) -> Result<Received, AppError> {
    cx.permit(Action::ReceiveContribution, Relation::Coalition)?;
    let fault = |words: String| AppError::Invalid(FieldErrors::of("file", words));
    if input.bytes.is_empty() {
        return Err(fault("Choose the contribution file".to_owned()));
    }
    let is_plain = !starts_sealed(&input.bytes);
    if is_plain {
        return plain(cx, input).await;
    }
    let envelope = Envelope::read(input.bytes.into()).map_err(|error| fault(error.to_string()))?;
    let named = envelope.head().organisation;
    let is_here = organisation::Entity::find_by_id(named)
        .one(cx.db.reader())
        .await?
        .is_some();
    let organisation = match (input.organisation, is_here) {
        (Some(chosen), true) if chosen.0 != named => {
            return Err(AppError::Invalid(FieldErrors::of(
                "organisation",
                "The file says that another organisation sent it: choose that one, or leave it open",
            )));
        }
        (_, true) => OrganisationId(named),
        (Some(chosen), false) => chosen,
        (None, false) => {
            return Err(AppError::Invalid(FieldErrors::of(
                "organisation",
                format!(
                    "The file comes from “{}”, which keeps its records elsewhere: choose which organisation here that is",
                    envelope.head().organisation_name
                ),
            )));
        }
    };
    let cycle = of_code(cx.db.reader(), &envelope.head().cycle).await?;
    if input.cycle.is_some_and(|wanted| wanted.0 != cycle.id) {
        return Err(fault(format!(
            "It is a contribution to {}, not to this cycle",
            cycle.title
        )));
    }
    sealed(cx, &envelope, organisation).await
}

/// Refuses what comes for a cycle that is closed: it would be kept and never counted.
fn is_awaited(cycle: &Cycle) -> Result<(), AppError> {
    if crate::cycle::state(cycle)? == CycleState::Closed {
        return Err(AppError::Refused(format!(
            "{} is closed and takes in nothing more: its figures are not computed again",
            cycle.title
        )));
    }
    Ok(())
}

/// Whether a file says of itself that it is a sealed contribution.
fn starts_sealed(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let needle = b"rapporteur-contribution-sealed";
    line.windows(needle.len())
        .take(store::envelope::MOST_HEAD)
        .any(|part| part == needle)
}

async fn of_code(db: &impl ConnectionTrait, code: &str) -> Result<Cycle, AppError> {
    let found = cycle::Entity::find()
        .filter(cycle::Column::Code.eq(code))
        .one(db)
        .await?;
    found.ok_or_else(|| AppError::Refused("it is a contribution to a cycle that is not here".to_owned()))
}

async fn sealed(cx: &Cx<'_>, envelope: &Envelope, organisation: OrganisationId) -> Result<Received, AppError> {
    let head = envelope.head();
    let reader = cx.db.reader();
    let cycle = of_code(reader, &head.cycle).await?;
    let pack = definition::of_cycle(cx.db.reader(), &cycle).await?;
    if head.pack != pack.version {
        return Err(AppError::Refused(format!(
            "it answers version {} of the pack of {}, and version {} is asked for: make it anew",
            head.pack, cycle.title, pack.version
        )));
    }
    let hash = envelope.sha256();
    let same = received_contribution::Entity::find()
        .filter(received_contribution::Column::Sha256.eq(&hash))
        .filter(received_contribution::Column::OrganisationId.eq(organisation.0))
        .one(reader)
        .await?;
    if let Some(same) = same {
        return super::find(cx, cycle.id.into(), same.id.into()).await;
    }
    let number = i32::try_from(head.number)
        .map_err(|_| AppError::Refused("its number is too large: number contributions from 1".to_owned()))?;
    let signer = hex(envelope.signer());
    let arriving = Arriving {
        cycle: cycle.id,
        organisation: organisation.0,
        number,
        signer: Some(signer),
        hash,
        n_bytes: envelope.bytes().len(),
    };
    is_awaited(&cycle)?;
    // Whoever hands it over is asked again with the record, and refused before a key is kept.
    check_number(&sent_before(reader, cycle.id, organisation.0).await?, &arriving)?;
    key::person::adopt(cx, COALITION, head.key, head.coalition_key, envelope.sealed_key()).await?;
    let work = cx
        .begin(Action::HandOverContribution, cx.actor.relation(organisation.0))
        .await?;
    let id = cx.ids.random();
    keep(cx, work, id, &arriving, (head.key, envelope.bytes().to_vec())).await
}

/// Where a fault is and what to do, without what stands there: whoever made the file sees that with `rapporteur contribute
/// check`, and nobody here needs to. Faults of the headings, and of the file as a whole, are no row's.
fn place_of(fault: &Fault) -> String {
    match (fault.row, fault.column.as_str()) {
        (None, _) => fault.to_string(),
        (Some(row), "") => format!("row {row} does not fit the pack; {}", fault.remedy),
        (Some(row), column) => format!("row {row}, column {column} does not fit the pack; {}", fault.remedy),
    }
}

async fn plain(cx: &Cx<'_>, input: TakeIn) -> Result<Received, AppError> {
    let mut errors = FieldErrors::new();
    if input.organisation.is_none() {
        errors.add("organisation", "Choose whose contribution it is");
    }
    errors.into_result()?;
    let (Some(organisation), Some(cycle)) = (input.organisation, input.cycle) else {
        return Err(AppError::NotFound("cycle"));
    };
    let reader = cx.db.reader();
    let cycle = crate::cycle::row(reader, cycle).await?;
    is_awaited(&cycle)?;
    organisation::Entity::find_by_id(organisation.0)
        .one(reader)
        .await?
        .ok_or(AppError::NotFound("organisation"))?;
    let pack = definition::of_cycle(cx.db.reader(), &cycle).await?;
    let (bytes, name) = (input.bytes.clone(), input.name.clone());
    let read = tokio::task::spawn_blocking(move || contents(&pack, &bytes, &name).map(drop)).await;
    let read = read.map_err(|error| AppError::Internal(error.into()))?;
    if let Err(refused) = read {
        let mut errors = FieldErrors::new();
        for fault in refused.faults.iter().take(MOST_FAULTS) {
            errors.add("file", place_of(fault));
        }
        let more = refused.more + refused.faults.len().saturating_sub(MOST_FAULTS) as u64;
        if more > 0 {
            errors.add(
                "file",
                format!("and {more} more: `rapporteur contribute check` names every one, with what stands there"),
            );
        }
        return Err(AppError::Invalid(errors));
    }
    is_of_nobody_else(reader, &cycle, organisation.0, &sha256(&input.bytes)).await?;
    let all = sent_before(reader, cycle.id, organisation.0).await?;
    let arriving = Arriving {
        cycle: cycle.id,
        organisation: organisation.0,
        // A plain file has no number of its own: it comes after what counts.
        number: least_number(&all, None),
        signer: None,
        hash: sha256(&input.bytes),
        n_bytes: input.bytes.len(),
    };
    let (key_id, key) = key::person::make(cx, COALITION).await?;
    let id = cx.ids.random();
    let sealed = seal::file::seal(&key, &identity(id), &input.bytes);
    let work = cx.begin(Action::ReceiveContribution, Relation::Coalition).await?;
    keep(cx, work, id, &arriving, (key_id, sealed)).await
}

/// Refuses a plain file that is here already as what another organisation sent into the cycle: its cases would count twice.
async fn is_of_nobody_else(
    db: &impl ConnectionTrait,
    cycle: &Cycle,
    organisation: Uuid,
    hash: &str,
) -> Result<(), AppError> {
    let states = [ReceivedState::Waiting, ReceivedState::Current].map(ReceivedState::code);
    let same = received_contribution::Entity::find()
        .filter(received_contribution::Column::CycleId.eq(cycle.id))
        .filter(received_contribution::Column::OrganisationId.ne(organisation))
        .filter(received_contribution::Column::Sha256.eq(hash))
        .filter(received_contribution::Column::State.is_in(states))
        .one(db)
        .await?;
    let Some(same) = same else { return Ok(()) };
    let whose = organisation::Entity::find_by_id(same.organisation_id).one(db).await?;
    let name = whose.map(|row| row.name).unwrap_or_default();
    Err(AppError::Invalid(FieldErrors::of(
        "organisation",
        format!(
            "This very file is here already, as contribution no. {} of {name}: choose whose it is. If it is not theirs, take in \
             theirs first",
            same.number
        ),
    )))
}

/// A contribution that is to be kept.
struct Arriving {
    cycle: Uuid,
    organisation: Uuid,
    number: i32,
    signer: Option<String>,
    hash: String,
    n_bytes: usize,
}

/// What an organisation sent into a cycle, whatever became of it.
pub(super) async fn sent_before(
    db: &impl ConnectionTrait,
    cycle: Uuid,
    organisation: Uuid,
) -> Result<Vec<received_contribution::Model>, AppError> {
    Ok(received_contribution::Entity::find()
        .filter(received_contribution::Column::CycleId.eq(cycle))
        .filter(received_contribution::Column::OrganisationId.eq(organisation))
        .all(db)
        .await?)
}

/// The lowest number that the next one under a signing key, or without one, can have: higher than what counts and than what waits
/// under the same key, and nobody’s yet. What was refused, or waits under another key, is not asked: one high number would else
/// keep an organisation out.
pub(super) fn least_number(all: &[received_contribution::Model], signer: Option<&str>) -> i32 {
    let is_asked = |row: &&received_contribution::Model| {
        row.state == ReceivedState::Current.code()
            || (row.state == ReceivedState::Waiting.code() && row.signing_key.as_deref() == signer)
    };
    let last = all
        .iter()
        .filter(is_asked)
        .map(|row| row.number)
        .max()
        .unwrap_or_default();
    let is_free = |number: &i32| all.iter().all(|row| row.number != *number);
    (last.saturating_add(1)..=i32::MAX).find(is_free).unwrap_or(i32::MAX)
}

/// Refuses a number that is taken, or too low to come after what is here.
fn check_number(all: &[received_contribution::Model], arriving: &Arriving) -> Result<(), AppError> {
    let least = least_number(all, arriving.signer.as_deref());
    if arriving.number >= least && all.iter().all(|row| row.number != arriving.number) {
        return Ok(());
    }
    Err(AppError::Refused(format!(
        "it has the number {}, and that one or a later one is here already: number it {least} or higher and send it again. What \
         Rapporteur made is withdrawn for that, prepared and approved anew",
        arriving.number
    )))
}

/// Keeps it, and erases what it replaces, in one transaction; then destroys the keys of that.
async fn keep(
    cx: &Cx<'_>,
    work: Work,
    id: Uuid,
    arriving: &Arriving,
    (key, sealed): (Uuid, Vec<u8>),
) -> Result<Received, AppError> {
    let all = sent_before(&work.tx, arriving.cycle, arriving.organisation).await?;
    check_number(&all, arriving)?;
    let known = sender_key::Entity::find_by_id(arriving.organisation)
        .one(&work.tx)
        .await?;
    let counts = match (&arriving.signer, known) {
        // Of an organisation that signs, a file without a signature waits for a second look: anybody could have made it.
        (None, known) => known.is_none() && !all.iter().any(is_signed),
        (Some(signer), Some(known)) => known.public_key == *signer,
        (Some(_), None) => false,
    };
    let state = if counts {
        ReceivedState::Current
    } else {
        ReceivedState::Waiting
    };
    let replaced = before(all, arriving.number);
    let replaced = if counts {
        replaced
    } else {
        // Nothing of anybody else’s goes before a coordinator has said whose it is.
        let is_same = |row: &received_contribution::Model| {
            row.state == ReceivedState::Waiting.code() && row.signing_key == arriving.signer
        };
        replaced.into_iter().filter(is_same).collect()
    };
    let keys = end(cx, &work.tx, replaced, ReceivedState::Replaced).await?;
    received_contribution::ActiveModel {
        id: Set(id),
        cycle_id: Set(arriving.cycle),
        organisation_id: Set(arriving.organisation),
        number: Set(arriving.number),
        state: Set(state.code().to_owned()),
        signing_key: Set(arriving.signer.clone()),
        sha256: Set(arriving.hash.clone()),
        n_bytes: Set(i64::try_from(arriving.n_bytes).unwrap_or(i64::MAX)),
        person_key_id: Set(Some(key)),
        member_id: Set(cx.member()?.0),
        received_at: Set(cx.now.0),
        ended_at: Set(None),
    }
    .insert(&work.tx)
    .await?;
    received_file::ActiveModel {
        contribution_id: Set(id),
        sealed: Set(sealed),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "received_contribution", Some(id)).await?;
    key::person::erase(cx, COALITION, &keys).await?;
    super::find(cx, arriving.cycle.into(), ReceivedId(id)).await
}

/// Whether it came signed, and was not refused.
fn is_signed(row: &received_contribution::Model) -> bool {
    row.signing_key.is_some() && row.state != ReceivedState::Refused.code()
}

/// What a contribution of this number replaces once it counts: of lower numbers, the one that counted and those that wait.
pub(super) fn before(all: Vec<received_contribution::Model>, number: i32) -> Vec<received_contribution::Model> {
    let states = [ReceivedState::Waiting, ReceivedState::Current].map(ReceivedState::code);
    all.into_iter()
        .filter(|row| row.number < number && states.contains(&row.state.as_str()))
        .collect()
}

/// Ends contributions: their bytes go now, and their keys, which it gives, once the transaction is committed. What is cut off
/// between leaves keys that no record names; they are swept at start-up.
pub(super) async fn end(
    cx: &Cx<'_>,
    tx: &impl ConnectionTrait,
    rows: Vec<received_contribution::Model>,
    state: ReceivedState,
) -> Result<Vec<Uuid>, AppError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    received_file::Entity::delete_many()
        .filter(received_file::Column::ContributionId.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    received_contribution::Entity::update_many()
        .col_expr(received_contribution::Column::State, Expr::value(state.code()))
        .col_expr(received_contribution::Column::EndedAt, Expr::value(cx.now.0))
        .col_expr(received_contribution::Column::PersonKeyId, Expr::value(None::<Uuid>))
        .filter(received_contribution::Column::Id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(rows.into_iter().filter_map(|row| row.person_key_id).collect())
}
