//! Plain text: a line a record, or the whole object. Also where lines end, which JSON lines share.

mod armor;

use std::fmt;
use std::sync::Arc;

use crate::pairs;
use crate::pieces::{Border, Borders, Pieces, Stream};
use crate::text::armor::{Armor, ArmoredLines};
use crate::{
    Batch, Body, Change, Content, Description, Edit, Error, Format, Kind, Layout, Names, Occurrences, Opened,
    Piece, Quarantined, ReadOptions, Rendered, TextRecord, Texts, splice,
};

/// The field of all records.
const FIELD: &str = "text";

pub(crate) fn open(stream: Stream, description: Description, options: &ReadOptions) -> Opened {
    let sizes = options.sizes();
    match options.text_record {
        TextRecord::Line => Opened {
            source: Box::new(Pieces::new(stream, ArmoredLines::default(), sizes, cost)),
            format: Arc::new(Text { lines: true }),
            description,
        },
        TextRecord::Object => Opened {
            source: Box::new(Pieces::new(stream, Whole::default(), sizes, cost)),
            format: Arc::new(Text { lines: false }),
            description,
        },
    }
}

/// The bytes, their texts (in a buffer that grows by doubling), and for a record its place, line and row.
fn cost(bytes: &[u8]) -> usize {
    3 * bytes.len() + 32 * memchr::memchr_iter(b'\n', bytes).count()
}

/// Records never end.
#[derive(Clone, Debug, Default)]
struct Whole {
    filled: bool,
}

impl Borders for Whole {
    fn feed(&mut self, bytes: &[u8]) -> Option<Border> {
        self.filled = self.filled || !bytes.is_empty();
        None
    }

    fn end(&self) -> bool {
        self.filled
    }
}

/// Where each record stands in the bytes.
pub struct TextLayout {
    raw: Vec<u8>,
    records: Vec<Record>,
}

/// Where a record starts, where it ends without its line break, and where that ends.
type Record = (u32, u32, u32);

/// Without the text, which is nobody's to print.
impl fmt::Debug for TextLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextLayout").field("records", &self.records).finish_non_exhaustive()
    }
}

struct Text {
    lines: bool,
}

impl Text {
    /// The records, their lines, and those that the one before may name.
    fn records(&self, raw: &[u8], mut line_number: u64) -> (Vec<Record>, Vec<u64>, Vec<u32>) {
        if !self.lines {
            let end = raw.len() as u32;
            return (vec![(0, end, end)], vec![line_number], Vec::new());
        }
        let (mut records, mut lines, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let mut armor = Armor::default();
        let mut start = 0;
        while start < raw.len() {
            let (mut next, first_line) = (start, line_number);
            loop {
                let line = next;
                line_number += 1;
                next = memchr::memchr(b'\n', &raw[line..]).map_or(raw.len(), |at| line + at + 1);
                if !armor.goes_on_behind(&raw[line..next]) || next == raw.len() {
                    break;
                }
            }
            let line = &raw[start..next];
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if let Some(first) = line.iter().find(|byte| !byte.is_ascii_whitespace()) {
                if pairs::may_be_value(*first) {
                    values.push(records.len() as u32);
                }
                records.push((start as u32, (start + line.len()) as u32, next as u32));
                lines.push(first_line);
            }
            start = next;
        }
        (records, lines, values)
    }
}

impl Format for Text {
    fn decode(&self, piece: Piece) -> Result<Batch, Error> {
        let raw = match piece.content {
            Content::Bytes(raw) => raw,
            Content::Oversized { bytes, first, last } => {
                return Ok(oversized(piece.first_record, piece.first_line, bytes, first, last));
            }
            Content::Rows(_) | Content::Frame(_) => unreachable!("rows come from sources of their own"),
        };
        let mut texts = texts(FIELD, Kind::Text);
        let mut bad = self::texts(UNPARSED, Kind::Unparsed);
        let (records, lines, values) = self.records(&raw, piece.first_line);
        texts.reserve(raw.len(), records.len());
        let mut batch = Batch { first_record: piece.first_record, lines, ..Batch::default() };
        let (mut values, mut cells) = (values.into_iter().peekable(), Vec::new());
        for (row, &(start, end, _)) in records.iter().enumerate() {
            let row = row as u32;
            let value = values.next_if_eq(&row).is_some();
            let bytes = &raw[start as usize..end as usize];
            // A byte order mark stays in the file and is no text.
            let bytes = if start == 0 && piece.index == 0 {
                bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
            } else {
                bytes
            };
            if let Ok(text) = std::str::from_utf8(bytes) {
                cells.extend(value.then_some(texts.len() as u32));
                push(&mut texts, text, row);
            } else {
                push(&mut bad, &String::from_utf8_lossy(bytes), row);
                batch.quarantined.push(Quarantined { row, reason: BAD_UTF8 });
            }
        }
        batch.records = records.len() as u32;
        batch.names = pairs::join_lines(&mut texts, &cells);
        batch.texts = vec![texts, bad];
        batch.layout = Layout::Text(TextLayout { raw, records });
        Ok(batch)
    }

