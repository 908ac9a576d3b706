//! JSON: one record a line (JSONL, NDJSON), or the elements of an array, or values behind one another.
//!
//! Records are checked against RFC 8259 and never rebuilt: a batch remembers where each cell is spelt, and rendering
//! copies everything else. How paths are spelt stands in `json/paths.rs`.

mod cut;
mod decode;
mod escape;
mod paths;
mod render;
mod token;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::pieces::{Pieces, Stream};
use crate::text::oversized;
use crate::{
    Batch, Content, Description, Edit, Error, Format, FormatName, Layout, Opened, Piece, ReadOptions,
    Rendered, Source,
};
use cut::{Cutter, Lines, Shape};

/// Opens a stream of JSON, told by `description` whether it is lines, else by its first bytes.
pub(crate) fn open(stream: Stream, sample: &[u8], description: Description, options: &ReadOptions) -> Opened {
    let shape = if description.format == FormatName::Jsonl { Shape::Lines } else { Shape::of(sample) };
    let source: Box<dyn Source> = match shape {
        Shape::Lines => Box::new(Pieces::new(stream, Lines::new(), options.sizes(), cost)),
        _ => Box::new(Pieces::new(stream, Cutter::new(shape, true), options.sizes(), cost)),
    };
    Opened { source, format: Arc::new(Json { shape }), description }
}

/// Whether the first line is a JSON object, or all of an array which another follows.
pub(crate) fn is_lines(sample: &[u8]) -> bool {
    let sample = sample.strip_prefix(cut::BOM).unwrap_or(sample).trim_ascii_start();
    let mut lines = sample.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let whole = |line: &[u8]| {
        std::str::from_utf8(line).is_ok_and(|line| token::walk(line, &mut token::Check).is_ok())
    };
    let first = lines.next().unwrap_or_default();
    match first.first() {
        Some(b'{') => whole(first),
        Some(b'[') => lines.next().is_some_and(|next| next.starts_with(b"[")) && whole(first),
        _ => false,
    }
}

/// The bytes, their texts (a whole float may grow to 19 digits) and, for each cell and key, where it ends, stands and
/// starts; vectors grow by doubling. Each cell and each key has a comma, colon, bracket or line of its own.
fn cost(bytes: &[u8]) -> usize {
    // So few at a time that a byte counts them, and a multiple of what a compiler makes count side by side.
    let signs = bytes.chunks(240).map(|some| {
        let sign = |byte: &u8| u8::from(matches!(byte, b',' | b':' | b'\n' | b'['));
        usize::from(some.iter().map(sign).sum::<u8>())
    });
    3 * bytes.len() + 44 * (signs.sum::<usize>() + 1)
}

/// Decodes and renders pieces of JSON.
struct Json {
    shape: Shape,
}

impl Format for Json {
    fn decode(&self, piece: Piece) -> Result<Batch, Error> {
        let Piece { index, first_record, first_line, content, .. } = piece;
        Ok(match content {
            Content::Rows(_) | Content::Frame(_) => unreachable!("rows come from sources of their own"),
            Content::Bytes(bytes) if self.shape == Shape::Lines => {
                decode::lines(bytes, first_record, first_line)
            }
            Content::Bytes(bytes) => {
                decode::values(bytes, Cutter::new(self.shape, index == 0), first_record, first_line)
            }
            Content::Oversized { bytes, first, last } => {
                oversized(first_record, first_line, bytes, first, last)
            }
        })
    }

    fn encode(&self, batch: &Batch, edits: &[Edit]) -> Result<Rendered, Error> {
        match &batch.layout {
            Layout::Json(layout) => render::render(batch, layout, edits),
            Layout::Oversized(layout) => Ok(layout.render()),
            _ => Ok(Rendered::default()),
        }
    }
}

/// The bytes of a piece and where the cells stand in them.
pub struct JsonLayout {
    bytes: Vec<u8>,
    rows: Vec<Row>,
    /// As [`Batch::texts`].
    starts: Vec<Starts>,
    /// Whether the records may be separated by commas, not lines.
    values: bool,
}

impl fmt::Debug for JsonLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLayout").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// Where a record stands.
struct Row {
    /// What goes when the record goes: with its line end, or with the separator before it.
    cut: Range<u32>,
    /// The record.
    raw: Range<u32>,
}

impl Row {
    fn new(cut: Range<usize>, raw: Range<usize>) -> Self {
        let short = |range: Range<usize>| range.start as u32..range.end as u32;
        Self { cut: short(cut), raw: short(raw) }
    }

    fn bytes(&self) -> Range<usize> {
        self.raw.start as usize..self.raw.end as usize
    }
}

/// Where the cells of some texts are spelt, arranged as their [`Occurrences`](crate::Occurrences).
enum Starts {
    One(Vec<u32>),
    Distinct(Vec<Vec<u32>>),
}

impl Starts {
    fn of(&self, cell: u32) -> &[u32] {
        match self {
            Self::One(starts) => &starts[cell as usize..=cell as usize],
            Self::Distinct(starts) => &starts[cell as usize],
        }
    }
}

#[cfg(test)]
mod tests;
