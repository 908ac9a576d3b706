use std::ops::Range;
use std::sync::Arc;

use proptest::prelude::*;

use super::cell::{self, Dialect};
use super::*;
use crate::pieces::{Borders, Sizes};
use crate::{Body, Change, Compression, Encoding, Place, Source, Splice, splice};

const COMMA: Dialect = Dialect { delimiter: b',', quote: b'"' };

fn stream(bytes: &[u8]) -> Stream {
    Stream {
        plain: true,
        bytes: Box::new(std::io::Cursor::new(bytes.to_vec())),
        read: Arc::default(),
        blob: None,
        place: Place::object("test.csv"),
    }
}

fn opened(bytes: &[u8], options: &ReadOptions) -> Opened {
    let description = Description {
        format: FormatName::Csv,
        compression: Compression::None,
        encoding: Encoding::Utf8,
        delimiter: None,
        quote: None,
        header: None,
    };
    open(stream(bytes), description, options, &()).unwrap()
}

fn pieces(source: &mut dyn Source) -> Vec<Piece> {
    std::iter::from_fn(|| source.next().unwrap()).collect()
}

fn batches(bytes: &[u8], options: &ReadOptions) -> (Opened, Vec<Batch>) {
    let mut opened = opened(bytes, options);
    let batches =
        pieces(&mut *opened.source).into_iter().map(|piece| opened.format.decode(piece).unwrap()).collect();
    (opened, batches)
}

fn plain(header: Header) -> ReadOptions {
    ReadOptions { header, delimiter: Some(b','), quote: Some(b'"'), ..ReadOptions::default() }
}

fn body(rendered: Rendered) -> Vec<u8> {
    let Body::Bytes(bytes) = rendered.body else { panic!("text formats render bytes") };
    bytes
}

/// Field, record, line and text of every cell, in the order of records.
fn cells(batches: &[Batch]) -> Vec<(u64, u64, String, String)> {
    let mut cells = Vec::new();
    for batch in batches {
        for (texts, cell, row) in batch.cells() {
            let texts = &batch.texts[texts];
            let line = batch.lines.get(row as usize).copied().unwrap_or_default();
            let text = texts.get(cell).to_owned();
            cells.push((batch.first_record + u64::from(row), line, texts.field.to_string(), text));
        }
    }
    cells.sort_by_key(|cell| cell.0);
    cells
}

/// The records as the csv crate's parser reads them.
fn reference(dialect: Dialect, mut input: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv_core::ReaderBuilder::new().delimiter(dialect.delimiter).quote(dialect.quote).build();
    let mut records = vec![vec![]];
    let mut cell = Vec::new();
    loop {
        let mut out = [0; 64];
        let (result, read, written) = reader.read_field(input, &mut out);
        input = &input[read..];
        cell.extend_from_slice(&out[..written]);
        match result {
            csv_core::ReadFieldResult::Field { record_end } => {
                records.last_mut().unwrap().push(std::mem::take(&mut cell));
                if record_end {
                    records.push(vec![]);
                }
            }
            csv_core::ReadFieldResult::End => {
                records.pop();
                return records;
            }
            _ => {}
        }
    }
}

/// Bytes that are CSV more or less: quoted, ragged, torn.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let bit = prop_oneof![
        6 => "[a-z ]{0,4}".prop_map(String::into_bytes),
        4 => Just(b",".to_vec()),
        3 => Just(b"\n".to_vec()),
        2 => Just(b"\r\n".to_vec()),
        1 => Just(b"\r".to_vec()),
        3 => Just(b"\"".to_vec()),
        2 => Just(b"\"\"".to_vec()),
        2 => Just("é€".as_bytes().to_vec()),
        2 => Just(b"\"x,\ny\"".to_vec()),
        1 => Just(BOM.to_vec()),
        1 => Just(b"\0".to_vec()),
    ];
    prop::collection::vec(bit, 0..40).prop_map(|bits| bits.concat())
}

