//! The form that records an item and amends it: one page for both.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::evidence::{Credibility, EvidenceKind, Form as Exploitation, Group, Handling, Quoting, Reliability};
use domain::ids::{EvidenceId, FileId};
use monitoring::evidence::{self, Amend, Item, Passage, Record};
use monitoring::personal;
use store::{AppError, FieldErrors};

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::upload::Upload;

/// Passages that may be typed at once beyond those an item has.
const BLANK_PASSAGES: usize = 3;
/// The most passages a form is read for.
const MOST_PASSAGES: usize = 200;
/// Files that passages can name before they are sent.
const NEW_FILES: [(&str, &str); 3] = [
    ("new-1", "First file chosen above"),
    ("new-2", "Second file chosen above"),
    ("new-3", "Third file chosen above"),
];

type Options = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "evidence/form.html")]
struct Editor {
    page: Page,
    form: Form,
    lists: Lists,
    chosen: Chosen,
    /// Where the form is sent.
    action: String,
    /// The revision being amended; `None` where an item is recorded.
    revision: Option<i32>,
    /// Answers that differ from what someone else stored meanwhile: (caption, stored, typed).
    differs: Vec<(&'static str, String, String)>,
}

/// The boxes that are ticked.
struct Chosen {
    provisions: Vec<String>,
    forms: Vec<String>,
    groups: Vec<String>,
    areas: Vec<String>,
    named: Vec<String>,
    drop_files: Vec<String>,
}

impl Chosen {
    fn of(values: &Values) -> Self {
        Self {
            provisions: values.all("provisions"),
            forms: values.all("forms"),
            groups: values.all("groups"),
            areas: values.all("areas"),
            named: values.all("named"),
            drop_files: values.all("drop_files"),
        }
    }
}

/// Boxes that fold away under a title.
struct Fold {
    title: String,
    options: Options,
    n_chosen: usize,
}

impl Fold {
    /// Adds an option to the last fold, or to a new one where the title changes.
    fn add(folds: &mut Vec<Self>, title: &str, (code, words): (String, String), chosen: &[String]) {
        if folds.last().is_none_or(|fold| fold.title != title) {
            folds.push(Self {
                title: title.to_owned(),
                options: Vec::new(),
                n_chosen: 0,
            });
        }
        if let Some(fold) = folds.last_mut() {
            fold.n_chosen += usize::from(chosen.contains(&code));
            fold.options.push((code, words));
        }
    }
}

/// What the form offers to choose from.
struct Lists {
    /// Provisions, chapter by chapter of every standard.
    chapters: Vec<Fold>,
    /// Areas, kind by kind.
    areas: Vec<Fold>,
    /// The other organisations.
    organisations: Options,
    /// Files that the item has: (id, name).
    files: Options,
    /// Files a passage can name.
    places: Options,
    /// The passages shown.
    passages: Vec<PassageFields>,
}

/// The names of one passage's fields.
struct PassageFields {
    file: String,
    page: String,
    quote: String,
}

impl PassageFields {
    fn new(n: usize) -> Self {
        Self {
            file: format!("file_{n}"),
            page: format!("page_{n}"),
            quote: format!("quote_{n}"),
        }
    }
}

impl Lists {
    async fn read(visitor: &Visitor, values: &Values, item: Option<&Item>) -> Result<Self, AppError> {
        let cx = visitor.cx();
        let chosen = values.all("provisions");
        let mut chapters = Vec::new();
        for (standard, rows) in evidence::provision_choices(&cx).await? {
            for row in rows {
                let title = match row.chapter.as_str() {
                    "" => standard.short_title.clone(),
                    number => format!("{}, chapter {number}: {}", standard.short_title, row.chapter_title),
                };
                let option = (row.id.to_string(), format!("{} {}", row.number, row.title));
                Fold::add(&mut chapters, &title, option, &chosen);
            }
        }
        let chosen = values.all("areas");
        let mut areas = Vec::new();
        for area in evidence::areas(cx.db.reader()).await? {
            Fold::add(&mut areas, area.kind.words(), (area.code, area.name), &chosen);
        }
        let own = cx.actor.organisation;
        let organisations = access::organisation::list(&cx)
            .await?
            .into_iter()
            .filter(|row| own.is_none_or(|own| own.0 != row.id))
            .map(|row| (row.id.to_string(), row.name))
            .collect();
        let files: Options = item
            .iter()
            .flat_map(|item| &item.files)
            .map(|file| (file.id.to_string(), file.name.clone()))
            .collect();
        let added = NEW_FILES.map(|(code, words)| (code.to_owned(), words.to_owned()));
        let places = files.iter().cloned().chain(added).collect();
        let n_passages = item.map_or(0, |item| item.passages.len()) + BLANK_PASSAGES;
        let n_passages = n_passages.max(n_typed(values));
        Ok(Self {
            chapters,
            areas,
            organisations,
            files,
            places,
            passages: (1..=n_passages).map(PassageFields::new).collect(),
        })
    }

