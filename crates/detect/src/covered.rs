//! Where there is nothing more to ask.

use std::ops::Range;

/// A part of a text in which candidates of one detector may begin no more: a value, or what a candidate reached in which
/// too many others began, all of them refused. In a long line of labels without a blank, to ask about each of them would
/// cost the square of its length and more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Covered {
    /// The number of the text.
    text: u64,
    /// The value, or what the first candidate that was refused reached.
    part: Range<usize>,
    /// How many of those that begin there were refused.
    refused: usize,
}

impl Covered {
    /// So many starts within the reach of one are asked about. No number is as long.
    const MOST: usize = 32;

    /// Whether what starts here is passed over.
    pub(crate) fn holds(&self, text: u64, start: usize) -> bool {
        self.refused >= Self::MOST && self.text == text && self.part.contains(&start)
    }

    /// Covers a value.
    pub(crate) fn value(&mut self, text: u64, value: Range<usize>) {
        *self = Self { text, part: value, refused: Self::MOST };
    }

    /// Notes a start whose candidates, the longest of these, were all refused. Says how far the next ones are passed
    /// over, if there were too many.
    pub(crate) fn refuse(&mut self, text: u64, longest: Range<usize>) -> Option<usize> {
        let start = longest.start;
        if self.text != text || !self.part.contains(&start) {
            *self = Self { text, part: longest, refused: 0 };
        }
        self.refused += 1;
        self.holds(text, start).then_some(self.part.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_starts_within_the_reach_of_one_are_passed_over() {
        let mut covered = Covered::default();
        let noted: Vec<_> = (10..10 + Covered::MOST).map(|at| covered.refuse(7, at..at + 90)).collect();
        let (last, before) = noted.split_last().expect("one at least");
        assert_eq!((last, before.iter().flatten().count()), (&Some(100), 0));
        assert!(
            covered.holds(7, 99) && !covered.holds(7, 100) && !covered.holds(7, 9) && !covered.holds(8, 99)
        );
        assert_eq!(covered.refuse(7, 100..120), None, "a row begins anew behind it");
        assert_eq!(covered.refuse(8, 0..120), None, "and in another text");
    }

    #[test]
    fn a_value_is_covered_at_once() {
        let mut covered = Covered::default();
        covered.value(7, 10..20);
        assert!(covered.holds(7, 19) && !covered.holds(7, 20) && !covered.holds(8, 19));
        assert_eq!(covered.refuse(7, 20..30), None);
    }
}
