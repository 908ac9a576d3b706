//! CSV and its like, cell for cell: the cells as csv-core reads them, and their places in the bytes, so that an edit
//! changes the cell it is meant for and no other byte.

mod borders;
mod cell;
mod dialect;
mod rewrite;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

pub(crate) use dialect::looks_like_csv;

use memchr::memchr_iter;

use crate::csv::borders::CsvBorders;
use crate::csv::cell::{Dialect, record, unquote};
use crate::pairs;
use crate::pieces::{Pieces, Stream};
use crate::text::{BAD_UTF8, UNPARSED, oversized, push, texts};
use crate::{
    Batch, Cause, Content, Description, Edit, Error, Format, FormatName, Header, Interest, Kind, Layout,
    Names, Occurrences, Opened, Piece, Quarantined, ReadOptions, Rendered, Texts,
};

/// Columns beyond these fold into one field, so that a line of commas cannot make a million of them.
const COLUMNS: usize = 10_000;
const FOLDED: &str = "*";

/// The field of the header's own cells.
const HEADER: &str = "header";

/// Rows of a piece by which the room that the others need is told.
const SAMPLE_ROWS: u32 = 64;

const OPEN_QUOTE: &str = "a quote that is not closed before the end of the object";
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

pub(crate) fn open(
    mut stream: Stream,
    mut description: Description,
    options: &ReadOptions,
    interest: &dyn Interest,
) -> Result<Opened, Error> {
    let delimiter = options.delimiter.or((description.format == FormatName::Tsv).then_some(b'\t'));
    let sample = stream.peek(crate::open::SAMPLE);
    let dialect = dialect::detect(&sample, delimiter, options.quote);
    let header = header(&mut stream, dialect, options, interest)?;
    let borders = CsvBorders::new(dialect, header.is_some());
    description.delimiter = Some(dialect.delimiter);
    description.quote = Some(dialect.quote);
    description.header = Some(header.is_some());
    let has_header = header.is_some();
    let names = names(&header.unwrap_or_default());
    let named_by = pairs::of_leaves(&names.iter().map(|name| &**name).collect::<Vec<_>>());
    Ok(Opened {
        source: Box::new(Pieces::new(stream, borders, options.sizes(), move |bytes| cost(dialect, bytes))),
        format: Arc::new(Csv { dialect, header: has_header, names, named_by }),
        description,
    })
}

/// The bytes, their texts (in buffers that grow by doubling), and for a cell its place and its row.
fn cost(dialect: Dialect, bytes: &[u8]) -> usize {
    let cells = memchr_iter(dialect.delimiter, bytes).count() + memchr_iter(b'\n', bytes).count();
    3 * bytes.len() + 24 * cells
}

/// The cells of the first record if they name the columns.
fn header(
    stream: &mut Stream,
    dialect: Dialect,
    options: &ReadOptions,
    interest: &dyn Interest,
) -> Result<Option<Vec<String>>, Error> {
    if options.header == Header::No {
        return Ok(None);
    }
    let mut size = crate::open::SAMPLE;
    let limit = options.sizes().record;
    let (sample, whole) = loop {
        let sample = stream.peek(size.min(limit));
        let ended = sample.len() < size.min(limit);
        let whole = ended || CsvBorders::new(dialect, false).first_record(&sample);
        if whole || size >= limit {
            break (sample, whole);
        }
        size *= 4;
    };
    let mut rows = dialect::rows(&sample, dialect);
    let first = if whole { rows.next().flatten() } else { None };
    match (options.header, first) {
        (Header::Yes, None) if !sample.is_empty() => {
            Err(Cause::Unsupported("the header is not valid text or too long; say --header no")
                .at(stream.place.clone()))
        }
        (Header::Yes, first) => Ok(first),
        (_, first) => Ok(first.filter(|first| {
            dialect::is_header(first, rows.flatten()) && !first.iter().any(|cell| interest.is_data(cell))
        })),
    }
}

