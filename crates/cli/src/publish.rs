//! `rapporteur publish`: publishes a closed cycle, or writes a published edition's bytes to a folder again.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use domain::ids::RevisionId;
use domain::permission::{Action, Relation};
use domain::publication::Licence;
use monitoring::edition::{self, Words};
use store::Cx;
use store::work::Actor;

use crate::failure::Failure;
use crate::folder::Folder;
use crate::who::{Who, cx};
use crate::{Where, say, worker};

/// Arguments of `publish`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Where,
    #[command(flatten)]
    who: Who,
    /// Code of the cycle.
    #[arg(long)]
    cycle: String,
    /// Write the edition to this folder. What an earlier run wrote there and the edition no longer
    /// holds (after a withdrawal) is removed from it.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The summary, as a text file: paragraphs, then a line `---`, then one headline per line. Needed to publish.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Under what others may use the data. Needed to publish.
    #[arg(long, value_name = "LICENCE", value_parser = licences())]
    licence: Option<String>,
}

/// The codes of the licences, which is also how the command line writes them.
fn licences() -> PossibleValuesParser {
    PossibleValuesParser::new(
        Licence::choices()
            .into_iter()
            .map(|(code, words)| PossibleValue::new(code).help(words)),
    )
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.folder.open().await?;
    let nobody = Actor::nobody();
    let public = cx(&folder, &nobody);
    let known = edition::list(&public)
        .await?
        .into_iter()
        .find(|listed| listed.cycle.code == arguments.cycle);
    if known.is_none() {
        let actor = arguments.who.actor(&folder).await?;
        publish(&cx(&folder, &actor), &arguments).await?;
    }
    let waiting = render(&folder).await?;
    let listed = edition::find(&public, &arguments.cycle).await?;
    // Another edition that cannot be rendered does not keep this one back.
    let is_whole = listed.revisions.iter().all(|revision| !waiting.contains(&revision.id));
    let newest = listed
        .newest()
        .filter(|_| is_whole)
        .ok_or_else(|| Failure::could_not("the edition could not be rendered: see the log"))?;
    say(format!("{}, revision {}", listed.cycle.title, newest.number));
    if let Some(out) = &arguments.out {
        let files = edition::all_files(&public, newest.id).await?;
        let paths = files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
        for file in &files {
            let bytes = folder
                .files
                .get(&file.sha256)
                .await?
                .ok_or_else(|| Failure::could_not(format!("{} is missing: run `rapporteur verify`", file.path)))?;
            write(out, &file.path, &bytes)?;
        }
        sweep(out, &paths)?;
        say(format!("{} files in {}: open index.html", files.len(), out.display()));
    }
    Ok(())
}

async fn publish(cx: &Cx<'_>, arguments: &Arguments) -> Result<(), Failure> {
    // Before anything is said of the cycle.
    cx.permit(Action::PublishEdition, Relation::Coalition)?;
    let cycle = monitoring::cycle::find(cx, &arguments.cycle)
        .await?
        .ok_or_else(|| Failure::wrong_use(format!("there is no cycle “{}”", arguments.cycle)))?;
    let licence = arguments.licence.clone().unwrap_or_default();
    let words = match &arguments.summary {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .map_err(|error| Failure::wrong_use(format!("{}: {error}", file.display())))?;
            let (summary, headlines) = text.split_once("\n---\n").unwrap_or((&text, ""));
            Words {
                summary: summary.to_owned(),
                headlines: headlines.to_owned(),
                licence,
            }
        }
        None => Words {
            licence,
            ..Words::default()
        },
    };
    edition::publish(cx, cycle.id.into(), &words).await?;
    Ok(())
}

/// Renders what waits, with progress, and takes up again what was given up before. Gives the revisions that could not be
/// rendered.
pub(crate) async fn render(folder: &Folder) -> Result<Vec<RevisionId>, Failure> {
    if edition::pending(&folder.db).await?.is_empty() {
        return Ok(Vec::new());
    }
    edition::take_up(&folder.db).await?;
    say("Rendering");
    let bar = indicatif::ProgressBar::new_spinner().with_message("Rendering the edition");
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    let done = worker::drain(&folder.bench()).await;
    bar.finish_and_clear();
    done.map_err(Failure::could_not)?;
    Ok(edition::pending(&folder.db).await?)
}

/// The list of what an earlier run wrote, so that a later one can remove what is gone.
const WRITTEN: &str = ".rapporteur-edition";

/// Writes one file below a folder.
fn write(out: &Path, path: &str, bytes: &[u8]) -> Result<(), Failure> {
    let target = out.join(path);
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(target, bytes)?;
    Ok(())
}

/// Removes files that an earlier run wrote and this edition does not hold; nothing else is touched.
fn sweep(out: &Path, paths: &[String]) -> Result<(), Failure> {
    let list = out.join(WRITTEN);
    for before in std::fs::read_to_string(&list).unwrap_or_default().lines() {
        let is_plain = !before.split('/').any(|part| part.is_empty() || part == "..");
        if is_plain && !paths.iter().any(|path| path == before) {
            match std::fs::remove_file(out.join(before)) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    std::fs::write(list, paths.join("\n"))?;
    Ok(())
}