/// CSV whose quotes are closed, in any spelling.
fn well_formed() -> impl Strategy<Value = Vec<u8>> {
    let cell = prop_oneof![
        "[a-zé ]{0,6}",
        "[a-z]{1,3}\"[a-z]{0,3}",
        "\"([a-zé,\n]|\"\"|\r\n){0,6}\"",
        "\"[a-z]{0,3}\"[a-z]{1,2}",
    ];
    let record = prop::collection::vec(cell, 1..5).prop_map(|cells| cells.join(","));
    let records = prop::collection::vec((record, prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n")]), 1..6);
    (records, any::<bool>()).prop_map(|(records, ended)| {
        let mut out = String::new();
        for (record, line_break) in &records {
            out.push_str(record);
            out.push_str(line_break);
        }
        out.truncate(if ended { out.len() } else { out.trim_end_matches(['\r', '\n']).len() });
        out.into_bytes()
    })
}

proptest! {
    /// The differential test of the fast path: same records, same cells as csv-core.
    #[test]
    fn cells_are_those_of_csv_core(bytes in anything(), semicolon in any::<bool>()) {
        let dialect = if semicolon { Dialect { delimiter: b';', quote: b'\'' } } else { COMMA };
        let mut records = Vec::new();
        let mut at = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
        loop {
            let mut starts = Vec::new();
            let Some(record) = cell::record(dialect, &bytes, at, &mut starts) else { break };
            at = record.next;
            let ends = starts[1..].iter().map(|&start| start as usize - 1).chain([record.end]);
            let cells = starts.iter().zip(ends).map(|(&start, end)| {
                let raw = std::str::from_utf8(&bytes[start as usize..end]).unwrap();
                cell::text(raw, dialect.quote).into_bytes()
            });
            records.push(cells.collect::<Vec<_>>());
        }
        prop_assert_eq!(records, reference(dialect, &bytes));
    }

    #[test]
    fn borders_stand_between_records_however_the_bytes_arrive(bytes in anything(), at in 0..200_usize) {
        let whole = feed_all(&[&bytes]);
        let at = at.clamp(3.min(bytes.len()), bytes.len());
        prop_assert_eq!(&feed_all(&[&bytes[..at], &bytes[at..]]), &whole);
        let mut starts = Vec::new();
        let mut place = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
        let mut ends = Vec::new();
        while let Some(record) = cell::record(COMMA, &bytes, place, &mut starts) {
            place = record.next;
            if record.next > record.end {
                ends.push(record.next);
            }
        }
        prop_assert_eq!(whole, ends);
    }

    #[test]
    fn pieces_of_any_size_hold_the_same_cells(bytes in anything(), piece in 16..80_usize) {
        let options = plain(Header::No);
        let (_, whole) = batches(&bytes, &options);
        let (_, cut) = batches(&bytes, &ReadOptions { piece_bytes: piece, ..options });
        prop_assert_eq!(cells(&whole), cells(&cut));
        let records = |batches: &[Batch]| batches.iter().map(|batch| u64::from(batch.records)).sum::<u64>();
        prop_assert_eq!(records(&whole), records(&cut));
    }

    #[test]
    fn without_edits_the_bytes_come_back(bytes in anything(), piece in 16..80_usize) {
        let (opened, batches) = batches(&bytes, &ReadOptions { piece_bytes: piece, ..plain(Header::No) });
        let mut out = Vec::new();
        for batch in &batches {
            let rendered = opened.format.encode(batch, &[]).unwrap();
            // What is quarantined is not lost either.
            let mut quarantined = rendered.quarantine.clone();
            prop_assert_eq!(rendered.verbatim, batch.quarantined.is_empty());
            out.extend(body(rendered));
            if !bytes.ends_with(b"\n") {
                quarantined.pop();
            }
            out.extend(quarantined);
        }
        // An open quote is the only thing that is quarantined here, and stands at the end.
        prop_assert_eq!(out, bytes);
    }

    #[test]
    fn edits_change_their_cells_and_nothing_else(
        bytes in well_formed(),
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4_usize,
            prop_oneof![Just(""), Just("<EMAIL>"), Just("a\"b"), Just("x,y"), Just("\n"), Just("\"")]), 1..4),
    ) {
        let (opened, batches) = batches(&bytes, &plain(Header::No));
        prop_assume!(batches.iter().any(|batch| batch.records > 0));
        let batch = &batches[0];
        let edits = edits(batch, &picks);
        let out = body(opened.format.encode(batch, &edits).unwrap());

        let raw = |bytes: &[u8]| raw_cells(bytes);
        let (old, new) = (raw(&bytes), raw(&out));
        prop_assert_eq!(old.len(), new.len());
        for (old, new) in old.iter().zip(&new) {
            prop_assert_eq!(old.len(), new.len());
        }
        for (texts, cells) in batch.texts.iter().enumerate() {
            for cell in 0..cells.len() as u32 {
                let row = cells.occurrences.rows(cell).next().unwrap() as usize;
                let edit = edits.iter().find(|edit| (edit.texts as usize, edit.cell) == (texts, cell));
                match edit.map(|edit| &edit.change) {
                    None => prop_assert_eq!(&new[row][texts], &old[row][texts]),
                    Some(Change::Splice(splices)) => {
                        let new = std::str::from_utf8(&new[row][texts]).unwrap();
                        prop_assert_eq!(cell::text(new, b'"'), splice(cells.get(cell), splices));
                    }
                    Some(_) => prop_assert_eq!(cell::text(std::str::from_utf8(&new[row][texts]).unwrap(), b'"'), ""),
                }
            }
        }
    }
}

