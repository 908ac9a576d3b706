//! The whole job with toy detectors: the run, the ledger and the report do not depend on the catalogue.

#[path = "fixtures/toys.rs"]
mod toys;

use std::collections::HashMap;
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sievert_core::report::Report;
use sievert_core::{Destination, Error, Job, Limits, Overrides, Plan, Policy, Progress, Status, Task, run};
use sievert_detect::{Confidence, checksum};
use sievert_io::frame::ffi::{RecordBatchIterator, Schema};
use sievert_io::{Frame, Input, ReadOptions, Unread};
use toys::{NUMBER, SECRET, TOKEN};

fn job(input: &Path, task: Task, threads: usize) -> Job {
    let detectors = [&TOKEN, &NUMBER, &SECRET];
    let plan = Plan::new(&Policy::default(), &detectors, &Overrides::default()).expect("a plan");
    let read = ReadOptions { piece_bytes: 256, ..ReadOptions::default() };
    let limits = Limits { threads, memory: 1 << 20, ..Limits::default() };
    Job { read, limits, ..Job::new(plan, vec![Input::Path(input.to_owned())], task) }
}

fn redact(input: &Path, out: &Path, threads: usize) -> Result<Report, Error> {
    let to = Destination::Folder(out.to_owned());
    let task = Task::Redact { to, overwrite: false, state: out.with_extension("state") };
    run(&job(input, task, threads), &())
}

/// Some files with many small pieces.
fn write_input(folder: &Path) {
    for file in 0..5 {
        let lines: Vec<_> = (0..200)
            .map(|line| match line % 7 {
                0 => format!("line {line} has tok_abc{line:03} in it"),
                _ => format!("line {line} of file {file} holds nothing"),
            })
            .collect();
        fs::write(folder.join(format!("f{file}.txt")), lines.join("\n") + "\n").expect("written");
    }
}

#[test]
fn the_ledger_adds_up_and_findings_are_counted_where_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    write_input(folder.path());
    fs::write(folder.path().join("_hidden.txt"), "tok_abc123").expect("written");
    let report = run(&job(folder.path(), Task::Scan, 2), &()).expect("a report");
    assert!(report.ledger.adds_up(), "{:?}", report.ledger);
    assert!(report.complete());
    assert_eq!(report.findings(Confidence::Certain), 5 * 29);
    assert_eq!(report.detectors["toy.token"].objects, 5);
    assert_eq!(report.ledger.records.total, 1_000);
    assert_eq!(report.ledger.objects.skipped, 1);
    assert_eq!(report.skipped[0].name, "_hidden.txt");
    assert!(report.actions.is_empty(), "a scan does nothing");
}

#[test]
fn the_output_is_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("in");
    fs::create_dir(&input).expect("a folder");
    write_input(&input);
    let (one, four) = (folder.path().join("one"), folder.path().join("four"));
    redact(&input, &one, 1).expect("a report");
    redact(&input, &four, 4).expect("a report");
    for file in 0..5 {
        let name = format!("f{file}.txt");
        let clean = fs::read_to_string(one.join(&name)).expect("an output");
        assert_eq!(clean, fs::read_to_string(four.join(&name)).expect("an output"));
        assert!(clean.contains("line 7 has <TOKEN> in it"));
        assert!(!clean.contains("tok_"));
    }
    assert!(one.join("_SUCCESS").exists());
}

#[test]
fn an_output_that_exists_is_refused_before_anything_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("in");
    fs::create_dir(&input).expect("a folder");
    write_input(&input);
    let out = folder.path().join("out");
    redact(&input, &out, 1).expect("a report");
    assert!(matches!(redact(&input, &out, 1), Err(Error::OutputExists(_))));
}

#[test]
fn cancelling_leaves_no_half_file() {
    struct Impatient;
    impl Progress for Impatient {
        fn update(&self, status: &Status) -> ControlFlow<()> {
            if status.records > 250 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("in");
    fs::create_dir(&input).expect("a folder");
    write_input(&input);
    let out = folder.path().join("out");
    let to = Destination::Folder(out.clone());
    let task = Task::Redact { to, overwrite: false, state: folder.path().join("q") };
    assert!(matches!(run(&job(&input, task, 2), &Impatient), Err(Error::Cancelled)));
    let left: Vec<_> =
        fs::read_dir(&out).expect("a folder").map(|entry| entry.expect("entry").file_name()).collect();
    assert_eq!(left, ["f0.txt"], "finished ones stay, no temporary file, no _SUCCESS");
}

#[test]
fn a_column_of_bare_digits_counts_only_where_its_checksums_agree() {
    let folder = tempfile::tempdir().expect("a folder");
    let numbers = |good: bool| -> String {
        let passes = |n: &u32| checksum::luhn(n.to_string().bytes().map(|b| b - b'0'));
        let chosen = (10_000_000_u32..).filter(|n| !good || passes(n)).take(60);
        chosen.map(|n| n.to_string() + "\n").collect()
    };
    fs::write(folder.path().join("noise.csv"), format!("ref\n{}", numbers(false))).expect("written");
    fs::write(folder.path().join("real.csv"), format!("ref\n{}", numbers(true))).expect("written");
    let mut job = job(folder.path(), Task::Scan, 1);
    job.read.piece_bytes = 1 << 20;
    let report = run(&job, &()).expect("a report");
    let of = |object: &str| report.objects.iter().find(|o| o.object == object).expect("it").detectors["toy.number"];
    assert_eq!((of("noise.csv").possible, of("noise.csv").certain), (6, 0));
    assert_eq!((of("real.csv").possible, of("real.csv").certain), (0, 60));
}

#[test]
fn a_first_row_that_holds_findings_is_data_and_no_header() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = "owner,tok_abc123\nx,1\ny,2\n";
    fs::write(folder.path().join("a.csv"), csv).expect("written");
    let out = folder.path().join("out");
    let report = redact(&folder.path().join("a.csv"), &out, 1).expect("a report");
    assert_eq!(report.ledger.records.total, 3);
    assert!(report.fields.contains_key("column_2") && report.objects[0].read_as.contains("no header"));
    assert_eq!(
        fs::read_to_string(out.join("a.csv")).expect("an output"),
        csv.replace("tok_abc123", "<TOKEN>")
    );
}

/// A schema says of a secret what it is; the secret is not there.
#[test]
fn a_field_names_its_values_and_not_the_keys_in_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("in.jsonl");
    let text = "{\"secret\":{\"kind\":1}}\n{\"secret\":\"sesame\"}\n";
    fs::write(&input, text).expect("written");
    let out = folder.path().join("out");
    let report = redact(&input, &out, 1).expect("a report");
    assert_eq!(report.findings(Confidence::Possible), 1);
    let clean = fs::read_to_string(out.join("in.jsonl")).expect("an output");
    assert_eq!(clean, text.replace("sesame", "<SECRET>"));
}

