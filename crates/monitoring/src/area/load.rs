//! Loading areas from a file: all of it, or nothing and the list of faults.

use std::collections::{BTreeMap, HashMap};

use domain::area::AreaKind;
use domain::fold::fold;
use domain::permission::{Action, Relation};
use interchange::area::{Area, Field, Mapping};
use interchange::date::Dated;
use interchange::mapping::{Field as _, Origin};
use interchange::table::{self, Choice, Limits};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::row::{area, area_name};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// What a load changed. A second load of the same rows changes nothing and says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Areas that are new.
    pub n_added: usize,
    /// Areas that were known and now say something else.
    pub n_changed: usize,
    /// Areas that were known as they are.
    pub n_known: usize,
}

/// Most faults named at once.
const MOST_FAULTS: usize = 50;

/// Loads a file of areas. Where any row has a fault nothing is loaded; the answer names every fault,
/// up to fifty, with its row and column.
pub async fn load_file(cx: &Cx<'_>, name: &str, bytes: &[u8]) -> Result<Loaded, AppError> {
    cx.permit(Action::LoadAreas, Relation::Coalition)?;
    let whole = |fault: interchange::Fault| AppError::Invalid(FieldErrors::of("file", fault.to_string()));
    let table = table::read(bytes, name, &Choice::default(), &Limits::default()).map_err(whole)?;
    interchange::personal::refuse(&table.headers).map_err(whole)?;
    let mut mapping = Mapping::guess(&table.headers);
    let last_day = table
        .headers
        .iter()
        .find(|heading| heading.eq_ignore_ascii_case("valid_until"));
    if let (false, Some(heading)) = (mapping.has(Field::ValidTo), last_day) {
        mapping.set(Field::ValidTo, Origin::Column(heading.clone()));
    }
    if let Some(missing) = Field::missing(&mapping) {
        let words = format!(
            "{missing} The file needs the columns code, name and kind; parent, valid_from, valid_to and successor may be there."
        );
        return Err(AppError::Invalid(FieldErrors::of("file", words)));
    }
    let read = interchange::area::read(&table, &mapping).map_err(whole)?;
    if !read.faults.is_empty() {
        let mut errors = FieldErrors::new();
        for fault in read.faults.iter().take(MOST_FAULTS) {
            errors.add(
                "file",
                format!(
                    "Row {}, column “{}”, “{}”: {} {}",
                    fault.row, fault.column, fault.value, fault.message, fault.remedy
                ),
            );
        }
        return Err(AppError::Invalid(errors));
    }
    load(cx, read.good).await
}

/// One area with all its names.
struct Entry<'r> {
    row: u32,
    kind: AreaKind,
    parent: Option<&'r str>,
    successor: Option<&'r str>,
    names: Vec<&'r Area>,
}

