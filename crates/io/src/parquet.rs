//! Parquet: read row by row through the crate's column readers, rewritten column by column. Not through Arrow, which
//! knows neither legacy lists nor the levels that a rewrite needs; so reading and rewriting count cells alike.

mod column;
mod copy;
mod decode;
mod dictionary;
mod embedded;
mod encrypted;
mod file;
mod pending;
#[cfg(test)]
mod random;
mod ranges;
mod rewrite;
mod schema;
#[cfg(test)]
mod tests;
mod text;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::file::metadata::ColumnChunkMetaData;

use crate::mark::Jump;
use crate::{Cause, Content, Error, Interest, Mark, Piece, Place, Said, Source};
use column::Column;
pub(crate) use decode::{Changes, Parquet, Places};
use dictionary::Dictionary;
use file::File;
use ranges::Fetching;
pub(crate) use ranges::Ranges;
pub(crate) use rewrite::Rewriter;

/// Bytes that are asked for at a time; many columns share four times that.
const AHEAD: u64 = 4 << 20;

/// How often that is on its way at once for all columns together.
const RANGES: u64 = 4;

/// Rows of a piece at most.
const ROWS: usize = 1 << 16;

/// Bytes of a column that may well be in memory at once.
const SMALL: u64 = 16 << 20;

/// Pieces' bytes that the values of a piece may need in memory. A row group that needs no more, and has no more rows than
/// this, is a piece as a whole: workers decode such ones in parallel.
const WHOLE: u64 = 8;
const WHOLE_ROWS: u64 = 1 << 18;

/// Rows that are read at a time from a larger column, of which any may be large.
const STEP: usize = 128;

/// Opens an object for reading, in pieces of about `piece` bytes.
pub(crate) fn open(
    ranges: Ranges,
    place: Place,
    piece: usize,
    interest: &dyn Interest,
) -> Result<(Reader, Parquet), Error> {
    let file = Arc::new(File::open(ranges, place, interest)?);
    let format = Parquet { file: Arc::clone(&file) };
    let reader = Reader {
        file,
        piece,
        group: None,
        coming: None,
        group_start: None,
        next_group: 0,
        index: 0,
        first_record: 0,
        done: false,
        at_once: copy::AT_ONCE,
    };
    Ok((reader, format))
}

/// Rows to read at a time from a column: few where they may be large.
fn step(chunk: &ColumnChunkMetaData) -> usize {
    if chunk.uncompressed_size().unsigned_abs() <= SMALL { ROWS } else { STEP }
}

/// What damage comes to where nothing says more.
const CONTRADICTION: Cause = Cause::Damaged("the Parquet file contradicts itself");

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread would be damage of the file that is being read, and no defect. It is told where damage
/// is told, so a panic hook need not speak of it.
pub fn is_panic_damage() -> bool {
    GUARDED.get()
}

/// The Parquet crate checks what it reads, but not everything everywhere: a file that makes it panic is damaged. Only
/// calls of the crate stand in here: where we panic ourselves, no file is to blame.
fn guarded<T, E: Into<Cause>>(read: impl FnOnce() -> Result<T, E>) -> Result<T, Cause> {
    let outside = GUARDED.replace(true);
    let read = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(outside);
    match read {
        Ok(read) => read.map_err(Into::into),
        Err(_) => Err(CONTRADICTION),
    }
}

/// Some consecutive rows of one row group, as stored values: what a piece of Parquet carries.
pub struct Rows {
    group: usize,
    /// Their first row in the row group.
    first: u64,
    count: usize,
    columns: Columns,
}

/// The values of some rows.
enum Columns {
    /// By column.
    Read(Vec<Part>),
    /// Those of a whole row group, as they are stored.
    Stored(Ranges),
}

/// Some rows of a column.
struct Part {
    leaf: usize,
    column: Column,
    /// The number of its first slot in the row group.
    first: u64,
    /// With the last rows: values in the dictionary of the column that no row of the row group has.
    unused: Vec<Bytes>,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("group", &self.group).field("first", &self.first).finish_non_exhaustive()
    }
}

