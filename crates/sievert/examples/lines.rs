//! Scans the lines of a file on one thread, twice: each as a text of its own, and all as the cells of a column. Prints
//! findings and the seconds of the fastest of some rounds, as JSON: what bindings to other languages are measured beside.

#![expect(clippy::print_stdout, reason = "an example is a program")]

use std::time::Instant;

use sievert::{Scratch, Texts};

const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: lines FILE")?;
    let file = std::fs::read_to_string(path)?;
    let lines: Vec<&str> = file.lines().collect();
    let buffer = lines.concat();
    let ends = lines.iter().scan(0, |end, line| {
        *end += line.len() as u32;
        Some(*end)
    });
    let ends: Vec<u32> = ends.collect();

    let scanner = sievert::scanner();
    let field = scanner.field("");
    let mut scratch = Scratch::default();
    let (mut alone, mut found) = (Vec::new(), Vec::new());
    let texts = fastest(|| {
        alone.clear();
        for line in &lines {
            scanner.scan(&field, line, &mut scratch, &mut alone);
        }
    });
    let cells = fastest(|| {
        found.clear();
        scanner.scan_texts(&field, &Texts { buffer: &buffer, ends: &ends }, &mut scratch, &mut found);
    });
    println!(
        "{{\"lines\": {}, \"bytes\": {}, \"findings\": {}, \"as_texts\": {texts}, \"as_cells\": {cells}}}",
        lines.len(),
        buffer.len(),
        found.len()
    );
    assert_eq!(alone.len(), found.len(), "a cell is a text");
    Ok(())
}

fn fastest(mut work: impl FnMut()) -> f64 {
    let mut round = || {
        let started = Instant::now();
        work();
        started.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}