    /// The words of chosen codes, for showing two versions side by side.
    fn words(&self, field: &str, code: &str) -> String {
        let said = match field {
            "kind" => EvidenceKind::parse(code).map(EvidenceKind::words),
            "reliability" => Reliability::parse(code).map(Reliability::words),
            "credibility" => Credibility::parse(code).map(Credibility::words),
            "handling" => Handling::parse(code).map(Handling::words),
            "quoting" => Quoting::parse(code).map(Quoting::words),
            "forms" => Exploitation::parse(code).map(Exploitation::words),
            "groups" => Group::parse(code).map(Group::words),
            _ => Ok(""),
        };
        let lists = [&self.organisations, &self.places];
        let listed = || {
            let options = self
                .chapters
                .iter()
                .chain(&self.areas)
                .map(|fold| &fold.options)
                .chain(lists);
            options
                .flatten()
                .find(|(known, _)| known == code)
                .map(|(_, words)| words.clone())
        };
        match said {
            Ok("") | Err(_) => listed().unwrap_or_else(|| code.to_owned()),
            Ok(words) => words.to_owned(),
        }
    }
}

impl Editor {
    fn verb(&self) -> &'static str {
        if self.revision.is_some() {
            "Save the changes"
        } else {
            "Record the item"
        }
    }
}

/// How many passages a form holds.
fn n_typed(values: &Values) -> usize {
    (1..=MOST_PASSAGES)
        .rev()
        .find(|n| !values.get(&format!("quote_{n}")).trim().is_empty())
        .unwrap_or(0)
}

fn frame(visitor: &Visitor, item: Option<&Item>) -> Page {
    let title = if item.is_some() {
        "Amend evidence"
    } else {
        "Record evidence"
    };
    let page = Page::new(visitor, title)
        .within("/evidence")
        .under("/evidence", "Evidence");
    match item {
        Some(item) => page.under(format!("/evidence/{}", item.row.id), item.row.title.clone()),
        None => page,
    }
}

/// The page: for a new item, or for one that exists.
async fn editor(visitor: &Visitor, form: Form, item: Option<&Item>) -> Result<Editor, AppError> {
    Ok(Editor {
        page: frame(visitor, item),
        lists: Lists::read(visitor, &form.values, item).await?,
        chosen: Chosen::of(&form.values),
        form,
        action: item.map_or_else(
            || "/evidence/new".to_owned(),
            |item| format!("/evidence/{}/amend", item.row.id),
        ),
        revision: item.map(|item| item.row.revision),
        differs: Vec::new(),
    })
}

pub(super) async fn open(RawQuery(query): RawQuery, visitor: Visitor) -> Result<Response, WebError> {
    let asked = Values::parse(query.as_deref().unwrap_or_default());
    let mut values = Values::default();
    values.set("derived_from", asked.get("derived_from"));
    for provision in asked.all("provision") {
        values.add("provisions", provision);
    }
    let form = Form::open(&visitor, values).await?;
    page(&editor(&visitor, form, None).await?)
}

pub(super) async fn reopen(Path(id): Path<EvidenceId>, visitor: Visitor) -> Result<Response, WebError> {
    let item = amendable(&visitor, id).await?;
    let form = Form::open(&visitor, stored(&item)).await?;
    let revision = form.opened_on(item.row.revision);
    let mut editor = editor(&visitor, form, Some(&item)).await?;
    editor.revision = Some(revision);
    page(&editor)
}