/// Reads the rows in order.
pub(crate) struct Reader {
    file: Arc<File>,
    /// Bytes of decoded values that a piece should not exceed by much.
    piece: usize,
    group: Option<Group>,
    /// The next row group, if it is a piece as a whole; on its way while the one before is worked on.
    coming: Option<(usize, Fetching)>,
    /// The place before that row group.
    group_start: Option<Jump>,
    next_group: usize,
    index: u64,
    first_record: u64,
    done: bool,
    /// Bytes that a page of every column may need together.
    at_once: u64,
}

/// A row group that is being read.
struct Group {
    index: usize,
    rows: u64,
    read: u64,
    /// Rows that fit a piece if they are of the usual size.
    usual: usize,
    columns: Vec<Open>,
}

/// A column that is being read, which may be some rows ahead of others.
struct Open {
    leaf: usize,
    reader: ColumnReader,
    dictionary: Dictionary,
    ahead: Column,
    /// Rows read at a time.
    step: usize,
    slots: u64,
}

impl Source for Reader {
    fn next(&mut self) -> Result<Option<Piece>, Error> {
        if self.done {
            return Ok(None);
        }
        let read = self.rows();
        self.done = !matches!(read, Ok(Some(_)));
        let rows = match read {
            Ok(Some(rows)) => rows,
            Ok(None) => return Ok(None),
            Err(cause) => return Err(cause.at(self.file.place.clone().at(self.first_record))),
        };
        let first_record = self.first_record;
        let values = match &rows.columns {
            Columns::Read(columns) => {
                let needs = |part: &Part| part.column.bytes.min(self.file.once(rows.group, part) as usize);
                columns.iter().map(needs).sum()
            }
            Columns::Stored(_) => self.file.size(rows.group) as usize,
        };
        self.first_record += rows.count as u64;
        self.index += 1;
        Ok(Some(Piece {
            index: self.index - 1,
            first_record,
            first_line: 0,
            // The values, their text, and the rows and ends of each cell.
            cost: values * 3,
            content: Content::Rows(rows),
            beside: Said::default(),
        }))
    }

    fn mark(&self) -> Mark {
        Mark { pieces: self.index, jump: self.group_start.clone() }
    }

    /// Row groups before it are not read.
    fn go_on(&mut self, from: &Mark) -> Result<(), Error> {
        if let Some(jump) = &from.jump {
            (self.index, self.first_record) = (jump.pieces, jump.records);
            self.next_group = usize::try_from(jump.to).unwrap_or(usize::MAX);
            self.group_start.clone_from(&from.jump);
        }
        while self.index < from.pieces && self.next()?.is_some() {}
        Ok(())
    }

    fn position(&self) -> u64 {
        if self.done {
            return self.file.ranges.len();
        }
        let stored =
            |group: usize| self.file.metadata.row_group(group).compressed_size().max(0).cast_unsigned();
        let given: u64 = (0..self.next_group).map(stored).sum();
        let left = self.group.as_ref().map_or(0, |group| {
            let share = u128::from(stored(group.index)) * u128::from(group.rows - group.read);
            (share / u128::from(group.rows)) as u64
        });
        given.saturating_sub(left)
    }
}

impl Reader {
    /// The next rows; the first piece comes even without any, as it carries what stands beside the rows.
    fn rows(&mut self) -> Result<Option<Rows>, Cause> {
        loop {
            if let Some(group) = self.group.as_mut().filter(|group| group.read < group.rows) {
                return group.next(self.piece).map(Some);
            }
            self.group = None;
            let index = self.next_group;
            if index >= self.file.metadata.num_row_groups() {
                let nothing = Rows { group: 0, first: 0, count: 0, columns: Columns::Read(Vec::new()) };
                return Ok((self.index == 0).then_some(nothing));
            }
            let jump =
                |pieces, records, group| Some(Jump { pieces, records, lines: 0, to: group as u64, held: 0 });
            self.group_start = jump(self.index, self.first_record, index);
            self.next_group += 1;
            if self.is_whole(index) {
                let rows = self.whole(index)?;
                self.group_start = jump(self.index + 1, self.first_record + rows.count as u64, index + 1);
                return Ok(Some(rows));
            }
            if self.file.rows(index) > 0 {
                self.group = Some(self.open(index)?);
            }
        }
    }

