//! Invented people and what happened to them, drawn from a model whose numbers stand here and nowhere else.
//! `docs/reference/demo-model.md` explains them. Nobody stands behind a case: names are put together from words that are no
//! names, and every number was made up.

mod course;
mod help;

use casework::case::About;
use casework::event::{What, what};
use casework::exploitation::Episode;
use casework::need::Need;
use casework::person::{Identity, SafeContact};
use casework::sheet::{Line, PartDay};
use domain::Day;
use domain::casework::{
    Agency, Channel, Control, ExploitationForm, Gender, Horizon, Known, Nation, Purpose, Recruitment, RefusedBy, Route,
    Said, SaidBy, Sector, ServiceArea, Where, WhyRefused,
};
use domain::pack::codes::{EnglishRegion, LanguageGroup};

use super::study::Chance;

/// Words that names are put together from.
const FIRST: &[&str] = &[
    "Sample",
    "Specimen",
    "Example",
    "Invented",
    "Mock",
    "Fictional",
    "Imaginary",
    "Pretend",
    "Madeup",
    "Model",
];
const SECOND: &[&str] = &[
    "Alder", "Birch", "Cedar", "Damson", "Elder", "Fennel", "Gorse", "Hazel", "Iris", "Juniper", "Kelp", "Laurel",
    "Maple", "Nettle", "Osier", "Poplar", "Quince", "Rowan", "Sorrel", "Tansy", "Umber", "Vetch", "Willow", "Yarrow",
];
const THIRD: &[&str] = &[
    "Amber",
    "Basalt",
    "Chalk",
    "Dolomite",
    "Emery",
    "Flint",
    "Granite",
    "Hornblende",
    "Ironstone",
    "Jasper",
    "Kaolin",
    "Limestone",
    "Marble",
    "Nickel",
    "Onyx",
    "Pumice",
    "Quartz",
    "Rhyolite",
    "Slate",
    "Topaz",
    "Umbrite",
    "Vermiculite",
    "Wolfram",
    "Zircon",
];
/// Countries that do not exist.
const COUNTRIES: &[&str] = &[
    "Examplia",
    "Specimenland",
    "Samplestan",
    "Mockovia",
    "Inventia",
    "Fictoria",
    "Testonia",
];

/// Chances in a hundred.
const IS_WOMAN: u64 = 38;
const IS_CHILD_OUTSIDE_THE_STUDY: u64 = 30;
const NATIONS: &[(Nation, u64)] = &[
    (Nation::England, 74),
    (Nation::Wales, 6),
    (Nation::Scotland, 12),
    (Nation::NorthernIreland, 8),
];
const REGIONS: &[(EnglishRegion, u64)] = &[
    (EnglishRegion::NorthWest, 18),
    (EnglishRegion::WestMidlands, 16),
    (EnglishRegion::Yorkshire, 14),
    (EnglishRegion::SouthEast, 12),
    (EnglishRegion::East, 10),
    (EnglishRegion::NorthEast, 6),
];
const FORMS: &[(ExploitationForm, u64)] = &[
    (ExploitationForm::Labour, 36),
    (ExploitationForm::Criminal, 28),
    (ExploitationForm::Sexual, 22),
    (ExploitationForm::Servitude, 9),
    (ExploitationForm::Fraud, 3),
    (ExploitationForm::Marriage, 2),
];
const SECTORS: &[(Sector, u64)] = &[
    (Sector::Agriculture, 30),
    (Sector::Construction, 25),
    (Sector::FoodProcessing, 25),
    (Sector::Fishing, 20),
];

/// An invented person. The same number is the same person, whichever organisation knows them.
pub(super) struct Someone {
    pub(super) nation: Nation,
    pub(super) is_child: bool,
    identity: Identity,
    /// Of England.
    region: Option<EnglishRegion>,
    form: ExploitationForm,
    chance: u64,
}

