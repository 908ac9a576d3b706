//! Bad input never panics and never loses data: what the user reads of it, and what stands in the ledger.
#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "what was not checked is said")]

mod program;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sievert::io::{self, ColumnType, TableWriter};

use program::{files, folder, sievert, write};

/// Parquet that begins and ends as it should; between, nothing makes sense.
const CORRUPT: &[u8] = b"PAR1 this is no footer, and its length is wrong: \xff\xff\xff\x7fPAR1";

/// One file, and what comes of scanning and of rewriting it.
struct Hard {
    name: &'static str,
    bytes: Vec<u8>,
    /// Why it, or a record of it, was not examined; empty if all was.
    told: &'static str,
    /// The record of which that is told.
    record: Option<u64>,
    /// Records scanned and quarantined.
    records: [u64; 2],
    /// Addresses found: what cannot be parsed is scanned as text.
    found: u64,
    /// What is written; `None`: the file does not appear.
    written: Option<Vec<u8>>,
    /// What stands in the quarantine.
    quarantine: Vec<u8>,
}

impl Hard {
    /// Nothing is wrong with it after all.
    fn sound(name: &'static str, bytes: Vec<u8>, records: u64) -> Self {
        let written = Some(bytes.clone());
        Self {
            name,
            bytes,
            told: "",
            record: None,
            records: [records, 0],
            found: 0,
            written,
            quarantine: Vec::new(),
        }
    }

    /// One record is put aside, with an address in it; the rest is written.
    fn quarantined(
        name: &'static str,
        [before, bad, behind]: [&[u8]; 3],
        record: u64,
        told: &'static str,
    ) -> Self {
        let lines = |bytes: &[u8]| bytes.split_inclusive(|byte| *byte == b'\n').count() as u64;
        let header = u64::from(Path::new(name).extension() == Some("csv".as_ref()));
        Self {
            name,
            bytes: [before, bad, behind].concat(),
            told,
            record: Some(record),
            records: [lines(before) + lines(behind) - header, 1],
            found: 1,
            written: Some([before, behind].concat()),
            quarantine: bad.to_vec(),
        }
    }

    /// It cannot be read to its end, and does not appear.
    fn failed(name: &'static str, bytes: Vec<u8>, told: &'static str) -> Self {
        Self {
            name,
            bytes,
            told,
            record: None,
            records: [0, 0],
            found: 0,
            written: None,
            quarantine: Vec::new(),
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).expect("packed");
    packed.finish().expect("packed")
}

fn cases() -> Vec<Hard> {
    let mut deep = b"{\"a\":".repeat(100_000);
    deep.extend(b"\"deep@weber-labs.org\"");
    deep.extend(b"}".repeat(100_000));
    deep.push(b'\n');
    let long = [b"long@weber-labs.org ".as_slice(), &b"x".repeat(17 << 20), b"\n"].concat();
    let wide = |cell: &str| vec![cell; 10_000].join(",") + "\n";
    let lines: Vec<u8> = (0..2_000).flat_map(|line| format!("line {line}\n").into_bytes()).collect();
    let packed = gzip(&lines);
    let utf_16: Vec<u8> = "name,me@weber-labs.org\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let pages = format!("name,notes\nx,\"{}\"\ny,z\n", "a line of a long note\n".repeat(50_000));

