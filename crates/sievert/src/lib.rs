#![doc = include_str!("../README.md")]

#[cfg(feature = "io")]
pub mod eval;
mod explain;

pub use explain::explain;
pub use sievert_detect::{
    About, Anchor, Anchored, Borders, Candidate, Category, Confidence, Cost, CustomDetector, Detector,
    DetectorIndex, DetectorSet, Draw, Error as DetectorError, Evidence, Failure, Field, Finding, Group,
    Recognized, Recognizer, Region, Route, Scanner, Scratch, Texts, Trial, Verdict, resolve,
};
pub use sievert_redact::{
    Action, ActionKind, Actions, Error as RedactError, Key, Marks, Mask, Outcome, Redactor, Splice, Taken,
    shape,
};

/// What a [`Policy`] is made of, for whoever builds one in code.
#[cfg(feature = "io")]
pub mod policy {
    pub use sievert_core::{
        AcceptedGap, Allow, Entry, KeyKind, KeyPlace, KeyTable, NonText, OutputTable, OwnBorders,
        OwnDetector, Scan,
    };
}

#[cfg(feature = "io")]
pub use sievert_core::io;
#[cfg(feature = "io")]
pub use sievert_core::{
    Destination, Error, Excerpt, FieldPlan, Holding, Job, KeyChoice, Limits, Listed, Overrides, Plan, Policy,
    Problem, Progress, Report, Resume, Sample, SampleReport, SampleSize, Since, Status, Task, ledger, report,
    run,
};
#[cfg(feature = "io")]
pub use sievert_report as render;

/// Every built-in detector, sorted by id.
pub fn detectors() -> &'static [&'static Detector] {
    sievert_catalog::all()
}

/// The built-in detector of this id or alias (`global.email`, `EMAIL_ADDRESS`), in any case.
pub fn detector(name: &str) -> Option<&'static Detector> {
    sievert_catalog::get(name)
}

/// A scanner with all built-in detectors.
pub fn scanner() -> Scanner {
    Scanner::new(detectors(), &[]).expect("the catalogue's tests build this scanner")
}

/// The plan of a policy with the built-in detectors.
///
/// # Errors
/// As [`Plan::new`].
#[cfg(feature = "io")]
pub fn plan(policy: &Policy, overrides: &Overrides) -> Result<Plan, Error> {
    Plan::new(policy, detectors(), overrides)
}
