//! What JSON may hold where a row or a value should stand: anything, so that one wrong cell does not end the reading.

use std::fmt;

use domain::pack::Value;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A row, or what stands in its place or in one of its columns.
pub(super) enum Given {
    /// `null`.
    Nothing,
    /// A code or a whole number.
    Value(Value),
    /// A row: its columns in their order, those that stand twice too.
    Object(Vec<(String, Given)>),
    /// What is neither, in words. Nothing of what it holds is kept.
    Other(String),
}

impl Given {
    /// What it is, for a message.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Nothing => "`null`".to_owned(),
            Self::Value(Value::Number(number)) => format!("the number {number}"),
            Self::Value(Value::Code(code)) => crate::rows::shown(code.as_bytes()),
            Self::Object(_) => "an object".to_owned(),
            Self::Other(words) => words.clone(),
        }
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader { is_row: true }.deserialize(deserializer)
    }
}

/// Reads whatever comes. The columns of a row are kept; what they hold is no row, so that an object in one is passed over.
struct Reader {
    is_row: bool,
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Given;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Given, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A number, if it is whole and small enough for one.
fn number<N: Copy + TryInto<u32> + fmt::Display>(number: N) -> Given {
    number.try_into().map_or_else(
        |_| Given::Other(number.to_string()),
        |number| Given::Value(Value::Number(number)),
    )
}

impl<'de> Visitor<'de> for Reader {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Given, E> {
        Ok(Given::Nothing)
    }

    fn visit_bool<E>(self, is_so: bool) -> Result<Given, E> {
        Ok(Given::Other(format!("`{is_so}` without quotation marks")))
    }

    fn visit_u64<E>(self, given: u64) -> Result<Given, E> {
        Ok(number(given))
    }

    fn visit_i64<E>(self, given: i64) -> Result<Given, E> {
        Ok(number(given))
    }

    fn visit_f64<E>(self, given: f64) -> Result<Given, E> {
        Ok(Given::Other(given.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Given, E> {
        Ok(Given::Value(Value::Code(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Given, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Given::Other("a list".to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
        if !self.is_row {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Given::Other("an object".to_owned()));
        }
        let mut cells = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            cells.push((name, map.next_value_seed(Self { is_row: false })?));
        }
        Ok(Given::Object(cells))
    }
}
