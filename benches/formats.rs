//! Whole jobs, from file to report and from file to file, beside what else one might do with the file. What runs
//! stands in `definitions/formats.toml`; the bars are below. A bar that is not reached fails nothing.

#![expect(clippy::print_stdout, reason = "a bench speaks to its terminal")]

mod beside;
#[allow(dead_code, reason = "each bench uses its half")]
mod definitions;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use definitions::{FormatBench, format_benches};

/// An end of an object's name, what should be fast, beside what, and how fast at least.
const BARS: [(&str, &str, &str, f64); 7] = [
    (".jsonl", "scan", "duckdb", 2.5),
    (".jsonl", "scan", "parse", 1.0), // sonic-rs into a struct
    (".csv", "scan", "parse", 1.0),   // the csv crate
    (".parquet", "scan", "parse", 1.0 / 1.15),
    ("", "redact", "scan", 0.6),
    ("", "scan on two threads", "scan", 1.8),
    ("", "redact on two threads", "redact", 1.8),
];

/// The fastest of each: what else the machine does only makes slower.
type Fastest = BTreeMap<(String, &'static str), Duration>;

fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut fastest = Fastest::new();
    let no_duckdb = beside::no_duckdb();
    for bench in format_benches() {
        measure(&bench, no_duckdb.is_none(), &mut criterion, &mut fastest);
    }
    criterion.final_summary();
    no_duckdb.inspect(|why| println!("{why}"));
    bars(&fastest);
}

fn measure(bench: &FormatBench, duckdb: bool, criterion: &mut Criterion, fastest: &mut Fastest) {
    let Some(counts) = &bench.beside else { return };
    let (folder, columns) = bench.input();
    let file = folder.path().join(&bench.object);
    let mut group = criterion.benchmark_group(&bench.object);
    group.throughput(Throughput::Bytes(file.metadata().expect("the object").len()));
    let mut run = |what: &'static str, mut once: Box<dyn FnMut() -> Duration + '_>| {
        group.bench_function(what, |bencher| {
            bencher.iter_custom(|times| {
                let all: Vec<_> = (0..times).map(|_| once()).collect();
                let least = fastest.entry((bench.object.clone(), what)).or_insert(Duration::MAX);
                *least = all.iter().copied().min().unwrap_or(*least).min(*least);
                all.iter().sum()
            });
        });
    };
    let job = |redact: bool, threads| {
        let job = bench.job(folder.path(), redact.then(|| folder.path().join("clean")), threads);
        Box::new(move || {
            let start = Instant::now();
            let report = sievert::run(&job, &()).expect("the job runs");
            let took = start.elapsed();
            assert_eq!(bench.differences(&report), [""; 0]);
            took
        })
    };
    run("scan", job(false, 1));
    run("redact", job(true, 1));
    run("scan on two threads", job(false, 2));
    run("redact on two threads", job(true, 2));
    if let Some(lines) = counts.lines {
        run("lines", Box::new(|| beside::timed(|| beside::lines(&file), lines)));
    }
    run("parse", Box::new(|| beside::timed(|| beside::parse(&file, &columns), bench.records)));
    if duckdb {
        run("duckdb", Box::new(|| beside::duckdb(&file, &columns, counts.duckdb)));
    }
    group.finish();
}

fn bars(fastest: &Fastest) {
    println!("{:<18}{:<42}{:>8}{:>8}", "object", "speed, beside", "ratio", "bar");
    for ((object, what), took) in fastest {
        for &(ending, fast, beside, bar) in &BARS {
            let other = fastest.get(&(object.clone(), beside));
            if let Some(other) = other.filter(|_| fast == *what && object.ends_with(ending)) {
                let ratio = other.as_secs_f64() / took.as_secs_f64();
                let said = if ratio >= bar { "reached" } else { "not reached" };
                println!("{object:<18}{:<42}{ratio:>8.2}{bar:>8.2}  {said}", format!("{fast}, {beside}"));
            }
        }
    }
}
