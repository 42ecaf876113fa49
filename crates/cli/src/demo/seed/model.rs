//! Invented people and what happened to them, drawn from a model whose numbers stand here and nowhere else.
//! `docs/reference/demo-model.md` explains them. Nobody stands behind a case: names are put together from words that are no
//! names, and every number was made up.

mod child;
mod course;
#[cfg(test)]
mod figures;
mod help;
mod justice;
mod later;
#[cfg(test)]
mod tests;

use casework::background::Background;
use casework::case::About;
use casework::event::{What, what};
use casework::exploitation::Episode;
use casework::need::Need;
use casework::person::{Identity, SafeContact};
use casework::sheet::{Line, PartDay};
use casework::time_entry::Given;
use domain::Day;
use domain::casework::{
    Agency, Channel, Control, ExploitationForm, Gender, Horizon, Interpreting, Known, Nation, Purpose, Recruitment,
    RefusedBy, Route, Said, SaidBy, Sector, ServiceArea, TimeKind, Where, WhyRefused,
};
use domain::pack::codes::{EnglishRegion, LanguageGroup, NationalityGroup};

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

/// Groups of nationality of those whose country, which does not exist, says nothing of one.
const GROUPS: &[(NationalityGroup, u64)] = &[
    (NationalityGroup::Uk, 20),
    (NationalityGroup::Europe, 20),
    (NationalityGroup::EastAsia, 17),
    (NationalityGroup::Africa, 17),
    (NationalityGroup::Eu, 9),
    (NationalityGroup::SouthAsia, 8),
    (NationalityGroup::MiddleEast, 6),
];
const WHY_REFUSED: &[(WhyRefused, u64)] = &[
    (WhyRefused::Full, 44),
    (WhyRefused::NoRecourse, 18),
    (WhyRefused::Cooperation, 16),
    (WhyRefused::NotEligible, 14),
];
/// What unpaid time is given for, and whose duty it was.
const UNPAID: &[(TimeKind, u64)] = &[
    (TimeKind::Chasing, 38),
    (TimeKind::Statement, 22),
    (TimeKind::Accompanying, 16),
    (TimeKind::Interpreting, 12),
];
const DUTIES: &[(Agency, u64)] = &[
    (Agency::Ukvi, 38),
    (Agency::LocalAuthority, 26),
    (Agency::Police, 20),
    (Agency::Health, 9),
];
/// Those who come after a decision that affirmed conclusive grounds, of a hundred adults.
const CAME_DECIDED: u64 = 13;
/// Those who were first supported more than three years ago and went home, of a hundred.
const CAME_EARLIER: u64 = 7;

