//! Every address of the program with the action it stands for. The door checks the action before
//! the handler runs; the handler's command checks it again against the record.
//!
//! A slice adds its addresses in its own `routes()` and is named once in [`all`].

use axum::Router;
use axum::middleware;
use axum::routing::MethodRouter;
use domain::permission::Action;

use crate::app::App;
use crate::{
    account, area, assessment, background, body, call, case, case_import, claim, confirm, consent, contact,
    contribution, coverage, cycle, definition, door, draft, edition, event, evidence, exploitation, export, feedback,
    finding, follow_up, home, import, indicator, interest, invitation, key, link, log, matrix, measurement, member,
    need, organisation, own_time, personal, plain, plan, provision, received, recognition, recommendation, referral,
    retention, security, series, sign_in, standard, study, text, time_entry, voice,
};

/// One address.
pub struct Route {
    /// The path, with `{name}` for its parts.
    pub path: &'static str,
    /// What asking for it means.
    pub action: Action,
    /// Its handlers.
    pub methods: MethodRouter<App>,
}

/// Shorthand for a slice's list.
pub(crate) fn route(path: &'static str, action: Action, methods: MethodRouter<App>) -> Route {
    Route { path, action, methods }
}

/// Every address there is.
pub fn all() -> Vec<Route> {
    [
        home::routes(),
        edition::routes(),
        sign_in::routes(),
        invitation::routes(),
        confirm::routes(),
        account::routes(),
        security::routes(),
        matrix::routes(),
        plain::routes(),
        draft::routes(),
        body::routes(),
        coverage::routes(),
        evidence::routes(),
        call::routes(),
        personal::routes(),
        case::routes(),
        case_import::routes(),
        event::routes(),
        exploitation::routes(),
        need::routes(),
        background::routes(),
        consent::routes(),
        contact::routes(),
        recognition::routes(),
        plan::routes(),
        link::routes(),
        follow_up::routes(),
        time_entry::routes(),
        own_time::routes(),
        contribution::routes(),
        referral::routes(),
        voice::routes(),
        feedback::routes(),
        text::routes(),
        retention::routes(),
        export::routes(),
        finding::routes(),
        recommendation::routes(),
        member::routes(),
        organisation::routes(),
        key::routes(),
        log::routes(),
        area::routes(),
        claim::routes(),
        import::routes(),
        series::routes(),
        standard::routes(),
        provision::routes(),
        indicator::routes(),
        definition::routes(),
        cycle::routes(),
        assessment::routes(),
        interest::routes(),
        measurement::routes(),
        received::routes(),
        study::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The whole program as one service.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in all() {
        let guard = middleware::from_fn_with_state((app.clone(), route.action), door::guard);
        router = router.route(route.path, route.methods.layer(guard));
    }
    router
        .fallback(home::not_found)
        .layer(middleware::from_fn_with_state(app.clone(), door::headers))
        .layer(axum::extract::DefaultBodyLimit::max(door::MAX_BODY))
        .with_state(app)
}
