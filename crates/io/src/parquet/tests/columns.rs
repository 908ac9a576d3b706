//! Columns that nobody wants: their bytes are not asked for, and everything else is as if they had been.

use std::collections::BTreeMap;

use super::*;
use crate::Interest;

/// Looks at the fields of these names alone.
pub(crate) struct Only<'a>(pub(crate) &'a [&'a str]);

impl Interest for Only<'_> {
    fn is_data(&self, _: &str) -> bool {
        false
    }

    fn wants(&self, field: &str, _: Kind, _: usize) -> bool {
        self.0.contains(&field)
    }
}

/// By field: how many cells nobody has read.
pub(crate) fn unwanted(batches: &[Batch]) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    for (field, cells) in batches.iter().flat_map(|batch| &batch.unwanted) {
        *all.entry(field.to_string()).or_default() += cells;
    }
    all
}

const WIDE: &str = "message m {
    required binary a (UTF8);
    optional binary b (UTF8);
    required int64 c;
    required boolean d;
    required binary e (UTF8);
}";

/// Two row groups of five columns. Those of text are far larger than what is fetched between two ranges.
fn wide() -> Bytes {
    let text = |by: &str| (0..2_000).map(|row| format!("{by} {row:0>200}")).collect::<Vec<_>>();
    let values = |all: &[String]| texts(&all.iter().map(String::as_str).collect::<Vec<_>>());
    let group = || {
        let def: Vec<i16> = (0..2_000).map(|row| i16::from(row % 4 > 0)).collect();
        vec![
            Chunk(values(&text("a")), vec![], vec![]),
            Chunk(values(&text("b")[..1_500]), def, vec![]),
            Chunk(Values::Int64((0..2_000).map(|row| row * row).collect()), vec![], vec![]),
            Chunk(Values::Bool(vec![true; 2_000]), vec![], vec![]),
            Chunk(values(&text("e")), vec![], vec![]),
        ]
    };
    let properties =
        WriterProperties::builder().set_compression(Compression::UNCOMPRESSED).set_dictionary_enabled(false);
    write(WIDE, properties, &[group(), group()])
}

#[test]
fn the_bytes_of_a_column_that_nobody_wants_are_not_fetched() {
    let file = wide();
    let all = cells(&read(&file, 1 << 20).unwrap());
    // As pieces of whole row groups, and column by column.
    for piece in [1 << 20, 64 << 10] {
        let (ranges, asked) = Ranges::watched(file.clone());
        let only = Only(&["b", "c"]);
        let (mut source, format) = open(ranges, Place::object("t.parquet"), piece, &only).unwrap();
        let mut batches = Vec::new();
        while let Some(piece) = source.next().unwrap() {
            batches.push(format.decode(piece).unwrap());
        }
        assert_eq!(source.position(), file.len() as u64);
        let wanted = |field: &str| matches!(field, "b" | "c");
        let expected: Vec<_> = all.iter().filter(|(field, ..)| wanted(field)).cloned().collect();
        assert_eq!(cells(&batches), expected);
        assert_eq!(batches.iter().map(|batch| batch.records).sum::<u32>(), 4_000);
        assert_eq!(unwanted(&batches), BTreeMap::from([("a".into(), 4_000), ("e".into(), 4_000)]));

        let asked = asked.lock().unwrap();
        let footer = file.len() as u64 - file::FOOTER;
        for group in about(&file).row_groups() {
            for (leaf, chunk) in group.columns().iter().enumerate() {
                let (start, len) = chunk.byte_range();
                let fetched: u64 = asked
                    .iter()
                    .map(|range| {
                        range.end.min(start + len).min(footer).saturating_sub(range.start.max(start))
                    })
                    .sum();
                let expected = if matches!(leaf, 1 | 2) { len.min(footer.saturating_sub(start)) } else { 0 };
                assert_eq!(fetched, expected, "leaf {leaf} in pieces of {piece}");
            }
        }
    }
}

#[test]
fn rows_are_counted_by_a_column_and_not_by_what_the_footer_says() {
    let file = wide();
    let (mut source, format) = open(file.into(), Place::object("t.parquet"), 1 << 20, &Only(&[])).unwrap();
    assert_eq!(source.file.wanted, [3], "the smallest");
    let batch = format.decode(source.next().unwrap().unwrap()).unwrap();
    assert_eq!(batch.records, 2_000);
    assert!(batch.texts.iter().all(|texts| texts.kind == Kind::Key), "names are looked at all the same");
    let expected = [("a", 2_000), ("b", 1_500), ("c", 2_000), ("e", 2_000)];
    let expected = expected.map(|(field, cells)| (field.to_owned(), cells));
    assert_eq!(unwanted(&[batch]), BTreeMap::from(expected));
}