/// An item that this visitor may amend.
async fn amendable(visitor: &Visitor, id: EvidenceId) -> Result<Item, WebError> {
    let item = evidence::find(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    if item.may_amend {
        return Ok(item);
    }
    Err(WebError::of(
        visitor,
        AppError::Forbidden("Amend evidence that another organisation recorded"),
    ))
}

/// What is stored, as the form would have been filled in.
fn stored(item: &Item) -> Values {
    let mut values = Values::default();
    let row = &item.row;
    for (field, value) in [
        ("title", &row.title),
        ("kind", &row.kind),
        ("summary", &row.summary),
        ("origin", &row.origin),
        ("publisher", &row.publisher),
        ("source_url", &row.source_url),
        ("reliability", &row.reliability),
        ("credibility", &row.credibility),
        ("handling", &row.handling),
        ("quoting", &row.quoting),
    ] {
        values.set(field, value);
    }
    values.set("of_revision", row.revision.to_string());
    values.set("identifies_person", "no");
    values.set(
        "derived_from",
        row.derived_from_id.map(|id| id.to_string()).unwrap_or_default(),
    );
    values.set_day("effective_on", &row.effective_on);
    for (provision, _) in &item.provisions {
        values.add("provisions", provision.id.to_string());
    }
    for form in &item.forms {
        values.add("forms", form.code());
    }
    for group in &item.groups {
        values.add("groups", group.code());
    }
    for (code, _) in &item.areas {
        values.add("areas", code);
    }
    for other in &item.named {
        values.add("named", other.id.to_string());
    }
    for (n, passage) in (1..).zip(&item.passages) {
        values.set(
            &format!("file_{n}"),
            passage.file_id.map(|id| id.to_string()).unwrap_or_default(),
        );
        values.set(&format!("page_{n}"), &passage.page);
        values.set(&format!("quote_{n}"), &passage.quote);
    }
    values
}

/// The input of the commands. `kept` are the files that the item keeps, in order.
fn input(upload: &Upload, kept: &[String]) -> Record {
    let values = &upload.posted.values;
    let get = |field: &str| values.get(field).to_owned();
    let place = |code: &str| match code {
        "" => None,
        code => Some(match code.strip_prefix("new-").and_then(|n| n.parse::<usize>().ok()) {
            Some(n) => kept.len() + n.saturating_sub(1),
            // A file that is taken away is in no place at all, and the command says so.
            None => kept.iter().position(|id| id == code).unwrap_or(usize::MAX),
        }),
    };
    Record {
        kind: get("kind"),
        title: get("title"),
        summary: get("summary"),
        origin: get("origin"),
        publisher: get("publisher"),
        derived_from: item_id(values.get("derived_from")).and_then(Result::ok),
        source_url: get("source_url"),
        effective_on: values.day("effective_on"),
        reliability: get("reliability"),
        credibility: get("credibility"),
        handling: get("handling"),
        named: values.all("named").iter().filter_map(|id| id.parse().ok()).collect(),
        quoting: get("quoting"),
        identifies_person: match values.get("identifies_person") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        provisions: values
            .all("provisions")
            .iter()
            .filter_map(|id| id.parse().ok())
            .collect(),
        forms: values.all("forms"),
        groups: values.all("groups"),
        areas: values.all("areas"),
        files: upload
            .files
            .iter()
            .filter(|file| file.field == "files")
            .map(|file| evidence::Upload {
                name: file.name.clone(),
                media_type: file.media_type.clone(),
                bytes: file.bytes.clone(),
            })
            .collect(),
        passages: (1..=n_typed(values).max(BLANK_PASSAGES))
            .map(|n| Passage {
                file: place(values.get(&format!("file_{n}"))),
                page: get(&format!("page_{n}")),
                quote: get(&format!("quote_{n}")),
            })
            .collect(),
        is_invented: upload.posted.visitor.app.settings.is_demo,
    }
}

/// The id in what was typed: an id, or the address of an item's page. `None` when nothing was.
fn item_id(typed: &str) -> Option<Result<EvidenceId, uuid::Error>> {
    let typed = typed.trim().trim_end_matches('/');
    let id = typed.rsplit('/').next().unwrap_or_default();
    (!typed.is_empty()).then(|| id.parse())
}

/// Faults that only the form knows: an address that is none.
fn own_faults(values: &Values) -> Result<(), AppError> {
    match item_id(values.get("derived_from")) {
        Some(Err(_)) => {
            let words = "Paste the address of the other item’s page, or leave this empty";
            Err(AppError::Invalid(FieldErrors::of("derived_from", words)))
        }
        _ => Ok(()),
    }
}

pub(super) async fn record(upload: Upload) -> Result<Response, WebError> {
    if upload.posted.values.get("identifies_person") == "yes" {
        return seal(upload).await;
    }
    let answer = match own_faults(&upload.posted.values) {
        Ok(()) => evidence::record(&upload.posted.cx(), input(&upload, &[])).await,
        Err(fault) => Err(fault),
    };
    let posted = upload.posted;
    let visitor = posted.visitor.clone();
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/evidence/{id}")).into_response())
        }
        Outcome::Again(errors) => again(&editor(&visitor, posted.again(errors), None).await?),
    }
}

