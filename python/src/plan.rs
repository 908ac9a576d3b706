//! A plan, and what it does to texts. Shared by threads: each call takes a scratch of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString, PyTuple, PyType};
use sievert::{Confidence, FieldPlan, Finding, KeyChoice, Outcome, Overrides, Policy, Scratch, resolve};

use crate::error::raise;
use crate::text::{Points, Text};

/// Fields that are kept compiled.
const FIELDS_KEPT: usize = 1_000;

/// A policy resolved against the built-in detectors, ready to work.
#[pyclass(frozen, module = "sievert._native")]
pub(crate) struct Plan {
    pub(crate) resolved: Arc<sievert::Plan>,
    fields: Mutex<HashMap<String, Arc<FieldPlan>>>,
    scratches: Mutex<Vec<Scratch>>,
    /// The ids, by detector index.
    ids: Vec<Py<PyString>>,
}

#[pymethods]
impl Plan {
    /// `text` is a policy in TOML, called `file` in errors; without one, the built-in policy.
    #[new]
    #[pyo3(signature = (text, file, detectors, min_confidence))]
    fn new(
        py: Python<'_>,
        text: Option<&str>,
        file: &str,
        detectors: Vec<String>,
        min_confidence: Option<&str>,
    ) -> PyResult<Self> {
        let min_confidence = match min_confidence.map(str::parse::<Confidence>).transpose() {
            Ok(confidence) => confidence,
            Err(accepted) => return Err(PyValueError::new_err(format!("min_confidence: {accepted}"))),
        };
        let overrides = Overrides { detectors, min_confidence, key: KeyChoice::Policy };
        let made = py.detach(|| {
            let policy = text.map_or_else(|| Ok(Policy::default()), |text| Policy::parse(text, file))?;
            sievert::plan(&policy, &overrides)
        });
        let plan = made.map_err(|error| raise(py, &error))?;
        let ids =
            plan.scanner().detectors().map(|(_, about)| PyString::intern(py, about.id).unbind()).collect();
        Ok(Self { resolved: Arc::new(plan), fields: Mutex::default(), scratches: Mutex::default(), ids })
    }

    /// The findings of one text.
    fn scan_text<'py>(
        &self,
        py: Python<'py>,
        text: &Bound<'py, PyString>,
        field: &str,
    ) -> PyResult<Bound<'py, PyList>> {
        let text = Text::new(text)?;
        let found = self.with(py, field, &[&text], InField::winners)?;
        self.findings(py, &text, &found[0])
    }

    /// One text rewritten; itself where nothing changes, empty where the policy drops it.
    fn redact_text<'py>(
        &self,
        py: Python<'py>,
        text: &Bound<'py, PyString>,
        field: &str,
    ) -> PyResult<Bound<'py, PyString>> {
        let shown = Text::new(text)?;
        let outcome = self.with(py, field, &[&shown], InField::rewrite)?;
        rewritten(py, text, &shown, &outcome[0])
    }

    /// As `scan_text`, for many texts of one field. `None` has no findings.
    fn scan_texts<'py>(
        &self,
        py: Python<'py>,
        texts: &Bound<'py, PyAny>,
        field: &str,
    ) -> PyResult<Bound<'py, PyList>> {
        let strings = strings(texts)?;
        let held = strings.iter().flatten().map(Text::new).collect::<PyResult<Vec<_>>>()?;
        let all: Vec<_> = held.iter().collect();
        let found = self.with(py, field, &all, InField::winners)?;
        let mut rest = held.iter().zip(&found);
        let out = PyList::empty(py);
        for string in &strings {
            match string.as_ref().and_then(|_| rest.next()) {
                Some((text, found)) => out.append(self.findings(py, text, found)?)?,
                None => out.append(PyList::empty(py))?,
            }
        }
        Ok(out)
    }

    /// As `redact_text`, for many texts of one field. `None` stays.
    fn redact_texts<'py>(
        &self,
        py: Python<'py>,
        texts: &Bound<'py, PyAny>,
        field: &str,
    ) -> PyResult<Bound<'py, PyList>> {
        let strings = strings(texts)?;
        let held = strings.iter().flatten().map(Text::new).collect::<PyResult<Vec<_>>>()?;
        let all: Vec<_> = held.iter().collect();
        let outcomes = self.with(py, field, &all, InField::rewrite)?;
        let mut rest = held.iter().zip(&outcomes);
        let out = PyList::empty(py);
        for string in &strings {
            match string.as_ref().and_then(|string| Some((string, rest.next()?))) {
                Some((string, (text, outcome))) => out.append(rewritten(py, string, text, outcome)?)?,
                None => out.append(py.None())?,
            }
        }
        Ok(out)
    }

    /// The plan as resolved, as text.
    fn show(&self) -> String {
        self.resolved.show()
    }

    /// SHA-256 over everything that decides what is found and done, hexadecimal.
    #[getter]
    fn hash(&self) -> &str {
        self.resolved.hash()
    }

    /// The ids of the detectors that are on.
    #[getter]
    fn looked_for(&self) -> Vec<&str> {
        self.resolved.looked_for().collect()
    }

    /// What the plan cannot find.
    #[getter]
    fn not_looked_for(&self) -> Vec<&str> {
        self.resolved.not_looked_for().collect()
    }

    /// Where the key comes from: `none`, `env:NAME`, `file`. Never the key.
    #[getter]
    fn key(&self) -> String {
        self.resolved.key_kind().to_string()
    }
}

