//! What a field's name says about its cells. Compiled once a field, read once a cell.

use crate::{DetectorIndex, DetectorSet, Region};

/// Where a text stands: which detectors may report there, and what speaks for them. Made by
/// [`Scanner::field`](crate::Scanner::field).
#[derive(Clone, Debug)]
pub struct Field {
    /// The others report nothing.
    pub detectors: DetectorSet,
    /// The regions assumed for numbers without a country code, most likely first.
    pub regions: Vec<Region>,
    /// Detectors that the other cells of the field agree on; counts as evidence and as context.
    pub column: DetectorSet,
    /// Detectors with a label in the field's name.
    pub(crate) named: DetectorSet,
    /// Detectors with a context word in the field's name.
    pub(crate) hinted: DetectorSet,
}

impl Field {
    /// Whether the field's name speaks for the detector.
    pub fn vouches_for(&self, detector: DetectorIndex) -> bool {
        self.named.contains(detector) || self.hinted.contains(detector)
    }

    /// The field as the keys of the objects in it see it. What labels a value is context to them and no more: in
    /// `{"secret": {"type": "string"}}` nobody assigns `type` to anything.
    #[must_use]
    pub fn of_keys(mut self) -> Self {
        self.hinted.insert_all(&std::mem::take(&mut self.named));
        self
    }
}

/// Words that make a name one of counts, times or flags about a thing instead of the thing itself.
const ABOUT: [&str; 34] = [
    "count",
    "counts",
    "cnt",
    "total",
    "totals",
    "avg",
    "average",
    "mean",
    "median",
    "sum",
    "min",
    "max",
    "pct",
    "percent",
    "percentage",
    "rate",
    "ratio",
    "score",
    "rank",
    "length",
    "len",
    "size",
    "type",
    "status",
    "state",
    "valid",
    "verified",
    "enabled",
    "flag",
    "hash",
    "format",
    "error",
    "pattern",
    "regex",
];

/// Words that do so as the first one of a name.
const ABOUT_FIRST: [&str; 9] = ["num", "n", "is", "has", "had", "was", "can", "should", "no"];

/// The words of a name, lower case and parted by blanks, where the name may vouch for anything.
pub(crate) fn words(name: &str) -> Option<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut last = ' ';
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let hump = c.is_uppercase()
            && (last.is_lowercase()
                || last.is_ascii_digit()
                || last.is_uppercase() && rest.peek().is_some_and(|next| next.is_lowercase()));
        if hump || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("never empty").extend(c.to_lowercase());
        }
        last = c;
    }
    words.retain(|word| !word.is_empty());
    let is = |list: &[&str], word: &String| list.contains(&word.as_str());
    let about = words.iter().any(|word| is(&ABOUT, word))
        || words.len() > 1 && words.first().is_some_and(|word| is(&ABOUT_FIRST, word))
        || words.len() > 1 && words.last().is_some_and(|word| word == "at");
    (!about).then(|| words.join(" "))
}

/// Unused digits at the end of words do not hide them: `phone1`, `address_2`.
pub(crate) fn without_numbers(words: &str) -> String {
    let bare = words.split(' ').map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    bare.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