#[test]
fn what_is_found_is_either_rewritten_or_left() {
    let folder = tempfile::tempdir().expect("a folder");
    // The second line has a number as a loser inside a token; the third an unlabelled number of a failed checksum.
    fs::write(folder.path().join("a.txt"), "tok_abc123\ntok_000000, 18930005\n18930006\n").expect("written");
    let report = redact(&folder.path().join("a.txt"), &folder.path().join("out"), 1).expect("a report");
    let done: u64 = report.actions.values().flat_map(|actions| actions.values()).sum();
    let left: u64 = report.left.values().sum();
    assert_eq!(done + left, report.findings(Confidence::Possible));
    assert!(done > 0);
}

#[test]
fn what_of_a_frame_cannot_be_looked_at_is_not_examined() {
    let unread = Unread { field: "blob".into(), cells: 3, reason: "it is of no type".into() };
    let reader = RecordBatchIterator::new([], Schema::empty().into());
    let frame = Frame::new("frame", Box::new(reader), vec![unread]);
    let task = Task::Redact { to: Destination::InPlace, overwrite: false, state: "".into() };
    let job = Job { inputs: vec![Input::Frame(frame.clone())], ..job(Path::new(""), task, 1) };
    let report = run(&job, &()).expect("runs");
    assert!(!report.complete() && report.ledger.adds_up());
    assert_eq!(report.not_examined[0].reason, "field blob, 3 cells: it is of no type");
    assert_eq!((report.ledger.cells.total, report.ledger.cells.binary), (3, 3));
    assert!(frame.take_written().is_some(), "what could be read is handed back");
}

/// Metadata of a table stands in no record: it goes, and all records stay.
#[test]
fn what_stands_beside_the_records_goes_without_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let [input, out] = ["in.parquet", "out"].map(|name| folder.path().join(name));
    let words: ArrayRef = Arc::new(StringArray::from_iter_values(["a", "b", "tok_abc124"]));
    let rows = RecordBatch::try_from_iter([("word", words)]).expect("a table");
    let schema = Schema::clone(&rows.schema())
        .with_metadata(HashMap::from([("note".to_owned(), "of tok_abc123".to_owned())]));
    let rows = rows.with_schema(schema.into()).expect("the same columns");
    let mut writer =
        ArrowWriter::try_new(File::create(&input).expect("a file"), rows.schema(), None).expect("a writer");
    writer.write(&rows).expect("written");
    writer.close().expect("closed");

    let policy = "version = 1\n[[redact]]\ndetectors = [\"*\"]\naction = \"drop-record\"\n";
    let policy = Policy::parse(policy, "p.toml").expect("a policy");
    let plan = Plan::new(&policy, &[&TOKEN], &Overrides::default()).expect("a plan");
    let task = Task::Redact {
        to: Destination::Folder(out.clone()),
        overwrite: false,
        state: folder.path().join("state"),
    };
    let report = run(&Job { plan: plan.into(), ..job(&input, task, 1) }, &()).expect("runs");
    assert_eq!((report.ledger.records.total, report.ledger.records.dropped), (3, 1));
    let written = File::open(out.join("in.parquet")).expect("an output");
    let written = ParquetRecordBatchReaderBuilder::try_new(written).expect("Parquet");
    let said =
        format!("{:?} {:?}", written.metadata().file_metadata().key_value_metadata(), written.schema());
    assert!(!said.contains("tok_"), "the Arrow schema in there holds it a second time: {said}");
    let left: Vec<_> = written.build().expect("a reader").collect::<Result<_, _>>().expect("rows");
    assert_eq!(left.iter().map(RecordBatch::num_rows).sum::<usize>(), 2);
}

#[test]
fn a_file_that_is_named_by_a_value_is_pointed_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    fs::create_dir_all(input.join("owner=tok_abc123")).expect("a folder");
    fs::write(input.join("owner=tok_abc123/a.txt"), "nothing").expect("written");
    fs::write(input.join("b.txt"), "nothing").expect("written");
    let report = redact(&input, &out, 1).expect("a run");
    let places: Vec<_> = report.look_at.iter().map(|at| (at.place.as_str(), at.note.as_str())).collect();
    let note = "its name holds a finding, and a copy has the same name: rename it";
    assert_eq!(places, [("owner=<TOKEN>/a.txt", note)]);
}
