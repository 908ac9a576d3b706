//! Scans that are told what an earlier one has found: what is unchanged is not read again, and counts as then.
#![expect(clippy::print_stdout, reason = "what was not checked is said")]

mod program;
mod servers;

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use program::{folder, report, sievert, write};
use serde_json::Value;
use servers::double::Double;
use servers::{s3, sievert_with};

const FOUND: [&str; 2] = ["--detector=global.email", "--detector=secret.aws_key_id"];

/// Writes files as if some time ago: what was written just now may be written once more without another time.
fn write_old(at: &Path, files: &[(&str, &[u8])]) {
    write(at, files);
    for (name, _) in files {
        dated(&at.join(name), SystemTime::now() - Duration::from_mins(1));
    }
}

fn dated(path: &Path, time: SystemTime) {
    File::options().append(true).open(path).and_then(|file| file.set_modified(time)).expect("a time");
}

/// Three files; of the same columns, where they are tables.
fn make_input(at: &Path) {
    let table = |by: usize| -> String {
        let row =
            |at: usize| ["\n", &at.to_string(), ",ann", &(at * by).to_string(), "@example.org"].concat();
        "id,mail".to_owned() + &(0..40).map(row).collect::<String>()
    };
    let key = concat!("aws_access_key_id = AKIA", "Z7Q2M4X6K3T5B2WD", "\n").as_bytes();
    let files = [("in/a.csv", &*table(3).into_bytes()), ("in/b.csv", table(5).as_bytes()), ("in/c.txt", key)]
        .map(|(name, bytes)| (name, bytes.to_vec()));
    for (name, bytes) in &files {
        write_old(at, &[(name, bytes)]);
    }
}

/// What a scan tells that does not depend on what was read when. `distinct` is a lower bound where reports are added.
fn told(report: &Value) -> Value {
    let mut report = report.clone();
    for field in report["fields"].as_object_mut().expect("fields").values_mut() {
        for found in field["detectors"].as_object_mut().expect("detectors").values_mut() {
            found["distinct"] = 0.into();
        }
    }
    for object in report["objects"].as_array_mut().expect("objects") {
        object["share"] = Value::Null;
    }
    for unit in ["objects", "bytes", "records", "cells"] {
        let total = report["ledger"][unit]["total"].clone();
        report["ledger"][unit] = total;
    }
    for part in ["started", "ended", "seconds", "since"] {
        report.as_object_mut().expect("a report").remove(part);
    }
    report
}

fn scan(at: &Path, more: &[&str]) -> program::Ran {
    sievert([&["scan", "in"][..], &FOUND, more].concat(), at)
}

