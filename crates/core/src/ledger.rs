//! Where every byte, record and cell of the input went. Each unit sums by itself; a run whose ledger does not add up
//! has a defect.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Stored bytes by object, records by piece, cells by field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ledger {
    /// Objects listed.
    pub objects: Objects,
    /// Stored bytes of the objects listed.
    pub bytes: Bytes,
    /// Records that were reached.
    pub records: Records,
    /// Cells of the records that were decoded.
    pub cells: Cells,
}

/// Objects by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Objects {
    /// All that were listed.
    pub total: u64,
    /// Read to the end.
    pub scanned: u64,
    /// Not read to the end.
    pub failed: u64,
    /// Left out on purpose.
    pub skipped: u64,
    /// Left out because only a sample of objects was asked for.
    #[serde(default)]
    pub sampled: u64,
    /// Not read again: an earlier report tells what is in them.
    #[serde(default)]
    pub unchanged: u64,
}

/// Stored bytes by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Bytes {
    /// Of all objects listed.
    pub total: u64,
    /// Of objects, or parts of them, that were read and scanned; what the policy skips in there is among them.
    pub scanned: u64,
    /// Not read, or not to be understood.
    pub failed: u64,
    /// Left out on purpose.
    pub skipped: u64,
    /// Left out because only a sample was asked for.
    pub sampled: u64,
    /// Of the objects that are unchanged since an earlier report.
    #[serde(default)]
    pub unchanged: u64,
}

/// Records by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Records {
    /// All that were reached.
    pub total: u64,
    /// Parsed and scanned.
    pub scanned: u64,
    /// Not to be parsed; scanned as plain text, not passed on.
    pub quarantined: u64,
    /// Scanned, then left out of the output because the policy says so.
    pub dropped: u64,
    /// Not looked at because only a sample was asked for.
    #[serde(default)]
    pub sampled: u64,
    /// Of the objects that are unchanged since an earlier report.
    #[serde(default)]
    pub unchanged: u64,
}

/// Cells by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cells {
    /// All cells that hold text or a number.
    pub total: u64,
    /// Scanned.
    pub scanned: u64,
    /// In fields that the policy skips, and numbers and times in which nothing that is looked for can stand. Of a Parquet
    /// column these are as many as the file says that it has.
    pub skipped: u64,
    /// Bytes that are no text, and values of types that are not read: listed, not looked at.
    pub binary: u64,
    /// On which a recognizer failed: not looked at, and not passed on.
    #[serde(default)]
    pub failed: u64,
    /// Of the objects that are unchanged since an earlier report.
    #[serde(default)]
    pub unchanged: u64,
}

impl Records {
    /// Adds the records of another piece.
    pub fn merge(&mut self, other: Self) {
        self.total += other.total;
        self.scanned += other.scanned;
        self.quarantined += other.quarantined;
        self.dropped += other.dropped;
        self.sampled += other.sampled;
        self.unchanged += other.unchanged;
    }
}

impl Cells {
    /// Adds the cells of another piece.
    pub fn merge(&mut self, other: Self) {
        self.total += other.total;
        self.scanned += other.scanned;
        self.skipped += other.skipped;
        self.binary += other.binary;
        self.failed += other.failed;
        self.unchanged += other.unchanged;
    }
}

impl Ledger {
    /// Adds the ledger of another part of the input.
    pub fn merge(&mut self, other: &Self) {
        let Self { objects, bytes, records, cells } = other;
        self.objects.total += objects.total;
        self.objects.scanned += objects.scanned;
        self.objects.failed += objects.failed;
        self.objects.skipped += objects.skipped;
        self.objects.sampled += objects.sampled;
        self.objects.unchanged += objects.unchanged;
        self.bytes.total += bytes.total;
        self.bytes.scanned += bytes.scanned;
        self.bytes.failed += bytes.failed;
        self.bytes.skipped += bytes.skipped;
        self.bytes.sampled += bytes.sampled;
        self.bytes.unchanged += bytes.unchanged;
        self.records.merge(*records);
        self.cells.merge(*cells);
    }

    /// Whether the parts of each unit sum to its total.
    pub fn adds_up(&self) -> bool {
        let Self { objects: o, bytes: b, records: r, cells: c } = self;
        o.total == o.scanned + o.failed + o.skipped + o.sampled + o.unchanged
            && b.total == b.scanned + b.failed + b.skipped + b.sampled + b.unchanged
            && r.total == r.scanned + r.quarantined + r.dropped + r.sampled + r.unchanged
            && c.total == c.scanned + c.skipped + c.binary + c.failed + c.unchanged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_that_is_nowhere_is_noticed() {
        let mut ledger = Ledger::default();
        assert!(ledger.adds_up());
        ledger.bytes = Bytes { total: 10, scanned: 6, failed: 3, ..Bytes::default() };
        assert!(!ledger.adds_up());
        ledger.bytes.skipped = 1;
        assert!(ledger.adds_up());
        ledger.cells.unchanged = 1;
        assert!(!ledger.adds_up());
    }

    #[test]
    fn ledgers_add_unit_by_unit() {
        let one = Ledger {
            records: Records { total: 3, scanned: 2, quarantined: 1, ..Records::default() },
            ..Ledger::default()
        };
        let mut sum = one;
        sum.merge(&one);
        assert_eq!(sum.records, Records { total: 6, scanned: 4, quarantined: 2, ..Records::default() });
        assert!(sum.adds_up());
    }
}
