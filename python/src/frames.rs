//! The main job over frames: whatever exports Arrow records goes in, a report and Arrow records come out.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use sievert::Job;
use sievert::io::{Frame, Input, Unread};
use sievert::{Destination, Task};

use crate::capsule::{Batches, reader};
use crate::files::watched;
use crate::plan::Plan;
use crate::report;

/// Scans a frame, and rewrites it if asked to; returns the report as JSON, and the frame. `unread` are fields that are not
/// in the data: name, cells and why.
#[pyfunction]
#[pyo3(signature = (plan, *, data, name, unread, redact, findings, threads))]
#[expect(clippy::too_many_arguments, reason = "a function of Python, called by name")]
pub(crate) fn run_frame(
    py: Python<'_>,
    plan: &Plan,
    data: &Bound<'_, PyAny>,
    name: String,
    unread: Vec<(String, u64, String)>,
    redact: bool,
    findings: Option<PathBuf>,
    threads: Option<usize>,
) -> PyResult<(String, Option<Batches>)> {
    let unread =
        unread.into_iter().map(|(field, cells, reason)| Unread { field: Arc::from(field), cells, reason });
    let frame = Frame::new(name, reader(data)?, unread.collect());
    let task = match redact {
        true => Task::Redact { to: Destination::InPlace, overwrite: false, state: PathBuf::new() },
        false => Task::Scan,
    };
    let job = Job { inputs: vec![Input::Frame(frame.clone())], findings, ..plan.job(&[], task, threads) };
    let report = watched(py, &job, None)?;
    Ok((report::text(&report)?, frame.take_written().map(Batches)))
}