/// One of some answers, by its share of a hundred.
fn one_of<T: Copy>(chance: &mut Chance, shares: &[(T, u64)], otherwise: T) -> T {
    let mut left = chance.next() % 100;
    for (answer, share) in shares {
        match left.checked_sub(*share) {
            None => return *answer,
            Some(less) => left = less,
        }
    }
    otherwise
}

fn pick<T: Copy>(chance: &mut Chance, among: &[T], otherwise: T) -> T {
    let n = among.len().max(1) as u64;
    let at = usize::try_from(chance.next() % n).unwrap_or(0);
    among.get(at).copied().unwrap_or(otherwise)
}

fn small(chance: &mut Chance, n: u32) -> i32 {
    i32::try_from(chance.next() % u64::from(n.max(1))).unwrap_or(0)
}

/// Days that something takes: half of them under `median`, one in sixteen over four times as long. (A geometric series of
/// uniform stretches: plain, and with the long tail that waits have.)
fn wait(chance: &mut Chance, median: u32) -> i32 {
    let mut days = small(chance, median);
    while days < 8 * i32::try_from(median).unwrap_or(0) && chance.happens(50) {
        days += small(chance, median) + i32::try_from(median).unwrap_or(0) / 2;
    }
    days
}

/// The person of a number. `in_study`: the people of the list study are adults.
pub(super) fn someone(seed: u64, number: u32, in_study: bool, today: Day) -> Someone {
    let mut chance = Chance(seed ^ (u64::from(number) << 20));
    let name = format!(
        "{} {} {}",
        pick(&mut chance, FIRST, "Sample"),
        pick(&mut chance, SECOND, "Alder"),
        pick(&mut chance, THIRD, "Amber"),
    );
    let is_child = !in_study && chance.happens(IS_CHILD_OUTSIDE_THE_STUDY);
    let age = if is_child {
        12 + small(&mut chance, 5)
    } else {
        22 + small(&mut chance, 20) + small(&mut chance, 16)
    };
    let is_woman = chance.happens(IS_WOMAN);
    let born = PartDay::new(today.year() - i16::try_from(age).unwrap_or(30), None, None);
    let country = pick(&mut chance, COUNTRIES, "Examplia");
    let needs_interpreter = chance.happens(55);
    let nation = one_of(&mut chance, NATIONS, Nation::England);
    let form = one_of(&mut chance, FORMS, ExploitationForm::Other);
    let yes_or_no = |is: bool| if is { Known::Yes } else { Known::No };
    Someone {
        nation,
        is_child,
        form,
        region: (nation == Nation::England).then(|| one_of(&mut chance, REGIONS, EnglishRegion::London)),
        identity: Identity {
            name: Line(name),
            nickname: None,
            born,
            is_child: Some(yes_or_no(is_child)),
            age_disputed: (is_child && chance.happens(18)).then_some(Known::Yes),
            gender: Some(if is_woman { Gender::Female } else { Gender::Male }),
            nationality: Some(Line(format!("{country} (invented)"))),
            language: Some(Line(format!("The language of {country}"))),
            // Of an invented language nothing is known: the letters of its country decide.
            language_group: Some(LanguageGroup::ALL[country.len() % LanguageGroup::ALL.len()]),
            needs_interpreter: Some(yes_or_no(needs_interpreter)),
            communication: None,
            children: chance.happens(20).then(|| 1 + small(&mut chance, 3).unsigned_abs()),
            place: None,
            references: None,
        },
        chance: chance.next(),
    }
}

/// What one organisation knows of someone: what happened on which day, what they need, what was done to them.
pub(super) struct Drawn {
    pub(super) identity: Identity,
    pub(super) contact: SafeContact,
    pub(super) about: About,
    pub(super) events: Vec<(Day, What)>,
    pub(super) needs: Vec<Need>,
    pub(super) episodes: Vec<Episode>,
    /// Minutes of unpaid time, each with its day.
    pub(super) time: Vec<(Day, u32)>,
}

