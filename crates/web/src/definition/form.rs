//! A definition as rows of a form: what is typed becomes a definition, and a definition becomes what a form holds. Nobody
//! needs to write an expression: a condition is a column, a rule, and ticked codes or a number.

use domain::indicator::Statistic;
use domain::pack::{Column, Condition, Definition, Kind, Rule, Schema, Test};
use store::FieldErrors;

use crate::form::{Form, Values};

/// The most tests that a list of the form takes.
const MOST: usize = 20;

/// The lists of tests: name in the form, what holds of them, what helps.
const GROUPS: [(&str, &str, &str); 4] = [
    (
        "population_all",
        "Of which cases: all of these hold",
        "Without any, of every case.",
    ),
    ("population_any", "Of which cases: and at least one of these", ""),
    (
        "counted_all",
        "Which are counted: all of these hold",
        "For a share, a count or a rate of cases.",
    ),
    ("counted_any", "Which are counted: and at least one of these", ""),
];

/// One test of a list.
pub(super) struct Row {
    /// The beginning of its fields' names, such as `population_all_0`.
    pub key: String,
    pub column: String,
    pub label: String,
    pub words: String,
    pub rules: Vec<(&'static str, &'static str)>,
    pub rule: String,
    /// Codes with their words; none for numbers and quarters.
    pub codes: Vec<(String, String)>,
    pub chosen: Vec<String>,
    /// For a column of numbers, what it counts and its top code.
    pub number: Option<String>,
    pub typed: String,
    /// What it lacks to ask anything; it is left out until then.
    pub lacks: Option<&'static str>,
    pub error: String,
}

/// A list of tests.
pub(super) struct Group {
    pub key: &'static str,
    pub caption: &'static str,
    pub hint: &'static str,
    pub rows: Vec<Row>,
    pub error: String,
}

fn rules_of(column: &Column) -> Vec<(&'static str, &'static str)> {
    let mut rules: Vec<(&str, &str)> = match column.kind {
        Kind::Code(_) | Kind::Flag => vec![("is", "is one of these"), ("is_not", "is none of these")],
        Kind::Number { .. } => vec![("at_most", "is at most"), ("at_least", "is at least")],
        Kind::Quarter => Vec::new(),
    };
    rules.extend([
        ("recorded", "is recorded"),
        ("not_recorded", "is not recorded"),
        ("remove", "take this condition away"),
    ]);
    rules
}

/// The lists of a form.
pub(super) fn groups(form: &Form, schema: &Schema) -> Vec<Group> {
    GROUPS
        .into_iter()
        .map(|(key, caption, hint)| Group {
            key,
            caption,
            hint,
            rows: rows(form, schema, key),
            error: form.error(key).to_owned(),
        })
        .collect()
}

/// What a condition lacks to ask anything, such as one that was just added.
fn lacks(rule: &str, codes: &[String], number: &str) -> Option<&'static str> {
    match rule {
        "is" | "is_not" if codes.is_empty() => Some("Tick at least one"),
        "at_most" | "at_least" if number.trim().is_empty() => Some("Enter a whole number"),
        _ => None,
    }
}

fn rows(form: &Form, schema: &Schema, group: &str) -> Vec<Row> {
    let row = |index: usize| {
        let key = format!("{group}_{index}");
        let (_, column) = schema.column(form.kept(&format!("{key}_column")))?;
        let rules = rules_of(column);
        let rule = form.kept(&format!("{key}_rule")).to_owned();
        let chosen = form.chosen(&format!("{key}_code"));
        let typed = form.kept(&format!("{key}_number")).to_owned();
        let codes = match column.kind {
            Kind::Code(_) | Kind::Flag => schema.codes(column).iter(),
            _ => [].iter(),
        };
        Some(Row {
            column: column.name.clone(),
            label: column.label.clone(),
            words: column.words.clone(),
            lacks: lacks(&rule, &chosen, &typed),
            rule,
            rules,
            codes: codes.map(|code| (code.code.clone(), code.words.clone())).collect(),
            chosen,
            number: match column.kind {
                Kind::Number { unit, top } => Some(format!("{} (up to {top})", unit.words())),
                _ => None,
            },
            typed,
            error: form.error(&key).to_owned(),
            key,
        })
    };
    (0..MOST).map_while(row).collect()
}

/// Columns that hold numbers, with their words.
pub(super) fn numbers(schema: &Schema) -> Vec<(String, String)> {
    columns(schema, |kind| matches!(kind, Kind::Number { .. }))
}

/// Columns that a figure may be broken down by.
pub(super) fn breakdowns(schema: &Schema) -> Vec<(String, String)> {
    columns(schema, |kind| !matches!(kind, Kind::Number { .. }))
}

