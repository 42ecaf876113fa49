//! `rapporteur export`: a table as a file, asked for with a reason; where the coalition's policy says so, a second person
//! agrees first.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use domain::export::ExportKind;
use domain::ids::ExportId;
use monitoring::{export, series};
use store::{AppError, Cx};

use crate::failure::Failure;
use crate::folder::write_private_bytes;
use crate::who::{Who, cx};
use crate::{Where, say, worker};

/// Arguments of `export`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Where,
    #[command(flatten)]
    who: Who,
    /// What to export.
    #[arg(value_name = "TABLE", value_parser = kinds(), required_unless_present = "request")]
    kind: Option<String>,
    /// Code of the series, where one is exported.
    #[arg(long, value_name = "CODE", required_if_eq("kind", "series"))]
    series: Option<String>,
    /// What it is for; whoever agrees reads it.
    #[arg(long, value_name = "TEXT", required_unless_present = "request")]
    reason: Option<String>,
    /// An export that was asked for before, and has been agreed since.
    #[arg(long, value_name = "ID", conflicts_with_all = ["kind", "series", "reason"])]
    request: Option<ExportId>,
    /// The file to write, which only its owner may read; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// The codes of the tables, which is also how the command line writes them.
fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(
        ExportKind::choices()
            .into_iter()
            .map(|(code, words)| PossibleValue::new(code).help(words)),
    )
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    if arguments.out.exists() {
        return Err(Failure::wrong_use(format!(
            "{} is there already: exports are not written over",
            arguments.out.display()
        )));
    }
    let folder = arguments.folder.open().await?;
    let is_cases = arguments.kind.as_deref() == Some(ExportKind::Cases.code());
    let (actor, key) = if is_cases || arguments.request.is_some() && !folder.is_demo {
        arguments.who.keyed(&folder).await?
    } else {
        (arguments.who.actor(&folder).await?, None)
    };
    let cx = Cx {
        key: key.as_ref(),
        ..cx(&folder, &actor)
    };
    let id = match arguments.request {
        Some(id) => id,
        None => ask(&cx, &arguments).await?,
    };
    worker::drain(&folder.bench()).await.map_err(Failure::could_not)?;
    let waits = |error| match error {
        AppError::Refused(_) => Failure::found(format!(
            "it was asked for, and is not made: a second person must agree first, on the page of exports. Then run \
             `rapporteur export --request {id} --out FILE`"
        )),
        other => other.into(),
    };
    let (name, bytes) = if export::is_of_cases(&cx, id).await.map_err(waits)? {
        let made = casework::export::everything(&cx).await?;
        (made.name, made.bytes.into())
    } else {
        let made = export::take(&cx, id).await.map_err(waits)?;
        (made.name, made.bytes)
    };
    write_private_bytes(&arguments.out, &bytes)?;
    say(format!("{name} is in {}", arguments.out.display()));
    Ok(())
}

async fn ask(cx: &Cx<'_>, arguments: &Arguments) -> Result<ExportId, Failure> {
    let series = match &arguments.series {
        Some(code) => {
            let lines = series::list(cx).await?;
            let found = lines.into_iter().find(|line| line.series.code == *code);
            Some(
                found
                    .ok_or_else(|| Failure::wrong_use(format!("there is no series “{code}”")))?
                    .series
                    .id
                    .into(),
            )
        }
        None => None,
    };
    let asked = export::Ask {
        kind: arguments.kind.clone().unwrap_or_default(),
        series,
        reason: arguments.reason.clone().unwrap_or_default(),
    };
    Ok(export::ask(cx, asked).await?)
}
