//! List studies, on both databases: who may, what is refused, what is destroyed, and what is seen.

use age::x25519::Identity;
use bytes::Bytes;
use domain::ids::{OrganisationId, StudyId};
use domain::permission::{Action, Role};
use domain::study::StudyState;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use store::row::{audit, file, study_token_file};
use store::work::Actor;
use store::{AppError, jobs};
use testkit::{Coalition, Stage, cast, on_both};

use super::*;

mod destruction;
mod publication;

/// How many people are on exactly which of three lists; the last cell is under every threshold.
const COUNTS: [u64; 8] = [0, 203, 187, 43, 151, 37, 29, 7];

struct Scene {
    cast: Coalition,
    invited: [OrganisationId; 3],
    /// Somebody who sends for each invited organisation.
    senders: [Actor; 3],
    identity: Identity,
}

impl Scene {
    async fn on(stage: &Stage) -> Self {
        let cast = Coalition::on(stage).await;
        let fourth = cast::organisation(stage, "Fourth").await;
        let sender = cast::member(stage, fourth, "contributor-4", &[Role::Contributor]).await;
        Self {
            invited: [cast.organisations[0], cast.organisations[1], fourth],
            senders: [cast.first_manager.clone(), cast.contributor.clone(), sender],
            identity: Identity::generate(),
            cast,
        }
    }

    fn input(&self) -> Open {
        Open {
            title: "Specimen study".into(),
            question: "Specimen people in a specimen place".into(),
            from_on: "2024-01-01".into(),
            to_on: "2024-12-31".into(),
            threshold: "11".into(),
            organisations: self.invited.to_vec(),
            officer: self.cast.linkage_officer.member,
            recipient: self.identity.to_public().to_string(),
            fingerprint: "ab".repeat(32),
            is_invented: false,
            true_size: None,
        }
    }

    async fn opened(&self, stage: &Stage) -> StudyId {
        open(&stage.cx(&self.cast.coordinator), self.input())
            .await
            .expect("it opens")
    }

    fn tokens(&self, words: &str) -> Bytes {
        age::encrypt(&self.identity.to_public(), words.as_bytes())
            .expect("sealed")
            .into()
    }

    /// Each organisation sends its file; the number of the list is told from whose it is.
    async fn sent(&self, stage: &Stage, id: StudyId) {
        for sender in &self.senders {
            let cx = stage.cx(sender);
            let (_, lists) = get(&cx, id).await.expect("the study");
            let number = lists.iter().find(|list| list.is_own).expect("an own list").number;
            let input = Send {
                n_people: size(number).to_string(),
                bytes: self.tokens(&format!("tokens of list {number}")),
            };
            send(&cx, id, input).await.expect("it is sent");
        }
    }

    /// A study whose links are recorded.
    async fn linked(&self, stage: &Stage) -> StudyId {
        let id = self.opened(stage).await;
        self.sent(stage, id).await;
        collected(&stage.cx(&self.cast.coordinator), id)
            .await
            .expect("collected");
        record_links(&stage.cx(&self.cast.linkage_officer), id, links())
            .await
            .expect("recorded");
        id
    }
}

/// How many people are on a list.
fn size(number: i32) -> u64 {
    let cells = COUNTS.iter().enumerate();
    cells
        .filter(|(history, _)| history >> (number - 1) & 1 == 1)
        .map(|(_, n)| n)
        .sum()
}

/// A row id that is found nowhere else.
fn row_id(row: u64) -> String {
    format!("feedfacecafe{row:020x}")
}

fn links() -> Links {
    let mut text = String::from("list,row,cluster\n");
    let (mut person, mut row) = (0, 0);
    for (history, n) in COUNTS.iter().enumerate() {
        for _ in 0..*n {
            person += 1;
            for list in 0..3 {
                if history >> list & 1 == 1 {
                    row += 1;
                    text.push_str(&format!("list-{},{},{person}\n", list + 1, row_id(row)));
                }
            }
        }
    }
    Links {
        bytes: text.into(),
        draws: Bytes::new(),
        is_destroyed: true,
    }
}

fn faults(error: AppError) -> Vec<(String, String)> {
    match error {
        AppError::Invalid(errors) => errors.iter().map(|(f, w)| (f.to_owned(), w.to_owned())).collect(),
        other => panic!("not a fault of a form: {other}"),
    }
}

