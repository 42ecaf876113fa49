//! List studies as pages: whose buttons are there, what is kept, and what everybody reads.

use axum::Router;
use axum::http::{StatusCode, header};
use domain::permission::Role;
use monitoring::study;
use store::jobs;
use store::work::Actor;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::tests::router_on;

/// A key that `age-keygen` printed; its other half was thrown away.
const KEY: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
/// How many people are on exactly which of three lists; one overlap is small.
const COUNTS: &[u64] = &[0, 203, 187, 43, 151, 37, 29, 7];
/// The same of four lists; every overlap is wide.
const WIDE: &[u64] = &[0, 177, 189, 106, 163, 42, 44, 24, 249, 61, 70, 47, 40, 34, 26, 21];

struct Scene {
    cast: Coalition,
    router: Router,
    coordinator: Client,
    officer: Client,
    /// Those who send, in the order of the lists.
    senders: Vec<Client>,
    /// The study's address.
    path: String,
    /// How many people are on exactly which lists.
    counts: &'static [u64],
}

impl Scene {
    async fn on(stage: &Stage) -> Self {
        Self::of(stage, COUNTS).await
    }

    async fn of(stage: &Stage, counts: &'static [u64]) -> Self {
        let cast = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let mut invited: Vec<String> = cast.organisations[..2].iter().map(ToString::to_string).collect();
        let mut senders = Vec::new();
        for actor in [&cast.first_manager, &cast.contributor] {
            senders.push(Client::member(&router, stage, actor).await);
        }
        for list in 2..counts.len().ilog2() {
            let organisation = cast::organisation(stage, &format!("Organisation {}", list + 2)).await;
            let key = format!("contributor-{}", list + 2);
            let sender = cast::member(stage, organisation, &key, &[Role::Contributor]).await;
            senders.push(Client::member(&router, stage, &sender).await);
            invited.push(organisation.to_string());
        }
        let coordinator = Client::member(&router, stage, &cast.coordinator).await;
        let fingerprint = "ab".repeat(32);
        let officer = cast.linkage_officer.member.expect("a member").to_string();
        let mut fields = vec![
            ("title", "Specimen study"),
            ("question", "Specimen people in a specimen place"),
            ("from_on_day", "1"),
            ("from_on_month", "1"),
            ("from_on_year", "2024"),
            ("to_on_day", "31"),
            ("to_on_month", "12"),
            ("to_on_year", "2024"),
            ("threshold", "11"),
            ("officer", officer.as_str()),
            ("recipient", KEY),
            ("fingerprint", &fingerprint),
        ];
        fields.extend(invited[..2].iter().map(|id| ("organisations", id.as_str())));
        coordinator
            .post("/studies/new", &fields)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Invite at least 3 organisations")
            .says("Specimen people in a specimen place");
        fields.extend(invited[2..].iter().map(|id| ("organisations", id.as_str())));
        let path = coordinator
            .post("/studies/new", &fields)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let officer = Client::member(&router, stage, &cast.linkage_officer).await;
        Self {
            cast,
            router,
            coordinator,
            officer,
            senders,
            path,
            counts,
        }
    }

