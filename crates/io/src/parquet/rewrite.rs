//! Row groups into the output: columns without a change are passed on as they are stored, others are written anew
//! under the same schema, with statistics, page indexes and bloom filters of what they hold now.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::bloom_filter::Sbbf;
use parquet::column::page::{Page, PageReader};
use parquet::column::writer::{ColumnCloseResult, get_column_writer};
use parquet::file::metadata::page_index::{PageIndex, PageIndexProvider};
use parquet::file::metadata::{ColumnChunkMetaData, KeyValue, PageIndexPolicy, ParquetMetaDataReader};
use parquet::file::properties::{
    BloomFilterPosition, EnabledStatistics, WriterProperties, WriterPropertiesPtr, WriterVersion,
};
use parquet::file::reader::ChunkReader;
use parquet::file::writer::{
    SerializedFileWriter, SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite,
};
use tempfile::{SpooledData, spooled_tempfile_in};

use super::column::Column;
use super::decode::Changes;
use super::file::File;
use super::pending::Pending;
use super::ranges::Window;
use super::{AHEAD, RANGES, Ranges, embedded, guarded, step};
use crate::output::Sink;
use crate::{Body, Cause, Error, Output, Place, Publish, Rendered};

/// Bytes of a column written anew that are held in memory; more go to a file without a name.
const SPOOL: usize = 8 << 20;

/// Rows that are written anew at a time.
const ROWS: usize = 1024;

type Writer = SerializedFileWriter<Box<dyn Sink>>;

/// Writes one file. Nothing is written before the first change, so that a file without any is copied byte for byte.
pub(crate) struct Rewriter {
    file: File,
    /// The output, for errors.
    place: Place,
    /// Where large row groups spill.
    spill: PathBuf,
    /// The row group that changes come for, and what came.
    group: usize,
    pending: Pending,
    metadata: Vec<(usize, Option<String>)>,
    /// The sink until the first change, then the writer.
    sink: Option<Box<dyn Sink>>,
    writing: Option<Writing>,
}

/// A file that is being written.
struct Writing {
    writer: Writer,
    /// The first row group that is not yet written.
    next: usize,
    /// The stored file, for columns that are passed on.
    stored: Window,
    index: Option<PageIndex>,
}

impl Rewriter {
    /// Begins an output of the object in `ranges`.
    pub(crate) fn new(
        ranges: Ranges,
        place: Place,
        sink: Box<dyn Sink>,
        spill: PathBuf,
    ) -> Result<Self, Error> {
        let file = File::open(ranges, place.clone(), &())?;
        let pending = Pending::new(&spill);
        Ok(Self {
            file,
            place,
            spill,
            group: 0,
            pending,
            metadata: Vec::new(),
            sink: Some(sink),
            writing: None,
        })
    }

    fn add(&mut self, changes: Changes) -> Result<(), Cause> {
        if changes.group != self.group {
            self.complete()?;
            self.group = changes.group;
        }
        self.pending.add(&changes)?;
        self.metadata.extend(changes.metadata);
        Ok(())
    }

    /// Writes the row group that is complete, if anything in it changed, and those before it.
    fn complete(&mut self) -> Result<(), Cause> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let writing = begun(&mut self.writing, &mut self.sink, &self.file, &self.metadata)?;
        writing.pass_on(&self.file, self.group)?;
        let rows = self.file.rows(self.group);
        if self.pending.dropped() < rows {
            let mut group = writing.writer.next_row_group()?;
            for leaf in 0..self.file.leaves.len() {
                if self.pending.changes(leaf) {
                    let index = writing.index.as_ref();
                    anew(&self.file, self.group, leaf, index, &mut self.pending, &self.spill, &mut group)?;
                } else {
                    let close =
                        stored(&self.file, self.group, leaf, writing.index.as_ref(), &writing.stored)?;
                    guarded(|| group.append_column(&writing.stored, close))?;
                }
            }
            guarded(|| group.close())?;
        }
        writing.next = self.group + 1;
        self.pending = Pending::new(&self.spill);
        Ok(())
    }

    fn finish(mut self, publish: &mut Publish<'_>) -> Result<u64, Cause> {
        self.complete()?;
        if self.writing.is_none() && self.metadata.is_empty() {
            let mut sink = self.sink.take().expect("taken only to begin writing");
            let len = self.file.ranges.len();
            let stored = self.file.ranges.window(0..len, AHEAD, RANGES as usize);
            let mut at = 0;
            while at < len {
                let to = len.min(at + AHEAD);
                sink.write_all(&stored.get_bytes(at, (to - at) as usize)?)?;
                at = to;
            }
            return sink.appear(publish);
        }
        begun(&mut self.writing, &mut self.sink, &self.file, &self.metadata)?;
        let mut writing = self.writing.take().expect("begun above");
        writing.pass_on(&self.file, self.file.metadata.num_row_groups())?;
        guarded(|| writing.writer.into_inner())?.appear(publish)
    }
}

