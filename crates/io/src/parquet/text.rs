//! The values of a column as texts. A value that stands in several rows becomes one cell where that pays.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use ahash::RandomState;
use arrow::datatypes::{ArrowPrimitiveType, Float16Type, i256};
use bytes::Bytes;
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};

use super::column::{Column, Place, Values, with_values};
use super::schema::{Leaf, Meaning};
use crate::typed::{self, Text, date, decimal, float, instant, lossy, show, time, timestamp};
use crate::{Kind, Occurrences, Texts};

/// Values looked at first to see whether a column repeats itself.
const SAMPLE: usize = 512;

/// Bytes of the widest decimals that are read, those of 76 digits.
const WIDEST: usize = 32;

/// The cells of one leaf, and the slots of each if they are not its rows.
pub(super) struct Cells {
    pub(super) texts: Texts,
    pub(super) slots: Option<Occurrences>,
}

/// The texts of a column, and how many of its values hold none. `repeats` says whether those that come again and again
/// become one cell; without it, that is found out.
pub(super) fn texts(leaf: &Leaf, column: &Column, repeats: Option<bool>) -> (Vec<Cells>, u64) {
    if leaf.meaning == Meaning::Nothing {
        return (Vec::new(), 0);
    }
    with_values!(&column.values, values => {
        collect(leaf, column, values, repeats.unwrap_or_else(|| repeat(values)))
    })
}

/// Values of a column that no row has, as what stands beside the rows.
pub(super) fn unused(leaf: &Leaf, values: &[Bytes]) -> Option<Texts> {
    let (mut buffer, mut ends) = (String::new(), Vec::new());
    for value in values {
        let start = buffer.len();
        match bytes(value, leaf.meaning, &mut buffer) {
            Text::Whole | Text::Lossy => ends.push(buffer.len() as u32),
            Text::None | Text::Null => buffer.truncate(start),
        }
    }
    let occurrences = Occurrences::One(vec![0; ends.len()]);
    let field = leaf.field.clone();
    (!ends.is_empty()).then_some(Texts {
        field,
        kind: Kind::Metadata,
        nullable: true,
        buffer,
        ends,
        occurrences,
        named: Vec::new(),
    })
}

fn collect<V: Value>(leaf: &Leaf, column: &Column, values: &[V], repeats: bool) -> (Vec<Cells>, u64) {
    let mut whole = Gathered::new(leaf, V::kind(leaf.meaning), repeats);
    let mut lossy = Gathered::new(leaf, Kind::Fixed, repeats);
    let mut nothing = 0;
    let mut seen = HashMap::with_hasher(RandomState::new());
    for place in column.places() {
        let value = &values[place.value];
        let mut read = || {
            let start = whole.buffer.len();
            let text = value.render(leaf.meaning, &mut whole.buffer);
            let cells = match text {
                Text::Whole => &mut whole,
                Text::Lossy => {
                    lossy.buffer.push_str(&whole.buffer[start..]);
                    whole.buffer.truncate(start);
                    &mut lossy
                }
                Text::None | Text::Null => {
                    whole.buffer.truncate(start);
                    return (text, 0);
                }
            };
            cells.ends.push(cells.buffer.len() as u32);
            (text, cells.ends.len() - 1)
        };
        let (text, cell) = if repeats {
            match seen.entry(value.identity()) {
                Entry::Occupied(cell) => *cell.get(),
                Entry::Vacant(cell) => *cell.insert(read()),
            }
        } else {
            read()
        };
        match text {
            Text::Whole => whole.add(cell, place),
            Text::Lossy => lossy.add(cell, place),
            Text::None => nothing += 1,
            Text::Null => {}
        }
    }
    (whole.finish(leaf).into_iter().chain(lossy.finish(leaf)).collect(), nothing)
}

/// Whether the same values come again and again: judged by the first ones, and by all where some of those are the same.
fn repeat<V: Value>(values: &[V]) -> bool {
    let distinct =
        |values: &[V]| values.iter().map(Value::identity).collect::<HashSet<_, RandomState>>().len();
    let first = &values[..values.len().min(SAMPLE)];
    match distinct(first) {
        few if few * 2 <= first.len() => true,
        all if all == first.len() => false,
        _ => distinct(values) * 2 <= values.len(),
    }
}

struct Gathered {
    kind: Kind,
    buffer: String,
    ends: Vec<u32>,
    rows: Occurrences,
    slots: Option<Occurrences>,
}

impl Gathered {
    fn new(leaf: &Leaf, kind: Kind, repeats: bool) -> Self {
        let none = || if repeats { Occurrences::Distinct(Vec::new()) } else { Occurrences::One(Vec::new()) };
        let slots = leaf.repeated.then(none);
        Self { kind, buffer: String::new(), ends: Vec::new(), rows: none(), slots }
    }

