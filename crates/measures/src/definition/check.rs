//! Whether a definition can be computed, and would mean what it says.

use domain::indicator::Statistic;
use domain::pack::{Code, Column, Condition, Definition, Kind, Quarter, Rule, Schema, Test};

use super::Fault;

/// The most columns by which a measure is broken down, and the most tests of a condition.
const MOST: usize = 20;

/// Every fault of a definition; `file` is named in them.
pub fn check(file: &str, definition: &Definition, schema: &Schema) -> Vec<Fault> {
    let mut checking = Checking {
        file,
        definition,
        schema,
        faults: Vec::new(),
    };
    checking.head();
    checking.statistic();
    checking.condition("population", &definition.population);
    checking.condition("counted", &definition.counted);
    checking.strata();
    checking.faults
}

/// The columns that a measure cannot be told without, each once, in the order in which its conditions and sums name them. A test
/// on whether something is recorded needs nothing, and a breakdown says itself how many cases it lacks.
pub fn needed(definition: &Definition) -> Vec<&str> {
    let tests = definition.population.tests().chain(definition.counted.tests());
    let asked = tests
        .filter(|test| !matches!(test.rule, Rule::Recorded(_)))
        .map(|test| test.column.as_str());
    let summed = [&definition.of, &definition.out_of];
    let mut columns = Vec::new();
    for column in asked.chain(summed.into_iter().filter_map(|name| name.as_deref())) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// The codes that a column can have in what a figure shows: a test of the population on that very column leaves the others
/// without a case, and everybody knows it. So does a test of what is counted, for a count, which shows nobody else. Every code
/// for a column that no such test names.
pub fn codes_in<'s>(definition: &Definition, schema: &'s Schema, column: &Column) -> Vec<&'s Code> {
    let counted = definition.counted.all.iter();
    let is_count = definition.statistic == Statistic::Count;
    let own: Vec<&Rule> = definition
        .population
        .all
        .iter()
        .chain(counted.filter(|_| is_count))
        .filter(|test| test.column == column.name)
        .map(|test| &test.rule)
        .collect();
    let Some((_, column)) = schema.column(&column.name) else {
        return Vec::new();
    };
    schema
        .codes(column)
        .iter()
        .filter(|code| {
            own.iter().all(|rule| match rule {
                Rule::Is(codes) => codes.contains(&code.code),
                Rule::IsNot(codes) => !codes.contains(&code.code),
                Rule::AtMost(_) | Rule::AtLeast(_) | Rule::Recorded(_) => true,
            })
        })
        .collect()
}

struct Checking<'a> {
    file: &'a str,
    definition: &'a Definition,
    schema: &'a Schema,
    faults: Vec<Fault>,
}

