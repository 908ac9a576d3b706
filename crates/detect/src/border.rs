//! What counts as a border between a candidate, a word, and their neighbours.

use crate::Borders;

/// Whether a word ends where this character does not stand: letters and digits, but not those of scripts that set no
/// blanks between words (Han, Kana, Hangul with its particles, Thai, Lao, Burmese, Khmer), so that a number written
/// right behind such a letter is found.
pub(crate) fn in_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() && !unspaced(c) }
}

const fn unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{3130}'..='\u{318F}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

impl Borders {
    /// Whether this character may stand beside a candidate. The start and the end of the text always may.
    pub(crate) fn allow(self, neighbour: Option<char>) -> bool {
        self <= Self::strictest(neighbour)
    }

    /// Of those that allow this character, the one that allows the least.
    pub(crate) fn strictest(neighbour: Option<char>) -> Self {
        match neighbour {
            Some('0'..='9') => Self::None,
            Some(c) if c <= LAST_OF_CYRILLIC && in_word(c) => Self::Digit,
            Some(c) if c == '_' || in_word(c) => Self::Latin,
            _ => Self::Word,
        }
    }
}

/// The blocks up to here are Latin with its extensions, phonetic letters, Greek and Cyrillic.
const LAST_OF_CYRILLIC: char = '\u{052F}';

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
        let allowing = |c| {
            let all = [Borders::None, Borders::Digit, Borders::Latin, Borders::Word];
            all.into_iter().filter(|border| border.allow(c)).count()
        };
        for (neighbour, count) in [
            (None, 4),
            (Some(' '), 4),
            (Some('漢'), 4),
            (Some('_'), 3),
            (Some('ا'), 3),
            (Some('٣'), 3),
            (Some('z'), 2),
            (Some('é'), 2),
            (Some('ж'), 2),
            (Some('7'), 1),
        ] {
            assert_eq!(allowing(neighbour), count, "{neighbour:?}");
        }
    }
}
