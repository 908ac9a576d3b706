//! Rows into batches, and edits of batches into changes of slots.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use parquet::file::metadata::KeyValue;

use super::file::File;
use super::text::Cells;
use super::{Columns, Rows, text};
use crate::{
    Batch, Body, Cause, Change, Content, Edit, Error, Format, Kind, Layout, Occurrences, Piece, Rendered,
    beside, pairs, splice,
};

/// Decodes and renders; the changes themselves are made when a row group is whole.
pub(crate) struct Parquet {
    pub(super) file: Arc<File>,
}

/// Where the cells of a batch stand in the file.
#[derive(Debug, Default)]
pub struct Places {
    group: usize,
    first: u64,
    origins: Vec<Origin>,
}

/// Where the cells of one [`Texts`](crate::Texts) come from.
#[derive(Debug)]
enum Origin {
    Leaf {
        leaf: usize,
        /// The number of the batch's first slot in the row group.
        first: u64,
        /// The slots of each cell, if they are not its rows.
        slots: Option<Occurrences>,
    },
    /// Key-value metadata, by its place in the list; behind these, what stands in an Arrow schema alone.
    Metadata(usize),
    /// The dictionary of a leaf, of which no row has these values.
    Unused(usize),
    Names,
}

/// What is to be changed in some consecutive rows of a row group.
#[derive(Default)]
pub struct Changes {
    pub(super) group: usize,
    /// By leaf: slots of the row group, rising, with their new bytes or null. None of them: it is written anew as it is,
    /// and with it its dictionary.
    pub(super) cells: BTreeMap<usize, Vec<(u64, Option<Bytes>)>>,
    /// Rows of the row group that go, rising.
    pub(super) dropped: Vec<u64>,
    /// Entries of the key-value metadata, and behind these of an Arrow schema's, with their new values.
    pub(super) metadata: Vec<(usize, Option<String>)>,
}

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes").field("group", &self.group).finish_non_exhaustive()
    }
}

impl Format for Parquet {
    fn decode(&self, piece: Piece) -> Result<Batch, Error> {
        let place = || self.file.place.clone().at(piece.first_record);
        let Content::Rows(rows) = &piece.content else {
            unreachable!("a Parquet source gives rows");
        };
        let mut batch = self.batch(rows).map_err(|cause| cause.at(place()))?;
        batch.first_record = piece.first_record;
        if piece.index == 0 {
            self.beside(&mut batch);
        }
        Ok(batch)
    }

    fn encode(&self, batch: &Batch, edits: &[Edit]) -> Result<Rendered, Error> {
        let Layout::Parquet(places) = &batch.layout else {
            unreachable!("the batch was decoded here");
        };
        let mut changes = Changes { group: places.group, ..Changes::default() };
        for edit in edits {
            let texts = &batch.texts[edit.texts as usize];
            let fail = |cause: Cause| {
                let row = texts.occurrences.rows(edit.cell).next().unwrap_or(0);
                let place = self.file.place.clone().at(batch.first_record + u64::from(row));
                cause.at(place.field(&*texts.field))
            };
            let origin = &places.origins[edit.texts as usize];
            if matches!(origin, Origin::Names) {
                let names = "a Parquet column's name is not rewritten; rename the column or keep its name";
                return Err(fail(Cause::Unsupported(names)));
            }
            if let Origin::Unused(leaf) = origin {
                changes.cells.entry(*leaf).or_default();
                continue;
            }
            let text = match &edit.change {
                Change::DropRecord => {
                    let rows = texts.occurrences.rows(edit.cell);
                    changes.dropped.extend(rows.map(|row| places.first + u64::from(row)));
                    continue;
                }
                Change::Null if !texts.nullable => return Err(fail(Cause::NotNullable)),
                Change::Null => None,
                Change::Splice(_) if !texts.kind.takes_text() => {
                    return Err(fail(Cause::Unsupported(
                        "text does not fit this column; drop the cell or keep it",
                    )));
                }
                Change::Splice(splices) => Some(splice(texts.get(edit.cell), splices)),
            };
            match origin {
                Origin::Names | Origin::Unused(_) => unreachable!("dealt with above"),
                Origin::Metadata(entry) => changes.metadata.push((*entry, text)),
                Origin::Leaf { leaf, first, slots } => {
                    let slots = slots.as_ref().unwrap_or(&texts.occurrences).rows(edit.cell);
                    let cells = changes.cells.entry(*leaf).or_default();
                    let text = text.map(|text| Bytes::from(text.into_bytes()));
                    cells.extend(slots.map(|slot| (first + u64::from(slot), text.clone())));
                }
            }
        }
        changes.dropped.sort_unstable();
        changes.dropped.dedup();
        for cells in changes.cells.values_mut() {
            cells.sort_unstable_by_key(|&(slot, _)| slot);
        }
        let dropped = changes.dropped.len() as u32;
        let verbatim = edits.is_empty();
        Ok(Rendered { body: Body::Parquet(changes), verbatim, dropped, ..Rendered::default() })
    }
}

