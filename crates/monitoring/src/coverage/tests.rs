//! The grid counts what there is, once, and says nothing else.

use domain::Day;
use domain::ids::{ProvisionId, StandardId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::Cx;
use store::row::{area, area_name, standard};
use testkit::{Coalition, Stage, on_both, provisions};

use super::*;
use crate::evidence::{Record, record};

async fn standard(stage: &Stage) -> StandardId {
    StandardId(
        standard::Entity::find()
            .one(stage.db.reader())
            .await
            .unwrap()
            .unwrap()
            .id,
    )
}

/// Records an item with a grade, on a day, about some forms.
async fn item(cx: &Cx<'_>, provisions: &[ProvisionId], grade: (&str, &str), on: &str, forms: &[&str]) {
    let input = Record {
        kind: "document".into(),
        title: "Specimen".into(),
        publisher: "Press".into(),
        effective_on: on.into(),
        reliability: grade.0.into(),
        credibility: grade.1.into(),
        handling: "source_only".into(),
        quoting: "no".into(),
        identifies_person: Some(false),
        provisions: provisions.to_vec(),
        forms: forms.iter().map(|code| (*code).to_owned()).collect(),
        areas: vec!["N1".into()],
        ..Record::default()
    };
    record(cx, input).await.unwrap();
}

async fn nation(stage: &Stage) {
    use domain::ids::IdSource as _;
    let tx = stage.db.begin().await.unwrap();
    let id = stage.ids.ordered();
    let (code, kind) = (Set("N1".into()), Set("nation".into()));
    area::ActiveModel {
        id: Set(id),
        code,
        kind,
        parent_id: Set(None),
        successor_id: Set(None),
    }
    .insert(&tx)
    .await
    .unwrap();
    area_name::ActiveModel {
        area_id: Set(id),
        name: Set("Northland".into()),
        name_folded: Set("northland".into()),
        from_on: Set("2000-01-01".into()),
        until_on: Set(None),
    }
    .insert(&tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_cell_says_how_much_how_good_and_how_old() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        nation(stage).await;
        let rows = [
            ("5(1)", "mandatory"),
            ("13(1)", "mandatory"),
            ("36(1)", "institutional"),
        ];
        let provisions = provisions(stage, &rows).await;
        let cx = stage.cx(&coalition.contributor);
        item(&cx, &provisions[..2], ("A", "4"), "2023-01-01", &["labour"]).await;
        item(&cx, &provisions[..1], ("B", "1"), "2024-01-01", &["labour", "sexual"]).await;
        item(&cx, &provisions[..1], ("F", "6"), "2025-01-01", &["labour"]).await;
        // Another organisation, which may see none of these, counts them all.
        let grid = grid(&stage.cx(&coalition.observer), standard(stage).await, None)
            .await
            .unwrap();
        let place = |code: &str| grid.columns.iter().position(|column| column.code == code).unwrap();
        let first = &grid.chapters[0].rows[0];
        let labour = first.cells[place("labour")];
        assert_eq!((labour.n, labour.newest), (3, Some(2025)));
        assert_eq!(labour.best, Some(Grade(Reliability::B, Credibility::One)));
        assert_eq!(first.cells[place("sexual")].n, 1);
        assert_eq!(first.cells[place("N1")].n, 3);
        assert_eq!(first.cells[place("organs")], Cell::default());
        assert_eq!(first.total.n, 3, "an item of two forms is one item");
        assert_eq!(
            grid.totals[place("labour")].n,
            3,
            "an item on two provisions is one item"
        );
        assert_eq!(grid.total.n, 3);
        assert_eq!(grid.chapters.len(), 2);
        let bare: Vec<&str> = grid.bare().iter().map(|row| row.provision.number.as_str()).collect();
        assert!(bare.is_empty(), "{bare:?}");
        // Of the two rated provisions, three and two cells have something.
        assert_eq!(grid.gaps(), (2 * grid.columns.len() - 5, 2 * grid.columns.len()));
    })
    .await;
}

#[tokio::test]
async fn a_period_counts_only_what_is_dated_within_it() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        nation(stage).await;
        let provisions = provisions(stage, &[("5(1)", "mandatory"), ("13(1)", "mandatory")]).await;
        let cx = stage.cx(&coalition.contributor);
        for day in ["2023-12-31", "2024-01-01", "2024-12-31", "2025-01-01"] {
            item(&cx, &provisions[..1], ("C", "3"), day, &[]).await;
        }
        let day = |text: &str| Day::parse(text).unwrap();
        let period = Some((day("2024-01-01"), day("2024-12-31")));
        let grid = grid(&cx, standard(stage).await, period).await.unwrap();
        assert_eq!(grid.total.n, 2);
        assert_eq!(grid.bare().len(), 1);
    })
    .await;
}

#[test]
fn what_was_judged_comes_before_what_nobody_can_judge() {
    use domain::evidence::{Credibility as C, Reliability as R};
    let mut cell = Cell::default();
    for grade in [
        Grade(R::F, C::One),
        Grade(R::E, C::Five),
        Grade(R::B, C::Two),
        Grade(R::A, C::Three),
    ] {
        cell.add(1, grade, None);
    }
    assert_eq!(cell.best, Some(Grade(R::A, C::Three)));
}
