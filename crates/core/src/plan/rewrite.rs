//! What becomes of cells by the plan: each for good, so that a scan of what is written finds nothing more.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use ahash::RandomState;
use sievert_detect::{Finding, Scratch};
use sievert_redact::{Action, Outcome, Taken, splice};

use super::{FieldPlan, Plan};
use crate::column::Gathered;

/// New texts are scanned together, as a scan costs more before its first byte than for a usual cell: so many bytes of
/// them are in memory at most, and one text more.
const TOGETHER: usize = 1 << 16;

impl Plan {
    /// Decides what becomes of a cell with these findings, sifted, for good: the new text is scanned again until nothing
    /// more comes to light; where a recognizer fails on that, the cell goes. Appends what is done to each finding, in
    /// their order, then to those that came to light.
    pub fn rewrite(
        &self,
        field: &FieldPlan,
        text: &str,
        findings: &[Finding],
        scratch: &mut Scratch,
        taken: &mut Vec<Taken>,
    ) -> Outcome {
        let mut allowed = vec![0; self.allowed.len()];
        let mut failed = false;
        let rescan = |text: &str| {
            let found = self.find(&field.field, text, scratch);
            failed |= found.is_err();
            let mut findings = found.unwrap_or_default();
            self.sift(text, &mut findings, &mut allowed);
            findings
        };
        let outcome = self.redactor.rewrite_cell(&field.actions, text, findings.to_vec(), rescan, taken);
        if failed { Outcome::DropCell } else { outcome }
    }

    /// As [`rewrite`](Self::rewrite), for many cells of a field; each with the part of `taken` that is its own.
    pub(crate) fn rewrite_all(
        &self,
        field: &FieldPlan,
        cells: &[(&str, &[Finding])],
        scratch: &mut Scratch,
        taken: &mut Vec<Taken>,
    ) -> Vec<(Outcome, Range<usize>)> {
        let mut all = Vec::with_capacity(cells.len());
        // What stands for a whole cell comes again and again: one of a kind is scanned. Cells, and which text they get.
        let (mut texts, mut gets) = (Gathered::default(), Vec::new());
        let mut alone: HashMap<String, u32, _> = HashMap::with_hasher(RandomState::new());
        for (number, (text, findings)) in cells.iter().enumerate() {
            let first = taken.len();
            let outcome = self.redactor.plan_cell(&field.actions, text, findings, taken);
            if let Outcome::Splices(splices) = &outcome {
                let whole = splices.first().filter(|first| first.span.len() == text.len());
                let known = whole.and_then(|whole| alone.get(&whole.text).copied());
                let new = known.unwrap_or_else(|| texts.add(|buffer| splice(text, splices, buffer)));
                if let (Some(whole), None) = (whole, known) {
                    alone.insert(whole.text.clone(), new);
                }
                gets.push((number, new));
            }
            all.push((outcome, first..taken.len()));
            if texts.bytes() >= TOGETHER || number + 1 == cells.len() {
                let not_done = self.not_done(field, &texts, scratch);
                for (number, _) in gets.drain(..).filter(|(_, new)| not_done.contains(new)) {
                    let ((text, findings), first) = (cells[number], taken.len());
                    let outcome = self.rewrite(field, text, findings, scratch, taken);
                    all[number] = (outcome, first..taken.len());
                }
                texts.clear();
                alone.clear();
            }
        }
        all
    }

    /// Those of some new texts in which something comes to light that is to be rewritten, or on which a recognizer fails.
    fn not_done(&self, field: &FieldPlan, texts: &Gathered, scratch: &mut Scratch) -> BTreeSet<u32> {
        let mut found = Vec::new();
        self.scanner().scan_texts(&field.field, &texts.cells(), scratch, &mut found);
        let failed = self.recognize(&field.field, &texts.cells(), &mut found);
        let mut allowed = vec![0; self.allowed.len()];
        let mut not_done: BTreeSet<u32> = failed.into_iter().map(|(text, _)| text).collect();
        let mut findings = Vec::new();
        for found in found.chunk_by(|a, b| a.0 == b.0) {
            findings.clear();
            findings.extend(found.iter().map(|(_, finding)| finding.clone()));
            findings
                .retain(|finding| *field.actions.of(finding.detector, finding.confidence) != Action::Keep);
            self.sift(texts.get(found[0].0), &mut findings, &mut allowed);
            if !findings.is_empty() {
                not_done.insert(found[0].0);
            }
        }
        not_done
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sievert_detect::{Borders, Detector, Verdict};

    use super::*;
    use crate::{Overrides, Policy};

    static NUMBER: Detector = Detector {
        id: "toy.number",
        placeholder: "NUMBER",
        pattern: "[0-9]{2}",
        borders: Borders::None,
        validate: |_| Verdict::Unmistakable,
        ..Detector::BLANK
    };

    /// Sticks to the digits before it, and comes to light when they go.
    static ADDRESS: Detector = Detector {
        id: "toy.address",
        placeholder: "ADDRESS",
        pattern: "[a-c]@[a-c]",
        validate: |_| Verdict::Unmistakable,
        ..Detector::BLANK
    };

    /// What becomes of cells one by one, and together.
    fn both(texts: &[String]) -> [Vec<(Outcome, Vec<Taken>)>; 2] {
        let plan =
            Plan::new(&Policy::default(), &[&NUMBER, &ADDRESS], &Overrides::default()).expect("a plan");
        let (field, mut scratch) = (plan.field("any"), Scratch::default());
        let found: Vec<_> = texts.iter().map(|text| plan.scanner().findings(text)).collect();
        let cells: Vec<_> = texts.iter().map(String::as_str).zip(found.iter().map(Vec::as_slice)).collect();
        let alone = cells.iter().map(|(text, findings)| {
            let mut taken = Vec::new();
            (plan.rewrite(&field, text, findings, &mut scratch, &mut taken), taken)
        });
        let mut taken = Vec::new();
        let together = plan.rewrite_all(&field, &cells, &mut Scratch::default(), &mut taken).into_iter();
        [alone.collect(), together.map(|(outcome, own)| (outcome, taken[own].to_vec())).collect()]
    }

    #[test]
    fn what_comes_to_light_in_one_of_many_cells_is_rewritten_too() {
        let texts = ["nothing", "12a@b", "a@b"].map(str::to_owned);
        let [alone, together] = both(&texts);
        assert_eq!(together[1].1.len(), 2, "the number, then the address");
        assert_eq!(alone, together);
    }

    proptest! {
        #[test]
        fn cells_are_rewritten_together_as_they_are_alone(
            texts in prop::collection::vec("([0-9]{1,3}|[a-c]@[a-c]|x| ){0,6}", 0..20),
        ) {
            let [alone, together] = both(&texts);
            prop_assert_eq!(alone, together);
        }
    }
}
