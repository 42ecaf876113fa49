//! The data folder: where it is, and whether it is marked as a demonstration.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use store::Db;
use store::checkpoint::note::Signer;
use store::files::Files;

use crate::failure::Failure;
use crate::worker::Bench;

/// The file that marks a folder as a demonstration.
pub(crate) const MARK: &str = "demonstration";
/// The file that holds the demonstration's sign-ins; readable by its owner only.
pub(crate) const SIGN_INS: &str = "sign-ins.txt";

/// Which data folder a command works on.
#[derive(Debug, Clone, Args)]
pub(crate) struct Where {
    /// The data folder [default: the user's data directory].
    #[arg(long, env = "RAPPORTEUR_DIR", value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// A PostgreSQL database instead of the embedded one: `postgres://USER@HOST/NAME`.
    #[arg(long, env = "RAPPORTEUR_DATABASE", value_name = "URL", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// The key store, a PostgreSQL database of its own [default: the database's name with `_keys`].
    #[arg(
        long,
        env = "RAPPORTEUR_KEYS",
        value_name = "URL",
        hide_env_values = true,
        requires = "database"
    )]
    pub(crate) keys: Option<String>,
}

/// An open data folder.
pub(crate) struct Folder {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its database.
    pub(crate) db: Db,
    /// Its files.
    pub(crate) files: Files,
    /// Signs its checkpoints.
    pub(crate) signer: Arc<Signer>,
    /// Whether everything in it was invented.
    pub(crate) is_demo: bool,
}

impl Folder {
    /// What a worker of this folder works on.
    pub(crate) fn bench(&self) -> Bench {
        Bench {
            db: self.db.clone(),
            files: self.files.clone(),
            signer: self.signer.clone(),
        }
    }
}

/// The user's data directory, with a folder of ours in it.
pub(crate) fn default_folder(name: &str) -> PathBuf {
    let base = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")));
    base.unwrap_or_else(|| PathBuf::from(".")).join(name)
}

impl Where {
    /// The folder's path.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.clone().unwrap_or_else(|| default_folder("rapporteur"))
    }

    /// Opens an existing folder.
    pub(crate) async fn open(&self) -> Result<Folder, Failure> {
        let path = self.path();
        if !path.is_dir() {
            return Err(Failure::wrong_use(format!(
                "there is no data folder at {}: make one with `rapporteur init` or `rapporteur demo`",
                path.display()
            )));
        }
        self.open_at(path).await
    }

    /// Opens a folder, making it if it is not there; only its owner may look into it.
    pub(crate) async fn create(&self) -> Result<Folder, Failure> {
        let path = self.path();
        create_private(&path)?;
        self.open_at(path).await
    }

    /// Opens the database that is named, or the embedded one of this folder.
    pub(crate) async fn database_in(&self, path: &Path) -> Result<Db, Failure> {
        Ok(match &self.database {
            Some(url) => match &self.keys {
                Some(keys) => Db::open(url, keys).await?,
                None => Db::open_server(url).await?,
            },
            None => Db::open_folder(path).await?,
        })
    }

    async fn open_at(&self, path: PathBuf) -> Result<Folder, Failure> {
        let db = self.database_in(&path).await?;
        let files = Files::open_folder(&path)?;
        Ok(Folder {
            is_demo: is_demo(&path),
            signer: Arc::new(store::checkpoint::signer(&path)?),
            path,
            db,
            files,
        })
    }
}

/// Whether a folder is marked as a demonstration.
pub(crate) fn is_demo(path: &Path) -> bool {
    path.join(MARK).is_file()
}

/// Marks a folder as a demonstration.
pub(crate) fn mark_demo(path: &Path) -> Result<(), Failure> {
    std::fs::write(
        path.join(MARK),
        "Everything in this folder was made up for a demonstration, except the instruments and the official statistics.\n",
    )?;
    Ok(())
}

/// Makes a folder that only its owner may look into.
pub(crate) fn create_private(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path)
        .map_err(|error| Failure::could_not(format!("{} cannot be made: {error}", path.display())))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Writes a file that only its owner may read.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    write_private_bytes(path, text.as_bytes())
}

/// The same of bytes.
pub(crate) fn write_private_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)?.write_all(bytes)?;
    Ok(())
}
