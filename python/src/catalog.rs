//! The built-in detectors, as dictionaries of what they say of themselves.

use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Every built-in detector, sorted by id.
#[pyfunction]
pub(crate) fn detectors(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let describe = |detector: &&sievert::Detector| {
        let dict = PyDict::new(py);
        dict.set_item("id", detector.id)?;
        dict.set_item("title", detector.title)?;
        dict.set_item("about", detector.about)?;
        dict.set_item("category", detector.category.name())?;
        dict.set_item("placeholder", detector.placeholder)?;
        dict.set_item("needs_context", detector.needs_context)?;
        dict.set_item("chance", detector.chance)?;
        dict.set_item("labels", tuple(py, detector.labels)?)?;
        dict.set_item("context", tuple(py, detector.context)?)?;
        dict.set_item("aliases", tuple(py, detector.aliases)?)?;
        dict.set_item("examples", tuple(py, detector.examples)?)?;
        dict.set_item("counter_examples", tuple(py, detector.counter_examples)?)?;
        dict.set_item("sources", tuple(py, detector.sources)?)?;
        Ok(dict)
    };
    sievert::detectors().iter().map(describe).collect()
}

/// How a built-in detector decides, as text, by its id or alias; nothing where there is none of that name.
#[pyfunction]
pub(crate) fn explain(name: &str) -> Option<String> {
    sievert::detector(name).map(sievert::explain)
}

fn tuple<'py>(py: Python<'py>, texts: &[&str]) -> PyResult<Bound<'py, pyo3::types::PyTuple>> {
    pyo3::types::PyTuple::new(py, texts)
}
