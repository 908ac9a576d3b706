//! The benches as data: what runs on what, and how much it must find. Makes the inputs, runs the engines and counts;
//! measures no time.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use regex_automata::meta::Regex;
use serde::Deserialize;
use serde_json::{Value, json};
use sievert::io::{ColumnType, Input, TableWriter};
use sievert::{
    Confidence, Destination, Detector, Draw, Field, Job, Limits, Overrides, Policy, Report, Scanner, Scratch,
    Task, Texts,
};
use sievert_corpora::{Density, Options, Passage, generate, novel, text};

/// Every corpus is made from this seed.
const SEED: u64 = 7;

/// Engines beside each other on one corpus.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ScanBench {
    pub(crate) name: String,
    corpus: Corpus,
    /// Bytes of text, or records of the table.
    size: usize,
    detectors: Detectors,
    /// What each engine finds.
    pub(crate) counts: BTreeMap<Engine, u64>,
    /// Instructions a byte of the scanner, as last accepted; `instructions.rs` holds it to them.
    pub(crate) instructions: Option<f64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Detectors {
    All,
    /// Those of [`TWELVE`].
    Twelve,
}

/// The dozen that every scanner has.
const TWELVE: [&str; 12] = [
    "global.email",
    "global.ipv4",
    "global.ipv6",
    "global.mac",
    "us.ssn",
    "global.payment_card",
    "global.phone",
    "global.iban",
    "global.date_of_birth",
    "secret.aws_key_id",
    "secret.github_token",
    "secret.jwt",
];

impl Detectors {
    fn get(self) -> Vec<&'static Detector> {
        match self {
            Self::All => sievert::detectors().to_vec(),
            Self::Twelve => TWELVE.map(|id| sievert::detector(id).expect("a detector's id")).into(),
        }
    }
}

/// Sentences in Cyrillic, Greek, Kana and Han, Arabic, Devanagari, Hebrew and Thai.
const SCRIPTS: &str = include_str!("scripts.txt");

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Corpus {
    /// Lines in eleven languages, and numbers that look like values.
    Free,
    Realistic,
    Dense,
    /// Paragraphs of an English novel.
    NovelFree,
    NovelRealistic,
    NovelDense,
    /// Prose in scripts that are not Latin.
    Scripts,
    /// Rows of integers and decimals.
    Numbers,
    /// A table of customers: twelve columns of short cells.
    Cells,
    /// A table of requests: what most columns are, and no values.
    Events,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Engine {
    /// The scanner, with validation, labels and context.
    Sievert,
    /// The same patterns in one regex: what matches, nothing checked, one match where several overlap.
    RegexMany,
    /// The same patterns one after the other: what matches, nothing checked.
    RegexEach,
}

/// Scan and rewrite of one object.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormatBench {
    /// Its name says what is made: an object of a sample, its table as another format, or text a line a record.
    pub(crate) object: String,
    /// Bytes of text, or records of a sample.
    size: usize,
    pub(crate) records: u64,
    /// Findings of any confidence.
    findings: u64,
    /// Findings that the default policy replaces.
    replaced: u64,
    /// What is measured beside it, and what that finds. One without is small: it is for tests.
    #[serde(default)]
    pub(crate) beside: Option<Counts>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counts {
    pub(crate) lines: Option<u64>,
    /// Cells in which the regex of DuckDB matches.
    pub(crate) duckdb: u64,
}

/// The cells of a column; lines of text are the cells of a column without a name.
pub(crate) struct Column {
    name: String,
    buffer: String,
    ends: Vec<u32>,
}

impl Column {
    fn new(name: &str) -> Self {
        Self { name: name.into(), buffer: String::new(), ends: Vec::new() }
    }

    fn push(&mut self, cell: &str) {
        self.buffer.push_str(cell);
        self.ends.push(u32::try_from(self.buffer.len()).expect("corpora are small"));
    }

    fn texts(&self) -> Texts<'_> {
        Texts { buffer: &self.buffer, ends: &self.ends }
    }
}

#[derive(Deserialize)]
struct Benches<T> {
    bench: Vec<T>,
}

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Vec<T> {
    toml::from_str::<Benches<T>>(text).expect("benches/definitions").bench
}

pub(crate) fn scan_benches() -> Vec<ScanBench> {
    read(include_str!("definitions/scan.toml"))
}

pub(crate) fn format_benches() -> Vec<FormatBench> {
    read(include_str!("definitions/formats.toml"))
}

/// What to say where not as much is found as the definition says.
pub(crate) fn differs(bench: &str, what: &str, found: u64, expected: u64) -> Option<String> {
    (found != expected).then(|| {
        format!(
            "{bench}: {what} is {found}, the definition says {expected}; if the change is meant, write the new number \
             into benches/definitions"
        )
    })
}

