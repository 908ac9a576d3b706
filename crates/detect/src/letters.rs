//! Where runs of letters begin in a text, and how they begin, read off the kernel's masks.

use std::ops::Range;

use crate::border::two_in_word;
use crate::kernel::{BLOCK, Masks};

/// The masks of a text, or of a buffer that the text is a part of.
#[derive(Clone, Copy)]
pub(crate) struct Letters<'m> {
    masks: &'m [Masks],
    buffer: &'m str,
    /// Where the text is in the buffer.
    text: (usize, usize),
}

impl<'m> Letters<'m> {
    pub(crate) fn new(masks: &'m [Masks], buffer: &'m str, text: Range<usize>) -> Self {
        Self { masks, buffer, text: (text.start, text.end) }
    }

    /// The text.
    pub(crate) fn text(&self) -> &'m str {
        &self.buffer[self.text.0..self.text.1]
    }

    /// Where it begins in the buffer.
    pub(crate) const fn base(&self) -> usize {
        self.text.0
    }

    /// Whether the text has none, and nothing beyond ASCII: it is made of digits and signs.
    pub(crate) fn are_none(&self) -> bool {
        let (from, end) = self.text;
        (from / BLOCK..end.div_ceil(BLOCK)).all(|block| {
            let Masks { letters, digits, foreign, .. } = self.masks[block];
            let at = block * BLOCK;
            let own = u64::MAX << from.saturating_sub(at) & u64::MAX >> (at + BLOCK).saturating_sub(end);
            (letters & !digits | foreign) & own == 0
        })
    }

    /// How the word begins that stands at a place of the text.
    #[inline]
    pub(crate) fn start(&self, at: usize) -> Start {
        let (from, end) = self.text;
        let text = &self.buffer.as_bytes()[from + at..end];
        let (block, bit) = ((from + at) / BLOCK, (from + at) % BLOCK);
        let (letters, foreign) = runs(self.masks, block);
        let inside = (1 << text.len().min(KEY)) - 1;
        Start::read(first_bytes(text), letters >> bit & inside, foreign >> bit & inside)
    }

    /// Calls `each` with every place in a part of the text where a word with one of these heads can begin, and how it
    /// does.
    pub(crate) fn starts(&self, part: Range<usize>, heads: &Heads, mut each: impl FnMut(usize, Start)) {
        let (from, end) = self.text;
        let text = &self.buffer.as_bytes()[..end];
        let part = from + part.start..end.min(from + part.end);
        for block in part.start / BLOCK..part.end.div_ceil(BLOCK) {
            let at = block * BLOCK;
            let fresh = if at <= from && from < at + BLOCK { 1 << (from - at) } else { 0 };
            let mut places = starts(self.masks, block, fresh);
            places &= u64::MAX << part.start.saturating_sub(at).min(BLOCK - 1);
            if part.end < at + BLOCK {
                places &= !(u64::MAX << (part.end - at));
            }
            each_start(self.masks, block, (places, fresh), text, heads, |bit, start| {
                each(at + bit - from, start);
            });
        }
    }
}

/// How a word begins.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    /// Its first ASCII letters and digits, at most eight, in lower case. Where there are none, the first bytes of the
    /// character that stands there.
    pub(crate) key: u64,
    /// How many of them there are.
    pub(crate) length: usize,
    /// A character beyond ASCII stands behind them.
    pub(crate) foreign: bool,
}

/// Bytes of a [`Start::key`].
pub(crate) const KEY: usize = 8;

/// The bit in which the cases of an ASCII letter differ; digits have it.
const LOWER: u64 = 0x2020_2020_2020_2020;

/// The bytes of a block and of the key that begins at its last one.
const CHUNK: usize = BLOCK + KEY - 1;

/// The first bytes of a text as one number, with zeros behind its end.
#[inline]
pub(crate) fn first_bytes(text: &[u8]) -> u64 {
    u64::from_le_bytes(text.first_chunk().copied().unwrap_or_else(|| {
        let mut bytes = [0; KEY];
        bytes[..text.len()].copy_from_slice(text);
        bytes
    }))
}

/// A block of a text and where its runs are, with what follows it.
struct Runs<'t> {
    letters: u128,
    foreign: u128,
    text: &'t [u8; CHUNK],
}

