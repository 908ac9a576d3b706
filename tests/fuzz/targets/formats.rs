//! Any bytes as an object of a format, through the public doors of `io`: read, rewritten, read again. Nothing panics,
//! and nothing is lost.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use sievert::io::{
    Change, Compression, Edit, Encoding, Error, FormatName, Input, Kind, ListOptions, Object, ReadOptions,
    Runtime, Splice, Target, Texts, create, list, open,
};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::start().expect("a thread can be started"));

/// A table.
pub(crate) fn csv(data: &[u8]) {
    rewrite(FormatName::Csv, data);
}

/// JSON a line; then JSON that stands as it likes.
pub(crate) fn json(data: &[u8]) {
    rewrite(FormatName::Jsonl, data);
    rewrite(FormatName::Json, data);
}

/// Parquet, whole or damaged.
pub(crate) fn parquet(data: &[u8]) {
    rewrite(FormatName::Parquet, data);
}

fn rewrite(format: FormatName, data: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("in"), data).expect("written");
    for piece_bytes in [16, 1 << 20] {
        let options =
            ReadOptions { format: Some(format), piece_bytes, record_limit: 256, ..ReadOptions::default() };
        // Anything may be refused, with its place. What is read is all there.
        if let Ok(same) = copy(folder.path(), "in", "same", &options, &|_, _| None) {
            let written = fs::read(folder.path().join("same")).expect("a finished output is there");
            if same.verbatim {
                assert_eq!(written, data);
            } else if same.bytes_count && format != FormatName::Json {
                // A quarantined record may get the line break that it lacks.
                let most = data.len() as u64 + same.quarantined;
                assert!((data.len() as u64..=most).contains(&(written.len() as u64 + same.quarantine)));
            }
        }
        let change = |texts: &Texts, text: &str| match texts.kind {
            _ if text.len() % 7 == 6 => Some(Change::DropRecord),
            Kind::Text | Kind::Untyped if text.len() % 2 == 1 => Some(whole(text)),
            Kind::Integer | Kind::Float if texts.nullable => Some(Change::Null),
            _ => None,
        };
        if copy(folder.path(), "in", "changed", &options, &change).is_ok() {
            let again = copy(folder.path(), "changed", "again", &options, &|_, _| None);
            assert!(again.is_ok(), "what was written can be read");
        }
    }
}

/// The whole text replaced by one that every format has to escape.
fn whole(text: &str) -> Change {
    Change::Splice(vec![Splice { span: 0..text.len() as u32, text: "<\"X\",\n>".into() }])
}

/// What became of a copy.
struct Copied {
    verbatim: bool,
    /// Whether the stored bytes are those that the format sees: not compressed, in UTF-8.
    bytes_count: bool,
    /// Records quarantined, and their bytes.
    quarantined: u64,
    quarantine: u64,
}

fn copy(
    at: &Path,
    from: &str,
    to: &str,
    options: &ReadOptions,
    decide: &dyn Fn(&Texts, &str) -> Option<Change>,
) -> Result<Copied, Error> {
    let object = object(&at.join(from), options);
    let copied = copy_object(&object, &at.join(to), options, decide);
    if let Err(error) = &copied {
        assert!(error.place.object.ends_with(from) || error.place.object.ends_with(to), "{error}");
    }
    copied
}

fn object(path: &Path, options: &ReadOptions) -> Object {
    let all = ListOptions { format: options.format, ..ListOptions::default() };
    let mut listing = list(&RUNTIME, &Input::Path(path.to_owned()), &all).expect("the file is there");
    listing.objects.pop().expect("the file is listed")
}

fn copy_object(
    object: &Object,
    to: &Path,
    options: &ReadOptions,
    decide: &dyn Fn(&Texts, &str) -> Option<Change>,
) -> Result<Copied, Error> {
    let mut opened = open(object, options, &())?;
    let description = &opened.description;
    let bytes_count = description.compression == Compression::None && description.encoding == Encoding::Utf8;
    let target = Target { path: to.to_owned(), overwrite: true, run: "fuzz".into() };
    let mut output = create(&RUNTIME, object, description, &target, None, &mut |_, _| true)?;
    let mut copied = Copied { verbatim: true, bytes_count, quarantined: 0, quarantine: 0 };
    while let Some(piece) = opened.source.next()? {
        let batch = opened.format.decode(piece)?;
        let mut edits = Vec::new();
        for (at, texts) in batch.texts.iter().enumerate() {
            for cell in 0..texts.len() as u32 {
                if let Some(change) = decide(texts, texts.get(cell)) {
                    edits.push(Edit { texts: at as u32, cell, change });
                }
            }
        }
        let rendered = opened.format.encode(&batch, &edits)?;
        copied.verbatim &= rendered.verbatim;
        copied.quarantined += (batch.quarantined.len() + rendered.quarantined.len()) as u64;
        copied.quarantine += rendered.quarantine.len() as u64;
        output.append(rendered)?;
    }
    output.finish(&mut |_| Ok(()))?;
    Ok(copied)
}
