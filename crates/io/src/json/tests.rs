//! The format as a whole: cells out of bytes, edits back into them.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::pieces::Borders;
use crate::{Cause, Change, Kind, Said, Splice};

const SHAPES: [Shape; 3] = [Shape::Lines, Shape::Elements, Shape::Values];

/// The pieces of an object, each of about `size` bytes.
fn pieces(bytes: &[u8], shape: Shape, size: usize) -> Vec<Piece> {
    let mut lines = Lines::new();
    let mut cutter = Cutter::new(shape, true);
    let mut pieces = Vec::new();
    let (mut start, mut at, mut record, mut line) = (0, 0, 0, 1);
    let (mut records, mut breaks) = (0, 0);
    loop {
        let rest = &bytes[at..];
        let border = if shape == Shape::Lines { lines.feed(rest) } else { cutter.feed(rest) };
        let ended = border.is_none();
        if let Some(border) = border {
            at += border.end;
            records += u64::from(border.record);
            breaks += border.lines;
        } else {
            at = bytes.len();
        }
        if ended || at - start >= size {
            pieces.push(Piece {
                index: pieces.len() as u64,
                first_record: record,
                first_line: line,
                cost: 0,
                content: Content::Bytes(bytes[start..at].to_vec()),
                beside: Said::default(),
            });
            (start, record, line) = (at, record + records, line + breaks);
            (records, breaks) = (0, 0);
        }
        if ended {
            return pieces;
        }
    }
}

fn batches(bytes: &[u8], shape: Shape, size: usize) -> Vec<Batch> {
    let decode = |piece| Json { shape }.decode(piece).expect("JSON decodes whatever it is");
    pieces(bytes, shape, size).into_iter().map(decode).collect()
}

fn batch(text: &str, shape: Shape) -> Batch {
    batches(text.as_bytes(), shape, usize::MAX).remove(0)
}

/// (record, line, field, kind, text), sorted.
fn cells(batches: &[Batch]) -> Vec<(u64, u64, String, Kind, String)> {
    let mut cells = Vec::new();
    for batch in batches {
        for (at, cell, row) in batch.cells() {
            let texts = &batch.texts[at];
            let (record, line) = (batch.first_record + u64::from(row), batch.lines[row as usize]);
            cells.push((record, line, texts.field.to_string(), texts.kind, texts.get(cell).to_owned()));
        }
    }
    cells.sort();
    cells
}

/// Field, kind and text of each cell of the first record, in the order of the texts.
fn record(text: &str) -> Vec<(String, Kind, String)> {
    let batch = batch(text, Shape::Lines);
    let cell = |(at, cell, _): (usize, u32, u32)| {
        let texts: &crate::Texts = &batch.texts[at];
        (texts.field.to_string(), texts.kind, texts.get(cell).to_owned())
    };
    batch.cells().map(cell).collect()
}

fn written(rendered: Vec<Rendered>) -> (Vec<u8>, Vec<u8>) {
    let (mut out, mut quarantine, mut before) = (Vec::new(), Vec::new(), false);
    for rendered in rendered {
        out.extend(rendered.body.into_bytes(&mut before));
        quarantine.extend(rendered.quarantine);
    }
    (out, quarantine)
}

/// The output after every cell got the change that `change` wants for its kind and text.
fn edited(batches: &[Batch], change: &dyn Fn(Kind, &str) -> Option<Change>) -> Vec<Rendered> {
    let render = |batch: &Batch| {
        let mut edits = Vec::new();
        for (at, texts) in batch.texts.iter().enumerate() {
            for (cell, text) in texts.iter().enumerate() {
                if let Some(change) = change(texts.kind, text) {
                    edits.push(Edit { texts: at as u32, cell: cell as u32, change });
                }
            }
        }
        Json { shape: Shape::Lines }.encode(batch, &edits).expect("edits fit their kinds")
    };
    batches.iter().map(render).collect()
}

fn dropping(text: &str, shape: Shape, size: usize, unwanted: &str) -> String {
    let done = edited(&batches(text.as_bytes(), shape, size), &|_, text| {
        (text == unwanted).then_some(Change::DropRecord)
    });
    String::from_utf8(written(done).0).expect("UTF-8 in, UTF-8 out")
}