fn feed_all(parts: &[&[u8]]) -> Vec<usize> {
    let mut borders = CsvBorders::new(COMMA, false);
    let (mut ends, mut base) = (Vec::new(), 0);
    for part in parts {
        let mut at = 0;
        while let Some(border) = borders.feed(&part[at..]) {
            at += border.end;
            if border.record {
                ends.push(base + at);
            }
        }
        base += part.len();
    }
    // A `\r` at the very end waits for a `\n` that does not come.
    if parts.concat().ends_with(b"\r") && borders.end() && borders.closed() {
        ends.push(base);
    }
    ends
}

fn raw_cells(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let (mut at, mut records) = (0, Vec::new());
    loop {
        let mut starts = Vec::new();
        let Some(record) = cell::record(COMMA, bytes, at, &mut starts) else { return records };
        at = record.next;
        let ends = starts[1..].iter().map(|&start| start as usize - 1).chain([record.end]);
        records
            .push(starts.iter().zip(ends).map(|(&start, end)| bytes[start as usize..end].to_vec()).collect());
    }
}

type Pick = (prop::sample::Index, prop::sample::Index, usize, &'static str);

fn edits(batch: &Batch, picks: &[Pick]) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    let cells: Vec<_> = batch.cells().collect();
    for (pick, start, length, text) in picks {
        let (texts, cell, _) = cells[pick.index(cells.len())];
        let old = batch.texts[texts].get(cell);
        let mut borders: Vec<_> = old.char_indices().map(|(at, _)| at).collect();
        borders.push(old.len());
        let start = start.index(borders.len());
        let end = (start + length).min(borders.len() - 1);
        let span: Range<u32> = borders[start] as u32..borders[end] as u32;
        let change = if *length == 3 && text.is_empty() {
            Change::Null
        } else {
            Change::Splice(vec![Splice { span, text: (*text).to_owned() }])
        };
        if !edits.iter().any(|edit| (edit.texts as usize, edit.cell) == (texts, cell)) {
            edits.push(Edit { texts: texts as u32, cell, change });
        }
    }
    edits.sort_by_key(|edit| (edit.texts, edit.cell));
    edits
}