/// The bits of a block and of what follows it: ASCII letters and digits, and what begins characters beyond ASCII.
#[inline]
fn runs(masks: &[Masks], block: usize) -> (u128, u128) {
    let next = masks.get(block + 1).copied().unwrap_or_default();
    let both = |mask, next| u128::from(next) << BLOCK | u128::from(mask);
    let Masks { letters, foreign, .. } = masks[block];
    (both(letters, next.letters), both(foreign, next.foreign))
}

impl Runs<'_> {
    /// The block of a buffer; of a text that ends in it, what is behind is no letter, and is spelled in `room`.
    #[inline]
    fn of<'t>(masks: &[Masks], block: usize, text: &'t [u8], room: &'t mut [u8; CHUNK]) -> Runs<'t> {
        let (letters, foreign) = runs(masks, block);
        let rest = &text[block * BLOCK..];
        if let Some(text) = rest.first_chunk() {
            return Runs { letters, foreign, text };
        }
        room[..rest.len()].copy_from_slice(rest);
        let inside = (1 << rest.len()) - 1;
        Runs { letters: letters & inside, foreign: foreign & inside, text: room }
    }

    /// How the word begins at this place of the block.
    #[inline]
    fn start(&self, bit: usize) -> Start {
        let bit = bit % BLOCK;
        let first = self.text[bit..].first_chunk().expect("a chunk is so much longer than a block");
        Start::read(u64::from_le_bytes(*first), self.letters >> bit, self.foreign >> bit)
    }
}

/// How some words begin, by the first three bytes of each or a character beyond ASCII: enough to pass over most words of
/// a text.
pub(crate) struct Heads {
    bits: Box<[u64; 1 << (HEAD_BITS - 6)]>,
    beyond: [u64; 1 << (BEYOND_BITS - 6)],
    /// One of the words begins with a digit.
    digits: bool,
}

/// Bytes of a head.
const HEAD: usize = 3;

/// What is read of a head: five bits of each byte, which tell letters apart in any case, and behind the first byte one
/// more, which tells letters from what else is ASCII.
const FOLDED: u32 = 0x005F_5F1F;

/// A product has the bits of all factors in its upper ones.
const SPREAD: u32 = 0x9E37_79B1;

/// Bits of the number of a head.
const HEAD_BITS: u32 = 17;

/// Bits of the number of a character beyond ASCII that begins a word.
const BEYOND_BITS: u32 = 13;

impl Default for Heads {
    fn default() -> Self {
        Self { bits: Box::new([0; 1 << (HEAD_BITS - 6)]), beyond: [0; 1 << (BEYOND_BITS - 6)], digits: false }
    }
}

impl Heads {
    /// The number of the head of what begins with these bytes.
    #[inline]
    fn of(bytes: [u8; HEAD + 1]) -> usize {
        (u32::from_le_bytes(bytes) & FOLDED).wrapping_mul(SPREAD) as usize >> (u32::BITS - HEAD_BITS)
    }

    /// The number of the character beyond ASCII that these bytes begin with, as far as three of its bytes tell.
    #[inline]
    fn of_character(bytes: [u8; HEAD + 1]) -> usize {
        let own = if bytes[0] < 0xE0 { 0xFFFF } else { 0xFF_FFFF };
        (u32::from_le_bytes(bytes) & own).wrapping_mul(SPREAD) as usize >> (u32::BITS - BEYOND_BITS)
    }

    /// Adds the heads of all texts that begin with these first bytes of a word, but for those that go on beyond ASCII
    /// right behind one or two letters.
    pub(crate) fn insert(&mut self, word: &[u8]) {
        let Some(first) = word.first() else { return };
        if !first.is_ascii() {
            let character =
                Self::of_character(std::array::from_fn(|nth| word.get(nth).copied().unwrap_or(0)));
            self.beyond[character / 64] |= 1 << (character % 64);
            return;
        }
        self.digits |= first.is_ascii_digit();
        // Right behind a word of letters stands none. The second byte and the third are read with one mask; of bytes that
        // are read alike, one stands for all: `@` or a control character for every sign and digit.
        const { assert!(FOLDED >> 8 == (FOLDED >> 16) * 0x101) };
        let one_of_alike = |byte: &u8| byte & !(FOLDED >> 16) as u8 == 0;
        let follows = |nth: usize, byte: u8| nth > word.len() || !byte.is_ascii_alphabetic();
        let choices = |nth: usize| match word.get(nth) {
            Some(known) => vec![*known],
            None => (0..=u8::MAX).filter(one_of_alike).filter(|byte| follows(nth, *byte)).collect(),
        };
        let thirds = choices(2);
        for second in choices(1) {
            for third in &thirds {
                let head = Self::of([*first, second, *third, 0]);
                self.bits[head / 64] |= 1 << (head % 64);
            }
        }
    }

