//! Codes that only whoever sent something without an account has, so that they can ask how far it is, or erase it.

use crate::secret::Secret;

/// Letters and figures that are not mistaken for one another when copied by hand: Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: 80 bits, which nobody guesses, even with the stored hashes at hand.
const LENGTH: usize = 16;

/// A receipt. The database keeps its hash alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt(String);

impl Receipt {
    /// The receipt that goes with the secret a form was opened with, so that a form sent twice has one receipt.
    pub fn of(secret: &Secret) -> Self {
        let hash = secret.hash();
        let byte = |at: usize| u8::from_str_radix(&hash[at * 2..at * 2 + 2], 16).expect("a hash is hexadecimal");
        Self(
            (0..LENGTH)
                .map(|at| char::from(ALPHABET[usize::from(byte(at) % 32)]))
                .collect(),
        )
    }

    /// Takes one as it is typed, whatever its spaces, hyphens and case; letters that look like figures are read
    /// as those. One that was never given is one too: it is simply not found.
    pub fn typed(text: &str) -> Self {
        Self(
            text.chars()
                .filter(char::is_ascii_alphanumeric)
                .take(LENGTH + 1)
                .map(|letter| match letter.to_ascii_uppercase() {
                    'O' => '0',
                    'I' | 'L' => '1',
                    other => other,
                })
                .collect(),
        )
    }

    /// What is shown: four groups of four.
    pub fn text(&self) -> String {
        let groups: Vec<&str> = (0..self.0.len())
            .step_by(4)
            .map(|at| &self.0[at..(at + 4).min(self.0.len())])
            .collect();
        groups.join("-")
    }

    /// What is stored.
    pub fn hash(&self) -> String {
        store::files::sha256(self.0.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use crate::secret::Secret;

    use super::Receipt;

    #[test]
    fn a_form_has_one_receipt_and_no_two_forms_have_the_same() {
        let (one, other) = (Secret::random(), Secret::random());
        assert!(Receipt::of(&one) == Receipt::of(&one));
        assert!(Receipt::of(&one) != Receipt::of(&other));
        assert_eq!(Receipt::of(&one).text().len(), 19);
        assert!(Receipt::typed(&Receipt::of(&one).text()) == Receipt::of(&one));
    }

    #[test]
    fn a_receipt_is_known_again_however_it_is_copied() {
        let receipt = Receipt::typed("012Z-018Z-9ABC-DEFG");
        assert_eq!(receipt.text(), "012Z-018Z-9ABC-DEFG");
        for copy in ["012Z-018Z-9ABC-DEFG", " o12z 0i8z 9abc defg", "0L2Z018Z9ABCDEFG"] {
            let typed = Receipt::typed(copy);
            assert!(typed == receipt, "{copy} is read as {}", typed.text());
            assert_eq!(typed.hash(), receipt.hash());
        }
        assert!(Receipt::typed("012Z-018Z-9ABC-DEFG-0") != receipt);
        assert_eq!(Receipt::typed("").text(), "");
        assert!(Receipt::typed("é x́ ü").text().is_ascii());
    }
}
