//! Objects and formats: records in, edits spliced out, byte for byte. Does not know what is sensitive.
//!
//! The flow runs one way: a [`Source`] cuts an object into pieces, a [`Format`] decodes a [`Piece`] into a
//! [`Batch`] and renders the batch with its [`Edit`]s, an [`Output`] writes the rendered pieces in order.

mod batch;
mod compression;
mod csv;
mod encoding;
mod error;
mod format;
mod json;
mod listing;
mod open;
mod output;
mod parquet;
mod pieces;
mod stdin;
mod store;
mod table;
mod text;

pub use batch::{Batch, Change, Edit, Kind, Layout, Occurrences, Quarantined, Splice, Texts, splice};
pub use compression::Compression;
pub use encoding::Encoding;
pub use error::{Cause, Error, Place};
pub use format::{Body, Content, Format, Output, Piece, Rendered, Source};
pub use listing::{Input, ListOptions, Listing, Location, Object, Reason, Skipped, list};
pub use open::{Description, FormatName, Header, Opened, ReadOptions, TextRecord, open};
pub use output::{Access, Target, WholeFile, create};
pub use store::{Blob, Runtime, Stamp};
pub use table::{ColumnType, TableWriter, Value};
