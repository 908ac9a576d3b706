//! The same table in every format: what a report says of its columns does not depend on how their cells are stored.

#[path = "fixtures/toys.rs"]
mod toys;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, DictionaryArray, Float64Array, RecordBatch, RecordBatchIterator, StringArray, UInt32Array,
    UInt64Array,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use sievert_core::report::{FieldFindings, Levels};
use sievert_core::{Job, Limits, Overrides, Plan, Policy, Task, run};
use sievert_detect::{Confidence, Detector, checksum};
use sievert_io::{Frame, Input};
use toys::{NUMBER, TOKEN};

/// Of more texts only a sample is tried, and which one depends on how a format numbers them.
const ROWS: usize = 1_000;

fn passes(text: &str) -> bool {
    text.len() == 8
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && checksum::luhn(text.bytes().map(|b| b - b'0'))
}

/// Numbers that pass, none twice.
fn passing() -> impl Iterator<Item = String> {
    (12_340_000..).map(|number: u32| number.to_string()).filter(|text| passes(text))
}

/// Columns in which cells repeat in every way that a format may store differently.
fn columns() -> Vec<(&'static str, Vec<String>)> {
    let numbers: Vec<_> = passing().take(ROWS).collect();
    let cells = |of: &dyn Fn(usize) -> String| (0..ROWS).map(of).collect();
    vec![
        ("id", cells(&|row| format!("r{row}"))),
        ("all", cells(&|row| numbers[row].clone())),
        ("forty", cells(&|row| numbers[row * row % 40].clone())),
        ("three", cells(&|row| numbers[row % 3].clone())),
        ("one", cells(&|_| numbers[0].clone())),
        ("late", cells(&|row| numbers[if row < ROWS / 2 { row } else { ROWS / 2 + row % 2 }].clone())),
        ("any", cells(&|row| (12_340_000 + row * 7).to_string())),
        ("often any", cells(&|row| (12_340_000 + row % 60).to_string())),
        ("text", cells(&|row| ["none", "see #", "", "#"][row % 4].replace('#', &numbers[0]))),
    ]
}

fn arrays(of: impl Fn(&[String]) -> ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter(columns().iter().map(|(name, cells)| (*name, of(cells)))).expect("a table")
}

fn plain(cells: &[String]) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(cells))
}

/// The last values first, and one that no row has.
fn dictionary(cells: &[String]) -> ArrayRef {
    let unused = passing().nth(ROWS).expect("they do not end");
    let values: Vec<_> = cells.iter().chain([&unused]).collect::<BTreeSet<_>>().into_iter().rev().collect();
    let keys = cells.iter().map(|cell| values.iter().position(|value| *value == cell).expect("there") as u32);
    let keys: UInt32Array = keys.map(Some).collect();
    Arc::new(DictionaryArray::new(keys, Arc::new(StringArray::from_iter_values(values))))
}

fn write_parquet(path: &Path, rows: &RecordBatch, dictionary: bool) {
    let options = WriterProperties::builder().set_dictionary_enabled(dictionary).build();
    let mut writer = ArrowWriter::try_new(File::create(path).expect("a file"), rows.schema(), Some(options));
    let writer = writer.as_mut().expect("a writer");
    writer.write(rows).expect("written");
    writer.finish().expect("finished");
}

fn write_text(folder: &Path) {
    let columns = columns();
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let (mut csv, mut jsonl) = (names.join(",") + "\n", String::new());
    for row in 0..ROWS {
        let cells: Vec<_> = columns.iter().map(|(_, cells)| cells[row].as_str()).collect();
        writeln!(csv, "{}", cells.join(",")).expect("a string");
        let pairs: Vec<_> =
            names.iter().zip(cells).map(|(name, cell)| format!("{name:?}:{cell:?}")).collect();
        writeln!(jsonl, "{{{}}}", pairs.join(",")).expect("a string");
    }
    fs::write(folder.join("t.csv"), csv).expect("written");
    fs::write(folder.join("t.jsonl"), jsonl).expect("written");
}

fn frame(rows: RecordBatch) -> Input {
    let schema = rows.schema();
    Input::Frame(Frame::new("t", Box::new(RecordBatchIterator::new([Ok(rows)], schema)), Vec::new()))
}

/// What is told of a table: of its columns, and where the column as a whole speaks for a finding.
#[derive(Debug, PartialEq)]
struct Told {
    fields: BTreeMap<String, (u64, BTreeMap<String, FieldFindings>)>,
    in_column: BTreeMap<String, usize>,
}

fn job(input: Input, detector: &'static Detector, findings: Option<PathBuf>) -> Job {
    let plan = Plan::new(&Policy::default(), &[detector], &Overrides::default()).expect("a plan");
    let limits = Limits { threads: 1, memory: 1 << 26, ..Limits::default() };
    Job { findings, limits, ..Job::new(plan, vec![input], Task::Scan) }
}

