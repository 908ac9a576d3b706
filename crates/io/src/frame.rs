//! Tables in memory, as Arrow: a caller hands batches in and gets them back rewritten. What no edit touches is handed
//! back as it is, without a copy.

mod leaf;
mod own;
mod rewrite;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod writing;

use std::collections::BTreeSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::{Array, AsArray, RecordBatch, RecordBatchReader};
use arrow::datatypes::SchemaRef;

use crate::{
    Batch, Body, Cause, Content, Edit, Error, Format, Layout, Mark, Opened, Output, Piece, Place, Publish,
    Rendered, Said, Source,
};
pub use rewrite::{Changes, Places};

/// The Arrow types by which frames come and go, of the version that is built in here.
pub mod ffi {
    pub use arrow::array::{
        Array, RecordBatch, RecordBatchIterator, RecordBatchReader, StructArray, make_array,
    };
    pub use arrow::datatypes::{Schema, SchemaRef};
    pub use arrow::error::ArrowError;
    pub use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
    pub use arrow::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
}

/// Rows of a piece, unless a dictionary is to be shared by more.
const ROWS: usize = 1 << 16;

/// Rows that share the cost of one value of a dictionary.
const SHARE: usize = 4;

/// How many times the usual size a piece may have for that.
const LARGEST: usize = 8;

/// A table in memory. A handle: clones are the same table.
#[derive(Clone)]
pub struct Frame(Arc<Shared>);

struct Shared {
    name: String,
    schema: SchemaRef,
    /// Until the frame is read.
    reader: Mutex<Option<Box<dyn RecordBatchReader + Send>>>,
    unread: Vec<Unread>,
    /// Once it is rewritten.
    written: Mutex<Option<Written>>,
}

/// A frame after a run that rewrites.
pub struct Written {
    /// With the names as they are now.
    pub schema: SchemaRef,
    /// The rows that stay.
    pub batches: Vec<RecordBatch>,
    /// Columns of which a value changed, or the name of a field in them, by their place.
    pub changed: BTreeSet<usize>,
    /// Rows that went, by their number in what was handed in, rising.
    pub dropped: Vec<u64>,
}

/// Shows no text.
impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written").field("batches", &self.batches.len()).finish_non_exhaustive()
    }
}

/// A field, or a part of one, that cannot be looked at, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The field.
    pub field: Arc<str>,
    /// How many of its cells.
    pub cells: u64,
    /// Why, in words that hold no value.
    pub reason: String,
}

impl Frame {
    /// A table whose batches come from a reader. `unread` is what the caller knows of it that is not in there.
    pub fn new(
        name: impl Into<String>,
        reader: Box<dyn RecordBatchReader + Send>,
        unread: Vec<Unread>,
    ) -> Self {
        let (schema, reader) = (reader.schema(), Mutex::new(Some(reader)));
        Self(Arc::new(Shared { name: name.into(), schema, reader, unread, written: Mutex::default() }))
    }

    /// What reports call it.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The batches after a run that rewrites; `None` where it did not come to its end.
    pub fn take_written(&self) -> Option<Written> {
        lock(&self.0.written).take()
    }

    fn place(&self) -> Place {
        Place::object(self.name())
    }
}

/// Shows no text.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame").field("name", &self.0.name).finish_non_exhaustive()
    }
}

impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Frame {}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A batch as it was handed in.
struct Whole {
    batch: RecordBatch,
    bytes: usize,
    /// How many values the largest dictionary of a column has.
    values: usize,
}

/// Some rows of a batch: what a piece of a frame carries.
pub struct Rows {
    whole: Arc<Whole>,
    first: usize,
    count: usize,
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("first", &self.first).field("count", &self.count).finish_non_exhaustive()
    }
}

/// Opens a frame for reading, in pieces of about `piece` bytes. It can be read once.
pub(crate) fn open(frame: &Frame, piece: usize) -> Result<Opened, Error> {
    let reader = lock(&frame.0.reader).take();
    let reader = reader.ok_or(Cause::Unsupported("the frame was read already; hand in a new one"));
    let reader = Reader {
        frame: frame.clone(),
        batches: reader.map_err(|cause| cause.at(frame.place()))?,
        piece,
        rest: None,
        index: 0,
        first_record: 0,
        position: 0,
    };
    let description = crate::Description {
        format: crate::FormatName::Frame,
        compression: crate::Compression::None,
        encoding: crate::Encoding::Utf8,
        delimiter: None,
        quote: None,
        header: None,
    };
    let format = Arc::new(FrameFormat { frame: frame.clone() });
    Ok(Opened { source: Box::new(reader), format, description })
}

/// Cuts the batches into pieces.
struct Reader {
    frame: Frame,
    batches: Box<dyn RecordBatchReader + Send>,
    piece: usize,
    /// A batch, and how many of its rows are handed out.
    rest: Option<(Arc<Whole>, usize)>,
    index: u64,
    first_record: u64,
    position: u64,
}

