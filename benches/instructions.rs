//! Instructions a byte, counted by callgrind: what a timer on a busy machine cannot tell. Held to the last accepted
//! figures in `definitions/scan.toml`. Says too what all detectors cost beside a dozen of them.

#![expect(clippy::print_stdout, reason = "a bench speaks to its terminal")]

#[allow(dead_code, reason = "each bench uses its half")]
mod definitions;

use std::collections::BTreeMap;
use std::env;
use std::process::{Command, ExitCode};

use definitions::{Engine, ScanBench, bytes, scan_benches};

/// A figure may differ from the accepted one by this share before it must be accepted anew.
const TOLERANCE: f64 = 0.05;

/// All detectors are to take at most so many times what the dozen takes that every scanner has.
const BESIDE_TWELVE: f64 = 1.6;

fn main() -> ExitCode {
    let args: Vec<_> = env::args().collect();
    if let Some(at) = args.iter().position(|arg| arg == "--rounds") {
        run(&args[at + 1], args[at + 2].parse().expect("a number of rounds"));
        return ExitCode::SUCCESS;
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("instructions: skipped, valgrind is not installed");
        return ExitCode::SUCCESS;
    }
    let mut held = true;
    let mut taken = BTreeMap::new();
    println!("instructions a byte, the scanner's first pass left out");
    for bench in scan_benches() {
        let Some(accepted) = bench.instructions else { continue };
        // What the first pass alone does, such as making automata ready, is in both runs.
        let (few, many) = (count(&bench.name, 1), count(&bench.name, 3));
        let each = (many - few) as f64 / 2.0 / bytes(&bench.columns()) as f64;
        let within = (each / accepted - 1.0).abs() <= TOLERANCE;
        held &= within;
        let said = if within { "" } else { "  CHANGED: if it is meant, accept it in definitions/scan.toml" };
        println!("{:<24}{each:>8.1}  accepted {accepted:>8.1}{said}", bench.name);
        taken.insert(bench.name, each);
    }
    println!("all detectors beside twelve of them, which is to be at most {BESIDE_TWELVE}");
    for (name, twelve) in &taken {
        let Some(all) = name.strip_suffix("-twelve") else { continue };
        let ratio = taken[all] / twelve;
        println!("{all:<24}{ratio:>8.2}{}", if ratio > BESIDE_TWELVE { "  NOT REACHED" } else { "" });
    }
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Scans the corpus of a bench so often: what callgrind watches.
fn run(name: &str, rounds: usize) {
    let benches = scan_benches();
    let bench: &ScanBench = benches.iter().find(|bench| bench.name == name).expect("a bench's name");
    let columns = bench.columns();
    let mut scan = bench.engine(Engine::Sievert, &columns);
    let found: u64 = (0..rounds).map(|_| scan()).sum();
    assert_eq!(found, bench.counts[&Engine::Sievert] * rounds as u64);
}

fn count(name: &str, rounds: usize) -> u64 {
    let this = env::current_exe().expect("this program's path");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(this)
        .args(["--rounds", name, &rounds.to_string()])
        .output()
        .expect("valgrind runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find(|line| line.contains("Collected")).unwrap_or_else(|| panic!("{said}"));
    let digits = line.rsplit(':').next().expect("a number").trim();
    digits.parse().expect("a number")
}
