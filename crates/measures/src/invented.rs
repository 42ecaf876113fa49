//! Rows invented from a seed: for tests and demonstrations, and so that somebody who changes a definition sees what it gives
//! without anybody’s case.

use std::fmt::Write as _;

use domain::pack::{Kind, Pack, Quarter};
use uuid::{Builder, Uuid};

use crate::rows::Rows;

/// Rows of so many cases that nobody has: each column is filled in at random, two times in three, and nothing is true of them
/// but that the pack takes them. The same seed gives the same rows.
///
/// # Panics
///
/// Never: what is written here is read by the same pack.
pub fn rows(pack: &Pack, cases: u64, seed: u64) -> Rows {
    let text = lines(pack, cases, 0, &mut Random(seed)).join("\n");
    crate::read::csv(pack, text.as_bytes()).expect("a test reads invented rows and finds no fault")
}

/// Random numbers of `SplitMix64` (G. L. Steele, D. Lea and C. H. Flood, OOPSLA 2014).
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// The id of a row, told apart by a number.
pub fn id(number: u64) -> Uuid {
    Builder::from_random_bytes(u128::from(number).to_be_bytes()).into_uuid()
}

/// Rows in which every column of the pack may stand, as lines of CSV, headings first. `from` is the number of the first
/// id. Quarters are of the year that the cycle is named after, if any.
///
/// # Panics
///
/// Never: the numbers drawn fit their columns.
pub fn lines(pack: &Pack, rows: u64, from: u64, random: &mut Random) -> Vec<String> {
    let named = pack.cycle.parse().ok();
    let year = named.filter(|year| (2000..2100).contains(year)).unwrap_or(2024_i16);
    let mut lines = vec!["row".to_owned()];
    for column in pack.schema.columns() {
        write!(lines[0], ",{}", column.name).expect("text grows");
    }
    for number in from..from + rows {
        let mut line = id(number).to_string();
        for column in pack.schema.columns() {
            line.push(',');
            // The quarters below are of one year, and that year is the period.
            if column.name.ends_with("_in_period") {
                line.push_str("yes");
                continue;
            }
            // A third is not known.
            if random.below(3) == 0 {
                continue;
            }
            let codes = pack.schema.codes(column);
            match column.kind {
                // A part is never above its whole when both are small and the whole is not below 3.
                Kind::Number { top, .. } => {
                    let is_whole = ["referral_requests", "weeks_due", "interviews", "measures_asked"]
                        .contains(&column.name.as_str());
                    let number = if is_whole { 3 + random.below(4) } else { random.below(4) };
                    // Half of the waits are short; the others go up to the top code, and some are cut there.
                    let number = if column.name.ends_with("_days") && random.below(2) == 0 {
                        random.below(u64::from(top) + 20).min(top.into())
                    } else {
                        number
                    };
                    write!(line, "{number}").expect("text grows");
                }
                Kind::Quarter => {
                    let month = 1 + 3 * i8::try_from(random.below(4)).expect("below 4");
                    let quarter = Quarter::of(year, month);
                    write!(line, "{}", quarter.expect("in range")).expect("text grows");
                }
                Kind::Code(_) | Kind::Flag => {
                    let place = random.below(codes.len() as u64);
                    line.push_str(&codes[usize::try_from(place).expect("below 100")].code);
                }
            }
        }
        lines.push(line);
    }
    lines
}
