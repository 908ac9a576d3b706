//! Reports cross the border as JSON: one text, which Python reads, keeps, pickles and hands back.

use std::path::PathBuf;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use sievert::io::{Access, Runtime, Target, write_file};
use sievert::render::{Next, to_json};
use sievert::{Confidence, Report};

use crate::error::{format_error, raise, store_error};

/// The sum of reports of one job: shards, partitions, workers.
#[pyfunction]
pub(crate) fn merge(py: Python<'_>, reports: Vec<String>) -> PyResult<String> {
    let mut all = reports.iter().map(|report| parse(py, report));
    let mut sum = all.next().ok_or_else(|| PyValueError::new_err("there is no report to merge"))??;
    for report in all {
        sum.merge(&report?).map_err(|error| raise(py, &error))?;
    }
    text(&sum)
}

/// The report as the command line prints it.
#[pyfunction]
pub(crate) fn summary(py: Python<'_>, report: &str) -> PyResult<String> {
    let exit = 0;
    Ok(sievert::render::summary(
        &parse(py, report)?,
        &Next { inputs: String::new(), report: String::new(), exit, fail_on: Confidence::Likely },
    ))
}

/// Writes a report as the command line does: whole or not at all, for its owner alone.
#[pyfunction]
pub(crate) fn save(py: Python<'_>, report: &str, path: PathBuf) -> PyResult<()> {
    let target = Target { path, overwrite: true, run: std::process::id().to_string() };
    let written = py.detach(|| {
        let runtime = Runtime::start().map_err(|error| error.to_string())?;
        let written = write_file(&runtime, &target, Access::Owner, report.as_bytes());
        written.map_err(|error| error.to_string())
    });
    written.map_err(|error| store_error(py, error))
}

/// A report as JSON.
pub(crate) fn text(report: &Report) -> PyResult<String> {
    to_json(report).map_err(|error| PyValueError::new_err(error.to_string()))
}

fn parse(py: Python<'_>, report: &str) -> PyResult<Report> {
    serde_json::from_str(report).map_err(|error| {
        let line = error.line();
        format_error(py, format!("not a report of this version (line {line} of its JSON); make it again"))
    })
}
