//! Where in a JSON text its reader stopped: the members and the numbers in lists that lead there. A message that names a line
//! and a character alone helps nobody: most programs write a whole file as one line.

use crate::rows::shown;

/// A step into JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// To the member of an object.
    Member(String),
    /// To what stands in a list, counted from 0.
    Item(u64),
}

/// What was opened and not yet closed.
enum Open {
    /// An object, the member that was named last, and whether a name comes next.
    Object { member: Option<String>, is_name_next: bool },
    /// A list, and how many commas were passed in it.
    List(u64),
}

/// The steps to where a text could not be read any further. None where that was in nothing, such as at its beginning.
pub(super) fn of(text: &[u8], error: &serde_json::Error) -> Vec<Step> {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let mut end = before.saturating_add(error.column()).min(text.len());
    if error.is_syntax() {
        // The character that does not fit may close what it stands in.
        end = end.saturating_sub(1);
    }
    steps(&text[..end])
}

/// Steps as they are read in a message: “body”, “aggregates”, “tables”, no. 3.
pub(super) fn words(steps: &[Step]) -> String {
    let words: Vec<String> = steps
        .iter()
        .map(|step| match step {
            Step::Member(name) => shown(name.as_bytes()),
            Step::Item(index) => format!("no. {}", index.saturating_add(1)),
        })
        .collect();
    words.join(", ")
}

/// The steps to what stands at the end of a text that goes no further.
fn steps(text: &[u8]) -> Vec<Step> {
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let mut next = at + 1;
        match byte {
            b'{' => open.push(Open::Object {
                member: None,
                is_name_next: true,
            }),
            b'[' => open.push(Open::List(0)),
            b'}' | b']' => {
                open.pop();
            }
            b',' => match open.last_mut() {
                Some(Open::Object { member, is_name_next }) => {
                    *member = None;
                    *is_name_next = true;
                }
                Some(Open::List(commas)) => *commas += 1,
                None => {}
            },
            b'"' => {
                next = end_of_string(text, at);
                if let Some(Open::Object { member, is_name_next }) = open.last_mut()
                    && *is_name_next
                {
                    *member = serde_json::from_slice(&text[at..next]).ok();
                    *is_name_next = false;
                }
            }
            _ => {}
        }
        at = next;
    }
    let step = |one: Open| match one {
        Open::Object { member, .. } => member.map(Step::Member),
        Open::List(commas) => Some(Step::Item(commas)),
    };
    open.into_iter().filter_map(step).collect()
}

/// Where the string ends that begins at `at`: after its closing quotation mark, or with the text.
fn end_of_string(text: &[u8], at: usize) -> usize {
    let mut is_escaped = false;
    for (place, byte) in text.iter().enumerate().skip(at + 1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        words(&steps(text.as_bytes()))
    }

    #[test]
    fn the_steps_lead_to_where_a_text_ends() {
        assert_eq!(read(""), "");
        assert_eq!(read(r#"{"a": 1}"#), "");
        assert_eq!(read(r#"{"a": 1, "b"#), "", "a name that is cut off is none");
        assert_eq!(read(r#"{"a": 1, "b""#), "“b”");
        assert_eq!(read(r#"{"a": [1, {"b": "c"#), "“a”, no. 2, “b”");
        assert_eq!(read(r#"{"a": [{"b": 1}, {"b": 1}"#), "“a”, no. 2");
        assert_eq!(
            read(r#"{"a": [{"b": 1}, "x, [{", {"c\"": "\\", "d": "#),
            "“a”, no. 3, “d”"
        );
    }

    proptest! {
        #[test]
        fn whatever_a_text_holds_its_end_is_found(text in ".{0,200}", json in r#"[\[\]{},:"\\a ]{0,60}"#) {
            for text in [text, json] {
                let steps = steps(text.as_bytes());
                prop_assert!(steps.len() <= text.len());
                if let Err(error) = serde_json::from_str::<serde_json::Value>(&text) {
                    prop_assert!(of(text.as_bytes(), &error).len() <= text.len());
                }
            }
        }
    }
}
