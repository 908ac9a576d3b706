//! What can be wrong with a detector before anything is scanned.

/// Why a [`Scanner`](crate::Scanner) could not be made. Nothing fails after that: scanning has no errors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A pattern does not parse, or asks for what a candidate cannot have.
    #[error("detector {id}: its {part} cannot be used: {problem}")]
    Pattern {
        /// The detector's id.
        id: String,
        /// `pattern`, `labelled` or `words`.
        part: &'static str,
        /// What is wrong, and what to write instead.
        problem: String,
    },
    /// The detector has neither a pattern nor words nor labels with a shape behind them.
    #[error(
        "detector {id}: there is nothing to find; give it a pattern, words, or labels with a labelled shape"
    )]
    Empty {
        /// The detector's id.
        id: String,
    },
    /// A label or context word has no letter or digit to find.
    #[error("the word `{word}` has nothing to find; write at least one letter or digit")]
    Word {
        /// The word.
        word: String,
    },
    /// Two detectors answer to one id.
    #[error("detector {id}: there are two of this id; rename one")]
    Twice {
        /// The id.
        id: String,
    },
    /// Context is searched at most this far.
    #[error("detector {id}: reach is {reach} bytes; at most {most} are possible")]
    Reach {
        /// The detector's id.
        id: String,
        /// What was asked for, in bytes.
        reach: u16,
        /// What is possible, in bytes.
        most: u16,
    },
    /// More detectors than an index can tell apart.
    #[error("{count} detectors are too many; at most 65,535 are possible")]
    TooMany {
        /// How many were handed in.
        count: usize,
    },
    /// All patterns of one kind together are larger than the automaton's limit.
    #[error("all detectors together are too large for one scanner: {problem}; switch some off")]
    TooLarge {
        /// What the automaton says.
        problem: String,
    },
}
