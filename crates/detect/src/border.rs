//! What counts as a border between a candidate, a word, and their neighbours.

use std::sync::LazyLock;

use crate::Borders;

/// Whether a word ends where this character does not stand: letters and digits, but not those of scripts that set no
/// blanks between words (Han, Kana, Hangul with its particles, Thai, Lao, Burmese, Khmer), so that a number written
/// right behind such a letter is found.
pub(crate) fn in_word(c: char) -> bool {
    match c {
        ..FAR => NEAR[c as usize],
        FAR..FARTHER => FAR_IN_WORD[c as usize - FAR as usize],
        FARTHER.. => !unspaced(c) && c.is_alphanumeric(),
    }
}

/// The first character of three bytes, and the first behind most scripts that set blanks between words.
const FAR: char = '\u{800}';
const FARTHER: char = '\u{2000}';

/// The same for characters of one byte or two, which are asked about most often.
static NEAR: LazyLock<Box<[bool]>> = LazyLock::new(|| ('\0'..FAR).map(char::is_alphanumeric).collect());

/// The same for scripts of India, Georgia and Ethiopia and for Latin and Greek letters with several marks.
static FAR_IN_WORD: LazyLock<Box<[bool]>> =
    LazyLock::new(|| (FAR..FARTHER).map(|c| !unspaced(c) && c.is_alphanumeric()).collect());

/// The same for the character of these two bytes.
#[inline]
pub(crate) fn two_in_word(first: u8, second: u8) -> bool {
    NEAR[usize::from(first & 0x1F) << 6 | usize::from(second & 0x3F)]
}

const fn unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{3130}'..='\u{318F}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

impl Borders {
    /// Of those that allow what stands before a place of a text, the one that allows the least. The start of a text
    /// stands behind nothing, which all allow.
    #[inline]
    pub(crate) fn before(text: &str, at: usize) -> Self {
        match text.as_bytes()[..at] {
            [.., b'0'..=b'9', b'-' | b'.' | b'/' | b','] => Self::Word,
            [.., byte] if byte.is_ascii() => ASCII[usize::from(byte)],
            _ => Self::beside(before(text, at)),
        }
    }

    /// The same for what stands behind it.
    #[inline]
    pub(crate) fn after(text: &str, at: usize) -> Self {
        match text.as_bytes()[at..] {
            [b'-' | b'.' | b'/' | b':', b'0'..=b'9', ..] => Self::Word,
            [byte, ..] if byte.is_ascii() => ASCII[usize::from(byte)],
            _ => Self::beside(after(text, at)),
        }
    }

    /// The same for a neighbour of which nothing more is known: at least as strict.
    pub(crate) fn beside(neighbour: Option<char>) -> Self {
        match neighbour {
            Some(c) if c.is_ascii() => ASCII[c as usize],
            Some(c) if in_word(c) => {
                if c <= LAST_OF_CYRILLIC {
                    Self::Digit
                } else {
                    Self::Latin
                }
            }
            _ => Self::Number,
        }
    }
}

/// [`Borders::beside`] of each ASCII character.
const ASCII: [Borders; 128] = {
    let mut all = [Borders::Number; 128];
    let mut byte = 0;
    while byte < 128 {
        all[byte as usize] = match byte {
            b'0'..=b'9' => Borders::None,
            b'a'..=b'z' | b'A'..=b'Z' => Borders::Digit,
            b'_' => Borders::Latin,
            _ => Borders::Number,
        };
        byte += 1;
    }
    all
};

/// The blocks up to here are Latin with its extensions, phonetic letters, Greek and Cyrillic.
const LAST_OF_CYRILLIC: char = '\u{052F}';

/// Whether a word can begin or end here: not between two of its characters.
#[inline]
pub(crate) fn is_border(text: &str, at: usize) -> bool {
    !before(text, at).is_some_and(in_word) || !after(text, at).is_some_and(in_word)
}

/// Whether another word begins here within a name as code writes it: a capital behind a small letter or a digit, or
/// before a small letter, as in `userSsn` and `DBPassword`.
pub(crate) fn in_name(text: &str, at: usize) -> bool {
    let [before, here, after] = [at.wrapping_sub(1), at, at + 1].map(|at| text.as_bytes().get(at));
    let capital = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_uppercase);
    let small = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_lowercase);
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    capital(here) && (small(before) || digit(before) || capital(before) && small(after))
}

/// The character that ends at `at`.
pub(crate) fn before(text: &str, at: usize) -> Option<char> {
    match text.as_bytes()[..at].last() {
        Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
        _ => text[..at].chars().next_back(),
    }
}

/// The character that starts at `at`.
pub(crate) fn after(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
        _ => text[at..].chars().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_allow_what_stands_beside_values() {
        for (neighbour, strictest) in [
            (None, Borders::Number),
            (Some(' '), Borders::Number),
            (Some('漢'), Borders::Number),
            (Some('_'), Borders::Latin),
            (Some('ا'), Borders::Latin),
            (Some('٣'), Borders::Latin),
            (Some('z'), Borders::Digit),
            (Some('é'), Borders::Digit),
            (Some('ж'), Borders::Digit),
            (Some('7'), Borders::None),
        ] {
            assert_eq!(Borders::beside(neighbour), strictest, "{neighbour:?}");
        }
    }

    #[test]
    fn words_begin_in_names_as_code_writes_them() {
        for (text, begin) in [
            ("userSsn", "S"),
            ("userSSN", "S"),
            ("DBPassword", "P"),
            ("oauth2Token", "T"),
            ("PASSWORD", ""),
            ("user Ssn", ""),
            ("aÄbÉ", ""),
        ] {
            let begins = text.char_indices().filter(|(at, _)| in_name(text, *at));
            assert_eq!(begins.map(|(_, c)| c).collect::<String>(), begin, "{text}");
        }
    }

    #[test]
    fn a_number_is_no_part_of_a_longer_one() {
        let (before, after) =
            (|text: &str| Borders::before(text, text.len()), |text| Borders::after(text, 0));
        for (text, strictest) in [
            ("1-", Borders::Word),
            ("1.", Borders::Word),
            ("a-", Borders::Number),
            ("-", Borders::Number),
            ("12", Borders::None),
        ] {
            assert_eq!(before(text), strictest, "{text}");
        }
        for (text, strictest) in [
            (":1", Borders::Word),
            ("/2", Borders::Word),
            (". 1", Borders::Number),
            ("-", Borders::Number),
            ("", Borders::Number),
        ] {
            assert_eq!(after(text), strictest, "{text}");
        }
    }
}
