//! The plan as a person reads it, and its hash.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use sievert_io::Encryption;
use sievert_redact::Action;

use super::Plan;
use crate::policy::{NonText, OwnDetector, Policy};

impl Plan {
    /// What `policy show` prints: the plan as resolved. Allowed values are counted, not shown.
    pub fn show(&self) -> String {
        let mut out = String::new();
        self.write(&mut out).expect("a String takes what is written");
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "policy          {}", self.name)?;
        writeln!(out, "plan            {}", self.hash)?;
        writeln!(out, "key             {}", self.key_kind)?;
        self.write_decisions(out)?;
        writeln!(out, "not looked for  {}", self.not_looked_for().collect::<Vec<_>>().join(", "))?;
        let output = &self.output;
        if output.require_encryption {
            writeln!(out, "output          only where it is encrypted")?;
        }
        if !(output.regions.is_empty() && output.endpoints.is_empty()) {
            let allowed = [&output.regions[..], &output.endpoints[..]].concat();
            writeln!(out, "output          only to {}", allowed.join(", "))?;
        }
        for gap in &self.gaps {
            writeln!(out, "accepted gap    {}: {}", gap.name, gap.reason)?;
        }
        Ok(())
    }

    /// Everything that decides what is found and what is done.
    fn write_decisions(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "program         sievert {}", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "reported from   {}", self.reported_from)?;
        writeln!(out, "rewritten from  {}", self.rewritten_from)?;
        let non_text = match self.non_text {
            NonText::Null => "null",
            NonText::Fail => "fail",
        };
        writeln!(out, "non-text        {non_text}")?;
        match &self.output.encryption {
            None => {}
            Some(Encryption::Managed) => writeln!(out, "encryption      managed")?,
            Some(Encryption::Key(key)) => writeln!(out, "encryption      key:{key}")?,
        }
        writeln!(out, "fields          {}", self.scanned_fields.join(", "))?;
        if !self.skipped_fields.is_empty() {
            writeln!(out, "skipped fields  {}", self.skipped_fields.join(", "))?;
        }
        if !self.regions.is_empty() {
            let regions: Vec<_> = self.regions.iter().map(sievert_detect::Region::code).collect();
            writeln!(out, "phone regions   {}", regions.join(", "))?;
        }
        writeln!(out, "\ndetectors ({})", self.scanner().len())?;
        for (_, about) in self.scanner().detectors() {
            writeln!(out, "  {:<26} {}", about.id, about.title)?;
        }
        for (detector, fields) in &self.whole {
            let id = self.scanner().about(*detector).id;
            writeln!(out, "  {id:<26} whole fields: {}", fields.join(", "))?;
        }
        writeln!(out, "\nredact (the first that fits decides)")?;
        for (at, entry) in self.entries.iter().enumerate() {
            let fields = entry.fields.join(", ");
            writeln!(out, "  {}. {} from {} in {fields}", at + 1, describe(&entry.action), entry.from)?;
            let ids: Vec<_> = self
                .scanner()
                .detectors()
                .filter(|(index, _)| entry.detectors.contains(*index))
                .map(|(_, about)| about.id)
                .collect();
            let ids =
                if ids.len() == self.scanner().len() { "all detectors".to_owned() } else { ids.join(", ") };
            writeln!(out, "     {ids}")?;
        }
        if !self.allowed.is_empty() {
            writeln!(out, "\nallow")?;
            for entry in &self.allowed {
                writeln!(out, "  {}", entry.reason())?;
            }
        }
        writeln!(out)
    }
}

fn describe(action: &Action) -> String {
    match action {
        Action::Mask(mask) => format!(
            "mask with {} (first {}, last {} visible{})",
            mask.character,
            mask.keep_first,
            mask.keep_last,
            if mask.keep_separators { ", separators too" } else { "" }
        ),
        Action::Replace(Some(text)) => format!("replace with {text:?}"),
        Action::Replace(None) => "replace with <TYPE>".to_owned(),
        other => other.kind().to_string(),
    }
}

/// SHA-256 over the decisions, the user's detectors and the allow lists.
pub(super) fn hash(plan: &Plan, policy: &Policy) -> String {
    let mut text = String::new();
    plan.write_decisions(&mut text).expect("a String takes what is written");
    for own in &policy.detectors {
        // Examples are checked, and decide nothing after that.
        let own = OwnDetector { examples: Vec::new(), counter_examples: Vec::new(), ..own.clone() };
        writeln!(text, "{own:?}").expect("a String takes what is written");
    }
    for allow in &policy.allow {
        writeln!(text, "{} {:?} {:?} {:?}", allow.detector, allow.exact, allow.pattern, allow.hmac)
            .expect("a String takes what is written");
    }
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}
