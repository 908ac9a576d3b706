//! What one piece adds to the report: numbers by field and detector, kept apart from the report so that workers need
//! no lock, and in a form that adds up in any order.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ahash::RandomState;
use sievert_detect::{Confidence, DetectorIndex};
use sievert_redact::ActionKind;

use crate::chance::Tally;
use crate::ledger::{Cells, Records};
use crate::report::Levels;
use crate::sketch::Sketch;

/// Fields that are tracked by name; the rest is counted under `*`.
pub(crate) const FIELDS_TRACKED: usize = 10_000;
/// The name under which further fields are counted.
pub(crate) const OTHER_FIELDS: &str = "*";

#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) records: Records,
    pub(crate) cells: Cells,
    pub(crate) detectors: BTreeMap<DetectorIndex, Found>,
    pub(crate) fields: HashMap<Arc<str>, FieldTally>,
    pub(crate) actions: BTreeMap<(DetectorIndex, ActionKind), u64>,
    pub(crate) left: BTreeMap<DetectorIndex, u64>,
    pub(crate) allowed: BTreeMap<String, u64>,
    /// Records that hold something; only of a sample.
    pub(crate) holding: BTreeMap<DetectorIndex, u64>,
}

/// The findings of one detector.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) levels: Levels,
    /// Of the first one in input order.
    pub(crate) shape: String,
}

/// The cells of one field.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldTally {
    pub(crate) cells: u64,
    pub(crate) skipped: u64,
    pub(crate) binary: u64,
    pub(crate) detectors: BTreeMap<DetectorIndex, FieldFound>,
}

/// What one detector says of one field.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldFound {
    pub(crate) levels: Levels,
    pub(crate) cells: u64,
    pub(crate) tally: Tally,
    /// Made with the first finding: most fields hold none.
    pub(crate) distinct: Option<Box<Sketch>>,
}

impl Counts {
    /// The tally of a field.
    pub(crate) fn field(&mut self, name: &Arc<str>) -> &mut FieldTally {
        let name = match self.fields.len() >= FIELDS_TRACKED && !self.fields.contains_key(name) {
            true => Arc::from(OTHER_FIELDS),
            false => name.clone(),
        };
        self.fields.entry(name).or_default()
    }

    /// Adds what a detector has found in a field, the first of it of this shape.
    pub(crate) fn found(
        &mut self,
        field: &Arc<str>,
        detector: DetectorIndex,
        found: FieldFound,
        shape: String,
    ) {
        let all = self.detectors.entry(detector).or_default();
        if all.shape.is_empty() {
            all.shape = shape;
        }
        all.levels.merge(found.levels);
        self.field(field).detectors.entry(detector).or_default().merge(found);
    }

    /// Adds what a later piece counted.
    pub(crate) fn merge(&mut self, later: Self) {
        let Self { records, cells, detectors, fields, actions, left, allowed, holding } = later;
        self.records.merge(records);
        self.cells.merge(cells);
        for (detector, theirs) in detectors {
            let mine = self.detectors.entry(detector).or_default();
            mine.levels.merge(theirs.levels);
            if mine.shape.is_empty() {
                mine.shape = theirs.shape;
            }
        }
        let mut fields: Vec<_> = fields.into_iter().collect();
        if self.fields.len() + fields.len() > FIELDS_TRACKED {
            // Which ones are tracked is not to depend on chance.
            fields.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        }
        for (name, theirs) in fields {
            self.field(&name).merge(theirs);
        }
        for (key, count) in actions {
            *self.actions.entry(key).or_default() += count;
        }
        for (key, count) in holding {
            *self.holding.entry(key).or_default() += count;
        }
        for (key, count) in left {
            *self.left.entry(key).or_default() += count;
        }
        for (key, count) in allowed {
            *self.allowed.entry(key).or_default() += count;
        }
    }
}

impl FieldTally {
    pub(crate) fn merge(&mut self, later: Self) {
        self.cells += later.cells;
        self.skipped += later.skipped;
        self.binary += later.binary;
        for (detector, theirs) in later.detectors {
            self.detectors.entry(detector).or_default().merge(theirs);
        }
    }
}

impl FieldFound {
    fn merge(&mut self, later: Self) {
        self.levels.merge(later.levels);
        self.cells += later.cells;
        self.tally.add(later.tally);
        match (&mut self.distinct, later.distinct) {
            (Some(mine), Some(theirs)) => mine.merge(&theirs),
            (mine @ None, theirs) => *mine = theirs,
            (Some(_), None) => {}
        }
    }

    /// Counts a finding of a (normalized) value that stands in `times` records.
    pub(crate) fn add(&mut self, key: &RandomState, value: &str, confidence: Confidence, times: u64) {
        self.levels.add(confidence, times);
        self.distinct.get_or_insert_default().add(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_fields_are_tracked_depends_on_the_pieces_alone() {
        let piece = |start: usize| {
            let mut counts = Counts::default();
            (start..start + 6_000).for_each(|at| counts.field(&format!("{at:05}").into()).cells += 1);
            counts
        };
        let mut sum = piece(0);
        sum.merge(piece(10_000));
        assert_eq!(sum.fields.len(), FIELDS_TRACKED + 1);
        assert!((10_000..14_000).all(|at| sum.fields.contains_key(&*at.to_string())));
        assert_eq!(sum.fields[OTHER_FIELDS].cells, 2_000);
    }

    #[test]
    fn merging_keeps_the_first_shape_and_adds_the_rest() {
        let piece = |shape: &str| {
            let mut counts = Counts::default();
            let mut found = FieldFound::default();
            found.levels.add(Confidence::Likely, 2);
            counts.found(&"field".into(), DetectorIndex(3), found, shape.into());
            counts
        };
        let mut sum = piece("999");
        sum.merge(piece("aaa"));
        let found = &sum.detectors[&DetectorIndex(3)];
        assert_eq!((found.shape.as_str(), found.levels.likely), ("999", 4));
    }
}
