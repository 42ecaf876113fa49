//! Who sees which case, what is sealed, what the list says, and what is forgotten, on both databases.

mod counting;
mod search;

use access::key;
use domain::casework::{Agency, Channel, Known, Nation, Status};
use domain::permission::{Action, Role};
use domain::{Day, Instant};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use store::row::{audit, event, form_post, person, person_key, support_case};
use store::seal::PrivateKey;
use store::work::Actor;
use store::{AppError, Cx};
use testkit::{Coalition, Stage, cast, on_both};
use uuid::Uuid;

use super::{About, Caseload, Filter, Found, Record, assign, close, colleagues, list, open, record, reopen, tally};
use crate::clock::ClockKind;
use crate::event as events;
use crate::exploitation::Episode;
use crate::need::Need;
use crate::part;
use crate::person::{Amend, Contact, Identity, SafeContact, amend, complete, forget};
use crate::sheet::{Line, PartDay, Typed};

pub(crate) const CANARY: &str = "Canaria Plumage";

/// A member with their private key.
pub(crate) struct Keyed(pub Actor, pub PrivateKey);

impl Keyed {
    pub(crate) fn cx<'a>(&'a self, stage: &'a Stage) -> Cx<'a> {
        Cx {
            key: Some(&self.1),
            ..stage.cx(&self.0)
        }
    }

    async fn of(stage: &Stage, actor: &Actor) -> Self {
        Self(actor.clone(), cast::key(stage, actor).await)
    }
}

/// The third organisation with its key in the hands of a manager, a supervisor and two caseworkers.
pub(crate) struct House {
    pub manager: Keyed,
    pub supervisor: Keyed,
    pub worker: Keyed,
    pub colleague: Keyed,
    pub outsider: Keyed,
}

pub(crate) async fn house(stage: &Stage) -> House {
    let cast = Coalition::on(stage).await;
    let [_, second, third] = cast.organisations;
    let member = async |organisation, name, role| {
        let actor = cast::member(stage, organisation, name, &[role]).await;
        Keyed::of(stage, &actor).await
    };
    let house = House {
        manager: member(third, "manager-3", Role::Manager).await,
        supervisor: Keyed::of(stage, &cast.supervisor).await,
        worker: Keyed::of(stage, &cast.caseworker).await,
        colleague: member(third, "caseworker-2", Role::Caseworker).await,
        outsider: member(second, "supervisor-2", Role::Supervisor).await,
    };
    let cx = house.manager.cx(stage);
    key::establish(&cx, third.0).await.expect("established");
    for holder in [&house.supervisor, &house.worker, &house.colleague] {
        let holder = holder.0.member.expect("a member");
        key::grant(&cx, third.0, holder).await.expect("given");
    }
    let second_manager = Keyed::of(stage, &cast.second_manager).await;
    let cx = second_manager.cx(stage);
    key::establish(&cx, second.0).await.expect("established");
    let outsider = house.outsider.0.member.expect("a member");
    key::grant(&cx, second.0, outsider).await.expect("given");
    house
}

pub(crate) fn identity(name: &str) -> Identity {
    Identity {
        name: Line(name.to_owned()),
        nickname: Some("Birdie".into()),
        born: None,
        is_child: None,
        age_disputed: None,
        gender: None,
        nationality: None,
        language: Some("Specimen".into()),
        language_group: None,
        needs_interpreter: Some(Known::Yes),
        communication: None,
        children: None,
        place: None,
        references: Some("HO/Canaria".into()),
    }
}

pub(crate) fn input(name: &str) -> Record {
    Record {
        identity: identity(name),
        contact: SafeContact::none(),
        about: About {
            opened_on: Day::new(2025, 5, 20).expect("a day"),
            nation: Nation::England,
            came_from: Some(Agency::Police),
            english_region: None,
            region: None,
            reference: Some("SC-7".into()),
        },
        is_invented: true,
    }
}

