//! A definition as sentences that say what is counted of whom.

use domain::indicator::Statistic;
use domain::pack::{Code, Condition, Definition, Kind, Rule, Schema, Test};

/// What a definition computes, in plain English: what is counted, of whom, what is left out, what it is broken down by.
/// `definition` must have been checked against `schema`; a column that is not there is called by its name.
pub fn in_words(definition: &Definition, schema: &Schema) -> String {
    let label = |name: &Option<String>| name.as_deref().map_or_else(String::new, |name| label(schema, name));
    let (of, out_of) = (label(&definition.of), label(&definition.out_of));
    let whom = if definition.population.is_empty() {
        "all cases".to_owned()
    } else {
        format!("cases where {}", condition(&definition.population, schema))
    };
    let counted = condition(&definition.counted, schema);
    let what = match definition.statistic {
        Statistic::Share if definition.of.is_some() => {
            format!("The sum of {of} as a share of the sum of {out_of}, in {whom}")
        }
        Statistic::Share => format!("The share where {counted}, among {whom}"),
        Statistic::Count => format!("The number of cases where {counted}, among {whom}"),
        Statistic::Rate => {
            let per = definition.per.unwrap_or(1);
            if definition.of.is_some() {
                format!("The sum of {of} for each {per} cases, in {whom}")
            } else {
                format!("The number of cases where {counted}, for each {per}, among {whom}")
            }
        }
        Statistic::Median => format!("The median of {of}, in {whom}"),
        Statistic::P90 => format!("What nine in ten did not exceed (the 90th percentile) of {of}, in {whom}"),
        Statistic::Mean => format!("The mean of {of}, in {whom}"),
        Statistic::Sum => format!("The sum of {of}, in {whom}"),
        Statistic::Ratio => format!("The sum of {of} over the sum of {out_of}, in {whom}"),
        Statistic::Ordinal => "A level that is judged and not computed".to_owned(),
    };
    let mut text = format!("{what}. Cases that do not say enough are left out and counted apart.");
    if let Some(top) = definition.of.as_deref().and_then(|name| top(schema, name)) {
        text.push_str(&format!(" Numbers above {top} count as {top}."));
    }
    if !definition.strata.is_empty() {
        let columns: Vec<String> = definition.strata.iter().map(|name| self::label(schema, name)).collect();
        text.push_str(&format!(" Broken down, one at a time, by {}.", joined(&columns, "and")));
    }
    if !definition.note.is_empty() {
        text.push_str(&format!(" Note: {}", definition.note));
    }
    text
}

/// The unit of what a definition computes, as it is read after a number: “%”, “working days”, “per 1000 cases”, “pounds per 10
/// cases”, “cases”.
pub fn unit(definition: &Definition, schema: &Schema) -> String {
    let of = definition
        .of
        .as_deref()
        .and_then(|name| match schema.column(name)?.1.kind {
            Kind::Number { unit, .. } => Some(unit.words()),
            _ => None,
        });
    let per = definition.per.unwrap_or(1);
    match definition.statistic {
        Statistic::Share => "%".to_owned(),
        Statistic::Rate => of.map_or_else(|| format!("per {per} cases"), |of| format!("{of} per {per} cases")),
        Statistic::Ratio => "to one".to_owned(),
        Statistic::Count => "cases".to_owned(),
        _ => of.unwrap_or("cases").to_owned(),
    }
}

fn label(schema: &Schema, name: &str) -> String {
    schema
        .column(name)
        .map_or_else(|| name.to_owned(), |(_, column)| column.label.clone())
}

/// The top code and its unit.
fn top(schema: &Schema, name: &str) -> Option<u32> {
    match schema.column(name)?.1.kind {
        Kind::Number { top, .. } => Some(top),
        _ => None,
    }
}

fn condition(condition: &Condition, schema: &Schema) -> String {
    let words = |tests: &[Test]| -> Vec<String> { tests.iter().map(|one| test(one, schema)).collect() };
    let mut parts = words(&condition.all);
    match condition.any.len() {
        0 => {}
        1 => parts.extend(words(&condition.any)),
        _ => parts.push(format!("either {}", joined(&words(&condition.any), "or"))),
    }
    joined(&parts, "and")
}

/// “age is “18 to 24” or “25 to 34””, “months of permit granted is at least 1”, ““disability” is yes”.
fn test(test: &Test, schema: &Schema) -> String {
    let found = schema.column(&test.column);
    let codes = found.map_or(&[] as &[Code], |(_, column)| schema.codes(column));
    let is_flag = found.is_some_and(|(_, column)| column.kind == Kind::Flag);
    let words = |chosen: &[String]| -> Vec<String> {
        chosen
            .iter()
            .map(|code| match codes.iter().find(|known| known.code == *code) {
                _ if is_flag => code.clone(),
                Some(known) => format!("“{}”", known.words),
                None => format!("“{code}”"),
            })
            .collect()
    };
    let answer = match &test.rule {
        Rule::Is(chosen) => joined(&words(chosen), "or"),
        Rule::IsNot(chosen) if chosen.len() == 1 => format!("not {}", joined(&words(chosen), "nor")),
        Rule::IsNot(chosen) => format!("neither {}", joined(&words(chosen), "nor")),
        Rule::AtMost(number) => format!("at most {number}"),
        Rule::AtLeast(number) => format!("at least {number}"),
        Rule::Recorded(true) => "recorded".to_owned(),
        Rule::Recorded(false) => "not recorded".to_owned(),
    };
    let label = label(schema, &test.column);
    if is_flag {
        format!("“{label}” is {answer}")
    } else {
        format!("{label} is {answer}")
    }
}

/// “a, b and c”.
fn joined(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}
