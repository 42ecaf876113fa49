//! Exports: who asks, who agrees, what the file holds, and that it goes.

use domain::export::{ExportKind, RequestState};
use domain::ids::ExportId;
use store::work::Actor;
use store::{AppError, Cx};
use testkit::{Coalition, Stage, on_both};

use super::{Answer, Ask, KEPT_DAYS, Made, ask, decide, expire, list, make, set_policy, take};

async fn asked(stage: &Stage, actor: &Actor, kind: ExportKind) -> Result<ExportId, AppError> {
    let input = Ask {
        kind: kind.code().to_owned(),
        series: None,
        reason: "For the annual meeting".to_owned(),
    };
    ask(&stage.cx(actor), input).await
}

async fn state(stage: &Stage, actor: &Actor, id: ExportId) -> RequestState {
    let requests = list(&stage.cx(actor)).await.unwrap();
    requests.iter().find(|request| request.id == id).unwrap().state
}

async fn taken(stage: &Stage, actor: &Actor, id: ExportId) -> Result<Made, AppError> {
    take(&stage.cx(actor), id).await
}

#[tokio::test]
async fn an_export_that_needs_nobody_is_made_at_once_and_says_how_many_rows_it_has() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let member = &coalition.contributor;
        set_policy(&stage.cx(&coalition.coordinator), &[]).await.unwrap();
        let id = asked(stage, member, ExportKind::Evidence).await.unwrap();
        assert_eq!(state(stage, member, id).await, RequestState::Agreed);
        assert!(
            matches!(taken(stage, member, id).await, Err(AppError::Refused(_))),
            "not made yet"
        );
        make(&stage.cx(member), id).await.unwrap();
        let made = taken(stage, member, id).await.unwrap();
        let text = String::from_utf8(made.bytes.to_vec()).unwrap();
        assert!(text.starts_with("Evidence register,0 rows,"), "{text}");
        assert!(text.lines().nth(1).unwrap().starts_with("id,title,kind"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn an_export_on_request_waits_for_a_second_person() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let asker = &coalition.second_manager;
        let id = asked(stage, asker, ExportKind::Log).await.unwrap();
        assert_eq!(state(stage, asker, id).await, RequestState::Asked);
        make(&stage.cx(asker), id).await.unwrap();
        assert_eq!(
            state(stage, asker, id).await,
            RequestState::Asked,
            "a job that comes too early makes nothing"
        );
        let answer = async |actor: &Actor, answer| decide(&stage.cx(actor), id, answer).await;
        assert!(
            matches!(answer(asker, Answer::Agree).await, Err(AppError::Refused(_))),
            "not one's own"
        );
        for other in [
            &coalition.first_manager,
            &coalition.contributor,
            &coalition.observer,
            &coalition.operator,
        ] {
            assert!(matches!(
                answer(other, Answer::Agree).await,
                Err(AppError::Forbidden(_))
            ));
        }
        answer(&coalition.coordinator, Answer::Agree).await.unwrap();
        assert!(
            matches!(
                answer(&coalition.coordinator, Answer::Refuse).await,
                Err(AppError::Refused(_))
            ),
            "answered"
        );
        make(&stage.cx(asker), id).await.unwrap();
        let made = taken(stage, asker, id).await.unwrap();
        let text = String::from_utf8(made.bytes.to_vec()).unwrap();
        // The manager's own organisation: asking is its only act so far.
        assert!(text.starts_with("Log of acts,1 row,"), "{text}");
        assert!(text.contains(&coalition.organisations[1].0.to_string()));
        assert!(!text.contains(&coalition.organisations[0].0.to_string()));
        for other in [&coalition.coordinator, &coalition.second_assessor] {
            assert!(
                matches!(taken(stage, other, id).await, Err(AppError::NotFound(_))),
                "the asker's alone"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_refused_export_is_never_made() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let asker = &coalition.second_manager;
        let id = asked(stage, asker, ExportKind::Log).await.unwrap();
        decide(&stage.cx(&coalition.coordinator), id, Answer::Refuse)
            .await
            .unwrap();
        make(&stage.cx(asker), id).await.unwrap();
        assert_eq!(state(stage, asker, id).await, RequestState::Refused);
        assert!(matches!(taken(stage, asker, id).await, Err(AppError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn what_one_may_not_read_one_may_not_export() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        for (actor, kind) in [
            (&coalition.contributor, ExportKind::Log),
            (&coalition.observer, ExportKind::Evidence),
            (&coalition.operator, ExportKind::Evidence),
        ] {
            assert!(
                matches!(asked(stage, actor, kind).await, Err(AppError::Forbidden(_))),
                "{kind}"
            );
        }
        assert!(matches!(
            set_policy(&stage.cx(&coalition.second_manager), &[]).await,
            Err(AppError::Forbidden(_))
        ));
        let id = asked(stage, &coalition.contributor, ExportKind::Evidence)
            .await
            .unwrap();
        assert!(
            matches!(
                make(&stage.cx(&coalition.coordinator), id).await,
                Err(AppError::Forbidden(_))
            ),
            "made with the asker's rights, never with more"
        );
    })
    .await;
}

#[tokio::test]
async fn the_policy_says_what_waits() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let member = &coalition.contributor;
        set_policy(&stage.cx(&coalition.coordinator), &[ExportKind::Evidence])
            .await
            .unwrap();
        let waits = asked(stage, member, ExportKind::Evidence).await.unwrap();
        let made = asked(stage, member, ExportKind::Measurements).await.unwrap();
        assert_eq!(state(stage, member, waits).await, RequestState::Asked);
        assert_eq!(state(stage, member, made).await, RequestState::Agreed);
        set_policy(&stage.cx(&coalition.coordinator), &[]).await.unwrap();
        assert_eq!(
            state(stage, member, waits).await,
            RequestState::Asked,
            "what waits keeps waiting"
        );
    })
    .await;
}

#[tokio::test]
async fn an_expired_file_is_gone_to_the_last_byte() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let member = &coalition.contributor;
        let id = asked(stage, member, ExportKind::Measurements).await.unwrap();
        make(&stage.cx(member), id).await.unwrap();
        let made = taken(stage, member, id).await.unwrap();
        let hash = store::files::sha256(&made.bytes);
        let after = |seconds: i64| stage.now.plus_seconds(KEPT_DAYS * 24 * 60 * 60 + seconds);
        expire(&stage.db, &stage.files, after(-1)).await.unwrap();
        assert!(stage.files.get(&hash).await.unwrap().is_some());
        let late = Cx {
            now: after(0),
            ..stage.cx(member)
        };
        assert!(
            matches!(take(&late, id).await, Err(AppError::Refused(_))),
            "even before it is swept"
        );
        expire(&stage.db, &stage.files, after(0)).await.unwrap();
        assert!(stage.files.get(&hash).await.unwrap().is_none());
        assert_eq!(state(stage, member, id).await, RequestState::Expired);
        let files = crate::edition::verify::verify(&stage.db, &stage.files, |_, _| {})
            .await
            .unwrap();
        assert_eq!(files.faults, Vec::<String>::new());
    })
    .await;
}