impl<'a> Checking<'a> {
    fn fault(&mut self, field: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Fault {
            file: self.file.to_owned(),
            measure: self.definition.code.clone(),
            field: field.to_owned(),
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    fn head(&mut self) {
        let code = &self.definition.code;
        let is_fine = (2..=16).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && code.ends_with(|last: char| last.is_ascii_lowercase());
        if !is_fine {
            self.fault(
                "code",
                format!("“{code}” is not the code of a measure"),
                "write the indicator's id and a letter, such as I13a",
            );
        }
        if self.definition.version == 0 {
            self.fault("version", "versions are counted from 1", "write 1");
        }
    }

    /// Which fields a statistic needs, and which would be passed over.
    fn statistic(&mut self) {
        use Statistic::{Count, Mean, Median, P90, Rate, Ratio, Share, Sum};
        let definition = self.definition;
        let (of, out_of) = (definition.of.is_some(), definition.out_of.is_some());
        let counts = !definition.counted.is_empty();
        match definition.statistic {
            Share if of != out_of || of == counts => self.fault(
                "counted",
                "a share is of cases, or of one sum in another",
                "write `counted`, or `of` together with `out_of`",
            ),
            Ratio if !of || !out_of || counts => {
                self.fault("of", "a ratio is one sum over another", "write `of` and `out_of` alone");
            }
            Median | P90 | Mean | Sum if !of || out_of || counts => self.fault(
                "of",
                format!("a {} is of the numbers in one column", definition.statistic.code()),
                "write `of`, and what else must hold into `population`",
            ),
            Count if of || out_of || !counts => self.fault(
                "counted",
                "a count is of cases",
                "write `counted`, and neither `of` nor `out_of`",
            ),
            Rate if out_of || of == counts => self.fault(
                "counted",
                "a rate is of cases, or of a sum, per so many cases",
                "write `counted` or `of`, and not `out_of`",
            ),
            Statistic::Ordinal => self.fault(
                "statistic",
                "a level is judged and not computed",
                "use share, count, rate, median, p90, mean, sum or ratio",
            ),
            _ => {}
        }
        match (definition.statistic == Rate, definition.per) {
            (true, None | Some(0)) => self.fault("per", "a rate is per so many cases", "write `per`, such as 1000"),
            (false, Some(_)) => self.fault("per", "only a rate has it", "remove it"),
            _ => {}
        }
        let mut units = Vec::new();
        for (field, name) in [("of", &definition.of), ("out_of", &definition.out_of)] {
            let Some(name) = name else { continue };
            match self.column(field, name).map(|column| &column.kind) {
                Some(Kind::Number { unit, top }) => units.push((*unit, *top)),
                Some(_) => self.fault(field, format!("{name} holds no numbers"), "name a column of numbers"),
                None => {}
            }
        }
        let [(unit, top), (other_unit, other_top)] = units[..] else {
            return;
        };
        if unit != other_unit {
            self.fault(
                "out_of",
                format!("{} cannot be set against {}", unit.words(), other_unit.words()),
                "name two columns that count the same",
            );
        } else if definition.statistic == Share && top > other_top {
            self.fault(
                "out_of",
                format!("a part of up to {top} does not fit into {other_top}, the top code of its whole"),
                "name two columns with the same top code",
            );
        }
    }

    fn condition(&mut self, field: &str, condition: &Condition) {
        for (part, tests) in [("all", &condition.all), ("any", &condition.any)] {
            let field = format!("{field}.{part}");
            if tests.len() > MOST {
                self.fault(
                    &field,
                    format!("{} tests are too many", tests.len()),
                    format!("use at most {MOST}"),
                );
            }
            for test in tests {
                self.test(&field, test);
            }
        }
    }

    fn test(&mut self, field: &str, test: &Test) {
        let Some(column) = self.column(field, &test.column) else {
            return;
        };
        let name = &column.name;
        match (&test.rule, &column.kind) {
            (Rule::Recorded(_), _) => {}
            (Rule::Is(codes) | Rule::IsNot(codes), Kind::Code(_) | Kind::Flag) => {
                let known: Vec<&str> = self
                    .schema
                    .codes(column)
                    .iter()
                    .map(|code| code.code.as_str())
                    .collect();
                if codes.is_empty() {
                    self.fault(field, format!("no code of {name} is named"), "name at least one");
                }
                for code in codes.iter().filter(|code| !known.contains(&code.as_str())) {
                    self.fault(
                        field,
                        format!("“{code}” is not a code of {name}"),
                        format!("use one of: {}", known.join(", ")),
                    );
                }
            }
            (Rule::AtMost(number) | Rule::AtLeast(number), Kind::Number { top, .. }) => {
                // From the top code up nobody knows how high a number was.
                let limit = if matches!(test.rule, Rule::AtMost(_)) {
                    top - 1
                } else {
                    *top
                };
                if *number > limit {
                    self.fault(
                        field,
                        format!("{number} is beyond what {name} can tell: its top code is {top}"),
                        format!("use at most {limit}"),
                    );
                }
            }
            (Rule::Is(_) | Rule::IsNot(_), _) => self.fault(
                field,
                format!("{name} has no codes"),
                "use `recorded`, or for numbers `at_most` or `at_least`",
            ),
            (Rule::AtMost(_) | Rule::AtLeast(_), _) => {
                self.fault(
                    field,
                    format!("{name} holds no numbers"),
                    "use `is`, `is_not` or `recorded`",
                );
            }
        }
    }

    fn strata(&mut self) {
        let strata = &self.definition.strata;
        if strata.len() > MOST {
            self.fault(
                "strata",
                format!("{} columns are too many", strata.len()),
                format!("use at most {MOST}"),
            );
        }
        for (index, name) in strata.iter().enumerate() {
            if strata[..index].contains(name) {
                self.fault("strata", format!("{name} stands there twice"), "keep one");
            }
            if let Some(column) = self.column("strata", name)
                && matches!(column.kind, Kind::Number { .. })
            {
                self.fault(
                    "strata",
                    format!("{name} holds numbers, and nothing can be broken down by each of them"),
                    "name a column of codes, a flag or a quarter",
                );
            }
        }
    }

    fn column(&mut self, field: &str, name: &str) -> Option<&'a Column> {
        let found = self.schema.column(name).map(|(_, column)| column);
        if found.is_none() {
            self.fault(
                field,
                format!("there is no column {name}"),
                "use a column of the schema, as standards/pack/schema.toml spells it",
            );
        }
        found
    }
}

/// Whether a code may stand in a breakdown by this column.
pub(crate) fn is_code(schema: &Schema, column: &Column, code: &str) -> bool {
    match column.kind {
        Kind::Quarter => Quarter::parse(code).is_some(),
        _ => schema.codes(column).iter().any(|known| known.code == code),
    }
}
