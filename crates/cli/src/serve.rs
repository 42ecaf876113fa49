//! `rapporteur serve`: the program for a coalition, on the loopback unless told otherwise.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use access::key::person;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use casework::case::Caseload;
use clap::Args;
use domain::Instant;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use store::Db;
use store::files::Files;
use web::{App, Settings};

use crate::failure::Failure;
use crate::folder::{Folder, write_private};
use crate::silent::Prompt;
use crate::{Where, say, worker};

/// The file of a data folder that says where it was last served, for `doctor`.
pub(crate) const LAST_SERVED: &str = "last-served";

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Where,
    #[command(flatten)]
    listen: Listen,
    /// The address people type, such as `https://audit.example.org`: links begin with it, and passkeys are bound to
    /// it [default: the address listened on].
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// A proxy in front ends TLS: cookies are marked secure, and its X-Forwarded-For is believed.
    #[arg(long, conflicts_with = "tls_cert")]
    behind_tls: bool,
    /// A proxy in front, without TLS of its own, whose X-Forwarded-For is believed.
    #[arg(long)]
    trusted_proxy: bool,
    #[command(flatten)]
    tls: Tls,
}

/// TLS without a proxy.
#[derive(Debug, Clone, Args)]
pub(crate) struct Tls {
    /// The certificate and those that vouch for it, PEM. Read again when the file changes.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its private key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

/// Where to listen.
#[derive(Debug, Clone, Args)]
pub(crate) struct Listen {
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub(crate) listen: SocketAddr,
    /// Allow an address that other machines can reach. Put TLS in front, or give a certificate.
    #[arg(long)]
    pub(crate) reachable_by_others: bool,
}

/// How often a certificate's file is looked at.
const CERTIFICATE_EVERY: Duration = Duration::from_mins(1);
/// How often cases that nobody looks at any more are wiped from memory.
const WIPE_EVERY: Duration = Duration::from_mins(1);
/// How long the head of a request may take to come.
const HEAD: Duration = Duration::from_secs(30);
/// How long requests under way may take to end when the program is stopped.
const ENDING: Duration = Duration::from_secs(10);

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.folder.open().await?;
    let certificate = arguments.tls.tls_cert.clone().zip(arguments.tls.tls_key.clone());
    let settings = Settings {
        is_demo: folder.is_demo,
        is_secure: arguments.behind_tls || certificate.is_some(),
        trusts_proxy: arguments.behind_tls || arguments.trusted_proxy,
        origin: arguments.origin.clone().unwrap_or_default(),
        ..Settings::default()
    };
    serve(folder, &arguments.listen, certificate, settings, &[]).await
}

/// Completes erasures and the destruction of token files that were cut off, and removes keys whose record never came. A key
/// store that does not fit the records is left as it is, and the log says so.
async fn tidy_keys(db: &Db, files: &Files, now: Instant) -> Result<(), Failure> {
    let completed = person::complete(db, now).await?;
    monitoring::call::complete(db).await?;
    monitoring::personal::complete(db, files).await?;
    monitoring::study::complete(db, files, now).await?;
    casework::person::complete(db).await?;
    let used = person::used(db).await?;
    match person::sweep(db, &used, now).await {
        Ok(swept) if completed + swept as u64 > 0 => {
            tracing::info!(completed, swept, "the key store was tidied after an interruption");
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "the key store was not tidied"),
    }
    Ok(())
}