/// A case on its way.
struct Telling<'a> {
    chance: Chance,
    of: &'a Someone,
    today: Day,
    events: Vec<(Day, What)>,
}

impl Telling<'_> {
    /// Tells that something happened, unless the day is still to come; says whether it has.
    fn on(&mut self, day: Day, what: What) -> bool {
        let has = day <= self.today;
        if has {
            self.events.push((day, what));
        }
        has
    }

    fn consent(&mut self, day: Day, purpose: Purpose, said: Said) {
        let said_by = if self.of.is_child {
            SaidBy::Guardian
        } else {
            SaidBy::Person
        };
        self.on(
            day,
            What::Consent(what::Consent {
                purpose,
                said,
                said_by,
                to_whom: None,
                parts: Vec::new(),
                language: None,
                interpreting: None,
                wording: None,
            }),
        );
    }
}

/// The case that an organisation has of someone. `salt` tells organisations apart: each meets the person on a day of its own.
pub(super) fn case(of: &Someone, salt: u64, today: Day) -> Drawn {
    let mut chance = Chance(of.chance ^ salt.wrapping_mul(0x9e37_79b9));
    // From three and a half years ago to last week, a little more of late.
    let (one, other) = (small(&mut chance, 1_280), small(&mut chance, 1_280));
    let opened_on = today.plus_days(-7 - if chance.happens(30) { one.min(other) } else { one });
    let mut telling = Telling {
        chance,
        of,
        today,
        events: Vec::new(),
    };
    course::arrival(&mut telling, opened_on);
    help::first_months(&mut telling, opened_on);
    let led = course::referral(&mut telling, opened_on).map_or_else(course::Led::default, |day| {
        help::guardian(&mut telling, day);
        course::decisions(&mut telling, day)
    });
    if let Some(day) = led.affirmed_on {
        help::permit(&mut telling, day);
    }
    course::missing(&mut telling, opened_on);
    let ended_on = course::leaving(&mut telling, opened_on, &led);
    help::outcomes(&mut telling, opened_on, ended_on);
    let needs = needs(&mut telling, opened_on);
    let time = (0..small(&mut telling.chance, 4))
        .map(|_| {
            let day = opened_on.plus_days(small(&mut telling.chance, 300)).min(today);
            (day, 15 * (1 + small(&mut telling.chance, 12).unsigned_abs()))
        })
        .collect();
    let contact = contact(&mut telling, opened_on);
    let episodes = vec![episode(&mut telling, opened_on)];
    let mut events = telling.events;
    events.sort_by_key(|(day, _)| *day);
    Drawn {
        identity: of.identity.clone(),
        contact,
        about: About {
            opened_on,
            nation: of.nation,
            came_from: Some(pick(
                &mut telling.chance,
                &[
                    Agency::Police,
                    Agency::LocalAuthority,
                    Agency::OtherNgo,
                    Agency::Health,
                    Agency::Themselves,
                ],
                Agency::Other,
            )),
            english_region: of.region,
            region: None,
            reference: None,
        },
        events,
        needs,
        episodes,
        time,
    }
}

fn needs(of: &mut Telling<'_>, opened_on: Day) -> Vec<Need> {
    let mut needs = Vec::new();
    for _ in 0..small(&mut of.chance, 4) {
        let area = pick(
            &mut of.chance,
            &[
                ServiceArea::Housing,
                ServiceArea::Legal,
                ServiceArea::Counselling,
                ServiceArea::Medical,
                ServiceArea::Financial,
                ServiceArea::Interpretation,
                ServiceArea::Education,
            ],
            ServiceArea::Housing,
        );
        let since = opened_on.plus_days(small(&mut of.chance, 40)).min(of.today);
        let past = |day: Day| (day <= of.today).then_some(day);
        let days = wait(&mut of.chance, 25);
        let (is_refused, is_offered) = (of.chance.happens(12), of.chance.happens(75));
        let at = past(since.plus_days(days));
        let is_emergency = of.chance.happens(40);
        needs.push(Need {
            area,
            horizon: if is_emergency {
                Horizon::Emergency
            } else {
                Horizon::LongTerm
            },
            since,
            plan: None,
            provider: None,
            offered_on: at.filter(|_| is_offered && !is_refused),
            started_on: at.filter(|_| is_offered && !is_refused),
            ended_on: None,
            suitability: None,
            refused_on: at.filter(|_| is_refused),
            refused_by: at.filter(|_| is_refused).map(|_| RefusedBy::Authority),
            why_refused: at
                .filter(|_| is_refused)
                .map(|_| vec![WhyRefused::Full])
                .unwrap_or_default(),
        });
    }
    needs
}

