//! `rapporteur user`: organisations and members from the command line, under the same matrix as the web.

use clap::{Args, Subcommand};
use domain::permission::Role;

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
    /// Add a member; their first password is read from standard input, one line.
    Add {
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
    },
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
        Act::Add {
            organisation,
            name,
            sign_in,
            roles,
        } => {
            let roles = roles
                .iter()
                .map(|code| Role::parse(code))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| Failure::wrong_use(error.to_string()))?;
            let mut password = String::new();
            std::io::stdin().read_line(&mut password)?;
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
            let password = password.trim_end_matches(['\r', '\n']).to_owned();
            access::member::add(
                &cx,
                access::member::Add {
                    organisation,
                    name,
                    sign_in: sign_in.clone(),
                    password,
                    roles,
                },
            )
            .await?;
            say(format!("{sign_in} may now sign in."));
        }
    }
    Ok(())
}
