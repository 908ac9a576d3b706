//! The findings file: one row a finding, in input order, with places and reasons but never a value.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sievert_detect::{DetectorIndex, Evidence, Finding, Scanner};
use sievert_io::{Access, Cause, ColumnType, Error, Place, TableWriter, Target, Value, WholeFile};

/// One finding in its record and field. Offsets are inside the cell's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Record in its object, counted from 0.
    pub(crate) record: u64,
    /// 1-based line, for text formats.
    pub(crate) line: Option<u64>,
    /// The field as shown.
    pub(crate) field: Arc<str>,
    /// First and last offset in code points, bytes and UTF-16 units.
    pub(crate) offsets: Offsets,
    /// Which detector.
    pub(crate) detector: DetectorIndex,
    /// Why, and how sure.
    pub(crate) evidence: Evidence,
    /// Keyed, of the normalized value; with a key only.
    pub(crate) fingerprint: Option<String>,
}

/// A span in the three units in which programs count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offsets {
    /// Unicode code points, end exclusive: what Python's `str` counts.
    pub(crate) code_points: [u64; 2],
    /// UTF-8 bytes, end exclusive.
    pub(crate) bytes: [u64; 2],
    /// UTF-16 code units, end exclusive: what JavaScript and Java count.
    pub(crate) utf16: [u64; 2],
}

impl Offsets {
    /// The offsets of a finding in its cell.
    pub(crate) fn of(text: &str, finding: &Finding) -> Self {
        let range = finding.range();
        let (before, inside) = (&text[..range.start], &text[range.clone()]);
        let units = |text: &str| text.chars().map(|c| c.len_utf16() as u64).sum::<u64>();
        let (points, wide) = (before.chars().count() as u64, units(before));
        Self {
            code_points: [points, points + inside.chars().count() as u64],
            bytes: [range.start as u64, range.end as u64],
            utf16: [wide, wide + units(inside)],
        }
    }
}

/// A row as the findings file spells it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Spelled<'a> {
    object: Cow<'a, str>,
    record: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    field: Cow<'a, str>,
    start: u64,
    end: u64,
    start_byte: u64,
    end_byte: u64,
    start_utf16: u64,
    end_utf16: u64,
    detector: Cow<'a, str>,
    confidence: Cow<'a, str>,
    why: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint: Option<Cow<'a, str>>,
}

impl<'a> Spelled<'a> {
    pub(crate) fn new(object: &'a str, row: &'a Row, scanner: &'a Scanner) -> Self {
        let Offsets { code_points, bytes, utf16 } = row.offsets;
        Self {
            object: object.into(),
            record: row.record,
            line: row.line,
            field: (&*row.field).into(),
            start: code_points[0],
            end: code_points[1],
            start_byte: bytes[0],
            end_byte: bytes[1],
            start_utf16: utf16[0],
            end_utf16: utf16[1],
            detector: scanner.about(row.detector).id.into(),
            confidence: row.evidence.confidence().name().into(),
            why: row.evidence.codes().map(Cow::from).collect(),
            fingerprint: row.fingerprint.as_deref().map(Cow::from),
        }
    }

    /// The cells in the order of [`columns`].
    fn cells(&self) -> Vec<Value> {
        let number = |n: u64| Value::UInt64(n);
        vec![
            (&*self.object).into(),
            number(self.record),
            self.line.map_or(Value::Null, number),
            (&*self.field).into(),
            number(self.start),
            number(self.end),
            number(self.start_byte),
            number(self.end_byte),
            number(self.start_utf16),
            number(self.end_utf16),
            (&*self.detector).into(),
            (&*self.confidence).into(),
            Value::List(self.why.iter().map(|code| Value::from(&**code)).collect()),
            self.fingerprint.as_deref().map_or(Value::Null, Value::from),
        ]
    }
}

fn columns() -> [(&'static str, ColumnType); 14] {
    use ColumnType::{List, Text, UInt64};
    [
        ("object", Text),
        ("record", UInt64),
        ("line", UInt64),
        ("field", Text),
        ("start", UInt64),
        ("end", UInt64),
        ("start_byte", UInt64),
        ("end_byte", UInt64),
        ("start_utf16", UInt64),
        ("end_utf16", UInt64),
        ("detector", Text),
        ("confidence", Text),
        ("why", List(Box::new(Text))),
        ("fingerprint", Text),
    ]
}

/// The file, JSON lines or Parquet by its ending; appears when the run ends well, readable by its owner alone.
pub(crate) enum FindingsFile {
    Lines { file: Box<WholeFile>, place: Place },
    Table(Box<TableWriter<WholeFile>>),
}

impl FindingsFile {
    pub(crate) fn create(path: &Path, run: &str) -> Result<Self, Error> {
        let target = Target { path: path.to_owned(), overwrite: true, run: run.to_owned() };
        let file = WholeFile::create(&target, Access::Owner)?;
        if path.extension().is_some_and(|ending| ending == "parquet") {
            return Ok(Self::Table(Box::new(TableWriter::new(&path.to_string_lossy(), file, &columns())?)));
        }
        Ok(Self::Lines { file: Box::new(file), place: Place::object(path.to_string_lossy()) })
    }

    pub(crate) fn append(&mut self, rows: &[Spelled<'_>]) -> Result<(), Error> {
        match self {
            Self::Table(table) => rows.iter().try_for_each(|row| table.append(row.cells())),
            Self::Lines { file, place } => {
                let mut bytes = Vec::new();
                for row in rows {
                    serde_json::to_writer(&mut bytes, row).expect("strings and numbers are JSON");
                    bytes.push(b'\n');
                }
                file.write_all(&bytes).map_err(|error| Cause::from(error).at(place.clone()))
            }
        }
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        match self {
            Self::Lines { file, .. } => file.finish()?,
            Self::Table(table) => table.finish()?.finish()?,
        };
        Ok(())
    }
}
