//! The coded schema: which columns a row of a case may have, what each means and which values it takes.
//!
//! A row is wide: one case, one value for each column, or none where it is not known. Nothing in a row is free text, a
//! day, a place smaller than a region or an age: durations are counted where the case is kept, ages stand in bands,
//! dates in quarters.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::codes::YesNo;
use super::contribution::Value;
use super::lists;

/// The schema that the program ships.
const SHIPPED: &str = include_str!("../../../../standards/pack/schema.toml");
/// Where it lies, for messages.
const SHIPPED_FILE: &str = "standards/pack/schema.toml";

/// The column of the random row id. Only who sends a row can tie it to a person.
pub const ROW: &str = "row";

/// The most codes that a list may have.
pub const MOST_CODES: usize = 100;
/// The highest top code of hours, days, weeks, months and counts.
pub const HIGHEST_TOP: u32 = 10_000;
/// The highest top code of money, in pounds.
pub const HIGHEST_MONEY: u32 = 10_000_000;

/// What a number in a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Days of the calendar.
    Days,
    /// Working days, by the calendar of the case's nation.
    WorkingDays,
    /// Whole hours.
    Hours,
    /// Whole weeks.
    Weeks,
    /// Whole months.
    Months,
    /// How often, or how many.
    Count,
    /// Whole pounds.
    Money,
}

impl Unit {
    /// As it is read after a number.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::WorkingDays => "working days",
            Self::Hours => "hours",
            Self::Weeks => "weeks",
            Self::Months => "months",
            Self::Count => "times",
            Self::Money => "pounds",
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// One code of the list with this name.
    Code(String),
    /// `yes` or `no`.
    Flag,
    /// A whole number from 0 to the top code. What is higher is given as the top code, so that nobody stands out by it.
    Number {
        /// What it counts.
        unit: Unit,
        /// The highest number that is given.
        top: u32,
    },
    /// A quarter of a year, such as `2026-Q1`.
    Quarter,
}

/// A column of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Column {
    /// Lower-case letters, digits and `_`.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// A few words that can stand in a sentence: “decision on reasonable grounds”.
    pub label: String,
    /// What it means and how it is found from a case.
    pub words: String,
    /// The fields of a case that it comes from.
    pub from: String,
    /// The code under which indicators ask to be broken down by it; empty where none does.
    pub breakdown: String,
}

/// A column as a file holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    top: Option<u32>,
    label: String,
    words: String,
    from: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    breakdown: String,
}

impl TryFrom<Written> for Column {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let unit = match written.kind.as_str() {
            "code" | "flag" | "quarter" => None,
            "days" => Some(Unit::Days),
            "working_days" => Some(Unit::WorkingDays),
            "hours" => Some(Unit::Hours),
            "weeks" => Some(Unit::Weeks),
            "months" => Some(Unit::Months),
            "count" => Some(Unit::Count),
            "money" => Some(Unit::Money),
            other => {
                return Err(format!(
                    "column {}: “{other}” is no kind; use code, flag, quarter, hours, days, working_days, weeks, months, count or money",
                    written.name
                ));
            }
        };
        let kind = match (written.kind.as_str(), unit, written.list, written.top) {
            ("code", _, Some(list), None) => Kind::Code(list),
            ("flag", _, None, None) => Kind::Flag,
            ("quarter", _, None, None) => Kind::Quarter,
            (_, Some(unit), None, Some(top)) => Kind::Number { unit, top },
            ("code", ..) => {
                return Err(format!(
                    "column {}: a code has a `list` and no `top`; name its list",
                    written.name
                ));
            }
            (_, Some(_), ..) => {
                return Err(format!(
                    "column {}: a number has a `top` and no `list`; say the highest number that is given",
                    written.name
                ));
            }
            _ => {
                return Err(format!(
                    "column {}: a {} has neither `list` nor `top`; remove it",
                    written.name, written.kind
                ));
            }
        };
        Ok(Self {
            name: written.name,
            kind,
            label: written.label,
            words: written.words,
            from: written.from,
            breakdown: written.breakdown,
        })
    }
}

impl From<Column> for Written {
    fn from(column: Column) -> Self {
        let (kind, list, top) = match column.kind {
            Kind::Code(list) => ("code", Some(list), None),
            Kind::Flag => ("flag", None, None),
            Kind::Quarter => ("quarter", None, None),
            Kind::Number { unit, top } => (
                match unit {
                    Unit::Days => "days",
                    Unit::WorkingDays => "working_days",
                    Unit::Hours => "hours",
                    Unit::Weeks => "weeks",
                    Unit::Months => "months",
                    Unit::Count => "count",
                    Unit::Money => "money",
                },
                None,
                Some(top),
            ),
        };
        Self {
            name: column.name,
            kind: kind.to_owned(),
            list,
            top,
            label: column.label,
            words: column.words,
            from: column.from,
            breakdown: column.breakdown,
        }
    }
}

/// A code and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// What is written.
    pub code: String,
    /// What is read.
    pub words: String,
}

