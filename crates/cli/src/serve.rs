//! `rapporteur serve`: the program for a coalition, on the loopback unless told otherwise.

use std::net::SocketAddr;

use clap::Args;
use web::{App, Settings};

use crate::failure::Failure;
use crate::folder::{Folder, write_private};
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
    /// Readers reach this node over TLS, through a proxy: session cookies are marked secure.
    #[arg(long)]
    behind_tls: bool,
}

/// Where to listen.
#[derive(Debug, Clone, Args)]
pub(crate) struct Listen {
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub(crate) listen: SocketAddr,
    /// Allow an address that other machines can reach. Put a TLS proxy in front.
    #[arg(long)]
    pub(crate) reachable_by_others: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.folder.open().await?;
    let settings = Settings {
        is_demo: folder.is_demo,
        is_secure: arguments.behind_tls,
        ..Settings::default()
    };
    serve(folder, &arguments.listen, settings, &[]).await
}

/// Serves until interrupted, working on jobs beside.
pub(crate) async fn serve(
    folder: Folder,
    listen: &Listen,
    settings: Settings,
    lines: &[String],
) -> Result<(), Failure> {
    if !listen.listen.ip().is_loopback() && !listen.reachable_by_others {
        return Err(Failure::wrong_use(format!(
            "{} can be reached by other machines: say --reachable-by-others if that is meant, and put a TLS proxy in front",
            listen.listen
        )));
    }
    let app = App::new(folder.db.clone(), folder.files.clone(), settings);
    let listener = tokio::net::TcpListener::bind(listen.listen).await.map_err(|error| {
        Failure::could_not(format!(
            "cannot listen on {}: {error}. Choose another with --listen.",
            listen.listen
        ))
    })?;
    let address = listener.local_addr()?;
    write_private(&folder.path.join(LAST_SERVED), &format!("{address}\n"))?;
    let name = if address.ip().is_loopback() {
        "localhost".to_owned()
    } else {
        address.ip().to_string()
    };
    say(format!("Rapporteur is at http://{name}:{}", address.port()));
    for line in lines {
        say(line);
    }
    let worker = tokio::spawn(worker::run(folder.bench()));
    let stop = async {
        // A program that cannot hear the interrupt simply runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let served = axum::serve(listener, web::router(app))
        .with_graceful_shutdown(stop)
        .await;
    worker.abort();
    served.map_err(Failure::from)
}
