//! The library's errors as the package's exceptions, with hints in the words of Python instead of the command line's.

use std::panic;
use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use sievert::Error;
use sievert::io::Cause;

/// What the command line calls it, and what Python does.
const HINTS: [(&str, &str); 15] = [
    ("--detector: ", "detectors: "),
    ("say --overwrite", "pass overwrite=True"),
    (", or say --ephemeral-key for a key of this run only", ""),
    (", or say --ephemeral-key", ""),
    ("try fewer with --threads", "pass fewer threads"),
    (", or in that of --state", ""),
    (", or say --in-place", ""),
    (", or insist with --input-format", ""),
    ("name the JSON that --report wrote", "name the JSON that Report.save wrote"),
    ("with the same --sample and --seed", "with the same sample"),
    ("--since: ", "since: "),
    ("name one with --input-format", "rename the file so that its ending tells it"),
    ("not found; check the path", "not found; check the path, or scan texts by scan_text"),
    ("see `sievert detectors`", "see `sievert.detectors()`"),
    (
        "see `sievert policy init` for an example of every key",
        "`sievert policy init` prints an example of every key",
    ),
];

/// An exception of `sievert._errors`, by name.
macro_rules! class {
    ($py:expr, $name:literal) => {{
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        CLASS.import($py, "sievert._errors", $name)
    }};
}

/// The exception of a run that could not start or go on.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    let class = match error {
        Error::Policy(_)
        | Error::PolicyFile { .. }
        | Error::KeyFile { .. }
        | Error::KeyUnset(_)
        | Error::Key { .. } => class!(py, "PolicyError"),
        Error::Input(error) | Error::Findings(error) if about_format(&error.cause) => {
            class!(py, "FormatError")
        }
        Error::Cancelled
        | Error::ReportsDiffer(_)
        | Error::SameShard(_)
        | Error::SameRun(_)
        | Error::Threads(_)
        | Error::Pool => class!(py, "SievertError"),
        _ => class!(py, "StoreError"),
    };
    new(class, error.to_string())
}

/// The base of the package's exceptions, for what has none of its own.
pub(crate) fn sievert_error(py: Python<'_>, text: String) -> PyErr {
    new(class!(py, "SievertError"), text)
}

/// What is not of the form that it should be.
pub(crate) fn format_error(py: Python<'_>, text: String) -> PyErr {
    new(class!(py, "FormatError"), text)
}

/// What cannot be written.
pub(crate) fn store_error(py: Python<'_>, text: String) -> PyErr {
    new(class!(py, "StoreError"), text)
}

/// Where the last panic was.
static PLACE: Mutex<String> = Mutex::new(String::new());

/// A panic is a defect; its message may hold a value, so only its place is told, by [`defect`].
pub(crate) fn quiet_panics() {
    panic::set_hook(Box::new(|panic| {
        if let (Some(at), Ok(mut place)) = (panic.location(), PLACE.lock()) {
            *place = format!(" ({}:{})", at.file(), at.line());
        }
    }));
}

/// The exception of a panic.
pub(crate) fn defect(py: Python<'_>) -> PyErr {
    let place = PLACE.lock().map(|place| place.clone()).unwrap_or_default();
    let text = format!("a defect in sievert{place} stopped the call; please report it, without the data");
    sievert_error(py, text)
}

fn new(class: PyResult<&Bound<'_, PyType>>, mut text: String) -> PyErr {
    for (theirs, ours) in HINTS {
        text = text.replace(theirs, ours);
    }
    match class {
        Ok(class) => PyErr::from_type(class.clone(), text),
        Err(error) => error,
    }
}

fn about_format(cause: &Cause) -> bool {
    matches!(cause, Cause::Damaged(_) | Cause::UnknownFormat | Cause::Unsupported(_) | Cause::Parquet(_))
}
