//! The program, serving a stage's data folder and database as it would any other.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use store::db::Kind;
use testkit::Stage;

/// The command that serves a stage on a free port.
pub(crate) fn command(stage: &Stage) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rapporteur"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
        .arg(stage.folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if stage.db.kind() == Kind::Postgres {
        command.args(["--database", &stage.url, "--keys", &stage.keys_url]);
    }
    command
}

/// Starts it; gives the program, and what it says of where it is and its port.
pub(crate) fn start(mut command: Command) -> (Child, String, u16) {
    let mut child = command.spawn().expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output"))
        .read_line(&mut line)
        .expect("it says where it is");
    let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
    let port = port.unwrap_or_else(|| panic!("no port in {line}"));
    (child, line, port)
}
