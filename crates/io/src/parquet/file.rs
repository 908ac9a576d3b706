//! What is known of a Parquet file once its footer is read, and the way to its columns. Gives no pieces.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::file::metadata::{
    ColumnChunkMetaData, FooterTail, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader,
};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::statistics::Statistics;

use super::column::Column;
use super::dictionary::Dictionary;
use super::ranges::{Ranges, Window};
use super::schema::{self, FieldNames, Leaf, Meaning};
use super::{AHEAD, CONTRADICTION, Part, RANGES, ROWS, embedded, encrypted, guarded};
use crate::{Cause, Error, Interest, Kind, Place, pairs};

/// Bytes at the end of a file that are asked for first.
pub(super) const FOOTER: u64 = 64 << 10;

/// Values of a column in a row group at most that are believed without being read.
const STATED: i64 = 1 << 36;

/// Memory that a value takes beside its own.
const EACH: u64 = 40;

/// A Parquet file of which the footer is read.
pub(super) struct File {
    pub(super) ranges: Ranges,
    pub(super) place: Place,
    pub(super) metadata: ParquetMetaData,
    pub(super) leaves: Vec<Leaf>,
    /// By leaf: those that name what it holds.
    pub(super) named_by: Vec<Vec<usize>>,
    /// Those that are read, by their place.
    pub(super) wanted: Vec<usize>,
    pub(super) names: FieldNames,
    /// Metadata that stand in an Arrow schema alone.
    pub(super) embedded: Vec<embedded::Said>,
}

impl File {
    pub(super) fn open(ranges: Ranges, place: Place, interest: &dyn Interest) -> Result<Self, Error> {
        match footer(&ranges) {
            Ok((metadata, leaves, names)) => {
                let named_by = pairs::of_leaves(&leaves.iter().map(|leaf| &*leaf.field).collect::<Vec<_>>());
                let wanted = wanted(&metadata, &leaves, &named_by, interest);
                let embedded = metadata.file_metadata().key_value_metadata().map(|all| embedded::alone(all));
                let embedded = embedded.unwrap_or_default();
                Ok(Self { ranges, place, metadata, leaves, named_by, wanted, names, embedded })
            }
            Err(cause) => Err(cause.at(place)),
        }
    }

    /// Rows of a row group. They are checked when the file is opened.
    pub(super) fn rows(&self, group: usize) -> u64 {
        self.metadata.row_group(group).num_rows().cast_unsigned()
    }

    /// What is known of one column of a row group.
    pub(super) fn chunk(&self, group: usize, leaf: usize) -> Result<ColumnChunkMetaData, Cause> {
        let chunk = self.metadata.row_group(group).column(leaf).clone();
        match chunk.dictionary_page_offset() {
            // Some writers say 0 for "none".
            Some(offset) if offset <= 0 || offset > chunk.data_page_offset() => {
                Ok(chunk.into_builder().set_dictionary_page_offset(None).build()?)
            }
            _ => Ok(chunk),
        }
    }

    /// The pages of one column of a row group.
    pub(super) fn pages(&self, group: usize, leaf: usize) -> Result<SerializedPageReader<Window>, Cause> {
        pages(&self.ranges, &self.chunk(group, leaf)?, self.rows(group), self.wanted.len())
    }

    /// What the footer says of the columns of a row group that are read.
    pub(super) fn chunks(&self, group: usize) -> impl Iterator<Item = &ColumnChunkMetaData> {
        self.wanted.iter().map(move |&leaf| self.metadata.row_group(group).column(leaf))
    }

    /// Memory that the values read of a row group need, about.
    pub(super) fn size(&self, group: usize) -> u64 {
        self.chunks(group).fold(0, |sum: u64, chunk| sum.saturating_add(size(chunk)))
    }

    /// Bytes of what is read of a row group; of a value in a dictionary, once.
    pub(super) fn text(&self, group: usize) -> u64 {
        self.chunks(group).fold(0, |sum: u64, chunk| sum.saturating_add(text(chunk)))
    }

    /// Whether rows of a column are far larger than all of it is stored: a few large values stand in many of them.
    pub(super) fn is_grown(&self, group: usize, part: &Part) -> bool {
        part.column.bytes as u64 > self.once(group, part)
    }

