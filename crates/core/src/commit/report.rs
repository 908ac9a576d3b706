//! What a run tells at its end, entered object by object.

use sievert_detect::{Confidence, DetectorIndex};

use super::{Commit, Current, tell};
use crate::report::{Levels, LookAt, NotExamined, ObjectReport, Report, keep_gap};
use crate::run::LOOK_AT_KEPT;
use crate::state::State;
use crate::{Error, since};

/// Objects that a report keeps by name; the rest is counted.
const OBJECTS_KEPT: usize = 100_000;

/// Fields, findings in fields and places that the entries of objects keep for a later run, all together.
const SHARES_KEPT: usize = 500_000;

/// What is said of a state on a full disk.
const NOT_NOTED: &str =
    "no room was left to write down all that was done; free some, and --resume does what is missing there";

impl Commit<'_> {
    /// An object that need not be read: its share of what the run tells.
    pub(super) fn earlier(&mut self, mut report: Report) {
        self.status.bytes_done += report.ledger.bytes.total;
        if let Some(entry) = since::entry(report.clone()) {
            self.keep_object(entry);
        }
        report.objects.clear();
        if let Some(sample) = report.sample.take() {
            match &mut self.before.sample {
                Some(sum) => sum.merge(&sample),
                none => *none = Some(sample),
            }
        }
        self.take_in(report);
    }

    /// Adds what an earlier run has counted of an object.
    pub(super) fn take_in(&mut self, mut report: Report) {
        self.status.records += report.ledger.records.total;
        self.status.findings += report.findings(Confidence::Possible);
        look_at(&mut self.look_at, std::mem::take(&mut report.look_at));
        for gap in report.not_examined.drain(..) {
            keep_gap(&mut self.not_examined, &mut self.not_examined_more, gap);
        }
        // A shape is that of the first finding in input order, whoever found it.
        let scanner = self.job.plan.scanner();
        for (id, theirs) in &report.detectors {
            if let Some((index, _)) = scanner.detectors().find(|(_, about)| about.id == id) {
                let mine = self.counts.detectors.entry(index).or_default();
                if mine.shape.is_empty() {
                    mine.shape.clone_from(&theirs.shape);
                }
            }
        }
        self.before.add(&report);
    }

    /// Enters the cells that were not looked at.
    pub(super) fn tell_unread(&mut self, current: &mut Current) {
        for (field, (cells, why)) in std::mem::take(&mut current.unread) {
            let reason = format!("field {field}, {cells} cells: {why}");
            let gap = NotExamined { object: current.report.object.clone(), record: None, bytes: 0, reason };
            if let Some(share) = &mut current.share {
                keep_gap(&mut share.not_examined, &mut share.not_examined_more, gap.clone());
            }
            keep_gap(&mut self.not_examined, &mut self.not_examined_more, gap);
        }
    }

    /// Enters the object in the report; `entry`: as it is told where it was read to its end.
    pub(super) fn close(&mut self, mut current: Current, entry: Option<ObjectReport>) {
        self.tell_unread(&mut current);
        for detector in current.found.keys() {
            *self.in_objects.entry(*detector).or_default() += 1;
        }
        self.keep_object(entry.unwrap_or_else(|| self.entry(&current)));
    }

    /// The object's entry in the report.
    pub(super) fn entry(&self, current: &Current) -> ObjectReport {
        let scanner = self.job.plan.scanner();
        let named =
            |(detector, levels): (&DetectorIndex, &Levels)| (scanner.about(*detector).id.to_owned(), *levels);
        let detectors = current.found.iter().map(named).collect();
        ObjectReport { bytes: current.size, detectors, ..current.report.clone() }
    }

    fn keep_object(&mut self, mut report: ObjectReport) {
        let size = report.share.as_ref().map_or(0, |share| {
            let fields = share.fields.values().map(|field| 1 + field.detectors.len());
            fields.sum::<usize>() + share.look_at.len()
        });
        if self.shares + size > SHARES_KEPT {
            report.share = None;
        } else {
            self.shares += size;
        }
        match self.objects.len() < OBJECTS_KEPT {
            true => self.objects.push(report),
            false => self.objects_more += 1,
        }
    }

    /// The report, without the parts that only the plan and the clock know.
    pub(crate) fn finish(mut self) -> Result<Report, Error> {
        if let Some(error) = self.fatal.take() {
            if let Some(mut current) = self.current.take() {
                self.forget(&mut current);
            }
            self.run.state.as_mut().map_or(Ok(()), State::write)?;
            return Err(error);
        }
        if let Some(state) = &mut self.run.state {
            match state.finish(self.job) {
                Err(error) if error.is_full_state() => {
                    let place = self.names.shown(&state.folder().to_string_lossy()).to_string();
                    let full = LookAt { detector: String::new(), place, note: NOT_NOTED.into() };
                    look_at(&mut self.look_at, [full]);
                }
                finished => finished?,
            }
        }
        if let Some(file) = self.findings.take() {
            file.finish().map_err(Error::Findings)?;
        }
        let plan = &self.job.plan;
        let scanner = plan.scanner();
        let mut report = Report {
            objects: self.objects,
            objects_more: self.objects_more,
            not_examined: self.not_examined,
            not_examined_more: self.not_examined_more,
            skipped: self.skipped,
            skipped_more: self.skipped_more,
            look_at: self.look_at,
            ledger: self.ledger,
            ..Report::default()
        };
        if let Some(sampler) = self.run.sampler {
            // What failed may hold anything, and is not among the objects that were looked at.
            let objects = self.ledger.objects.scanned;
            let mut sample = tell::sampled(&sampler, &self.counts, objects, &self.in_objects, scanner);
            if let Some(before) = self.before.sample.take() {
                sample.merge(&before);
            }
            report.sample = Some(sample);
        }
        tell::fill(&mut report, self.counts, &self.in_objects, scanner);
        report.add(&self.before);
        tell::by_chance(&mut report, scanner);
        tell::beyond(&mut report, plan);
        tell::look_at_noise(&mut report, scanner);
        report.look_at.sort_by(|a, b| (&a.detector, &a.place).cmp(&(&b.detector, &b.place)));
        Ok(report)
    }
}

/// Adds places worth a look as long as there is room. No number of findings hides what is told of an object as a whole,
/// such as its name.
pub(super) fn look_at(to: &mut Vec<LookAt>, more: impl IntoIterator<Item = LookAt>) {
    let of_object = |at: &LookAt| at.detector.is_empty();
    let objects = to.iter().filter(|at| of_object(at)).count();
    let mut kept = [to.len() - objects, objects];
    for at in more {
        let kept = &mut kept[usize::from(of_object(&at))];
        if *kept < LOOK_AT_KEPT {
            *kept += 1;
            to.push(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_findings_hides_what_is_told_of_an_object() {
        let at =
            |detector: &str| LookAt { detector: detector.into(), place: "a".into(), note: String::new() };
        let mut list = Vec::new();
        look_at(&mut list, vec![at("toy.digits"); LOOK_AT_KEPT + 1]);
        look_at(&mut list, [at(""), at("toy.digits")]);
        assert_eq!(list.len(), LOOK_AT_KEPT + 1);
        assert_eq!(list.last(), Some(&at("")));
        look_at(&mut list, vec![at(""); LOOK_AT_KEPT]);
        assert_eq!(list.len(), 2 * LOOK_AT_KEPT, "it has bounds of its own");
    }
}
