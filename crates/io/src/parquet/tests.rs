//! Files built value by value, read and rewritten.

mod memory;

use std::io::Write;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::bloom_filter::Sbbf;
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::file::metadata::{KeyValue, PageIndexPolicy, RowGroupMetaData};
use parquet::file::properties::{
    EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion,
};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::column::Values;
use super::*;
use crate::output::Sink;
use crate::{Batch, Change, Edit, Format, Kind, Occurrences, Output, Splice, Texts};

/// A leaf of a row group: values, definition levels, repetition levels.
struct Chunk(Values, Vec<i16>, Vec<i16>);

fn texts(values: &[&str]) -> Values {
    Values::Bytes(values.iter().map(|&text| ByteArray::from(text)).collect())
}

fn write(message: &str, properties: WriterPropertiesBuilder, groups: &[Vec<Chunk>]) -> Bytes {
    let schema = Arc::new(parse_message_type(message).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build())).unwrap();
    for chunks in groups {
        let abouts = file.schema_descr().columns().to_vec();
        let mut group = file.next_row_group().unwrap();
        for (Chunk(values, def, rep), about) in chunks.iter().zip(abouts) {
            let mut column = group.next_column().unwrap().unwrap();
            let mut rows = Column::new(&about);
            (rows.values, rows.def, rows.rep) = (values.clone(), def.clone(), rep.clone());
            rows.write(column.untyped()).unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    file.into_inner().unwrap().into()
}

pub(super) fn read(file: &Bytes, piece: usize) -> Result<Vec<Batch>, Error> {
    let (mut source, format) = open(file.clone().into(), Place::object("t.parquet"), piece)?;
    let mut batches = Vec::new();
    while let Some(piece) = source.next()? {
        assert_eq!(piece.index, batches.len() as u64);
        batches.push(format.decode(piece)?);
    }
    assert_eq!(source.position(), file.len() as u64);
    Ok(batches)
}

/// Field, record and text of all cells but names.
pub(super) fn cells(batches: &[Batch]) -> Vec<(String, u64, String)> {
    let mut all = Vec::new();
    for batch in batches {
        for (texts, cell, row) in batch.cells() {
            let texts = &batch.texts[texts];
            if texts.kind != Kind::Key {
                let record = batch.first_record + u64::from(row);
                all.push((texts.field.to_string(), record, texts.get(cell).to_owned()));
            }
        }
    }
    all.sort();
    all
}

const NESTED: &str = "message m {
    required binary name (UTF8);
    optional int64 card;
    optional group mails (LIST) { repeated group list { optional binary element (UTF8); } }
    optional group tags (MAP) { repeated group map (MAP_KEY_VALUE) { required binary key (UTF8); optional int32 value; } }
    repeated binary raw;
    optional int96 seen;
    optional fixed_len_byte_array(4) pin;
    optional double share;
    optional boolean ok;
}";

fn nested() -> Vec<Chunk> {
    let mut seen = Int96::new();
    seen.set_data(0, 0, 2_440_588);
    let fixed = |text: &str| FixedLenByteArray::from(ByteArray::from(text));
    vec![
        Chunk(texts(&["ann", "bob", "cy"]), vec![], vec![]),
        Chunk(Values::Int64(vec![4_111_111_111_111_111]), vec![0, 1, 0], vec![]),
        // [a, null], null, [b]
        Chunk(texts(&["a@x.example", "b@x.example"]), vec![3, 2, 0, 3], vec![0, 1, 0, 0]),
        // {k: 1}, {}, {l: null, m: 2}
        Chunk(texts(&["k", "l", "m"]), vec![2, 1, 2, 2], vec![0, 0, 0, 1]),
        Chunk(Values::Int32(vec![1, 2]), vec![3, 1, 2, 3], vec![0, 0, 0, 1]),
        // [text, not text], [], [text]
        Chunk(
            Values::Bytes(vec![b"t".as_slice().into(), [0xff].as_slice().into(), b"u".as_slice().into()]),
            vec![1, 1, 0, 1],
            vec![0, 1, 0, 0],
        ),
        Chunk(Values::Int96(vec![seen]), vec![0, 0, 1], vec![]),
        Chunk(Values::Fixed(vec![fixed("1234"), fixed("5678")]), vec![1, 0, 1], vec![]),
        Chunk(Values::Double(vec![0.5]), vec![1, 0, 0], vec![]),
        Chunk(Values::Bool(vec![true]), vec![1, 0, 0], vec![]),
    ]
}

