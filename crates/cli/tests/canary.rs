//! Canaries: names planted through every way in, and then looked for wherever a thief, a colleague of another
//! organisation or a reader of logs could look.
//!
//! One canary is typed only where the program seals, and must lie nowhere in clear and be shown to nobody but
//! those it is sealed to. The other is typed into every field of every form and asked for at every address, and
//! must not reach the log.

mod planted;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{Read as _, Write};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};

use access::key;
use axum::Router;
use axum::http::StatusCode;
use domain::permission::Role;
use domain::{Day, Instant};
use monitoring::export;
use store::Cx;
use store::work::Actor;
use testkit::client::Answer;
use testkit::{Client, Coalition, Stage, cast, on_both, part, provisions};
use web::{App, Settings};

/// Typed only where it is sealed.
const SEALED: &str = "Quillfeather";
/// Typed everywhere.
const EVERYWHERE: &str = "Larkspurrow";

/// Everything that was logged in this process, at the most talkative level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the log").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Starts it, once for the whole process.
    fn start() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Self::default();
            let writer = log.clone();
            tracing_subscriber::fmt()
                .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .init();
            log
        })
        .clone()
    }

    #[track_caller]
    fn lacks(&self, words: &str) {
        let text = String::from_utf8_lossy(&self.0.lock().expect("the log")).to_lowercase();
        assert!(text.contains("refused"), "doors were tried, and the log tells: {text}");
        let words = words.to_lowercase();
        if let Some(at) = text.find(&words) {
            let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
            panic!("the log holds it: {}", text[start..].lines().next().unwrap_or_default());
        }
    }
}

/// The stage's time.
fn noon() -> Instant {
    Day::new(2025, 6, 1).expect("a day").start().plus_seconds(12 * 3600)
}

/// The program as it is served, with the letters that it prints.
fn router(stage: &Stage) -> Router {
    let mut app = App::new(stage.db.clone(), stage.files.clone(), Settings::default());
    app.clock = noon;
    app.print =
        Some(|title, parts| report::pdf::letter(title, parts).map_err(|error| store::AppError::Internal(error.into())));
    web::router(app)
}

/// Gives the second organisation a key, held by its manager and two contributors. Gives the second of them.
async fn seal_second(stage: &Stage, coalition: &Coalition) -> Actor {
    let second = coalition.organisations[1].0;
    let private = cast::key(stage, &coalition.second_manager).await;
    let cx = Cx {
        key: Some(&private),
        ..stage.cx(&coalition.second_manager)
    };
    key::establish(&cx, second).await.expect("established");
    let colleague = cast::member(stage, coalition.organisations[1], "colleague", &[Role::Contributor]).await;
    for holder in [&coalition.contributor, &colleague] {
        let holder = holder.member.expect("a member");
        key::grant(&cx, second, holder).await.expect("given");
    }
    colleague
}

/// Gives the third organisation a key, held by its supervisor and its caseworker.
async fn seal_third(stage: &Stage, coalition: &Coalition) {
    let third = coalition.organisations[2];
    let manager = cast::member(stage, third, "manager-3", &[Role::Manager]).await;
    let private = cast::key(stage, &manager).await;
    let cx = Cx {
        key: Some(&private),
        ..stage.cx(&manager)
    };
    key::establish(&cx, third.0).await.expect("established");
    for holder in [&coalition.supervisor, &coalition.caseworker] {
        let holder = holder.member.expect("a member");
        key::grant(&cx, third.0, holder).await.expect("given");
    }
}

