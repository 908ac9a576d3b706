//! What a run tells: counts by object, field and detector, the ledger, the failures. Never the text.
//!
//! The JSON form is versioned; `schema/report.schema.json` is written from these types by a test.

mod merge;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sievert_detect::Confidence;

use crate::ledger::Ledger;
use crate::sample::SampleReport;

/// The value of [`Report::schema`] that this build writes.
pub const SCHEMA: &str = "sievert.report/1";

/// The result of a run. Field and object names in it are shown with personal parts replaced by their type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Name and version of this format: `sievert.report/1`.
    pub schema: String,
    /// The program's version.
    pub version: String,
    /// `scan` or `redact`.
    pub command: String,
    /// When the run started, RFC 3339 in UTC.
    pub started: String,
    /// When it ended, RFC 3339 in UTC.
    pub ended: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What the run was to do.
    pub plan: PlanSummary,
    /// What was looked at and what was not; every part adds up.
    pub ledger: Ledger,
    /// Findings by detector id.
    pub detectors: BTreeMap<String, DetectorCounts>,
    /// Fields with their cells and findings; at most 10,000, the rest under `*`.
    pub fields: BTreeMap<String, FieldCounts>,
    /// The objects that were read, in input order; at most 100,000.
    pub objects: Vec<ObjectReport>,
    /// How many further entries `objects` would have; their counts stand in all sums.
    #[serde(default)]
    pub objects_more: u64,
    /// What the plan wanted and did not get.
    pub not_examined: Vec<NotExamined>,
    /// How many further entries `not_examined` would have.
    pub not_examined_more: u64,
    /// What was left out on purpose.
    pub skipped: Vec<Skipped>,
    /// How many further entries `skipped` would have.
    #[serde(default)]
    pub skipped_more: u64,
    /// Places that deserve a person's eyes.
    pub look_at: Vec<LookAt>,
    /// What was done, by detector id and action; empty for a scan.
    pub actions: BTreeMap<String, BTreeMap<String, u64>>,
    /// Findings that were left because they are below the plan's confidence for rewriting; empty for a scan.
    pub left: BTreeMap<String, u64>,
    /// Findings that the policy's allow lists took out, by the reason it gives.
    pub allowed: BTreeMap<String, u64>,
    /// The shards this report was merged from; 0: it is of one run.
    pub merged_from: u64,
    /// The runs that it is merged from, by when they started and ended; empty: it is of one run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<String>,
    /// Objects that an earlier run of this job had done and that are unchanged since: they were not read again, their
    /// counts stand in all sums.
    #[serde(default)]
    pub resumed: u64,
    /// Objects that an earlier run of this job had begun: they were read on from where it had come to.
    #[serde(default)]
    pub continued: u64,
    /// Of a run over a part of the objects: which part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shards: Option<Shards>,
    /// Of a run that was given an earlier report, to leave what is unchanged since: which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<SinceReport>,
    /// Of a run over some of the records: how many, and what they say about all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<SampleReport>,
}

/// The earlier report that a run was given. What it told of unchanged objects is under `unchanged` in the ledger and
/// in all sums.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SinceReport {
    /// When its run started, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    /// Why it says nothing about this run, so that every object was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_used: Option<String>,
}

/// The parts of a job that was cut into shards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shards {
    /// How many there are.
    pub of: u32,
    /// Those that are in this report, counted from 1, rising.
    pub present: Vec<u32>,
}

impl Shards {
    /// Those that are not in this report.
    pub fn missing(&self) -> Vec<u32> {
        (1..=self.of).filter(|shard| self.present.binary_search(shard).is_err()).collect()
    }
}

/// What a run was to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanSummary {
    /// The policy's name.
    pub policy: String,
    /// SHA-256 over detectors, thresholds and actions as resolved, hexadecimal.
    pub hash: String,
    /// The ids of the detectors that were on.
    pub looked_for: Vec<String>,
    /// What this build or plan cannot find.
    pub not_looked_for: Vec<String>,
    /// Gaps that the policy accepts, each with its reason.
    pub accepted_gaps: BTreeMap<String, String>,
    /// Where the key came from: `none`, `env:NAME`, `file`, `ephemeral`. Never the key.
    pub key: String,
    /// The version of the scheme of pseudonyms and fingerprints, when there is a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<u32>,
}

/// Findings by confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Levels {
    /// Two proofs, or one that chance hardly ever passes.
    pub certain: u64,
    /// One proof.
    pub likely: u64,
    /// The shape alone.
    pub possible: u64,
}

impl Levels {
    /// Counts `times` findings of a level.
    pub fn add(&mut self, level: Confidence, times: u64) {
        *match level {
            Confidence::Certain => &mut self.certain,
            Confidence::Likely => &mut self.likely,
            Confidence::Possible => &mut self.possible,
        } += times;
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: Self) {
        self.certain += other.certain;
        self.likely += other.likely;
        self.possible += other.possible;
    }

    /// Findings at or above a level.
    pub fn at_least(&self, level: Confidence) -> u64 {
        match level {
            Confidence::Certain => self.certain,
            Confidence::Likely => self.certain + self.likely,
            Confidence::Possible => self.certain + self.likely + self.possible,
        }
    }
}

/// The findings of one detector.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DetectorCounts {
    /// By confidence.
    #[serde(flatten)]
    pub levels: Levels,
    /// In how many objects.
    pub objects: u64,
    /// The shape of the first one in input order: letters as `a` and `A`, digits as `9`.
    pub shape: String,
}

