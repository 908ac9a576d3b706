//! Text formats in pieces: one source for all of them, which asks the format only where its records end. Bounded
//! memory, whatever the length of a record.

use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::mark::Jump;
use crate::{Blob, Cause, Content, Error, Mark, Piece, Place, Said, Source};

/// Where the records of a text format end. A state that is fed consecutive bytes; cheap to clone.
pub(crate) trait Borders: Clone + Send {
    /// Takes bytes up to and with the next border, or all of them if there is none.
    fn feed(&mut self, bytes: &[u8]) -> Option<Border>;

    /// Whether what was fed since the last border is a record, now that no byte follows.
    fn end(&self) -> bool;

    /// Whether the last of these records is of no use without the next one. They end at a border.
    fn needs_next(&self, _records: &[u8]) -> bool {
        false
    }

    /// At the start: takes what comes as what stands behind a record, not as the start of the object.
    fn behind_a_record(&mut self) {}
}

/// The end of a record, or of a stretch between records (a blank line).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Border {
    /// Bytes fed up to here, the line break included.
    pub(crate) end: usize,
    /// Whether a record ends here.
    pub(crate) record: bool,
    /// Line breaks in these bytes and those fed before them since the last border.
    pub(crate) lines: u64,
}

/// So many records more are taken into a piece for the sake of its last one, and bytes at a time that are read for them.
const MORE_RECORDS: usize = 16;
const MORE_BYTES: usize = 4 << 10;

/// What cuts are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// Bytes of a piece, as long as no record is longer.
    pub(crate) piece: usize,
    /// Bytes of a record at most; a longer one is given in parts.
    pub(crate) record: usize,
}

/// The decoded bytes of an object.
pub(crate) struct Stream {
    pub(crate) bytes: Box<dyn Read + Send>,
    /// Stored bytes that were read for them.
    pub(crate) read: Arc<AtomicU64>,
    /// The bytes are the stored ones.
    pub(crate) plain: bool,
    /// Looked at again at the end; `None` for standard input.
    pub(crate) blob: Option<Blob>,
    pub(crate) place: Place,
}

impl Stream {
    /// The first bytes, at most `size`; they stay in the stream.
    pub(crate) fn peek(&mut self, size: usize) -> Vec<u8> {
        peek(&mut self.bytes, size)
    }

    /// Appends bytes until `buffer` holds `size`; fewer only at the end.
    pub(crate) fn fill(&mut self, buffer: &mut Vec<u8>, size: usize) -> Result<(), Cause> {
        let wanted = size.saturating_sub(buffer.len());
        if wanted > 0 {
            buffer.reserve(wanted);
            (&mut self.bytes).take(wanted as u64).read_to_end(buffer)?;
        }
        Ok(())
    }
}

/// The first bytes of a reader, at most `size`; they stay in it. So does an error behind them, until it is met.
pub(crate) fn peek(bytes: &mut Box<dyn Read + Send>, size: usize) -> Vec<u8> {
    let mut start = Vec::new();
    let failed = bytes.take(size as u64).read_to_end(&mut start).err();
    let rest = std::mem::replace(bytes, Box::new(io::empty()));
    let start_again = Cursor::new(start.clone());
    *bytes = match failed {
        Some(failed) => Box::new(start_again.chain(Failing(Some(failed))).chain(rest)),
        None => Box::new(start_again.chain(rest)),
    };
    start
}

/// An error that was met too early.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Memory that decoding some bytes will need at most.
type Cost = Box<dyn Fn(&[u8]) -> usize + Send>;

/// The source of a text format.
pub(crate) struct Pieces<B> {
    stream: Stream,
    borders: B,
    sizes: Sizes,
    cost: Cost,
    /// Read and not given.
    buffer: Vec<u8>,
    /// Bytes given.
    given: u64,
    index: u64,
    record: u64,
    line: u64,
    /// The last part given of an oversized record was not its end.
    oversized: bool,
    ended: bool,
    /// Comes after the records that were whole before it.
    failed: Option<Cause>,
    checked: bool,
}

impl<B: Borders> Pieces<B> {
    pub(crate) fn new(
        stream: Stream,
        borders: B,
        sizes: Sizes,
        cost: impl Fn(&[u8]) -> usize + Send + 'static,
    ) -> Self {
        Self {
            stream,
            borders,
            sizes,
            cost: Box::new(cost),
            buffer: Vec::new(),
            given: 0,
            index: 0,
            record: 0,
            line: 1,
            oversized: false,
            ended: false,
            failed: None,
            checked: false,
        }
    }

    /// Reads until the buffer holds `size` bytes, or notes the end or the failure.
    fn fill(&mut self, size: usize) {
        if self.ended || self.buffer.len() >= size {
            return;
        }
        match self.stream.fill(&mut self.buffer, size) {
            Ok(()) => self.ended = self.buffer.len() < size,
            Err(cause) => {
                self.ended = true;
                self.failed = Some(cause);
            }
        }
    }

