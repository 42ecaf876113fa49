//! What an item is, who sees it, how it is found and changed: on both databases.

use bytes::Bytes;
use domain::evidence::{Form, Handling, Reliability};
use domain::ids::{CycleId, EvidenceId, IdSource as _, ProvisionId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait};
use store::row::{audit, cycle, cycle_evidence, evidence, file};
use store::work::Actor;
use store::{AppError, Cx};
use testkit::{Coalition, Stage, on_both, provisions};

mod frozen;

use super::*;

/// An item that passes every check.
fn specimen(provision: ProvisionId, title: &str) -> Record {
    Record {
        kind: "document".into(),
        title: title.into(),
        publisher: "Specimen Press".into(),
        effective_on: "2025-03-31".into(),
        reliability: "B".into(),
        credibility: "2".into(),
        handling: "open".into(),
        quoting: "yes".into(),
        identifies_person: Some(false),
        provisions: vec![provision],
        ..Record::default()
    }
}

async fn titles(cx: &Cx<'_>, filter: Filter) -> Vec<String> {
    list(cx, &filter, 1)
        .await
        .unwrap()
        .items
        .iter()
        .map(|item| item.headline.title.clone())
        .collect()
}

fn words(words: &str) -> Filter {
    Filter {
        words: words.to_owned(),
        ..Filter::default()
    }
}

#[tokio::test]
async fn an_item_keeps_everything_it_was_recorded_with() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let [one, other] = provisions(stage, &[("13(1)", "mandatory"), ("9(2)", "mandatory")]).await[..] else {
            panic!()
        };
        let first = record(&cx, specimen(one, "The report")).await.unwrap();
        let id = record(
            &cx,
            Record {
                summary: "What it says".into(),
                origin: "A survey".into(),
                source_url: "https://example.org/report".into(),
                derived_from: Some(first),
                provisions: vec![one, other],
                forms: vec!["labour".into(), "sexual".into()],
                groups: vec!["children".into()],
                files: vec![Upload {
                    name: "report.txt".into(),
                    media_type: "text/plain".into(),
                    bytes: Bytes::from("abc"),
                }],
                passages: vec![
                    Passage {
                        file: Some(0),
                        page: "12".into(),
                        quote: "Nobody asked".into(),
                    },
                    Passage::default(),
                ],
                ..specimen(one, "The article")
            },
        )
        .await
        .unwrap();
        let item = find(&cx, id).await.unwrap();
        assert_eq!(item.row.title, "The article");
        assert_eq!(item.row.revision, 1);
        assert_eq!(item.organisation, "Second");
        assert_eq!(item.provisions.len(), 2);
        assert_eq!(item.forms, [Form::Sexual, Form::Labour]);
        assert_eq!(item.passages.len(), 1);
        assert_eq!(item.passages[0].file_id, Some(item.files[0].id));
        assert_eq!(
            item.files[0].sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(item.upstream[0].id, first);
        assert_eq!(find(&cx, first).await.unwrap().downstream[0].id, id);
        let (row, bytes) = open_file(&cx, id, item.files[0].id.into()).await.unwrap();
        assert_eq!((row.name.as_str(), &bytes[..]), ("report.txt", &b"abc"[..]));
        let acts = audit::Entity::find().all(stage.db.reader()).await.unwrap();
        assert_eq!(acts.iter().filter(|act| act.action == "evidence.record").count(), 2);
    })
    .await;
}

#[tokio::test]
async fn evidence_that_identifies_a_person_is_never_recorded_in_the_clear() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0];
        for said in [Some(true), None] {
            let input = Record {
                identifies_person: said,
                ..specimen(provision, "A testimony")
            };
            let Err(AppError::Invalid(errors)) = record(&cx, input).await else {
                panic!("it was taken")
            };
            let words = errors.get("identifies_person").unwrap();
            assert!(said.is_none() || words.contains("record the original anew"), "{words}");
        }
        assert_eq!(evidence::Entity::find().count(stage.db.reader()).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn each_fault_is_named_at_its_field_and_nothing_is_written() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0];
        let input = Record {
            title: " ".into(),
            source_url: "javascript:alert(1)".into(),
            effective_on: "2025-06-02".into(),
            handling: "named".into(),
            areas: vec!["nowhere".into()],
            forms: vec!["x".into()],
            derived_from: Some(EvidenceId(cx.ids.random())),
            passages: vec![Passage {
                file: Some(3),
                page: "1".into(),
                quote: "words".into(),
            }],
            ..specimen(provision, "")
        };
        let Err(AppError::Invalid(errors)) = record(&cx, input).await else {
            panic!("it was taken")
        };
        for field in [
            "title",
            "source_url",
            "effective_on",
            "named",
            "areas",
            "forms",
            "derived_from",
            "file_1",
        ] {
            assert!(errors.get(field).is_some(), "{field}: {errors:?}");
        }
        let nothing = Record::default();
        assert!(matches!(record(&cx, nothing).await, Err(AppError::Invalid(_))));
        let nobody = record(&stage.cx(&coalition.observer), specimen(provision, "x")).await;
        assert!(matches!(nobody, Err(AppError::Forbidden(_))));
        assert_eq!(evidence::Entity::find().count(stage.db.reader()).await.unwrap(), 0);
    })
    .await;
}