/// A code that says less than those of its list: it stands for several of them, and nobody can tell for which. It is put in
/// their place where a case could be told apart by one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wider {
    /// What is written.
    pub code: String,
    /// What is read.
    pub words: String,
    /// The codes of the list that it stands for.
    pub parts: Vec<String>,
}

/// A closed list of codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeList {
    /// What columns call it.
    pub name: String,
    /// In the order people expect to read them.
    pub codes: Vec<Code>,
    /// Codes that say less.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wider: Vec<Wider>,
}

/// Columns and the lists they use. Made by [`Schema::new`], so its parts always fit each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Schema {
    columns: Vec<Column>,
    lists: Vec<CodeList>,
    /// `yes` and `no`, which every flag takes.
    flag: Vec<Code>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    columns: Vec<Column>,
    lists: Vec<CodeList>,
}

impl TryFrom<Parts> for Schema {
    type Error = SchemaFault;

    fn try_from(parts: Parts) -> Result<Self, SchemaFault> {
        Self::new(parts.columns, parts.lists)
    }
}

impl From<Schema> for Parts {
    fn from(schema: Schema) -> Self {
        Self {
            columns: schema.columns,
            lists: schema.lists,
        }
    }
}

/// What is wrong with a schema: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}; {remedy}")]
pub struct SchemaFault {
    /// The file, column or list.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

fn fault(place: impl fmt::Display, what: impl fmt::Display, remedy: impl fmt::Display) -> SchemaFault {
    SchemaFault {
        place: place.to_string(),
        what: what.to_string(),
        remedy: remedy.to_string(),
    }
}

impl Schema {
    /// Puts columns and lists together.
    ///
    /// # Errors
    ///
    /// The first column or list that is named twice, badly named, of no use or out of range, or that names a list that
    /// is not there.
    pub fn new(columns: Vec<Column>, lists: Vec<CodeList>) -> Result<Self, SchemaFault> {
        let mut names = HashSet::from([ROW]);
        for list in &lists {
            let place = format!("list {}", list.name);
            check_name(&place, &list.name)?;
            if lists.iter().filter(|other| other.name == list.name).count() > 1 {
                return Err(fault(place, "it stands there twice", "keep one"));
            }
            if list.codes.is_empty() || list.codes.len() > MOST_CODES {
                return Err(fault(
                    place,
                    format!("it has {} codes", list.codes.len()),
                    format!("a list has 1 to {MOST_CODES}"),
                ));
            }
            let mut codes = HashSet::new();
            for code in &list.codes {
                check_name(&format!("{place}, code {}", code.code), &code.code)?;
                if !codes.insert(&code.code) {
                    return Err(fault(
                        place,
                        format!("the code {} is twice in it", code.code),
                        "keep one",
                    ));
                }
            }
            for wide in &list.wider {
                check_wider(list, wide)?;
            }
        }
        for column in &columns {
            let place = format!("column {}", column.name);
            check_name(&place, &column.name)?;
            if !names.insert(&column.name) {
                return Err(fault(place, "the name is taken", "give each column a name of its own"));
            }
            if column.label.trim().is_empty() || column.words.trim().is_empty() {
                return Err(fault(place, "nothing says what it means", "write `label` and `words`"));
            }
            match &column.kind {
                Kind::Code(name) if !lists.iter().any(|list| list.name == *name) => {
                    let known: Vec<&str> = lists.iter().map(|list| list.name.as_str()).collect();
                    return Err(fault(
                        place,
                        format!("there is no list {name}"),
                        format!("use one of: {}", known.join(", ")),
                    ));
                }
                Kind::Number { unit, top } => {
                    let highest = if *unit == Unit::Money {
                        HIGHEST_MONEY
                    } else {
                        HIGHEST_TOP
                    };
                    if *top == 0 || *top > highest {
                        return Err(fault(
                            place,
                            format!("its top code is {top}"),
                            format!("choose one from 1 to {highest}"),
                        ));
                    }
                }
                _ => {}
            }
        }
        let flag = YesNo::choices()
            .into_iter()
            .map(|(code, words)| Code {
                code: code.to_owned(),
                words: words.to_owned(),
            })
            .collect();
        Ok(Self { columns, lists, flag })
    }

