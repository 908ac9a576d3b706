//! What is done to the cells of a column, as their format can write it, and the count of it.

use sievert_detect::{Finding, Group};
use sievert_io::{Cause, Change, Error, Kind, Place, Splice};
use sievert_redact::{ActionKind, Outcome, Taken};

use super::settle::Settled;
use super::{KnownField, Worked, Worker};
use crate::column::Column;
use crate::counts::Counts;
use crate::policy::NonText;

impl Worker<'_> {
    /// Decides what is done to cells, and counts it: of the findings that are reported, as they are.
    pub(super) fn changes(
        &mut self,
        object: &str,
        column: &Column<'_>,
        field: &KnownField,
        settled: &Settled,
        worked: &mut Worked,
    ) -> Result<Vec<(u32, Change)>, Error> {
        let kind = column.texts.kind;
        if kind == Kind::Unparsed {
            return Ok(Vec::new()); // goes to quarantine as it is
        }
        let plan = &self.job.plan;
        let cells: Vec<_> = settled.iter().map(|(cell, findings, _)| (column.get(cell), findings)).collect();
        let mut taken = Vec::new();
        let rewritten = plan.rewrite_all(&field.plan, &cells, &mut self.scratch, &mut taken);
        let mut changes = Vec::with_capacity(cells.len());
        for ((cell, findings, groups), (outcome, own)) in settled.iter().zip(rewritten) {
            let change = match outcome {
                Outcome::Untouched => None,
                // No record is to go for what stands beside them.
                Outcome::DropRecord | Outcome::DropCell if kind == Kind::Metadata => Some(Change::Null),
                Outcome::DropRecord => Some(Change::DropRecord),
                // A name cannot be null: what has a name that may not stay goes as a whole.
                Outcome::DropCell if kind == Kind::Key => Some(Change::DropRecord),
                Outcome::DropCell => Some(Change::Null),
                Outcome::Splices(splices) if kind.takes_text() => Some(Change::Splice(
                    splices
                        .into_iter()
                        .map(|splice| Splice { span: splice.span, text: splice.text })
                        .collect(),
                )),
                Outcome::Splices(_) if plan.non_text() == NonText::Null => Some(Change::Null),
                Outcome::Splices(_) => {
                    let place = Place::object(object).field(&*field.shown);
                    let why = "findings in a column that is not text, and the policy says non_text = \"fail\"; \
                               allow null, or drop the record";
                    return Err(Error { place, cause: Cause::Unsupported(why) });
                }
            };
            // What is handed on beside the records stands in none of them.
            let times = column.times(cell);
            if times > 0 {
                let nulled = change == Some(Change::Null);
                self.count_taken(findings, groups, &taken[own], nulled, times, &mut worked.counts);
            }
            changes.extend(change.map(|change| (cell, change)));
        }
        Ok(changes)
    }

    /// Counts what was done in a cell that stands in `times` records.
    fn count_taken(
        &self,
        findings: &[Finding],
        groups: &[Group],
        taken: &[Taken],
        nulled: bool,
        times: u64,
        counts: &mut Counts,
    ) {
        for (at, taken) in taken.iter().enumerate() {
            // What came to light only after the first rewriting has no finding here, and was rewritten.
            let finding = findings.get(at);
            // Covers rise, and each finding lies in one.
            let won = |finding: &Finding| {
                let group = groups.partition_point(|group| group.cover.end <= finding.span.start);
                groups[group].winner == *finding
            };
            if !finding.is_none_or(won) {
                continue; // it lost its place to another, which is counted
            }
            let below = finding.is_some_and(|finding| finding.confidence < self.job.plan.rewritten_from());
            if below && taken.action == ActionKind::Keep {
                *counts.left.entry(taken.detector).or_default() += times;
            } else {
                let action = if nulled { ActionKind::DropCell } else { taken.action };
                *counts.actions.entry((taken.detector, action)).or_default() += times;
            }
        }
    }
}