/// The cells of one field, over all objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldCounts {
    /// Cells that were scanned.
    pub cells: u64,
    /// Cells that the policy skips, or in which nothing that is looked for can stand.
    pub skipped: u64,
    /// Cells with bytes that are no text: not looked at.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub binary: u64,
    /// By detector id.
    pub detectors: BTreeMap<String, FieldFindings>,
    /// The type of the field as a whole, where one detector speaks for most of its cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Of what no detector finds, what the field's name says that it holds; none where the field has a type, or the policy
    /// takes it whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_looked_for: Option<String>,
}

/// What one detector says of one field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldFindings {
    /// By confidence.
    #[serde(flatten)]
    pub levels: Levels,
    /// Cells that hold at least one.
    pub cells: u64,
    /// Distinct values, estimated; after a merge: at least so many.
    pub distinct: u64,
    /// Cells that as a whole have the shape; where a piece of the field has more than a thousand texts, those of a sample
    /// of as many.
    pub tried: u64,
    /// Of these, how many pass the checksum or validator.
    pub passed: u64,
    /// How many of the tried would pass by chance, where the detector has a checksum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_chance: Option<f64>,
}

/// One object that was read, or that was read before and is unchanged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ObjectReport {
    /// Its name.
    pub object: String,
    /// How it was read: format, compression, encoding.
    pub read_as: String,
    /// Stored bytes.
    pub bytes: u64,
    /// Records, quarantined ones included.
    pub records: u64,
    /// Records that could not be parsed.
    pub quarantined: u64,
    /// Whether it was read to its end.
    pub complete: bool,
    /// What its store says of it and may not say of its output, because it holds findings: names of metadata.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metadata_removed: Vec<String>,
    /// Findings by detector id.
    pub detectors: BTreeMap<String, Levels>,
    /// What a later run counts if the object is unchanged: where `since` was asked for, and the object was examined in
    /// full. Together these hold at most half a million fields, findings in fields and places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Box<Share>>,
}

/// An object's share of what a report tells, as far as its entry does not tell it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// Identifies the object as it was and the way it was read: a digest of its name and place, its size, the tag or the
    /// time that its store gives it, and the options of reading.
    pub identity: String,
    /// Its cells.
    pub cells: u64,
    /// Its fields.
    pub fields: BTreeMap<String, FieldShare>,
    /// The shape of the first finding, by detector id.
    pub shapes: BTreeMap<String, String>,
    /// Findings that the policy's allow lists took out, by the reason it gives.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub allowed: BTreeMap<String, u64>,
    /// Places in it that deserve a person's eyes, as far as the report names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub look_at: Vec<LookAt>,
}

/// The cells of one field of an object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldShare {
    /// Cells that were scanned.
    pub cells: u64,
    /// Cells that the policy skips, or in which nothing that is looked for can stand.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped: u64,
    /// Cells with bytes that are no text: not looked at.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub binary: u64,
    /// By detector id, of those that have found something.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub detectors: BTreeMap<String, FieldFindings>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Something that the plan wanted and did not get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotExamined {
    /// The object's name.
    pub object: String,
    /// The record, counted from 0, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// Stored bytes that were not examined, where it is a part of an object or all of it.
    pub bytes: u64,
    /// Why, and what to do.
    pub reason: String,
}

impl NotExamined {
    /// Whether it is a single record: no other bytes of its object are missing.
    pub fn is_of_record(&self) -> bool {
        self.record.is_some() && self.bytes == 0
    }
}

/// Something left out on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    /// The object's or field's name.
    pub name: String,
    /// Stored bytes, for an object.
    pub bytes: u64,
    /// Why.
    pub reason: String,
}

/// A place that deserves a person's eyes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LookAt {
    /// The detector's id, empty where it is about a field.
    pub detector: String,
    /// `object:line`, `object, record N`, or a field.
    pub place: String,
    /// What is remarkable.
    pub note: String,
}

impl Report {
    /// Whether all that the plan wanted was examined.
    pub fn complete(&self) -> bool {
        self.not_examined.is_empty() && self.not_examined_more == 0
    }

    /// The runs whose counts are in it, by when they started and ended, rising.
    fn runs(&self) -> Vec<String> {
        match self.runs.is_empty() {
            true => vec![format!("{}/{}", self.started, self.ended)],
            false => self.runs.clone(),
        }
    }

    /// Findings at or above a level.
    pub fn findings(&self, level: Confidence) -> u64 {
        self.detectors.values().map(|counts| counts.levels.at_least(level)).sum()
    }
}

/// Entries of a list that a report keeps; the rest is counted.
const KEPT: usize = 1_000;

/// Keeps a gap, or counts it where there are many already. Half of the list is for whole objects: no number of records
/// of one hides that another was not read.
pub(crate) fn keep_gap(list: &mut Vec<NotExamined>, more: &mut u64, gap: NotExamined) {
    match gap.is_of_record() && list.len() >= KEPT / 2 {
        true => *more += 1,
        false => keep(list, more, gap),
    }
}

/// Keeps an entry, or counts it where there are many already.
pub(crate) fn keep<T>(list: &mut Vec<T>, more: &mut u64, entry: T) {
    match list.len() < KEPT {
        true => list.push(entry),
        false => *more += 1,
    }
}

impl FieldCounts {
    /// The detector that at least four fifths of the cells speak for.
    pub(crate) fn classify(&self) -> Option<String> {
        let (id, most) = self.detectors.iter().max_by_key(|(_, found)| found.cells)?;
        (self.cells > 0 && most.cells * 5 >= self.cells * 4).then(|| id.clone())
    }
}