    vec![
        Hard::quarantined(
            "utf8.jsonl",
            [b"{\"a\": 1}\n", b"{\"a\": \"bad@weber-labs.org \xff\"}\n", b"{\"a\": 2}\n"],
            1,
            "not valid in the object's encoding",
        ),
        Hard::quarantined(
            "quote.csv",
            [b"a,b\n1,2\n", b"3,\"open@weber-labs.org\n4,5\n", b""],
            1,
            "a quote that is not closed before the end of the object",
        ),
        Hard::quarantined(
            "parse.jsonl",
            [b"{\"a\": 1}\n", b"{\"a\": cut@weber-labs.org\n", b"{\"a\": 2}\n"],
            1,
            "",
        ),
        Hard::quarantined("deep.jsonl", [b"{\"a\": 1}\n", &deep, b"{\"a\": 2}\n"], 1, ""),
        Hard::quarantined("long.txt", [b"a\n", &long, b"b\n"], 1, "longer than the limit for a record"),
        Hard::failed("cut.txt.gz", packed[..packed.len() - 9].to_vec(), "fetch it again"),
        Hard::failed(
            "wide.txt",
            "me@weber-labs.org\n".bytes().flat_map(|byte| u32::from(byte).to_le_bytes()).collect(),
            "text in UTF-32 is not read; write it as UTF-8",
        ),
        Hard::failed(
            "table.csv.xz",
            b"\xfd7zXZ\0 and what xz makes\n".to_vec(),
            "xz is not read; decompress it",
        ),
        Hard::failed("table.csv", b"PK\x03\x04 and what zip makes\n".to_vec(), "is not read; unpack it"),
        Hard::failed("lite.csv", b"SQLite format 3\0\x10\0 me@weber-labs.org".to_vec(), "export its tables"),
        Hard::failed(
            "old.jsonl",
            b"ORC\x1b\0\0 me@weber-labs.org\n".to_vec(),
            "ORC is not read; write it as Parquet",
        ),
        Hard::failed("noise.csv", (0..=255).cycle().take(5_000).collect(), "not the text that its name says"),
        Hard::failed("torn.csv", [&utf_16[..], &utf_16[1..]].concat(), "not the text that its name says"),
        Hard::failed(
            "table.txt.gz",
            gzip(b"PAR1\x15\x04 and columns"),
            "decompress it, and let it be found out",
        ),
        Hard::failed(
            "closed.txt",
            b"PARE*\0\0\0i and a cipher\x05\0\0\0PARE".to_vec(),
            "encrypted; decrypt it first",
        ),
        Hard::failed(
            "twice.txt.gz",
            gzip(&packed),
            "what is compressed twice is not read; decompress it once",
        ),
        Hard::failed("damaged.parquet", CORRUPT.to_vec(), ""),
        Hard::failed("short.parquet", b"PAR1".to_vec(), "not a Parquet file, or cut short; fetch it again"),
        Hard::sound("padded.txt.gz", [packed.clone(), vec![0; 512]].concat(), 2_000),
        Hard::sound("hole.log", [&[0; 5_000][..], b"behind the\nhole\n"].concat(), 2),
        Hard::sound("nul.csv", b"a,b\n1,x\0y\n".to_vec(), 1),
        Hard::sound("nul.txt", b"some text\nx\0y\n".to_vec(), 2),
        Hard::sound("wide.csv", (wide("name") + &wide("7") + &wide("8")).into_bytes(), 2),
        Hard::sound("pages.csv", pages.into_bytes(), 2),
        Hard::sound("ragged.csv", b"a,b\n1\n1,2,3\n1,2\n".to_vec(), 3),
        Hard::sound("empty.csv", Vec::new(), 0),
        Hard::sound("empty.jsonl", Vec::new(), 0),
        Hard::sound("empty.txt", Vec::new(), 0),
        Hard::sound("blank.jsonl", b"\n\n  \n".to_vec(), 0),
    ]
}

/// Of a key in plain text no line stays.
#[test]
fn a_key_on_many_lines_goes_as_a_whole() {
    let folder = folder();
    let at = folder.path();
    let line = "MC4CAQAwBQYDK2VwBCIEIEt3bXv1Zt9Lm3Rw5Yp8Nc2Hd6Jf4Sg0KuEaTiBo";
    let begin = ["-----BEGIN RSA PRIVATE", "KEY-----"].join(" ");
    let end = ["-----END RSA PRIVATE", "KEY-----"].join(" ");
    let key = format!("{begin}\n{line}\n{line}\n{end}\n");
    let log = format!("one\r\nkey: {begin}\r\n{line}\r\n{line}\r\ncut off\r\nlast\r\n");
    write(at, &[("in/id_rsa", key.as_bytes()), ("in/app.log", log.as_bytes())]);
    sievert(["redact", "in", "--out", "out"], at).good();
    let read = |name: &str| fs::read_to_string(at.join("out").join(name)).expect("written");
    assert_eq!(read("id_rsa"), "<PRIVATE_KEY>\n");
    assert_eq!(read("app.log"), "one\r\nkey: <PRIVATE_KEY>\r\ncut off\r\nlast\r\n");
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a report")).expect("JSON")
}

