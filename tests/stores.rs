//! Objects of stores through the whole program: read, rewritten, listed, and what goes wrong. Against a double in
//! memory always, against real servers where they are installed.
#![expect(clippy::print_stdout, reason = "what was not checked is said")]

mod program;
mod servers;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use program::{bytes_of, files, folder, report, results, write};
use serde_json::Value;
use servers::double::{Double, Said};
use servers::{Settings, gcs, installed, s3, sievert_with};
use sievert::io::{self, ColumnType, TableWriter};

/// Finds nothing in what is written here: a copy, byte for byte.
const COPY: [&str; 2] = ["--detector", "nl.bsn"];
const MAIL: [&str; 2] = ["--detector", "global.email"];

/// Addresses in some formats and folders.
fn make_input(at: &Path) {
    let (mut lines, mut table) = (String::new(), String::from("id,mail,text\n"));
    for at in 0..500 {
        lines += &["{\"by\":\"ann", &at.to_string(), "@example.org\"}\n"].concat();
        table += &["7,ben", &at.to_string(), "@example.org,\"a, b\"\n"].concat();
    }
    write(
        at,
        &[
            ("in/logs/a b.jsonl", lines.as_bytes()),
            ("in/logs/b\u{e9}.csv", table.as_bytes()),
            ("in/noending", b"to carl@example.org\n"),
            ("in/empty.csv", b""),
            ("in/_log/x.csv", b"left,out\n"),
        ],
    );
}

/// Copies to the store, scans and rewrites there, copies back; the same must come out as on the disk.
fn there_and_back(settings: &Settings, base: &str) {
    let folder = folder();
    let at = folder.path();
    let run = |arguments: &[&str]| sievert_with(settings, arguments.iter().copied(), at);
    let [raw, clean] = ["raw", "clean"].map(|name| format!("{base}/{name}"));
    make_input(at);

    run(&[&["redact", "in", "--out", &raw][..], &COPY].concat()).good();
    run(&[&["scan", "in", "--report", "local.json"][..], &MAIL].concat()).ends_with(1);
    run(&[&["scan", &raw, "--report", "remote.json"][..], &MAIL].concat()).ends_with(1);
    let (local, remote) = (report(at, "local.json"), report(at, "remote.json"));
    for part in ["records", "cells"] {
        assert_eq!(local["ledger"][part], remote["ledger"][part], "{base}: {part}");
    }
    assert_eq!(local["detectors"], remote["detectors"], "{base}");

    run(&[&["redact", "in", "--out", "clean"][..], &MAIL].concat()).good();
    run(&[&["redact", &raw, "--out", &clean][..], &MAIL].concat()).good();
    run(&[&["redact", &clean, "--out", "back"][..], &COPY].concat()).good();
    assert_eq!(bytes_of(&at.join("clean")), bytes_of(&at.join("back")), "{base}");

    // What is there is never overwritten by accident, and in place means in place.
    let again = run(&[&["redact", &raw, "--out", &clean][..], &MAIL].concat()).ends_with(2);
    assert!(again.stderr.contains("exists in the output folder"), "{}", again.stderr);
    run(&[&["redact", &raw, "--out", &clean, "--overwrite"][..], &MAIL].concat()).good();
    run(&[&["redact", &raw, "--in-place", "--state", "place.sievert"][..], &MAIL].concat()).good();
    run(&[&["redact", &raw, "--out", "place"][..], &COPY].concat()).good();
    assert_eq!(bytes_of(&at.join("place")), bytes_of(&at.join("back")), "{base}");

    // Globs, single objects, and what is not there.
    let listed = |input: &str| run(&["scan", input, "--dry-run"]).good().stdout;
    let one = listed(&format!("{raw}/logs/*.csv"));
    assert!(one.contains("b\u{e9}.csv") && !one.contains("a b.jsonl"), "{one}");
    assert!(listed(&format!("{raw}/logs/a b.jsonl")).contains("jsonl       a b.jsonl"));
    let none = run(&["scan", &format!("{base}/none/"), "--dry-run"]).ends_with(2);
    assert!(none.stderr.contains("not found"), "{}", none.stderr);
}