fn one_edit(csv: &str, texts: u32, cell: u32, change: Change) -> String {
    let (opened, batches) = batches(csv.as_bytes(), &plain(Header::Yes));
    let edit = Edit { texts, cell, change };
    String::from_utf8(body(opened.format.encode(&batches[0], &[edit]).unwrap())).unwrap()
}

fn put(span: Range<u32>, text: &str) -> Change {
    Change::Splice(vec![Splice { span, text: text.into() }])
}

#[test]
fn an_edit_keeps_the_spelling_around_it() {
    // The header's own cells come first: column `b` is texts 2.
    assert_eq!(one_edit("a,b\n1,x me y\n", 2, 0, put(2..4, "<X>")), "a,b\n1,x <X> y\n");
    assert_eq!(one_edit("a,b\n1,\"me\"\r\n", 2, 0, put(0..2, "<X>")), "a,b\n1,\"<X>\"\r\n");
    assert_eq!(one_edit("a,b\n1,\"\"\"me\"\" x\"\n", 2, 0, put(1..3, "<X>")), "a,b\n1,\"\"\"<X>\"\" x\"\n");
    assert_eq!(one_edit("a,b\n1,me\n", 2, 0, put(0..2, "x,\"y\"")), "a,b\n1,\"x,\"\"y\"\"\"\n");
    assert_eq!(one_edit("a,b\n1,me\n", 2, 0, Change::Null), "a,b\n1,\n");
    assert_eq!(one_edit("a\nme\n", 1, 0, Change::Null), "a\n\"\"\n", "an empty line would be no record");
    assert_eq!(one_edit("a,b\n1,2\n\n3,4", 1, 1, Change::DropRecord), "a,b\n1,2\n\n");
    assert_eq!(one_edit("me,b\n1,2\n", 0, 0, put(0..2, "<X>")), "<X>,b\n1,2\n", "headers are cells too");
}

#[test]
fn names_are_made_distinct_and_missing_ones_numbered() {
    let (opened, batches) = batches(b"id,,name,name\n1,2,3,4,5\n6\n", &ReadOptions::default());
    let fields: Vec<_> = batches[0].texts.iter().map(|texts| &*texts.field).collect();
    assert_eq!(fields, ["header", "id", "column_2", "name", "name#2", "column_5"]);
    assert_eq!(batches[0].lines, [2, 3]);
    assert_eq!(opened.description.header, Some(true));
}

#[test]
fn names_stay_distinct_whatever_the_header_calls_them() {
    let of = |header: &[&str]| -> Vec<String> {
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        names(&header).iter().map(ToString::to_string).collect()
    };
    assert_eq!(of(&["a", "a#2", "a", "a", "a#2", "a#3"]), ["a", "a#2", "a#3", "a#4", "a#2#2", "a#3#2"]);
    assert_eq!(of(&["", "column_1"]), ["column_1", "column_1#2"]);
}

#[test]
fn dialects_and_headers_are_found() {
    let found = |csv: &str| {
        let description = opened(csv.as_bytes(), &ReadOptions::default()).description;
        (
            description.delimiter.unwrap() as char,
            description.quote.unwrap() as char,
            description.header.unwrap(),
        )
    };
    assert_eq!(found("name,city\nAnn,Rome\n"), (',', '"', true));
    assert_eq!(found("name;price\nAnn;1,5\nBob;2,5\n"), (';', '"', true));
    assert_eq!(found("a\tb, c\td\n1\t2\t3\n"), ('\t', '"', true));
    assert_eq!(found("x|y\n1|2,3\n"), ('|', '"', true));
    assert_eq!(found("'a','b'\n'it''s, so','2'\n"), (',', '\'', true));
    assert_eq!(found("1,Ann\n2,Bob\n"), (',', '"', false));
    assert_eq!(found("ann@example.com,x\nbob@example.com,y\n"), (',', '"', false));
    assert_eq!(found("Ann,Rome\nBob,Rome\n"), (',', '"', false), "Rome comes again in its column");
    assert_eq!(found("ssn,q1,q10\n1,2,3\n"), (',', '"', true), "a short number behind a name");
    assert_eq!(found("id,V99,V100\n1,2,3\n"), (',', '"', true), "a series");
    assert_eq!(found("Ann,P1234567\nBob,P7654321\n"), (',', '"', false), "a code");
}