impl Reader {
    /// The next batch with rows; the first piece comes even without any, as it carries the names of the columns.
    fn batch(&mut self) -> Result<Option<Arc<Whole>>, Cause> {
        loop {
            let batch = match self.batches.next() {
                Some(Ok(batch)) => checked(batch)?,
                // Whoever hands the batches in may quote a value in its messages.
                Some(Err(_)) => return Err(Cause::Damaged("the frame broke off while it was read")),
                None if self.index == 0 => RecordBatch::new_empty(self.frame.0.schema.clone()),
                None => return Ok(None),
            };
            if batch.num_rows() > 0 || self.index == 0 {
                let size = |array: &dyn Array| {
                    array.to_data().get_slice_memory_size().unwrap_or_else(|_| array.get_array_memory_size())
                };
                let bytes = batch.columns().iter().map(|column| size(column)).sum();
                let dictionaries = batch.columns().iter().filter_map(|column| column.as_any_dictionary_opt());
                let values = dictionaries.map(|dictionary| dictionary.values().len()).max().unwrap_or(0);
                return Ok(Some(Arc::new(Whole { batch, bytes, values })));
            }
        }
    }

    fn rows(&mut self) -> Result<Option<Rows>, Cause> {
        let (whole, first) = match self.rest.take() {
            Some(rest) => rest,
            None => match self.batch()? {
                Some(whole) => (whole, 0),
                None => return Ok(None),
            },
        };
        let all = whole.batch.num_rows();
        let usual = (self.piece.saturating_mul(all) / whole.bytes.max(1)).clamp(1, ROWS);
        // All values of a dictionary are looked at in every piece: there must be rows enough to share that.
        let count = whole.values.saturating_mul(SHARE).clamp(usual, usual * LARGEST).min(all - first);
        if first + count < all {
            self.rest = Some((whole.clone(), first + count));
        }
        Ok(Some(Rows { whole, first, count }))
    }
}

/// What comes over a C interface is trusted by nobody: text must be UTF-8, offsets within their buffers.
fn checked(batch: RecordBatch) -> Result<RecordBatch, Cause> {
    match batch.columns().iter().try_for_each(|column| column.to_data().validate_full()) {
        Ok(()) => Ok(batch),
        Err(_) => Err(Cause::Damaged("a batch of the frame contradicts itself")),
    }
}

/// The Arrow crate panics on some of what is not valid.
fn guarded<T>(work: impl FnOnce() -> Result<T, Cause>) -> Result<T, Cause> {
    let damaged = Err(Cause::Damaged("a batch of the frame contradicts itself"));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(damaged)
}

impl Source for Reader {
    fn next(&mut self) -> Result<Option<Piece>, Error> {
        let rows =
            guarded(|| self.rows()).map_err(|cause| cause.at(self.frame.place().at(self.first_record)))?;
        let Some(rows) = rows else { return Ok(None) };
        let first_record = self.first_record;
        let share = rows.whole.bytes * rows.count / rows.whole.batch.num_rows().max(1);
        self.position += share as u64;
        self.first_record += rows.count as u64;
        self.index += 1;
        Ok(Some(Piece {
            index: self.index - 1,
            first_record,
            first_line: 0,
            cost: share * 3, // the text, and the rows and ends of each cell; the batch is the caller's
            content: Content::Frame(rows),
            beside: Said::default(),
        }))
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn mark(&self) -> Mark {
        Mark { pieces: self.index, jump: None }
    }
}

/// Decodes and renders rows of a frame.
struct FrameFormat {
    frame: Frame,
}

impl Format for FrameFormat {
    fn decode(&self, piece: Piece) -> Result<Batch, Error> {
        let Content::Frame(rows) = piece.content else {
            unreachable!("a frame gives rows");
        };
        let place = || self.frame.place().at(piece.first_record);
        let begins = piece.index == 0;
        let mut batch = guarded(|| rewrite::decode(rows, begins)).map_err(|cause| cause.at(place()))?;
        batch.first_record = piece.first_record;
        if begins {
            batch.unread.extend_from_slice(&self.frame.0.unread);
        }
        Ok(batch)
    }

    fn encode(&self, batch: &Batch, edits: &[Edit]) -> Result<Rendered, Error> {
        let Layout::Frame(places) = &batch.layout else {
            unreachable!("the batch was decoded here");
        };
        let changes = guarded(|| Ok(rewrite::encode(places, batch, edits)));
        let changes = changes.map_err(|cause| cause.at(self.frame.place()))?;
        let changes = changes.map_err(|(cause, place)| match place {
            Some((row, field)) => {
                cause.at(self.frame.place().at(batch.first_record + u64::from(row)).field(&*field))
            }
            None => cause.at(self.frame.place()),
        })?;
        let (verbatim, dropped) = (edits.is_empty(), changes.dropped());
        Ok(Rendered { body: Body::Frame(changes), verbatim, dropped, ..Rendered::default() })
    }
}

/// Gathers the rewritten rows.
pub(crate) struct FrameOutput {
    frame: Frame,
    writing: writing::Writing,
}

/// Begins to write a frame back.
pub(crate) fn create(frame: &Frame) -> FrameOutput {
    FrameOutput { frame: frame.clone(), writing: writing::Writing::new(frame.0.schema.clone()) }
}

impl Output for FrameOutput {
    fn append(&mut self, rendered: Rendered) -> Result<(), Error> {
        match rendered.body {
            Body::Frame(changes) => self.writing.add(changes),
            Body::Empty => {}
            _ => unreachable!("bodies of files go to their own output"),
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: &mut Publish<'_>) -> Result<u64, Error> {
        let Self { frame, writing } = *self;
        let written = guarded(|| writing.finish()).map_err(|cause| cause.at(frame.place()))?;
        let bytes = written.batches.iter().map(|batch| batch.get_array_memory_size() as u64).sum();
        *lock(&frame.0.written) = Some(written);
        Ok(bytes)
    }
}
