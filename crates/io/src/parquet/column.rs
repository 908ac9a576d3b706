//! Some rows of one leaf column as Parquet stores them: values with their definition and repetition levels.

use std::mem;

use parquet::basic::Type;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::column::writer::{ColumnWriter, ColumnWriterImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray, Int96};
use parquet::errors::Result as Done;
use parquet::schema::types::ColumnDescriptor;

use super::pending::{Cells, New};
use super::{CONTRADICTION, guarded};
use crate::Cause;

/// The values that are not null, in order.
#[derive(Clone)]
pub(super) enum Values {
    Bool(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Int96(Vec<Int96>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

/// Runs one expression for whichever vector the values are in.
macro_rules! with_values {
    ($values:expr, $vector:ident => $body:expr) => {
        match $values {
            Values::Bool($vector) => $body,
            Values::Int32($vector) => $body,
            Values::Int64($vector) => $body,
            Values::Int96($vector) => $body,
            Values::Float($vector) => $body,
            Values::Double($vector) => $body,
            Values::Bytes($vector) => $body,
            Values::Fixed($vector) => $body,
        }
    };
}
pub(super) use with_values;

/// The same, for an expression that makes a vector of the same type.
macro_rules! map_values {
    ($values:expr, $vector:ident => $body:expr) => {
        match $values {
            Values::Bool($vector) => Values::Bool($body),
            Values::Int32($vector) => Values::Int32($body),
            Values::Int64($vector) => Values::Int64($body),
            Values::Int96($vector) => Values::Int96($body),
            Values::Float($vector) => Values::Float($body),
            Values::Double($vector) => Values::Double($body),
            Values::Bytes($vector) => Values::Bytes($body),
            Values::Fixed($vector) => Values::Fixed($body),
        }
    };
}

impl Values {
    pub(super) fn len(&self) -> usize {
        with_values!(self, values => values.len())
    }

    /// Memory that the values from `first` on need.
    fn bytes(&self, first: usize) -> usize {
        match self {
            Self::Bytes(values) => {
                values[first..].iter().map(|value| size_of::<ByteArray>() + value.len()).sum()
            }
            Self::Fixed(values) => {
                values[first..].iter().map(|value| size_of::<ByteArray>() + value.len()).sum()
            }
            other => with_values!(other, values => size_of_val(&values[first..])),
        }
    }
}

/// Consecutive rows of a leaf. A *slot* is one entry of the levels: a value, a null, or an empty list on the way down.
/// In a column that is not repeated, slots are rows.
pub(super) struct Column {
    /// One definition level a slot; empty if the column cannot be null.
    pub(super) def: Vec<i16>,
    /// One repetition level a slot; empty if the column is not repeated.
    pub(super) rep: Vec<i16>,
    pub(super) values: Values,
    pub(super) rows: usize,
    max_def: i16,
    max_rep: i16,
    /// Memory that the values need, text included.
    pub(super) bytes: usize,
}

impl Column {
    /// No rows yet.
    pub(super) fn new(about: &ColumnDescriptor) -> Self {
        let values = match about.physical_type() {
            Type::BOOLEAN => Values::Bool(Vec::new()),
            Type::INT32 => Values::Int32(Vec::new()),
            Type::INT64 => Values::Int64(Vec::new()),
            Type::INT96 => Values::Int96(Vec::new()),
            Type::FLOAT => Values::Float(Vec::new()),
            Type::DOUBLE => Values::Double(Vec::new()),
            Type::BYTE_ARRAY => Values::Bytes(Vec::new()),
            Type::FIXED_LEN_BYTE_ARRAY => Values::Fixed(Vec::new()),
        };
        Self {
            def: Vec::new(),
            rep: Vec::new(),
            values,
            rows: 0,
            max_def: about.max_def_level(),
            max_rep: about.max_rep_level(),
            bytes: 0,
        }
    }

    /// Reads up to `rows` more rows; returns how many there were.
    pub(super) fn read(&mut self, reader: &mut ColumnReader, rows: usize) -> Result<usize, Cause> {
        fn records<T: DataType>(
            reader: &mut ColumnReaderImpl<T>,
            rows: usize,
            def: &mut Vec<i16>,
            rep: &mut Vec<i16>,
            values: &mut Vec<T::T>,
        ) -> Done<usize> {
            Ok(reader.read_records(rows, Some(def), Some(rep), values)?.0)
        }
        let Self { def, rep, values, .. } = self;
        let (before, slots, before_rep) = (values.len(), def.len(), rep.len());
        let read = guarded(|| match (reader, &mut *values) {
            (ColumnReader::BoolColumnReader(reader), Values::Bool(values)) => {
                records(reader, rows, def, rep, values)
            }
            (ColumnReader::Int32ColumnReader(reader), Values::Int32(values)) => {
                records(reader, rows, def, rep, values)
            }
            (ColumnReader::Int64ColumnReader(reader), Values::Int64(values)) => {
                records(reader, rows, def, rep, values)
            }
            (ColumnReader::Int96ColumnReader(reader), Values::Int96(values)) => {
                records(reader, rows, def, rep, values)
            }
            (ColumnReader::FloatColumnReader(reader), Values::Float(values)) => {
                records(reader, rows, def, rep, values)
            }
            (ColumnReader::DoubleColumnReader(reader), Values::Double(values)) => {
                records(reader, rows, def, rep, values)
            }
            (ColumnReader::ByteArrayColumnReader(reader), Values::Bytes(values)) => {
                records(reader, rows, def, rep, values)
            }
            (ColumnReader::FixedLenByteArrayColumnReader(reader), Values::Fixed(values)) => {
                records(reader, rows, def, rep, values)
            }
            _ => unreachable!("a column is read by the reader that it was made for"),
        })?;
        // A level takes as many bits as the highest needs, so damage can make it higher than any.
        let within = |levels: &[i16], max| levels.iter().all(|level| (0..=max).contains(level));
        if !within(&self.def[slots..], self.max_def) || !within(&self.rep[before_rep..], self.max_rep) {
            return Err(CONTRADICTION);
        }
        self.rows += read;
        self.bytes += (self.def.len() - slots) * 4 + self.values.bytes(before);
        Ok(read)
    }

    /// The rows with their changes, where `row` and `slot` are the numbers of the first ones in the row group.
    pub(super) fn changed(&self, row: u64, slot: u64, cells: &mut Cells<'_>) -> Result<Self, Cause> {
        let (mut def, mut rep) = (Vec::with_capacity(self.def.len()), Vec::with_capacity(self.rep.len()));
        let mut kept = Vec::with_capacity(self.values.len());
        let (mut row, mut value, mut rows) = (row.wrapping_sub(1), 0, 0);
        for at in 0..self.slots() {
            let begins = !self.repeated() || self.rep[at] == 0;
            row = row.wrapping_add(u64::from(begins));
            let present = self.max_def == 0 || self.def[at] == self.max_def;
            let stored = value;
            value += usize::from(present);
            let change = cells.take(slot + at as u64)?;
            if cells.drops(row) {
                continue;
            }
            rows += usize::from(begins);
            if self.repeated() {
                rep.push(self.rep[at]);
            }
            let null = present && matches!(change, Some(New::Null));
            if self.max_def > 0 {
                def.push(self.def[at] - i16::from(null));
            }
            if present && !null {
                kept.push((stored, change));
            }
        }
        let values = match &self.values {
            Values::Bytes(values) => Values::Bytes(
                kept.into_iter()
                    .map(|(at, change)| match change {
                        Some(New::Bytes(bytes)) => bytes.into(),
                        _ => values[at].clone(),
                    })
                    .collect(),
            ),
            _ if kept.iter().any(|(_, change)| change.is_some()) => {
                return Err(Cause::Unsupported("text does not fit this column; drop the cell or keep it"));
            }
            values => map_values!(values, values => pick(values, &kept)),
        };
        Ok(Self { def, rep, values, rows, bytes: 0, ..*self })
    }

    /// Writes the rows behind those that were written before.
    pub(super) fn write(&self, writer: &mut ColumnWriter<'_>) -> Done<()> {
        fn write<T: DataType>(
            writer: &mut ColumnWriterImpl<'_, T>,
            values: &[T::T],
            def: Option<&[i16]>,
            rep: Option<&[i16]>,
        ) -> Done<usize> {
            writer.write_batch(values, def, rep)
        }
        if self.slots() == 0 {
            return Ok(());
        }
        let (def, rep) = ((self.max_def > 0).then_some(&*self.def), self.repeated().then_some(&*self.rep));
        match (writer, &self.values) {
            (ColumnWriter::BoolColumnWriter(writer), Values::Bool(values)) => write(writer, values, def, rep),
            (ColumnWriter::Int32ColumnWriter(writer), Values::Int32(values)) => {
                write(writer, values, def, rep)
            }
            (ColumnWriter::Int64ColumnWriter(writer), Values::Int64(values)) => {
                write(writer, values, def, rep)
            }
            (ColumnWriter::Int96ColumnWriter(writer), Values::Int96(values)) => {
                write(writer, values, def, rep)
            }
            (ColumnWriter::FloatColumnWriter(writer), Values::Float(values)) => {
                write(writer, values, def, rep)
            }
            (ColumnWriter::DoubleColumnWriter(writer), Values::Double(values)) => {
                write(writer, values, def, rep)
            }
            (ColumnWriter::ByteArrayColumnWriter(writer), Values::Bytes(values)) => {
                write(writer, values, def, rep)
            }
            (ColumnWriter::FixedLenByteArrayColumnWriter(writer), Values::Fixed(values)) => {
                write(writer, values, def, rep)
            }
            _ => unreachable!("a column is written by the writer of its own type"),
        }?;
        Ok(())
    }

    fn repeated(&self) -> bool {
        self.max_rep > 0
    }

    /// How many slots there are.
    pub(super) fn slots(&self) -> usize {
        if self.max_def > 0 { self.def.len() } else { self.values.len() }
    }

    /// Takes the first rows away.
    pub(super) fn take(&mut self, rows: usize) -> Self {
        let slots = if self.repeated() {
            let starts = self.rep.iter().enumerate().filter(|&(_, &level)| level == 0);
            starts.map(|(slot, _)| slot).nth(rows).unwrap_or(self.rep.len())
        } else {
            rows
        };
        let defined = if self.max_def > 0 {
            self.def[..slots].iter().filter(|&&level| level == self.max_def).count()
        } else {
            slots
        };
        let rest = Self {
            def: self.def.split_off(slots.min(self.def.len())),
            rep: self.rep.split_off(slots.min(self.rep.len())),
            values: map_values!(&mut self.values, values => values.split_off(defined)),
            rows: self.rows - rows,
            max_def: self.max_def,
            max_rep: self.max_rep,
            bytes: 0,
        };
        let bytes = rest.def.len() * 4 + rest.values.bytes(0);
        self.bytes -= bytes;
        self.rows = rows;
        mem::replace(self, Self { bytes, ..rest })
    }

    /// Every value with the number of its slot, its row and its place among the values.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> + '_ {
        let (mut row, mut value) = (u32::MAX, 0);
        (0..self.slots()).filter_map(move |slot| {
            if !self.repeated() || self.rep[slot] == 0 {
                row = row.wrapping_add(1);
            }
            if self.max_def > 0 && self.def[slot] != self.max_def {
                return None;
            }
            let place = Place { slot: slot as u32, row, value };
            value += 1;
            Some(place)
        })
    }
}

/// Where a value stands in its [`Column`].
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) slot: u32,
    pub(super) row: u32,
    pub(super) value: usize,
}

fn pick<T: Clone>(values: &[T], kept: &[(usize, Option<New>)]) -> Vec<T> {
    kept.iter().map(|&(at, _)| values[at].clone()).collect()
}
