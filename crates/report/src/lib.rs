//! A report rendered: terminal summary and JSON.
