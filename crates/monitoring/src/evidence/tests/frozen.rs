//! What a cycle freezes, and a store of many items.

use super::*;

/// A cycle with this cut-off, in this state.
async fn cycle(stage: &Stage, cutoff_on: &str, state: &str) -> CycleId {
    let id = stage.ids.ordered();
    let tx = stage.db.begin().await.unwrap();
    cycle::ActiveModel {
        id: Set(id),
        code: Set(cutoff_on.to_owned()),
        title: Set(format!("Cycle until {cutoff_on}")),
        period_start: Set("2025-01-01".into()),
        period_end: Set("2025-12-31".into()),
        cutoff_on: Set(cutoff_on.to_owned()),
        state: Set(state.to_owned()),
        previous_id: Set(None),
        is_invented: Set(true),
        method: Set(String::new()),
        opened_at: Set(stage.now.0),
        closed_at: Set(None),
        revision: Set(1),
    }
    .insert(&tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    CycleId(id)
}

#[tokio::test]
async fn a_cycle_freezes_what_was_known_by_its_cut_off_and_nothing_that_must_stay_inside() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0];
        let cx = stage.cx(&coalition.contributor);
        let quoted = || {
            vec![Passage {
                file: None,
                page: "3".into(),
                quote: "Quoted words".into(),
            }]
        };
        let open = Record {
            passages: quoted(),
            ..specimen(provision, "Open title")
        };
        let open = record(&cx, open).await.unwrap();
        let inside = Record {
            passages: quoted(),
            handling: "coalition".into(),
            ..specimen(provision, "Inside title")
        };
        record(&cx, inside).await.unwrap();
        let unnamed = Record {
            passages: quoted(),
            quoting: "anonymised".into(),
            ..specimen(provision, "Unnamed source")
        };
        record(&cx, unnamed).await.unwrap();
        record(
            &cx,
            Record {
                effective_on: "2025-05-31".into(),
                ..specimen(provision, "Too new")
            },
        )
        .await
        .unwrap();

        let early = cycle(stage, "2025-05-30", "gathering").await;
        let late = cycle(stage, "2025-06-01", "assessing").await;
        let tx = stage.db.begin().await.unwrap();
        assert_eq!(freeze(&tx, early).await.unwrap(), 0, "recorded after the cut-off");
        assert_eq!(freeze(&tx, late).await.unwrap(), 4);
        assert_eq!(freeze(&tx, late).await.unwrap(), 4, "again");
        tx.commit().await.unwrap();

        let rows = cycle_evidence::Entity::find().all(stage.db.reader()).await.unwrap();
        let all: String = rows.iter().map(|row| row.frozen.as_str()).collect();
        assert!(all.contains("Open title") && !all.contains("Inside title"), "{all}");
        let row = rows.iter().find(|row| row.evidence_id == open.0).unwrap();
        let frozen: Frozen = serde_json::from_str(&row.frozen).unwrap();
        assert_eq!(frozen.quotes, [("Quoted words".to_owned(), "page 3".to_owned())]);
        assert_eq!(
            (frozen.publisher.as_str(), frozen.provisions),
            ("Specimen Press", vec![provision])
        );
        let unnamed = rows.iter().find(|row| row.frozen.contains("Unnamed source")).unwrap();
        assert!(unnamed.frozen.contains("Quoted words") && !unnamed.frozen.contains("Specimen Press"));
        assert_eq!(all.matches("Quoted words").count(), 2);

        record(&cx, specimen(provision, "Later")).await.unwrap();
        assert_eq!(choices(&cx, Some(late), Some(provision), "").await.unwrap().len(), 4);
        assert_eq!(choices(&cx, Some(early), Some(provision), "").await.unwrap().len(), 5);
        let label = &choices(&cx, Some(late), None, "open title").await.unwrap()[0].label;
        assert_eq!(label, "Open title — Specimen Press, 31 March 2025, B2");

        let taken = find(&cx, open).await.unwrap();
        assert_eq!(taken.frozen, [("2025-06-01".to_owned(), 1)]);
    })
    .await;
}

