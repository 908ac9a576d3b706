//! The four faces of a format: cut, decode, render, write. One file per format implements them.

use std::fmt;

use crate::{Batch, Cause, Edit, Error, Kept, Mark, Reached, Said, Stamp};

/// Cuts an object into pieces: sequential and cheap, it reads bytes and looks for record borders only. Cuts depend on
/// the input and its options, never on threads or memory.
pub trait Source: Send {
    /// The next piece, in order; `None` at the end.
    ///
    /// # Errors
    /// What keeps the rest of the object from being read. Pieces already given stay good.
    fn next(&mut self) -> Result<Option<Piece>, Error>;

    /// Stored bytes of the object that are consumed so far: what the ledger counts as read.
    fn position(&self) -> u64;

    /// The place behind the last piece that was given.
    fn mark(&self) -> Mark;

    /// Goes on from a place of the same object, read with the same options: what follows are the pieces that would
    /// have followed there. Asked before the first piece.
    ///
    /// # Errors
    /// What keeps the object from being read up to there.
    fn go_on(&mut self, from: &Mark) -> Result<(), Error> {
        while self.mark().pieces < from.pieces && self.next()?.is_some() {}
        Ok(())
    }
}

/// A part of an object that one worker takes; owns its bytes.
#[derive(Debug)]
pub struct Piece {
    /// Its place in the object, counted from 0.
    pub index: u64,
    /// The number of its first record.
    pub first_record: u64,
    /// The 1-based line on which it starts, for text formats.
    pub first_line: u64,
    /// Memory that decoding it will need at most, in bytes: what it costs of the budget.
    pub cost: usize,
    /// What is to be decoded.
    pub content: Content,
    /// What its stored bytes say beside that.
    pub beside: Said,
}

/// What a piece carries from `Source` to `Format`.
#[non_exhaustive]
pub enum Content {
    /// Whole records of a text format, in UTF-8 or bytes that should be.
    Bytes(Vec<u8>),
    /// A part of one record that is over its limit. All parts carry the number of that record; only the batch of the
    /// first counts it. They are decoded as unparsed text and rendered into the quarantine.
    Oversized {
        /// The part, in UTF-8 or bytes that should be.
        bytes: Vec<u8>,
        /// Whether the record begins here.
        first: bool,
        /// Whether the record ends here.
        last: bool,
    },
    /// Rows of a Parquet row group.
    Rows(crate::parquet::Rows),
    /// Rows of a frame.
    Frame(crate::frame::Rows),
}

/// Shows no text.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::Oversized { bytes, .. } => write!(f, "Oversized({})", bytes.len()),
            Self::Rows(rows) => rows.fmt(f),
            Self::Frame(rows) => rows.fmt(f),
        }
    }
}

/// Decodes pieces and renders batches: pure, called by many threads at once.
pub trait Format: Send + Sync {
    /// The records of a piece. Records that cannot be parsed are in `quarantined`, not an error.
    ///
    /// # Errors
    /// What makes the whole piece unreadable.
    fn decode(&self, piece: Piece) -> Result<Batch, Error>;

    /// The batch with its edits done, ready for [`Output::append`]. Edits are sorted by texts, then cell. Without
    /// edits and quarantined records, a text format renders the bytes it came from.
    ///
    /// # Errors
    /// An edit that the format cannot take ([`Cause::NotNullable`](crate::Cause::NotNullable)).
    fn encode(&self, batch: &Batch, edits: &[Edit]) -> Result<Rendered, Error>;
}

/// A batch as it will be written.
#[derive(Default)]
pub struct Rendered {
    /// What goes to the output.
    pub body: Body,
    /// Whether the body is what the object holds: nothing edited, dropped or quarantined. An object of which all
    /// pieces are verbatim comes out byte-identical, compressed or not.
    pub verbatim: bool,
    /// The raw bytes of quarantined records, each ended by a line break; goes to the quarantine file.
    pub quarantine: Vec<u8>,
    /// Rows left out because an edit dropped them.
    pub dropped: u32,
    /// Rows quarantined while rendering (two keys that became one), beside those of the batch.
    pub quarantined: Vec<crate::Quarantined>,
}

/// Shows no text.
impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendered").field("dropped", &self.dropped).finish_non_exhaustive()
    }
}

/// The part of [`Rendered`] that only its format understands.
#[derive(Default)]
#[non_exhaustive]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// Bytes of a text format, not compressed.
    Bytes(Vec<u8>),
    /// Changes of a Parquet row group.
    Parquet(crate::parquet::Changes),
    /// Rows of a frame, changed.
    Frame(crate::frame::Changes),
    /// JSON values that do not stand a line each.
    Values {
        /// The values with what separates them, not compressed.
        bytes: Vec<u8>,
        /// The comma before the first value: left out when no value stands before it in the output, because all that
        /// did were dropped.
        comma: Option<usize>,
        /// Whether there is a value.
        any: bool,
    },
}

impl Body {
    /// The bytes of a text format. `before` is whether a value stands before these in the output; it is kept up to
    /// date.
    pub(crate) fn into_bytes(self, before: &mut bool) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            Self::Bytes(bytes) => bytes,
            Self::Parquet(_) | Self::Frame(_) => unreachable!("what is no text goes to its own output"),
            Self::Values { mut bytes, comma, any } => {
                if let (false, Some(comma)) = (*before, comma) {
                    bytes.remove(comma);
                }
                *before |= any;
                bytes
            }
        }
    }
}

/// Writes one object: under a temporary name until `finish`, gone if dropped before.
pub trait Output: Send {
    /// The next rendered piece, in order.
    ///
    /// # Errors
    /// What the store says; nothing of the object will appear.
    fn append(&mut self, rendered: Rendered) -> Result<(), Error>;

    /// How far it has come; `None` where another run could not go on from there.
    ///
    /// # Errors
    /// As [`Output::append`].
    fn reached(&mut self) -> Result<Option<Reached>, Error> {
        Ok(None)
    }

    /// By what another run can go on from a place that was reached, once that is durable; `None` before.
    ///
    /// # Errors
    /// As [`Output::append`].
    fn keep(&mut self, at: Reached) -> Result<Option<Kept>, Error> {
        let _ = at;
        Ok(None)
    }

    /// Another run goes on with what was kept: dropped after this, it takes nothing back.
    fn leave(&mut self) {}

    /// Makes the object appear, whole and durable. `publish` is asked just before, when all bytes are there, with what
    /// the file will look like where that is known; its error keeps the object from appearing. Returns the bytes
    /// written.
    ///
    /// # Errors
    /// What the store says; nothing of the object appears.
    fn finish(self: Box<Self>, publish: &mut Publish<'_>) -> Result<u64, Error>;
}

/// Asked just before something appears.
pub type Publish<'a> = dyn FnMut(Option<Stamp>) -> Result<(), Cause> + 'a;
