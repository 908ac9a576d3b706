//! Texts of one field, many or one: scanned together, given back one by one.

use std::borrow::Cow;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString, PyTuple, PyType};
use sievert::{Confidence, Evidence, Failure, FieldPlan, Finding, Outcome, Scratch, Texts, resolve};

use crate::error::{defect, sievert_error};
use crate::plan::Plan;
use crate::text::{Points, Text};

/// Bytes that are scanned as one: what stays near the processor.
const BUFFER: usize = 1 << 18;
/// So many texts are many.
const MANY: usize = 1_000;
/// How often a long call looks up.
const LOOK_UP: Duration = Duration::from_millis(100);

/// The number of a text, and what it holds.
type Holding = (usize, Vec<Finding>);

/// The findings of each text, as lists.
pub(crate) fn scan<'py>(
    plan: &Plan,
    py: Python<'py>,
    texts: &Bound<'py, PyAny>,
    field: &str,
) -> PyResult<Bound<'py, PyList>> {
    let strings = strings(texts)?;
    let texts = held(&strings)?;
    let found = worked(plan, py, &texts, field, |_, _, findings, _| winners(findings))?;
    let mut found = found.into_iter().peekable();
    let mut findings = Findings::new(plan, py)?;
    let lists = texts.iter().enumerate().map(|(at, text)| match found.next_if(|(number, _)| *number == at) {
        Some((_, found)) => findings.of(text, &found),
        None => Ok(PyList::empty(py)),
    });
    let lists = || PyList::new(py, lists.collect::<PyResult<Vec<_>>>()?);
    if texts.len() < MANY { lists() } else { without_collector(py, lists) }
}

/// Does a work that makes many objects and lets none go: Python's collector would go through them again and again, and
/// find nothing.
fn without_collector<T>(py: Python<'_>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let collector = py.import("gc")?;
    if !collector.call_method0("isenabled")?.is_truthy()? {
        return work();
    }
    collector.call_method0("disable")?;
    let done = work();
    collector.call_method0("enable")?;
    done
}

/// Each text rewritten; the very same object where nothing changes.
pub(crate) fn redact<'py>(
    plan: &Plan,
    py: Python<'py>,
    texts: &Bound<'py, PyAny>,
    field: &str,
) -> PyResult<Bound<'py, PyList>> {
    let strings = strings(texts)?;
    let texts = held(&strings)?;
    let rewrite = |field: &FieldPlan, text: &str, findings: Vec<Finding>, scratch: &mut Scratch| {
        plan.resolved.rewrite(field, text, &findings, scratch, &mut Vec::new())
    };
    let mut new = strings.clone();
    for (at, outcome) in worked(plan, py, &texts, field, rewrite)? {
        match outcome {
            Outcome::Untouched => {}
            Outcome::Splices(splices) => new[at] = Some(texts[at].spliced(py, &splices)?),
            Outcome::DropCell | Outcome::DropRecord => new[at] = Some(PyString::new(py, "")),
        }
    }
    PyList::new(py, new)
}

/// The texts of an iterable, held so that no one takes them away meanwhile.
fn strings<'py>(texts: &Bound<'py, PyAny>) -> PyResult<Vec<Option<Bound<'py, PyString>>>> {
    let string = |(at, item): (usize, PyResult<Bound<'py, PyAny>>)| {
        let item = item?;
        if item.is_none() {
            return Ok(None);
        }
        item.cast_into::<PyString>().map(Some).map_err(|error| {
            let kind = error.into_inner().get_type();
            let kind = kind.name().map_or_else(|_| String::from("something else"), |name| name.to_string());
            PyTypeError::new_err(format!("text {at} is {kind}; texts are str or None"))
        })
    };
    texts.try_iter()?.enumerate().map(string).collect()
}

