//! What the cells of a column say of each other: where a checksum holds in most of them, that speaks for each. Judged
//! within a piece; what a report tells of it are tallies, which add up.

use std::collections::BTreeMap;

use sievert_detect::{DetectorIndex, DetectorSet, Evidence, Field, Tally};

use super::Worker;
use crate::chance;
use crate::column::{Column, Gathered};

impl Worker<'_> {
    /// Scans the cells into `self.found`, with the voice of the column where it speaks for detectors. Then what is left
    /// may agree on another type: as it would in the rewritten column, which is to hold nothing new. What is tallied
    /// are cells as they stand in records, however they are stored.
    pub(super) fn scan(&mut self, field: &Field, column: &Column<'_>) -> Vec<Tally> {
        let scanner = self.job.plan.scanner();
        self.found.clear();
        scanner.scan_texts(field, &column.cells(), &mut self.scratch, &mut self.found);
        let looked_at = self.scratch.take_tallies();
        let those = |wanted: &dyn Fn(usize, f64) -> bool| {
            let wanted =
                scanner.detectors().filter(|(index, about)| wanted(usize::from(index.0), about.chance));
            let mut set = DetectorSet::none(scanner.len());
            wanted.for_each(|(index, _)| set.insert(index));
            set
        };
        let by_chance = those(&|nth, chance| chance > 0.0 && looked_at[nth].tried > 0);
        if by_chance.is_empty() {
            self.mark_numbers(column);
            return looked_at;
        }
        let mut cells = looked_at.clone();
        for (times, texts) in column.by_times().iter().filter(|(times, _)| **times != 1) {
            let tallies = self.tally(&only(field, &by_chance), texts);
            for (sum, of_texts) in cells.iter_mut().zip(tallies) {
                // Each was counted once.
                sum.tried = sum.tried + of_texts.tried * times - of_texts.tried;
                sum.passed = sum.passed + of_texts.passed * times - of_texts.passed;
            }
        }
        let shared = those(&|nth, chance| chance > 0.0 && chance::shared(cells[nth]));
        let mut texts = looked_at;
        if !shared.is_empty() {
            let copies = self.tally(&only(field, &shared), &column.copies());
            for (all, copies) in texts.iter_mut().zip(copies) {
                all.tried -= copies.tried;
                all.passed -= copies.passed;
            }
        }
        let mut together = those(&|nth, chance| chance::agree(cells[nth], texts[nth], chance));
        let mut agreed = DetectorSet::none(scanner.len());
        loop {
            if !together.is_empty() {
                self.hear(&together, field, column);
                agreed.insert_all(&together);
            }
            self.mark_numbers(column);
            let (taken, times) = self.taken(column);
            let others = those(&|nth, chance| {
                let new = times > 0 && !agreed.contains(DetectorIndex(nth as u16));
                new && chance > 0.0 && chance::may_be_shared(cells[nth], times)
            });
            if others.is_empty() {
                return cells;
            }
            let (sets, different) = column.rest(&taken);
            let others = only(field, &others);
            let (cells, texts) = (self.tally_sets(&others, &sets), self.tally(&others, &different));
            together = those(&|nth, chance| chance::agree(cells[nth], texts[nth], chance));
            if together.is_empty() {
                break;
            }
        }
        cells
    }

    /// The cells in which something is that would be rewritten, and how many these are as they stand.
    fn taken(&self, column: &Column<'_>) -> (Vec<bool>, u64) {
        let (mut taken, mut times) = (vec![false; column.len() as usize], 0);
        let from = self.job.plan.rewritten_from();
        for (cell, _) in self.found.iter().filter(|(_, finding)| finding.confidence >= from) {
            if !std::mem::replace(&mut taken[*cell as usize], true) {
                times += column.times(*cell);
            }
        }
        (taken, times)
    }

    /// The tallies of cells, each as often as it stands.
    fn tally_sets(&mut self, field: &Field, sets: &BTreeMap<u64, Gathered>) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.job.plan.scanner().len()];
        for (times, texts) in sets {
            for (sum, tally) in tallies.iter_mut().zip(self.tally(field, texts)) {
                sum.tried += tally.tried * times;
                sum.passed += tally.passed * times;
            }
        }
        tallies
    }

    /// The tallies of some texts of a field.
    fn tally(&mut self, field: &Field, texts: &Gathered) -> Vec<Tally> {
        let mut found = Vec::new();
        self.job.plan.scanner().scan_texts(field, &texts.cells(), &mut self.scratch, &mut found);
        self.scratch.take_tallies()
    }

    /// Lets the column speak for detectors: what they find in `self.found` is what a scan with that voice finds.
    ///
    /// Where the field's name spoke for all of them already, no candidate was looked at alone: the same ones are found,
    /// each with one voice more. What that can change is which of two findings of a detector stays that lie one within
    /// the other, so cells are scanned again that hold two, or one that may have hidden a surer one: a failed checksum
    /// grows no surer with the column, and what lies within it may.
    pub(super) fn hear(&mut self, together: &DetectorSet, field: &Field, column: &Column<'_>) {
        let speaks = |index: DetectorIndex| field.vouches_for(index);
        let again: Vec<u32> = if together.iter().all(speaks) {
            let cells = self.found.chunk_by(|a, b| a.0 == b.0);
            let in_doubt = cells.filter(|found| {
                let mut own = found.iter().filter(|(_, finding)| together.contains(finding.detector));
                let failed = own.next().is_some_and(|(_, f)| f.evidence.has(Evidence::FAILED_CHECKSUM));
                failed || own.next().is_some()
            });
            in_doubt.map(|found| found[0].0).collect()
        } else {
            (0..column.len()).collect()
        };
        let mut texts = Gathered::default();
        for cell in &again {
            texts.push(column.get(*cell));
        }
        self.found.retain(|(cell, finding)| {
            !together.contains(finding.detector) || again.binary_search(cell).is_err()
        });
        for (_, finding) in &mut self.found {
            if together.contains(finding.detector) {
                finding.evidence = finding.evidence.and(Evidence::COLUMN);
                finding.confidence = finding.evidence.confidence();
            }
        }
        let mut in_column = only(field, together);
        in_column.column = together.clone();
        let known = self.found.len();
        let scanner = self.job.plan.scanner();
        scanner.scan_texts(&in_column, &texts.cells(), &mut self.scratch, &mut self.found);
        self.scratch.take_tallies();
        self.found[known..].iter_mut().for_each(|(text, _)| *text = again[*text as usize]);
        self.found
            .sort_by_key(|(cell, finding)| (*cell, finding.span.start, finding.span.end, finding.detector));
    }
}

/// The field with no other detectors than these.
fn only(field: &Field, detectors: &DetectorSet) -> Field {
    let mut field = field.clone();
    field.detectors = detectors.clone();
    field
}