fn replace(text: &str, old: &str, new: &str) -> Option<Change> {
    let splice = |(at, found): (usize, &str)| Splice {
        span: at as u32..(at + found.len()) as u32,
        text: new.to_owned(),
    };
    let splices: Vec<_> = text.match_indices(old).map(splice).collect();
    (!splices.is_empty()).then_some(Change::Splice(splices))
}

#[test]
fn cells_stand_under_their_paths() {
    let cell = |field: &str, kind, text: &str| (field.to_owned(), kind, text.to_owned());
    assert_eq!(
        record(r#"{"users":[{"name":"Ann","n":7},{"name":"B\u00f6b"}],"x.y":[[1.0]],"ok":true,"no":null}"#),
        [
            cell("$", Kind::Key, "users"),
            cell("$", Kind::Key, "x.y"),
            cell("$", Kind::Key, "ok"),
            cell("$", Kind::Key, "no"),
            cell("users[]", Kind::Key, "name"),
            cell("users[]", Kind::Key, "name"),
            cell("users[]", Kind::Key, "n"),
            cell("users[].name", Kind::Text, "Ann"),
            cell("users[].name", Kind::Text, "Böb"),
            cell("users[].n", Kind::Integer, "7"),
            cell("[\"x.y\"][][]", Kind::Float, "1"),
        ]
    );
    assert_eq!(record(" \"alone\" "), [cell("$", Kind::Text, "alone")]);
    assert_eq!(record("[-12.5]"), [cell("[]", Kind::Float, "-12.5")]);
    assert_eq!(record("123456789012345678901234567890")[0].2, "123456789012345678901234567890");
}

#[test]
fn keys_of_one_spelling_or_another_are_one_path() {
    let batch = batch("{\"a\\u002eb\":1}\n{\"a.b\":2}\n{\"a.b\":3,\"a\\u002eb\":4}", Shape::Lines);
    let keys = &batch.texts[0];
    assert_eq!((keys.kind, keys.len(), keys.get(0)), (Kind::Key, 1, "a.b"));
    assert_eq!(keys.occurrences.rows(0).collect::<Vec<_>>(), [0, 1, 2, 2]);
    assert_eq!(&*batch.texts[1].field, "[\"a.b\"]");
    assert_eq!(batch.texts[1].iter().collect::<Vec<_>>(), ["1", "2", "3", "4"]);
}

#[test]
fn more_paths_than_make_sense_fold() {
    use std::fmt::Write;
    let mut text = String::new();
    for number in 0..12_000 {
        writeln!(text, "{{\"key{number}\":{{\"inner\":\"v{number}\"}}}}").expect("strings take it");
    }
    let batches = batches(text.as_bytes(), Shape::Lines, usize::MAX);
    let folded = batches[0].texts.iter().find(|texts| &*texts.field == "*" && texts.kind == Kind::Key);
    assert!(folded.is_some_and(
        |keys| keys.iter().any(|key| key == "key11999") && keys.iter().any(|key| key == "inner")
    ));
    assert!(batches[0].texts.len() <= 20_000);
    assert_eq!(cells(&batches).len(), 3 * 12_000);
    let done = edited(&batches, &|_, text| replace(text, "key11999", "gone"));
    assert!(written(done).0.ends_with(b"{\"gone\":{\"inner\":\"v11999\"}}\n"));
}

#[test]
fn lines_are_counted_and_blank_ones_kept() {
    let text = "\u{feff}{\"a\":1}\r\n\r\n  \n{\"a\":2}\n\n[3";
    let all = batches(text.as_bytes(), Shape::Lines, usize::MAX);
    assert_eq!(all[0].lines, [1, 4, 6]);
    assert_eq!(
        all[0].quarantined,
        [crate::Quarantined {
            row: 2,
            reason: "the JSON text ends too early; where values go over lines, say --input-format json"
        }]
    );
    let (out, quarantine) = written(edited(&all, &|_, _| None));
    assert_eq!(String::from_utf8_lossy(&out), "\u{feff}{\"a\":1}\r\n\r\n  \n{\"a\":2}\n\n");
    assert_eq!(quarantine, b"[3\n");
}

#[test]
fn a_byte_order_mark_is_no_record() {
    for (text, records) in [("\u{feff}", 0), ("\u{feff} \r\n", 0), ("\u{feff}\n{}\n", 1), ("\u{feff}{}", 1)] {
        let all = batches(text.as_bytes(), Shape::Lines, usize::MAX);
        assert_eq!(all.iter().map(|batch| batch.records).sum::<u32>(), records, "{text:?}");
        assert_eq!(all.iter().map(|batch| batch.lines.len()).sum::<usize>(), records as usize, "{text:?}");
        assert_eq!(written(edited(&all, &|_, _| None)).0, text.as_bytes());
    }
}

#[test]
fn bad_utf8_is_scanned_as_far_as_it_reads_and_quarantined_as_it_is() {
    let all = batches(b"{\"a\":\"\xff me@example.com\"}\n\"fine\"\n", Shape::Lines, usize::MAX);
    let unparsed =
        all[0].texts.iter().find(|texts| texts.kind == Kind::Unparsed).expect("the line is a cell");
    assert_eq!(unparsed.get(0), "{\"a\":\"\u{fffd} me@example.com\"}");
    let (out, quarantine) = written(edited(&all, &|_, _| None));
    assert_eq!(out, b"\"fine\"\n");
    assert_eq!(quarantine, b"{\"a\":\"\xff me@example.com\"}\n");
}

#[test]
fn nothing_stays_of_a_bad_record_but_its_text() {
    let batch = batch("{\"a\":\"1\"}\n{\"new\":{\"b\":\"x\"},\"a\":\"2\",}\n{\"a\":\"3\"}\n", Shape::Lines);
    let texts: Vec<_> = batch.texts.iter().map(|texts| (&*texts.field, texts.kind, texts.len())).collect();
    assert_eq!(texts, [("$", Kind::Key, 1), ("a", Kind::Text, 2), ("unparsed", Kind::Unparsed, 1)]);
    assert_eq!(batch.texts[1].iter().collect::<Vec<_>>(), ["1", "3"]);
}

#[test]
fn only_the_splice_changes() {
    let text = r#" { "caf\u00E9" : "a\/b \ud83d\ude00 Ann\t\u0041nn" , "n":1.50E+3,"s":"Ann" } "#;
    let done = edited(&[batch(text, Shape::Lines)], &|_, text| replace(text, "Ann", "\"<X>\"\u{1}"));
    let out = String::from_utf8(written(done).0).expect("UTF-8");
    let new = r#"\"<X>\"\u0001"#;
    assert_eq!(
        out,
        text.replace("Ann\\t\\u0041nn", &format!("{new}\\t{new}")).replace("\"Ann\"", &format!("\"{new}\""))
    );
}

#[test]
fn null_and_dropped_records() {
    let text = "{\"a\":\"x\\\"y\",\"b\":1e2}\n{\"a\":\"drop\"}\n{\"b\":100}";
    let done = edited(&[batch(text, Shape::Lines)], &|_, text| match text {
        "x\"y" | "100" => Some(Change::Null),
        "drop" => Some(Change::DropRecord),
        _ => None,
    });
    assert_eq!(done[0].dropped, 1);
    assert_eq!(written(done).0, b"{\"a\":null,\"b\":null}\n{\"b\":null}");
}

#[test]
fn edits_that_cannot_be_are_refused_with_their_place() {
    let batch = batch("{\"a\":1}\n{\"a\":2}", Shape::Lines);
    let splice = Change::Splice(vec![Splice { span: 0..1, text: "x".into() }]);
    let error = Json { shape: Shape::Lines }
        .encode(&batch, &[Edit { texts: 1, cell: 1, change: splice }])
        .expect_err("no text in place of a number");
    assert_eq!((error.place.record, error.place.field.as_deref()), (Some(1), Some("a")));
    let error = Json { shape: Shape::Lines }
        .encode(&batch, &[Edit { texts: 0, cell: 0, change: Change::Null }])
        .expect_err("a key cannot be null");
    assert!(matches!(error.cause, Cause::NotNullable));
}

#[test]
fn keys_are_renamed_everywhere_unless_two_become_one() {
    let text = "{\"ann\":1,\"x\":{\"bob\":2}}\n{\"ann\":1,\"bob\":2}\n{\"ann\":1,\"\\u0061nn\":2}\n{\"ann\":0,\"KEY\":1}\n";
    let done = edited(&[batch(text, Shape::Lines)], &|kind, text| {
        (kind == Kind::Key && (text == "ann" || text == "bob"))
            .then(|| Change::Splice(vec![Splice { span: 0..3, text: "KEY".into() }]))
    });
    let rows: Vec<_> = done[0].quarantined.iter().map(|quarantined| quarantined.row).collect();
    assert_eq!(rows, [1, 3]);
    let (out, quarantine) = written(done);
    assert_eq!(String::from_utf8_lossy(&out), "{\"KEY\":1,\"x\":{\"KEY\":2}}\n{\"KEY\":1,\"KEY\":2}\n");
    assert_eq!(String::from_utf8_lossy(&quarantine), "{\"ann\":1,\"bob\":2}\n{\"ann\":0,\"KEY\":1}\n");
}

#[test]
fn elements_are_dropped_with_one_comma() {
    for size in [1, usize::MAX] {
        let dropped = |unwanted| dropping("[ 1 , 2,\n3 ]\n", Shape::Elements, size, unwanted);
        assert_eq!(dropped("1"), "[  2,\n3 ]\n");
        assert_eq!(dropped("2"), "[ 1 ,\n3 ]\n");
        assert_eq!(dropped("3"), "[ 1 , 2 ]\n");
        assert_eq!(dropped("none"), "[ 1 , 2,\n3 ]\n");
        assert_eq!(dropping("[1,1,1]", Shape::Elements, size, "1"), "[]");
        assert_eq!(dropping("[1,1,2,1]", Shape::Elements, size, "1"), "[2]");
    }
}

#[test]
fn an_array_that_breaks_off_keeps_its_whole_elements() {
    let all = batches(b"[{\"a\":\"],[\"}, {\"b\":[1}, {\"c\"", Shape::Elements, 1);
    assert_eq!(cells(&all).len(), 3);
    let (out, quarantine) = written(edited(&all, &|_, _| None));
    assert_eq!(String::from_utf8_lossy(&out), "[{\"a\":\"],[\"}");
    assert_eq!(String::from_utf8_lossy(&quarantine), "{\"b\":[1}, {\"c\"\n");
}

#[test]
fn values_need_no_lines() {
    let text = "\u{feff}{\n \"a\": 1\n}{\"a\":2}\n \"x y\" 3\n4 nonsense [5,\n6]";
    let all = batches(text.as_bytes(), Shape::Values, 1);
    let lines: Vec<_> = all.iter().flat_map(|batch| batch.lines.clone()).collect();
    assert_eq!(lines, [1, 3, 4, 4, 5, 5, 5]);
    let (out, quarantine) = written(edited(&all, &|_, _| None));
    assert_eq!(String::from_utf8_lossy(&out), text.replace(" nonsense", ""));
    assert_eq!(quarantine, b"nonsense\n");
}

/// JSON text of one record: every escape, blanks between tokens, numbers of all spellings.
fn json() -> impl Strategy<Value = String> {
    let unit = prop::sample::select(vec![
        "a",
        "b",
        "é",
        "😀",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u0061",
        "\\u00e9",
        "\\ud83d\\ude00",
        "\\u0000",
        "\\ud800",
        "\\udc00",
        ",",
        "]",
        "}",
        "[",
        "{",
        ":",
        " ",
        "7",
    ]);
    let string = prop::collection::vec(unit, 0..6).prop_map(|units| format!("\"{}\"", units.concat()));
    let leaf = prop_oneof![
        4 => string.clone(),
        1 => prop::sample::select(vec!["0", "-7", "17.0", "4.5e-1", "1E2", "77e0", "123456789012345678901"]).prop_map(String::from),
        1 => prop::sample::select(vec!["true", "false", "null"]).prop_map(String::from),
    ];
    let blank = prop::sample::select(vec!["", "", " ", "\t", " \r"]);
    leaf.prop_recursive(4, 24, 5, move |inner| {
        let element = (blank.clone(), inner.clone(), blank.clone())
            .prop_map(|(before, value, behind)| format!("{before}{value}{behind}"));
        let member = (blank.clone(), string.clone(), blank.clone(), element.clone())
            .prop_map(|(before, key, behind, value)| format!("{before}{key}{behind}:{value}"));
        prop_oneof![
            prop::collection::vec(element, 0..4).prop_map(|elements| format!("[{}]", elements.join(","))),
            prop::collection::vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

/// Signs that matter to JSON, close together, valid UTF-8 or not.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let atom = prop::sample::select(vec![
        &b"{"[..],
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\"",
        b"\"a\"",
        b"\\",
        b"\\u12",
        b"1",
        b"-",
        b"e",
        b"true",
        b"nul",
        b" ",
        b"\n",
        b"\r\n",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\0",
        b"{\"a\":[1,\"b\"]}",
    ]);
    prop::collection::vec(atom, 0..30).prop_map(|atoms| atoms.concat())
}

/// Whatever the bytes: decoding and rendering neither panics nor loses any, and without quarantine changes none.
fn fuzz(bytes: &[u8]) {
    for shape in SHAPES {
        let all = batches(bytes, shape, usize::MAX);
        let rendered = edited(&all, &|_, _| None);
        let whole = all.iter().all(|batch| batch.quarantined.is_empty());
        assert_eq!(rendered.iter().all(|rendered| rendered.verbatim), whole);
        let (out, quarantine) = written(rendered);
        if whole {
            assert_eq!(out, bytes);
        } else if shape == Shape::Lines {
            let bad = |line: usize| {
                let row = all[0].lines.iter().position(|&at| at == line as u64 + 1);
                all[0].quarantined.iter().any(|bad| Some(bad.row as usize) == row)
            };
            let (mut kept, mut gone) = (Vec::new(), Vec::new());
            for (at, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
                let (mark, line) = line.split_at(if at == 0 && line.starts_with(cut::BOM) { 3 } else { 0 });
                kept.extend(mark);
                if bad(at) { crate::text::quarantine(line, &mut gone) } else { kept.extend(line) }
            }
            assert_eq!((out, quarantine), (kept, gone));
        }
        let edits = edited(&all, &|kind, text| match kind {
            _ if text.len() % 5 == 4 => Some(Change::DropRecord),
            Kind::Integer | Kind::Float => Some(Change::Null),
            Kind::Unparsed => None,
            _ => replace(text, "a", "\"\u{7}"),
        });
        for (batch, rendered) in all.iter().zip(&edits) {
            assert!(
                rendered.dropped as usize + rendered.quarantined.len() + batch.quarantined.len()
                    <= batch.records as usize
            );
        }
    }
}

/// What `only a changes` does to the bytes, said without a parser.
fn expected(text: &str) -> String {
    let mut out = String::new();
    let mut quoted = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let unit = match (quoted, first) {
            (true, '\\') if rest.starts_with("\\u") => 6,
            (true, '\\') => 2,
            (false, '-' | '0'..='9') => rest
                .find(|sign: char| !matches!(sign, '-' | '+' | '.' | 'e' | 'E' | '0'..='9'))
                .unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (unit, behind) = rest.split_at(unit);
        rest = behind;
        match unit {
            "a" | "\\u0061" if quoted => out.push_str("<\\\"\\n>"),
            number if !quoted && number.contains('7') => out.push_str("null"),
            same => out.push_str(same),
        }
        quoted ^= unit == "\"";
    }
    out
}

/// The same as values.
fn changed(value: &Value) -> Value {
    match value {
        Value::String(text) => text.replace('a', "<\"\n>").into(),
        Value::Array(list) => list.iter().map(changed).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, value)| (key.replace('a', "<\"\n>"), changed(value))).collect()
        }
        Value::Number(number) if number.to_string().contains('7') => Value::Null,
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_of_any_bytes(bytes in noise()) {
        fuzz(&bytes);
    }

    #[test]
    fn nothing_changes_without_edits(records in prop::collection::vec(json(), 0..5), size in 1usize..60) {
        for (shape, text) in [
            (Shape::Lines, records.join("\n")),
            (Shape::Elements, format!("[{}]", records.join(" ,\n"))),
            (Shape::Values, records.join("\n")),
        ] {
            let all = batches(text.as_bytes(), shape, size);
            let count: u32 = all.iter().map(|batch| batch.records).sum();
            prop_assert_eq!(count as usize, records.len());
            let (out, quarantine) = written(edited(&all, &|_, _| None));
            prop_assert_eq!(String::from_utf8(out).ok(), Some(text));
            prop_assert!(quarantine.is_empty());
        }
    }

    #[test]
    fn cuts_do_not_change_the_cells(bytes in noise(), size in 1usize..30) {
        for shape in SHAPES {
            let (whole, cut) = (batches(&bytes, shape, usize::MAX), batches(&bytes, shape, size));
            prop_assert_eq!(cells(&whole), cells(&cut), "{:?} {:?}", shape, pieces(&bytes, shape, size));
            let (whole, cut) = (edited(&whole, &|_, _| None), edited(&cut, &|_, _| None));
            prop_assert_eq!(written(whole), written(cut));
        }
    }

    #[test]
    fn edits_change_their_stretch_alone(records in prop::collection::vec(json(), 1..4), size in 1usize..60) {
        let text = records.join("\n");
        let done = edited(&batches(text.as_bytes(), Shape::Lines, size), &|kind, text| match kind {
            Kind::Integer | Kind::Float => text.contains('7').then_some(Change::Null),
            _ => replace(text, "a", "<\"\n>"),
        });
        prop_assert!(done.iter().all(|rendered| rendered.quarantined.is_empty()), "a longer key met another");
        let out = String::from_utf8(written(done).0).expect("UTF-8");
        prop_assert_eq!(&out, &expected(&text));
        for (new, old) in out.split('\n').zip(&records) {
            // serde_json refuses lone surrogates.
            if let Ok(old) = serde_json::from_str::<Value>(old) {
                prop_assert_eq!(serde_json::from_str::<Value>(new).ok(), Some(changed(&old)));
            }
        }
    }

    #[test]
    fn strings_and_numbers_read_as_serde_json_reads_them(text in json()) {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let (mut theirs, mut ours) = (Vec::new(), Vec::new());
            leaves(&value, "", &mut theirs);
            for (field, kind, text) in record(&text) {
                match kind {
                    Kind::Text => ours.push((field, Value::String(text))),
                    Kind::Integer | Kind::Float => ours.push((field, rounded(text.parse().ok()))),
                    _ => {}
                }
            }
            // Of keys that stand twice serde_json keeps the last.
            prop_assert!(ours.len() >= theirs.len());
            for leaf in theirs {
                let at = ours.iter().position(|cell| *cell == leaf);
                prop_assert!(at.is_some(), "{:?} of {:?} is not in {:?}", leaf, text, ours);
                ours.remove(at.expect("just checked"));
            }
        }
    }

    #[test]
    fn dropped_elements_leave_an_array(keep in prop::collection::vec(any::<bool>(), 0..8), size in 1usize..20) {
        let elements: Vec<_> = keep.iter().map(|keep| if *keep { "\"k\"" } else { "\"d\"" }).collect();
        let out = dropping(&format!("[{}]", elements.join(", ")), Shape::Elements, size, "d");
        let left = serde_json::from_str::<Vec<String>>(&out).expect("still an array");
        prop_assert_eq!(left.len(), keep.iter().filter(|keep| **keep).count());
    }
}

