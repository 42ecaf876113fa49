//! Which lists of codes the schema may name, and where each is declared.

use super::codes::{
    AgeBand, AwardRefusal, AwardStanding, ChallengeResult, CompensationRoute, Decision, EnglishRegion, ExpertKind,
    FollowUp, ImmigrationStatus, Improvement, LanguageGroup, Matter, NationalityGroup, Offence, OfficialBody,
    PermitGround, PermitStanding, ReasonLeaning, Region, Renewal,
};
use super::schema::{Code, CodeList, Wider};
use crate::casework::{Agency, Authority, ExpertWeight, ExploitationForm, Gender, TimeKind};

/// The code for more than one form of exploitation. A case has one code in each column, so that the parts of a table
/// add up to its total and small ones can be withheld.
pub const SEVERAL_FORMS: &str = "several";

/// The code that says “not known” in lists of casework. The pack leaves such a cell empty instead.
const UNKNOWN: &str = "unknown";

/// Every list, by name.
pub(super) fn shipped() -> Vec<CodeList> {
    let mut exploitation = ExploitationForm::choices();
    exploitation.push((SEVERAL_FORMS, "Several forms"));
    [
        ("age_band", AgeBand::choices()),
        ("gender", Gender::choices()),
        ("nationality_group", NationalityGroup::choices()),
        ("immigration_status", ImmigrationStatus::choices()),
        ("region", Region::choices()),
        ("language_group", LanguageGroup::choices()),
        ("exploitation", exploitation),
        ("agency", Agency::choices()),
        ("official_body", OfficialBody::choices()),
        ("decision", Decision::choices()),
        ("reason_leaning", ReasonLeaning::choices()),
        ("authority", Authority::choices()),
        ("challenge_result", ChallengeResult::choices()),
        ("improvement", Improvement::choices()),
        ("permit_standing", PermitStanding::choices()),
        ("permit_ground", PermitGround::choices()),
        ("renewal", Renewal::choices()),
        ("matter", Matter::choices()),
        ("expert_weight", ExpertWeight::choices()),
        ("expert_kind", ExpertKind::choices()),
        ("compensation_route", CompensationRoute::choices()),
        ("award_standing", AwardStanding::choices()),
        ("award_refusal", AwardRefusal::choices()),
        ("follow_up", FollowUp::choices()),
        ("offence", Offence::choices()),
        ("time_kind", TimeKind::choices()),
    ]
    .into_iter()
    .map(|(name, choices)| CodeList {
        name: name.to_owned(),
        wider: wider(name),
        codes: choices
            .into_iter()
            .filter(|(code, _)| *code != UNKNOWN)
            .map(|(code, words)| Code {
                code: code.to_owned(),
                words: words.to_owned(),
            })
            .collect(),
    })
    .collect()
}

/// The codes of a list that say less: who is a child, who is not; England; another nationality.
fn wider(name: &str) -> Vec<Wider> {
    let wide = |code: &str, words: &str, parts: Vec<&str>| Wider {
        code: code.to_owned(),
        words: words.to_owned(),
        parts: parts.into_iter().map(str::to_owned).collect(),
    };
    match name {
        "age_band" => {
            let children = vec![AgeBand::Under16.code(), AgeBand::From16.code()];
            let is_adult = |code: &&str| !children.contains(code);
            let adults = AgeBand::ALL.iter().map(|band| band.code()).filter(is_adult).collect();
            vec![
                wide("adult", "18 or over, which age is not told", adults),
                wide("child", "Under 18, which age is not told", children),
            ]
        }
        "region" => {
            let parts = EnglishRegion::ALL.iter().map(|region| region.code());
            vec![wide("england", "England, where is not told", parts.collect())]
        }
        "nationality_group" => {
            let parts = NationalityGroup::ALL
                .iter()
                .filter(|group| **group != NationalityGroup::Uk);
            let parts = parts.map(|group| group.code()).collect();
            vec![wide("not_uk", "Not the United Kingdom, which is not told", parts)]
        }
        _ => Vec::new(),
    }
}
