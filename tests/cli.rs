//! What a user reads: help, summaries and errors as they are printed, and what stands on the disk afterwards.

mod program;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use program::{files, folder, results, sievert, write};

/// What differs from run to run, by a word for it.
const CHANGING: [(&str, &str); 7] = [
    (r"in \d[\d.,]* (ms|s|min|h)\b", "in <TIME>"),
    (r"\([\d.,]+ .B/s\)", "(<RATE>)"),
    (r"\b[0-9a-f]{64}\b", "<HASH>"),
    (r"\b\d+\.\d+\.\d+\b", "<VERSION>"),
    // The catalogue grows, and its detectors learn.
    (r"(?m)^(labels|context|against|also called|found|not found) .+$", "$1  <LIST>"),
    (r"\d+ detectors that are off", "<N> detectors that are off"),
    (r"general dates, [a-z0-9_., ]+\n", "general dates, <DETECTORS>\n"),
];

/// Runs the snapshots of a test with the changing parts named.
fn shown(test: impl FnOnce()) {
    insta::with_settings!({ filters => CHANGING, omit_expression => true }, { test() });
}

fn ssn() -> String {
    ["536", "22", "8145"].join("-")
}

/// A table, a chat, a note, and nothing else.
fn data(at: &Path) {
    let ssn = ssn();
    let table = format!("name,email,ssn\nMaria,maria@weber-labs.org,{ssn}\nTom,tom@weber-labs.org,\n");
    let chat = format!(
        "{}\n{}\n",
        r#"{"id": 1, "messages": [{"role": "user", "content": "write to maria@weber-labs.org"}]}"#,
        format_args!(r#"{{"id": 2, "messages": [{{"role": "user", "content": "my SSN is {ssn}"}}]}}"#),
    );
    write(
        at,
        &[
            ("data/people.csv", table.as_bytes()),
            ("data/chat.jsonl", chat.as_bytes()),
            ("data/notes/today.txt", b"call tom@weber-labs.org\nnothing here\n"),
            ("data/_old.csv", b"left,out\n"),
        ],
    );
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("a text file")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[test]
fn help_names_every_word() {
    let folder = folder();
    shown(|| {
        assert_snapshot!("help", sievert(["--help"], folder.path()).good().stdout);
        assert_snapshot!("help_scan", sievert(["scan", "--help"], folder.path()).good().stdout);
        assert_snapshot!("help_redact", sievert(["redact", "--help"], folder.path()).good().stdout);
    });
}

#[test]
fn completions_and_man_name_every_command() {
    let folder = folder();
    let help = sievert(["--help"], folder.path()).good().stdout;
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 10, "{commands:?}");
    for door in [
        &["man"][..],
        &["completions", "bash"],
        &["completions", "zsh"],
        &["completions", "fish"],
        &["completions", "powershell"],
        &["completions", "elvish"],
    ] {
        let printed = sievert(door.iter().copied(), folder.path()).good().stdout;
        for command in &commands {
            assert!(printed.contains(command), "{door:?} does not name {command}");
        }
    }
}

#[test]
fn a_scan_tells_what_is_where() {
    let folder = folder();
    data(folder.path());
    let ran = sievert(["scan", "data"], folder.path()).ends_with(1);
    assert_eq!(ran.stderr, "");
    shown(|| assert_snapshot!("scan", ran.stdout));
    assert_eq!(files(folder.path()).len(), 4, "a scan writes nothing");

    let printed = sievert(["scan", "data", "--format", "json"], folder.path()).ends_with(1).stdout;
    sievert(["scan", "data", "--report", "report.json", "--quiet"], folder.path()).ends_with(1);
    assert_eq!(mode(&folder.path().join("report.json")), 0o600);
    let (mut printed, mut written): (Value, Value) =
        (serde_json::from_str(&printed).expect("JSON"), json(&folder.path().join("report.json")));
    for report in [&mut printed, &mut written] {
        for clock in ["started", "ended", "seconds"] {
            report[clock].take();
        }
    }
    assert_eq!(printed, written, "the same report, printed and written");
}

#[test]
fn a_scan_shows_values_when_asked() {
    let folder = folder();
    data(folder.path());
    let ran = sievert(
        ["scan", "data", "--show-values", "--limit", "2", "--detector", "global.email", "--exit-zero"],
        folder.path(),
    );
    shown(|| assert_snapshot!("scan_show_values", ran.good().stdout));

    // Data do not speak to the terminal.
    fs::write(folder.path().join("t.txt"), "of \u{202e}<me@weber-labs.org>\u{1b}[2J now\n").expect("written");
    let ran = sievert(["scan", "t.txt", "--show-values", "--exit-zero"], folder.path()).good().stdout;
    assert!(ran.contains("\n    of  <[me@weber-labs.org]> [2J now\n"), "{ran}");
}

#[test]
fn a_dry_run_reads_nothing() {
    let folder = folder();
    data(folder.path());
    write(
        folder.path(),
        &[("data/table.parquet", b"never opened"), ("data/picture.png", b"\x89PNG\r\n\x1a\n")],
    );
    let ran = sievert(["scan", "data", "--dry-run", "--detector", "us.ssn"], folder.path()).good();
    shown(|| assert_snapshot!("scan_dry_run", ran.stdout));
    sievert(["redact", "data", "--out", "clean", "--dry-run"], folder.path()).good();
    assert!(!folder.path().join("clean").exists());
}

#[test]
fn redact_writes_data_here_and_the_rest_beside_it() {
    let folder = folder();
    let at = folder.path();
    data(at);
    let ran = sievert(["redact", "data", "--out", "clean"], at).good();
    let written = ["chat.jsonl", "notes/today.txt", "people.csv"]
        .map(|name| format!("{name}\n{}", text(&at.join("clean").join(name))));
    shown(|| {
        assert_snapshot!("redact", ran.stdout);
        assert_snapshot!("redact_written", written.join("\n"));
    });
    assert_eq!(files(&at.join("clean")), ["_SUCCESS", "chat.jsonl", "notes/today.txt", "people.csv"]);
    assert_eq!(text(&at.join("clean/_SUCCESS")), "");
    assert_eq!(results(&at.join("clean.sievert")), ["report.json"]);
    assert_eq!(mode(&at.join("clean.sievert/report.json")), 0o600);
    assert_eq!(json(&at.join("clean.sievert/report.json"))["actions"]["us.ssn"]["replace"], 2);

    // What was written is clean, and redacting it once more changes nothing.
    sievert(["scan", "clean"], at).good();
    sievert(["redact", "clean", "--out", "again", "--state", "kept"], at).good();
    assert_eq!(text(&at.join("again/people.csv")), text(&at.join("clean/people.csv")));
    assert_eq!(results(&at.join("kept")), ["report.json"]);
}

#[test]
fn explain_tells_how_a_detector_decides() {
    let folder = folder();
    let explained = sievert(["explain", "us.ssn"], folder.path()).good().stdout;
    assert_eq!(sievert(["explain", "US_SSN"], folder.path()).good().stdout, explained, "by its alias");
    shown(|| {
        assert_snapshot!("explain", explained);
        assert_snapshot!(
            "explain_unknown",
            sievert(["explain", "us.ssm"], folder.path()).ends_with(2).stderr
        );
    });
    let listed = sievert(["detectors", "country:nl", "--format", "json"], folder.path()).good().stdout;
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    let ids: Vec<_> =
        listed.as_array().expect("a list").iter().filter_map(|one| one["id"].as_str()).collect();
    assert!(ids.contains(&"nl.bsn") && !ids.contains(&"us.ssn"), "{ids:?}");
}

#[test]
fn the_cost_of_a_detector_is_read_off_its_pattern() {
    let folder = folder();
    let policy = concat!(
        "version = 1\n",
        "[[detector]]\nid = \"acme.badge\"\npattern = \"BD-[0-9]{6}\"\n",
        "[[detector]]\nid = \"acme.anything\"\npattern = \"[a-z ]{5,9}\"\n",
    );
    std::fs::write(folder.path().join("mine.toml"), policy).expect("a file");
    let costs = ["detectors", "--cost", "--policy", "mine.toml", "--format", "json"];
    let costs: Value = serde_json::from_str(&sievert(costs, folder.path()).good().stdout).expect("JSON");
    let of = |id: &str| costs.as_array().expect("a list").iter().find(|row| row["id"] == id).expect("a row");
    assert_eq!(of("acme.badge")["route"], "start");
    assert_eq!(of("acme.anything")["route"], "everywhere");
    assert_eq!(of("global.email")["route"], "inside");
    assert_eq!(of("health.mrn")["route"], "label");
    let shown = sievert(["detectors", "--cost", "--policy", "mine.toml"], folder.path()).good().stdout;
    assert!(shown.starts_with("acme.anything                everywhere"), "the costliest first: {shown}");
}

#[test]
fn a_policy_is_begun_checked_and_shown() {
    let folder = folder();
    let at = folder.path();
    let template = sievert(["policy", "init"], at).good().stdout;
    sievert(["policy", "init", "mine.toml"], at).good();
    assert_eq!(text(&at.join("mine.toml")), template);
    assert!(sievert(["policy", "init", "mine.toml"], at).ends_with(2).stderr.contains("mine.toml"));
    assert_eq!(text(&at.join("mine.toml")), template, "not overwritten");
    sievert(["policy", "check", "mine.toml"], at).good();
    // Its examples fit together: who takes all marks away has a policy too.
    let whole = template.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line)).collect::<Vec<_>>();
    write(at, &[("whole.toml", whole.join("\n").as_bytes())]);
    sievert(["policy", "check", "whole.toml"], at).good();

    let two = r#"
