//! A piece becomes a batch: each record is checked first and then collected, cell by cell, into the texts of its path.

use std::ops::Range;

use super::cut::{BOM, Cutter};
use super::escape::unescape;
use super::paths::{PathId, Paths};
use super::tape::Tape;
use super::token::{Quoted, Visit, is_blank, whole};
use super::{JsonLayout, Row, Starts};
use crate::text::{BAD_UTF8, UNPARSED};
use crate::{Batch, Kind, Layout, Occurrences, Quarantined, Texts};

/// Records of a piece by which the room that the others need is told.
const SAMPLE_ROWS: usize = 64;

/// Decodes lines: each that is not blank is a record.
pub(super) fn lines(bytes: Vec<u8>, first_record: u64, first_line: u64) -> Batch {
    let mut decoder = Decoder::default();
    let mut lines = Vec::new();
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', &bytes).map(|at| at + 1).chain([bytes.len()]);
    for (line, end) in (first_line..).zip(ends) {
        let mut cut = std::mem::replace(&mut start, end)..end;
        if bytes[cut.clone()].trim_ascii().is_empty() {
            continue;
        }
        if line == 1 && bytes.starts_with(BOM) {
            cut.start = BOM.len();
        }
        let raw = cut.start..if bytes[cut.clone()].ends_with(b"\n") { end - 1 } else { end };
        lines.push(line);
        decoder.record(&bytes, cut, raw);
    }
    decoder.finish(bytes, first_record, lines, false)
}

/// Decodes values that do not stand a line each; with each goes what separates it from the one before.
pub(super) fn values(bytes: Vec<u8>, cutter: Cutter, first_record: u64, first_line: u64) -> Batch {
    let mut decoder = Decoder::default();
    let mut lines = Vec::new();
    let (mut before, mut line) = (0, first_line);
    let breaks = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count() as u64;
    for raw in cutter.records(&bytes) {
        let separator = &bytes[before..raw.start];
        // What is neither blank nor comma begins or ends an array, and stays; so do blanks before the comma, and
        // all before the first record but the blanks right before it.
        let stays = |byte: u8| !is_blank(byte) && (byte != b',' || (first_record == 0 && lines.is_empty()));
        let kept = separator.iter().rposition(|&byte| stays(byte)).map_or(0, |at| at + 1);
        let cut = before + kept + memchr::memchr(b',', &separator[kept..]).unwrap_or(0)..raw.end;
        line += breaks(separator);
        lines.push(line);
        line += breaks(&bytes[raw.clone()]);
        before = raw.end;
        decoder.record(&bytes, cut, raw);
    }
    decoder.finish(bytes, first_record, lines, true)
}

#[derive(Default)]
struct Decoder {
    tape: Tape,
    collector: Collector,
    quarantined: Vec<Quarantined>,
    rows: Vec<Row>,
}

impl Decoder {
    fn record(&mut self, bytes: &[u8], cut: Range<usize>, raw: Range<usize>) {
        if self.rows.len() == SAMPLE_ROWS {
            self.collector.reserve(bytes.len() / cut.start.max(1) + 1);
        }
        self.collector.row = self.rows.len() as u32;
        self.collector.base = raw.start as u32;
        let checked = std::str::from_utf8(&bytes[raw.clone()]).map_err(|_| BAD_UTF8).and_then(|text| {
            // Behind the mark at the start of an object, a blank line counts as a record.
            let blank = text.trim_ascii().is_empty();
            if blank { Ok(None) } else { self.tape.record(text).map(|()| Some(text)) }
        });
        match checked {
            Ok(Some(text)) => {
                self.collector.at = PathId::RECORD;
                self.tape.play(text, &mut self.collector);
            }
            Ok(None) => {}
            Err(reason) => self.quarantine(bytes, raw.clone(), reason),
        }
        self.rows.push(Row { cut: cut.start as u32..cut.end as u32, raw: raw.start as u32..raw.end as u32 });
    }

    fn quarantine(&mut self, bytes: &[u8], raw: Range<usize>, reason: &'static str) {
        let row = self.rows.len() as u32;
        self.quarantined.push(Quarantined { row, reason });
        self.collector.row = row;
        self.collector.base = raw.start as u32;
        let texts = self.collector.texts(PathId::RECORD, Kind::Unparsed);
        self.collector.texts[texts].buffer.push_str(&String::from_utf8_lossy(&bytes[raw]));
        self.collector.end(texts, 0);
    }

    fn finish(self, bytes: Vec<u8>, first_record: u64, lines: Vec<u64>, values: bool) -> Batch {
        Batch {
            first_record,
            records: self.rows.len() as u32,
            lines,
            texts: self.collector.texts,
            quarantined: self.quarantined,
            binary: Vec::new(),
            unread: Vec::new(),
            unwanted: Vec::new(),
            layout: Layout::Json(JsonLayout {
                bytes,
                rows: self.rows,
                starts: self.collector.starts,
                values,
            }),
        }
    }
}

/// The texts of a path, by kind, and the cell that its own key is.
#[derive(Clone, Copy, Default)]
struct Place {
    strings: Option<usize>,
    integers: Option<usize>,
    floats: Option<usize>,
    unparsed: Option<usize>,
    keys: Option<usize>,
    key: Option<(usize, usize)>,
}

