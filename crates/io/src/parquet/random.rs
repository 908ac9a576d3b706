//! Random nested tables, written in random ways, with random edits: the promise of the rewriter as properties, and
//! damaged files, which never panic.

use std::collections::HashMap;

use bytes::Bytes;
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;

use super::tests::columns::{Only, unwanted};
use super::tests::rewriting::{rewrite, rewrite_wanted, rows, whole};
use super::tests::{cells, read, read_wanted};
use crate::{Change, ColumnType, Kind, TableWriter, Texts, Value};

fn types() -> Vec<(&'static str, ColumnType)> {
    let text = || Box::new(ColumnType::Text);
    let visit = ColumnType::Struct(vec![
        ("who".into(), ColumnType::Text),
        ("notes".into(), ColumnType::List(text())),
        ("cost".into(), ColumnType::Int64),
    ]);
    vec![
        ("name", ColumnType::Text),
        ("lists", ColumnType::List(Box::new(ColumnType::List(text())))),
        ("visits", ColumnType::List(Box::new(visit))),
        ("n", ColumnType::Int64),
        ("ok", ColumnType::Bool),
    ]
}

/// Its fields that hold texts or numbers.
const FIELDS: [&str; 6] = ["name", "lists[][]", "visits[].who", "visits[].notes[]", "visits[].cost", "n"];

/// A value of a type. Texts are drawn as tokens that never stand in one another; few of them, so that they repeat.
fn value(kind: &ColumnType) -> BoxedStrategy<Value> {
    let value = match kind {
        ColumnType::Text => (0..40u32).prop_map(|n| Value::Text(format!("({n:02})"))).boxed(),
        ColumnType::Int64 => (7_000..7_030i64).prop_map(Value::Int64).boxed(),
        ColumnType::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        ColumnType::List(item) => vec(value(item), 0..4).prop_map(Value::List).boxed(),
        ColumnType::Struct(parts) => {
            parts.iter().map(|(_, kind)| value(kind)).collect::<Vec<_>>().prop_map(Value::Struct).boxed()
        }
        other => unreachable!("{other:?} is not drawn here"),
    };
    prop_oneof![1 => Just(Value::Null), 6 => value].boxed()
}

fn table() -> impl Strategy<Value = Vec<Vec<Value>>> {
    vec(types().iter().map(|(_, kind)| value(kind)).collect::<Vec<_>>(), 0..30)
}

fn properties() -> impl Strategy<Value = WriterProperties> {
    let versions = select(vec![WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0]);
    let statistics = select(vec![EnabledStatistics::None, EnabledStatistics::Chunk, EnabledStatistics::Page]);
    (versions, statistics, any::<(bool, bool, bool)>(), 1..12usize, 1..10usize).prop_map(
        |(version, statistics, (dictionary, bloom, offsets), group, page)| {
            WriterProperties::builder()
                .set_writer_version(version)
                .set_statistics_enabled(statistics)
                .set_dictionary_enabled(dictionary)
                .set_bloom_filter_enabled(bloom)
                .set_offset_index_disabled(offsets && statistics != EnabledStatistics::Page)
                .set_max_row_group_row_count(Some(group))
                .set_data_page_row_count_limit(page)
                .set_write_batch_size(page)
                .set_compression(if dictionary { Compression::SNAPPY } else { Compression::UNCOMPRESSED })
                .build()
        },
    )
}

fn file(properties: WriterProperties, table: Vec<Vec<Value>>) -> Bytes {
    let mut writer = TableWriter::with(properties, "t", Vec::new(), &types()).unwrap();
    for row in table {
        writer.append(row).unwrap();
    }
    writer.finish().unwrap().into()
}