#[tokio::test]
async fn a_study_that_could_reveal_someone_or_says_nothing_is_not_opened() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let cx = stage.cx(&scene.cast.coordinator);
        let both = cast::member(
            stage,
            scene.cast.organisations[2],
            "both",
            &[Role::LinkageOfficer, Role::Contributor],
        )
        .await;
        let inside = cast::member(stage, scene.invited[0], "inside", &[Role::LinkageOfficer]).await;
        let good = || scene.input();
        for (field, input) in [
            (
                "threshold",
                Open {
                    threshold: "10".into(),
                    ..good()
                },
            ),
            (
                "organisations",
                Open {
                    organisations: scene.invited[..2].to_vec(),
                    ..good()
                },
            ),
            (
                "recipient",
                Open {
                    recipient: "age1nonsense".into(),
                    ..good()
                },
            ),
            (
                "fingerprint",
                Open {
                    fingerprint: "abc".into(),
                    ..good()
                },
            ),
            (
                "officer",
                Open {
                    officer: both.member,
                    ..good()
                },
            ),
            (
                "officer",
                Open {
                    officer: inside.member,
                    ..good()
                },
            ),
            (
                "officer",
                Open {
                    officer: scene.cast.coordinator.member,
                    ..good()
                },
            ),
            (
                "to_on",
                Open {
                    to_on: "2023-12-31".into(),
                    ..good()
                },
            ),
            (
                "form",
                Open {
                    true_size: Some(2_400),
                    ..good()
                },
            ),
        ] {
            let found = faults(open(&cx, input).await.expect_err("it is refused"));
            assert_eq!(found.iter().map(|(f, _)| f.as_str()).collect::<Vec<_>>(), [field]);
        }
        open(&cx, good()).await.expect("a good one opens");
        for (name, actor) in scene.cast.everyone() {
            if name != "coordinator" {
                let refused = open(&stage.cx(actor), good()).await;
                assert!(matches!(refused, Err(AppError::Forbidden(_))), "{name}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn only_an_invited_organisation_sends_and_a_newer_file_destroys_the_one_before() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.opened(stage).await;
        let cx = stage.cx(&scene.senders[1]);
        let input = |words: &str| Send {
            n_people: "300".into(),
            bytes: scene.tokens(words),
        };
        let outsider = cast::member(stage, scene.cast.organisations[2], "outsider", &[Role::Contributor]).await;
        assert!(matches!(
            send(&stage.cx(&outsider), id, input("x")).await,
            Err(AppError::NotFound(_))
        ));
        assert!(matches!(
            get(&stage.cx(&outsider), id).await,
            Err(AppError::NotFound(_))
        ));
        for actor in [&scene.cast.coordinator, &scene.cast.linkage_officer] {
            let refused = send(&stage.cx(actor), id, input("x")).await;
            assert!(matches!(refused, Err(AppError::Forbidden(_))));
        }
        let short = Send {
            n_people: "10".into(),
            ..input("x")
        };
        assert_eq!(faults(send(&cx, id, short).await.expect_err("short"))[0].0, "n_people");
        let clear = Send {
            bytes: "name,born\n".into(),
            ..input("x")
        };
        assert_eq!(faults(send(&cx, id, clear).await.expect_err("in clear"))[0].0, "file");

        let first = input("first");
        let first_hash = store::files::sha256(&first.bytes);
        send(&cx, id, first).await.expect("sent");
        assert!(stage.files.get(&first_hash).await.expect("read").is_some());
        send(&cx, id, input("second")).await.expect("sent again");
        assert!(
            stage.files.get(&first_hash).await.expect("read").is_none(),
            "the first is gone"
        );
        let (_, lists) = get(&cx, id).await.expect("the study");
        let own = lists.iter().find(|list| list.is_own).expect("an own list");
        assert_eq!(own.files.len(), 2);
        assert_eq!(own.files[0].sha256, first_hash);
        assert!(own.files[0].end.is_some() && own.files[1].end.is_none());
        // Nobody else's receipts are shown to a contributor.
        assert!(lists.iter().all(|list| list.is_own || list.files.is_empty()));

        let early = collected(&stage.cx(&scene.cast.coordinator), id).await;
        assert!(matches!(early, Err(AppError::Refused(words)) if words.contains("at least 3")));
    })
    .await;
}