/// Every column.
pub(super) fn every(schema: &Schema) -> Vec<(String, String)> {
    columns(schema, |_| true)
}

fn columns(schema: &Schema, is_wanted: impl Fn(&Kind) -> bool) -> Vec<(String, String)> {
    schema
        .columns()
        .iter()
        .filter(|column| is_wanted(&column.kind))
        .map(|column| (column.name.clone(), column.label.clone()))
        .collect()
}

/// Statistics that are computed.
pub(super) fn statistics() -> Vec<(&'static str, &'static str)> {
    Statistic::choices()
        .into_iter()
        .filter(|(code, _)| *code != Statistic::Ordinal.code())
        .collect()
}

/// What a form holds of a definition.
pub(super) fn values(of: &Definition) -> Values {
    let mut values = Values::default();
    values.set("statistic", of.statistic.code());
    values.set("of", of.of.clone().unwrap_or_default());
    values.set("out_of", of.out_of.clone().unwrap_or_default());
    values.set("per", of.per.map(|per| per.to_string()).unwrap_or_default());
    values.set("note", of.note.clone());
    for column in &of.strata {
        values.add("strata", column.clone());
    }
    let lists = [&of.population.all, &of.population.any, &of.counted.all, &of.counted.any];
    for ((group, _, _), tests) in GROUPS.iter().zip(lists) {
        for (index, test) in tests.iter().enumerate() {
            put(&mut values, &format!("{group}_{index}"), test);
        }
    }
    values.set("of_revision", of.version.to_string());
    values
}

fn put(values: &mut Values, key: &str, test: &Test) {
    values.set(&format!("{key}_column"), test.column.clone());
    let (rule, codes, number): (&str, &[String], _) = match &test.rule {
        Rule::Is(codes) => ("is", codes, None),
        Rule::IsNot(codes) => ("is_not", codes, None),
        Rule::AtMost(number) => ("at_most", &[], Some(number)),
        Rule::AtLeast(number) => ("at_least", &[], Some(number)),
        Rule::Recorded(true) => ("recorded", &[], None),
        Rule::Recorded(false) => ("not_recorded", &[], None),
    };
    values.set(&format!("{key}_rule"), rule);
    for code in codes {
        values.add(&format!("{key}_code"), code.clone());
    }
    if let Some(number) = number {
        values.set(&format!("{key}_number"), number.to_string());
    }
}

/// What was typed, tidied: tests that were taken away are gone, and a chosen column is a new test, its rule the first.
pub(super) fn stepped(values: &Values, schema: &Schema) -> Values {
    let is_of_a_list = |name: &str| GROUPS.iter().any(|(group, _, _)| name.starts_with(group));
    let mut next = Values::default();
    for (name, value) in values.iter().filter(|(name, _)| !is_of_a_list(name)) {
        next.add(name, value);
    }
    for (group, _, _) in GROUPS {
        let mut kept = 0;
        for index in 0..MOST {
            let key = format!("{group}_{index}");
            let column = values.get(&format!("{key}_column"));
            if column.is_empty() {
                break;
            }
            if values.get(&format!("{key}_rule")) == "remove" {
                continue;
            }
            let new = format!("{group}_{kept}");
            for part in ["column", "rule", "number"] {
                next.set(&format!("{new}_{part}"), values.get(&format!("{key}_{part}")));
            }
            for code in values.all(&format!("{key}_code")) {
                next.add(&format!("{new}_code"), code);
            }
            kept += 1;
        }
        if let Some((_, column)) = schema.column(values.get(&format!("{group}_add")))
            && kept < MOST
        {
            next.set(&format!("{group}_{kept}_column"), column.name.clone());
            let first = rules_of(column).first().map_or("", |(rule, _)| rule);
            next.set(&format!("{group}_{kept}_rule"), first);
        }
    }
    next
}

/// What was typed.
pub(super) struct Read {
    /// Without what could not be read, and without conditions that ask nothing yet.
    pub definition: Definition,
    /// The fields that could not be read.
    pub errors: FieldErrors,
    /// The conditions that ask nothing yet, with what to do: faults of whoever saves, and of nobody before.
    pub unfinished: FieldErrors,
}

