//! Does the jobs: takes one after another from the database. The web never links the page layout;
//! this does.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::Instant;
use domain::ids::{ExportId, JobId, MemberId, RevisionId, StudyId};
use monitoring::edition::{self, Rendered};
use monitoring::{export, study};
use store::Db;
use store::checkpoint;
use store::checkpoint::note::Signer;
use store::files::Files;
use store::work::{Actor, IDS};
use store::{AppError, Cx};

/// How long an idle worker waits before it looks again.
const IDLE: Duration = Duration::from_secs(2);
/// How often a long computation gives its sign of life.
const BEAT: Duration = Duration::from_secs(15);

/// What a worker works on, and signs with.
#[derive(Clone)]
pub(crate) struct Bench {
    /// The database.
    pub(crate) db: Db,
    /// The files.
    pub(crate) files: Files,
    /// Signs checkpoints.
    pub(crate) signer: Arc<Signer>,
}

impl Bench {
    /// What a command of a member needs, without any key: jobs open no seal.
    fn cx<'a>(&'a self, actor: &'a Actor) -> Cx<'a> {
        Cx {
            db: &self.db,
            files: &self.files,
            actor,
            now: Instant::now(),
            ids: &IDS,
            once: None,
            key: None,
        }
    }
}

/// Works until the program ends.
pub(crate) async fn run(bench: Bench) {
    if let Err(error) = store::jobs::reclaim(&bench.db).await {
        tracing::error!(%error, "jobs that were cut off could not be put back");
    }
    loop {
        match step(&bench).await {
            Ok(true) => {}
            Ok(false) => {
                keep_time(&bench).await;
                tokio::time::sleep(IDLE).await;
            }
            Err(error) => {
                tracing::error!(error, "the worker could not look for jobs");
                tokio::time::sleep(IDLE).await;
            }
        }
    }
}

/// Does every job that waits, then returns; for commands that need the result at once.
pub(crate) async fn drain(bench: &Bench) -> Result<(), String> {
    store::jobs::reclaim(&bench.db)
        .await
        .map_err(|error| error.to_string())?;
    while step(bench).await? {}
    Ok(())
}

/// Does what falls due with time, when no job waits. Of several nodes one succeeds; what fails is
/// tried again.
async fn keep_time(bench: &Bench) {
    let taken = checkpoint::take_daily(&bench.db, &bench.signer, Instant::now()).await;
    if let Err(error) = taken {
        tracing::warn!(%error, "the daily checkpoint could not be taken");
    }
    if let Err(error) = export::expire(&bench.db, &bench.files, Instant::now()).await {
        tracing::warn!(%error, "files of expired exports could not be removed");
    }
    if let Err(error) = casework::import::expire(&bench.db, Instant::now()).await {
        tracing::warn!(%error, "old files of cases could not be destroyed");
    }
}

/// Takes and does one job. `false` when there was none.
async fn step(bench: &Bench) -> Result<bool, String> {
    let Bench { db, .. } = bench;
    let Some(job) = store::jobs::take(db, Instant::now())
        .await
        .map_err(|error| error.to_string())?
    else {
        return Ok(false);
    };
    let result = match job.kind.as_str() {
        edition::JOB => render(bench, &job).await,
        export::JOB => make_export(bench, &job).await,
        study::JOB => estimate(bench, &job).await,
        other => Err(format!("this version does not know the job “{other}”")),
    };
    if let Err(reason) = &result {
        tracing::error!(job = %job.id, reason, "a job failed");
    }
    store::jobs::end(db, &job, Instant::now(), result)
        .await
        .map_err(|error| error.to_string())?;
    Ok(true)
}

