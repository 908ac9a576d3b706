//! Objects of stores through the whole program: read, rewritten, listed, and what goes wrong. Against a double in
//! memory always, against real servers where they are installed.
#![expect(clippy::print_stdout, reason = "what was not checked is said")]

mod program;
mod servers;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use program::{files, folder, results, write};
use servers::double::Double;
use servers::http::{Response, Server};
use servers::{Settings, gcs, installed, s3, sievert_with};

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

fn bytes_of(at: &Path) -> BTreeMap<String, Vec<u8>> {
    files(at).into_iter().map(|name| (name.clone(), fs::read(at.join(name)).expect("read"))).collect()
}

fn report(at: &Path, name: &str) -> serde_json::Value {
    serde_json::from_slice(&fs::read(at.join(name)).expect("a report")).expect("JSON")
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
    double.bucket().put("/data/in/large.csv", table, Some("text/csv; header=present".into()));
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

#[test]
fn the_content_type_is_kept() {
    let folder = folder();
    let double = Double::start();
    for (name, of) in [("a.csv", Some("text/csv; header=present")), ("b.csv", None)] {
        let row = b"mail\nann@example.org\n".to_vec();
        double.bucket().put(&format!("/data/in/{name}"), row, of.map(str::to_owned));
    }
    let arguments = [&["redact", "s3://data/in", "--out", "s3://data/out"][..], &MAIL].concat();
    sievert_with(&s3(double.port()), arguments, folder.path()).good();
    let bucket = double.bucket();
    let of = |name: &str| bucket.objects[&format!("/data/out/{name}")].content_type.clone();
    assert_eq!(of("a.csv").as_deref(), Some("text/csv; header=present"));
    assert_eq!(of("b.csv").as_deref(), Some("text/csv"));
}

/// An object that becomes another one between two ranges must not come out mixed.
#[test]
fn an_object_that_changes_while_it_is_read_fails_as_changed() {
    let folder = folder();
    let double = Double::meddled(Box::new(|request, bucket| {
        if request.header("range").is_some_and(|range| range.starts_with("bytes=4194304-")) {
            let other = bucket.objects["/data/in/large.csv"].bytes.iter().rev().copied().collect();
            bucket.put("/data/in/large.csv", other, None);
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
            bucket.put("/data/out/a.csv", b"of somebody else".to_vec(), None);
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

#[test]
fn without_credentials_the_error_says_what_was_tried_and_comes_soon() {
    let folder = folder();
    // A metadata service that takes the call and never answers.
    let silent = Server::start(|stream| {
        std::thread::sleep(Duration::from_secs(30));
        drop(stream);
    });
    let settings = vec![
        ("AWS_METADATA_ENDPOINT", format!("http://127.0.0.1:{}", silent.port)),
        ("AWS_SECRET_ACCESS_KEY", String::new()),
        ("AWS_PROFILE", "work".into()),
    ];
    let start = Instant::now();
    let ran = sievert_with(&settings, ["scan", "s3://data/in"], folder.path()).ends_with(2);
    assert!(start.elapsed() < Duration::from_secs(4), "a second, and the program: {:?}", start.elapsed());
    for said in [
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "the instance role (no answer)",
        "aws configure export-credentials",
        "AWS_SKIP_SIGNATURE",
    ] {
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    let silver = "a-secret-that-must-not-be-told";
    let settings = vec![("AWS_SECRET_ACCESS_KEY", silver.to_owned())];
    let ran = sievert_with(&settings, ["scan", "s3://data/in"], folder.path()).ends_with(2);
    assert!(
        ran.stderr.contains("AWS_ACCESS_KEY_ID not set") && !ran.stderr.contains(silver),
        "{}",
        ran.stderr
    );
}

/// Credentials that are about to expire are fetched anew before the next request.
#[test]
fn credentials_that_expire_are_renewed() {
    let folder = folder();
    let given = std::sync::atomic::AtomicU32::new(0);
    let identity = Server::answering(move |request| {
        assert_eq!(request.header("authorization"), Some("the token of this pod"));
        let number = given.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Response::new(200).body(format!(
            "{{\"AccessKeyId\":\"key{number}\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2026-01-01T00:00:00Z\"}}"
        ))
    });
    let keys = std::sync::Arc::new(std::sync::Mutex::new(std::collections::BTreeSet::new()));
    let seen = keys.clone();
    let double = Double::meddled(Box::new(move |request, _| {
        let signed = request.header("authorization").expect("a signature");
        let key = signed.split_once("Credential=").and_then(|(_, rest)| rest.split('/').next());
        seen.lock().expect("no panic").insert(key.expect("a key").to_owned());
        None
    }));
    double.put("/data/in/a.csv", "mail\nann@example.org\n").put("/data/in/b.csv", "mail\n");
    write(folder.path(), &[("token", b"the token of this pod")]);
    let mut settings: Settings =
        s3(double.port()).into_iter().filter(|(name, _)| !name.contains("KEY")).collect();
    settings.push(("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("http://127.0.0.1:{}/", identity.port)));
    settings.push(("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "token".into()));
    sievert_with(&settings, [&["scan", "s3://data/in"][..], &MAIL].concat(), folder.path()).ends_with(1);
    assert!(keys.lock().expect("no panic").len() > 2, "each request had fresh ones");
}

#[test]
fn anonymous_and_requester_pays() {
    let folder = folder();
    let signed = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = signed.clone();
    let double = Double::meddled(Box::new(move |request, _| {
        let payer = request.header("x-amz-request-payer").map(str::to_owned);
        seen.lock().expect("no panic").push((request.header("authorization").is_some(), payer));
        None
    }));
    double.put("/data/a.csv", "mail\n");
    let endpoint = ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", double.port()));
    let anonymous = vec![endpoint, ("AWS_SKIP_SIGNATURE", "true".into())];
    sievert_with(&anonymous, ["scan", "s3://data/a.csv"], folder.path()).good();
    assert!(signed.lock().expect("no panic").drain(..).all(|asked| asked == (false, None)));
    let mut paying = s3(double.port());
    paying.push(("AWS_REQUEST_PAYER", "true".into()));
    sievert_with(&paying, ["scan", "s3://data/a.csv"], folder.path()).good();
    assert!(
        signed.lock().expect("no panic").drain(..).any(|asked| asked == (true, Some("requester".into())))
    );
}
