//! Keys and certificates as text (RFC 7468, RFC 9580 section 6.2) stand on many lines and are one record: a line alone
//! tells nobody what it is a part of. Looks at where such a block begins and how far it goes, not at what it holds.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::pairs;
use crate::pieces::{Border, Borders};

static BEGIN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-----BEGIN "));
static END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-----END "));

/// Bytes of a line that are looked at. Lines of a block have 64 or 76 characters; there may be something around them.
const LOOKED_AT: usize = 512;

/// Lines of a block; a key of 16,384 bits has some 200. What stands behind them is lines again.
const LINES: u16 = 1000;

/// Whether the last line stood in a block. A state that is told line by line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Armor {
    #[default]
    Outside,
    /// Behind so many lines from the one that begins it; no line of its content was there yet.
    Begun(u16),
    /// Behind so many lines, the last of which was content.
    Inside(u16),
}

impl Armor {
    /// Whether the record goes on behind this line.
    pub(super) fn goes_on_behind(&mut self, line: &[u8]) -> bool {
        let line = &line[..line.len().min(LOOKED_AT)];
        let ends = || END.find(line).is_some();
        *self = match *self {
            Self::Outside => match BEGIN.find(line) {
                Some(at) if END.find(&line[at..]).is_none() => Self::Begun(1),
                _ => return false,
            },
            Self::Begun(LINES) | Self::Inside(LINES) => Self::Outside,
            // The one before was cut off.
            Self::Begun(lines) | Self::Inside(lines) if BEGIN.find(line).is_some() => Self::Begun(lines + 1),
            Self::Begun(_) | Self::Inside(_) if ends() => Self::Outside,
            Self::Begun(lines) | Self::Inside(lines) if is_content(line) => Self::Inside(lines + 1),
            Self::Begun(lines) if is_head(line) => Self::Begun(lines + 1),
            Self::Begun(_) | Self::Inside(_) => Self::Outside,
        };
        !matches!(self, Self::Outside)
    }
}

/// Base 64, and what settings and source code put around it, but no second word.
fn is_content(line: &[u8]) -> bool {
    let is_word = |word: &&[u8]| word.iter().any(u8::is_ascii_alphanumeric);
    let mut words = line.split(u8::is_ascii_whitespace).filter(is_word);
    words.next().is_some_and(|word| !word.ends_with(b":")) && words.next().is_none()
}

/// What may stand before the content: a blank line, `Proc-Type: 4,ENCRYPTED`.
fn is_head(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.is_empty() || line.split(u8::is_ascii_whitespace).next().is_some_and(|word| word.ends_with(b":"))
}

/// Records end at `\n`, those of a block behind its last line. A line with nothing but blanks and line breaks is none.
#[derive(Clone, Debug, Default)]
pub(super) struct ArmoredLines {
    armor: Armor,
    /// Whether the record has something by now.
    filled: bool,
    /// Line breaks fed since the last border.
    lines: u64,
    /// What was fed of a line that goes on, as far as it is looked at.
    begun: Vec<u8>,
}

impl Borders for ArmoredLines {
    fn feed(&mut self, bytes: &[u8]) -> Option<Border> {
        let mut at = 0;
        loop {
            let end = memchr::memchr(b'\n', &bytes[at..]).map(|end| at + end + 1);
            let line = &bytes[at..end.unwrap_or(bytes.len())];
            self.filled = self.filled || line.iter().any(|byte| !byte.is_ascii_whitespace());
            let Some(end) = end else {
                let room = LOOKED_AT - self.begun.len();
                self.begun.extend_from_slice(&line[..line.len().min(room)]);
                return None;
            };
            self.lines += 1;
            let goes_on = if self.begun.is_empty() {
                self.armor.goes_on_behind(line)
            } else {
                let mut whole = std::mem::take(&mut self.begun);
                whole.extend_from_slice(&line[..line.len().min(LOOKED_AT)]);
                self.armor.goes_on_behind(&whole)
            };
            if !goes_on {
                let lines = std::mem::take(&mut self.lines);
                return Some(Border { end, record: std::mem::take(&mut self.filled), lines });
            }
            at = end;
        }
    }

    fn end(&self) -> bool {
        self.filled
    }

    fn needs_next(&self, records: &[u8]) -> bool {
        let records = records.strip_suffix(b"\n").unwrap_or(records);
        let start = memchr::memrchr(b'\n', records).map_or(0, |at| at + 1);
        let line = &records[start..];
        line.len() <= LOOKED_AT && std::str::from_utf8(line).is_ok_and(pairs::is_name)
    }
}
