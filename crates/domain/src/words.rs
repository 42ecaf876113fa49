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

        $crate::as_a_list!($name);
    };
}

/// Declares an enum whose values are some of those of another list, with the codes and words that they have there: nothing is
/// written twice. After `::` stands the name of the method that gives the value among the whole list's.
#[macro_export]
macro_rules! part_list {
    ($(#[$meta:meta])* $vis:vis enum $name:ident of $whole:ident :: $of:ident { $($variant:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $(#[doc = concat!("As in [`", stringify!($whole), "`].")] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the whole list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The same value in the whole list.
            pub const fn $of(self) -> $whole { match self { $(Self::$variant => $whole::$variant,)+ } }

            /// The code that is stored, exported and used in addresses.
            pub const fn code(self) -> &'static str { self.$of().code() }

            /// The words a person reads.
            pub const fn words(self) -> &'static str { self.$of().words() }

            /// Looks a code up.
            pub fn parse(code: &str) -> Result<Self, $crate::words::UnknownCode> {
                let allowed = || Self::ALL.iter().map(|one| one.code()).collect::<Vec<_>>().join(", ");
                Self::ALL.iter().copied().find(|one| one.code() == code)
                    .ok_or_else(|| $crate::words::UnknownCode { code: code.to_owned(), allowed: allowed() })
            }

            /// Codes and words, for a list to choose from.
            pub fn choices() -> Vec<(&'static str, &'static str)> {
                Self::ALL.iter().map(|one| (one.code(), one.words())).collect()
            }
        }

        $crate::as_a_list!($name);
    };
}

/// How a value of a list is shown and written: by its words, and by its code.
#[doc(hidden)]
#[macro_export]
macro_rules! as_a_list {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.words())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.code())
            }
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
        pub(super) enum Colour { Red = "red", "Red"; Blue = "blue", "Deep blue"; Green = "green", "Green"; }
    }

    part_list! {
        /// Some of them.
        pub(super) enum Cold of Colour::colour { Blue, Green }
    }

    #[test]
    fn a_part_of_a_list_has_its_codes_and_words_and_no_others() {
        assert_eq!(Cold::choices(), [("blue", "Deep blue"), ("green", "Green")]);
        assert_eq!(Cold::parse("blue").map(Cold::colour), Ok(Colour::Blue));
        let fault = Cold::parse("red").expect_err("red is no part");
        assert_eq!(fault.to_string(), "“red” is not one of: blue, green");
        let written = serde_json::to_string(&Cold::Green).expect("it is written");
        assert_eq!(
            serde_json::from_str::<Colour>(&written).expect("it is read"),
            Colour::Green
        );
    }

    #[test]
    fn an_unknown_code_names_the_allowed_ones() {
        let fault = Colour::parse("pink").expect_err("pink is not listed");
        assert_eq!(fault.to_string(), "“pink” is not one of: red, blue, green");
        assert_eq!(Colour::parse("blue"), Ok(Colour::Blue));
        assert_eq!(Colour::Blue.to_string(), "Deep blue");
        assert_eq!(Colour::ALL.len(), Colour::choices().len());
    }
}