version = 1
name = "two"
[scan]
detectors = ["us.ssn", "global.email"]
[key]
from = "env:SIEVERT_KEY"
[[redact]]
detectors = ["us.ssn"]
action = "mask"
keep_last = 4
[[redact]]
detectors = ["*"]
action = "pseudonym"
"#;
    let mistakes = r#"
version = 1
name = "mistakes"
[scan]
skip_detectors = ["us.snn"]
[[redact]]
detectors = ["*"]
action = "replace"
[[redact]]
detectors = ["global.email"]
action = "keep"
[[detector]]
id = "acme.customer"
pattern = 'AC-\d{8}'
examples = ["AC-12"]
"#;
    write(at, &[("two.toml", two.as_bytes()), ("mistakes.toml", mistakes.as_bytes())]);
    shown(|| {
        assert_snapshot!("policy_check", sievert(["policy", "check", "two.toml"], at).good().stdout);
        assert_snapshot!("policy_show", sievert(["policy", "show", "two.toml"], at).good().stdout);
        assert_snapshot!(
            "policy_mistakes",
            sievert(["policy", "check", "mistakes.toml"], at).ends_with(2).stderr
        );
    });
}

#[test]
fn a_key_is_written_once_for_its_owner() {
    let folder = folder();
    let key = folder.path().join("key");
    let ran = sievert(["key", "new", "key"], folder.path()).good();
    let bytes = fs::read(&key).expect("a key");
    assert_eq!((bytes.len(), mode(&key)), (32, 0o600));
    assert!(ran.stdout.contains("from = \"file:key\""), "{}", ran.stdout);
    let refused = sievert(["key", "new", "key"], folder.path()).ends_with(2);
    assert!(refused.stderr.starts_with("sievert: key: "), "{}", refused.stderr);
    assert_eq!(fs::read(&key).expect("a key"), bytes, "the first key stays");
}

