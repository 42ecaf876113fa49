//! What it takes to record or amend an item, and the checks both share.

use std::collections::BTreeSet;

use bytes::Bytes;
use domain::evidence::{Credibility, EvidenceKind, Form, Group, Handling, Quoting, Reliability};
use domain::fold::fold;
use domain::ids::{EvidenceId, OrganisationId, ProvisionId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use store::row::{
    area, citation, evidence, evidence_facet, evidence_file, evidence_named, evidence_provision, organisation,
    provision,
};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::{AREA, FORM, GROUP};

/// The longest line, in characters.
const LINE: usize = 500;
/// The longest summary: a few pages.
const SUMMARY: usize = 20_000;
/// The longest quotation.
const QUOTE: usize = 5_000;

/// An item as it is typed in. Codes are those of `domain::evidence`, days are ISO text.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Code of the kind of item.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// What it says, in the recorder's own words.
    pub summary: String,
    /// Who first saw, counted or wrote it; may be empty.
    pub origin: String,
    /// Who published it, or holds it.
    pub publisher: String,
    /// The item it was derived from: the report behind a press article.
    pub derived_from: Option<EvidenceId>,
    /// Where it stands on the web; may be empty.
    pub source_url: String,
    /// The day it speaks of or appeared.
    pub effective_on: String,
    /// Code of the source's reliability.
    pub reliability: String,
    /// Code of the item's credibility.
    pub credibility: String,
    /// Code of who may see it.
    pub handling: String,
    /// The other organisations that may see it, where handling is `named`.
    pub named: Vec<OrganisationId>,
    /// Code of whether its words may be printed.
    pub quoting: String,
    /// Whether it identifies a person; `None` where nobody has said.
    pub identifies_person: Option<bool>,
    /// What it bears on: one provision or several.
    pub provisions: Vec<ProvisionId>,
    /// Codes of the forms of exploitation it speaks of.
    pub forms: Vec<String>,
    /// Codes of the groups it speaks of.
    pub groups: Vec<String>,
    /// Codes of the areas it speaks of.
    pub areas: Vec<String>,
    /// Files to add.
    pub files: Vec<Upload>,
    /// The words it is cited for.
    pub passages: Vec<Passage>,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// A file to be kept with an item.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its own name.
    pub name: String,
    /// What the sender takes it for; never trusted.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// Words quoted from an item, with their place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Which of the item's files, from 0: first those it keeps, in order, then those added. `None`
    /// where the words stand in no file.
    pub file: Option<usize>,
    /// Page, paragraph or row, as the source counts them.
    pub page: String,
    /// The words themselves.
    pub quote: String,
}

/// An item that passed every check.
pub(crate) struct Checked {
    kind: EvidenceKind,
    title: String,
    publisher: String,
    effective_on: String,
    reliability: Reliability,
    credibility: Credibility,
    handling: Handling,
    quoting: Quoting,
    source_url: String,
    named: Vec<Uuid>,
    provisions: Vec<provision::Model>,
    passages: Vec<Passage>,
    input: Record,
}

/// Checks what was typed. `kept` is how many files the item keeps; `as_before` the upstream that it
/// already has, which stays even where the member may no longer see it.
pub(super) async fn check(
    cx: &Cx<'_>,
    input: Record,
    kept: usize,
    as_before: Option<EvidenceId>,
) -> Result<Checked, AppError> {
    let mut errors = FieldErrors::new();
    let title = errors.required("title", &input.title, "Enter a title");
    let kind = errors.code(
        "kind",
        EvidenceKind::parse(&input.kind),
        "Choose what kind of item it is",
    );
    let publisher = errors.required("publisher", &input.publisher, "Enter who published it or holds it");
    let effective_on = effective_on(&mut errors, cx, &input.effective_on);
    let source_url = web_address(&mut errors, &input.source_url);
    let reliability = errors.code(
        "reliability",
        Reliability::parse(&input.reliability),
        "Choose how reliable the source is",
    );
    let credibility = errors.code(
        "credibility",
        Credibility::parse(&input.credibility),
        "Choose how credible the item itself is",
    );
    let provisions = provisions(&mut errors, cx.db.reader(), &input.provisions).await?;
    facets(&mut errors, cx.db.reader(), &input).await?;
    personal(&mut errors, input.identifies_person);
    let handling = errors.code("handling", Handling::parse(&input.handling), "Choose who may see it");
    let named = named(&mut errors, cx, handling, &input.named).await?;
    let quoting = errors.code(
        "quoting",
        Quoting::parse(&input.quoting),
        "Choose whether its words may be printed",
    );
    if let Some(upstream) = input.derived_from.filter(|upstream| Some(*upstream) != as_before) {
        match super::require_visible(cx, cx.db.reader(), &[upstream]).await {
            Err(AppError::NotFound(_)) => {
                errors.add(
                    "derived_from",
                    "There is no such item for you to see: copy the address of its page",
                );
            }
            other => other?,
        }
    }
    let passages = passages(&mut errors, &input.passages, kept + input.files.len());
    for (field, text, most) in [
        ("title", &input.title, LINE),
        ("publisher", &input.publisher, LINE),
        ("origin", &input.origin, LINE),
        ("source_url", &input.source_url, LINE * 4),
        ("summary", &input.summary, SUMMARY),
    ] {
        if text.chars().count() > most {
            errors.add(
                field,
                format!("Use at most {most} characters, and put the rest in a file"),
            );
        }
    }
    errors.into_result()?;
    let complete = "a missing answer was a fault above";
    Ok(Checked {
        kind: kind.expect(complete),
        title,
        publisher,
        effective_on,
        reliability: reliability.expect(complete),
        credibility: credibility.expect(complete),
        handling: handling.expect(complete),
        quoting: quoting.expect(complete),
        source_url,
        named,
        provisions,
        passages,
        input,
    })
}

