//! An earlier report to go by: objects that are unchanged since are not read again, and count as they did then.

use std::collections::HashMap;

use serde::Deserialize;
use sievert_io::{Object, Runtime, read_file};

use crate::job::{Job, Task};
use crate::ledger::{Bytes, Cells, Ledger, Objects, Records};
use crate::report::{DetectorCounts, ObjectReport, Report, SCHEMA, SinceReport};
use crate::{Error, state};

/// What an earlier report tells of objects, by their identity.
#[derive(Debug, Default)]
pub struct Since {
    /// Which it is, if one was given.
    pub(crate) report: Option<SinceReport>,
    objects: HashMap<String, ObjectReport>,
}

/// What every version of a report begins with.
#[derive(Deserialize)]
struct Head {
    schema: String,
    version: String,
    started: String,
}

impl Since {
    /// Reads the report that a job names, if it names one, and holds it against the job.
    ///
    /// # Errors
    /// It cannot be read or is no report, or the job needs every object read.
    pub fn new(job: &Job, runtime: &Runtime) -> Result<Self, Error> {
        let Some(path) = &job.since else { return Ok(Self::default()) };
        if !matches!(job.task, Task::Scan) {
            return Err(Error::SinceRewrite);
        }
        if job.findings.is_some() || job.excerpts > 0 || job.sample.is_some() {
            return Err(Error::SinceUnread);
        }
        let bytes = read_file(runtime, path).map_err(Error::Since)?;
        let none = |_| Error::NoReport(path.clone());
        let head: Head = serde_json::from_slice(&bytes).map_err(none)?;
        let ours = env!("CARGO_PKG_VERSION");
        let (not_used, objects) = if (head.schema.as_str(), head.version.as_str()) == (SCHEMA, ours) {
            let report: Report = serde_json::from_slice(&bytes).map_err(none)?;
            match other_run(&report, job) {
                None => (None, by_identity(report)),
                why => (why, HashMap::new()),
            }
        } else {
            let why = format!("it was made by sievert {}, and this is {ours}", head.version);
            (Some(why), HashMap::new())
        };
        Ok(Self { report: Some(SinceReport { started: head.started, not_used }), objects })
    }

    /// Whether an object is as the report knows it.
    pub fn holds(&self, job: &Job, object: &Object) -> bool {
        self.entry(job, object).is_some()
    }

    fn entry(&self, job: &Job, object: &Object) -> Option<&ObjectReport> {
        if self.objects.is_empty() {
            return None;
        }
        self.objects.get(&state::identity(job, object)?)
    }

    /// What a run tells of an object that it does not read.
    pub(crate) fn unchanged(&self, job: &Job, object: &Object) -> Option<Report> {
        let entry = self.entry(job, object)?;
        let share = entry.share.as_deref()?;
        let (bytes, records, cells) = (entry.bytes, entry.records, share.cells);
        let ledger = Ledger {
            objects: Objects { total: 1, unchanged: 1, ..Objects::default() },
            bytes: Bytes { total: bytes, unchanged: bytes, ..Bytes::default() },
            records: Records { total: records, unchanged: records, ..Records::default() },
            cells: Cells { total: cells, unchanged: cells, ..Cells::default() },
        };
        let detectors = entry.detectors.iter().map(|(id, levels)| {
            let seen = share.shapes.get(id).cloned().unwrap_or_default();
            (id.clone(), DetectorCounts { levels: *levels, objects: 1, shape: seen })
        });
        Some(Report {
            ledger,
            detectors: detectors.collect(),
            fields: share.fields.clone(),
            allowed: share.allowed.clone(),
            look_at: share.look_at.clone(),
            objects: vec![entry.clone()],
            ..Report::default()
        })
    }
}

fn by_identity(report: Report) -> HashMap<String, ObjectReport> {
    let known = |entry: ObjectReport| Some((entry.share.as_ref()?.identity.clone(), entry));
    report.objects.into_iter().filter_map(known).collect()
}

/// Why a report of this version says nothing about a job.
fn other_run(report: &Report, job: &Job) -> Option<String> {
    let why = match () {
        () if report.command != "scan" => "it is of a rewrite",
        () if report.sample.is_some() => "it is of a sample",
        () if report.plan.hash != job.plan.hash() => {
            "its plan is another: other detectors, thresholds, fields, allow lists or actions"
        }
        () => return None,
    };
    Some(why.into())
}

/// The entry of an object in the report, from all that is told of it alone: what a later run needs is put into it.
pub(crate) fn entry(mut alone: Report) -> Option<ObjectReport> {
    let mut entry = alone.objects.pop()?;
    if let Some(share) = &mut entry.share {
        share.cells = alone.ledger.cells.total;
        share.fields = alone.fields;
        share.shapes = alone.detectors.into_iter().map(|(id, found)| (id, found.shape)).collect();
        share.allowed = alone.allowed;
        share.look_at = alone.look_at;
    }
    Some(entry)
}