#[test]
fn objects_in_the_dialect_of_s3() {
    let double = Double::start();
    there_and_back(&s3(double.port()), "s3://data/some where");
    assert_eq!(double.bucket().unfinished(), 0);
}

#[test]
fn objects_in_the_dialect_of_google() {
    let double = Double::start();
    there_and_back(&gcs(double.port()), "gs://data/some/where");
}

#[test]
fn objects_of_moto() {
    if let Some(moto) = installed::moto() {
        there_and_back(&s3(moto.port), "s3://data/some where");
    }
}

#[test]
fn objects_of_azurite() {
    let folder = folder();
    if let Some((_azurite, settings)) = installed::azurite(folder.path()) {
        there_and_back(&settings, "az://data/some where");
    }
}

#[test]
fn objects_of_a_plain_server() {
    let double = Double::start();
    double.put("/files/a b.csv", "mail\nann@example.org\n");
    let folder = folder();
    let base = format!("http://127.0.0.1:{}/files", double.port());
    let run = |input: &str| sievert_with(&Vec::new(), [&["scan", input][..], &MAIL].concat(), folder.path());
    run(&format!("{base}/a%20b.csv?token=secret")).ends_with(1);
    let refused = run(&format!("{base}/none.csv?token=secret")).ends_with(2);
    assert!(refused.stderr.contains("not found") && !refused.stderr.contains("secret"), "{}", refused.stderr);
}

/// A table of this many bytes at least, with an address in every row.
fn large(bytes: usize) -> Vec<u8> {
    let mut table = b"id,mail,text\n".to_vec();
    for at in 0.. {
        if table.len() >= bytes {
            break;
        }
        table.extend_from_slice(
            format!("{at},dora{at}@example.org,{}\n", "lorem ipsum ".repeat(80)).as_bytes(),
        );
    }
    table
}

#[test]
fn a_large_object_is_read_by_ranges_and_written_in_parts() {
    let folder = folder();
    let at = folder.path();
    let double = Double::start();
    let table = large(25 << 20);
    write(at, &[("in/large.csv", &table)]);
    double.put("/data/in/large.csv", table);
    let settings = s3(double.port());
    let remote =
        [&["redact", "s3://data/in", "--out", "s3://data/out", "--state", "state"][..], &MAIL].concat();
    sievert_with(&settings, remote, at).good();
    sievert_with(&settings, [&["redact", "in", "--out", "out"][..], &MAIL].concat(), at).good();
    let bucket = double.bucket();
    let ranges = bucket.asked.iter().filter(|asked| asked.starts_with("GET /data/in/large.csv")).count();
    let parts = bucket.asked.iter().filter(|asked| asked.contains("partNumber=")).count();
    assert!(ranges >= 7 && parts >= 3, "{ranges} ranges, {parts} parts");
    let written = &bucket.objects["/data/out/large.csv"];
    assert!(written.bytes == fs::read(at.join("out/large.csv")).expect("read"), "as on the disk");
    assert_eq!(bucket.unfinished(), 0);
}

/// Columns of text, the first two with addresses; digits of a hash in between, which no codec makes much smaller.
fn wide(columns: usize) -> Vec<u8> {
    let names: Vec<_> = (0..columns).map(|column| format!("c{column}")).collect();
    let types: Vec<_> = names.iter().map(|name| (&**name, ColumnType::Text)).collect();
    let mut table = TableWriter::new("wide", Vec::new(), &types).expect("begun");
    let text = |column: usize, row: u64| {
        let noise = format!("{:x?}", [0, 1, 2, 3, 4, 5, 6, 7].map(|at: u8| hashed((column, row, at))));
        let mail = ["eva", &row.to_string(), "@example.org "].concat();
        if column < 2 { mail + &noise } else { noise }
    };
    for row in 0..2_000 {
        table.append((0..columns).map(|column| io::Value::Text(text(column, row))).collect()).expect("a row");
    }
    table.finish().expect("a table")
}