impl ScanBench {
    pub(crate) fn columns(&self) -> Vec<Column> {
        let made = |density, make: fn(_, _, _, &[&'static Detector]) -> Passage| {
            make(density, self.size, SEED, sievert::detectors()).text
        };
        let text = match self.corpus {
            Corpus::Free => made(Density::Free, text),
            Corpus::Realistic => made(Density::Realistic, text),
            Corpus::Dense => made(Density::Dense, text),
            Corpus::NovelFree => made(Density::Free, novel),
            Corpus::NovelRealistic => made(Density::Realistic, novel),
            Corpus::NovelDense => made(Density::Dense, novel),
            Corpus::Scripts => SCRIPTS.repeat(self.size / SCRIPTS.len() + 1),
            Corpus::Numbers => numbers(self.size),
            Corpus::Cells => return table(self.size as u64),
            Corpus::Events => return events(self.size),
        };
        let mut lines = Column::new("");
        for line in text.split_inclusive('\n') {
            lines.push(line);
        }
        vec![lines]
    }

    /// The engine, ready to count what it finds in the columns.
    pub(crate) fn engine<'c>(&self, engine: Engine, columns: &'c [Column]) -> Box<dyn FnMut() -> u64 + 'c> {
        let detectors = self.detectors.get();
        let patterns: Vec<_> = detectors
            .iter()
            .flat_map(|detector| [detector.pattern, detector.in_context])
            .filter(|pattern| !pattern.is_empty())
            .collect();
        match engine {
            Engine::Sievert => {
                let scanner = Scanner::new(&detectors, &[]).expect("the catalogue compiles");
                let fields: Vec<Field> = columns.iter().map(|column| scanner.field(&column.name)).collect();
                let (mut scratch, mut found) = (Scratch::default(), Vec::new());
                Box::new(move || {
                    found.clear();
                    for (column, field) in columns.iter().zip(&fields) {
                        scanner.scan_texts(field, &column.texts(), &mut scratch, &mut found);
                    }
                    found.len() as u64
                })
            }
            Engine::RegexMany => matches(vec![Regex::new_many(&patterns)], columns),
            Engine::RegexEach => matches(patterns.into_iter().map(Regex::new).collect(), columns),
        }
    }
}

fn matches<E: std::fmt::Debug>(
    regexes: Vec<Result<Regex, E>>,
    columns: &[Column],
) -> Box<dyn FnMut() -> u64 + '_> {
    let regexes: Vec<_> = regexes.into_iter().map(|regex| regex.expect("the catalogue compiles")).collect();
    Box::new(move || {
        let cells = columns.iter().flat_map(|column| column.texts().iter());
        cells.map(|cell| regexes.iter().map(|regex| regex.find_iter(cell).count() as u64).sum::<u64>()).sum()
    })
}

pub(crate) fn bytes(columns: &[Column]) -> u64 {
    columns.iter().map(|column| column.buffer.len() as u64).sum()
}

fn table(records: u64) -> Vec<Column> {
    let folder = sample(records);
    let mut file = csv::Reader::from_path(folder.path().join("patients.csv")).expect("the sample's table");
    let mut columns: Vec<_> = file.headers().expect("a header").iter().map(Column::new).collect();
    for record in file.records() {
        let record = record.expect("a record");
        columns.iter_mut().zip(&record).for_each(|(column, cell)| column.push(cell));
    }
    columns
}

/// Columns of numbers, times, codes and paths, which are nobody's.
fn events(records: usize) -> Vec<Column> {
    let mut draw = Draw::new(SEED);
    let names = ["event", "day", "at", "amount", "share", "request", "status", "path", "active"];
    let mut columns = names.map(Column::new);
    for record in 0..records {
        let day = format!("20{}-{:02}-{:02}", draw.number(19, 26), draw.number(1, 12), draw.number(1, 28));
        let (hour, minute, second) = (draw.number(0, 23), draw.number(0, 59), draw.number(0, 59));
        let row = [
            (100_000 + record).to_string(),
            day.clone(),
            format!("{day} {hour:02}:{minute:02}:{second:02}"),
            format!("{}.{:02}", draw.number(0, 9_999), draw.number(0, 99)),
            format!("0.{}", draw.digits(16)),
            [8, 4, 4, 4, 12].map(|digits| draw.letters("0123456789abcdef", digits)).join("-"),
            (*draw.pick(&["done", "waiting for stock", "A12", "B77-X", "200", "cancelled"])).to_owned(),
            format!("/api/v{}/items/{}?page={}", draw.number(1, 3), draw.digits(5), draw.number(1, 50)),
            draw.chance(50).to_string(),
        ];
        columns.iter_mut().zip(&row).for_each(|(column, cell)| column.push(cell));
    }
    columns.into()
}

