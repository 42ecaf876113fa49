//! Keys: who can open what is sealed to the member's organisation, or to the coalition, and the one page on
//! which that is made, given, rotated and recovered.
//!
//! A recovery key is in the answer to the form that made it and nowhere else: no address shows it again.

use access::key::{self, COALITION, Recovery, Standing};
use access::organisation;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::ids::MemberId;
use domain::permission::{Action, Relation};
use store::{AppError, FieldErrors};
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/keys", Action::ReadKeys, get(list)),
        route("/keys/about", Action::ReadKeys, get(about)),
        route("/keys/{owner}/make", Action::ManageKeys, post(make)),
        route("/keys/{owner}/give", Action::GiveKeys, post(give)),
        route("/keys/{owner}/rotate", Action::ManageKeys, post(rotate)),
        route("/keys/{owner}/reseal", Action::ManageKeys, post(reseal)),
        route(
            "/keys/{owner}/recover",
            Action::RecoverKeys,
            get(recovery_form).post(recover),
        ),
    ]
}

/// Whose key: a part of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Organisation,
    Coalition,
}

impl Owner {
    const ALL: [Self; 2] = [Self::Organisation, Self::Coalition];

    const fn code(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Coalition => "coalition",
        }
    }

    fn parse(visitor: &Visitor, code: &str) -> Result<Self, WebError> {
        Self::ALL
            .into_iter()
            .find(|owner| owner.code() == code)
            .ok_or_else(|| WebError::of(visitor, AppError::NotFound("key")))
    }

    fn id(self, visitor: &Visitor) -> Result<Uuid, AppError> {
        match self {
            Self::Organisation => Ok(visitor.cx().organisation()?.0),
            Self::Coalition => Ok(COALITION),
        }
    }

    /// How a key of this owner relates to whoever asks for it here: only one's own organisation can be asked for.
    const fn relation(self) -> Relation {
        match self {
            Self::Organisation => Relation::OwnOrganisation,
            Self::Coalition => Relation::Coalition,
        }
    }

    /// What its seals protect.
    const fn protects(self) -> &'static str {
        match self {
            Self::Organisation => "evidence about people that your organisation records",
            Self::Coalition => "answers to calls for evidence, and what organisations contribute to an audit",
        }
    }

    /// Whose role calls for it.
    const fn readers(self) -> &'static str {
        match self {
            Self::Organisation => "your organisation’s managers and contributors",
            Self::Coalition => "coordinators",
        }
    }
}

/// One owner's part of the page.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that the page offers or leaves out"
)]
struct Section {
    owner: Owner,
    name: String,
    standing: Option<Standing>,
    /// The coalition's public key as a line of text, for organisations whose Rapporteur runs elsewhere.
    line: Option<String>,
    may_manage: bool,
    may_recover: bool,
    /// Whether the member asking holds it.
    is_held: bool,
    /// Whether their role calls for it and they do not hold it.
    is_waited_for: bool,
}

impl Section {
    async fn read(visitor: &Visitor, owner: Owner) -> Result<Option<Self>, AppError> {
        let relation = owner.relation();
        if !visitor.actor.may(Action::ReadKeys, relation) {
            return Ok(None);
        }
        let cx = visitor.cx();
        let name = name_of(visitor, owner).await?;
        let standing = key::standing(&cx, owner.id(visitor)?).await?;
        let is_me = |holder: &key::Holder| visitor.actor.member == Some(holder.member);
        let line = match owner {
            Owner::Coalition if standing.is_some() => {
                let (number, public) = key::public(cx.db, COALITION).await?;
                Some(store::envelope::Recipient { number, public }.to_string())
            }
            _ => None,
        };
        Ok(Some(Self {
            owner,
            name,
            line,
            is_held: standing.as_ref().is_some_and(|s| s.holders.iter().any(is_me)),
            is_waited_for: standing.as_ref().is_some_and(|s| s.waiting.iter().any(is_me)),
            standing,
            may_manage: visitor.actor.may(Action::ManageKeys, relation),
            may_recover: visitor.actor.may(Action::RecoverKeys, relation),
        }))
    }
}

