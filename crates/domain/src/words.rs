//! Closed lists of words: each value has a code (stored, exported, used in addresses) and the words
//! a person reads.

/// A code that is not in the list it was looked up in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{code}” is not one of: {allowed}")]
pub struct UnknownCode {
    /// What was given.
    pub code: String,
    /// The codes that would have been accepted, separated by commas.
    pub allowed: String,
}

/// Declares an enum whose values have a stored code and words to read.
///
/// Gives `ALL`, `code()`, `words()`, `parse()`, `Display` (the words) and serde by code.
#[macro_export]
macro_rules! word_list {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal, $words:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every value, in the order people expect to read them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code that is stored, exported and used in addresses.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }

            /// The words a person reads.
            pub const fn words(self) -> &'static str { match self { $(Self::$variant => $words,)+ } }

            /// Looks a code up.
            pub fn parse(code: &str) -> Result<Self, $crate::words::UnknownCode> {
                match code {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::words::UnknownCode { code: code.to_owned(), allowed: [$($code),+].join(", ") }),
                }
            }

            /// Codes and words, for a list to choose from.
            pub fn choices() -> Vec<(&'static str, &'static str)> {
                Self::ALL.iter().map(|v| (v.code(), v.words())).collect()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.words()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(self.code()) }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(d)?;
                Self::parse(&code).map_err(serde::de::Error::custom)
            }
        }
    };
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro writes what a public list needs")]
mod tests {
    word_list! {
        /// A list for this test.
        pub(super) enum Colour { Red = "red", "Red"; Blue = "blue", "Deep blue"; }
    }

    #[test]
    fn an_unknown_code_names_the_allowed_ones() {
        let fault = Colour::parse("green").expect_err("green is not listed");
        assert_eq!(fault.to_string(), "“green” is not one of: red, blue");
        assert_eq!(Colour::parse("blue"), Ok(Colour::Blue));
        assert_eq!(Colour::Blue.to_string(), "Deep blue");
        assert_eq!(Colour::ALL.len(), Colour::choices().len());
    }
}
