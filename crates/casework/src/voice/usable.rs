//! Words that may be used now, of every case that the member asking may open: whoever writes a report, or looks at how the
//! help is given, finds here what people agreed to.

use std::cmp::Reverse;
use std::collections::HashMap;

use domain::casework::VoiceUse;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::row::{case_member, event, support_case, voice};
use store::{AppError, Cx};
use uuid::Uuid;

use super::Voice;
use crate::case;
use crate::part;

/// Cases that are read at once.
const CHUNK: usize = 500;

/// Words that may be used for something now. Who said them stands in their case alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usable {
    /// The case that they stand in.
    pub case: Uuid,
    /// Which words of it.
    pub id: Uuid,
    /// The words, with what they are about.
    pub voice: Voice,
    /// What they may be used for now; never empty.
    pub uses: Vec<VoiceUse>,
    /// Whether the case was invented for a demonstration.
    pub is_invented: bool,
}

/// Words that may be used for something now, of the cases that the member may open, closed ones too; the latest first. Each case
/// in which words were recorded is opened for it, and has its row in the log.
pub async fn usable(cx: &Cx<'_>) -> Result<Vec<Usable>, AppError> {
    let is_team = cx.actor.may(Action::ReadCase, Relation::OwnOrganisation);
    let relation = if is_team {
        Relation::OwnOrganisation
    } else {
        Relation::OwnAssignment
    };
    cx.permit(Action::ReadCase, relation)?;
    let (owner, me, db) = (cx.organisation()?.0, cx.member()?.0, cx.db.reader());
    // Asked of the database as a question within a question: there may be more cases than one statement takes ids.
    let with_words = Query::select()
        .column(voice::Column::CaseId)
        .from(voice::Entity)
        .to_owned();
    let mut asked = support_case::Entity::find()
        .filter(support_case::Column::OrganisationId.eq(owner))
        .filter(support_case::Column::Id.in_subquery(with_words));
    if !is_team {
        let mine = Query::select()
            .column(case_member::Column::CaseId)
            .from(case_member::Entity)
            .and_where(case_member::Column::MemberId.eq(me))
            .to_owned();
        asked = asked.filter(support_case::Column::Id.in_subquery(mine));
    }
    let rows = asked.all(db).await?;
    // Where nothing was recorded, nothing is opened, and nobody is told that they lack a key.
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let cases = case::unseal_rows(cx, owner, rows, (Action::ReadCase, relation)).await?;
    let mut all = Vec::new();
    for cases in cases.chunks(CHUNK) {
        let mut voices = part::of_many::<Voice>(db, cases).await?;
        let events = event::Entity::find()
            .filter(event::Column::CaseId.is_in(cases.iter().map(|of| of.row.id)))
            .all(db)
            .await?;
        let mut by_case: HashMap<Uuid, Vec<event::Model>> = HashMap::new();
        for row in events {
            by_case.entry(row.case_id).or_default().push(row);
        }
        for of in cases {
            let id = of.row.id;
            let history = case::history_of(of, &by_case.remove(&id).unwrap_or_default())?;
            for kept in voices.remove(&id).unwrap_or_default() {
                let uses = kept.sheet.allowed(&history);
                if !uses.is_empty() {
                    all.push(Usable {
                        case: id,
                        id: kept.id,
                        voice: kept.sheet,
                        uses,
                        is_invented: of.row.is_invented,
                    });
                }
            }
        }
    }
    all.sort_by_key(|one| (Reverse(one.voice.on), one.id));
    Ok(all)
}