#[tokio::test]
async fn only_the_linkage_officer_of_the_study_takes_tokens_and_the_log_says_so() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.opened(stage).await;
        scene.sent(stage, id).await;
        let officer = stage.cx(&scene.cast.linkage_officer);
        let other = cast::member(stage, scene.cast.organisations[2], "other", &[Role::LinkageOfficer]).await;
        let (_, lists) = get(&officer, id).await.expect("the study");
        let record = lists[0].files[0].id;
        assert!(
            matches!(take(&officer, id, record).await, Err(AppError::Refused(_))),
            "not while open"
        );
        collected(&stage.cx(&scene.cast.coordinator), id)
            .await
            .expect("collected");
        let mut others = scene.cast.everyone();
        others.retain(|(name, _)| *name != "linkage officer");
        others.push(("another officer", &other));
        others.push(("a sender", &scene.senders[0]));
        for (name, actor) in others {
            assert!(
                matches!(take(&stage.cx(actor), id, record).await, Err(AppError::Forbidden(_))),
                "{name}"
            );
            let refused = record_links(&stage.cx(actor), id, links()).await;
            assert!(matches!(refused, Err(AppError::Forbidden(_))), "{name}");
        }
        assert!(matches!(get(&stage.cx(&other), id).await, Err(AppError::NotFound(_))));
        let (name, bytes) = take(&officer, id, record).await.expect("taken");
        assert_eq!(name, "list-1.tokens");
        assert_eq!(
            age::decrypt(&scene.identity, &bytes).expect("opened"),
            b"tokens of list 1"
        );
        let taken = audit::Entity::find()
            .filter(audit::Column::Action.eq(Action::TakeTokens.code()))
            .filter(audit::Column::SubjectId.eq(record.0))
            .count(stage.db.reader())
            .await
            .expect("the log");
        assert_eq!(taken, 1);
        let late = send(
            &stage.cx(&scene.senders[0]),
            id,
            Send {
                n_people: "300".into(),
                bytes: scene.tokens("late"),
            },
        )
        .await;
        assert!(matches!(late, Err(AppError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn tokens_and_rows_never_meet_once_links_are_recorded_neither_is_anywhere() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.opened(stage).await;
        scene.sent(stage, id).await;
        assert_eq!(
            stage.traces_of("age-encryption.org/v1").await.len(),
            3,
            "three token files are here"
        );
        collected(&stage.cx(&scene.cast.coordinator), id)
            .await
            .expect("collected");
        let officer = stage.cx(&scene.cast.linkage_officer);
        let kept = Links {
            is_destroyed: false,
            ..links()
        };
        assert_eq!(
            faults(record_links(&officer, id, kept).await.expect_err("kept"))[0].0,
            "is_destroyed"
        );
        let wrong = Links {
            bytes: "list,row,cluster\n".into(),
            draws: "draw,list-1,list-2,count\n1,1,1,3\n".into(),
            is_destroyed: true,
        };
        assert_eq!(
            faults(record_links(&officer, id, wrong).await.expect_err("empty"))
                .into_iter()
                .map(|(field, _)| field)
                .collect::<Vec<_>>(),
            ["file", "draws"]
        );
        assert_eq!(
            stage.traces_of("age-encryption.org/v1").await.len(),
            3,
            "a refusal destroys nothing"
        );

        record_links(&officer, id, links()).await.expect("recorded");
        assert_eq!(stage.traces_of("age-encryption.org/v1").await, Vec::<String>::new());
        assert_eq!(
            stage.traces_of("feedfacecafe").await,
            Vec::<String>::new(),
            "no row id is kept"
        );
        assert_eq!(stage.files.list().await.expect("files"), Vec::<String>::new());
        assert_eq!(file::Entity::find().count(stage.db.reader()).await.expect("rows"), 0);
        let records = study_token_file::Entity::find()
            .all(stage.db.reader())
            .await
            .expect("records");
        assert_eq!(records.len(), 3);
        for record in records {
            assert_eq!(record.destroyed_by_id, scene.cast.linkage_officer.member.map(|id| id.0));
            assert_eq!(record.destroyed_at, Some(stage.now.0));
            assert_eq!((record.sha256.len(), record.file_id), (64, None));
            let logged = audit::Entity::find()
                .filter(audit::Column::SubjectId.eq(record.id))
                .filter(audit::Column::Outcome.eq("destroyed"))
                .count(stage.db.reader())
                .await
                .expect("the log");
            assert_eq!(logged, 1);
        }
        assert!(
            matches!(record_links(&officer, id, links()).await, Err(AppError::Refused(_))),
            "once"
        );
    })
    .await;
}

