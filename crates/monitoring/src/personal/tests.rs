//! Sealing, opening, redacting, reviewing, breaking glass and forgetting, on both databases.

use access::key;
use domain::ids::ProvisionId;
use domain::permission::Role;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use store::row::{audit, evidence, file, personal_evidence};
use store::seal::PrivateKey;
use store::work::Actor;
use store::{AppError, Cx};
use testkit::{Coalition, Stage, cast, on_both, provisions};
use uuid::Uuid;

use super::{
    Copy, Verdict, about, break_glass, complete, erase, list, open, open_file, record, redact, review, review_glass,
};
use crate::evidence::{self as items, Filter, Record, Upload};

const CANARY: &str = "Canaria Plumage";

struct Keyed(Actor, PrivateKey);

impl Keyed {
    fn cx<'a>(&'a self, stage: &'a Stage) -> Cx<'a> {
        Cx {
            key: Some(&self.1),
            ..stage.cx(&self.0)
        }
    }
}

/// The second organisation with its key in the hands of a manager and two contributors.
struct House {
    cast: Coalition,
    manager: Keyed,
    recorder: Keyed,
    colleague: Keyed,
    provision: ProvisionId,
}

async fn house(stage: &Stage) -> House {
    let cast = Coalition::on(stage).await;
    let second = cast.organisations[1];
    let colleague = cast::member(stage, second, "colleague", &[Role::Contributor]).await;
    let keyed = async |actor: &Actor| Keyed(actor.clone(), cast::key(stage, actor).await);
    let house = House {
        manager: keyed(&cast.second_manager).await,
        recorder: keyed(&cast.contributor).await,
        colleague: keyed(&colleague).await,
        provision: provisions(stage, &[("13(1)", "mandatory")]).await[0],
        cast,
    };
    key::establish(&house.manager.cx(stage), second.0)
        .await
        .expect("established");
    for member in [&house.recorder, &house.colleague] {
        let member = member.0.member.expect("a member");
        key::grant(&house.manager.cx(stage), second.0, member)
            .await
            .expect("given");
    }
    house
}

fn input(house: &House) -> Record {
    Record {
        kind: "interview".into(),
        title: format!("What {CANARY} told us"),
        summary: format!("{CANARY} was moved between three houses. She was not told of her right to advice."),
        publisher: "Second".into(),
        effective_on: "2025-05-01".into(),
        reliability: "B".into(),
        credibility: "2".into(),
        handling: "coalition".into(),
        quoting: "anonymised".into(),
        identifies_person: Some(true),
        provisions: vec![house.provision],
        files: vec![Upload {
            name: format!("{CANARY}.txt"),
            media_type: "text/plain".into(),
            bytes: format!("Statement of {CANARY}").into_bytes().into(),
        }],
        ..Record::default()
    }
}

fn copy() -> Copy {
    Copy {
        title: "What a woman told us".into(),
        summary: format!("{} was moved between three houses.", CANARY.to_uppercase()),
        publisher: "Second".into(),
        effective_on: "2025-05-01".into(),
        handling: "coalition".into(),
        quoting: "anonymised".into(),
        ..Copy::default()
    }
}

async fn recorded(stage: &Stage, house: &House) -> Uuid {
    record(&house.recorder.cx(stage), input(house), None)
        .await
        .expect("sealed")
}

