//! JSON as users have it: files in a folder, listed, opened, rewritten and read again, the bad ones among them.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fs;
use std::io::Write;
use std::path::Path;

use sievert_io::{
    Batch, Change, Content, Edit, Error, FormatName, Input, Kind, ListOptions, Object, ReadOptions, Runtime,
    Splice, Target, create, list, open,
};

/// What came of an object.
#[derive(Default)]
struct Done {
    /// Field, kind and text of each cell, in the order of the records.
    cells: Vec<(u64, String, Kind, String)>,
    /// Record, line and reason.
    quarantined: Vec<(u64, u64, &'static str)>,
    records: u64,
    largest_piece: usize,
    output: Vec<u8>,
    quarantine: Vec<u8>,
    failure: Option<Error>,
    format: Option<FormatName>,
}

impl Done {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }

    fn reasons(&self) -> Vec<&'static str> {
        self.quarantined.iter().map(|&(_, _, reason)| reason).collect()
    }
}

/// `Ann` becomes `<X>`, records that hold `drop` go, numbers with a 7 become null.
fn change(kind: Kind, text: &str) -> Option<Change> {
    match kind {
        Kind::Unparsed => None,
        Kind::Integer | Kind::Float => text.contains('7').then_some(Change::Null),
        _ if text == "drop" => Some(Change::DropRecord),
        _ => {
            let at = text.find("Ann")? as u32;
            Some(Change::Splice(vec![Splice { span: at..at + 3, text: "<X>".into() }]))
        }
    }
}

fn edits(batch: &Batch) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (at, texts) in batch.texts.iter().enumerate() {
        for (cell, text) in texts.iter().enumerate() {
            if let Some(change) = change(texts.kind, text) {
                edits.push(Edit { texts: at as u32, cell: cell as u32, change });
            }
        }
    }
    edits
}

fn object(folder: &Path, name: &str, bytes: &[u8]) -> Object {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    let runtime = Runtime::start().unwrap();
    list(&runtime, &Input::Path(path), &ListOptions::default()).unwrap().objects.remove(0)
}

fn run(name: &str, bytes: &[u8], options: &ReadOptions) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let object = object(folder.path(), name, bytes);
    let mut opened = open(&object, options, &()).unwrap();
    let path = folder.path().join("out").join(name);
    let target = Target { path: path.clone(), overwrite: false, run: "test".into() };
    let mut output =
        create(&Runtime::start().unwrap(), &object, &opened.description, &target, None, &mut |_, _| true)
            .unwrap();
    let mut done = Done { format: Some(opened.description.format), ..Done::default() };
    loop {
        let piece = match opened.source.next() {
            Ok(Some(piece)) => piece,
            Ok(None) => break,
            Err(error) => {
                done.failure = Some(error);
                break;
            }
        };
        let (Content::Bytes(bytes) | Content::Oversized { bytes, .. }) = &piece.content else {
            panic!("JSON comes as bytes");
        };
        done.largest_piece = done.largest_piece.max(bytes.len());
        let batch = opened.format.decode(piece).unwrap();
        // The later parts of an oversized record carry its number again.
        assert!(
            batch.first_record == done.records
                || (batch.records == 0 && batch.first_record + 1 == done.records)
        );
        done.records += u64::from(batch.records);
        for (at, cell, row) in batch.cells() {
            let texts = &batch.texts[at];
            let record = batch.first_record + u64::from(row);
            done.cells.push((record, texts.field.to_string(), texts.kind, texts.get(cell).to_owned()));
        }
        for bad in &batch.quarantined {
            done.quarantined.push((
                batch.first_record + u64::from(bad.row),
                batch.lines[bad.row as usize],
                bad.reason,
            ));
        }
        let rendered = opened.format.encode(&batch, &edits(&batch)).unwrap();
        done.quarantine.extend(&rendered.quarantine);
        output.append(rendered).unwrap();
    }
    done.cells.sort();
    output.finish(&mut |_| Ok(())).unwrap();
    done.output = fs::read(path).unwrap();
    done
}

fn sizes(piece_bytes: usize, record_limit: usize) -> ReadOptions {
    ReadOptions { piece_bytes, record_limit, ..ReadOptions::default() }
}

