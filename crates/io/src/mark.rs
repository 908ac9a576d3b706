//! Places in the middle of an object, from which another run goes on: in what is read, and in what is written.

use serde::{Deserialize, Serialize};

/// A place between two pieces of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Pieces before it.
    pub pieces: u64,
    /// Where to begin to cut, at this place or before it; else at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) jump: Option<Jump>,
}

/// A place at which cutting may begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Jump {
    /// What lies before it.
    pub(crate) pieces: u64,
    pub(crate) records: u64,
    pub(crate) lines: u64,
    /// Its stored byte, or its row group.
    pub(crate) to: u64,
    /// Bytes behind it that were asked for, one more than there are where the end was met: where the next cut falls
    /// depends on them.
    pub(crate) held: u64,
}

/// How far an output has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Its bytes so far.
    pub bytes: u64,
    /// Whether a JSON value is among them.
    pub(crate) values: bool,
}

/// The first bytes of an output, which outlive the run that wrote them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// How far they go.
    pub(crate) reached: Reached,
    pub(crate) by: KeptBy,
}

/// What holds them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum KeptBy {
    /// The temporary file of this run.
    File { run: String },
    /// Parts in a store, each of this many bytes; they may reach further.
    Parts { id: String, size: u64, there: Vec<String> },
}

impl Kept {
    /// The run whose temporary file it is.
    pub fn run(&self) -> Option<&str> {
        match &self.by {
            KeptBy::File { run } => Some(run),
            KeptBy::Parts { .. } => None,
        }
    }
}