#[tokio::test]
async fn an_original_is_opened_by_its_recorder_and_the_manager_and_each_opening_is_logged() {
    on_both(async |stage| {
        let house = house(stage).await;
        let id = recorded(stage, &house).await;
        for member in [&house.recorder, &house.manager] {
            let opened = open(&member.cx(stage), id).await.expect("opens");
            assert!(opened.original.title.contains(CANARY));
            let (name, bytes) = open_file(&member.cx(stage), id, opened.files[0].0)
                .await
                .expect("opens");
            assert_eq!(name, format!("{CANARY}.txt"));
            assert_eq!(bytes, format!("Statement of {CANARY}").into_bytes());
        }
        let openings = audit::Entity::find()
            .filter(audit::Column::Action.eq("personal.unseal"))
            .filter(audit::Column::SubjectId.eq(id))
            .count(stage.db.reader())
            .await
            .expect("read");
        assert_eq!(openings, 4, "two records and two files");
        let refused = open(&house.colleague.cx(stage), id).await;
        assert!(matches!(refused, Err(AppError::Forbidden(_))));
        for stranger in [&house.cast.first_manager, &house.cast.coordinator, &house.cast.operator] {
            let key = cast::key(stage, stranger).await;
            let stranger = Keyed(stranger.clone(), key);
            let refused = open(&stranger.cx(stage), id).await;
            assert!(
                matches!(refused, Err(AppError::NotFound(_))),
                "it looks as if there were none"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_of_an_original_is_searched_listed_for_others_or_stored_in_the_clear() {
    on_both(async |stage| {
        let house = house(stage).await;
        let id = recorded(stage, &house).await;
        let filter = Filter {
            words: "Canaria".into(),
            ..Filter::default()
        };
        let found = items::list(&house.manager.cx(stage), &filter, 1).await.expect("listed");
        assert_eq!(found.n, 0);
        let mine = list(&house.recorder.cx(stage)).await.expect("listed");
        assert_eq!(
            mine[0].title.as_deref(),
            Some(format!("What {CANARY} told us").as_str())
        );
        let theirs = list(&house.colleague.cx(stage)).await.expect("listed");
        assert_eq!((theirs[0].id, &theirs[0].title), (id, &None));
        let row = personal_evidence::Entity::find_by_id(id)
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("a row");
        for sealed in [&row.sealed_title, &row.sealed_record] {
            assert!(!sealed.windows(7).any(|part| part == b"Canaria"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_reviewed_redacted_copy_becomes_evidence_from_whose_bytes_the_words_are_gone() {
    on_both(async |stage| {
        let house = house(stage).await;
        let id = recorded(stage, &house).await;
        let writer = house.recorder.cx(stage);
        let spaced = Copy {
            summary: "It is C-a-n-a-r-i-a P l u m a g e.".into(),
            ..copy()
        };
        let fault = redact(&writer, id, spaced, CANARY).await;
        assert!(matches!(fault, Err(AppError::Invalid(errors)) if errors.get("summary").is_some()));
        let proposed = redact(&writer, id, copy(), CANARY).await.expect("proposed");
        assert!(matches!(
            review(&writer, proposed, Verdict::Approve).await,
            Err(AppError::Refused(_))
        ));

        // A colleague may open the original to compare, and sends it back once.
        let reviewer = house.colleague.cx(stage);
        assert!(
            open(&reviewer, id)
                .await
                .expect("opens")
                .original
                .summary
                .contains(CANARY)
        );
        let words = "The three houses point to one case".to_owned();
        review(&reviewer, proposed, Verdict::Return(words.clone()))
            .await
            .expect("returned");
        assert_eq!(open(&writer, id).await.expect("opens").copies[0].note, words);
        let again = redact(&writer, id, copy(), CANARY).await.expect("proposed");
        review(&reviewer, again, Verdict::Approve).await.expect("approved");

        let row = evidence::Entity::find()
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("an item");
        assert_eq!(row.summary, "[redacted] was moved between three houses.");
        assert_eq!(Some(row.member_id), house.recorder.0.member.map(Uuid::from));
        let kept = file::Entity::find()
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("a file");
        let bytes = stage.files.get(&kept.sha256).await.expect("read").expect("bytes");
        let text = String::from_utf8(bytes.to_vec()).expect("plain text");
        assert!(text.contains("[redacted] was moved") && !text.to_lowercase().contains("canaria"));
        let filter = Filter {
            words: "houses".into(),
            ..Filter::default()
        };
        let others = stage.cx(&house.cast.first_assessor);
        assert_eq!(items::list(&others, &filter, 1).await.expect("listed").n, 1);
        let refused = redact(&writer, id, copy(), "").await;
        assert!(matches!(refused, Err(AppError::Refused(_))), "one copy is enough");
    })
    .await;
}

#[tokio::test]
async fn broken_glass_needs_a_reason_lasts_an_hour_and_is_reviewed_by_someone_else() {
    on_both(async |stage| {
        let house = house(stage).await;
        let id = recorded(stage, &house).await;
        let colleague = house.colleague.cx(stage);
        assert!(matches!(
            break_glass(&colleague, id, "why").await,
            Err(AppError::Invalid(_))
        ));
        let glass = break_glass(&colleague, id, "She rang the night line and is in danger")
            .await
            .expect("broken");
        let opened = open(&colleague, id).await.expect("opens");
        assert_eq!(opened.glasses[0].reason, "She rang the night line and is in danger");
        let later = Cx {
            now: stage.now.plus_seconds(3601),
            ..colleague.clone()
        };
        assert!(matches!(open(&later, id).await, Err(AppError::Forbidden(_))));
        assert_eq!(list(&house.manager.cx(stage)).await.expect("listed")[0].unreviewed, 1);
        assert!(review_glass(&colleague, glass, true).await.is_err());
        review_glass(&house.manager.cx(stage), glass, false)
            .await
            .expect("reviewed");
        assert!(
            matches!(open(&colleague, id).await, Err(AppError::Forbidden(_))),
            "closed at once"
        );
        assert_eq!(list(&house.manager.cx(stage)).await.expect("listed")[0].unreviewed, 0);
    })
    .await;
}

#[tokio::test]
async fn a_person_is_given_what_is_kept_and_then_forgotten_with_every_record_of_theirs() {
    on_both(async |stage| {
        let house = house(stage).await;
        let first = recorded(stage, &house).await;
        let recorder = house.recorder.cx(stage);
        let second = record(&recorder, input(&house), Some(first)).await.expect("sealed");
        let other = recorded(stage, &house).await;
        let manager = house.manager.cx(stage);
        let given = about(&manager, second, "right to advice").await.expect("given");
        assert_eq!(given.originals.len(), 2);
        assert!(given.originals[0].record.summary.contains("told of her [redacted]"));
        assert!(given.openings.iter().all(|opening| !opening.by.is_empty()));

        let drafts = [first, other].map(|id| format!("/personal/{id}/redact"));
        for form in &drafts {
            store::draft::save(&recorder, form, "half typed").await.expect("kept");
        }
        assert!(matches!(erase(&recorder, first).await, Err(AppError::Forbidden(_))));
        assert_eq!(erase(&manager, first).await.expect("erased"), 2);
        for gone in [first, second] {
            assert!(matches!(open(&manager, gone).await, Err(AppError::NotFound(_))));
        }
        assert!(open(&manager, other).await.is_ok());
        let left = drafts_of(stage).await;
        assert_eq!(
            left,
            [drafts[1].clone()],
            "what was half typed about them is gone, and nothing else"
        );

        // Cut off after the key was gone: nothing opens, and start-up removes what is left.
        let row = personal_evidence::Entity::find_by_id(other)
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("a row");
        key::person::erase(&manager, row.organisation_id, &[row.person_key_id])
            .await
            .expect("the key is gone");
        assert!(matches!(open(&manager, other).await, Err(AppError::Refused(_))));
        complete(&stage.db, &stage.files).await.expect("completed");
        let left = personal_evidence::Entity::find()
            .count(stage.db.reader())
            .await
            .expect("read");
        assert_eq!(left, 0);
        assert!(drafts_of(stage).await.is_empty());
    })
    .await;
}

/// The forms of which there are drafts.
async fn drafts_of(stage: &Stage) -> Vec<String> {
    let rows = store::row::draft::Entity::find().all(stage.db.reader()).await;
    rows.expect("read").into_iter().map(|row| row.form).collect()
}
