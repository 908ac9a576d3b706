//! Text in, findings out. Pure: no files, no sockets, no formats; nothing here knows what a record is.
//!
//! Start with [`Detector`] (what to look for), [`Scanner`] (how it is found) and [`Finding`] (what comes out).

mod automaton;
mod border;
pub mod checksum;
mod compile;
mod covered;
mod detector;
mod error;
mod example;
mod field;
mod filter;
mod finding;
mod kernel;
mod letters;
mod mark;
mod overlap;
mod recognizer;
#[cfg(feature = "reference")]
pub mod reference;
mod sample;
mod scanner;
mod set;
mod shadow;
mod sieve;
mod words;

pub use detector::{Anchored, Borders, Candidate, Category, CustomDetector, Detector, Region, Verdict};
pub use error::Error;
pub use example::Example;
pub use field::Field;
pub use finding::{Confidence, DetectorIndex, Evidence, Finding};
pub use overlap::{Group, resolve};
pub use recognizer::{Failure, Recognized, Recognizer};
pub use sample::Draw;
pub use scanner::{About, Cost, Route, Scanner, Scratch, Texts, Trial};
pub use set::DetectorSet;
pub use sieve::Anchor;
