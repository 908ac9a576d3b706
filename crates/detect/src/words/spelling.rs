//! How the parts of a word may be spelled in a text: in any case, told eight bytes at a time where all is ASCII.

use std::collections::HashMap;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use crate::letters::{KEY, first_bytes};

/// A part of a word.
pub(super) struct Part {
    /// In the case of [`Cases::fold`].
    pub(super) text: String,
    /// The text, eight bytes at a time; none where not all of it is ASCII.
    chunks: Box<[Chunk]>,
}

/// Up to eight letters or other ASCII characters.
struct Chunk {
    bytes: u64,
    /// The bits of the bytes that there are.
    taken: u64,
    /// The bits in which the cases of its letters differ.
    cases: u64,
}

impl Part {
    pub(super) fn new(text: String) -> Self {
        let chunks = if text.is_ascii() {
            text.as_bytes().chunks(KEY).map(Chunk::of).collect()
        } else {
            Box::default()
        };
        Self { text, chunks }
    }

    /// Where it ends, if it stands here.
    #[inline]
    pub(super) fn end(&self, text: &str, at: usize, cases: &Cases) -> Option<usize> {
        if self.chunks.is_empty() {
            return self.end_by_characters(text, at, cases);
        }
        let mut rest = &text.as_bytes()[at..];
        for Chunk { bytes, taken, cases: either } in &self.chunks {
            let here = first_bytes(rest);
            if here & taken & BEYOND != 0 {
                return self.end_by_characters(text, at, cases);
            }
            if (here | either) & taken != *bytes {
                return None;
            }
            rest = rest.get(KEY..).unwrap_or_default();
        }
        Some(at + self.text.len())
    }

    #[cold]
    fn end_by_characters(&self, text: &str, at: usize, cases: &Cases) -> Option<usize> {
        let mut rest = text[at..].chars();
        let same = self.text.chars().all(|expected| rest.next().is_some_and(|c| cases.fold(c) == expected));
        same.then(|| text.len() - rest.as_str().len())
    }
}

/// In eight bytes, those beyond ASCII.
const BEYOND: u64 = 0x8080_8080_8080_8080;

impl Chunk {
    fn of(text: &[u8]) -> Self {
        let letter = |byte: u8| if byte.is_ascii_alphabetic() { 0x20 } else { 0 };
        let all = |of: &dyn Fn(u8) -> u8| {
            text.iter().enumerate().fold(0, |all, (nth, byte)| all | u64::from(of(*byte)) << (8 * nth))
        };
        Self { bytes: all(&|byte| byte), taken: all(&|_| u8::MAX), cases: all(&letter) }
    }
}

/// Letters beyond ASCII that are another case of a letter of some word, and the one that stands for both.
#[derive(Default)]
pub(super) struct Cases {
    ones: HashMap<char, char>,
    /// The same for the first characters of Unicode, by number.
    near: Vec<char>,
    last: char,
}

/// Characters of one byte or two: among them all scripts with two cases that many people write.
const NEAR: u32 = 0x800;

impl Cases {
    pub(super) fn new(letters: impl Iterator<Item = char>) -> Self {
        let mut letters: Vec<char> = letters.collect();
        letters.sort_unstable();
        letters.dedup();
        let mut ones = HashMap::new();
        for letter in letters {
            let mut class = ClassUnicode::new([ClassUnicodeRange::new(letter, letter)]);
            if class.try_case_fold_simple().is_err() {
                continue;
            }
            let same = || class.iter().flat_map(|range| range.start()..=range.end());
            let Some(one) = same().find(char::is_ascii_lowercase).or_else(|| same().next()) else { continue };
            ones.extend(same().filter(|c| !c.is_ascii() && *c != one).map(|c| (c, one)));
        }
        let near = (0..NEAR).filter_map(char::from_u32).map(|c| ones.get(&c).copied().unwrap_or(c)).collect();
        Self { near, last: ones.keys().copied().max().unwrap_or_default(), ones }
    }

    /// By letter, its other cases beyond ASCII.
    pub(super) fn others(&self) -> HashMap<char, Vec<char>> {
        let mut others: HashMap<char, Vec<char>> = HashMap::new();
        self.ones.iter().for_each(|(other, one)| others.entry(*one).or_default().push(*other));
        others
    }

    /// One case for all.
    pub(super) fn fold(&self, c: char) -> char {
        if c.is_ascii() { c.to_ascii_lowercase() } else { self.one(c) }
    }

    fn one(&self, c: char) -> char {
        match self.near.get(c as usize) {
            Some(one) => *one,
            None if c > self.last => c,
            None => self.ones.get(&c).copied().unwrap_or(c),
        }
    }
}