fn scan(input: Input, folder: &Path) -> Told {
    let findings = folder.join("findings.jsonl");
    let report = run(&job(input, &NUMBER, Some(findings.clone())), &()).expect("a report");
    assert!(report.complete() && report.ledger.adds_up(), "{:?}", report.not_examined);
    let mut told = Told { fields: BTreeMap::new(), in_column: BTreeMap::new() };
    for (name, mut field) in report.fields {
        for found in field.detectors.values_mut() {
            let values = columns().into_iter().find(|(column, _)| *column == name).expect("it is one").1;
            let numbers = values.iter().filter_map(|cell| cell.split(' ').next_back());
            let distinct = numbers.filter(|number| passes(number)).collect::<BTreeSet<_>>().len() as f64;
            let about = distinct * 0.8 - 3.0..=distinct * 1.2 + 3.0;
            assert!(about.contains(&(found.distinct as f64)), "{name}: {distinct}, not {}", found.distinct);
            found.distinct = 0; // estimated under a random key
            // Cells of CSV may be numbers to its readers, and bare ones prove less.
            let all = found.levels.at_least(Confidence::Possible);
            found.levels = Levels { possible: all, ..Levels::default() };
        }
        told.fields.insert(name, (field.cells, field.detectors));
    }
    for line in fs::read_to_string(&findings).expect("findings").lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        if row["why"].as_array().expect("a list").iter().any(|why| why == "column") {
            *told.in_column.entry(row["field"].as_str().expect("a name").into()).or_default() += 1;
        }
    }
    fs::remove_file(findings).expect("removed");
    told
}

#[test]
fn columns_are_told_by_cells_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    write_text(folder.path());
    write_parquet(&at("plain.parquet"), &arrays(plain), false);
    write_parquet(&at("dictionary.parquet"), &arrays(plain), true);

    let expected = scan(Input::Path(at("t.csv")), folder.path());
    let column = |name: &str| &expected.fields[name].1["toy.number"];
    assert_eq!((column("forty").tried, column("forty").passed), (1_000, 1_000), "cells, not values");
    assert_eq!((column("text").tried, column("text").passed), (250, 250), "cells that are nothing else");
    let agreeing: Vec<_> = expected.in_column.iter().map(|(name, cells)| (name.as_str(), *cells)).collect();
    assert_eq!(
        agreeing,
        [("all", 1_000), ("forty", 1_000), ("late", 1_000)],
        "one number, or three, is chance"
    );

    for name in ["t.jsonl", "plain.parquet", "dictionary.parquet"] {
        assert_eq!(scan(Input::Path(at(name)), folder.path()), expected, "{name}");
    }
    assert_eq!(scan(frame(arrays(plain)), folder.path()), expected, "a frame");
    assert_eq!(scan(frame(arrays(dictionary)), folder.path()), expected, "a frame with dictionaries");
}

/// Nor does which cells are looked at: numbers of which no text of any pattern can be a part are not.
#[test]
fn numbers_in_which_nothing_can_stand_are_not_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let numbers = || (0..ROWS as u64).map(|row| 12_340_000 + row);
    let words = || (0..ROWS).map(|row| format!("tok_ab{row:0>4}"));
    let columns: [(&str, ArrayRef); 3] = [
        ("n", Arc::new(UInt64Array::from_iter_values(numbers()))),
        ("f", Arc::new(Float64Array::from_iter_values(numbers().map(|number| number as f64 / 8.0)))),
        ("word", Arc::new(StringArray::from_iter_values(words()))),
    ];
    let rows = RecordBatch::try_from_iter(columns).expect("a table");
    write_parquet(&at("t.parquet"), &rows, false);
    let lines = numbers().zip(words()).map(|(number, word)| {
        format!("{{\"n\":{number},\"f\":{},\"word\":{word:?}}}\n", number as f64 / 8.0)
    });
    fs::write(at("t.jsonl"), lines.collect::<String>()).expect("written");

    let all = ROWS as u64;
    let inputs = || [Input::Path(at("t.parquet")), Input::Path(at("t.jsonl")), frame(rows.clone())];
    for (detector, looked_at) in [(&TOKEN, 0), (&NUMBER, all)] {
        for input in inputs() {
            let report = run(&job(input, detector, None), &()).expect("a report");
            assert!(report.complete() && report.ledger.adds_up());
            let cells = |field: &str| (report.fields[field].cells, report.fields[field].skipped);
            assert_eq!(cells("n"), (looked_at, all - looked_at), "{}", detector.id);
            assert_eq!(cells("f"), (looked_at, all - looked_at), "{}", detector.id);
            assert_eq!(cells("word"), (all, 0), "{}", detector.id);
            assert!(report.findings(Confidence::Possible) > 0);
        }
    }
}
