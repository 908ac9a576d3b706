//! Text in, findings out. Pure: no files, no sockets, no formats; nothing here knows what a record is.
//!
//! Start with [`Detector`] (what to look for), [`Scanner`] (how it is found) and [`Finding`] (what comes out).

pub mod checksum;
mod detector;
mod finding;
mod sample;

pub use detector::{Anchored, Borders, Candidate, Category, CustomDetector, Detector, Region, Verdict};
pub use finding::{Confidence, DetectorIndex, Evidence, Finding};
pub use sample::Draw;