    #[inline]
    fn holds(&self, bytes: [u8; HEAD + 1]) -> bool {
        let head = Self::of(bytes);
        self.bits[head / 64] >> (head % 64) & 1 != 0
    }

    #[inline]
    fn holds_character(&self, bytes: [u8; HEAD + 1]) -> bool {
        let character = Self::of_character(bytes);
        self.beyond[character / 64] >> (character % 64) & 1 != 0
    }
}

/// Calls `each` with how words begin at those places of a block of a text where one with these heads may stand. `fresh`
/// has a bit where a cell begins.
#[inline]
pub(crate) fn each_start(
    masks: &[Masks],
    block: usize,
    (places, fresh): (u64, u64),
    text: &[u8],
    heads: &Heads,
    mut each: impl FnMut(usize, Start),
) {
    let places = if heads.digits { places } else { places & !masks[block].digits };
    if places == 0 {
        return;
    }
    let room = &mut [0; CHUNK];
    let runs = Runs::of(masks, block, text, room);
    let foreign = places & runs.foreign as u64;
    // Of letters that go on so, heads know nothing.
    let mut open = places & !foreign & (runs.foreign >> 1 | runs.foreign >> 2) as u64;
    let first =
        |bit: usize| *runs.text[bit % BLOCK..].first_chunk().expect("a chunk is so much longer than a block");
    for bit in bits(places & !foreign & !open) {
        open |= u64::from(heads.holds(first(bit))) << bit;
    }
    for bit in bits(foreign) {
        let begins = heads.holds_character(first(bit))
            && (fresh >> bit & 1 != 0 || !goes_on(text, block * BLOCK + bit));
        open |= u64::from(begins) << bit;
    }
    for bit in bits(open) {
        each(bit, runs.start(bit));
    }
}

/// Whether a word goes on here, by the character before this place and the one that begins here, both of two bytes. Of
/// scripts that have longer ones, many part no words.
fn goes_on(text: &[u8], at: usize) -> bool {
    let (before, after) = text.split_at(at);
    matches!(
        (before, after),
        ([.., a @ 0xC0..0xE0, b], [c @ 0xC0..0xE0, d, ..]) if two_in_word(*a, *b) && two_in_word(*c, *d)
    )
}

/// The places of bits, rising.
#[inline]
pub(crate) fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = mask.trailing_zeros() as usize;
        (mask != 0).then(|| {
            mask &= mask - 1;
            bit
        })
    })
}

impl Start {
    /// How a word begins, given its first bytes and which of them are letters and which are beyond ASCII.
    #[inline]
    fn read(first: u64, letters: u128, foreign: u128) -> Self {
        let length = (letters as u8).trailing_ones() as usize;
        let (lower, taken) = match (length, first as u8) {
            (0, ..0xE0) => (0, 2),
            (0, _) => (0, 3),
            _ => (LOWER, length),
        };
        let inside = u64::MAX >> (u64::BITS as usize - 8 * taken);
        let foreign = foreign != 0 && length < KEY && foreign >> length & 1 != 0;
        Self { key: (first | lower) & inside, length, foreign }
    }

    /// How the word begins that these bytes begin with.
    pub(crate) fn of(text: &[u8]) -> Self {
        let length = text.iter().take(KEY).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let first = text.first().copied().unwrap_or_default();
        let taken = match length {
            0 if first >= 0xE0 => 3,
            0 => 2,
            _ => length,
        };
        let lower = if length == 0 { 0 } else { LOWER as u8 };
        let letters = text.iter().take(taken).enumerate();
        let key = letters.fold(0, |key, (nth, byte)| key | u64::from(byte | lower) << (8 * nth));
        let foreign = length < KEY && text.get(length).is_some_and(|byte| !byte.is_ascii());
        Self { key, length, foreign }
    }
}

