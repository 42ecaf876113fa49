//! Indicators: the list, one version, proposing, commenting, and agreeing.

mod form;
mod list;
mod show;
#[cfg(test)]
mod tests;

use axum::routing::get;
use domain::permission::Action;
use monitoring::standard::files::CodeFile;
use monitoring::standard::library;

use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/indicators", Action::ReadAudit, get(list::list)),
        route(
            "/indicators/new",
            Action::ProposeIndicator,
            get(form::open).post(form::propose),
        ),
        route("/indicators/{id}", Action::ReadAudit, get(show::show)),
        route(
            "/indicators/{id}/new-version",
            Action::ProposeIndicator,
            get(form::reopen).post(form::propose_version),
        ),
        route(
            "/indicators/{id}/comments",
            Action::CommentIndicator,
            get(show::show).post(show::comment),
        ),
        route(
            "/indicators/{id}/position",
            Action::PositionIndicator,
            get(show::show).post(show::take_position),
        ),
        route(
            "/indicators/{id}/close",
            Action::AgreeIndicator,
            get(show::show).post(show::close),
        ),
    ]
}

/// The words of some codes, as stored in JSON; a code that the library does not know stands for itself.
fn words(codes: &str, known: &[CodeFile]) -> Vec<String> {
    let word = |code: String| {
        known
            .iter()
            .find(|file| file.code == code)
            .map_or(code, |file| file.words.clone())
    };
    monitoring::indicator::codes(codes).into_iter().map(word).collect()
}

/// Where an indicator's figures come from, in words.
fn sources(codes: &str) -> Vec<String> {
    words(codes, &library().sources)
}

/// By what they are broken down, in words.
fn breakdowns(codes: &str) -> Vec<String> {
    words(codes, &library().breakdowns)
}

/// The look and the words of a version's state.
fn state(code: &str) -> (&'static str, &'static str) {
    use domain::indicator::IndicatorState as S;
    match S::parse(code) {
        Ok(S::Agreed) => ("done", S::Agreed.words()),
        Ok(S::Withdrawn) => ("withdrawn", S::Withdrawn.words()),
        _ => ("due", S::Proposed.words()),
    }
}

/// The words of a kind's code.
fn kind(code: &str) -> &str {
    domain::indicator::IndicatorKind::parse(code).map_or(code, |kind| kind.words())
}