/// Every text and number that a table may hold.
fn tokens() -> impl Iterator<Item = String> {
    (0..40).map(|n| format!("({n:02})")).chain((7_000..7_030).map(|n| n.to_string()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// What happens to a value is drawn by the value, so that the oracle is plain: the rows as the Parquet crate's own
    /// record reader shows them, with strings replaced.
    #[test]
    fn edits_change_their_cells_and_nothing_else(
        (properties, table) in (properties(), table()),
        piece in select(vec![1, 300, 1 << 20]),
        fates in vec(0..8u8, 70),
    ) {
        let fates: HashMap<String, u8> = tokens().zip(fates).collect();
        let file = file(properties, table);
        let edited = rewrite(&file, piece, &|texts, text| match (texts.kind, fates.get(text)?) {
            (Kind::Text, 0) => Some(whole(text, "(+)")),
            (_, 1) => Some(Change::Null),
            (_, 2) if &*texts.field == "n" => Some(Change::DropRecord),
            _ => None,
        });
        let edited = edited.unwrap();

        let expected = rows(&file).into_iter().filter_map(|mut row| {
            for (token, fate) in &fates {
                match fate {
                    0 => row = row.replace(&format!("\"{token}\""), "\"(+)\""),
                    1 if token.starts_with('(') => row = row.replace(&format!("\"{token}\""), "null"),
                    1 => row = row.replace(token, "null"),
                    2 if row.contains(&format!(", n: {token},")) => return None,
                    _ => {}
                }
            }
            Some(row)
        });
        prop_assert_eq!(rows(&edited), expected.collect::<Vec<_>>());
        if rows(&edited) == rows(&file) {
            prop_assert_eq!(edited, file);
        }
    }

    /// Fields that nobody wants are left alone, and counted as they are where the file says how many nulls they hold.
    #[test]
    fn what_is_wanted_is_read_and_rewritten_as_if_all_were(
        (properties, table) in (properties(), table()),
        piece in select(vec![1, 300, 1 << 20]),
        wanted in subsequence(FIELDS.to_vec(), 1..FIELDS.len()),
    ) {
        let nulls = properties.statistics_enabled(&"n".into()) != EnabledStatistics::None;
        let file = file(properties, table);
        let all = cells(&read(&file, 1 << 20).unwrap());
        let part = read_wanted(&file, piece, &Only(&wanted)).unwrap();
        let is_wanted = |field: &str| wanted.contains(&field) || !FIELDS.contains(&field);
        let expected: Vec<_> = all.iter().filter(|(field, ..)| is_wanted(field)).cloned().collect();
        prop_assert_eq!(cells(&part), expected);
        let left = unwanted(&part);
        for field in FIELDS.into_iter().filter(|field| !wanted.contains(field)) {
            let (stated, there) = (left.get(field).copied().unwrap_or(0), all.iter().filter(|cell| cell.0 == field));
            let there = there.count() as u64;
            prop_assert!(stated == there || stated > there && !nulls, "{}: {} of {}", field, stated, there);
        }
        let decide = |texts: &Texts, text: &str| match texts.kind {
            Kind::Text if wanted.contains(&&*texts.field) && text < "(20)" => Some(whole(text, "(+)")),
            Kind::Text if wanted.contains(&&*texts.field) && text > "(38)" => Some(Change::DropRecord),
            _ => None,
        };
        let edited = rewrite_wanted(&file, piece, &decide, &Only(&wanted)).unwrap();
        prop_assert_eq!(edited, rewrite(&file, 1 << 20, &decide).unwrap());
    }

    #[test]
    fn the_cells_do_not_depend_on_the_pieces((properties, table) in (properties(), table())) {
        let file = file(properties, table);
        let whole = cells(&read(&file, 1 << 20).unwrap());
        prop_assert_eq!(cells(&read(&file, 1).unwrap()), whole);
    }
}

/// Anything may stand in a file; it is read and rewritten, or refused with its place.
pub(crate) fn fuzz(bytes: &[u8]) {
    let file = Bytes::copy_from_slice(bytes);
    let decide = |texts: &Texts, text: &str| match texts.kind {
        Kind::Text | Kind::Binary if text.len().is_multiple_of(2) => Some(whole(text, "<X>")),
        Kind::Integer if texts.nullable && text.len().is_multiple_of(2) => Some(Change::Null),
        _ => None,
    };
    if let Err(error) = rewrite(&file, 100, &decide) {
        assert_eq!(error.place.object, "t.parquet");
    }
}

#[test]
fn damaged_files_are_refused_with_their_place() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..3 {
        let (properties, table) = (properties(), table()).new_tree(&mut runner).unwrap().current();
        let file = file(properties, table);
        fuzz(&file);
        for at in (0..file.len()).step_by(11) {
            fuzz(&file[..at]);
            let mut damaged = file.to_vec();
            damaged[at] = damaged[at].wrapping_mul(31).wrapping_add(at as u8 | 1);
            fuzz(&damaged);
        }
    }
}
