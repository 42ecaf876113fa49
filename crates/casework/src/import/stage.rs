//! Staging a file, and saying how it is to be read.

use std::collections::BTreeSet;

use access::key;
use domain::permission::{Action, Relation};
use domain::series::ImportState;
use interchange::plan::Question;
use interchange::table::Table;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect,
};
use store::row::case_import;
use store::seal::SealKey;
use store::{AppError, Cx, FieldErrors, Work};
use uuid::Uuid;

use super::read::{self, Read, Setting};
use super::{
    Content, Fault, Import, Mapping, Plan, blank, blocking, file, file_place, find, mapping, others, plan_place, sheet,
    table, twin,
};

/// What an organisation may keep at once of files that it has not decided about. A file that stays undecided is destroyed
/// after a month ([`expire`](super::expire)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many files wait for a decision.
    pub files: u64,
    /// How many bytes everything that is kept of files has, sealed.
    pub bytes: u64,
}

/// What the program gives each organisation: room for the lists of a year, and none for a disk to be filled by mistake.
pub const QUOTA: Quota = Quota {
    files: 20,
    bytes: 200 * 1024 * 1024,
};

/// Keeps a file, sealed, and stages an import of it. One that cannot be read as a table is refused and not kept, as is one
/// beyond the organisation's [`QUOTA`]. Supervisors.
pub async fn stage(cx: &Cx<'_>, name: &str, bytes: Vec<u8>) -> Result<Uuid, AppError> {
    stage_within(cx, name, bytes, QUOTA).await
}

/// Refuses a file for which there is no room, and says how to make some.
async fn room(db: &impl ConnectionTrait, owner: Uuid, n_bytes: usize, quota: Quota) -> Result<(), AppError> {
    use case_import::Column as C;
    let kept = || {
        case_import::Entity::find()
            .filter(C::OrganisationId.eq(owner))
            .filter(C::SealedFile.is_not_null())
    };
    let refused = |words: String| Err(AppError::Invalid(FieldErrors::of("file", words)));
    let n = kept().filter(C::State.eq(ImportState::Staged.code())).count(db).await?;
    if n >= quota.files {
        return refused(format!(
            "{n} files of your organisation wait for a decision already, and more are not kept: open one under “Cases from \
             files”, take its rows or discard it, and send this one again"
        ));
    }
    let sizes = kept()
        .select_only()
        .expr_as(Expr::cust("coalesce(sum(length(sealed_file)), 0)"), "n_bytes")
        .into_tuple::<i64>()
        .one(db)
        .await?;
    let used = u64::try_from(sizes.unwrap_or(0)).unwrap_or(0);
    if used.saturating_add(n_bytes as u64) > quota.bytes {
        let mb = |bytes: u64| bytes.div_ceil(1024 * 1024);
        return refused(format!(
            "there is no room for it: {} MB of files are kept for your organisation, of {} MB. Open one under “Cases from \
             files” and discard it, or destroy the refused rows of one that was taken, and send this one again",
            mb(used),
            mb(quota.bytes)
        ));
    }
    Ok(())
}

pub(super) async fn stage_within(cx: &Cx<'_>, name: &str, bytes: Vec<u8>, quota: Quota) -> Result<Uuid, AppError> {
    cx.permit(Action::ImportCases, Relation::OwnOrganisation)?;
    if bytes.is_empty() {
        return Err(AppError::Invalid(FieldErrors::of(
            "file",
            "Choose the file to import; it must not be empty",
        )));
    }
    let owner = cx.organisation()?.0;
    room(cx.db.reader(), owner, bytes.len(), quota).await?;
    if let Err(fault) = table(bytes.clone(), name, &Plan::default()).await?
        && Question::of(&fault).is_none()
    {
        return Err(AppError::Invalid(FieldErrors::of("file", fault.to_string())));
    }
    // Whoever cannot open what they seal is told so before it is sealed.
    key::opener(cx, owner).await?;
    let (key_id, key) = key::person::make(cx, owner).await?;
    let id = cx.ids.random();
    let content = Content {
        name: name.to_owned(),
        ..Content::default()
    };
    let work = cx.begin(Action::ImportCases, Relation::OwnOrganisation).await?;
    // Asked once more: another file may have come while this one was read. The key made here is swept at the next start.
    room(&work.tx, owner, bytes.len(), quota).await?;
    case_import::ActiveModel {
        id: Set(id),
        organisation_id: Set(owner),
        member_id: Set(cx.member()?.0),
        person_key_id: Set(Some(key_id)),
        state: Set(ImportState::Staged.code().to_owned()),
        sealed_plan: Set(Some(key.seal(&plan_place(id), &serde_json::to_vec(&content)?))),
        sealed_file: Set(Some(store::seal::file::seal(&key, &file_place(id), &bytes))),
        tried_at: Set(None),
        at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "case_import", Some(id)).await?;
    Ok(id)
}

/// An import that still waits for a decision.
pub(super) async fn staged(cx: &Cx<'_>, id: Uuid) -> Result<Import, AppError> {
    let import = find(cx, id).await?;
    if import.state == ImportState::Staged {
        return Ok(import);
    }
    // The second click of one button finds what the first one did.
    drop(cx.begin(Action::ImportCases, Relation::OwnOrganisation).await?);
    Err(AppError::Refused(import.state.decided_already()))
}

