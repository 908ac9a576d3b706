//! Objects and formats: records in, edits spliced out, byte for byte. Does not know what is sensitive.
//!
//! The flow runs one way: a [`Source`] cuts an object into pieces, a [`Format`] decodes a [`Piece`] into a
//! [`Batch`] and renders the batch with its [`Edit`]s, an [`Output`] writes the rendered pieces in order.

mod batch;
mod error;
mod format;
mod table;

pub use batch::{Batch, Change, Edit, Kind, Layout, Occurrences, Quarantined, Splice, Texts, splice};
pub use error::{Cause, Error, Place};
pub use format::{Body, Content, Format, Output, Piece, Rendered, Source};
pub use table::{ColumnType, TableWriter, Value};
