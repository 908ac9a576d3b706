//! The three promises, each held against the real program: nothing sensitive is missed silently, nothing else is
//! changed, nothing leaks.

mod program;

use std::fs;
use std::io::Write;
use std::path::Path;

use program::{Ran, folder, sievert};
use serde_json::Value;

/// Values that must never be seen outside the data. Made of parts, so that this file holds none of them.
fn canaries() -> [String; 4] {
    [
        ["quokka.canary", "example.org"].join("@"),
        ["572", "68", "1934"].join("-"),
        ["4556", "7375", "8689", "9855"].concat(),
        ["AKIA", "QYLPMN5HFIQR7XYA"].concat(),
    ]
}

fn report(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a report")).expect("JSON")
}

fn number(value: &Value, path: &[&str]) -> u64 {
    path.iter().fold(value, |value, key| &value[*key]).as_u64().unwrap_or_else(|| panic!("no {path:?}"))
}

#[test]
fn nothing_is_missed_silently() {
    let folder = folder();
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("a folder");
    let write = |name: &str, bytes: &[u8]| fs::write(data.join(name), bytes).expect("written");
    let [email, ..] = canaries();

    write("good.csv", format!("name,contact\nx,{email}\n").as_bytes());
    write("broken.jsonl", format!("{{\"a\":\"{email}\"}}\n{{\"a\": {email}\n{{\"a\":1}}\n").as_bytes());
    write("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89");
    write("table.parquet", b"PAR1 and then nothing that a footer would be made of PAR1");
    write("_notes.txt", b"left out by the convention of data folders");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    for line in 0..5_000 {
        writeln!(packed, "line {line} of a stream that ends early {email}").expect("packed");
    }
    let packed = packed.finish().expect("packed");
    write("cut.txt.gz", &packed[..packed.len() / 2]);

    let out = folder.path().join("report.json");
    let ran = sievert(["scan", "data", "--report", "report.json"], folder.path());
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    let report = report(&out);

    let names: Vec<_> = report["not_examined"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|gap| gap["object"].as_str())
        .collect();
    for name in ["broken.jsonl", "picture.png", "table.parquet", "cut.txt.gz"] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
        assert!(ran.stdout.contains(name), "{name} is not in the summary");
    }
    assert_eq!(report["skipped"][0]["name"], "_notes.txt");
    assert_eq!(number(&report, &["ledger", "records", "quarantined"]), 1);

    // What could not be parsed was still looked at, as text.
    let unparsed = &report["fields"]["unparsed"]["detectors"]["global.email"];
    assert_eq!(number(unparsed, &["certain"]), 1, "the address in the broken line");

    for (unit, parts) in [
        ("objects", &["scanned", "failed", "skipped"][..]),
        ("bytes", &["scanned", "failed", "skipped", "sampled"]),
        ("records", &["scanned", "quarantined", "dropped"]),
        ("cells", &["scanned", "skipped", "binary"]),
    ] {
        let sum: u64 = parts.iter().map(|part| number(&report, &["ledger", unit, part])).sum();
        assert_eq!(sum, number(&report, &["ledger", unit, "total"]), "{unit} do not add up");
    }
    let on_disk: u64 = fs::read_dir(&data)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").metadata().expect("one").len())
        .sum();
    assert_eq!(
        number(&report, &["ledger", "bytes", "total"]),
        on_disk,
        "every byte of the folder is in the ledger"
    );
}

