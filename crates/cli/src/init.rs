//! `rapporteur init`: a data folder with its standards and its first coordinator. There is no
//! default password.

use clap::Args;
use domain::ids::OrganisationId;
use domain::permission::Role;
use store::work::Actor;

use crate::failure::Failure;
use crate::folder::write_private;
use crate::{Where, say, who};

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Where,
    /// Name of the organisation that runs the audit.
    #[arg(long)]
    organisation: String,
    /// Name of the first coordinator.
    #[arg(long)]
    name: String,
    /// What they sign in with.
    #[arg(long = "sign-in")]
    sign_in: String,
    /// Set their passphrase to the first line of this file, instead of printing a link with which they choose it.
    #[arg(long, value_name = "FILE")]
    password_file: Option<std::path::PathBuf>,
    /// The address that the printed link begins with: the one `serve` will have.
    #[arg(long, default_value = "http://localhost:8080", value_name = "URL")]
    origin: String,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.folder.create().await?;
    let nobody = Actor::nobody();
    let cx = who::cx(&folder, &nobody);
    let (id, link) = if let Some(file) = &arguments.password_file {
        let text = std::fs::read_to_string(file)
            .map_err(|error| Failure::wrong_use(format!("{}: {error}", file.display())))?;
        let input = access::member::Add {
            organisation: OrganisationId(uuid::Uuid::nil()),
            name: arguments.name,
            sign_in: arguments.sign_in,
            password: text.lines().next().unwrap_or_default().to_owned(),
            roles: vec![Role::Coordinator],
        };
        let id = access::member::init(&cx, &arguments.organisation, "", input).await?;
        (id, None)
    } else {
        let (name, sign_in) = (&arguments.name, &arguments.sign_in);
        let (id, secret) = access::invitation::init(&cx, &arguments.organisation, name, sign_in).await?;
        (id, Some(secret))
    };
    let coordinator = access::member::actor(&folder.db, id)
        .await?
        .ok_or_else(|| Failure::could_not("the coordinator was not kept"))?;
    let loaded =
        monitoring::standard::load(&who::cx(&folder, &coordinator), &monitoring::standard::files::shipped()).await?;
    write_private(
        &folder.path.join("README.txt"),
        "Data of Rapporteur. Back this folder up; keep it to yourself.\n",
    )?;
    say(format!(
        "Ready at {}: {} standards with {} provisions and {} indicators. Start it with `rapporteur serve`.",
        folder.path.display(),
        loaded.standards,
        loaded.provisions,
        loaded.indicators
    ));
    if let Some(secret) = link {
        say(format!(
            "The first coordinator chooses a passphrase at {}/invitation/{} (once, within a week).",
            arguments.origin.trim_end_matches('/'),
            secret.expose()
        ));
    }
    Ok(())
}