    /// Reads the columns of a schema from TOML; code lists are the program's own. `file` is named in faults.
    ///
    /// # Errors
    ///
    /// The first fault, as [`Schema::new`] finds it, or what TOML's reader says with its line.
    pub fn read(file: &str, text: &str) -> Result<Self, SchemaFault> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            column: Vec<Column>,
        }
        let read: File =
            toml::from_str(text).map_err(|error| fault(file, error.to_string().trim(), "correct that line"))?;
        Self::new(read.column, lists::shipped()).map_err(|found| SchemaFault {
            place: format!("{file}, {}", found.place),
            ..found
        })
    }

    /// The schema that the program carries: `standards/pack/schema.toml`.
    ///
    /// # Panics
    ///
    /// Never, as long as the test that reads the shipped file passes.
    pub fn shipped() -> Self {
        // Pages ask for it each time they are shown: it is read once.
        static READ: LazyLock<Schema> = LazyLock::new(|| {
            Schema::read(SHIPPED_FILE, SHIPPED).expect("a test reads the shipped schema and finds no fault")
        });
        READ.clone()
    }

    /// Every column, in the order of the file. The row id is not among them.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Every list of codes.
    pub fn lists(&self) -> &[CodeList] {
        &self.lists
    }

    /// The column with this name, and its place.
    pub fn column(&self, name: &str) -> Option<(usize, &Column)> {
        self.columns.iter().enumerate().find(|(_, column)| column.name == name)
    }

    /// The codes that a column takes; empty for numbers and quarters.
    pub fn codes(&self, column: &Column) -> &[Code] {
        match &column.kind {
            Kind::Code(name) => self
                .lists
                .iter()
                .find(|list| list.name == *name)
                .map_or(&[], |list| &list.codes),
            Kind::Flag => &self.flag,
            Kind::Number { .. } | Kind::Quarter => &[],
        }
    }

    /// The codes that say less, which a column takes beside [`Schema::codes`]; empty for all but a few lists.
    pub fn wider(&self, column: &Column) -> &[Wider] {
        let Kind::Code(name) = &column.kind else { return &[] };
        let list = self.lists.iter().find(|list| list.name == *name);
        list.map_or(&[], |list| &list.wider)
    }

    /// What says less in the place of a value: a wider code, or of a quarter its year. `None` where there is nothing.
    pub fn widened(&self, column: &str, value: &Value) -> Option<Value> {
        let (_, column) = self.column(column)?;
        let Value::Code(code) = value else { return None };
        if column.kind == Kind::Quarter {
            return Quarter::parse(code).map(|quarter| Value::Code(quarter.year().to_string()));
        }
        let wide = self.wider(column).iter().find(|wide| wide.parts.contains(code))?;
        Some(Value::Code(wide.code.clone()))
    }
}

fn check_wider(list: &CodeList, wide: &Wider) -> Result<(), SchemaFault> {
    let place = format!("list {}, wider code {}", list.name, wide.code);
    check_name(&place, &wide.code)?;
    let named = list.wider.iter().filter(|other| other.code == wide.code).count();
    if named > 1 || list.codes.iter().any(|code| code.code == wide.code) {
        return Err(fault(place, "the code is twice in the list", "keep one"));
    }
    let is_known = |part: &String| list.codes.iter().any(|code| code.code == *part);
    let n_wide = |part: &String| list.wider.iter().filter(|other| other.parts.contains(part)).count();
    if wide.parts.len() < 2 || !wide.parts.iter().all(|part| is_known(part) && n_wide(part) == 1) {
        return Err(fault(
            place,
            "it stands for fewer than two codes, or for one that the list has not, or that another wider code stands for",
            "name two codes of the list or more, each under one wider code",
        ));
    }
    if list.codes.len() + list.wider.len() > MOST_CODES {
        return Err(fault(
            place,
            "the list has too many codes",
            format!("a list has 1 to {MOST_CODES}"),
        ));
    }
    Ok(())
}

fn check_name(place: &str, name: &str) -> Result<(), SchemaFault> {
    let is_fine = !name.is_empty()
        && name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_fine {
        Ok(())
    } else {
        Err(fault(
            place,
            format!("“{name}” cannot be a name"),
            "use up to 64 lower-case letters, digits and _",
        ))
    }
}

/// A quarter of a year, from 2000 to 2099, as casework gives it and rows hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter(u16);

impl Quarter {
    /// How many there are.
    pub const COUNT: u16 = 400;

    /// The quarter of a month (1 to 12) of a year (2000 to 2099); `None` outside.
    pub const fn of(year: i16, month: i8) -> Option<Self> {
        if year < 2000 || year > 2099 || month < 1 || month > 12 {
            return None;
        }
        Some(Self(
            (year - 2000).unsigned_abs() * 4 + (month - 1).unsigned_abs() as u16 / 3,
        ))
    }

    /// Its year, which stands in the place of a quarter where that would say too much.
    pub const fn year(self) -> u16 {
        2000 + self.0 / 4
    }

    /// Counted from the first quarter of 2000.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The quarter with this number; `None` beyond 2099.
    pub const fn from_number(number: u16) -> Option<Self> {
        if number < Self::COUNT { Some(Self(number)) } else { None }
    }

    /// Reads `2026-Q1`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, quarter) = text.split_once("-Q")?;
        let quarter: u16 = quarter.parse().ok().filter(|_| quarter.len() == 1)?;
        if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) || !(1..=4).contains(&quarter) {
            return None;
        }
        let number = year.parse::<u16>().ok()?.checked_sub(2000)? * 4 + quarter - 1;
        Self::from_number(number)
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-Q{}", 2000 + self.0 / 4, self.0 % 4 + 1)
    }
}
