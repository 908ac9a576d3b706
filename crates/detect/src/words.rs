//! Labels, context words and negative words: all of them found in one walk over a text, and what may stand between a
//! label and its value.

use std::ops::Range;

use crate::automaton::{Automaton, Walker};
use crate::border::{after, before, in_word};
use crate::compile::{Role, parse};
use crate::mark::in_mark;
use crate::{DetectorIndex, Error};

/// What the states of the words may take in one scratch, in bytes. A thousand words make more states than any shape,
/// and prose comes back to most of them.
const CACHE: usize = 8 << 20;

/// All words of all detectors.
pub(crate) struct Words {
    automaton: Option<Automaton>,
    /// By number of the word: whose it is.
    owners: Vec<Vec<(DetectorIndex, Role)>>,
    /// By [`mix`] of three bytes: whether a word can start so. Words do not start inside ASCII words.
    starts: Vec<bool>,
}

/// A word that stands in a text, at word borders.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) span: Range<u32>,
    word: u32,
}

impl Words {
    pub(crate) fn new(words: &[(String, u16, Role)]) -> Result<Self, Error> {
        let mut expressions: Vec<String> = Vec::new();
        let mut owners: Vec<Vec<(DetectorIndex, Role)>> = Vec::new();
        let mut numbers = std::collections::HashMap::new();
        for (word, detector, role) in words {
            let expression = expression(word);
            let number = *numbers.entry(expression.clone()).or_insert_with(|| {
                expressions.push(expression);
                owners.push(Vec::new());
                owners.len() - 1
            });
            owners[number].push((DetectorIndex(*detector), *role));
        }
        let mut shapes = Vec::new();
        for (number, expression) in expressions.iter().enumerate() {
            let shape =
                parse(expression).ok().filter(|hir| hir.properties().minimum_len().is_some_and(|n| n > 0));
            shapes.push(shape.ok_or_else(|| {
                let owner = owners[number][0].0;
                let word = words.iter().find(|(_, detector, _)| *detector == owner.0);
                Error::Word { word: word.map(|(word, ..)| word.clone()).unwrap_or_default() }
            })?);
        }
        let mut starts = vec![false; 1 << 15];
        let automaton = if shapes.is_empty() {
            None
        } else {
            let automaton = Automaton::new(&shapes, CACHE).map_err(|problem| Error::TooLarge { problem })?;
            automaton.prefixes(|bytes| starts[mix(bytes)] = true);
            Some(automaton)
        };
        Ok(Self { automaton, owners, starts })
    }

    pub(crate) fn walker(&self) -> Option<Walker> {
        self.automaton.as_ref().map(Automaton::walker)
    }

    /// Whose word this is, and what for.
    pub(crate) fn owners(&self, hit: &Hit) -> &[(DetectorIndex, Role)] {
        &self.owners[hit.word as usize]
    }

    /// Appends all words in the text, by start.
    pub(crate) fn find(&self, walker: Option<&mut Walker>, text: &str, hits: &mut Vec<Hit>) {
        let (Some(automaton), Some(walker)) = (&self.automaton, walker) else { return };
        let bytes = text.as_bytes();
        let mut inside = false;
        for (at, byte) in bytes.iter().enumerate() {
            let plain = byte.is_ascii_alphanumeric();
            let continues = std::mem::replace(&mut inside, plain) && plain;
            let starts = match bytes.get(at..at + 3) {
                Some([first, second, third]) => self.starts[mix([*first, *second, *third])],
                _ => true,
            };
            if continues || !starts || !text.is_char_boundary(at) {
                continue;
            }
            if before(text, at).is_some_and(in_word) && after(text, at).is_some_and(in_word) {
                continue;
            }
            automaton.walk(walker, text.as_bytes(), at, |word, end| {
                let open = before(text, end).is_some_and(in_word) && after(text, end).is_some_and(in_word);
                if !open && !in_mark(text, &(at..end)) {
                    hits.push(Hit { span: at as u32..end as u32, word: word as u32 });
                }
            });
        }
    }
}

/// The low bits of three bytes, in which ASCII letters of either case are the same.
fn mix(bytes: [u8; 3]) -> usize {
    bytes.iter().fold(0, |mixed, byte| mixed << 5 | usize::from(byte & 31))
}

/// A word as a pattern: any case; where it has blanks, hyphens, dots, slashes or underscores, any of them or none.
pub(crate) fn expression(word: &str) -> String {
    let parts = word.split([' ', '-', '_', '.', '/']).filter(|part| !part.is_empty());
    let parts: Vec<_> = parts.map(regex_syntax::escape).collect();
    format!("(?i:{})", parts.join(r"[\s\-_./]{0,3}"))
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
    let first = text.chars().next()?.to_lowercase().next()?;
    SMALL.iter().filter(|small| small.starts_with(first)).find_map(|small| {
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