#[test]
fn no_table_has_a_column_for_a_row_id_or_a_cluster() {
    let sql = include_str!("../../../store/migrations/0011_study.sql");
    let columns = sql.lines().filter(|line| line.starts_with("    "));
    for column in columns {
        let name = column.split_whitespace().next().unwrap_or_default();
        assert!(!name.contains("row") && !name.contains("cluster"), "{name}");
    }
}

#[tokio::test]
async fn a_study_is_estimated_by_a_job_and_only_what_the_gate_lets_through_is_seen() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.linked(stage).await;
        let cx = stage.cx(&scene.cast.coordinator);
        assert!(shown(&cx, id).await.expect("read").is_none());
        assert!(
            matches!(publish(&cx, id).await, Err(AppError::Refused(_))),
            "nothing to publish yet"
        );
        ask(&cx, id, RESAMPLES[1]).await.expect("asked");
        let job = jobs::take(&stage.db, stage.now).await.expect("jobs").expect("a job");
        assert_eq!(
            (job.kind.as_str(), job.payload.as_str()),
            (JOB, id.to_string().as_str())
        );
        for actor in [&scene.cast.publisher, &scene.senders[0]] {
            let early = task(&stage.cx(actor), id).await;
            assert!(
                matches!(early, Err(AppError::Forbidden(_))),
                "who may not ask any more learns it before minutes of computing"
            );
        }
        let task = task(&cx, id).await.expect("read").expect("a task");
        let mut told = 0;
        let answer = compute(&task, stage.now.day(), |_, _, _| told += 1);
        assert!(told > 1);
        keep(&cx, id, &answer).await.expect("kept");

        let seen = shown(&cx, id).await.expect("read").expect("a panel");
        assert!(seen.lines.len() >= 4, "{seen:?}");
        assert!(seen.is_cut, "the overlap of seven people hides something");
        assert!(seen.without.iter().all(|without| without.figure.is_none()));
        let printed = format!("{seen:?}");
        for exact in ["657", "203", "187", "151", "290", "266", "224"] {
            assert!(!printed.contains(exact), "{exact} in {printed}");
        }
        for line in &seen.lines {
            assert!(line.warnings.is_empty(), "remarks may tell of a small cell");
            let figure = line.figure.as_ref().expect("a figure");
            assert_eq!(figure.origin(), domain::series::Origin::Study);
            assert_eq!(figure.value().map(|value| value % 10.0), Some(0.0));
        }
        for actor in [&scene.cast.linkage_officer, &scene.senders[0], &scene.cast.publisher] {
            assert!(matches!(shown(&stage.cx(actor), id).await, Err(AppError::Forbidden(_))));
        }

        let nobody = Actor::nobody();
        assert!(matches!(
            published(&stage.cx(&nobody), id).await,
            Err(AppError::NotFound(_))
        ));
        publish(&stage.cx(&scene.cast.publisher), id).await.expect("published");
        let (study, public) = published(&stage.cx(&nobody), id).await.expect("everybody reads it");
        assert_eq!(study.published_on, "2025-06-01");
        assert_eq!(published_list(&stage.cx(&nobody)).await.expect("a list").len(), 1);
        assert!(public.without.is_empty() && public.lines.iter().all(|line| line.model.is_none()));
        assert_eq!(public.sizes[0].1.to_string(), "200 to 499");
        assert!(
            matches!(ask(&cx, id, RESAMPLES[1]).await, Err(AppError::Refused(_))),
            "closed"
        );
    })
    .await;
}

#[tokio::test]
async fn closing_a_study_destroys_the_tokens_that_are_still_here() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.opened(stage).await;
        scene.sent(stage, id).await;
        let cx = stage.cx(&scene.cast.coordinator);
        close(&cx, id).await.expect("closed");
        close(&cx, id).await.expect("twice is no fault");
        assert_eq!(stage.files.list().await.expect("files"), Vec::<String>::new());
        let (study, lists) = get(&cx, id).await.expect("the study");
        assert_eq!(study.state, StudyState::Closed);
        assert!(
            lists
                .iter()
                .flat_map(|list| &list.files)
                .all(|file| file.end.as_ref().is_some_and(|end| end.destroyed_at.is_some()))
        );
    })
    .await;
}
