//! Two pages under many readers: a provision with the evidence on it, and the search for evidence among 100,000 items;
//! beside Datasette serving the same rows from SQLite with its full-text search.
//!
//! Server and readers share the machine's cores, in both runs alike.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use super::cost::peak_mb_of;
use super::demonstration::{Demonstration, helper};
use super::load::{Answers, ask};
use crate::parts;
use crate::process::{Service, capture, run as run_command};
use crate::services::{free_port, http};

/// The Python programs that benchmarks compare with.
pub(super) const PYTHON_PARTS: &[&str] = &["datasette==0.65.5", super::pdf::WEASYPRINT];

/// Invents the items: a database for Datasette, and the same rows for us.
const EVIDENCE_SCRIPT: &str = include_str!("evidence.py");

/// How many readers ask at the same time.
const READERS: u32 = 50;

/// How many rows the peer lists on a page: as many as our search does.
const ROWS: u32 = 50;

/// How long a server may take to answer for the first time.
pub(super) const LIMIT: Duration = Duration::from_mins(1);

/// A page: its name, and the paths to ask for in turn, ours and the peer's.
struct Page {
    name: &'static str,
    ours: Vec<String>,
    peers: Vec<String>,
}

impl Page {
    fn new(name: &'static str) -> Self {
        let (ours, peers) = (Vec::new(), Vec::new());
        Self { name, ours, peers }
    }
}

/// Measures both servers on both pages and prints a table.
pub(super) fn run(items: u32, seconds: u32) -> Result<()> {
    let programs = parts::python_programs("bench", PYTHON_PARTS)?;
    let demonstration = Demonstration::build()?;
    let (peer_database, rows) = (demonstration.beside("peer.db"), demonstration.beside("rows"));
    let made = capture(
        Command::new(programs.join("python"))
            .args(["-c", EVIDENCE_SCRIPT])
            .args([&demonstration.database(), &peer_database, &rows])
            .arg(items.to_string()),
    )
    .context("the items of evidence could not be invented")?;
    // Through our own store, so that the search index is exactly what it would be.
    run_command(
        Command::new(helper("bench-evidence")?)
            .arg(demonstration.data())
            .arg(&rows),
    )?;
    let pages = pages(&made)?;

    let ours = measured(
        "Rapporteur",
        &demonstration.program,
        |command, port| {
            command
                .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--dir"])
                .arg(demonstration.data());
        },
        |port| sign_in(&demonstration, port),
        pages.iter().map(|page| page.ours.as_slice()),
        seconds,
    )?;
    let peers = measured(
        "Datasette",
        &programs.join("datasette"),
        |command, port| {
            // What it does beyond listing rows is left off, so that both do the same work.
            command.args(["serve", "--host", "127.0.0.1", "--port", &port.to_string()]);
            command.args([
                "--setting",
                "suggest_facets",
                "off",
                "--setting",
                "default_page_size",
                &ROWS.to_string(),
            ]);
            command.arg(&peer_database);
        },
        |_| Ok(String::new()),
        pages.iter().map(|page| page.peers.as_slice()),
        seconds,
    )?;

    println!("\n{items} items of evidence, {READERS} readers at once, {seconds} s for each page:");
    println!("{}", table(pages.iter().map(|page| page.name), &ours, &peers));
    Ok(())
}

/// What a server did on each page, and the memory it had held by the end.
struct Measured {
    answers: Vec<Answers>,
    peak_mb: f64,
}

/// Signs in as the first member of the demonstration's `sign-ins.txt`: name, password and role, parted by tabs.
pub(super) fn sign_in(demonstration: &Demonstration, port: u16) -> Result<String> {
    let path = demonstration.data().join("sign-ins.txt");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut fields = text.lines().next().unwrap_or_default().split('\t');
    let (Some(name), Some(password)) = (fields.next(), fields.next()) else {
        bail!("{} does not begin with a name and a password", path.display());
    };
    let answer = http::post(port, "/sign-in", &format!("sign_in={name}&password={password}"))?;
    let cookie = answer.cookie().map(ToOwned::to_owned);
    cookie.with_context(|| format!("{name} of {} could not sign in: {}", path.display(), answer.status))
}