#[test]
fn only_what_has_changed_is_read_and_the_totals_are_those_of_all() {
    let folder = folder();
    let at = folder.path();
    make_input(at);
    let first = scan(at, &["--since", "first.json", "--report", "first.json"]).ends_with(1).stdout;
    assert!(first.contains("ALL READ         there is no report yet at first.json"), "{first}");
    write_old(at, &[("in/b.csv", b"id,mail\n1,ben@example.org\n"), ("in/d.csv", b"id,mail\n2,none\n")]);
    fs::remove_file(at.join("in/a.csv")).expect("removed");

    let dry = scan(at, &["--since", "first.json", "--dry-run"]).good().stdout;
    let verbs: Vec<_> = dry.lines().take(3).map(|line| (&line[..4], line.rsplit(' ').next())).collect();
    assert_eq!(verbs, [("read", Some("b.csv")), ("same", Some("c.txt")), ("read", Some("d.csv"))]);

    let ran = scan(at, &["--since", "first.json", "--report", "second.json"]).ends_with(1);
    scan(at, &["--report", "full.json"]).ends_with(1);
    let (second, full) = (report(at, "second.json"), report(at, "full.json"));
    assert_eq!(told(&second), told(&full), "a deleted object is gone, a new one is there");
    assert!(full["objects"][0].get("share").is_none(), "of use to no one");
    let objects = &second["ledger"]["objects"];
    assert_eq!([&objects["total"], &objects["scanned"], &objects["unchanged"]], [3, 2, 1], "{objects}");
    assert_eq!(second["since"]["started"], report(at, "first.json")["started"]);
    assert!(ran.stdout.contains("UNCHANGED        1 file, "), "{}", ran.stdout);
    assert!(ran.stdout.contains(" sampled + ") && ran.stdout.contains(" unchanged\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("secret.aws_key_id  c.txt:1"), "what is to be looked at still is");

    // Such a report can be gone by in turn; now nothing is read, and the findings still count.
    let third = scan(at, &["--since", "second.json", "--report", "third.json"]).ends_with(1);
    assert!(third.stdout.starts_with("Scanned 0 files"), "{}", third.stdout);
    assert_eq!(report(at, "third.json")["ledger"]["objects"]["unchanged"], 3);
    assert_eq!(told(&report(at, "third.json")), told(&full));

    // Reports of parts add up, with what was left unread and without.
    sievert(["report", "merge", "third.json", "full.json", "--out", "sum.json"], at).ends_with(1);
    let sum = report(at, "sum.json");
    assert_eq!(sum["ledger"]["objects"]["unchanged"], 3);
    assert_eq!(sum["ledger"]["objects"]["total"], 6);
    assert_eq!(sum["since"]["started"], second["started"]);
}

#[test]
fn another_plan_or_version_or_way_of_reading_reads_all() {
    let folder = folder();
    let at = folder.path();
    make_input(at);
    scan(at, &["--since", "first.json", "--report", "first.json"]).ends_with(1);

    let all_read = |more: &[&str], why: &str| {
        let ran = scan(at, &[more, &["--report", "again.json"]].concat()).ends_with(1);
        let again = report(at, "again.json");
        assert_eq!(again["ledger"]["objects"]["scanned"], 3, "{more:?}");
        assert!(ran.stdout.contains(why), "{}", ran.stdout);
        assert!(again["since"]["not_used"].as_str().unwrap_or_default().contains(why));
    };
    all_read(&["--since", "first.json", "--min-confidence", "likely"], "the report is of another plan");

    let mut older = report(at, "first.json");
    older["version"] = "0.0.1".into();
    older.as_object_mut().expect("a report").remove("fields"); // it may even look otherwise
    fs::write(at.join("older.json"), older.to_string()).expect("written");
    all_read(&["--since", "older.json"], "the report was made by sievert 0.0.1");

    scan(at, &["--sample", "50%", "--report", "sample.json"]).ends_with(1);
    all_read(&["--since", "sample.json"], "the report was made without --since");

    // The plan is the same, and yet it is not what was looked at.
    let other = scan(at, &["--since", "first.json", "--header", "no", "--report", "again.json"]).ends_with(1);
    assert!(other.stdout.contains("UNCHANGED        0 files"), "{}", other.stdout);
}

#[test]
fn what_was_not_examined_in_full_is_read_again() {
    let folder = folder();
    let at = folder.path();
    make_input(at);
    write_old(
        at,
        &[("in/torn.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03torn"), ("in/odd.jsonl", b"{\"a\":\n{\"a\":1}\n")],
    );
    scan(at, &["--since", "first.json", "--report", "first.json"]).ends_with(3);
    let second = scan(at, &["--since", "first.json", "--report", "second.json"]).ends_with(3);
    let (first, second_report) = (report(at, "first.json"), report(at, "second.json"));
    assert_eq!(second_report["ledger"]["objects"]["unchanged"], 3, "{}", second.stdout);
    assert_eq!(second_report["not_examined"], first["not_examined"]);
    assert_eq!(told(&second_report), told(&first));

    // So is what was written just before it was read: a second change could not be told from the first.
    write(at, &[("in/a.csv", b"id,mail\n1,eve@example.org\n")]);
    dated(&at.join("in/a.csv"), SystemTime::now() + Duration::from_mins(10)); // however long the next line takes
    scan(at, &["--since", "first.json", "--report", "first.json"]).ends_with(3);
    scan(at, &["--since", "first.json", "--report", "second.json"]).ends_with(3);
    assert_eq!(report(at, "second.json")["ledger"]["objects"]["unchanged"], 2);
}

#[test]
fn what_needs_every_object_is_refused() {
    let folder = folder();
    let at = folder.path();
    make_input(at);
    scan(at, &["--since", "first.json", "--report", "first.json"]).ends_with(1);
    for more in [&["--findings", "rows.jsonl"][..], &["--show-values"], &["--sample", "1%"]] {
        let refused = scan(at, &[&["--since", "first.json"], more].concat()).ends_with(2);
        assert!(refused.stderr.contains("--since does not read what is unchanged"), "{}", refused.stderr);
    }
    write(at, &[("odd.json", b"{\"a\": 1}")]);
    let odd = scan(at, &["--since", "odd.json"]).ends_with(2);
    assert!(odd.stderr.contains("odd.json is not a report"), "{}", odd.stderr);
}

#[test]
fn objects_of_a_store_are_told_by_their_tags() {
    let double = Double::start();
    let folder = folder();
    let at = folder.path();
    for (name, by) in [("a", "ann"), ("b", "ben"), ("c", "cal")] {
        double.put(&format!("/data/in/{name}.csv"), format!("mail\n{by}@example.org\n"));
    }
    let settings = s3(double.port());
    let run = |more: &[&str]| {
        let arguments = [&["scan", "s3://data/in", "--detector=global.email"][..], more].concat();
        sievert_with(&settings, arguments, at)
    };
    // The earlier report may stand in a store, too.
    let last = ["--since", "s3://data/reports/last.json", "--report", "s3://data/reports/last.json"];
    run(&last).ends_with(1);
    let [before, after] = ["mail\nben@example.org\n", "mail\nno mail address\n"];
    assert_eq!(before.len(), after.len());
    double.put("/data/in/b.csv", after.to_owned());
    run(&[&last[..2], &["--report", "second.json"]].concat()).ends_with(1);
    let second = report(at, "second.json");
    assert_eq!(second["ledger"]["objects"]["unchanged"], 2);
    assert_eq!(second["detectors"]["global.email"]["certain"], 2, "{}", second["detectors"]);
}