/// Serves until interrupted, working on jobs beside. `certificate`: the files of the certificate and its key.
/// Settings without an origin get the address listened on.
pub(crate) async fn serve(
    folder: Folder,
    listen: &Listen,
    certificate: Option<(PathBuf, PathBuf)>,
    settings: Settings,
    lines: &[String],
) -> Result<(), Failure> {
    if !listen.listen.ip().is_loopback() && !listen.reachable_by_others {
        return Err(Failure::wrong_use(format!(
            "{} can be reached by other machines: say --reachable-by-others if that is meant, and put TLS in front",
            listen.listen
        )));
    }
    tidy_keys(&folder.db, &folder.files, Instant::now()).await?;
    let listener = std::net::TcpListener::bind(listen.listen).map_err(|error| {
        Failure::could_not(format!(
            "cannot listen on {}: {error}. Choose another with --listen.",
            listen.listen
        ))
    })?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    write_private(&folder.path.join(LAST_SERVED), &format!("{address}\n"))?;
    let name = if address.ip().is_loopback() {
        "localhost".to_owned()
    } else {
        address.ip().to_string()
    };
    let scheme = if certificate.is_some() { "https" } else { "http" };
    let here = format!("{scheme}://{name}:{}", address.port());
    let origin = if settings.origin.is_empty() {
        here.clone()
    } else {
        settings.origin.clone()
    };
    let mut app = App::new(folder.db.clone(), folder.files.clone(), Settings { origin, ..settings });
    app.print = Some(print);
    app.invented = Some(crate::demo::rows);
    tokio::spawn(wipe(app.caseload.clone(), folder.db.clone()));
    let service = web::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let config = match &certificate {
        Some((cert, key)) => Some(
            RustlsConfig::from_pem_file(cert, key)
                .await
                .map_err(|error| Failure::wrong_use(format!("{} and {}: {error}", cert.display(), key.display())))?,
        ),
        None => None,
    };
    say(format!("Rapporteur is at {here}"));
    for line in lines {
        say(line);
    }
    monitoring::edition::take_up(&folder.db).await?;
    let worker = tokio::spawn(worker::run(folder.bench()));
    let handle = Handle::new();
    tokio::spawn(stop_when_interrupted(handle.clone()));
    let served = if let (Some(config), Some(files)) = (config, certificate) {
        tokio::spawn(read_again(config.clone(), files));
        let mut server = axum_server::from_tcp_rustls(listener, config)?
            .map(prompt)
            .handle(handle);
        end_slow(server.http_builder());
        server.serve(service).await
    } else {
        let mut server = axum_server::from_tcp(listener)?.map(prompt).handle(handle);
        end_slow(server.http_builder());
        server.serve(service).await
    };
    worker.abort();
    served.map_err(Failure::from)
}

/// Wipes from memory the cases of organisations of which nobody is signed in any more, wherever they signed out.
async fn wipe(caseload: Caseload, db: Db) {
    loop {
        tokio::time::sleep(WIPE_EVERY).await;
        if let Err(error) = caseload.sweep(&db, Instant::now()).await {
            tracing::warn!(%error, "it is not known who is still signed in; cases stay in memory for another minute");
        }
    }
}

/// Accepts only connections that say something.
fn prompt<A>(inner: A) -> Prompt<A> {
    Prompt { inner, wait: HEAD }
}

/// Ends connections whose request does not come whole, so that nobody keeps others out by saying it slowly.
fn end_slow(http: &mut Builder<TokioExecutor>) {
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD)
        .keep_alive_timeout(HEAD);
}

async fn stop_when_interrupted(handle: Handle<SocketAddr>) {
    // A program that cannot hear the interrupt simply runs until it is killed.
    if tokio::signal::ctrl_c().await.is_ok() {
        handle.graceful_shutdown(Some(ENDING));
    }
}

/// Reads the certificate again whenever its file was changed. One that cannot be read leaves the old one.
async fn read_again(config: RustlsConfig, (cert, key): (PathBuf, PathBuf)) {
    let changed = async || tokio::fs::metadata(&cert).await.and_then(|file| file.modified()).ok();
    let mut known = changed().await;
    loop {
        tokio::time::sleep(CERTIFICATE_EVERY).await;
        let now = changed().await;
        if now == known {
            continue;
        }
        match config.reload_from_pem_file(&cert, &key).await {
            Ok(()) => known = now,
            Err(error) => tracing::warn!(%error, "the changed certificate cannot be read; the old one stays"),
        }
    }
}

/// Prints a letter for the web, which does not link the page layout itself.
fn print(title: &str, parts: &[(String, String)]) -> Result<Vec<u8>, store::AppError> {
    report::pdf::letter(title, parts).map_err(|error| store::AppError::Internal(error.into()))
}