/// What identifies a person is sealed as it arrives, and is no item of evidence until its redacted copy is.
async fn seal(upload: Upload) -> Result<Response, WebError> {
    let same_person = item_id(upload.posted.values.get("same_person")).and_then(Result::ok);
    let answer = match own_faults(&upload.posted.values) {
        Ok(()) => personal::record(&upload.posted.cx(), input(&upload, &[]), same_person.map(|id| id.0)).await,
        Err(fault) => Err(fault),
    };
    let posted = upload.posted;
    let visitor = posted.visitor.clone();
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/personal/{id}")).into_response())
        }
        Outcome::Again(errors) => again(&editor(&visitor, posted.again(errors), None).await?),
    }
}

pub(super) async fn amend(Path(id): Path<EvidenceId>, upload: Upload) -> Result<Response, WebError> {
    let visitor = upload.posted.visitor.clone();
    let item = amendable(&visitor, id).await?;
    let dropped = upload.posted.values.all("drop_files");
    let kept: Vec<String> = item
        .files
        .iter()
        .map(|file| file.id.to_string())
        .filter(|id| !dropped.contains(id))
        .collect();
    let change = Amend {
        id,
        revision: upload.posted.revision(),
        record: input(&upload, &kept),
        drop_files: dropped.iter().filter_map(|id| id.parse::<FileId>().ok()).collect(),
    };
    let answer = match own_faults(&upload.posted.values) {
        Ok(()) => evidence::amend(&upload.posted.cx(), change).await,
        Err(fault) => Err(fault),
    };
    let posted = upload.posted;
    if matches!(answer, Err(AppError::Conflict(_))) {
        return both_versions(&visitor, posted, id).await;
    }
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/evidence/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let revision = posted.revision();
            let mut editor = editor(&visitor, posted.again(errors), Some(&item)).await?;
            // Still the revision that was read: a change since then must not be missed the second time.
            editor.revision = Some(revision);
            again(&editor)
        }
    }
}

/// Someone else changed the item meanwhile: shows what is stored beside what was typed. Sending the
/// form again, with both in view, stores what was typed.
async fn both_versions(visitor: &Visitor, posted: Posted, id: EvidenceId) -> Result<Response, WebError> {
    let item = amendable(visitor, id).await?;
    let words =
        "Someone else changed this item while you were editing it: compare both versions, then send the form again";
    let form = posted.again(FieldErrors::of("versions", words));
    let (now, typed) = (stored(&item), form.values.clone());
    let mut editor = editor(visitor, form, Some(&item)).await?;
    let shown = |values: &Values, field: &str| match field {
        "effective_on" => values.day(field),
        "passages" => (1..=n_typed(values))
            .map(|n| values.get(&format!("quote_{n}")).to_owned())
            .collect::<Vec<_>>()
            .join("\n"),
        _ => values
            .all(field)
            .iter()
            .map(|code| editor.lists.words(field, code))
            .collect::<Vec<_>>()
            .join("; "),
    };
    let differs = [
        ("title", "Title"),
        ("kind", "Kind"),
        ("summary", "Summary"),
        ("publisher", "Publisher or holder"),
        ("origin", "Origin"),
        ("effective_on", "Date"),
        ("source_url", "Address"),
        ("derived_from", "Derived from"),
        ("reliability", "Reliability of the source"),
        ("credibility", "Credibility of the item"),
        ("provisions", "Provisions"),
        ("forms", "Forms of exploitation"),
        ("groups", "Groups"),
        ("areas", "Areas"),
        ("handling", "Who may see it"),
        ("named", "Named organisations"),
        ("quoting", "In print"),
        ("passages", "Words it is cited for"),
    ]
    .into_iter()
    .map(|(field, caption)| (caption, shown(&now, field), shown(&typed, field)))
    .filter(|(_, now, typed)| now != typed)
    .collect();
    editor.differs = differs;
    Ok((StatusCode::CONFLICT, page(&editor)?).into_response())
}
