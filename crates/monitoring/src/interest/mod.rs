//! Interests: what an organisation or an assessor declares. A conflicted assessor is barred, and
//! every declaration is printed.

use std::collections::HashMap;

use domain::assessment::InterestKind;
use domain::ids::{BodyId, MemberId, ProvisionId};
use domain::permission::{Action, Relation};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use store::row::interest::{ActiveModel, Column, Entity, Model};
use store::row::{body, member, organisation, provision, recommendation, recommendation_provision};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// Declarations on one page of the list.
const PAGE: u64 = 50;

/// A declaration.
#[derive(Debug, Clone, Default)]
pub struct Declare {
    /// Whether it is the member's own; otherwise the whole organisation declares it.
    pub is_personal: bool,
    /// Code of the kind.
    pub kind: String,
    /// The body it concerns, if any.
    pub body: Option<BodyId>,
    /// The provision it concerns, if any.
    pub provision: Option<ProvisionId>,
    /// In the declarer's own words; printed.
    pub words: String,
    /// Whether it bars from assessing what it concerns.
    pub bars: bool,
}

/// Declares an interest for oneself or one's organisation. Anyone but an observer.
pub async fn declare(cx: &Cx<'_>, input: Declare) -> Result<Uuid, AppError> {
    let mut errors = FieldErrors::new();
    errors.code(
        "kind",
        InterestKind::parse(&input.kind),
        "Choose what kind of interest it is",
    );
    let words = errors.required("words", &input.words, "Say what the interest is: it is printed");
    if input.body.is_none() && input.provision.is_none() {
        errors.add("body", "Choose the body or the provision it concerns");
    }
    errors.into_result()?;
    let (organisation, member) = (cx.organisation()?, cx.member()?);
    let work = cx.begin(Action::DeclareInterest, Relation::OwnOrganisation).await?;
    if let Some(id) = input.body
        && body::Entity::find_by_id(id.0).one(&work.tx).await?.is_none()
    {
        return Err(AppError::Invalid(FieldErrors::of(
            "body",
            "Choose a body of the register",
        )));
    }
    if let Some(id) = input.provision
        && provision::Entity::find_by_id(id.0).one(&work.tx).await?.is_none()
    {
        return Err(AppError::Invalid(FieldErrors::of(
            "provision",
            "Choose a provision of a standard",
        )));
    }
    let id = cx.ids.ordered();
    ActiveModel {
        id: Set(id),
        organisation_id: Set(organisation.0),
        member_id: Set(input.is_personal.then_some(member.0)),
        kind: Set(input.kind),
        body_id: Set(input.body.map(Uuid::from)),
        provision_id: Set(input.provision.map(Uuid::from)),
        words: Set(words),
        bars: Set(input.bars),
        declared_at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "interest", Some(id)).await?;
    Ok(id)
}

/// Every declaration, newest first.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Model>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    Ok(Entity::find()
        .order_by_desc(Column::DeclaredAt)
        .all(cx.db.reader())
        .await?)
}

/// A declaration with the names it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The declaration.
    pub row: Model,
    /// The organisation that declares it, or whose member does.
    pub organisation: String,
    /// The member, where it is their own.
    pub member: Option<String>,
    /// The body it concerns, if any.
    pub body: Option<String>,
    /// The provision it concerns, if any: number and title.
    pub provision: Option<(String, String)>,
}

/// A page of declarations with their names, newest first, and the number of the last page. At most
/// six queries.
pub async fn lines(cx: &Cx<'_>, page: u64) -> Result<(Vec<Line>, u64), AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let pages = Entity::find()
        .order_by_desc(Column::DeclaredAt)
        .order_by_desc(Column::Id)
        .paginate(db, PAGE);
    let last = pages.num_pages().await?.max(1);
    let rows = pages.fetch_page(page.clamp(1, last) - 1).await?;
    let organisations: HashMap<Uuid, String> = organisation::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let members = member::Entity::find()
        .filter(member::Column::Id.is_in(rows.iter().filter_map(|row| row.member_id)))
        .all(db)
        .await?;
    let members: HashMap<Uuid, String> = members.into_iter().map(|row| (row.id, row.name)).collect();
    let bodies = body::Entity::find()
        .filter(body::Column::Id.is_in(rows.iter().filter_map(|row| row.body_id)))
        .all(db)
        .await?;
    let bodies: HashMap<Uuid, String> = bodies.into_iter().map(|row| (row.id, row.name)).collect();
    let provisions = provision::Entity::find()
        .filter(provision::Column::Id.is_in(rows.iter().filter_map(|row| row.provision_id)))
        .all(db)
        .await?;
    let provisions: HashMap<Uuid, (String, String)> = provisions
        .into_iter()
        .map(|row| (row.id, (row.number, row.title)))
        .collect();
    let lines = rows
        .into_iter()
        .map(|row| Line {
            organisation: organisations.get(&row.organisation_id).cloned().unwrap_or_default(),
            member: row.member_id.and_then(|id| members.get(&id).cloned()),
            body: row.body_id.and_then(|id| bodies.get(&id).cloned()),
            provision: row.provision_id.and_then(|id| provisions.get(&id).cloned()),
            row,
        })
        .collect();
    Ok((lines, last))
}

/// The words of the declaration that bars a member from rating a provision, if there is one: their
/// own or their organisation's, about that provision or about a body to which recommendations on
/// it are addressed.
pub(crate) async fn bars(
    db: &impl ConnectionTrait,
    member: &member::Model,
    provision: ProvisionId,
) -> Result<Option<String>, AppError> {
    let declared = Entity::find()
        .filter(Column::OrganisationId.eq(member.organisation_id))
        .filter(
            Condition::any()
                .add(Column::MemberId.is_null())
                .add(Column::MemberId.eq(member.id)),
        )
        .filter(Column::Bars.eq(true))
        .all(db)
        .await?;
    if let Some(found) = declared.iter().find(|row| row.provision_id == Some(provision.0)) {
        return Ok(Some(found.words.clone()));
    }
    if declared.iter().all(|row| row.body_id.is_none()) {
        return Ok(None);
    }
    let linked = recommendation_provision::Entity::find()
        .filter(recommendation_provision::Column::ProvisionId.eq(provision.0))
        .all(db)
        .await?;
    let bodies: Vec<Uuid> = recommendation::Entity::find()
        .filter(recommendation::Column::Id.is_in(linked.iter().map(|row| row.recommendation_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.body_id)
        .collect();
    Ok(declared
        .into_iter()
        .find(|row| row.provision_id.is_none() && row.body_id.is_some_and(|body| bodies.contains(&body)))
        .map(|row| row.words))
}

/// Who declared it, for lists: the member's id where it is personal.
pub fn declarer(row: &Model) -> Option<MemberId> {
    row.member_id.map(MemberId)
}
