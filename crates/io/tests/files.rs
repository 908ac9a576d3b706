//! Files through the public face: listed, opened, rewritten and written whole, and what goes wrong on the way.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sievert_io::{
    Access, Batch, Cause, Change, Compression, Edit, Encoding, Error, FormatName, Header, Input, Kind,
    ListOptions, Listing, Object, Opened, Output, ReadOptions, Reason, Runtime, Splice, Target, TextRecord,
    Texts, WholeFile, create, list, open,
};

struct Folder {
    dir: tempfile::TempDir,
    runtime: Runtime,
}

impl Folder {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), runtime: Runtime::start().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    fn list(&self, input: &str, options: &ListOptions) -> Listing {
        list(&self.runtime, &Input::Path(self.path(input)), options).unwrap()
    }

    fn object(&self, name: &str) -> Object {
        self.list(name, &ListOptions::default()).objects.remove(0)
    }

    fn target(&self, name: &str, overwrite: bool) -> Target {
        Target { path: self.path(name), overwrite, run: "test".into() }
    }

    fn output(
        &self,
        object: &Object,
        opened: &Opened,
        name: &str,
        overwrite: bool,
    ) -> Result<Box<dyn Output>, Error> {
        let target = self.target(name, overwrite);
        create(&self.runtime, object, &opened.description, &target, None, &mut |_, _| true)
    }

    /// Names that stand in the folder `out`, hidden ones too.
    fn outputs(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path("out")) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Reads an object and writes it to `out`, every `ann` in it replaced by `<X>`. Also gives back what was read.
    fn rewrite(&self, name: &str, options: &ReadOptions) -> Result<(Vec<u8>, Vec<Batch>), Error> {
        let object = self.object(name);
        let mut opened = open(&object, options, &())?;
        let mut output = create(
            &self.runtime,
            &object,
            &opened.description,
            &self.target(&format!("out/{name}"), true),
            None,
            &mut |_, _| true,
        )?;
        let mut batches = Vec::new();
        while let Some(piece) = opened.source.next()? {
            let batch = opened.format.decode(piece)?;
            output.append(opened.format.encode(&batch, &edits(&batch))?)?;
            batches.push(batch);
        }
        assert_eq!(opened.source.position(), object.size, "the ledger counts every stored byte");
        let written = output.finish(&mut |_| Ok(()))?;
        let out = fs::read(self.path(&format!("out/{name}"))).unwrap();
        assert_eq!(written, out.len() as u64);
        Ok((out, batches))
    }
}

fn edits(batch: &Batch) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (at, texts) in batch.texts.iter().enumerate().filter(|(_, texts)| texts.kind.takes_text()) {
        for cell in 0..texts.len() as u32 {
            let found = texts.get(cell).match_indices("ann");
            let splices: Vec<_> = found
                .map(|(start, old)| Splice {
                    span: start as u32..(start + old.len()) as u32,
                    text: "<X>".into(),
                })
                .collect();
            if !splices.is_empty() {
                edits.push(Edit { texts: at as u32, cell, change: Change::Splice(splices) });
            }
        }
    }
    edits
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gunzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