fn hashed(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn columns_that_the_policy_skips_are_not_fetched() {
    let folder = folder();
    let at = folder.path();
    let fetched = Arc::new(AtomicUsize::new(0));
    let sum = fetched.clone();
    let double = Double::meddled(Box::new(move |request, _| {
        let range = request.header("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
        if let Some((from, to)) = range {
            let [from, to]: [usize; 2] = [from, to].map(|place| place.parse().expect("a number"));
            sum.fetch_add(to + 1 - from, Ordering::Relaxed);
        }
        None
    }));
    let table = wide(12);
    write(at, &[("some.toml", b"version = 1\nscan.fields = [\"c1\", \"c2\"]\n")]);
    double.put("/data/in/wide.parquet", table.clone());
    let settings = s3(double.port());
    let scan = |more: &[&str]| {
        sievert_with(&settings, [&["scan", "s3://data/in"][..], &MAIL, more].concat(), at).ends_with(1);
        fetched.swap(0, Ordering::Relaxed)
    };
    let all = scan(&["--report", "all.json"]);
    let some = scan(&["--report", "some.json", "--policy", "some.toml"]);
    // Two of twelve columns, and the end of the file, which is asked for without knowing how long the footer is.
    assert!(all > table.len() && some < table.len() / 6 + (100 << 10), "{some} and {all} of {}", table.len());

    let (all, some) = (report(at, "all.json"), report(at, "some.json"));
    let told = |report: &Value| -> Value {
        let mut fields = ["c1", "c2"].map(|name| report["fields"][name].clone());
        fields[0]["detectors"]["global.email"]["distinct"] = 0.into(); // differs between any two runs
        fields.to_vec().into()
    };
    assert_eq!(told(&all), told(&some));
    assert_eq!(some["fields"]["c0"]["skipped"], 2_000);
    assert_eq!(all["ledger"]["records"], some["ledger"]["records"]);
    assert_eq!(all["ledger"]["bytes"], some["ledger"]["bytes"]);
    let cells = [&all, &some].map(|report| report["ledger"]["cells"].clone());
    assert_eq!(cells[0]["total"], cells[1]["total"]);
    assert_eq!((&cells[1]["scanned"], &cells[1]["skipped"]), (&4_000.into(), &20_000.into()));
}

fn said<const N: usize>(words: [(&str, &str); N]) -> Said {
    words.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Content type and the like stay, with one request as with parts; of the words of an owner stay those that hold
/// nothing, and the report names the others.
#[test]
fn what_is_said_of_an_object_is_kept_unless_it_holds_findings() {
    for (settings, url, meta) in [
        (s3 as fn(u16) -> Settings, "s3://data", "x-amz-meta-"),
        (gcs as fn(u16) -> Settings, "gs://data", "x-goog-meta-"),
    ] {
        let folder = folder();
        let double = Double::start();
        let of = |table: &str| {
            said([
                ("content-type", table),
                ("content-language", "nl"),
                ("cache-control", "no-store"),
                ("content-disposition", "attachment; filename=\"table.csv\""),
                (&[meta, "batch-no"].concat(), "17"),
                (&[meta, "owner"].concat(), "ann@example.org"),
            ])
        };
        double.bucket().put(
            "/data/in/small.csv",
            b"mail\nann@example.org\n".to_vec(),
            of("text/csv; header=present"),
        );
        double.bucket().put("/data/in/large.csv", large(9 << 20), of("text/csv"));
        double.bucket().put("/data/in/empty.csv", Vec::new(), of("text/csv"));
        double.bucket().put("/data/in/untold.csv", b"a\n".to_vec(), Said::new());
        let [input, out] = ["in", "out"].map(|name| format!("{url}/{name}"));
        let arguments = [&["redact", &input, "--out", &out, "--report", "report.json"][..], &MAIL].concat();
        let ran = sievert_with(&settings(double.port()), arguments, folder.path()).good();
        assert!(ran.stdout.contains("3 metadata values with findings"), "{}", ran.stdout);
        let bucket = double.bucket();
        assert!(bucket.asked.iter().any(|asked| asked.contains("partNumber=")), "in parts");
        for name in ["small", "large", "empty"] {
            let mut expected = bucket.objects[&format!("/data/in/{name}.csv")].said.clone();
            expected.remove(&[meta, "owner"].concat());
            assert_eq!(bucket.objects[&format!("/data/out/{name}.csv")].said, expected, "{url} {name}");
        }
        let untold = &bucket.objects["/data/out/untold.csv"].said;
        assert_eq!(*untold, said([("content-type", "text/csv")]), "the type of its format");
        for object in report(folder.path(), "report.json")["objects"].as_array().expect("objects") {
            let removed = object.get("metadata_removed").map(ToString::to_string);
            let expected = (object["object"] != "untold.csv").then(|| "[\"owner\"]".to_owned());
            assert_eq!(removed, expected, "{object}");
        }
    }
}

/// Azure is told what is said of a blob with the last request of its parts.
#[test]
fn what_is_said_of_an_object_is_kept_in_azurite() {
    let folder = folder();
    let Some((_azurite, mut settings)) = installed::azurite(folder.path()) else { return };
    let double = Double::start();
    settings.extend(s3(double.port()));
    let before = said([
        ("content-type", "text/csv; header=present"),
        ("content-language", "nl"),
        ("x-amz-meta-batch_no", "17"),
    ]);
    for (name, table) in [("small", b"mail\nann@example.org\n".to_vec()), ("large", large(9 << 20))] {
        double.bucket().put(&format!("/data/in/{name}.csv"), table, before.clone());
    }
    for (from, to) in [("s3://data/in", "az://data/over"), ("az://data/over", "s3://data/out")] {
        let arguments =
            [&["redact", from, "--out", to, "--state", to.rsplit('/').next().expect("a name")][..], &MAIL];
        sievert_with(&settings, arguments.concat(), folder.path()).good();
    }
    for name in ["small", "large"] {
        let after = &double.bucket().objects[&format!("/data/out/{name}.csv")].said;
        let after: Said = after
            .iter()
            .filter(|(name, _)| before.contains_key(*name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        assert_eq!(after, before, "{name}");
    }
}

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/5f2a";

/// The policy says how stores encrypt, for everything that a run writes there.
#[test]
fn a_policy_says_how_stores_encrypt() {
    let folder = folder();
    let policy = |encryption: &str| {
        format!("version = 1\n[output]\nencryption = \"{encryption}\"\nrequire_encryption = true\n")
    };
    let keyed = policy(&["key:", KEY].concat());
    write(folder.path(), &[("managed.toml", policy("managed").as_bytes()), ("keyed.toml", keyed.as_bytes())]);
    let amazon = "x-amz-server-side-encryption";
    for (settings, url, policy, expected) in [
        (s3 as fn(u16) -> Settings, "s3://data", "managed.toml", vec![(amazon, "AES256")]),
        (
            s3,
            "s3://data",
            "keyed.toml",
            vec![(amazon, "aws:kms"), ("x-amz-server-side-encryption-aws-kms-key-id", KEY)],
        ),
        (gcs, "gs://data", "keyed.toml", vec![("x-goog-encryption-kms-key-name", KEY)]),
    ] {
        let double = Double::start();
        double.put("/data/in/small.csv", "mail\nann@example.org\n").put("/data/in/large.csv", large(9 << 20));
        let [input, out] = ["in", "out"].map(|name| format!("{url}/{name}"));
        let arguments = [&["redact", &input, "--out", &out, "--policy", policy][..], &MAIL].concat();
        sievert_with(&settings(double.port()), arguments, folder.path()).good();
        let bucket = double.bucket();
        let written = bucket.objects.iter().filter(|(name, _)| !name.starts_with("/data/in/"));
        assert!(written.clone().count() >= 5, "copies, their mark, report and state");
        for (name, stored) in written {
            let said: Vec<_> = stored
                .said
                .iter()
                .filter(|(name, _)| name.contains("encryption"))
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            assert_eq!(said, expected, "{name}");
        }
    }
    if let Some(moto) = installed::moto() {
        write(
            folder.path(),
            &[("in/small.csv", b"mail\nann@example.org\n"), ("in/large.csv", &large(9 << 20))],
        );
        let arguments =
            [&["redact", "in", "--out", "s3://data/out", "--policy", "managed.toml"][..], &MAIL].concat();
        sievert_with(&s3(moto.port), arguments, folder.path()).good();
        // It looks at the key and not at the signature.
        let signed = ("authorization", "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/s3/aws4_request");
        for name in ["small", "large"] {
            let head =
                servers::http::ask(moto.port, "HEAD", &format!("/data/out/{name}.csv"), &[signed], b"")
                    .expect("moto answers");
            let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
            assert!(head.contains("x-amz-server-side-encryption: aes256"), "{head}");
        }
    }
}

/// A rule of residency is held before a byte is written.
#[test]
fn where_the_policy_does_not_allow_it_nothing_is_written() {
    let folder = folder();
    let at = folder.path();
    let double = Double::start();
    double.put("/data/in/a.csv", "mail\nann@example.org\n");
    let here = format!("http://127.0.0.1:{}", double.port());
    let policy = |terms: &str| format!("version = 1\n[output]\n{terms}\n").into_bytes();
    write(
        at,
        &[
            ("in/a.csv", b"mail\nann@example.org\n"),
            ("eu.toml", &policy("regions = [\"eu-*\"]")),
            ("here.toml", &policy(&format!("endpoints = [\"{here}\"]"))),
            ("disk.toml", &policy("endpoints = [\"local\"]")),
            ("encrypted.toml", &policy("require_encryption = true")),
        ],
    );
    let before = double.below("/");
    let mut settings = s3(double.port());
    let run = |settings: &Settings, policy: &str, to: &[&str]| {
        sievert_with(settings, [&["redact", "in", "--policy", policy][..], to, &MAIL].concat(), at)
    };
    let store = ["--out", "s3://data/out"];
    let disk = ["--out", "out"];
    // A service of one's own is in no region, whatever AWS_REGION says of it.
    settings[1].1 = "eu-west-1".into();
    for (policy, to, why) in [
        ("eu.toml", &store[..], "of which no region is known, and the policy allows eu-*"),
        ("eu.toml", &disk, "it is at local"),
        ("eu.toml", &["--in-place"], "it is at local"),
        ("eu.toml", &["--out", "-"], "it is at local"),
        ("here.toml", &disk, "it is at local"),
        ("here.toml", &["--out", "s3://data/out", "--state", "state"], "state: it is at local"),
        ("disk.toml", &store, "and the policy allows local"),
        ("encrypted.toml", &disk, "the policy requires encryption"),
        ("encrypted.toml", &store, "the policy requires encryption"),
    ] {
        let refused = run(&settings, policy, to).ends_with(2);
        assert!(refused.stderr.contains(why), "{policy} {to:?}: {}", refused.stderr);
        let dry = run(&settings, policy, &[to, &["--dry-run"]].concat()).ends_with(2);
        assert!(dry.stderr.contains(why), "{}", dry.stderr);
    }
    // Amazon itself is where its region says, and is not even asked.
    let mut amazon: Settings =
        settings.iter().filter(|(name, _)| *name != "AWS_ENDPOINT_URL").cloned().collect();
    amazon[0].1 = "us-east-1".into();
    let refused = run(&amazon, "eu.toml", &store).ends_with(2);
    assert!(
        refused.stderr.contains("https://s3.us-east-1.amazonaws.com, region us-east-1"),
        "{}",
        refused.stderr
    );

    assert_eq!(double.below("/"), before, "nothing was written");
    assert_eq!(files(at).len(), 5, "here neither");
    run(&settings, "here.toml", &store).good();
    run(&settings, "disk.toml", &disk).good();
    settings.push(("AWS_SERVER_SIDE_ENCRYPTION", "AES256".into()));
    run(&settings, "encrypted.toml", &["--out", "s3://data/asked"]).good();
}

/// An object that becomes another one between two ranges must not come out mixed.
#[test]
fn an_object_that_changes_while_it_is_read_fails_as_changed() {
    let folder = folder();
    let double = Double::meddled(Box::new(|request, bucket| {
        if request.header("range").is_some_and(|range| range.starts_with("bytes=4194304-")) {
            let other = bucket.objects["/data/in/large.csv"].bytes.iter().rev().copied().collect();
            bucket.put("/data/in/large.csv", other, Said::new());
        }
        None
    }));
    double.put("/data/in/large.csv", large(10 << 20)).put("/data/in/small.csv", "mail\nann@example.org\n");
    let arguments =
        [&["redact", "s3://data/in", "--out", "s3://data/out", "--report", "report.json"][..], &MAIL]
            .concat();
    sievert_with(&s3(double.port()), arguments, folder.path()).ends_with(3);
    let report = report(folder.path(), "report.json");
    let gap = &report["not_examined"][0];
    assert_eq!(gap["object"], "large.csv");
    assert!(gap["reason"].as_str().is_some_and(|why| why.starts_with("changed while it was read")), "{gap}");
    let written: Vec<_> = double.below("/data/out/").into_keys().collect();
    assert_eq!(written, ["small.csv"], "nothing of the changed one, and no mark that all is there");
}

#[test]
fn an_output_that_appears_meanwhile_is_left_alone() {
    let folder = folder();
    let double = Double::meddled(Box::new(|request, bucket| {
        if request.method == "PUT" && request.target == "/data/out/a.csv" {
            bucket.put("/data/out/a.csv", b"of somebody else".to_vec(), Said::new());
        }
        None
    }));
    double.put("/data/in/a.csv", "mail\nann@example.org\n");
    let arguments = [&["redact", "s3://data/in", "--out", "s3://data/out"][..], &MAIL].concat();
    let ran = sievert_with(&s3(double.port()), arguments, folder.path()).ends_with(3);
    assert!(ran.stdout.contains("already exists"), "{}", ran.stdout);
    assert_eq!(double.below("/data/out/")["a.csv"], b"of somebody else");
}

/// Keys that no path can have, that mark folders, that are long: each is read or listed as left out, none is lost.
#[test]
fn odd_keys_are_read_or_named() {
    let folder = folder();
    let double = Double::start();
    let long = "l".repeat(900);
    let row = "mail\nann@example.org\n";
    for key in
        ["a//b.csv", "a/../../up.csv", "c/./d.csv", "e f\u{4e2d}+%41&<.csv", "dir/", "dir/in.csv", "z.csv"]
    {
        double.put(&format!("/data/in/{key}"), if key.ends_with('/') { "" } else { row });
    }
    double.put(&format!("/data/in/{long}.csv"), row);
    let arguments =
        [&["redact", "s3://data/in", "--out", "out/deep", "--report", "report.json"][..], &MAIL].concat();
    sievert_with(&s3(double.port()), arguments, folder.path()).ends_with(3);
    let report = report(folder.path(), "report.json");
    let names = |list: &str, key: &str| -> Vec<String> {
        let entries = report[list].as_array().expect("a list").iter();
        entries.map(|entry| entry[key].as_str().expect("a name").to_owned()).collect()
    };
    // The long name is one that a store has and a disk does not: it fails by name.
    assert_eq!(
        names("not_examined", "object"),
        ["a/../../up.csv", "a//b.csv", "c/./d.csv", &format!("{long}.csv")]
    );
    assert_eq!(names("skipped", "name"), ["dir"]);
    let expected =
        ["deep.sievert/report.json", "deep/dir/in.csv", "deep/e f\u{4e2d}+%41&<.csv", "deep/z.csv"];
    assert_eq!(results(&folder.path().join("out")), expected, "nothing stands outside");
}

/// Where a page has a key that the client cannot name, all others of it are listed once: those of the pages before, and
/// those that mark folders.
#[test]
fn around_an_odd_key_every_key_is_listed_once() {
    let folder = folder();
    let double = Double::start();
    let mut keys: Vec<String> = (0..1_200).map(|at| format!("a/{at:04}.csv")).collect();
    keys.extend((0..300).flat_map(|at| [format!("b/{at:03}/"), format!("b/{at:03}/x.csv")]));
    keys.extend(["b/100//y.csv", "b/250/../z.csv"].map(str::to_owned));
    for key in &keys {
        double.put(&format!("/data/in/{key}"), if key.ends_with('/') { "" } else { "mail\n" });
    }
    let arguments = ["scan", "s3://data/in", "--detector=global.email", "--report", "report.json"];
    sievert_with(&s3(double.port()), arguments, folder.path()).ends_with(3);
    let report = report(folder.path(), "report.json");
    let objects = &report["ledger"]["objects"];
    assert_eq!(
        [&objects["total"], &objects["scanned"], &objects["skipped"], &objects["failed"]],
        [keys.len(), 1_500, 300, 2],
        "{objects}"
    );
    let asked = double.bucket().asked.iter().filter(|asked| asked.contains("list-type")).count();
    assert!(asked < 50, "{asked} pages");
}
