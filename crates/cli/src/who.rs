//! As whom a command acts: `--as NAME` with a password, or the demonstration's coordinator.

use std::path::PathBuf;

use access::factor::{self, required};
use clap::Args;
use domain::Instant;
use store::Cx;
use store::seal::PrivateKey;
use store::work::{Actor, IDS};

use crate::failure::Failure;
use crate::folder::Folder;

/// The member who runs the audit in a demonstration.
pub(crate) const DEMO_COORDINATOR: &str = "coordinator";

/// As whom to act.
#[derive(Debug, Clone, Args)]
pub(crate) struct Who {
    /// The member to act as; their password is asked for.
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// Read the password from the first line of this file instead of asking.
    #[arg(long, value_name = "FILE", requires = "name")]
    password_file: Option<PathBuf>,
    /// A code of their second factor, where they have one: of the authenticator, or a recovery code.
    #[arg(long, value_name = "CODE", requires = "name")]
    code: Option<String>,
}

impl Who {
    /// The member, after checking the password. In a demonstration nobody need be named.
    pub(crate) async fn actor(&self, folder: &Folder) -> Result<Actor, Failure> {
        if self.name.is_none() && folder.is_demo {
            return demo_member(folder, DEMO_COORDINATOR).await;
        }
        Ok(self.keyed(folder).await?.0)
    }

    /// The member, after checking the password, with the private key that it opens: what a command about cases needs.
    pub(crate) async fn keyed(&self, folder: &Folder) -> Result<(Actor, Option<PrivateKey>), Failure> {
        let Some(name) = &self.name else {
            return Err(Failure::wrong_use(
                "this command reads or changes records: say as whom, with --as NAME",
            ));
        };
        let password = match &self.password_file {
            Some(file) => std::fs::read_to_string(file)
                .map_err(|error| Failure::wrong_use(format!("{}: {error}", file.display())))?
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
            None => rpassword::prompt_password(format!("Password of {name}: "))?,
        };
        let (actor, key) = access::member::authenticate(&folder.db, name, &password)
            .await?
            .ok_or_else(|| Failure::wrong_use("the name or the password is not right"))?;
        self.second_factor(folder, &actor, key.as_ref()).await?;
        Ok((actor, key))
    }

    /// The command line is no way around a second factor.
    async fn second_factor(&self, folder: &Folder, actor: &Actor, key: Option<&PrivateKey>) -> Result<(), Failure> {
        let db = &folder.db;
        let Some(member) = actor.member else { return Ok(()) };
        if required::is_missing(db, actor).await? {
            return Err(Failure::wrong_use(
                "your role needs a second factor: sign in on the web and set one up first",
            ));
        }
        if !factor::standing(db, member).await?.asks() {
            return Ok(());
        }
        let code = match &self.code {
            Some(code) => code.clone(),
            None => rpassword::prompt_password("Code of the authenticator, or a recovery code: ")?,
        };
        if access::sign_in::takes_code(db, member, key, &code, Instant::now()).await? {
            Ok(())
        } else {
            Err(Failure::wrong_use("the code is not right, or was used before"))
        }
    }
}

/// A member of a demonstration, by what they sign in with.
pub(crate) async fn demo_member(folder: &Folder, sign_in: &str) -> Result<Actor, Failure> {
    access::member::by_sign_in(&folder.db, sign_in)
        .await?
        .ok_or_else(|| Failure::could_not(format!("the demonstration has no member “{sign_in}”")))
}

/// The surroundings of a command that this member gives now.
pub(crate) fn cx<'a>(folder: &'a Folder, actor: &'a Actor) -> Cx<'a> {
    Cx {
        db: &folder.db,
        files: &folder.files,
        actor,
        now: Instant::now(),
        ids: &IDS,
        once: None,
        key: None,
    }
}
