//! The face that a Rust service links.
