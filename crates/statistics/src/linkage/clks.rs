//! CLKs in clkhash's JSON: `{"clks": ["base64", …]}`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use super::bits::{self, Filters};

/// Why a file of CLKs is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClksError {
    /// Not `{"clks": […]}`.
    #[error("not a file of CLKs: {0}")]
    NotClks(String),
    /// Nobody in it.
    #[error("there is no CLK in the file")]
    Empty,
    /// An entry that is not base64.
    #[error("CLK {number} is not base64")]
    NotBase64 {
        /// Its number, from 1.
        number: usize,
    },
    /// An entry of another length.
    #[error("CLK {number} has {found} bytes where the first has {expected}: were two schemas used?")]
    Length {
        /// Its number, from 1.
        number: usize,
        /// Its bytes.
        found: usize,
        /// The bytes of the first.
        expected: usize,
    },
}

/// Reads CLKs; their length is that of the first, in whole bytes.
pub fn read(text: &str) -> Result<Filters, ClksError> {
    let not = |why: &str| ClksError::NotClks(why.to_owned());
    let value: Value = serde_json::from_str(text).map_err(|error| not(&error.to_string()))?;
    let list = value
        .get("clks")
        .and_then(Value::as_array)
        .ok_or_else(|| not("the member \"clks\" must be a list"))?;
    let mut filters: Option<Filters> = None;
    for (index, entry) in list.iter().enumerate() {
        let number = index + 1;
        let bytes = entry
            .as_str()
            .and_then(|text| BASE64_STANDARD.decode(text).ok())
            .filter(|bytes| !bytes.is_empty())
            .ok_or(ClksError::NotBase64 { number })?;
        let filters = filters.get_or_insert_with(|| Filters::new(8 * bytes.len()));
        if 8 * bytes.len() != filters.bits() {
            return Err(ClksError::Length {
                number,
                found: bytes.len(),
                expected: filters.bits() / 8,
            });
        }
        filters.push(&bits::words(&bytes).collect::<Vec<_>>());
    }
    filters.ok_or(ClksError::Empty)
}

/// Writes CLKs as clkhash's tools do.
pub fn write(clks: &Filters) -> String {
    let list = clks
        .iter()
        .map(|clk| Value::String(BASE64_STANDARD.encode(bits::bytes(clk, clks.bits()))))
        .collect();
    let object: Map<String, Value> = std::iter::once(("clks".to_owned(), Value::Array(list))).collect();
    Value::Object(object).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn files_that_are_not_of_clks_are_refused_with_the_reason() {
        let refused = |text: &str| read(text).unwrap_err().to_string();
        assert!(refused("{\"clks\": [\"AAAA\"").starts_with("not a file of CLKs"));
        assert_eq!(refused("[]"), "not a file of CLKs: the member \"clks\" must be a list");
        assert_eq!(refused("{\"clks\": []}"), "there is no CLK in the file");
        assert_eq!(refused("{\"clks\": [\"AAAA\", 7]}"), "CLK 2 is not base64");
        assert_eq!(
            refused("{\"clks\": [\"AAAA\", \"AAAAAAAA\"]}"),
            "CLK 2 has 6 bytes where the first has 3: were two schemas used?"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(words in proptest::collection::vec(any::<u64>(), 2..20)) {
            let words = words[..words.len() / 2 * 2].to_vec();
            let clks = Filters::from_words(128, words);
            prop_assert_eq!(read(&write(&clks)).unwrap(), clks);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\{?\"?clks\"?:? ?\\[[\"A-Za-z0-9+/=,]{0,40}\\]?\\}?") {
            let _ = read(&text);
        }
    }
}
