//! Words as a tree of their parts: what many words begin with is compared once.

use std::ops::Range;

use super::Word;
use super::spelling::Part;

/// A part of some words, behind the same parts before it.
pub(super) struct Stem {
    pub(super) part: Part,
    /// The word that ends with it, by number.
    pub(super) word: Option<u32>,
    /// One of the words that have it is a label.
    pub(super) label: bool,
    /// What can follow it, by number.
    pub(super) then: Range<usize>,
}

/// The stems of words by number, the first parts before all others; and of each word the number of its first part.
pub(super) fn stems(words: &[Word]) -> (Vec<Stem>, Vec<u32>) {
    let mut sorted: Vec<_> = (0..words.len()).collect();
    sorted.sort_unstable_by_key(|number| &words[*number].parts);
    let mut stems = Vec::new();
    grow(words, &sorted, 0, &mut stems);
    let mut firsts = vec![0; words.len()];
    let alike = sorted.chunk_by(|one, other| words[*one].parts[0] == words[*other].parts[0]);
    for (nth, same) in alike.enumerate() {
        for number in same {
            firsts[*number] = nth as u32;
        }
    }
    (stems, firsts)
}

/// Adds the parts at one depth of words that are alike up to there, and all behind them.
fn grow(words: &[Word], sorted: &[usize], depth: usize, stems: &mut Vec<Stem>) -> Range<usize> {
    let part = |number: &usize| &words[*number].parts[depth];
    let alike = || sorted.chunk_by(|one, other| part(one) == part(other));
    let first = stems.len();
    stems.extend(alike().map(|same| Stem {
        part: Part::new(part(&same[0]).clone()),
        word:
            same.iter().find(|number| words[**number].parts.len() == depth + 1).map(|number| *number as u32),
        label: same.iter().any(|number| words[*number].label),
        then: 0..0,
    }));
    let all = first..stems.len();
    for (nth, same) in all.clone().zip(alike()) {
        let longer: Vec<_> =
            same.iter().copied().filter(|number| words[*number].parts.len() > depth + 1).collect();
        if !longer.is_empty() {
            stems[nth].then = grow(words, &longer, depth + 1, stems);
        }
    }
    all
}
