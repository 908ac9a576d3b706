//! Fields that a policy takes whole: what no pattern describes is known by where it stands, such as the names of people in
//! a column `name`.

use sievert_detect::{DetectorIndex, DetectorSet, Evidence, Finding, Scanner, Texts};

use super::{FieldPlan, Plan, glob};
use crate::policy::Policy;

/// The detectors of a policy that are on and take fields whole, and which.
pub(super) fn fields(policy: &Policy, scanner: &Scanner) -> Vec<(DetectorIndex, Vec<String>)> {
    let own = policy.detectors.iter().filter(|own| !own.whole_fields.is_empty());
    own.filter_map(|own| Some((scanner.index_of(&own.id)?, own.whole_fields.clone()))).collect()
}

impl Plan {
    /// The detectors that take each value of the field of this name.
    pub(crate) fn takes_whole(&self, name: &str) -> DetectorSet {
        let mut taking = DetectorSet::none(self.scanner().len());
        for (detector, globs) in &self.whole {
            if globs.iter().any(|glob| glob::fits(glob, name)) {
                taking.insert(*detector);
            }
        }
        taking
    }

    /// Appends the texts of a field that are taken whole, blanks around them aside, and sorts all findings by text and
    /// start. For what was there at first: a rewritten text is another one.
    pub fn take_whole(&self, field: &FieldPlan, texts: &Texts<'_>, out: &mut Vec<(u32, Finding)>) {
        if field.whole.is_empty() {
            return;
        }
        let evidence = Evidence::FIELD.and(Evidence::UNMISTAKABLE);
        for (number, text) in (0..).zip(texts.iter()) {
            let value = text.trim();
            if value.is_empty() {
                continue;
            }
            let start = (text.len() - text.trim_start().len()) as u32;
            let span = start..start + value.len() as u32;
            let confidence = evidence.confidence();
            let taken = field.whole.iter();
            let taken = taken.map(|detector| Finding { detector, span: span.clone(), confidence, evidence });
            out.extend(taken.map(|finding| (number, finding)));
        }
        out.sort_by_key(|(number, finding)| (*number, finding.span.start));
    }
}
