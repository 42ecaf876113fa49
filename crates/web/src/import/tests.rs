//! Imports as a member without scripts makes them, and everything that can be wrong with a file.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::client::Answer;
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::Settings;
use crate::tests::router_on;

const HEADER: &str = "series,period_start,period_end,breakdown,category,value,unit,as_published_on,vintage_note,source_title,source_url,licence,source_kind,is_unverified";

/// The figures of some quarters, one of them restated, and two rows that are wrong.
pub(crate) fn figures() -> String {
    let rows = [
        "nrm_referrals,2023-01-01,2023-03-31,total,total,\"4,746\",persons,2023-05-04,,Bulletin Q1 2023,https://example.org/1,OGL-UK-3.0,primary,false",
        "nrm_referrals,2023-04-01,2023-06-30,total,total,4218,persons,2023-08-03,,Bulletin Q2 2023,https://example.org/2,OGL-UK-3.0,secondary,true",
        "nrm_referrals,2023-07-01,2023-09-30,total,total,[c],persons,2023-11-02,,Bulletin Q3 2023,https://example.org/3,OGL-UK-3.0,primary,false",
        "nrm_referrals,2023-10-01,2023-12-31,total,total,4142,persons,2024-03-07,,Bulletin Q4 2023,https://example.org/4,OGL-UK-3.0,primary,false",
        "nrm_referrals,2023-10-01,2023-12-31,total,total,4134,persons,2024-05-10,,Bulletin Q1 2024,https://example.org/5,OGL-UK-3.0,primary,false",
        "nrm_referrals,2023-10-01,2023-12-31,age,child,1895,persons,2024-03-07,,Bulletin Q4 2023,https://example.org/4,OGL-UK-3.0,primary,false",
        "nrm_referrals,2024-01-01,2024-03-31,total,total,=1+1,persons,2024-05-10,,Bulletin Q1 2024,,,,",
        "nrm_referrals,2024-01-01,2024-03-31,total,total,4524,persons,31/02/2024,,Bulletin Q1 2024,,,,",
    ];
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// Posts the mapping as the page suggests it.
pub(crate) async fn confirm_mapping(member: &Client, import: &str) -> Answer {
    let form = member
        .get(&format!("{import}/mapping"))
        .await
        .expect(StatusCode::OK)
        .says("Which column holds what?");
    let columns = [
        ("series", "series"),
        ("start_of_the_period", "period_start"),
        ("end_of_the_period", "period_end"),
        ("breakdown", "breakdown"),
        ("category", "category"),
        ("value", "value"),
        ("unit", "unit"),
        ("date_of_publication", "as_published_on"),
        ("vintage_note", "vintage_note"),
        ("title_of_the_source", "source_title"),
        ("address_of_the_source", "source_url"),
        ("licence", "licence"),
    ];
    let mut fields = vec![("step".to_owned(), "mapping")];
    for (key, heading) in columns {
        let chosen = format!("<option value=\"{heading}\" selected>");
        assert!(form.body.contains(&chosen), "{heading} is not suggested");
        fields.push((format!("column_{key}"), heading));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    member.post(&format!("{import}/mapping"), &fields).await
}

/// Sends a file and gives the address of its import.
pub(crate) async fn send(member: &Client, name: &str, bytes: &[u8]) -> String {
    let form = member.get("/imports/new").await.expect(StatusCode::OK);
    let sent = member
        .upload("/imports/new", &[("once", &form.hidden("once"))], ("file", name, bytes))
        .await
        .expect(StatusCode::SEE_OTHER);
    sent.location
        .strip_suffix("/mapping")
        .expect("on to the mapping")
        .to_owned()
}

/// Adds the series that the file waits for.
pub(crate) async fn add_referrals(member: &Client, import: &str) {
    let form = member
        .get(&format!("{import}/series"))
        .await
        .expect(StatusCode::OK)
        .says("nrm_referrals");
    let _ = form.says("<option value=\"person\" selected>");
    let fields = [
        ("publisher", "Sample Office"),
        ("code-0", "nrm_referrals"),
        ("title-0", "Referrals"),
        ("unit-0", "persons"),
        ("counting_rule-0", "person"),
    ];
    member
        .post(&format!("{import}/series"), &fields)
        .await
        .expect(StatusCode::SEE_OTHER);
}

/// A coordinator with the figures taken in; gives the address of the import.
pub(crate) async fn with_figures(member: &Client) -> String {
    let import = send(member, "figures.csv", figures().as_bytes()).await;
    confirm_mapping(member, &import).await.expect(StatusCode::SEE_OTHER);
    add_referrals(member, &import).await;
    member
        .post(&format!("{import}/decision"), &[("take", "good")])
        .await
        .expect(StatusCode::SEE_OTHER);
    import
}

#[tokio::test]
async fn a_file_is_sent_mapped_looked_at_taken_and_undone() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        member
            .get("/imports")
            .await
            .expect(StatusCode::OK)
            .says("Nothing has been imported yet");
        let import = send(&member, "figures.csv", figures().as_bytes()).await;
        member
            .get(&import)
            .await
            .expect(StatusCode::OK)
            .says("The rows have not been checked yet");
        assert_eq!(
            confirm_mapping(&member, &import)
                .await
                .expect(StatusCode::SEE_OTHER)
                .location,
            import
        );
        member
            .get(&import)
            .await
            .says("Series that do not exist yet")
            .says("Add these series");

        let missing = member
            .post(
                &format!("{import}/series"),
                &[
                    ("code-0", "nrm_referrals"),
                    ("title-0", ""),
                    ("publisher", "Kept words"),
                ],
            )
            .await;
        missing
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("href=\"#title-0\"")
            .says("Kept words");
        add_referrals(&member, &import).await;
        let shown = member
            .get(&import)
            .await
            .says("31/02/2024")
            .says("Take the 6 good rows")
            .says("Take none");
        let _ = shown.says("neither a number").lacks("Undo this import");

        let refused = member.get(&format!("{import}/refused")).await.expect(StatusCode::OK);
        assert!(
            refused.headers["content-disposition"]
                .to_str()
                .is_ok_and(|value| value.contains("figures-refused.csv"))
        );
        assert!(
            refused.body.contains("'=1+1"),
            "a formula leaves as text: {}",
            refused.body
        );

        member
            .post(&format!("{import}/decision"), &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose whether to take");
        let once = member.get(&import).await.hidden("once");
        for _ in 0..2 {
            let taken = member
                .post(&format!("{import}/decision"), &[("take", "good"), ("once", &once)])
                .await;
            assert_eq!(taken.expect(StatusCode::SEE_OTHER).location, import);
        }
        member.get(&import).await.says("Taken in").says("Undo this import");
        member.get("/imports").await.says("figures.csv").says("Taken in");

        let again = send(&member, "figures.csv", figures().as_bytes()).await;
        member
            .get(&format!("{again}/mapping"))
            .await
            .says("Filled in from last time");
        confirm_mapping(&member, &again).await.expect(StatusCode::SEE_OTHER);
        member
            .get(&again)
            .await
            .says("There is nothing new in this file to take")
            .says("Take none");

        member
            .post(&format!("{import}/undo"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        member.get(&import).await.says("Undone").lacks("Undo this import");
    })
    .await;
}

#[tokio::test]
async fn those_who_may_not_import_look_and_change_nothing() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let import = with_figures(&member).await;
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .get(&import)
            .await
            .expect(StatusCode::OK)
            .lacks("Undo this import");
        observer
            .post(&format!("{import}/undo"), &[])
            .await
            .expect(StatusCode::FORBIDDEN);
        let other = Client::member(&router, stage, &coalition.first_assessor).await;
        other
            .get(&import)
            .await
            .expect(StatusCode::OK)
            .lacks("Undo this import");
        other
            .post(&format!("{import}/undo"), &[])
            .await
            .expect(StatusCode::FORBIDDEN);
        observer
            .upload("/imports/new", &[], ("file", "a.csv", b"a,b\n1,2\n"))
            .await
            .expect(StatusCode::FORBIDDEN);
        member.get(&import).await.says("Taken in");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why_and_leaves_nothing() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let unmarked: Vec<u8> = figures().encode_utf16().flat_map(u16::to_le_bytes).collect();
        let people = b"series,value,surname\nx,1,Y\n".to_vec();
        for (bytes, words) in [
            (unmarked, "UTF-16"),
            (people, "columns about people"),
            (b"PK\x03\x04".to_vec(), "damaged"),
            (Vec::new(), "must not be empty"),
        ] {
            member
                .upload("/imports/new", &[], ("file", "figures.csv", &bytes))
                .await
                .expect(StatusCode::UNPROCESSABLE_ENTITY)
                .says(words)
                .says("href=\"#file\"");
        }
        member
            .post("/imports/new", &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("a form with a file");
        member.get("/imports").await.says("Nothing has been imported yet");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_comes_without_the_sessions_token_is_refused() {
    use tower::ServiceExt as _;
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let (secret, csrf) = testkit::cast::session(&stage, &coalition.contributor).await;
    for (token, status) in [
        ("forged", StatusCode::FORBIDDEN),
        (csrf.as_str(), StatusCode::SEE_OTHER),
    ] {
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\n{}\r\n--b--\r\n",
            figures()
        );
        let request = axum::http::Request::post("/imports/new")
            .header("content-type", "multipart/form-data; boundary=b")
            .header("cookie", format!("rapporteur_session={}", secret.expose()))
            .body(axum::body::Body::from(body))
            .expect("a request");
        assert_eq!(
            router.clone().oneshot(request).await.expect("an answer").status(),
            status,
            "{token}"
        );
    }
}

#[tokio::test]
async fn a_file_of_three_hundred_megabytes_is_answered_with_a_page_and_not_with_a_reset_connection() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    const LENGTH: usize = 300 << 20;
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let (secret, _) = testkit::cast::session(&stage, &coalition.contributor).await;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let block = vec![b'x'; 1 << 20];
    for announced in [true, false] {
        let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
        let length = if announced {
            format!("Content-Length: {LENGTH}")
        } else {
            "Transfer-Encoding: chunked".to_owned()
        };
        let head = format!(
            "POST /imports/new HTTP/1.1\r\nHost: localhost\r\nCookie: rapporteur_session={}\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\n{length}\r\n\r\n",
            secret.expose()
        );
        stream.write_all(head.as_bytes()).await.expect("the head is sent");
        for _ in 0..LENGTH >> 20 {
            if !announced {
                stream.write_all(b"100000\r\n").await.expect("a chunk begins");
            }
            stream.write_all(&block).await.expect("every block is taken");
            if !announced {
                stream.write_all(b"\r\n").await.expect("a chunk ends");
            }
        }
        if !announced {
            stream.write_all(b"0\r\n\r\n").await.expect("the body ends");
        }
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .await
            .expect("the page arrives whole");
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(
            answer.contains("The file is too large") && answer.contains("Split the file"),
            "{answer}"
        );
    }
    server.abort();
}

#[tokio::test]
async fn the_pages_of_imports_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let member = Client::member(&router, &stage, &coalition.coordinator).await;
    let waiting = send(&member, "waiting.csv", figures().as_bytes()).await;
    let checked = send(&member, "checked.csv", figures().as_bytes()).await;
    confirm_mapping(&member, &checked).await.expect(StatusCode::SEE_OTHER);
    let noted = format!("A note above the table,,\n{}", figures());
    let asked = send(&member, "asked.csv", noted.as_bytes()).await;
    let browser = Browser::open(router.clone(), 1280).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        let pages = [
            "/imports".to_owned(),
            "/imports/new".to_owned(),
            format!("{waiting}/mapping"),
            waiting.clone(),
            checked.clone(),
            format!("{checked}/series"),
            format!("{asked}/mapping"),
        ];
        for path in pages {
            browser.go(&path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.sees("Which row holds the headings?").await;
    browser.close().await;
}
