//! The doors: every address as every role and as nobody.

use axum::Router;
use axum::http::StatusCode;
use domain::permission::{Action, Relation, allows};
use domain::{Day, Instant};
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::{App, Settings};
use crate::routes;

mod pages;
mod wall;

/// The program on a stage at a time of its own: a function pointer cannot hold the stage's clock.
fn router_at(stage: &Stage, settings: Settings, clock: fn() -> Instant) -> Router {
    let app = App {
        clock,
        ..App::new(stage.db.clone(), stage.files.clone(), settings)
    };
    crate::router(app)
}

/// The program on a stage, with something of it set otherwise.
pub(crate) fn router_with(stage: &Stage, set: impl FnOnce(&mut App)) -> Router {
    let mut app = App {
        clock: || june(1, 0),
        ..App::new(stage.db.clone(), stage.files.clone(), Settings::default())
    };
    set(&mut app);
    crate::router(app)
}

/// Noon of a day of June 2025, and so many seconds.
fn june(day: i8, seconds: i64) -> Instant {
    let day = Day::new(2025, 6, day).expect("a day");
    day.start().plus_seconds(12 * 3600 + seconds)
}

/// The program on a stage, with the stage's clock, which stands still at noon of 1 June 2025.
pub(crate) fn router_on(stage: &Stage, settings: Settings) -> Router {
    router_at(stage, settings, || june(1, 0))
}

/// The program on a stage, a quarter of an hour later.
pub(crate) fn router_later(stage: &Stage, settings: Settings) -> Router {
    router_at(stage, settings, || june(1, 15 * 60))
}

/// The program on a stage, nine days earlier: noon of Friday, 23 May 2025.
pub(crate) fn router_earlier(stage: &Stage, settings: Settings) -> Router {
    router_at(stage, settings, || june(1, -9 * 24 * 3600))
}

/// The program on a stage, a week later.
pub(crate) fn router_a_week_later(stage: &Stage, settings: Settings) -> Router {
    router_at(stage, settings, || june(8, 0))
}

