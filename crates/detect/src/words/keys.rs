//! Words by how the run of letters begins that each of them begins with: a set that passes over most places of a text,
//! and an index of what may stand at the others.

use std::collections::HashMap;

use crate::letters::{Heads, Start};

/// The first characters of a run of letters, a byte each.
#[derive(Clone, Copy, Default)]
pub(super) struct Key {
    pub(super) bytes: u64,
    length: usize,
}

impl Key {
    pub(super) fn of(run: &str) -> Self {
        let mut key = Self::default();
        run.chars().for_each(|c| key.push(c));
        key
    }

    /// A run that goes on with something beyond ASCII.
    fn and_foreign(self) -> u64 {
        self.bytes | 0xFF << (8 * self.length)
    }

    pub(super) fn push(&mut self, c: char) {
        let byte = if c.is_ascii() { c as u64 } else { 0x80 | c as u64 & 0x7F };
        self.bytes |= byte << (8 * self.length);
        self.length += 1;
    }
}

/// All that [`Keys::may_begin`] can meet where a run stands in a text, and the first bytes there, given the other cases
/// beyond ASCII of each letter.
pub(super) fn beginnings(run: &str, foreign: &HashMap<char, Vec<char>>) -> Vec<(u64, String)> {
    let mut all = Vec::new();
    let mut key = Key::default();
    for (at, c) in run.char_indices() {
        let others = foreign.get(&c).into_iter().flatten().copied();
        for other in others.chain((!c.is_ascii()).then_some(c)) {
            let first = format!("{}{other}", &run[..at]);
            let key = if at == 0 { Start::of(first.as_bytes()).key } else { key.and_foreign() };
            all.push((key, first));
        }
        if !c.is_ascii() {
            return all;
        }
        key.push(c);
    }
    all.push((key.bytes, run.to_owned()));
    all
}

/// A set of keys that now and then holds one too many.
#[derive(Default)]
pub(crate) struct Keys {
    bits: Vec<u64>,
    /// Of a hash, to the number of its place in `bits`.
    shift: u32,
    pub(crate) heads: Heads,
}

impl Keys {
    pub(super) fn new(keys: impl Iterator<Item = (u64, String)>) -> Self {
        let keys: Vec<_> = keys.collect();
        let words = (keys.len() / 2).next_power_of_two().max(2);
        let mut it =
            Self { bits: vec![0; words], shift: 64 - words.trailing_zeros(), heads: Heads::default() };
        for (key, first) in keys {
            it.heads.insert(first.as_bytes());
            let (word, bits) = it.place(key);
            it.bits[word] |= bits;
        }
        it
    }

    /// Where a key has its two bits.
    #[inline]
    fn place(&self, key: u64) -> (usize, u64) {
        let hash = hash(key);
        ((hash >> self.shift) as usize, 1 << (hash >> 20 & 63) | 1 << (hash >> 26 & 63))
    }

    /// Whether one of the words can begin so.
    #[inline]
    pub(crate) fn may_begin(&self, start: Start) -> bool {
        let Start { key, length, foreign } = start;
        self.may_hold(key) || foreign && self.may_hold(Key { bytes: key, length }.and_foreign())
    }

    #[inline]
    fn may_hold(&self, key: u64) -> bool {
        let (word, bits) = self.place(key);
        self.bits[word] & bits == bits
    }
}

/// What stands under a key.
#[derive(Default)]
pub(super) struct Index {
    /// By the top bits of the hash of the key.
    entries: Vec<(u64, u32)>,
    /// By these bits: where their entries begin.
    begins: Vec<u32>,
}

/// Bits of a hash that the index goes by.
const INDEX: u32 = 13;

impl Index {
    pub(super) fn new(mut entries: Vec<(u64, u32)>) -> Self {
        entries.sort_unstable_by_key(|(key, number)| (hash(*key), *number));
        entries.dedup();
        let begins = (0..=1 << INDEX)
            .map(|top| entries.partition_point(|(key, _)| hash(*key) >> (64 - INDEX) < top) as u32);
        Self { begins: begins.collect(), entries }
    }

    pub(super) fn of(&self, key: u64) -> impl Iterator<Item = u32> {
        let top = (hash(key) >> (64 - INDEX)) as usize;
        let range = match self.begins.get(top..top + 2) {
            Some([from, to]) => *from as usize..*to as usize,
            _ => 0..0,
        };
        self.entries[range].iter().filter(move |(other, _)| *other == key).map(|(_, number)| *number)
    }
}

/// Fibonacci hashing: the high bits depend on all of the key.
fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
