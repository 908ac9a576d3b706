//! What a scan returns: where, what, how sure, and why. Never the text itself: what is not stored cannot leak.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// The position of a detector in the [`Scanner`](crate::Scanner) that reported a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DetectorIndex(pub u16);

/// One place in a text that a detector vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// Which detector of the scanner.
    pub detector: DetectorIndex,
    /// Bytes of the scanned text, on character borders.
    pub span: Range<u32>,
    /// How sure; always what [`Evidence::confidence`] says.
    pub confidence: Confidence,
    /// What speaks for it.
    pub evidence: Evidence,
}

impl Finding {
    /// The span as an index into the scanned text.
    pub fn range(&self) -> Range<usize> {
        self.span.start as usize..self.span.end as usize
    }
}

/// How sure a finding is. `Possible`: its shape alone. `Likely`: one independent proof. `Certain`: two proofs, or
/// one that chance passes less than once in 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The shape alone.
    Possible,
    /// One independent proof.
    Likely,
    /// Two proofs, or one that chance hardly ever passes.
    Certain,
}

impl Confidence {
    /// All levels, rising.
    pub const ALL: [Self; 3] = [Self::Possible, Self::Likely, Self::Certain];

    /// The word used in policies, reports and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Confidence {
    type Err = &'static str;

    /// # Errors
    /// Says which three words are accepted.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|level| level.name() == word).ok_or("expected possible, likely or certain")
    }
}

/// What speaks for a finding: a small set of codes, in the order in which `why` lists them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Evidence(u16);

impl Evidence {
    /// The shape alone.
    pub const NONE: Self = Self(0);
    /// A checksum or a table of issued ranges agrees.
    pub const CHECKSUM: Self = Self(1);
    /// The checksum, or a grammar or prefix that prose does not make, is passed by chance less than once in 10,000.
    pub const UNMISTAKABLE: Self = Self(1 << 1);
    /// An unambiguous label stands right before the value.
    pub const LABEL: Self = Self(1 << 2);
    /// A context word stands near.
    pub const CONTEXT: Self = Self(1 << 3);
    /// The field's name says so, or one that stands beside the value.
    pub const FIELD: Self = Self(1 << 4);
    /// The other cells of the field agree.
    pub const COLUMN: Self = Self(1 << 5);
    /// The checksum, or a rule of issue, does not hold: `Likely` at most, and only where something named it.
    pub const FAILED_CHECKSUM: Self = Self(1 << 6);
    /// A number known from documentation: `Possible`, whatever else speaks for it.
    pub const EXAMPLE: Self = Self(1 << 7);
    /// Found in the shadow view only: the text holds look-alike or invisible characters.
    pub const DISGUISED: Self = Self(1 << 8);
    /// Bare digits in a numeric column that nothing vouches for: `Possible` at most.
    pub const BARE_NUMBER: Self = Self(1 << 9);
    /// A recognizer or a user's function says so.
    pub const RECOGNIZED: Self = Self(1 << 10);

    const CODES: [(Self, &'static str); 11] = [
        (Self::CHECKSUM, "checksum"),
        (Self::UNMISTAKABLE, "unmistakable"),
        (Self::LABEL, "label"),
        (Self::CONTEXT, "context"),
        (Self::FIELD, "field"),
        (Self::COLUMN, "column"),
        (Self::FAILED_CHECKSUM, "failed-checksum"),
        (Self::EXAMPLE, "example"),
        (Self::DISGUISED, "disguised"),
        (Self::BARE_NUMBER, "bare-number"),
        (Self::RECOGNIZED, "recognized"),
    ];

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in this set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The codes in this set, as `why` lists them.
    pub fn codes(self) -> impl Iterator<Item = &'static str> {
        Self::CODES.into_iter().filter(move |(code, _)| self.has(*code)).map(|(_, name)| name)
    }

    /// The confidence that this evidence adds up to. The text's own words (label or context) are one proof, the
    /// field's name another, the rest of the column a third, the checksum a fourth, a recognizer a fifth.
    pub const fn confidence(self) -> Confidence {
        if self.has(Self::EXAMPLE) || self.has(Self::BARE_NUMBER) && !self.has(Self::COLUMN) {
            return Confidence::Possible;
        }
        let words = self.has(Self::LABEL) || self.has(Self::CONTEXT);
        let proofs = self.has(Self::CHECKSUM) as u8
            + words as u8
            + self.has(Self::FIELD) as u8
            + self.has(Self::COLUMN) as u8
            + self.has(Self::RECOGNIZED) as u8;
        match proofs {
            _ if self.has(Self::FAILED_CHECKSUM) && proofs > 0 => Confidence::Likely,
            _ if self.has(Self::UNMISTAKABLE) => Confidence::Certain,
            0 => Confidence::Possible,
            1 => Confidence::Likely,
            _ => Confidence::Certain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_counts_independent_proofs() {
        let of = |set: &[Evidence]| set.iter().fold(Evidence::NONE, |a, b| a.and(*b)).confidence();
        assert_eq!(of(&[]), Confidence::Possible);
        assert_eq!(of(&[Evidence::CHECKSUM]), Confidence::Likely);
        assert_eq!(of(&[Evidence::LABEL, Evidence::CONTEXT]), Confidence::Likely, "one voice: the text's");
        assert_eq!(of(&[Evidence::LABEL, Evidence::FIELD]), Confidence::Certain);
        assert_eq!(of(&[Evidence::CHECKSUM, Evidence::CONTEXT]), Confidence::Certain);
        assert_eq!(of(&[Evidence::UNMISTAKABLE]), Confidence::Certain);
    }

    #[test]
    fn a_failed_checksum_caps_at_likely_and_an_example_at_possible() {
        let failed = Evidence::FAILED_CHECKSUM.and(Evidence::LABEL).and(Evidence::FIELD);
        assert_eq!(failed.confidence(), Confidence::Likely);
        assert_eq!(Evidence::UNMISTAKABLE.and(Evidence::EXAMPLE).confidence(), Confidence::Possible);
    }

    #[test]
    fn a_bare_number_waits_for_its_column() {
        let bare = Evidence::CHECKSUM.and(Evidence::BARE_NUMBER);
        assert_eq!(bare.confidence(), Confidence::Possible);
        assert_eq!(bare.and(Evidence::COLUMN).confidence(), Confidence::Certain);
    }

    #[test]
    fn every_level_reads_back_its_own_name() {
        for level in Confidence::ALL {
            assert_eq!(level.name().parse(), Ok(level));
        }
    }
}