impl Output for Rewriter {
    fn append(&mut self, rendered: Rendered) -> Result<(), Error> {
        let changes = match rendered.body {
            Body::Parquet(changes) => changes,
            Body::Empty => return Ok(()),
            _ => unreachable!("bodies of text formats go to their own output"),
        };
        self.add(changes).map_err(|cause| cause.at(self.place.clone()))
    }

    fn finish(self: Box<Self>, publish: &mut Publish<'_>) -> Result<u64, Error> {
        let place = self.place.clone();
        (*self).finish(publish).map_err(|cause| cause.at(place))
    }
}

/// The writer, begun if it is not.
fn begun<'a>(
    writing: &'a mut Option<Writing>,
    sink: &mut Option<Box<dyn Sink>>,
    file: &File,
    metadata: &[(usize, Option<String>)],
) -> Result<&'a mut Writing, Cause> {
    if writing.is_none() {
        let sink = sink.take().expect("taken only here and at the end");
        *writing = Some(Writing::begin(sink, file, metadata)?);
    }
    Ok(writing.as_mut().expect("begun above"))
}

impl Writing {
    fn begin(sink: Box<dyn Sink>, file: &File, changed: &[(usize, Option<String>)]) -> Result<Self, Cause> {
        let about = file.metadata.file_metadata();
        if file.leaves.is_empty() && about.num_rows() > 0 {
            return Err(Cause::Unsupported("a Parquet file with rows but no columns is not rewritten"));
        }
        let stored = file.ranges.window(0..file.ranges.len(), AHEAD, RANGES as usize);
        // An index only speeds readers up: one that cannot be read is left out.
        let index = guarded(|| {
            ParquetMetaDataReader::new_with_metadata(file.metadata.clone())
                .with_page_index_policy(PageIndexPolicy::Optional)
                .read_page_index_and_finish(&stored)
        });
        let index = index.ok().and_then(|(_, index)| index);
        let metadata = about.key_value_metadata().map(|all| changed_metadata(file, all, changed));
        let has_index = index.as_ref().is_some_and(PageIndexProvider::has_offset_indexes);
        let version =
            if about.version() > 1 { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
        let mut properties = WriterProperties::builder()
            .set_writer_version(version)
            .set_key_value_metadata(metadata)
            .set_offset_index_disabled(!has_index)
            .set_bloom_filter_position(BloomFilterPosition::AfterRowGroup);
        if let Some(creator) = about.created_by() {
            // Readers know from it which statistics of the columns passed on not to trust.
            properties = properties.set_created_by(creator.to_owned());
        }
        let schema = about.schema_descr().root_schema_ptr();
        let writer = SerializedFileWriter::new(sink, schema, Arc::new(properties.build()))?;
        Ok(Self { writer, next: 0, stored, index })
    }

    /// Passes on the row groups up to one.
    fn pass_on(&mut self, file: &File, end: usize) -> Result<(), Cause> {
        for group in self.next..end {
            let mut to = self.writer.next_row_group()?;
            if file.rows(group) == 0 {
                // Whatever its bytes hold, nobody has looked at it.
                while let Some(column) = to.next_column()? {
                    column.close()?;
                }
            } else {
                for leaf in 0..file.leaves.len() {
                    let close = stored(file, group, leaf, self.index.as_ref(), &self.stored)?;
                    guarded(|| to.append_column(&self.stored, close))?;
                }
            }
            guarded(|| to.close())?;
        }
        self.next = self.next.max(end);
        Ok(())
    }
}

/// The entries with what changed; the Arrow schema among them says the same.
fn changed_metadata(file: &File, entries: &[KeyValue], changed: &[(usize, Option<String>)]) -> Vec<KeyValue> {
    let (mut now, mut alone) = (entries.to_vec(), Vec::new());
    for (entry, value) in changed {
        match now.get_mut(*entry) {
            Some(entry) => entry.value.clone_from(value),
            None => alone.push((&file.embedded[*entry - entries.len()], value.clone())),
        }
    }
    if !changed.is_empty() {
        embedded::follow(&mut now, &alone);
    }
    now
}

/// What stands in the file beside a column that is passed on.
fn stored(
    file: &File,
    group: usize,
    leaf: usize,
    index: Option<&PageIndex>,
    stored: &Window,
) -> Result<ColumnCloseResult, Cause> {
    let metadata = file.chunk(group, leaf)?;
    Ok(ColumnCloseResult {
        bytes_written: metadata.compressed_size().cast_unsigned(),
        rows_written: file.rows(group),
        bloom_filter: guarded(|| Sbbf::read_from_column_chunk(&metadata, stored))?,
        column_index: index.and_then(|index| index.column_index(group, leaf)).cloned(),
        offset_index: index.and_then(|index| index.offset_index(group, leaf)).cloned(),
        metadata,
    })
}

/// Writes a column with its changes.
fn anew(
    file: &File,
    group: usize,
    leaf: usize,
    index: Option<&PageIndex>,
    pending: &mut Pending,
    spill: &Path,
    to: &mut SerializedRowGroupWriter<'_, Box<dyn Sink>>,
) -> Result<(), Cause> {
    let chunk = file.chunk(group, leaf)?;
    let about = chunk.column_descr_ptr();
    let properties = properties(file, group, leaf, &chunk, index)?;
    let mut sink = TrackedWrite::new(spooled_tempfile_in(SPOOL, spill));
    let mut writer =
        get_column_writer(about.clone(), properties, Box::new(SerializedPageWriter::new(&mut sink)));

    let mut reader = file.column(group, leaf)?;
    let step = step(&chunk).min(ROWS);
    let (mut row, mut slot, rows) = (0, 0, file.rows(group));
    let mut cells = pending.cells(leaf)?;
    while row < rows {
        let mut column = Column::new(&about);
        if column.read(&mut reader, (rows - row).min(step as u64) as usize)? == 0 {
            return Err(Cause::Damaged("a Parquet column ends before its row group"));
        }
        let (read, slots) = (column.rows as u64, column.slots() as u64);
        column.changed(row, slot, &mut cells)?.write(&mut writer)?;
        row += read;
        slot += slots;
    }
    cells.done()?;
    let close = writer.close()?;
    match sink.into_inner()?.into_inner() {
        SpooledData::InMemory(bytes) => to.append_column(&Bytes::from(bytes.into_inner()), close)?,
        SpooledData::OnDisk(file) => to.append_column(&file, close)?,
    }
    Ok(())
}

/// How the column was written, as far as the file tells, without what it held.
fn properties(
    file: &File,
    group: usize,
    leaf: usize,
    chunk: &ColumnChunkMetaData,
    index: Option<&PageIndex>,
) -> Result<WriterPropertiesPtr, Cause> {
    let mut pages = file.pages(group, leaf)?;
    let (mut dictionary, mut encoding, mut version) = (false, Encoding::PLAIN, WriterVersion::PARQUET_1_0);
    while let Some(page) = guarded(|| pages.get_next_page())? {
        match page {
            Page::DictionaryPage { .. } => {
                dictionary = true;
                continue;
            }
            Page::DataPage { .. } => {}
            Page::DataPageV2 { .. } => version = WriterVersion::PARQUET_2_0,
        }
        encoding = page.encoding();
        break;
    }
    if dictionary {
        // What the writer fell back to when the dictionary grew too large.
        encoding = chunk.encodings().find(|encoding| is_plain_or_delta(*encoding)).unwrap_or(Encoding::PLAIN);
    } else if !is_plain_or_delta(encoding) {
        encoding = Encoding::PLAIN;
    }
    let statistics = match chunk.statistics() {
        _ if index.is_some_and(|index| index.column_index(group, leaf).is_some()) => EnabledStatistics::Page,
        Some(_) => EnabledStatistics::Chunk,
        None => EnabledStatistics::None,
    };
    let mut properties = WriterProperties::builder()
        .set_writer_version(version)
        .set_compression(chunk.compression())
        .set_dictionary_enabled(dictionary)
        .set_encoding(encoding)
        .set_statistics_enabled(statistics)
        .set_offset_index_disabled(index.is_none_or(|index| index.offset_index(group, leaf).is_none()));
    if chunk.bloom_filter_offset().is_some() {
        properties = properties.set_bloom_filter_max_ndv(chunk.num_values().max(1).cast_unsigned());
    }
    Ok(Arc::new(properties.build()))
}

/// Whether an encoding of values can be asked of a writer and fits every column that already has it.
fn is_plain_or_delta(encoding: Encoding) -> bool {
    matches!(
        encoding,
        Encoding::PLAIN
            | Encoding::DELTA_BINARY_PACKED
            | Encoding::DELTA_LENGTH_BYTE_ARRAY
            | Encoding::DELTA_BYTE_ARRAY
            | Encoding::BYTE_STREAM_SPLIT
    )
}