/// Items of the second organisation, one for each handling; the named one names the third.
async fn handled(stage: &Stage, coalition: &Coalition, provision: ProvisionId) -> Vec<(Handling, EvidenceId)> {
    let cx = stage.cx(&coalition.contributor);
    let mut items = Vec::new();
    for handling in Handling::ALL {
        let input = Record {
            handling: handling.code().into(),
            named: vec![coalition.organisations[2]],
            forms: vec!["labour".into()],
            files: vec![Upload {
                name: "f".into(),
                media_type: String::new(),
                bytes: Bytes::from(handling.code()),
            }],
            ..specimen(provision, handling.code())
        };
        items.push((*handling, record(&cx, input).await.unwrap()));
    }
    items
}

#[tokio::test]
async fn every_way_to_an_item_is_open_to_exactly_those_whom_its_handling_lets_in() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0];
        let items = handled(stage, &coalition, provision).await;
        let owner = stage.cx(&coalition.contributor);
        let nobody = Actor::nobody();
        let others: [(&str, &Actor, &[Handling]); 5] = [
            ("its own organisation", &coalition.second_assessor, Handling::ALL),
            (
                "another organisation",
                &coalition.coordinator,
                &[Handling::Open, Handling::Coalition],
            ),
            (
                "the named organisation",
                &coalition.observer,
                &[Handling::Open, Handling::Coalition, Handling::Named],
            ),
            ("the operator", &coalition.operator, &[]),
            ("nobody", &nobody, &[]),
        ];
        for (who, actor, seen) in others {
            let cx = stage.cx(actor);
            for (handling, id) in &items {
                let may = seen.contains(handling);
                let what = format!("{who}, {handling:?}");
                let file = find(&owner, *id).await.unwrap().files[0].id.into();
                assert_eq!(find(&cx, *id).await.is_ok(), may, "page: {what}");
                assert_eq!(open_file(&cx, *id, file).await.is_ok(), may, "file: {what}");
                assert_eq!(
                    require_visible(&cx, stage.db.reader(), &[*id]).await.is_ok(),
                    may,
                    "citing: {what}"
                );
                let cited = cited(&cx, &[*id]).await.unwrap();
                assert_eq!(cited[0].is_visible, may, "label: {what}");
                assert_eq!(cited[0].label.contains(handling.code()), may, "label: {what}");
                if seen.is_empty() {
                    continue;
                }
                let code = handling.code().to_owned();
                for filter in [
                    Filter::default(),
                    words(&code),
                    Filter {
                        provision: Some(provision),
                        ..Filter::default()
                    },
                    Filter {
                        form: Some(Form::Labour),
                        ..Filter::default()
                    },
                    Filter {
                        handling: Some(*handling),
                        ..Filter::default()
                    },
                ] {
                    assert_eq!(
                        titles(&cx, filter.clone()).await.contains(&code),
                        may,
                        "list {filter:?}: {what}"
                    );
                }
                let offered = choices(&cx, None, Some(provision), "").await.unwrap();
                assert_eq!(offered.iter().any(|choice| choice.id == *id), may, "chooser: {what}");
            }
            if seen.is_empty() {
                assert!(list(&cx, &Filter::default(), 1).await.is_err(), "{who}");
                assert!(choices(&cx, None, None, "").await.is_err(), "{who}");
            } else {
                assert_eq!(
                    list(&cx, &Filter::default(), 1).await.unwrap().n,
                    seen.len() as u64,
                    "{who}"
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_chain_says_that_an_item_is_hidden_and_not_what_it_is_called() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0];
        let owner = stage.cx(&coalition.contributor);
        let hidden = Record {
            handling: "source_only".into(),
            ..specimen(provision, "The hidden report")
        };
        let hidden = record(&owner, hidden).await.unwrap();
        let article = Record {
            derived_from: Some(hidden),
            ..specimen(provision, "The article")
        };
        let article = record(&owner, article).await.unwrap();
        assert!(
            find(&owner, article).await.unwrap().upstream[0]
                .label
                .starts_with("The hidden report")
        );
        let other = find(&stage.cx(&coalition.coordinator), article).await.unwrap();
        assert_eq!(other.upstream[0].label, "An item that you may not see");
        assert!(!other.upstream[0].is_visible);
    })
    .await;
}

