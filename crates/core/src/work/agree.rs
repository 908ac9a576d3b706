//! Agreement: where a checksum holds in most cells of a column, that is evidence for each of them. Judged within a piece;
//! what a report tells of it are tallies, which add up.

use std::collections::{BTreeMap, HashSet};

use ahash::RandomState;
use sievert_detect::{DetectorIndex, DetectorSet, Evidence, Field, Trial};

use super::{KnownField, Worker};
use crate::chance::{self, Tally};
use crate::column::{Column, Gathered};

impl Worker<'_> {
    /// Scans the cells into `self.found`, and gives detectors on which the column agrees that as evidence. Then the cells
    /// that are left may agree on another type, as they would in the rewritten column, which is to hold nothing new.
    /// Returns the tallies of the cells that were tried, as they stand in records.
    pub(super) fn scan(&mut self, known: &KnownField, column: &Column<'_>) -> BTreeMap<DetectorIndex, Tally> {
        let field = &known.plan.field;
        let scanner = self.job.plan.scanner();
        self.found.clear();
        scanner.scan_texts(field, &column.cells(), &mut self.scratch, &mut self.found);
        let mut trials = self.scratch.take_trials();
        // A format may know a text that stands in no record.
        trials.retain(|trial| column.times(trial.text) > 0);
        let all = tallies(&trials, |trial| column.times(trial.text));
        let mut agreed = DetectorSet::none(scanner.len());
        loop {
            let agreeing = self.agreeing(&trials, column);
            if !agreeing.is_empty() {
                self.add_agreement(&agreeing, field, column);
                agreed.insert_all(&agreeing);
            }
            self.mark_numbers(known, column);
            let before = trials.len();
            if before > 0 {
                let taken = self.taken(column);
                trials.retain(|trial| !taken[trial.text as usize] && !agreed.contains(trial.detector));
            }
            if trials.len() == before {
                return all;
            }
        }
    }

    /// The detectors on which cells agree that were tried.
    fn agreeing(&self, trials: &[Trial], column: &Column<'_>) -> DetectorSet {
        let scanner = self.job.plan.scanner();
        let mut agreeing = DetectorSet::none(scanner.len());
        if trials.is_empty() {
            return agreeing;
        }
        let cells = tallies(trials, |trial| column.times(trial.text));
        // Each different text counts once.
        let mut seen = HashSet::with_hasher(RandomState::new());
        let texts = tallies(trials, |trial| seen.insert((trial.detector, column.get(trial.text))).into());
        for (detector, cells) in cells {
            if chance::agree(cells, texts[&detector], scanner.about(detector).chance) {
                agreeing.insert(detector);
            }
        }
        agreeing
    }

    /// The cells in which something is that would be rewritten.
    fn taken(&self, column: &Column<'_>) -> Vec<bool> {
        let mut taken = vec![false; column.len() as usize];
        let from = self.job.plan.rewritten_from();
        for (cell, _) in self.found.iter().filter(|(_, finding)| finding.confidence >= from) {
            taken[*cell as usize] = true;
        }
        taken
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
        self.found[known..].iter_mut().for_each(|(text, _)| *text = again[*text as usize]);
        self.found
            .sort_by_key(|(cell, finding)| (*cell, finding.span.start, finding.span.end, finding.detector));
    }
}

/// By detector: its trials, each as often as told.
fn tallies(trials: &[Trial], mut times: impl FnMut(&Trial) -> u64) -> BTreeMap<DetectorIndex, Tally> {
    let mut tallies = BTreeMap::<_, Tally>::new();
    for trial in trials {
        let times = times(trial);
        let passed = if trial.passed { times } else { 0 };
        tallies.entry(trial.detector).or_default().add(Tally { tried: times, passed });
    }
    tallies
}

/// The field with no other detectors than these.
fn only(field: &Field, detectors: &DetectorSet) -> Field {
    let mut field = field.clone();
    field.detectors = detectors.clone();
    field
}
