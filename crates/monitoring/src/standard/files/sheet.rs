//! TOML tables that remember where they were written.
//!
//! Deserialising straight into types would stop at the first fault and forget the lines of the rest,
//! so a [`Sheet`] is asked for one key at a time: it notes a fault, answers `None`, and goes on.

use std::cell::RefCell;
use std::ops::Range;

use domain::Day;
use domain::words::UnknownCode;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Place};

/// The text of one file, with the faults found in it so far.
pub(super) struct Page<'a> {
    name: String,
    text: &'a str,
    /// The byte at which each line begins.
    lines: Vec<usize>,
    faults: RefCell<Vec<Fault>>,
}

impl<'a> Page<'a> {
    pub(super) fn new(name: String, text: &'a str) -> Self {
        let after_newlines = text.match_indices('\n').map(|(newline, _)| newline + 1);
        let lines = std::iter::once(0).chain(after_newlines).collect();
        Self {
            name,
            text,
            lines,
            faults: RefCell::default(),
        }
    }

    /// The file's table, or nothing where the syntax is broken.
    pub(super) fn parse(&self) -> Option<Spanned<DeTable<'a>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let place = self.place(error.span().map_or(0, |span| span.start));
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            self.note(place.fault(
                format!("not valid TOML ({message})"),
                "write key = \"text\", each text in straight quotation marks, each key once",
            ));
        }
        errors.is_empty().then_some(table)
    }

    pub(super) fn note(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults.into_inner()
    }

    /// Line and column of a byte.
    pub(super) fn place(&self, byte: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= byte).max(1);
        let before = self.text.get(self.lines[line - 1]..byte).unwrap_or_default();
        Place {
            file: self.name.clone(),
            line,
            column: before.chars().count() + 1,
        }
    }
}

/// A word with the place where it stands.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) place: Place,
}

/// One table of a page.
pub(super) struct Sheet<'p> {
    page: &'p Page<'p>,
    table: &'p DeTable<'p>,
    start: usize,
    known: Vec<&'static str>,
}

impl<'p> Sheet<'p> {
    pub(super) fn new(page: &'p Page<'p>, table: &'p DeTable<'p>, span: &Range<usize>) -> Self {
        Self {
            page,
            table,
            start: span.start,
            known: Vec::new(),
        }
    }

    /// Where the table begins.
    pub(super) fn here(&self) -> Place {
        self.page.place(self.start)
    }

    /// Where a key's value stands; the table's beginning where the key is missing.
    pub(super) fn place(&self, key: &str) -> Place {
        self.page
            .place(self.table.get(key).map_or(self.start, |value| value.span().start))
    }

    /// Notes a fault of a key's value.
    pub(super) fn fault(&self, key: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.page.note(self.place(key).fault(message, remedy));
    }

    /// Notes a fault of the table as a whole.
    pub(super) fn here_fault(&self, message: impl Into<String>, remedy: impl Into<String>) {
        self.page.note(self.here().fault(message, remedy));
    }

    fn get(&mut self, key: &'static str) -> Option<&'p Spanned<DeValue<'p>>> {
        self.known.push(key);
        self.table.get(key)
    }

    fn missing(&self, key: &str) {
        self.fault(
            key,
            format!("{key} is missing"),
            format!("add a line that begins with {key} ="),
        );
    }

    fn wrong_kind(&self, key: &str, found: &DeValue<'_>, wanted: &str) {
        self.fault(key, format!("{key} is {}", kind(found)), format!("write {wanted}"));
    }

