//! Plants a canary in what goes on around a case: a referral to another organisation and to somebody outside, without consent
//! and with a reason; what the person says; and feedback without an account.

use axum::Router;
use axum::http::StatusCode;
use domain::ids::OrganisationId;
use testkit::Client;

/// Types the canary into all of it. `case`: the address of a case of this caseworker's; `to`: an organisation with a key;
/// `own`: the caseworker's own.
pub(crate) async fn around(
    router: &Router,
    worker: &Client,
    case: &str,
    (own, to): (OrganisationId, OrganisationId),
    canary: &str,
) {
    let why = format!("{canary} is followed home, and it cannot wait");
    let new = format!("{case}/referrals/new");
    let to = to.0.to_string();
    for (receiver, status) in [(to.as_str(), StatusCode::SEE_OTHER), ("outside", StatusCode::OK)] {
        let refer = [
            ("receiver", receiver),
            ("outside", canary),
            ("summary", canary),
            ("parts", "name"),
            ("parts", "references"),
            ("parts", "contact"),
            ("why", "danger"),
            ("why_words", why.as_str()),
        ];
        worker.post(&new, &refer).await.expect(StatusCode::OK).says(canary);
        worker
            .post(&format!("/draft?form={new}"), &refer)
            .await
            .expect(StatusCode::NO_CONTENT);
        let send: Vec<_> = refer.iter().copied().chain([("step", "send")]).collect();
        worker.post(&new, &send).await.expect(status);
    }
    let said = [
        ("on_day", "20"),
        ("on_month", "5"),
        ("on_year", "2025"),
        ("words", canary),
        ("language", canary),
    ];
    worker
        .post(&format!("{case}/voices/new"), &said)
        .await
        .expect(StatusCode::SEE_OTHER);
    Client::visitor(router)
        .post(
            &format!("/feedback/to/{}/send", own.0),
            &[("words", canary), ("contact", canary)],
        )
        .await
        .expect(StatusCode::OK)
        .lacks(canary);
}
