//! What seals cost: `cargo run --release -p bench --bin bench-seals -- N`.
//!
//! Fills an embedded database in a temporary folder with N sealed records, each of a person with a key of their own,
//! and prints three numbers in milliseconds: opening the titles of all of them with nothing kept from before;
//! reading 50 records without opening them; and opening 50 records whole, with their rows in the log.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant as Clock;

use access::key::{self, person};
use access::member::{self, Add};
use anyhow::{Context as _, Result, ensure};
use domain::ids::{IdSource as _, Ids, OrganisationId};
use domain::permission::{Action, Relation, Role};
use domain::{Day, Instant};
use sea_orm::{ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use store::files::Files;
use store::row::personal_evidence::{Column, Entity, Model};
use store::seal::{Identity, PrivateKey};
use store::work::Actor;
use store::{Cx, Db};
use uuid::Uuid;

/// Records on a page.
const PAGE: usize = 50;
/// How often each is measured; the median counts.
const RUNS: usize = 15;
/// Nobody's passphrase: the database is gone when the program ends.
const PASSPHRASE: &str = "bench-only-passphrase";

#[tokio::main]
async fn main() -> Result<()> {
    let n: usize = std::env::args().nth(1).context("say how many records")?.parse()?;
    ensure!(n >= PAGE, "a page alone has {PAGE} records");
    let folder = tempfile::tempdir()?;
    let bench = Bench::open(folder.path()).await?;
    let ids = bench.fill(n).await?;
    let page = &ids[..PAGE];
    let cold = median(async || bench.titles().await).await?;
    let read = median(async || bench.read(page).await.map(|rows| rows.len())).await?;
    let opened = median(async || bench.open_whole(page).await).await?;
    say(format!("{n} {cold:.2} {read:.2} {opened:.2}"));
    bench.db.close().await?;
    Ok(())
}

/// An organisation with a key, and the one member who holds it.
struct Bench {
    db: Db,
    files: Files,
    actor: Actor,
    private: PrivateKey,
    owner: Uuid,
}

impl Bench {
    async fn open(folder: &Path) -> Result<Self> {
        let (db, files) = (Db::open_folder(folder).await?, Files::open_folder(folder)?);
        let input = Add {
            organisation: OrganisationId(Uuid::nil()),
            name: "Bench".to_owned(),
            sign_in: "bench".to_owned(),
            password: PASSPHRASE.to_owned(),
            roles: vec![Role::Coordinator, Role::Manager, Role::Contributor],
        };
        let nobody = Actor::nobody();
        member::init(&cx(&db, &files, &nobody, None)?, "Bench", "", input).await?;
        let (actor, private) = member::authenticate(&db, "bench", PASSPHRASE)
            .await?
            .context("the member signs in")?;
        let private = private.context("the member has a key")?;
        let owner = actor.organisation.context("an organisation")?.0;
        let bench = Self {
            db,
            files,
            actor,
            private,
            owner,
        };
        key::establish(&bench.cx()?, owner).await?;
        Ok(bench)
    }

    fn cx(&self) -> Result<Cx<'_>> {
        cx(&self.db, &self.files, &self.actor, Some(&self.private))
    }

    async fn fill(&self, n: usize) -> Result<Vec<Uuid>> {
        let cx = self.cx()?;
        let member = cx.member()?.0;
        // About as long as an account of one meeting.
        let words = "She was moved between three places and was not told of her right to advice. ".repeat(20);
        let mut rows = Vec::with_capacity(n);
        for number in 0..n {
            let (id, (person_key_id, key)) = (Ids.random(), person::make(&cx, self.owner).await?);
            rows.push(Model {
                id,
                organisation_id: self.owner,
                member_id: member,
                person_key_id,
                sealed_title: key.seal(&title(id), format!("Record {number}").as_bytes()),
                sealed_record: key.seal(&whole(id), words.as_bytes()),
                recorded_on: cx.now.day().iso(),
                is_invented: true,
            });
        }
        let ids = rows.iter().map(|row| row.id).collect();
        let tx = self.db.begin().await?;
        for chunk in rows.chunks(500) {
            let chunk = chunk.iter().cloned().map(Model::into_active_model);
            Entity::insert_many(chunk).exec(&tx).await?;
        }
        tx.commit().await?;
        Ok(ids)
    }

    /// Opens the title of every record of the organisation.
    async fn titles(&self) -> Result<usize> {
        let cx = self.cx()?;
        let opener = key::opener(&cx, self.owner).await?;
        let own = Column::OrganisationId.eq(self.owner);
        let rows = Entity::find().filter(own).all(self.db.reader()).await?;
        let key_ids: Vec<Uuid> = rows.iter().map(|row| row.person_key_id).collect();
        let keys: HashMap<_, _> = person::open_all(&self.db, &opener, &key_ids)
            .await?
            .into_iter()
            .collect();
        for row in &rows {
            keys[&row.person_key_id].open(&title(row.id), &row.sealed_title)?;
        }
        Ok(rows.len())
    }

    async fn read(&self, ids: &[Uuid]) -> Result<Vec<Model>> {
        let these = Column::Id.is_in(ids.iter().copied());
        Ok(Entity::find().filter(these).all(self.db.reader()).await?)
    }

    /// Reads records, writes in the log that they are shown, and reveals them.
    async fn open_whole(&self, ids: &[Uuid]) -> Result<usize> {
        let cx = self.cx()?;
        let rows = self.read(ids).await?;
        let opener = key::opener(&cx, self.owner).await?;
        let key_ids: Vec<Uuid> = rows.iter().map(|row| row.person_key_id).collect();
        let keys: HashMap<_, _> = person::open_all(&self.db, &opener, &key_ids)
            .await?
            .into_iter()
            .collect();
        let (action, relation) = (Action::UnsealEvidence, Relation::OwnAssignment);
        let shown = cx.disclose(action, relation, "personal_evidence", ids).await?;
        let mut n_bytes = 0;
        for row in &rows {
            let opened = keys[&row.person_key_id].open(&whole(row.id), &row.sealed_record)?;
            n_bytes += opened.reveal(&shown)?.len();
        }
        Ok(n_bytes)
    }
}

fn cx<'a>(db: &'a Db, files: &'a Files, actor: &'a Actor, key: Option<&'a PrivateKey>) -> Result<Cx<'a>> {
    Ok(Cx {
        db,
        files,
        actor,
        now: noon()?,
        ids: &Ids,
        once: None,
        key,
    })
}

/// Any time will do, and the same one always does.
fn noon() -> Result<Instant> {
    Ok(Day::new(2025, 6, 1).context("a day")?.start().plus_seconds(12 * 3600))
}

fn title(id: Uuid) -> Identity {
    Identity::new("personal_evidence", id, "sealed_title")
}

fn whole(id: Uuid) -> Identity {
    Identity::new("personal_evidence", id, "sealed_record")
}

/// The median of some runs, in milliseconds; what each gives must not be nothing.
async fn median(run: impl AsyncFn() -> Result<usize>) -> Result<f64> {
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let start = Clock::now();
        ensure!(run().await? > 0, "nothing was measured");
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[RUNS / 2])
}

#[expect(clippy::print_stdout, reason = "the benchmark reads this line")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
