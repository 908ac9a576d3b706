//! Cells that something beside them names: `{"name": "secret", "value": "hunter"}` holds what `{"secret": "hunter"}`
//! does, in every format, and nothing of it depends on how it is written.

#[path = "fixtures/toys.rs"]
mod toys;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, DictionaryArray, ListArray, MapArray, RecordBatch, RecordBatchIterator, StringArray,
    StructArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields, Int32Type};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use serde_json::Value;
use sievert_core::{Destination, Job, Limits, Overrides, Plan, Policy, Task, run};
use sievert_detect::{Detector, Evidence, Scratch};
use sievert_io::{Frame, Input, ReadOptions};
use toys::{NUMBER, SECRET, TOKEN};

static PIN: Detector = Detector {
    id: "toy.pin",
    title: "Toy number behind its name",
    placeholder: "PIN",
    labelled: "[0-9]{4,10}",
    labels: &["pin"],
    ..Detector::BLANK
};

const DETECTORS: [&Detector; 4] = [&TOKEN, &NUMBER, &SECRET, &PIN];

fn plan() -> Plan {
    Plan::new(&Policy::default(), &DETECTORS, &Overrides::default()).expect("a plan")
}

fn limits() -> Limits {
    Limits { threads: 1, memory: 1 << 24, ..Limits::default() }
}

/// A finding, as told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    record: u64,
    field: String,
    detector: String,
    why: String,
    confidence: String,
    start: u64,
}

/// All findings, and the report as text.
fn scan(input: Input, folder: &Path) -> (Vec<Told>, String) {
    let findings = folder.join("findings.jsonl");
    let job = Job {
        findings: Some(findings.clone()),
        limits: limits(),
        ..Job::new(plan(), vec![input], Task::Scan)
    };
    let report = run(&job, &()).expect("a report");
    assert!(report.complete() && report.ledger.adds_up(), "{:?}", report.not_examined);
    let lines = fs::read_to_string(&findings).expect("findings");
    fs::remove_file(findings).expect("removed");
    let told = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let word = |key: &str| row[key].as_str().expect("a word").to_owned();
        let why: Vec<_> = row["why"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        Told {
            record: row["record"].as_u64().expect("a number"),
            field: word("field"),
            detector: word("detector"),
            why: why.join(" "),
            confidence: word("confidence"),
            start: row["start"].as_u64().expect("a number"),
        }
    };
    let mut told: Vec<_> = lines.lines().map(told).collect();
    told.sort();
    (told, serde_json::to_string(&report).expect("JSON") + &lines)
}

fn scan_text(name: &str, text: &str) -> (Vec<Told>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), text).expect("written");
    scan(Input::Path(folder.path().join(name)), folder.path())
}

/// Field, detector, why and confidence.
fn short(told: &[Told]) -> Vec<(&str, &str, &str, &str)> {
    told.iter().map(|one| (&*one.field, &*one.detector, &*one.why, &*one.confidence)).collect()
}

fn redact(name: &str, text: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), text).expect("written");
    let to = Destination::Folder(folder.path().join("out"));
    let task = Task::Redact { to, overwrite: false, state: folder.path().join("state") };
    let inputs = vec![Input::Path(folder.path().join(name))];
    run(&Job { limits: limits(), ..Job::new(plan(), inputs, task) }, &()).expect("a report");
    fs::read_to_string(folder.path().join("out").join(name)).expect("an output")
}

