//! An organisation whose members give the commands, and everything that they type: in each field that takes text a mark of
//! the person whom it is about, and nothing else.

use std::cell::Cell;

use access::key;
use casework::case::{self, About, Caseload, Filter};
use casework::event::{self as events, Kind, What};
use casework::part::{self, Part};
use casework::person::{self, Amend, Identity, SafeContact};
use casework::sheet::{Field, Input, Sheet, Typed};
use casework::{import, time_entry};
use domain::permission::Role;
use store::seal::PrivateKey;
use store::work::Actor;
use store::{Cx, FieldErrors};
use testkit::{Coalition, Stage, cast};
use uuid::Uuid;

/// Begins the mark of every person.
pub(super) const CANARY: &str = "zqx";
/// The day on which everybody's support began.
const SINCE: &str = "2025-05-20";

/// Names and values of a form.
pub(super) type Answers<'a> = &'a [(&'a str, &'a str)];

/// What stands wherever something is typed about a person.
fn mark(number: u32) -> String {
    format!("{CANARY}{number:04}")
}

/// A form as it was filled in: with these answers, and a person's mark in every other field that takes text.
fn typed(fields: &[Field], answers: Answers<'_>, number: u32) -> Typed {
    let is_answered = |field: &Field| answers.iter().any(|(key, _)| *key == field.key);
    let takes_text = |field: &&Field| matches!(field.input, Input::Line | Input::Words) && !is_answered(field);
    let marked = fields.iter().filter(takes_text).map(|field| (field.key, mark(number)));
    let said = answers.iter().map(|(key, value)| (*key, (*value).to_owned()));
    Typed::of(said.chain(marked))
}

fn sheet<S: Sheet>(answers: Answers<'_>, number: u32) -> S {
    let mut errors = FieldErrors::new();
    S::read(&typed(&S::fields(), answers, number), &mut errors).unwrap_or_else(|| panic!("{errors:?}"))
}

fn event(kind: Kind, answers: Answers<'_>, number: u32) -> Typed {
    let (_, note) = events::common();
    typed(&[kind.fields(), vec![note]].concat(), answers, number)
}

/// The gender that is recorded of a person: of every other one the same.
pub(super) fn gender(number: u32) -> &'static str {
    if number.is_multiple_of(2) { "female" } else { "male" }
}

/// Who a person is, whenever it is recorded or amended.
fn identity(number: u32) -> Identity {
    sheet(&[("gender", gender(number))], number)
}

/// The answers of the form in which a person is asked whether they may be counted.
pub(super) fn asked<'a>(on: &'a str, said: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("on", on),
        ("purpose", "monitoring"),
        ("said", said),
        ("said_by", "person"),
    ]
}

/// A member with their private key.
pub(super) struct Keyed {
    actor: Actor,
    key: PrivateKey,
}

/// The organisation: a supervisor, whoever prepares contributions, and a manager who approves them.
pub(super) struct House {
    pub stage: Stage,
    pub supervisor: Keyed,
    pub contributor: Keyed,
    pub manager: Keyed,
    pub caseload: Caseload,
    /// The seconds that went by: no two acts are of one moment.
    seconds: Cell<i64>,
}

impl House {
    pub(super) async fn on(stage: Stage) -> Self {
        let [_, _, own] = Coalition::on(&stage).await.organisations;
        let member = async |name, role| {
            let actor = cast::member(&stage, own, name, &[role]).await;
            let key = cast::key(&stage, &actor).await;
            Keyed { actor, key }
        };
        let supervisor = member("supervisor-3", Role::Supervisor).await;
        let contributor = member("contributor-3", Role::Contributor).await;
        let manager = member("manager-3", Role::Manager).await;
        let house = Self {
            stage,
            supervisor,
            contributor,
            manager,
            caseload: Caseload::default(),
            seconds: Cell::new(0),
        };
        let cx = house.cx(&house.manager);
        key::establish(&cx, own.0).await.expect("established");
        for holder in [&house.supervisor, &house.contributor] {
            let holder = holder.actor.member.expect("a member");
            key::grant(&cx, own.0, holder).await.expect("given");
        }
        house
    }

    pub(super) fn cx<'a>(&'a self, who: &'a Keyed) -> Cx<'a> {
        Cx {
            key: Some(&who.key),
            now: self.stage.now.plus_seconds(self.seconds.get()),
            ..self.stage.cx(&who.actor)
        }
    }

    /// The moment of the next act: a number that no other has.
    pub(super) fn tick(&self) -> i64 {
        self.seconds.set(self.seconds.get() + 1);
        self.seconds.get()
    }

