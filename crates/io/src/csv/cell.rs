//! A record and a cell in the bytes of a CSV: where they end and what they say. The meaning is csv-core's: a quote
//! opens a cell only at its start, a doubled one stands for itself, what follows the closing one is taken as it is,
//! `\r`, `\n` and `\r\n` end a record, and a line with nothing in it is none.

use memchr::{memchr, memchr_iter, memchr3};

/// How cells are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) quote: u8,
}

/// A record in some bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Behind the line break.
    pub(crate) next: usize,
    /// Line breaks between where it was looked for and `start`.
    pub(crate) lines_before: u64,
    /// Line breaks from `start` to `next`.
    pub(crate) lines: u64,
    /// Whether its last quote is closed.
    pub(crate) closed: bool,
}

/// The next record from `at` on; where its cells begin is added to `cells`.
pub(crate) fn record(dialect: Dialect, raw: &[u8], mut at: usize, cells: &mut Vec<u32>) -> Option<Record> {
    let mut lines_before = 0;
    while let Some(b'\r' | b'\n') = raw.get(at) {
        at = line_break(raw, at);
        lines_before += 1;
    }
    if at >= raw.len() {
        return None;
    }
    let start = at;
    let mut lines = 0;
    loop {
        cells.push(at as u32);
        let (end, closed) = cell(dialect, raw, at);
        if raw.get(at) == Some(&dialect.quote) {
            lines += memchr_iter(b'\n', &raw[at..end]).count() as u64;
        }
        match raw.get(end) {
            Some(&byte) if byte == dialect.delimiter => at = end + 1,
            Some(_) => {
                let next = line_break(raw, end);
                return Some(Record { start, end, next, lines_before, lines: lines + 1, closed });
            }
            None => return Some(Record { start, end, next: end, lines_before, lines, closed }),
        }
    }
}

/// Behind the line break at `at`.
fn line_break(raw: &[u8], at: usize) -> usize {
    if raw[at..].starts_with(b"\r\n") { at + 2 } else { at + 1 }
}

/// Bytes that are looked at one by one before a search begins, which costs as much as some ten of them.
const NEAR: usize = 16;

/// Where the cell that begins at `at` ends, and whether its quote is closed.
#[inline]
pub(crate) fn cell(dialect: Dialect, raw: &[u8], at: usize) -> (usize, bool) {
    let mut bare = at;
    if raw.get(at) == Some(&dialect.quote) {
        let mut inside = at + 1;
        loop {
            let Some(found) = memchr(dialect.quote, &raw[inside..]) else { return (raw.len(), false) };
            inside += found + 1;
            if raw.get(inside) != Some(&dialect.quote) {
                break;
            }
            inside += 1;
        }
        bare = inside;
    }
    let ends = |&byte: &u8| byte == dialect.delimiter || byte == b'\n' || byte == b'\r';
    let near = &raw[bare..raw.len().min(bare + NEAR)];
    if let Some(end) = near.iter().position(ends) {
        return (bare + end, true);
    }
    let far = bare + near.len();
    let end = memchr3(dialect.delimiter, b'\n', b'\r', &raw[far..]);
    (end.map_or(raw.len(), |end| far + end), true)
}

/// The text of a cell that begins with a quote, behind what `out` holds.
pub(crate) fn unquote(cell: &str, quote: u8, out: &mut String) {
    let mut rest = &cell[1..];
    while let Some(at) = memchr(quote, rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if rest.as_bytes().first() != Some(&quote) {
            break;
        }
        out.push(char::from(quote));
        rest = &rest[1..];
    }
    out.push_str(rest);
}

/// The text of any cell.
pub(crate) fn text(cell: &str, quote: u8) -> String {
    let mut out = String::with_capacity(cell.len());
    if cell.as_bytes().first() == Some(&quote) {
        unquote(cell, quote, &mut out);
    } else {
        out.push_str(cell);
    }
    out
}