/// Types the canary wherever casework seals: a person, their case, a note, a need, an episode, a draft, a search.
async fn plant_case(router: &Router, stage: &Stage, coalition: &Coalition) {
    let worker = Client::member(router, stage, &coalition.caseworker).await;
    let day = |key: &str| {
        [("day", "20"), ("month", "5"), ("year", "2025")]
            .map(|(part, value)| (format!("{key}_{part}"), value.to_owned()))
    };
    let post = async |path: &str, days: &[&str], fields: &[(&str, &str)]| {
        let mut all: Vec<(String, String)> = days.iter().flat_map(|key| day(key)).collect();
        all.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let all: Vec<(&str, &str)> = all
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        worker.post(path, &all).await
    };
    let person = [
        ("nation", "wales"),
        ("name", SEALED),
        ("nickname", SEALED),
        ("references", SEALED),
        ("reference", SEALED),
        ("channels", "text"),
        ("how", SEALED),
    ];
    let case = post("/cases/new", &["opened_on", "confirmed_on"], &person)
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    let events = format!("{case}/events/new");
    let needs = format!("{case}/needs/new");
    let need = [
        ("area", "medical"),
        ("horizon", "emergency"),
        ("plan", SEALED),
        ("provider", SEALED),
    ];
    let episode = [("forms", "sexual"), ("journey", SEALED), ("exploiters", SEALED)];
    for (path, days, fields) in [
        (&events, &["on"][..], &[("kind", "note"), ("words", SEALED)][..]),
        (&needs, &["since"], &need),
        (&format!("{case}/exploitation/new"), &[], &episode),
    ] {
        post(path, days, fields).await.expect(StatusCode::SEE_OTHER);
    }
    post(&events, &[], &[("kind", "exit"), ("note", SEALED)])
        .await
        .expect(StatusCode::UNPROCESSABLE_ENTITY)
        .says(SEALED);
    post(
        &format!("/draft?form={events}"),
        &[],
        &[("kind", "exit"), ("note", SEALED)],
    )
    .await
    .expect(StatusCode::NO_CONTENT);
    post("/cases", &[], &[("words", SEALED)])
        .await
        .expect(StatusCode::OK)
        .says(SEALED);
    let [_, second, third] = coalition.organisations;
    planted::around(router, &worker, &case, (third, second), SEALED).await;
}

/// What is typed of an original, with the canary in every field that takes free words.
fn original(provision: &str, title: &str) -> Vec<(&'static str, String)> {
    let words = format!("{SEALED} was moved between three houses");
    let fields = [
        ("title", title),
        ("kind", "interview"),
        ("summary", &words),
        ("origin", SEALED),
        ("publisher", SEALED),
        ("effective_on_day", "31"),
        ("effective_on_month", "3"),
        ("effective_on_year", "2025"),
        ("reliability", "B"),
        ("credibility", "2"),
        ("provisions", provision),
        ("identifies_person", "yes"),
        ("handling", "coalition"),
        ("quoting", "anonymised"),
        ("quote_1", &words),
        ("page_1", "2"),
    ];
    fields.map(|(name, value)| (name, value.to_owned())).to_vec()
}

fn borrowed<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// Types the canary wherever the program seals: an original with its file, a form that is refused, drafts, an
/// answer to a call, a note on opening a colleague's original, and a table about people.
async fn plant(stage: &Stage, router: &Router, coalition: &Coalition, colleague: &Actor) -> String {
    let recorder = Client::member(router, stage, &coalition.contributor).await;
    let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0].to_string();
    let file = format!("Statement of {SEALED}");
    let name = format!("{SEALED}.txt");
    let refused = original(&provision, "");
    recorder
        .upload("/evidence/new", &borrowed(&refused), ("files", &name, file.as_bytes()))
        .await
        .expect(StatusCode::UNPROCESSABLE_ENTITY)
        .says(SEALED);
    recorder
        .post("/draft?form=/evidence/new", &borrowed(&refused))
        .await
        .expect(StatusCode::NO_CONTENT);
    let sent = original(&provision, &format!("What {SEALED} told us"));
    let address = recorder
        .upload("/evidence/new", &borrowed(&sent), ("files", &name, file.as_bytes()))
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    recorder
        .post("/draft?form=/claims/new", &[("words", SEALED)])
        .await
        .expect(StatusCode::NO_CONTENT);

    let colleague = Client::member(router, stage, colleague).await;
    let reason = format!("{SEALED} is in danger tonight and her worker is away");
    colleague
        .post(&format!("{address}/glass"), &[("reason", &reason)])
        .await
        .expect(StatusCode::SEE_OTHER);
    colleague.get(&address).await.expect(StatusCode::OK).says(SEALED);

    let coordinator = Client::member(router, stage, &coalition.coordinator).await;
    coordinator
        .post("/keys/coalition/make", &[])
        .await
        .expect(StatusCode::OK);
    let call = [
        ("title", "Interpreters"),
        ("asks", "How long did you wait?"),
        ("opens_on_day", "1"),
        ("opens_on_month", "5"),
        ("opens_on_year", "2020"),
        ("closes_on_day", "30"),
        ("closes_on_month", "6"),
        ("closes_on_year", "2090"),
    ];
    let call = coordinator
        .post("/calls/new", &call)
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    Client::visitor(router)
        .post(&format!("{call}/answer"), &[("words", SEALED), ("contact", SEALED)])
        .await
        .expect(StatusCode::OK)
        .lacks(SEALED);

    // A table about people is no statistic: it is refused before anything of it is kept.
    let table = format!("first name,nationality,period,value\n{SEALED},Ruritanian,2024,1\n");
    recorder
        .upload("/imports/new", &[], ("file", &name, table.as_bytes()))
        .await
        .expect(StatusCode::UNPROCESSABLE_ENTITY);
    address
}

