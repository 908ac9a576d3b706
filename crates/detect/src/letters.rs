//! Where runs of letters begin in a text, and how they begin, read off the kernel's masks.

use std::ops::Range;

use crate::kernel::{BLOCK, Masks};

/// The masks of a text, or of a buffer that the text is a part of.
#[derive(Clone, Copy)]
pub(crate) struct Letters<'m> {
    masks: &'m [Masks],
    buffer: &'m [u8],
    /// Where the text is in the buffer.
    text: (usize, usize),
}

impl<'m> Letters<'m> {
    pub(crate) fn new(masks: &'m [Masks], buffer: &'m str, text: Range<usize>) -> Self {
        Self { masks, buffer: buffer.as_bytes(), text: (text.start, text.end) }
    }

    /// Calls `each` with every place in a part of the text where a word can begin, and how it does.
    pub(crate) fn starts(&self, part: Range<usize>, mut each: impl FnMut(usize, Start)) {
        let (from, end) = self.text;
        let part = from + part.start..end.min(from + part.end);
        for block in part.start / BLOCK..part.end.div_ceil(BLOCK) {
            let at = block * BLOCK;
            let fresh = if at <= from && from < at + BLOCK { 1 << (from - at) } else { 0 };
            let mut places = starts(self.masks, block, fresh);
            places &= u64::MAX << part.start.saturating_sub(at).min(BLOCK - 1);
            if part.end < at + BLOCK {
                places &= !(u64::MAX << (part.end - at));
            }
            each_start(self.masks, block, places, &self.buffer[..end], |bit, start| {
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

/// Calls `each` with how words begin at these places of a block of a text.
#[inline]
pub(crate) fn each_start(
    masks: &[Masks],
    block: usize,
    mut places: u64,
    text: &[u8],
    mut each: impl FnMut(usize, Start),
) {
    let Masks { letters, foreign, .. } = masks[block];
    let next = masks.get(block + 1).copied().unwrap_or_default();
    let with = |low: u64, high: u64| u128::from(low) | u128::from(high) << BLOCK;
    let (letters, foreign) = (with(letters, next.letters), with(foreign, next.foreign));
    while places != 0 {
        let bit = places.trailing_zeros() as usize;
        places &= places - 1;
        let rest = &text[block * BLOCK + bit..];
        let length = ((letters >> bit) as u8).trailing_ones() as usize;
        let start = rest.first_chunk::<KEY>().map_or_else(
            || Start::of(rest),
            |first| {
                let (lower, taken) = match (length, first[0]) {
                    (0, ..0xE0) => (0, 2),
                    (0, _) => (0, 3),
                    _ => (LOWER, length),
                };
                let inside = u64::MAX >> (u64::BITS as usize - 8 * taken);
                let key = (u64::from_le_bytes(*first) | lower) & inside;
                Start { key, length, foreign: length < KEY && foreign >> (bit + length) & 1 != 0 }
            },
        );
        each(bit, start);
    }
}

impl Start {
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
