//! `rapporteur verify`: proves a data folder, or with `--receipt` proves an organisation's receipt with
//! files alone.
//!
//! Of a folder it proves that every stored file is what was kept, that the log's chains follow from act
//! to act, and that they still are what signed checkpoints say.

mod receipt;

use clap::Args;

use crate::failure::Failure;
use crate::{Where, say};

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Where,
    #[command(flatten)]
    receipt: receipt::Arguments,
    /// Answer as JSON, for a program.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    if let Some(receipt) = arguments.receipt.given()? {
        return receipt.run(arguments.json);
    }
    let folder = arguments.folder.open().await?;
    let bar = indicatif::ProgressBar::new(0);
    let files = monitoring::edition::verify::verify(&folder.db, &folder.files, |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })
    .await?;
    bar.set_message("Following the chains of the log");
    let chains = store::chain::verify(&folder.db).await?;
    let checkpoints = store::checkpoint::verify(&folder.db, folder.signer.key()).await?;
    bar.finish_and_clear();
    let mut faults = files.faults;
    faults.extend(chains.faults.iter().map(ToString::to_string));
    faults.extend(checkpoints.faults);
    if arguments.json {
        say(serde_json::json!({
            "sound": files.sound,
            "withdrawn": files.withdrawn,
            "acts": chains.sound,
            "checkpoints": checkpoints.sound,
            "key": folder.signer.key().to_string(),
            "faults": faults,
        }));
    } else {
        say(format!(
            "{} files are what was kept; {} were replaced by a withdrawal",
            files.sound, files.withdrawn
        ));
        say(format!(
            "{} acts of the log follow from one another as they were written; {} signed checkpoints agree",
            chains.sound, checkpoints.sound
        ));
        say(format!("Checkpoints are signed by {}", folder.signer.key()));
        for fault in &faults {
            say(fault);
        }
    }
    match faults.len() {
        0 => Ok(()),
        n => Err(Failure::found(format!(
            "{n} {}",
            if n == 1 { "fault" } else { "faults" }
        ))),
    }
}
