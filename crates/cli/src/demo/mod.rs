//! `rapporteur demo`: a whole invented coalition with real public statistics, in one command.

mod content;
mod seed;

pub(crate) use seed::rows;

use std::path::PathBuf;

use clap::Args;
use store::Db;
use store::demonstration::{self, Holds};
use web::Settings;

use crate::failure::Failure;
use crate::folder::{self, SIGN_INS};
use crate::serve::{Listen, serve};
use crate::{Where, say};

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The demonstration's folder [default: a folder of its own in the user's data directory].
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// A PostgreSQL database instead of the embedded one.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Its key store, a PostgreSQL database of its own [default: the database's name with `_keys`].
    #[arg(long, value_name = "URL", requires = "database")]
    keys: Option<String>,
    #[command(flatten)]
    listen: Listen,
    /// Build the demonstration and stop.
    #[arg(long)]
    no_serve: bool,
    /// Remove the demonstration, also from its database, and build it anew.
    #[arg(long)]
    reset: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let path = arguments
        .dir
        .clone()
        .unwrap_or_else(|| folder::default_folder("rapporteur-demonstration"));
    let exists = path.is_dir() && std::fs::read_dir(&path)?.next().is_some();
    if exists && !folder::is_demo(&path) {
        return Err(Failure::wrong_use(format!(
            "{} holds something else: the demonstration needs a folder of its own (--dir)",
            path.display()
        )));
    }
    if exists && arguments.reset {
        std::fs::remove_dir_all(&path)
            .map_err(|error| Failure::could_not(format!("{} cannot be removed: {error}", path.display())))?;
    }
    let place = Where {
        dir: Some(path.clone()),
        database: arguments.database.clone(),
        keys: arguments.keys.clone(),
    };
    let is_built = path.join(SIGN_INS).is_file();
    if place.database.is_some() {
        make_room(place.database_in(&path).await?, is_built).await?;
    }
    let folder = if is_built {
        place.open().await?
    } else {
        if path.is_dir() {
            // Built halfway and interrupted: a marked folder is ours to begin again.
            std::fs::remove_dir_all(&path)?;
        }
        folder::create_private(&path)?;
        folder::mark_demo(&path)?;
        let folder = place.create().await?;
        demonstration::mark(&folder.db).await?;
        let sign_ins = seed::seed(&folder).await?;
        folder::write_private(&path.join(SIGN_INS), &sign_ins)?;
        folder
    };
    if arguments.no_serve {
        say(format!("The demonstration is in {}", path.display()));
        return Ok(());
    }
    let sign_ins = std::fs::read_to_string(path.join(SIGN_INS))?;
    let mut lines = vec![
        "This is a demonstration: the instruments and the official statistics are real, everything else is invented."
            .to_owned(),
        "Sign-ins (name, passphrase, what each is and what can be tried with it):".to_owned(),
    ];
    lines.extend(sign_ins.lines().map(|line| format!("  {line}")));
    lines.push(format!("They stand in {}.", path.join(SIGN_INS).display()));
    let demo_sign_ins = sign_ins
        .lines()
        .filter_map(|line| {
            let mut parts = line.split('\t');
            let name = parts.next()?.trim().to_owned();
            let words = parts.nth(1)?.trim().to_owned();
            Some((name, words))
        })
        .collect();
    serve(
        folder,
        &arguments.listen,
        None,
        Settings {
            is_demo: true,
            demo_sign_ins,
            origin: String::new(),
            ..Settings::default()
        },
        &lines,
    )
    .await
}

/// Sees to it that a database on a server holds the demonstration of this folder, or nothing: what is left
/// of another one is removed, and somebody's records never are.
async fn make_room(db: Db, is_built: bool) -> Result<(), Failure> {
    match demonstration::holds(&db).await? {
        Holds::Records => {
            return Err(Failure::wrong_use(
                "the database holds something else: the demonstration needs one of its own (--database)",
            ));
        }
        Holds::Demonstration if !is_built => demonstration::clear(db).await?,
        Holds::Demonstration | Holds::Nothing => db.close().await?,
    }
    Ok(())
}
