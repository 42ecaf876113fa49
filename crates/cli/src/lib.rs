//! `rapporteur`, the one binary: one file per command; this one reads the command line and turns
//! errors into exit codes. A library only so that it is built while the crates below it are finished.

mod backup;
mod contribute;
mod demo;
mod doctor;
mod estimate;
mod export;
mod failure;
mod folder;
mod import;
mod init;
mod linkage;
mod mode;
mod publish;
mod serve;
mod silent;
mod standards;
mod user;
mod verify;
mod who;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::folder::Where;

/// An independent monitor's workbench.
///
/// Exit codes: 0 done, 1 something was found, 2 wrong use, 3 could not.
#[derive(Debug, Parser)]
#[command(name = "rapporteur", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build and serve a complete, invented coalition with real public statistics.
    Demo(demo::Arguments),
    /// Prepare a data folder and its first coordinator.
    Init(init::Arguments),
    /// Serve a data folder.
    Serve(serve::Arguments),
    /// Invite, list and switch off members.
    User(user::Arguments),
    /// Say how far the program is open, or set it: normal, read-only, closed.
    Mode(mode::Arguments),
    /// Check standards and indicators in a folder, or load them.
    Standards(standards::Arguments),
    /// Import statistics, areas or cases from a file.
    Import(import::Arguments),
    /// Write a table to a file, with a reason and, where the policy says so, a second person's agreement.
    Export(export::Arguments),
    /// Publish a cycle's edition, or write a published one to a folder again.
    Publish(publish::Arguments),
    /// Prove files, log and checkpoints; or, with --receipt, a partner’s receipt with files alone.
    Verify(verify::Arguments),
    /// Write everything into one file, encrypted to an age key.
    Backup(backup::Arguments),
    /// Restore a backup into an empty folder.
    Restore(backup::restore::Arguments),
    /// Say what endangers this data folder.
    Doctor(doctor::Arguments),
    /// Estimate how many people no list holds, from a file of overlaps.
    Estimate(estimate::Arguments),
    /// Encode an organisation's people, so that they can be linked without their names.
    Encode(linkage::encode::Arguments),
    /// Find which rows of several token files are one person.
    Link(linkage::link::Arguments),
    /// Count how many linked people are on exactly which lists, for `estimate`.
    Lists(linkage::lists::Arguments),
    /// Check a contribution of any system against the pack; write the pack, or a template of it.
    Contribute(contribute::Arguments),
}

/// Runs the command that the command line names.
pub fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("RAPPORTEUR_LOG").unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    forbid_core_dumps();
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::could_not(error.to_string()).report(),
    };
    match runtime.block_on(run(arguments.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Init(arguments) => init::run(arguments).await,
        Command::Serve(arguments) => serve::run(arguments).await,
        Command::User(arguments) => user::run(arguments).await,
        Command::Mode(arguments) => mode::run(arguments).await,
        Command::Standards(arguments) => standards::run(arguments).await,
        Command::Import(arguments) => import::run(arguments).await,
        Command::Export(arguments) => export::run(arguments).await,
        Command::Publish(arguments) => publish::run(arguments).await,
        Command::Verify(arguments) => verify::run(arguments).await,
        Command::Backup(arguments) => backup::run(arguments).await,
        Command::Restore(arguments) => backup::restore::run(arguments).await,
        Command::Doctor(arguments) => doctor::run(arguments).await,
        Command::Estimate(arguments) => estimate::run(&arguments),
        Command::Encode(arguments) => linkage::encode::run(&arguments),
        Command::Link(arguments) => linkage::link::run(&arguments),
        Command::Lists(arguments) => linkage::lists::run(&arguments),
        Command::Contribute(arguments) => contribute::run(arguments),
    }
}

/// A crash must not write keys from memory to the disk. Where that cannot be had, `doctor` says so.
fn forbid_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "core dumps stay on");
        }
    }
}

/// Prints one line for a person. The only place of the command line that prints to standard output.
///
/// A reader that has had enough, as `head` has, is no fault: what is left to say is not said.
fn say(line: impl std::fmt::Display) {
    use std::io::Write as _;
    if let Err(error) = writeln!(std::io::stdout().lock(), "{line}")
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        tracing::warn!(%error, "standard output cannot be written");
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Arguments;

    /// Every command and option, as a reader would look for it.
    fn names(command: &clap::Command, path: &str, into: &mut Vec<String>) {
        for argument in command.get_arguments() {
            let long = argument.get_long().filter(|long| !matches!(*long, "help" | "version"));
            into.extend(long.map(|long| format!("--{long}")));
        }
        for one in command.get_subcommands().filter(|one| one.get_name() != "help") {
            let path = format!("{path} {}", one.get_name());
            into.push(path.clone());
            names(one, &path, into);
        }
    }

    #[test]
    fn the_reference_names_every_command_and_option() {
        let mut all = Vec::new();
        names(&Arguments::command(), "rapporteur", &mut all);
        assert!(all.len() > 40, "{all:?}");
        let reference = include_str!("../../../docs/reference/command-line.md");
        all.retain(|name| !reference.contains(&format!("`{name}")));
        assert!(all.is_empty(), "docs/reference/command-line.md does not name {all:?}");
    }
}
