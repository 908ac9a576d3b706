//! The benches find what their definitions say, so that a change that stops finding is seen without measuring.

#[allow(dead_code, reason = "each bench uses its half")]
#[path = "../benches/definitions.rs"]
mod definitions;

use definitions::{bytes, differs, format_benches, scan_benches};

#[test]
fn each_engine_finds_what_the_definition_says() {
    let mut wrong = Vec::new();
    for bench in scan_benches() {
        let columns = bench.columns();
        assert!(bytes(&columns) > 0);
        for (&engine, &count) in &bench.counts {
            let found = bench.engine(engine, &columns)();
            wrong.extend(differs(&bench.name, &format!("{engine:?}"), found, count));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_format_finds_and_replaces_what_the_definition_says() {
    let mut wrong = Vec::new();
    for bench in format_benches().iter().filter(|bench| bench.beside.is_none()) {
        let (input, _) = bench.input();
        for out in [None, Some(input.path().join("clean"))] {
            let job = bench.job(input.path(), out, 2);
            wrong.extend(bench.differences(&sievert::run(&job, &()).expect("the job runs")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
