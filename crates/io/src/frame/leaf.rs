//! A column taken apart into its leaves: what they are called, which is what Parquet files call them, and in which row
//! each of their slots stands.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, downcast_run_array};
use arrow::datatypes::{DataType, Field};

use crate::Unread;

/// Deeper types are not read: everything that walks one may recurse.
const DEPTH: usize = 64;

/// An array with nothing below it, or a dictionary of such.
pub(super) struct Leaf {
    /// Its path, as in JSON.
    pub(super) field: Arc<str>,
    /// Whether null may stand in place of a value.
    pub(super) nullable: bool,
    /// The way from its column: which child of each array.
    pub(super) steps: Vec<usize>,
    pub(super) array: ArrayRef,
    pub(super) slots: Slots,
}

/// The slots of a leaf that are to be seen: not what lies under a null.
#[derive(PartialEq)]
pub(super) enum Slots {
    /// All of them, a slot a row.
    Rows,
    /// These, with their rows.
    Some(Vec<(u32, u32)>),
}

impl Slots {
    /// Slots and rows, of an array of this length.
    pub(super) fn iter(&self, len: usize) -> Box<dyn Iterator<Item = (u32, u32)> + '_> {
        match self {
            Self::Rows => Box::new((0..len as u32).map(|row| (row, row))),
            Self::Some(slots) => Box::new(slots.iter().copied()),
        }
    }

    /// The slots that these slots of `array` hold in what is below it, nulls left out.
    fn below(&self, array: &ArrayRef, held: impl Fn(usize) -> Range<u32>) -> Vec<(u32, u32)> {
        let there = self.iter(array.len()).filter(|(slot, _)| !array.is_null(*slot as usize));
        there.flat_map(|(slot, row)| held(slot as usize).map(move |slot| (slot, row))).collect()
    }
}

/// What a walk over a column finds.
#[derive(Default)]
pub(super) struct Leaves {
    pub(super) found: Vec<Leaf>,
    /// Names of fields by the path of what holds them; `$` holds the columns.
    pub(super) names: Vec<(String, String)>,
    pub(super) unread: Vec<Unread>,
}

impl Leaves {
    /// A column.
    pub(super) fn column(&mut self, field: &Field, array: &ArrayRef) {
        self.names.push(("$".to_owned(), field.name().clone()));
        self.below(field, field.name().clone(), array, Vec::new(), Slots::Rows, DEPTH);
    }

    fn below(
        &mut self,
        field: &Field,
        path: String,
        array: &ArrayRef,
        steps: Vec<usize>,
        slots: Slots,
        depth: usize,
    ) {
        let Some(depth) = depth.checked_sub(1) else {
            return self.unread(path, array.len(), "it is nested too deeply".into());
        };
        let step = |child: usize| steps.iter().copied().chain([child]).collect::<Vec<_>>();
        match array.data_type() {
            DataType::Struct(fields) => {
                let parts = array.as_struct();
                let slots = slots.below(array, |slot| slot as u32..slot as u32 + 1);
                for (at, (field, part)) in fields.iter().zip(parts.columns()).enumerate() {
                    self.names.push((path.clone(), field.name().clone()));
                    let path = format!("{path}.{}", field.name());
                    self.below(field, path, part, step(at), Slots::Some(slots.clone()), depth);
                }
            }
            DataType::List(item) => {
                let list = array.as_list::<i32>();
                let ends = list.value_offsets();
                let slots = slots.below(array, |slot| ends[slot] as u32..ends[slot + 1] as u32);
                self.below(item, path + "[]", list.values(), step(0), Slots::Some(slots), depth);
            }
            DataType::LargeList(item) => {
                let list = array.as_list::<i64>();
                let ends = list.value_offsets();
                if u32::try_from(list.values().len()).is_err() {
                    return self.unread(path, array.len(), "its lists hold too many values together".into());
                }
                let slots = slots.below(array, |slot| ends[slot] as u32..ends[slot + 1] as u32);
                self.below(item, path + "[]", list.values(), step(0), Slots::Some(slots), depth);
            }
            DataType::FixedSizeList(item, size) => {
                let list = array.as_fixed_size_list();
                let size = size.unsigned_abs();
                let slots = slots.below(array, |slot| slot as u32 * size..(slot as u32 + 1) * size);
                self.below(item, path + "[]", list.values(), step(0), Slots::Some(slots), depth);
            }
            DataType::Map(entries, _) => {
                let map = array.as_map();
                let ends = map.value_offsets();
                let slots = slots.below(array, |slot| ends[slot] as u32..ends[slot + 1] as u32);
                let DataType::Struct(parts) = entries.data_type() else {
                    return self.unread(path, array.len(), "it is a map without entries".into());
                };
                for (at, (part, name)) in parts.iter().zip(["key", "value"]).enumerate() {
                    let steps = step(0).into_iter().chain([at]).collect();
                    let (path, array) = (format!("{path}.{name}"), map.entries().column(at));
                    self.below(part, path, array, steps, Slots::Some(slots.clone()), depth);
                }
            }
            DataType::Dictionary(_, value) if value.is_nested() => {
                self.unread(path, array.len(), format!("it is of the type {}", kind(array.data_type())));
            }
            DataType::RunEndEncoded(_, values) if !values.data_type().is_nested() => {
                let (stored, value_of) = runs(array);
                let slots = slots.below(array, |slot| value_of[slot]..value_of[slot] + 1);
                self.below(values, path, stored, step(1), Slots::Some(slots), depth);
            }
            DataType::RunEndEncoded(..)
            | DataType::Union(..)
            | DataType::ListView(_)
            | DataType::LargeListView(_) => {
                let why =
                    format!("it is of the type {}, which is not read; cast it", kind(array.data_type()));
                self.unread(path, array.len(), why);
            }
            _ => {
                let (array, nullable) = (array.clone(), field.is_nullable());
                self.found.push(Leaf { field: path.into(), nullable, steps, array, slots });
            }
        }
    }

    fn unread(&mut self, field: String, cells: usize, reason: String) {
        self.unread.push(Unread { field: field.into(), cells: cells as u64, reason });
    }
}

/// The values of a run-end encoded array, and for each of its slots the value that stands there.
fn runs(array: &ArrayRef) -> (&ArrayRef, Vec<u32>) {
    downcast_run_array!(
        array => {
            let value_of = |slot| array.get_physical_index(slot) as u32;
            (array.values(), (0..array.len()).map(value_of).collect())
        },
        _ => unreachable!("called for run-end encoded arrays")
    )
}

/// The name of a type without its parameters, which may hold names of fields.
fn kind(of: &DataType) -> &'static str {
    match of {
        DataType::Union(..) => "union",
        DataType::ListView(_) | DataType::LargeListView(_) => "list view",
        DataType::RunEndEncoded(..) => "run-end encoded nested values",
        _ => "dictionary of nested values",
    }
}