async fn found(stage: &Stage, by: &Keyed, caseload: &Caseload, filter: Filter) -> Found {
    list(&by.cx(stage), caseload, &filter).await.expect("a list")
}

fn names(found: &Found) -> Vec<&str> {
    found.cases.iter().map(|case| case.name.as_str()).collect()
}

#[tokio::test]
async fn in_a_closed_case_nothing_runs_but_contacts_after_a_return() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let id = record(&cx, input(CANARY)).await.expect("recorded");
        let referred = [("on", "2025-05-20"), ("agency", "police"), ("is_child", "no")];
        let returned = [
            ("on", "2024-11-10"),
            ("destination", "Specimenland"),
            ("is_voluntary", "yes"),
            ("risk_assessed", "yes"),
        ];
        for (kind, typed) in [
            (events::Kind::NrmReferral, referred.as_slice()),
            (events::Kind::Return, returned.as_slice()),
        ] {
            let typed = Typed::of(typed.iter().copied());
            events::record(&cx, id, events::Record { kind, typed })
                .await
                .expect("recorded");
        }
        let running = async || {
            let opened = open(&cx, id).await.expect("opened");
            opened.clocks.iter().map(|clock| clock.kind).collect::<Vec<_>>()
        };
        assert!(running().await.contains(&ClockKind::ReasonableGrounds));
        close(&cx, id).await.expect("closed");
        let returns = [ClockKind::Return6, ClockKind::Return12, ClockKind::Return36];
        assert_eq!(running().await, returns);
        reopen(&cx, id).await.expect("open again");
        assert!(running().await.contains(&ClockKind::SafeContact));
    })
    .await;
}