/// Fields of a form with what they hold.
type Fields = Vec<(String, String)>;

/// The addresses and forms of a page: where it links to, and for each form that is posted, its address and its
/// fields with what they hold.
fn links_and_forms(body: &str) -> (Vec<String>, Vec<(String, Fields)>) {
    let attribute = |tag: &str, name: &str| {
        tag.split_once(&format!(" {name}=\""))
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(value, _)| value.replace("&#38;", "&").replace("&amp;", "&"))
    };
    let mut links = Vec::new();
    for tag in body.split("<a ").skip(1) {
        let tag = format!(" {}", tag.split('>').next().unwrap_or_default());
        links.extend(attribute(&tag, "href").filter(|link| link.starts_with('/') && !link.starts_with("//")));
    }
    let mut forms = Vec::new();
    for form in body.split("<form ").skip(1) {
        let form = format!(" {}", form.split("</form>").next().unwrap_or_default());
        let head = form.split('>').next().unwrap_or_default();
        let Some(action) = attribute(head, "action").filter(|_| head.contains("\"post\"")) else {
            continue;
        };
        let mut fields = Vec::new();
        for tag in form.split('<').skip(1) {
            let is_field = ["input ", "textarea ", "select "]
                .iter()
                .any(|kind| tag.starts_with(kind));
            let tag = tag.split('>').next().unwrap_or_default();
            if let (true, Some(name)) = (is_field, attribute(tag, "name")) {
                let is_typed = !["\"hidden\"", "\"checkbox\"", "\"radio\"", "\"file\""]
                    .iter()
                    .any(|kind| tag.contains(&format!("type={kind}")));
                let value = attribute(tag, "value").unwrap_or_default();
                fields.push((name, if is_typed { EVERYWHERE.to_owned() } else { value }));
            }
        }
        forms.push((action, fields));
    }
    (links, forms)
}

