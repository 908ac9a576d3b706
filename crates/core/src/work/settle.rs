//! What the findings of a column come to: counts, rows for those who want to know where they stand, and changes.

use sievert_detect::{Finding, Group, resolve};
use sievert_io::{Batch, Change, Error};
use sievert_redact::shape;

use super::places::Told;
use super::{Known, Worked, Worker};
use crate::column::Column;
use crate::counts::FieldTally;
use crate::job::Task;

/// The findings of a cell that are reported, and which of them speak for their places.
pub(super) struct Settled {
    pub(super) cell: u32,
    pub(super) findings: Vec<Finding>,
    pub(super) groups: Vec<Group>,
}

/// What the winners of a column add up to.
struct Sum {
    field: FieldTally,
    /// By detector: the last cell in which it was counted.
    counted: Vec<Option<u32>>,
}

impl Worker<'_> {
    /// Turns the findings of each cell into counts and rows; the cells that change, and how.
    pub(super) fn settle(
        &mut self,
        object: &str,
        batch: &Batch,
        column: &Column<'_>,
        field: &Known,
        worked: &mut Worked,
    ) -> Result<Vec<(u32, Change)>, Error> {
        let plan = &self.job.plan;
        let rewrites = matches!(self.job.task, Task::Redact { .. });
        let mut allowed = vec![0; plan.allow_reasons().len()];
        let mut allowed_here = allowed.clone();
        let mut sum = Sum { field: FieldTally::default(), counted: vec![None; plan.scanner().len()] };
        let (mut settled, mut findings) = (Vec::new(), Vec::new());
        for found in self.found.chunk_by(|a, b| a.0 == b.0) {
            let cell = found[0].0;
            let (text, times) = (column.get(cell), column.times(cell));
            findings.clear();
            findings.extend(found.iter().map(|(_, finding)| finding.clone()));
            allowed_here.fill(0);
            plan.sift(text, &mut findings, &mut allowed_here);
            allowed.iter_mut().zip(&allowed_here).for_each(|(sum, here)| *sum += here * times);
            if findings.is_empty() {
                continue;
            }
            let groups = resolve(&mut findings);
            if times > 0 {
                self.count_cell(cell, text, times, &groups, &mut sum, worked);
            }
            if rewrites || self.is_told(&groups) {
                let findings = if rewrites { std::mem::take(&mut findings) } else { Vec::new() };
                settled.push(Settled { cell, findings, groups });
            }
        }
        if !sum.field.detectors.is_empty() {
            worked.counts.field(&field.shown).merge(sum.field);
        }
        for (reason, count) in plan.allow_reasons().zip(allowed).filter(|(_, count)| *count > 0) {
            *worked.counts.allowed.entry(reason.to_owned()).or_default() += count;
        }
        let told = settled.iter().filter(|settled| self.is_told(&settled.groups));
        let told = told.map(|settled| (settled.cell, &settled.groups[..])).collect();
        for (cell, groups) in column.decoded(told) {
            self.tell(&Told { object, batch, texts: column.texts, cell, field, groups }, worked);
        }
        if rewrites { self.changes(object, column, field, &settled, worked) } else { Ok(Vec::new()) }
    }

    /// Counts the winners in a cell that stands in `times` records.
    fn count_cell(
        &self,
        cell: u32,
        text: &str,
        times: u64,
        groups: &[Group],
        sum: &mut Sum,
        worked: &mut Worked,
    ) {
        let plan = &self.job.plan;
        for Group { winner, .. } in groups {
            let raw = &text[winner.range()];
            let about = plan.scanner().about(winner.detector);
            worked.counts.found(winner.detector, winner.confidence, times, || shape(raw, about.category));
            let tally = sum.field.detectors.entry(winner.detector).or_default();
            let value = plan.redactor().value(winner.detector, raw);
            tally.add(self.run_key, &value, winner.confidence, times);
            if sum.counted[usize::from(winner.detector.0)].replace(cell) != Some(cell) {
                tally.cells += times;
            }
        }
    }
}
