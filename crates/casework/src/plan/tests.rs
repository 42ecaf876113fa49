//! Whose answer a plan waits for, what sends it back to waiting, and who may want approval, on both databases.

use domain::casework::PlanAnswer;
use store::AppError;
use store::row::audit;
use testkit::{cast, on_both};

use super::*;
use crate::case::tests::{House, house, input};
use crate::case::{Caseload, Filter, list, open};
use crate::part;
use crate::sheet::Typed;

const PLAN: &str = "A room of her own by June.";

fn need(plan: &str) -> Typed {
    Typed::of([
        ("area", "housing"),
        ("horizon", "emergency"),
        ("since", "2025-05-25"),
        ("plan", plan),
    ])
}

async fn begun(stage: &testkit::Stage) -> (House, Uuid, Uuid) {
    let house = house(stage).await;
    let cx = house.worker.cx(stage);
    let id = case::record(&cx, input("Specimen")).await.expect("recorded");
    let need = part::record::<Need>(&cx, id, &need(PLAN)).await.expect("recorded");
    (house, id, need)
}

async fn stands(cx: &Cx<'_>, id: Uuid) -> Standing {
    let of = open(cx, id).await.expect("opened");
    standing(&of.history, &of.needs[0])
}

async fn n_sent_back(cx: &Cx<'_>) -> usize {
    let found = list(cx, &Caseload::default(), &Filter::default())
        .await
        .expect("listed");
    found.cases[0].n_sent_back
}

async fn n_waiting(cx: &Cx<'_>) -> usize {
    let filter = Filter {
        is_waiting: true,
        ..Filter::default()
    };
    list(cx, &Caseload::default(), &filter).await.expect("listed").n
}