    fn add(&mut self, cell: usize, place: Place) {
        fn push(occurrences: &mut Occurrences, cell: usize, at: u32) {
            match occurrences {
                Occurrences::One(all) => all.push(at),
                Occurrences::Distinct(all) => match all.get_mut(cell) {
                    Some(rows) => rows.push(at),
                    None => all.push(vec![at]),
                },
            }
        }
        push(&mut self.rows, cell, place.row);
        if let Some(slots) = &mut self.slots {
            push(slots, cell, place.slot);
        }
    }

    fn finish(self, leaf: &Leaf) -> Option<Cells> {
        let Self { kind, buffer, ends, rows: occurrences, slots } = self;
        let (field, nullable, named) = (leaf.field.clone(), leaf.nullable, Vec::new());
        let texts = Texts { field, kind, nullable, buffer, ends, occurrences, named };
        (!texts.is_empty()).then_some(Cells { texts, slots })
    }
}

trait Value {
    /// The same for two values of a column only if they are equal; equal values may differ in it.
    fn identity(&self) -> (u64, u64);

    /// What the cells are.
    fn kind(meaning: Meaning) -> Kind {
        meaning.kind()
    }

    /// Appends the text.
    fn render(&self, meaning: Meaning, out: &mut String) -> Text;
}

impl Value for bool {
    fn identity(&self) -> (u64, u64) {
        (u64::from(*self), 0)
    }

    fn render(&self, _: Meaning, _: &mut String) -> Text {
        Text::None
    }
}

impl Value for i32 {
    fn identity(&self) -> (u64, u64) {
        (u64::from(self.cast_unsigned()), 0)
    }

    fn render(&self, meaning: Meaning, out: &mut String) -> Text {
        match meaning {
            Meaning::Unsigned => show(out, self.cast_unsigned()),
            other => i64::from(*self).render(other, out),
        }
    }
}

impl Value for i64 {
    fn identity(&self) -> (u64, u64) {
        (self.cast_unsigned(), 0)
    }

    fn render(&self, meaning: Meaning, out: &mut String) -> Text {
        match meaning {
            Meaning::Unsigned => show(out, self.cast_unsigned()),
            Meaning::Decimal(scale) => decimal(i128::from(*self), scale, out),
            Meaning::Date => date(*self, out),
            Meaning::Time(per_second) => time(*self, per_second, out),
            Meaning::Timestamp(per_second) => instant(*self, per_second, out),
            _ => show(out, self),
        }
    }
}

impl Value for Int96 {
    fn identity(&self) -> (u64, u64) {
        let [low, high, day] = [0, 1, 2].map(|word| u64::from(self.data()[word]));
        (low | high << 32, day)
    }

    fn render(&self, _: Meaning, out: &mut String) -> Text {
        // By seconds, as nanoseconds alone would wrap before 1678 and after 2262.
        let nanos = (u64::from(self.data()[1]) << 32 | u64::from(self.data()[0])) % 1_000_000_000;
        timestamp(self.to_seconds(), nanos.cast_signed(), out)
    }
}

impl Value for f32 {
    fn identity(&self) -> (u64, u64) {
        (u64::from(self.to_bits()), 0)
    }

    fn render(&self, _: Meaning, out: &mut String) -> Text {
        float(f64::from(*self), self, out)
    }
}

impl Value for f64 {
    fn identity(&self) -> (u64, u64) {
        (self.to_bits(), 0)
    }

    fn render(&self, _: Meaning, out: &mut String) -> Text {
        float(*self, self, out)
    }
}

/// Two values that lie at the same place are the same: those of a dictionary page do.
fn place(bytes: &[u8]) -> (u64, u64) {
    (bytes.as_ptr().addr() as u64, bytes.len() as u64)
}

fn bytes(bytes: &[u8], meaning: Meaning, out: &mut String) -> Text {
    match (meaning, bytes) {
        (Meaning::Decimal(scale), [first, ..]) if bytes.len() <= WIDEST => {
            let fill = if first.cast_signed() < 0 { -1 } else { 0 };
            if bytes.len() <= size_of::<i128>() {
                let number = bytes.iter().fold(fill, |number, &byte| number << 8 | i128::from(byte));
                return decimal(number, scale, out);
            }
            let mut number = [fill.to_be_bytes()[0]; WIDEST];
            number[WIDEST - bytes.len()..].copy_from_slice(bytes);
            decimal(i256::from_be_bytes(number), scale, out)
        }
        (Meaning::Float, &[low, high]) => {
            let half = <Float16Type as ArrowPrimitiveType>::Native::from_le_bytes([low, high]);
            float(half.to_f64(), half, out)
        }
        (Meaning::Uuid, _) if bytes.len() == 16 => typed::uuid(bytes, out),
        (Meaning::Decimal(_) | Meaning::Float, _) => Text::None,
        // What is said to be text, or to hold some, is looked at even where it is damaged.
        (Meaning::Text | Meaning::Document, _) => lossy(bytes, out),
        _ => typed::bytes(bytes, out),
    }
}