    /// Memory that rows of a column need at most if values that stand in many are held once.
    pub(super) fn once(&self, group: usize, part: &Part) -> u64 {
        let chunk = self.metadata.row_group(group).column(part.leaf);
        text(chunk).saturating_add(EACH * part.column.slots() as u64).saturating_mul(2)
    }

    /// Bytes of a row group that are read.
    pub(super) fn stored(&self, group: usize) -> u64 {
        let bytes = |chunk: &ColumnChunkMetaData| chunk.compressed_size().max(0).cast_unsigned();
        self.chunks(group).fold(0, |sum: u64, chunk| sum.saturating_add(bytes(chunk)))
    }

    /// The fields of a row group that nobody wants, and how many cells of each the footer states.
    pub(super) fn unwanted(&self, group: usize) -> impl Iterator<Item = (Arc<str>, u64)> {
        let left = (0..self.leaves.len()).filter(|leaf| self.wanted.binary_search(leaf).is_err());
        let cells = move |leaf: usize| {
            let chunk = self.metadata.row_group(group).column(leaf);
            let nulls = chunk.statistics().and_then(Statistics::null_count_opt).unwrap_or(0);
            let cells = chunk.num_values().clamp(0, STATED).cast_unsigned().saturating_sub(nulls);
            let leaf = &self.leaves[leaf];
            (leaf.meaning != Meaning::Nothing && cells > 0).then(|| (leaf.field.clone(), cells))
        };
        left.filter_map(cells)
    }

    /// The wanted columns of a row group of which the bytes are there.
    pub(super) fn columns(&self, group: usize, stored: &Ranges) -> Result<Vec<Part>, Cause> {
        let rows = self.rows(group);
        let column = |&leaf: &usize| {
            let chunk = self.chunk(group, leaf)?;
            let about = chunk.column_descr_ptr();
            let (mut column, mut dictionary) = (Column::new(&about), Dictionary::default());
            let pages = pages(stored, &chunk, rows, self.wanted.len())?;
            let mut reader = get_column_reader(about, dictionary.watch(pages));
            while (column.rows as u64) < rows {
                let left = rows - column.rows as u64;
                if column.read(&mut reader, left.min(ROWS as u64) as usize)? == 0 {
                    return Err(Cause::Damaged("a Parquet column ends before its row group"));
                }
            }
            dictionary.mark(&column.values, 0);
            Ok(Part { leaf, column, first: 0, unused: dictionary.unused() })
        };
        self.wanted.iter().map(column).collect()
    }

    /// A reader of one column of a row group, from its first row, and the dictionary that will come to light.
    pub(super) fn watched(&self, group: usize, leaf: usize) -> Result<(ColumnReader, Dictionary), Cause> {
        let about = self.metadata.row_group(group).column(leaf).column_descr_ptr();
        let dictionary = Dictionary::default();
        Ok((get_column_reader(about, dictionary.watch(self.pages(group, leaf)?)), dictionary))
    }

    /// A reader of one column of a row group, from its first row.
    pub(super) fn column(&self, group: usize, leaf: usize) -> Result<ColumnReader, Cause> {
        let about = self.metadata.row_group(group).column(leaf).column_descr_ptr();
        Ok(get_column_reader(about, Box::new(self.pages(group, leaf)?)))
    }
}

/// The leaves that are read: those that somebody wants and that hold what can be looked at, and the names of such. One
/// is read in any case, the smallest, as a footer can state as many rows as it likes.
fn wanted(
    metadata: &ParquetMetaData,
    leaves: &[Leaf],
    named_by: &[Vec<usize>],
    interest: &dyn Interest,
) -> Vec<usize> {
    let all = 0..leaves.len();
    let wants = |leaf: usize| {
        let Leaf { field, meaning, .. } = &leaves[leaf];
        // Beside a name a number may be what no number is by itself.
        let named = !named_by[leaf].is_empty();
        let (kind, longest) =
            if named { (Kind::Text, usize::MAX) } else { (meaning.kind(), meaning.longest()) };
        *meaning != Meaning::Nothing && interest.wants(field, kind, longest)
    };
    let mut wanted: Vec<_> = all.clone().filter(|&leaf| wants(leaf)).collect();
    wanted.extend(wanted.clone().iter().flat_map(|leaf| &named_by[*leaf]));
    wanted.sort_unstable();
    wanted.dedup();
    let size =
        |leaf: &usize| metadata.row_groups().first().map(|group| group.column(*leaf).compressed_size());
    if wanted.is_empty() { all.min_by_key(size).into_iter().collect() } else { wanted }
}

