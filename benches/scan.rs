//! The scanner on text and on short cells, beside the same patterns in regex-automata. What runs stands in
//! `definitions/scan.toml`.

#[allow(dead_code, reason = "each bench uses its half")]
mod definitions;

use criterion::{Criterion, Throughput};
use definitions::{bytes, differs, scan_benches};

fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    for bench in scan_benches() {
        let columns = bench.columns();
        let mut group = criterion.benchmark_group(&bench.name);
        group.throughput(Throughput::Bytes(bytes(&columns)));
        for (&engine, &count) in &bench.counts {
            let mut run = bench.engine(engine, &columns);
            let wrong = differs(&bench.name, &format!("{engine:?}"), run(), count);
            assert_eq!(wrong, None);
            group.bench_function(format!("{engine:?}"), |bencher| bencher.iter(&mut run));
        }
    }
    criterion.final_summary();
}