/// The names of the fields: those of the header, made distinct, and a number where there is none.
fn names(header: &[String]) -> Vec<Arc<str>> {
    let mut taken = HashMap::new();
    let mut names = Vec::with_capacity(header.len());
    for (at, cell) in header.iter().enumerate().take(COLUMNS) {
        let name = if cell.trim().is_empty() { numbered(at) } else { cell.trim().to_owned() };
        names.push(distinct(&name, &mut taken));
    }
    names
}

fn numbered(at: usize) -> String {
    format!("column_{}", at + 1)
}

/// `taken` knows for each name the number to try next, so that a header of one word a thousand times costs no more
/// than its length.
fn distinct(name: &str, taken: &mut HashMap<String, usize>) -> Arc<str> {
    let mut number = taken.get(name).copied().unwrap_or(1);
    let mut candidate = if number == 1 { name.to_owned() } else { format!("{name}#{number}") };
    while taken.contains_key(&candidate) {
        number += 1;
        candidate = format!("{name}#{number}");
    }
    taken.insert(candidate.clone(), 2);
    taken.insert(name.to_owned(), number + 1);
    candidate.into()
}

struct Csv {
    dialect: Dialect,
    /// Whether the first record of the object is a header.
    header: bool,
    names: Vec<Arc<str>>,
    /// By column: those that name what it holds.
    named_by: Vec<Vec<usize>>,
}

/// Where the cells of a batch stand in its bytes: record by record, as in the file.
pub struct CsvLayout {
    pub(crate) raw: Vec<u8>,
    pub(crate) rows: Vec<Row>,
    /// Where each cell begins; it ends a byte before the next of its record, or with its record.
    pub(crate) cells: Vec<u32>,
    /// Whether the first texts are the header's cells and the first row is the header.
    pub(crate) header: bool,
}

/// Without the text, which is nobody's to print.
impl fmt::Debug for CsvLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvLayout").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

/// A record in the bytes of its batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Behind the line break.
    pub(crate) next: u32,
    /// Its first of [`CsvLayout::cells`].
    pub(crate) first: u32,
}

/// The cells of one field while a piece is decoded.
#[derive(Default)]
struct Column {
    buffer: String,
    ends: Vec<u32>,
    rows: Vec<u32>,
}

impl Column {
    /// Room for so many times what is there: growing bit by bit costs as much as reading.
    fn reserve(&mut self, more: usize) {
        self.buffer.reserve(self.buffer.len() * more);
        self.ends.reserve(self.ends.len() * more);
        self.rows.reserve(self.rows.len() * more);
    }

    fn push(&mut self, cell: &str, quote: u8, row: u32) {
        if cell.as_bytes().first() == Some(&quote) {
            unquote(cell, quote, &mut self.buffer);
        } else {
            self.buffer.push_str(cell);
        }
        self.ends.push(self.buffer.len() as u32);
        self.rows.push(row);
    }

    fn texts(self, field: Arc<str>) -> Texts {
        let Self { buffer, ends, rows } = self;
        Texts {
            field,
            kind: Kind::Untyped,
            nullable: true,
            buffer,
            ends,
            occurrences: Occurrences::One(rows),
            named: Vec::new(),
        }
    }
}

impl Csv {
    fn field(&self, at: usize) -> Arc<str> {
        if at == COLUMNS {
            return FOLDED.into();
        }
        self.names.get(at).cloned().unwrap_or_else(|| {
            // A ragged row is longer than the header, which may hold this very name.
            let mut name = numbered(at);
            if self.names.iter().any(|taken| **taken == *name) {
                name.push_str("#2");
            }
            name.into()
        })
    }

    /// The columns as the texts of their fields, each joined with those that name it.
    fn named(&self, columns: Vec<Column>) -> (Vec<Texts>, Names) {
        let columns = columns.into_iter().enumerate();
        let mut texts: Vec<_> = columns.map(|(at, column)| column.texts(self.field(at))).collect();
        if self.named_by.iter().all(Vec::is_empty) {
            return (texts, Names::default());
        }
        let leaves: Vec<_> = (0..texts.len()).map(|column| Some((column, None))).collect();
        let names = pairs::join(&mut texts, &leaves, &self.named_by);
        (texts, names)
    }
}

