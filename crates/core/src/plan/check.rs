//! What is wrong with a policy beyond its spelling: what a person would want to be told before the run.

use sievert_detect::{Confidence, CustomDetector, DetectorIndex, Example, Scratch};
use sievert_redact::Action;

use super::select::Known;
use super::{Plan, ResolvedEntry, glob};
use crate::Problem;
use crate::policy::Policy;

/// Requirements that are not met and not accepted; accepted gaps that are none or have no reason.
pub(super) fn gaps(policy: &Policy, known: &Known<'_>, on: &[bool], problems: &mut Vec<Problem>) {
    for (at, gap) in policy.accept_gap.iter().enumerate() {
        let path = format!("accept_gap[{at}]");
        if gap.reason.trim().is_empty() {
            let hint = "say why the gap is accepted; reports repeat it";
            problems.push(policy.places.problem(&format!("{path}.reason"), "there is no reason", hint));
        }
        if !policy.requires.contains(&gap.name) {
            let what = format!("`{}` is not required", gap.name);
            let hint = "take the entry out, or name the gap in `requires`";
            problems.push(policy.places.problem(&format!("{path}.name"), what, hint));
        }
    }
    for required in &policy.requires {
        if policy.accept_gap.iter().any(|gap| gap.name == *required) {
            continue;
        }
        let accept = format!("or accept the gap with [[accept_gap]] name = \"{required}\" and a reason");
        let (what, hint) = match known.select(required) {
            Ok(found) => match found.iter().find(|at| !on[**at]) {
                None => continue,
                Some(off) => {
                    (format!("`{required}` is required and {} is off", known.id(*off)), "switch it on".into())
                }
            },
            Err((what, hint)) => (format!("`{required}` is required and cannot be looked for: {what}"), hint),
        };
        problems.push(policy.places.problem("requires", what, format!("{hint}, {accept}")));
    }
}

/// Examples of the user's detectors that are not found whole, and counter-examples that are found.
pub(super) fn examples(policy: &Policy, own: &[CustomDetector], plan: &Plan, problems: &mut Vec<Problem>) {
    for detector in own {
        let Some(index) = plan.scanner().index_of(&detector.id) else { continue };
        let entry = policy.detectors.iter().position(|written| written.id == detector.id).unwrap_or_default();
        let mut problem = |key: &str, at: usize, what: &str, hint: &str| {
            let path = format!("detector[{entry}].{key}[{at}]");
            problems.push(policy.places.problem(&path, format!("{} {what}", detector.id), hint));
        };
        let spans = |text: &str| -> Vec<_> {
            // A function that fails here finds nothing, which is told.
            let found = plan.find(&plan.scanner().field(""), text, &mut Scratch::default());
            let own = found.unwrap_or_default().into_iter().filter(|f| f.detector == index);
            own.map(|f| f.range()).collect()
        };
        for (at, example) in detector.examples.iter().enumerate() {
            let Example { text, value } = Example::parse(example);
            let found = spans(&text);
            if found.is_empty() {
                problem(
                    "examples",
                    at,
                    "does not find this example",
                    "mend the pattern, or give it the context it needs",
                );
            } else if !found.contains(&value) {
                problem(
                    "examples",
                    at,
                    "finds another part of this example",
                    "mark the value, as in `no [[12345]]`",
                );
            }
        }
        for (at, example) in detector.counter_examples.iter().enumerate() {
            if !spans(example).is_empty() {
                problem("counter_examples", at, "finds this counter-example", "make the pattern narrower");
            }
        }
    }
}

/// Own texts that would be found when the output is scanned again.
pub(super) fn own_texts(policy: &Policy, plan: &Plan, problems: &mut Vec<Problem>) {
    for (at, entry) in policy.redact.iter().enumerate() {
        let Action::Replace(Some(text)) = &entry.action else { continue };
        if let Some(finding) = plan.scanner().findings(text).first() {
            let what = format!("its text is itself found by {}", plan.scanner().about(finding.detector).id);
            let path = format!("redact[{at}].with");
            problems.push(policy.places.problem(&path, what, "take a text that looks like nothing"));
        }
    }
}

/// Entries that no finding reaches, and a list that does not end in one for everything.
pub(super) fn reach(policy: &Policy, plan: &Plan, problems: &mut Vec<Problem>) {
    let all = || plan.scanner().detectors().map(|(index, _)| index);
    for (at, entry) in plan.entries.iter().enumerate() {
        let earlier = &plan.entries[..at];
        let reached = entry.fields.iter().any(|field| {
            all().filter(|index| entry.detectors.contains(*index)).any(|index| {
                let levels = Confidence::ALL.into_iter().filter(|level| *level >= entry.from);
                levels
                    .into_iter()
                    .any(|level| !earlier.iter().any(|other| decides(other, field, index, level)))
            })
        });
        // A scanner without detectors reaches nothing, and that is not the entry's fault.
        if !reached && !plan.scanner().is_empty() {
            let hint = "take it out, move it up, or switch its detectors on";
            problems.push(policy.places.problem(
                &format!("redact[{at}]"),
                "no finding reaches this entry",
                hint,
            ));
        }
    }
    if let Some(last) = policy.redact.last() {
        let everything = last.detectors.iter().any(|selector| selector == "*")
            && last.fields.iter().any(|field| field == "*")
            && last.min_confidence.is_none_or(|level| level <= plan.rewritten_from);
        if !everything {
            let path = format!("redact[{}]", policy.redact.len() - 1);
            let hint = "end the list with an entry for detectors = [\"*\"], without fields and min_confidence; \
                        its action may be \"keep\"";
            problems.push(policy.places.problem(&path, "the last entry does not fit everything", hint));
        }
    }
}

/// Whether an entry decides on all findings of this detector and confidence in the fields of a glob. A glob covers
/// another where it fits the other's own text: its stars then take in the other's.
fn decides(entry: &ResolvedEntry, field: &str, index: DetectorIndex, level: Confidence) -> bool {
    level >= entry.from
        && entry.detectors.contains(index)
        && entry.fields.iter().any(|wider| glob::fits(wider, field))
}
