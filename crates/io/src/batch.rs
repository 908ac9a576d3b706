//! Records as the scanner wants them: the texts of a field in one buffer, and the way back to the bytes they came
//! from. A batch is never changed; edits are separate.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A piece of an object, decoded: some consecutive records.
#[derive(Debug, Default)]
pub struct Batch {
    /// The number of the first record in its object, counted from 0.
    pub first_record: u64,
    /// How many records, quarantined ones included. 0 for what continues an oversized record: its row 0 is the record
    /// that the batch before has counted.
    pub records: u32,
    /// The 1-based line of each record, for text formats; empty for others.
    pub lines: Vec<u64>,
    /// The cells, a field and kind at a time, in the order in which fields first appear.
    pub texts: Vec<Texts>,
    /// Names that stand beside the cells which they name: of `{"name": "ssn", "value": "..."}` the first.
    pub names: Names,
    /// Records that could not be parsed. Their raw text stands in a [`Kind::Unparsed`] field, so that it is scanned.
    pub quarantined: Vec<Quarantined>,
    /// Fields with binary cells that hold no text, and how many: not looked at, counted.
    pub binary: Vec<(Arc<str>, u64)>,
    /// What of the records cannot be looked at.
    pub unread: Vec<crate::Unread>,
    /// Fields that nobody wants and that were not read for that, with as many cells as the object says it has there.
    pub unwanted: Vec<(Arc<str>, u64)>,
    /// What the format needs to render the batch again.
    pub layout: Layout,
}

impl Batch {
    /// Every cell with its field, row by occurrence: the plain view. (texts index, cell index, row in the batch).
    pub fn cells(&self) -> impl Iterator<Item = (usize, u32, u32)> + '_ {
        self.texts.iter().enumerate().flat_map(|(at, texts)| {
            (0..texts.len() as u32)
                .flat_map(move |cell| texts.occurrences.rows(cell).map(move |row| (at, cell, row)))
        })
    }
}

/// What [`Texts::named`] speaks of: the names of a cell, a line each; each such text once.
#[derive(Clone, Default)]
pub struct Names(pub Vec<Arc<str>>);

/// Shows no text.
impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names").field("names", &self.0.len()).finish_non_exhaustive()
    }
}

/// The cells of one field and one kind: one buffer and the ends of each cell in it.
#[derive(Clone)]
pub struct Texts {
    /// The field: a column name or a JSON path (`users[].name`; an array is `[]`, keys are joined by dots; a key that
    /// could be taken for more than one stands as `["a.b"]`, the record itself is `$`, paths beyond the limits `*`).
    pub field: Arc<str>,
    /// What the cells are in the file.
    pub kind: Kind,
    /// Whether null may be written.
    pub nullable: bool,
    /// All cells, one after another.
    pub buffer: String,
    /// Where each cell ends in `buffer`.
    pub ends: Vec<u32>,
    /// In which records each cell stands.
    pub occurrences: Occurrences,
    /// Cells that something beside them names, rising, each once, and by what: a place in [`Batch::names`].
    pub named: Vec<(u32, u32)>,
}

/// Shows no text.
impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("kind", &self.kind).field("cells", &self.len()).finish_non_exhaustive()
    }
}

impl Texts {
    /// The number of (distinct) cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of a cell in `buffer`.
    pub fn span(&self, cell: u32) -> Range<usize> {
        let at = cell as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        start as usize..self.ends[at] as usize
    }

    /// Makes room for further cells that stand once: growing bit by bit costs as much as reading.
    pub(crate) fn reserve(&mut self, bytes: usize, cells: usize) {
        self.buffer.reserve(bytes);
        self.ends.reserve(cells);
        if let Occurrences::One(rows) = &mut self.occurrences {
            rows.reserve(cells);
        }
    }

    /// The text of a cell.
    pub fn get(&self, cell: u32) -> &str {
        &self.buffer[self.span(cell)]
    }

    /// The cells in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|cell| self.get(cell))
    }
}