#[tokio::test]
async fn a_case_is_seen_by_whom_it_is_assigned_to_and_by_supervisors_and_by_nobody_elsewhere() {
    on_both(async |stage| {
        let house = house(stage).await;
        let caseload = Caseload::default();
        let id = record(&house.worker.cx(stage), input(CANARY)).await.expect("recorded");
        let opened = open(&house.worker.cx(stage), id).await.expect("theirs");
        assert_eq!(opened.person.identity.name.0, CANARY);
        assert_eq!(opened.members, ["Test caseworker"]);
        open(&house.supervisor.cx(stage), id).await.expect("the team's");
        for other in [&house.colleague, &house.outsider, &house.manager] {
            let answer = open(&other.cx(stage), id).await;
            assert!(matches!(answer, Err(AppError::NotFound("case"))), "{}", other.0.name);
        }
        for (by, n) in [
            (&house.worker, 1),
            (&house.supervisor, 1),
            (&house.colleague, 0),
            (&house.outsider, 0),
        ] {
            assert_eq!(
                found(stage, by, &caseload, Filter::default()).await.n,
                n,
                "{}",
                by.0.name
            );
        }
        assert!(matches!(
            list(&house.manager.cx(stage), &caseload, &Filter::default()).await,
            Err(AppError::Forbidden(_))
        ));
        // Assigned to a colleague, it leaves the caseworker's list at once.
        let known = colleagues(&house.supervisor.cx(stage), id).await.expect("listed");
        assert_eq!(known.len(), 3, "the supervisor and two caseworkers");
        let colleague = house.colleague.0.member.expect("a member").0;
        let outsider = house.outsider.0.member.expect("a member").0;
        for wrong in [vec![], vec![outsider]] {
            let answer = assign(&house.supervisor.cx(stage), id, &wrong).await;
            assert!(matches!(answer, Err(AppError::Invalid(_))));
        }
        assert!(matches!(
            assign(&house.worker.cx(stage), id, &[colleague]).await,
            Err(AppError::Forbidden(_))
        ));
        assign(&house.supervisor.cx(stage), id, &[colleague])
            .await
            .expect("assigned");
        assert_eq!(found(stage, &house.worker, &caseload, Filter::default()).await.n, 0);
        assert_eq!(
            names(&found(stage, &house.colleague, &caseload, Filter::default()).await),
            [CANARY]
        );
        assert!(open(&house.worker.cx(stage), id).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn nothing_of_a_person_lies_readable_on_the_disk_and_each_opening_is_in_the_log() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let id = record(&cx, input(CANARY)).await.expect("recorded");
        let typed = Typed::of([("on", "2025-05-21"), ("words", "Canaria Plumage came in"), ("note", "")]);
        let kind = events::Kind::Note;
        events::record(&cx, id, events::Record { kind, typed })
            .await
            .expect("recorded");
        let typed = Typed::of([
            ("area", "housing"),
            ("horizon", "emergency"),
            ("since", "2025-05-21"),
            ("plan", CANARY),
        ]);
        part::record::<Need>(&cx, id, &typed).await.expect("recorded");
        part::record::<Episode>(&cx, id, &Typed::of([("forms", "labour"), ("journey", CANARY)]))
            .await
            .expect("recorded");
        let typed = Typed::of([
            ("on", "2025-05-21"),
            ("minutes", "30"),
            ("kind", "chasing"),
            ("agency", "police"),
        ]);
        crate::time_entry::record(&cx, id, &typed).await.expect("recorded");
        for words in [
            CANARY,
            "canaria",
            "Birdie",
            "SC-7",
            "emergency",
            "chasing",
            "2025-05-21",
        ] {
            assert_eq!(stage.traces_of(words).await, Vec::<String>::new(), "{words}");
        }
        let before = audit::Entity::find().count(stage.db.reader()).await.expect("counted");
        open(&cx, id).await.expect("opened");
        let shown = audit::Entity::find()
            .filter(audit::Column::Action.eq(Action::ReadCase.code()))
            .filter(audit::Column::SubjectId.eq(id))
            .count(stage.db.reader())
            .await
            .expect("counted");
        assert!(shown >= 1);
        let after = audit::Entity::find().count(stage.db.reader()).await.expect("counted");
        assert_eq!(after - before, 2, "the case and the person");
    })
    .await;
}

#[tokio::test]
async fn the_list_puts_what_is_late_first_and_finds_a_name_a_nickname_or_a_reference() {
    on_both(async |stage| {
        let house = house(stage).await;
        let (cx, caseload) = (house.worker.cx(stage), Caseload::default());
        let calm = record(
            &cx,
            Record {
                contact: SafeContact {
                    channels: vec![Channel::Text],
                    confirmed_on: Some(Day::new(2025, 5, 31).expect("a day")),
                    ..SafeContact::none()
                },
                identity: Identity {
                    nickname: None,
                    ..identity("Zoë Specimen")
                },
                about: About {
                    reference: None,
                    ..input("").about
                },
                is_invented: true,
            },
        )
        .await
        .expect("recorded");
        // Nobody has gone through safe contact: late from the first day.
        let late = record(&cx, input("Ada Specimen")).await.expect("recorded");
        let all = found(stage, &house.worker, &caseload, Filter::default()).await;
        assert_eq!(names(&all), ["Ada Specimen", "Zoë Specimen"]);
        assert_eq!((all.n, all.n_late, all.n_soon), (2, 1, 0));
        let mine = tally(&cx).await.expect("counted");
        assert_eq!((mine.n_late, mine.n_soon), (1, 0));
        let search = async |words: &str| {
            let filter = Filter {
                words: words.to_owned(),
                ..Filter::default()
            };
            found(stage, &house.worker, &caseload, filter)
                .await
                .cases
                .into_iter()
                .map(|case| case.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(search("zoe").await, [calm]);
        assert_eq!(search("specimen birdie").await, [late]);
        assert_eq!(search("sc-7").await, [late]);
        assert_eq!(search("nobody").await, Vec::<Uuid>::new());
        // A new name is found at once, the old one no more.
        let change = Amend::Identity(identity("Renamed Person"));
        amend(&cx, late, change, 1).await.expect("amended");
        assert_eq!(search("renamed").await, [late]);
        assert_eq!(search("ada").await, Vec::<Uuid>::new());
        close(&cx, late).await.expect("closed");
        assert_eq!(search("renamed").await, [late], "closed, and found");
        let closed = Filter {
            is_closed: true,
            ..Filter::default()
        };
        let closed = found(stage, &house.worker, &caseload, closed).await;
        assert_eq!((closed.n, closed.n_late, closed.cases[0].clocks.len()), (1, 0, 0));
        reopen(&cx, late).await.expect("open again");
        assert_eq!(search("renamed").await, [late]);
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_in_memory_is_wiped_when_nobody_of_the_organisation_is_signed_in() {
    on_both(async |stage| {
        let house = house(stage).await;
        let caseload = Caseload::default();
        record(&house.worker.cx(stage), input(CANARY)).await.expect("recorded");
        found(stage, &house.worker, &caseload, Filter::default()).await;
        assert_eq!(caseload.len(), 1);
        let (secret, _) = cast::session(stage, &house.supervisor.0).await;
        caseload.sweep(&stage.db, stage.now).await.expect("swept");
        assert_eq!(caseload.len(), 1, "a colleague is signed in");
        access::session::close(&house.supervisor.cx(stage), &secret)
            .await
            .expect("signed out");
        caseload.sweep(&stage.db, stage.now).await.expect("swept");
        assert!(caseload.is_empty());
        // A session that ran out counts as none.
        found(stage, &house.worker, &caseload, Filter::default()).await;
        cast::session(stage, &house.worker.0).await;
        let later = Instant(stage.now.0).plus_seconds(access::session::IDLE_SECONDS + 60);
        caseload.sweep(&stage.db, later).await.expect("swept");
        assert!(caseload.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_member_without_the_key_sees_nothing_even_where_the_list_is_in_memory() {
    on_both(async |stage| {
        let house = house(stage).await;
        let caseload = Caseload::default();
        record(&house.worker.cx(stage), input(CANARY)).await.expect("recorded");
        found(stage, &house.supervisor, &caseload, Filter::default()).await;
        let third = house.manager.0.organisation.expect("an organisation");
        let newcomer = cast::member(stage, third, "newcomer", &[Role::Supervisor]).await;
        let newcomer = Keyed::of(stage, &newcomer).await;
        let answer = list(&newcomer.cx(stage), &caseload, &Filter::default()).await;
        assert!(matches!(answer, Err(AppError::Refused(_))));
        let without = Cx {
            key: None,
            ..house.supervisor.cx(stage)
        };
        assert!(matches!(
            list(&without, &caseload, &Filter::default()).await,
            Err(AppError::Refused(_))
        ));
    })
    .await;
}

#[tokio::test]
async fn of_two_who_amend_a_person_at_once_the_second_is_shown_the_first_ones_version() {
    on_both(async |stage| {
        let house = house(stage).await;
        let id = record(&house.worker.cx(stage), input(CANARY)).await.expect("recorded");
        let contact = SafeContact {
            channels: vec![Channel::Call],
            confirmed_on: Some(stage.now.day()),
            ..SafeContact::none()
        };
        amend(&house.worker.cx(stage), id, Amend::Contact(contact), 1)
            .await
            .expect("amended");
        let late = amend(&house.supervisor.cx(stage), id, Amend::Identity(identity("Other")), 1).await;
        assert!(matches!(late, Err(AppError::Conflict("person"))));
        let opened = open(&house.worker.cx(stage), id).await.expect("opened");
        assert_eq!(opened.contact, Contact::Safe(stage.now.day()));
        assert_eq!(opened.person.identity.name.0, CANARY, "the other half stays as it was");
        assert_eq!(opened.person_revision, 2);
    })
    .await;
}

#[tokio::test]
async fn a_double_click_records_one_person_and_support_does_not_begin_tomorrow() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = Cx {
            once: Some("token"),
            ..house.worker.cx(stage)
        };
        let id = record(&cx, input(CANARY)).await.expect("recorded");
        let again = record(&cx, input(CANARY)).await;
        assert!(matches!(again, Err(AppError::Repeated(Some(made))) if made == id));
        let n = support_case::Entity::find()
            .count(stage.db.reader())
            .await
            .expect("counted");
        assert_eq!(n, 1);
        assert_eq!(
            form_post::Entity::find()
                .count(stage.db.reader())
                .await
                .expect("counted"),
            1
        );
        let mut tomorrow = input("Other");
        tomorrow.about.opened_on = stage.now.day().plus_days(1);
        let answer = record(&house.worker.cx(stage), tomorrow).await;
        assert!(matches!(answer, Err(AppError::Invalid(errors)) if errors.get("opened_on").is_some()));
        // A cell that was left empty; and a person who was not born yet.
        for (opened_on, born) in [("1900-01-01", None), ("2000-05-20", PartDay::parse("2001"))] {
            let mut wrong = input("Other");
            wrong.about.opened_on = Day::parse(opened_on).expect("a day");
            wrong.identity.born = born;
            let answer = record(&house.worker.cx(stage), wrong).await;
            assert!(
                matches!(answer, Err(AppError::Invalid(errors)) if errors.get("opened_on").is_some()),
                "{opened_on}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_person_who_is_forgotten_is_gone_from_the_records_the_keys_and_the_memory() {
    on_both(async |stage| {
        let house = house(stage).await;
        let caseload = Caseload::default();
        let id = record(&house.worker.cx(stage), input(CANARY)).await.expect("recorded");
        record(&house.worker.cx(stage), input("Someone Else"))
            .await
            .expect("recorded");
        assert_eq!(found(stage, &house.worker, &caseload, Filter::default()).await.n, 2);
        assert!(matches!(
            forget(&house.worker.cx(stage), id).await,
            Err(AppError::Forbidden(_))
        ));
        forget(&house.supervisor.cx(stage), id).await.expect("forgotten");
        assert_eq!(
            names(&found(stage, &house.worker, &caseload, Filter::default()).await),
            ["Someone Else"]
        );
        assert_eq!(
            person::Entity::find().count(stage.db.reader()).await.expect("counted"),
            1
        );
        assert_eq!(
            event::Entity::find().count(stage.db.reader()).await.expect("counted"),
            0
        );
        assert_eq!(
            person_key::Entity::find()
                .count(stage.db.key_reader())
                .await
                .expect("counted"),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn an_erasure_that_was_cut_off_after_the_key_is_completed_at_the_next_start() {
    on_both(async |stage| {
        let house = house(stage).await;
        record(&house.worker.cx(stage), input(CANARY)).await.expect("recorded");
        let row = person::Entity::find()
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("a person");
        key::person::erase(&house.supervisor.cx(stage), row.organisation_id, &[row.person_key_id])
            .await
            .expect("erased");
        // Whoever looks meanwhile sees a list without them, and no fault.
        let caseload = Caseload::default();
        assert_eq!(found(stage, &house.worker, &caseload, Filter::default()).await.n, 0);
        complete(&stage.db).await.expect("completed");
        assert_eq!(
            support_case::Entity::find()
                .count(stage.db.reader())
                .await
                .expect("counted"),
            0
        );
    })
    .await;
}

#[tokio::test]
async fn keys_can_be_rotated_under_cases() {
    on_both(async |stage| {
        let house = house(stage).await;
        let caseload = Caseload::default();
        let id = record(&house.worker.cx(stage), input(CANARY)).await.expect("recorded");
        let third = house.manager.0.organisation.expect("an organisation").0;
        key::rotate(&house.manager.cx(stage), third, false)
            .await
            .expect("rotated");
        assert_eq!(
            key::reseal(&house.manager.cx(stage), third).await.expect("sealed anew"),
            0
        );
        let opened = open(&house.worker.cx(stage), id).await.expect("opened");
        assert_eq!(opened.status, None::<Status>);
        assert_eq!(found(stage, &house.worker, &caseload, Filter::default()).await.n, 1);
    })
    .await;
}