/// Makes an export as whoever asked for it; someone who was switched off meanwhile gets nothing.
async fn make_export(bench: &Bench, job: &store::row::job::Model) -> Result<(), String> {
    let Bench { db, .. } = bench;
    let id: ExportId = job.payload.parse().map_err(|_| "the job names no request".to_owned())?;
    let made = async {
        let member = export::asker(db, id).await?;
        let actor = asker(db, member).await?;
        let cx = bench.cx(&actor);
        export::make(&cx, id).await
    };
    match made.await {
        Ok(()) => Ok(()),
        // What will not be otherwise at the next attempt is not tried again.
        Err(error @ (AppError::Forbidden(_) | AppError::NotFound(_))) => {
            tracing::warn!(job = %job.id, %error, "an export could not be made");
            export::fail(db, id).await.map_err(|error| error.to_string())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Runs the methods on a study's overlaps, as whoever asked for it; someone who may not do so any more gets nothing, and that
/// is known before anything is computed. A study that was closed meanwhile is passed over.
async fn estimate(bench: &Bench, job: &store::row::job::Model) -> Result<(), String> {
    let id: StudyId = job.payload.parse().map_err(|_| "the job names no study".to_owned())?;
    let member = job.member_id.map(MemberId).ok_or("nobody asked for this estimate")?;
    let made = async {
        let actor = asker(&bench.db, member).await?;
        let Some(task) = study::task(&bench.cx(&actor), id).await? else {
            return Ok(());
        };
        let answer = compute(bench, JobId(job.id), task).await?;
        // Minutes later they may have left.
        let actor = asker(&bench.db, member).await?;
        study::keep(&bench.cx(&actor), id, &answer).await
    };
    match made.await {
        Ok(()) => Ok(()),
        // What will not be otherwise at the next attempt is not tried again.
        Err(error @ (AppError::Forbidden(_) | AppError::NotFound(_))) => {
            tracing::warn!(job = %job.id, %error, "an estimate could not be made");
            Ok(())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Whoever asked for a job, while they are a member.
async fn asker(db: &Db, member: MemberId) -> Result<Actor, AppError> {
    let found = access::member::actor(db, member).await?;
    found.ok_or(AppError::Forbidden("whoever asked has left"))
}

/// Computes on a core of its own and tells how far it is.
async fn compute(bench: &Bench, job: JobId, task: study::Task) -> Result<study::Answer, AppError> {
    let today = Instant::now().day();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let computing = tokio::task::spawn_blocking(move || {
        study::compute(&task, today, |done, total, method| {
            // Nobody listens once the job has been lost; computing then ends for nothing.
            let _ = tell.send((done, total, method.to_owned()));
        })
    });
    let mut last = (0, 1, String::new());
    let mut beat = tokio::time::interval(BEAT);
    loop {
        tokio::select! {
            news = told.recv() => match news {
                Some(news) => last = news,
                None => break,
            },
            _ = beat.tick() => {}
        }
        store::jobs::progress(&bench.db, job, Instant::now(), last.0, last.1, &last.2).await?;
    }
    computing.await.map_err(|error| AppError::Internal(error.into()))
}

/// Renders a revision of an edition, with the checkpoint that it prints, and keeps its files.
async fn render(bench: &Bench, job: &store::row::job::Model) -> Result<(), String> {
    let Bench { db, files, signer } = bench;
    let id: RevisionId = job
        .payload
        .parse()
        .map_err(|_| "the job names no revision".to_owned())?;
    checkpoint::of_revision(db, signer, Instant::now(), id.0)
        .await
        .map_err(|error| error.to_string())?;
    let content = edition::renderable(db, id).await.map_err(|error| error.to_string())?;
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    // Page layout is work for a core, not for the async threads.
    let rendering = tokio::task::spawn_blocking(move || {
        report::publish(&content, web::STYLE, &mut |done, total, words| {
            // Nobody listens once the job has been lost; rendering then ends for nothing.
            let _ = tell.send((done, total, words.to_owned()));
        })
    });
    while let Some((done, total, words)) = told.recv().await {
        store::jobs::progress(db, JobId(job.id), Instant::now(), done, total, &words)
            .await
            .map_err(|error| error.to_string())?;
    }
    let rendered = rendering
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| chain(&error))?;
    let rendered = rendered
        .into_iter()
        .map(|file| Rendered {
            path: file.path,
            media_type: file.media_type.to_owned(),
            bytes: Bytes::from(file.bytes),
        })
        .collect();
    edition::keep(db, files, id, rendered)
        .await
        .map_err(|error| error.to_string())
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    words
}
