//! Recognizers beside the scanner: what they see becomes findings of the plan; where they fail, the text was not examined.

use std::sync::Arc;

use sievert_detect::{
    CustomDetector, DetectorIndex, Evidence, Failure, Field, Finding, Recognized, Recognizer, Scanner,
    Scratch, Texts,
};

use super::Plan;
use crate::policy::Policy;
use crate::{Overrides, Problem};

/// A recognizer, and what its detectors are to the plan.
#[derive(Debug)]
pub(super) struct PlanRecognizer {
    recognizer: Arc<dyn Recognizer>,
    /// Its detectors, in its order, as the scanner numbers them; `None` for those that are off.
    indexes: Vec<Option<DetectorIndex>>,
}

/// The recognizers that have a detector that is on.
pub(super) fn in_plan(recognizers: &[Arc<dyn Recognizer>], scanner: &Scanner) -> Vec<PlanRecognizer> {
    let all = recognizers.iter().map(|recognizer| {
        let indexes = recognizer.detectors().into_iter().map(|id| scanner.index_of(id)).collect();
        PlanRecognizer { recognizer: recognizer.clone(), indexes }
    });
    all.filter(|one| one.indexes.iter().any(Option::is_some)).collect()
}

/// Detectors of the policy that are found by functions, where none was handed in for them.
pub(super) fn missing(
    policy: &Policy,
    own: &[CustomDetector],
    overrides: &Overrides,
    problems: &mut Vec<Problem>,
) {
    let handed_in: Vec<_> = overrides.recognizers.iter().flat_map(|by| by.detectors()).collect();
    for (at, written) in policy.detectors.iter().enumerate() {
        let known = own.iter().any(|detector| detector.recognized && detector.id == written.id);
        if known && !written.function.is_empty() && !handed_in.contains(&written.id.as_str()) {
            let what =
                format!("{} is found by the function {}, which is not here", written.id, written.function);
            let hint = "use the policy in the program that has the function, as a dictionary of Python";
            problems.push(policy.places.problem(&format!("detector[{at}].function"), what, hint));
        }
    }
}

impl Plan {
    /// Appends what recognizers see in the texts of a field, and sorts all findings by text and start. Returns the
    /// texts that were not examined, by their number, and why.
    pub fn recognize(
        &self,
        field: &Field,
        texts: &Texts<'_>,
        out: &mut Vec<(u32, Finding)>,
    ) -> Vec<(u32, Failure)> {
        let mut failed = Vec::new();
        if self.recognizers.is_empty() {
            return failed;
        }
        // In an empty text there is nothing to see.
        let numbered = (0..).zip(texts.iter()).filter(|(_, text): &(u32, &str)| !text.is_empty());
        let (numbers, texts): (Vec<u32>, Vec<&str>) = numbered.unzip();
        for PlanRecognizer { recognizer, indexes } in &self.recognizers {
            if !indexes.iter().flatten().any(|index| field.detectors.contains(*index)) {
                continue;
            }
            let mut answers = recognizer.recognize(&texts).into_iter();
            for (&number, text) in numbers.iter().zip(&texts) {
                let none = || Err(Failure(format!("{} gave no answer", recognizer.detectors().join(", "))));
                match answers
                    .next()
                    .unwrap_or_else(none)
                    .and_then(|seen| findings(field, text, indexes, seen))
                {
                    Ok(found) => out.extend(found.into_iter().map(|finding| (number, finding))),
                    Err(failure) => failed.push((number, failure)),
                }
            }
        }
        failed.sort_by_key(|(number, _)| *number);
        failed.dedup_by_key(|(number, _)| *number);
        out.sort_by_key(|(number, finding)| (*number, finding.span.start));
        failed
    }

    /// All findings of one text, before anything is sifted.
    ///
    /// # Errors
    /// A recognizer has failed on it.
    pub fn find(&self, field: &Field, text: &str, scratch: &mut Scratch) -> Result<Vec<Finding>, Failure> {
        let mut findings = Vec::new();
        self.scanner().scan(field, text, scratch, &mut findings);
        if self.recognizers.is_empty() {
            return Ok(findings);
        }
        let mut found = findings.into_iter().map(|finding| (0, finding)).collect();
        let whole = [text.len() as u32];
        match self.recognize(field, &Texts { buffer: text, ends: &whole }, &mut found).pop() {
            Some((_, failure)) => Err(failure),
            None => Ok(found.into_iter().map(|(_, finding)| finding).collect()),
        }
    }
}

/// What a recognizer has seen in a text, as findings.
fn findings(
    field: &Field,
    text: &str,
    indexes: &[Option<DetectorIndex>],
    seen: Vec<Recognized>,
) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::with_capacity(seen.len());
    for Recognized { detector, span, evidence } in seen {
        if span.is_empty() || text.get(span.clone()).is_none() {
            return Err(Failure("a recognizer found something outside of the text".to_owned()));
        }
        let index = indexes.get(detector).copied().flatten();
        let Some(detector) = index.filter(|index| field.detectors.contains(*index)) else { continue };
        let named = if field.vouches_for(detector) { Evidence::FIELD } else { Evidence::NONE };
        let evidence = evidence.and(Evidence::RECOGNIZED).and(named);
        findings.push(Finding {
            detector,
            span: span.start as u32..span.end as u32,
            confidence: evidence.confidence(),
            evidence,
        });
    }
    Ok(findings)
}
