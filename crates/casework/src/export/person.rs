//! What is kept about one person, in words, for the person: one file that any browser opens, without a script and without
//! anything from elsewhere.

use domain::permission::Action;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{audit, member, organisation, support_case};
use store::{AppError, Cx};
use uuid::Uuid;

use super::Made;
use crate::case::{self, Opened};
use crate::event::What;
use crate::part::{Earlier, Kept};
use crate::sheet::Sheet;
use crate::time_entry;

const STYLE: &str = "body{font:1rem/1.5 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}\
h2{margin-top:2rem}dt{font-weight:bold}dd{margin:0 0 .5rem}li{margin-bottom:.75rem}.soft{color:#444}\
pre{white-space:pre-wrap;font:inherit;margin:0}";

/// What is kept about the person of a case, with every entry as it was first written and as it was corrected, and who opened it.
/// Supervisors; the log says that it was given.
pub async fn for_person(cx: &Cx<'_>, id: Uuid) -> Result<Made, AppError> {
    let (row, relation) = case::sealed(cx, id, Action::AnswerCase).await?;
    let of = case::open(cx, id).await?;
    cx.disclose(Action::AnswerCase, relation, "support_case", &[id]).await?;
    let db = cx.db.reader();
    let holder = organisation::Entity::find_by_id(row.organisation_id)
        .one(db)
        .await?
        .map(|row| row.name)
        .unwrap_or_default();
    let html = html(&of, &holder, &openings(cx, &row).await?);
    Ok(Made {
        name: format!("what-is-kept-{}.html", of.today.iso()),
        media_type: "text/html; charset=utf-8",
        bytes: html.into_bytes(),
        n_cases: 1,
    })
}

/// Who opened or changed the case, on which days, in words; what one person did on one day is said once.
async fn openings(cx: &Cx<'_>, row: &support_case::Model) -> Result<Vec<String>, AppError> {
    let db = cx.db.reader();
    let acts = audit::Entity::find()
        .filter(audit::Column::SubjectId.is_in([row.id, row.person_id]))
        .order_by_asc(audit::Column::At)
        .all(db)
        .await?;
    let people = member::Entity::find()
        .filter(member::Column::Id.is_in(acts.iter().filter_map(|act| act.member_id)))
        .all(db)
        .await?;
    let mut said: Vec<String> = Vec::new();
    for act in acts {
        let name = people.iter().find(|person| Some(person.id) == act.member_id);
        let what = Action::parse(&act.action).map_or("Opened", Action::words);
        let line = format!(
            "{}: {}: {what}",
            domain::Instant(act.at).british_day(),
            name.map_or("The program", |person| person.name.as_str())
        );
        if !said.contains(&line) {
            said.push(line);
        }
    }
    Ok(said)
}

/// Text that cannot be taken for markup.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn pairs(out: &mut String, all: Vec<(&'static str, String)>) {
    out.push_str("<dl>");
    for (caption, words) in all.into_iter().filter(|(_, words)| !words.is_empty()) {
        out.push_str(&format!(
            "<dt>{}</dt><dd><pre>{}</pre></dd>",
            plain(caption),
            plain(&words)
        ));
    }
    out.push_str("</dl>\n");
}

/// What something said before it was amended.
fn before<P: Sheet>(out: &mut String, of: &Opened, earlier: &[Earlier<P>]) {
    for earlier in earlier {
        let by = of.names.get(&earlier.by).map_or("somebody", String::as_str);
        out.push_str(&format!(
            "<p class=\"soft\">Before {} changed it on {}:</p>",
            plain(by),
            earlier.until.british_day()
        ));
        pairs(out, earlier.sheet.shown());
    }
}

/// Parts of a case under a heading, each with what it said before.
fn parts<P: Sheet>(out: &mut String, of: &Opened, heading: &str, all: &[Kept<P>]) {
    if !all.is_empty() {
        out.push_str(&format!("<h2>{heading}</h2>\n"));
    }
    for kept in all {
        pairs(out, kept.sheet.shown());
        before(out, of, &kept.earlier);
    }
}

/// What the person said in their own words, each with what it may be used for now, and what it said before.
fn voices(out: &mut String, of: &Opened) {
    if !of.voices.is_empty() {
        out.push_str("<h2>What you said, in your words</h2>\n");
    }
    for kept in &of.voices {
        pairs(out, kept.sheet.shown());
        let allowed = kept.sheet.say_allowed(&of.history);
        out.push_str(&format!("<p>May be used now for: {}</p>\n", plain(&allowed)));
        before(out, of, &kept.earlier);
    }
}

