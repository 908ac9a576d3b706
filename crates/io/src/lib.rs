//! Objects and formats: records in, edits spliced out, byte for byte. Does not know what is sensitive.
//!
//! The flow runs one way: a [`Source`] cuts an object into pieces, a [`Format`] decodes a [`Piece`] into a
//! [`Batch`] and renders the batch with its [`Edit`]s, an [`Output`] writes the rendered pieces in order.

mod batch;
mod beside;
mod binary;
mod compression;
mod csv;
mod encoding;
mod error;
mod files;
mod format;
pub mod frame;
mod json;
mod lease;
mod listing;
mod mark;
mod open;
mod output;
mod pairs;
mod parquet;
mod pieces;
mod stdin;
mod store;
mod table;
mod text;
mod typed;

pub use batch::{Batch, Change, Edit, Kind, Layout, Names, Occurrences, Quarantined, Splice, Texts, splice};
pub use compression::{Compression, Said};
pub use encoding::Encoding;
pub use error::{Cause, Error, Place};
pub use files::{
    NewFile, file_names, is_leftover, read_file, remove_file, remove_leftovers, remove_leftovers_of,
    write_file,
};
pub use format::{Body, Content, Format, Output, Piece, Publish, Rendered, Source};
pub use frame::{Frame, Unread, Written};
pub use lease::Lease;
pub use listing::{
    Entry, Input, ListOptions, Listing, Location, Object, Objects, ReadObjects, Reason, Shard, Skipped, list,
    list_each,
};
pub use mark::{Kept, Mark, Reached};
pub use open::{Description, FormatName, Header, Interest, Opened, ReadOptions, TextRecord, open};
pub use output::{Access, Target, WholeFile, create, is_kept};
pub use parquet::is_panic_damage;
pub use store::{Address, Blob, Encryption, Patience, Remote, Residence, Runtime, Stamp};
pub use table::{ColumnType, TableWriter, Value};
