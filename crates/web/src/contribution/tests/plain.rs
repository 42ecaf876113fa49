//! A file without a signature in the name of an organisation that signs: both sides are told, and two people decide.

use measures::invented::{Random, lines};

use super::*;

/// Rows with their quarters left out, which would have to be of the cycle's own days.
fn without_quarters(lines: &[String]) -> String {
    let is_quarter: Vec<bool> = lines[0].split(',').map(|name| name.ends_with("_quarter")).collect();
    let rows = lines.iter().enumerate().map(|(at, line)| {
        let cells = line.split(',').zip(&is_quarter);
        let cells = cells.map(|(cell, is_quarter)| if at > 0 && *is_quarter { "" } else { cell });
        cells.collect::<Vec<_>>().join(",")
    });
    rows.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_plain_file_in_the_name_of_one_that_signs_waits_and_both_sides_are_told() {
    on_both(async |stage| {
        let all = begun(stage).await;
        let contributor = all.client(stage, &all.contributor).await;
        let coordinator = all.client(stage, &all.coalition.coordinator).await;
        let second = cast::member(
            stage,
            all.coalition.organisations[0],
            "coordinator-2",
            &[Role::Coordinator],
        )
        .await;
        let second = all.client(stage, &second).await;
        all.agreed(stage, "first").await;
        all.agreed(stage, "second").await;
        let id = all.prepared(stage).await;
        all.approved(stage, &id).await;
        all.confirmed(&coordinator).await;
        contributor
            .get("/contributions")
            .await
            .lacks("that you did not hand over");

        let received = format!("{}/contributions", all.cycle);
        let organisation = all.coalition.organisations[2].to_string();
        let rows = without_quarters(&lines(&shipped_pack("2025"), 20, 0, &mut Random(5)));
        coordinator
            .upload(
                &received,
                &[("organisation", &organisation)],
                ("file", "rows.csv", rows.as_bytes()),
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        let page = coordinator.get(&received).await.expect(StatusCode::OK);
        let page = page
            .says("A file without a signature waits")
            .says("Confirming it replaces and erases no. 1 (signed, received ")
            .says("You took it in yourself")
            .lacks("/confirm\"");
        let (before, _) = page.body.split_once("/refuse\"").expect("one that waits");
        let (_, address) = before.rsplit_once('"').expect("its address");
        let confirm = format!("{address}/confirm");
        coordinator
            .post(&confirm, &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("you took this file in yourself: another coordinator");
        contributor
            .get("/contributions")
            .await
            .says("A file that you did not hand over, in Audit 2025")
            .says("as your organisation’s contribution no. 2")
            .says("It waits: it counts only once another coordinator has asked you");
        second.get(&received).await.says("/confirm\"").lacks("You took it in");
        second.post(&confirm, &[]).await.expect(StatusCode::SEE_OTHER);
        contributor
            .get("/contributions")
            .await
            .says("It counts. If it is not yours");

        // The organisation’s own next takes its place: its number is after what the coalition holds.
        let id = all.prepared(stage).await;
        all.approved(stage, &id).await;
        contributor
            .get("/contributions")
            .await
            .says("2025, number 3")
            .lacks("that you did not hand over");
    })
    .await;
}
