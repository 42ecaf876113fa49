//! Evidence, as members without scripts use it.

use axum::http::{StatusCode, header};
use domain::ids::ProvisionId;
use domain::permission::Role;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

/// What a member types for an item that passes every check.
fn typed<'a>(title: &'a str, provision: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("title", title),
        ("kind", "document"),
        ("summary", "What it says"),
        ("publisher", "Specimen Press"),
        ("effective_on_day", "31"),
        ("effective_on_month", "3"),
        ("effective_on_year", "2025"),
        ("reliability", "B"),
        ("credibility", "2"),
        ("provisions", provision),
        ("forms", "labour"),
        ("identifies_person", "no"),
        ("handling", "coalition"),
        ("quoting", "yes"),
        ("quote_1", "Nobody asked them"),
        ("page_1", "12"),
        ("file_1", "new-1"),
    ]
}

const FILE: (&str, &str, &[u8]) = ("files", "report é.txt", b"abc");

async fn provision(stage: &Stage) -> ProvisionId {
    provisions(stage, &[("13(1)", "mandatory"), ("9(2)", "mandatory")]).await[0]
}

/// Records an item and gives its address.
async fn recorded(member: &Client, fields: &[(&str, &str)]) -> String {
    member
        .upload("/evidence/new", fields, FILE)
        .await
        .expect(StatusCode::SEE_OTHER)
        .location
}

#[tokio::test]
async fn an_item_is_recorded_once_read_found_and_its_file_saved() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        member
            .get("/evidence")
            .await
            .expect(StatusCode::OK)
            .says("No evidence has been recorded yet")
            .says("/evidence/new");
        let provision = provision(stage).await.to_string();
        let form = member
            .get("/evidence/new")
            .await
            .expect(StatusCode::OK)
            .says("chapter II")
            .says("Does it identify a person?");
        let once = form.hidden("once");
        let mut fields = typed("The <report>", &provision);
        fields.push(("once", &once));
        let address = recorded(&member, &fields).await;
        assert_eq!(
            recorded(&member, &fields).await,
            address,
            "a double click makes one record"
        );
        let page = member
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("The &#60;report&#62;")
            .says("Nobody asked them");
        let page = page
            .says("B: usually reliable")
            .says("report é.txt, 12")
            .says("ba7816bf8f01cfea414140de5dae2223");
        let file = page
            .body
            .split(&format!("{address}/files/"))
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let file = member
            .get(&format!("{address}/files/{file}"))
            .await
            .expect(StatusCode::OK);
        assert_eq!(file.bytes, b"abc");
        assert_eq!(
            file.headers[header::CONTENT_DISPOSITION],
            "attachment; filename*=UTF-8''report%20%C3%A9%2Etxt"
        );
        assert_eq!(file.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        member
            .get("/evidence?words=NOBODY+ask")
            .await
            .expect(StatusCode::OK)
            .says("One item")
            .says(&address);
        member
            .get("/evidence?words=elsewhere")
            .await
            .expect(StatusCode::OK)
            .says("No evidence that you may see answers this");
        member
            .get("/evidence?form=labour&from_day=1&from_month=4&from_year=2025")
            .await
            .lacks(&address)
            .says("2 on");
        member
            .get(&format!("/evidence?provision={provision}&reliability=B&until_year=x"))
            .await
            .says(&address)
            .says("not a day");
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_is_kept_beside_the_faults() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let provision = provision(stage).await.to_string();
        let mut fields = typed(" ", &provision);
        fields.retain(|(name, _)| *name != "identifies_person");
        fields.push(("identifies_person", "yes"));
        fields.push(("derived_from", "not an address"));
        let answer = member
            .upload("/evidence/new", &fields, FILE)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .says("Paste the address")
            .says("What it says")
            .says("(1 chosen)")
            .says("choose them again");
        fields.retain(|(name, _)| *name != "derived_from");
        let answer = member
            .upload("/evidence/new", &fields, FILE)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        let answer = answer.says("Enter a title");
        answer.says("Nobody asked them").says("value=\"31\"");
        member.get("/evidence").await.says("No evidence has been recorded yet");
    })
    .await;
}

