//! Needs: what is refused, how they stand, how long they waited.

use sea_orm::EntityTrait as _;
use store::AppError;
use testkit::on_both;

use super::*;
use crate::case;
use crate::case::tests::{Keyed, house, input};
use crate::sheet::Typed;

const BASE: [(&str, &str); 3] = [("area", "housing"), ("horizon", "emergency"), ("since", "2025-05-01")];

fn with(more: &[(&str, &str)]) -> Result<Need, Vec<String>> {
    let all = BASE.iter().chain(more).copied();
    part::read(&Typed::of(all), Day::new(2025, 6, 1).expect("a day")).map_err(|error| match error {
        AppError::Invalid(errors) => errors.iter().map(|(field, _)| field.to_owned()).collect(),
        other => vec![other.to_string()],
    })
}

#[test]
fn a_refusal_needs_its_day_who_and_why() {
    assert_eq!(
        with(&[("refused_by", "authority")]).expect_err("no day"),
        ["refused_on"]
    );
    assert_eq!(
        with(&[("refused_on", "2025-05-02")]).expect_err("no reason"),
        ["refused_by", "why_refused"]
    );
    assert_eq!(
        with(&[("started_on", "2025-04-30")]).expect_err("too early"),
        ["started_on"]
    );
    assert_eq!(
        with(&[("started_on", "2025-05-09"), ("ended_on", "2025-05-08")]).expect_err("too early"),
        ["ended_on"]
    );
}

#[test]
fn nothing_of_a_need_lies_in_the_days_to_come() {
    for field in ["offered_on", "started_on", "ended_on"] {
        assert_eq!(with(&[(field, "2025-06-02")]).expect_err("too late"), [field]);
        assert!(with(&[(field, "2025-06-01")]).is_ok(), "{field}");
    }
    let refused = [
        ("refused_on", "2025-06-02"),
        ("refused_by", "provider"),
        ("why_refused", "full"),
    ];
    assert_eq!(with(&refused).expect_err("too late"), ["refused_on"]);
    let since = [("area", "housing"), ("horizon", "emergency"), ("since", "2025-06-02")];
    let today = Day::new(2025, 6, 1).expect("a day");
    let answer = part::read::<Need>(&Typed::of(since), today);
    assert!(matches!(answer, Err(AppError::Invalid(errors)) if errors.get("since").is_some()));
}

#[test]
fn a_need_stands_by_the_last_that_came_of_it_and_counts_the_days_it_waited() {
    let today = Day::new(2025, 6, 1).expect("a day");
    let of = |more: &[(&str, &str)]| with(more).expect("a need");
    let refused = [
        ("refused_on", "2025-05-03"),
        ("refused_by", "provider"),
        ("why_refused", "full"),
    ];
    assert_eq!((of(&[]).standing(), of(&[]).waited(today)), (Standing::Open, Some(31)));
    assert_eq!(of(&refused).standing(), Standing::Refused);
    let later = [refused.as_slice(), &[("offered_on", "2025-05-10")]].concat();
    assert_eq!(of(&later).standing(), Standing::Offered);
    let begun = [later.as_slice(), &[("started_on", "2025-05-11")]].concat();
    assert_eq!(
        (of(&begun).standing(), of(&begun).waited(today)),
        (Standing::Running, Some(10))
    );
    assert_eq!(of(&[("ended_on", "2025-05-02")]).waited(today), None);
}

#[tokio::test]
async fn what_a_need_said_before_it_was_amended_is_kept_under_its_seal_and_goes_with_the_person() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let case = case::record(&cx, input("Specimen")).await.expect("recorded");
        let typed = |more: &[(&str, &str)]| Typed::of(BASE.iter().chain(more).copied());
        let id = part::record::<Need>(&cx, case, &typed(&[("plan", "Canaria plan")]))
            .await
            .expect("recorded");
        assert_eq!(case::open(&cx, case).await.expect("opened").needs[0].earlier, []);
        let colleague = house.supervisor.cx(stage);
        part::amend::<Need>(&colleague, case, id, &typed(&[("plan", "Second plan")]), 1)
            .await
            .expect("amended");
        // Saved once more without a change: nothing new was said.
        part::amend::<Need>(&cx, case, id, &typed(&[("plan", "Second plan")]), 2)
            .await
            .expect("amended");
        part::amend::<Need>(&cx, case, id, &typed(&[]), 3)
            .await
            .expect("amended");
        let opened = case::open(&cx, case).await.expect("opened");
        let kept = &opened.needs[0];
        assert_eq!((kept.revision, kept.sheet.plan.clone()), (4, None));
        let plans: Vec<_> = kept
            .earlier
            .iter()
            .map(|earlier| earlier.sheet.plan.as_ref().map_or("", |words| words.0.as_str()))
            .collect();
        assert_eq!(plans, ["Canaria plan", "Second plan"]);
        let members: Vec<_> = kept.earlier.iter().map(|earlier| Some(earlier.by)).collect();
        let id_of = |keyed: &Keyed| keyed.0.member.map(|member| member.0);
        assert_eq!(members, [id_of(&house.supervisor), id_of(&house.worker)]);
        assert!(kept.earlier.iter().all(|earlier| earlier.until == cx.now));
        assert_eq!(stage.traces_of("Canaria").await, Vec::<String>::new());
        for other in [&house.outsider, &house.manager] {
            assert!(case::open(&other.cx(stage), case).await.is_err());
        }
        let left = || async {
            let rows = need::Entity::find().all(stage.db.reader()).await;
            rows.expect("read").len()
        };
        assert_eq!(left().await, 1);
        crate::person::forget(&house.supervisor.cx(stage), case)
            .await
            .expect("forgotten");
        assert_eq!(left().await, 0);
    })
    .await;
}
