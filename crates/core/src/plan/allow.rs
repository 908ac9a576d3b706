//! Allow lists: findings that are none, by value, by pattern or by fingerprint.

use std::collections::HashSet;
use std::fmt;

use regex::Regex;
use sievert_detect::{DetectorIndex, Finding};
use sievert_redact::Redactor;

use crate::policy::Allow;

/// An allow list with its detectors resolved and its values in normal form.
pub(super) struct Allowed {
    reason: String,
    detectors: Vec<DetectorIndex>,
    values: HashSet<(DetectorIndex, String)>,
    pattern: Option<Regex>,
    fingerprints: HashSet<String>,
}

/// What it holds may be personal.
impl fmt::Debug for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Allowed").field("reason", &self.reason).finish_non_exhaustive()
    }
}

impl Allowed {
    /// # Errors
    /// Which key of the entry is wrong, what is wrong with it, and a hint.
    pub(super) fn new(
        allow: &Allow,
        detectors: &[DetectorIndex],
        redactor: &Redactor,
    ) -> Result<Self, (&'static str, &'static str, &'static str)> {
        if allow.reason.trim().is_empty() {
            return Err((
                "reason",
                "there is no reason",
                "say why these values are allowed; reports repeat it",
            ));
        }
        if allow.exact.is_empty() && allow.pattern.is_none() && allow.hmac.is_empty() {
            return Err((
                "exact",
                "nothing is allowed",
                "list values in `exact` or `hmac`, or give a `pattern`",
            ));
        }
        if !allow.hmac.is_empty() && redactor.key().is_none() {
            return Err(("hmac", "fingerprints need the key they were made with", "name it under [key]"));
        }
        let pattern = allow
            .pattern
            .as_deref()
            // The error of the regex crate shows the pattern, which may be a value.
            .map(|pattern| Regex::new(&format!(r"\A(?:{pattern})\z")))
            .transpose()
            .map_err(|_| {
                ("pattern", "it is no regular expression", "write it in the syntax of Rust's regex crate")
            })?;
        let values = detectors
            .iter()
            .flat_map(|detector| {
                allow.exact.iter().map(|value| (*detector, redactor.value(*detector, value).into_owned()))
            })
            .collect();
        Ok(Self {
            reason: allow.reason.clone(),
            detectors: detectors.to_vec(),
            values,
            pattern,
            fingerprints: allow.hmac.iter().map(|code| code.to_ascii_lowercase()).collect(),
        })
    }

    pub(super) fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether a finding is allowed.
    pub(super) fn has(&self, text: &str, finding: &Finding, redactor: &Redactor) -> bool {
        if !self.detectors.contains(&finding.detector) {
            return false;
        }
        let raw = &text[finding.range()];
        self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(raw))
            || !self.values.is_empty()
                && self
                    .values
                    .contains(&(finding.detector, redactor.value(finding.detector, raw).into_owned()))
            || !self.fingerprints.is_empty()
                && redactor
                    .fingerprint(finding.detector, raw)
                    .is_some_and(|code| self.fingerprints.contains(&code))
    }
}
