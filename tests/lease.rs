//! A run that is stopped for longer than its right to an output holds, and wakes when another has taken that over.
#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "a run of this file's own tells the test how far it is")]

mod program;
mod servers;

use std::io::{BufRead, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use program::{Ran, folder};
use servers::double::Double;
use servers::{Settings, apart, gcs, s3, sievert_with};
use sievert::io::Input;
use sievert::{Destination, Job, Limits, Overrides, Policy, Progress, Resume, Status, Task};

/// How long the right of the run that is stopped holds.
const LEASE: Duration = Duration::from_secs(3);

/// The bucket, in an environment in which `the_run_that_is_stopped` is one.
const BUCKET: &str = "SIEVERT_TEST_BUCKET";

const DETECTOR: &str = "global.email";

/// One of three objects.
fn object() -> Vec<u8> {
    (0..500)
        .map(|row| ["ann", &row.to_string(), "@example.org has written\n"].concat())
        .collect::<String>()
        .into()
}

/// Waits for a line when one object is in its place and another is written.
struct Halfway;

impl Progress for Halfway {
    fn update(&self, status: &Status) -> ControlFlow<()> {
        let size = object().len() as u64;
        if (size + 1..=size * 2).contains(&status.bytes_done) {
            println!("halfway");
            std::io::stdin().read_line(&mut String::new()).expect("a line");
        }
        ControlFlow::Continue(())
    }
}

/// Not a test by itself: a process that the test below starts. As the program would do it, but for the time.
#[test]
fn the_run_that_is_stopped() {
    let Ok(bucket) = std::env::var(BUCKET) else { return };
    let overrides = Overrides { detectors: vec![DETECTOR.into()], ..Overrides::default() };
    let state = format!("{bucket}/out.sievert");
    let to = Destination::Folder(format!("{bucket}/out").into());
    let plan = sievert::plan(&Policy::default(), &overrides).expect("a plan");
    let task = Task::Redact { to, overwrite: false, state: state.clone().into() };
    let job = Job {
        limits: Limits { threads: 1, lease: LEASE, ..Limits::default() },
        resume: Resume { state: Some(state.into()), on: false },
        ..Job::new(plan, vec![Input::parse(&format!("{bucket}/in"))], task)
    };
    let ended = sievert::run(&job, &Halfway);
    println!("{}", ended.map_or_else(|error| error.to_string(), |_| "whole".into()));
}

fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args([name, &process.to_string()]).status();
    assert!(sent.expect("kill is there").success());
}

fn wakes_too_late(settings: &Settings, double: &Double, bucket: &str) {
    let folder = folder();
    for name in ["a", "b", "c"] {
        double.put(&format!("/data/in/{name}.txt"), object());
    }
    let program = |out: &str, more: &[&str]| -> Ran {
        let (input, out) = (format!("{bucket}/in"), format!("{bucket}/{out}"));
        let fixed = ["redact", &input, "--out", &out, "--detector", DETECTOR];
        sievert_with(settings, fixed.into_iter().chain(more.iter().copied()), folder.path())
    };
    program("plain", &[]).good();

    let began = Instant::now();
    let mut stopped = apart(Command::new(std::env::current_exe().expect("a test")), settings, folder.path());
    stopped.args(["--exact", "the_run_that_is_stopped", "--nocapture"]).env(BUCKET, bucket);
    let mut stopped = stopped.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut told = BufReader::new(stopped.stdout.take().expect("piped"));
    let mut line = String::new();
    while !line.ends_with("halfway\n") {
        assert!(told.read_line(&mut line).expect("lines") > 0, "{line}");
    }
    signal("-STOP", stopped.id());
    assert_eq!(double.below("/data/out/").len(), 1, "one object is there");
    if began.elapsed() < LEASE / 2 {
        let refused = program("out", &["--resume"]).ends_with(2);
        assert!(refused.stderr.contains("another run"), "{}", refused.stderr);
    }
    sleep(LEASE);
    let other = program("out", &["--resume"]).good();
    assert!(other.stdout.contains("DONE BEFORE"), "{}", other.stdout);
    let whole = double.below("/data/out/");
    let asked = double.bucket().asked.len();

    signal("-CONT", stopped.id());
    stopped.stdin.take().expect("piped").write_all(b"go on\n").expect("it listens");
    let mut rest = String::new();
    told.read_to_string(&mut rest).expect("text");
    stopped.wait().expect("it ends");
    assert!(rest.contains("another run"), "{rest}");
    let late: Vec<_> = double.bucket().asked[asked..].to_vec();
    assert!(!late.is_empty() && late.iter().all(|asked| !asked.contains("/data/out/")), "{late:?}");
    assert!(double.below("/data/out/") == whole && whole == double.below("/data/plain/"), "{bucket}");
    assert_eq!(double.bucket().unfinished(), 0);
    program("out", &["--resume"]).good();
}

#[test]
fn a_run_that_wakes_too_late_publishes_nothing_in_s3() {
    let double = Double::start();
    wakes_too_late(&s3(double.port()), &double, "s3://data");
}

#[test]
fn a_run_that_wakes_too_late_publishes_nothing_in_google() {
    let double = Double::start();
    wakes_too_late(&gcs(double.port()), &double, "gs://data");
}