/// What is in them. In `None` there is as much as in the empty text.
fn held<'a>(strings: &'a [Option<Bound<'_, PyString>>]) -> PyResult<Vec<Text<'a>>> {
    strings.iter().map(|string| string.as_ref().map_or_else(|| Ok(Text::default()), Text::new)).collect()
}

/// Does a work on each text in which something was found, while other Python threads run. The results come by the number
/// of the text.
fn worked<T: Send>(
    plan: &Plan,
    py: Python<'_>,
    texts: &[Text<'_>],
    field: &str,
    work: impl Fn(&FieldPlan, &str, Vec<Finding>, &mut Scratch) -> T + Send + Sync,
) -> PyResult<Vec<(usize, T)>> {
    if texts.iter().any(|text| u32::try_from(text.shown.len()).is_err()) {
        return Err(PyOverflowError::new_err("a text has 4 GiB or more; split it"));
    }
    let shown: Vec<&str> = texts.iter().map(|text| &*text.shown).collect();
    let work = || {
        let field = plan.field(field);
        let mut done = Vec::new();
        let mut looked_up = Instant::now();
        let runs = if field.skipped { Vec::new() } else { runs(&shown) };
        plan.with_scratch(|scratch| {
            for run in runs {
                if looked_up.elapsed() > LOOK_UP {
                    looked_up = Python::attach(|py| py.check_signals().map(|()| Instant::now()))?;
                }
                let found = found(plan, &field, &shown[run.clone()], scratch)
                    .map_err(|(number, failure)| not_examined(run.start + number, &failure))?;
                for (number, findings) in found {
                    let at = run.start + number;
                    done.push((at, work(&field, shown[at], findings, scratch)));
                }
            }
            Ok(done)
        })
    };
    // A scratch that was in use is not used again.
    py.detach(|| catch_unwind(AssertUnwindSafe(work))).unwrap_or_else(|_| Err(defect(py)))
}

/// Stretches of texts that are scanned as one: of about [`BUFFER`] bytes, or of one text.
fn runs(texts: &[&str]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut bytes = BUFFER;
    for (at, text) in texts.iter().enumerate() {
        bytes += text.len();
        if let Some(run) = runs.last_mut().filter(|_| bytes <= BUFFER) {
            run.end = at + 1;
        } else {
            runs.push(at..at + 1);
            bytes = text.len();
        }
    }
    runs
}

/// The texts that hold something, by their number, with what they hold, sifted; or the first that was not examined.
fn found(
    plan: &Plan,
    field: &FieldPlan,
    texts: &[&str],
    scratch: &mut Scratch,
) -> Result<Vec<Holding>, (usize, Failure)> {
    let buffer = match texts {
        [text] => Cow::Borrowed(*text),
        texts => Cow::Owned(texts.concat()),
    };
    let ends = texts.iter().scan(0, |end, text| {
        *end += text.len() as u32;
        Some(*end)
    });
    let ends: Vec<u32> = ends.collect();
    let cells = Texts { buffer: &buffer, ends: &ends };
    let mut found = Vec::new();
    let resolved = &plan.resolved;
    resolved.scanner().scan_texts(&field.field, &cells, scratch, &mut found);
    resolved.take_whole(field, &cells, &mut found);
    if let Some((number, failure)) = resolved.recognize(&field.field, &cells, &mut found).into_iter().next() {
        return Err((number as usize, failure));
    }
    let mut allowed = vec![0; resolved.allow_reasons().len()];
    let mut by_text = Vec::new();
    for some in found.chunk_by(|a, b| a.0 == b.0) {
        let number = some[0].0 as usize;
        let mut findings: Vec<Finding> = some.iter().map(|(_, finding)| finding.clone()).collect();
        resolved.sift(texts[number], &mut findings, &mut allowed);
        if !findings.is_empty() {
            by_text.push((number, findings));
        }
    }
    Ok(by_text)
}

/// What a report counts: of findings that overlap, one.
fn winners(mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut winners: Vec<_> = resolve(&mut findings).into_iter().map(|group| group.winner).collect();
    winners.sort_by_key(|finding| finding.span.start);
    winners
}

/// A text on which a function has failed, unless it was Ctrl-C that ended it.
fn not_examined(text: usize, failure: &Failure) -> PyErr {
    Python::attach(|py| match py.check_signals() {
        Ok(()) => sievert_error(py, format!("text {text} was not examined: {failure}")),
        Err(interrupt) => interrupt,
    })
}

/// Makes findings as Python sees them.
struct Findings<'p, 'py> {
    plan: &'p Plan,
    py: Python<'py>,
    class: &'p Bound<'py, PyType>,
    /// `tuple.__new__`: a named tuple's own is written in Python, and slow.
    new: &'p Bound<'py, PyAny>,
    /// What speaks for findings, as met so far.
    whys: Vec<(Evidence, Bound<'py, PyTuple>)>,
}

impl<'p, 'py> Findings<'p, 'py> {
    fn new(plan: &'p Plan, py: Python<'py>) -> PyResult<Self> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let class = CLASS.import(py, "sievert._finding", "Finding")?;
        let new = || py.get_type::<PyTuple>().getattr("__new__").map(Bound::unbind);
        Ok(Self { plan, py, class, new: NEW.get_or_try_init(py, new)?.bind(py), whys: Vec::new() })
    }

    /// The findings of a text, with offsets in code points.
    fn of(&mut self, text: &Text<'_>, found: &[Finding]) -> PyResult<Bound<'py, PyList>> {
        let mut points = Points::new(&text.shown);
        let list = PyList::empty(self.py);
        for finding in found {
            let span = points.of(&finding.range());
            let id = &self.plan.ids[usize::from(finding.detector.0)];
            let confidence = match finding.confidence {
                Confidence::Possible => intern!(self.py, "possible"),
                Confidence::Likely => intern!(self.py, "likely"),
                Confidence::Certain => intern!(self.py, "certain"),
            };
            let why = self.why(finding.evidence)?;
            list.append(self.new.call1((self.class, (id, span.start, span.end, confidence, why)))?)?;
        }
        Ok(list)
    }

    fn why(&mut self, evidence: Evidence) -> PyResult<Bound<'py, PyTuple>> {
        if let Some((_, why)) = self.whys.iter().find(|(known, _)| *known == evidence) {
            return Ok(why.clone());
        }
        let codes: Vec<_> = evidence.codes().map(|code| PyString::intern(self.py, code)).collect();
        let why = PyTuple::new(self.py, codes)?;
        self.whys.push((evidence, why.clone()));
        Ok(why)
    }
}
