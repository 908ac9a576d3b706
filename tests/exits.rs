//! How the program ends: exit codes, and what is left on the disk when it is cut short.
#![cfg(unix)]

mod program;

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use sievert::io::{ColumnType, Input, ListOptions, ReadOptions, Runtime, TableWriter, list, open};

use program::{Ran, command, files, folder, piped, results, sievert, write};

const MAIL: &[u8] = b"write to maria@weber-labs.org\n";

/// Exit code 0: clean or done; 1: findings; 2: it could not run; 3: something was not examined.
#[test]
fn exit_codes() {
    let folder = folder();
    let at = folder.path();
    write(
        at,
        &[
            ("clean.csv", b"a,b\n1,2\n"),
            ("mail.txt", MAIL),
            // Nothing but its shape speaks for this card: a number that documentation uses.
            ("example.txt", b"4111 1111 1111 1111\n"),
            ("broken.jsonl", b"{\"a\": \"maria@weber-labs.org\"}\n{\"a\": \n"),
            ("one/same.txt", MAIL),
            ("two/same.txt", MAIL),
            ("in/same.txt", MAIL),
            ("in/data.jsonl", b"{\"a\": 1}\n"),
            ("kept/clean.csv", b"a,b\n1,2\n"),
            ("nest/a.txt", MAIL),
            ("nest/sub/b.txt", MAIL),
            ("taken/mail.txt", b"mine"),
            ("short.key", b"short"),
            ("keyed.toml", &policy("env:SIEVERT_KEY")),
            ("short.toml", &policy("file:short.key")),
            ("lost.toml", &policy("file:lost.key")),
            ("typo.toml", b"version = 1\nnme = \"x\"\n"),
            ("gap.toml", b"version = 1\nname = \"gap\"\nrequires = [\"names\"]\n"),
        ],
    );
    let table: &[(i32, &str, &str)] = &[
        (0, "scan clean.csv", ""),
        (1, "scan mail.txt", ""),
        (0, "scan mail.txt --exit-zero", ""),
        (0, "scan mail.txt --detector us.ssn", ""),
        (0, "scan example.txt", ""),
        (1, "scan example.txt --fail-on possible", ""),
        (0, "scan example.txt --fail-on certain", ""),
        (0, "scan example.txt --fail-on possible --min-confidence likely", ""),
        (3, "scan broken.jsonl", ""),
        (3, "scan broken.jsonl --exit-zero", ""),
        (0, "redact mail.txt --out done", ""),
        (3, "redact broken.jsonl --out part", ""),
        (
            2,
            "redact mail.txt --out taken",
            "mail.txt exists in the output folder; choose another folder or say --overwrite",
        ),
        (0, "redact mail.txt --out taken --overwrite", ""),
        (2, "redact one two --out both", "two inputs would be written to one output, same.txt"),
        (2, "redact one two --out -", "standard output takes one input, and there are 2"),
        (2, "redact one --out one", "all of one stands in the output folder"),
        (2, "redact one/*.txt --out one --overwrite", "stands in the output folder"),
        (2, "redact one --out new --state new", "new stands in the output folder"),
        (2, "redact one --out new/ --state ./new/about", "new/about stands in the output folder"),
        (2, "redact one --out s3://bucket/new --state s3://bucket/new/about", "stands in the output folder"),
        // What is there already would stand among the safe copies as it is.
        (2, "redact nest --out nest/sub", "sub/b.txt exists in the output folder; choose another folder"),
        (0, "redact nest --out nest/sub --overwrite", ""),
        (2, "redact - --in-place", "standard input cannot be rewritten in place"),
        (2, "scan missing.csv", "missing.csv: not found; check the path"),
        (2, "scan clean.csv missing.csv", "missing.csv: not found; check the path"),
        (2, "scan maria@weber-labs.org", "sievert: <EMAIL>: not found; check the path"),
        (
            2,
            "scan clean.csv --policy missing.toml",
            "check the path, or name a built-in policy: default, strict, secrets",
        ),
        (2, "scan clean.csv --policy typo.toml", "typo.toml:2: unknown key `nme`; did you mean `name`?"),
        (2, "scan clean.csv --policy gap.toml", "names"),
        (2, "scan clean.csv --detector us.snn", "did you mean"),
        (2, "redact mail.txt --out keyed --policy keyed.toml", "env:SIEVERT_KEY is not set"),
        (2, "redact mail.txt --out keyed --policy short.toml", "file:short.key"),
        (2, "redact mail.txt --out keyed --policy lost.toml", "or make a key with `sievert key new FILE`"),
        (0, "redact mail.txt --out keyed --policy keyed.toml --ephemeral-key", ""),
        (2, "", "Usage"),
        (2, "scan", "INPUT"),
        (2, "scam data", "scan"),
        (2, "redact mail.txt", "--out"),
        (2, "redact mail.txt --out x --in-place", "cannot be used with"),
        (2, "scan mail.txt --fail-on sometimes", "--fail-on"),
        (2, "scan mail.txt --input-format xml", "csv, tsv, jsonl, json, text, parquet"),
        (2, "scan mail.txt --threads 0", "--threads"),
        (2, "scan mail.txt --memory much", "'...' for '--memory <SIZE>': expected a size such as 256MiB"),
        (2, "key new mail.txt", "name a file that does not exist"),
        (2, "eval missing.jsonl", "check the path"),
        (2, "scan mail.txt --limit 3", "--show-values"),
        (2, "scan mail.txt --show-values --format json", "--show-values prints text"),
        (2, "scan mail.txt --report mail.txt", "--report mail.txt would take the place of an input"),
        (2, "scan clean.csv mail.txt --findings one/../mail.txt", "--findings one/../mail.txt would take"),
        (2, "scan mail.txt --report told.jsonl --findings told.jsonl", "of another output"),
        // A folder's files are inputs too; what an earlier run told there is not missed.
        (2, "scan in --report in/same.txt", "--report in/same.txt would take the place of an input"),
        (2, "scan in/*.txt --report in/same.txt", "--report in/same.txt would take the place of an input"),
        (2, "redact in --out far --report in/same.txt", "would take the place of an input"),
        (2, "scan in --findings in/data.jsonl", "--findings in/data.jsonl would take the place of an input"),
        (1, "scan in --report in/told.json --findings in/told.parquet", ""),
        (1, "scan in --report in/told.json --findings in/told.parquet", ""),
        (1, "scan in --findings in/told.jsonl", ""),
        (1, "scan in --findings in/told.jsonl", ""),
        (2, "redact in --out far --report far/told.json", "far/told.json stands in the output folder"),
        (2, "redact in --out far --findings ./far/told.jsonl", "far/told.jsonl stands in the output folder"),
        (2, "scan mail.txt --findings told.csv", "name a file that ends in .jsonl or .parquet"),
        (2, "scan mail.txt --findings s3://bucket/told.jsonl", "findings are written to this machine"),
        (2, "scan mail.txt --report -", "say --format json to print the report"),
        (2, "scan mail.txt --report clean.csv/told.json", "name another place: a file stands where a folder"),
        (2, "scan mail.txt --report one", "one is a folder; name a file for the report"),
        // What a scan keeps is not what it reads.
        (0, "scan kept --state kept/state", ""),
        (0, "scan kept --state kept/state --resume", ""),
        (2, "scan kept --state kept", "all of kept stands in the output folder, or in that of --state"),
        (2, "scan ftp://host/key", "unknown kind of URL"),
        (2, "scan mail.txt --include [", "glob"),
        (2, "explain us.snn", "sievert: explain: unknown detector `us.snn`; did you mean"),
        (2, "detectors us.snn", "sievert: detectors: unknown detector `us.snn`; did you mean"),
        (2, "report merge missing.json", "check the path"),
        (0, "--version", ""),
    ];
    for (code, arguments, said) in table {
        let ran = sievert(arguments.split_whitespace(), at);
        assert_eq!(ran.code, *code, "sievert {arguments}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(said), "sievert {arguments} says: {}", ran.stderr);
        assert_eq!(*code == 2, !ran.stderr.is_empty(), "only what could not run speaks of it: {arguments}");
    }
    assert!(!at.join("both").exists() && !at.join("new").exists() && !at.join("part/_SUCCESS").exists());
    assert!(at.join("done/_SUCCESS").exists());
    assert_eq!(fs::read(at.join("taken/mail.txt")).expect("replaced"), b"write to <EMAIL>\n");
}

/// What was typed where a known word belongs may be a password: it is said again only where it is nearly such a word.
/// A gate behind many machines lets through what it would have let through behind one.
#[test]
fn a_sum_of_shards_ends_as_one_run_over_all_would() {
    let folder = folder();
    let at = folder.path();
    write(
        at,
        &[
            ("clean/a.csv", b"a,b\n1,2\n"),
            ("clean/b.csv", b"a,b\n1,2\n"),
            ("found/a.csv", b"a,b\n1,2\n"),
            ("found/mail.txt", MAIL),
            ("example/card.txt", b"4111 1111 1111 1111\n"),
            ("broken/mail.txt", MAIL),
            ("broken/torn.jsonl", b"{\"a\": \n"),
        ],
    );
    let table = [("clean", "", 0), ("found", "", 1), ("found", "--exit-zero", 0), ("example", "", 0)];
    let levels = [("example", "--fail-on possible", 1), ("broken", "", 3), ("broken", "--exit-zero", 3)];
    for (input, asked, code) in table.into_iter().chain(levels) {
        let asked: Vec<_> = asked.split_whitespace().collect();
        let with = |words: &[&'static str]| [words, &asked].concat();
        sievert(with(&["scan", input]), at).ends_with(code);
        for (shard, report) in [("1/2", "1.json"), ("2/2", "2.json")] {
            sievert(["scan", input, "--shard", shard, "--report", report], at);
        }
        let sum = sievert(with(&["report", "merge", "1.json", "2.json"]), at).ends_with(code);
        assert_eq!(sum.stdout.contains("\nexit 1: findings at"), code == 1, "{}", sum.stdout);
        sievert(with(&["report", "merge", "1.json"]), at).ends_with(3);
    }
}

#[test]
fn a_word_that_nothing_is_like_is_not_repeated() {
    let folder = folder();
    write(folder.path(), &[("mail.txt", MAIL)]);
    for (arguments, said) in [
        (&["scan", "mail.txt", "--detector", "tr0ub4dor"][..], "--detector: unknown detector; see `sievert"),
        (&["scan", "mail.txt", "--detector", "tr0ub4dor*"], "--detector: a selector fits no detector; see"),
        (&["scan", "mail.txt", "--fail-on", "tr0ub4dor"], "invalid value '...' for '--fail-on <C>'"),
        (&["scan", "mail.txt", "--header", "tr0ub4dor"], "[possible values: yes, no]"),
        (&["scan", "mail.txt", "--memory", "tr0ub4dor"], "expected a size such as 256MiB"),
        (&["key", "new", "a.key", "tr0ub4dor"], "unexpected argument '...' found"),
        (&["tr0ub4dor"], "unrecognized subcommand '...'"),
    ] {
        let ran = sievert(arguments.iter().copied(), folder.path()).ends_with(2);
        assert!(ran.stderr.contains(said), "{arguments:?} says: {}", ran.stderr);
        assert!(!ran.stderr.contains("tr0ub4dor"), "{arguments:?} says: {}", ran.stderr);
    }
}

/// A shell gives the program what it may open: too little of it is said, and where a stream is closed nothing is read.
#[test]
fn what_cannot_be_opened_is_told() {
    let folder = folder();
    write(folder.path(), &[("mail.txt", MAIL)]);
    for (script, code, said) in [
        ("ulimit -n 6; exec \"$0\" scan mail.txt", 2, "open files (ulimit -u, ulimit -n)"),
        ("exec \"$0\" redact mail.txt --out - >&-", 2, "standard output is closed; name a folder with --out"),
        ("exec \"$0\" redact mail.txt --out - > /dev/null", 0, ""),
        ("exec \"$0\" scan - <&-", 2, "standard input is closed"),
        ("exec \"$0\" redact - --out - <&-", 2, "pipe the data to it, or name a file"),
        ("exec \"$0\" scan - < /dev/null", 0, ""),
        ("exec \"$0\" redact mail.txt --out - | cat", 0, ""),
    ] {
        let ran = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_sievert")])
            .current_dir(folder.path())
            .output()
            .expect("a shell");
        let told = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(code), "{script}: {told}");
        assert!(told.contains(said), "{script}: {told}");
    }
}

/// A variable of a shell that is not set names nothing: no folder, no policy, and no glob that would leave out all.
#[test]
fn an_empty_name_is_refused() {
    let folder = folder();
    write(folder.path(), &[("mail.txt", MAIL)]);
    for arguments in [
        &["scan", ""][..],
        &["redact", "", "--out", "clean"],
        &["scan", "mail.txt", "--policy", ""],
        &["scan", "mail.txt", "--detector", ""],
        &["scan", "mail.txt", "--include", ""],
        &["scan", "mail.txt", "--exclude", ""],
    ] {
        let ran = sievert(arguments.iter().copied(), folder.path()).ends_with(2);
        assert!(ran.stderr.contains("a value is required"), "{arguments:?} says: {}", ran.stderr);
    }
}

/// A key is needed where something is made with it, and nowhere else; what is shown names where it is.
#[test]
fn a_policy_is_looked_at_without_its_key() {
    let folder = folder();
    let gold =
        br#"{"text": "maria@weber-labs.org", "spans": [{"start": 0, "end": 20, "label": "global.email"}]}"#;
    let at = folder.path();
    write(at, &[("keyed.toml", &policy("env:SIEVERT_KEY")), ("gold.jsonl", gold)]);
    for arguments in [
        "policy check keyed.toml",
        "policy show keyed.toml",
        "detectors --cost --policy keyed.toml",
        "eval gold.jsonl --policy keyed.toml",
    ] {
        sievert(arguments.split_whitespace(), at).good();
    }
    let shown = |policy: &str| sievert(["policy", "show", policy], at).good().stdout;
    assert!(shown("keyed.toml").contains("key             env:SIEVERT_KEY\n"), "{}", shown("keyed.toml"));
    assert!(shown("default").contains("key             none\n"), "{}", shown("default"));

    // What a run will be told about the key, a check tells beforehand.
    write(at, &[("keyless.toml", b"version = 1\n[[redact]]\ndetectors = [\"*\"]\naction = \"pseudonym\"\n")]);
    let checked = |policy: &str| sievert(["policy", "check", policy], at).good().stdout;
    let told =
        sievert(["redact", "gold.jsonl", "--out", "out", "--policy", "keyless.toml"], at).ends_with(2).stderr;
    let told = told.strip_prefix("sievert: ").expect("it says who speaks");
    assert!(told.contains("a pseudonym needs a key") && told.contains("or say --ephemeral-key"), "{told}");
    assert!(
        checked("keyless.toml").ends_with(&format!("\na run will need a key: {told}")),
        "{}",
        checked("keyless.toml")
    );
    assert!(
        checked("keyed.toml")
            .ends_with("\na run will need the key (env:SIEVERT_KEY), which was not looked at\n"),
        "{}",
        checked("keyed.toml")
    );
    assert_eq!(checked("default").lines().count(), 1, "{}", checked("default"));
}

/// A policy that makes pseudonyms of everything.
fn policy(key: &str) -> Vec<u8> {
    format!(
        "version = 1\nname = \"keyed\"\n[key]\nfrom = \"{key}\"\n[[redact]]\ndetectors = [\"*\"]\naction = \"pseudonym\"\n"
    )
    .into_bytes()
}

/// A Parquet file of one cell.
fn table(path: &Path, text: &str) {
    let file = fs::File::create(path).expect("a file");
    let mut table = TableWriter::new("table", file, &[("contact", ColumnType::Text)]).expect("begun");
    table.append(vec![text.into()]).expect("of its type");
    table.finish().expect("written");
}

/// The cells of a file.
fn cells(path: &Path) -> Vec<String> {
    let runtime = Runtime::start().expect("a thread");
    let listing = list(&runtime, &Input::Path(path.to_owned()), &ListOptions::default()).expect("listed");
    let mut opened = open(&listing.objects[0], &ReadOptions::default(), &()).expect("opened");
    let mut cells = Vec::new();
    while let Some(piece) = opened.source.next().expect("read") {
        let batch = opened.format.decode(piece).expect("decoded");
        cells.extend(batch.texts.iter().flat_map(|texts| texts.iter().map(str::to_owned)));
    }
    cells
}

#[test]
fn what_is_in_a_file_comes_before_its_name() {
    let folder = folder();
    let at = folder.path();
    fs::create_dir(at.join("in")).expect("a folder");
    table(&at.join("in/people.csv"), "maria@weber-labs.org");
    table(&at.join("in/people.txt"), "nobody");
    sievert(["redact", "in", "--out", "out", "--report", "report.json"], at).good();
    assert_eq!(cells(&at.join("out/people.csv")), ["<EMAIL>", "contact"]);
    assert_eq!(fs::read(at.join("out/people.txt")).ok(), fs::read(at.join("in/people.txt")).ok());
    assert_eq!(program::report(at, "report.json")["objects"][0]["read_as"], "parquet");
    let told = sievert(["scan", "in/people.csv", "--input-format", "csv"], at).ends_with(3);
    assert!(
        told.stdout.contains("Parquet is not read through another compression or format"),
        "{}",
        told.stdout
    );
}

#[test]
fn one_value_is_one_token_everywhere() {
    let folder = folder();
    let at = folder.path();
    write(
        at,
        &[
            ("keyed.toml", &policy("env:SIEVERT_KEY")),
            ("data/a.csv", b"id,contact\n1,maria@weber-labs.org\n"),
            ("data/b.jsonl", b"{\"text\": \"Maria@Weber-Labs.org, again\"}\n"),
        ],
    );
    table(&at.join("data/c.parquet"), "maria@weber-labs.org");

    let keyed = |key: &str, out: &str| -> Ran {
        command(["redact", "data", "--out", out, "--policy", "keyed.toml"], at)
            .env("SIEVERT_KEY", key.repeat(32))
            .output()
            .expect("the program starts")
            .into()
    };
    keyed("5a", "one").good();
    keyed("5a", "same").good();
    keyed("5b", "other").good();
    let token = |out: &str, name: &str| {
        let text = fs::read_to_string(at.join(out).join(name)).expect("a file");
        let start = text.find("EMAIL_").unwrap_or_else(|| panic!("no token in {text}"));
        text[start..start + "EMAIL_".len() + 16].to_owned()
    };
    let first = token("one", "a.csv");
    assert_eq!(first, token("one", "b.jsonl"), "the same person in another format and spelling");
    assert_eq!(cells(&at.join("one/c.parquet")), [first.as_str(), "contact"]);
    assert_eq!(first, token("same", "a.csv"), "in another run");
    assert_ne!(first, token("other", "a.csv"), "with another key");
    let refused = keyed("5", "short").ends_with(2);
    assert!(
        refused.stderr.contains("env:SIEVERT_KEY") && !refused.stderr.contains("5555"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_filter_reads_and_writes_the_standard_streams() {
    let folder = folder();
    let filter = ["redact", "-", "--out", "-", "--input-format", "jsonl"];
    let ran = piped(filter, folder.path(), b"{\"n\":1.0,\"t\":\"to maria@weber-labs.org\"}\n{}\n").good();
    assert_eq!(ran.stdout, "{\"n\":1.0,\"t\":\"to <EMAIL>\"}\n{}\n");
    assert!(ran.stderr.starts_with("Rewrote 1 file"), "{}", ran.stderr);
    assert_eq!(files(folder.path()), ["stdin.sievert/report.json"]);

    let quiet = piped(filter.into_iter().chain(["--quiet"]), folder.path(), b"").good();
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_program_quietly() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("mail.txt", MAIL.repeat(40_000).as_slice())]);
    for (arguments, wanted) in [
        (&["scan", "mail.txt", "--show-values", "--limit", "30000"][..], "global.email"),
        (&["redact", "mail.txt", "--out", "-"], "write to <EMAIL>"),
        (&["detectors"], ""),
    ] {
        let mut child = command(arguments.iter().copied(), at).spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::with_capacity(16, child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("a line");
        assert!(line.contains(wanted), "{arguments:?}: {line}");
        let mut said = String::new();
        child.stderr.take().expect("piped").read_to_string(&mut said).expect("UTF-8");
        let code = child.wait().expect("it ends").code();
        assert_eq!((code, said.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
    assert!(sent.success());
}

/// Waits a while for the end of a process that was told to end.
fn ended(mut child: Child) -> Option<i32> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_mins(1) {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("still there");
    child.wait().expect("killed");
    panic!("it did not end");
}

/// Waits until something has been written below a folder.
fn begun(at: &Path) {
    let start = Instant::now();
    while !at.exists() || files(at).is_empty() {
        assert!(start.elapsed() < Duration::from_mins(1), "nothing was begun");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_interrupted_stream_leaves_nothing_half() {
    let folder = folder();
    let at = folder.path();
    let arguments = ["redact", "-", "--out", "out", "--input-format", "text", "--findings", "found.jsonl"];
    let mut child = command(arguments, at).stdin(Stdio::piped()).spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("piped");
    input.write_all(&MAIL.repeat(100_000)).expect("read");
    begun(&at.join("out"));
    interrupt(&child);
    // The stream goes on: the program ends all the same, and its end of the pipe closes.
    while input.write_all(&MAIL.repeat(10_000)).is_ok() {}
    assert_eq!(ended(child), Some(130));
    assert_eq!(files(at), [""; 0]);
}

#[test]
fn an_interrupted_stream_that_has_fallen_silent_ends_too() {
    let folder = folder();
    let at = folder.path();
    let arguments = ["redact", "-", "--out", "out", "--input-format", "text"];
    let mut child = command(arguments, at).stdin(Stdio::piped()).spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("piped");
    input.write_all(&MAIL.repeat(100_000)).expect("read");
    begun(&at.join("out"));
    interrupt(&child);
    assert_eq!(ended(child), Some(130));
    assert_eq!(files(at), [""; 0]);
    drop(input);
}

#[test]
fn an_interrupted_run_keeps_whole_files_only() {
    let folder = folder();
    let at = folder.path();
    let one = MAIL.repeat(2_000);
    for number in 0..400 {
        write(at, &[(&format!("in/{number:03}.txt"), &one)]);
    }
    // Behind the files it waits for what never comes: however fast it is, it does not end by itself.
    let arguments = ["redact", "in", "-", "--out", "out", "--input-format", "text", "--threads", "1"];
    let mut child = command(arguments, at).stdin(Stdio::piped()).spawn().expect("the program starts");
    let input = child.stdin.take();
    begun(&at.join("out"));
    interrupt(&child);
    assert_eq!(ended(child), Some(130));
    drop(input);
    let clean = b"write to <EMAIL>\n".repeat(2_000);
    let left = files(&at.join("out"));
    for name in left {
        assert!(fs::read(at.join("out").join(&name)).expect("a file") == clean, "{name} is not whole");
    }
    assert_eq!(files(&at.join("in")).len(), 400);
}

#[test]
fn in_place_replaces_whole_files_and_leaves_the_rest_alone() {
    let folder = folder();
    let at = folder.path();
    let plain = b"a;b\r\n\"x\";\"1,5\"\r\n";
    write(
        at,
        &[("in/plain.csv", plain), ("in/mail.txt", MAIL), ("in/broken.jsonl", b"{\"a\": \n{\"b\": 1}\n")],
    );
    fs::set_permissions(at.join("in/mail.txt"), Permissions::from_mode(0o640)).expect("set");
    let before = fs::metadata(at.join("in/mail.txt")).expect("a file").ino();
    let mut open = fs::File::open(at.join("in/mail.txt")).expect("a file");

    sievert(["redact", "in", "--in-place"], at).ends_with(3);
    assert_eq!(fs::read(at.join("in/plain.csv")).expect("a file"), plain);
    assert_eq!(fs::read(at.join("in/mail.txt")).expect("a file"), b"write to <EMAIL>\n");
    let after = fs::metadata(at.join("in/mail.txt")).expect("a file");
    assert_ne!(after.ino(), before, "a new file, renamed");
    assert_eq!(after.mode() & 0o777, 0o640, "read by whom the old one was");
    let mut old = Vec::new();
    open.read_to_end(&mut old).expect("a reader keeps what it opened");
    assert_eq!(old, MAIL);
    assert_eq!(files(&at.join("in")), ["broken.jsonl", "mail.txt", "plain.csv"]);
    assert_eq!(fs::read(at.join("in/broken.jsonl")).expect("a file"), b"{\"b\": 1}\n");
    assert_eq!(fs::read(at.join("in.sievert/quarantine/broken.jsonl")).expect("kept"), b"{\"a\": \n");
}

#[test]
fn what_a_rewrite_wrote_is_not_its_input() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/mail.txt", MAIL)]);
    for overwrite in [&[][..], &["--overwrite"]] {
        let arguments = ["redact", "in", "--out", "in/out"].into_iter().chain(overwrite.iter().copied());
        sievert(arguments, at).good();
        assert_eq!(files(&at.join("in/out")), ["_SUCCESS", "mail.txt"]);
    }
    assert_eq!(
        results(&at.join("in")),
        ["mail.txt", "out.sievert/report.json", "out/_SUCCESS", "out/mail.txt"]
    );
}

#[test]
fn globs_headers_and_detectors_choose() {
    let folder = folder();
    let at = folder.path();
    write(
        at,
        &[("in/a.csv", b"name,mail\nx,maria@weber-labs.org\n"), ("in/b.txt", MAIL), ("in/deep/c.txt", MAIL)],
    );
    let report = |arguments: &[&str]| -> Value {
        let all = ["scan", "in", "--format", "json"].into_iter().chain(arguments.iter().copied());
        serde_json::from_str(&sievert(all, at).stdout).expect("JSON")
    };
    let objects = |arguments: &[&str]| -> Vec<String> {
        let report = report(arguments);
        let objects = report["objects"].as_array().expect("a list");
        objects.iter().map(|object| object["object"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(objects(&[]), ["a.csv", "b.txt", "deep/c.txt"]);
    assert_eq!(objects(&["--include", "*.txt"]), ["b.txt", "deep/c.txt"]);
    assert_eq!(objects(&["--include", "deep/*.txt"]), ["deep/c.txt"]);
    assert_eq!(objects(&["--include", "*.txt", "--exclude", "b.*"]), ["deep/c.txt"]);
    assert_eq!(
        report(&["--exclude", "*.txt"])["ledger"]["objects"]["skipped"],
        2,
        "what is left out is counted"
    );
    let nothing = sievert(["scan", "in", "--include", "*.TXT"], at).good().stdout;
    let told = "\nNOTHING READ     3 files left out, such as a.csv: --include or --exclude leaves it out\n";
    assert!(nothing.contains(told), "{nothing}");
    fs::create_dir(at.join("empty")).expect("a folder");
    let nothing = sievert(["scan", "empty"], at).good().stdout;
    assert!(nothing.contains("\nNOTHING READ     there are no files\n"), "{nothing}");

    let fields = |header: &str| -> Vec<String> {
        let report = report(&["--include", "*.csv", "--header", header]);
        report["fields"].as_object().expect("fields").keys().cloned().collect()
    };
    assert_eq!(fields("yes"), ["mail", "name"]);
    assert_eq!(fields("no"), ["column_1", "column_2"]);

    assert_eq!(report(&["--detector", "us.*"])["detectors"], serde_json::json!({}));
    assert_eq!(report(&["--detector", "global.email"])["detectors"]["global.email"]["certain"], 3);
}

/// Nobody wants a report in place of `/dev/null`.
#[test]
fn a_pipe_stays_a_pipe() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("mail.txt", MAIL)]);
    for option in ["--report", "--findings"] {
        assert!(Command::new("mkfifo").arg(at.join(option)).status().expect("mkfifo is there").success());
        let reader = std::thread::spawn({
            let pipe = at.join(option);
            move || fs::read_to_string(pipe).expect("text")
        });
        sievert(["scan", "mail.txt", "--quiet", option, &format!("./{option}")], at).ends_with(1);
        assert!(reader.join().expect("read").contains("global.email"), "{option}");
        assert!(fs::metadata(at.join(option)).expect("there").file_type().is_fifo(), "{option}");
    }
}

#[test]
fn findings_can_be_read_back() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/a.csv", "name,mail\nx,\"é maria@weber-labs.org\"\n".as_bytes()), ("in/b.txt", MAIL)]);
    sievert(["scan", "in", "--findings", "found.jsonl"], at).ends_with(1);
    sievert(["scan", "in", "--findings", "found.parquet"], at).ends_with(1);
    let text = fs::read_to_string(at.join("found.jsonl")).expect("findings");
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len(), 2);
    let expected = serde_json::json!({
        "object": "a.csv", "record": 0, "line": 2, "field": "mail", "start": 2, "end": 22,
        "start_byte": 3, "end_byte": 23, "start_utf16": 2, "end_utf16": 22,
        "detector": "global.email", "confidence": rows[0]["confidence"], "why": rows[0]["why"],
    });
    assert_eq!(rows[0], expected);
    assert!(rows[0]["why"].as_array().is_some_and(|why| !why.is_empty()));

    // The table is read by the program itself: as many records, and no value in it.
    let report = sievert(["scan", "found.parquet", "--format", "json"], at).good().stdout;
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["ledger"]["records"]["scanned"], 2);
    let fields: Vec<_> = report["fields"].as_object().expect("fields").keys().cloned().collect();
    for field in ["object", "record", "line", "field", "detector", "confidence"] {
        assert!(fields.iter().any(|known| known == field), "{field} is not in {fields:?}");
    }
}
