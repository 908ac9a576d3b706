//! `[[redact]]`: which findings, and what is done to them.

use serde::de::{Deserialize, Deserializer, Error as _};
use sievert_detect::{Confidence, Region};
use sievert_redact::{Action, ActionKind, Mask};

/// An entry of the list in which the first that fits decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Selectors of the detectors it is for.
    pub detectors: Vec<String>,
    /// Globs of the fields it is for.
    pub fields: Vec<String>,
    /// The confidence from which on it fits; none: that of `[scan]`.
    pub min_confidence: Option<Confidence>,
    /// What is done.
    pub action: Action,
}

impl Default for Entry {
    /// What a policy without entries does.
    fn default() -> Self {
        Self {
            detectors: vec!["*".to_owned()],
            fields: vec!["*".to_owned()],
            min_confidence: None,
            action: Action::Replace(None),
        }
    }
}

/// What is written where an action needs text and the column takes none (a number, a date).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NonText {
    /// Null, counted.
    #[default]
    Null,
    /// Nothing: the object fails, named.
    Fail,
}

/// The entry as its keys stand in the file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    detectors: Vec<String>,
    fields: Option<Vec<String>>,
    #[serde(default, deserialize_with = "some_confidence")]
    min_confidence: Option<Confidence>,
    action: String,
    with: Option<String>,
    keep_first: Option<usize>,
    keep_last: Option<usize>,
    character: Option<char>,
    keep_separators: Option<bool>,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        const NAMES: &[&str] = &["keep", "mask", "replace", "pseudonym", "drop-cell", "drop-record"];
        let keys = Keys::deserialize(from)?;
        let kind = ActionKind::ALL
            .into_iter()
            .find(|kind| kind.name() == keys.action)
            .ok_or_else(|| D::Error::unknown_variant(&keys.action, NAMES))?;
        if kind != ActionKind::Replace && keys.with.is_some() {
            return Err(D::Error::custom("`with` belongs to the action `replace`"));
        }
        let masks = keys.keep_first.is_some()
            || keys.keep_last.is_some()
            || keys.character.is_some()
            || keys.keep_separators.is_some();
        if kind != ActionKind::Mask && masks {
            return Err(D::Error::custom(
                "`keep_first`, `keep_last`, `character` and `keep_separators` belong to the action `mask`",
            ));
        }
        let action = match kind {
            ActionKind::Keep => Action::Keep,
            ActionKind::Mask => {
                let usual = Mask::default();
                let character = keys.character.unwrap_or(usual.character);
                if character.is_alphanumeric() && !matches!(character, 'X' | 'x') || character.is_control() {
                    return Err(D::Error::custom(
                        "`character` would read as part of a value; take `*`, `#`, `X` or another sign",
                    ));
                }
                Action::Mask(Mask {
                    keep_first: keys.keep_first.unwrap_or(usual.keep_first),
                    keep_last: keys.keep_last.unwrap_or(usual.keep_last),
                    character,
                    keep_separators: keys.keep_separators.unwrap_or(usual.keep_separators),
                })
            }
            ActionKind::Replace => Action::Replace(keys.with),
            ActionKind::Pseudonym => Action::Pseudonym,
            ActionKind::DropCell => Action::DropCell,
            ActionKind::DropRecord => Action::DropRecord,
        };
        let fields = keys.fields.unwrap_or_else(|| vec!["*".to_owned()]);
        Ok(Self { detectors: keys.detectors, fields, min_confidence: keys.min_confidence, action })
    }
}

pub(super) fn confidence<'de, D: Deserializer<'de>>(from: D) -> Result<Confidence, D::Error> {
    let word = String::deserialize(from)?;
    word.parse().map_err(|_| D::Error::unknown_variant(&word, &["possible", "likely", "certain"]))
}

fn some_confidence<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Confidence>, D::Error> {
    confidence(from).map(Some)
}

pub(super) fn regions<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Region>, D::Error> {
    Vec::<String>::deserialize(from)?
        .iter()
        .map(|code| {
            Region::new(code)
                .ok_or_else(|| D::Error::custom("this is no country code; write two letters, such as `NL`"))
        })
        .collect()
}