/// The header's own cells.
fn header_texts<'r>(cells: impl Iterator<Item = &'r str>, quote: u8) -> Texts {
    let mut column = Column::default();
    cells.for_each(|cell| column.push(cell, quote, 0));
    let occurrences = Occurrences::Distinct(vec![vec![0]; column.ends.len()]);
    Texts { buffer: column.buffer, ends: column.ends, occurrences, ..texts(HEADER, Kind::Key) }
}

impl Format for Csv {
    fn decode(&self, piece: Piece) -> Result<Batch, Error> {
        let raw = match piece.content {
            Content::Bytes(raw) => raw,
            Content::Oversized { bytes, first, last } => {
                return Ok(oversized(piece.first_record, piece.first_line, bytes, first, last));
            }
            Content::Rows(_) | Content::Frame(_) => unreachable!("rows come from sources of their own"),
        };
        let quote = self.dialect.quote;
        let whole = std::str::from_utf8(&raw).ok();
        let mut keys = (self.header && piece.index == 0).then(|| texts(HEADER, Kind::Key));
        let header = keys.is_some();
        let mut columns: Vec<Column> = Vec::new();
        columns.resize_with(self.names.len(), Column::default);
        let mut unparsed = texts(UNPARSED, Kind::Unparsed);
        let mut batch = Batch { first_record: piece.first_record, ..Batch::default() };
        let (mut rows, mut cells) = (Vec::new(), Vec::new());
        let mut line = piece.first_line;
        let mut at = if piece.index == 0 && raw.starts_with(BOM) { BOM.len() } else { 0 };
        loop {
            let first = cells.len();
            let Some(record) = record(self.dialect, &raw, at, &mut cells) else { break };
            at = record.next;
            line += record.lines_before;
            let here = line;
            line += record.lines;
            rows.push(Row {
                start: record.start as u32,
                end: record.end as u32,
                next: record.next as u32,
                first: first as u32,
            });
            let span = record.start..record.end;
            let text = match whole {
                Some(whole) => Some(&whole[span.clone()]),
                None => std::str::from_utf8(&raw[span.clone()]).ok(),
            };
            // Places of cells in the text of the record.
            let ends = cells[first + 1..].iter().map(|&start| start as usize - 1).chain([record.end]);
            let spans = cells[first..]
                .iter()
                .zip(ends)
                .map(|(&start, end)| start as usize - record.start..end - record.start);
            if let (Some(keys), Some(text), 1) = (&mut keys, text, rows.len()) {
                *keys = header_texts(spans.map(|span| &text[span]), quote);
                continue;
            }
            let row = batch.records;
            batch.records += 1;
            if row == SAMPLE_ROWS {
                let more = raw.len() / at + 1;
                for column in &mut columns {
                    column.reserve(more);
                }
            }
            batch.lines.push(here);
            let reason = match text {
                Some(text) if record.closed => {
                    for (at, span) in spans.enumerate() {
                        let at = at.min(COLUMNS);
                        if at == columns.len() {
                            columns.push(Column::default());
                        }
                        columns[at].push(&text[span], quote, row);
                    }
                    continue;
                }
                Some(_) => OPEN_QUOTE,
                None => BAD_UTF8,
            };
            push(&mut unparsed, &String::from_utf8_lossy(&raw[span]), row);
            batch.quarantined.push(Quarantined { row, reason });
        }
        let (columns, names) = self.named(columns);
        batch.names = names;
        batch.texts.extend(keys.into_iter().chain(columns));
        if !unparsed.is_empty() {
            batch.texts.push(unparsed);
        }
        batch.layout = Layout::Csv(CsvLayout { raw, rows, cells, header });
        Ok(batch)
    }

    fn encode(&self, batch: &Batch, edits: &[Edit]) -> Result<Rendered, Error> {
        match &batch.layout {
            Layout::Csv(layout) => rewrite::render(self.dialect, layout, batch, edits),
            Layout::Oversized(layout) => Ok(layout.render()),
            _ => Ok(Rendered::default()),
        }
    }
}
