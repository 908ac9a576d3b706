//! Agreement: where a checksum holds in most cells of a column, that is evidence for each of them. Judged within a piece;
//! what a report tells of it are tallies, which add up.

use std::collections::BTreeMap;

use sievert_detect::{DetectorIndex, DetectorSet, Evidence, Field, Tally};

use super::{KnownField, Worker};
use crate::chance;
use crate::column::{Column, Gathered};

impl Worker<'_> {
    /// Scans the cells into `self.found`, and gives detectors on which the column agrees that as evidence. Then the cells
    /// that are left may agree on another type, as they would in the rewritten column, which is to hold nothing new.
    /// Returns the tallies of all cells as they stand in records, however they are stored.
    pub(super) fn scan(&mut self, known: &KnownField, column: &Column<'_>) -> Vec<Tally> {
        let field = &known.plan.field;
        let scanner = self.job.plan.scanner();
        self.found.clear();
        scanner.scan_texts(field, &column.cells(), &mut self.scratch, &mut self.found);
        let looked_at = self.scratch.take_tallies();
        let tried = self.detectors(|index, chance| chance > 0.0 && of(&looked_at, index).tried > 0);
        if tried.is_empty() {
            self.mark_numbers(known, column);
            return looked_at;
        }
        let cells = self.tally_cells(&only(field, &tried), column, &looked_at);
        let texts = self.tally_texts(field, column, &cells, looked_at);
        let mut agreed = DetectorSet::none(scanner.len());
        let mut agreeing = self.agreeing(&cells, &texts);
        loop {
            if !agreeing.is_empty() {
                self.add_agreement(&agreeing, field, column);
                agreed.insert_all(&agreeing);
            }
            self.mark_numbers(known, column);
            agreeing = self.agreeing_in_the_rest(field, column, &cells, &agreed);
            if agreeing.is_empty() {
                return cells;
            }
        }
    }

    /// The detectors of which this is true; it is asked with the share of random values that pass their checksum.
    fn detectors(&self, wanted: impl Fn(DetectorIndex, f64) -> bool) -> DetectorSet {
        let scanner = self.job.plan.scanner();
        let mut set = DetectorSet::none(scanner.len());
        let wanted = scanner.detectors().filter(|(index, about)| wanted(*index, about.chance));
        wanted.for_each(|(index, _)| set.insert(index));
        set
    }

    /// The detectors on which cells agree that hold so many different texts.
    fn agreeing(&self, cells: &[Tally], texts: &[Tally]) -> DetectorSet {
        self.detectors(|index, chance| chance::agree(of(cells, index), of(texts, index), chance))
    }

    /// Tallies of cells as often as they stand in records, from those of what was looked at, where each counts once.
    fn tally_cells(&mut self, field: &Field, column: &Column<'_>, looked_at: &[Tally]) -> Vec<Tally> {
        let mut cells = looked_at.to_vec();
        for (times, texts) in column.by_times().iter().filter(|(times, _)| **times != 1) {
            for (sum, tally) in cells.iter_mut().zip(self.tally(field, texts)) {
                sum.tried = sum.tried + tally.tried * times - tally.tried;
                sum.passed = sum.passed + tally.passed * times - tally.passed;
            }
        }
        cells
    }

    /// Tallies in which each different text counts once, as far as they decide: of detectors on which the cells agree.
    fn tally_texts(
        &mut self,
        field: &Field,
        column: &Column<'_>,
        cells: &[Tally],
        looked_at: Vec<Tally>,
    ) -> Vec<Tally> {
        let shared = self.detectors(|index, chance| chance > 0.0 && chance::shared(of(cells, index)));
        let mut texts = looked_at;
        if !shared.is_empty() {
            let copies = self.tally(&only(field, &shared), &column.copies());
            for (all, copies) in texts.iter_mut().zip(copies) {
                all.tried -= copies.tried;
                all.passed -= copies.passed;
            }
        }
        texts
    }

    /// The detectors, but for those that have agreed, on which the cells agree in which nothing was found yet.
    fn agreeing_in_the_rest(
        &mut self,
        field: &Field,
        column: &Column<'_>,
        cells: &[Tally],
        agreed: &DetectorSet,
    ) -> DetectorSet {
        let (taken, times) = self.taken(column);
        let others = self.detectors(|index, chance| {
            let new = times > 0 && !agreed.contains(index);
            new && chance > 0.0 && chance::may_be_shared(of(cells, index), times)
        });
        if others.is_empty() {
            return others;
        }
        let (sets, different) = column.rest(&taken);
        let others = only(field, &others);
        let (cells, texts) = (self.tally_sets(&others, &sets), self.tally(&others, &different));
        self.agreeing(&cells, &texts)
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

    /// Adds to what detectors have found that the column agrees on them: `self.found` is then what a scan finds that
    /// knows it from the start.
    ///
    /// That scan is made of all cells, unless the field's name is evidence for all of these detectors already: then the
    /// same candidates are found, each with one evidence more. All that can change is which of two findings of a
    /// detector stays where one lies within the other. So only those cells are scanned again that hold two, or one whose
    /// checksum failed: it grows no surer, and one that it hides may.
    pub(super) fn add_agreement(&mut self, agreeing: &DetectorSet, field: &Field, column: &Column<'_>) {
        let again: Vec<u32> = if agreeing.iter().all(|index| field.vouches_for(index)) {
            let cells = self.found.chunk_by(|a, b| a.0 == b.0);
            let in_doubt = cells.filter(|found| {
                let mut own = found.iter().filter(|(_, finding)| agreeing.contains(finding.detector));
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
            !agreeing.contains(finding.detector) || again.binary_search(cell).is_err()
        });
        for (_, finding) in &mut self.found {
            if agreeing.contains(finding.detector) {
                finding.evidence = finding.evidence.and(Evidence::COLUMN);
                finding.confidence = finding.evidence.confidence();
            }
        }
        let mut in_column = only(field, agreeing);
        in_column.column = agreeing.clone();
        let known = self.found.len();
        let scanner = self.job.plan.scanner();
        scanner.scan_texts(&in_column, &texts.cells(), &mut self.scratch, &mut self.found);
        self.scratch.take_tallies();
        self.found[known..].iter_mut().for_each(|(text, _)| *text = again[*text as usize]);
        self.found
            .sort_by_key(|(cell, finding)| (*cell, finding.span.start, finding.span.end, finding.detector));
    }
}

fn of(tallies: &[Tally], index: DetectorIndex) -> Tally {
    tallies[usize::from(index.0)]
}

/// The field with no other detectors than these.
fn only(field: &Field, detectors: &DetectorSet) -> Field {
    let mut field = field.clone();
    field.detectors = detectors.clone();
    field
}
