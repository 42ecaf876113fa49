//! Sheets: what is asked about something, with a type for each answer.
//!
//! A sheet is declared once, by [`sheet!`](crate::sheet!): from it come the type that is sealed, the fields of its form,
//! the reading of what was typed with a fault for each field, and the words that a page shows. So a question cannot be
//! asked and not kept, or kept and not shown.

mod answer;
#[cfg(test)]
mod tests;

use store::FieldErrors;

pub use answer::{Answer, Choice, Line, PartDay, Pence, Words};

/// How an answer is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// One line of text.
    Line,
    /// Paragraphs.
    Words,
    /// A whole number.
    Number,
    /// Pounds, with pence where there are any.
    Money,
    /// A day; with `true`, its day or month may be left out.
    Day(bool),
    /// One of some codes, each with its words.
    Choice(Vec<(&'static str, &'static str)>),
    /// Any of some codes.
    Boxes(Vec<(&'static str, &'static str)>),
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in the form.
    pub key: &'static str,
    /// What is asked.
    pub caption: &'static str,
    /// What helps to answer; may be empty.
    pub hint: &'static str,
    /// How it is answered.
    pub input: Input,
    /// Whether it may be left out.
    pub is_optional: bool,
    /// Whether it is seldom answered, so that a form folds it away.
    pub is_rare: bool,
    /// Lines that a form offers while one is typed; any other may be typed too.
    pub suggested: Vec<String>,
}

impl Field {
    /// The question that an answer of this type is given to.
    pub fn of<A: Answer>(key: &'static str, caption: &'static str, hint: &'static str) -> Self {
        Self {
            key,
            caption,
            hint,
            input: A::input(),
            is_optional: A::IS_OPTIONAL,
            is_rare: false,
            suggested: Vec::new(),
        }
    }

    /// The same question as one that a form folds away.
    #[must_use]
    pub fn rare(self) -> Self {
        Self { is_rare: true, ..self }
    }

    /// What is asked, with word of it where it may be left out. (Boxes say so by themselves.)
    pub fn label(&self) -> String {
        if self.is_optional && !matches!(self.input, Input::Boxes(_)) {
            format!("{} (optional)", self.caption)
        } else {
            self.caption.to_owned()
        }
    }

    /// The name under which a form sends one part of a day.
    pub fn part(&self, part: &str) -> String {
        format!("{}_{part}", self.key)
    }

    /// The names under which a form sends the answer.
    pub fn keys(&self) -> Vec<String> {
        match self.input {
            Input::Day(_) => ["day", "month", "year"].iter().map(|part| self.part(part)).collect(),
            _ => vec![self.key.to_owned()],
        }
    }
}

/// What was typed: names with values, in the order of the form. A day is three values (`on_day`, `on_month`,
/// `on_year`) or one of ISO text (`on`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// What was typed, of names with values.
    pub fn of<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }

    /// The first value of a name, trimmed.
    pub fn get(&self, key: &str) -> &str {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map_or("", |(_, value)| value.trim())
    }

    /// Every value of a name that is not blank.
    pub fn all(&self, key: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(name, value)| name == key && !value.trim().is_empty())
            .map(|(_, value)| value.trim())
            .collect()
    }

    /// One part of a day, trimmed.
    fn part(&self, key: &str, part: &str) -> &str {
        self.get(&format!("{key}_{part}"))
    }
}

/// A set of questions and their answers.
pub trait Sheet: Sized {
    /// The questions, in order.
    fn fields() -> Vec<Field>;
    /// Reads what was typed; a fault for each answer that is missing or wrong, and `None` where there is any.
    fn read(typed: &Typed, errors: &mut FieldErrors) -> Option<Self>;
    /// The answers as a form holds them.
    fn kept(&self) -> Vec<(String, String)>;
    /// The answers as a page shows them: caption and words, those that were left out too (empty).
    fn shown(&self) -> Vec<(&'static str, String)>;
}

/// Reads one answer, adding its fault.
pub fn take<A: Answer>(field: &Field, typed: &Typed, errors: &mut FieldErrors) -> Option<A> {
    match A::take(typed, field.key) {
        Ok(Some(answer)) => Some(answer),
        Ok(None) => {
            let verb = match field.input {
                Input::Choice(_) | Input::Boxes(_) => "Choose an answer",
                _ => "Enter an answer",
            };
            errors.add(field.key, format!("{verb}: {}", field.caption));
            None
        }
        Err(fault) => {
            errors.add(field.key, fault);
            None
        }
    }
}

/// Whether nothing was answered: what was left out is not written down.
pub(crate) fn is_left_out<A: Answer>(answer: &A) -> bool {
    answer.kept("").is_empty()
}

/// Declares a sheet: `name: Type = "What is asked", "what helps";` for each question. A bare type must be answered, an
/// `Option` or a `Vec` need not. After `..` come questions that are seldom answered and may all be left out: a form folds
/// them away, and a sheet that was sealed before they were asked is read as if they had been left out.
#[macro_export]
macro_rules! sheet {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$fmeta:meta])* $field:ident: $type:ty = $caption:literal, $hint:literal;)*
        $(.. $($(#[$rmeta:meta])* $rare:ident: $rtype:ty = $rcaption:literal, $rhint:literal;)+)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        $vis struct $name {
            $(
                $(#[$fmeta])*
                #[doc = $caption]
                pub $field: $type,
            )*
            $($(
                $(#[$rmeta])*
                #[doc = $rcaption]
                #[serde(default, skip_serializing_if = "crate::sheet::is_left_out")]
                pub $rare: $rtype,
            )+)?
        }

        impl $crate::sheet::Sheet for $name {
            fn fields() -> Vec<$crate::sheet::Field> {
                vec![
                    $($crate::sheet::Field::of::<$type>(stringify!($field), $caption, $hint),)*
                    $($($crate::sheet::Field::of::<$rtype>(stringify!($rare), $rcaption, $rhint).rare(),)+)?
                ]
            }

            fn read(typed: &$crate::sheet::Typed, errors: &mut store::FieldErrors) -> Option<Self> {
                // A sheet may ask nothing.
                let _ = (typed, &*errors);
                $(
                    let field = $crate::sheet::Field::of::<$type>(stringify!($field), $caption, $hint);
                    let $field = $crate::sheet::take::<$type>(&field, typed, errors);
                )*
                $($(
                    let field = $crate::sheet::Field::of::<$rtype>(stringify!($rare), $rcaption, $rhint);
                    let $rare = $crate::sheet::take::<$rtype>(&field, typed, errors);
                )+)?
                Some(Self { $($field: $field?,)* $($($rare: $rare?,)+)? })
            }

            fn kept(&self) -> Vec<(String, String)> {
                [
                    $($crate::sheet::Answer::kept(&self.$field, stringify!($field)),)*
                    $($($crate::sheet::Answer::kept(&self.$rare, stringify!($rare)),)+)?
                ]
                .into_iter()
                .flat_map(Vec::<(String, String)>::into_iter)
                .collect()
            }

            fn shown(&self) -> Vec<(&'static str, String)> {
                vec![
                    $(($caption, $crate::sheet::Answer::words(&self.$field)),)*
                    $($(($rcaption, $crate::sheet::Answer::words(&self.$rare)),)+)?
                ]
            }
        }
    };
}
