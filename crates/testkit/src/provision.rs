//! A small standard with as many provisions as a test needs, without its files.

use domain::ids::{IdSource as _, ProvisionId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use store::row::{provision, standard};
use uuid::Uuid;

use crate::stage::Stage;

/// The code of the standard that [`provisions`] fills.
pub const STANDARD: &str = "specimen";

/// Adds provisions, given as (number, force), to the standard `specimen`, which is made when it is
/// not there yet. The article is the number up to its first bracket; every article 1 to 9 stands in
/// chapter I, every later one in chapter II.
///
/// # Panics
/// When a number is there already.
pub async fn provisions(stage: &Stage, rows: &[(&str, &str)]) -> Vec<ProvisionId> {
    let tx = stage.db.begin().await.expect("a transaction");
    let standard = match standard::Entity::find()
        .filter(standard::Column::Code.eq(STANDARD))
        .one(&tx)
        .await
        .expect("standards are read")
    {
        Some(row) => row.id,
        None => standard(stage, &tx).await,
    };
    let before = provision::Entity::find()
        .filter(provision::Column::StandardId.eq(standard))
        .all(&tx)
        .await
        .expect("provisions are read")
        .len();
    let mut ids = Vec::new();
    for (position, (number, force)) in (before..).zip(rows) {
        let id = stage.ids.ordered();
        let article = number.split('(').next().unwrap_or(number);
        let is_late = article.parse::<u32>().is_ok_and(|article| article > 9);
        let (chapter, chapter_title) = if is_late {
            ("II", "Specimen of later duties")
        } else {
            ("I", "Specimen of first duties")
        };
        provision::ActiveModel {
            id: Set(id),
            standard_id: Set(standard),
            position: Set(i32::try_from(position).expect("few provisions")),
            number: Set((*number).to_owned()),
            article: Set(article.to_owned()),
            heading: Set(String::new()),
            title: Set(format!("Title of {number}")),
            obligation: Set(format!("What {number} asks for")),
            force: Set((*force).to_owned()),
            qualifier: Set(String::new()),
            holder: Set("state".to_owned()),
            pillar: Set(None),
            asked: Set("[]".to_owned()),
            verified: Set("yes".to_owned()),
            check_note: Set(String::new()),
            chapter: Set(chapter.to_owned()),
            chapter_title: Set(chapter_title.to_owned()),
        }
        .insert(&tx)
        .await
        .expect("a provision is added");
        ids.push(ProvisionId(id));
    }
    tx.commit().await.expect("they stay");
    ids
}

async fn standard(stage: &Stage, tx: &sea_orm::DatabaseTransaction) -> Uuid {
    let id = stage.ids.ordered();
    standard::ActiveModel {
        id: Set(id),
        code: Set(STANDARD.to_owned()),
        version: Set("1".to_owned()),
        title: Set("Specimen convention".to_owned()),
        short_title: Set("Specimen".to_owned()),
        source: Set("made for tests".to_owned()),
        about: Set(String::new()),
        loaded_at: Set(stage.now.0),
    }
    .insert(tx)
    .await
    .expect("a standard is added");
    id
}
