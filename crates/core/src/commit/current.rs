//! What is known of the object whose results are being committed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use sievert_detect::DetectorIndex;
use sievert_io::{NewFile, Object, Output};

use super::begun::Waiting;
use crate::counts::Counts;
use crate::report::{Levels, LookAt, NotExamined, ObjectReport, Report};

/// The object whose results are being committed.
pub(super) struct Current {
    pub(super) number: usize,
    pub(super) size: u64,
    pub(super) report: ObjectReport,
    pub(super) found: BTreeMap<DetectorIndex, Levels>,
    pub(super) position: u64,
    /// By field: how many cells cannot be looked at, and why.
    pub(super) unread: BTreeMap<Arc<str>, (u64, String)>,
    pub(super) output: Option<Box<dyn Output>>,
    pub(super) quarantine: Option<NewFile>,
    pub(super) quarantine_path: PathBuf,
    /// What a later run will know it by, if anything.
    pub(super) identity: Option<String>,
    /// Records left out of a sample.
    pub(super) sampled: u64,
    /// How far it has come, as soon as that is durable.
    pub(super) waiting: Option<Waiting>,
    /// Where a later run needs to know what came of this object alone.
    pub(super) share: Option<Box<ObjectShare>>,
}

/// An object's share of the report, beside the sum of all.
pub(super) struct ObjectShare {
    pub(super) object: Object,
    pub(super) counts: Counts,
    pub(super) look_at: Vec<LookAt>,
    pub(super) not_examined: Vec<NotExamined>,
    pub(super) not_examined_more: u64,
    /// What an earlier run has counted of it.
    pub(super) base: Option<Box<Report>>,
    /// Whether it is written down how far the object has come.
    pub(super) begun: bool,
}

impl ObjectShare {
    pub(super) fn new(object: Object) -> Self {
        let (counts, look_at, not_examined, not_examined_more, base, begun) = Default::default();
        Self { object, counts, look_at, not_examined, not_examined_more, base, begun }
    }
}

impl Current {
    pub(super) fn new(number: usize, name: &str, size: u64, read_as: String) -> Self {
        Self {
            number,
            size,
            report: ObjectReport { object: name.to_owned(), read_as, ..ObjectReport::default() },
            found: BTreeMap::new(),
            position: 0,
            unread: BTreeMap::new(),
            output: None,
            quarantine: None,
            quarantine_path: PathBuf::new(),
            identity: None,
            sampled: 0,
            waiting: None,
            share: None,
        }
    }
}
