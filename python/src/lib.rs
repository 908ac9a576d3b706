//! The native half of the package: plans, texts and the main job, in types that Python has. What users see of it is
//! written in Python, in `python/sievert`.

#![allow(clippy::needless_pass_by_value, reason = "what comes from Python comes by value")]

mod capsule;
mod catalog;
mod error;
mod files;
mod frames;
mod function;
mod plan;
mod report;
mod text;
mod texts;

#[pyo3::pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::capsule::Batches;
    #[pymodule_export]
    use super::catalog::{detectors, explain};
    #[pymodule_export]
    use super::files::{redact_files, scan_files};
    #[pymodule_export]
    use super::frames::run_frame;
    #[pymodule_export]
    use super::plan::{Plan, check_policy, named_policies};
    #[pymodule_export]
    use super::report::{merge, save, summary};

    #[pymodule_init]
    #[expect(clippy::unnecessary_wraps, reason = "what PyO3 calls")]
    fn made_ready(_module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::error::quiet_panics();
        Ok(())
    }

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
