//! Fills a demonstration with evidence, for the benchmark of its pages:
//! `cargo run --release -p bench --bin bench-evidence -- FOLDER ROWS`.
//!
//! Each line of ROWS holds title, summary, publisher, day, reliability, credibility and the id of a provision, parted by
//! tabs. All else is taken from an open item that is already there.

use std::path::Path;

use anyhow::{Context as _, ensure};
use domain::fold::fold;
use domain::ids::{IdSource as _, Ids};
use sea_orm::{ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use store::row::{evidence, evidence_provision};
use uuid::Uuid;

/// Rows in one statement: the databases limit how many values it may carry.
const AT_ONCE: usize = 500;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, path] = arguments.as_slice() else {
        anyhow::bail!("name the data folder and the file of rows")
    };
    let text = std::fs::read_to_string(path)?;
    let db = store::Db::open_folder(Path::new(folder)).await?;
    let model = evidence::Entity::find()
        .filter(evidence::Column::Handling.eq("open"))
        .one(db.reader())
        .await?
        .context("the demonstration has no open evidence")?;

    let tx = db.begin().await?;
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    for chunk in rows.chunks(AT_ONCE) {
        let (mut items, mut links) = (Vec::new(), Vec::new());
        for fields in chunk {
            let item = item(&model, fields)?;
            links.push(evidence_provision::Model {
                evidence_id: item.id,
                provision_id: Uuid::parse_str(fields[6])?,
            });
            items.push(item);
        }
        evidence::Entity::insert_many(items.iter().cloned().map(evidence::Model::into_active_model))
            .exec(&tx)
            .await?;
        evidence_provision::Entity::insert_many(links.into_iter().map(evidence_provision::Model::into_active_model))
            .exec(&tx)
            .await?;
        for item in &items {
            let words = [item.title.as_str(), item.summary.as_str(), item.publisher.as_str()].join("\n");
            store::dialect::index_evidence(&tx, item.id, &words).await?;
        }
    }
    tx.commit().await?;
    db.close().await?;
    Ok(())
}

fn item(model: &evidence::Model, fields: &[&str]) -> anyhow::Result<evidence::Model> {
    ensure!(fields.len() == 7, "a row has {} fields instead of 7", fields.len());
    let own = |index: usize| fields[index].to_owned();
    Ok(evidence::Model {
        id: Ids.ordered(),
        title: own(0),
        summary: own(1),
        publisher: own(2),
        publisher_folded: fold(fields[2]),
        effective_on: own(3),
        reliability: own(4),
        credibility: own(5),
        ..model.clone()
    })
}
