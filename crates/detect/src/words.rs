//! Labels, context words and negative words: which of them stand at a place of a text, and what may stand between a
//! label and its value.

use std::collections::HashMap;
use std::ops::Range;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use crate::border::{after, before, in_word};
use crate::compile::Role;
use crate::letters::{self, Heads, KEY, Letters, Start};
use crate::mark::in_mark;
use crate::{DetectorIndex, Error};

/// All words of all detectors.
pub(crate) struct Words {
    list: Vec<Word>,
    /// By key of the run of letters that a word begins with: the words.
    index: Index,
    /// What runs begin with where labels stand, and where any words do.
    labels: Keys,
    all: Keys,
    cases: Cases,
}

struct Word {
    /// What blanks, hyphens, dots, slashes and underscores part, in the case of [`Words::fold`].
    parts: Vec<String>,
    owners: Vec<(DetectorIndex, Role)>,
    label: bool,
}

/// A word that stands in a text, at word borders.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) span: Range<u32>,
    word: u32,
}

/// Which words are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Labels,
    All,
}

impl Words {
    pub(crate) fn new(words: &[(String, u16, Role)]) -> Result<Self, Error> {
        let mut it = Self {
            list: Vec::new(),
            index: Index::default(),
            labels: Keys::default(),
            all: Keys::default(),
            cases: Cases::new(words.iter().flat_map(|(word, ..)| word.chars())),
        };
        let mut numbers: HashMap<Vec<String>, usize> = HashMap::new();
        for (word, detector, role) in words {
            let folded = |part: &str| part.chars().map(|c| it.fold(c)).collect::<String>();
            let parts: Vec<_> = parts(word).map(folded).collect();
            if parts.is_empty() {
                return Err(Error::Word { word: word.clone() });
            }
            let number = *numbers.entry(parts.clone()).or_insert_with(|| {
                it.list.push(Word { parts, owners: Vec::new(), label: false });
                it.list.len() - 1
            });
            it.list[number].owners.push((DetectorIndex(*detector), *role));
            it.list[number].label |= *role == Role::Label;
        }
        let runs =
            || it.list.iter().enumerate().flat_map(|(nth, word)| word.runs().map(move |run| (run, nth)));
        it.index = Index::new(runs().map(|(run, nth)| (Key::of(&run).bytes, nth as u32)).collect());
        let mut foreign: HashMap<char, Vec<char>> = HashMap::new();
        it.cases.ones.iter().for_each(|(other, one)| foreign.entry(*one).or_default().push(*other));
        let labels = || runs().filter(|(_, nth)| it.list[*nth].label);
        it.all = Keys::new(runs().flat_map(|(run, _)| beginnings(&run, &foreign)));
        it.labels = Keys::new(labels().flat_map(|(run, _)| beginnings(&run, &foreign)));
        Ok(it)
    }

    /// Whose word this is, and what for.
    pub(crate) fn owners(&self, hit: &Hit) -> &[(DetectorIndex, Role)] {
        &self.list[hit.word as usize].owners
    }

    /// How labels begin.
    pub(crate) fn label_heads(&self) -> &Heads {
        &self.labels.heads
    }

    /// Whether a label can begin so.
    #[inline]
    pub(crate) fn may_label(&self, start: Start) -> bool {
        self.labels.may_begin(start)
    }

    /// Appends the words that begin in this part of the text, by start.
    pub(crate) fn find(&self, text: &str, letters: Letters<'_>, part: Range<usize>, hits: &mut Vec<Hit>) {
        letters.starts(part, &self.all.heads, |at, start| {
            if self.all.may_begin(start) {
                self.at(text, at, start, Which::All, hits);
            }
        });
    }

    /// Appends the words that begin exactly here, where a run of letters starts so.
    pub(crate) fn at(&self, text: &str, at: usize, start: Start, which: Which, hits: &mut Vec<Hit>) {
        if start.length > 0 && !start.foreign {
            // A letter or digit; what stands before it can be no part of its word but beyond ASCII.
            let ascii = at.checked_sub(1).is_none_or(|before| text.as_bytes()[before].is_ascii());
            if ascii || !before(text, at).is_some_and(in_word) {
                self.of_key(start.key, text, at, which, hits);
            }
            return;
        }
        if !text.is_char_boundary(at)
            || before(text, at).is_some_and(in_word) && after(text, at).is_some_and(in_word)
        {
            return;
        }
        let mut found = Key::default();
        let mut plain = true;
        for c in text[at..].chars().map(|c| self.fold(c)).take_while(|c| in_run(*c)).take(KEY) {
            plain &= c.is_ascii();
            if !plain {
                // Beside a letter beyond ASCII a word may end where the run goes on.
                self.of_key(found.bytes, text, at, which, hits);
            }
            found.push(c);
        }
        self.of_key(found.bytes, text, at, which, hits);
    }