async fn name_of(visitor: &Visitor, owner: Owner) -> Result<String, AppError> {
    if owner == Owner::Coalition {
        return Ok("The coalition".to_owned());
    }
    let id = owner.id(visitor)?;
    let all = organisation::list(&visitor.cx()).await?;
    let own = all.into_iter().find(|row| row.id == id);
    Ok(own.map(|row| row.name).unwrap_or_default())
}

#[derive(Template)]
#[template(path = "key/list.html")]
struct List {
    page: Page,
    form: Form,
    sections: Vec<Section>,
    /// The fingerprint of the member's own key, from the key itself; empty where their session has none.
    own_fingerprint: String,
}

async fn listed(visitor: &Visitor, errors: FieldErrors) -> Result<List, AppError> {
    let mut sections = Vec::new();
    for owner in Owner::ALL {
        sections.extend(Section::read(visitor, owner).await?);
    }
    let own = visitor.key.as_ref().map(|key| key.public().fingerprint());
    Ok(List {
        page: Page::new(visitor, "Keys").within("/keys"),
        form: Form {
            errors,
            ..Form::small(visitor)
        },
        sections,
        own_fingerprint: own.unwrap_or_default(),
    })
}

async fn list(visitor: Visitor) -> Result<Response, WebError> {
    let list = listed(&visitor, FieldErrors::new()).await;
    page(&list.map_err(|error| WebError::of(&visitor, error))?)
}

#[derive(Template)]
#[template(path = "key/about.html")]
struct About {
    page: Page,
}

async fn about(visitor: Visitor) -> Result<Response, WebError> {
    page(&About {
        page: frame(&visitor, "What happens to keys"),
    })
}

fn frame(visitor: &Visitor, title: &str) -> Page {
    Page::new(visitor, title).within("/keys").under("/keys", "Keys")
}

/// The recovery key, on the one page that shows it.
#[derive(Template)]
#[template(path = "key/printed.html")]
struct Printed {
    page: Page,
    name: String,
    number: i32,
    fingerprint: String,
    since: String,
    groups: Vec<String>,
    /// Whether an older print is void once every record's key is sealed anew.
    is_rotated: bool,
}

async fn printed(visitor: &Visitor, owner: Owner, recovery: &Recovery) -> Result<Response, WebError> {
    let standing = key::standing(&visitor.cx(), owner.id(visitor)?)
        .await?
        .ok_or(AppError::NotFound("key"))?;
    page(&Printed {
        page: frame(visitor, "Print the recovery key"),
        name: name_of(visitor, owner).await?,
        number: standing.number,
        fingerprint: standing.fingerprint,
        since: standing.since.to_string(),
        groups: recovery.text().split(' ').map(ToOwned::to_owned).collect(),
        is_rotated: standing.number > 1,
    })
}

/// What a second click gets: the answer to the first held the recovery key, and is gone.
const SHOWN_BEFORE: &str = "This key exists. If it was made by your own double click, its recovery key went with the \
    page that the second click replaced: rotate with a new recovery key, and print that one";

/// The list again, with what stands in the way. Its buttons have no field to stand beside, so every fault is
/// the form's.
async fn refused(visitor: &Visitor, errors: &FieldErrors) -> Result<Response, WebError> {
    let mut all = FieldErrors::new();
    for (_, message) in errors.iter() {
        all.add("form", message);
    }
    again(&listed(visitor, all).await?)
}

/// Sorts a command's answer that is no id: what it gave, or the faults to show.
fn sorted<T>(visitor: &Visitor, answer: Result<T, AppError>) -> Result<Result<T, FieldErrors>, WebError> {
    match answer {
        Ok(given) => Ok(Ok(given)),
        Err(AppError::Refused(words)) => Ok(Err(FieldErrors::of("form", words))),
        Err(AppError::Invalid(errors)) => Ok(Err(errors)),
        Err(error) => Err(WebError::of(visitor, error)),
    }
}

