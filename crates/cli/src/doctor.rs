//! `rapporteur doctor`: what endangers a data folder, seen from the machine it is on.

use std::path::Path;

use clap::Args;
use domain::Instant;
use serde::Serialize;

use crate::backup::LastKeys;
use crate::failure::Failure;
use crate::folder::{Folder, SIGN_INS};
use crate::serve::LAST_SERVED;
use crate::{Where, say};

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Where,
    /// Answer as JSON, for a program.
    #[arg(long)]
    json: bool,
}

/// Less free space than this is a fault, in bytes.
const LEAST_FREE: u64 = 1_000_000_000;
/// A keys' backup older than this is a fault: what was sealed since is not in it. In days.
const OLDEST_KEYS: i64 = 7;

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Standing {
    /// As it should be.
    Good,
    /// To be known, and not a fault.
    Note,
    /// To be mended.
    Fault,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    /// What.
    about: &'static str,
    /// How it stands.
    standing: Standing,
    /// In a sentence that says what to do.
    words: String,
}

fn finding(about: &'static str, is_good: bool, words: impl Into<String>) -> Finding {
    Finding {
        about,
        standing: if is_good { Standing::Good } else { Standing::Fault },
        words: words.into(),
    }
}

fn note(about: &'static str, words: impl Into<String>) -> Finding {
    Finding {
        about,
        standing: Standing::Note,
        words: words.into(),
    }
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.folder.open().await?;
    let findings = examine(&folder, Instant::now()).await?;
    if arguments.json {
        say(serde_json::json!({ "findings": findings }));
    } else {
        for found in &findings {
            let mark = match found.standing {
                Standing::Good => "good",
                Standing::Note => "note",
                Standing::Fault => "MEND",
            };
            say(format!("{mark}  {}: {}", found.about, found.words));
        }
    }
    match findings
        .iter()
        .filter(|found| found.standing == Standing::Fault)
        .count()
    {
        0 => Ok(()),
        n => Err(Failure::found(format!(
            "{n} {} to mend",
            if n == 1 { "thing" } else { "things" }
        ))),
    }
}

async fn examine(folder: &Folder, now: Instant) -> Result<Vec<Finding>, Failure> {
    let mut findings = vec![finding("schema", true, format!("version {}", store::migrate::newest()))];
    findings.extend(space(&folder.path));
    findings.push(key_backup(LastKeys::of(&folder.path), now));
    findings.extend(permissions(&folder.path));
    findings.extend(core_dumps());
    findings.extend(reachable(&folder.path));
    findings.push(jobs(store::jobs::n_given_up(&folder.db).await?));
    if let Some(name) = folder.db.key_store_name().await? {
        let words = format!(
            "a backup of the whole PostgreSQL cluster, and its replicas, must leave out the database “{name}”: it holds the keys, and who is erased must not come back from it"
        );
        findings.push(note("key store", words));
    }
    Ok(findings)
}

fn key_backup(last: Option<LastKeys>, now: Instant) -> Finding {
    let about = "key backup";
    let lost = "what is sealed is lost if this machine is: run `rapporteur backup --keys-to FILE`";
    let Some(last) = last else {
        return finding(about, false, format!("there is none, so {lost}"));
    };
    let (made, until) = (Instant(last.made_at).day(), last.until().day());
    if last.until() <= now {
        return finding(
            about,
            false,
            format!("the last was to be destroyed on {until}, so {lost}"),
        );
    }
    let age = made.days_until(now.day());
    let is_fresh = i64::from(age) <= OLDEST_KEYS;
    let rest = if is_fresh {
        format!("destroy it by {until}")
    } else {
        format!("it lacks the keys made since: make one at least every {OLDEST_KEYS} days")
    };
    finding(about, is_fresh, format!("made on {made}; {rest}"))
}

fn jobs(n: u64) -> Finding {
    let words = if n == 0 {
        "none was given up".to_owned()
    } else {
        format!("{n} given up: the program's log says why")
    };
    finding("jobs", n == 0, words)
}

