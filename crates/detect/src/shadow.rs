//! The view in which all detection happens: one spelling for characters that look alike or do not show, and for line
//! breaks and tabs that are written as escapes, with the way back to the exact bytes. Text that needs no change is its own
//! shadow; the original is never altered.

use std::ops::Range;

use crate::border::in_word;
use crate::{Evidence, Finding, Texts};

/// A text and its shadow.
#[derive(Debug, Default)]
pub(crate) struct Shadow {
    text: String,
    /// Where the distance between shadow and original changes: (offset here, offset there), rising.
    steps: Vec<(u32, u32)>,
    /// Where invisible characters were taken out, as offsets here.
    removed: Vec<u32>,
    /// Where a look-alike letter stands for another, as offsets here.
    swapped: Vec<u32>,
}

impl Shadow {
    /// The view of the text, and its way back if there is any difference.
    pub(crate) fn of<'s>(&'s mut self, text: &'s str) -> (&'s str, Option<&'s Self>) {
        if !self.fill(text) {
            return (text, None);
        }
        (&self.text, Some(self))
    }

    /// Gives what was found in the shadow its place in the original, and notes what was disguised.
    pub(crate) fn unveil(&self, findings: &mut [Finding], original: &str) {
        for finding in findings {
            let span = finding.range();
            if self.disguises(&span) {
                finding.evidence = finding.evidence.and(Evidence::DISGUISED);
            }
            let there = self.original(&span, original);
            finding.span = there.start as u32..there.end as u32;
        }
    }

    /// The bytes of the original behind a stretch of the shadow: with what was removed inside, without what was
    /// removed at its ends.
    pub(crate) fn original(&self, span: &Range<usize>, original: &str) -> Range<usize> {
        let last =
            self.text[span.clone()].char_indices().next_back().map_or(span.start, |(at, _)| span.start + at);
        let last = self.place(last);
        let width = original[last..].chars().next().map_or(0, char::len_utf8);
        self.place(span.start)..last + width
    }

    /// Whether the original hides or swaps letters inside this stretch of the shadow.
    pub(crate) fn disguises(&self, span: &Range<usize>) -> bool {
        let next = |places: &[u32], from: usize| {
            let nth = places.partition_point(|place| (*place as usize) < from);
            places.get(nth).is_some_and(|place| (*place as usize) < span.end)
        };
        next(&self.removed, span.start + 1) || next(&self.swapped, span.start)
    }

    /// Where the character that starts here starts in the original.
    fn place(&self, at: usize) -> usize {
        match self.steps.partition_point(|(here, _)| *here as usize <= at) {
            0 => at,
            nth => {
                let (here, there) = self.steps[nth - 1];
                at - here as usize + there as usize
            }
        }
    }

    /// Writes the shadow; false where it is the text itself.
    fn fill(&mut self, text: &str) -> bool {
        self.text.clear();
        self.steps.clear();
        self.removed.clear();
        self.swapped.clear();
        let mut copied = 0;
        let mut word = Word::default();
        let mut at = 0;
        loop {
            at += plain(&text[at..]);
            if escapes(&text.as_bytes()[at..]) {
                self.text.push_str(&text[copied..at]);
                self.text.push_str(BREAK);
                at += BREAK.len();
                copied = at;
                continue;
            }
            let Some(c) = text[at..].chars().next() else { break };
            let twin = latin(c).filter(|_| {
                if at >= word.end {
                    word = Word::around(text, at);
                }
                word.disguised
            });
            let next = at + c.len_utf8();
            let new = twin.or_else(|| fold(c));
            if new != Some(c) {
                self.text.push_str(&text[copied..at]);
                copied = next;
                let here = self.text.len() as u32;
                match new {
                    Some(new) => self.text.push(new),
                    None => self.removed.push(here),
                }
                if twin.is_some() {
                    self.swapped.push(here);
                }
                let step = (self.text.len() as u32, next as u32);
                match self.steps.last_mut() {
                    Some(last) if last.0 == step.0 => *last = step,
                    _ => self.steps.push(step),
                }
            }
            at = next;
        }
        if copied > 0 {
            self.text.push_str(&text[copied..]);
        }
        copied > 0
    }
}

/// The views of many texts, as one buffer.
#[derive(Debug, Default)]
pub(crate) struct Views {
    buffer: String,
    ends: Vec<u32>,
    disguised: Vec<u32>,
}