/// The pages of a column that is one of so many leaves. Their first bytes are on their way when this returns.
pub(super) fn pages(
    ranges: &Ranges,
    chunk: &ColumnChunkMetaData,
    rows: u64,
    leaves: usize,
) -> Result<SerializedPageReader<Window>, Cause> {
    let (start, len) = chunk.byte_range();
    let share = RANGES * AHEAD / leaves as u64;
    let ahead = share.clamp(4096, AHEAD);
    let window = ranges.window(start..start.saturating_add(len), ahead, (share / ahead).max(1) as usize);
    window.begin();
    guarded(|| SerializedPageReader::new(Arc::new(window), chunk, rows as usize, None))
}

fn size(chunk: &ColumnChunkMetaData) -> u64 {
    text(chunk).saturating_add(EACH.saturating_mul(chunk.num_values().max(0).cast_unsigned()))
}

/// Bytes of what a column holds; of a value in a dictionary, once.
fn text(chunk: &ColumnChunkMetaData) -> u64 {
    chunk.uncompressed_size().max(0).cast_unsigned()
}

type Footer = (ParquetMetaData, Vec<Leaf>, FieldNames);

fn footer(ranges: &Ranges) -> Result<Footer, Cause> {
    const SHORT: Cause = Cause::Damaged("not a Parquet file, or cut short");
    const TAIL: u64 = 8;
    let len = ranges.len();
    // Most footers are small, and come with the bytes that say how long they are.
    let end = ranges.get(len.saturating_sub(FOOTER)..len)?;
    let (before, tail) = end.split_last_chunk().ok_or(SHORT)?;
    let tail = FooterTail::try_new(tail).map_err(|_| SHORT)?;
    if tail.is_encrypted_footer() {
        return Err(Cause::Unsupported("the Parquet file is encrypted; decrypt it first"));
    }
    let footer = tail.metadata_length();
    let start = (len - TAIL).checked_sub(footer as u64).ok_or(SHORT)?;
    let bytes = match before.len().checked_sub(footer) {
        Some(from) => end.slice(from..before.len()),
        None => ranges.get(start..len - TAIL)?,
    };
    // The crate recurses into the schema, a level for some five bytes of the footer: a hostile one gets a stack for
    // that, is measured and dropped there.
    let stack = (bytes.len() * 512).clamp(1 << 20, 1 << 30);
    let parse = move || {
        if encrypted::is_encrypted(&bytes) {
            return Err(Cause::Unsupported(
                "the Parquet file has encrypted columns, or is signed; decrypt it first",
            ));
        }
        // Whole, as columns that are passed on take what is known of their pages with them.
        let options = ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false);
        let metadata =
            guarded(|| ParquetMetaDataReader::decode_metadata_with_options(&bytes, Some(&options)))?;
        let (leaves, names) = schema::leaves(metadata.file_metadata().schema_descr())
            .ok_or(Cause::Unsupported("the Parquet schema is nested too deeply to be read"))?;
        check(&metadata, start, leaves.len())?;
        Ok((metadata, leaves, names))
    };
    let parser = thread::Builder::new().stack_size(stack).spawn(parse)?;
    parser.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// What everything after relies on.
fn check(metadata: &ParquetMetaData, end: u64, leaves: usize) -> Result<(), Cause> {
    let schema = metadata.file_metadata().schema_descr();
    if schema.num_columns() != leaves {
        return Err(CONTRADICTION);
    }
    for group in metadata.row_groups() {
        if group.num_columns() != leaves || group.num_rows() < 0 {
            return Err(CONTRADICTION);
        }
        for chunk in group.columns() {
            if chunk.file_path().is_some() {
                return Err(Cause::Unsupported(
                    "the Parquet file keeps columns in other files; write it as one",
                ));
            }
            let start = chunk.dictionary_page_offset().unwrap_or(0).min(chunk.data_page_offset());
            let within = start.checked_add(chunk.compressed_size()).and_then(|to| u64::try_from(to).ok());
            if start < 0 || chunk.compressed_size() < 0 || within.is_none_or(|to| to > end) {
                return Err(Cause::Damaged("the Parquet file points outside itself"));
            }
        }
    }
    Ok(())
}
