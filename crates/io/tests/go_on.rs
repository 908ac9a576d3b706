//! From any place between two pieces of an object, another run gets the pieces that would have followed there.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fmt::Write as _;
use std::io::Write as _;

use proptest::prelude::*;
use sievert_io::{
    ColumnType, Content, Input, ListOptions, Mark, Opened, Piece, ReadOptions, Runtime, TableWriter, list,
    open,
};

/// What tells a piece from another.
fn told(piece: &Piece) -> (u64, u64, u64, String) {
    let content = match &piece.content {
        Content::Bytes(bytes) => format!("{bytes:?}"),
        Content::Oversized { bytes, first, last } => format!("{first} {last} {bytes:?}"),
        rows => format!("{rows:?}"),
    };
    (piece.index, piece.first_record, piece.first_line, content)
}

/// Goes through an object once, and from each place again.
fn check(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let runtime = Runtime::start().unwrap();
    let object = list(&runtime, &Input::Path(path), &ListOptions::default()).unwrap().objects.remove(0);
    let options = ReadOptions { piece_bytes: 32, record_limit: 200, ..ReadOptions::default() };
    let opened = |from: &Mark| -> Opened {
        let mut opened = open(&object, &options, &()).unwrap();
        opened.source.go_on(from).unwrap();
        opened
    };
    let (mut source, mut pieces, mut marks) = (opened(&Mark::default()).source, Vec::new(), Vec::new());
    while let Some(piece) = source.next().unwrap() {
        pieces.push((told(&piece), source.position()));
        marks.push(source.mark());
    }
    for (at, mark) in marks.iter().enumerate() {
        // As it is written down.
        let mark: Mark = serde_json::from_str(&serde_json::to_string(mark).unwrap()).unwrap();
        let mut source = opened(&mark).source;
        let mut rest = pieces[at + 1..].iter();
        while let Some(piece) = source.next().unwrap() {
            let (expected, _) = rest.next().unwrap();
            assert_eq!(told(&piece), *expected, "{name}, from {at}");
        }
        assert!(rest.next().is_none(), "{name}, from {at}");
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Records of very different length, some of them over their limit, quoted line breaks, blank lines.
    #[test]
    fn of_text(records in prop::collection::vec(("[a-z \n]{0,40}", prop_oneof![9 => 0..3_usize, 1 => 60..70_usize]), 0..40)) {
        let (mut csv, mut lines, mut array) = (String::from("\u{feff}a,b\n"), String::new(), String::from("["));
        for (at, (text, times)) in records.iter().enumerate() {
            let long = text.repeat(*times);
            write!(csv, "{at},\"{long}\"\r\n").unwrap();
            writeln!(lines, "{{\"a\":{long:?}}}{}", if at % 5 == 0 { "\n" } else { "" }).unwrap();
            write!(array, "{}{{\"a\":{long:?}}}", if at == 0 { "" } else { ",\n" }).unwrap();
        }
        array += "]";
        check("a.csv", csv.as_bytes());
        check("a.txt", csv.as_bytes());
        check("a.jsonl", lines.as_bytes());
        check("a.json", array.as_bytes());
        check("a.csv.gz", &packed(csv.as_bytes()));
        let wide: Vec<u8> = std::iter::once(0xfeff).chain(lines.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        check("wide.jsonl", &wide);
    }
}

/// The first element makes the buffer grow until it just holds the rest: whether the end was met with it decides what the
/// last piece holds.
#[test]
fn where_the_last_read_ends() {
    for (first, last) in (40..110).flat_map(|first| (0..30).map(move |last| (first, last))) {
        let array = format!("[{{\"a\":\"{}\"}},\n{{\"a\":\"{}\"}}]", "b".repeat(first), "c".repeat(last));
        check("a.json", array.as_bytes());
    }
}

#[test]
fn of_row_groups() {
    let mut table = TableWriter::new("table", Vec::new(), &[("a", ColumnType::Text)]).unwrap();
    for at in 0..3_000 {
        table.append(vec![format!("text {at}").as_str().into()]).unwrap();
    }
    check("a.parquet", &table.finish().unwrap());
}
