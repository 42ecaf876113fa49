//! Signing in with a real password, and a form that outlived its session.

use axum::http::{StatusCode, header};
use domain::ids::OrganisationId;
use domain::permission::Role;
use store::work::Actor;
use testkit::{Client, Stage, on_both};

use crate::app::Settings;
use crate::tests::router_on;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// A coordinator who signs in as `boss`.
pub(crate) async fn boss(stage: &Stage) {
    let nobody = Actor::nobody();
    let input = access::member::Add {
        organisation: OrganisationId(uuid::Uuid::nil()),
        name: "Boss".into(),
        sign_in: "boss".into(),
        password: PASSWORD.into(),
        roles: vec![Role::Coordinator],
    };
    access::member::init(&stage.cx(&nobody), "Specimen", "", input)
        .await
        .expect("the first coordinator");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_told_alike_and_a_right_one_opens_a_session() {
    on_both(async |stage| {
        boss(stage).await;
        let visitor = Client::visitor(&router_on(stage, Settings::default()));
        for (name, password) in [("boss", "wrong"), ("nobody", PASSWORD)] {
            visitor
                .post("/sign-in", &[("sign_in", name), ("password", password)])
                .await
                .expect(StatusCode::UNPROCESSABLE_ENTITY)
                .says("The name or the passphrase is not right")
                .lacks(password);
        }
        for elsewhere in [
            "//elsewhere",
            "/\t/elsewhere",
            "/\n/elsewhere",
            "/\\elsewhere",
            "https://elsewhere",
        ] {
            let fields = [("sign_in", "boss"), ("password", PASSWORD), ("next", elsewhere)];
            let answer = visitor.post("/sign-in", &fields).await.expect(StatusCode::SEE_OTHER);
            assert_eq!(
                answer.location, "/",
                "only addresses of our own are followed: {elsewhere:?}"
            );
        }
        let fields = [("sign_in", " BOSS "), ("password", PASSWORD)];
        let answer = visitor.post("/sign-in", &fields).await.expect(StatusCode::SEE_OTHER);
        let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text");
        assert!(cookie.starts_with("rapporteur_session="));
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"));
    })
    .await;
}

#[tokio::test]
async fn behind_tls_cookies_are_bound_to_the_host_and_tls_is_demanded() {
    on_both(async |stage| {
        boss(stage).await;
        let settings = Settings {
            is_secure: true,
            ..Settings::default()
        };
        let visitor = Client::visitor(&router_on(stage, settings));
        let answer = visitor
            .post("/sign-in", &[("sign_in", "boss"), ("password", PASSWORD)])
            .await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            assert!(
                cookie.starts_with("__Host-rapporteur_") && cookie.ends_with("; Secure"),
                "{cookie}"
            );
            assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
        }
        assert_eq!(answer.headers[header::STRICT_TRANSPORT_SECURITY], "max-age=63072000");
    })
    .await;
}

#[tokio::test]
async fn a_form_that_outlived_its_session_comes_back_filled_in_after_signing_in() {
    on_both(async |stage| {
        boss(stage).await;
        let router = router_on(stage, Settings::default());
        let visitor = Client::visitor(&router);
        let asked = visitor
            .post("/bodies/new", &[("name", "Half & typed")])
            .await
            .expect(StatusCode::UNAUTHORIZED);
        let kept = asked.hidden("kept");
        let fields = [
            ("sign_in", "boss"),
            ("password", PASSWORD),
            ("next", "/bodies/new"),
            ("kept", kept.as_str()),
        ];
        let answer = visitor.post("/sign-in", &fields).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(answer.location, "/bodies/new");
        let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text");
        let member = Client::holding(&router, cookie);
        member
            .get("/bodies/new")
            .await
            .says("Half &#38; typed")
            .says("Your draft was restored");
    })
    .await;
}