/// A path with every part filled in with an id that exists nowhere.
fn concrete(path: &str) -> String {
    path.split('/')
        .map(|part| {
            if part.starts_with('{') {
                "00000000-0000-4000-8000-000000000000"
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn every_address_lets_in_exactly_those_whom_the_matrix_allows() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        for (name, actor) in coalition.everyone() {
            let client = Client::member(&router, stage, actor).await;
            for route in routes::all() {
                let may = Relation::ALL
                    .iter()
                    .any(|relation| allows(&actor.roles, route.action, *relation));
                let answer = client.get(&concrete(route.path)).await;
                let refused = answer.status == StatusCode::FORBIDDEN;
                assert_eq!(refused, !may, "{name} asks {}: {}", route.path, answer.status);
                assert!(
                    !answer.status.is_server_error(),
                    "{name} asks {}: {}",
                    route.path,
                    answer.body
                );
                // Signing out would end the session that the rest is asked with.
                if route.path == "/sign-out" {
                    continue;
                }
                let answer = client.post(&concrete(route.path), &[]).await;
                if !may {
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name} posts {}", route.path);
                }
                assert!(
                    !answer.status.is_server_error(),
                    "{name} posts {}: {}",
                    route.path,
                    answer.body
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_answer_forbids_what_is_inline_from_elsewhere_or_framed() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        let paths = routes::all().into_iter().map(|route| concrete(route.path));
        for path in paths.chain(["/no-such-page".to_owned(), "/no/such/file.css".to_owned()]) {
            for client in [&member, &Client::visitor(&router)] {
                let answer = client.get(&path).await;
                let is = |name: &str| {
                    answer
                        .headers
                        .get(name)
                        .map_or("", |value| value.to_str().unwrap_or(""))
                };
                let policy = is("content-security-policy");
                for rule in [
                    "default-src 'none'",
                    "frame-ancestors 'none'",
                    "base-uri 'none'",
                    "form-action 'self'",
                ] {
                    assert!(policy.contains(rule), "{path}: {policy}");
                }
                assert!(
                    !policy.contains("unsafe") && !policy.contains("http"),
                    "{path}: {policy}"
                );
                assert_eq!(is("x-content-type-options"), "nosniff", "{path}");
                assert_eq!(is("referrer-policy"), "same-origin", "{path}");
                assert_eq!(is("x-frame-options"), "DENY", "{path}");
                assert!(!is("cache-control").is_empty(), "{path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_to_sign_in_and_comes_back_to_where_they_were() {
    on_both(async |stage| {
        let _ = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let visitor = Client::visitor(&router);
        for route in routes::all() {
            let public = allows(&[], route.action, Relation::Coalition);
            let answer = visitor.get(&concrete(route.path)).await;
            let asked = answer.status == StatusCode::SEE_OTHER && answer.location.starts_with("/sign-in?next=");
            assert_eq!(asked, !public, "nobody asks {}: {}", route.path, answer.status);
            if !public {
                visitor
                    .post(&concrete(route.path), &[("name", "typed words")])
                    .await
                    .expect(StatusCode::UNAUTHORIZED)
                    .says("What you typed is kept");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_without_its_sessions_token_or_from_another_site_is_refused_at_every_address() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let client = Client::member(&router, stage, &coalition.coordinator).await;
        let other = Client::member(&router, stage, &coalition.coordinator).await;
        let stale = client.with_token_of(&other);
        let without = client.with_token_of(&Client::visitor(&router));
        for route in routes::all() {
            // Knocks are limited by network; their tokens are the same code.
            if matches!(route.action, Action::SignIn | Action::AcceptInvitation) {
                continue;
            }
            let path = concrete(route.path);
            let may = Relation::ALL
                .iter()
                .any(|relation| allows(&coalition.coordinator.roles, route.action, *relation));
            for client in [&stale, &without] {
                let answer = client.post(&path, &[("mode", "closed")]).await;
                // A form with a file is read before its token; sent without one it is refused for that.
                let is_refused = matches!(
                    answer.status,
                    StatusCode::FORBIDDEN
                        | StatusCode::METHOD_NOT_ALLOWED
                        | StatusCode::UNPROCESSABLE_ENTITY
                        | StatusCode::BAD_REQUEST
                );
                assert!(is_refused, "{path}, may: {may}: {}", answer.status);
            }
            for (name, value) in [
                ("origin", "https://elsewhere.example"),
                ("sec-fetch-site", "cross-site"),
            ] {
                client
                    .with(name, value)
                    .post(&path, &[])
                    .await
                    .expect(StatusCode::FORBIDDEN);
            }
        }
        client.get("/audit").await.expect(StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_revoked_session_opens_nothing_at_any_address() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let client = Client::member(&router, stage, &coalition.observer).await;
        client.get("/audit").await.expect(StatusCode::OK);
        access::session::end_of(
            &stage.cx(&coalition.coordinator),
            coalition.observer.member.expect("a member"),
        )
        .await
        .expect("ended");
        for route in routes::all() {
            if allows(&[], route.action, Relation::Coalition) {
                continue;
            }
            let path = concrete(route.path);
            let asked = client.get(&path).await.expect(StatusCode::SEE_OTHER);
            assert!(asked.location.starts_with("/sign-in"), "{path}");
            client.post(&path, &[]).await.expect(StatusCode::UNAUTHORIZED);
        }
    })
    .await;
}

#[tokio::test]
async fn an_organisations_material_is_behind_a_wall() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let manager = Client::member(&router, stage, &coalition.first_manager).await;
        let inside = Client::member(&router, stage, &coalition.first_assessor).await;
        let outside = Client::member(&router, stage, &coalition.second_manager).await;
        // Evidence kept for one organisation: not listed, not found, not read by guessing its id.
        let withheld = wall::withheld_evidence(stage, &coalition.first_assessor).await;
        inside.get("/evidence").await.expect(StatusCode::OK).says(wall::TITLE);
        outside.get("/evidence").await.expect(StatusCode::OK).lacks(wall::TITLE);
        outside
            .get(&format!("/evidence?q={}", wall::WORD))
            .await
            .expect(StatusCode::OK)
            .lacks(wall::TITLE);
        outside
            .get(&format!("/evidence/{withheld}"))
            .await
            .expect(StatusCode::NOT_FOUND)
            .lacks(wall::TITLE);
        // Members, their sessions and links, and what an organisation did.
        outside
            .get("/members")
            .await
            .expect(StatusCode::OK)
            .says("Test contributor")
            .lacks("Test manager-1");
        let theirs = coalition.first_assessor.member.expect("a member");
        for act in ["deactivate", "link", "end-sessions"] {
            outside
                .post(&format!("/members/{theirs}/{act}"), &[])
                .await
                .expect(StatusCode::FORBIDDEN);
        }
        manager.get("/log").await.expect(StatusCode::OK).says("Test assessor-1");
        outside
            .get("/log")
            .await
            .expect(StatusCode::OK)
            .lacks("Test assessor-1");
        inside.get("/audit").await.expect(StatusCode::OK);
    })
    .await;
}
