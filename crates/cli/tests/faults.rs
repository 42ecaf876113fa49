//! What happens when the machine fails under the program: killed between writes, without a database
//! for a while, without room on the disk, with a clock that jumps back.

mod served;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};

use axum::http::StatusCode;
use domain::Instant;
use domain::permission::Action;
use monitoring::body;
use store::Db;
use store::files::Files;
use testkit::stage::CountingIds;
use testkit::{Client, Coalition, Stage, on_both, part};
use web::{App, Settings};

/// How often a loop asks at most, so that a fault ends a test and does not hang it.
const PATIENCE: usize = 100_000;

/// The program serving a stage's database, and the port it listens on.
fn served(stage: &Stage) -> (Child, u16) {
    let (child, _, port) = served::start(served::command(stage));
    (child, port)
}

/// Posts a body's name; whether the program said that it is recorded. `None` once it does not answer.
fn posted(port: u16, cookie: &str, csrf: &str, name: &str) -> Option<bool> {
    let form = format!("csrf={csrf}&name={name}&about=");
    let request = format!(
        "POST /bodies/new HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    (!answer.is_empty()).then(|| answer.starts_with(b"HTTP/1.1 303"))
}

async fn names(stage: &Stage, actor: &store::work::Actor) -> Vec<String> {
    let bodies = body::list(&stage.cx(actor)).await.expect("the register reads");
    bodies.into_iter().map(|row| row.name).collect()
}

/// How many bodies were recorded by the log's account.
async fn acts(stage: &Stage, actor: &store::work::Actor) -> usize {
    let cx = stage.cx(actor);
    let page = async |n| {
        let only = access::log::Filter {
            action: Some(Action::RecordBody),
            record: None,
        };
        access::log::list(&cx, only, n).await.expect("the log reads")
    };
    let (_, last) = page(1).await;
    let mut n_acts = 0;
    for n in 1..=last {
        n_acts += page(n).await.0.len();
    }
    n_acts
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_of_a_thousand_is_lost_when_the_program_is_killed_among_them() {
    const WRITES: usize = 1_000;
    const WRITERS: usize = 4;
    const KILLED_AFTER: usize = 500;
    for mut stage in [Stage::sqlite().await, Stage::postgres().await] {
        // The program's own clock runs, so the session must be of today.
        stage.now = Instant::now();
        let coalition = Coalition::on(&stage).await;
        let (secret, csrf) = testkit::cast::session(&stage, &coalition.coordinator).await;
        let cookie = format!("rapporteur_session={}", secret.expose());
        let (mut program, port) = served(&stage);
        let next = AtomicUsize::new(0);
        let (acknowledge, acknowledged) = std::sync::mpsc::channel();
        let mut kept: Vec<String> = Vec::new();
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                let (next, cookie, csrf, acknowledge) = (&next, &cookie, &csrf, acknowledge.clone());
                scope.spawn(move || {
                    loop {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        let name = format!("Specimen{n}");
                        match posted(port, cookie, csrf, &name) {
                            Some(true) if n < WRITES => acknowledge.send(name).expect("somebody counts"),
                            Some(false) => panic!("{name} was refused"),
                            Some(true) | None => break,
                        }
                    }
                });
            }
            drop(acknowledge);
            for name in acknowledged {
                kept.push(name);
                if kept.len() == KILLED_AFTER {
                    program.kill().expect("it is killed");
                }
            }
        });
        program.wait().expect("it is gone");
        assert!((KILLED_AFTER..WRITES).contains(&kept.len()), "{} writes", kept.len());

        let found = names(&stage, &coalition.coordinator).await;
        let lost: Vec<&String> = kept.iter().filter(|name| !found.contains(name)).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let n_acts = acts(&stage, &coalition.coordinator).await;
        assert_eq!(n_acts, found.len(), "a body and its row in the log come together");
        // The next start of the program writes on.
        let (mut program, port) = served(&stage);
        assert_eq!(posted(port, &cookie, &csrf, "Another"), Some(true));
        program.kill().expect("it is killed");
        program.wait().expect("it is gone");
        stage.db.close().await.expect("the database closes");
    }
}