/// An invented person. The same number is the same person, whichever organisation knows them.
pub(super) struct Someone {
    pub(super) nation: Nation,
    pub(super) is_child: bool,
    /// Of this country: neither detained nor removed for want of a right to be in it.
    is_citizen: bool,
    group: NationalityGroup,
    has_disability: bool,
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

const fn yes(is: bool) -> Known {
    if is { Known::Yes } else { Known::No }
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
    // From a chance of its own, so that the people stay who they are.
    let mut beside = Chance(chance.0.rotate_left(23));
    let group = one_of(&mut beside, GROUPS, NationalityGroup::Elsewhere);
    Someone {
        nation,
        is_child,
        is_citizen: group == NationalityGroup::Uk,
        group,
        has_disability: beside.happens(24),
        form,
        region: (nation == Nation::England).then(|| one_of(&mut chance, REGIONS, EnglishRegion::London)),
        identity: Identity {
            name: Line(name),
            nickname: None,
            born,
            is_child: Some(yes(is_child)),
            age_disputed: (is_child && chance.happens(18)).then_some(Known::Yes),
            gender: Some(if is_woman { Gender::Female } else { Gender::Male }),
            nationality: Some(Line(format!("{country} (invented)"))),
            language: Some(Line(format!("The language of {country}"))),
            // Of an invented language nothing is known: the letters of its country decide.
            language_group: Some(LanguageGroup::ALL[country.len() % LanguageGroup::ALL.len()]),
            needs_interpreter: Some(yes(needs_interpreter)),
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
    pub(super) background: Vec<Background>,
    /// Unpaid time.
    pub(super) time: Vec<Given>,
}

/// How someone came to an organisation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    /// Before anything was decided.
    Undecided,
    /// After it was decided, elsewhere, that they are a victim.
    Decided,
    /// More than three years ago; they went home since.
    Earlier,
}

/// A case on its way.
struct Telling<'a> {
    chance: Chance,
    of: &'a Someone,
    today: Day,
    events: Vec<(Day, What)>,
    came: Came,
    opened_on: Day,
    /// When support ended, and whether anybody goes on recording what is still decided after that.
    ended_on: Option<Day>,
    is_followed: bool,
    /// Since when they are missing, where they are today.
    missing_on: Option<Day>,
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

    /// The same, of what may come after support has ended.
    fn later(&mut self, day: Day, what: What) -> bool {
        (self.is_followed || self.is_supported(day)) && self.on(day, what)
    }

    fn is_supported(&self, day: Day) -> bool {
        self.ended_on.is_none_or(|ended| day <= ended)
    }

    fn consent(&mut self, day: Day, purpose: Purpose, said: Said) {
        // In which language a referral was asked about is recorded more often than it is of other purposes.
        let is_own = purpose == Purpose::Referral && self.chance.happens(72);
        let said_by = if self.of.is_child {
            SaidBy::Guardian
        } else {
            SaidBy::Person
        };
        self.on(
            day,
            What::Consent(what::Consent {
                language: self.of.identity.language.clone().filter(|_| is_own),
                interpreting: (purpose == Purpose::Referral && !is_own).then_some(Interpreting::Missing),
                ..what::Consent::answer(purpose, said, said_by)
            }),
        );
    }
}

/// The case that an organisation has of someone. `salt` tells organisations apart: each meets the person on a day of its own.
pub(super) fn case(of: &Someone, salt: u64, today: Day) -> Drawn {
    let mut chance = Chance(of.chance ^ salt.wrapping_mul(0x9e37_79b9));
    let mut beside = Chance(chance.0.rotate_left(31));
    let came = if beside.happens(CAME_EARLIER) {
        Came::Earlier
    } else if !of.is_child && beside.happens(CAME_DECIDED) {
        Came::Decided
    } else {
        Came::Undecided
    };
    let opened_on = if came == Came::Earlier {
        today.plus_days(-1_290 - small(&mut chance, 700))
    } else {
        // From three and a half years ago to last week, a little more of late.
        let (one, other) = (small(&mut chance, 1_280), small(&mut chance, 1_280));
        today.plus_days(-7 - if chance.happens(30) { one.min(other) } else { one })
    };
    let mut telling = Telling {
        chance,
        of,
        today,
        events: Vec::new(),
        came,
        opened_on,
        ended_on: None,
        is_followed: beside.happens(70),
        missing_on: None,
    };
    story(&mut telling, opened_on);
    let needs = needs(&mut telling, opened_on);
    let time = (0..small(&mut telling.chance, 4))
        .map(|_| Given {
            on: opened_on.plus_days(small(&mut telling.chance, 300)).min(today),
            minutes: 15 * (1 + small(&mut telling.chance, 12).unsigned_abs()),
            kind: one_of(&mut telling.chance, UNPAID, TimeKind::Housing),
            agency: one_of(&mut telling.chance, DUTIES, Agency::Court),
            body: None,
        })
        .collect();
    let contact = contact(&mut telling, opened_on);
    let episodes = vec![episode(&mut telling, opened_on)];
    let background = background(&mut telling);
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
        background,
        time,
    }
}

/// Everything that happens, from the first day.
fn story(of: &mut Telling<'_>, opened_on: Day) {
    course::arrival(of, opened_on);
    help::first_months(of, opened_on);
    let led = if of.came == Came::Decided {
        course::decided(of, opened_on)
    } else {
        course::referral(of, opened_on).map_or_else(course::Led::default, |day| {
            child::guardian(of, day);
            course::decisions(of, day)
        })
    };
    child::known_before(of, opened_on);
    child::age_dispute(of, opened_on);
    course::missing(of, opened_on);
    course::leaving(of, opened_on, &led);
    help::outcomes(of, opened_on, of.ended_on);
    help::money(of, opened_on);
    if let Some(day) = led.positive_on {
        justice::detained(of, day);
        help::looked_back(of, day);
    }
    if let Some(day) = led.affirmed_on {
        later::permit(of, day);
    }
    justice::offender(of, opened_on);
    justice::witness(of, opened_on);
    justice::compensation(of, opened_on);
    justice::made_known(of, opened_on);
}

/// What is known of where someone comes from, for most.
fn background(of: &mut Telling<'_>) -> Vec<Background> {
    if !of.chance.happens(88) {
        return Vec::new();
    }
    let is_asked = of.chance.happens(82);
    vec![Background {
        born_in: None,
        nationality_group: Some(of.of.group),
        family: None,
        education: None,
        work: None,
        life: None,
        has_disability: is_asked.then_some(yes(of.of.has_disability)),
        disability: None,
        references: None,
    }]
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
                .map(|_| vec![one_of(&mut of.chance, WHY_REFUSED, WhyRefused::Other)])
                .unwrap_or_default(),
            known_from: None,
            certainty: None,
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
    let confirmed_on = of.today.plus_days(-ago);
    // Nobody goes through it with somebody who is missing.
    let last = of
        .missing_on
        .map_or(confirmed_on, |on| confirmed_on.min(on.plus_days(-1)));
    contact.confirmed_on = Some(last.max(opened_on));
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
        known_from: None,
        certainty: None,
    }
}