#[tokio::test]
async fn a_plan_waits_until_a_supervisor_answers_it_and_again_when_it_changes() {
    on_both(async |stage| {
        let (house, id, of) = begun(stage).await;
        let cx = house.supervisor.cx(stage);
        assert_eq!((stands(&cx, id).await, n_waiting(&cx).await), (Standing::Waiting, 1));
        let faults = answer(&cx, id, of, PLAN, PlanAnswer::SentBack, " ").await;
        assert!(matches!(faults, Err(AppError::Invalid(errors)) if errors.get("reason").is_some()));
        answer(&cx, id, of, PLAN, PlanAnswer::SentBack, "By which provider?")
            .await
            .expect("sent back");
        let sent_back = stands(&cx, id).await;
        assert!(matches!(sent_back, Standing::SentBack(_, why) if why == "By which provider?"));
        assert_eq!(n_waiting(&cx).await, 0, "it is the caseworker’s turn");

        let worker = house.worker.cx(stage);
        assert_eq!(n_sent_back(&worker).await, 1, "their list says so");
        let changed = "A room of her own by June, from the Specimen Refuge.";
        part::amend::<Need>(&worker, id, of, &need(changed), 1)
            .await
            .expect("amended");
        assert_eq!((stands(&cx, id).await, n_waiting(&cx).await), (Standing::Waiting, 1));
        let outdated = answer(&cx, id, of, PLAN, PlanAnswer::Approved, "").await;
        assert!(
            matches!(outdated, Err(AppError::Conflict(_))),
            "it is not the plan that was read"
        );
        answer(&cx, id, of, changed, PlanAnswer::Approved, "")
            .await
            .expect("approved");
        assert!(matches!(stands(&cx, id).await, Standing::Approved(_)));
        assert_eq!(n_waiting(&cx).await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_a_supervisor_said_is_struck_out_by_a_supervisor_alone() {
    on_both(async |stage| {
        let (house, id, of) = begun(stage).await;
        let cx = house.supervisor.cx(stage);
        let answered = answer(&cx, id, of, PLAN, PlanAnswer::SentBack, "By which provider?")
            .await
            .expect("sent back");
        let worker = house.worker.cx(stage);
        let struck = event::strike(&worker, id, answered, "It suits me better").await;
        assert!(matches!(struck, Err(AppError::Forbidden(_))), "{struck:?}");
        assert!(matches!(stands(&cx, id).await, Standing::SentBack(..)));
        event::strike(&cx, id, answered, "Meant for another case")
            .await
            .expect("struck");
        assert_eq!(stands(&cx, id).await, Standing::Waiting);
    })
    .await;
}

#[tokio::test]
async fn only_a_supervisor_answers_and_only_who_speaks_for_the_organisation_wants_it() {
    on_both(async |stage| {
        let (house, id, of) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let answer = answer(&cx, id, of, PLAN, PlanAnswer::Approved, "").await;
        assert!(matches!(answer, Err(AppError::Forbidden(_))));
        assert!(matches!(want(&cx, true, 0).await, Err(AppError::Forbidden(_))));
        let outsider = house.outsider.cx(stage);
        assert!(
            super::answer(&outsider, id, of, PLAN, PlanAnswer::Approved, "")
                .await
                .is_err()
        );

        assert!(!wanted(&cx).await.expect("read").approval, "off at first");
        want(&house.manager.cx(stage), true, 0).await.expect("set");
        assert!(wanted(&cx).await.expect("read").approval);
        assert!(
            !wanted(&outsider).await.expect("read").approval,
            "of others it says nothing"
        );
        let outdated = want(&house.supervisor.cx(stage), false, 0).await;
        assert!(matches!(outdated, Err(AppError::Conflict(_))));
        want(&house.supervisor.cx(stage), false, 1).await.expect("set");
        assert!(!wanted(&cx).await.expect("read").approval);
    })
    .await;
}

#[tokio::test]
async fn whoever_wrote_a_plan_leaves_it_to_another_supervisor_and_approves_it_where_there_is_none() {
    on_both(async |stage| {
        let (house, id, of) = begun(stage).await;
        let cx = house.supervisor.cx(stage);
        let me = cx.actor.member.expect("a member").0;
        let own = "A room of her own by July.";
        part::amend::<Need>(&cx, id, of, &need(own), 1).await.expect("amended");
        let by = async |need: Uuid| {
            let opened = open(&cx, id).await.expect("opened");
            writer(opened.needs.iter().find(|kept| kept.id == need).expect("a need"))
        };
        assert_eq!(by(of).await, Some(me), "the words are hers");
        assert_eq!(others(&cx).await.expect("read"), Vec::<String>::new());
        answer(&cx, id, of, own, PlanAnswer::Approved, "")
            .await
            .expect("she is the only one");
        assert_eq!(stands(&cx, id).await, Standing::Approved(me));
        let log = audit::Entity::find()
            .filter(audit::Column::Action.eq(Action::ApproveOwnPlan.code()))
            .all(stage.db.reader())
            .await
            .expect("read");
        assert_eq!(log.iter().map(|act| act.member_id).collect::<Vec<_>>(), [Some(me)]);

        let third = cx.actor.organisation.expect("an organisation");
        cast::member(stage, third, "supervisor-4", &[Role::Supervisor]).await;
        let second = part::record::<Need>(&cx, id, &need("A lawyer"))
            .await
            .expect("recorded");
        for said in [PlanAnswer::Approved, PlanAnswer::SentBack] {
            let refused = answer(&cx, id, second, "A lawyer", said, "So").await;
            assert!(
                matches!(&refused, Err(AppError::Refused(words)) if words.contains("Test supervisor-4")),
                "{refused:?}"
            );
        }
        // Of another's plan it does not matter how many there are.
        let worker = house.worker.cx(stage);
        part::amend::<Need>(&worker, id, of, &need(PLAN), 2)
            .await
            .expect("amended");
        assert_ne!(by(of).await, Some(me));
        answer(&cx, id, of, PLAN, PlanAnswer::Approved, "")
            .await
            .expect("approved");
    })
    .await;
}
