//! How much of a file is held at once, and that it reads the same however little that is.

use super::*;

#[test]
fn pieces_stay_small_where_rows_suddenly_are_large() {
    let large = "x".repeat(100 << 10);
    let rows: Vec<_> = (0..3_000).map(|row| if row < 2_700 { "x" } else { &*large }).collect();
    let message = "message m { required int32 n; required binary text (UTF8); }";
    let chunks =
        vec![Chunk(Values::Int32((0..3_000).collect()), vec![], vec![]), Chunk(texts(&rows), vec![], vec![])];
    let file = write(message, WriterProperties::builder().set_dictionary_enabled(false), &[chunks]);
    let batches = read(&file, 1 << 20).unwrap();
    let sizes = batches.iter().map(|batch| batch.texts.iter().map(|texts| texts.buffer.len()).sum::<usize>());
    // A step of 128 rows, not the 30 MB that all of them are.
    assert!(sizes.max() < Some(16 << 20));
    assert_eq!(cells(&batches).len(), 6_000);
}

/// Pieces that are whole row groups are decoded by workers: what they hold must be what is read piece by piece.
#[test]
fn small_row_groups_are_pieces_and_read_as_if_they_were_not() {
    let groups: Vec<_> = (0..5).map(|_| nested()).collect();
    let file = write(NESTED, WriterProperties::builder(), &groups);
    let (mut source, format) = open(file.clone().into(), Place::object("t.parquet"), 1 << 20, &()).unwrap();
    let mut batches = Vec::new();
    while let Some(piece) = source.next().unwrap() {
        let Content::Rows(rows) = &piece.content else { panic!("rows") };
        assert!(matches!(rows.columns, Columns::Stored(_)));
        batches.push(format.decode(piece).unwrap());
    }
    assert_eq!(batches.len(), 5);
    assert_eq!(cells(&batches), cells(&read(&file, 1).unwrap()));
    // It is gone on behind a row group without reading it again.
    let (mut other, _) = open(file.into(), Place::object("t.parquet"), 1 << 20, &()).unwrap();
    other.next().and_then(|_| other.next()).unwrap();
    let jump = other.mark().jump.unwrap();
    assert_eq!((jump.pieces, jump.records, jump.to), (2, 6, 2));
}

/// What repeats itself is looked at once a piece: of a large row group these have as many rows as memory allows.
#[test]
fn values_that_repeat_all_over_a_large_row_group_are_few_cells() {
    let values: Vec<_> = (0..50).map(|n| format!("value {n}")).collect();
    let rows: Vec<_> = (0..300_000).map(|row| values[row * 7 % 50].as_str()).collect();
    let file = write(
        "message m { required binary t (UTF8); }",
        WriterProperties::builder(),
        &[vec![Chunk(texts(&rows), vec![], vec![])]],
    );
    let batches = read(&file, 1 << 20).unwrap();
    let of_column = batches.iter().flat_map(|batch| &batch.texts).filter(|texts| texts.kind != Kind::Key);
    assert_eq!(of_column.map(Texts::len).sum::<usize>(), 300_000_usize.div_ceil(ROWS) * 50);
    assert_eq!(cells(&batches).len(), 300_000);
}

/// A large value of a dictionary costs its memory once, however many rows hold it.
#[test]
fn a_dictionary_is_not_multiplied_by_its_rows() {
    let large = "x".repeat(100_000);
    let mut values: Vec<_> = (0..600).map(|row| format!("{row}")).collect();
    values.extend(std::iter::repeat_n(large, 10_000));
    let values: Vec<_> = values.iter().map(String::as_str).collect();
    let file = write(
        "message m { required binary t (UTF8); }",
        WriterProperties::builder(),
        &[vec![Chunk(texts(&values), vec![], vec![])]],
    );
    let batches = read(&file, 1 << 20).unwrap();
    let held: usize = batches.iter().flat_map(|batch| &batch.texts).map(|texts| texts.buffer.len()).sum();
    // The numbers, the large one, and the name of the column.
    assert_eq!((batches.len(), held), (1, 10 + 90 * 2 + 500 * 3 + 100_000 + 1));
}

/// Reads with so many bytes for a page of every column at once.
fn read_within(file: &Bytes, at_once: u64) -> Vec<Batch> {
    let (mut source, format) = open(file.clone().into(), Place::object("t.parquet"), 1 << 20, &()).unwrap();
    source.at_once = at_once;
    let mut batches = Vec::new();
    while let Some(piece) = source.next().unwrap() {
        batches.push(format.decode(piece).unwrap());
    }
    batches
}

#[test]
fn columns_that_were_copied_into_small_pages_read_the_same() {
    for properties in [WriterProperties::builder(), WriterProperties::builder().set_dictionary_enabled(false)]
    {
        let many: Vec<_> = (0..20_000).map(|row| format!("value {}", row % 5000)).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        let file = write(
            "message m { required binary a (UTF8); required binary b (UTF8); }",
            properties,
            &[vec![Chunk(texts(&many), vec![], vec![]), Chunk(texts(&many), vec![], vec![])]],
        );
        assert_eq!(cells(&read_within(&file, 1 << 10)), cells(&read(&file, 1 << 20).unwrap()));
    }
    let file = write(NESTED, WriterProperties::builder(), &[nested(), nested()]);
    assert_eq!(cells(&read_within(&file, 1)), cells(&read(&file, 1 << 20).unwrap()));
}

#[test]
fn only_columns_with_large_pages_are_copied_and_into_small_ones() {
    let large: Vec<_> = (0..1000).map(|row| format!("{row:0>1000}")).collect();
    let large: Vec<_> = large.iter().map(String::as_str).collect();
    let small = vec!["x"; 1000];
    let file = write(
        "message m { required binary small (UTF8); required binary large (UTF8); }",
        WriterProperties::builder().set_dictionary_enabled(false),
        &[vec![Chunk(texts(&small), vec![], vec![]), Chunk(texts(&large), vec![], vec![])]],
    );
    let file = File::open(file.into(), Place::object("t.parquet"), &()).unwrap();
    assert!(copy::copy(&file, 0, 4 << 20).unwrap().is_empty(), "all of it fits");
    let mut copies = copy::copy(&file, 0, 64 << 10).unwrap();
    let (pages, _) = copies.remove(&1).expect("a copy");
    let pages: Vec<_> = pages.map(|page| page.unwrap().buffer().len()).collect();
    assert!(copies.is_empty(), "the other column has a small page");
    assert!(pages.len() > 10 && pages.iter().all(|&page| page <= 64 << 10), "{pages:?}");
}
