//! A referral for somebody who does not use this program: one HTML file that opens in any browser, from a disk, without a
//! network, with a passphrase that is given by another way.
//!
//! What it holds is sealed with AES-256-GCM (NIST SP 800-38D) under a key that PBKDF2-HMAC-SHA256 (RFC 8018) makes of the
//! passphrase, because both are in every browser (W3C Web Cryptography). The passphrase is eight words of 512, 72 bits, and
//! each guess costs a million rounds. In clear stand the script, how many rounds, the salt and the nonce: no word about
//! anyone, nor who sent it. A policy in the page forbids every request and every script but its own.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead as _, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::AppError;

use super::copy::Section;

/// How many words the passphrase has.
pub const N_WORDS: usize = 8;
/// How often the hash is repeated for each guess.
const ROUNDS: u32 = 1_000_000;
/// What is sealed has a multiple of this length, so that the size of the file does not tell how much was said.
const STEP: usize = 4096;

const SCRIPT: &str = include_str!("open.js");
const STYLE: &str = include_str!("style.css");

/// What the file holds.
#[derive(Debug, Clone, Serialize)]
pub struct Content {
    /// Who sent it.
    pub sender: String,
    /// What whoever opens it has to know first: of which day it is, how to answer, what not to do.
    pub notes: Vec<String>,
    /// What is told.
    pub sections: Vec<Section>,
}

/// The key of a passphrase. About a second.
fn key(passphrase: &str, salt: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha256>(passphrase.as_bytes(), salt, ROUNDS, &mut key);
    key
}

/// What names a script or a style in a policy.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(Sha256::digest(text.as_bytes())))
}

/// The file, as one HTML text. Takes about a second, most of it the slow hash.
pub fn seal(content: &Content, passphrase: &str) -> Result<String, AppError> {
    let (salt, nonce) = (store::seal::random::<16>(), store::seal::random::<12>());
    let mut clear = serde_json::to_vec(content)?;
    // Spaces, which JSON passes over.
    clear.resize(clear.len().next_multiple_of(STEP), b' ');
    let cipher = Aes256Gcm::new(&key(passphrase, &salt).into());
    let sealed = cipher
        .encrypt(&nonce.into(), clear.as_slice())
        .expect("no text in memory is longer than the cipher takes");
    let (script, style) = (hash(SCRIPT), hash(STYLE));
    let (salt, nonce, sealed) = (BASE64.encode(salt), BASE64.encode(nonce), BASE64.encode(sealed));
    Ok(format!(
        r#"<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{script}'; style-src '{style}'; form-action 'none'; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>A sealed letter</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>A sealed letter</h1>
<p>It opens with a passphrase of {N_WORDS} words that the sender gives you by another way: by telephone, or by hand. You need no network for it.</p>
<form data-rounds="{ROUNDS}" data-salt="{salt}" data-nonce="{nonce}" data-sealed="{sealed}">
<label for="passphrase">Passphrase</label>
<input id="passphrase" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" required>
<button type="submit">Open it</button>
</form>
<p id="said" role="status"></p>
<section id="letter" aria-label="The letter" hidden></section>
<noscript><p>Your browser must be allowed to run the script in this file: it opens the letter, and asks nothing of a network.</p></noscript>
</main>
<script>{SCRIPT}</script>
</body>
</html>
"#
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Opens a file as its script does; `None` where it does not open.
    fn open(html: &str, passphrase: &str) -> Option<String> {
        let of = |name: &str| {
            let (_, rest) = html.split_once(&format!("data-{name}=\"")).expect("there");
            BASE64.decode(rest.split_once('"').expect("an end").0).expect("base 64")
        };
        let nonce: [u8; 12] = of("nonce").try_into().expect("12 bytes");
        let cipher = Aes256Gcm::new(&key(passphrase, &of("salt")).into());
        let clear = cipher.decrypt(&nonce.into(), of("sealed").as_slice()).ok()?;
        String::from_utf8(clear).ok()
    }

    #[test]
    fn it_opens_with_its_passphrase_alone_and_says_nothing_in_clear() {
        let content = Content {
            sender: "Specimen House".to_owned(),
            notes: vec!["Made on 1 June 2025 by Specimen House.".to_owned()],
            sections: vec![Section {
                heading: "Referral".to_owned(),
                rows: vec![(
                    "What is asked for".to_owned(),
                    "Canaria </script> & a lawyer".to_owned(),
                )],
            }],
        };
        let html = seal(&content, "one-two").expect("sealed");
        for words in ["Canaria", "Specimen", "one-two", "http:", "https:", "src="] {
            assert!(!html.contains(words), "{words}");
        }
        assert_eq!(html.matches("<script>").count(), 1);
        let opened = open(&html, "one-two").expect("it opens");
        assert!(opened.contains("Canaria </script> & a lawyer") && opened.len().is_multiple_of(STEP));
        assert!(opened.contains("Made on 1 June 2025 by Specimen House."));
        assert_eq!(open(&html, "one-too"), None);
        assert_ne!(
            html,
            seal(&content, "one-two").expect("sealed"),
            "salt and nonce are new each time"
        );
    }
}