/// Gone through in the last four weeks with most, too long ago with some, not yet with a few who have just come.
fn contact(of: &mut Telling<'_>, opened_on: Day) -> SafeContact {
    let mut contact = SafeContact::none();
    if of.chance.happens(20) && opened_on.days_until(of.today) < 30 {
        return contact;
    }
    contact.channels = vec![pick(
        &mut of.chance,
        &[Channel::Call, Channel::Text, Channel::App, Channel::InPerson],
        Channel::Call,
    )];
    let ago = if of.chance.happens(93) {
        1 + small(&mut of.chance, 27)
    } else {
        29 + small(&mut of.chance, 40)
    };
    contact.confirmed_on = Some(of.today.plus_days(-ago).max(opened_on));
    contact
}

fn episode(of: &mut Telling<'_>, opened_on: Day) -> Episode {
    let ended = opened_on.plus_days(-small(&mut of.chance, 400));
    let began = ended.plus_days(-60 - small(&mut of.chance, 1_200));
    let month = |day: Day| PartDay::new(day.year(), Some(day.month()), None);
    let is_abroad = of.chance.happens(15);
    let is_labour = of.of.form == ExploitationForm::Labour;
    Episode {
        forms: vec![of.of.form],
        began: month(began),
        ended: month(ended),
        goes_on: Some(Known::No),
        was_child: Some(if of.of.is_child { Known::Yes } else { Known::No }),
        place: Some(if is_abroad { Where::Both } else { Where::Uk }),
        places: None,
        route: Some(one_of(
            &mut of.chance,
            &[(Route::Into, 64), (Route::Within, 28)],
            Route::NotMoved,
        )),
        journey: None,
        sectors: if is_labour {
            vec![one_of(&mut of.chance, SECTORS, Sector::Agriculture)]
        } else {
            Vec::new()
        },
        recruitment: vec![pick(
            &mut of.chance,
            &[
                Recruitment::Friend,
                Recruitment::Employer,
                Recruitment::Family,
                Recruitment::Partner,
            ],
            Recruitment::Friend,
        )],
        controls: vec![pick(
            &mut of.chance,
            &[
                Control::Threats,
                Control::ThreatsToFamily,
                Control::ThreatOfAuthorities,
                Control::PhysicalAbuse,
            ],
            Control::Threats,
        )],
        had_to_do: None,
        conditions: None,
        leaving: None,
        exploiters: None,
        others: None,
        contact: None,
    }
}

#[cfg(test)]
mod tests {
    use casework::clock::{self, Nearness};
    use casework::event::{Entry, Event, History};
    use casework::person::GoneThrough;
    use domain::casework::{AnsweredBy, OutcomePoint};

    use super::*;

    const TODAY: &str = "2026-11-24";

    #[test]
    fn the_same_number_is_the_same_person_and_meets_each_organisation_on_a_day_of_its_own() {
        let today = Day::parse(TODAY).expect("a day");
        let (one, again) = (someone(1, 7, true, today), someone(1, 7, true, today));
        assert_eq!(one.identity, again.identity);
        let opened: Vec<Day> = [1, 2, 1].map(|salt| case(&one, salt, today).about.opened_on).into();
        assert_eq!(opened[0], opened[2]);
        assert_ne!(opened[0], opened[1]);
    }

