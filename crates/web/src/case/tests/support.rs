//! What the page of a case says once the person does not agree any more to being supported and kept on record.

use super::*;

const NO: &str = "They do not agree to being supported and kept on record";

/// An answer about a purpose.
fn answer<'a>(purpose: &'a str, said: &'a str, day: &'a str) -> [(&'a str, &'a str); 7] {
    [
        ("kind", "consent"),
        ("purpose", purpose),
        ("said", said),
        ("said_by", "person"),
        ("on_day", day),
        ("on_month", "5"),
        ("on_year", "2025"),
    ]
}

#[tokio::test]
async fn who_takes_back_that_they_are_supported_is_told_on_the_page_with_what_stops_and_what_stays() {
    on_both(async |stage| {
        let (coalition, router, worker, address) = begun(stage).await;
        let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
        let new = format!("{address}/events/new");
        let say = async |purpose: &str, said: &str, day: &str| {
            let answer = answer(purpose, said, day);
            worker.post(&new, &answer).await.expect(StatusCode::SEE_OTHER);
            worker.get(&address).await.expect(StatusCode::OK)
        };
        say("support", "given", "20").await.lacks(NO);
        say("monitoring", "given", "20").await.lacks(NO);
        say("support", "withdrawn", "21")
            .await
            .says(NO)
            .says("Took it back, 21 May 2025")
            .says("href=\"#close\"")
            .says("nobody else, as far as this program knows")
            .says("ask a supervisor to forget them")
            .says("they still agree to being counted")
            .lacks("Offers that still wait");
        let forget = format!("if they want nothing kept, <a href=\"{address}/forget\"");
        supervisor.get(&address).await.expect(StatusCode::OK).says(&forget);
        say("monitoring", "withdrawn", "21")
            .await
            .says("they are not counted in it")
            .lacks("they still agree to being counted");

        let offer = [
            ("answer_to", "Ann Specimen, 000 111"),
            ("agreed_by", "person"),
            ("receiver", "outside"),
            ("outside", "Specimen Law Centre"),
            ("parts", "name"),
            ("summary", "Please take on her appeal"),
            ("step", "send"),
        ];
        say("support", "given", "22").await.lacks(NO);
        worker
            .post(&format!("{address}/referrals/new"), &offer)
            .await
            .expect(StatusCode::OK);
        say("support", "withdrawn", "23")
            .await
            .says("Offers that still wait")
            .says("to Specimen Law Centre, 1 June 2025</a>")
            .says("Tell the person, so that they can ask them too");
        worker
            .post(&format!("{address}/close"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says(NO)
            .lacks("href=\"#close\"");
    })
    .await;
}
