//! A policy as the user wrote it, typed. What it comes to with the detectors at hand is the plan's business.

mod entry;
mod key;
mod named;
mod output;
mod own;
mod place;
mod read;

use serde::Deserialize;
use sievert_detect::{Confidence, Region};

pub use entry::{Entry, NonText};
pub use key::{KeyKind, KeyPlace};
pub use output::OutputTable;
pub use own::{OwnBorders, OwnDetector};

use place::Places;
pub(crate) use read::{suggestion, unknown};

/// The one version of the policy format that exists.
const VERSION: u32 = 1;

/// What to look for and what to do with it.
///
/// Read one with [`Policy::load`] (a file or a built-in name) or [`Policy::parse`]; `default()` is the built-in
/// policy `default`: look for everything, replace at `likely` and above.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The version of this format: 1.
    pub version: u32,
    /// A name for reports; the file's where none is given.
    #[serde(default)]
    pub name: String,
    /// What must be looked for: detector selectors, or words such as `names`. What is missing makes the plan refuse.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Requirements that are knowingly not met.
    #[serde(default)]
    pub accept_gap: Vec<AcceptedGap>,
    /// What is scanned.
    #[serde(default)]
    pub scan: Scan,
    /// Where the key is.
    #[serde(default)]
    pub key: Option<KeyTable>,
    /// On what terms a rewrite writes.
    #[serde(default)]
    pub output: OutputTable,
    /// What is written where an action needs text and the column takes none.
    #[serde(default)]
    pub non_text: NonText,
    /// What is done: the first entry that fits decides. Empty: replace everything.
    #[serde(default)]
    pub redact: Vec<Entry>,
    /// Findings that are none.
    #[serde(default)]
    pub allow: Vec<Allow>,
    /// The user's own detectors.
    #[serde(default, rename = "detector")]
    pub detectors: Vec<OwnDetector>,
    #[serde(skip)]
    pub(crate) places: Places,
}

/// `[scan]`: what is looked for, and where.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scan {
    /// Selectors of detectors: ids, globs, aliases, `country:nl`, `category:credential`, `*`.
    pub detectors: Vec<String>,
    /// Selectors of detectors that are left out; the report lists them.
    pub skip_detectors: Vec<String>,
    /// The only fields that are scanned, as globs.
    pub fields: Vec<String>,
    /// Fields that are not scanned, as globs.
    pub skip_fields: Vec<String>,
    /// Findings below it are reported and not rewritten, unless an entry has its own.
    #[serde(deserialize_with = "entry::confidence")]
    pub min_confidence: Confidence,
    /// Countries of phone numbers without a country code, most likely first.
    #[serde(deserialize_with = "entry::regions")]
    pub phone_regions: Vec<Region>,
}

impl Default for Scan {
    fn default() -> Self {
        Self {
            detectors: vec!["*".to_owned()],
            skip_detectors: Vec::new(),
            fields: vec!["*".to_owned()],
            skip_fields: Vec::new(),
            min_confidence: Confidence::Likely,
            phone_regions: Vec::new(),
        }
    }
}

/// `[key]`: where the key is. Never the key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyTable {
    /// `env:NAME` or `file:PATH`.
    pub from: KeyPlace,
}

/// `[[accept_gap]]`: a requirement that is knowingly not met.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedGap {
    /// The requirement, as written in `requires`.
    pub name: String,
    /// Why; every report repeats it.
    pub reason: String,
}

/// `[[allow]]`: findings that are none. A finding is allowed when any of the three lists has it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// A selector of detectors.
    pub detector: String,
    /// Values; two spellings of one value are the same.
    #[serde(default)]
    pub exact: Vec<String>,
    /// A regular expression for whole values, as they are spelled.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Fingerprints, as findings files carry them, so that the policy need not hold the values.
    #[serde(default)]
    pub hmac: Vec<String>,
    /// Why; the report counts what was allowed under it.
    pub reason: String,
}

/// Allowed values may be personal; a Debug print is no place for them.
impl std::fmt::Debug for Allow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Allow")
            .field("detector", &self.detector)
            .field("exact", &self.exact.len())
            .field("hmac", &self.hmac.len())
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            version: VERSION,
            name: "default".to_owned(),
            requires: Vec::new(),
            accept_gap: Vec::new(),
            scan: Scan::default(),
            key: None,
            output: OutputTable::default(),
            non_text: NonText::default(),
            redact: Vec::new(),
            allow: Vec::new(),
            detectors: Vec::new(),
            places: Places::default(),
        }
    }
}
