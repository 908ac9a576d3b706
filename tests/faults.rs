//! Stores that fail: a rewrite through a proxy that does harm comes to the same bytes as without it, by every schedule
//! of harm. `SIEVERT_SEEDS=500` tries so many, `SIEVERT_KEYS=1000000` lists so many objects.
#![expect(clippy::print_stdout, reason = "the figures of a long run are told")]

mod program;
mod servers;

use std::time::{Duration, Instant};

use program::folder;
use servers::double::Double;
use servers::proxy::{Harm, Proxy};
use servers::{Settings, s3, sievert_with};

/// Schedules of harm, if the caller names no other number.
const SEEDS: u64 = 12;
/// Objects of a long listing, likewise.
const KEYS: u64 = 100_000;
/// One request in so many is harmed.
const ONE_IN: u64 = 6;
/// How long a store may be silent.
const TIMEOUT: &str = "500ms";
/// Stands in the data, and must stand nowhere else.
const CANARY: &str = "canary.of.this.test";

fn seeds() -> u64 {
    std::env::var("SIEVERT_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(SEEDS)
}

/// A store that is not waited for long.
fn impatient(port: u16) -> Settings {
    let mut settings = s3(port);
    settings.push(("AWS_TIMEOUT", TIMEOUT.into()));
    settings
}

/// Small objects of some kinds, and one that is read by ranges and written in parts.
fn fill(double: &Double) {
    let rows = |count: usize, filler: &str| -> String {
        let row = |at: usize| [CANARY, &at.to_string(), "@example.org,", filler, "\n"].concat();
        std::iter::once("mail,text\n".to_owned()).chain((0..count).map(row)).collect()
    };
    for at in 0..8 {
        double.put(&format!("/data/in/part-{at}.csv"), rows(5 + at, "short"));
    }
    double.put("/data/in/line.jsonl", format!("{{\"to\":\"{CANARY}@example.org\"}}\n"));
    double.put("/data/in/large.csv", rows(900, &"lorem ipsum dolor ".repeat(600)));
}

#[test]
fn harm_changes_nothing() {
    let double = Double::start();
    fill(&double);
    let folder = folder();
    let at = folder.path();
    let redact = |port: u16, out: &str, report: &str| {
        let (to, report) = (format!("s3://data/{out}"), format!("--report={report}"));
        let arguments = ["redact", "s3://data/in", "--out", &to, "--detector=global.email", &report];
        let ran = sievert_with(&impatient(port), arguments, at);
        assert!(!ran.stdout.contains(CANARY) && !ran.stderr.contains(CANARY), "{}{}", ran.stdout, ran.stderr);
        ran.good()
    };
    let report = |name: &str| -> serde_json::Value {
        let text = std::fs::read_to_string(at.join(name)).expect("a report");
        assert!(!text.contains(CANARY), "{text}");
        serde_json::from_str(&text).expect("JSON")
    };
    redact(double.port(), "plain", "plain.json");
    let (expected, told) = (double.below("/data/plain/"), report("plain.json"));
    assert_eq!(expected.len(), 11, "ten objects and the mark that they are all");
    assert!(!expected.values().any(|bytes| String::from_utf8_lossy(bytes).contains(CANARY)));

    let (start, mut harmed) = (Instant::now(), 0);
    for seed in 0..seeds() {
        let proxy = Proxy::start(double.port(), seed, ONE_IN);
        redact(proxy.port(), "harmed", "harmed.json");
        assert!(double.below("/data/harmed/") == expected, "seed {seed}");
        let harmed_report = report("harmed.json");
        for part in ["ledger", "detectors", "objects", "actions", "not_examined"] {
            assert_eq!(harmed_report[part], told[part], "seed {seed}: {part}");
        }
        harmed += proxy.harmed();
        double.bucket().objects.retain(|name, _| !name.starts_with("/data/harmed"));
    }
    assert!(harmed > seeds(), "the proxy did harm");
    println!("{} schedules, {harmed} requests harmed, {:.0?}", seeds(), start.elapsed());
}

/// A store that stays broken is given up and stands in the ledger.
#[test]
fn a_store_that_stays_broken_is_given_up() {
    let double = Double::meddled(Box::new(|request, _| {
        let broken = request.method == "GET" && request.path() == "/data/in/part-3.csv";
        broken.then(|| servers::http::Response::new(503))
    }));
    fill(&double);
    let folder = folder();
    let arguments = ["scan", "s3://data/in", "--detector=global.email", "--report=report.json"];
    let ran = sievert_with(&s3(double.port()), arguments, folder.path()).ends_with(3);
    assert!(ran.stdout.contains("the store is busy (503); given up after 8 tries"), "{}", ran.stdout);
    let report = program::report(folder.path(), "report.json");
    assert_eq!(report["ledger"]["objects"]["failed"], 1);
    assert_eq!(report["ledger"]["objects"]["scanned"], 9);
}

/// A store that is stuck costs its deadline, and not more than the object that it does not give.
#[test]
fn a_store_that_never_answers_is_given_up() {
    let double = Double::start();
    fill(&double);
    let proxy = Proxy::harming(double.port(), |request| {
        (request.method == "GET" && request.path() == "/data/in/part-3.csv").then_some(Harm::Silent)
    });
    let folder = folder();
    let arguments = ["scan", "s3://data/in", "--detector=global.email", "--report=report.json"];
    let start = Instant::now();
    let ran = sievert_with(&impatient(proxy.port()), arguments, folder.path()).ends_with(3);
    assert!(start.elapsed() < Duration::from_mins(1), "one try alone takes a minute where nothing is set");
    let why = "the store did not answer in time; given up after 8 tries";
    assert!(ran.stdout.contains(why), "{}", ran.stdout);
    let report = program::report(folder.path(), "report.json");
    assert_eq!(report["ledger"]["objects"]["failed"], 1);
    assert_eq!(report["ledger"]["objects"]["scanned"], 9);

    let mut settings = s3(double.port());
    settings.push(("AWS_TIMEOUT", "soon".into()));
    let refused = sievert_with(&settings, arguments, folder.path()).ends_with(2);
    assert!(refused.stderr.contains("no time such as 30s"), "{}", refused.stderr);
}

/// The most that was read of a run of the program, which ends well; one that is over at once is run again.
#[cfg(target_os = "linux")]
fn highest(run: impl Fn() -> std::process::Command, read: impl Fn(u32) -> Option<u64>) -> u64 {
    for _ in 0..50 {
        let mut child = run().stdout(std::process::Stdio::null()).spawn().expect("the program starts");
        let (mut highest, mut looks) = (0, 0);
        while child.try_wait().expect("a child can be asked").is_none() {
            if at_work(child.id()) {
                highest = read(child.id()).unwrap_or(highest).max(highest);
                looks += 1;
            }
            std::thread::sleep(std::time::Duration::from_micros(200));
        }
        assert!(child.wait().expect("it ended").success());
        if looks >= 50 {
            return highest;
        }
    }
    panic!("every run is over at once");
}

/// Whether a process has started threads. Before that it may still have open what this one had when it started it: the
/// system tells that a program runs before it closes those.
#[cfg(target_os = "linux")]
fn at_work(process: u32) -> bool {
    std::fs::read_dir(format!("/proc/{process}/task")).is_ok_and(|threads| threads.count() > 1)
}

/// The most memory that a process has taken so far, in KiB.
#[cfg(target_os = "linux")]
fn memory(process: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let size = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    size.trim().trim_end_matches(" kB").parse().ok()
}

/// Files and sockets that a process has open.
#[cfg(target_os = "linux")]
fn open(process: u32) -> Option<u64> {
    Some(std::fs::read_dir(format!("/proc/{process}/fd")).ok()?.count() as u64)
}

#[test]
#[cfg(target_os = "linux")]
fn a_listing_of_100_000_keys_takes_the_memory_of_one_of_1_000() {
    let double = Double::start();
    let keys = std::env::var("SIEVERT_KEYS").ok().and_then(|keys| keys.parse().ok()).unwrap_or(KEYS);
    for at in 0..keys {
        let few = if at < 1_000 { "few" } else { "more" };
        double.put(&format!("/data/many/{few}/year=2026/month=11/part-{at:08}.csv"), "a\n");
    }
    let folder = folder();
    let run = |input: &str| {
        let arguments = ["scan", input, "--dry-run", "--detector=global.email"];
        highest(|| servers::cleared(&s3(double.port()), arguments, folder.path()), memory)
    };
    let (few, many) = (run("s3://data/many/few"), run("s3://data/many"));
    println!("peak memory: {few} KiB for 1,000 keys, {many} KiB for {keys}");
    assert!(many < few + (16 << 10), "{few} KiB for 1,000 keys, {many} KiB for {keys}");
}

#[test]
#[cfg(target_os = "linux")]
fn open_files_and_sockets_are_as_many_for_1_000_objects_as_for_100() {
    // Slow, so that as many requests are on their way as there ever are.
    let double = Double::meddled(Box::new(|_, _| {
        std::thread::sleep(std::time::Duration::from_millis(1));
        None
    }));
    let folder = folder();
    for at in 0..1_000 {
        let name = format!("{}/{at:04}.csv", if at < 100 { "few" } else { "more" });
        double.put(&format!("/data/many/{name}"), "mail\nben@example.org\n");
        let local = folder.path().join("many").join(name);
        std::fs::create_dir_all(local.parent().expect("a folder")).expect("made");
        std::fs::write(local, "mail\nben@example.org\n").expect("written");
    }
    for base in ["many", "s3://data/many"] {
        let run = |input: &str| {
            let arguments = ["scan", input, "--exit-zero", "--threads=4", "--detector=global.email"];
            highest(|| servers::cleared(&s3(double.port()), arguments, folder.path()), open)
        };
        // Looked at now and then: of a short run that a busy machine pauses, little is seen.
        let few = (0..3).map(|_| run(&format!("{base}/few"))).max().unwrap_or_default();
        let many = run(base);
        println!("{base}: {few} open for 100 objects, {many} for 1,000");
        assert!(many <= few + 8, "{base}: {few} open for 100 objects, {many} for 1,000");
    }
}