    fn of_key(&self, key: u64, text: &str, at: usize, which: Which, hits: &mut Vec<Hit>) {
        for number in self.index.of(key) {
            let word = &self.list[number as usize];
            if which == Which::Labels && !word.label {
                continue;
            }
            let Some(end) = self.end(word, text, at) else { continue };
            let open = before(text, end).is_some_and(in_word) && after(text, end).is_some_and(in_word);
            if !open && !in_mark(text, &(at..end)) {
                hits.push(Hit { span: at as u32..end as u32, word: number });
            }
        }
    }

    /// Where the word ends that begins here, if it does. Any case; up to three signs or blanks, or none, part it.
    fn end(&self, word: &Word, text: &str, mut at: usize) -> Option<usize> {
        for (nth, part) in word.parts.iter().enumerate() {
            for _ in 0..if nth == 0 { 0 } else { MOST_PARTING } {
                let Some(c) = after(text, at).filter(|c| parts_words(*c)) else { break };
                at += c.len_utf8();
            }
            for expected in part.chars() {
                let c = after(text, at).filter(|c| self.fold(*c) == expected)?;
                at += c.len_utf8();
            }
        }
        Some(at)
    }

    /// One case for all.
    fn fold(&self, c: char) -> char {
        if c.is_ascii() { c.to_ascii_lowercase() } else { self.cases.one(c) }
    }
}

impl Word {
    /// The runs of letters that the word can begin with, as far as a key goes: its first part, or more of them with
    /// nothing between.
    fn runs(&self) -> impl Iterator<Item = String> {
        let mut runs = Vec::new();
        let mut glued = String::new();
        for part in &self.parts {
            glued.push_str(part);
            runs.push(glued.chars().take(KEY).take_while(|c| in_run(*c)).collect());
            if runs.last() != Some(&glued) {
                break;
            }
        }
        runs.into_iter()
    }
}

/// The first characters of a run of letters, a byte each.
#[derive(Clone, Copy, Default)]
struct Key {
    bytes: u64,
    length: usize,
}

impl Key {
    fn of(run: &str) -> Self {
        let mut key = Self::default();
        run.chars().for_each(|c| key.push(c));
        key
    }

    /// A run that goes on with something beyond ASCII.
    fn and_foreign(self) -> u64 {
        self.bytes | 0xFF << (8 * self.length)
    }

    fn push(&mut self, c: char) {
        let byte = if c.is_ascii() { c as u64 } else { 0x80 | c as u64 & 0x7F };
        self.bytes |= byte << (8 * self.length);
        self.length += 1;
    }
}

