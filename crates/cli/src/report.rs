//! `report merge`: the reports of several runs of one job added up.

use std::path::Path;

use sievert::render::{Next, summary, to_json};
use sievert::{Error, Report};

use crate::args::{Merge, Shown};
use crate::exit::{Failure, NOT_EXAMINED};
use crate::{out, scan};

pub(crate) fn merge(args: &Merge) -> Result<u8, Failure> {
    let mut reports = args.reports.iter().map(|path| read(path));
    let mut sum = reports.next().expect("clap asks for one at least")?;
    for report in reports {
        match sum.merge(&report?) {
            Ok(()) => {}
            Err(error @ (Error::ReportsDiffer(_) | Error::SameShard(_) | Error::SameRun(_))) => {
                eprintln!("sievert: {error}");
                return Ok(NOT_EXAMINED);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let json = to_json(&sum).map_err(|error| Failure::new(format!("the report: {error}")))?;
    if let Some(path) = &args.out {
        scan::write_private(path, json.as_bytes())?;
    }
    let missing = sum.shards.as_ref().map(sievert::report::Shards::missing).unwrap_or_default();
    if let (Some(shards), false) = (&sum.shards, missing.is_empty()) {
        let list: Vec<_> = missing.iter().map(ToString::to_string).collect();
        eprintln!("sievert: of {} shards these are missing: {}; run them", shards.of, list.join(", "));
    }
    let code = if missing.is_empty() { args.verdict.on(&sum) } else { NOT_EXAMINED };
    let fail_on = args.verdict.fail_on;
    let next = Next { inputs: String::new(), report: String::new(), exit: code, fail_on };
    out::text(&match args.format {
        Shown::Json => json,
        Shown::Text => summary(&sum, &next),
    })?;
    Ok(code)
}

fn read(path: &Path) -> Result<Report, Failure> {
    let fail = |what: String| Failure::new(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| fail(format!("{error}; check the path")))?;
    let report: Report = serde_json::from_str(&text).map_err(|error| {
        fail(format!("not a report of this version (line {}); make it again", error.line()))
    })?;
    if report.schema != sievert::report::SCHEMA {
        return Err(fail(format!("its schema is not {}; make it again", sievert::report::SCHEMA)));
    }
    Ok(report)
}