/// In which records of the batch a cell stands.
#[derive(Clone, Debug)]
pub enum Occurrences {
    /// Each cell once: its row in the batch, rising.
    One(Vec<u32>),
    /// Distinct values: for each, the rows that hold it, rising (a row may stand twice: a list with two equal values).
    Distinct(Vec<Vec<u32>>),
}

impl Occurrences {
    /// The rows of one cell.
    pub fn rows(&self, cell: u32) -> impl Iterator<Item = u32> + '_ {
        match self {
            Self::One(rows) => &rows[cell as usize..=cell as usize],
            Self::Distinct(rows) => &rows[cell as usize],
        }
        .iter()
        .copied()
    }
}

/// What a cell is in the file: what may be written in its place follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Text of a typed format: a JSON string, a Parquet string.
    Text,
    /// Text of an untyped format, CSV: it may be a number to its readers.
    Untyped,
    /// An integer, as decimal text.
    Integer,
    /// A floating-point or decimal number; whole ones as integers.
    Float,
    /// A date or timestamp, as ISO 8601 text.
    Time,
    /// Bytes that hold UTF-8 text.
    Binary,
    /// Bytes of a fixed length that hold text, or text of which stretches are not UTF-8 (they show as U+FFFD): nothing
    /// but null can take their place.
    Fixed,
    /// A key or header: the name of a field, itself looked at.
    Key,
    /// A record that could not be parsed, as plain text.
    Unparsed,
    /// Text beside the records: Parquet key-value metadata, the header of a gzip member. Stands in record 0.
    Metadata,
}

impl Kind {
    /// Whether text may be written in place of the cell; if not, only null.
    pub const fn takes_text(self) -> bool {
        matches!(self, Self::Text | Self::Untyped | Self::Binary | Self::Key | Self::Metadata)
    }
}

/// A record that could not be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// The record in the batch.
    pub row: u32,
    /// Why, in words that hold no value.
    pub reason: &'static str,
}

/// What a format needs to render a batch again: where each cell stands in the bytes. Opaque outside this crate.
#[derive(Debug, Default)]
#[non_exhaustive]
pub enum Layout {
    /// Nothing can be rendered.
    #[default]
    None,
    /// Plain text.
    Text(crate::text::TextLayout),
    /// CSV and its like.
    Csv(crate::csv::CsvLayout),
    /// JSON.
    Json(crate::json::JsonLayout),
    /// A part of a record that is over its limit.
    Oversized(crate::text::OversizedLayout),
    /// Rows of a Parquet row group.
    Parquet(crate::parquet::Places),
    /// Rows of a frame.
    Frame(crate::frame::Places),
}

/// A change to one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Which of [`Batch::texts`].
    pub texts: u32,
    /// Which cell of it; all its occurrences are changed.
    pub cell: u32,
    /// What is done.
    pub change: Change,
}

/// What is done to a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Stretches of its text are replaced, in order, without overlap; the rest keeps its spelling in the file.
    Splice(Vec<Splice>),
    /// The cell becomes null (CSV: empty).
    Null,
    /// The whole record goes.
    DropRecord,
}

/// One stretch of a cell's text and what stands there instead.
#[derive(Clone, PartialEq, Eq)]
pub struct Splice {
    /// Bytes of the cell's decoded text.
    pub span: Range<u32>,
    /// The new text, decoded.
    pub text: String,
}

/// Shows no text.
impl fmt::Debug for Splice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splice").field("span", &self.span).finish_non_exhaustive()
    }
}

/// The text with the splices done.
pub fn splice(text: &str, splices: &[Splice]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for Splice { span, text: new } in splices {
        out.push_str(&text[at..span.start as usize]);
        out.push_str(new);
        at = span.end as usize;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splices_replace_their_stretch_and_nothing_else() {
        let done = splice(
            "a b c",
            &[Splice { span: 0..1, text: "xx".into() }, Splice { span: 4..5, text: String::new() }],
        );
        assert_eq!(done, "xx b ");
    }
}
