//! Columns whose pages are too large to be held beside each other: before a row group is read, they are copied into
//! small pages, one column after the other, in a file without a name. A page can only be decompressed whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::column::page::PageReader;
use parquet::column::writer::get_column_writer;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};

use super::column::Column;
use super::dictionary::Dictionary;
use super::file::{File, pages};
use super::ranges::Window;
use super::{AHEAD, Ranges, guarded, step};
use crate::Cause;

/// Bytes that one page of every column may need together.
pub(super) const AT_ONCE: u64 = 128 << 20;

/// The columns of a row group that had to be copied, by leaf, with their old dictionaries; mostly none.
pub(super) fn copy(
    file: &File,
    group: usize,
    at_once: u64,
) -> Result<BTreeMap<usize, (SerializedPageReader<Window>, Dictionary)>, Cause> {
    let leaves = file.wanted.len();
    let mut sizes: Vec<_> = file.chunks(group).map(|chunk| stated(chunk.uncompressed_size())).collect();
    if fits(&sizes, at_once) {
        return Ok(BTreeMap::new());
    }
    for (&leaf, size) in file.wanted.iter().zip(&mut sizes) {
        *size = page(file, group, leaf)?;
    }
    if fits(&sizes, at_once) {
        return Ok(BTreeMap::new());
    }
    let share = (at_once / leaves as u64).min(AHEAD);
    let mut sink = TrackedWrite::new(tempfile::tempfile()?);
    let mut copies = BTreeMap::new();
    for (&leaf, _) in file.wanted.iter().zip(&sizes).filter(|&(_, &size)| size > share) {
        copies.insert(leaf, write(file, group, leaf, share, &mut sink)?);
    }
    let stored = Ranges::from_file(sink.into_inner()?)?;
    let read = |(leaf, (chunk, dictionary))| {
        Ok((leaf, (pages(&stored, &chunk, file.rows(group), leaves)?, dictionary)))
    };
    copies.into_iter().map(read).collect()
}

fn fits(sizes: &[u64], at_once: u64) -> bool {
    sizes.iter().fold(0, |sum: u64, &size| sum.saturating_add(size)) <= at_once
}

fn stated(size: i64) -> u64 {
    size.max(0).cast_unsigned()
}

/// Bytes of a page of a column, as far as its first one tells.
fn page(file: &File, group: usize, leaf: usize) -> Result<u64, Cause> {
    let chunk = file.chunk(group, leaf)?;
    let size = stated(chunk.uncompressed_size());
    let mut pages = file.pages(group, leaf)?;
    while let Some(page) = guarded(|| pages.peek_next_page())? {
        if let Some(slots) = page.num_levels {
            let all = stated(chunk.num_values()).max(1);
            return Ok((u128::from(size) * slots as u128 / u128::from(all)) as u64);
        }
        guarded(|| pages.skip_next_page())?; // the dictionary
    }
    Ok(size)
}

/// Writes a column in pages of about `share` bytes; says where it then stands, and what was in its dictionary.
fn write(
    file: &File,
    group: usize,
    leaf: usize,
    share: u64,
    sink: &mut TrackedWrite<std::fs::File>,
) -> Result<(ColumnChunkMetaData, Dictionary), Cause> {
    let chunk = file.chunk(group, leaf)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        // What came from a dictionary is looked at once a value.
        .set_dictionary_enabled(chunk.dictionary_page_offset().is_some())
        .set_data_page_size_limit(share as usize)
        .set_dictionary_page_size_limit(share as usize)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true);
    let about = chunk.column_descr_ptr();
    let pages = Box::new(SerializedPageWriter::new(sink));
    let mut writer = get_column_writer(about.clone(), Arc::new(properties.build()), pages);
    let (mut reader, mut dictionary) = file.watched(group, leaf)?;
    let mut left = file.rows(group);
    while left > 0 {
        let mut rows = Column::new(&about);
        if rows.read(&mut reader, left.min(step(&chunk) as u64) as usize)? == 0 {
            return Err(Cause::Damaged("a Parquet column ends before its row group"));
        }
        dictionary.mark(&rows.values, 0);
        rows.write(&mut writer)?;
        left -= rows.rows as u64;
    }
    Ok((writer.close()?.metadata, dictionary))
}
