//! `cargo xtask bench`: Rapporteur beside a peer that does the same job, on the same machine in the same run.
//!
//! Seconds alone would say more about the machine than about the program, so every result ends in a ratio. Nothing
//! here is a test: a number that is too high is printed, not failed on.

mod cost;
mod demonstration;
mod flood;
mod import;
mod linkage;
mod load;
mod measures;
mod pages;
mod pdf;
mod seals;

use anyhow::Result;
use clap::Subcommand;

/// What to measure.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Subject {
    /// Making the demonstration edition's PDF, beside WeasyPrint making one of the same static site
    Pdf {
        /// How often each makes it; the median counts
        #[arg(long, default_value_t = 3)]
        runs: usize,
    },
    /// Serving a provision and the search for evidence to many readers, beside Datasette with the same rows
    Pages {
        /// How many items of evidence there are
        #[arg(long, default_value_t = 100_000)]
        items: u32,
        /// How long each page is asked for
        #[arg(long, default_value_t = 10)]
        seconds: u32,
    },
    /// Opening sealed records, beside leaving them sealed
    Seals {
        /// How many records the list has
        #[arg(long, default_value_t = 5_000)]
        records: u32,
    },
    /// A page while the sign-in is flooded, beside the same page in peace
    Flood {
        /// How long each is asked for
        #[arg(long, default_value_t = 10)]
        seconds: u32,
    },
    /// Bringing cases in from a file, beside reading and checking it
    Import {
        /// How many cases it has
        #[arg(long, default_value_t = 20_000)]
        cases: u32,
    },
    /// Linking lists without names, beside anonlink comparing the same CLKs
    Linkage {
        /// How many people each list has; half of them are on both
        #[arg(long, default_value_t = 100_000)]
        people: u32,
        /// Leave anonlink out, which would compare all pairs
        #[arg(long)]
        without_peer: bool,
    },
    /// All measures from cases, beside DuckDB computing them from the same rows
    Measures {
        /// How many rows there are
        #[arg(long, default_value_t = 1_000_000)]
        rows: u32,
        /// How often each computes them; the median counts
        #[arg(long, default_value_t = 3)]
        runs: usize,
    },
}

impl Subject {
    /// Every subject, each as it is measured when nothing else is said.
    const ALL: [Self; 7] = [
        Self::Pdf { runs: 3 },
        Self::Pages {
            items: 100_000,
            seconds: 10,
        },
        Self::Seals { records: 5_000 },
        Self::Flood { seconds: 10 },
        Self::Import { cases: 20_000 },
        Self::Linkage {
            people: 100_000,
            without_peer: false,
        },
        Self::Measures {
            rows: 1_000_000,
            runs: 3,
        },
    ];
}

/// Measures one subject, or all of them, and prints what came out.
pub(crate) fn run(subject: Option<Subject>) -> Result<()> {
    let subjects = subject.map_or_else(|| Subject::ALL.to_vec(), |subject| vec![subject]);
    for subject in subjects {
        match subject {
            Subject::Pdf { runs } => pdf::run(runs)?,
            Subject::Pages { items, seconds } => pages::run(items, seconds)?,
            Subject::Seals { records } => seals::run(records)?,
            Subject::Flood { seconds } => flood::run(seconds)?,
            Subject::Import { cases } => import::run(cases)?,
            Subject::Linkage { people, without_peer } => linkage::run(people, !without_peer)?,
            Subject::Measures { rows, runs } => measures::run(rows, runs)?,
        }
    }
    Ok(())
}
