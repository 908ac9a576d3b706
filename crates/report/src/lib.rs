//! A report rendered: the summary that a terminal shows, and JSON. Reads a report, computes nothing new.

mod terminal;
mod units;

pub use terminal::{Next, summary};

use sievert_core::Report;

/// The report as indented JSON with a line break at its end.
///
/// # Errors
/// None for reports made by a run; `serde_json`'s for numbers that JSON cannot hold.
pub fn to_json(report: &Report) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}
