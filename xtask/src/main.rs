//! The project's own chores: running every test with its parts, the one check command, repository rules, fuzzing and
//! benchmarks. Ordinary Rust instead of shell scripts, so that the chores are formatted, linted and tested like the rest.

#![expect(clippy::print_stdout, reason = "a program for a terminal: printing is its purpose")]

mod bench;
mod check;
mod fuzz;
mod licences;
mod parts;
mod process;
mod rows;
mod services;
mod test;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Rapporteur's chores.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run everything that must hold before a change is taken: format, lints, documentation, tidiness, licences, tests
    Check,
    /// Run every test there is, bringing PostgreSQL, a browser and the rest along
    Test {
        /// Arguments for `cargo test`, for example `-p store`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Check the repository's own rules: which crate may use which, files, words, documents
    Tidy,
    /// Check the licence and the source of every dependency
    Licences,
    /// Write the store's row types from its migrations
    Rows,
    /// Fuzz the parsers of outside bytes
    Fuzz {
        /// One target; all of them in turn when left out
        target: Option<String>,
        /// How long to fuzz each target
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Measure Rapporteur beside a peer, in the same run; everything that is measured when no subject is named
    Bench {
        #[command(subcommand)]
        subject: Option<bench::Subject>,
    },
}

fn main() -> ExitCode {
    match carry_out(Arguments::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(chore: Chore) -> Result<()> {
    match chore {
        Chore::Check => check::run(),
        Chore::Test { arguments } => test::run(&arguments),
        Chore::Tidy => tidy::run(),
        Chore::Licences => licences::run(),
        Chore::Rows => rows::run(),
        Chore::Fuzz { target, seconds } => fuzz::run(target.as_deref(), seconds),
        Chore::Bench { subject } => bench::run(subject),
    }
}

/// The folder that holds the workspace's `Cargo.toml`.
fn project_root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
