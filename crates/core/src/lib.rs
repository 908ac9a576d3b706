//! The main job: policy, plan, run, report.

mod error;
mod policy;

pub use error::{Error, Problem};
pub use policy::{
    AcceptedGap, Allow, Entry, KeyKind, KeyPlace, KeyTable, NonText, OwnBorders, OwnDetector, Policy, Scan,
};