    /// Whether a row group is a piece.
    fn is_whole(&self, group: usize) -> bool {
        let most = WHOLE * self.piece as u64;
        let fits = self.file.size(group) <= most && self.file.stored(group) <= most;
        fits && (1..=WHOLE_ROWS).contains(&self.file.rows(group))
    }

    fn whole(&mut self, group: usize) -> Result<Rows, Cause> {
        let fetching = match self.coming.take().filter(|(coming, _)| *coming == group) {
            Some((_, fetching)) => fetching,
            None => self.fetch(group)?,
        };
        let next = group + 1;
        if next < self.file.metadata.num_row_groups() && self.is_whole(next) {
            self.coming = self.fetch(next).ok().map(|fetching| (next, fetching));
        }
        let count = self.file.rows(group) as usize;
        Ok(Rows { group, first: 0, count, columns: Columns::Stored(fetching.wait()?) })
    }

    fn fetch(&self, group: usize) -> Result<Fetching, Cause> {
        let chunks = self.file.wanted.iter().map(|&leaf| {
            let (start, len) = self.file.chunk(group, leaf)?.byte_range();
            Ok(start..start.saturating_add(len))
        });
        self.file.ranges.together(chunks.collect::<Result<_, Cause>>()?, AHEAD)
    }

    fn open(&self, index: usize) -> Result<Group, Cause> {
        let about = self.file.metadata.row_group(index);
        let rows = self.file.rows(index);
        let mut copies = copy::copy(&self.file, index, self.at_once)?;
        let columns = self.file.wanted.iter().map(|&leaf| {
            let chunk = about.column(leaf);
            let (reader, dictionary) = match copies.remove(&leaf) {
                Some((pages, dictionary)) => {
                    (get_column_reader(chunk.column_descr_ptr(), Box::new(pages)), dictionary)
                }
                None => self.file.watched(index, leaf)?,
            };
            let ahead = Column::new(chunk.column_descr());
            Ok(Open { leaf, reader, dictionary, ahead, step: step(chunk), slots: 0 })
        });
        let columns = columns.collect::<Result<Vec<_>, Cause>>()?;
        // What repeats itself is looked at once a piece, so these are as large as memory allows.
        let piece = self.piece as u64;
        let of = |bytes: u64, all: u64| bytes.saturating_mul(rows) / all.max(1);
        let usual = of(piece, self.file.text(index)).min(of(WHOLE * piece, self.file.size(index)));
        Ok(Group { index, rows, read: 0, usual: usual.clamp(1, ROWS as u64) as usize, columns })
    }
}

impl Group {
    /// The next rows: as many as usual, fewer where they are large.
    fn next(&mut self, piece: usize) -> Result<Rows, Cause> {
        let mut rows = (self.rows - self.read).min(self.usual as u64) as usize;
        let mut bytes = 0;
        for Open { reader, dictionary, ahead, step, .. } in &mut self.columns {
            while ahead.rows < rows {
                if ahead.rows > 0 && bytes + ahead.bytes > WHOLE as usize * piece {
                    rows = ahead.rows;
                    continue;
                }
                let values = ahead.values.len();
                if ahead.read(reader, (*step).min(rows - ahead.rows))? == 0 {
                    return Err(Cause::Damaged("a Parquet column ends before its row group"));
                }
                dictionary.mark(&ahead.values, values);
            }
            // Others are small, whatever stands in a row.
            if *step == STEP {
                bytes += ahead.bytes;
            }
        }
        let last = self.read + rows as u64 == self.rows;
        let columns = self.columns.iter_mut().map(|open| {
            let column = open.ahead.take(rows);
            let first = open.slots;
            open.slots += column.slots() as u64;
            let unused = if last { open.dictionary.unused() } else { Vec::new() };
            Part { leaf: open.leaf, column, first, unused }
        });
        let columns = Columns::Read(columns.collect());
        let next = Rows { group: self.index, first: self.read, count: rows, columns };
        self.read += rows as u64;
        Ok(next)
    }
}