fn lines(bytes: &[u8]) -> Done {
    run("data.jsonl", bytes, &ReadOptions::default())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[test]
fn bad_lines_go_to_the_quarantine_and_good_ones_through() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let bad = [
        (b"{\"a\":\"Ann\",}".as_slice(), "a key is missing"),
        (b"{\"a\":\"A\0nn\"}", "a string holds a control character"),
        (b"\0", "neither a value nor a bracket"),
        (b"{'a':1}", "a key is missing"),
        (b"{\"a\":\"\xc3\"}", "not valid in the object's encoding"),
        (b"{\"a\":NaN}", "NaN and Infinity are not JSON; write null"),
        (b"{\"a\":-Infinity}", "NaN and Infinity are not JSON; write null"),
        (b"{", "the JSON text ends too early; where values go over lines, say --input-format json"),
        (b"\xef\xbb\xbf{}", "a byte order mark inside the text; join files without theirs"),
        (b"{\"a\":01}", "a comma or closing bracket is missing"),
        (b"{\"a\":\"Ann", "a string is not closed"),
        (b"{} {}", "more text follows the JSON value; where values share lines, say --input-format json"),
        (deep.as_bytes(), "nested deeper than 1,000 levels"),
    ];
    for (line, reason) in bad {
        let file = [b"{\"a\":\"Ann\"}\r\n\n", line, b"\n{\"a\":\"drop\"}\n[7,70.5,\"Ann\"]"].concat();
        let done = lines(&file);
        assert_eq!(done.quarantined, [(1, 3, reason)]);
        assert_eq!(done.text(), "{\"a\":\"<X>\"}\r\n\n[null,null,\"<X>\"]");
        assert_eq!(done.quarantine, [line, b"\n"].concat());
        let unparsed: Vec<_> = done.cells.iter().filter(|cell| cell.2 == Kind::Unparsed).collect();
        assert_eq!(unparsed.len(), 1, "the line is looked at as text");
        assert_eq!(unparsed[0].3, String::from_utf8_lossy(line));
    }
}

#[test]
fn nothing_to_read_is_read() {
    for bytes in ["", "\n", "\r\n \r\n", "\u{feff}"] {
        for name in ["a.jsonl", "a.json", "a.ndjson"] {
            let done = run(name, bytes.as_bytes(), &ReadOptions::default());
            assert_eq!(done.text(), bytes);
            assert!(done.quarantined.is_empty() && done.cells.is_empty());
        }
    }
}

#[test]
fn a_record_over_the_limit_is_never_held_whole() {
    let long = format!("{{\"a\":\"{}\"}}", "Ann ".repeat(8 << 20)); // 32 MiB
    let file = format!("{{\"a\":\"Ann\"}}\n{long}\n{{\"b\":\"Ann\"}}\n");
    let done = lines(file.as_bytes());
    assert_eq!(done.text(), "{\"a\":\"<X>\"}\n{\"b\":\"<X>\"}\n");
    assert_eq!(done.quarantined, [(1, 2, "longer than the limit for a record")]);
    assert_eq!(done.records, 3);
    assert!(done.quarantine == format!("{long}\n").as_bytes(), "all of it is kept");
    assert!(done.largest_piece <= ReadOptions::default().record_limit);
    assert!(done.cells.contains(&(2, "b".into(), Kind::Text, "Ann".into())));
}

#[test]
fn an_element_over_the_limit_leaves_an_array() {
    let long = format!("{{\"a\":\"{}\"}}", "Ann, ".repeat(100));
    for (before, behind) in [("", ""), ("", ", 1"), ("1 ,", ""), ("1, 2\n,", ", \"Ann\"")] {
        for piece in [1, 64, 1 << 20] {
            let file = format!("[{before} {long}{behind} ]\n");
            let done = run("data.json", file.as_bytes(), &sizes(piece, 100.max(piece.min(400))));
            if done.quarantined.is_empty() {
                assert!(piece > 1 << 10);
                continue;
            }
            assert_eq!(done.reasons(), ["longer than the limit for a record"], "{file:?}");
            let values: Vec<serde_json::Value> = serde_json::from_slice(&done.output).unwrap();
            assert_eq!(values.len() as u64, done.records - 1);
            assert!(String::from_utf8(done.quarantine).unwrap().contains(&long));
        }
    }
}

#[test]
fn json_files_of_every_shape() {
    let records = |name: &str, text: &str| {
        let done = run(name, text.as_bytes(), &sizes(8, 1 << 20));
        assert!(done.quarantined.is_empty(), "{text:?}: {:?}", done.quarantined);
        assert_eq!(done.text(), text.replace("Ann", "<X>"));
        (done.records, done.format.unwrap())
    };
    assert_eq!(records("a.json", "[\n  {\"a\": \"Ann\"},\n  {\"a\": [1, 2]}\n]\n"), (2, FormatName::Json));
    assert_eq!(records("a.json", "[{\"a\":\"Ann\"},{\"b\":2}]"), (2, FormatName::Json));
    assert_eq!(records("a.json", "{\n  \"a\": \"Ann\",\n  \"b\": [1, 2]\n}\n"), (1, FormatName::Json));
    assert_eq!(records("a.json", "{\"a\":\"Ann\"}\n{\"a\":2}\n"), (2, FormatName::Jsonl));
    assert_eq!(records("a.json", "[\"Ann\",1]\n[\"Bob\",2]\n"), (2, FormatName::Jsonl));
    assert_eq!(records("a.json", "{\n\"a\": \"Ann\"}\n{\n\"a\": 2\n}"), (2, FormatName::Json));
    assert_eq!(records("a.json", "\u{feff}[ ]"), (0, FormatName::Json));
    assert_eq!(records("a.json", "\"Ann\""), (1, FormatName::Json));
    assert_eq!(records("a.jsonl", "\"Ann\"\n1\r\n\nnull\n"), (3, FormatName::Jsonl));
    assert_eq!(records("a", "{\"a\":\"Ann\"}\n{\"a\":2}\n"), (2, FormatName::Jsonl));
    assert_eq!(records("a", "[{\"a\":\"Ann\"},\n{\"a\":2}]\n"), (2, FormatName::Json));
}