/// Rows of numbers as programs write them: integers of any length, small ones, shares, measures.
fn numbers(size: usize) -> String {
    let mut draw = Draw::new(SEED);
    let mut text = String::new();
    while text.len() < size {
        let separator = *draw.pick(&[" ", ", ", "\t"]);
        let kind = draw.number(0, 3);
        let number = |_| match kind {
            0 => {
                let digits = draw.number(1, 9) as u32;
                draw.number(0, 10_u64.pow(digits)).to_string()
            }
            1 => draw.number(0, 999).to_string(),
            2 => format!("0.{}", draw.digits(6)),
            _ => {
                let sign = if draw.chance(50) { "-" } else { "" };
                format!("{sign}{}.{}", draw.number(0, 1_000), draw.digits(3))
            }
        };
        let row: Vec<_> = (0..10).map(number).collect();
        text.push_str(&row.join(separator));
        text.push('\n');
    }
    text
}

/// A folder with the sample's three objects.
fn sample(rows: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    generate(&Options { rows, seed: SEED }, sievert::detectors(), folder.path()).expect("a sample");
    folder
}

/// The sample's table as another format too, if that is what `object` is; gives its columns.
fn patients(table: &Path, object: &Path) -> Vec<String> {
    let mut file = csv::Reader::from_path(table).expect("the sample's table");
    let columns: Vec<String> = file.headers().expect("a header").iter().map(str::to_owned).collect();
    let create = || BufWriter::new(File::create_new(object).expect("an object"));
    let records = file.records().map(|record| record.expect("a record"));
    match object.file_name().and_then(OsStr::to_str) {
        Some("patients.jsonl") => {
            let mut out = create();
            for record in records {
                let fields: serde_json::Map<_, _> =
                    columns.iter().cloned().zip(record.iter().map(Value::from)).collect();
                writeln!(out, "{}", Value::Object(fields)).expect("an object");
            }
        }
        Some("patients.parquet") => {
            let typed: Vec<_> = columns.iter().map(|name| (name.as_str(), ColumnType::Text)).collect();
            let mut out = TableWriter::new("patients", create(), &typed).expect("an object");
            for record in records {
                out.append(record.iter().map(Into::into).collect()).expect("an object");
            }
            out.finish().expect("an object").flush().expect("an object");
        }
        _ => {}
    }
    columns
}

impl FormatBench {
    /// The folder that holds the object, and the names of its columns if it is measured.
    pub(crate) fn input(&self) -> (tempfile::TempDir, Vec<String>) {
        let lines = |density, make: fn(_, _, _, &[&'static Detector]) -> Passage| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let made = make(density, self.size, SEED, sievert::detectors()).text;
            let record = |(id, text): (usize, &str)| json!({"id": id, "text": text}).to_string() + "\n";
            let made: String = made.lines().enumerate().map(record).collect();
            fs::write(folder.path().join(&self.object), made).expect("an object");
            (folder, vec!["text".into()])
        };
        match &*self.object {
            "prose.jsonl" => lines(Density::Free, text),
            "novel.jsonl" => lines(Density::Realistic, novel),
            other => {
                let folder = sample(self.size as u64);
                let columns = patients(&folder.path().join("patients.csv"), &folder.path().join(other));
                (folder, columns)
            }
        }
    }

    /// A job that only looks, or one that writes a safe copy into a folder.
    pub(crate) fn job(&self, input: &Path, out: Option<PathBuf>, threads: usize) -> Job {
        let task = match out {
            None => Task::Scan,
            Some(out) => {
                let state = out.with_extension("sievert");
                Task::Redact { to: Destination::Folder(out), overwrite: true, state }
            }
        };
        let plan = sievert::plan(&Policy::default(), &Overrides::default()).expect("the default plan");
        let limits = Limits { threads, ..Limits::default() };
        Job { limits, ..Job::new(plan, vec![Input::Path(input.join(&self.object))], task) }
    }

    /// Where a report says another thing than the definition.
    pub(crate) fn differences(&self, report: &Report) -> Vec<String> {
        assert!(report.complete(), "{}: not everything was examined", self.object);
        let found = report.findings(Confidence::Possible);
        let mut differences = vec![
            differs(&self.object, "records", report.ledger.records.scanned, self.records),
            differs(&self.object, "findings", found, self.findings),
        ];
        if report.command == "redact" {
            let replaced = report.actions.values().filter_map(|actions| actions.get("replace")).sum();
            differences.push(differs(&self.object, "replaced", replaced, self.replaced));
        }
        differences.into_iter().flatten().collect()
    }
}