#[tokio::test]
async fn whom_the_handling_does_not_let_in_finds_no_page_no_file_and_no_title() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let owner = Client::member(&router, stage, &coalition.contributor).await;
        let provision = provision(stage).await.to_string();
        let third = coalition.organisations[2].to_string();
        let mut addresses = Vec::new();
        for handling in ["open", "coalition", "named", "source_only"] {
            let title = format!("Title-{handling}");
            let mut fields = typed(&title, &provision);
            fields.retain(|(name, _)| *name != "handling");
            fields.extend([("handling", handling), ("named", third.as_str())]);
            addresses.push((handling, recorded(&owner, &fields).await));
        }
        let members = [
            (&coalition.second_manager, 4),
            (&coalition.observer, 3),
            (&coalition.coordinator, 2),
        ];
        for (actor, seen) in members {
            let member = Client::member(&router, stage, actor).await;
            for (n, (handling, address)) in addresses.iter().enumerate() {
                let may = n < seen;
                let status = if may { StatusCode::OK } else { StatusCode::NOT_FOUND };
                let title = format!("Title-{handling}");
                assert_eq!(member.get(address).await.expect(status).body.contains(&title), may);
                let page = owner.get(address).await.body;
                let file = page
                    .split(&format!("{address}/files/"))
                    .nth(1)
                    .unwrap()
                    .split('"')
                    .next()
                    .unwrap()
                    .to_owned();
                member.get(&format!("{address}/files/{file}")).await.expect(status);
                for list in [
                    "/evidence",
                    "/evidence?words=title",
                    &format!("/evidence?provision={provision}"),
                ] {
                    assert_eq!(
                        member.get(list).await.expect(StatusCode::OK).body.contains(&title),
                        may,
                        "{list}"
                    );
                }
                if actor.name != coalition.second_manager.name {
                    let amend = member.get(&format!("{address}/amend")).await.status;
                    assert!(
                        amend == StatusCode::FORBIDDEN || amend == StatusCode::NOT_FOUND,
                        "{amend}"
                    );
                }
            }
            member
                .get("/coverage")
                .await
                .expect(StatusCode::OK)
                .says("4 items of evidence")
                .lacks("Title-");
        }
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .upload("/evidence/new", &typed("No", &provision), FILE)
            .await
            .expect(StatusCode::FORBIDDEN);
        let operator = Client::member(&router, stage, &coalition.operator).await;
        operator.get(&addresses[0].1).await.expect(StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn two_who_amend_one_item_are_shown_both_versions() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let provision = provision(stage).await.to_string();
        let address = recorded(&member, &typed("First title", &provision)).await;
        let amend = format!("{address}/amend");
        let form = member
            .get(&amend)
            .await
            .expect(StatusCode::OK)
            .says("First title")
            .says("report é.txt");
        let revision = form.hidden("revision");
        let with = |title: &'static str| {
            let mut fields = typed(title, &provision);
            fields.retain(|(name, _)| *name != "file_1");
            fields
        };
        let [_, second, _] = coalition.organisations;
        let another = testkit::cast::member(stage, second, "colleague", &[Role::Contributor]).await;
        // A colleague's draft, typed on the first revision, stays of that revision.
        let colleague = Client::member(&router, stage, &another).await;
        let half = [("title", "Half typed"), ("of_revision", revision.as_str())];
        colleague
            .post(&format!("/draft?form={amend}"), &half)
            .await
            .expect(StatusCode::NO_CONTENT);
        let mut fields = with("Second title");
        fields.push(("revision", &revision));
        member
            .upload(&amend, &fields, ("files", "", b""))
            .await
            .expect(StatusCode::SEE_OTHER);
        let restored = colleague.get(&amend).await.expect(StatusCode::OK).says("Half typed");
        assert_eq!(restored.hidden("revision"), revision);
        let mut fields = with("Late title");
        fields.push(("revision", &revision));
        let answer = member
            .upload(&amend, &fields, ("files", "", b""))
            .await
            .expect(StatusCode::CONFLICT);
        let answer = answer.says("Both versions").says("Second title").says("Late title");
        let now = answer.hidden("revision");
        fields.pop();
        fields.push(("revision", &now));
        member
            .upload(&amend, &fields, ("files", "", b""))
            .await
            .expect(StatusCode::SEE_OTHER);
        member.get(&address).await.says("Late title").says("report é.txt");
    })
    .await;
}

#[tokio::test]
async fn its_pages_are_accessible_wide_and_narrow() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let member = Client::member(&router, &stage, &coalition.contributor).await;
    let provision = provision(&stage).await.to_string();
    let address = recorded(
        &member,
        &typed(
            "A report with a rather long title that has to wrap on a small screen",
            &provision,
        ),
    )
    .await;
    let upstream = [("derived_from", address.as_str())];
    let fields: Vec<_> = typed("An article about it", &provision)
        .into_iter()
        .chain(upstream)
        .collect();
    let article = recorded(&member, &fields).await;
    let browser = Browser::open(router, 1280).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.contributor).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser.client.set_window_size(width, 1000).await.unwrap();
        for path in [
            "/evidence",
            "/evidence?form=labour",
            "/evidence/new",
            &article,
            &format!("{address}/amend"),
            "/coverage",
        ] {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.close().await;
}