fn html(of: &Opened, holder: &str, openings: &[String]) -> String {
    let holder = plain(holder);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>What {holder} keeps about you</title><style>{STYLE}</style></head><body>\n\
         <h1>What {holder} keeps about you</h1>\n\
         <p>Everything that is kept in your case on {}. If something is wrong, say so: it is corrected, and the earlier entry stays \
         readable beside the correction. You can also ask to be forgotten, and you can take back any agreement below at any time.</p>\n",
        of.today
    );
    if of.is_invented {
        out.push_str("<p><strong>Invented for a demonstration: there is nobody behind it.</strong></p>\n");
    }
    out.push_str("<h2>Who you are</h2>\n");
    pairs(&mut out, of.person.identity.shown());
    out.push_str("<h2>How you may be contacted</h2>\n");
    pairs(&mut out, of.person.contact.shown());
    before(&mut out, of, &of.person.earlier_contacts);
    out.push_str("<h2>Your case</h2>\n");
    pairs(&mut out, of.about.shown());
    out.push_str(&format!(
        "<p>It is {}. Working on it: {}.</p>\n",
        if of.is_open { "open" } else { "closed" },
        plain(&of.members.join(", "))
    ));
    out.push_str("<h2>What you agreed to</h2>\n<ul>");
    for standing in &of.consents {
        let said = standing.last.as_ref().map_or_else(
            || "you were not asked".to_owned(),
            |answer| format!("{}, on {}", answer.said.words(), answer.on),
        );
        let to: Vec<String> = standing
            .agreements
            .iter()
            .map(|agreed| {
                let parts: Vec<&str> = agreed.parts.iter().map(|part| part.words()).collect();
                format!("<br>To {}: {}", plain(&agreed.to_whom), plain(&parts.join("; ")))
            })
            .collect();
        out.push_str(&format!(
            "<li>{}: {}{}</li>",
            plain(standing.purpose.words()),
            plain(&said),
            to.concat()
        ));
    }
    out.push_str("</ul>\n<h2>What happened</h2>\n<ol>");
    for event in of
        .history
        .all()
        .iter()
        .filter(|event| !matches!(event.entry.what, What::Done(_)))
    {
        let entry = &event.entry;
        let by = of.names.get(&entry.by).map_or("somebody", String::as_str);
        let later = of.history.successor(event.id).map(|later| match later.entry.what {
            What::Struck(_) => "later marked as recorded by mistake",
            What::Done(_) => "later done",
            _ => "later corrected",
        });
        out.push_str(&format!(
            "<li><strong>{}</strong>, {} <span class=\"soft\">(recorded by {}{})</span>",
            plain(entry.what.kind().words()),
            entry.on,
            plain(by),
            later.map_or_else(String::new, |words| format!("; {words}"))
        ));
        pairs(&mut out, entry.what.shown());
        pairs(&mut out, entry.basis.shown());
        if !entry.note.is_empty() {
            out.push_str(&format!("<pre>{}</pre>", plain(&entry.note)));
        }
        out.push_str("</li>");
    }
    out.push_str("</ol>\n");
    parts(&mut out, of, "What was done to you", &of.episodes);
    parts(&mut out, of, "What you need", &of.needs);
    parts(&mut out, of, "Where you come from", &of.background);
    parts(&mut out, of, "Whom we speak to about you", &of.contacts);
    voices(&mut out, of);
    if !of.time.is_empty() {
        out.push_str("<h2>Time given to your case without pay</h2>\n<ul>");
        for kept in &of.time {
            let given = &kept.entry.given;
            let minutes = time_entry::say(given.minutes);
            out.push_str(&format!(
                "<li>{}: {}, {}</li>",
                given.on,
                plain(given.kind.words()),
                plain(&minutes)
            ));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("<h2>What others hold</h2>\n");
    let counted = of
        .consents
        .iter()
        .any(|standing| standing.purpose == domain::casework::Purpose::Monitoring && standing.last.is_some());
    out.push_str(if counted {
        "<p>While you agree to being counted, the coalition that watches over the state’s duties is sent codes about your case: whole \
         numbers of days, an age in bands, a region, yes or no. No name, no words and no date go with them, and nobody there can tell \
         which row is yours. If you take the agreement back, the next count leaves you out; what was printed before stays.</p>\n"
    } else {
        "<p>Nothing about you was sent to the coalition that watches over the state’s duties: you did not agree to being counted.</p>\n"
    });
    let held = of.referrals.held();
    if !held.is_empty() {
        out.push_str("<p>We passed on a copy of what you agreed to, and these hold theirs:</p>\n<ul>");
        for sent in held {
            out.push_str(&format!(
                "<li>{}, since {}</li>",
                plain(&sent.note.receiver),
                sent.offered_on
            ));
        }
        out.push_str("</ul>\n");
    }
    out.push_str(
        "<p>Whoever else holds papers about you (the Home Office, the police, a court, a doctor, another organisation) keeps their own, \
         and answers for them. What was passed on is among “What happened” above.</p>\n<h2>Who has opened it</h2>\n<ul>",
    );
    for line in openings {
        out.push_str(&format!("<li>{}</li>", plain(line)));
    }
    out.push_str("</ul>\n</body></html>\n");
    out
}