/// A PostgreSQL server of a test's own, which it may stop.
struct Server {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let programs = PathBuf::from(part("RAPPORTEUR_TEST_POSTGRES_PROGRAMS"));
        let server = Self { folder, programs, port };
        if is_root() {
            let path = server.folder.path();
            assert!(
                Command::new("chown")
                    .arg("postgres")
                    .arg(path)
                    .status()
                    .is_ok_and(|done| done.success())
            );
        }
        server.run(
            "initdb",
            &[
                "--auth=trust",
                "--username=rapporteur",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
        );
        server.go_on();
        server
    }

    /// Runs one of its programs to the end; PostgreSQL refuses to be run by root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        let status = command
            .args(arguments)
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("the program runs");
        assert!(
            status.success(),
            "{}",
            std::fs::read_to_string(self.log()).unwrap_or_default()
        );
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Starts it and waits until it answers.
    fn go_on(&self) {
        let settings = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off",
            self.port
        );
        let log = self.log().display().to_string();
        self.run("pg_ctl", &["start", "-w", "-t", "120", "-l", &log, "-o", &settings]);
    }

    /// Stops it as a crash would: clients are cut off, nothing is tidied.
    fn crash(&self) {
        self.run("pg_ctl", &["stop", "-w", "-m", "immediate"]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that failed while it was down finds nothing to stop.
        if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
            self.crash();
        }
    }
}

fn is_root() -> bool {
    let id = Command::new("id")
        .arg("-u")
        .output()
        .expect("the machine says who runs this");
    id.stdout.trim_ascii() == b"0"
}

/// The program on a stage, in process, with the stage's clock.
fn router(stage: &Stage, clock: fn() -> Instant) -> axum::Router {
    let app = App::new(stage.db.clone(), stage.files.clone(), Settings::default());
    web::router(App { clock, ..app })
}

#[tokio::test(flavor = "multi_thread")]
async fn while_postgresql_restarts_requests_fail_cleanly_and_then_recover() {
    const ENOUGH: usize = 20;
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("postgres://rapporteur@127.0.0.1:{}/postgres", server.port);
    let stage = Stage {
        db: Db::open_server(&url).await.expect("the database opens"),
        files: Files::open_folder(folder.path()).expect("the folder takes files"),
        ids: CountingIds::default(),
        now: Instant::now(),
        folder,
        keys_url: url.replace("/postgres", "/postgres_keys"),
        url,
    };
    let coalition = Coalition::on(&stage).await;
    let router = router(&stage, Instant::now);
    let member = Client::member(&router, &stage, &coalition.coordinator).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (member, is_over, tell) = (member.clone(), is_over.clone(), tell.clone());
            tokio::spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    let answer = member.get("/bodies").await;
                    tell.send(answer.status).expect("somebody listens");
                }
            })
        })
        .collect();
    let mut until = async |wanted: StatusCode| {
        let mut n = 0;
        for _ in 0..PATIENCE {
            let status = told.recv().await.expect("readers ask");
            assert!(
                matches!(status, StatusCode::OK | StatusCode::SERVICE_UNAVAILABLE),
                "{status} is neither the page nor the page that says to come back"
            );
            n += usize::from(status == wanted);
            if n == ENOUGH {
                return;
            }
        }
        panic!("no {wanted} in {PATIENCE} answers");
    };
    let fields = [("name", "Specimen Agency"), ("about", ""), ("once", "the-only-one")];

    until(StatusCode::OK).await;
    server.crash();
    until(StatusCode::SERVICE_UNAVAILABLE).await;
    let refused = member.post("/bodies/new", &fields).await;
    assert!(refused.headers.contains_key("retry-after"));
    refused
        .expect(StatusCode::SERVICE_UNAVAILABLE)
        .says("Nothing was saved")
        .lacks("rapporteur@");
    server.go_on();
    until(StatusCode::OK).await;
    is_over.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.expect("a reader ends");
    }
    assert!(names(&stage, &coalition.coordinator).await.is_empty());
    member.post("/bodies/new", &fields).await.expect(StatusCode::SEE_OTHER);
    assert_eq!(names(&stage, &coalition.coordinator).await, ["Specimen Agency"]);
    stage.db.close().await.expect("the database closes");
}

