//! The main job: policy, plan, run, report.

mod beyond;
mod chance;
mod column;
mod commit;
mod counts;
mod error;
mod feed;
mod findings;
mod job;
pub mod ledger;
mod listed;
mod order;
mod plan;
mod policy;
pub mod report;
mod run;
mod sample;
mod shown;
mod since;
mod sketch;
mod state;
mod work;

pub use error::{Error, Problem};
pub use job::{Destination, Excerpt, Job, Limits, Progress, Resume, Status, Task};
pub use listed::Listed;
pub use plan::{FieldPlan, KeyChoice, Overrides, Plan};
pub use policy::{
    AcceptedGap, Allow, Entry, KeyKind, KeyPlace, KeyTable, NonText, OutputTable, OwnBorders, OwnDetector,
    Policy, Scan,
};
pub use report::Report;
pub use run::run;
pub use sample::{Holding, Sample, SampleReport, SampleSize};
pub use sievert_io as io;
pub use since::Since;