/// Loads areas, in one transaction. Rows of one code are names of one area; the last row that names a
/// parent or a successor counts. Coordinators.
pub async fn load(cx: &Cx<'_>, rows: Vec<Area>) -> Result<Loaded, AppError> {
    use area_name::Column as C;

    let entries = entries(&rows)?;
    let work = cx.begin(Action::LoadAreas, Relation::Coalition).await?;
    let known: HashMap<String, area::Model> = area::Entity::find()
        .all(&work.tx)
        .await?
        .into_iter()
        .map(|area| (area.code.clone(), area))
        .collect();
    let mut known_names: HashMap<Uuid, Vec<area_name::Model>> = HashMap::new();
    for name in area_name::Entity::find().all(&work.tx).await? {
        known_names.entry(name.area_id).or_default().push(name);
    }
    let ids: HashMap<&str, Uuid> = entries
        .keys()
        .map(|code| (*code, known.get(*code).map_or_else(|| cx.ids.ordered(), |area| area.id)))
        .collect();
    let find = |code: &str| ids.get(code).copied().or_else(|| known.get(code).map(|area| area.id));

    let mut errors = FieldErrors::new();
    for entry in entries.values() {
        for (what, code) in [("parent", entry.parent), ("successor", entry.successor)] {
            if let Some(code) = code.filter(|code| find(code).is_none()) {
                errors.add("file", format!("Row {}, column “{what}”: no area has the code “{code}”. Add a row for it, or correct the code.", entry.row));
            }
        }
    }
    errors.into_result()?;

    // First the areas alone, then what they say of one another: a file may name a parent after its parts.
    let mut loaded = Loaded::default();
    for (code, entry) in &entries {
        if !known.contains_key(*code) {
            let new = area::ActiveModel {
                id: Set(ids[code]),
                code: Set((*code).to_owned()),
                kind: Set(entry.kind.code().to_owned()),
                parent_id: Set(None),
                successor_id: Set(None),
            };
            new.insert(&work.tx).await?;
        }
    }
    for (code, entry) in &entries {
        let id = ids[code];
        let (parent_id, successor_id) = (entry.parent.and_then(find), entry.successor.and_then(find));
        let kind = entry.kind.code().to_owned();
        let wanted = area::Model {
            id,
            code: (*code).to_owned(),
            kind,
            parent_id,
            successor_id,
        };
        let before = known.get(*code);
        let mut is_changed = before.is_some_and(|area| *area != wanted);
        if before != Some(&wanted) {
            let area::Model {
                kind,
                parent_id,
                successor_id,
                ..
            } = wanted;
            area::ActiveModel {
                id: Set(id),
                kind: Set(kind),
                parent_id: Set(parent_id),
                successor_id: Set(successor_id),
                ..Default::default()
            }
            .update(&work.tx)
            .await?;
        }
        for row in &entry.names {
            let day = |dated: Option<Dated>| dated.map(|dated| dated.date.to_string());
            let name = area_name::Model {
                area_id: id,
                name: row.name.clone(),
                name_folded: fold(&row.name),
                from_on: day(row.valid_from).unwrap_or_default(),
                until_on: day(row.valid_to),
            };
            if known_names.get(&id).is_some_and(|names| names.contains(&name)) {
                continue;
            }
            is_changed = before.is_some();
            area_name::Entity::insert(area_name::ActiveModel {
                area_id: Set(name.area_id),
                name: Set(name.name),
                name_folded: Set(name.name_folded),
                from_on: Set(name.from_on),
                until_on: Set(name.until_on),
            })
            .on_conflict(
                OnConflict::columns([C::AreaId, C::FromOn])
                    .update_columns([C::Name, C::NameFolded, C::UntilOn])
                    .to_owned(),
            )
            .exec_without_returning(&work.tx)
            .await?;
        }
        match (before.is_none(), is_changed) {
            (true, _) => loaded.n_added += 1,
            (false, true) => loaded.n_changed += 1,
            (false, false) => loaded.n_known += 1,
        }
    }
    work.finish(cx, "area", None).await?;
    Ok(loaded)
}

/// Rows by code, with kinds that are known.
fn entries(rows: &[Area]) -> Result<BTreeMap<&str, Entry<'_>>, AppError> {
    let mut errors = FieldErrors::new();
    let mut entries: BTreeMap<&str, Entry<'_>> = BTreeMap::new();
    for row in rows {
        let kind = match AreaKind::parse(row.kind.trim().to_lowercase().as_str()) {
            Ok(kind) => kind,
            Err(unknown) => {
                errors.add("file", format!("Row {}, column “kind”: {unknown}", row.row));
                continue;
            }
        };
        let entry = entries.entry(&row.code).or_insert(Entry {
            row: row.row,
            kind,
            parent: None,
            successor: None,
            names: Vec::new(),
        });
        if entry.kind != kind {
            errors.add(
                "file",
                format!(
                    "Row {}, column “kind”: row {} gives “{}” another kind. An area has one kind.",
                    row.row, entry.row, row.code
                ),
            );
        }
        entry.parent = row.parent.as_deref().or(entry.parent);
        entry.successor = row.successor.as_deref().or(entry.successor);
        entry.names.push(row);
    }
    errors.into_result()?;
    Ok(entries)
}