/// The day an item speaks of: not a day that has not come yet.
fn effective_on(errors: &mut FieldErrors, cx: &Cx<'_>, typed: &str) -> String {
    if typed.trim().is_empty() {
        errors.add("effective_on", "Enter the day it speaks of or appeared");
        return String::new();
    }
    let Some(day) = errors.day("effective_on", typed) else {
        return String::new();
    };
    if day > cx.now.day() {
        errors.add(
            "effective_on",
            "This day has not come yet: enter the day it speaks of or appeared",
        );
    }
    day.iso()
}

/// An address on the web, or none. Anything else could run a script when it is followed.
fn web_address(errors: &mut FieldErrors, typed: &str) -> String {
    let address = typed.trim();
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    let is_one_word = !address.contains(char::is_whitespace);
    if !address.is_empty() && (!is_web || !is_one_word) {
        errors.add(
            "source_url",
            "Enter an address that begins with https://, or leave it empty",
        );
    }
    address.to_owned()
}

/// Evidence about a person is sealed from the start ([`crate::personal`]); what was once in the clear cannot be.
fn personal(errors: &mut FieldErrors, identifies_person: Option<bool>) {
    match identifies_person {
        Some(false) => {}
        None => errors.add("identifies_person", "Say whether it identifies a person"),
        Some(true) => errors.add(
            "identifies_person",
            "An item that was recorded in the clear cannot become sealed: take out what points to a person here, and \
             record the original anew as evidence that identifies a person",
        ),
    }
}

async fn provisions(
    errors: &mut FieldErrors,
    db: &impl ConnectionTrait,
    chosen: &[ProvisionId],
) -> Result<Vec<provision::Model>, AppError> {
    let ids: BTreeSet<Uuid> = chosen.iter().map(|id| id.0).collect();
    let rows = provision::Entity::find()
        .filter(provision::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    if ids.is_empty() {
        errors.add("provisions", "Choose at least one provision that it bears on");
    } else if rows.len() != ids.len() {
        errors.add(
            "provisions",
            "One of the provisions is not in any standard: choose them from the list",
        );
    }
    Ok(rows)
}

async fn facets(errors: &mut FieldErrors, db: &impl ConnectionTrait, input: &Record) -> Result<(), AppError> {
    if input.forms.iter().any(|code| Form::parse(code).is_err()) {
        errors.add("forms", "Choose forms of exploitation from the list");
    }
    if input.groups.iter().any(|code| Group::parse(code).is_err()) {
        errors.add("groups", "Choose groups from the list");
    }
    let codes: BTreeSet<&String> = input.areas.iter().collect();
    let known = area::Entity::find()
        .filter(area::Column::Code.is_in(codes.iter().copied()))
        .all(db)
        .await?;
    if known.len() != codes.len() {
        errors.add("areas", "Choose areas from the register");
    }
    Ok(())
}

/// The other organisations that may see it; nobody but `named` handling names any.
async fn named(
    errors: &mut FieldErrors,
    cx: &Cx<'_>,
    handling: Option<Handling>,
    chosen: &[OrganisationId],
) -> Result<Vec<Uuid>, AppError> {
    if handling != Some(Handling::Named) {
        return Ok(Vec::new());
    }
    let own = cx.organisation()?;
    let ids: BTreeSet<Uuid> = chosen.iter().filter(|id| **id != own).map(|id| id.0).collect();
    let rows = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(ids.iter().copied()))
        .all(cx.db.reader());
    if ids.is_empty() {
        errors.add(
            "named",
            "Choose the other organisations that may see it, or choose “Source only”",
        );
    } else if rows.await?.len() != ids.len() {
        errors.add("named", "Choose organisations of the coalition");
    }
    Ok(ids.into_iter().collect())
}

