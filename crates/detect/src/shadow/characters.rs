//! Which character stands for which: what looks like a Latin letter, a digit or a sign, and what does not show.

use std::sync::LazyLock;

use crate::border::in_word;

/// What has to be known of a character before it is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Stands for itself, and parts words.
    Sign,
    /// Stands for itself, in a word.
    Letter,
    /// Stands for itself, or for a letter of Latin if its word is disguised.
    Twin,
    /// Stands for another, or does not show.
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match fold(c) {
            _ if latin(c).is_some() => Self::Twin,
            Some(same) if same == c && c.is_alphabetic() && in_word(c) => Self::Letter,
            Some(same) if same == c => Self::Sign,
            _ => Self::Other,
        }
    }
}

/// The kinds of characters of two bytes, and which ones of three bytes stand for themselves: so nearly all of a text is
/// passed over that is not written in Latin.
pub(super) struct Characters {
    two: Box<[Kind; THREE as usize]>,
    /// A bit for each.
    three: Box<[u64; FOUR as usize / 64]>,
}

/// The first character of three bytes, and that of four.
const THREE: u32 = 0x800;
const FOUR: u32 = 0x1_0000;

pub(super) static CHARACTERS: LazyLock<Characters> = LazyLock::new(|| {
    let kind = |code| char::from_u32(code).map_or(Kind::Other, Kind::of);
    let itself = |code: &u32| char::from_u32(*code).is_some_and(|c| latin(c).is_none() && fold(c) == Some(c));
    let mut three = Box::new([0; FOUR as usize / 64]);
    (THREE..FOUR).filter(itself).for_each(|code| three[code as usize / 64] |= 1 << (code % 64));
    Characters { two: Box::new(std::array::from_fn(|code| kind(code as u32))), three }
});

impl Characters {
    /// The kind of the character of these two bytes.
    #[inline]
    pub(super) fn two(&self, first: u8, second: u8) -> Kind {
        self.two[usize::from(first & 0x1F) << 6 | usize::from(second & 0x3F)]
    }

    /// Whether the character of these three bytes stands for itself.
    #[inline]
    pub(super) fn three(&self, [first, second, third]: [u8; 3]) -> bool {
        let word = usize::from(first & 0x0F) << 6 | usize::from(second & 0x3F);
        self.three[word] >> (third & 0x3F) & 1 != 0
    }
}

/// The character that stands for `c`; `None` for one that does not show.
pub(super) fn fold(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c);
    }
    match c {
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{180B}'..='\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{E0000}'..='\u{E007F}'
        | '\u{E0100}'..='\u{E01EF}' => None,
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Some(' '),
        '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => Some('-'),
        '\u{2024}' | '\u{FE52}' => Some('.'),
        '\u{FE55}' => Some(':'),
        '\u{FE6B}' => Some('@'),
        // The full-width forms stand in the order of ASCII.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0),
        _ => Some(digit(c).unwrap_or(c)),
    }
}

/// Where the ten decimal digits of each script start (Unicode 16, general category Nd); the mathematical ones follow
/// each other without a gap.
const ZEROS: [u32; 68] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0,
    0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x10D30, 0x10D40,
    0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA,
    0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0,
    0x16B50, 0x16D70, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

fn digit(c: char) -> Option<char> {
    let code = c as u32;
    if (0x1D7CE..=0x1D7FF).contains(&code) {
        return char::from_digit((code - 0x1D7CE) % 10, 10);
    }
    let zero = *ZEROS[..ZEROS.partition_point(|zero| *zero <= code)].last()?;
    char::from_digit(code - zero, 10)
}

/// The Latin letter that this letter of another script cannot be told from (Unicode Technical Standard 39,
/// `confusables.txt`, the ones that common fonts draw alike).
pub(super) const fn latin(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'е' => 'e',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'с' => 'c',
        'у' => 'y',
        'х' => 'x',
        'ѕ' => 's',
        'і' | 'ι' => 'i',
        'ј' => 'j',
        'ԁ' => 'd',
        'ԛ' => 'q',
        'ԝ' => 'w',
        'һ' | 'հ' => 'h',
        'ӏ' => 'l',
        'ν' => 'v',
        'υ' | 'ս' => 'u',
        'ո' => 'n',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'Е' | 'Ε' => 'E',
        'Ζ' => 'Z',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' | 'Ӏ' => 'I',
        'Ј' => 'J',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'С' => 'C',
        'Ѕ' => 'S',
        'Т' | 'Τ' => 'T',
        'Υ' => 'Y',
        'Х' | 'Χ' => 'X',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_hold_what_the_lists_say() {
        let mut room = [0; 4];
        for c in ('\u{80}'..=char::MAX).filter(|c| c.len_utf8() < 4) {
            let itself = latin(c).is_none() && fold(c) == Some(c);
            match *c.encode_utf8(&mut room).as_bytes() {
                [first, second] => assert_eq!(CHARACTERS.two(first, second), Kind::of(c), "{c:?}"),
                [first, second, third] => {
                    assert_eq!(CHARACTERS.three([first, second, third]), itself, "{c:?}");
                }
                _ => unreachable!("it is of two bytes or three"),
            }
        }
    }

    #[test]
    fn no_letter_of_three_bytes_looks_like_latin() {
        assert!(('\u{800}'..=char::MAX).all(|c| latin(c).is_none()));
    }
}
