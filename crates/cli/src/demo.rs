//! `demo`: a sample made, scanned and rewritten, with what was planted counted against what was found. Needs nothing
//! but a folder to write to.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use sievert::io::Input;
use sievert::render::{Next, summary};
use sievert::{Confidence, Destination, Job, Overrides, Policy, Task, run};
use sievert_corpora::{Options, TRUTH, generate};

use crate::args::Demo;
use crate::exit::{FINDINGS, Failure};
use crate::out;

/// Changed lines shown of each file.
const LINES_SHOWN: usize = 2;
/// Characters shown on either side of the first change in a line.
const REACH: usize = 45;

pub(crate) fn show(args: &Demo) -> Result<u8, Failure> {
    if let Some(folder) = &args.keep {
        let code = run_in(folder, args)?;
        out::text(&format!("Kept in {}: sample, clean, findings.jsonl\n", folder.display()))?;
        return Ok(code);
    }
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::new(format!("no temporary folder: {error}; name one with TMPDIR")))?;
    run_in(folder.path(), args)
}

fn run_in(folder: &Path, args: &Demo) -> Result<u8, Failure> {
    let (sample, clean, findings) =
        (folder.join("sample"), folder.join("clean"), folder.join("findings.jsonl"));
    let options = Options { rows: args.rows, seed: 1 };
    generate(&options, sievert::detectors(), &sample).map_err(|error| Failure::new(error.to_string()))?;

    let mut job = job(&sample, Task::Scan)?;
    job.findings = Some(findings.clone());
    let report = run(&job, &())?;
    let (found, planted) = compare(&sample.join(TRUTH), &findings)?;
    let next = Next { inputs: String::new(), report: String::new(), exit: 0, fail_on: Confidence::Likely };
    out::text(&format!("$ sievert scan sample/\n{}", summary(&report, &next)))?;

    let state = folder.join("clean.sievert");
    let to = Destination::Folder(clean.clone());
    let job = self::job(&sample, Task::Redact { to, overwrite: false, state })?;
    let report = run(&job, &())?;
    out::text(&format!("\n$ sievert redact sample/ --out clean/\n{}", summary(&report, &next)))?;

    for name in ["patients.csv", "tickets.jsonl"] {
        out::text(&changes(name, &read(&sample.join(name))?, &read(&clean.join(name))?))?;
    }
    out::text(&format!("\nFound {found} of {planted} planted values.\n"))?;
    Ok(if found == planted { 0 } else { FINDINGS })
}

fn job(sample: &Path, task: Task) -> Result<Job, Failure> {
    let plan = sievert::plan(&Policy::default(), &Overrides::default())?;
    Ok(Job::new(plan, vec![Input::Path(sample.to_owned())], task))
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

/// A place in the sample: what the truth and the findings file both say.
#[derive(Deserialize)]
struct Spot {
    object: String,
    record: u64,
    field: String,
    start: u64,
    end: u64,
}

/// How many of the planted values a finding overlaps, and how many are planted.
fn compare(truth: &Path, findings: &Path) -> Result<(usize, usize), Failure> {
    let spots = |path: &Path| -> Result<Vec<Spot>, Failure> {
        let parse = |line| {
            serde_json::from_str(line).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
        };
        read(path)?.lines().map(parse).collect()
    };
    let mut by_cell: HashMap<(String, u64, String), Vec<(u64, u64)>> = HashMap::new();
    for spot in spots(findings)? {
        by_cell.entry((spot.object, spot.record, spot.field)).or_default().push((spot.start, spot.end));
    }
    let truth = spots(truth)?;
    let planted = truth.len();
    let is_found = |spot: &Spot| {
        let cell = (spot.object.clone(), spot.record, spot.field.clone());
        by_cell
            .get(&cell)
            .is_some_and(|found| found.iter().any(|(start, end)| *start < spot.end && spot.start < *end))
    };
    Ok((truth.iter().filter(|spot| is_found(spot)).count(), planted))
}

/// Some lines before and after, around their first difference.
fn changes(name: &str, before: &str, after: &str) -> String {
    let mut text = format!("\n{name}\n");
    let changed = before.lines().zip(after.lines()).filter(|(before, after)| before != after);
    for (before, after) in changed.take(LINES_SHOWN) {
        let same = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
        let window = |line: &str| -> String {
            line.chars().skip(same.saturating_sub(REACH)).take(2 * REACH).collect()
        };
        let _ = writeln!(text, "  before  {}\n  after   {}", window(before), window(after));
    }
    text
}