    /// Forgets everybody whom an earlier play left.
    pub(super) async fn clear(&self) {
        let cx = self.cx(&self.supervisor);
        loop {
            let found = case::list(&cx, &self.caseload, &Filter::default()).await;
            let found = found.expect("a list").cases;
            if found.is_empty() {
                return;
            }
            for case in found {
                person::forget(&cx, case.id).await.expect("forgotten");
            }
        }
    }

    /// Records a person, and as many unpaid hours as their number says: by these a row tells whose it is.
    pub(super) async fn record(&self, number: u32) -> Uuid {
        let cx = self.cx(&self.supervisor);
        let record = case::Record {
            identity: identity(number),
            contact: sheet::<SafeContact>(&[], number),
            about: sheet::<About>(&[("opened_on", SINCE), ("nation", "england")], number),
            is_invented: true,
        };
        let case = case::record(&cx, record).await.expect("recorded");
        let minutes = (number * 60).to_string();
        let given = [
            ("on", "2025-05-22"),
            ("minutes", minutes.as_str()),
            ("kind", "chasing"),
            ("agency", "police"),
        ];
        time_entry::record(&cx, case, &Typed::of(given))
            .await
            .expect("recorded");
        case
    }

    /// Brings a person in from a file, with the same, and with a column that answers no question. Gives their case, the import
    /// and the event that holds what they said.
    pub(super) async fn bring(&self, number: u32, on: &str, said: &str) -> (Uuid, Uuid, Uuid) {
        let (mark, gender, minutes) = (mark(number), gender(number), number * 60);
        let text = format!(
            "case.reference,person.name,person.nickname,person.gender,case.opened_on,case.nation,consent.monitoring.on,\
             consent.monitoring.said,time.on,time.minutes,time.kind,time.agency,Remarks\n\
             {mark},{mark},{mark},{gender},{SINCE},england,{on},{said},2025-05-22,{minutes},chasing,police,{mark}\n"
        );
        let cx = self.cx(&self.supervisor);
        let checked = import::check_file(&cx, "cases.csv", text.into_bytes(), import::Plan::default(), None).await;
        let checked = checked.expect("a file that can be read");
        assert_eq!((checked.n_cases, checked.n_refused), (1, 0), "{:?}", checked.faults);
        import::take(&cx, checked.import, import::Taking::default(), &|_| {})
            .await
            .expect("taken");
        let filter = Filter {
            words: mark,
            ..Filter::default()
        };
        let found = case::list(&cx, &self.caseload, &filter).await.expect("a list").cases;
        assert_eq!(found.len(), 1);
        let opened = case::open(&cx, found[0].id).await.expect("opened");
        let answer = opened
            .history
            .standing()
            .find(|event| matches!(event.entry.what, What::Consent(_)));
        (found[0].id, checked.import, answer.expect("an answer").id)
    }

    /// Records an event.
    pub(super) async fn say(&self, case: Uuid, number: u32, kind: Kind, answers: Answers<'_>) -> Uuid {
        let typed = event(kind, answers, number);
        let cx = self.cx(&self.supervisor);
        events::record(&cx, case, events::Record { kind, typed })
            .await
            .expect("recorded")
    }

    /// Corrects an event of this kind: gives the one that takes its place.
    pub(super) async fn correct(
        &self,
        (case, event_id): (Uuid, Uuid),
        number: u32,
        kind: Kind,
        answers: Answers<'_>,
    ) -> Uuid {
        let typed = event(kind, answers, number);
        let cx = self.cx(&self.supervisor);
        events::correct(&cx, case, events::Correct { event: event_id, typed })
            .await
            .expect("corrected")
    }

    /// Amends who a person is.
    pub(super) async fn amend_person(&self, case: Uuid, number: u32, revision: i32) {
        let change = Amend::Identity(identity(number));
        person::amend(&self.cx(&self.supervisor), case, change, revision)
            .await
            .expect("amended");
    }

    /// Amends a part of a case, or records it where there is none; gives it and its revision.
    pub(super) async fn amend_part<P: Part>(
        &self,
        case: Uuid,
        number: u32,
        known: Option<(Uuid, i32)>,
        answers: Answers<'_>,
    ) -> (Uuid, i32) {
        let typed = typed(&P::fields(), answers, number);
        let cx = self.cx(&self.supervisor);
        if let Some((id, revision)) = known {
            part::amend::<P>(&cx, case, id, &typed, revision)
                .await
                .expect("amended");
            (id, revision + 1)
        } else {
            let id = part::record::<P>(&cx, case, &typed).await.expect("recorded");
            (id, 1)
        }
    }
}
