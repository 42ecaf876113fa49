//! Who reads feedback, that nothing of it lies readable, and how it goes; on both databases.

use access::code::Receipt;
use access::secret::Secret;
use domain::permission::Action;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use store::AppError;
use store::row::{audit, feedback as rows, person_key};
use store::work::Actor;
use testkit::on_both;

use super::*;
use crate::case::tests::house;

fn said(words: &str) -> Give {
    Give {
        words: words.to_owned(),
        contact: "Canaria’s friend".to_owned(),
    }
}

#[tokio::test]
async fn feedback_is_read_by_those_who_answer_for_the_help_and_by_nobody_else_and_goes_with_its_code() {
    on_both(async |stage| {
        let house = house(stage).await;
        let third = house.worker.0.organisation.expect("an organisation").0;
        let nobody = Actor::nobody();
        let visitor = stage.cx(&nobody);
        assert_eq!(super::house(&visitor, third).await.expect("it takes feedback"), "Third");
        let first = house.outsider.0.organisation.expect("an organisation").0;
        assert!(super::house(&visitor, Uuid::nil()).await.is_err());
        let (one, other) = (Receipt::of(&Secret::random()), Receipt::of(&Secret::random()));
        let empty = give(&visitor, third, &Give::default(), &one).await;
        assert!(matches!(empty, Err(AppError::Invalid(_))));
        // A member who is signed in is not written down; a second press brings one.
        for _ in 0..2 {
            give(&house.worker.cx(stage), third, &said("Canaria waited for weeks"), &one)
                .await
                .expect("given");
        }
        give(&visitor, first, &said("Canaria was heard"), &other)
            .await
            .expect("given");
        let acts = audit::Entity::find()
            .filter(audit::Column::Action.eq(Action::GiveFeedback.code()))
            .all(stage.db.reader())
            .await
            .expect("read");
        assert_eq!(acts.len(), 2);
        assert!(
            acts.iter()
                .all(|act| act.member_id.is_none() && act.subject_id.is_none())
        );
        for words in ["Canaria", "friend"] {
            assert_eq!(stage.traces_of(words).await, Vec::<String>::new());
        }

        let listed = list(&house.supervisor.cx(stage)).await.expect("listed");
        assert_eq!((listed.len(), listed[0].is_read), (1, false));
        for by in [&house.worker, &house.colleague] {
            assert!(matches!(list(&by.cx(stage)).await, Err(AppError::Forbidden(_))));
            assert!(open(&by.cx(stage), listed[0].id).await.is_err());
        }
        assert!(matches!(
            open(&house.outsider.cx(stage), listed[0].id).await,
            Err(AppError::NotFound(_))
        ));
        assert_eq!(tally(&house.manager.cx(stage)).await.expect("counted"), 1);
        assert_eq!(look_up(&visitor, &one).await.expect("asked"), Some(false));
        for by in [&house.manager, &house.supervisor] {
            let opened = open(&by.cx(stage), listed[0].id).await.expect("theirs");
            assert_eq!(
                (opened.words.as_str(), opened.contact.as_str()),
                ("Canaria waited for weeks", "Canaria’s friend")
            );
        }
        assert_eq!(tally(&house.manager.cx(stage)).await.expect("counted"), 0);
        assert_eq!(look_up(&visitor, &one).await.expect("asked"), Some(true));

        assert!(withdraw(&visitor, &one).await.expect("asked"));
        assert!(!withdraw(&visitor, &one).await.expect("asked"));
        assert_eq!(look_up(&visitor, &one).await.expect("asked"), None);
        let theirs = list(&house.outsider.cx(stage)).await.expect("listed");
        assert!(
            erase(&house.manager.cx(stage), theirs[0].id).await.is_err(),
            "another organisation’s"
        );
        erase(&house.outsider.cx(stage), theirs[0].id).await.expect("erased");
        let left = rows::Entity::find().count(stage.db.reader()).await.expect("counted");
        let keys = person_key::Entity::find()
            .count(stage.db.key_reader())
            .await
            .expect("counted");
        assert_eq!((left, keys), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn feedback_is_due_after_its_term_for_its_own_manager_and_can_be_kept_or_erased() {
    on_both(async |stage| {
        let house = house(stage).await;
        let third = house.worker.0.organisation.expect("an organisation").0;
        let nobody = Actor::nobody();
        let receipt = Receipt::of(&Secret::random());
        give(&stage.cx(&nobody), third, &said("Canaria waited"), &receipt)
            .await
            .expect("given");
        let manager = house.manager.cx(stage);
        let in_months = |months: i32| {
            let day = stage.now.day().plus_months(months);
            Cx {
                now: day.start(),
                ..manager.clone()
            }
        };
        let due = async |cx: &Cx<'_>| term(cx).await.expect("asked").expect("a manager").due;
        let first = term(&manager).await.expect("asked").expect("a manager");
        assert_eq!(
            (first.months, first.is_set, first.due.len()),
            (DEFAULT_MONTHS, false, 0)
        );
        assert!(due(&in_months(23)).await.is_empty());
        let then = in_months(24);
        let id = due(&then).await[0].id;
        // Nobody else answers for it: not those of other organisations, nor who only supports people.
        for by in [&house.outsider, &house.worker, &house.supervisor] {
            let cx = Cx {
                now: then.now,
                ..by.cx(stage)
            };
            let theirs = term(&cx).await.expect("asked");
            assert!(theirs.is_none_or(|term| term.due.is_empty()));
            assert!(matches!(keep(&cx, id).await, Err(AppError::NotFound(_))));
        }
        assert!(set_term(&house.worker.cx(stage), "6").await.is_err());
        for wrong in ["", "0", "many", "241"] {
            assert!(
                matches!(set_term(&manager, wrong).await, Err(AppError::Invalid(_))),
                "{wrong}"
            );
        }
        set_term(&manager, "6").await.expect("set");
        assert_eq!(months(&house.supervisor.cx(stage)).await.expect("read"), 6);
        assert!(due(&in_months(5)).await.is_empty());
        let then = in_months(6);
        assert_eq!(due(&then).await.len(), 1);
        keep(&then, id).await.expect("kept");
        assert!(due(&then).await.is_empty());
        assert!(due(&in_months(17)).await.is_empty());
        let then = in_months(18);
        assert_eq!(due(&then).await.len(), 1);
        erase(&then, id).await.expect("erased");
        assert!(due(&then).await.is_empty());
    })
    .await;
}