impl Parquet {
    fn batch(&self, rows: &Rows) -> Result<Batch, Cause> {
        let mut batch = Batch { records: rows.count as u32, ..Batch::default() };
        let mut origins = Vec::new();
        let decoded;
        let columns = match &rows.columns {
            Columns::Read(columns) => columns,
            Columns::Stored(stored) => {
                decoded = self.file.columns(rows.group, stored)?;
                &decoded
            }
        };
        for part in columns {
            let (leaf, first) = (part.leaf, part.first);
            // Equal values beside other names are other cells, but where these would not fit.
            let named = !self.file.named_by[leaf].is_empty();
            let repeats =
                if self.file.is_grown(rows.group, part) { Some(true) } else { named.then_some(false) };
            let (cells, binary) = text::texts(&self.file.leaves[leaf], &part.column, repeats);
            if binary > 0 {
                batch.binary.push((self.file.leaves[leaf].field.clone(), binary));
            }
            for Cells { texts, slots } in cells {
                if u32::try_from(texts.buffer.len()).is_err() {
                    return Err(Cause::Unsupported("a row has 4 GiB of text in one column; split it"));
                }
                batch.texts.push(texts);
                origins.push(Origin::Leaf { leaf, first, slots });
            }
            if let Some(texts) = text::unused(&self.file.leaves[leaf], &part.unused) {
                batch.texts.push(texts);
                origins.push(Origin::Unused(leaf));
            }
        }
        let leaves = origins.iter().map(|origin| match origin {
            Origin::Leaf { leaf, slots, .. } => Some((*leaf, slots.as_ref())),
            _ => None,
        });
        batch.names = pairs::join(&mut batch.texts, &leaves.collect::<Vec<_>>(), &self.file.named_by);
        if rows.first == 0 && rows.count > 0 {
            batch.unwanted = self.file.unwanted(rows.group).collect();
        }
        batch.layout = Layout::Parquet(Places { group: rows.group, first: rows.first, origins });
        Ok(batch)
    }

    /// Adds what stands beside the rows: names of fields, key-value metadata, and that of an Arrow schema.
    fn beside(&self, batch: &mut Batch) {
        let Layout::Parquet(places) = &mut batch.layout else { return };
        let mut add = |texts, origin| {
            batch.texts.push(texts);
            places.origins.push(origin);
        };
        for (parent, names) in &self.file.names {
            add(beside::texts(parent, Kind::Key, names), Origin::Names);
        }
        let metadata = self.file.metadata.file_metadata().key_value_metadata();
        for (entry, KeyValue { key, value }) in metadata.into_iter().flatten().enumerate() {
            if let Some(value) = value.as_ref().filter(|_| beside::is_looked_at(key)) {
                add(beside::texts(key, Kind::Metadata, [value]), Origin::Metadata(entry));
            }
        }
        let entries = metadata.map_or(0, Vec::len);
        for (number, said) in self.file.embedded.iter().enumerate() {
            let origin = Origin::Metadata(entries + number);
            add(beside::texts(&said.key, Kind::Metadata, [&said.value]), origin);
        }
    }
}