/// The places of a block where words can begin: letters behind none, anything beyond ASCII, and letters that begin a
/// cell.
pub(crate) fn starts(masks: &[Masks], block: usize, fresh: u64) -> u64 {
    let Masks { letters, foreign, .. } = masks[block];
    letters & (!behind(masks, block) | fresh) | foreign
}

/// The places of a block, but for these starts, where labels can begin in names as code writes them, `userSsn`: capitals
/// that are not within a row of them. What stands around the block is not asked: [`in_name`](crate::border::in_name)
/// tells where one may stand.
#[inline]
pub(crate) fn humps(masks: &[Masks], block: usize, starts: u64) -> u64 {
    let Masks { letters, capitals, .. } = masks[block];
    let inner = capitals & !starts;
    // Nearly all blocks.
    if inner == 0 {
        return 0;
    }
    let before_small = (letters & !capitals) >> 1 | 1 << (BLOCK - 1);
    inner & (before_small | !(capitals << 1))
}

/// The places of a block behind an ASCII letter or digit.
fn behind(masks: &[Masks], block: usize) -> u64 {
    let last = block.checked_sub(1).map_or(0, |before| masks[before].letters >> (BLOCK - 1));
    masks[block].letters << 1 | last
}

/// So many characters of a key in a row are no word.
pub(crate) const LONG_KEY: usize = 16;

/// The places of a block where a long key can begin, behind no letter or digit.
pub(crate) fn long_keys(masks: &[Masks], block: usize, fresh: u64) -> u64 {
    let next = masks.get(block + 1).map_or(0, |next| next.keys);
    let mut runs = u128::from(masks[block].keys) | u128::from(next) << BLOCK;
    for half in [1, 2, 4, 8] {
        runs &= runs >> half;
    }
    const { assert!(LONG_KEY == 16) };
    runs as u64 & (!behind(masks, block) | fresh)
}

/// The characters that keys are made of.
pub(crate) const fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'/' | b'_')
}

/// The digits of a block behind none.
pub(crate) fn numbers(masks: &[Masks], block: usize, fresh: u64) -> u64 {
    let digits = masks[block].digits;
    let last = block.checked_sub(1).map_or(0, |before| masks[before].digits >> (BLOCK - 1));
    digits & (!(digits << 1 | last) | fresh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_head_lets_pass_its_word_in_any_case_and_whatever_follows(
            word in "[a-z0-9]{1,4}|é[a-z]?|[a-z]é",
            upper in any::<bool>(),
            sign in "[ -/:-@_`|~]",
            rest in prop::array::uniform4(any::<u8>()),
        ) {
            // What is known of a word that begins beyond ASCII is its first character.
            let known = word.char_indices().nth(1).filter(|_| !word.starts_with(|c: char| c.is_ascii()));
            let mut heads = Heads::default();
            heads.insert(known.map_or(&word[..], |(end, _)| &word[..end]).as_bytes());
            let spelt = if upper { word.to_ascii_uppercase() } else { word };
            let bytes = [spelt.as_bytes(), sign.as_bytes(), &rest].concat();
            let first = *bytes.first_chunk().expect("six bytes at least");
            let held = if first[0].is_ascii() { heads.holds(first) } else { heads.holds_character(first) };
            prop_assert!(held);
        }
    }

    #[test]
    fn a_head_holds_back_other_words() {
        let mut heads = Heads::default();
        heads.insert(b"id");
        heads.insert(b"telephone");
        heads.insert(b"d");
        heads.insert("é".as_bytes());
        let holds = |bytes: &[u8; 4]| heads.holds(*bytes);
        assert!(holds(b"ID: ") && holds(b"tele") && holds(b"D.O."));
        assert!(!holds(b"idea") && !holds(b"ten ") && !holds(b"i d ") && !holds(b"done"));
        assert!(
            heads.holds_character([0xC3, 0xA9, b't', b'a']) && !heads.holds_character([0xE3, 0xA9, 0x81, 0])
        );
    }
}