/// What is known of a field, and the plan that it belongs to.
struct InField {
    plan: Arc<sievert::Plan>,
    field: Arc<FieldPlan>,
}

impl InField {
    fn found(&self, text: &str, scratch: &mut Scratch) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !self.field.skipped {
            self.plan.scanner().scan(&self.field.field, text, scratch, &mut findings);
            let mut allowed = vec![0; self.plan.allow_reasons().len()];
            self.plan.sift(text, &mut findings, &mut allowed);
        }
        findings
    }

    /// What a report counts: of findings that overlap, one.
    fn winners(&self, text: &str, scratch: &mut Scratch) -> Vec<Finding> {
        let mut findings = self.found(text, scratch);
        let mut winners: Vec<_> = resolve(&mut findings).into_iter().map(|group| group.winner).collect();
        winners.sort_by_key(|finding| finding.span.start);
        winners
    }

    fn rewrite(&self, text: &str, scratch: &mut Scratch) -> Outcome {
        let findings = self.found(text, scratch);
        if findings.is_empty() {
            return Outcome::Untouched;
        }
        self.plan.rewrite(&self.field, text, &findings, scratch, &mut Vec::new())
    }
}

impl Plan {
    /// Does a work on each text of a field, while other Python threads run.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        field: &str,
        texts: &[&Text<'_>],
        work: impl Fn(&InField, &str, &mut Scratch) -> T + Send + Sync,
    ) -> PyResult<Vec<T>> {
        if texts.iter().any(|text| u32::try_from(text.shown.len()).is_err()) {
            return Err(PyOverflowError::new_err("a text has 4 GiB or more; split it"));
        }
        let shown: Vec<&str> = texts.iter().map(|text| &*text.shown).collect();
        Ok(py.detach(|| {
            let plan = InField { plan: self.resolved.clone(), field: self.field(field) };
            let mut scratch = free(&self.scratches).and_then(|mut kept| kept.pop()).unwrap_or_default();
            let done = shown.iter().map(|text| work(&plan, text, &mut scratch)).collect();
            scratch.take_tallies();
            if let Some(mut kept) = free(&self.scratches) {
                kept.push(scratch);
            }
            done
        }))
    }

    fn field(&self, name: &str) -> Arc<FieldPlan> {
        if let Some(field) = free(&self.fields).and_then(|kept| kept.get(name).cloned()) {
            return field;
        }
        let field = Arc::new(self.resolved.field(name));
        if let Some(mut kept) = free(&self.fields) {
            if kept.len() >= FIELDS_KEPT {
                kept.clear(); // names without end: compile again rather than grow
            }
            kept.insert(name.to_owned(), field.clone());
        }
        field
    }

    /// Findings as Python sees them, with offsets in code points.
    fn findings<'py>(
        &self,
        py: Python<'py>,
        text: &Text<'_>,
        found: &[Finding],
    ) -> PyResult<Bound<'py, PyList>> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let out = PyList::empty(py);
        if found.is_empty() {
            return Ok(out);
        }
        let class = CLASS.import(py, "sievert._finding", "Finding")?;
        let mut points = Points::new(&text.shown);
        for finding in found {
            let span = points.of(&finding.range());
            let id = self.ids[usize::from(finding.detector.0)].clone_ref(py);
            let confidence = PyString::intern(py, finding.confidence.name());
            let why = PyTuple::new(
                py,
                finding.evidence.codes().map(|code| PyString::intern(py, code)).collect::<Vec<_>>(),
            )?;
            out.append(class.call1((id, span.start, span.end, confidence, why))?)?;
        }
        Ok(out)
    }
}

/// What a lock guards, unless someone has it: in a forked process that someone may be gone, so nobody ever waits.
fn free<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
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

fn rewritten<'py>(
    py: Python<'py>,
    string: &Bound<'py, PyString>,
    text: &Text<'_>,
    outcome: &Outcome,
) -> PyResult<Bound<'py, PyString>> {
    match outcome {
        Outcome::Untouched => Ok(string.clone()),
        Outcome::Splices(splices) => text.spliced(py, splices),
        Outcome::DropCell | Outcome::DropRecord => Ok(PyString::new(py, "")),
    }
}

/// Raises where the policy cannot be followed with the built-in detectors.
#[pyfunction]
pub(crate) fn check_policy(py: Python<'_>, text: &str, file: &str) -> PyResult<()> {
    let checked = Policy::parse(text, file);
    checked.map(|_| ()).map_err(|error| raise(py, &error))
}

/// The built-in policies: name and TOML text.
#[pyfunction]
pub(crate) fn named_policies() -> Vec<(&'static str, &'static str)> {
    Policy::named().collect()
}
