//! The register of areas.

use store::AppError;
use testkit::{Coalition, on_both};

use super::*;

const FILE: &str = "code,name,kind,parent,valid_from,valid_until,successor\n\
    R1,North,region,N1,2009-01-01,,\n\
    N1,Specimen Nation,nation,,2009-01-01,,\n\
    P1,Old Force,police,R1,2009-01-01,2013-03-31,P2\n\
    P2,Joined Force,police,R1,2013-04-01,2019-12-31,\n\
    P2,Renamed Force,police,R1,2020-01-01,,\n";

#[tokio::test]
async fn a_file_is_loaded_once_and_a_second_time_changes_nothing() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.coordinator);
        assert_eq!(
            load_file(&cx, "areas.csv", FILE.as_bytes()).await.expect("it loads"),
            Loaded {
                n_added: 4,
                n_changed: 0,
                n_known: 0
            }
        );
        assert_eq!(
            load_file(&cx, "areas.csv", FILE.as_bytes()).await.expect("it loads"),
            Loaded {
                n_added: 0,
                n_changed: 0,
                n_known: 4
            }
        );
        let corrected = FILE.replace("Specimen Nation", "Sample Nation");
        assert_eq!(
            load_file(&cx, "areas.csv", corrected.as_bytes())
                .await
                .expect("it loads"),
            Loaded {
                n_added: 0,
                n_changed: 1,
                n_known: 3
            }
        );

        let all = list(&cx, None).await.expect("a list");
        let named: Vec<(&str, &str, &str)> = all
            .iter()
            .map(|line| (line.name.as_str(), line.parent.as_str(), line.successor.as_str()))
            .collect();
        let expected = [
            ("Sample Nation", "", ""),
            ("North", "Sample Nation", ""),
            ("Old Force", "North", "Renamed Force"),
            ("Renamed Force", "North", ""),
        ];
        assert_eq!(named, expected);
        assert!(all[2].has_ended && !all[3].has_ended);
        assert_eq!(
            all[3].former,
            [(
                "Joined Force".to_owned(),
                "2013-04-01".to_owned(),
                "2019-12-31".to_owned()
            )]
        );
        assert_eq!(list(&cx, Some(AreaKind::Police)).await.expect("a list").len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_file_with_any_fault_is_not_loaded_at_all() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.coordinator);
        for (wrong, words) in [
            (
                FILE.replace("region,N1", "region,N9"),
                "Row 2, column “parent”: no area has the code “N9”",
            ),
            (
                FILE.replace(",region,", ",district,"),
                "Row 2, column “kind”: “district” is not one of",
            ),
            (FILE.replace("2013-03-31", "31/02/2013"), "Row 4, column “valid_until”"),
            (FILE.replace("name,", "title,"), "Nothing is mapped to the name"),
            (FILE.replace("name,kind", "name,date of birth"), "about people"),
        ] {
            let AppError::Invalid(errors) = load_file(&cx, "areas.csv", wrong.as_bytes()).await.expect_err(words)
            else {
                panic!("{words}")
            };
            let said = errors.get("file").unwrap_or_default();
            assert!(said.contains(words), "{said}");
        }
        assert!(list(&cx, None).await.expect("a list").is_empty());
        assert!(matches!(
            load_file(&stage.cx(&coalition.contributor), "a.csv", FILE.as_bytes()).await,
            Err(AppError::Forbidden(_))
        ));
    })
    .await;
}
