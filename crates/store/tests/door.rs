//! The one door of commands: who may begin an act, for every role, act and relation. That no command goes round it is a rule
//! of `cargo xtask tidy`.

use domain::permission::{Action, Relation, Role, allows};
use store::AppError;
use store::work::Actor;
use testkit::{Coalition, on_both};

#[tokio::test]
async fn an_act_is_begun_by_exactly_those_whom_the_matrix_allows() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let nobody = [Actor::nobody()];
        let members = Role::ALL.iter().map(|role| Actor {
            roles: vec![*role],
            ..coalition.observer.clone()
        });
        let mut n_begun = 0;
        for actor in members.chain(nobody) {
            let cx = stage.cx(&actor);
            for action in Action::ALL {
                for relation in Relation::ALL {
                    let may = allows(&actor.roles, *action, *relation);
                    let asked = format!("{:?} asks {} of {relation:?}", actor.roles, action.code());
                    match cx.begin(*action, *relation).await {
                        Ok(work) => {
                            assert!(may, "{asked}");
                            work.tx.rollback().await.expect("rolled back");
                            n_begun += 1;
                        }
                        Err(AppError::Forbidden(_)) => assert!(!may, "{asked}"),
                        Err(other) => panic!("{asked}: {other}"),
                    }
                    assert_eq!(cx.permit(*action, *relation).is_ok(), may, "{asked}");
                }
            }
        }
        assert!(n_begun > 500, "{n_begun} acts were begun");
    })
    .await;
}