#[test]
fn dropped_elements_take_their_comma_along() {
    for piece in [1, 1 << 20] {
        let done = run("a.json", b"[\n  \"drop\",\n  \"Ann\",\n  \"drop\"\n]\n", &sizes(piece, 1 << 20));
        assert_eq!(done.text(), "[\n  \"<X>\"\n]\n");
        let done = run("a.json", b"[\"drop\",\"drop\"]", &sizes(piece, 1 << 20));
        assert_eq!(done.text(), "[]");
    }
}

#[test]
fn other_encodings_and_compression_come_out_as_they_went_in() {
    let text = "{\"a\":\"Bob é 😊\"}\r\n{\"a\":7e0}\n";
    let done = text.replace("7e0", "null");
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    assert_eq!(lines(&wide(text)).output, wide(&done));
    let out = run("a.jsonl.gz", &gzip(text.as_bytes()), &ReadOptions::default()).output;
    let mut plain = String::new();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(&out[..]), &mut plain).unwrap();
    assert_eq!(plain, done);
    let packed = zstd::encode_all(&b"{\"a\":\"Bob\"}\n"[..], 7).unwrap();
    assert_eq!(run("a.jsonl.zst", &packed, &ReadOptions::default()).output, packed);
}

#[test]
fn a_torn_stream_gives_the_records_before_the_tear() {
    let lines: Vec<_> =
        (0..50_000).map(|number| format!("{{\"n\":\"{}\"}}\n", number * 7919 % 50_021)).collect();
    let text = lines.concat();
    let whole = gzip(text.as_bytes());
    let done = run("a.jsonl.gz", &whole[..whole.len() / 2], &sizes(1 << 12, 1 << 20));
    let failure = done.failure.expect("half of a gzip file is torn");
    assert_eq!(failure.place.record, Some(done.records));
    assert!(done.records > 1_000 && done.quarantined.is_empty());
}

#[test]
fn ten_thousand_keys_are_ten_thousand_fields() {
    let members: Vec<_> = (0..9_999).map(|number| format!("\"k{number}\":\"Ann {number}\"")).collect();
    let line = format!("{{{}}}\n", members.join(","));
    let done = lines(line.repeat(2).as_bytes());
    assert_eq!(done.text(), line.repeat(2).replace("Ann", "<X>"));
    assert!(done.cells.contains(&(1, "k9998".into(), Kind::Text, "Ann 9998".into())));
}

#[test]
fn keys_with_personal_data_are_cells_and_are_rewritten() {
    let done = lines(b"{\"Ann@example.com\":{\"age\":1}}\n{\"Ann@example.com\":2}\n");
    assert!(done.cells.contains(&(1, "$".into(), Kind::Key, "Ann@example.com".into())));
    assert!(done.cells.contains(&(0, "[\"Ann@example.com\"].age".into(), Kind::Integer, "1".into())));
    assert_eq!(done.text(), "{\"<X>@example.com\":{\"age\":1}}\n{\"<X>@example.com\":2}\n");
}

#[test]
fn the_size_of_a_piece_changes_nothing() {
    let text =
        "{\"a\":\"Ann\",\"b\":[1,{\"c\":\"x\\\"\\n\"}]}\n\n{bad\n\"drop\"\n{\"a\":\"\\u0041nn\",\"d\":7}\n";
    let array = format!("[{}]", text.trim_end().replace("\n\n", "\n").replace('\n', ",\n"));
    for (name, text) in [("a.jsonl", text), ("a.json", &array)] {
        let whole = run(name, text.as_bytes(), &ReadOptions::default());
        for piece in [1, 7, 20, 50] {
            let cut = run(name, text.as_bytes(), &sizes(piece, 1 << 20));
            assert_eq!(
                (&cut.cells, &cut.quarantined, cut.text()),
                (&whole.cells, &whole.quarantined, whole.text())
            );
        }
    }
}
