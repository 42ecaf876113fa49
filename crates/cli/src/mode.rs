//! `rapporteur mode`: how far the program is open, set from the machine itself, so that whoever runs it can
//! close the door at once and without a sign-in.

use clap::Args;
use domain::mode::Mode;
use store::work::Actor;

use crate::failure::Failure;
use crate::{Where, say, who};

/// Arguments of `mode`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Where,
    /// normal, read-only or closed; without it, says how it stands.
    mode: Option<String>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.folder.open().await?;
    if let Some(code) = &arguments.mode {
        let wanted = Mode::parse(code).map_err(|error| Failure::wrong_use(error.to_string()))?;
        let nobody = Actor::nobody();
        access::mode::set_by_operator(&who::cx(&folder, &nobody), wanted).await?;
    }
    say(access::mode::find(&folder.db).await?);
    Ok(())
}