/// Only the embedded database: a server's disk cannot be filled from a test; its answer is told apart in
/// `store::error`.
#[tokio::test]
async fn a_full_disk_is_said_plainly_and_nothing_is_half_written() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router(&stage, || Instant(NOON.load(Ordering::Relaxed)));
    NOON.store(stage.now.0, Ordering::Relaxed);
    let member = Client::member(&router, &stage, &coalition.coordinator).await;
    stage.limit_pages(1).await;
    let about = "words ".repeat(500);
    let mut n = 0;
    let last = loop {
        let (name, once) = (format!("Specimen {n}"), format!("once-{n}"));
        let answer = member
            .post("/bodies/new", &[("name", &name), ("about", &about), ("once", &once)])
            .await;
        if answer.status != StatusCode::SEE_OTHER {
            answer
                .expect(StatusCode::INSUFFICIENT_STORAGE)
                .says("The disk is full")
                .says("Nothing was saved");
            break (name, once);
        }
        n += 1;
        assert!(n < PATIENCE, "the limit does not hold");
    };
    member.get("/bodies").await.expect(StatusCode::OK).lacks(&last.0);
    assert_eq!(names(&stage, &coalition.coordinator).await.len(), n);

    let again = Db::open_folder(stage.folder.path())
        .await
        .expect("the store opens again");
    again.close().await.expect("it closes");
    stage.limit_pages(1_000_000).await;
    let fields = [("name", last.0.as_str()), ("about", &about), ("once", &last.1)];
    member.post("/bodies/new", &fields).await.expect(StatusCode::SEE_OTHER);
    assert_eq!(names(&stage, &coalition.coordinator).await.len(), n + 1);
    verified(stage.folder.path());
    stage.db.close().await.expect("the database closes");
}

fn verified(folder: &Path) {
    let status = Command::new(env!("CARGO_BIN_EXE_rapporteur"))
        .args(["verify", "--dir"])
        .arg(folder)
        .stdout(Stdio::null())
        .status()
        .expect("the program runs");
    assert!(status.success(), "the store does not verify");
}

/// The clocks of the two tests that set one: a function pointer holds nothing else.
static NOON: AtomicI64 = AtomicI64::new(0);
static JUMPING: AtomicI64 = AtomicI64::new(0);

#[tokio::test]
async fn a_clock_that_jumps_back_ends_no_session_and_refuses_no_form() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router(stage, || Instant(JUMPING.load(Ordering::Relaxed)));
        let set = |seconds| JUMPING.store(stage.now.plus_seconds(seconds).0, Ordering::Relaxed);
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        for (name, seconds) in [("Before", 120), ("Jumped", -5 * 3600), ("Mended", 180)] {
            set(seconds);
            member.get("/bodies").await.expect(StatusCode::OK);
            let fields = [("name", name), ("about", ""), ("once", name)];
            member.post("/bodies/new", &fields).await.expect(StatusCode::SEE_OTHER);
        }
        assert_eq!(
            names(stage, &coalition.coordinator).await,
            ["Before", "Jumped", "Mended"]
        );
        // The end of a session is an instant, so no jump puts it off for ever.
        set(access::session::LONGEST_SECONDS + 1);
        member.get("/bodies").await.expect(StatusCode::SEE_OTHER);
    })
    .await;
}
