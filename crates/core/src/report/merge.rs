//! Reports added to each other: of shards of a job, or of a run and what it did not need to read again.

use std::collections::BTreeMap;

use super::{FieldFindings, Report, Shards, SinceReport};
use crate::counts::{FIELDS_TRACKED, OTHER_FIELDS};

impl Report {
    /// Adds the report of another part of the same work (another shard, another worker).
    ///
    /// # Errors
    /// They are not parts of one job: the counts would mean different things. Or both are of the same shard or run.
    pub fn merge(&mut self, other: &Self) -> Result<(), crate::Error> {
        if let Some(why) = self.differs(other) {
            return Err(crate::Error::ReportsDiffer(why));
        }
        if let (Some(mine), Some(theirs)) = (&mut self.shards, &other.shards) {
            mine.merge(theirs)?;
        }
        let mut runs = self.runs();
        for run in other.runs() {
            match runs.binary_search(&run) {
                Ok(_) => return Err(crate::Error::SameRun(run)),
                Err(at) => runs.insert(at, run),
            }
        }
        self.runs = runs;
        if let (Some(mine), Some(theirs)) = (&mut self.sample, &other.sample) {
            mine.merge(theirs);
        }
        self.merged_from = self.merged_from.max(1) + other.merged_from.max(1);
        self.started = self.started.clone().min(other.started.clone());
        self.ended = self.ended.clone().max(other.ended.clone());
        self.seconds = self.seconds.max(other.seconds);
        self.add(other);
        Ok(())
    }