    async fn collected(&self) {
        for (list, sender) in self.senders.iter().enumerate() {
            let sent = sender
                .upload(
                    &format!("{}/tokens", self.path),
                    &[("n_people", &size(self.counts, list).to_string())],
                    ("file", "tokens", &envelope(list)),
                )
                .await
                .expect(StatusCode::SEE_OTHER);
            assert_eq!(sent.location, self.path);
        }
        self.coordinator
            .post(&format!("{}/collected", self.path), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
    }

    async fn linked(&self) {
        self.collected().await;
        self.officer
            .upload(
                &format!("{}/links", self.path),
                &[("is_destroyed", "yes")],
                ("file", "LINKS.csv", links(self.counts).as_bytes()),
            )
            .await
            .expect(StatusCode::SEE_OTHER);
    }

    /// Asks for the estimate and does its job.
    async fn estimated(&self, stage: &Stage) {
        self.linked().await;
        self.coordinator
            .post(&format!("{}/estimate", self.path), &[("resamples", "1000")])
            .await
            .expect(StatusCode::SEE_OTHER);
        self.coordinator
            .get(&self.path)
            .await
            .expect(StatusCode::OK)
            .says("Methods that have run");
        let job = jobs::take(&stage.db, stage.now).await.expect("jobs").expect("a job");
        let id = job.payload.parse().expect("a study");
        let task = study::task(&stage.cx(&self.cast.coordinator), id)
            .await
            .expect("read")
            .expect("a task");
        let answer = study::compute(&task, stage.now.day(), |_, _, _| {});
        study::keep(&stage.cx(&self.cast.coordinator), id, &answer)
            .await
            .expect("kept");
        jobs::end(&stage.db, &job, stage.now, Ok(())).await.expect("ended");
    }
}

/// What looks like a token file from outside, which is all that the program can look at.
fn envelope(list: usize) -> Vec<u8> {
    let mut bytes = b"age-encryption.org/v1\n-> X25519 abc\nbody\n--- mac\n".to_vec();
    bytes.extend([u8::try_from(list).expect("few lists"); 64]);
    bytes
}

fn size(counts: &[u64], list: usize) -> u64 {
    let cells = counts.iter().enumerate();
    cells
        .filter(|(history, _)| history >> list & 1 == 1)
        .map(|(_, n)| n)
        .sum()
}

fn links(counts: &[u64]) -> String {
    let mut text = String::from("list,row,cluster\n");
    let (mut person, mut row) = (0, 0);
    for (history, n) in counts.iter().enumerate() {
        for _ in 0..*n {
            person += 1;
            for list in (0..counts.len().ilog2()).filter(|list| history >> list & 1 == 1) {
                row += 1;
                text.push_str(&format!("list-{},{row:032x},{person}\n", list + 1));
            }
        }
    }
    text
}

#[tokio::test]
async fn an_organisation_sends_its_token_file_and_gets_a_receipt() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let sender = &scene.senders[1];
        sender
            .get(&scene.path)
            .await
            .expect(StatusCode::OK)
            .says("Your organisation’s list")
            .says("rapporteur encode people.csv")
            .says(&format!("--schema-fingerprint {}", "ab".repeat(32)))
            .says("--schema schema.json")
            .says(KEY);
        let path = format!("{}/tokens", scene.path);
        sender
            .upload(
                &path,
                &[("n_people", "266")],
                ("file", "people.csv", b"name,born\nSpecimen,1990\n"),
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("not a token file")
            .says("266");
        sender
            .upload(&path, &[("n_people", "266")], ("file", "list.tokens", &envelope(1)))
            .await
            .expect(StatusCode::SEE_OTHER);
        let receipt = store::files::sha256(&envelope(1));
        sender
            .get(&scene.path)
            .await
            .says(&receipt)
            .says("Your token file is here");
        scene.senders[0]
            .get(&scene.path)
            .await
            .expect(StatusCode::OK)
            .lacks(&receipt);
        let stranger = Client::member(&scene.router, stage, &scene.cast.observer).await;
        stranger.get(&scene.path).await.expect(StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn the_officer_downloads_links_and_destroys_and_nobody_else_sees_the_buttons() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        scene.collected().await;
        let page = scene
            .officer
            .get(&scene.path)
            .await
            .expect(StatusCode::OK)
            .says("LINKS.csv");
        let (_, rest) = page
            .body
            .split_once(&format!("href=\"{}/tokens/", scene.path))
            .expect("a token file");
        let file = format!(
            "{}/tokens/{}",
            scene.path,
            rest.split_once('"').expect("a whole address").0
        );
        let taken = scene.officer.get(&file).await.expect(StatusCode::OK);
        assert_eq!(taken.bytes, envelope(0));
        assert_eq!(
            taken.headers[header::CONTENT_DISPOSITION],
            "attachment; filename=\"list-1.tokens\""
        );
        for client in scene.senders.iter().chain([&scene.coordinator]) {
            client.get(&file).await.expect(StatusCode::FORBIDDEN);
            client.get(&scene.path).await.expect(StatusCode::OK).lacks("LINKS.csv");
        }
        let path = format!("{}/links", scene.path);
        let kept = links(COUNTS);
        let short = kept.trim_end().rsplit_once('\n').expect("lines").0;
        scene
            .officer
            .upload(
                &path,
                &[("is_destroyed", "yes")],
                ("file", "LINKS.csv", short.as_bytes()),
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("ask the coordinator to take token files again");
        for (client, says) in [(&scene.coordinator, true), (&scene.officer, false)] {
            let page = client.get(&scene.path).await.expect(StatusCode::OK);
            assert_eq!(page.body.contains("Take token files again"), says);
        }
        let again = format!("{}/reopen", scene.path);
        scene.officer.post(&again, &[]).await.expect(StatusCode::FORBIDDEN);
        scene.coordinator.post(&again, &[]).await.expect(StatusCode::SEE_OTHER);
        scene
            .coordinator
            .post(&format!("{}/collected", scene.path), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        scene
            .officer
            .upload(&path, &[], ("file", "LINKS.csv", kept.as_bytes()))
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("then say so here");
        scene
            .officer
            .upload(
                &path,
                &[("is_destroyed", "yes")],
                ("file", "LINKS.csv", kept.as_bytes()),
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        scene.officer.get(&file).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        scene
            .coordinator
            .get(&scene.path)
            .await
            .says("by Test linkage-officer: linked")
            .says("Run the methods");
    })
    .await;
}

#[tokio::test]
async fn no_page_prints_a_count_and_everybody_reads_only_what_was_rounded() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        scene.estimated(stage).await;
        let published = scene.path.replace("/studies/", "/studies/published/");
        let visitor = Client::visitor(&scene.router);
        visitor.get(&published).await.expect(StatusCode::NOT_FOUND);
        let page = scene
            .coordinator
            .get(&scene.path)
            .await
            .expect(StatusCode::OK)
            .says("What the methods say")
            .says("95% interval")
            .says("Not everything is shown")
            .says("With three lists none can be left out")
            .lacks("Of a hundred")
            .says("200 to 499");
        let mut pages = vec![page];
        scene
            .coordinator
            .post(&format!("{}/publish", scene.path), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        let public = visitor
            .get(&published)
            .await
            .expect(StatusCode::OK)
            .says("When not to use it")
            .says("200 to 499")
            .says("<svg")
            .lacks("Of a hundred")
            .lacks("Model");
        pages.push(public);
        pages.push(scene.officer.get(&scene.path).await.expect(StatusCode::OK));
        pages.push(scene.senders[0].get(&scene.path).await.expect(StatusCode::OK));
        for page in &pages {
            for exact in [657, 203, 187, 151, 290, 266, 224] {
                assert!(!prints(&page.body, &exact.to_string()), "{exact} in {}", page.body);
            }
        }
        visitor
            .get("/studies/published")
            .await
            .expect(StatusCode::OK)
            .says("Specimen study");
        visitor
            .get("/studies/method")
            .await
            .expect(StatusCode::OK)
            .says("In short");
        visitor
            .get("/studies/lists-without-names")
            .await
            .expect(StatusCode::OK)
            .says("It has neither the secret nor the key");
    })
    .await;
}

#[tokio::test]
async fn where_every_overlap_is_wide_histograms_and_other_lists_are_on_both_pages() {
    on_both(async |stage| {
        let scene = Scene::of(stage, WIDE).await;
        scene.estimated(stage).await;
        let told = [
            "Of a hundred",
            "without one list",
            "Lists 1 and 4",
            "Models that were chosen",
        ];
        let mut page = scene
            .coordinator
            .get(&scene.path)
            .await
            .expect(StatusCode::OK)
            .says("go out too")
            .lacks("Not everything is shown")
            .says("How far to trust it")
            .says("Of 200 populations drawn from the chosen model");
        for words in told {
            page = page.says(words);
        }
        scene
            .coordinator
            .post(&format!("{}/publish", scene.path), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        let published = scene.path.replace("/studies/", "/studies/published/");
        let mut public = Client::visitor(&scene.router)
            .get(&published)
            .await
            .expect(StatusCode::OK);
        for words in told {
            public = public.says(words);
        }
        public = public.lacks("How far to trust it").lacks("populations drawn");
        // Seen in all, and on each list: no picture and no table holds them.
        for exact in ["1,293", "1293", "512", "527", "394", "548"] {
            for page in [&page, &public] {
                assert!(!prints(&page.body, exact), "{exact} in {}", page.body);
            }
        }
    })
    .await;
}

#[test]
fn what_a_minister_reads_has_two_hundred_words_at_most() {
    let page = include_str!("method.html");
    let (_, after) = page.split_once("<h2>In short</h2>").expect("a heading");
    let (short, _) = after.split_once("<h2>In full</h2>").expect("the next heading");
    let words: String = short
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, words)| words))
        .collect::<Vec<_>>()
        .join(" ");
    let count = words.split_whitespace().count();
    assert!((100..=200).contains(&count), "{count} words");
}