#[test]
fn text_is_csv_only_if_every_row_agrees() {
    assert!(looks_like_csv(b"a,b,c\n1,2,3\n4,5,6\n"));
    assert!(!looks_like_csv(b"Dear John,\nthanks a lot, bye\n"));
    assert!(!looks_like_csv(b"fn main() {}\n\nlet x = (1, 2);\nlet y = (1, 2, 3);\n"));
}

#[test]
fn an_open_quote_quarantines_the_last_record_alone() {
    let (opened, batches) = batches(b"a,b\n1,2\n3,\"4\n5,6\n", &plain(Header::Yes));
    let batch = &batches[0];
    assert_eq!(batch.quarantined, [Quarantined { row: 1, reason: OPEN_QUOTE }]);
    let unparsed = batch.texts.last().unwrap();
    assert_eq!((unparsed.kind, unparsed.get(0)), (Kind::Unparsed, "3,\"4\n5,6\n"));
    let rendered = opened.format.encode(batch, &[]).unwrap();
    assert_eq!(rendered.quarantine, b"3,\"4\n5,6\n");
    assert_eq!(body(rendered), b"a,b\n1,2\n");
}

#[test]
fn bad_utf_8_quarantines_its_record_alone() {
    let (opened, batches) = batches(b"a,b\n1,\xff\n3,\xc3\xa9\n", &plain(Header::Yes));
    let batch = &batches[0];
    assert_eq!(batch.quarantined, [Quarantined { row: 0, reason: BAD_UTF8 }]);
    assert_eq!(batch.texts[2].iter().collect::<Vec<_>>(), ["é"]);
    let rendered = opened.format.encode(batch, &[]).unwrap();
    assert_eq!(rendered.quarantine, b"1,\xff\n");
    assert_eq!(body(rendered), b"a,b\n3,\xc3\xa9\n");
}

#[test]
fn a_header_longer_than_the_sample_is_read_whole() {
    let names: Vec<_> = (0..10_000).map(|at| format!("name_of_{at}_col")).collect();
    let values: Vec<_> = (0..10_000).map(|at| at.to_string()).collect();
    let csv = format!("{}\n{}\n", names.join(","), values.join(","));
    let (_, batches) = batches(csv.as_bytes(), &ReadOptions::default());
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0].texts.len(), 10_001);
    assert_eq!(&*batches[0].texts[10_000].field, "name_of_9999_col");
    assert_eq!(batches[0].texts[10_000].get(0), "9999");
}

#[test]
fn columns_beyond_the_limit_fold_and_can_be_edited() {
    let row = |last: &str| format!("{}{last},z\n", "x,".repeat(COLUMNS));
    let (opened, batches) = batches([row("me"), row("you")].concat().as_bytes(), &plain(Header::No));
    let batch = &batches[0];
    assert_eq!(&*batch.texts[COLUMNS].field, FOLDED);
    assert_eq!(batch.texts[COLUMNS].iter().collect::<Vec<_>>(), ["me", "z", "you", "z"]);
    let edit = Edit { texts: COLUMNS as u32, cell: 3, change: put(0..1, "<X>") };
    let out = body(opened.format.encode(batch, &[edit]).unwrap());
    assert_eq!(out, [row("me"), row("you").replace(",z", ",<X>")].concat().as_bytes());
}

