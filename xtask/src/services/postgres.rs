//! A PostgreSQL server for one run of the tests.

use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::free_port;
use crate::process::{Account, Service, capture, is_root};

/// How long making and starting an empty server may take on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// A running server with an empty cluster. Dropping it stops the server, then removes its folder (in this order).
pub(crate) struct Postgres {
    _server: Service,
    _folder: TempDir,
    /// Where to connect, as a superuser without a password.
    pub(crate) url: String,
}

impl Postgres {
    /// Makes a cluster and starts its server.
    ///
    /// The server refuses to run as root, so root hands the folder to another account. The folder lies among the
    /// machine's temporary files because that account may not be able to reach the project.
    pub(crate) fn start(programs: &Path) -> Result<Self> {
        let account = if is_root()? {
            Some(
                Account::find(&["postgres", "nobody"])
                    .context("PostgreSQL does not run as root, and there is no other account")?,
            )
        } else {
            None
        };
        let folder = tempfile::Builder::new().prefix("rapporteur-postgres-").tempdir()?;
        if let Some(account) = account {
            chown(folder.path(), Some(account.user), Some(account.group))?;
        }
        let data = folder.path().join("data");
        make_cluster(programs, account, folder.path(), &data)?;

        let port = free_port()?;
        let log = folder.path().join("log");
        let output = File::create(&log)?;
        let errors = output.try_clone()?;
        let postgres = programs.join("postgres");
        // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to go.
        let mut server = Service::start("PostgreSQL", &postgres, "INT", account, |command| {
            command
                .current_dir(folder.path())
                .stdout(output)
                .stderr(errors)
                .arg("-D")
                .arg(&data);
            for setting in settings(port) {
                command.args(["-c", &setting]);
            }
        })?;
        let is_ready = programs.join("pg_isready");
        server
            .wait_until(LIMIT, || {
                capture(
                    Command::new(&is_ready)
                        .args(["-q", "-h", "127.0.0.1", "-p"])
                        .arg(port.to_string()),
                )
                .is_ok()
            })
            .with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        Ok(Self {
            _server: server,
            _folder: folder,
            url: format!("postgres://rapporteur@127.0.0.1:{port}/postgres"),
        })
    }
}

fn make_cluster(programs: &Path, account: Option<Account>, folder: &Path, data: &Path) -> Result<()> {
    let initdb = programs.join("initdb");
    let mut command = if let Some(account) = account {
        let mut command = Command::new("setpriv");
        command.args(account.setpriv_arguments()).arg("--").arg(initdb);
        command
    } else {
        Command::new(initdb)
    };
    // The C collation sorts by bytes, as SQLite does, and exists on every machine.
    command
        .args([
            "--auth=trust",
            "--username=rapporteur",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ])
        .current_dir(folder)
        .arg("-D")
        .arg(data);
    capture(&mut command)?;
    Ok(())
}

/// Loopback only, without durability (the cluster dies with the run), with room for tests that run side by side.
fn settings(port: u16) -> [String; 8] {
    [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        "unix_socket_directories=".to_owned(),
        "fsync=off".to_owned(),
        "synchronous_commit=off".to_owned(),
        "full_page_writes=off".to_owned(),
        "max_connections=300".to_owned(),
        "log_min_messages=fatal".to_owned(),
    ]
}