impl Views {
    /// The views of the texts, and the numbers of those that are not the text itself.
    pub(crate) fn of<'v>(&'v mut self, texts: &Texts<'v>, shadow: &mut Shadow) -> (Texts<'v>, &'v [u32]) {
        self.disguised.clear();
        let first = plain(texts.buffer);
        if first == texts.buffer.len() {
            return (*texts, &self.disguised);
        }
        let first = texts.ends.partition_point(|end| *end as usize <= first);
        let mut start = first.checked_sub(1).map_or(0, |before| texts.ends[before] as usize);
        for (number, text) in texts.iter().enumerate().skip(first) {
            let (view, disguised) = shadow.of(text);
            if disguised.is_some() {
                if self.disguised.is_empty() {
                    self.buffer.clear();
                    self.buffer.push_str(&texts.buffer[..start]);
                    self.ends.clear();
                    self.ends.extend_from_slice(&texts.ends[..number]);
                }
                self.disguised.push(number as u32);
            }
            if !self.disguised.is_empty() {
                self.buffer.push_str(view);
                self.ends.push(self.buffer.len() as u32);
            }
            start += text.len();
        }
        match &self.disguised[..] {
            [] => (*texts, &[]),
            disguised => (Texts { buffer: &self.buffer, ends: &self.ends }, disguised),
        }
    }
}

/// A run of letters, and whether its look-alikes are there to deceive.
#[derive(Default)]
struct Word {
    end: usize,
    disguised: bool,
}

impl Word {
    /// The word of the look-alike at `at`, the first of that word. Disguised: it mixes Latin with look-alikes of other
    /// scripts, or is made of at least three look-alikes and nothing else.
    fn around(text: &str, at: usize) -> Self {
        let letter = |c: &char| c.is_alphabetic() && in_word(*c) || fold(*c).is_none();
        let before = text[..at].chars().rev().take_while(letter);
        let after = text[at..].chars().take_while(letter);
        let (mut plain, mut alike, mut other) = (0, 0, 0);
        for c in before.chain(after.clone()) {
            if c.is_ascii() {
                plain += 1;
            } else if latin(c).is_some() {
                alike += 1;
            } else if fold(c).is_some() {
                other += 1;
            }
        }
        let end = at + after.map(char::len_utf8).sum::<usize>();
        Self { end, disguised: plain > 0 || alike >= 3 && other == 0 }
    }
}

/// The view of an escape, as long as it is.
const BREAK: &str = " \n";

/// Whether the text begins with an escape for a blank, as code and JSON inside of texts have it. Its letter is no part of
/// the word behind it.
fn escapes(text: &[u8]) -> bool {
    matches!(text, [b'\\', b'n' | b'r' | b't', ..])
}

/// Where the first character stands that may not stand for itself; the length of the text where there is none.
fn plain(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(ahead) = odd(&bytes[at..]) {
        at += ahead;
        let alone = || text[at..].chars().next().filter(|c| latin(*c).is_none() && fold(*c) == Some(*c));
        let length = match bytes[at] {
            b'\\' => (!escapes(&bytes[at..])).then_some(1),
            first => itself(first).or_else(|| alone().map(char::len_utf8)),
        };
        let Some(length) = length else { return at };
        at += length;
    }
    bytes.len()
}

/// Where the first byte stands that is beyond ASCII or a backslash.
fn odd(text: &[u8]) -> Option<usize> {
    const AT_ONCE: usize = 16;
    let all = |byte: u8| u128::from_le_bytes([byte; AT_ONCE]);
    let (chunks, rest) = text.as_chunks::<AT_ONCE>();
    // The highest bits of bytes that are odd. Behind the first one there may be more than are.
    let odd = |bytes: &[u8; AT_ONCE]| {
        let bytes = u128::from_le_bytes(*bytes);
        let zeros = bytes ^ all(b'\\');
        (bytes | zeros.wrapping_sub(all(1)) & !zeros) & all(0x80)
    };
    let nth = chunks.iter().position(|bytes| odd(bytes) != 0);
    let whole = nth.map(|nth| AT_ONCE * nth + odd(&chunks[nth]).trailing_zeros() as usize / 8);
    let last = || rest.iter().position(|byte| !byte.is_ascii() || *byte == b'\\');
    whole.or_else(|| Some(text.len() - rest.len() + last()?))
}

/// The length of all characters that begin with this byte, where each of them stands for itself: Latin with diacritics,
/// Han, Hangul.
const fn itself(first: u8) -> Option<usize> {
    match first {
        0xC3..=0xCC => Some(2),
        0xE4..=0xE9 | 0xEB..=0xEC => Some(3),
        _ => None,
    }
}

/// The character that stands for `c`; `None` for one that does not show.
fn fold(c: char) -> Option<char> {
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
const fn latin(c: char) -> Option<char> {
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
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_odd_byte_is_the_first_one(
            bytes in prop::collection::vec(prop_oneof![8 => b' '..=b'~', 1 => any::<u8>()], 0..80),
        ) {
            let first = bytes.iter().position(|byte| !byte.is_ascii() || *byte == b'\\');
            prop_assert_eq!(odd(&bytes), first);
        }
    }
}
