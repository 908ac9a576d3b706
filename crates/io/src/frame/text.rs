//! The values of a leaf as texts. A value of a dictionary is one cell, in however many rows it stands.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType,
    Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};

use super::leaf::Leaf;
use super::rewrite::dictionary_keys;
use crate::typed::{self, Text, date, decimal, float, instant, show, time};
use crate::{Kind, Occurrences, Texts};

/// The cells of one leaf.
pub(super) struct Cells {
    pub(super) texts: Texts,
    /// The slots of each cell where they are not its rows; of a dictionary, the number of its value.
    pub(super) slots: Option<Occurrences>,
}

/// The texts of a leaf, by what the cells are, and how many of its values hold none. No cells where its type has no texts
/// at all.
pub(super) fn texts(leaf: &Leaf) -> (Vec<Cells>, u64) {
    match leaf.array.data_type() {
        DataType::Dictionary(..) => dictionary(leaf),
        _ => plain(leaf),
    }
}

fn plain(leaf: &Leaf) -> (Vec<Cells>, u64) {
    let values = Values::of(&leaf.array);
    let Some(kind) = values.kind() else { return (Vec::new(), 0) };
    let rows_are_slots = matches!(leaf.slots, super::leaf::Slots::Rows);
    let mut gathered = Gathered::default();
    for (slot, row) in leaf.slots.iter(leaf.array.len()) {
        if leaf.array.is_valid(slot as usize)
            && let Some(cells) = gathered.read(&values, slot as usize, 1)
        {
            cells.rows.push(row);
            cells.slots.push(slot);
        }
    }
    gathered.finish(leaf, kind, |rows, slots| {
        (Occurrences::One(rows), (!rows_are_slots).then_some(Occurrences::One(slots)))
    })
}

/// Every value of the dictionary once, by the first row that has it; also those that no row has: they are handed on with it.
fn dictionary(leaf: &Leaf) -> (Vec<Cells>, u64) {
    let (keys, all) = dictionary_keys(&leaf.array);
    let values = Values::of(&all);
    let Some(kind) = values.kind() else { return (Vec::new(), 0) };
    let mut rows_of: Vec<Vec<u32>> = vec![Vec::new(); all.len()];
    for (slot, row) in leaf.slots.iter(leaf.array.len()) {
        if keys.is_valid(slot as usize) {
            rows_of[keys.value(slot as usize) as usize].push(row);
        }
    }
    let mut values_of: Vec<_> = rows_of.into_iter().enumerate().collect();
    values_of.sort_by_key(|(_, rows)| rows.first().copied().unwrap_or(u32::MAX));
    let mut gathered = Gathered::default();
    for (number, rows) in values_of {
        if all.is_valid(number)
            && let Some(cells) = gathered.read(&values, number, rows.len() as u64)
        {
            cells.rows.push(rows);
            cells.slots.push(number as u32);
        }
    }
    gathered
        .finish(leaf, kind, |rows, numbers| (Occurrences::Distinct(rows), Some(Occurrences::One(numbers))))
}

/// The slots of cells in their array: those of a dictionary are given as the numbers of its values.
pub(super) fn slots(leaf: &Leaf, given: Occurrences) -> Occurrences {
    let (DataType::Dictionary(..), Occurrences::One(numbers)) = (leaf.array.data_type(), &given) else {
        return given;
    };
    let (keys, all) = dictionary_keys(&leaf.array);
    let mut slots_of = vec![Vec::new(); all.len()];
    for (slot, _) in leaf.slots.iter(leaf.array.len()).filter(|(slot, _)| keys.is_valid(*slot as usize)) {
        slots_of[keys.value(slot as usize) as usize].push(slot);
    }
    Occurrences::Distinct(
        numbers.iter().map(|number| std::mem::take(&mut slots_of[*number as usize])).collect(),
    )
}

/// The cells of a leaf while they are read, with their rows as a type of array has them.
#[derive(Default)]
struct Gathered<Rows> {
    whole: Read<Rows>,
    /// Texts of which stretches are not UTF-8.
    lossy: Read<Rows>,
    nothing: u64,
}

#[derive(Default)]
struct Read<Rows> {
    buffer: String,
    ends: Vec<u32>,
    rows: Vec<Rows>,
    slots: Vec<u32>,
}

impl<Rows> Gathered<Rows> {
    /// Reads a value that stands in so many rows; where it has a text, the cells to which it is added.
    fn read(&mut self, values: &Values<'_>, slot: usize, times: u64) -> Option<&mut Read<Rows>> {
        let start = self.whole.buffer.len();
        let text = values.render(slot, &mut self.whole.buffer);
        let cells = match text {
            Text::Whole => &mut self.whole,
            Text::Lossy => {
                self.lossy.buffer.push_str(&self.whole.buffer[start..]);
                self.whole.buffer.truncate(start);
                &mut self.lossy
            }
            Text::None | Text::Null => {
                self.whole.buffer.truncate(start);
                self.nothing += if matches!(text, Text::None) { times } else { 0 };
                return None;
            }
        };
        cells.ends.push(cells.buffer.len() as u32);
        Some(cells)
    }

