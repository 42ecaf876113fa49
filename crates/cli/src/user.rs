//! `rapporteur user`: organisations and members from the command line, under the same matrix as the web.

use access::secret::Secret;
use clap::{Args, Subcommand};
use domain::ids::MemberId;
use domain::permission::Role;
use store::Cx;

use crate::failure::Failure;
use crate::who::{Who, cx};
use crate::{Where, say};

/// Arguments of `user`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Where,
    #[command(flatten)]
    who: Who,
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List the members you may manage.
    List,
    /// Invite a member: prints a link with which they choose their passphrase.
    Invite {
        /// Name of their organisation; made if it does not exist and you may.
        #[arg(long)]
        organisation: String,
        /// Name colleagues see.
        #[arg(long)]
        name: String,
        /// What they sign in with.
        #[arg(long = "sign-in")]
        sign_in: String,
        /// Roles, separated by commas.
        #[arg(long, value_delimiter = ',', required = true)]
        roles: Vec<String>,
        /// The address that the printed link begins with.
        #[arg(long, default_value = "http://localhost:8080", value_name = "URL")]
        origin: String,
    },
    /// Make a new link for a member: a new invitation, or one to choose a new passphrase.
    Link {
        /// What they sign in with.
        sign_in: String,
        /// Forget their second factors too, because those are lost.
        #[arg(long)]
        forget_factors: bool,
        /// The address that the printed link begins with.
        #[arg(long, default_value = "http://localhost:8080", value_name = "URL")]
        origin: String,
    },
    /// Switch a member off: their sessions, links, second factors and keys are gone at once.
    Off {
        /// What they sign in with.
        sign_in: String,
    },
}

async fn member(cx: &Cx<'_>, sign_in: &str) -> Result<MemberId, Failure> {
    let wanted = domain::fold::fold(sign_in);
    access::member::list(cx)
        .await?
        .into_iter()
        .find(|listed| listed.member.sign_in == wanted)
        .map(|listed| MemberId(listed.member.id))
        .ok_or_else(|| Failure::wrong_use(format!("you manage nobody who signs in as “{sign_in}”")))
}

fn say_link(origin: &str, secret: &Secret) {
    let origin = origin.trim_end_matches('/');
    say(format!(
        "Pass this link on; it works once: {origin}/invitation/{}",
        secret.expose()
    ));
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.folder.open().await?;
    let actor = arguments.who.actor(&folder).await?;
    let cx = cx(&folder, &actor);
    match arguments.act {
        Act::List => {
            for listed in access::member::list(&cx).await? {
                let roles: Vec<&str> = listed.roles.iter().map(|role| role.code()).collect();
                say(format!(
                    "{}\t{}\t{}",
                    listed.member.sign_in,
                    listed.member.name,
                    roles.join(",")
                ));
            }
        }
        Act::Link {
            sign_in,
            forget_factors,
            origin,
        } => {
            let id = member(&cx, &sign_in).await?;
            let (_, secret) = access::invitation::renew(&cx, id, forget_factors).await?;
            say_link(&origin, &secret);
        }
        Act::Off { sign_in } => {
            access::member::deactivate(&cx, member(&cx, &sign_in).await?).await?;
            say(format!("{sign_in} is switched off."));
        }
        Act::Invite {
            organisation,
            name,
            sign_in,
            roles,
            origin,
        } => {
            let roles = roles
                .iter()
                .map(|code| Role::parse(code))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| Failure::wrong_use(error.to_string()))?;
            let wanted = domain::fold::fold(&organisation);
            let known = access::organisation::list(&cx)
                .await?
                .into_iter()
                .find(|row| row.name_folded == wanted);
            let organisation = match known {
                Some(row) => row.id.into(),
                None => {
                    access::organisation::add(
                        &cx,
                        access::organisation::Add {
                            name: organisation,
                            about: String::new(),
                        },
                    )
                    .await?
                }
            };
            let invite = access::invitation::Invite {
                organisation,
                name,
                sign_in,
                roles,
            };
            let (_, secret) = access::invitation::invite(&cx, invite).await?;
            say_link(&origin, &secret);
        }
    }
    Ok(())
}
