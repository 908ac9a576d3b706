//! A piece becomes a batch: its records are found, then checked and collected, cell by cell, into the texts of their paths.

use super::cut::{BOM, Cutter};
use super::escape::unescape;
use super::paths::{PathId, Paths};
use super::token::{Check, Quoted, Visit, is_blank, walk, whole};
use super::{JsonLayout, Row, Starts};
use crate::pairs::{CellAt, NameList, Role, Turns};
use crate::text::{BAD_UTF8, UNPARSED};
use crate::{Batch, Kind, Layout, Occurrences, Quarantined, Texts};

/// Elements of a property of a card: its name, its parameters, its type, its value.
const CARD: usize = 4;
/// Records of a piece by which the room that the others need is told.
const SAMPLE_ROWS: usize = 64;

/// Decodes lines: each that is not blank is a record.
pub(super) fn lines(bytes: Vec<u8>, first_record: u64, first_line: u64) -> Batch {
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', &bytes).map(|at| at + 1).chain([bytes.len()]);
    for (line, end) in (first_line..).zip(ends) {
        let mut cut = std::mem::replace(&mut start, end)..end;
        if line == 1 && bytes.starts_with(BOM) {
            cut.start = BOM.len();
        }
        if bytes[cut.clone()].trim_ascii().is_empty() {
            continue;
        }
        let raw = cut.start..if bytes[cut.clone()].ends_with(b"\n") { end - 1 } else { end };
        lines.push(line);
        rows.push(Row::new(cut, raw));
    }
    batch(bytes, first_record, lines, rows, false)
}

/// Decodes values that do not stand a line each; with each goes what separates it from the one before.
pub(super) fn values(bytes: Vec<u8>, cutter: Cutter, first_record: u64, first_line: u64) -> Batch {
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
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
        rows.push(Row::new(cut, raw));
    }
    batch(bytes, first_record, lines, rows, true)
}

