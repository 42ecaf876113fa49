//! The summary on one page: words by the publisher, counts by the program.

use domain::assessment::Trend;

use super::Words;
use crate::edition::frozen::{Chapter, Rating, Series, Summary};

/// Series whose newest total stands on the first page, with the words beside it.
const FIRST_PAGE: &[(&str, &str)] = &[
    ("nrm_referrals", "people referred for identification"),
    ("dtn_reports", "reports of adults who did not agree to be referred"),
];

/// Builds it. Ratings of several jurisdictions count one by one; nothing is averaged.
pub(super) fn summary(chapters: &[Chapter], words: &Words, series: &[Series]) -> Summary {
    let rated: Vec<(String, &Rating)> = chapters
        .iter()
        .flat_map(|chapter| &chapter.provisions)
        .flat_map(|provision| {
            provision
                .ratings
                .iter()
                .map(move |rating| (format!("{} {}", provision.number, provision.title), rating))
        })
        .collect();
    let count = |trend: Trend| {
        u32::try_from(rated.iter().filter(|(_, rating)| rating.trend == trend).count()).unwrap_or(u32::MAX)
    };
    Summary {
        words: words
            .summary
            .split("\n\n")
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(ToOwned::to_owned)
            .collect(),
        headlines: words
            .headlines
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .map(ToOwned::to_owned)
            .collect(),
        trends: Trend::ALL.iter().map(|trend| (*trend, count(*trend))).collect(),
        letter_against_practice: rated
            .iter()
            .filter(|(_, rating)| rating.letter_against_practice)
            .map(|(name, rating)| {
                if rating.jurisdiction.code() == "uk" {
                    name.clone()
                } else {
                    format!("{name} ({})", rating.jurisdiction)
                }
            })
            .collect(),
        figures: FIRST_PAGE
            .iter()
            .filter_map(|(code, label)| {
                let series = series.iter().find(|series| series.code == *code)?;
                let year = |point: &&crate::edition::frozen::Point| {
                    point.period.0.ends_with("-01-01") && point.period.1.ends_with("-12-31")
                };
                let newest = series
                    .points
                    .iter()
                    .filter(|point| {
                        point.breakdown == "total" && !point.is_superseded && point.figure.value().is_some()
                    })
                    .filter(year)
                    .max_by(|a, b| a.period.cmp(&b.period))?;
                Some((
                    format!("{label}, {}", newest.period.0.get(..4).unwrap_or_default()),
                    newest.figure.clone(),
                ))
            })
            .collect(),
    }
}