/// Says how a staged file is to be read: sheet, row of headings, and, once those are clear, the mapping. With a mapping the
/// rows are checked, the faults kept, and the mapping remembered for files with the same headings.
pub async fn plan(cx: &Cx<'_>, id: Uuid, plan: Plan) -> Result<Uuid, AppError> {
    let import = staged(cx, id).await?;
    let (_, key, bytes) = file(cx, id).await?;
    let mut content = Content {
        name: import.content.name,
        plan,
        ..Content::default()
    };
    let table = match sheet(bytes, &content.name, &content.plan).await? {
        Ok(table) => Some(table),
        Err(fault) if Question::of(&fault).is_some() && content.plan.header_row.is_none() => None,
        Err(fault) => return Err(AppError::Invalid(FieldErrors::of("form", fault.to_string()))),
    };
    let mut said = None;
    if let Some(mapping) = content.plan.mapping.clone() {
        check_mapping(&mapping)?;
        let Some((table, faults)) = table else {
            return Err(AppError::Refused(
                "Say first which sheet and which row of headings to read".into(),
            ));
        };
        let headers = table.headers.clone();
        check(cx, (table, faults), &mapping, &mut content, false).await?;
        said = Some(mapping::remember(cx, &headers, &mapping).await?);
    }
    let work = cx.begin(Action::ImportCases, Relation::OwnOrganisation).await?;
    keep(&work, id, &key, &content).await?;
    if let Some(said) = said {
        mapping::keep(&work.tx, said).await?;
    }
    work.finish(cx, "case_import", Some(id)).await?;
    Ok(id)
}

/// Refuses a mapping in which something is missing; the fault names the question by its code.
pub fn check_mapping(mapping: &Mapping) -> Result<(), AppError> {
    let mut errors = FieldErrors::new();
    for code in mapping.unknown() {
        let column = mapping.columns.iter().find(|(_, held)| held.as_str() == code);
        let place = column
            .map(|(heading, _)| format!("Column “{heading}”: "))
            .unwrap_or_default();
        errors.add(
            "form",
            format!("{place}“{code}” is nothing that a column can hold. Pick one from the list, or leave it empty"),
        );
    }
    for target in mapping.stranded() {
        errors.add(
            "form",
            format!(
                "No column says which event a row is about, so this has no place: {}. Choose that column, or leave this one out",
                target.words()
            ),
        );
    }
    for target in mapping.unanswered() {
        errors.add(
            "form",
            format!(
                "What someone agreed to is not the same in every row. Choose the column that says what each person said, or leave \
                 this one out: {}",
                target.words()
            ),
        );
    }
    for target in mapping.missing() {
        errors.add(
            &format!("fixed_{}", target.code),
            format!(
                "Choose a column for it, or what is the same in every row: {}",
                target.words()
            ),
        );
    }
    let mut held: Vec<&String> = mapping.columns.values().collect();
    held.sort();
    for pair in held.windows(2).filter(|pair| pair[0] == pair[1]) {
        let target = super::target(pair[0]).filter(|target| !target.is_joined());
        if let Some(target) = target {
            errors.add("form", format!("Two columns cannot both hold this: {}", target.words()));
        }
    }
    errors.into_result()
}

/// Reads the rows of a table, looks for people who may be known already, and puts what was found into `content`.
pub(super) async fn check(
    cx: &Cx<'_>,
    (mut table, mut faults): (Table, Vec<Fault>),
    mapping: &Mapping,
    content: &mut Content,
    is_invented: bool,
) -> Result<Read, AppError> {
    let setting = Setting {
        by: cx.member()?.0,
        now: cx.now,
        is_invented,
    };
    faults.extend(blank::sums(&mut table));
    content.others = others::of(&table, mapping);
    content.notes = table.notes.iter().map(|note| note.0.clone()).collect();
    content.n_rows = table.rows.len() + n_rows(&faults);
    let mapping = mapping.clone();
    let (emptied, read) = blocking(move || {
        let emptied = blank::empty(&mut table, &mapping);
        (emptied, read::read(&table, &mapping, setting))
    })
    .await?;
    content.notes.extend(emptied);
    let mut read = read.map_err(|words| AppError::Invalid(FieldErrors::of("form", words)))?;
    read.faults.extend(faults);
    read.faults.sort_by_key(|fault| fault.row);
    let mut twins = twin::within(&read.cases);
    twins.extend(twin::among(cx, &read.cases).await?);
    twins.sort_by_key(|twin| (twin.row, twin.case));
    content.n_cases = read.cases.len();
    content.n_events = read.cases.iter().map(|found| found.new.events.len()).sum();
    content.faults.clone_from(&read.faults);
    content.disorder.clone_from(&read.disorder);
    content.n_refused = n_rows(&read.faults);
    content.twins = twins;
    Ok(read)
}

/// How many rows have a fault.
fn n_rows(faults: &[Fault]) -> usize {
    faults.iter().map(|fault| fault.row).collect::<BTreeSet<_>>().len()
}

/// Keeps what is known of a staged import.
pub(super) async fn keep(work: &Work, id: Uuid, key: &SealKey, content: &Content) -> Result<(), AppError> {
    let sealed = key.seal(&plan_place(id), &serde_json::to_vec(content)?);
    let changed = case_import::Entity::update_many()
        .col_expr(case_import::Column::SealedPlan, Expr::value(sealed))
        .filter(case_import::Column::Id.eq(id))
        .filter(case_import::Column::State.eq(ImportState::Staged.code()))
        .exec(&work.tx)
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(AppError::Conflict("import"))
    }
}
