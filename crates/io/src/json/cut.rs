//! Where JSON values end: a line each, the elements of an array, or values behind one another. The source cuts there; of
//! the last two the decoder finds its records there, so that one state machine is for both.

use std::ops::Range;

use super::token::is_blank;
use crate::pieces::{Border, Borders};

/// How the records of an object stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Each on a line of its own.
    Lines,
    /// As the elements of one array.
    Elements,
    /// Behind one another, blanks or nothing between them; often there is only one.
    Values,
}

impl Shape {
    /// The shape of a JSON text that is not known to be lines, by its first bytes.
    pub(crate) fn of(sample: &[u8]) -> Self {
        let first = sample.strip_prefix(BOM).unwrap_or(sample).iter().find(|&&byte| !is_blank(byte));
        if first == Some(&b'[') { Self::Elements } else { Self::Values }
    }
}

/// A byte order mark in UTF-8.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// The borders of [`Shape::Lines`]. A line with nothing but blanks, behind a byte order mark too, is no record.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    /// Whether a byte order mark may stand here.
    start: bool,
    /// Whether the line has something by now.
    filled: bool,
}

impl Lines {
    /// For the bytes of an object from its start.
    pub(crate) const fn new() -> Self {
        Self { start: true, filled: false }
    }
}

impl Borders for Lines {
    fn behind_a_record(&mut self) {
        self.start = false;
    }

    fn feed(&mut self, bytes: &[u8]) -> Option<Border> {
        let end = memchr::memchr(b'\n', bytes).map(|at| at + 1);
        let line = &bytes[..end.unwrap_or(bytes.len())];
        let marked = std::mem::take(&mut self.start) && line.starts_with(BOM);
        let line = if marked { &line[BOM.len()..] } else { line };
        self.filled = self.filled || line.iter().any(|byte| !byte.is_ascii_whitespace());
        let end = end?;
        Some(Border { end, record: std::mem::take(&mut self.filled), lines: 1 })
    }

    fn end(&self) -> bool {
        self.filled
    }
}

/// The borders of [`Shape::Elements`] and [`Shape::Values`]. Brackets are counted, not paired: the walk over the
/// record will see.
///
/// A border stands right behind a value, before the comma, so that a comma goes with the element that follows it and a
/// piece begins with one. Text without sense (`1 2`, `x`) belongs to the record in which it stands; what follows the
/// array is taken as another element.
#[derive(Clone, Debug)]
pub(crate) struct Cutter {
    elements: bool,
    /// No border has been met: a byte order mark may stand here, and the array is still to be opened.
    start: bool,
    /// Brackets open within the record.
    depth: usize,
    string: InString,
    /// Whether the record has begun.
    begun: bool,
    lines: u64,
}

/// Whether the next byte belongs to a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InString {
    No,
    Yes,
    /// And is part of an escape, whatever it is.
    Escaped,
}

impl Cutter {
    /// For the bytes of an object from its start, or from a border on.
    pub(crate) fn new(shape: Shape, start: bool) -> Self {
        let elements = shape == Shape::Elements;
        Self { elements, start, depth: 0, string: InString::No, begun: false, lines: 0 }
    }

    /// Passes the rest of a string; where it ends.
    fn string(&mut self, bytes: &[u8], mut at: usize) -> usize {
        if self.string == InString::Escaped {
            self.string = InString::Yes;
            self.lines += u64::from(bytes[at] == b'\n');
            at += 1;
        }
        while at < bytes.len() {
            let plain = memchr::memchr2(b'"', b'\\', &bytes[at..]).unwrap_or(bytes.len() - at);
            self.lines += memchr::memchr_iter(b'\n', &bytes[at..at + plain]).count() as u64;
            at += plain;
            match bytes.get(at) {
                Some(b'"') => {
                    self.string = InString::No;
                    return at + 1;
                }
                Some(_) if at + 1 < bytes.len() => {
                    self.lines += u64::from(bytes[at + 1] == b'\n');
                    at += 2;
                }
                Some(_) => {
                    self.string = InString::Escaped;
                    at += 1;
                }
                None => {}
            }
        }
        at
    }

    /// The records in the bytes of a piece, without what separates them.
    pub(super) fn records(mut self, bytes: &[u8]) -> Vec<Range<usize>> {
        let elements = self.elements;
        let outside = |byte: u8| is_blank(byte) || (elements && matches!(byte, b',' | b']'));
        let mut records = Vec::new();
        let mut at = 0;
        loop {
            let start = at;
            let marked = self.start && bytes.starts_with(BOM);
            let border = self.feed(&bytes[at..]);
            at = border.map_or(bytes.len(), |border| at + border.end);
            let record = border.map_or(self.begun, |border| border.record);
            if record {
                let start = start + if marked { BOM.len() } else { 0 };
                let before = bytes[start..at].iter().take_while(|&&byte| outside(byte)).count();
                let behind = bytes[start..at].iter().rev().take_while(|&&byte| is_blank(byte)).count();
                records.push(start + before..at - behind);
            }
            if at == bytes.len() {
                return records;
            }
        }
    }

    fn border(&mut self, end: usize) -> Border {
        self.start = false;
        let record = std::mem::take(&mut self.begun);
        Border { end, record, lines: std::mem::take(&mut self.lines) }
    }
}

impl Borders for Cutter {
    fn behind_a_record(&mut self) {
        self.start = false;
    }

    fn feed(&mut self, bytes: &[u8]) -> Option<Border> {
        let mut at = 0;
        while at < bytes.len() {
            if self.string != InString::No {
                at = self.string(bytes, at);
                if self.string == InString::No && self.depth == 0 && !self.elements {
                    return Some(self.border(at));
                }
                continue;
            }
            let byte = bytes[at];
            match byte {
                b'"' => (self.string, self.begun) = (InString::Yes, true),
                b'[' if self.start && self.elements && !self.begun => return Some(self.border(at + 1)),
                b'[' | b'{' => {
                    self.depth += 1;
                    self.begun = true;
                }
                b']' | b'}' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 && !self.elements {
                        return Some(self.border(at + 1));
                    }
                }
                b',' | b']' if self.elements && self.depth == 0 => {
                    if self.begun {
                        return Some(self.border(at));
                    }
                }
                b'\n' | b' ' | b'\t' | b'\r' => {
                    if self.begun && self.depth == 0 && !self.elements {
                        return Some(self.border(at));
                    }
                    self.lines += u64::from(byte == b'\n');
                }
                0xef | 0xbb | 0xbf if self.start && !self.begun => {}
                _ => self.begun = true,
            }
            at += 1;
        }
        None
    }

    fn end(&self) -> bool {
        self.begun
    }
}