/// All that [`Keys::may_begin`] can meet where a run stands in a text, and the first bytes there, given the other cases
/// beyond ASCII of each letter.
fn beginnings(run: &str, foreign: &HashMap<char, Vec<char>>) -> Vec<(u64, String)> {
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
struct Keys {
    bits: Vec<u64>,
    /// Of a hash, to the number of its place in `bits`.
    shift: u32,
    heads: Heads,
}

impl Keys {
    fn new(keys: impl Iterator<Item = (u64, String)>) -> Self {
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
    fn may_begin(&self, start: Start) -> bool {
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
struct Index {
    /// By the top bits of the hash of the key.
    entries: Vec<(u64, u32)>,
    /// By these bits: where their entries begin.
    begins: Vec<u32>,
}

/// Bits of a hash that the index goes by.
const INDEX: u32 = 10;

impl Index {
    fn new(mut entries: Vec<(u64, u32)>) -> Self {
        entries.sort_unstable_by_key(|(key, number)| (hash(*key), *number));
        entries.dedup();
        let begins = (0..=1 << INDEX)
            .map(|top| entries.partition_point(|(key, _)| hash(*key) >> (64 - INDEX) < top) as u32);
        Self { begins: begins.collect(), entries }
    }

    fn of(&self, key: u64) -> impl Iterator<Item = u32> {
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

/// Letters beyond ASCII that are another case of a letter of some word, and the one that stands for both.
#[derive(Default)]
struct Cases {
    ones: HashMap<char, char>,
    /// The same for the first scripts of Unicode, by number.
    near: Vec<char>,
    last: char,
}

/// Latin, Greek, Cyrillic: all scripts with two cases that many people write.
const NEAR: u32 = 0x530;

impl Cases {
    fn new(letters: impl Iterator<Item = char>) -> Self {
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

    fn one(&self, c: char) -> char {
        match self.near.get(c as usize) {
            Some(one) => *one,
            None if c > self.last => c,
            None => self.ones.get(&c).copied().unwrap_or(c),
        }
    }
}

/// Letters, digits, and whatever is not ASCII: a run of them begins each word.
fn in_run(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { !c.is_whitespace() }
}

/// Between two parts of a word stand at most this many characters.
const MOST_PARTING: usize = 3;

fn parts_words(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '.' | '/')
}

/// The parts of a word, without the signs before its first letter.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let word = word.trim_start_matches(|c| !in_run(c));
    word.split(parts_words).filter(|part| !part.is_empty())
}

/// A word as a pattern: any case; where it has blanks, hyphens, dots, slashes or underscores, any of them or none.
pub(crate) fn expression(word: &str) -> String {
    let parts: Vec<_> = parts(word).map(regex_syntax::escape).collect();
    format!("(?i:{})", parts.join(&format!(r"[\s\-_./]{{0,{MOST_PARTING}}}")))
}

/// Between a label and its value at most this many bytes.
const CONNECTOR: usize = 24;

/// At most this many of the small words.
const CONNECTING: usize = 3;

const SMALL: [&str; 32] = [
    "number", "no", "nr", "num", "nbr", "id", "is", "are", "was", "of", "code", "n°", "nº", "№", "the", "my",
    "your", "our", "nummer", "numero", "número", "numéro", "ist", "lautet", "est", "es", "é", "è", "是",
    "为", "は", "는",
];

/// By byte: which small words may begin with it, as bits; beyond ASCII any that does so too.
const SMALL_STARTS: [u32; 256] = {
    let mut starts = [0; 256];
    let mut nth = 0;
    while nth < SMALL.len() {
        let first = SMALL[nth].as_bytes()[0];
        let mut byte = 0;
        while byte < starts.len() {
            let same = if byte < 0x80 { first == (byte as u8).to_ascii_lowercase() } else { first >= 0x80 };
            starts[byte] |= (same as u32) << nth;
            byte += 1;
        }
        nth += 1;
    }
    starts
};

/// Where a value may start behind a label that ends at `from`: any place behind the connecting words, in the last run
/// of blanks and signs.
pub(crate) fn value_starts(text: &str, from: usize) -> Range<usize> {
    let mut at = from;
    let mut words = 0;
    loop {
        let run = at;
        while let Some(sign) = after(text, at).filter(|c| is_sign(*c)) {
            if at + sign.len_utf8() - from > CONNECTOR {
                break;
            }
            at += sign.len_utf8();
        }
        match small_word(&text[at..]) {
            Some(length) if words < CONNECTING && at + length - from <= CONNECTOR => {
                at += length;
                words += 1;
            }
            _ => return run..at + 1,
        }
    }
}

fn is_sign(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, ':' | '=' | '#' | '-' | '.' | '(' | ')' | '"' | '\'' | '[' | ']' | '>' | '|')
        || matches!(c, '*' | '_' | '`' | '\\' | '“' | '”' | '‘' | '’' | '«' | '»' | '„')
}

/// The length of the small word that the text starts with.
fn small_word(text: &str) -> Option<usize> {
    let starts = SMALL_STARTS[usize::from(*text.as_bytes().first()?)];
    letters::bits(starts.into()).map(|nth| SMALL[nth]).find_map(|small| {
        let mut rest = text.chars();
        let same = small.chars().all(|c| rest.next().is_some_and(|d| c == d || d.to_lowercase().eq([c])));
        let rest = rest.as_str();
        let closed =
            !small.chars().next_back().is_some_and(in_word) || !rest.chars().next().is_some_and(in_word);
        // `MRN: NR-864367`: a value may begin with the letters of a small word.
        let joined = rest.strip_prefix(['-', '_', '/']).is_some_and(|rest| rest.starts_with(in_word));
        (same && closed && !joined).then(|| text.len() - rest.len())
    })
}