/// `serde_json` does not always round as the nearest double wants.
fn rounded(number: Option<f64>) -> Value {
    number.map(|number| format!("{number:.12e}")).into()
}

fn leaves(value: &Value, path: &str, out: &mut Vec<(String, Value)>) {
    let field = || if path.is_empty() { "$" } else { path }.to_owned();
    match value {
        Value::String(_) => out.push((field(), value.clone())),
        Value::Number(number) => out.push((field(), rounded(number.as_f64()))),
        Value::Array(list) => list.iter().for_each(|value| leaves(value, &format!("{path}[]"), out)),
        Value::Object(map) => map.iter().for_each(|(key, value)| leaves(value, &paths::join(path, key), out)),
        _ => {}
    }
}

#[test]
fn the_corpus_is_survived() {
    for bytes in [
        &b""[..],
        b"\xef\xbb\xbf",
        b"\n\n",
        b"{\"a\":\"\\ud800\"}",
        b"[,,1,]",
        b"[1]]\n[2]",
        b"{\"a\":1}}{",
        b"\"\\",
        b"[\"\\",
        b"1\x00",
        b"{\"a\":1,\"a\":{\"a\":\"aaaa\"}}\r\n",
        b"\xef\xbb\xbf[\xef\xbb\xbf]",
    ] {
        fuzz(bytes);
    }
    fuzz("[".repeat(100_000).as_bytes());
    fuzz(format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000)).as_bytes());
}