#[test]
fn every_leaf_becomes_a_field_with_its_records() {
    let file = write(NESTED, WriterProperties::builder(), &[nested(), nested()]);
    let expected = [
        ("card", 1, "4111111111111111"),
        ("mails[]", 0, "a@x.example"),
        ("mails[]", 2, "b@x.example"),
        ("name", 0, "ann"),
        ("name", 1, "bob"),
        ("name", 2, "cy"),
        ("pin", 0, "1234"),
        ("pin", 2, "5678"),
        ("raw[]", 0, "t"),
        ("raw[]", 2, "u"),
        ("seen", 2, "1970-01-01T00:00:00"),
        ("share", 0, "0.5"),
        ("tags.key", 0, "k"),
        ("tags.key", 2, "l"),
        ("tags.key", 2, "m"),
        ("tags.value", 0, "1"),
        ("tags.value", 2, "2"),
    ];
    let mut twice: Vec<_> = expected
        .iter()
        .flat_map(|&(field, record, text)| {
            [0, 3].map(|first| (field.to_owned(), first + record, text.to_owned()))
        })
        .collect();
    twice.sort();
    // However small the pieces, the records are the same.
    for piece in [1, 100, 1 << 20] {
        let batches = read(&file, piece).unwrap();
        assert_eq!(cells(&batches), twice, "pieces of {piece}");
        assert_eq!(batches.iter().map(|batch| batch.binary_cells).sum::<u64>(), 2);
        assert_eq!(batches.iter().map(|batch| batch.records).sum::<u32>(), 6);
    }
    let batches = read(&file, 1 << 20).unwrap();
    let kind =
        |field: &str| batches[0].texts.iter().find(|texts| &*texts.field == field).map(|texts| texts.kind);
    assert_eq!(kind("raw[]"), Some(Kind::Binary));
    assert_eq!(kind("pin"), Some(Kind::Fixed));
    assert_eq!(kind("card"), Some(Kind::Integer));
    assert_eq!(kind("$"), Some(Kind::Key));
    assert!(!batches[0].texts[0].nullable, "name is required");
}

#[test]
fn a_value_that_comes_again_is_one_cell() {
    let names = ["ann", "bob", "ann", "ann", "bob", "ann"].repeat(100);
    let numbers = Values::Int64((0..600).map(|n| n % 3).collect());
    let message = "message m { required binary name (UTF8); required int64 n; }";
    let chunks = vec![Chunk(texts(&names), vec![], vec![]), Chunk(numbers, vec![], vec![])];
    let file = write(message, WriterProperties::builder(), &[chunks]);
    let batch = &read(&file, 1 << 20).unwrap()[0];
    assert_eq!(batch.texts[0].iter().collect::<Vec<_>>(), ["ann", "bob"]);
    assert_eq!(batch.texts[0].occurrences.rows(1).take(3).collect::<Vec<_>>(), [1, 4, 7]);
    assert_eq!(batch.texts[1].iter().collect::<Vec<_>>(), ["0", "1", "2"]);
    assert_eq!(batch.cells().filter(|&(texts, ..)| texts == 0).count(), 600);
}

#[test]
fn values_that_come_again_late_are_one_cell_too() {
    let names: Vec<_> = (0..2000).map(|row| format!("name {}", row * 7 % 500)).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let message = "message m { required binary name (UTF8); }";
    let file = write(message, WriterProperties::builder(), &[vec![Chunk(texts(&names), vec![], vec![])]]);
    let batch = &read(&file, 1 << 20).unwrap()[0];
    assert_eq!((batch.texts[0].len(), batch.cells().filter(|&(texts, ..)| texts == 0).count()), (500, 2000));
}