/// Where the folder was last served.
fn reachable(folder: &Path) -> Option<Finding> {
    let address = std::fs::read_to_string(folder.join(LAST_SERVED)).ok()?;
    let is_loopback = address
        .trim()
        .parse::<std::net::SocketAddr>()
        .is_ok_and(|address| address.ip().is_loopback());
    let words = if is_loopback {
        format!("last served on {}: this machine alone", address.trim())
    } else {
        format!(
            "last served on {}: other machines reach it, so a proxy with TLS must stand in front",
            address.trim()
        )
    };
    Some(note("address", words))
}

#[cfg(unix)]
fn space(folder: &Path) -> Option<Finding> {
    let found = rustix::fs::statvfs(folder).ok()?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let words = format!("{} MB are free", free / 1_000_000);
    Some(finding("disk", free >= LEAST_FREE, words))
}

#[cfg(unix)]
fn permissions(folder: &Path) -> Vec<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let open = |path: &Path| {
        let mode = std::fs::metadata(path).ok()?.permissions().mode();
        (mode & 0o077 != 0).then(|| path.display().to_string())
    };
    // Inside a folder of its owner alone, nobody else reaches the files, whatever theirs say.
    let wide = open(folder);
    let secrets = [store::checkpoint::KEY_FILE, SIGN_INS].map(|name| folder.join(name));
    let faults: Vec<String> = wide
        .into_iter()
        .chain(secrets.iter().filter_map(|path| open(path)))
        .collect();
    let words = if faults.is_empty() {
        "only the owner of the folder may look into it".to_owned()
    } else {
        format!("others may read {}: take that away (chmod go=)", faults.join(", "))
    };
    vec![finding("permissions", faults.is_empty(), words)]
}

#[cfg(unix)]
fn core_dumps() -> Vec<Finding> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Core);
    let is_off = limit.current == Some(0);
    let words = if is_off {
        "off: a crash writes no memory, and so no key, to the disk"
    } else {
        "on: a crash would write keys to the disk"
    };
    vec![finding("core dumps", is_off, words)]
}

#[cfg(not(unix))]
fn space(_: &Path) -> Option<Finding> {
    None
}

#[cfg(not(unix))]
fn permissions(_: &Path) -> Vec<Finding> {
    Vec::new()
}

#[cfg(not(unix))]
fn core_dumps() -> Vec<Finding> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> Instant {
        domain::Day::parse(day).unwrap().start()
    }

    fn last(day: &str) -> LastKeys {
        LastKeys {
            made_at: at(day).0,
            kept_days: 30,
        }
    }

    #[test]
    fn a_keys_backup_is_missed_too_old_or_over() {
        let standing = |last, now| key_backup(last, at(now)).standing;
        assert_eq!(standing(None, "2025-06-01"), Standing::Fault);
        assert_eq!(standing(Some(last("2025-06-01")), "2025-06-08"), Standing::Good);
        assert_eq!(standing(Some(last("2025-06-01")), "2025-06-09"), Standing::Fault);
        assert_eq!(standing(Some(last("2025-06-01")), "2025-07-01"), Standing::Fault);
        assert!(
            key_backup(Some(last("2025-06-01")), at("2025-07-01"))
                .words
                .contains("was to be destroyed")
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_may_read_is_named() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let allow = |mode| std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        allow(0o700);
        assert_eq!(permissions(folder.path())[0].standing, Standing::Good);
        allow(0o755);
        let found = permissions(folder.path());
        assert_eq!(found[0].standing, Standing::Fault);
        assert!(found[0].words.contains(&folder.path().display().to_string()));
    }

    #[test]
    fn an_address_that_others_reach_is_said() {
        let folder = tempfile::tempdir().unwrap();
        assert!(reachable(folder.path()).is_none());
        std::fs::write(folder.path().join(LAST_SERVED), "0.0.0.0:8080\n").unwrap();
        assert!(
            reachable(folder.path())
                .unwrap()
                .words
                .contains("other machines reach it")
        );
    }
}