impl Value for ByteArray {
    fn identity(&self) -> (u64, u64) {
        place(self.data())
    }

    fn render(&self, meaning: Meaning, out: &mut String) -> Text {
        bytes(self.data(), meaning, out)
    }
}

impl Value for FixedLenByteArray {
    fn identity(&self) -> (u64, u64) {
        place(self.data())
    }

    fn kind(meaning: Meaning) -> Kind {
        match meaning {
            Meaning::Decimal(_) | Meaning::Float => Kind::Float,
            _ => Kind::Fixed,
        }
    }

    fn render(&self, meaning: Meaning, out: &mut String) -> Text {
        bytes(self.data(), meaning, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &impl Value, meaning: Meaning) -> String {
        let mut out = String::new();
        value.render(meaning, &mut out);
        out
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(text(&4_111_111_111_111_111.0_f64, Meaning::Float), "4111111111111111");
        assert_eq!(text(&52.370_216_f64, Meaning::Float), "52.370216");
        assert_eq!(text(&1e300_f64, Meaning::Float), "1e300");
        assert_eq!(text(&f32::NAN, Meaning::Float), "");
        assert_eq!(text(&-1_i32, Meaning::Unsigned), "4294967295");
        assert_eq!(text(&i64::MIN, Meaning::Integer), "-9223372036854775808");
    }

    #[test]
    fn decimals_that_are_whole_read_as_integers() {
        assert_eq!(text(&12_300_i64, Meaning::Decimal(2)), "123");
        assert_eq!(text(&-5_i32, Meaning::Decimal(2)), "-0.05");
        assert_eq!(text(&ByteArray::from(vec![0xff, 0x85]), Meaning::Decimal(1)), "-12.3");
        assert_eq!(
            text(&ByteArray::from(vec![1; 17]), Meaning::Decimal(0)),
            "341616807575530379006368233343265341697"
        );
        assert!(text(&ByteArray::from(vec![0x80; 32]), Meaning::Decimal(76)).starts_with("-5."));
        assert_eq!(text(&ByteArray::from(vec![1; 33]), Meaning::Decimal(0)), "");
    }

    #[test]
    fn no_text_is_longer_than_is_said_of_it() {
        fn holds(meaning: Meaning, value: &impl Value) {
            let text = text(value, meaning);
            assert!(text.len() <= meaning.longest(), "{text}");
        }
        for edge in [i64::MIN, i64::MAX, -377_705_023_201, 253_402_207_200, -1, 0] {
            for meaning in [Meaning::Integer, Meaning::Unsigned, Meaning::Date, Meaning::Decimal(18)] {
                holds(meaning, &edge);
            }
            for per_second in [1, 1_000, 1_000_000, 1_000_000_000] {
                holds(Meaning::Timestamp(per_second), &edge);
                holds(Meaning::Timestamp(per_second), &(edge / 1_000_000_000));
                holds(Meaning::Time(per_second), &edge);
            }
        }
        for size in
            [1.234_567_890_123_456_7e-9, 9.999_999_999_999_999e20, f64::MIN, f64::MIN_POSITIVE, 5e-324]
        {
            holds(Meaning::Float, &-size);
            holds(Meaning::Float, &(size / 3.0));
            holds(Meaning::Float, &(-size as f32));
        }
        for places in [0, 1, 38, 200] {
            holds(Meaning::Decimal(places), &ByteArray::from(vec![0x80; WIDEST]));
        }
    }

    #[test]
    fn times_read_as_iso_8601() {
        assert_eq!(text(&-1_i32, Meaning::Date), "1969-12-31");
        assert_eq!(text(&i32::MAX, Meaning::Date), "2147483647");
        assert_eq!(text(&1_500_i64, Meaning::Timestamp(1_000)), "1970-01-01T00:00:01.5");
        assert_eq!(text(&-1_i64, Meaning::Timestamp(1_000_000)), "1969-12-31T23:59:59.999999");
        assert_eq!(text(&86_399_000_i32, Meaning::Time(1_000)), "23:59:59");
        let mut int96 = Int96::new();
        int96.set_data(0, 0, 2_440_589);
        assert_eq!(text(&int96, Meaning::Timestamp(1_000_000_000)), "1970-01-02T00:00:00");
        int96.set_data(0, 0, 2_305_448); // 1600-01-01
        assert_eq!(text(&int96, Meaning::Timestamp(1_000_000_000)), "1600-01-01T00:00:00");
    }
}