#[test]
fn text_that_is_not_utf8_is_looked_at_where_it_is() {
    let values = Values::Bytes(vec![b"caf\xe9 a@x.example".as_slice().into(), b"fine".as_slice().into()]);
    let file = write(
        "message m { required binary t (UTF8); }",
        WriterProperties::builder(),
        &[vec![Chunk(values, vec![], vec![])]],
    );
    let batch = &read(&file, 1 << 20).unwrap()[0];
    assert_eq!((batch.texts[0].kind, batch.texts[0].get(0)), (Kind::Text, "fine"));
    assert_eq!((batch.texts[1].kind, batch.texts[1].get(0)), (Kind::Fixed, "caf\u{fffd} a@x.example"));
    assert!(matches!(&batch.texts[1].occurrences, Occurrences::One(rows) if rows == &[0]));
}

#[test]
fn files_without_rows_or_columns_still_show_what_stands_beside() {
    let note = vec![
        KeyValue::new("note".into(), "by ann@x.example".to_owned()),
        KeyValue::new("ARROW:schema".into(), "AAAA".to_owned()),
    ];
    let properties = || WriterProperties::builder().set_key_value_metadata(Some(note.clone()));
    let message = "message m { required group g { optional int32 n; } }";
    let empty = || vec![Chunk(Values::Int32(vec![]), vec![], vec![])];
    for file in [
        write(message, properties(), &[]),
        write(message, properties(), &[empty(), empty()]),
        write("message m { }", properties(), &[]),
    ] {
        let batches = read(&file, 1 << 20).unwrap();
        assert_eq!(batches.len(), 1);
        assert_eq!(batches[0].records, 0);
        assert_eq!(cells(&batches), [("note".to_owned(), 0, "by ann@x.example".to_owned())]);
    }
    let names = read(&write(message, properties(), &[]), 1).unwrap();
    let names = names[0].texts.iter().filter(|texts| texts.kind == Kind::Key);
    let names: Vec<_> = names.map(|texts| (&*texts.field, texts.iter().collect::<Vec<_>>())).collect();
    assert_eq!(names, [("$", vec!["g"]), ("g", vec!["n"])]);
}

#[test]
fn every_codec_is_read() {
    for codec in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ] {
        let file = write(NESTED, WriterProperties::builder().set_compression(codec), &[nested()]);
        assert_eq!(cells(&read(&file, 1 << 20).unwrap()).len(), 17, "{codec}");
    }
}

#[test]
fn what_is_no_whole_parquet_file_says_so() {
    let file = write(NESTED, WriterProperties::builder(), &[nested()]);
    let error = |bytes: &[u8]| read(&Bytes::copy_from_slice(bytes), 1 << 20).unwrap_err().to_string();
    assert_eq!(error(b""), "t.parquet: not a Parquet file, or cut short; fetch it again");
    assert_eq!(error(&file[..file.len() - 1]), "t.parquet: not a Parquet file, or cut short; fetch it again");
    let footer = u32::from_le_bytes(file[file.len() - 8..file.len() - 4].try_into().unwrap());
    let footer = file.len() - 8 - footer as usize;
    assert_eq!(error(&file[footer..]), "t.parquet: the Parquet file points outside itself; fetch it again");
    let mut encrypted = file.to_vec();
    encrypted.truncate(file.len() - 4);
    encrypted.extend(b"PARE");
    assert_eq!(error(&encrypted), "t.parquet: the Parquet file is encrypted; decrypt it first");
}

#[test]
fn damage_inside_a_column_is_an_error_with_its_place() {
    let file = write(NESTED, WriterProperties::builder(), &[nested()]);
    for at in 4..file.len() - 8 {
        let mut damaged = file.to_vec();
        damaged[at] ^= 0xff;
        // Damage in a text may go unseen; whatever is seen has its place.
        if let Err(error) = read(&damaged.into(), 1 << 20) {
            assert!(error.to_string().starts_with("t.parquet"), "{error}");
        }
    }
}

/// A sink that can be looked into.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sink for Memory {
    fn restart(&mut self) -> std::io::Result<bool> {
        Ok(false)
    }

    fn appear(self: Box<Self>, _: &mut crate::Publish<'_>) -> Result<u64, Cause> {
        Ok(self.0.lock().unwrap().len() as u64)
    }
}

/// What to do with a cell: its field and its text.
pub(super) type Decide<'a> = &'a dyn Fn(&Texts, &str) -> Option<Change>;

