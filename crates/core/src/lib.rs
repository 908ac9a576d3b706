//! The main job: policy, plan, run, report.

mod error;
mod plan;
mod policy;

pub use error::{Error, Problem};
pub use plan::{FieldPlan, KeyChoice, Overrides, Plan};
pub use policy::{
    AcceptedGap, Allow, Entry, KeyKind, KeyPlace, KeyTable, NonText, OwnBorders, OwnDetector, Policy, Scan,
};