fn check(hard: &Hard) {
    let Hard { name, .. } = hard;
    let folder = folder();
    let at = folder.path();
    write(at, &[(&format!("in/{name}"), &hard.bytes)]);
    let whole = hard.record.is_none() && hard.written.is_some();
    let code = if whole { 0 } else { 3 };

    for arguments in [
        &["scan", "in", "--report", "report.json", "--exit-zero"][..],
        &["redact", "in", "--out", "out", "--report", "report.json"],
    ] {
        let ran = sievert(arguments.iter().copied(), at);
        assert_eq!(ran.code, code, "{name}: {}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.stderr, "", "{name}");
        assert_eq!(whole, !ran.stdout.contains("NOT EXAMINED"), "{name}: {}", ran.stdout);
        let report = json(&at.join("report.json"));
        let ledger = &report["ledger"];
        let records = &ledger["records"];
        if hard.written.is_some() {
            assert_eq!([&records["scanned"], &records["quarantined"]], hard.records, "{name}: {records}");
            let found = &report["detectors"]["global.email"]["certain"];
            assert_eq!(found.as_u64().unwrap_or(0), hard.found, "{name}: {}", report["detectors"]);
        }
        let failed = u64::from(hard.written.is_none());
        assert_eq!([&ledger["objects"]["failed"], &ledger["objects"]["total"]], [failed, 1], "{name}");
        assert_eq!(ledger["bytes"]["total"], hard.bytes.len(), "{name}");
        assert!(adds_up(ledger), "{name}: {ledger}");
        let gaps = report["not_examined"].as_array().expect("a list");
        assert_eq!(gaps.len(), usize::from(!whole), "{name}: {gaps:?}");
        for gap in gaps {
            let reason = gap["reason"].as_str().expect("a reason");
            assert!(reason.contains(hard.told) && !reason.is_empty(), "{name}: {reason}");
            assert!(ran.stdout.contains(reason) && ran.stdout.contains(name), "{name}: {}", ran.stdout);
            if hard.written.is_some() {
                assert_eq!(gap["record"].as_u64(), hard.record, "{name}");
            }
        }
    }
    let read = |place: &str| fs::read(at.join(place).join(name)).ok();
    assert!(read("out") == hard.written, "{name}: what is written");
    let quarantine = Some(hard.quarantine.clone()).filter(|bytes| !bytes.is_empty());
    assert!(read("out.sievert/quarantine") == quarantine, "{name}: what is put aside");
    assert_eq!(at.join("out/_SUCCESS").exists(), whole, "{name}");
    let left = files(&at.join("out"));
    assert!(left.iter().all(|file| file == name || file == "_SUCCESS"), "{name}: {left:?}");
    if quarantine.is_some() {
        let about = fs::metadata(at.join("out.sievert/quarantine").join(name)).expect("there");
        assert_eq!(about.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

fn adds_up(ledger: &Value) -> bool {
    ["objects", "bytes", "records", "cells"].iter().all(|unit| {
        let parts = ledger[unit].as_object().expect("counts");
        let sum: u64 =
            parts.iter().filter(|(part, _)| *part != "total").filter_map(|(_, n)| n.as_u64()).sum();
        parts["total"].as_u64() == Some(sum)
    })
}

#[test]
fn each_hard_case_is_told_and_kept() {
    for hard in cases() {
        check(&hard);
    }
}

#[test]
fn a_loop_of_folders_is_walked_once() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/deep/a.txt", b"to maria@weber-labs.org\n")]);
    symlink("..", at.join("in/deep/up")).expect("a link");
    symlink("nowhere", at.join("in/broken.txt")).expect("a link");
    let ran = sievert(["scan", "in", "--report", "report.json"], at).ends_with(3);
    let report = json(&at.join("report.json"));
    assert_eq!(report["objects"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["skipped"][0]["name"], "deep/up");
    assert_eq!(report["skipped"][0]["reason"], "a link back to a folder that it stands in");
    assert!(ran.stdout.contains("broken.txt    not found; check the path"), "{}", ran.stdout);
    assert!(adds_up(&report["ledger"]));
}

#[test]
fn no_number_of_bad_records_hides_a_file_that_was_not_read() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/a.jsonl", "{\n".repeat(2_000).as_bytes()), ("in/z.parquet", CORRUPT)]);
    let ran = sievert(["scan", "in", "--report", "report.json"], at).ends_with(3);
    let report = json(&at.join("report.json"));
    let gaps = report["not_examined"].as_array().expect("a list");
    assert_eq!(gaps.last().expect("some")["object"], "z.parquet");
    assert_eq!(gaps.len() as u64 + report["not_examined_more"].as_u64().expect("a number"), 2_001);
    assert!(ran.stdout.contains("z.parquet"), "{}", ran.stdout);
    let full = "\nIn full:   sievert scan in --report report.json\n";
    assert!(
        !ran.stdout.contains(full) && ran.stdout.contains("\nReport:    report.json\n"),
        "{}",
        ran.stdout
    );
    let ran = sievert(["scan", "in"], at).ends_with(3);
    assert!(ran.stdout.contains(" more in the report\n") && ran.stdout.contains(full), "{}", ran.stdout);
}

#[test]
fn a_file_of_two_names_is_rewritten_once() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/b.txt", b"to maria@weber-labs.org\n")]);
    symlink("b.txt", at.join("in/a.txt")).expect("a link");
    sievert(["redact", "in", "in/b.txt", "--in-place", "--report", "report.json"], at).good();
    assert_eq!(fs::read_to_string(at.join("in/b.txt")).expect("the file"), "to <EMAIL>\n");
    assert!(at.join("in/a.txt").is_symlink(), "the link stays one");
    let report = json(&at.join("report.json"));
    let names: Vec<_> = (0..2).map(|at| &report["skipped"][at]["name"]).collect();
    assert_eq!(names, ["b.txt", "b.txt"], "the link is a name too, and the first");
    assert_eq!(report["skipped"][0]["reason"], "it is read already, under this or another name");
    assert!(adds_up(&report["ledger"]));
}

/// An output folder may hold links, to another disk say; one that leads back to the input would make of `--overwrite` what
/// only `--in-place` asks for.
#[test]
#[cfg(unix)]
fn no_link_in_the_output_leads_to_the_loss_of_an_input() {
    let folder = folder();
    let at = folder.path();
    let mail = b"to maria@weber-labs.org\n";
    write(at, &[("in/of/a.txt", mail), ("in/b.txt", mail)]);
    fs::create_dir(at.join("out")).expect("a folder");
    std::os::unix::fs::symlink(at.join("in/b.txt"), at.join("out/b.txt")).expect("a link");
    std::os::unix::fs::symlink("../in/of", at.join("out/of")).expect("a link");
    let refused = sievert(["redact", "in", "--out", "out", "--overwrite"], at).ends_with(2);
    assert!(refused.stderr.contains("leads back to of/a.txt itself; remove the link"), "{}", refused.stderr);
    fs::remove_file(at.join("out/of")).expect("removed");
    fs::create_dir(at.join("large")).expect("a folder");
    std::os::unix::fs::symlink("../large", at.join("out/of")).expect("a link");
    sievert(["redact", "in", "--out", "out", "--overwrite"], at).good();
    for name in ["in/of/a.txt", "in/b.txt"] {
        assert_eq!(fs::read(at.join(name)).expect("there"), mail, "{name}");
    }
    for name in ["large/a.txt", "out/b.txt"] {
        assert_eq!(fs::read(at.join(name)).expect("written"), b"to <EMAIL>\n", "{name}");
    }
}

/// What is rewritten in place stands under its name alone: what its other names lead to is told.
#[test]
fn a_name_that_still_leads_to_what_was_there_is_told() {
    let folder = folder();
    let at = folder.path();
    let mail = b"to maria@weber-labs.org\n";
    write(at, &[("in/a.txt", mail), ("in/c.txt", mail), ("backup/d.txt", mail)]);
    let link = |from: &str, to: &str| fs::hard_link(at.join(from), at.join(to)).expect("a link");
    link("in/a.txt", "in/b.txt");
    link("in/c.txt", "backup/c.txt");
    let ran = sievert(["redact", "in", "--in-place", "--report", "report.json"], at).good();
    let told =
        "c.txt  its other names (hard links: 1) still lead to what was there; rewrite or remove them too\n";
    assert!(ran.stdout.contains(&format!("\nLOOK AT\n{told}\n")), "{}", ran.stdout);
    for name in ["in/a.txt", "in/b.txt", "in/c.txt"] {
        assert_eq!(fs::read(at.join(name)).expect("there"), b"to <EMAIL>\n", "{name}");
    }
    assert_eq!(fs::read(at.join("backup/c.txt")).expect("there"), mail);
}

/// Some of them make the Parquet crate panic: that is damage too, and no defect to be reported.
#[test]
fn whatever_byte_of_a_parquet_file_is_damaged_it_is_told_as_damage() {
    let folder = folder();
    let at = folder.path();
    let columns = [("a", ColumnType::List(Box::new(ColumnType::Text))), ("n", ColumnType::Int64)];
    let mut table = TableWriter::new("table", Vec::new(), &columns).expect("begun");
    for row in 0..40 {
        let words = (0..row % 4).map(|word| io::Value::Text(format!("word {word}"))).collect();
        table.append(vec![io::Value::List(words), io::Value::Int64(row)]).expect("of its types");
    }
    let file = table.finish().expect("written");
    fs::create_dir(at.join("in")).expect("a folder");
    for byte in 4..file.len() - 8 {
        for (way, damage) in [0xff, 0x01, 0x80].into_iter().enumerate() {
            let mut damaged = file.clone();
            damaged[byte] ^= damage;
            fs::write(at.join(format!("in/{byte}-{way}.parquet")), damaged).expect("written");
        }
    }
    for arguments in [&["scan", "in"][..], &["redact", "in", "--out", "out"]] {
        let ran = sievert(arguments.iter().copied().chain(["--report", "report.json"]), at).ends_with(3);
        assert_eq!(ran.stderr, "", "{arguments:?}");
        let report = json(&at.join("report.json"));
        let gaps = report["not_examined"].as_array().expect("a list");
        let told = |gap: &Value| gap["reason"].as_str().expect("a reason").to_owned();
        let told: BTreeSet<_> = gaps.iter().map(told).collect();
        assert!(told.contains("the Parquet file contradicts itself; fetch it again"), "{told:#?}");
        assert!(!told.iter().any(|told| told.contains("defect")), "{told:#?}");
        assert!(adds_up(&report["ledger"]));
    }
}

/// Two inputs may name it, and links lead to it.
#[test]
fn an_object_is_read_once_however_often_it_is_named() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/a.txt", b"to maria@weber-labs.org\n"), ("in/deep/b.jsonl", b"{\"a\": 1}\n")]);
    let told = |arguments: &[&str]| {
        let ran = sievert(arguments.iter().copied().chain(["--report", "report.json"]), at);
        assert!(ran.code < 2, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        json(&at.join("report.json"))
    };
    let once = told(&["scan", "in"]);
    for inputs in [&["in", "in"][..], &["in", "in/a.txt", "in/deep/"], &["./in", "in/../in/*.txt"]] {
        for rewrite in [&["scan"][..], &["redact", "--out", "out", "--overwrite"]] {
            let again = told(&[rewrite, inputs].concat());
            if rewrite == ["scan"] || inputs == ["in", "in"] {
                assert_eq!(again["detectors"], once["detectors"], "{inputs:?}");
                assert_eq!(again["ledger"]["bytes"], once["ledger"]["bytes"], "{inputs:?}");
                let why = &again["skipped"][0]["reason"];
                assert_eq!(why, "it is read already, under this or another name", "{inputs:?}");
            }
            assert!(adds_up(&again["ledger"]), "{inputs:?}");
        }
    }
    assert_eq!(
        files(&at.join("out")),
        ["_SUCCESS", "a.txt", "b.jsonl", "deep/b.jsonl"],
        "a copy for each name"
    );

    symlink("a.txt", at.join("in/link.txt")).expect("a link");
    assert_eq!(told(&["scan", "in"])["detectors"], once["detectors"]);
    symlink("a.txt", at.join("in/link.csv")).expect("a link");
    assert_ne!(
        told(&["scan", "in"])["detectors"],
        once["detectors"],
        "read as another format it is looked at anew"
    );
    let ran = program::piped(["scan", "-", "-", "--input-format", "text"], at, b"to maria@weber-labs.org\n");
    assert!(ran.ends_with(1).stdout.starts_with("Scanned 1 file, 24 B, 1 record "));
}

/// They are told as they are, but so that they cannot speak to a terminal.
#[test]
fn files_of_odd_names_are_told_and_stay() {
    let folder = folder();
    let at = folder.path();
    let mail = b"to maria@weber-labs.org\n";
    write(at, &[("in/a.txt", mail), ("in/esc\u{1b}[31m.txt", mail), ("in/b\nc/d.txt", mail)]);
    let torn = OsStr::from_bytes(b"in/torn\xff.txt");
    if fs::write(at.join(torn), mail).is_err() {
        println!("NOT CHECKED: no name here may be other than UTF-8");
        return;
    }
    let told = "is not read; rename it, or pipe it to `-`";
    for arguments in [&["scan", "in"][..], &["redact", "in", "--out", "out"], &["redact", "in", "--in-place"]]
    {
        let report = ["--report", "report.json"];
        let ran = sievert(arguments.iter().copied().chain(report), at).ends_with(3);
        assert_eq!(ran.stdout.matches(told).count(), 3, "{}", ran.stdout);
        assert!(
            ran.stdout.contains("\n  esc\\u{1b}[31m.txt  ") && ran.stdout.contains("\n  b\\nc/d.txt  "),
            "{}",
            ran.stdout
        );
        let report = json(&at.join("report.json"));
        assert_eq!(report["ledger"]["bytes"]["failed"], 3 * mail.len(), "{arguments:?}");
        assert!(adds_up(&report["ledger"]));
        assert_eq!(fs::read(at.join(torn)).expect("there"), mail, "{arguments:?}");
    }
    assert_eq!(files(&at.join("out")), ["a.txt"]);
}

#[test]
fn what_a_run_says_and_puts_aside_is_no_data_of_the_next() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/a.jsonl", b"{\"a\": \"maria@weber-labs.org\"}\n{\"a\": maria@weber-labs.org\n")]);
    sievert(["redact", "in/a.jsonl", "--in-place"], at).ends_with(3);
    assert!(at.join("in/a.jsonl.sievert/quarantine/a.jsonl").exists());
    sievert(["redact", "in", "--out", "out", "--report", "report.json"], at).good();
    assert_eq!(files(&at.join("out")), ["_SUCCESS", "a.jsonl"]);
    let skipped = &json(&at.join("report.json"))["skipped"];
    assert_eq!(skipped[0]["name"], "a.jsonl.sievert");
    assert_eq!(skipped[0]["reason"], "its name ends in .sievert: what an earlier run says about itself");
}