pub(super) fn rewrite(file: &Bytes, piece: usize, decide: Decide<'_>) -> Result<Bytes, Error> {
    let place = || Place::object("t.parquet");
    let (mut source, format) = open(file.clone().into(), place(), piece)?;
    let memory = Memory::default();
    let spill = std::env::temp_dir();
    let mut output = Rewriter::new(file.clone().into(), place(), Box::new(memory.clone()), spill)?;
    while let Some(piece) = source.next()? {
        let batch = format.decode(piece)?;
        let mut edits = Vec::new();
        for (at, texts) in batch.texts.iter().enumerate() {
            for (cell, text) in texts.iter().enumerate() {
                let change = decide(texts, text);
                edits.extend(change.map(|change| Edit { texts: at as u32, cell: cell as u32, change }));
            }
        }
        output.append(format.encode(&batch, &edits)?)?;
    }
    let written = Box::new(output).finish(&mut |_| Ok(()))?;
    let bytes = Bytes::from(memory.0.lock().unwrap().clone());
    assert_eq!(written, bytes.len() as u64);
    Ok(bytes)
}

pub(super) fn whole(text: &str, new: &str) -> Change {
    Change::Splice(vec![Splice { span: 0..text.len() as u32, text: new.to_owned() }])
}

/// The rows as the Parquet crate's own record reader shows them, lists, maps, nulls and all.
pub(super) fn rows(file: &Bytes) -> Vec<String> {
    let reader = SerializedFileReader::new(file.clone()).unwrap();
    reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
}

fn about(file: &Bytes) -> ParquetMetaData {
    let reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Optional);
    reader.parse_and_finish(file).unwrap()
}

fn holds(file: &Bytes, text: &str) -> bool {
    file.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn a_file_without_edits_comes_out_as_it_was() {
    let note = Some(vec![KeyValue::new("note".into(), "n".to_owned())]);
    let file = write(NESTED, WriterProperties::builder().set_key_value_metadata(note), &[nested(), nested()]);
    assert_eq!(rewrite(&file, 1, &|_, _| None).unwrap(), file);
    let empty = write("message m { }", WriterProperties::builder(), &[]);
    assert_eq!(rewrite(&empty, 1, &|_, _| None).unwrap(), empty);
}

#[test]
fn edited_cells_change_and_nothing_else_does_in_any_codec_or_version() {
    for codec in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ] {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for dictionary in [false, true] {
                let properties = WriterProperties::builder()
                    .set_compression(codec)
                    .set_writer_version(version)
                    .set_dictionary_enabled(dictionary);
                let file = write(NESTED, properties, &[nested(), nested()]);
                let edited = rewrite(&file, 50, &|texts, text| match text {
                    "bob" => Some(whole(text, "<NAME>")),
                    "a@x.example" => Some(whole(text, "")),
                    "k" => Some(whole(text, "<KEY>")),
                    "4111111111111111" | "1234" | "1970-01-01T00:00:00" => Some(Change::Null),
                    "2" if &*texts.field == "tags.value" => Some(Change::Null),
                    _ => None,
                });
                let edited = edited.unwrap();
                let expected: Vec<_> = rows(&file)
                    .into_iter()
                    .map(|row| {
                        row.replace("\"bob\"", "\"<NAME>\"")
                            .replace("a@x.example", "")
                            .replace("\"k\"", "\"<KEY>\"")
                            .replace("\"m\" -> 2", "\"m\" -> null")
                            .replace("4111111111111111", "null")
                            .replace("pin: [49, 50, 51, 52]", "pin: null")
                            .replace("1970-01-01 00:00:00.000 +00:00", "null")
                    })
                    .collect();
                assert_eq!(rows(&edited), expected, "{codec} {version:?}");
                let (before, after) = (about(&file), about(&edited));
                assert_eq!(before.file_metadata().schema_descr(), after.file_metadata().schema_descr());
                assert_eq!(before.file_metadata().version(), after.file_metadata().version());
                for (before, after) in before.row_groups().iter().zip(after.row_groups()) {
                    for (before, after) in before.columns().iter().zip(after.columns()) {
                        assert_eq!(before.compression(), after.compression());
                        assert_eq!(
                            before.dictionary_page_offset().is_some(),
                            after.dictionary_page_offset().is_some()
                        );
                        assert_eq!(before.page_encoding_stats_mask(), after.page_encoding_stats_mask());
                    }
                }
            }
        }
    }
}