    /// Gives the first `end` bytes of the buffer.
    fn give(&mut self, end: usize, records: u64, lines: u64, content: fn(Vec<u8>) -> Content) -> Piece {
        let rest = self.buffer.split_off(end);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let piece = Piece {
            index: self.index,
            first_record: self.record,
            first_line: self.line,
            cost: (self.cost)(&bytes),
            content: content(bytes),
            beside: Said::default(),
        };
        self.given += end as u64;
        self.index += 1;
        self.record += records;
        self.line += lines;
        piece
    }

    /// Whole records: as many as fit in a piece, or one that is longer.
    fn records(&mut self) -> Option<Piece> {
        let mut size = self.sizes.piece;
        let mut fed = 0;
        // The last border so far, and the state there.
        let (mut cut, mut records, mut lines, mut at_cut) = (0, 0, 0, self.borders.clone());
        let mut more = 0;
        loop {
            self.fill(size);
            while let Some(border) = self.borders.feed(&self.buffer[fed..]) {
                fed += border.end;
                (cut, records, lines) = (fed, records + u64::from(border.record), lines + border.lines);
                at_cut = self.borders.clone();
                if fed > self.sizes.piece {
                    break; // behind one long record
                }
            }
            if cut == 0 {
                fed = self.buffer.len();
            }
            if self.ended && self.failed.is_none() && cut < self.buffer.len() && cut <= self.sizes.piece {
                // The last record, without a line break.
                records += u64::from(self.borders.end());
                return Some(self.give(self.buffer.len(), records, lines, Content::Bytes));
            }
            if cut > 0 {
                self.borders = at_cut.clone();
                if more < MORE_RECORDS && self.borders.needs_next(&self.buffer[..cut]) {
                    (fed, more, size) = (cut, more + 1, self.buffer.len() + MORE_BYTES);
                    continue;
                }
                return Some(self.give(cut, records, lines, Content::Bytes));
            }
            if self.ended {
                return None; // nothing is left but the torn record before a failure
            }
            if self.buffer.len() >= self.sizes.record {
                self.oversized = true;
                let end = self.buffer.len();
                return Some(self.give(end, 0, 0, |bytes| Content::Oversized {
                    bytes,
                    first: true,
                    last: false,
                }));
            }
            size = (self.buffer.len() * 2).min(self.sizes.record);
        }
    }

    /// The next part of a record that is over its limit.
    fn part(&mut self) -> Option<Piece> {
        self.fill(self.sizes.piece);
        if self.failed.is_some() && self.buffer.is_empty() {
            return None;
        }
        let border = self.borders.feed(&self.buffer);
        let (end, lines) = border.map_or((self.buffer.len(), 0), |border| (border.end, border.lines));
        let last = border.is_some() || self.ended;
        self.oversized = !last;
        Some(if last {
            self.give(end, 1, lines, |bytes| Content::Oversized { bytes, first: false, last: true })
        } else {
            self.give(end, 0, 0, |bytes| Content::Oversized { bytes, first: false, last: false })
        })
    }
}

impl<B: Borders> Source for Pieces<B> {
    fn next(&mut self) -> Result<Option<Piece>, Error> {
        let piece = if self.oversized { self.part() } else { self.records() };
        if piece.is_some() {
            return Ok(piece);
        }
        if let Some(cause) = self.failed.take() {
            self.buffer.clear(); // the torn record
            self.checked = true;
            return Err(cause.at(self.stream.place.clone().at(self.record)));
        }
        if !std::mem::replace(&mut self.checked, true)
            && let Some(blob) = &self.stream.blob
        {
            blob.check()?;
        }
        Ok(None)
    }

    fn position(&self) -> u64 {
        self.stream.read.load(Ordering::Relaxed)
    }

    fn mark(&self) -> Mark {
        // Behind the first record nothing is cut otherwise than behind any other.
        let known = self.stream.plain && !self.oversized && self.record > 0;
        let jump = known.then_some(Jump {
            pieces: self.index,
            records: self.record,
            lines: self.line,
            to: self.given,
            held: self.buffer.len() as u64 + u64::from(self.ended),
        });
        Mark { pieces: self.index, jump }
    }

    fn go_on(&mut self, from: &Mark) -> Result<(), Error> {
        if let (Some(jump), Some(blob)) = (&from.jump, &self.stream.blob) {
            self.stream.read.store(jump.to, Ordering::Relaxed);
            self.stream.bytes = Box::new(blob.reader(jump.to, self.stream.read.clone()));
            self.buffer.clear();
            (self.given, self.index, self.record, self.line) =
                (jump.to, jump.pieces, jump.records, jump.lines);
            self.borders.behind_a_record();
            self.fill(usize::try_from(jump.held).unwrap_or(usize::MAX));
        }
        while self.index < from.pieces && self.next()?.is_some() {}
        Ok(())
    }
}
