//! The main job: policy, plan, run, report.