#[test]
fn nothing_else_is_changed() {
    let folder = folder();
    sievert(["sample", "--out", "in", "--rows", "120"], folder.path()).good();
    fs::write(folder.path().join("in/plain.csv"), "a;b\r\n\"x\";\"1,5\"\r\n  y ;'2\r\n").expect("written");
    fs::write(folder.path().join("in/plain.jsonl"), "{ \"k\" : 1.50e+01, \"k\":\"\\u00e9\\/\" }\n\n[]")
        .expect("written");
    sievert(["redact", "in", "--out", "out"], folder.path()).good();

    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("a file");
    for name in ["plain.csv", "plain.jsonl"] {
        assert_eq!(read(&format!("in/{name}")), read(&format!("out/{name}")), "{name} holds no finding");
    }
    for name in ["patients.csv", "tickets.jsonl"] {
        let (before, after) = (read(&format!("in/{name}")), read(&format!("out/{name}")));
        assert_ne!(before, after, "{name} holds findings");
        let mut rest = before.as_str();
        for kept in without_marks(&after) {
            let at = rest
                .find(kept)
                .unwrap_or_else(|| panic!("{name}: a stretch outside the findings was changed"));
            rest = &rest[at + kept.len()..];
        }
        assert!(rest.is_empty(), "{name}: its end was cut off");
        assert!(name != "tickets.jsonl" || before.lines().count() == after.lines().count());
    }
    let left: Vec<_> = fs::read_dir(folder.path().join("out"))
        .expect("a folder")
        .map(|e| e.expect("one").file_name())
        .collect();
    assert_eq!(left.len(), 6, "five files and _SUCCESS: {left:?}");
}