    fn finish(
        self,
        leaf: &Leaf,
        kind: Kind,
        stand: impl Fn(Vec<Rows>, Vec<u32>) -> (Occurrences, Option<Occurrences>),
    ) -> (Vec<Cells>, u64) {
        let cells = |(kind, read): (Kind, Read<Rows>)| {
            let Read { buffer, ends, rows, slots } = read;
            let (field, nullable, named) = (leaf.field.clone(), leaf.nullable, Vec::new());
            let (occurrences, slots) = stand(rows, slots);
            let texts = Texts { field, kind, nullable, buffer, ends, occurrences, named };
            (!texts.is_empty()).then_some(Cells { texts, slots })
        };
        let both = [(kind, self.whole), (Kind::Fixed, self.lossy)];
        (both.into_iter().filter_map(cells).collect(), self.nothing)
    }
}

/// An array of no nested type.
struct Values<'a> {
    array: &'a ArrayRef,
}

impl<'a> Values<'a> {
    fn of(array: &'a ArrayRef) -> Self {
        Self { array }
    }

    /// What the cells are; `None` where there is nothing to look at: truth values, spans of time.
    fn kind(&self) -> Option<Kind> {
        use DataType as T;
        Some(match self.array.data_type() {
            T::Utf8 | T::LargeUtf8 | T::Utf8View => Kind::Text,
            T::Binary | T::LargeBinary | T::BinaryView => Kind::Binary,
            T::FixedSizeBinary(_) => Kind::Fixed,
            T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => {
                Kind::Integer
            }
            T::Float16
            | T::Float32
            | T::Float64
            | T::Decimal32(..)
            | T::Decimal64(..)
            | T::Decimal128(..)
            | T::Decimal256(..) => Kind::Float,
            T::Date32 | T::Date64 | T::Time32(_) | T::Time64(_) | T::Timestamp(..) => Kind::Time,
            _ => return None,
        })
    }

    /// The bytes of a text.
    fn bytes(&self, slot: usize) -> Option<&'a [u8]> {
        let array = self.array;
        Some(match array.data_type() {
            DataType::Utf8 => array.as_string::<i32>().value(slot).as_bytes(),
            DataType::LargeUtf8 => array.as_string::<i64>().value(slot).as_bytes(),
            DataType::Utf8View => array.as_string_view().value(slot).as_bytes(),
            DataType::Binary => array.as_binary::<i32>().value(slot),
            DataType::LargeBinary => array.as_binary::<i64>().value(slot),
            DataType::BinaryView => array.as_binary_view().value(slot),
            DataType::FixedSizeBinary(_) => array.as_fixed_size_binary().value(slot),
            _ => return None,
        })
    }

    /// Appends the text of a slot.
    fn render(&self, slot: usize, out: &mut String) -> Text {
        use DataType as T;
        if let Some(bytes) = self.bytes(slot) {
            return typed::bytes(bytes, out);
        }
        let array = self.array;
        macro_rules! value {
            ($type:ty) => {
                array.as_primitive::<$type>().value(slot)
            };
        }
        match array.data_type() {
            T::Int8 => show(out, value!(Int8Type)),
            T::Int16 => show(out, value!(Int16Type)),
            T::Int32 => show(out, value!(Int32Type)),
            T::Int64 => show(out, value!(Int64Type)),
            T::UInt8 => show(out, value!(UInt8Type)),
            T::UInt16 => show(out, value!(UInt16Type)),
            T::UInt32 => show(out, value!(UInt32Type)),
            T::UInt64 => show(out, value!(UInt64Type)),
            T::Float16 => float(value!(Float16Type).to_f64(), value!(Float16Type), out),
            T::Float32 => float(f64::from(value!(Float32Type)), value!(Float32Type), out),
            T::Float64 => float(value!(Float64Type), value!(Float64Type), out),
            T::Decimal32(_, scale) => decimal(i128::from(value!(Decimal32Type)), i32::from(*scale), out),
            T::Decimal64(_, scale) => decimal(i128::from(value!(Decimal64Type)), i32::from(*scale), out),
            T::Decimal128(_, scale) => decimal(value!(Decimal128Type), i32::from(*scale), out),
            T::Decimal256(_, scale) => decimal(value!(Decimal256Type), i32::from(*scale), out),
            T::Date32 => date(i64::from(value!(Date32Type)), out),
            T::Date64 => date(value!(Date64Type).div_euclid(86_400_000), out),
            T::Time32(TimeUnit::Second) => time(i64::from(value!(Time32SecondType)), 1, out),
            T::Time32(_) => time(i64::from(value!(Time32MillisecondType)), 1_000, out),
            T::Time64(TimeUnit::Microsecond) => time(value!(Time64MicrosecondType), 1_000_000, out),
            T::Time64(_) => time(value!(Time64NanosecondType), 1_000_000_000, out),
            T::Timestamp(TimeUnit::Second, _) => instant(value!(TimestampSecondType), 1, out),
            T::Timestamp(TimeUnit::Millisecond, _) => instant(value!(TimestampMillisecondType), 1_000, out),
            T::Timestamp(TimeUnit::Microsecond, _) => {
                instant(value!(TimestampMicrosecondType), 1_000_000, out)
            }
            T::Timestamp(TimeUnit::Nanosecond, _) => {
                instant(value!(TimestampNanosecondType), 1_000_000_000, out)
            }
            _ => Text::None,
        }
    }
}
