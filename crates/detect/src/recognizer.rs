//! The one seam for what a pattern cannot do: a tagger of names, a function of the user's. A scanner does not call it, as
//! a scanner cannot fail; whoever has both puts their findings together.

use std::fmt;
use std::ops::Range;

use crate::Evidence;

/// Finds in texts what no pattern describes, in the name of detectors that have none
/// ([`CustomDetector::recognized`](crate::CustomDetector::recognized)).
pub trait Recognizer: fmt::Debug + Send + Sync {
    /// The ids of its detectors.
    fn detectors(&self) -> Vec<&str>;

    /// What is in each of the texts: one answer for each, in their order.
    fn recognize(&self, texts: &[&str]) -> Vec<Result<Vec<Recognized>, Failure>>;
}

/// One place in a text that a recognizer vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognized {
    /// Whose finding it is: a place in [`Recognizer::detectors`].
    pub detector: usize,
    /// Bytes of the text, on character borders, not empty.
    pub span: Range<usize>,
    /// What speaks for it beside [`Evidence::RECOGNIZED`].
    pub evidence: Evidence,
}

/// Why a recognizer has not looked at a text, in words that hold nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