#[test]
fn a_value_is_looked_at_as_in_a_field_of_its_name() {
    let secret = |field| vec![(field, "toy.secret", "field", "likely")];
    for (record, expected) in [
        (r#"{"name":"secret","value":"hunter"}"#, secret("value")),
        (r#"{"headers":[{"name":"X-Secret","value":"hunter"}]}"#, secret("headers[].value")),
        (r#"{"Tags":[{"Key":"secret","Value":"hunter"}]}"#, secret("Tags[].Value")),
        (r#"{"ParameterKey":"Secret","ParameterValue":"hunter"}"#, secret("ParameterValue")),
        (r#"{"key":"app.secret","value":{"stringValue":"hunter"}}"#, secret("value.stringValue")),
        (r#"{"name":"secret","values":["hunter"]}"#, secret("values[]")),
        (r#"{"type":{"coding":[{"code":"x","display":"Secret"}]},"value":"hunter"}"#, secret("value")),
        (r#"{"code":{"text":"Secret"},"valueString":"hunter"}"#, secret("valueString")),
        (r#"{"type":"string","name":"secret","value":"hunter"}"#, secret("value")),
        (r#"{"system":"https://example.org/secret","value":"hunter"}"#, secret("value")),
        // The nearest name speaks, and none that stands elsewhere.
        (r#"{"name":"colour","value":{"name":"secret","value":"hunter"}}"#, secret("value.value")),
        (r#"{"name":"secret","value":{"name":"colour","value":"hunter"}}"#, vec![]),
        (r#"{"name":"secret","x":{"value":"hunter"}}"#, vec![]),
        (r#"{"x":{"name":"secret"},"value":"hunter"}"#, vec![]),
        (r#"{"a":[{"name":"secret"},{"value":"hunter"}]}"#, vec![]),
        (r#"{"header":["secret","name"],"values":["hunter","anna"]}"#, vec![]),
        (r#"{"name":"colour","value":"hunter"}"#, vec![]),
        (r#"{"name":"secret","text":"hunter"}"#, vec![]),
        // A count, a mark of an earlier redaction, and what is too long say nothing.
        (r#"{"name":"secret_count","value":"hunter"}"#, vec![]),
        (r#"{"name":"<SECRET>","value":"hunter"}"#, vec![]),
        (r#"{"name":"secret of <NUMBER>","value":"hunter"}"#, secret("value")),
        (r#"{"<SECRET>":"hunter"}"#, vec![]),
        (&format!(r#"{{"name":"secret {}","value":"hunter"}}"#, "x".repeat(100)), vec![]),
    ] {
        let (told, _) = scan_text("a.jsonl", record);
        assert_eq!(short(&told), expected, "{record}");
    }
}

#[test]
fn elements_of_lists_are_pairs_too() {
    let secret = |field| vec![(field, "toy.secret", "field", "likely")];
    for (record, expected) in [
        (r#"{"query":[["secret","hunter 2"],["page","2"]]}"#, secret("query[][]")),
        (r#"{"m":{"entries":[["size",3],["X-Secret","hunter 2"]]}}"#, secret("m.entries[][]")),
        (r#"{"rawHeaders":["Host","hunter 2","X-Secret","hunter 2"]}"#, secret("rawHeaders[]")),
        (
            r#"{"card":["vcard",[["secret",{"type":"work"},"text","hunter 2"],["fn",{},"text","hunter 2"]]]}"#,
            secret("card[][][]"),
        ),
        // The rows of a table of two columns, and of one file.
        (r#"["secret","hunter 2"]"#, secret("[]")),
        // What is in other lists, is no text, or is not beside each other, is no pair.
        (r#"{"words":["my","secret","hunter 2","secret","hunter 2","x"]}"#, vec![]),
        (r#"{"words":["secret","hunter 2"]}"#, vec![]),
        (r#"{"rows":[["a","secret","hunter 2"],["secret","hunter 2","b"]]}"#, vec![]),
        // A word beside a name is what kind of thing it is.
        (r#"{"columns":[["id","int"],["secret","text"],["x","secret_text"]]}"#, vec![]),
        (r#"{"rows":[["secret",null,"hunter 2"],["secret",{},"hunter 2"],["secret",["hunter 2"]]]}"#, vec![]),
        (r#"{"rows":[["secret",{},"text","x","hunter 2"],["secret","a","b","hunter 2"]]}"#, vec![]),
        (r#"{"headers":["Host","secret","hunter 2","x"]}"#, vec![]),
        (r#"{"headers":["secret","hunter 2","x"]}"#, vec![]),
        (r#"{"headers":["secret",null,"hunter 2","x"]}"#, vec![]),
        (r#"{"headers":["secret",["hunter 2"],[],"hunter 2"]}"#, vec![]),
    ] {
        let (told, _) = scan_text("a.jsonl", record);
        assert_eq!(short(&told), expected, "{record}");
        let clean = redact("a.jsonl", record);
        assert_eq!(scan_text("a.jsonl", &clean).0, [], "{record}");
        assert_eq!(clean.replace("<SECRET>", "hunter"), *record, "all but values stays as it is spelt");
    }
}

/// In charts, names have numbers: `{"name": "pins", "value": 1250}`. An identifier is long.
#[test]
fn a_short_number_beside_a_name_is_possible() {
    let told = |record: &str| short_levels(&scan_text("a.jsonl", record).0);
    assert_eq!(told(r#"{"name":"pin","value":125000}"#), ["possible"]);
    assert_eq!(told(r#"{"name":"pin","value":123450000}"#), ["likely"]);
    assert_eq!(told(r#"{"name":"pin","value":"125000"}"#), ["likely"], "written as a text");
    assert_eq!(told(r#"{"pin":125000}"#), ["likely"], "a field of its own");
}

fn short_levels(told: &[Told]) -> Vec<String> {
    told.iter().map(|one| one.confidence.clone()).collect()
}

#[test]
fn lines_that_name_the_next_one_are_pairs() {
    for (text, line) in [
        ("env:\n  - name: DB_SECRET\n    value: hunter\n", 2),
        ("- key: \"secret\"\n  value: 'hunter'\n", 1),
        ("{\n  \"name\": \"secret\",\n  \"value\": \"hunter\"\n}\n", 2),
    ] {
        let (told, _) = scan_text("a.txt", text);
        assert_eq!(short(&told), [("text", "toy.secret", "field", "likely")], "{text}");
        assert_eq!(told[0].record, line, "{text}");
        let clean = redact("a.txt", text);
        assert_eq!(clean, text.replace("hunter", "<SECRET>"));
        assert_eq!(scan_text("a.txt", &clean).0, []);
    }
    for text in
        ["- name: secret\n\n  other: x\n  value: hunter\n", "a secret\nvalue hunter\n", "value: hunter\n"]
    {
        assert_eq!(scan_text("a.txt", text).0, [], "{text}");
    }
}

#[test]
fn names_are_in_no_report_and_values_are_rewritten() {
    // The name is a finding itself, and says what the value is.
    let record = r#"{"name":"secret of tok_abc123","value":"hunter"}"#;
    let (told, report) = scan_text("a.jsonl", record);
    assert_eq!(
        short(&told),
        [("name", "toy.token", "unmistakable", "certain"), ("value", "toy.secret", "field", "likely")]
    );
    assert!(!report.contains("tok_abc123") && !report.contains("hunter"), "{report}");
    let clean = redact("a.jsonl", record);
    assert_eq!(clean, r#"{"name":"secret of <TOKEN>","value":"<SECRET>"}"#);
    assert_eq!(redact("a.jsonl", &clean), clean);
}

/// Names and values of a long table.
fn table() -> Vec<(String, String)> {
    let names = ["secret", "colour", "app_secret", "pin", "size", "secretCount"];
    let values = ["hunter", "green", "123456789", "tok_abc123", "x"];
    (0..300).map(|row| (names[(row + row / 6) % 6].to_owned(), values[row % 5].to_owned())).collect()
}

fn write_parquet(path: &Path, rows: &RecordBatch, dictionary: bool) {
    let options = WriterProperties::builder().set_dictionary_enabled(dictionary).build();
    let mut writer = ArrowWriter::try_new(File::create(path).expect("a file"), rows.schema(), Some(options))
        .expect("a writer");
    writer.write(rows).expect("written");
    writer.finish().expect("finished");
}

fn frame(rows: RecordBatch) -> Input {
    let schema = rows.schema();
    Input::Frame(Frame::new("t", Box::new(RecordBatchIterator::new([Ok(rows)], schema)), Vec::new()))
}

/// What is told of rows as a frame, and as Parquet with and without dictionaries.
fn scan_rows(rows: &RecordBatch, folder: &Path) -> [Vec<Told>; 3] {
    let parquet = |dictionary| {
        let path: PathBuf = folder.join("t.parquet");
        write_parquet(&path, rows, dictionary);
        scan(Input::Path(path), folder).0
    };
    [scan(frame(rows.clone()), folder).0, parquet(false), parquet(true)]
}

#[test]
fn a_long_table_is_one_of_pairs_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut csv, mut jsonl) = ("attribute,value\n".to_owned(), String::new());
    for (name, value) in table() {
        writeln!(csv, "{name},{value}").expect("a string");
        writeln!(jsonl, "{{\"attribute\":{name:?},\"value\":{value:?}}}").expect("a string");
    }
    let (expected, _) = scan_text("t.jsonl", &jsonl);
    assert_eq!(expected.iter().filter(|one| one.detector == "toy.secret").count(), 36, "of two names");
    assert_eq!(scan_text("t.csv", &csv).0, expected);

    let column = |of: fn((String, String)) -> String| table().into_iter().map(of).collect::<Vec<_>>();
    let (names, values) = (column(|(name, _)| name), column(|(_, value)| value));
    let text = |cells: &[String]| Arc::new(StringArray::from_iter_values(cells)) as ArrayRef;
    let coded = |cells: &[String]| {
        Arc::new(cells.iter().map(|cell| Some(&**cell)).collect::<DictionaryArray<Int32Type>>()) as ArrayRef
    };
    for names in [text(&names), coded(&names)] {
        let rows =
            RecordBatch::try_from_iter([("attribute", names), ("value", text(&values))]).expect("rows");
        for told in scan_rows(&rows, folder.path()) {
            assert_eq!(told, expected);
        }
    }
    // A value of a dictionary is one cell, and changed in all its places: what one of them is told to be, all are.
    let rows =
        RecordBatch::try_from_iter([("attribute", text(&names)), ("value", coded(&values))]).expect("rows");
    let (told, _) = scan(frame(rows), folder.path());
    assert!(expected.iter().all(|one| told.contains(one)));
    assert!(told.iter().all(|one| one.detector != "toy.secret" || one.record % 5 < 2), "of two values");
}

#[test]
fn pairs_stand_in_nested_columns_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let all = table();
    let per_row = |row: usize| &all[row * 3..row * 3 + row % 4];
    let text = |of: fn(&(String, String)) -> &String| {
        let cells = (0..99).flat_map(|row| per_row(row).iter().map(of));
        Arc::new(StringArray::from_iter_values(cells)) as ArrayRef
    };
    let (names, values) = (text(|(name, _)| name), text(|(_, value)| value));
    let offsets = || OffsetBuffer::<i32>::from_lengths((0..99).map(|row| row % 4));
    let pair = |[name, value]: [&str; 2], nullable| {
        let field = |name: &str, nullable| Arc::new(Field::new(name, DataType::Utf8, nullable));
        let fields = Fields::from(vec![field(name, false), field(value, nullable)]);
        StructArray::new(fields, vec![names.clone(), values.clone()], None)
    };
    let of_structs = pair(["name", "value"], true);
    let item = Arc::new(Field::new("item", of_structs.data_type().clone(), true));
    let list: ArrayRef = Arc::new(ListArray::new(item, offsets(), Arc::new(of_structs), None));
    let entries = pair(["keys", "values"], true);
    let item = Arc::new(Field::new("entries", entries.data_type().clone(), false));
    let map: ArrayRef = Arc::new(MapArray::new(item, offsets(), entries, None, false));

    let mut jsonl = String::new();
    for row in 0..99 {
        let pairs: Vec<_> = per_row(row)
            .iter()
            .map(|(name, value)| format!("{{\"name\":{name:?},\"value\":{value:?}}}"))
            .collect();
        writeln!(jsonl, "{{\"headers\":[{}]}}", pairs.join(",")).expect("a string");
    }
    let (expected, _) = scan_text("t.jsonl", &jsonl);
    assert!(expected.iter().filter(|one| one.detector == "toy.secret").count() > 5);
    let lists = RecordBatch::try_from_iter([("headers", list)]).expect("rows");
    for told in scan_rows(&lists, folder.path()) {
        assert_eq!(told, expected);
    }
    // A map is pairs whatever its entries are called.
    let maps = RecordBatch::try_from_iter([("headers", map)]).expect("rows");
    for told in scan_rows(&maps, folder.path()) {
        let field =
            |one: &Told| Told { field: one.field.replace("headers.value", "headers[].value"), ..one.clone() };
        assert_eq!(told.iter().map(field).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_sample_keeps_names_with_what_they_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = table().iter().fold(String::new(), |lines, (name, value)| {
        lines + &format!("{{\"name\":{name:?},\"value\":{value:?}}}\n")
    });
    let (all, _) = scan_text("t.jsonl", &lines);
    let path = folder.path().join("t.jsonl");
    fs::write(&path, lines).expect("written");
    let findings = folder.path().join("findings.jsonl");
    let sample = sievert_core::SampleSize::parse("40%").map(|size| sievert_core::Sample { size, seed: 3 });
    let job = Job {
        findings: Some(findings.clone()),
        limits: limits(),
        sample,
        ..Job::new(plan(), vec![Input::Path(path)], Task::Scan)
    };
    run(&job, &()).expect("a report");
    let rows = fs::read_to_string(findings).expect("findings");
    let drawn = rows.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let drawn: Vec<_> =
        drawn.map(|row| (row["record"].as_u64(), row["detector"].as_str().map(str::to_owned))).collect();
    assert!(drawn.len() > 30 && drawn.len() < all.len());
    for (record, detector) in drawn {
        assert!(all.iter().any(|one| Some(one.record) == record && Some(&one.detector) == detector.as_ref()));
    }
}

/// How a JSON string may be spelt.
fn spelt(text: &str, escaped: bool) -> String {
    match escaped {
        true => text.chars().fold(String::new(), |all, c| all + &format!("\\u{:04x}", u32::from(c))),
        false => text.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the order of members, the spelling of names, and what else stands there or in other records: each value
    /// is what a scan of it alone finds that knows its name.
    #[test]
    fn each_value_is_what_it_is_by_its_name(
        pairs in prop::collection::vec((0..7_usize, 0..6_usize, any::<bool>(), any::<bool>(), 0..3_usize), 1..40),
    ) {
        const NAMES: [&str; 7] = ["secret", "my pin", "colour", "pin or secret", "secretCount", "", "x.secret"];
        const VALUES: [&str; 6] = ["hunter", "1234567890", "tok_abc123", "say hunter", "of tok_abc123", "-"];
        let plan = plan();
        let (mut lines, mut expected) = (String::new(), Vec::new());
        for (record, &(name, value, escaped, first, more)) in (0..).zip(&pairs) {
            let (name, value) = (NAMES[name], VALUES[value]);
            let spelt_name = format!("\"name\":\"{}\"", spelt(name, escaped));
            let spelt_value = format!("\"{}\":\"{value}\"", spelt("value", escaped));
            let others = ["", "\"id\":7,", "\"a\":{\"name\":\"secret\"},"][more];
            let members = if first { [spelt_value, spelt_name] } else { [spelt_name, spelt_value] };
            writeln!(lines, "{{{others}{}}}", members.join(",")).expect("a string");
            let field = plan.field("value").field.named_by(&plan.scanner().field(name));
            let mut findings = plan.find(&field, value, &mut Scratch::default()).expect("no recognizer");
            findings.retain(|finding| !finding.evidence.has(Evidence::COLUMN));
            expected.extend(findings.into_iter().map(|finding| Told {
                record,
                field: "value".into(),
                detector: plan.scanner().about(finding.detector).id.to_owned(),
                why: finding.evidence.codes().collect::<Vec<_>>().join(" "),
                confidence: finding.confidence.to_string(),
                start: u64::from(finding.span.start),
            }));
        }
        let (told, _) = scan_text("a.jsonl", &lines);
        expected.sort();
        prop_assert_eq!(told, expected);
        let clean = redact("a.jsonl", &lines);
        prop_assert_eq!(scan_text("a.jsonl", &clean).0, vec![]);
    }
}

/// Where a piece ends, nothing of a pair is forgotten.
#[test]
fn lines_of_a_pair_stay_in_one_piece() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "- name: my secret\n  value: hunter\nother: line\n".repeat(50);
    let path = folder.path().join("a.txt");
    fs::write(&path, text).expect("written");
    for piece_bytes in 20..60 {
        let read = ReadOptions { piece_bytes, ..ReadOptions::default() };
        let job =
            Job { read, limits: limits(), ..Job::new(plan(), vec![Input::Path(path.clone())], Task::Scan) };
        let report = run(&job, &()).expect("a report");
        assert_eq!(report.detectors["toy.secret"].levels.likely, 50, "{piece_bytes}");
        assert_eq!(report.ledger.records.total, 150);
    }
}