impl Place {
    fn texts(&mut self, kind: Kind) -> &mut Option<usize> {
        match kind {
            Kind::Integer => &mut self.integers,
            Kind::Float => &mut self.floats,
            Kind::Unparsed => &mut self.unparsed,
            Kind::Key => &mut self.keys,
            _ => &mut self.strings,
        }
    }
}

/// A container that is open.
struct Frame {
    path: PathId,
    /// The key before, in an object.
    before: Option<PathId>,
}

#[derive(Default)]
struct Collector {
    paths: Paths,
    places: Vec<Place>,
    texts: Vec<Texts>,
    starts: Vec<Starts>,
    frames: Vec<Frame>,
    /// The path of the next value.
    at: PathId,
    row: u32,
    /// Where the record stands in the piece.
    base: u32,
}

impl Collector {
    /// Room for so many times what is there.
    fn reserve(&mut self, more: usize) {
        for (texts, starts) in self.texts.iter_mut().zip(&mut self.starts) {
            texts.reserve(texts.buffer.len() * more, texts.len() * more);
            if let Starts::One(starts) = starts {
                starts.reserve(starts.len() * more);
            }
        }
    }

    fn place(&mut self, path: PathId) -> &mut Place {
        if self.places.len() <= path.index() {
            self.places.resize(path.index() + 1, Place::default());
        }
        &mut self.places[path.index()]
    }

    /// The texts of a path and kind.
    fn texts(&mut self, path: PathId, kind: Kind) -> usize {
        if let Some(at) = *self.place(path).texts(kind) {
            return at;
        }
        let at = self.texts.len();
        *self.place(path).texts(kind) = Some(at);
        // Beyond the limit of paths, keys may be as many as cells: they are not looked for among those before.
        let distinct = kind == Kind::Key && path != PathId::FOLDED;
        self.texts.push(Texts {
            field: if kind == Kind::Unparsed { UNPARSED.into() } else { self.paths.path(path).clone() },
            kind,
            nullable: !matches!(kind, Kind::Key | Kind::Unparsed),
            buffer: String::new(),
            ends: Vec::new(),
            occurrences: if distinct {
                Occurrences::Distinct(Vec::new())
            } else {
                Occurrences::One(Vec::new())
            },
        });
        self.starts.push(if distinct { Starts::Distinct(Vec::new()) } else { Starts::One(Vec::new()) });
        at
    }

    /// Ends the cell whose text was just appended, a cell that stands once.
    fn end(&mut self, texts: usize, start: usize) {
        let cells = &mut self.texts[texts];
        cells.ends.push(cells.buffer.len() as u32);
        if let Occurrences::One(rows) = &mut cells.occurrences {
            rows.push(self.row);
        }
        if let Starts::One(starts) = &mut self.starts[texts] {
            starts.push(self.base + start as u32);
        }
    }

    fn push(&mut self, texts: usize, quoted: Quoted<'_>) {
        let buffer = &mut self.texts[texts].buffer;
        if quoted.escaped {
            unescape(quoted.raw, buffer);
        } else {
            buffer.push_str(quoted.raw);
        }
        self.end(texts, quoted.at);
    }

    /// Notes that the key cell stands here once more.
    fn again(&mut self, (texts, cell): (usize, usize), start: usize) {
        if let Occurrences::Distinct(rows) = &mut self.texts[texts].occurrences {
            rows[cell].push(self.row);
        }
        if let Starts::Distinct(starts) = &mut self.starts[texts] {
            starts[cell].push(self.base + start as u32);
        }
    }

    fn new_key(&mut self, object: PathId, path: PathId, key: Quoted<'_>) -> (usize, usize) {
        let texts = self.texts(object, Kind::Key);
        self.push(texts, key);
        if let Occurrences::Distinct(rows) = &mut self.texts[texts].occurrences {
            rows.push(Vec::new());
        }
        if let Starts::Distinct(starts) = &mut self.starts[texts] {
            starts.push(Vec::new());
        }
        let cell = (texts, self.texts[texts].len() - 1);
        self.place(path).key = Some(cell);
        cell
    }
}

impl<'t> Visit<'t> for Collector {
    fn open(&mut self, list: bool) {
        self.frames.push(Frame { path: self.at, before: None });
        if list {
            self.at = self.paths.element(self.at);
        }
    }

    fn close(&mut self) {
        let closed = self.frames.pop().expect("what closes was opened");
        // In a list the next value has the path of this one; in an object its key will say.
        self.at = closed.path;
    }

    fn key(&mut self, key: Quoted<'t>) {
        let frame = self.frames.last_mut().expect("a key stands in an object");
        let object = frame.path;
        let path = self.paths.child(object, frame.before, key);
        frame.before = Some(path);
        self.at = path;
        if path == PathId::FOLDED {
            let texts = self.texts(path, Kind::Key);
            return self.push(texts, key);
        }
        let known = self.place(path).key;
        let cell = known.unwrap_or_else(|| self.new_key(object, path, key));
        self.again(cell, key.at);
    }

    fn string(&mut self, value: Quoted<'t>) {
        let texts = self.texts(self.at, Kind::Text);
        self.push(texts, value);
    }

    fn number(&mut self, at: usize, raw: &'t str, integer: bool) {
        let texts = self.texts(self.at, if integer { Kind::Integer } else { Kind::Float });
        let buffer = &mut self.texts[texts].buffer;
        match (!integer).then(|| whole(raw)).flatten() {
            Some(digits) => buffer.push_str(&digits),
            None => buffer.push_str(raw),
        }
        self.end(texts, at);
    }
}
