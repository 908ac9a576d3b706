//! A column in which texts repeat comes to the same as one that is looked at cell by cell, for less work.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use sievert_detect::{
    Category, Detector, DetectorSet, Evidence, Failure, Recognized, Recognizer, Verdict, checksum,
};
use sievert_io::{Body, Input, ListOptions, Runtime, list, open};

use super::*;
use crate::{Destination, Overrides, Plan, Policy, Sample, SampleSize};

static TOKEN: Detector = Detector {
    id: "toy.token",
    title: "Toy token",
    placeholder: "TOKEN",
    category: Category::Credential,
    pattern: "tok_[a-z0-9]{6}",
    validate: |_| Verdict::Unmistakable,
    ..Detector::BLANK
};

/// Labels take a looser shape, which may hold the stricter one, and either may fail.
static CODE: Detector = Detector {
    id: "toy.code",
    title: "Toy code with two shapes",
    placeholder: "CODE",
    pattern: "[0-9]{4}[a-z]",
    labelled: "[0-9a-z]{2,5}-?[0-9a-z]{2,6}",
    labels: &["code"],
    chance: 0.1,
    validate: |candidate| match candidate.text.as_bytes() {
        [.., b'x'] => Verdict::Failed,
        [.., b'y'] => Verdict::Weak,
        [b'9', ..] => Verdict::Example,
        [b'8', ..] => Verdict::Plain,
        _ => Verdict::checked(candidate.digits().map(u32::from).sum::<u32>() % 2 == 0),
    },
    ..Detector::BLANK
};

static NUMBER: Detector = Detector {
    id: "toy.number",
    title: "Toy number with a check digit",
    placeholder: "NUMBER",
    pattern: "[0-9]{8}",
    chance: 0.1,
    validate: |candidate| Verdict::checked(checksum::luhn(candidate.digits())),
    ..Detector::BLANK
};

/// Sees Anna, and fails on what says boom.
#[derive(Debug)]
struct Names;

impl Recognizer for Names {
    fn detectors(&self) -> Vec<&str> {
        vec!["acme.name"]
    }

    fn recognize(&self, texts: &[&str]) -> Vec<Result<Vec<Recognized>, Failure>> {
        let anna = |at| Recognized { detector: 0, span: at..at + 4, evidence: Evidence::NONE };
        let see = |text: &&str| match text.contains("boom") {
            true => Err(Failure("it broke".into())),
            false => Ok(text.find("Anna").map(anna).into_iter().collect()),
        };
        texts.iter().map(see).collect()
    }
}

const POLICY: &str = r#"
version = 1
[[allow]]
detector = "toy.token"
exact = ["tok_public"]
reason = "published"
[[detector]]
id = "acme.name"
function = "names.find"
examples = ["hello [[Anna]]"]
"#;

fn job(folder: &Path, sample: Option<Sample>) -> Job {
    let overrides = Overrides { recognizers: vec![Arc::new(Names)], ..Overrides::default() };
    let policy = Policy::parse(POLICY, "p.toml").expect("a policy");
    let to = Destination::Folder(folder.join("out"));
    let plan = Plan::new(&policy, &[&TOKEN, &NUMBER], &overrides).expect("a plan");
    let task = Task::Redact { to, overwrite: false, state: folder.join("state") };
    let findings = Some(folder.join("findings.jsonl"));
    Job { findings, excerpts: 7, sample, ..Job::new(plan, Vec::new(), task) }
}

/// All that comes of a file's pieces, spelt out, and the work that it took.
fn work(
    job: &Job,
    file: &Path,
    key: &RandomState,
    look: for<'b> fn(&'b Texts) -> Column<'b>,
) -> (String, u64) {
    let runtime = Runtime::start().expect("threads");
    let listing = list(&runtime, &Input::Path(file.to_owned()), &ListOptions::default()).expect("a listing");
    let mut opened = open(&listing.objects[0], &job.read, &()).expect("opened");
    let sampler = job.sample.map(|sample| Sampler { sample, share: 0.5 });
    let mut worker = Worker { look, ..Worker::new(job, sampler, key) };
    let mut told = String::new();
    while let Some(piece) = opened.source.next().expect("a piece") {
        let done = worker.piece("object", &*opened.format, piece).expect("done");
        let Worked { mut counts, rows, excerpts, look_at, unread, quarantined, rendered, .. } = done;
        let fields: BTreeMap<_, _> = std::mem::take(&mut counts.fields).into_iter().collect();
        writeln!(told, "{counts:?} {fields:?} {rows:?} {look_at:?} {quarantined:?}").expect("a string");
        for excerpt in excerpts {
            let Excerpt { place, before, value, after, .. } = excerpt;
            writeln!(told, "{place}: {before} {value} {after}").expect("a string");
        }
        // As the report adds them up.
        let mut gaps = BTreeMap::new();
        for Unread { field, cells, reason } in unread {
            gaps.entry(field).or_insert((0, reason)).0 += cells;
        }
        let Body::Bytes(bytes) = rendered.expect("a rewrite").body else { panic!("bytes of a text") };
        writeln!(told, "{gaps:?} {}", String::from_utf8_lossy(&bytes)).expect("a string");
    }
    (told, worker.scratch.steps())
}

/// Holds the two ways to look at a file against each other; the work of either.
fn compare(name: &str, content: &str, sample: Option<Sample>) -> [u64; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(name);
    std::fs::write(&file, content).expect("written");
    let (job, key) = (job(folder.path(), sample), RandomState::new());
    let [(distinct, less), (plain, more)] =
        [Column::of, Column::plain].map(|look| work(&job, &file, &key, look));
    assert_eq!(distinct, plain);
    [less, more]
}

