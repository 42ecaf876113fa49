//! The doors: every address as every role and as nobody.

use axum::Router;
use axum::http::StatusCode;
use domain::permission::{Relation, allows};
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::{App, Settings};
use crate::routes;

/// The program on a stage, with the stage's clock.
pub(crate) fn router_on(stage: &Stage, settings: Settings) -> Router {
    // The stage's clock stands still at noon of 1 June 2025; a function pointer cannot hold it.
    let clock = || {
        domain::Day::new(2025, 6, 1)
            .expect("a day")
            .start()
            .plus_seconds(12 * 3600)
    };
    let app = App {
        clock,
        ..App::new(stage.db.clone(), stage.files.clone(), settings)
    };
    crate::router(app)
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
                if route.path == "/sign-out" {
                    break;
                }
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
async fn a_form_of_another_session_or_another_site_is_refused() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let client = Client::member(&router, stage, &coalition.coordinator).await;
        client
            .post("/bodies/new", &[("csrf", "forged")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        let other = Client::member(&router, stage, &coalition.observer).await;
        assert_ne!(client.csrf(), other.csrf());
    })
    .await;
}
