//! The changes of one row group, gathered until it is complete. Many of them spill to a file without a name.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use bytes::{Buf, BufMut, Bytes};
use tempfile::{SpooledTempFile, spooled_tempfile_in};

use super::Changes;
use crate::Cause;

/// Bytes of changes that are held in memory.
const HELD: usize = 8 << 20;

/// The length that stands for null.
const NULL: u32 = u32::MAX;

/// Changes as they came: a log, and where in it those of each leaf stand.
pub(super) struct Pending {
    log: SpooledTempFile,
    end: u64,
    leaves: BTreeMap<usize, Vec<Range<u64>>>,
    /// A bit for each row that goes.
    rows: Vec<u64>,
    dropped: u64,
}

impl Pending {
    pub(super) fn new(spill: &Path) -> Self {
        let log = spooled_tempfile_in(HELD, spill);
        Self { log, end: 0, leaves: BTreeMap::new(), rows: Vec::new(), dropped: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.leaves.is_empty() && self.dropped == 0
    }

    /// How many rows go.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Whether a leaf must be written anew.
    pub(super) fn changes(&self, leaf: usize) -> bool {
        self.dropped > 0 || self.leaves.contains_key(&leaf)
    }

    /// Adds changes to slots and rows behind those that were added before.
    pub(super) fn add(&mut self, changes: &Changes) -> Result<(), Cause> {
        for &row in &changes.dropped {
            let word = (row / 64) as usize;
            if self.rows.len() <= word {
                self.rows.resize(word + 1, 0);
            }
            self.rows[word] |= 1 << (row % 64);
        }
        self.dropped += changes.dropped.len() as u64;
        let mut entries = Vec::new();
        for (&leaf, cells) in &changes.cells {
            entries.clear();
            for (slot, text) in cells {
                entries.put_u64_le(*slot);
                entries.put_u32_le(text.as_ref().map_or(NULL, |text| text.len() as u32));
                entries.put_slice(text.as_deref().unwrap_or_default());
            }
            self.log.write_all(&entries)?;
            let end = self.end + entries.len() as u64;
            let parts = self.leaves.entry(leaf).or_default();
            if !entries.is_empty() {
                parts.push(self.end..end);
            }
            self.end = end;
        }
        Ok(())
    }

    /// The changes of one leaf, in order.
    pub(super) fn cells(&mut self, leaf: usize) -> Result<Cells<'_>, Cause> {
        let parts = self.leaves.get(&leaf).map_or(&[][..], Vec::as_slice).iter();
        let mut cells = Cells { log: &mut self.log, rows: &self.rows, parts, part: Bytes::new(), next: None };
        cells.advance()?;
        Ok(cells)
    }
}

/// What stands in a slot instead.
pub(super) enum New {
    Null,
    Bytes(Bytes),
}

/// The changes of a leaf.
pub(super) struct Cells<'a> {
    log: &'a mut SpooledTempFile,
    rows: &'a [u64],
    parts: std::slice::Iter<'a, Range<u64>>,
    part: Bytes,
    next: Option<(u64, New)>,
}

impl Cells<'_> {
    /// Whether a row goes.
    pub(super) fn drops(&self, row: u64) -> bool {
        self.rows.get((row / 64) as usize).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// The change of a slot, if there is one. Slots are asked for in order.
    pub(super) fn take(&mut self, slot: u64) -> Result<Option<New>, Cause> {
        match self.next.take_if(|(next, _)| *next == slot) {
            Some((_, change)) => {
                self.advance()?;
                Ok(Some(change))
            }
            None => Ok(None),
        }
    }

    /// That every change was taken: one that was not is for a cell that is not there.
    pub(super) fn done(self) -> Result<(), Cause> {
        if self.next.is_none() { Ok(()) } else { Err(Cause::Changed) }
    }

    fn advance(&mut self) -> Result<(), Cause> {
        if self.part.is_empty() {
            let Some(part) = self.parts.next() else { return Ok(()) };
            let mut bytes = vec![0; (part.end - part.start) as usize];
            self.log.seek(SeekFrom::Start(part.start))?;
            self.log.read_exact(&mut bytes)?;
            self.part = bytes.into();
        }
        let slot = self.part.get_u64_le();
        let new = match self.part.get_u32_le() {
            NULL => New::Null,
            len => New::Bytes(self.part.split_to(len as usize)),
        };
        self.next = Some((slot, new));
        Ok(())
    }
}
