//! Invented people on overlapping lists, written with the mistakes that clerks make.
//!
//! Names are made of syllables and are nobody's; they are as unequally common as real ones (Zipf).

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

/// Given name, family name, date of birth, sex, nationality, place.
pub(crate) type Person = [String; 6];

/// Where people and mistakes come from.
pub(crate) struct World {
    chance: ChaCha8Rng,
    given: [Names; 2],
    family: Names,
    nationality: Names,
    place: Names,
}

/// Names, the commonest first, with the sums of their shares.
struct Names {
    names: Vec<String>,
    sums: Vec<f64>,
}

impl Names {
    fn new(names: Vec<String>, flatness: f64) -> Self {
        let mut sum = 0.0;
        let mut sums = Vec::new();
        for rank in 0..names.len() {
            sum += 1.0 / (rank as f64 + flatness);
            sums.push(sum);
        }
        Self { names, sums }
    }

    fn draw(&self, chance: &mut ChaCha8Rng) -> String {
        let at = chance.random::<f64>() * self.sums[self.sums.len() - 1];
        let rank = self.sums.partition_point(|sum| *sum < at);
        self.names[rank.min(self.names.len() - 1)].clone()
    }
}

/// Names of a few syllables, none twice.
fn syllables(n: usize, least: usize, most: usize, chance: &mut ChaCha8Rng) -> Vec<String> {
    const BEGINNINGS: [&str; 20] = [
        "b", "br", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v", "w", "z",
    ];
    const MIDDLES: [&str; 8] = ["a", "e", "i", "o", "u", "ai", "ou", "ie"];
    const ENDS: [&str; 8] = ["", "", "n", "r", "l", "s", "m", "t"];
    let mut names: Vec<String> = Vec::with_capacity(n);
    while names.len() < n {
        let mut name = String::new();
        for _ in 0..chance.random_range(least..=most) {
            name += BEGINNINGS[chance.random_range(0..BEGINNINGS.len())];
            name += MIDDLES[chance.random_range(0..MIDDLES.len())];
            name += ENDS[chance.random_range(0..ENDS.len())];
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let given = [0, 1].map(|_| Names::new(syllables(400, 2, 3, &mut chance), 5.0));
        let family = Names::new(syllables(3000, 2, 4, &mut chance), 20.0);
        let nationality = Names::new(syllables(20, 3, 4, &mut chance), 2.0);
        let place = Names::new((0..200).map(|number| format!("town {number:03}")).collect(), 3.0);
        Self {
            chance,
            given,
            family,
            nationality,
            place,
        }
    }

    pub(crate) fn person(&mut self) -> Person {
        let sex = usize::from(self.chance.random::<f64>() < 0.4);
        let year = 1955 + (self.chance.random_range(0..28) + self.chance.random_range(0..28));
        let (month, day) = (self.chance.random_range(1..=12), self.chance.random_range(1..=28));
        [
            self.given[sex].draw(&mut self.chance),
            self.family.draw(&mut self.chance),
            format!("{year}-{month:02}-{day:02}"),
            ["f", "m"][sex].to_owned(),
            self.nationality.draw(&mut self.chance),
            self.place.draw(&mut self.chance),
        ]
    }

    fn typo(&mut self, word: &str) -> String {
        let mut letters: Vec<char> = word.chars().collect();
        if letters.len() < 2 {
            return word.to_owned();
        }
        let at = self.chance.random_range(0..letters.len());
        let letter = char::from(self.chance.random_range(b'a'..=b'z'));
        match self.chance.random_range(0..4) {
            0 => letters.insert(at, letter),
            1 => drop(letters.remove(at)),
            2 => letters[at] = letter,
            _ => letters.swap(at.min(word.len() - 2), at.min(word.len() - 2) + 1),
        }
        letters.into_iter().collect()
    }

    /// The same person as another clerk writes them.
    pub(crate) fn written_again(&mut self, person: &Person) -> Person {
        let mut person = person.clone();
        for name in &mut person[..2] {
            let chance: f64 = self.chance.random();
            if chance < 0.18 {
                *name = self.typo(name);
            } else if chance < 0.2 {
                let once = self.typo(name);
                *name = self.typo(&once);
            }
        }
        if self.chance.random::<f64>() < 0.03 {
            person.swap(0, 1);
        }
        if self.chance.random::<f64>() < 0.03 {
            person[1] = self.family.draw(&mut self.chance);
        }
        let parts: Vec<String> = person[2].split('-').map(str::to_owned).collect();
        let (year, month, day) = (parts[0].parse::<i32>().expect("a year"), &parts[1], &parts[2]);
        let chance: f64 = self.chance.random();
        person[2] = match chance {
            chance if chance < 0.05 => String::new(),
            chance if chance < 0.08 && day.parse::<u8>().expect("a day") <= 12 => format!("{year}-{day}-{month}"),
            chance if chance < 0.12 => format!("{}-{month}-{day}", year + if chance < 0.1 { 1 } else { -1 }),
            chance if chance < 0.16 => format!("{year}-01-01"),
            _ => person[2].clone(),
        };
        if self.chance.random::<f64>() < 0.02 {
            person[4] = String::new();
        }
        if self.chance.random::<f64>() < 0.3 {
            person[5] = self.place.draw(&mut self.chance);
        } else if self.chance.random::<f64>() < 0.08 {
            person[5] = String::new();
        }
        person
    }

    /// Lists of people drawn from `total`: each stands on list `i` with chance `shares[i]`. Gives the rows of each list with
    /// the number of the person in each row.
    pub(crate) fn lists(&mut self, total: usize, shares: &[f64]) -> Vec<(Vec<Vec<String>>, Vec<usize>)> {
        let people: Vec<Person> = (0..total).map(|_| self.person()).collect();
        shares
            .iter()
            .map(|share| {
                let (mut rows, mut who) = (Vec::new(), Vec::new());
                for (number, person) in people.iter().enumerate() {
                    if self.chance.random::<f64>() < *share {
                        rows.push(self.written_again(person).to_vec());
                        who.push(number);
                    }
                }
                (rows, who)
            })
            .collect()
    }
}