    /// Why they are not parts of one job.
    fn differs(&self, other: &Self) -> Option<&'static str> {
        let drawn = |report: &Self| report.sample.as_ref().map(|sample| (sample.asked.clone(), sample.seed));
        let parts = |report: &Self| report.shards.as_ref().map(|shards| shards.of);
        let why = match (parts(self), parts(other)) {
            _ if self.command != other.command => {
                "one report is of a scan, one of a rewrite; merge those of one job only"
            }
            _ if self.version != other.version => {
                "the reports were made by different versions of the program; make all of them with one"
            }
            _ if self.plan.hash != other.plan.hash => {
                "the reports were made with different plans; make all of them with one policy and the same options"
            }
            (Some(_), None) | (None, Some(_)) => {
                "one report is of a shard, one of all objects; merge those of all shards, and no other"
            }
            (mine, theirs) if mine != theirs => {
                "the reports count their shards differently; merge those of one number of shards"
            }
            _ if drawn(self) != drawn(other) => {
                "the reports are not of one sample; make all of them with the same --sample and --seed"
            }
            _ => return None,
        };
        Some(why)
    }

    /// Adds what another part of the same work counted.
    pub(crate) fn add(&mut self, other: &Self) {
        self.since = match (self.since.take(), other.since.clone()) {
            (Some(mine), Some(theirs)) => Some(mine.merge(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        self.resumed += other.resumed;
        self.continued += other.continued;
        self.ledger.merge(&other.ledger);
        for (id, theirs) in &other.detectors {
            let mine = self.detectors.entry(id.clone()).or_default();
            mine.levels.merge(theirs.levels);
            mine.objects += theirs.objects;
            if mine.shape.is_empty() {
                mine.shape.clone_from(&theirs.shape);
            }
        }
        for (name, theirs) in &other.fields {
            let known = self.fields.len() < FIELDS_TRACKED || self.fields.contains_key(name);
            let name = if known { name } else { OTHER_FIELDS };
            let mine = self.fields.entry(name.to_owned()).or_default();
            mine.cells += theirs.cells;
            mine.skipped += theirs.skipped;
            mine.binary += theirs.binary;
            for (id, findings) in &theirs.detectors {
                mine.detectors.entry(id.clone()).or_default().merge(findings);
            }
            mine.class = mine.classify();
            if mine.not_looked_for.is_none() {
                mine.not_looked_for.clone_from(&theirs.not_looked_for);
            }
        }
        self.objects.extend(other.objects.iter().cloned());
        self.objects_more += other.objects_more;
        self.skipped_more += other.skipped_more;
        self.not_examined.extend(other.not_examined.iter().cloned());
        self.not_examined_more += other.not_examined_more;
        self.skipped.extend(other.skipped.iter().cloned());
        self.look_at.extend(other.look_at.iter().cloned());
        for (id, actions) in &other.actions {
            add_counts(self.actions.entry(id.clone()).or_default(), actions);
        }
        add_counts(&mut self.left, &other.left);
        add_counts(&mut self.allowed, &other.allowed);
    }
}

impl SinceReport {
    /// Of several, the oldest.
    fn merge(self, other: Self) -> Self {
        let started = match (self.started, other.started) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        Self { started, not_used: self.not_used.or(other.not_used) }
    }
}

impl Shards {
    /// Of as many.
    fn merge(&mut self, other: &Self) -> Result<(), crate::Error> {
        for shard in &other.present {
            match self.present.binary_search(shard) {
                Ok(_) => return Err(crate::Error::SameShard(*shard)),
                Err(at) => self.present.insert(at, *shard),
            }
        }
        Ok(())
    }
}

impl FieldFindings {
    fn merge(&mut self, other: &Self) {
        self.levels.merge(other.levels);
        self.cells += other.cells;
        self.distinct = self.distinct.max(other.distinct);
        self.tried += other.tried;
        self.passed += other.passed;
        self.by_chance = match (self.by_chance, other.by_chance) {
            (Some(mine), Some(theirs)) => Some(mine + theirs),
            (mine, theirs) => mine.or(theirs),
        };
    }
}

fn add_counts(mine: &mut BTreeMap<String, u64>, theirs: &BTreeMap<String, u64>) {
    for (name, count) in theirs {
        *mine.entry(name.clone()).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use sievert_detect::Confidence;

    use super::*;
    use crate::report::{FieldCounts, PlanSummary};
    use crate::sample::SampleReport;

    fn shard(hash: &str) -> Report {
        let plan = PlanSummary { hash: hash.into(), ..Default::default() };
        let mut report = Report { plan, started: "12:00".into(), ..Default::default() };
        let mut field = FieldCounts { cells: 10, ..Default::default() };
        let found = FieldFindings { cells: 9, distinct: 4, by_chance: Some(1.0), ..Default::default() };
        field.detectors.insert("toy.digits".into(), found);
        report.fields.insert("a".into(), field);
        report.detectors.entry("toy.digits".into()).or_default().levels.add(Confidence::Likely, 9);
        report
    }

    #[test]
    fn merged_reports_add_up_and_keep_the_class_of_a_field() {
        let mut report = shard("h");
        report.merge(&Report { started: "12:01".into(), ..shard("h") }).expect("same plan");
        assert_eq!(report.findings(Confidence::Likely), 18);
        assert_eq!(report.findings(Confidence::Certain), 0);
        assert_eq!(report.fields["a"].cells, 20);
        assert_eq!(report.fields["a"].class.as_deref(), Some("toy.digits"));
        assert_eq!(report.fields["a"].detectors["toy.digits"].distinct, 4, "at least");
        assert_eq!(report.merged_from, 2);
    }

    #[test]
    fn shards_are_added_once_and_a_missing_one_is_named() {
        let part = |shard| {
            let shards = Some(Shards { of: 3, present: vec![shard] });
            Report { shards, started: format!("12:0{shard}"), ..Report::default() }
        };
        let mut sum = part(3);
        sum.merge(&part(1)).expect("another shard");
        assert_eq!(sum.shards.as_ref().map(Shards::missing), Some(vec![2]));
        assert!(matches!(sum.merge(&part(1)), Err(crate::Error::SameShard(1))));
        let whole = sum.merge(&Report::default()).expect_err("a whole is no part").to_string();
        assert_eq!(
            whole,
            "one report is of a shard, one of all objects; merge those of all shards, and no other"
        );
        let other = Report { shards: Some(Shards { of: 4, present: vec![2] }), ..Report::default() };
        assert!(sum.merge(&other).is_err_and(|error| error.to_string().contains("one number of shards")));
        sum.merge(&part(2)).expect("the last one");
        assert_eq!(sum.shards.map(|shards| shards.missing()), Some(vec![]));
    }

    #[test]
    fn a_run_is_added_once_alone_and_in_a_sum() {
        let at = |started: &str| Report { started: started.into(), ..shard("h") };
        let mut sum = at("12:01");
        sum.merge(&at("12:00")).expect("another run");
        assert_eq!(sum.runs, ["12:00/", "12:01/"]);
        let before = sum.clone();
        for known in [at("12:01"), before.clone()] {
            let told = sum.merge(&known).expect_err("added already").to_string();
            assert!(
                told.starts_with("two reports hold the run of 12:0") && told.contains("give each once"),
                "{told}"
            );
        }
        assert_eq!(sum, before, "nothing was added");
    }

    #[test]
    fn reports_of_different_plans_are_not_added() {
        let told = |other: Report| shard("h").merge(&other).expect_err("not of one job").to_string();
        assert!(told(shard("other")).contains("different plans"));
        assert!(told(Report { version: "0".into(), ..shard("h") }).contains("different versions"));
        assert!(told(Report { command: "redact".into(), ..shard("h") }).contains("one of a rewrite"));
        assert!(told(Report { sample: Some(SampleReport::default()), ..shard("h") }).contains("one sample"));
    }
}
