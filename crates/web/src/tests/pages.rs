//! Every page that has an address of its own, as whoever may open it first sees it: empty, on the narrowest screen.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage};

use super::router_on;
use crate::app::Settings;
use crate::routes;

#[tokio::test]
async fn every_page_without_records_is_accessible_and_fits_a_phone() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let browser = Browser::open(router.clone(), 320).await;
    let mut left: Vec<&str> = routes::all()
        .iter()
        .map(|route| route.path)
        .filter(|path| !path.contains('{') && *path != "/sign-out")
        .collect();
    let n_all = left.len();
    for (_, actor) in coalition.everyone() {
        let client = Client::member(&router, &stage, actor).await;
        let (secret, _) = testkit::cast::session(&stage, actor).await;
        browser.carry(&secret).await;
        let mut still = Vec::new();
        for path in left {
            let answer = client.get(path).await;
            let is_page = answer
                .headers
                .get("content-type")
                .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
            if answer.status != StatusCode::OK || !is_page {
                still.push(path);
                continue;
            }
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
        left = still;
    }
    // What is left takes forms only, leads on, or is no page.
    assert!(n_all - left.len() > 40, "not looked at: {left:?}");
    browser.close().await;
}
