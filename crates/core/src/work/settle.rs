//! What the findings of a column come to: counts, rows for those who want to know where they stand, and changes.

use sievert_detect::{DetectorIndex, Finding, Group, resolve};
use sievert_io::{Batch, Change, Error, Kind};
use sievert_redact::shape;

use super::places::CellWithFindings;
use super::{KnownField, Worked, Worker};
use crate::column::Column;
use crate::counts::FieldFound;
use crate::job::Task;

/// The cells with findings that are reported.
#[derive(Default)]
pub(super) struct Settled {
    cells: Vec<Cell>,
    findings: Vec<Finding>,
    groups: Vec<Group>,
}

/// A cell, and where what it has ends in the lists of all.
struct Cell {
    number: u32,
    findings: usize,
    groups: usize,
}

impl Settled {
    fn push(&mut self, number: u32, findings: &[Finding], groups: &[Group]) {
        self.findings.extend_from_slice(findings);
        self.groups.extend_from_slice(groups);
        self.cells.push(Cell { number, findings: self.findings.len(), groups: self.groups.len() });
    }

    /// Each cell, its findings, and which of them speak for their places.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &[Finding], &[Group])> {
        let starts =
            std::iter::once((0, 0)).chain(self.cells.iter().map(|cell| (cell.findings, cell.groups)));
        self.cells.iter().zip(starts).map(|(cell, (findings, groups))| {
            (cell.number, &self.findings[findings..cell.findings], &self.groups[groups..cell.groups])
        })
    }
}

/// What the winners of a detector in a column add up to.
struct Sum {
    found: FieldFound,
    /// Of the first one.
    shape: String,
    /// The last cell that was counted.
    cell: Option<u32>,
}

impl Worker<'_> {
    /// Turns the findings of each cell into counts and rows; the cells that change, and how.
    pub(super) fn settle(
        &mut self,
        object: &str,
        batch: &Batch,
        column: &Column<'_>,
        field: &KnownField,
        worked: &mut Worked,
    ) -> Result<Vec<(u32, Change)>, Error> {
        let plan = &self.job.plan;
        let rewrites = matches!(self.job.task, Task::Redact { .. });
        let mut allowed = vec![0; plan.allow_reasons().len()];
        let mut allowed_here = allowed.clone();
        let mut sums: Vec<Option<Sum>> = plan.scanner().detectors().map(|_| None).collect();
        let (mut settled, mut findings, mut keys) = (Settled::default(), Vec::new(), Vec::new());
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
                self.count_cell(cell, text, times, &groups, &mut sums);
            }
            if column.texts.kind == Kind::Key {
                keys.extend(self.hidden(text, &groups).map(|shown| (text.to_owned(), shown)));
            }
            if rewrites || self.is_told(&groups) {
                settled.push(cell, &findings, &groups);
            }
        }
        self.keys.extend(keys);
        for (detector, sum) in (0..).map(DetectorIndex).zip(sums) {
            if let Some(Sum { found, shape, .. }) = sum {
                worked.counts.found(&field.shown, detector, found, shape);
            }
        }
        for (reason, count) in plan.allow_reasons().zip(allowed).filter(|(_, count)| *count > 0) {
            *worked.counts.allowed.entry(reason.to_owned()).or_default() += count;
        }
        let told = settled.iter().filter(|(_, _, groups)| self.is_told(groups));
        let told = told.map(|(cell, _, groups)| (cell, groups)).collect();
        for (cell, groups) in column.decoded(told) {
            self.tell(&CellWithFindings { object, batch, texts: column.texts, cell, field, groups }, worked);
        }
        if rewrites { self.changes(object, column, field, &settled, worked) } else { Ok(Vec::new()) }
    }

    /// How a key is shown that holds what is not shown.
    fn hidden(&self, key: &str, groups: &[Group]) -> Option<String> {
        let plan = &self.job.plan;
        let (mut shown, mut at) = (String::new(), 0);
        for Group { winner, cover } in
            groups.iter().filter(|group| group.winner.confidence >= plan.masked_from())
        {
            shown.push_str(&key[at..cover.start as usize]);
            shown.extend(["<", plan.scanner().about(winner.detector).placeholder, ">"]);
            at = cover.end as usize;
        }
        (at > 0).then(|| shown + &key[at..])
    }

    /// Counts the winners in a cell that stands in `times` records, by detector.
    fn count_cell(&self, cell: u32, text: &str, times: u64, groups: &[Group], sums: &mut [Option<Sum>]) {
        let plan = &self.job.plan;
        for Group { winner, .. } in groups {
            let raw = &text[winner.range()];
            let first = || Sum {
                found: FieldFound::default(),
                shape: shape(raw, plan.scanner().about(winner.detector).category),
                cell: None,
            };
            let sum = sums[usize::from(winner.detector.0)].get_or_insert_with(first);
            let value = plan.redactor().value(winner.detector, raw);
            sum.found.add(self.run_key, &value, winner.confidence, times);
            if sum.cell.replace(cell) != Some(cell) {
                sum.found.cells += times;
            }
        }
    }
}
