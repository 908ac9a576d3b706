//! How examples in detectors and policies are written.

use std::ops::Range;

/// An example with its mark taken off: the text to scan, and the value to be found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The text without `[[` and `]]`.
    pub text: String,
    /// The bytes of the value in `text`.
    pub value: Range<usize>,
}

impl Example {
    /// Reads an example as [`Detector::examples`](crate::Detector::examples) writes it: `[[` and `]]` stand around the
    /// value; without them the whole text is the value.
    ///
    /// ```
    /// use sievert_detect::Example;
    /// let example = Example::parse("MRN: [[A-12345]].");
    /// assert_eq!(example.text, "MRN: A-12345.");
    /// assert_eq!(&example.text[example.value], "A-12345");
    /// assert_eq!(Example::parse("A-12345").value, 0..7);
    /// ```
    pub fn parse(marked: &str) -> Self {
        let parts =
            marked.split_once("[[").and_then(|(before, rest)| Some((before, rest.rsplit_once("]]")?)));
        match parts {
            Some((before, (value, after))) => Self {
                text: [before, value, after].concat(),
                value: before.len()..before.len() + value.len(),
            },
            None => Self { text: marked.to_owned(), value: 0..marked.len() },
        }
    }
}