/// The stretches between `<TYPE>` marks.
fn without_marks(text: &str) -> Vec<&str> {
    let is_type = |mark: &str| {
        !mark.is_empty() && mark.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit())
    };
    let mut kept = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find('>') {
        match rest[..end].rfind('<') {
            Some(start) if is_type(&rest[start + 1..end]) => kept.push(&rest[..start]),
            _ => kept.push(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    kept.push(rest);
    kept
}

/// Every door out of the program is opened with canaries behind it, and none comes through.
#[test]
fn nothing_leaks() {
    let folder = folder();
    let at = folder.path();
    let [email, ssn, card, key] = &canaries();
    fs::create_dir(at.join("data")).expect("a folder");
    let write = |name: &str, text: String| fs::write(at.join("data").join(name), text).expect("written");

    // Cells, names of columns, keys of objects, names of files, lines that do not parse, numbers.
    write("a.csv", format!("id,contact,ssn,card\n1,{email},{ssn},{card}\n"));
    write("header.csv", format!("{email},b\n1,2\n"));
    write(
        "b.jsonl",
        format!("{{\"users\":{{\"{email}\":{{\"age\":3,\"ssn\":\"{ssn}\"}}}},\"card\":{card}}}\n"),
    );
    write("broken.jsonl", format!("{{\"a\": \"{email}\", {ssn}\n{{\"aws\": \"{key}\"}}\n"));
    write("broken.csv", format!("a,b\n1,\"{email} {key}\n"));
    write(&format!("{email}.txt"), format!("{ssn} is an SSN, {card} a card, {key}\n"));
    write("cut.gz", email.clone());
    write("no.parquet", format!("PAR1{email}{ssn}"));
    // What is only possible, and what a strict policy rewrites all the same.
    fs::create_dir(at.join("bare")).expect("a folder");
    fs::write(at.join("bare/c.jsonl"), format!("{{\"people\": {{\"{ssn}\": {{\"age\": 3}}}}}}\n"))
        .expect("written");
    fs::write(at.join(format!("bare/{ssn}.txt")), "nothing\n").expect("written");
    let (typed, since) = (format!("data/{email}.t?t"), format!("{email}.json"));
    let (lost, group) = (format!("a.csv/{key}"), format!("country:{key}"));
    fs::write(
        at.join("policy.toml"),
        format!("version = 1\nname = \"p\"\n[[allow]]\ndetector = \"global.email\"\nexact = [\"{email}\"]\n"),
    )
    .expect("written");
    fs::write(at.join("typo.toml"), format!("version = 1\nname = \"p\"\n[[allow]]\ndetector = \"global.email\"\nexact = \"{email}\"\nreason = \"r\"\n"))
        .expect("written");
    fs::write(at.join("gold.jsonl"), format!("{{\"text\": \"{email}\", \"spans\": [{{\"start\": 0}}]}}\n"))
        .expect("written");

    let runs: &[&[&str]] = &[
        &["scan", "data", "--report", "r1.json", "--findings", "f1.jsonl"],
        &["scan", "data", "--format", "json", "--findings", "f2.parquet", "--ephemeral-key"],
        &["scan", "data", "--header", "yes", "--dry-run"],
        &["scan", "data", "--detector", "nl.bsn", "--report", "r4.json"],
        &["redact", "data", "--out", "out", "--report", "r2.json"],
        &["redact", "data", "--out", "out"],
        &["redact", "data", "--out", "typed", "--policy", "strict"],
        &["redact", "bare", "--out", "strict", "--policy", "strict"],
        &["scan", &typed, "--since", &since, "--report", "r3.json"],
        &["scan", "data", "--policy", "policy.toml"],
        &["policy", "check", "policy.toml"],
        &["policy", "check", "typo.toml"],
        &["policy", "show", "typo.toml"],
        &["eval", "gold.jsonl"],
        &["report", "merge", "r1.json", "gold.jsonl"],
        &["explain", "us.ssm"],
        // Typed, or pasted, where something else belongs.
        &["scan", key],
        &["scan", "data", "--policy", key],
        &["scan", "data", "--report", &lost],
        &["scan", "data", "--detector", key],
        &["scan", "data", "--detector", &group],
        &["scan", "data", "--fail-on", key],
        &["scan", "data", "--input-format", key],
        &["scan", "data", "--header", key],
        &["explain", key],
        &["key", "new", "a.key", key],
        &[key],
    ];
    let mut seen = Vec::new();
    for arguments in runs {
        let Ran { stdout, stderr, .. } = sievert(arguments.iter().copied(), at);
        seen.push((arguments.join(" "), stdout + &stderr));
    }
    let beside = ["out", "typed", "strict"].map(|out| format!("{out}.sievert/report.json"));
    for name in
        ["r1.json", "r2.json", "r3.json", "r4.json", "f1.jsonl"].map(str::to_owned).into_iter().chain(beside)
    {
        seen.push((
            name.clone(),
            fs::read_to_string(at.join(&name)).unwrap_or_else(|_| panic!("{name} is not there")),
        ));
    }
    let table = fs::read(at.join("f2.parquet")).expect("findings");
    seen.push(("f2.parquet".into(), String::from_utf8_lossy(&table).into_owned()));
    for entry in fs::read_dir(at.join("out")).expect("a folder") {
        let path = entry.expect("an entry").path();
        seen.push((
            path.display().to_string(),
            String::from_utf8_lossy(&fs::read(&path).expect("a file")).into_owned(),
        ));
    }
    for (place, text) in &seen {
        let names = [email, ssn, card, key];
        for (number, canary) in names.into_iter().enumerate() {
            assert!(
                !text.contains(canary.as_str()),
                "canary {number} came out through: {}",
                place.replace(email.as_str(), "…")
            );
        }
    }
    assert!(
        seen.iter().any(|(_, text)| text.contains("users.<EMAIL>.")),
        "a personal key is shown as its type"
    );
}

/// One such number proves little, many of them each other: then each is a finding, and stands in no field's name.
#[test]
fn keys_that_only_their_like_bring_to_light_do_not_leak() {
    let folder = folder();
    let at = folder.path();
    // NHS numbers: the last digit is a weighted sum of the others.
    let nhs = |n: u64| {
        let digits = (400_000_000 + n * 1_654_321).to_string();
        let sum: u64 =
            digits.bytes().zip((2..=10).rev()).map(|(digit, by)| u64::from(digit - b'0') * by).sum();
        let check = (11 - sum % 11) % 11;
        (check < 10).then(|| format!("{digits}{check}"))
    };
    let numbers: Vec<String> = (1..60).filter_map(nhs).collect();
    let line = |number: &String| format!("{{\"people\": {{\"{number}\": {{\"age\": 3}}}}}}\n");
    fs::write(at.join("in.jsonl"), numbers.iter().map(line).collect::<String>()).expect("written");
    let told = ["--report", "r.json", "--findings", "f.jsonl"];
    let ran = sievert(["redact", "in.jsonl", "--out", "out"].into_iter().chain(told), at).good();
    assert_eq!(number(&report(&at.join("r.json")), &["actions", "gb.nhs", "replace"]), numbers.len() as u64);
    let mut seen = vec![ran.stdout];
    for name in ["r.json", "f.jsonl", "out/in.jsonl"] {
        seen.push(fs::read_to_string(at.join(name)).expect("written"));
    }
    for number in &numbers {
        assert!(!seen.iter().any(|text| text.contains(number)), "a key came out");
    }
}
