//! The main job over frames: whatever exports Arrow records goes in, a report and Arrow records come out.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use sievert::io::{Frame, Input, Unread};
use sievert::{Destination, Job, Sample, SampleSize, Task};

use crate::capsule::{Batches, reader};
use crate::files::{drawn, watched};
use crate::plan::Plan;
use crate::report;

/// Scans a frame, and rewrites it if asked to; returns the report as JSON, and the frame. `unread` are fields that are not
/// in the data: name, cells and why; `rows` is how many there are, where that is known.
#[pyfunction]
#[pyo3(signature = (plan, *, data, name, unread, redact, findings, sample, rows, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "a function of Python, called by name")]
pub(crate) fn run_frame(
    py: Python<'_>,
    plan: &Plan,
    data: &Bound<'_, PyAny>,
    name: String,
    unread: Vec<(String, u64, String)>,
    redact: bool,
    findings: Option<PathBuf>,
    sample: Option<&str>,
    rows: Option<u64>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, Option<Batches>)> {
    let unread =
        unread.into_iter().map(|(field, cells, reason)| Unread { field: Arc::from(field), cells, reason });
    let frame = Frame::new(name, reader(data)?, unread.collect());
    let task = match redact {
        true => Task::Redact { to: Destination::InPlace, overwrite: false, state: PathBuf::new() },
        false => Task::Scan,
    };
    let mut sample = drawn(sample)?;
    if sample.is_some_and(|sample| sample.size.is_of_objects()) {
        return Err(PyValueError::new_err(
            "sample: a frame has no files; give a share of its rows, such as \"1%\"",
        ));
    }
    if let Some(Sample { size, .. }) = &mut sample
        && let SampleSize::Rows(wanted) = *size
    {
        // A frame can be read once, so its share cannot follow from its first rows.
        let rows = rows.ok_or_else(|| {
            PyValueError::new_err(
                "sample: how many rows there are is not known; give a share, such as \"1%\"",
            )
        })?;
        *size = SampleSize::Share((wanted as f64 / rows.max(1) as f64).min(1.0));
    }
    let inputs = vec![Input::Frame(frame.clone())];
    let job = Job { inputs, findings, sample, ..plan.job(&[], task, threads) };
    let report = watched(py, &job, progress.as_ref())?;
    Ok((report::text(&report)?, frame.take_written().map(Batches)))
}
