//! A batch of CSV with its edits done. Outside edited cells not a byte changes; inside one only the splice does, as
//! long as the cell still reads as it should; if not, it is written anew in quotes.

use std::ops::Range;

use memchr::memchr;

use super::cell::{Dialect, cell, text};
use super::{CsvLayout, Row};
use crate::text::quarantine;
use crate::{
    Batch, Body, Cause, Change, Edit, Error, Kind, Occurrences, Place, Rendered, Splice, Texts, splice,
};

/// A stretch of the old bytes, and which of all new bytes take its place.
struct Patch {
    start: usize,
    end: usize,
    new: Range<usize>,
}

pub(crate) fn render(
    dialect: Dialect,
    layout: &CsvLayout,
    batch: &Batch,
    edits: &[Edit],
) -> Result<Rendered, Error> {
    let raw = &layout.raw;
    if edits.is_empty() && batch.quarantined.is_empty() {
        return Ok(Rendered { body: Body::Bytes(raw.clone()), verbatim: true, ..Rendered::default() });
    }
    let mut rendered = Rendered::default();
    let (mut patches, mut new) = (Vec::with_capacity(edits.len()), Vec::new());
    let mut dropped = Vec::new();
    for edit in edits {
        let texts = &batch.texts[edit.texts as usize];
        match (texts.kind, &edit.change) {
            (Kind::Unparsed, _) => {} // its record goes to quarantine
            (Kind::Key, Change::Null | Change::DropRecord) => {
                let cause = Cause::Unsupported("a cell of a header can be rewritten, not dropped");
                return Err(cause.at(Place::default().at(batch.first_record).field(&*texts.field)));
            }
            (_, Change::DropRecord) => dropped.extend(texts.occurrences.rows(edit.cell)),
            (_, change) => {
                let (row, column) = layout.place(texts, edit);
                patches.push(layout.patch(dialect, row, column, texts.get(edit.cell), change, &mut new));
            }
        }
    }
    patches.sort_by_key(|patch| patch.start);
    dropped.sort_unstable();
    dropped.dedup();

    let mut body = Vec::with_capacity(raw.len());
    let (mut patches, mut dropped) = (patches.iter().peekable(), dropped.iter().copied().peekable());
    let mut quarantined = batch.quarantined.iter().peekable();
    let mut at = 0;
    for (index, row) in layout.rows.iter().enumerate() {
        let (start, next) = (row.start as usize, row.next as usize);
        let number = index.checked_sub(usize::from(layout.header)).map(|number| number as u32);
        let bad = quarantined.next_if(|bad| Some(bad.row) == number).is_some();
        let drop = dropped.next_if(|&row| Some(row) == number).is_some();
        if bad || drop {
            body.extend_from_slice(&raw[at..start]);
            at = next;
            if bad {
                quarantine(&raw[start..next], &mut rendered.quarantine);
            } else {
                rendered.dropped += 1;
            }
        }
        while let Some(patch) = patches.next_if(|patch| patch.start <= row.end as usize) {
            if !(bad || drop) {
                body.extend_from_slice(&raw[at..patch.start]);
                body.extend_from_slice(&new[patch.new.clone()]);
                at = patch.end;
            }
        }
    }
    body.extend_from_slice(&raw[at..]);
    rendered.body = Body::Bytes(body);
    Ok(rendered)
}

impl CsvLayout {
    /// The row and column of an edited cell.
    fn place(&self, texts: &Texts, edit: &Edit) -> (Row, u32) {
        if texts.kind == Kind::Key {
            return (self.rows[0], edit.cell);
        }
        let Occurrences::One(rows) = &texts.occurrences else { unreachable!("columns of a CSV are made so") };
        let row = rows[edit.cell as usize];
        // In the field of folded columns, several cells stand in one row.
        let folded = edit.cell > 0 && rows[edit.cell as usize - 1] == row;
        let before = if folded { edit.cell - rows.partition_point(|&other| other < row) as u32 } else { 0 };
        (self.rows[row as usize + usize::from(self.header)], edit.texts - u32::from(self.header) + before)
    }

    fn patch(
        &self,
        dialect: Dialect,
        row: Row,
        column: u32,
        old: &str,
        change: &Change,
        new: &mut Vec<u8>,
    ) -> Patch {
        let index = (row.first + column) as usize;
        let start = self.cells[index] as usize;
        // The next cell's start if it is in this record, which ends where the next row's cells begin.
        let end = match self.cells.get(index + 1) {
            Some(&next) if next <= row.end => next as usize - 1,
            _ => row.end as usize,
        };
        let alone = start == row.start as usize && end == row.end as usize;
        let first = new.len();
        if let Change::Splice(splices) = change {
            edited(dialect, &self.raw[start..end], old, splices, new);
        }
        // A line with nothing in it would be no record.
        if alone && new.len() == first {
            new.extend([dialect.quote; 2]);
        }
        Patch { start, end, new: first..new.len() }
    }
}

/// Appends the bytes of a cell after its splices.
fn edited(dialect: Dialect, raw: &[u8], old: &str, splices: &[Splice], out: &mut Vec<u8>) {
    let quote = dialect.quote;
    let quoted = raw.first() == Some(&quote);
    // Whether the bytes are the text, but for a pair of quotes around it.
    let plain = !quoted || memchr(quote, &raw[1..]).is_some_and(|at| at + 2 == raw.len());
    let mut walk = Walk { raw, quote, at: usize::from(quoted), text: 0, inside: quoted };
    let mut place = |text: u32| match plain {
        true => text as usize + usize::from(quoted),
        false => walk.to(text),
    };
    let first = out.len();
    let mut copied = 0;
    for Splice { span, text } in splices {
        out.extend_from_slice(&raw[copied..place(span.start)]);
        if quoted {
            push_quoted(text, quote, out);
        } else {
            out.extend_from_slice(text.as_bytes());
        }
        copied = place(span.end);
    }
    out.extend_from_slice(&raw[copied..]);
    let new = &out[first..];
    let whole = || cell(dialect, new, 0) == (new.len(), true);
    let reads_as_wanted = match (plain, quoted) {
        (true, true) => true,
        (true, false) => new.first() != Some(&quote) && whole(),
        (false, _) => {
            let reads = |new: &str| text(new, quote) == splice(old, splices);
            whole() && std::str::from_utf8(new).is_ok_and(reads)
        }
    };
    if !reads_as_wanted {
        out.truncate(first);
        out.push(quote);
        push_quoted(&splice(old, splices), quote, out);
        out.push(quote);
    }
}

/// Appends text inside quotes.
fn push_quoted(text: &str, quote: u8, out: &mut Vec<u8>) {
    for &byte in text.as_bytes() {
        if byte == quote {
            out.push(quote);
        }
        out.push(byte);
    }
}

/// Walks a cell's bytes and its text side by side.
struct Walk<'a> {
    raw: &'a [u8],
    quote: u8,
    at: usize,
    text: u32,
    inside: bool,
}

impl Walk<'_> {
    /// Goes to a place in the text, before any quote that closes the cell there; where that is in the bytes.
    fn to(&mut self, text: u32) -> usize {
        while self.text < text && self.at < self.raw.len() {
            if self.inside && self.raw[self.at] == self.quote {
                if self.raw.get(self.at + 1) != Some(&self.quote) {
                    self.inside = false;
                    self.at += 1;
                    continue;
                }
                self.at += 1;
            }
            self.at += 1;
            self.text += 1;
        }
        self.at
    }
}
