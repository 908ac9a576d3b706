//! Where the records of a CSV end, found by looking at quotes and line breaks only. Its borders are those between the
//! records of [`cell`](super::cell); a test holds the two together.

use memchr::{memchr, memchr_iter, memchr3};

use super::BOM;
use super::cell::Dialect;
use crate::pieces::{Border, Borders};

#[derive(Clone, Debug)]
pub(crate) struct CsvBorders {
    dialect: Dialect,
    /// The next record is a header: it counts as none.
    header: bool,
    /// Nothing was fed.
    fresh: bool,
    state: State,
    /// Whether the record has any byte by now.
    filled: bool,
    lines: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A quote here opens a cell.
    CellStart,
    Bare,
    Quoted,
    /// Behind a quote inside quotes: closed, unless another follows.
    Quote,
    /// Behind `\r`, which a `\n` may belong to.
    Return,
}

impl CsvBorders {
    pub(crate) fn new(dialect: Dialect, header: bool) -> Self {
        Self { dialect, header, fresh: true, state: State::CellStart, filled: false, lines: 0 }
    }

    /// Whether the bytes hold the first record whole.
    pub(crate) fn first_record(mut self, bytes: &[u8]) -> bool {
        let mut at = 0;
        while let Some(border) = self.feed(&bytes[at..]) {
            if border.record {
                return true;
            }
            at += border.end;
        }
        false
    }

    /// Whether no quote is open.
    #[cfg(test)]
    pub(crate) fn closed(&self) -> bool {
        self.state != State::Quoted
    }

    fn border(&mut self, end: usize) -> Border {
        let filled = std::mem::take(&mut self.filled);
        let header = self.header && filled;
        self.header &= !header;
        self.state = State::CellStart;
        Border { end, record: filled && !header, lines: std::mem::take(&mut self.lines) }
    }
}

impl Borders for CsvBorders {
    fn behind_a_record(&mut self) {
        (self.header, self.fresh) = (false, false);
    }

    fn feed(&mut self, bytes: &[u8]) -> Option<Border> {
        let Dialect { delimiter, quote } = self.dialect;
        let mut at = 0;
        if std::mem::take(&mut self.fresh) && bytes.starts_with(BOM) {
            at = BOM.len();
        }
        while let Some(&byte) = bytes.get(at) {
            match self.state {
                State::Return => return Some(self.border(at + usize::from(byte == b'\n'))),
                State::Quote if byte == quote => {
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Quote => self.state = State::Bare,
                State::Quoted => {
                    let closed = memchr(quote, &bytes[at..]);
                    let end = closed.map_or(bytes.len(), |closed| at + closed + 1);
                    self.lines += memchr_iter(b'\n', &bytes[at..end]).count() as u64;
                    if closed.is_some() {
                        self.state = State::Quote;
                    }
                    at = end;
                }
                State::CellStart | State::Bare => {
                    let found = memchr3(quote, b'\n', b'\r', &bytes[at..]);
                    let end = found.map_or(bytes.len(), |found| at + found);
                    if end > at {
                        self.filled = true;
                        self.state = if bytes[end - 1] == delimiter { State::CellStart } else { State::Bare };
                    }
                    at = end + 1;
                    match bytes.get(end) {
                        None => return None,
                        Some(b'\n') => {
                            self.lines += 1;
                            return Some(self.border(at));
                        }
                        Some(b'\r') => {
                            self.lines += 1;
                            self.state = State::Return;
                        }
                        Some(_) => {
                            self.filled = true;
                            self.state =
                                if self.state == State::CellStart { State::Quoted } else { State::Bare };
                        }
                    }
                }
            }
        }
        None
    }

    fn end(&self) -> bool {
        self.filled && !self.header
    }
}
