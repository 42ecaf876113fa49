//! Whether a definition can be computed, and would mean what it says. Faults are read by whoever fills in the form and by whoever
//! writes a file: they call a column by its label, as the form does, and the field that is at fault tells the latter where.

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
                "a share is of cases that are counted, or of one sum in another",
                "say which cases are counted and choose no numbers, or choose the numbers and those that they are out of, \
                 and count no cases",
            ),
            Ratio if !of || !out_of || counts => {
                self.fault(
                    "of",
                    "a ratio is one sum over another",
                    "choose the numbers and those that they are out of, and count no cases",
                );
            }
            Median | P90 | Mean | Sum if !of || out_of || counts => self.fault(
                "of",
                format!(
                    "a {} is of the numbers in one column",
                    definition.statistic.words().to_lowercase()
                ),
                "choose those numbers and nothing that they are out of; say what must hold of a case under “of which \
                 cases”, and nothing under “which are counted”",
            ),
            Count if of || out_of || !counts => self.fault(
                "counted",
                "a count is of cases",
                "say which cases are counted, and choose no numbers",
            ),
            Rate if out_of || of == counts => self.fault(
                "counted",
                "a rate is of cases that are counted, or of a sum, per so many cases",
                "say which cases are counted or choose the numbers, one of the two, and nothing that they are out of",
            ),
            Statistic::Ordinal => self.fault(
                "statistic",
                "a level is judged and not computed",
                "use share, count, rate, median, p90, mean, sum or ratio",
            ),
            _ => {}
        }
        match (definition.statistic == Rate, definition.per) {
            (true, None | Some(0)) => {
                self.fault("per", "a rate is per so many cases", "say per how many, such as 1000");
            }
            (false, Some(_)) => self.fault("per", "only a rate is per so many cases", "leave it empty"),
            _ => {}
        }
        self.numbers();
    }

    /// Whether what is summed are numbers, and such as can be divided by one another.
    fn numbers(&mut self) {
        let definition = self.definition;
        let mut units = Vec::new();
        for (field, name) in [("of", &definition.of), ("out_of", &definition.out_of)] {
            let Some(name) = name else { continue };
            let Some(column) = self.column(field, name) else {
                continue;
            };
            match column.kind {
                Kind::Number { unit, top } => units.push((unit, top)),
                _ => self.fault(
                    field,
                    format!("{} holds no numbers", column.label),
                    "choose a column that does",
                ),
            }
        }
        let [(unit, top), (other_unit, other_top)] = units[..] else {
            return;
        };
        if unit != other_unit {
            self.fault(
                "out_of",
                format!("{} cannot be set against {}", unit.words(), other_unit.words()),
                "choose two columns that count the same",
            );
        } else if definition.statistic == Statistic::Share && top > other_top {
            self.fault(
                "out_of",
                format!("a part of up to {top} does not fit into {other_top}, the most that is told of its whole"),
                "choose two columns whose highest numbers are the same",
            );
        }
    }

    fn condition(&mut self, field: &str, condition: &Condition) {
        for (part, tests) in [("all", &condition.all), ("any", &condition.any)] {
            let field = format!("{field}.{part}");
            if tests.len() > MOST {
                self.fault(
                    &field,
                    format!("{} conditions are too many", tests.len()),
                    format!("keep at most {MOST}"),
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
        let label = &column.label;
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
                    self.fault(field, format!("nothing is chosen of {label}"), "choose at least one");
                }
                for code in codes.iter().filter(|code| !known.contains(&code.as_str())) {
                    self.fault(
                        field,
                        format!("“{code}” is not a code of {label}"),
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
                        format!("{number} is more than can be told of {label}, where every number above {top} counts as {top}"),
                        format!("use at most {limit}"),
                    );
                }
            }
            (Rule::Is(_) | Rule::IsNot(_), _) => self.fault(
                field,
                format!("{label} has no codes to choose from"),
                match column.kind {
                    Kind::Number { .. } => "ask whether it is at most or at least a number, or whether it is recorded",
                    _ => "ask whether it is recorded",
                },
            ),
            (Rule::AtMost(_) | Rule::AtLeast(_), _) => {
                self.fault(
                    field,
                    format!("{label} holds no numbers"),
                    "ask which code it is or is not, or whether it is recorded",
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
                format!("keep at most {MOST}"),
            );
        }
        for (index, name) in strata.iter().enumerate() {
            let Some(column) = self.column("strata", name) else {
                continue;
            };
            if strata[..index].contains(name) {
                self.fault("strata", format!("{} stands there twice", column.label), "keep one");
            }
            if matches!(column.kind, Kind::Number { .. }) {
                self.fault(
                    "strata",
                    format!(
                        "{} holds numbers, and nothing can be broken down by each of them",
                        column.label
                    ),
                    "choose a column that holds none",
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
