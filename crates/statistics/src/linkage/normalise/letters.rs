//! Letters of several scripts as plain Latin small letters.
//!
//! Latin letters lose their marks. Cyrillic follows the machine-readable zone of passports (ICAO Doc 9303, part 3),
//! Greek ELOT 743 without its digraphs but `ου`, Arabic and Persian the consonants of common passport spellings.
//! Letters of other scripts stay as they are: two lists in one script still agree.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// `text` in plain Latin small letters, as far as its script is known.
///
/// ```
/// use statistics::linkage::normalise::latin;
/// assert_eq!(latin("Łódź"), "lodz");
/// assert_eq!(latin("Жанна"), "zhanna");
/// ```
pub fn latin(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut before = ' ';
    let letters = text
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase);
    for letter in letters {
        match letter {
            // `ου` is one sound.
            'υ' if before == 'ο' => plain.push('u'),
            letter if letter.is_ascii() => plain.push(letter),
            letter => match written(letter) {
                Some(latin) => plain.push_str(latin),
                // A capital may have left a mark behind when it became small.
                None if is_combining_mark(letter) => {}
                None => plain.push(letter),
            },
        }
        before = letter;
    }
    plain
}

/// How one letter is written in Latin.
fn written(letter: char) -> Option<&'static str> {
    latin_letter(letter)
        .or_else(|| cyrillic(letter))
        .or_else(|| greek(letter))
        .or_else(|| arabic(letter))
}

fn latin_letter(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "ng",
        'ə' | 'ǝ' => "e",
        'ŧ' => "t",
        'ɓ' => "b",
        'ɗ' => "d",
        'ƙ' => "k",
        'ƴ' => "y",
        // Apostrophes and the like belong to the word.
        '’' | '‘' | 'ʼ' | 'ʿ' | 'ʾ' | '`' | '´' => "'",
        '‐' | '‑' | '–' | '—' => "-",
        _ => return None,
    })
}

fn cyrillic(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'э' | 'є' | 'ё' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'й' | 'ї' => "i",
        'ј' => "j",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ы' => "y",
        'ю' => "iu",
        'я' => "ia",
        'ђ' => "dj",
        'ћ' => "c",
        'љ' => "lj",
        'њ' => "nj",
        'џ' | 'ѕ' => "dz",
        'қ' => "k",
        'ң' => "n",
        'ғ' => "g",
        'ү' | 'ұ' => "u",
        'ө' => "o",
        'һ' | 'ҳ' => "h",
        'ҷ' => "j",
        _ => return None,
    })
}

fn greek(letter: char) -> Option<&'static str> {
    Some(match letter {
        'α' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' => "e",
        'ζ' => "z",
        'η' | 'ι' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ω' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'υ' => "y",
        'φ' => "f",
        'χ' => "ch",
        'ψ' => "ps",
        _ => return None,
    })
}

fn arabic(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ا' | 'ة' | 'ى' | 'ٱ' => "a",
        'ب' => "b",
        'ت' | 'ط' | 'ٹ' => "t",
        'ث' => "th",
        'ج' => "j",
        'ح' | 'ه' | 'ہ' | 'ھ' => "h",
        'خ' => "kh",
        'د' | 'ض' | 'ڈ' => "d",
        'ذ' => "dh",
        'ر' | 'ڑ' => "r",
        'ز' | 'ظ' => "z",
        'س' | 'ص' => "s",
        'ش' => "sh",
        'غ' => "gh",
        'ف' => "f",
        'ق' => "q",
        'ك' | 'ک' => "k",
        'ل' => "l",
        'م' => "m",
        'ن' | 'ں' => "n",
        'و' => "w",
        'ي' | 'ی' => "y",
        'ے' => "e",
        'پ' => "p",
        'چ' => "ch",
        'ژ' => "zh",
        'گ' => "g",
        'ع' | 'ء' | 'ـ' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn latin_letters_lose_their_marks() {
        assert_eq!(latin("Nguyễn Đức Ñandú Øßþ İı"), "nguyen duc nandu ossth ii");
        assert_eq!(latin("ﬁ Ａ"), "fi a", "compatibility forms too");
    }

    #[test]
    fn other_scripts_are_written_as_on_passports() {
        assert_eq!(latin("Щербина Їжакевич Юлія"), "shcherbina izhakevich iuliia");
        assert_eq!(latin("Παπαδόπουλος"), "papadopoulos");
        assert_eq!(latin("محمد"), "mhmd");
        assert_eq!(latin("أحمد"), "ahmd");
        assert_eq!(latin("ሰላም"), "ሰላም", "what is not known stays");
    }

    proptest! {
        #[test]
        fn doing_it_twice_changes_nothing(text in "\\PC{0,30}") {
            let once = latin(&text);
            prop_assert_eq!(latin(&once), once);
        }
    }
}
