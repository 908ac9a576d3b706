//! Every detector file, as a module and in one list: written by `cargo test -p sievert-registry`, never by hand.
#![expect(unreachable_pub, reason = "a detector file reads as a page of its own; the list is the way in")]

use sievert_detect::Detector;

mod global {
    pub mod email;
    pub mod phone;
}

/// All detectors, sorted by id.
#[rustfmt::skip]
pub(crate) static ALL: &[&Detector] = &[
    &global::email::DETECTOR,
    &global::phone::DETECTOR,
];
