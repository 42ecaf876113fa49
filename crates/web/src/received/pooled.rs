//! Pooled measures of a cycle: a list of them, and one with its words and breakdowns.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::permission::Action;
use monitoring::contribution::{self, Line};
use monitoring::cycle::Cycle;
use monitoring::indicator;
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;

/// “2nd”.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
pub(super) fn nth(number: &i32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// A measure with the name that its indicator gives it.
struct Named {
    name: String,
    /// The indicator's code and name.
    indicator: String,
    /// The address of the indicator; empty where this cycle froze none that asks for it.
    href: String,
    line: Line,
}

async fn named(visitor: &Visitor, cycle: &Cycle) -> Result<Vec<Named>, AppError> {
    let cx = visitor.cx();
    let lines = contribution::measured(&cx, cycle.id.into()).await?;
    let versions = indicator::of_cycle(&cx, cycle.id.into()).await?;
    let mut known = Vec::new();
    for version in &versions {
        for measure in indicator::measures(version)? {
            known.push((measure.code, measure.name, version));
        }
    }
    Ok(lines
        .into_iter()
        .map(|line| {
            let found = known.iter().find(|(code, ..)| *code == line.code);
            Named {
                name: found.map_or_else(|| line.code.clone(), |(_, name, _)| name.clone()),
                indicator: found.map_or_else(String::new, |(.., version)| {
                    format!("{} {}", version.code, version.name)
                }),
                href: found.map_or_else(String::new, |(.., version)| format!("/indicators/{}", version.id)),
                line,
            }
        })
        .collect())
}

#[derive(Template)]
#[template(path = "received/pooled.html")]
struct List {
    page: Page,
    cycle: Cycle,
    measures: Vec<Named>,
    may_receive: bool,
}

pub(super) async fn list(visitor: Visitor, id: Path<String>) -> Result<Response, WebError> {
    let cycle = crate::cycle::found(&visitor, &id).await?;
    let measures = named(&visitor, &cycle)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    page(&List {
        page: crate::cycle::frame(&visitor, "Pooled measures", &cycle),
        measures,
        may_receive: visitor.may(Action::ReceiveContribution),
        cycle,
    })
}

#[derive(Template)]
#[template(path = "received/measure.html")]
struct Measure {
    page: Page,
    cycle: Cycle,
    of: Named,
    remarks: String,
}

pub(super) async fn show(visitor: Visitor, Path((id, measure)): Path<(String, String)>) -> Result<Response, WebError> {
    let cycle = crate::cycle::found(&visitor, &Path(id)).await?;
    let framed = |error| WebError::of(&visitor, error);
    let found = named(&visitor, &cycle).await.map_err(framed)?;
    let found = found.into_iter().find(|of| of.line.code == measure);
    let of = found.ok_or_else(|| framed(AppError::NotFound("measure")))?;
    page(&Measure {
        page: crate::cycle::frame(&visitor, &format!("{} {}", of.line.code, of.name), &cycle)
            .under(format!("/cycles/{}/pooled", cycle.id), "Pooled measures"),
        remarks: of.line.remarks(),
        of,
        cycle,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_ordinal_has_its_ending() {
        let words: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 112].iter().map(super::nth).collect();
        assert_eq!(
            words,
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]
        );
    }
}
