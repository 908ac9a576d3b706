//! Whole jobs, from file to report and from file to file, for each format. What runs stands in
//! `definitions/formats.toml`.

#[allow(dead_code, reason = "each bench uses its half")]
mod definitions;

use criterion::{Criterion, Throughput};
use definitions::format_benches;

fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    for bench in format_benches() {
        let input = bench.input();
        let size = input.path().join(&bench.object).metadata().expect("the object").len();
        let mut group = criterion.benchmark_group(&bench.object);
        group.throughput(Throughput::Bytes(size));
        for (task, out) in [("scan", None), ("redact", Some(input.path().join("clean")))] {
            let job = bench.job(input.path(), out);
            let run = || sievert::run(&job, &()).expect("the job runs");
            assert_eq!(bench.differences(&run()), [""; 0]);
            group.bench_function(task, |bencher| bencher.iter(run));
        }
    }
    criterion.final_summary();
}