/// An address without what names one record, so that of many alike one page is read.
fn shape(path: &str) -> String {
    let path = path.split('#').next().unwrap_or_default();
    path.split(['/', '?', '='])
        .map(|part| {
            let is_id = part.len() == 36 && part.matches('-').count() == 4;
            if is_id { "*" } else { part }
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// A page that was read: its address and its answer's body.
type Read = Vec<(String, Answer)>;

/// Follows every link that a member is shown, one of each shape.
async fn walked(client: &Client) -> Read {
    let mut waiting = VecDeque::from(["/".to_owned(), "/audit".to_owned(), "/account".to_owned()]);
    let (mut seen, mut read) = (BTreeSet::new(), Vec::new());
    while let Some(path) = waiting.pop_front() {
        if !seen.insert(shape(&path)) {
            continue;
        }
        let answer = client.get(&path).await;
        let (links, _) = links_and_forms(&answer.body);
        waiting.extend(links);
        waiting.extend(Some(answer.location.clone()).filter(|to| to.starts_with('/')));
        read.push((path, answer));
    }
    read
}

/// Nobody but those it is sealed to is shown the canary; those who are, are shown it on pages that no cache keeps.
async fn shown_to_nobody_else(stage: &Stage, router: &Router, coalition: &Coalition) {
    let insiders: [&Actor; 5] = [
        &coalition.supervisor,
        &coalition.caseworker,
        &coalition.contributor,
        &coalition.second_manager,
        &coalition.coordinator,
    ];
    for (who, actor) in coalition.everyone() {
        let is_insider = insiders.iter().any(|insider| insider.member == actor.member);
        let pages = walked(&Client::member(router, stage, actor).await).await;
        assert!(pages.len() > 10, "{who} reads more than {} pages", pages.len());
        let mut n_shown = 0;
        for (path, answer) in &pages {
            if answer.body.contains(SEALED) {
                n_shown += 1;
                assert!(is_insider, "{who} is shown it at {path}");
                let kept = answer
                    .headers
                    .get("cache-control")
                    .and_then(|value| value.to_str().ok());
                assert_eq!(kept, Some("no-store"), "{path}");
            }
        }
        assert!(!is_insider || n_shown > 0, "{who} reads what is sealed to them");
    }
    for (path, answer) in walked(&Client::visitor(router)).await {
        answer.lacks(SEALED);
        assert!(!path.is_empty());
    }
}

/// Types the other canary into every form that members see, and asks for it at addresses that do not exist.
async fn type_everywhere(stage: &Stage, router: &Router, coalition: &Coalition) {
    let mut forms: BTreeMap<String, (String, Fields, &Actor)> = BTreeMap::new();
    for (_, actor) in coalition.everyone() {
        for (_, answer) in walked(&Client::member(router, stage, actor).await).await {
            for (action, fields) in links_and_forms(&answer.body).1 {
                forms.entry(shape(&action)).or_insert((action, fields, actor));
            }
        }
    }
    assert!(forms.len() > 20, "{} forms were found", forms.len());
    for (action, fields, actor) in forms.values() {
        // A session of its own for each, since some of them end one.
        let client = Client::member(router, stage, actor).await;
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .filter(|(name, _)| name != "csrf")
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = client.post(action, &fields).await;
        assert!(!answer.status.is_server_error(), "{action}: {}", answer.status);
    }
    let visitor = Client::visitor(router);
    for path in [
        "/%CANARY",
        "/invitation/%CANARY",
        "/evidence?words=%CANARY",
        "/calls/receipt?code=%CANARY",
        "/sign-in?next=/%CANARY",
        "/editions/%CANARY",
    ] {
        visitor.get(&path.replace("%CANARY", EVERYWHERE)).await;
    }
    for _ in 0..12 {
        visitor
            .post("/sign-in", &[("sign_in", EVERYWHERE), ("password", EVERYWHERE)])
            .await;
    }
}

/// Runs a command of the program on the stage, with its temporary files where they are looked through.
fn run(stage: &Stage, arguments: &[&str]) -> std::process::Output {
    let temporary = stage.folder.path().join("temporary");
    std::fs::create_dir_all(&temporary).expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_rapporteur"));
    command
        .args(arguments)
        .env("RAPPORTEUR_LOG", "trace")
        .env("TMPDIR", &temporary)
        .arg("--dir")
        .arg(stage.folder.path());
    if stage.db.kind() == store::db::Kind::Postgres {
        command.args(["--database", &stage.url, "--keys", &stage.keys_url]);
    }
    command.output().expect("the program runs")
}

/// What a backup holds, for whoever holds its key.
fn opened(path: &Path, identity: &age::x25519::Identity) -> Vec<u8> {
    let file = std::fs::File::open(path).expect("the backup");
    let decryptor = age::Decryptor::new(std::io::BufReader::new(file)).expect("an age file");
    let mut bytes = Vec::new();
    decryptor
        .decrypt(std::iter::once(identity as &dyn age::Identity))
        .expect("it opens")
        .read_to_end(&mut bytes)
        .expect("it reads");
    bytes
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

/// Backups, each opened with its own key, hold the canary sealed; and no command prints or logs it.
fn backups_hold_noise(stage: &Stage) {
    let out = tempfile::tempdir().expect("a folder");
    let (records, keys) = (out.path().join("records.age"), out.path().join("keys.age"));
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let (to, keys_to) = (records.display().to_string(), keys.display().to_string());
    let commands: [&[&str]; 3] = [
        &["backup", "--recipient", &recipient, "--to", &to, "--keys-to", &keys_to],
        &["verify"],
        &["doctor"],
    ];
    for arguments in commands {
        let output = run(stage, arguments);
        let said = [output.stdout, output.stderr].concat();
        assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&said));
        assert!(!holds(&said, SEALED), "{arguments:?} says it");
    }
    for path in [&records, &keys] {
        let bytes = opened(path, &identity);
        assert!(holds(&bytes, "manifest.json"), "the backup was opened");
        assert!(!holds(&bytes, SEALED), "{} holds it", path.display());
    }
}

/// Exports, made as the worker makes them, hold what may be read and nothing that is sealed.
async fn exports_hold_nothing_sealed(stage: &Stage, coalition: &Coalition) {
    let cx = stage.cx(&coalition.second_manager);
    for kind in ["evidence", "measurements"] {
        let asked = export::Ask {
            kind: kind.into(),
            series: None,
            reason: "To look.".into(),
        };
        let id = export::ask(&cx, asked).await.expect("asked for");
        export::make(&cx, id).await.expect("made");
        let made = export::take(&cx, id).await.expect("taken");
        assert!(!made.bytes.is_empty(), "{} holds nothing at all", made.name);
        assert!(!holds(&made.bytes, SEALED), "{} holds it", made.name);
    }
}

/// Encoding a list of people says nothing of them: not in the token file, not in the file of row ids, not in what it prints
/// of a date that cannot be read.
fn encoding_tells_no_name(stage: &Stage) {
    let out = stage.folder.path().join("encoding");
    let lists = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(&out).expect("a folder");
    let people = lists.path().join("people.csv");
    let rows = format!(
        "given_name,family_name,date_of_birth,sex,nationality,place\n{SEALED},{SEALED},{SEALED},f,VN,{SEALED}\n"
    );
    std::fs::write(&people, rows).expect("written");
    let secret = lists.path().join("secret");
    std::fs::write(&secret, format!("{SEALED} and sixteen letters more")).expect("written");
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    let tokens = out.join("people.tokens");
    let output = Command::new(env!("CARGO_BIN_EXE_rapporteur"))
        .args(["encode", &people.display().to_string(), "--to", &recipient])
        .args(["--secret-file", &secret.display().to_string()])
        .args(["--out", &tokens.display().to_string()])
        .env("RAPPORTEUR_LOG", "trace")
        .output()
        .expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&said);
    assert!(tokens.exists() && text.contains("row 2"), "{text}");
    assert!(!holds(&said, SEALED), "{text}");
}

/// The letter for the person tells them their own words, and its metadata nobody's.
async fn the_letters_metadata_is_silent(client: &Client, address: &str) {
    let letter = client
        .post(&format!("{address}/about"), &[("as", "pdf"), ("strike", "")])
        .await
        .expect(StatusCode::OK);
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), &letter.bytes).expect("written");
    let text_of = Path::new(&part("RAPPORTEUR_TEST_PDFTOTEXT")).to_owned();
    let said = |program: &Path, arguments: &[&str]| {
        let output = Command::new(program)
            .args(arguments)
            .output()
            .expect("poppler's programs run");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let path = file.path().display().to_string();
    assert!(said(&text_of, &[&path, "-"]).contains(SEALED), "it is their letter");
    let info = text_of.with_file_name("pdfinfo");
    for arguments in [&[path.as_str()][..], &["-meta", path.as_str()]] {
        let words = said(&info, arguments);
        assert!(!words.is_empty(), "pdfinfo read it");
        assert!(!words.contains(SEALED), "{words}");
    }
}

#[tokio::test]
async fn no_canary_is_found_where_a_thief_a_colleague_or_a_reader_of_logs_looks() {
    let log = Log::start();
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let colleague = seal_second(stage, &coalition).await;
        let router = router(stage);
        let address = plant(stage, &router, &coalition, &colleague).await;
        seal_third(stage, &coalition).await;
        plant_case(&router, stage, &coalition).await;
        let recorder = Client::member(&router, stage, &coalition.contributor).await;
        recorder.get(&address).await.expect(StatusCode::OK).says(SEALED);
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        the_letters_metadata_is_silent(&manager, &address).await;
        shown_to_nobody_else(stage, &router, &coalition).await;
        exports_hold_nothing_sealed(stage, &coalition).await;
        type_everywhere(stage, &router, &coalition).await;
        backups_hold_noise(stage);
        encoding_tells_no_name(stage);
        assert_eq!(stage.traces_of(SEALED).await, Vec::<String>::new());
        assert!(
            !stage.traces_of(EVERYWHERE).await.is_empty(),
            "what is in the clear is found"
        );
        log.lacks(SEALED);
        log.lacks(EVERYWHERE);
    })
    .await;
}