/// Whether a page prints this number; where in a picture something is drawn is no number that it prints.
fn prints(body: &str, number: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == ',';
    let has = |text: &str| {
        text.split(|c: char| !is_part(c))
            .any(|word| word.trim_matches(',') == number)
    };
    let mut parts = body.split("<svg");
    let before = parts.next().unwrap_or_default();
    let mut rest = parts.map(|part| part.split_once("</svg>").unwrap_or((part, "")));
    let letters = |picture: &str| {
        picture
            .split('<')
            .any(|shape| shape.split_once('>').is_some_and(|(_, said)| has(said)))
    };
    has(before) || rest.any(|(picture, after)| letters(picture) || has(after))
}

/// Opens the pages of a study as this member.
async fn looked_at(browser: &Browser, stage: &Stage, actor: &Actor, paths: &[&str]) {
    let (secret, _) = cast::session(stage, actor).await;
    browser.carry(&secret).await;
    for path in paths {
        browser.go(path).await;
        browser.is_accessible().await;
        browser.fits().await;
    }
}

#[tokio::test]
async fn pages_of_a_study_are_accessible_and_fit_a_phone() {
    on_both(async |stage| {
        let scene = Scene::of(stage, WIDE).await;
        scene.estimated(stage).await;
        let browser = Browser::open(scene.router.clone(), 320).await;
        looked_at(
            &browser,
            stage,
            &scene.cast.coordinator,
            &["/studies", "/studies/new", &scene.path],
        )
        .await;
        scene
            .coordinator
            .post(&format!("{}/publish", scene.path), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        let published = scene.path.replace("/studies/", "/studies/published/");
        let public = [
            "/studies/published",
            "/studies/method",
            "/studies/lists-without-names",
            &published,
        ];
        looked_at(&browser, stage, &scene.cast.observer, &public).await;
        browser.close().await;
    })
    .await;
}
