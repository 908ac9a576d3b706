//! Files built value by value, rewritten: what is edited, what is passed on, and what is left of the old.

use std::io::Write;
use std::sync::{Arc, Mutex};

use super::*;

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
pub(crate) type Decide<'a> = &'a dyn Fn(&Texts, &str) -> Option<Change>;

pub(crate) fn rewrite(file: &Bytes, piece: usize, decide: Decide<'_>) -> Result<Bytes, Error> {
    rewrite_wanted(file, piece, decide, &())
}

pub(crate) fn rewrite_wanted(
    file: &Bytes,
    piece: usize,
    decide: Decide<'_>,
    interest: &dyn Interest,
) -> Result<Bytes, Error> {
    let place = || Place::object("t.parquet");
    let (mut source, format) = open(file.clone().into(), place(), piece, interest)?;
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

pub(crate) fn whole(text: &str, new: &str) -> Change {
    Change::Splice(vec![Splice { span: 0..text.len() as u32, text: new.to_owned() }])
}

/// The rows as the Parquet crate's own record reader shows them, lists, maps, nulls and all.
pub(crate) fn rows(file: &Bytes) -> Vec<String> {
    let reader = SerializedFileReader::new(file.clone()).unwrap();
    reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
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

/// As in a table of categories from which rows were taken away.
#[test]
fn a_value_of_a_dictionary_that_no_row_has_is_looked_at_and_goes() {
    let message = "message m { optional binary a (UTF8); required binary b (UTF8); }";
    let properties = WriterProperties::builder().set_statistics_enabled(EnabledStatistics::None);
    let columns =
        vec![Chunk(texts(&["ann", "bob"]), vec![1, 1], vec![]), Chunk(texts(&["x", "y"]), vec![], vec![])];
    let mut file = write(message, properties, &[columns]).to_vec();
    // The indexes of both rows: of one bit each, eight in a run, of which the second is 1. Now it is 0.
    let at = file.windows(3).position(|bytes| bytes == [1, 3, 0b10]).unwrap();
    file[at + 2] = 0;
    let file = Bytes::from(file);
    let [one, other] = &rows(&file)[..] else { panic!("two rows") };
    assert!(one.contains("ann") && other.contains("ann") && holds(&file, "bob"));

    for (piece, at_once) in [(1 << 20, copy::AT_ONCE), (1, copy::AT_ONCE), (1, 0)] {
        let (mut source, format) = open(file.clone().into(), Place::object("t.parquet"), piece, &()).unwrap();
        source.at_once = at_once;
        let mut told = Vec::new();
        while let Some(piece) = source.next().unwrap() {
            let batch = format.decode(piece).unwrap();
            let beside = batch.texts.iter().filter(|texts| texts.kind == Kind::Metadata);
            told.extend(beside.map(|texts| (texts.field.to_string(), texts.get(0).to_owned(), texts.len())));
        }
        assert_eq!(told, [("a".to_owned(), "bob".to_owned(), 1)], "{piece} {at_once}");
        assert_eq!(rewrite(&file, piece, &|_, _| None).unwrap(), file);
        for change in [whole("bob", "<NAME>"), Change::Null] {
            let decide = |texts: &Texts, text: &str| {
                (text == "bob").then(|| {
                    assert_eq!(texts.kind, Kind::Metadata);
                    change.clone()
                })
            };
            let edited = rewrite(&file, piece, &decide).unwrap();
            assert_eq!(rows(&edited), rows(&file));
            assert!(!holds(&edited, "bob") && holds(&edited, "ann"));
        }
    }
}

#[test]
fn edited_cells_change_and_nothing_else_does_in_any_codec_or_version() {
    for codec in codecs() {
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
}

/// Nor is a record dropped for it: the name would stay.
#[test]
fn a_name_of_a_column_is_not_rewritten() {
    let file = write(NESTED, WriterProperties::builder(), &[nested()]);
    for change in [whole("x", "y"), Change::Null, Change::DropRecord] {
        let error =
            rewrite(&file, 1, &|texts, _| (texts.kind == Kind::Key).then(|| change.clone())).unwrap_err();
        assert!(error.to_string().contains("a Parquet column's name is not rewritten"), "{error}");
    }
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

#[test]
fn columns_of_one_name_are_columns_of_their_own() {
    let message = "message m { optional binary a (UTF8); optional binary a (UTF8); required int32 a; }";
    let text = |text: &str| Chunk(texts(&[text]), vec![1], vec![]);
    let group = vec![text("ann"), text("bob"), Chunk(Values::Int32(vec![7]), vec![], vec![])];
    let file = write(message, WriterProperties::builder(), &[group]);
    assert_eq!(read(&file, 1 << 20).unwrap()[0].texts.iter().filter(|texts| &*texts.field == "a").count(), 3);
    let edited = rewrite(&file, 1 << 20, &|_, text| (text == "bob").then(|| whole(text, "?"))).unwrap();
    assert_eq!(rows(&edited), [rows(&file)[0].replace("bob", "?")]);
    assert!(!holds(&edited, "bob"));
}

/// They are written anew: a writer that wrote a dictionary and no data page says 0 for where that begins, and bytes that
/// nobody has looked at are not passed on.
#[test]
fn row_groups_without_rows_stay_between_others() {
    let message = "message m { optional binary a (UTF8); }";
    let group = |values: &[&str]| vec![Chunk(texts(values), vec![1; values.len()], vec![])];
    let groups = [group(&[]), group(&["ann", "x"]), group(&[]), group(&["bob"]), group(&[])];
    let file = write(message, WriterProperties::builder(), &groups);
    let places = cells(&read(&file, 1).unwrap()).into_iter().map(|(_, record, text)| (record, text));
    assert_eq!(places.collect::<Vec<_>>(), [(0, "ann".into()), (1, "x".into()), (2, "bob".into())]);
    let edited = rewrite(&file, 1, &|_, text| (text == "bob").then(|| whole(text, "?"))).unwrap();
    assert_eq!(rows(&edited), rows(&file).iter().map(|row| row.replace("bob", "?")).collect::<Vec<_>>());
    assert!(!holds(&edited, "bob"));
    let sizes =
        |file: &Bytes| about(file).row_groups().iter().map(RowGroupMetaData::num_rows).collect::<Vec<_>>();
    assert_eq!(sizes(&edited), [0, 2, 0, 1, 0]);
}

#[test]
fn thousands_of_columns_are_read_and_rewritten() {
    const COLUMNS: usize = 5_000;
    let column = |message: String, at: usize| message + &format!("optional binary c{at} (UTF8); ");
    let message = (0..COLUMNS).fold("message m { ".to_owned(), column) + "}";
    let group = || (0..COLUMNS).map(|_| Chunk(texts(&["x", "ann"]), vec![1, 1], vec![])).collect();
    let file = write(&message, WriterProperties::builder(), &[group(), group()]);
    assert_eq!(cells(&read(&file, 1 << 20).unwrap()).len(), 4 * COLUMNS);
    let decide: Decide<'_> =
        &|texts, text| (&*texts.field == "c4999" && text == "ann").then(|| whole(text, "?"));
    let edited = rewrite(&file, 1 << 20, decide).unwrap();
    let expected = rows(&file).into_iter().map(|row| row.replace("c4999: \"ann\"", "c4999: \"?\""));
    assert_eq!(rows(&edited), expected.collect::<Vec<_>>());
}