    fn encode(&self, batch: &Batch, edits: &[Edit]) -> Result<Rendered, Error> {
        let layout = match &batch.layout {
            Layout::Text(layout) => layout,
            Layout::Oversized(layout) => return Ok(layout.render()),
            _ => return Ok(Rendered::default()),
        };
        let TextLayout { raw, records } = layout;
        if edits.is_empty() && batch.quarantined.is_empty() {
            return Ok(Rendered { body: Body::Bytes(raw.clone()), verbatim: true, ..Rendered::default() });
        }
        let mut rendered = Rendered::default();
        let mut body = Vec::with_capacity(raw.len());
        let mut at = 0;
        let texts = &batch.texts[0];
        let mut cells =
            (0..texts.len() as u32).map(|cell| (cell, texts.occurrences.rows(cell).next())).peekable();
        let mut edits = edits.iter().peekable();
        let mut quarantined = batch.quarantined.iter().peekable();
        for (row, &(start, end, next)) in records.iter().enumerate() {
            let row = row as u32;
            body.extend_from_slice(&raw[at as usize..start as usize]);
            at = next;
            if quarantined.next_if(|bad| bad.row == row).is_some() {
                quarantine(&raw[start as usize..next as usize], &mut rendered.quarantine);
                continue;
            }
            let cell = cells.next_if(|&(_, at)| at == Some(row)).map(|(cell, _)| cell);
            let edit = edits.next_if(|edit| edit.texts == 0 && Some(edit.cell) == cell);
            let text_start = end - cell.map_or(0, |cell| texts.span(cell).len() as u32);
            match edit.map(|edit| &edit.change) {
                None => body.extend_from_slice(&raw[start as usize..next as usize]),
                Some(Change::DropRecord) => rendered.dropped += 1,
                Some(change) => {
                    body.extend_from_slice(&raw[start as usize..text_start as usize]);
                    if let (Change::Splice(splices), Some(cell)) = (change, cell) {
                        body.extend_from_slice(splice(texts.get(cell), splices).as_bytes());
                    }
                    body.extend_from_slice(&raw[end as usize..next as usize]);
                }
            }
        }
        body.extend_from_slice(&raw[at as usize..]);
        rendered.body = Body::Bytes(body);
        Ok(rendered)
    }
}

/// The field of records that could not be parsed.
pub(crate) const UNPARSED: &str = "unparsed";

/// Why a record is quarantined.
pub(crate) const BAD_UTF8: &str = "not valid in the object's encoding";
const OVERSIZED: &str = "longer than the limit for a record";

/// No cells of a field.
pub(crate) fn texts(field: &str, kind: Kind) -> Texts {
    Texts {
        field: field.into(),
        kind,
        nullable: false,
        buffer: String::new(),
        ends: Vec::new(),
        occurrences: Occurrences::One(Vec::new()),
        named: Vec::new(),
    }
}

/// One more cell.
pub(crate) fn push(texts: &mut Texts, text: &str, row: u32) {
    texts.buffer.push_str(text);
    texts.ends.push(texts.buffer.len() as u32);
    match &mut texts.occurrences {
        Occurrences::One(rows) => rows.push(row),
        Occurrences::Distinct(rows) => rows.push(vec![row]),
    }
}

/// Raw bytes of a record into the quarantine, ended by a line break.
pub(crate) fn quarantine(record: &[u8], to: &mut Vec<u8>) {
    to.extend_from_slice(record);
    if !record.ends_with(b"\n") {
        to.push(b'\n');
    }
}

/// A part of a record that is over its limit, as it goes to the quarantine.
pub struct OversizedLayout {
    bytes: Vec<u8>,
    last: bool,
}

/// Without the text, which is nobody's to print.
impl fmt::Debug for OversizedLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OversizedLayout").field("last", &self.last).finish_non_exhaustive()
    }
}