/// Texts in three levels and two, with everything an index could leak through.
fn indexed(groups: usize) -> Bytes {
    let message = "message m {
        required binary mail (UTF8);
        optional group old (LIST) { repeated binary array (UTF8); }
        required int64 n;
    }";
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_bloom_filter_enabled(true)
        .set_write_page_header_statistics(true)
        .set_created_by("a writer".into());
    let group = || {
        vec![
            Chunk(texts(&["aaa@x.example", "mmm@x.example", "zzz@x.example"]), vec![], vec![]),
            Chunk(texts(&["one", "two"]), vec![2, 2, 0, 1], vec![0, 1, 0, 0]),
            Chunk(Values::Int64(vec![1, 2, 3]), vec![], vec![]),
        ]
    };
    write(message, properties, &(0..groups).map(|_| group()).collect::<Vec<_>>())
}

#[test]
fn no_trace_of_an_old_value_is_left() {
    let file = indexed(2);
    let mails = ["aaa@x.example", "mmm@x.example", "zzz@x.example"];
    let edited = rewrite(&file, 1, &|_, text| mails.contains(&text).then(|| whole(text, "<EMAIL>"))).unwrap();
    for mail in mails {
        assert!(holds(&file, mail));
        assert!(!holds(&edited, mail), "{mail}");
    }
    let about = about(&edited);
    let index = about.page_index().unwrap();
    for (group, stored) in about.row_groups().iter().enumerate() {
        let mail = stored.column(0);
        let statistics = mail.statistics().unwrap();
        assert_eq!(
            (statistics.min_bytes_opt(), statistics.max_bytes_opt()),
            (Some(&b"<EMAIL>"[..]), Some(&b"<EMAIL>"[..]))
        );
        let bloom = Sbbf::read_from_column_chunk(mail, &edited).unwrap().unwrap();
        assert!(bloom.check("<EMAIL>") && mails.iter().all(|mail| !bloom.check(*mail)));
        for leaf in 0..3 {
            assert!(index.column_index(group, leaf).is_some() && index.offset_index(group, leaf).is_some());
            assert!(Sbbf::read_from_column_chunk(stored.column(leaf), &edited).unwrap().is_some());
        }
    }
    assert_eq!(about.file_metadata().created_by(), Some("a writer"));
}

#[test]
fn columns_without_an_edit_are_passed_on_as_they_are_stored() {
    let file = indexed(3);
    // The second row group alone is edited.
    let edited =
        rewrite(&file, 1, &|texts, text| (&*texts.field == "n" && text == "2").then_some(Change::Null));
    assert_eq!(
        edited.unwrap_err().to_string(),
        "t.parquet, record 1, field n: the column does not allow null; drop the record or keep the value"
    );
    let seen = std::cell::Cell::new(0);
    let edited = rewrite(&file, 1, &|_, text| {
        seen.set(seen.get() + usize::from(text == "one"));
        (text == "one" && seen.get() == 2).then(|| whole(text, "<WORD>"))
    });
    let edited = edited.unwrap();
    let chunk = |file: &Bytes, group: usize, leaf: usize| {
        let (start, len) = about(file).row_group(group).column(leaf).byte_range();
        file.slice(start as usize..(start + len) as usize)
    };
    for group in 0..3 {
        for leaf in 0..3 {
            let same = chunk(&file, group, leaf) == chunk(&edited, group, leaf);
            assert_eq!(same, (group, leaf) != (1, 1), "row group {group}, leaf {leaf}");
        }
    }
    assert_eq!(rows(&edited)[3], "{mail: \"aaa@x.example\", old: [[\"<WORD>\", \"two\"]], n: 1}");
    let (before, after) = (about(&file), about(&edited));
    for (before, after) in before.row_groups().iter().zip(after.row_groups()) {
        assert_eq!(before.column(0).statistics(), after.column(0).statistics());
    }
}

