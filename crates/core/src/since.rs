//! An earlier report to go by: objects that are unchanged since are not read again, and count as they did then.

use std::collections::HashMap;

use serde::Deserialize;
use sievert_io::{Cause, Object, Runtime, read_file};

use crate::job::{Job, Task};
use crate::ledger::{Bytes, Cells, Ledger, Objects, Records};
use crate::report::{DetectorCounts, FieldCounts, FieldShare, ObjectReport, Report, SCHEMA, SinceReport};
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
        let not_used = |started, why: String| Self {
            report: Some(SinceReport { started, not_used: Some(why) }),
            objects: HashMap::new(),
        };
        let bytes = match read_file(runtime, path) {
            Ok(bytes) => bytes,
            // The first of many runs that are started alike.
            Err(error) if matches!(error.cause, Cause::NotFound) => {
                return Ok(not_used(
                    None,
                    format!("there is no report yet at {}", job.plan.shown(&path.to_string_lossy())),
                ));
            }
            Err(error) => return Err(Error::Since(error)),
        };
        let none = |_| Error::NoReport(path.clone());
        let head: Head = serde_json::from_slice(&bytes).map_err(none)?;
        let ours = env!("CARGO_PKG_VERSION");
        if (head.schema.as_str(), head.version.as_str()) != (SCHEMA, ours) {
            let why = format!("the report was made by sievert {}, and this is {ours}", head.version);
            return Ok(not_used(Some(head.started), why));
        }
        let report: Report = serde_json::from_slice(&bytes).map_err(none)?;
        if let Some(why) = other_run(&report, job) {
            return Ok(not_used(Some(head.started), why.into()));
        }
        let known = |entry: ObjectReport| Some((entry.share.as_ref()?.identity.clone(), entry));
        Ok(Self {
            report: Some(SinceReport { started: Some(head.started), not_used: None }),
            objects: report.objects.into_iter().filter_map(known).collect(),
        })
    }

    /// Whether an object is as the report knows it.
    pub fn holds(&self, job: &Job, object: &Object) -> bool {
        state::identity(job, object).is_some_and(|identity| self.objects.contains_key(&identity))
    }

    /// What a run tells of an object that it does not read; once.
    pub(crate) fn unchanged(&mut self, job: &Job, object: &Object) -> Option<Report> {
        if self.objects.is_empty() {
            return None;
        }
        let entry = self.objects.remove(&state::identity(job, object)?)?;
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
        let fields = share.fields.iter().map(|(name, field)| {
            let FieldShare { cells, skipped, binary, detectors } = field.clone();
            (name.clone(), FieldCounts { cells, skipped, binary, detectors, ..FieldCounts::default() })
        });
        Some(Report {
            ledger,
            detectors: detectors.collect(),
            fields: fields.collect(),
            allowed: share.allowed.clone(),
            look_at: share.look_at.clone(),
            objects: vec![entry],
            ..Report::default()
        })
    }
}

/// Why a report of this version says nothing about a job.
fn other_run(report: &Report, job: &Job) -> Option<&'static str> {
    match () {
        () if report.plan.hash != job.plan.hash() => {
            Some("the report is of another plan: other detectors, thresholds, fields, allow lists or actions")
        }
        // A rewrite and a sample never are.
        () if report.since.is_none() => {
            Some("the report was made without --since, so it does not keep what is in each file")
        }
        () => None,
    }
}

/// The entry of an object in the report, from all that is told of it alone: what a later run needs is put into it.
pub(crate) fn entry(mut alone: Report) -> Option<ObjectReport> {
    let mut entry = alone.objects.pop()?;
    if let Some(share) = &mut entry.share {
        share.cells = alone.ledger.cells.total;
        let of_field = |FieldCounts { cells, skipped, binary, detectors, .. }| {
            // Made anew: a map that was emptied keeps its memory.
            let found = detectors.into_iter().filter(|(_, found)| found.cells > 0);
            FieldShare { cells, skipped, binary, detectors: found.collect() }
        };
        share.fields = alone.fields.into_iter().map(|(name, field)| (name, of_field(field))).collect();
        share.shapes = alone.detectors.into_iter().map(|(id, found)| (id, found.shape)).collect();
        share.allowed = alone.allowed;
        share.look_at = alone.look_at;
    }
    Some(entry)
}