/// Nearly all pieces hold good records alone. What was collected of a bad one cannot be taken back, so then all are
/// collected anew, each checked first.
fn batch(bytes: Vec<u8>, first_record: u64, lines: Vec<u64>, rows: Vec<Row>, values: bool) -> Batch {
    let collected = Collector::of(&bytes, &rows, false).or_else(|| Collector::of(&bytes, &rows, true));
    let Collector { texts, starts, quarantined, pairs, .. } =
        collected.expect("the second time bad ones are put aside");
    Batch {
        first_record,
        records: rows.len() as u32,
        lines,
        texts,
        names: pairs.names.into_names(),
        quarantined,
        binary: Vec::new(),
        unread: Vec::new(),
        unwanted: Vec::new(),
        layout: Layout::Json(JsonLayout { bytes, rows, starts, values }),
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
    /// What of [`Pairs`] stood there when it was opened.
    names: u32,
    values: u32,
    elements: u32,
}

/// Names and values of the containers that are open, those of the innermost last.
#[derive(Default)]
struct Pairs {
    open_names: Vec<CellAt>,
    open_values: Vec<CellAt>,
    /// Elements of the lists that may be pairs; `None` is no cell.
    open_elements: Vec<Option<CellAt>>,
    names: NameList,
}

#[derive(Default)]
struct Collector {
    paths: Paths,
    places: Vec<Place>,
    texts: Vec<Texts>,
    starts: Vec<Starts>,
    quarantined: Vec<Quarantined>,
    frames: Vec<Frame>,
    pairs: Pairs,
    /// The path of the next value.
    at: PathId,
    row: u32,
    /// Where the record stands in the piece.
    base: u32,
}

impl Collector {
    /// What the records hold; `None` where one is bad and they are not `checked` before they are collected.
    fn of(bytes: &[u8], rows: &[Row], checked: bool) -> Option<Self> {
        let mut this = Self::default();
        let whole = std::str::from_utf8(bytes).ok();
        for (number, row) in rows.iter().enumerate() {
            if number == SAMPLE_ROWS {
                this.reserve(bytes.len() / row.bytes().start + 1);
            }
            (this.row, this.base, this.at) = (number as u32, row.raw.start, PathId::RECORD);
            let raw = row.bytes();
            let text = whole.and_then(|whole| whole.get(raw.clone()));
            let text =
                text.map_or_else(|| std::str::from_utf8(&bytes[raw.clone()]).map_err(|_| BAD_UTF8), Ok);
            let read = text.and_then(|text| match checked {
                true => walk(text, &mut Check).and_then(|()| walk(text, &mut this)),
                false => walk(text, &mut this),
            });
            match read {
                Ok(()) => {}
                Err(reason) if checked => this.quarantine(&bytes[raw], reason),
                Err(_) => return None,
            }
        }
        Some(this)
    }

    fn quarantine(&mut self, record: &[u8], reason: &'static str) {
        self.quarantined.push(Quarantined { row: self.row, reason });
        let texts = self.texts(PathId::RECORD, Kind::Unparsed);
        self.texts[texts].buffer.push_str(&String::from_utf8_lossy(record));
        self.end(texts, 0);
    }

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
            named: Vec::new(),
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

    /// Notes the last cell of some texts where it is a name or what one names.
    #[inline]
    fn pair(&mut self, texts: usize) {
        let role = self.paths.role(self.at);
        if let Role::None | Role::Names | Role::Additions | Role::InTurn | Role::Element(Turns::Within) = role
        {
            return;
        }
        let cell = CellAt { texts: texts as u32, cell: self.texts[texts].len() as u32 - 1 };
        match role {
            Role::Name => self.pairs.open_names.push(cell),
            Role::Value => self.pairs.open_values.push(cell),
            _ => self.element(Some(cell)),
        }
    }

    /// Notes an element of a list; of a list that is one pair or none, as many as tell.
    #[inline]
    fn element(&mut self, cell: Option<CellAt>) {
        let most = match self.paths.role(self.at) {
            Role::Element(Turns::Each) => usize::MAX,
            Role::Element(Turns::Last) => CARD + 1,
            _ => return,
        };
        let open = &mut self.pairs.open_elements;
        let known = self.frames.last().map_or(0, |list| open.len() - list.elements as usize);
        if known < most {
            open.push(cell);
        }
    }

    /// Joins the names and values among the elements of a list.
    fn join_elements(&mut self, closed: &Frame) {
        let Pairs { open_elements, names, .. } = &mut self.pairs;
        let elements = &open_elements[closed.elements as usize..];
        let mut join = |name: CellAt, value: CellAt| names.join_elements(&mut self.texts, name, value);
        match (self.paths.role(self.at), elements) {
            (Role::Element(Turns::Each), all) if all.len() % 2 == 0 => {
                for pair in all.chunks_exact(2) {
                    if let [Some(name), Some(value)] = *pair {
                        join(name, value);
                    }
                }
            }
            (_, [Some(name), Some(value)] | [Some(name), None, Some(_), Some(value)]) => join(*name, *value),
            _ => {}
        }
        open_elements.truncate(closed.elements as usize);
    }

    /// Joins the names and values of a container. Those of its values stay that are the value of what holds it.
    #[cold]
    fn join(&mut self, closed: &Frame) {
        let Pairs { open_names, open_values, names, .. } = &mut self.pairs;
        let first = closed.values as usize;
        // The elements of a list have no names beside them.
        let nearest = closed.before.map_or(&[][..], |_| &open_names[closed.names as usize..]);
        names.join(&mut self.texts, nearest, &open_values[first..]);
        if self.paths.role(closed.path) != Role::Value || !nearest.is_empty() {
            open_values.truncate(first);
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
        let (names, values) = (self.pairs.open_names.len() as u32, self.pairs.open_values.len() as u32);
        self.element(None);
        let elements = self.pairs.open_elements.len() as u32;
        self.frames.push(Frame { path: self.at, before: None, names, values, elements });
        if list {
            self.at = self.paths.element(self.at);
        }
    }

    fn close(&mut self) {
        let closed = self.frames.pop().expect("what closes was opened");
        if self.pairs.open_values.len() > closed.values as usize {
            self.join(&closed);
        }
        if self.pairs.open_elements.len() > closed.elements as usize {
            self.join_elements(&closed);
        }
        if !self.paths.role(closed.path).names() {
            self.pairs.open_names.truncate(closed.names as usize);
        }
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
        self.pair(texts);
    }

    fn literal(&mut self) {
        self.element(None);
    }

    fn number(&mut self, at: usize, raw: &'t str, integer: bool) {
        let texts = self.texts(self.at, if integer { Kind::Integer } else { Kind::Float });
        let buffer = &mut self.texts[texts].buffer;
        match (!integer).then(|| whole(raw)).flatten() {
            Some(digits) => buffer.push_str(&digits),
            None => buffer.push_str(raw),
        }
        self.end(texts, at);
        self.pair(texts);
    }
}
