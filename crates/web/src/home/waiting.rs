//! What waits for a member, counted over the cycles that are open.

use casework::{case, feedback, referral};
use domain::cycle::CycleState;
use domain::permission::Action;
use monitoring::assessment::{self, Waits};
use monitoring::{call, cycle, finding, recommendation};
use store::AppError;

use crate::door::Visitor;

/// One kind of thing that waits.
pub(crate) struct Waiting {
    /// How many.
    pub n: usize,
    /// What, in words that follow the number.
    pub words: &'static str,
    /// Where to see them.
    pub href: String,
}

impl Waiting {
    /// As many as there are, where there are any, in words for one and for several.
    pub(crate) fn some(n: usize, one: &'static str, several: &'static str, href: &str) -> Option<Self> {
        (n > 0).then(|| Self {
            n,
            words: if n == 1 { one } else { several },
            href: href.to_owned(),
        })
    }
}

/// How many of something wait, and where to see them.
#[derive(Default)]
pub(super) struct Tally {
    n: usize,
    href: String,
}

impl Tally {
    /// Counts some more; the newest cycle that has any is where the link leads.
    pub(super) fn add(&mut self, n: usize, href: impl FnOnce() -> String) {
        if n > 0 && self.n == 0 {
            self.href = href();
        }
        self.n += n;
    }

    /// The words for one or for several.
    pub(super) fn into_waiting(self, one: &'static str, several: &'static str) -> Option<Waiting> {
        Waiting::some(self.n, one, several, &self.href)
    }
}

/// What waits for this member; nothing that is not theirs to do. Linear in the work of open cycles.
pub(super) async fn waiting(visitor: &Visitor) -> Result<Vec<Waiting>, AppError> {
    let cx = visitor.cx();
    let may_reply = visitor.may(Action::RecordReply);
    let may_grade = visitor.may(Action::GradeRecommendation);
    let mut opinions = Tally::default();
    let mut reconciliations = Tally::default();
    let mut positions = Tally::default();
    let mut reviews = Tally::default();
    let mut replies = Tally::default();
    let mut grades = Tally::default();
    let cycles = cycle::list(&cx).await?;
    let open: Vec<_> = cycles
        .iter()
        .filter(|cycle| {
            matches!(
                CycleState::parse(&cycle.state),
                Ok(CycleState::Gathering | CycleState::Assessing)
            )
        })
        .collect();
    for cycle in &open {
        let assessments = assessment::list(&cx, cycle.id.into()).await?;
        let of_cycle = || format!("/cycles/{}", cycle.id);
        let waits = |waits: Waits| assessments.iter().filter(|line| line.waits == Some(waits)).count();
        opinions.add(waits(Waits::Opinion), of_cycle);
        reconciliations.add(waits(Waits::Reconciliation), of_cycle);
        positions.add(waits(Waits::Position), of_cycle);
        let findings = finding::lines(&cx, cycle.id.into()).await?;
        let of_findings = || format!("/findings?cycle={}", cycle.code);
        reviews.add(findings.iter().filter(|line| line.waits_for_me).count(), of_findings);
        if may_reply {
            replies.add(findings.iter().map(|line| line.n_overdue).sum(), of_findings);
        }
    }
    if let Some(newest) = open.first().filter(|_| may_grade) {
        // Only what was due and has no grade of this cycle yet: the rest waits for nobody.
        let due = recommendation::list(&cx).await?.into_iter().filter(|of| {
            of.is_overdue
                && of.row.cycle_id != newest.id
                && !of.grades.iter().any(|(_, grade)| grade.cycle_id == newest.id)
        });
        grades.add(due.count(), || "/recommendations?overdue=yes".to_owned());
    }
    let mut answers = Tally::default();
    if visitor.may(Action::ModerateAnswers) {
        for of in call::list(&cx).await? {
            answers.add(of.n_new, || format!("/calls/{}/answers", of.row.id));
        }
    }
    let mut late = Tally::default();
    let mut soon = Tally::default();
    if visitor.may(Action::ReadCase) {
        let of = case::tally(&cx).await?;
        late.add(of.n_late, || "/cases?show=mine".to_owned());
        soon.add(of.n_soon, || "/cases?show=mine".to_owned());
    }
    let mut waiting = beside_cases(visitor).await?;
    let others = [
        late.into_waiting(
            "case of yours in which something is late",
            "cases of yours in which something is late",
        ),
        soon.into_waiting(
            "case of yours in which something is due within a week",
            "cases of yours in which something is due within a week",
        ),
        opinions.into_waiting("provision for you to rate", "provisions for you to rate"),
        reconciliations.into_waiting("assessment to reconcile", "assessments to reconcile"),
        positions.into_waiting(
            "assessment for your organisation to sign or dissent from",
            "assessments for your organisation to sign or dissent from",
        ),
        reviews.into_waiting("finding for you to review", "findings for you to review"),
        replies.into_waiting("reply that is overdue", "replies that are overdue"),
        answers.into_waiting(
            "answer to a call for evidence that nobody has read",
            "answers to calls for evidence that nobody has read",
        ),
        grades.into_waiting("overdue recommendation to grade", "overdue recommendations to grade"),
    ];
    waiting.extend(others.into_iter().flatten());
    Ok(waiting)
}

/// What waits for whoever supports people, beside their own cases, and of contributions, which are made of cases. For whoever
/// prepares contributions it is linear in the cases of their organisation.
pub(crate) async fn beside_cases(visitor: &Visitor) -> Result<Vec<Waiting>, AppError> {
    let cx = visitor.cx();
    let mut referred = Tally::default();
    let mut unanswered = Tally::default();
    let mut answered = Tally::default();
    let mut unread = Tally::default();
    if visitor.may(Action::ReadReferral) {
        let of = referral::tally(&cx).await?;
        referred.add(of.to_us, || "/referrals?show=received".to_owned());
        unanswered.add(of.from_us, || "/referrals?show=sent".to_owned());
        answered.add(of.answered, || "/referrals?show=sent".to_owned());
        unread.add(of.unread, || "/referrals?show=sent".to_owned());
    }
    let mut feedbacks = Tally::default();
    if visitor.may(Action::ReadFeedback) {
        feedbacks.add(feedback::tally(&cx).await?, || "/feedback".to_owned());
    }
    let mut waiting: Vec<Waiting> = [
        referred.into_waiting(
            "referral to your organisation that nobody has answered",
            "referrals to your organisation that nobody has answered",
        ),
        unread.into_waiting(
            "referral without consent: read why",
            "referrals without consent: read why",
        ),
        answered.into_waiting(
            "referral of yours that was answered, or is finished: read the answer",
            "referrals of yours that were answered, or are finished: read the answers",
        ),
        unanswered.into_waiting(
            "referral of yours without an answer for a working day or more",
            "referrals of yours without an answer for a working day or more",
        ),
        feedbacks.into_waiting(
            "piece of feedback that nobody has read",
            "pieces of feedback that nobody has read",
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    waiting.extend(super::contributions::contributions(visitor).await?);
    Ok(waiting)
}
