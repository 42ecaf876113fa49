//! Secrets that travel in cookies and links, and how they are stored.

/// 32 random bytes as 64 hexadecimal characters. Only the holder has it; the database has its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Makes one from a source of randomness.
    pub fn new(random: &mut impl rand::CryptoRng) -> Self {
        let mut bytes = [0_u8; 32];
        random.fill_bytes(&mut bytes);
        Self(bytes.iter().fold(String::new(), |mut text, byte| {
            use std::fmt::Write as _;
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }

    /// Makes one from the operating system's randomness. Only the edges of the program call this.
    #[expect(clippy::disallowed_methods, reason = "the one place where session secrets are drawn")]
    pub fn random() -> Self {
        Self::new(&mut rand::rng())
    }

    /// Takes one that a visitor presented.
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The secret itself, for the cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the database stores.
    pub fn hash(&self) -> String {
        store::files::sha256(self.0.as_bytes())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}
