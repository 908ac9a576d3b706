//! Files built value by value, and how they are read.

pub(super) mod columns;
mod memory;
pub(super) mod rewriting;
mod types;

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::bloom_filter::Sbbf;
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::file::metadata::{
    KeyValue, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, ParquetMetaDataWriter,
    RowGroupMetaData,
};
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
    read_wanted(file, piece, &())
}

pub(super) fn read_wanted(file: &Bytes, piece: usize, interest: &dyn Interest) -> Result<Vec<Batch>, Error> {
    let (mut source, format) = open(file.clone().into(), Place::object("t.parquet"), piece, interest)?;
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
            Values::Bytes(vec![b"t".as_slice().into(), [0xff, 0].as_slice().into(), b"u".as_slice().into()]),
            vec![1, 1, 0, 1],
            vec![0, 1, 0, 0],
        ),
        Chunk(Values::Int96(vec![seen]), vec![0, 0, 1], vec![]),
        Chunk(Values::Fixed(vec![fixed("1234"), fixed("5678")]), vec![1, 0, 1], vec![]),
        Chunk(Values::Double(vec![0.5]), vec![1, 0, 0], vec![]),
        Chunk(Values::Bool(vec![true]), vec![1, 0, 0], vec![]),
    ]
}

fn about(file: &Bytes) -> ParquetMetaData {
    let reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Optional);
    reader.parse_and_finish(file).unwrap()
}

fn codecs() -> [Compression; 7] {
    [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
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
        assert_eq!(batches.iter().flat_map(|batch| &batch.binary).map(|(_, cells)| cells).sum::<u64>(), 2);
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
    for codec in codecs() {
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

#[test]
fn pages_that_do_not_decompress_are_told_as_damage() {
    let message = "message m { required binary a (UTF8); }";
    let words: Vec<_> = (0..500).map(|at| format!("word {}", at * at)).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    for compression in [
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        let properties =
            WriterProperties::builder().set_compression(compression).set_dictionary_enabled(false);
        let mut file = write(message, properties, &[vec![Chunk(texts(&words), vec![], vec![])]]).to_vec();
        file[100..1_000].fill(0xff);
        let error = read(&file.into(), 1 << 20).unwrap_err();
        assert!(matches!(error.cause, Cause::Parquet(_)), "{compression}: {error:?}");
        assert!(error.to_string().contains("fetch or write it again"), "{compression}: {error}");
    }
}

/// A file of one small page with its checksum, which the crate reads and does not write: a field of the page's header, in
/// Thrift's compact protocol, between those of the sizes and that of the rest.
fn with_checksum(file: &Bytes) -> Vec<u8> {
    let metadata = ParquetMetaDataReader::new().parse_and_finish(file).unwrap();
    let group = metadata.row_group(0).clone();
    let (start, len) = group.column(0).byte_range();
    let stored = &file[start as usize..(start + len) as usize];
    let [0x15, 0, 0x15, _, 0x15, size @ ..=0x7e, 0x2c, ..] = *stored else { panic!("another header") };
    let (header, page) = stored.split_at(stored.len() - usize::from(size / 2));
    let mut checksum = flate2::Crc::new();
    checksum.update(page);
    let sum = i64::from(checksum.sum().cast_signed());
    let mut rest = ((sum << 1) ^ (sum >> 63)).cast_unsigned() & 0xffff_ffff;
    let mut field = vec![0x15];
    while rest >= 0x80 {
        field.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    field.extend([rest as u8, 0x1c]);
    let mut summed = [b"PAR1", &header[..6], &field, &header[7..], page].concat();
    let size = i64::try_from(summed.len() - 4).unwrap();
    let column = group.column(0).clone().into_builder().set_total_compressed_size(size).build().unwrap();
    let group = group.into_builder().set_column_metadata(vec![column]).build().unwrap();
    let metadata = metadata.into_builder().set_row_groups(vec![group]).build();
    ParquetMetaDataWriter::new(&mut summed, &metadata).finish().unwrap();
    summed
}

#[test]
fn a_page_that_is_not_what_its_checksum_says_is_told() {
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true);
    let message = "message m { required binary a (UTF8); }";
    let file = write(message, properties, &[vec![Chunk(texts(&["some words"]), vec![], vec![])]]);
    let rotten = |mut file: Vec<u8>| {
        let at = file.windows(5).position(|bytes| bytes == b"words").unwrap();
        file[at] ^= 1;
        read(&file.into(), 1 << 20)
    };
    let cell = |batches: Vec<Batch>| batches[0].texts[0].get(0).to_owned();
    assert_eq!(cell(rotten(file.to_vec()).unwrap()), "some vords", "without one nothing can be told");
    let summed = with_checksum(&file);
    assert_eq!(cell(read(&summed.clone().into(), 1 << 20).unwrap()), "some words");
    let error = rotten(summed).unwrap_err();
    assert!(matches!(error.cause, Cause::Parquet(_)), "{error:?}");
    assert!(error.to_string().contains("checksum mismatch; the file may be damaged: fetch"), "{error}");
}

/// Levels that are higher than any, as the bits of one hold more than are needed.
#[test]
fn a_level_that_no_schema_knows_is_damage() {
    let message = "message m { optional group a { optional binary b (UTF8); } }";
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true);
    let levels: Vec<_> = [0, 1, 2, 2, 1, 2, 0, 1].repeat(8);
    let values = levels.iter().filter(|level| **level == 2).map(|_| "word").collect::<Vec<_>>();
    let file = write(message, properties, &[vec![Chunk(texts(&values), levels, vec![])]]).to_vec();
    // Two bits a level, eight levels in two bytes.
    let packed = [0b10_10_01_00, 0b01_00_10_01];
    let at = file.windows(2).position(|bytes| bytes == packed).unwrap();
    let mut damaged = file.clone();
    damaged[at] |= 0b11; // the first level, 0, becomes 3
    assert!(read(&file.into(), 1 << 20).is_ok());
    let error = read(&damaged.into(), 1 << 20).unwrap_err().to_string();
    assert_eq!(error, "t.parquet, record 0: the Parquet file contradicts itself; fetch it again");
}

/// The file as it would be with this at the end of its footer.
fn with(file: &Bytes, added: &[u8]) -> Bytes {
    let (data, end) = file.split_at(file.len() - 8);
    let footer = u32::from_le_bytes(end[..4].try_into().unwrap());
    let length = footer - 1 + u32::try_from(added.len()).unwrap();
    [&data[..data.len() - 1], added, &length.to_le_bytes(), &end[4..]].concat().into()
}

#[test]
fn a_plain_footer_that_names_an_encryption_is_refused() {
    let message = "message m { required binary a (UTF8); }";
    let file = write(message, WriterProperties::builder(), &[vec![Chunk(texts(&["a"]), vec![], vec![])]]);
    // A field that is none of Parquet's is passed over.
    assert!(read(&with(&file, &[0x08, 0x28, 3, b'a', b'b', b'c', 0]), 1 << 20).is_ok());
    // AES_GCM_V1, no more of it, and a signature of 28 bytes.
    let signed = with(&file, &[&[0x0c, 0x10, 0x1c, 0, 0, 0][..], &[7; 28]].concat());
    let error = read(&signed, 1 << 20).unwrap_err().to_string();
    assert_eq!(error, "t.parquet: the Parquet file has encrypted columns, or is signed; decrypt it first");
}
