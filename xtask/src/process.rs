//! Starting other programs: run one to its end, read what one prints, find one on the path, keep one running as a service.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

/// How long a service may take to stop when asked before it is killed.
const GRACE: Duration = Duration::from_secs(20);

/// Prints the command, runs it to its end with no standard input, and fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    println!("$ {shown}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start `{shown}`"))?;
    ensure!(status.success(), "`{shown}` failed ({status})");
    Ok(())
}

/// Runs the command to its end and returns what it printed on standard output; its errors become ours.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    ensure!(
        output.status.success(),
        "`{shown}` failed ({}):\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim_end()
    );
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` printed no UTF-8"))
}

/// Cargo, in the project's root.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(crate::project_root());
    cargo
}

/// The first of these programs that the path has.
pub(crate) fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names.iter().find_map(|name| {
        env::split_paths(&path)
            .map(|folder| folder.join(name))
            .find(|program| program.is_file())
    })
}

/// A program that runs beside this one and is stopped when the value is dropped, whatever happened in between.
pub(crate) struct Service {
    name: &'static str,
    child: Child,
    stop_signal: &'static str,
}

impl Service {
    /// Starts the program; `stop_signal` (`INT`, `TERM`) is what asks it to stop.
    ///
    /// Where `setpriv` exists, the kernel sends the signal too when this process dies without dropping anything.
    pub(crate) fn start(
        name: &'static str,
        program: &Path,
        stop_signal: &'static str,
        account: Option<Account>,
        configure: impl FnOnce(&mut Command),
    ) -> Result<Self> {
        let mut command = if let Some(setpriv) = find_program(&["setpriv"]) {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", stop_signal]);
            if let Some(account) = account {
                command.args(account.setpriv_arguments());
            }
            command.arg("--").arg(program);
            command
        } else {
            ensure!(account.is_none(), "`setpriv` is missing; it comes with util-linux");
            Command::new(program)
        };
        command.stdin(Stdio::null());
        configure(&mut command);
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        Ok(Self {
            name,
            child,
            stop_signal,
        })
    }

    /// The service's process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The running program itself, for its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Asks `is_ready` again and again until it says yes; fails when the service ends or `limit` has passed first.
    pub(crate) fn wait_until(&mut self, limit: Duration, mut is_ready: impl FnMut() -> bool) -> Result<()> {
        let start = Instant::now();
        while !is_ready() {
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("{} ended while starting ({status})", self.name);
            }
            ensure!(start.elapsed() < limit, "{} was not ready after {limit:?}", self.name);
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn stop(&mut self) -> Result<ExitStatus> {
        if let Some(status) = self.child.try_wait()? {
            return Ok(status);
        }
        let id = self.child.id().to_string();
        Command::new("sh")
            .args(["-c", "kill -s \"$0\" \"$1\"", self.stop_signal, &id])
            .status()
            .context("cannot start `kill`")?;
        let start = Instant::now();
        while start.elapsed() < GRACE {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(20));
        }
        self.child.kill()?;
        Ok(self.child.wait()?)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("{} could not be stopped: {error:#}", self.name);
        }
    }
}

/// An account of this machine that a service runs as, because it refuses to run as root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    /// The account's number.
    pub(crate) user: u32,
    /// The number of its group.
    pub(crate) group: u32,
}

impl Account {
    /// The first of these accounts that exists.
    pub(crate) fn find(names: &[&str]) -> Option<Self> {
        names.iter().find_map(|name| {
            let number = |option: &str| -> Option<u32> {
                capture(Command::new("id").args([option, name]))
                    .ok()?
                    .trim()
                    .parse()
                    .ok()
            };
            Some(Self {
                user: number("-u")?,
                group: number("-g")?,
            })
        })
    }

    /// What makes `setpriv` start a program as this account.
    pub(crate) fn setpriv_arguments(self) -> [String; 5] {
        [
            "--reuid".to_owned(),
            self.user.to_string(),
            "--regid".to_owned(),
            self.group.to_string(),
            "--clear-groups".to_owned(),
        ]
    }
}

/// Whether this process runs as root.
pub(crate) fn is_root() -> Result<bool> {
    Ok(capture(Command::new("id").arg("-u"))?.trim() == "0")
}

/// The command as one would type it; an argument of several lines, such as a script, is left out.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    std::iter::once(name)
        .chain(
            command
                .get_args()
                .map(|argument| argument.to_string_lossy().into_owned()),
        )
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_an_error_that_shows_it() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert!(error.to_string().contains("sh -c exit 3"), "{error}");
        assert!(error.to_string().contains('3'), "{error}");
    }

    #[test]
    fn captured_output_is_what_the_program_printed() {
        assert_eq!(capture(Command::new("sh").args(["-c", "echo one"])).unwrap(), "one\n");
    }

    #[test]
    fn an_error_text_of_a_captured_program_is_kept() {
        let error = capture(Command::new("sh").args(["-c", "echo broken >&2; exit 1"])).unwrap_err();
        assert!(error.to_string().contains("broken"), "{error}");
    }

    #[test]
    fn a_dropped_service_has_stopped() {
        let tail = find_program(&["tail"]).unwrap();
        let service = Service::start("an endless tail", &tail, "TERM", None, |command| {
            command.args(["-f", "/dev/null"]);
        })
        .unwrap();
        let process = PathBuf::from(format!("/proc/{}", service.id()));
        assert!(process.exists());
        drop(service);
        assert!(!process.exists());
    }

    #[test]
    fn a_service_that_ends_while_starting_is_an_error() {
        let shell = find_program(&["sh"]).unwrap();
        let mut service = Service::start("a shell", &shell, "TERM", None, |command| {
            command.args(["-c", "exit 7"]);
        })
        .unwrap();
        let error = service.wait_until(Duration::from_secs(30), || false).unwrap_err();
        assert!(error.to_string().contains("ended while starting"), "{error}");
    }

    #[test]
    fn a_program_that_is_nowhere_is_not_found() {
        assert_eq!(find_program(&["a-program-that-nobody-has-written"]), None);
    }
}