async fn make(Path(owner): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let owner = Owner::parse(visitor, &owner)?;
    match sorted(visitor, key::establish(&posted.cx(), owner.id(visitor)?).await)? {
        Ok(recovery) => printed(visitor, owner, &recovery).await,
        Err(errors) => {
            let section = Section::read(visitor, owner).await?;
            if section.is_some_and(|section| section.is_held) {
                return refused(visitor, &FieldErrors::of("form", SHOWN_BEFORE)).await;
            }
            refused(visitor, &errors).await
        }
    }
}

async fn give(Path(owner): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let owner = Owner::parse(visitor, &owner)?;
    let to: Result<MemberId, _> = posted.values.get("member").parse();
    let to = to.map_err(|_| WebError::of(visitor, AppError::NotFound("member")))?;
    match sorted(visitor, key::grant(&posted.cx(), owner.id(visitor)?, to).await)? {
        Ok(()) => Ok(back(owner)),
        Err(errors) => refused(visitor, &errors).await,
    }
}

fn back(owner: Owner) -> Response {
    Redirect::to(&format!("/keys#{}", owner.code())).into_response()
}

async fn rotate(Path(owner): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let owner = Owner::parse(visitor, &owner)?;
    let id = owner.id(visitor)?;
    let with_recovery = posted.values.get("recovery") == "yes";
    match sorted(visitor, key::rotate(&posted.cx(), id, with_recovery).await)? {
        Ok(rotation) => {
            // The first batch goes with it, so that a small organisation is done at once. If it fails, the page
            // offers to continue; the recovery key must be shown in any case.
            if let Err(error) = key::reseal(&visitor.cx(), id).await {
                tracing::warn!(%error, "keys were not sealed anew straight after a rotation");
            }
            match &rotation.recovery {
                Some(recovery) => printed(visitor, owner, recovery).await,
                None => Ok(back(owner)),
            }
        }
        Err(errors) => refused(visitor, &errors).await,
    }
}

async fn reseal(Path(owner): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let owner = Owner::parse(visitor, &owner)?;
    match sorted(visitor, key::reseal(&posted.cx(), owner.id(visitor)?).await)? {
        Ok(_) => Ok(back(owner)),
        Err(errors) => refused(visitor, &errors).await,
    }
}

#[derive(Template)]
#[template(path = "key/recover.html")]
struct Recover {
    page: Page,
    form: Form,
    code: &'static str,
    name: String,
}

async fn recover_page(visitor: &Visitor, owner: Owner, errors: FieldErrors) -> Result<Recover, AppError> {
    Ok(Recover {
        page: frame(visitor, "Recover a key"),
        // Never filled in again: the printed key is typed into this page and kept nowhere, not even in a draft.
        form: Form {
            errors,
            values: Values::default(),
            ..Form::small(visitor)
        },
        code: owner.code(),
        name: name_of(visitor, owner).await?,
    })
}

async fn recovery_form(Path(owner): Path<String>, visitor: Visitor) -> Result<Response, WebError> {
    let owner = Owner::parse(&visitor, &owner)?;
    page(&recover_page(&visitor, owner, FieldErrors::new()).await?)
}

async fn recover(Path(owner): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let owner = Owner::parse(visitor, &owner)?;
    let recovered = key::recover(&posted.cx(), owner.id(visitor)?, posted.values.get("recovery")).await;
    let recovered = recovered.map(|()| Uuid::nil());
    match outcome(recovered).map_err(|error| WebError::of(visitor, error))? {
        Outcome::Done(_) => Ok(back(owner)),
        Outcome::Again(errors) => again(&recover_page(visitor, owner, errors).await?),
    }
}