impl OversizedLayout {
    pub(crate) fn render(&self) -> Rendered {
        let mut rendered = Rendered { body: Body::Bytes(Vec::new()), ..Rendered::default() };
        if self.last {
            quarantine(&self.bytes, &mut rendered.quarantine);
        } else {
            rendered.quarantine.extend_from_slice(&self.bytes);
        }
        rendered
    }
}

/// The batch of such a part: text to look at in row 0, which only the first part counts.
pub(crate) fn oversized(record: u64, line: u64, bytes: Vec<u8>, first: bool, last: bool) -> Batch {
    let mut unparsed = texts(UNPARSED, Kind::Unparsed);
    push(&mut unparsed, &String::from_utf8_lossy(&bytes), 0);
    Batch {
        first_record: record,
        records: u32::from(first),
        lines: vec![line],
        texts: vec![unparsed],
        names: Names::default(),
        quarantined: if first { vec![Quarantined { row: 0, reason: OVERSIZED }] } else { Vec::new() },
        binary: Vec::new(),
        unread: Vec::new(),
        unwanted: Vec::new(),
        layout: Layout::Oversized(OversizedLayout { bytes, last }),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::pieces::Sizes;
    use crate::{Place, Source};

    fn source(bytes: Box<dyn Read + Send>, sizes: Sizes) -> Pieces<ArmoredLines> {
        let stream =
            Stream { bytes, read: Arc::default(), plain: true, blob: None, place: Place::object("test.txt") };
        Pieces::new(stream, ArmoredLines::default(), sizes, cost)
    }

    fn decode(bytes: &[u8], piece: usize) -> Vec<Batch> {
        let bytes = Box::new(std::io::Cursor::new(bytes.to_vec()));
        let mut source = source(bytes, Sizes { piece, record: 1 << 20 });
        let format = Text { lines: true };
        std::iter::from_fn(|| source.next().unwrap()).map(|piece| format.decode(piece).unwrap()).collect()
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_hold_the_same_lines(text in "[a-z \r\n\u{e9}]{0,200}", piece in 16..64_usize) {
            let lines = |batches: Vec<Batch>| {
                let mut lines = Vec::new();
                for batch in batches {
                    for (row, text) in batch.texts[0].iter().enumerate() {
                        let line = batch.lines[row];
                        lines.push((batch.first_record + row as u64, line, text.to_owned()));
                    }
                }
                lines
            };
            let expected: Vec<_> = text
                .split('\n')
                .zip(1..)
                .filter(|(line, _)| !line.trim_ascii().is_empty())
                .enumerate()
                .map(|(record, (line, number))| {
                    (record as u64, number, line.strip_suffix('\r').unwrap_or(line).to_owned())
                })
                .collect();
            prop_assert_eq!(&lines(decode(text.as_bytes(), piece)), &expected);
        }
    }

    /// The records of a text, whatever it is cut into.
    fn records(text: &str) -> Vec<String> {
        let all = |piece| -> Vec<_> {
            let batches = decode(text.as_bytes(), piece);
            for batch in &batches {
                assert_eq!(batch.records as usize, batch.texts[0].len());
            }
            let firsts: Vec<_> = batches.iter().map(|batch| batch.first_record).collect();
            let counted = batches.iter().scan(0, |sum, batch| {
                *sum += u64::from(batch.records);
                Some(*sum - u64::from(batch.records))
            });
            assert_eq!(firsts, counted.collect::<Vec<_>>(), "borders and records are counted alike");
            batches.iter().flat_map(|batch| batch.texts[0].iter().map(str::to_owned)).collect()
        };
        let whole = all(1 << 20);
        for piece in [16, 21, 40, 64] {
            assert_eq!(all(piece), whole, "{piece}");
        }
        whole
    }

    #[test]
    fn an_armored_block_is_one_record() {
        let block = "-----BEGIN X-----\nAbc1\r\n  Def2=\n-----END X-----";
        for (text, expected) in [
            (format!("a\n{block}\nb\n"), vec!["a", block, "b"]),
            (format!("key: \"{block}\"\n\nb"), vec![&format!("key: \"{block}\""), "b"]),
            (format!("{block}\n{block}"), vec![block, block]),
            (
                "-----BEGIN X-----\nA: 1,b\n\nQQ==\n-----END X-----\nb".into(),
                vec!["-----BEGIN X-----\nA: 1,b\n\nQQ==\n-----END X-----", "b"],
            ),
            (
                "\"-----BEGIN X-----\\n\" +\n\"QQ\\n\" +\n\"-----END X-----\";\nb".into(),
                vec!["\"-----BEGIN X-----\\n\" +\n\"QQ\\n\" +\n\"-----END X-----\";", "b"],
            ),
            // Cut off: the line that shows it still belongs to it, and no more.
            (
                "-----BEGIN X-----\nQQ==\nand so on\nb c".into(),
                vec!["-----BEGIN X-----\nQQ==\nand so on", "b c"],
            ),
            (
                "-----BEGIN X-----\nQQ==\n-----BEGIN Y-----\nQQ==\n-----END Y-----\nb".into(),
                vec!["-----BEGIN X-----\nQQ==\n-----BEGIN Y-----\nQQ==\n-----END Y-----", "b"],
            ),
            ("-----BEGIN X-----\nQQ==".into(), vec!["-----BEGIN X-----\nQQ=="]),
            (
                "-----BEGIN X-----QQ==-----END X-----\nb".into(),
                vec!["-----BEGIN X-----QQ==-----END X-----", "b"],
            ),
        ] {
            assert_eq!(records(&text), expected, "{text}");
        }
        let long = format!("-----BEGIN X-----\n{}", "QQ\n".repeat(1500));
        assert_eq!(records(&long).len(), 1 + 500, "a block without an end has one");
    }

    #[test]
    fn a_hundred_megabytes_on_one_line_stay_in_bounds() {
        const LENGTH: u64 = 100 << 20;
        let line = std::io::repeat(b'x').take(LENGTH);
        let bytes =
            Box::new(std::io::Cursor::new("first\n").chain(line).chain(std::io::Cursor::new("\nlast\n")));
        let sizes = Sizes { piece: 1 << 20, record: 4 << 20 };
        let mut source = source(bytes, sizes);
        let (mut length, mut records) = (0, Vec::new());
        while let Some(piece) = source.next().unwrap() {
            match piece.content {
                Content::Oversized { bytes, first, last } => {
                    assert!(bytes.len() <= sizes.record);
                    length += bytes.len() as u64;
                    records.push((piece.first_record, first, last));
                }
                Content::Bytes(bytes) => {
                    assert!(bytes == b"first\n" || bytes == b"last\n");
                    assert_eq!(piece.first_record, if bytes == b"last\n" { 2 } else { 0 });
                }
                Content::Rows(_) | Content::Frame(_) => unreachable!("a source of text"),
            }
        }
        assert_eq!(length, LENGTH + 1, "all of it goes through, the line break too");
        assert_eq!(records.first(), Some(&(1, true, false)));
        assert_eq!(records.last(), Some(&(1, false, true)));
        assert!(records[1..records.len() - 1].iter().all(|part| *part == (1, false, false)));
    }
}
