//! The main job over files, from Python: on threads of its own, while the calling one listens for Ctrl-C and tells how
//! far it is.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use sievert::io::Input;
use sievert::{Destination, Error, Job, Progress, Report, Sample, SampleSize, Status, Task, run};

use crate::error::{defect, raise};
use crate::plan::Plan;
use crate::report;

/// How often the calling thread looks up.
const LOOK_UP: Duration = Duration::from_millis(100);

/// The one that the command line takes where none is given.
const SEED: u64 = 1;
/// Bytes of a piece where functions of Python look at it: a run is stopped between pieces.
const SLOW_PIECE: usize = 1 << 14;

/// Scans files, folders and globs; returns the report as JSON. `progress` is called with bytes done and in all.
#[pyfunction]
#[pyo3(signature = (plan, *, inputs, since, sample, threads, progress))]
pub(crate) fn scan_files(
    py: Python<'_>,
    plan: &Plan,
    inputs: Vec<String>,
    since: Option<PathBuf>,
    sample: Option<&str>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<String> {
    if since.is_some() && plan.slow {
        let why = "since: the policy has functions, and nobody can tell whether they still find the same";
        return Err(PyValueError::new_err(why));
    }
    let job = Job { since, sample: drawn(sample)?, ..plan.job(&inputs, Task::Scan, threads) };
    report::text(&watched(py, &job, progress.as_ref())?)
}

/// Writes a safe copy of files, folders and globs into a folder; returns the report as JSON.
#[pyfunction]
#[pyo3(signature = (plan, *, inputs, folder, state, overwrite, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "a function of Python, called by name")]
pub(crate) fn redact_files(
    py: Python<'_>,
    plan: &Plan,
    inputs: Vec<String>,
    folder: PathBuf,
    state: PathBuf,
    overwrite: bool,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<String> {
    let task = Task::Redact { to: Destination::Folder(folder), overwrite, state };
    report::text(&watched(py, &plan.job(&inputs, task, threads), progress.as_ref())?)
}

/// The sample of this size, `1%` or `rows=10000`.
pub(crate) fn drawn(sample: Option<&str>) -> PyResult<Option<Sample>> {
    let size = |text| {
        SampleSize::parse(text).ok_or_else(|| {
            PyValueError::new_err("sample: expected a share such as \"1%\", or a number of rows")
        })
    };
    Ok(sample.map(size).transpose()?.map(|size| Sample { size, seed: SEED }))
}

impl Plan {
    pub(crate) fn job(&self, inputs: &[String], task: Task, threads: Option<usize>) -> Job {
        let inputs = inputs.iter().map(|input| Input::parse(input)).collect();
        let mut job = Job::new(self.resolved.clone(), inputs, task);
        if self.slow {
            job.read.piece_bytes = SLOW_PIECE;
        }
        job.limits.threads = threads.unwrap_or(job.limits.threads);
        job
    }
}

/// What the run tells, kept for the calling thread to pass on.
#[derive(Default)]
struct Watch {
    stop: Arc<AtomicBool>,
    status: Mutex<Status>,
}

impl Progress for Watch {
    fn update(&self, status: &Status) -> ControlFlow<()> {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = *status;
        match self.stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}

/// Runs a job; a signal, or an exception of `progress`, ends it.
pub(crate) fn watched(py: Python<'_>, job: &Job, progress: Option<&Py<PyAny>>) -> PyResult<Report> {
    let watch = Watch::default();
    let tell = |py: Python<'_>| -> PyResult<()> {
        py.check_signals()?;
        if let Some(progress) = progress {
            let status = *watch.status.lock().unwrap_or_else(PoisonError::into_inner);
            progress.call1(py, (status.bytes_done, status.bytes_total))?;
        }
        Ok(())
    };
    let (result, stopped) = py.detach(|| {
        thread::scope(|scope| {
            let (done, when_done) = channel();
            let watch = &watch;
            scope.spawn(move || {
                let result = run(job, watch);
                let _ = done.send(result); // the other side waits for it below
            });
            let mut stopped = None;
            loop {
                match when_done.recv_timeout(LOOK_UP) {
                    Ok(result) => return (Some(result), stopped),
                    Err(RecvTimeoutError::Disconnected) => return (None, stopped),
                    Err(RecvTimeoutError::Timeout) if stopped.is_none() => {
                        if let Err(error) = Python::attach(tell) {
                            watch.stop.store(true, Ordering::Relaxed);
                            stopped = Some(error);
                        }
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                }
            }
        })
    });
    match (result, stopped) {
        (Some(Err(Error::Cancelled) | Ok(_)) | None, Some(error)) => Err(error),
        (Some(Ok(report)), None) => tell(py).map(|()| report),
        (Some(Err(error)), _) => Err(raise(py, &error)),
        (None, None) => Err(defect(py)),
    }
}