    #[test]
    fn nothing_happens_before_support_begins_or_after_today() {
        let today = Day::parse(TODAY).expect("a day");
        for number in 0..400 {
            let drawn = case(&someone(1, number, false, today), 3, today);
            let all = drawn.events.iter().map(|(day, _)| *day);
            assert!(
                all.clone().all(|day| day <= today && day >= drawn.about.opened_on),
                "{number}"
            );
            assert!(drawn.needs.iter().all(|need| need.since <= today));
        }
    }

    #[test]
    fn most_of_a_caseload_is_in_order_some_is_due_and_some_is_late() {
        let today = Day::parse(TODAY).expect("a day");
        let (mut late, mut soon, mut open) = (0, 0, 0);
        for number in 0..2_000 {
            let someone = someone(1, number, number % 4 != 0, today);
            let drawn = case(&someone, 3, today);
            let events = drawn.events.into_iter().zip(0_u32..).map(|((on, what), nth)| Event {
                id: uuid::Uuid::from_u128(nth.into()),
                entry: Entry {
                    on,
                    what,
                    note: String::new(),
                    supersedes: None,
                    by: uuid::Uuid::nil(),
                    at: domain::Instant(nth.into()),
                },
            });
            let history = History::new(events.collect());
            let has_left = |event: &Event| matches!(event.entry.what, What::Exit(_));
            if history.standing().any(has_left) {
                continue;
            }
            let setting = clock::Setting {
                nation: drawn.about.nation,
                opened_on: drawn.about.opened_on,
                gone_through: drawn.contact.confirmed_on.map_or(GoneThrough::Never, GoneThrough::Safe),
                is_minor: someone.is_child,
            };
            open += 1;
            match clock::nearness(clock::next_due(&clock::running(&history, setting), today), today) {
                Nearness::Late => late += 1,
                Nearness::Soon => soon += 1,
                Nearness::Later | Nearness::Never => {}
            }
        }
        let of_a_hundred = |n: i32| n * 100 / open;
        let said = format!("{late} late and {soon} due soon of {open} open");
        assert!((15..=45).contains(&(open / 20)), "{said}");
        assert!((15..=35).contains(&of_a_hundred(late)), "{said}");
        assert!((12..=40).contains(&of_a_hundred(soon)), "{said}");
    }

    #[test]
    fn outcomes_are_gone_through_with_most_and_missing_for_some() {
        let today = Day::parse(TODAY).expect("a day");
        let (mut due, mut told, mut nobody) = (0, 0, 0);
        for number in 0..1_000 {
            let drawn = case(&someone(1, number, true, today), 3, today);
            due += usize::from(drawn.about.opened_on.plus_months(13) <= today);
            for (_, what) in &drawn.events {
                let What::Outcomes(sheet) = what else { continue };
                if sheet.point == OutcomePoint::Month12 && drawn.about.opened_on.plus_months(13) <= today {
                    told += 1;
                    nobody += usize::from(sheet.answered_by == AnsweredBy::Nobody);
                }
            }
        }
        let said = format!("{told} of {due}, {nobody} of them not reached");
        assert!(told * 100 / due > 60 && told < due, "{said}");
        assert!(nobody * 100 / told > 15 && nobody * 100 / told < 50, "{said}");
    }

    #[test]
    fn enough_agree_to_be_counted() {
        let today = Day::parse(TODAY).expect("a day");
        let n = (0..500)
            .filter(|number| {
                let drawn = case(&someone(1, *number, true, today), 3, today);
                let last = drawn.events.iter().rev().find_map(|(_, what)| match what {
                    What::Consent(sheet) if sheet.purpose == Purpose::Monitoring => Some(sheet.said),
                    _ => None,
                });
                last == Some(Said::Given)
            })
            .count();
        assert!((330..430).contains(&n), "{n} of 500");
    }
}
