//! A plan, and what calls of it share. Each call takes a scratch of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use sievert::{Confidence, FieldPlan, Key, KeyChoice, Overrides, Policy, Recognizer, Scratch};

use crate::error::raise;
use crate::function::Function;
use crate::texts;

/// Fields that are kept compiled.
const FIELDS_KEPT: usize = 1_000;

/// A policy resolved against the built-in detectors, ready to work.
#[pyclass(frozen, module = "sievert._native")]
pub(crate) struct Plan {
    pub(crate) resolved: Arc<sievert::Plan>,
    fields: Mutex<HashMap<String, Arc<FieldPlan>>>,
    scratches: Mutex<Vec<Scratch>>,
    /// The ids, by detector index.
    pub(crate) ids: Vec<Py<PyString>>,
    /// Whether a function of Python has a part in it.
    pub(crate) slow: bool,
}

#[pymethods]
impl Plan {
    /// `text` is a policy in TOML, called `file` in errors; without one, the built-in policy. `functions` find those of
    /// its detectors that have no pattern, by their ids.
    #[new]
    #[pyo3(signature = (text, file, detectors, min_confidence, functions))]
    fn new(
        py: Python<'_>,
        text: Option<&str>,
        file: &str,
        detectors: Vec<String>,
        min_confidence: Option<&str>,
        functions: Vec<(String, Py<PyAny>)>,
    ) -> PyResult<Self> {
        let min_confidence = match min_confidence.map(str::parse::<Confidence>).transpose() {
            Ok(confidence) => confidence,
            Err(accepted) => return Err(PyValueError::new_err(format!("min_confidence: {accepted}"))),
        };
        let slow = !functions.is_empty();
        let functions =
            functions.into_iter().map(|(id, call)| Arc::new(Function::new(id, call)) as Arc<dyn Recognizer>);
        let recognizers = functions.collect();
        let overrides = Overrides { detectors, min_confidence, key: KeyChoice::Policy, recognizers };
        let made = py.detach(|| {
            let policy = text.map_or_else(|| Ok(Policy::default()), |text| Policy::parse(text, file))?;
            sievert::plan(&policy, &overrides)
        });
        let plan = made.map_err(|error| raise(py, &error))?;
        let ids =
            plan.scanner().detectors().map(|(_, about)| PyString::intern(py, about.id).unbind()).collect();
        Ok(Self {
            resolved: Arc::new(plan),
            fields: Mutex::default(),
            scratches: Mutex::default(),
            ids,
            slow,
        })
    }

    /// The findings of each text of a field. `None` has none.
    fn scan_texts<'py>(
        &self,
        py: Python<'py>,
        texts: &Bound<'py, PyAny>,
        field: &str,
    ) -> PyResult<Bound<'py, PyList>> {
        texts::scan(self, py, texts, field)
    }

    /// Each text of a field rewritten: itself where nothing changes, empty where the policy drops it. `None` stays.
    fn redact_texts<'py>(
        &self,
        py: Python<'py>,
        texts: &Bound<'py, PyAny>,
        field: &str,
    ) -> PyResult<Bound<'py, PyList>> {
        texts::redact(self, py, texts, field)
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

    /// What tells its key from another, and nothing about it; empty where there is none.
    #[getter]
    fn key_id(&self) -> String {
        self.resolved.redactor().key().map(Key::id).unwrap_or_default()
    }
}

impl Plan {
    /// What is done in a field. Compiled once.
    pub(crate) fn field(&self, name: &str) -> Arc<FieldPlan> {
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

    /// A scratch for one call, and a way to give it back.
    pub(crate) fn with_scratch<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let mut scratch = free(&self.scratches).and_then(|mut kept| kept.pop()).unwrap_or_default();
        let done = work(&mut scratch);
        if let Some(mut kept) = free(&self.scratches) {
            kept.push(scratch);
        }
        done
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