/// Adds many items without asking: every third is a statistic, every hundredth kept to its source.
async fn many(stage: &Stage, actor: &Actor, provisions: &[ProvisionId], n: usize) {
    use sea_orm::{ConnectionTrait, Statement};
    let tx = stage.db.begin().await.unwrap();
    for first in (0..n).step_by(500) {
        let (mut rows, mut links, mut facets) = (Vec::new(), Vec::new(), Vec::new());
        for i in first..(first + 500).min(n) {
            let id = stage.ids.ordered();
            rows.push(evidence::ActiveModel {
                id: Set(id),
                organisation_id: Set(actor.organisation.unwrap().0),
                member_id: Set(actor.member.unwrap().0),
                kind: Set(if i % 3 == 0 { "statistic" } else { "document" }.into()),
                title: Set(format!("Item {i}")),
                summary: Set(String::new()),
                origin: Set(String::new()),
                publisher: Set(format!("Publisher {}", i % 40)),
                publisher_folded: Set(format!("publisher {}", i % 40)),
                derived_from_id: Set(None),
                source_url: Set(String::new()),
                effective_on: Set(format!("20{:02}-06-01", 10 + i % 15)),
                reliability: Set(if i % 2 == 0 { "A" } else { "F" }.into()),
                credibility: Set("2".into()),
                handling: Set(if i % 100 == 99 { "source_only" } else { "open" }.into()),
                quoting: Set("yes".into()),
                is_invented: Set(true),
                revision: Set(1),
                recorded_at: Set(stage.now.0),
            });
            links.push(store::row::evidence_provision::ActiveModel {
                evidence_id: Set(id),
                provision_id: Set(provisions[i % provisions.len()].0),
            });
            facets.push(store::row::evidence_facet::ActiveModel {
                evidence_id: Set(id),
                facet: Set(FORM.into()),
                code: Set(Form::ALL[i % Form::ALL.len()].code().into()),
            });
            let text = format!("item common {} rare{}", if i % 2 == 0 { "even" } else { "odd" }, i / 10);
            store::dialect::index_evidence(&tx, id, &text).await.unwrap();
        }
        evidence::Entity::insert_many(rows)
            .exec_without_returning(&tx)
            .await
            .unwrap();
        store::row::evidence_provision::Entity::insert_many(links)
            .exec_without_returning(&tx)
            .await
            .unwrap();
        store::row::evidence_facet::Entity::insert_many(facets)
            .exec_without_returning(&tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    // As the databases do by themselves after a while.
    let reader = stage.db.reader();
    reader
        .execute_raw(Statement::from_string(reader.get_database_backend(), "analyze"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_large_store_is_paged_counted_and_filtered_rightly() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let rows: Vec<String> = (1..=50).map(|n| format!("{n}(1)")).collect();
        let rows: Vec<(&str, &str)> = rows.iter().map(|number| (number.as_str(), "mandatory")).collect();
        let provisions = provisions(stage, &rows).await;
        many(stage, &coalition.contributor, &provisions, 20_000).await;
        let other = stage.cx(&coalition.coordinator);
        let own = stage.cx(&coalition.contributor);

        let page = list(&other, &Filter::default(), 1).await.unwrap();
        assert_eq!((page.n, page.is_more, page.last, page.items.len()), (150, true, 3, 50));
        assert_eq!(
            page.items[0].headline.title, "Item 19998",
            "latest first, and the last one kept to its source"
        );
        assert_eq!(
            list(&own, &Filter::default(), 1).await.unwrap().items[0].headline.title,
            "Item 19999"
        );
        let next = list(&other, &Filter::default(), 2).await.unwrap();
        assert_eq!(next.items[0].headline.title, "Item 19948");
        assert_eq!((next.n, next.is_more, next.last), (200, true, 4));
        let last = list(&other, &Filter::default(), 396).await.unwrap();
        assert_eq!((last.n, last.is_more, last.items.len()), (19_800, false, 50));
        assert!(list(&other, &Filter::default(), 9_999).await.unwrap().items.is_empty());

        let count = async |filter: Filter| {
            let page = list(&own, &filter, 1).await.unwrap();
            (page.n, page.is_more)
        };
        assert_eq!(count(words("rare7")).await, (150, true), "the beginning of 1,111 words");
        assert_eq!(count(words("rare7 item")).await, (10, false));
        assert_eq!(count(words("rare77 even item")).await, (5, false));
        assert_eq!(count(words("common item")).await, (150, true));
        assert_eq!(
            count(Filter {
                provision: Some(provisions[3]),
                ..words("common even")
            })
            .await,
            (0, false)
        );
        assert_eq!(
            count(Filter {
                provision: Some(provisions[4]),
                ..words("common even")
            })
            .await,
            (150, true)
        );
        let narrow = Filter {
            provision: Some(provisions[4]),
            form: Some(Form::Organs),
            reliability: Some(Reliability::A),
            publisher: "PUBLISHER 4".into(),
            from: domain::Day::parse("2014-01-01").ok(),
            until: domain::Day::parse("2014-12-31").ok(),
            ..Filter::default()
        };
        // i ≡ 4 (mod 50), (mod 6), (mod 40) and (mod 15): every 600th, from the fourth on.
        assert_eq!(count(narrow).await, (34, false));
    })
    .await;
}