#[tokio::test]
async fn search_finds_every_word_in_every_field_whatever_the_case() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0];
        let cx = stage.cx(&coalition.contributor);
        let input = Record {
            summary: "Délais for Trafficking victims".into(),
            origin: "Inspectorate’s survey".into(),
            passages: vec![Passage {
                quote: "Zugzwang".into(),
                ..Passage::default()
            }],
            ..specimen(provision, "ÉCOUTE report")
        };
        let id = record(&cx, input.clone()).await.unwrap();
        record(&cx, specimen(provision, "Something else")).await.unwrap();
        for found in [
            "écoute",
            "DÉLAIS",
            "traffick",
            "survey report",
            "zugzwang",
            "13(1) écoute",
            "écoute \"' OR (",
        ] {
            let expected = usize::from(!found.contains("OR"));
            assert_eq!(titles(&cx, words(found)).await.len(), expected, "{found}");
        }
        assert_eq!(
            titles(&cx, words("specimen press")).await,
            ["Something else", "ÉCOUTE report"]
        );
        assert_eq!(titles(&cx, words("  ?! ")).await.len(), 2);
        assert!(titles(&cx, words("traffick victims nowhere")).await.is_empty());
        let change = Amend {
            id,
            revision: 1,
            record: Record {
                summary: String::new(),
                ..input
            },
            drop_files: Vec::new(),
        };
        amend(&cx, change).await.unwrap();
        assert!(titles(&cx, words("délais")).await.is_empty());
        assert_eq!(
            titles(&cx, words("specimen press")).await,
            ["Something else", "ÉCOUTE report"]
        );
    })
    .await;
}

#[tokio::test]
async fn of_two_who_amend_one_item_the_second_is_told() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0];
        let cx = stage.cx(&coalition.contributor);
        let id = record(&cx, specimen(provision, "First words")).await.unwrap();
        let change = |title: &str| Amend {
            id,
            revision: 1,
            record: specimen(provision, title),
            drop_files: Vec::new(),
        };
        amend(&cx, change("Second words")).await.unwrap();
        let late = amend(&stage.cx(&coalition.second_assessor), change("Late words")).await;
        assert!(matches!(late, Err(AppError::Conflict(_))));
        let item = find(&cx, id).await.unwrap();
        assert_eq!((item.row.title.as_str(), item.row.revision), ("Second words", 2));
        let stranger = amend(&stage.cx(&coalition.coordinator), change("Stranger's words")).await;
        assert!(matches!(stranger, Err(AppError::Forbidden(_))));
    })
    .await;
}

#[tokio::test]
async fn an_item_is_never_derived_from_itself() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0];
        let cx = stage.cx(&coalition.contributor);
        let a = record(&cx, specimen(provision, "A")).await.unwrap();
        let b = record(
            &cx,
            Record {
                derived_from: Some(a),
                ..specimen(provision, "B")
            },
        )
        .await
        .unwrap();
        for upstream in [a, b] {
            let record = Record {
                derived_from: Some(upstream),
                ..specimen(provision, "A")
            };
            let circle = amend(
                &cx,
                Amend {
                    id: a,
                    revision: 1,
                    record,
                    drop_files: Vec::new(),
                },
            )
            .await;
            assert!(matches!(circle, Err(AppError::Invalid(errors)) if errors.get("derived_from").is_some()));
        }
        let known = sources(stage.db.reader(), &[b]).await.unwrap();
        assert!(!independent(&known, a, b));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_taken_away_is_gone_unless_something_else_keeps_its_bytes() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0];
        let cx = stage.cx(&coalition.contributor);
        let upload = |bytes: &'static str| Upload {
            name: bytes.into(),
            media_type: String::new(),
            bytes: Bytes::from(bytes),
        };
        let input = Record {
            files: vec![upload("shared"), upload("alone")],
            ..specimen(provision, "A")
        };
        let id = record(&cx, input).await.unwrap();
        record(
            &cx,
            Record {
                files: vec![upload("shared")],
                ..specimen(provision, "B")
            },
        )
        .await
        .unwrap();
        let files = find(&cx, id).await.unwrap().files;
        let change = Amend {
            id,
            revision: 1,
            record: Record {
                files: vec![upload("new")],
                ..specimen(provision, "A")
            },
            drop_files: files.iter().map(|file| file.id.into()).collect(),
        };
        amend(&cx, change).await.unwrap();
        assert_eq!(find(&cx, id).await.unwrap().files.len(), 1);
        assert_eq!(file::Entity::find().count(stage.db.reader()).await.unwrap(), 2);
        assert!(stage.files.get(&files[0].sha256).await.unwrap().is_some());
        assert!(stage.files.get(&files[1].sha256).await.unwrap().is_none());
    })
    .await;
}