#[test]
fn a_dropped_record_is_gone_from_every_column() {
    let file = indexed(2);
    let edited = rewrite(&file, 1, &|_, text| (text == "two").then_some(Change::DropRecord)).unwrap();
    assert_eq!(rows(&edited), [&rows(&file)[1..3], &rows(&file)[4..6]].concat());
    assert!(!holds(&edited, "aaa@x.example") && !holds(&edited, "one"));
    assert_eq!(
        about(&edited).row_groups().iter().map(RowGroupMetaData::num_rows).collect::<Vec<_>>(),
        [2, 2]
    );

    let none = rewrite(&file, 1, &|texts, _| (&*texts.field == "n").then_some(Change::DropRecord)).unwrap();
    assert_eq!(about(&none).num_row_groups(), 0);
    assert_eq!(read(&none, 1).unwrap()[0].records, 0);
}

#[test]
fn metadata_is_rewritten_and_names_are_refused() {
    let note = Some(vec![
        KeyValue::new("note".into(), "by ann@x.example, 2024".to_owned()),
        KeyValue { key: "empty".into(), value: None },
        KeyValue::new("who".into(), "ann@x.example".to_owned()),
    ]);
    let file = write(NESTED, WriterProperties::builder().set_key_value_metadata(note), &[nested()]);
    let edited = rewrite(&file, 1 << 20, &|texts, text| match &*texts.field {
        "note" => Some(Change::Splice(vec![Splice { span: 3..16, text: "<EMAIL>".into() }])),
        "who" if text == "ann@x.example" => Some(Change::Null),
        _ => None,
    });
    let edited = edited.unwrap();
    assert!(!holds(&edited, "ann@x.example"));
    let after = about(&edited);
    let after = after.file_metadata().key_value_metadata().unwrap();
    let after: Vec<_> = after.iter().map(|entry| (&*entry.key, entry.value.as_deref())).collect();
    assert_eq!(after, [("note", Some("by <EMAIL>, 2024")), ("empty", None), ("who", None)]);
    assert_eq!(rows(&edited), rows(&file));

    let error =
        rewrite(&file, 1, &|texts, text| (texts.kind == Kind::Key).then(|| whole(text, "x"))).unwrap_err();
    assert!(error.to_string().contains("a Parquet column's name is not rewritten"), "{error}");
}

#[test]
fn what_only_null_can_replace_takes_no_text() {
    let file = write(NESTED, WriterProperties::builder(), &[nested()]);
    for field in ["card", "seen", "pin", "share"] {
        let error =
            rewrite(&file, 1, &|texts, text| (&*texts.field == field).then(|| whole(text, "x"))).unwrap_err();
        assert!(error.to_string().contains(&format!("field {field}: text does not fit")), "{error}");
    }
}

/// A footer by hand, in Thrift's compact protocol, as no writer makes such a schema: version, schema, rows, row groups.
fn nested_without_end(depth: usize) -> Bytes {
    let mut footer = vec![0x15, 0x02, 0x19, 0xfc];
    let mut count = depth + 2;
    while count >= 0x80 {
        footer.push(count as u8 | 0x80);
        count >>= 7;
    }
    footer.push(count as u8);
    footer.extend([0x48, 1, b'm', 0x15, 2, 0]); // the root: name, one child
    for _ in 0..depth {
        footer.extend([0x35, 2, 0x18, 1, b'g', 0x15, 2, 0]); // optional, name, one child
    }
    footer.extend([0x15, 2, 0x25, 2, 0x18, 1, b'x', 0]); // INT32, optional, name
    footer.extend([0x16, 0, 0x19, 0x0c, 0]);
    let mut file = b"PAR1".to_vec();
    file.extend(&footer);
    file.extend((footer.len() as u32).to_le_bytes());
    file.extend(b"PAR1");
    file.into()
}

#[test]
fn a_schema_nested_without_end_does_not_end_the_program() {
    let names = read(&nested_without_end(50), 1).unwrap();
    assert_eq!(names[0].texts.len(), 51);
    // More than that overflow the crate's count of levels first.
    assert!(read(&nested_without_end(200_000), 1).is_err());
    let error = read(&nested_without_end(30_000), 1).unwrap_err();
    assert_eq!(error.to_string(), "t.parquet: the Parquet schema is nested too deeply to be read");
}