/// Starts a server, signs in, has every page read, and stops it.
fn measured<'a>(
    name: &'static str,
    program: &Path,
    configure: impl FnOnce(&mut Command, u16),
    sign_in: impl FnOnce(u16) -> Result<String>,
    pages: impl Iterator<Item = &'a [String]>,
    seconds: u32,
) -> Result<Measured> {
    let port = free_port()?;
    let mut server = Service::start(name, program, "TERM", None, |command| {
        configure(command, port);
        command.stdout(Stdio::null()).stderr(Stdio::null());
    })?;
    server.wait_until(LIMIT, || http::get(port, "/", "").is_ok())?;
    let cookie = sign_in(port)?;
    let address = format!("http://127.0.0.1:{port}");
    let answers = pages
        .map(|paths| {
            // The load generator takes a redirection for a success, so look once before it asks.
            for path in paths {
                let status = http::get(port, path, &cookie)?.status;
                ensure!(status == 200, "{name} answered `GET {path}` with {status}");
            }
            println!("{name}: {} ...", paths[0]);
            ask(&address, paths, &cookie, seconds, READERS)
        })
        .collect::<Result<_>>()?;
    Ok(Measured {
        answers,
        peak_mb: peak_mb_of(server.id())?,
    })
}

/// The pages to ask for, from the script's lines `provision ID NUMBER` and `term WORD`.
fn pages(made: &str) -> Result<[Page; 2]> {
    let (mut provision, mut search) = (Page::new("provision"), Page::new("search"));
    for line in made.lines() {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["provision", id, number] => {
                provision.ours.push(format!("/provisions/{id}"));
                provision.peers.push(format!("/peer/evidence?provision={number}"));
            }
            ["term", word] => {
                search.ours.push(format!("/evidence?words={word}"));
                search.peers.push(format!("/peer/evidence?_search={word}"));
            }
            _ => bail!("the script printed `{line}`"),
        }
    }
    for page in [&provision, &search] {
        ensure!(!page.ours.is_empty(), "the script named no {} page", page.name);
    }
    Ok([provision, search])
}

fn table<'a>(names: impl Iterator<Item = &'a str>, ours: &Measured, peers: &Measured) -> String {
    let mut lines = vec![format!(
        "{:<12} {:>16} {:>10} {:>16} {:>10} {:>8}",
        "", "Rapporteur /s", "p99 ms", "Datasette /s", "p99 ms", "ratio"
    )];
    for (name, (our, peer)) in names.zip(ours.answers.iter().zip(&peers.answers)) {
        lines.push(format!(
            "{name:<12} {:>16.0} {:>10.1} {:>16.0} {:>10.1} {:>8.1}",
            our.per_second,
            our.p99_ms,
            peer.per_second,
            peer.p99_ms,
            our.per_second / peer.per_second
        ));
    }
    lines.push(format!(
        "Most memory held: Rapporteur {:.0} MB, Datasette {:.0} MB.",
        ours.peak_mb, peers.peak_mb
    ));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_servers_are_asked_for_the_same_things() {
        let pages = pages("provision 0190-7 12(1)\nterm permit\nterm shelter\n").unwrap();
        assert_eq!(pages[0].ours, ["/provisions/0190-7"]);
        assert_eq!(pages[0].peers, ["/peer/evidence?provision=12(1)"]);
        assert_eq!(pages[1].ours, ["/evidence?words=permit", "/evidence?words=shelter"]);
        assert_eq!(pages[1].peers.len(), pages[1].ours.len());
    }

    #[test]
    fn a_script_that_names_no_term_is_an_error() {
        assert!(pages("provision 0190-7 12(1)\n").is_err());
        assert!(pages("provision 0190-7 12(1)\nterms\n").is_err());
    }

    #[test]
    fn the_ratio_is_of_answers_in_a_second() {
        let measured = |per_second| Measured {
            answers: vec![Answers {
                per_second,
                p99_ms: 10.0,
            }],
            peak_mb: 90.0,
        };
        let text = table(["search"].into_iter(), &measured(3000.0), &measured(150.0));
        assert!(text.lines().nth(1).unwrap().ends_with(" 20.0"), "{text}");
    }
}
