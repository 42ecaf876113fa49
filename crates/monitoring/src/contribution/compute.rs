//! Computing: the current contributions of a cycle are opened in a coordinator's session, added up in memory, and what may
//! be shown of the sum is kept.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use access::key::{self, COALITION, person};
use bytes::Bytes;
use domain::cycle::CycleState;
use domain::ids::CycleId;
use domain::pack::Pack;
use domain::permission::{Action, Relation};
use domain::received::ReceivedState;
use measures::definition::Fault;
use measures::pool::{Measurement, Pooled};
use measures::read::Contents;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};
use statistics::linkage::row_clusters::RowClusters;
use store::envelope::Envelope;
use store::row::{case_computation, case_measurement, cycle, organisation, received_contribution, received_file};
use store::seal::{self, Confidential, SealKey};
use store::{AppError, Cx};
use uuid::Uuid;

use super::linked::{self, Linked};
use super::{contents, identity, newest};
use crate::{definition, gate};

/// What a computation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computed {
    /// Which of the cycle it is, from 1.
    pub number: i32,
    /// How many measures stay as they were shown before, because the new ones would tell of a few people, or of one organisation,
    /// beside them.
    pub n_held_back: usize,
    /// Contributions that do not fit the pack and are left out, as numbers of organisations' contributions.
    pub faulty: Vec<(Uuid, i32)>,
}