/// The definition that was typed.
pub(super) fn read(code: &str, values: &Values, schema: &Schema) -> Read {
    let (mut errors, mut unfinished) = (FieldErrors::new(), FieldErrors::new());
    let text = |field: &str| values.get(field).trim().to_owned();
    let optional = |field: &str| Some(text(field)).filter(|typed| !typed.is_empty());
    let statistic = errors
        .code(
            "statistic",
            Statistic::parse(&text("statistic")),
            "Choose what is computed",
        )
        .unwrap_or(Statistic::Share);
    let mut tests = |group: &str| -> Vec<Test> {
        (0..MOST)
            .map(|index| format!("{group}_{index}"))
            .map_while(|key| {
                let (_, column) = schema.column(values.get(&format!("{key}_column")))?;
                Some((key, column))
            })
            .filter_map(|(key, column)| test(&key, column, values, &mut errors, &mut unfinished))
            .collect()
    };
    let population = Condition {
        all: tests("population_all"),
        any: tests("population_any"),
    };
    let counted = Condition {
        all: tests("counted_all"),
        any: tests("counted_any"),
    };
    let per = optional("per").and_then(|typed| {
        typed
            .parse()
            .map_err(|_| errors.add("per", "Enter a whole number, such as 1000"))
            .ok()
    });
    let definition = Definition {
        code: code.to_owned(),
        // Which it becomes is said when it is saved.
        version: 1,
        statistic,
        of: optional("of"),
        out_of: optional("out_of"),
        per,
        population,
        counted,
        strata: values.all("strata"),
        note: text("note"),
    };
    Read {
        definition,
        errors,
        unfinished,
    }
}

fn test(
    key: &str,
    column: &Column,
    values: &Values,
    errors: &mut FieldErrors,
    unfinished: &mut FieldErrors,
) -> Option<Test> {
    let rule = values.get(&format!("{key}_rule"));
    let codes = values.all(&format!("{key}_code"));
    let typed = values.get(&format!("{key}_number")).trim();
    if let Some(words) = lacks(rule, &codes, typed) {
        unfinished.add(key, format!("{words}: {}", column.label));
        return None;
    }
    let mut number = || {
        typed
            .parse()
            .map_err(|_| errors.add(key, format!("Enter a whole number: {}", column.label)))
            .ok()
    };
    let rule = match rule {
        "is" => Rule::Is(codes),
        "is_not" => Rule::IsNot(codes),
        "at_most" => Rule::AtMost(number()?),
        "at_least" => Rule::AtLeast(number()?),
        "recorded" => Rule::Recorded(true),
        "not_recorded" => Rule::Recorded(false),
        _ => {
            errors.add(key, format!("Choose what is asked of it: {}", column.label));
            return None;
        }
    };
    Some(Test {
        column: column.name.clone(),
        rule,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_definition_goes_through_the_form_unchanged() {
        let schema = Schema::shipped();
        for definition in measures::definition::shipped().definitions {
            let held = stepped(&values(&definition), &schema);
            let read = read(&definition.code, &held, &schema);
            assert!(read.errors.is_empty(), "{}: {:?}", definition.code, read.errors);
            assert!(read.unfinished.is_empty(), "{}: {:?}", definition.code, read.unfinished);
            assert_eq!(
                read.definition,
                Definition {
                    version: 1,
                    ..definition
                }
            );
        }
    }

    #[test]
    fn a_chosen_column_becomes_a_test_and_a_removed_one_is_gone() {
        let schema = Schema::shipped();
        let typed = "statistic=share&counted_all_0_column=rg_outcome&counted_all_0_rule=remove&counted_all_1_column=gender\
                     &counted_all_1_rule=is&counted_all_1_code=female&counted_all_add=rg_working_days";
        let held = stepped(&Values::parse(typed), &schema);
        assert_eq!(held.get("counted_all_0_column"), "gender");
        assert_eq!(held.all("counted_all_0_code"), ["female"]);
        assert_eq!(held.get("counted_all_1_column"), "rg_working_days");
        assert_eq!(held.get("counted_all_1_rule"), "at_most");
        assert_eq!(held.get("counted_all_2_column"), "");
        let read = read("I13a", &held, &schema);
        assert!(read.errors.is_empty(), "nobody has asked anything of it yet");
        assert!(
            read.unfinished
                .get("counted_all_1")
                .is_some_and(|words| words.contains("whole number"))
        );
        assert_eq!(read.definition.counted.all.len(), 1, "it is left out");
    }

    #[test]
    fn a_number_that_is_none_is_a_fault_at_once() {
        let typed = "statistic=count&counted_all_0_column=rg_working_days&counted_all_0_rule=at_most\
                     &counted_all_0_number=soon";
        let read = read("I13a", &Values::parse(typed), &Schema::shipped());
        assert!(read.unfinished.is_empty());
        assert!(
            read.errors
                .get("counted_all_0")
                .is_some_and(|words| words.contains("whole number"))
        );
    }
}