/// Passages with words; blank ones are left out.
fn passages(errors: &mut FieldErrors, typed: &[Passage], n_files: usize) -> Vec<Passage> {
    let mut kept = Vec::new();
    for (n, passage) in (1..).zip(typed) {
        let (page, quote) = (passage.page.trim(), passage.quote.trim());
        if page.is_empty() && quote.is_empty() && passage.file.is_none() {
            continue;
        }
        if quote.is_empty() {
            errors.add(&format!("quote_{n}"), format!("Enter the words quoted in passage {n}"));
        } else if quote.chars().count() > QUOTE || page.chars().count() > LINE {
            errors.add(
                &format!("quote_{n}"),
                format!("Passage {n} is too long: quote at most {QUOTE} characters"),
            );
        }
        if passage.file.is_some_and(|file| file >= n_files) {
            errors.add(
                &format!("file_{n}"),
                format!("Passage {n} names a file that the item does not have"),
            );
        }
        kept.push(Passage {
            file: passage.file,
            page: page.to_owned(),
            quote: quote.to_owned(),
        });
    }
    kept
}

impl Checked {
    /// Whether it was invented for a demonstration.
    pub(super) const fn is_invented(&self) -> bool {
        self.input.is_invented
    }

    /// The columns that recording and amending both write.
    pub(super) fn columns(&self) -> evidence::ActiveModel {
        evidence::ActiveModel {
            kind: Set(self.kind.code().to_owned()),
            title: Set(self.title.clone()),
            summary: Set(self.input.summary.trim().to_owned()),
            origin: Set(self.input.origin.trim().to_owned()),
            publisher: Set(self.publisher.clone()),
            publisher_folded: Set(fold(&self.publisher)),
            derived_from_id: Set(self.input.derived_from.map(|id| id.0)),
            source_url: Set(self.source_url.clone()),
            effective_on: Set(self.effective_on.clone()),
            reliability: Set(self.reliability.code().to_owned()),
            credibility: Set(self.credibility.code().to_owned()),
            handling: Set(self.handling.code().to_owned()),
            quoting: Set(self.quoting.code().to_owned()),
            ..Default::default()
        }
    }

    /// Writes everything that hangs on the item: links, facets, files, passages, indexed words.
    /// `kept` are the files it keeps, in order.
    pub(super) async fn write(
        mut self,
        tx: &impl ConnectionTrait,
        cx: &Cx<'_>,
        id: Uuid,
        mut files: Vec<Uuid>,
    ) -> Result<(), AppError> {
        let provisions = self.provisions.iter().map(|provision| evidence_provision::ActiveModel {
            evidence_id: Set(id),
            provision_id: Set(provision.id),
        });
        evidence_provision::Entity::insert_many(provisions)
            .exec_without_returning(tx)
            .await?;
        let named = self.named.iter().map(|other| evidence_named::ActiveModel {
            evidence_id: Set(id),
            organisation_id: Set(*other),
        });
        if !self.named.is_empty() {
            evidence_named::Entity::insert_many(named)
                .exec_without_returning(tx)
                .await?;
        }
        let facets: BTreeSet<(&str, &String)> = [
            (FORM, &self.input.forms),
            (GROUP, &self.input.groups),
            (AREA, &self.input.areas),
        ]
        .into_iter()
        .flat_map(|(facet, codes)| codes.iter().map(move |code| (facet, code)))
        .collect();
        if !facets.is_empty() {
            let rows = facets.into_iter().map(|(facet, code)| evidence_facet::ActiveModel {
                evidence_id: Set(id),
                facet: Set(facet.to_owned()),
                code: Set(code.clone()),
            });
            evidence_facet::Entity::insert_many(rows)
                .exec_without_returning(tx)
                .await?;
        }
        // A file's place only ever grows, so that one that was taken away leaves no double.
        let last = evidence_file::Entity::find()
            .filter(evidence_file::Column::EvidenceId.eq(id))
            .all(tx)
            .await?;
        let first = last.iter().map(|row| row.position + 1).max().unwrap_or(0);
        for (position, file) in (first..).zip(std::mem::take(&mut self.input.files)) {
            let file = cx.files.keep(tx, cx, &file.name, &file.media_type, file.bytes).await?;
            let row = evidence_file::ActiveModel {
                evidence_id: Set(id),
                file_id: Set(file.0),
                position: Set(position),
            };
            row.insert(tx).await?;
            files.push(file.0);
        }
        let input = &self.input;
        let mut words = vec![&self.title, &input.summary, &self.publisher, &input.origin];
        for passage in &self.passages {
            citation::ActiveModel {
                id: Set(cx.ids.ordered()),
                evidence_id: Set(id),
                file_id: Set(passage.file.and_then(|file| files.get(file).copied())),
                page: Set(passage.page.clone()),
                quote: Set(passage.quote.clone()),
            }
            .insert(tx)
            .await?;
            words.push(&passage.quote);
        }
        words.extend(self.provisions.iter().map(|provision| &provision.number));
        let words = words.into_iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        store::dialect::index_evidence(tx, id, &words).await?;
        Ok(())
    }
}