/// Computes every measure of the cycle's pack over the current contributions, and keeps what may be shown. Coordinators who
/// hold the coalition's key. The log names each contribution that was opened. Memory and time grow with the rows of the
/// largest contribution, and with their number.
///
/// `clusters` is what `rapporteur link --row-clusters` wrote: with it a person is counted once of whom several contributions
/// have a coded row, and the measures are computed again for each of its draws. All coded rows are then in memory at once.
/// Of the file nothing is kept: neither a row id nor the number of a cluster.
pub async fn compute(cx: &Cx<'_>, cycle: CycleId, clusters: Option<Bytes>) -> Result<Computed, AppError> {
    cx.permit(Action::ComputeMeasures, Relation::Coalition)?;
    let clusters = match clusters {
        Some(bytes) => Some(linked::read(bytes).await?),
        None => None,
    };
    let reader = cx.db.reader();
    let row = crate::cycle::row(reader, cycle).await?;
    crate::cycle::require(
        &row,
        &[CycleState::Opened, CycleState::Gathering, CycleState::Assessing],
    )?;
    let rows = current(reader, cycle).await?;
    if rows.is_empty() {
        return Err(AppError::Refused(
            "no contribution counts yet: organisations send theirs, and the fingerprint of a new sender is confirmed first"
                .to_owned(),
        ));
    }
    let pack = definition::of_cycle(cx.db.reader(), &row).await?;
    let (measured, faulty) = measured(cx, &rows, &pack, clusters).await?;
    let work = cx.begin(Action::ComputeMeasures, Relation::Coalition).await?;
    let ids = |rows: &[received_contribution::Model]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    if ids(&current(&work.tx, cycle).await?) != ids(&rows) {
        return Err(AppError::Refused(
            "a contribution came or was replaced meanwhile: compute again".to_owned(),
        ));
    }
    let used: Vec<Uuid> = ids(&rows)
        .into_iter()
        .filter(|id| !faulty.iter().any(|row| row.id == *id))
        .collect();
    let earlier = earlier(&work.tx, cycle).await?;
    let senders = senders(&work.tx).await?;
    // Beside what was shown of any measure: how many cases everything was computed of stands there too.
    let is_of_one = earlier.values().flatten().any(|one| {
        one.is_of_these_days && one.measurement.total.is_some() && tells_of_one(&one.rests_on, &used, &senders)
    });
    let number = newest(&work.tx, cycle).await?.map_or(0, |row| row.number) + 1;
    let computation = cx.ids.ordered();
    case_computation::ActiveModel {
        id: Set(computation),
        cycle_id: Set(cycle.0),
        number: Set(number),
        pack_version: Set(i32::try_from(pack.version).unwrap_or(i32::MAX)),
        threshold: Set(i32::try_from(pack.threshold).unwrap_or(i32::MAX)),
        rests_on: Set(serde_json::to_string(&used)?),
        left_out: Set(serde_json::to_string(&ids(&faulty))?),
        member_id: Set(cx.member()?.0),
        computed_at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    let chosen = chosen(measured, &earlier, cycle, &pack, is_of_one);
    for kept in &chosen.kept {
        case_measurement::ActiveModel {
            id: Set(cx.ids.ordered()),
            computation_id: Set(computation),
            measure: Set(kept.code.clone()),
            version: Set(i32::try_from(kept.version).unwrap_or(i32::MAX)),
            measurement: Set(serde_json::to_string(kept)?),
        }
        .insert(&work.tx)
        .await?;
    }
    work.finish(cx, "case_computation", Some(computation)).await?;
    Ok(Computed {
        number,
        n_held_back: chosen.n_held_back,
        faulty: faulty
            .into_iter()
            .map(|row| (row.organisation_id, row.number))
            .collect(),
    })
}

/// What is kept of a computation.
struct Chosen {
    /// In no order that matters. A measure that is not among them stays as this cycle showed it before.
    kept: Vec<Measurement>,
    n_held_back: usize,
}

/// What may be shown of new measures: beside whatever was shown of each before, and beside what else is shown of this computation.
/// `is_of_one`: whether the difference to what was shown before is one organisation's.
fn chosen(
    measured: Vec<Measurement>,
    earlier: &HashMap<String, Vec<Before>>,
    cycle: CycleId,
    pack: &Pack,
    is_of_one: bool,
) -> Chosen {
    // What this cycle showed of a measure last. The words of another version say something else: its figure cannot stay.
    let shown_here = |new: &Measurement| {
        let of_it = earlier.get(&new.code).into_iter().flatten();
        let here = of_it.filter(|one| one.cycle == cycle.0 && one.measurement.version == new.version);
        here.max_by_key(|one| one.number).map(|one| one.measurement.clone())
    };
    let mut chosen = Chosen {
        kept: Vec::new(),
        n_held_back: 0,
    };
    let (mut shown, mut waiting) = (Vec::new(), Vec::new());
    for new in measured {
        // By whichever version of its definition: the people are the same.
        let before: Vec<Measurement> = earlier
            .get(&new.code)
            .into_iter()
            .flatten()
            .map(|one| one.measurement.clone())
            .collect();
        let next = gate::succeed(new.clone(), &before, pack.threshold).filter(|_| !is_of_one);
        let stays = shown_here(&new);
        match (next, stays) {
            (Some(next), stays) => waiting.push((next, stays)),
            (None, Some(stays)) => {
                chosen.n_held_back += 1;
                shown.push(stays);
            }
            // Where nothing was shown nothing is, not even of how many cases it would be.
            (None, None) => {
                chosen.n_held_back += 1;
                chosen.kept.push(new.blank());
            }
        }
    }
    for (new, stays) in waiting {
        let is_given = new.total.is_some();
        let beside = gate::beside(new, &shown, pack);
        let is_withheld = is_given && beside.total.is_none();
        if let Some(stays) = stays.filter(|stays| is_withheld && stays.total.is_some()) {
            chosen.n_held_back += 1;
            shown.push(stays);
        } else {
            shown.push(beside.clone());
            chosen.kept.push(beside);
        }
    }
    chosen
}

/// The contributions that count, in a stable order.
async fn current(db: &impl ConnectionTrait, cycle: CycleId) -> Result<Vec<received_contribution::Model>, AppError> {
    let mut rows = received_contribution::Entity::find()
        .filter(received_contribution::Column::CycleId.eq(cycle.0))
        .filter(received_contribution::Column::State.eq(ReceivedState::Current.code()))
        .all(db)
        .await?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Opens contributions one after another and adds them up: each at once, or coded rows together, where links are given. Gives
/// those that do not fit the pack, too: of what is wrong with them nothing is said, because it would quote their rows.
async fn measured(
    cx: &Cx<'_>,
    rows: &[received_contribution::Model],
    pack: &Pack,
    clusters: Option<RowClusters>,
) -> Result<(Vec<Measurement>, Vec<received_contribution::Model>), AppError> {
    let opener = key::opener(cx, COALITION).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let disclosure = cx
        .disclose(
            Action::ComputeMeasures,
            Relation::Coalition,
            "received_contribution",
            &ids,
        )
        .await?;
    let (disclosure, whole) = (Arc::new(disclosure), Arc::new(pack.clone()));
    let mut faulty = Vec::new();
    let mut sum = Sum {
        pooled: Pooled::new(),
        linked: clusters.map(Linked::new),
        seen: HashSet::new(),
        is_repeated: false,
    };
    for row in rows {
        let lost = || AppError::NotFound("contribution");
        let key = person::open(cx.db, &opener, row.person_key_id.ok_or_else(lost)?).await?;
        let kept = received_file::Entity::find_by_id(row.id)
            .one(cx.db.reader())
            .await?
            .ok_or_else(lost)?;
        let opened = open(row, &key, kept.sealed)?;
        let (disclosure, pack_of) = (Arc::clone(&disclosure), Arc::clone(&whole));
        let added = tokio::task::spawn_blocking(move || {
            // What was opened is wiped when it is dropped, in here.
            let bytes = opened.reveal(&disclosure)?;
            let is_added =
                contents(&pack_of, bytes, "the contribution").is_ok_and(|read| sum.add(&pack_of, read).is_ok());
            Ok::<_, AppError>((sum, is_added))
        });
        let is_added;
        (sum, is_added) = added.await.map_err(|error| AppError::Internal(error.into()))??;
        if sum.is_repeated {
            return Err(repeated(cx, row).await?);
        }
        if !is_added {
            faulty.push(row.clone());
        }
    }
    let measured = tokio::task::spawn_blocking(move || sum.measured(&whole)).await;
    Ok((measured.map_err(|error| AppError::Internal(error.into()))??, faulty))
}

/// The refusal to count one case as two organisations'.
async fn repeated(cx: &Cx<'_>, row: &received_contribution::Model) -> Result<AppError, AppError> {
    let whose = organisation::Entity::find_by_id(row.organisation_id);
    let name = whose.one(cx.db.reader()).await?.map(|of| of.name).unwrap_or_default();
    Ok(AppError::Refused(format!(
        "rows of contribution no. {} of {name} stand in another organisation’s too, so one file was sent for both: nothing is \
         computed. Ask whose it is; the other sends its own in its place",
        row.number
    )))
}

/// What was added up so far.
struct Sum {
    pooled: Pooled,
    /// Coded rows that wait to be counted once.
    linked: Option<Linked>,
    /// The ids of all rows. They are random, so one that two organisations have is one case, sent for both.
    seen: HashSet<Uuid>,
    is_repeated: bool,
}

impl Sum {
    fn add(&mut self, pack: &Pack, read: Contents) -> Result<(), Vec<Fault>> {
        if let Contents::Rows(rows) = &read {
            self.is_repeated |= rows.ids().iter().any(|id| !self.seen.insert(*id));
        }
        match (&mut self.linked, read) {
            (Some(linked), Contents::Rows(rows)) => {
                linked.add(rows);
                Ok(())
            }
            (_, read) => self.pooled.take(pack, &read),
        }
    }

    fn measured(self, pack: &Pack) -> Result<Vec<Measurement>, AppError> {
        match self.linked {
            None => Ok(self.pooled.measurements(pack)),
            Some(linked) => linked.measured(pack, self.pooled),
        }
    }
}

/// A contribution in clear: as its sender sealed it, or as it was sealed here.
fn open(row: &received_contribution::Model, key: &SealKey, sealed: Vec<u8>) -> Result<Confidential<Vec<u8>>, AppError> {
    if row.signing_key.is_none() {
        return Ok(seal::file::open(key, &identity(row.id), &sealed)?);
    }
    let envelope = Envelope::read(sealed).map_err(|error| AppError::Internal(error.into()))?;
    Ok(envelope.open(key, row.id)?)
}

/// Whether whoever subtracts what was shown before from what is shown now has one organisation's figures: one alone came or went,
/// whatever others sent anew, which may be the same again; or nobody did, and one alone sent anew.
fn tells_of_one(before: &[Uuid], now: &[Uuid], senders: &HashMap<Uuid, Uuid>) -> bool {
    let of = |ids: &[Uuid]| -> HashMap<Uuid, Uuid> {
        let sent = ids.iter().filter_map(|id| Some((*senders.get(id)?, *id)));
        sent.collect()
    };
    let (before, now) = (of(before), of(now));
    let came = now.keys().filter(|sender| !before.contains_key(*sender)).count();
    let went = before.keys().filter(|sender| !now.contains_key(*sender)).count();
    let anew = now
        .iter()
        .filter(|(sender, id)| before.get(*sender).is_some_and(|old| old != *id));
    came + went == 1 || (came + went == 0 && anew.count() == 1)
}

/// Who sent each contribution, also those that were replaced.
async fn senders(tx: &impl ConnectionTrait) -> Result<HashMap<Uuid, Uuid>, AppError> {
    let rows: Vec<(Uuid, Uuid)> = received_contribution::Entity::find()
        .select_only()
        .columns([
            received_contribution::Column::Id,
            received_contribution::Column::OrganisationId,
        ])
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().collect())
}

/// A measure as it was shown before.
struct Before {
    /// In which cycle.
    cycle: Uuid,
    /// By which of its computations, from 1.
    number: i32,
    /// Whether that is about any of the same days.
    is_of_these_days: bool,
    /// The contributions that it was computed of.
    rests_on: Vec<Uuid>,
    /// What was shown.
    measurement: Measurement,
}

/// What was shown of each measure in this cycle, in those before it, and in every other that is about any of the same days: the
/// same cases count in them.
async fn earlier(tx: &impl ConnectionTrait, cycle: CycleId) -> Result<HashMap<String, Vec<Before>>, AppError> {
    let own = crate::cycle::row(tx, cycle).await?;
    let overlapping: HashSet<Uuid> = cycle::Entity::find()
        .filter(cycle::Column::PeriodStart.lte(own.period_end.as_str()))
        .filter(cycle::Column::PeriodEnd.gte(own.period_start.as_str()))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    let before = crate::cycle::lineage(tx, cycle).await?;
    let cycles: HashSet<Uuid> = before
        .iter()
        .map(|row| row.id)
        .chain(overlapping.iter().copied())
        .collect();
    let computations: HashMap<Uuid, case_computation::Model> = case_computation::Entity::find()
        .filter(case_computation::Column::CycleId.is_in(cycles))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let rows = case_measurement::Entity::find()
        .filter(case_measurement::Column::ComputationId.is_in(computations.keys().copied()))
        .all(tx)
        .await?;
    let mut found: HashMap<String, Vec<Before>> = HashMap::new();
    for row in rows {
        let Some(computation) = computations.get(&row.computation_id) else {
            continue;
        };
        found.entry(row.measure).or_default().push(Before {
            cycle: computation.cycle_id,
            number: computation.number,
            is_of_these_days: overlapping.contains(&computation.cycle_id),
            rests_on: serde_json::from_str(&computation.rests_on)?,
            measurement: serde_json::from_str(&row.measurement)?,
        });
    }
    Ok(found)
}