    /// Whether a key is there.
    pub(super) fn has(&mut self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// Text that has to be there and not be blank.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        match self.get(key) {
            None => {
                self.missing(key);
                None
            }
            Some(value) => self.as_text(key, value),
        }
    }

    /// Text that may be missing, and is then empty.
    pub(super) fn text_or_nothing(&mut self, key: &'static str) -> Option<String> {
        match self.get(key) {
            None => Some(String::new()),
            Some(value) => self.as_text(key, value),
        }
    }

    fn as_text(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_kind(key, value.get_ref(), &format!("{key} = \"text\""));
            return None;
        };
        if text.trim().is_empty() {
            self.fault(
                key,
                format!("{key} is empty"),
                "write the text, or leave the line out if it is not needed",
            );
            return None;
        }
        Some(text.trim().to_owned())
    }

    /// A word of a closed list.
    pub(super) fn word<T>(&mut self, key: &'static str, parse: impl Fn(&str) -> Result<T, UnknownCode>) -> Option<T> {
        let text = self.text(key)?;
        self.listed(key, &text, parse)
    }

    /// A word of a closed list, or `fallback` where the key is missing.
    pub(super) fn word_or<T>(
        &mut self,
        key: &'static str,
        fallback: Option<T>,
        parse: impl Fn(&str) -> Result<T, UnknownCode>,
    ) -> Option<T> {
        if self.table.contains_key(key) {
            self.word(key, parse)
        } else {
            self.known.push(key);
            fallback
        }
    }

    fn listed<T>(&self, key: &str, text: &str, parse: impl Fn(&str) -> Result<T, UnknownCode>) -> Option<T> {
        parse(text)
            .map_err(|unknown| {
                self.fault(
                    key,
                    format!("{key} cannot be “{text}”"),
                    format!("write one of: {}", unknown.allowed),
                );
            })
            .ok()
    }

    /// Texts in square brackets; the key has to be there.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<Written>> {
        if self.table.contains_key(key) {
            self.texts_or_nothing(key)
        } else {
            self.known.push(key);
            self.missing(key);
            None
        }
    }

    /// Texts in square brackets; none where the key is missing.
    pub(super) fn texts_or_nothing(&mut self, key: &'static str) -> Option<Vec<Written>> {
        let Some(value) = self.get(key) else {
            return Some(Vec::new());
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_kind(key, value.get_ref(), &format!("{key} = [\"one\", \"two\"]"));
            return None;
        };
        let mut texts = Vec::new();
        let mut sound = true;
        for item in items {
            let place = self.page.place(item.span().start);
            match item.get_ref() {
                DeValue::String(text) if !text.trim().is_empty() => {
                    texts.push(Written {
                        text: text.trim().to_owned(),
                        place,
                    });
                }
                other => {
                    sound = false;
                    let found = if matches!(other, DeValue::String(_)) {
                        "an empty text"
                    } else {
                        kind(other)
                    };
                    self.page
                        .note(place.fault(format!("{key} holds {found}"), "write texts in quotation marks only"));
                }
            }
        }
        sound.then_some(texts)
    }

    /// A whole number from 1.
    pub(super) fn ordinal(&mut self, key: &'static str) -> Option<i32> {
        let Some(value) = self.get(key) else {
            self.missing(key);
            return None;
        };
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|digits| digits.as_str().parse().ok())
            .filter(|n| *n >= 1);
        if number.is_none() {
            self.wrong_kind(key, value.get_ref(), &format!("{key} = 1, or a higher whole number"));
        }
        number
    }

    /// A day written as TOML writes it, without quotation marks.
    pub(super) fn day(&mut self, key: &'static str) -> Option<Day> {
        let Some(value) = self.get(key) else {
            self.missing(key);
            return None;
        };
        let day = value
            .get_ref()
            .as_datetime()
            .and_then(|when| Day::parse(&when.to_string()).ok());
        if day.is_none() {
            self.wrong_kind(
                key,
                value.get_ref(),
                &format!("{key} = 2005-05-16, without quotation marks"),
            );
        }
        day
    }

    /// A day that may be missing. The outer `None` is a fault.
    #[expect(clippy::option_option, reason = "a fault and a missing day are two things")]
    pub(super) fn day_or_nothing(&mut self, key: &'static str) -> Option<Option<Day>> {
        if self.table.contains_key(key) {
            self.day(key).map(Some)
        } else {
            self.known.push(key);
            Some(None)
        }
    }

    /// The tables under `[[key]]`, in the order of the file.
    pub(super) fn sheets(&mut self, key: &'static str) -> Vec<Self> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_kind(key, value.get_ref(), &format!("[[{key}]] above each entry"));
            return Vec::new();
        };
        let mut sheets = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => sheets.push(Self::new(self.page, table, &item.span())),
                other => {
                    let place = self.page.place(item.span().start);
                    self.page.note(place.fault(
                        format!("{key} holds {}", kind(other)),
                        format!("write [[{key}]] above each entry"),
                    ));
                }
            }
        }
        sheets
    }

    /// Names every key that nobody asked for. To be called last.
    pub(super) fn done(self) {
        for key in self.table.keys() {
            if !self.known.contains(&key.get_ref().as_ref()) {
                let place = self.page.place(key.span().start);
                self.page.note(place.fault(
                    format!("{} is not a key that is known here", key.get_ref()),
                    format!("correct it to one of: {}", self.known.join(", ")),
                ));
            }
        }
    }
}

/// A TOML value's kind in plain words.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a day",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
