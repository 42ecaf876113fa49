//! What every request needs: the database, the files, the settings and the clock.

use std::sync::Arc;

use access::factor::passkey::Site;
use domain::Instant;
use store::files::Files;
use store::{AppError, Db};

use crate::limit::Limits;

/// Settings of a node.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether everything here was invented; every page says so.
    pub is_demo: bool,
    /// Whether the node is reached over TLS, so that cookies are marked secure.
    pub is_secure: bool,
    /// The address people type, such as `https://audit.example.org`: what links begin with, and what passkeys
    /// are bound to.
    pub origin: String,
    /// Whether a proxy of ours stands in front, whose word on where a request comes from is taken.
    pub trusts_proxy: bool,
    /// Days that backups of the key store are kept: the promise to someone who was forgotten.
    pub key_backup_days: u32,
    /// Where the quick exit leads: a page about something else.
    pub exit: String,
    /// The sign-ins of a demonstration, shown on its sign-in page: (sign-in, what it is for).
    pub demo_sign_ins: Vec<(String, String)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            is_demo: false,
            is_secure: false,
            origin: "http://localhost:8080".to_owned(),
            trusts_proxy: false,
            key_backup_days: 30,
            exit: "https://www.bbc.co.uk/weather".to_owned(),
            demo_sign_ins: Vec::new(),
        }
    }
}

/// Shared by every request; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The files.
    pub files: Files,
    /// Settings.
    pub settings: Arc<Settings>,
    /// How often one network may send something without an account.
    pub anonymous: Arc<crate::limit::Anonymous>,
    /// The site that passkeys are bound to; none where the origin is no host name.
    pub site: Option<Arc<Site>>,
    /// How often one may knock.
    pub limits: Arc<Limits>,
    /// The cases that this node keeps in memory while their organisation's members are signed in.
    pub caseload: casework::case::Caseload,
    /// The clock.
    pub clock: fn() -> Instant,
    /// What prints a title and paragraphs with headings as a PDF, where the program was built with it: the web
    /// itself never links the page layout.
    pub print: Option<Print>,
    /// Cases that nobody has, drawn from the model of the demonstration: what a definition is tried on. Without them it is tried
    /// on cells filled at random.
    pub invented: Option<Invented>,
}

/// Coded rows of the demonstration’s model.
pub type Invented = fn() -> &'static measures::Rows;

/// Prints a title and paragraphs, each with its heading, as a PDF.
pub type Print = fn(&str, &[(String, String)]) -> Result<Vec<u8>, AppError>;

impl App {
    /// An app over an open database and its files, with the real clock.
    pub fn new(db: Db, files: Files, settings: Settings) -> Self {
        Self {
            db,
            files,
            site: Site::of(&settings.origin).map(Arc::new),
            limits: Arc::new(Limits::default()),
            settings: Arc::new(settings),
            anonymous: Arc::default(),
            caseload: casework::case::Caseload::default(),
            clock: Instant::now,
            print: None,
            invented: None,
        }
    }

    /// Opens the embedded database and the files of a data folder.
    pub async fn open(folder: &std::path::Path, settings: Settings) -> Result<Self, AppError> {
        Ok(Self::new(
            Db::open_folder(folder).await?,
            Files::open_folder(folder)?,
            settings,
        ))
    }
}