#[test]
fn a_long_quoted_cell_is_one_record() {
    let csv = format!("a,b\n1,\"{}\"\n2,x\n", "line\n".repeat(2 << 20));
    let (_, batches) = batches(csv.as_bytes(), &plain(Header::Yes));
    assert_eq!(batches.iter().map(|batch| batch.records).sum::<u32>(), 2);
    assert_eq!(batches.last().unwrap().lines.last(), Some(&((2 << 20) + 3)));
}

#[test]
fn an_oversized_record_streams_into_the_quarantine() {
    let long = format!("2,\"{}\"\n", "x\n".repeat(5000));
    let csv = format!("a,b\n1,x\n{long}3,y\n");
    let options = ReadOptions { piece_bytes: 100, record_limit: 1000, ..plain(Header::Yes) };
    let (opened, batches) = batches(csv.as_bytes(), &options);
    assert!(batches.iter().all(|batch| batch.texts.iter().all(|texts| texts.buffer.len() <= 1000)));
    assert_eq!(batches.iter().map(|batch| batch.records).sum::<u32>(), 3);
    assert_eq!(batches.iter().map(|batch| batch.quarantined.len()).sum::<usize>(), 1);
    let last = batches.last().unwrap();
    assert_eq!((last.first_record, last.lines[0]), (2, 5004));
    let (mut out, mut quarantine) = (Vec::new(), Vec::new());
    for batch in &batches {
        let rendered = opened.format.encode(batch, &[]).unwrap();
        quarantine.extend_from_slice(&rendered.quarantine);
        out.extend(body(rendered));
    }
    assert_eq!(String::from_utf8(out).unwrap(), "a,b\n1,x\n3,y\n");
    assert_eq!(String::from_utf8(quarantine).unwrap(), long);
}

#[test]
fn an_empty_object_has_no_pieces() {
    for bytes in [&b""[..], b"\n\r\n", BOM] {
        let (_, batches) = batches(bytes, &ReadOptions::default());
        assert_eq!(batches.iter().map(|batch| batch.records).sum::<u32>(), 0);
    }
}

#[test]
fn nul_is_data() {
    let (_, batches) = batches(b"a,b\n1,x\0y\n", &ReadOptions::default());
    assert_eq!(batches[0].texts[2].get(0), "x\0y");
}

/// The fuzz function of the CSV reader: any bytes, opened, decoded and rendered, come back or stand in quarantine.
pub(crate) fn fuzz(bytes: &[u8]) {
    for piece_bytes in [16, 1 << 20] {
        let options = ReadOptions { piece_bytes, record_limit: 64, ..ReadOptions::default() };
        let (opened, batches) = batches(bytes, &options);
        let mut length = 0;
        for batch in &batches {
            let rendered = opened.format.encode(batch, &[]).unwrap();
            length += rendered.quarantine.len();
            length += body(rendered).len();
        }
        // A quarantined record may get the line break that it lacks.
        let added = length - bytes.len();
        assert!(added <= batches.iter().map(|batch| batch.quarantined.len()).sum());
    }
}

#[test]
fn fuzz_corpus_replayed() {
    let corpus: [&[u8]; 9] = [
        b"a,b\n1,2\n",
        b"\"",
        b"\"\"\"",
        b"\xff\xfe,\n",
        b"\xef\xbb\xbf\"a\"b\"c\n",
        b"\r\r\n\n\r,\r",
        b"a;b|c\td,e\n';'\"\n",
        b",,,,,,,\n\"\n\n\n\n",
        &[b'x'; 300],
    ];
    corpus.into_iter().for_each(fuzz);
}

#[test]
fn sizes_are_never_below_what_detection_needs() {
    let Sizes { piece, record } =
        ReadOptions { piece_bytes: 0, record_limit: 0, ..ReadOptions::default() }.sizes();
    assert!(piece >= BOM.len() && record >= piece);
}