#[test]
fn eval_measures_labelled_text() {
    let folder = folder();
    let ssn = ssn();
    let gold = format!(
        "{}\n{}\n{}\n{}\n{}\n",
        r#"{"text": "write to maria@weber-labs.org", "spans": [{"start": 9, "end": 29, "label": "MAIL"}]}"#,
        r#"{"text": "é tom@weber-labs.org", "spans": [{"start": 2, "end": 20, "label": "MAIL"}]}"#,
        format_args!(r#"{{"text": "SSN: {ssn}", "spans": [{{"start": 5, "end": 16, "label": "SSN"}}]}}"#),
        r#"{"text": "mail me at: nowhere", "spans": [{"start": 12, "end": 19, "label": "MAIL"}]}"#,
        r#"{"text": "not labelled: eva@weber-labs.org", "spans": []}"#,
    );
    let map = br#"{"MAIL": ["global.email"], "SSN": ["us.*"]}"#;
    write(folder.path(), &[("gold.jsonl", gold.as_bytes()), ("map.json", map)]);
    let arguments = ["eval", "gold.jsonl", "--map", "map.json"];
    shown(|| assert_snapshot!("eval", sievert(arguments, folder.path()).good().stdout));

    let printed = sievert(arguments.into_iter().chain(["--format", "json"]), folder.path()).good().stdout;
    let printed: Value = serde_json::from_str(&printed).expect("JSON");
    let mail = &printed["strict"]["labels"]["MAIL"];
    assert_eq!([&mail["gold"], &mail["findings"]], [3, 3], "{mail}");

    write(
        folder.path(),
        &[("bad.jsonl", b"{\"text\": \"ab\", \"spans\": [{\"start\": 0, \"end\": 3, \"label\": \"X\"}]}\n")],
    );
    assert!(sievert(["eval", "bad.jsonl"], folder.path()).ends_with(2).stderr.contains("line 1"));

    // What Windows writes is read; what was not measured is told.
    let other =
        "\u{feff}{\"text\": \"abc\", \"spans\": [{\"start\": 0, \"end\": 3, \"label\": \"OURS\"}]}\r\n";
    write(folder.path(), &[("other.jsonl", other.as_bytes()), ("torn.jsonl", b"{\"text\": \"\xff\"}\n")]);
    let told = sievert(["eval", "other.jsonl"], folder.path()).good().stdout;
    assert!(
        told.ends_with(
            "\nNOT JUDGED  spans with labels for which no detector stands: 1; name some with --map\n"
        ),
        "{told}"
    );
    let torn = sievert(["eval", "torn.jsonl"], folder.path()).ends_with(2).stderr;
    assert!(torn.contains("line 1 is not UTF-8; write it so or leave it out"), "{torn}");
}

#[test]
fn reports_of_one_job_add_up() {
    let folder = folder();
    let at = folder.path();
    data(at);
    sievert(["scan", "data/people.csv", "--report", "a.json"], at).ends_with(1);
    sievert(["scan", "data/chat.jsonl", "data/notes", "--report", "b.json"], at).ends_with(1);
    sievert(["scan", "data", "--detector", "us.ssn", "--report", "other.json"], at).ends_with(1);
    sievert(["scan", "data/people.csv", "data/chat.jsonl", "data/notes", "--report", "all.json"], at)
        .ends_with(1);

    sievert(["report", "merge", "a.json", "b.json", "--out", "sum.json"], at).ends_with(1);
    let (sum, all) = (json(&at.join("sum.json")), json(&at.join("all.json")));
    assert_eq!(sum["merged_from"], 2);
    for part in ["ledger", "detectors", "plan"] {
        assert_eq!(sum[part], all[part], "{part}");
    }
    let refused = sievert(["report", "merge", "a.json", "other.json"], at).ends_with(3);
    assert!(refused.stderr.contains("different plans") && refused.stdout.is_empty(), "{}", refused.stderr);
    for twice in [&["a.json", "b.json", "a.json"][..], &["sum.json", "b.json"]] {
        let refused = sievert(["report", "merge"].iter().chain(twice).copied(), at).ends_with(3);
        assert!(refused.stderr.contains("give each once"), "{twice:?} says: {}", refused.stderr);
        assert!(refused.stdout.is_empty(), "{twice:?}");
    }
    write(at, &[("no.json", b"{}")]);
    sievert(["report", "merge", "a.json", "no.json"], at).ends_with(2);
}

#[test]
fn a_sample_is_its_seed() {
    let folder = folder();
    let at = folder.path();
    for (out, seed) in [("one", "7"), ("two", "7"), ("three", "8")] {
        sievert(["sample", "--out", out, "--rows", "30", "--seed", seed], at).good();
    }
    let names = files(&at.join("one"));
    assert_eq!(names, files(&at.join("two")));
    let read = |out: &str, name: &String| fs::read(at.join(out).join(name)).expect("a file");
    assert!(names.iter().all(|name| read("one", name) == read("two", name)));
    assert!(names.iter().any(|name| read("one", name) != read("three", name)));
}
