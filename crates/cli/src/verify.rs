//! `rapporteur verify`: reads every stored file and proves that it is what was kept.

use clap::Args;

use crate::failure::Failure;
use crate::{Where, say};

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Where,
    /// Answer as JSON, for a program.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.folder.open().await?;
    let bar = indicatif::ProgressBar::new(0);
    let report = monitoring::edition::verify::verify(&folder.db, &folder.files, |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })
    .await?;
    bar.finish_and_clear();
    if arguments.json {
        say(serde_json::json!({ "sound": report.sound, "withdrawn": report.withdrawn, "faults": report.faults }));
    } else {
        say(format!(
            "{} files are what was kept; {} were replaced by a withdrawal",
            report.sound, report.withdrawn
        ));
        for fault in &report.faults {
            say(fault);
        }
    }
    match report.faults.len() {
        0 => Ok(()),
        n => Err(Failure::found(format!(
            "{n} {}",
            if n == 1 { "fault" } else { "faults" }
        ))),
    }
}