/// The temporary names of what is written are no longer than those that are there.
#[test]
fn names_may_be_as_long_as_they_can() {
    let folder = folder();
    let at = folder.path();
    let names = ["a", "b"].map(|end| format!("{}{end}.txt", "x".repeat(250)));
    for name in &names {
        write(at, &[(&format!("in/{name}"), format!("{name} to maria@weber-labs.org\n").as_bytes())]);
    }
    sievert(["redact", "in", "--out", "out"], at).good();
    sievert(["redact", "in", "--in-place"], at).good();
    for name in &names {
        for place in ["in", "out"] {
            let text = fs::read_to_string(at.join(place).join(name)).expect("written");
            assert_eq!(text, format!("{name} to <EMAIL>\n"));
        }
    }
}

#[test]
fn what_may_not_be_read_is_told() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/closed.txt", b"to maria@weber-labs.org\n"), ("in/open.txt", b"x\n")]);
    fs::set_permissions(at.join("in/closed.txt"), fs::Permissions::from_mode(0o000)).expect("closed");
    if fs::read(at.join("in/closed.txt")).is_ok() {
        println!("NOT CHECKED: this user may read everything");
        return;
    }
    let ran = sievert(["scan", "in"], at).ends_with(3);
    assert!(
        ran.stdout.contains("closed.txt    permission denied; check the owner and mode"),
        "{}",
        ran.stdout
    );
}