fn names(listing: &Listing) -> Vec<&str> {
    listing.objects.iter().map(|object| &*object.name).collect()
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn a_folder_is_listed_by_name_with_what_is_left_out() {
    let folder = Folder::new();
    folder.put("b.csv", "a,b\n").put("a/x.JSONL.gz", gzip(b"{}\n")).put("a/page", "some words\nof text\n");
    folder.put("_SUCCESS", "").put(".git/config", "x").put("image.bin", [0, 1, 2, 3, 0, 255, 254, 0]);
    let listing = folder.list("", &ListOptions::default());
    assert_eq!(names(&listing), ["a/page", "a/x.JSONL.gz", "b.csv"]);
    let about = |at: usize| (listing.objects[at].format, listing.objects[at].compression);
    assert_eq!(about(0), (Some(FormatName::Text), Compression::None));
    assert_eq!(about(1), (Some(FormatName::Jsonl), Compression::Gzip));
    let skipped: Vec<_> =
        listing.skipped.iter().map(|skipped| (&*skipped.name, skipped.reason.not_examined())).collect();
    assert_eq!(skipped, [(".git", false), ("_SUCCESS", false), ("image.bin", true)]);
}

#[test]
fn include_and_exclude_look_at_the_last_part_or_at_the_whole_name() {
    let folder = Folder::new();
    folder.put("a/x.csv", "").put("b/x.csv", "").put("b/y.txt", "");
    let listed = |include: &[&str], exclude: &[&str]| {
        let strings = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect();
        let options =
            ListOptions { include: strings(include), exclude: strings(exclude), ..ListOptions::default() };
        names(&folder.list("", &options)).join(" ")
    };
    assert_eq!(listed(&["*.csv"], &[]), "a/x.csv b/x.csv");
    assert_eq!(listed(&[], &["b/*"]), "a/x.csv");
    assert_eq!(listed(&["**/x.*"], &["a/**"]), "b/x.csv");
}

#[test]
fn a_glob_lists_what_it_names_relative_to_its_fixed_part() {
    let folder = Folder::new();
    folder.put("data/a/x.csv", "").put("data/b/x.csv", "").put("data/b/y.txt", "");
    assert_eq!(names(&folder.list("data/*/x.csv", &ListOptions::default())), ["a/x.csv", "b/x.csv"]);
    assert_eq!(names(&folder.list("data/b/*", &ListOptions::default())), ["x.csv", "y.txt"]);
    let missing = list(&folder.runtime, &Input::Path(folder.path("data/*.csv")), &ListOptions::default());
    assert!(matches!(missing.unwrap_err().cause, Cause::NotFound));
    let missing = list(&folder.runtime, &Input::Path(folder.path("none.csv")), &ListOptions::default());
    assert!(matches!(missing.unwrap_err().cause, Cause::NotFound));
}

#[test]
fn an_unknown_name_is_told_by_its_content() {
    let folder = Folder::new();
    folder.put("1", "{\"a\":1}\n{\"a\":2}\n").put("2", "[1,\n2]").put("3", "a,b,c\n1,2,3\n4,5,6\n");
    folder.put("4", gzip(b"{\"a\":1}\n")).put("5", "Dear all,\nhello").put("6", "PAR1\x15\x04..PAR1");
    let listing = folder.list("", &ListOptions::default());
    let formats: Vec<_> = listing.objects.iter().map(|object| object.format.unwrap().name()).collect();
    assert_eq!(formats, ["jsonl", "json", "csv", "jsonl", "text", "parquet"]);
    let forced = ListOptions { format: Some(FormatName::Text), ..ListOptions::default() };
    assert!(folder.list("", &forced).objects.iter().all(|object| object.format == Some(FormatName::Text)));
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_is_listed_once_and_left() {
    let folder = Folder::new();
    folder.put("a/x.csv", "a\n1\n");
    std::os::unix::fs::symlink(folder.path(""), folder.path("a/again")).unwrap();
    std::os::unix::fs::symlink(folder.path("nowhere"), folder.path("gone.csv")).unwrap();
    let listing = folder.list("", &ListOptions::default());
    assert_eq!(names(&listing), ["a/x.csv"]);
    assert_eq!(listing.skipped.len(), 2);
    assert!(matches!((&*listing.skipped[0].name, &listing.skipped[0].reason), ("a/again", Reason::Loop)));
    assert!(matches!(listing.skipped[1].reason, Reason::Failed(Cause::NotFound)));
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_listed_as_failed() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.put("closed/x.csv", "a\n").put("closed.csv", "a\n1\n");
    for name in ["closed", "closed.csv"] {
        fs::set_permissions(folder.path(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    if fs::File::open(folder.path("closed.csv")).is_ok() {
        // The superuser may read all: what the system says to others is tested as a value.
        let denied = Cause::from(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
        assert_eq!(denied.to_string(), "permission denied; check the owner and mode");
        return;
    }
    let listing = folder.list("", &ListOptions::default());
    assert!(matches!(listing.skipped[0].reason, Reason::Failed(Cause::Denied)));
    let mut opened = open(&listing.objects[0], &ReadOptions::default(), &()).unwrap();
    assert!(matches!(opened.source.next().unwrap_err().cause, Cause::Denied));
    fs::set_permissions(folder.path("closed"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn without_a_finding_every_file_comes_out_byte_for_byte() {
    let csv = "\u{feff}id,name\r\n1,\"bob, \"\"jr\"\"\"\r\n\r\n2,żółć\r\n3";
    let text = "one\n\n  \ntwo \r\nthree\u{0}";
    let folder = Folder::new();
    let zstd = zstd::encode_all(csv.as_bytes(), 9).unwrap();
    let members = [gzip(b"a,b\n1,"), gzip(b"2\n3,4\n")].concat();
    let latin1 = b"id,name,city\n1,Jos\xe9,M\xfcnchen\n2,Zo\xeb,K\xf6ln\n";
    let files: [(&str, Vec<u8>); 11] = [
        ("a.csv", csv.into()),
        ("b.csv.gz", gzip(csv.as_bytes())),
        ("c.csv.zst", [zstd.clone(), zstd].concat()),
        ("d.csv.gz", members),
        ("e.txt", text.into()),
        ("f.csv", utf16(csv, u16::to_le_bytes)),
        ("g.csv", utf16(csv, u16::to_be_bytes)),
        ("h.tsv", utf16("a\tb\n1\t2\n", u16::to_le_bytes)),
        ("i.csv", latin1.into()),
        ("empty.csv", Vec::new()),
        ("empty.txt.gz", gzip(b"")),
    ];
    for (name, bytes) in files {
        folder.put(name, &bytes);
        for piece_bytes in [16, 1 << 20] {
            let options = ReadOptions { piece_bytes, ..ReadOptions::default() };
            let (out, batches) = folder.rewrite(name, &options).unwrap();
            assert_eq!(out, bytes, "{name}");
            assert!(batches.iter().all(|batch| batch.quarantined.is_empty()), "{name}");
        }
    }
}

#[test]
fn what_a_compressed_object_says_beside_its_text_is_looked_at() {
    let folder = Folder::new();
    let header = |name: &str, comment: &str, extra: &[u8]| {
        flate2::GzBuilder::new().filename(name).comment(comment).extra(extra)
    };
    let member = |header: flate2::GzBuilder, text: &str| {
        let mut member = header.write(Vec::new(), flate2::Compression::best());
        member.write_all(text.as_bytes()).unwrap();
        member.finish().unwrap()
    };
    let skipped = |text: &[u8]| [b"\x53\x2a\x4d\x18", &(text.len() as u32).to_le_bytes()[..], text].concat();
    let frame = |text: &str| zstd::encode_all(text.as_bytes(), 3).unwrap();

    // Each with what it says, the second time of nobody.
    let files = ["ann", "bob"].map(|who| {
        let named = member(header(&format!("{who}.csv"), "a copy", b"BC\x02\0\xff\xff"), "id,name\n1,eve\n");
        let late = member(header("b", &format!("of {who}"), b""), "2,eve\n");
        let about = skipped(format!("by {who}").as_bytes());
        [
            ("a.csv.gz", [named, late].concat(), vec!["a copy", "b"]),
            ("b.jsonl.zst", [&about[..], &frame("{\"a\":1}\n"), &frame("{\"a\":2}\n")].concat(), vec![]),
            ("c.txt.zst", [&frame("one line\n")[..], &skipped(b"\0\xff"), &about].concat(), vec![]),
            ("empty.txt.gz", member(header("c", &format!("of {who}"), b""), ""), vec!["c"]),
        ]
    });
    let beside = |batches: &[Batch]| -> Vec<String> {
        let texts = batches.iter().flat_map(|batch| &batch.texts);
        texts.filter(|texts| texts.kind == Kind::Metadata).flat_map(Texts::iter).map(str::to_owned).collect()
    };
    for piece_bytes in [16, 1 << 20] {
        let options = ReadOptions { piece_bytes, ..ReadOptions::default() };
        let rewrite = |(name, bytes, _): &(&str, Vec<u8>, Vec<&str>)| {
            folder.put(name, bytes);
            folder.rewrite(name, &options).unwrap()
        };
        let [ann, bob] = files.each_ref().map(|files| files.each_ref().map(rewrite));
        for (((with, batches), (without, _)), (name, bytes, others)) in
            ann.into_iter().zip(bob).zip(&files[1])
        {
            assert_eq!(&without, bytes, "{name}: a copy of what holds nothing is the same");
            let said = beside(&batches);
            assert!(said.iter().any(|text| text.contains("ann")), "{name}: {said:?}");
            assert!(others.iter().all(|other| said.iter().any(|text| text == other)), "{name}: {said:?}");

            let again = folder.put(name, with).rewrite(name, &options).unwrap().1;
            assert_eq!(beside(&again), [""; 0], "{name}: a copy of what holds something says nothing");
        }
    }
    let binary = folder.put("c.zst", &files[0][2].1).rewrite("c.zst", &ReadOptions::default()).unwrap().1;
    let binary: Vec<_> = binary.iter().flat_map(|batch| &batch.binary).collect();
    assert_eq!(binary, [&("zstd.skipped".into(), 1)], "what is no text is counted");

    let half = skipped(&vec![b'x'; 9 << 20]);
    let long = [&half[..], &half, &frame("one line\n")].concat();
    let failed = folder.put("long.txt.zst", long).rewrite("long.txt.zst", &ReadOptions::default());
    assert!(failed.unwrap_err().to_string().contains("more than 16 MiB"));
}

#[test]
fn edits_are_written_as_the_input_was() {
    let folder = Folder::new();
    let csv = "id,name\n1,\"ann é\"\n2,bob\n";
    let edited = "id,name\n1,\"<X> é\"\n2,bob\n";
    folder.put("a.csv.gz", gzip(csv.as_bytes())).put("b.csv", utf16(csv, u16::to_le_bytes));
    folder
        .put("c.csv", b"id,name\n1,\"ann \xe9t\xe9\"\n2,bob\n")
        .put("d.txt", "hi ann\r\nand ann, ann\n\nbye");
    let options = ReadOptions::default();
    assert_eq!(gunzip(&folder.rewrite("a.csv.gz", &options).unwrap().0), edited);
    assert_eq!(folder.rewrite("b.csv", &options).unwrap().0, utf16(edited, u16::to_le_bytes));
    assert_eq!(folder.rewrite("c.csv", &options).unwrap().0, b"id,name\n1,\"<X> \xe9t\xe9\"\n2,bob\n");
    assert_eq!(folder.rewrite("d.txt", &options).unwrap().0, b"hi <X>\r\nand <X>, <X>\n\nbye");
    let object = ReadOptions { text_record: TextRecord::Object, ..options };
    let (out, batches) = folder.rewrite("d.txt", &object).unwrap();
    assert_eq!(out, b"hi <X>\r\nand <X>, <X>\n\nbye");
    assert_eq!(batches.iter().map(|batch| batch.records).sum::<u32>(), 1);
}

#[test]
fn encodings_are_named() {
    let folder = Folder::new();
    let encoding = |bytes: &[u8]| {
        folder.put("x.csv", bytes);
        open(&folder.object("x.csv"), &ReadOptions::default(), &()).unwrap().description.encoding
    };
    assert_eq!(encoding("é,b\n".as_bytes()), Encoding::Utf8);
    assert_eq!(encoding(&utf16("\u{feff}a,b\n", u16::to_be_bytes)), Encoding::Utf16Be);
    assert_eq!(encoding(&utf16("a,b\n1,2\n", u16::to_le_bytes)), Encoding::Utf16Le);
    assert_eq!(encoding(b"a,b\n1,caf\xe9\n"), Encoding::Windows1252);
    // A mixture is UTF-8 with damage, never quietly something else; so are bytes that are no letters.
    assert_eq!(encoding(b"a,b\n\xc3\xa9,caf\xe9\n"), Encoding::Utf8);
    assert_eq!(encoding(b"a,b\n1,\xff\xfe\n"), Encoding::Utf8);
    assert_eq!(encoding(b"a,b\n1,x\0y\n"), Encoding::Utf8);
}

#[test]
fn half_a_character_quarantines_its_record_alone() {
    let folder = Folder::new();
    let mut bytes = utf16("a,b\n1,x", u16::to_le_bytes);
    bytes.extend(0xd800_u16.to_le_bytes());
    bytes.extend(utf16("\n2,ann\n", u16::to_le_bytes));
    folder.put("x.csv", &bytes).put("bad.txt", b"one\nt\xffwo\nthree\n");
    let (out, batches) = folder.rewrite("x.csv", &ReadOptions::default()).unwrap();
    assert_eq!(out, utf16("a,b\n2,<X>\n", u16::to_le_bytes));
    assert_eq!(batches[0].quarantined[0].row, 0);
    let (out, batches) = folder.rewrite("bad.txt", &ReadOptions::default()).unwrap();
    assert_eq!(out, b"one\nthree\n");
    assert_eq!(batches[0].quarantined[0].row, 1);
    assert!(
        batches[0].texts.iter().any(|texts| texts.kind == Kind::Unparsed && texts.get(0) == "t\u{fffd}wo")
    );
}

#[test]
fn a_truncated_stream_gives_what_was_whole_and_then_fails() {
    let lines: String =
        (0..2000).fold(String::new(), |text, line| text + &format!("{},line {line}\n", line * 7919 % 10_007));
    let folder = Folder::new();
    let (gz, zst) = (gzip(lines.as_bytes()), zstd::encode_all(lines.as_bytes(), 3).unwrap());
    folder.put("a.csv.gz", &gz[..gz.len() / 2]).put("b.csv.zst", &zst[..zst.len() / 2]);
    let mut damaged = gz.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 8].fill(0);
    folder.put("c.csv.gz", damaged);
    for (name, why) in
        [("a.csv.gz", "truncated gzip"), ("b.csv.zst", "truncated zstd"), ("c.csv.gz", "damaged gzip")]
    {
        let options = ReadOptions { piece_bytes: 1000, header: Header::No, ..ReadOptions::default() };
        let mut opened = open(&folder.object(name), &options, &()).unwrap();
        let mut records = 0;
        let error = loop {
            match opened.source.next() {
                Ok(Some(piece)) => {
                    let batch = opened.format.decode(piece).unwrap();
                    assert!(batch.quarantined.is_empty());
                    records += u64::from(batch.records);
                }
                Ok(None) => panic!("{name} ended as if it were whole"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.place.record, Some(records));
        assert_eq!(error.to_string(), format!("{name}, record {records}: {why}; fetch it again"));
        assert!(opened.source.next().unwrap().is_none(), "a torn record is never given");
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_fails() {
    type Change = fn(&Path);
    let folder = Folder::new();
    let long = "some line of text\n".repeat(300_000);
    let changes: [(&str, Change); 3] = [
        ("shrinks", |path| fs::OpenOptions::new().write(true).open(path).unwrap().set_len(100).unwrap()),
        ("grows", |path| fs::OpenOptions::new().append(true).open(path).unwrap().write_all(b"x").unwrap()),
        ("is replaced", |path| fs::write(path, "other").unwrap()),
    ];
    for (what, change) in changes {
        folder.put("x.txt", &long);
        let mut opened = open(&folder.object("x.txt"), &ReadOptions::default(), &()).unwrap();
        opened.source.next().unwrap().unwrap();
        change(&folder.path("x.txt"));
        let error = loop {
            match opened.source.next() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("a file that {what} was read as if it were whole"),
                Err(error) => break error,
            }
        };
        assert!(matches!(error.cause, Cause::Changed), "{what}: {error}");
    }
}

#[test]
fn outputs_appear_whole_or_not_at_all() {
    let folder = Folder::new();
    folder.put("a.csv", "id,name\n1,ann\n");
    let object = folder.object("a.csv");
    let opened = open(&object, &ReadOptions::default(), &()).unwrap();

    let output = folder.output(&object, &opened, "out/a.csv", false).unwrap();
    assert_eq!(folder.outputs(), [".a.csv.test.part"]);
    drop(output);
    assert!(folder.outputs().is_empty(), "dropped before the end, nothing is left");

    // Somebody else is faster.
    let output = folder.output(&object, &opened, "out/a.csv", false).unwrap();
    folder.put("out/a.csv", "theirs");
    assert!(matches!(output.finish(&mut |_| Ok(())).unwrap_err().cause, Cause::Exists));
    assert_eq!(folder.outputs(), ["a.csv"]);
    assert_eq!(fs::read(folder.path("out/a.csv")).unwrap(), b"theirs");

    let refused = folder.output(&object, &opened, "out/a.csv", false);
    assert!(matches!(refused.err().unwrap().cause, Cause::Exists));
    folder.output(&object, &opened, "out/a.csv", true).unwrap().finish(&mut |_| Ok(())).unwrap();
    assert_eq!(fs::read(folder.path("out/a.csv")).unwrap(), b"");
}

#[cfg(unix)]
#[test]
fn findings_and_quarantine_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let mut file = WholeFile::create(&folder.target("state/findings.jsonl", false), Access::Owner).unwrap();
    file.write_all(b"{}\n").unwrap();
    assert_eq!(file.finish().unwrap(), 3);
    let mode = fs::metadata(folder.path("state/findings.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_original_that_changed_is_not_copied() {
    let folder = Folder::new();
    folder.put("a.csv.gz", gzip(b"id\n1\n"));
    let object = folder.object("a.csv.gz");
    let mut opened = open(&object, &ReadOptions::default(), &()).unwrap();
    let mut output = folder.output(&object, &opened, "out/a.csv.gz", false).unwrap();
    while let Some(piece) = opened.source.next().unwrap() {
        let batch = opened.format.decode(piece).unwrap();
        output.append(opened.format.encode(&batch, &[]).unwrap()).unwrap();
    }
    folder.put("a.csv.gz", gzip(b"id\nann\n"));
    assert!(matches!(output.finish(&mut |_| Ok(())).unwrap_err().cause, Cause::Changed));
    assert!(folder.outputs().is_empty());
}
