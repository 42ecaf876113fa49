//! Members: who works here, and what each is trusted with.

use std::collections::HashMap;

use access::invitation::{self, Invite, Kind};
use access::member::{self, Change, Listed, is_organisation_role};
use access::{organisation, session};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::ids::MemberId;
use domain::permission::{Action, Relation, Role};
use store::{AppError, FieldErrors};

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/members", Action::ManageMembers, get(list)),
        route("/members/new", Action::ManageMembers, get(form).post(add)),
        route(
            "/members/{id}/roles",
            Action::ManageMembers,
            get(roles).post(change_roles),
        ),
        route("/members/{id}/link", Action::ManageMembers, post(renew)),
        route("/members/{id}/end-sessions", Action::ManageMembers, post(end_sessions)),
        route("/members/{id}/deactivate", Action::ManageMembers, post(deactivate)),
    ]
}

/// A role: its code, its name, and what it may do.
type Explained = (&'static str, &'static str, &'static str);

/// What each role may do, in a sentence.
fn explained(role: Role) -> Explained {
    let may = match role {
        Role::Coordinator => {
            "Opens and moves cycles, assigns assessors, adds organisations, invites members, publishes, and reads the whole log."
        }
        Role::Assessor => {
            "Rates the provisions assigned to them, and records evidence, figures, findings and recommendations."
        }
        Role::Reviewer => "Approves findings or returns them, and records findings and recommendations.",
        Role::Publisher => "Publishes editions and corrections, and takes part in emergency withdrawals.",
        Role::Manager => "Signs or dissents for the organisation, invites its members, and reads its part of the log.",
        Role::Supervisor => "Opens every case of the organisation, says who works on it, and can erase a person.",
        Role::Caseworker => "Supports people: records their cases, and opens those assigned to them.",
        Role::Contributor => "Records evidence, figures and claims, and amends their organisation’s evidence.",
        Role::LinkageOfficer => {
            "Links the token files of a list study on another machine, and gives back which rows are one person."
        }
        Role::Observer => "Reads the audit and changes nothing.",
        Role::Operator => "Keeps the machine running and sees no record of the audit.",
    };
    (role.code(), role.name(), may)
}

/// A member in the list.
struct Line {
    listed: Listed,
    organisation: String,
    /// Whether they are the one asking.
    is_self: bool,
}

impl Line {
    fn roles(&self) -> String {
        self.listed
            .roles
            .iter()
            .map(|role| role.name())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

#[derive(Template)]
#[template(path = "member/list.html")]
struct List {
    page: Page,
    form: Form,
    lines: Vec<Line>,
    is_everyone: bool,
}

async fn listed(visitor: &Visitor, errors: FieldErrors) -> Result<List, AppError> {
    let cx = visitor.cx();
    let organisations: HashMap<_, _> = organisation::list(&cx)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let mut lines: Vec<Line> = member::list(&cx)
        .await?
        .into_iter()
        .map(|listed| Line {
            organisation: organisations
                .get(&listed.member.organisation_id)
                .cloned()
                .unwrap_or_default(),
            is_self: visitor.actor.member.is_some_and(|me| me.0 == listed.member.id),
            listed,
        })
        .collect();
    lines.sort_by(|a, b| {
        (!a.listed.member.is_active, &a.organisation).cmp(&(!b.listed.member.is_active, &b.organisation))
    });
    Ok(List {
        page: Page::new(visitor, "Members").within("/members"),
        form: Form {
            errors,
            ..Form::small(visitor)
        },
        lines,
        is_everyone: cx.actor.may(Action::ManageMembers, Relation::OtherOrganisation),
    })
}

async fn list(visitor: Visitor) -> Result<Response, WebError> {
    page(
        &listed(&visitor, FieldErrors::new())
            .await
            .map_err(|error| WebError::of(&visitor, error))?,
    )
}

#[derive(Template)]
#[template(path = "member/form.html")]
struct Adding {
    page: Page,
    form: Form,
    /// Organisations to choose from; empty where there is only the member's own.
    organisations: Vec<(String, String)>,
    /// The name of the only organisation, where there is no choice.
    only: String,
    roles: Vec<Explained>,
}

async fn adding(visitor: &Visitor, form: Form) -> Result<Adding, AppError> {
    let cx = visitor.cx();
    let is_everyone = cx.actor.may(Action::ManageMembers, Relation::OtherOrganisation);
    let own = cx.organisation()?;
    let known = organisation::list(&cx).await?;
    let only = if is_everyone {
        String::new()
    } else {
        known
            .iter()
            .find(|row| row.id == own.0)
            .map(|row| row.name.clone())
            .unwrap_or_default()
    };
    Ok(Adding {
        page: Page::new(visitor, "Invite a member")
            .within("/members")
            .under("/members", "Members"),
        form,
        organisations: if is_everyone {
            known
                .into_iter()
                .filter(|row| row.is_active)
                .map(|row| (row.id.to_string(), row.name))
                .collect()
        } else {
            Vec::new()
        },
        only,
        roles: to_give(is_everyone),
    })
}

/// The roles that a member may give: a manager those of an organisation.
fn to_give(is_everyone: bool) -> Vec<Explained> {
    Role::ALL
        .iter()
        .filter(|role| is_everyone || is_organisation_role(**role))
        .map(|role| explained(*role))
        .collect()
}

/// The roles ticked in a form, or carried by it.
fn ticked(values: &Values, field: &str) -> Vec<Role> {
    let codes = values.all(field);
    codes.iter().filter_map(|code| Role::parse(code).ok()).collect()
}

async fn form(visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let form = Form::open(&visitor, Values::default()).await.map_err(shown)?;
    page(&adding(&visitor, form).await.map_err(shown)?)
}

async fn add(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let cx = posted.cx();
    let get = |field: &str| posted.values.get(field).to_owned();
    let chosen = if cx.actor.may(Action::ManageMembers, Relation::OtherOrganisation) {
        get("organisation")
            .parse()
            .map_err(|_| AppError::Invalid(FieldErrors::of("organisation", "Choose their organisation")))
    } else {
        cx.organisation()
    };
    let answer = match chosen {
        Ok(organisation) => {
            invitation::invite(
                &cx,
                Invite {
                    organisation,
                    name: get("name"),
                    sign_in: get("sign_in"),
                    roles: ticked(&posted.values, "roles"),
                },
            )
            .await
        }
        Err(error) => Err(error),
    };
    match answer {
        Ok((_, secret)) => {
            forget_draft(&visitor, &visitor.path).await;
            crate::invitation::link(&visitor, Kind::Join, posted.values.get("name"), &secret)
        }
        // A second click: the first one shows the link. A new one can be made in the list.
        Err(AppError::Repeated(_)) => Ok(Redirect::to("/members").into_response()),
        Err(AppError::Invalid(errors)) => again(&adding(&visitor, posted.again(errors)).await.map_err(shown)?),
        Err(error) => Err(shown(error)),
    }
}

#[derive(Template)]
#[template(path = "member/roles.html")]
struct ChangeRoles {
    page: Page,
    form: Form,
    id: MemberId,
    name: String,
    /// The roles that can be ticked here.
    roles: Vec<Explained>,
    /// The roles held when the page was made, which the form carries.
    shown: Vec<&'static str>,
    /// Names of those held that only a coordinator changes.
    kept: Vec<&'static str>,
}

async fn roles_page(visitor: &Visitor, id: MemberId, mut form: Form) -> Result<ChangeRoles, AppError> {
    let cx = visitor.cx();
    let is_everyone = cx.actor.may(Action::ManageMembers, Relation::OtherOrganisation);
    let listed = member::list(&cx).await?;
    let listed = listed
        .into_iter()
        .find(|listed| listed.member.id == id.0 && listed.member.is_active)
        .ok_or(AppError::NotFound("member"))?;
    if form.errors.is_empty() {
        for role in &listed.roles {
            form.values.add("roles", role.code());
        }
    }
    Ok(ChangeRoles {
        page: Page::new(visitor, &format!("Roles of {}", listed.member.name))
            .within("/members")
            .under("/members", "Members"),
        form,
        id,
        name: listed.member.name,
        roles: to_give(is_everyone),
        shown: listed.roles.iter().map(|role| role.code()).collect(),
        kept: listed
            .roles
            .iter()
            .filter(|role| !is_everyone && !is_organisation_role(**role))
            .map(|role| role.name())
            .collect(),
    })
}

async fn roles(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let id: MemberId = id.parse().map_err(|_| shown(AppError::NotFound("member")))?;
    page(&roles_page(&visitor, id, Form::small(&visitor)).await.map_err(shown)?)
}

async fn change_roles(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id: MemberId = id.parse().map_err(|_| shown(AppError::NotFound("member")))?;
    let change = Change {
        shown: ticked(&posted.values, "shown"),
        chosen: ticked(&posted.values, "roles"),
    };
    match outcome(member::change_roles(&posted.cx(), id, change).await).map_err(shown)? {
        Outcome::Done(_) => Ok(Redirect::to("/members").into_response()),
        Outcome::Again(errors) => {
            let form = posted.again(errors);
            again(&roles_page(&visitor, id, form).await.map_err(shown)?)
        }
    }
}

/// Makes a new link for a member, and shows it.
async fn renew(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id: MemberId = id.parse().map_err(|_| shown(AppError::NotFound("member")))?;
    let forgets_factors = posted.values.get("forgets_factors") == "yes";
    match invitation::renew(&posted.cx(), id, forgets_factors).await {
        Ok((kind, secret)) => {
            let name = member::actor(&visitor.app.db, id)
                .await
                .map_err(shown)?
                .map_or_else(String::new, |actor| actor.name);
            crate::invitation::link(&visitor, kind, &name, &secret)
        }
        Err(AppError::Refused(words)) => {
            let errors = FieldErrors::of("form", words);
            again(&listed(&visitor, errors).await.map_err(shown)?)
        }
        Err(error) => Err(shown(error)),
    }
}

/// Ends a member's sessions: a device of theirs was lost.
async fn end_sessions(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&posted.visitor, error);
    let id: MemberId = id.parse().map_err(|_| shown(AppError::NotFound("member")))?;
    session::end_of(&posted.cx(), id).await.map_err(shown)?;
    Ok(Redirect::to("/members").into_response())
}

async fn deactivate(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id: MemberId = id.parse().map_err(|_| shown(AppError::NotFound("member")))?;
    let answer = member::deactivate(&posted.cx(), id).await.map(|()| id);
    match outcome(answer).map_err(shown)? {
        Outcome::Done(_) => Ok(Redirect::to("/members").into_response()),
        Outcome::Again(errors) => again(&listed(&visitor, errors).await.map_err(shown)?),
    }
}