/// Such a file is said to hold nothing before it is read.
#[test]
#[cfg(target_os = "linux")]
fn what_a_system_makes_up_is_no_empty_file() {
    let folder = folder();
    let told = "its size is said to be 0 and it holds more, as what a system makes up while it is read; pipe it to `-`";
    let ran = sievert(["scan", "/proc/self/status"], folder.path()).ends_with(3);
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
    write(folder.path(), &[("empty.csv", b"")]);
    sievert(["scan", "empty.csv"], folder.path()).good();
}

/// Beyond the limit of sizes a system sends a signal, which would end the program.
#[test]
fn a_limit_of_sizes_of_files_is_an_error_of_the_file() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/a.txt", &b"to maria@weber-labs.org\n".repeat(20_000)), ("in/b.txt", b"x\n")]);
    let script = r#"ulimit -f 64; "$0" redact in --out out"#;
    let done =
        Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_sievert")]).current_dir(at).output();
    let ran = program::Ran::from(done.expect("a shell")).ends_with(3);
    let told = "a.txt    File too large (os error 27); allow larger files (ulimit -f)";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
    assert_eq!(files(&at.join("out")), ["b.txt"], "the others are done");
}

/// A folder on a device of 64 KiB, in a mount namespace that ends with the shell.
#[test]
fn a_full_device_is_told_and_leaves_nothing_half() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/a.txt", &b"to maria@weber-labs.org\n".repeat(20_000)), ("small/b.txt", b"x\n")]);
    let script = r#"mount -t tmpfs -o size=64k none full || exit 99
        "$0" redact in --out full/out --state kept; echo "exit $?"; ls -A full/out
        "$0" scan in --findings full/found.jsonl; echo "exit $?"; ls -A full
        "$0" redact small --out full/out --state kept; echo "exit $?"; ls -A full/out"#;
    fs::create_dir(at.join("full")).expect("a folder");
    let done = Command::new("unshare")
        .args(["-m", "-r", "sh", "-c", script, env!("CARGO_BIN_EXE_sievert")])
        .current_dir(at)
        .output();
    let Some(done) = done.ok().filter(|done| done.status.code() == Some(0)) else {
        println!("NOT CHECKED: no device of a small size can be made here");
        return;
    };
    let said =
        String::from_utf8(done.stdout).expect("UTF-8") + &String::from_utf8(done.stderr).expect("UTF-8");
    let full = "no space left on the device of the output; free some and run again";
    assert!(said.contains(&format!("a.txt    {full}")), "{said}");
    assert!(said.contains(&format!("findings file: full/found.jsonl: {full}")), "{said}");
    let ends: Vec<_> = said.lines().filter(|line| line.starts_with("exit ") && !line.contains(':')).collect();
    assert_eq!(ends, ["exit 3", "exit 2", "exit 0"], "{said}");
    assert!(!said.contains(".part") && said.contains("b.txt"), "{said}");
}
