//! What may be done to a finding, and the table that says what is done to which.

use std::fmt;

use sievert_detect::{Confidence, DetectorIndex};

/// What is done to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// It stays as it is, and hides no other finding.
    Keep,
    /// Its letters and digits are hidden one by one.
    Mask(Mask),
    /// `<TYPE>`, or a text of the user's own, stands there instead.
    Replace(Option<String>),
    /// A keyed token stands there instead: the same for the same value, in every file.
    Pseudonym,
    /// The whole cell becomes null.
    DropCell,
    /// The whole record goes.
    DropRecord,
}

impl Action {
    /// The action without its details.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::Keep => ActionKind::Keep,
            Self::Mask(_) => ActionKind::Mask,
            Self::Replace(_) => ActionKind::Replace,
            Self::Pseudonym => ActionKind::Pseudonym,
            Self::DropCell => ActionKind::DropCell,
            Self::DropRecord => ActionKind::DropRecord,
        }
    }
}

/// An action without its details: what reports count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActionKind {
    /// [`Action::Keep`].
    Keep,
    /// [`Action::Mask`].
    Mask,
    /// [`Action::Replace`].
    Replace,
    /// [`Action::Pseudonym`].
    Pseudonym,
    /// [`Action::DropCell`].
    DropCell,
    /// [`Action::DropRecord`].
    DropRecord,
}

impl ActionKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Keep, Self::Mask, Self::Replace, Self::Pseudonym, Self::DropCell, Self::DropRecord];

    /// The word used in policies and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Mask => "mask",
            Self::Replace => "replace",
            Self::Pseudonym => "pseudonym",
            Self::DropCell => "drop-cell",
            Self::DropRecord => "drop-record",
        }
    }
}

impl fmt::Display for ActionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How a finding is masked: character by character, so that its length and shape stay. Where what it leaves would be
/// found itself (`X@XXX.XX`, or `****4711` behind `customer id`), nothing stays but the length.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mask {
    /// How many letters and digits stay visible at the start.
    pub keep_first: usize,
    /// How many letters and digits stay visible at the end.
    pub keep_last: usize,
    /// What stands for a hidden character.
    pub character: char,
    /// Whether blanks and ASCII punctuation stay visible.
    pub keep_separators: bool,
}

impl Default for Mask {
    fn default() -> Self {
        Self { keep_first: 0, keep_last: 0, character: '*', keep_separators: true }
    }
}

impl Mask {
    /// The text masked. Where `keep_first` and `keep_last` would leave nothing hidden, everything is: a value that
    /// is shorter than expected must not come through whole.
    pub fn apply(&self, text: &str) -> String {
        // A hidden character counts as well, so that masking twice is masking once.
        let counts = |c: char| c.is_alphanumeric() || c == self.character;
        let total = text.chars().filter(|c| counts(*c)).count();
        let (first, last) = match self.keep_first.saturating_add(self.keep_last) {
            kept if kept < total => (self.keep_first, total - self.keep_last),
            _ => (0, total),
        };
        let mut at = 0;
        text.chars()
            .map(|c| {
                let shown = if counts(c) {
                    at += 1;
                    at <= first || at > last
                } else {
                    self.keep_separators && (c.is_ascii_punctuation() || c.is_whitespace())
                };
                if shown { c } else { self.character }
            })
            .collect()
    }

    /// The mask that keeps nothing but the length.
    pub(crate) fn hiding_all(&self) -> Self {
        Self { keep_first: 0, keep_last: 0, character: self.character, keep_separators: false }
    }
}

/// Which action is taken on a finding: a table by detector and confidence, compiled once for a field.
#[derive(Clone, Debug)]
pub struct Actions {
    list: Vec<Action>,
    /// Index into `list`; the row of a detector is its three confidences.
    table: Vec<u16>,
}

impl Actions {
    /// Asks for each of `detectors` detectors at each confidence, rising.
    pub fn new(detectors: usize, mut choose: impl FnMut(DetectorIndex, Confidence) -> Action) -> Self {
        let mut list = Vec::new();
        let mut table = Vec::with_capacity(detectors * Confidence::ALL.len());
        for at in 0..detectors {
            for confidence in Confidence::ALL {
                let action = choose(DetectorIndex(at as u16), confidence);
                let known = list.iter().position(|other| *other == action).unwrap_or_else(|| {
                    list.push(action);
                    list.len() - 1
                });
                table.push(known as u16);
            }
        }
        Self { list, table }
    }

    /// The same action for all findings.
    pub fn every(detectors: usize, action: &Action) -> Self {
        Self::new(detectors, |_, _| action.clone())
    }

    /// The action for a finding of this detector at this confidence.
    pub fn of(&self, detector: DetectorIndex, confidence: Confidence) -> &Action {
        let row = usize::from(detector.0) * Confidence::ALL.len();
        &self.list[usize::from(self.table[row + confidence as usize])]
    }

    /// Whether nothing is ever rewritten.
    pub fn keep_all(&self) -> bool {
        self.list.iter().all(|action| *action == Action::Keep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_keeps_the_shape_and_what_was_asked_for() {
        let last = Mask { keep_last: 4, ..Mask::default() };
        assert_eq!(last.apply("4111 1111 1111 1234"), "**** **** **** 1234");
        assert_eq!(Mask::default().apply("anna@example.com"), "****@*******.***");
        assert_eq!(Mask { keep_first: 1, ..Mask::default() }.apply("Zoë"), "Z**");
        assert_eq!(Mask { keep_separators: false, ..last }.apply("12-34-5678"), "******5678");
    }

    #[test]
    fn a_mask_that_would_hide_nothing_hides_all() {
        let mask = Mask { keep_first: 6, keep_last: 4, ..Mask::default() };
        assert_eq!(mask.apply("12345678"), "********");
        assert_eq!(mask.apply("1234567890"), "**********");
        assert_eq!(mask.apply("12345678901"), "123456*8901");
    }

    #[test]
    fn a_mask_hides_what_is_neither_letter_nor_plain_punctuation() {
        assert_eq!(Mask::default().apply("a\u{200b}b\u{301}\u{1f600}"), "*****");
    }

    #[test]
    fn the_table_answers_per_detector_and_confidence() {
        let actions = Actions::new(2, |detector, confidence| match (detector.0, confidence) {
            (_, Confidence::Possible) => Action::Keep,
            (0, _) => Action::Replace(None),
            _ => Action::DropRecord,
        });
        assert_eq!(actions.of(DetectorIndex(0), Confidence::Likely), &Action::Replace(None));
        assert_eq!(actions.of(DetectorIndex(1), Confidence::Certain), &Action::DropRecord);
        assert_eq!(actions.of(DetectorIndex(1), Confidence::Possible), &Action::Keep);
        assert!(!actions.keep_all());
        assert!(Actions::every(2, &Action::Keep).keep_all());
    }
}