const TEXTS: [&str; 12] = [
    "",
    "nothing",
    "tok_abc123",
    "of tok_abc123 and 12345674",
    "tok_public",
    "12345674",
    "12345675",
    "87654323",
    "boom",
    "Anna, again Anna",
    "\u{ff11}2345674",
    "x, \"y\"\n12345674",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn repeats_change_nothing(
        cells in prop::collection::vec((0..TEXTS.len(), 0..3_usize, 0..3_usize), 1..90),
        sampled in any::<bool>(),
    ) {
        let sample = sampled.then_some(Sample { size: SampleSize::Share(0.5), seed: 7 });
        let (mut table, mut lines) = ("id,any,few\n".to_owned(), String::new());
        for (row, &(any, few, more)) in cells.iter().enumerate() {
            let [any, few] = [TEXTS[any], TEXTS[few + 4]];
            let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            writeln!(table, "{row},{},{}", quoted(any), quoted(few)).expect("a string");
            let list = vec![any; more];
            writeln!(lines, "{{\"list\":{list:?},\"few\":{few:?},\"n\":{}}}", 12_345_670 + more).expect("a string");
        }
        compare("a.csv", &table, sample);
        compare("a.jsonl", &lines, sample);
        compare("a.txt", &table, sample);
    }
}

/// Five numbers of 1,000 rows are scanned as five and tallied as 1,000; so with more of them, in any order.
#[test]
fn what_repeats_is_scanned_once_and_tallied_as_often_as_it_stands() {
    let numbers = ["12345674", "87654323", "11111119", "22222228", "33333337"];
    let mut table = "id,number\n".to_owned();
    (0..1_000).for_each(|row| writeln!(table, "r{row},{}", numbers[row * row % 5]).expect("a string"));
    let [less, more] = compare("a.csv", &table, None);
    assert!(less * 10 < more, "{less} and {more} steps");

    let mut table = "id,number\n".to_owned();
    let draw = |row: u64| {
        row.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32
    };
    (0..1_000).for_each(|row| writeln!(table, "r{row},{}", 12_340_000 + draw(row) % 200).expect("a string"));
    let [less, more] = compare("a.csv", &table, None);
    assert!(less * 2 < more, "{less} and {more} steps");
}

/// Numbers of another kind are no failures of theirs once they are known as such: a rewritten column holds nothing new.
#[test]
fn what_is_left_of_a_mixed_column_may_agree_too() {
    static NARROW: Detector = Detector {
        id: "toy.narrow",
        title: "Toy number of which fewer have the shape",
        placeholder: "NARROW",
        pattern: "[12][0-9]{7}",
        chance: 1.0 / 7.0,
        validate: |candidate| Verdict::checked(sevens(candidate.digits())),
        ..Detector::BLANK
    };
    let folder = tempfile::tempdir().expect("a folder");
    let numbers = |from: u32, fits: fn(u32) -> bool| (from..).filter(move |number| fits(*number)).take(60);
    let narrow = numbers(12_000_000, |number| sevens(digits(number)));
    let wide = numbers(52_000_000, |number| checksum::luhn(digits(number)));
    let rows = narrow.zip(wide).map(|(narrow, wide)| format!("{narrow}\n{wide}\n"));
    let table = "number\n".to_owned() + &rows.collect::<String>();
    let file = folder.path().join("a.csv");
    std::fs::write(&file, table).expect("written");
    let plan = Plan::new(&Policy::default(), &[&NARROW, &NUMBER], &Overrides::default()).expect("a plan");
    let job = Job { plan: plan.into(), ..job(folder.path(), None) };
    let (told, _) = work(&job, &file, &RandomState::new(), Column::of);
    assert_eq!([told.matches("<NARROW>").count(), told.matches("<NUMBER>").count()], [60, 60], "{told}");
}

fn sevens(digits: impl Iterator<Item = u8>) -> bool {
    digits.map(u32::from).sum::<u32>() % 7 == 0
}

fn digits(number: u32) -> impl DoubleEndedIterator<Item = u8> {
    (0..8).rev().map(move |place| (number / 10_u32.pow(place) % 10) as u8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn agreement_that_is_added_is_what_a_scan_that_knows_it_finds(
        cells in prop::collection::vec("(code )?[1689][0-9]{3}[axy](-[0-9]{4}[axy])?( [0-9]{4}[axy])?", 1..9),
        name in prop::sample::select(vec!["code", "any"]),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut job = job(folder.path(), None);
        job.plan = Plan::new(&Policy::default(), &[&TOKEN, &CODE], &Overrides::default()).expect("a plan").into();
        let mut texts = Texts {
            field: name.into(),
            kind: sievert_io::Kind::Text,
            nullable: true,
            buffer: String::new(),
            ends: Vec::new(),
            occurrences: sievert_io::Occurrences::One((0..cells.len() as u32).collect()),
            named: Vec::new(),
        };
        for cell in &cells {
            texts.buffer.push_str(cell);
            texts.ends.push(texts.buffer.len() as u32);
        }
        let key = RandomState::new();
        let mut worker = Worker::new(&job, None, &key);
        let scanner = job.plan.scanner();
        let column = Column::plain(&texts);
        let mut field = scanner.field(name);
        let mut agreeing = DetectorSet::none(scanner.len());
        agreeing.insert(scanner.index_of("toy.code").expect("a detector of the plan"));
        scanner.scan_texts(&field, &column.cells(), &mut worker.scratch, &mut worker.found);
        worker.add_agreement(&agreeing, &field, &column);
        field.column = agreeing;
        let mut expected = Vec::new();
        scanner.scan_texts(&field, &column.cells(), &mut worker.scratch, &mut expected);
        prop_assert_eq!(&worker.found, &expected);
    }
}
