//! Other pages while the sign-in is flooded: every attempt costs the server a passphrase check unless it is turned
//! away before, and readers must not notice.

use std::process::Stdio;
use std::time::Duration;

use anyhow::Result;

use super::demonstration::Demonstration;
use super::load::{Answers, ask};
use super::pages::{LIMIT, sign_in};
use crate::parts;
use crate::process::Service;
use crate::services::{free_port, http};

/// Attempts to sign in, each under another name, as many as the connections carry.
const SCRIPT: &str = include_str!("flood.lua");
/// How many attackers send at the same time.
const ATTACKERS: u32 = 50;
/// What a member reads meanwhile.
const PATH: &str = "/audit";

/// Measures a page in peace and under the flood.
pub(super) fn run(seconds: u32) -> Result<()> {
    let demonstration = Demonstration::build()?;
    let port = free_port()?;
    let mut server = Service::start("Rapporteur", &demonstration.program, "TERM", None, |command| {
        command
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--dir"])
            .arg(demonstration.data())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
    })?;
    server.wait_until(LIMIT, || http::get(port, "/", "").is_ok())?;
    let cookie = sign_in(&demonstration, port)?;
    let address = format!("http://127.0.0.1:{port}");
    let paths = [PATH.to_owned()];
    println!("{PATH} in peace ...");
    let peace = ask(&address, &paths, &cookie, seconds, 4)?;

    let script = demonstration.beside("flood.lua");
    std::fs::write(&script, SCRIPT)?;
    let flood = Service::start("the flood", &parts::program("wrk")?, "TERM", None, |command| {
        let duration = Duration::from_secs(u64::from(seconds) * 4 + 60).as_secs();
        command
            .args(["--threads", "1", "--connections", &ATTACKERS.to_string()])
            .args(["--duration", &format!("{duration}s"), "--timeout", "30s", "--script"])
            .arg(&script)
            .arg(&address)
            .stdout(Stdio::null());
    })?;
    println!("{PATH} under the flood ...");
    let flooded = ask(&address, &paths, &cookie, seconds, 4)?;
    drop(flood);
    println!("\n{}", table(peace, flooded));
    Ok(())
}

fn table(peace: Answers, flooded: Answers) -> String {
    format!(
        "{PATH} for 4 members at once: p99 {:.1} ms in peace, {:.1} ms while {ATTACKERS} others try to sign in ({:.1} times)",
        peace.p99_ms,
        flooded.p99_ms,
        flooded.p99_ms / peace.p99_ms
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_of_the_slowest_hundredth() {
        let answers = |p99_ms| Answers {
            per_second: 1.0,
            p99_ms,
        };
        assert!(table(answers(20.0), answers(90.0)).ends_with("(4.5 times)"));
    }
}
