//! What whole jobs are measured beside, on one thread: the same files with their lines counted, merely parsed, or
//! looked through by DuckDB with one regex. Knows nothing of Sievert.

use std::borrow::Cow;
use std::fs::{self, File};
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use memchr::memchr_iter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;

/// Email, IPv4, IPv6, MAC, social security number, card, phone, IBAN, date, AWS, GitHub, JWT; in RE2's syntax.
const TWELVE: [&str; 12] = [
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    r"\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b",
    r"\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b",
    r"\b\d{3}-\d{2}-\d{4}\b",
    r"\b\d(?:[ -]?\d){12,18}\b",
    r"\+\d{1,3}(?:[ -]?\d){6,12}\b",
    r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b",
    r"\b\d{4}-\d{2}-\d{2}\b",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+\b",
];

/// Arguments: file, regex, columns. Prints the cells that match and the seconds of the second of two queries, as the
/// first one also pays for what is made ready once.
const DUCKDB: &str = r#"
import sys, time, duckdb
file, regex, *columns = sys.argv[1:]
types = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in columns) + "}"
table = {
    "csv": f"read_csv('{file}', header = true, quote = '\"', columns = {types})",
    "jsonl": f"read_ndjson('{file}', columns = {types})",
    "parquet": f"read_parquet('{file}')",
}[file.rsplit(".")[-1]]
cells = " + ".join(f"count(*) FILTER (regexp_matches({name}, '{regex}'))" for name in columns)
duckdb.sql("SET threads = 1")
for _ in range(2):
    start = time.perf_counter()
    [(found,)] = duckdb.sql(f"SELECT {cells} FROM {table}").fetchall()
    seconds = time.perf_counter() - start
print(found, seconds)
"#;

/// Line breaks of a file: `wc -l`.
pub(crate) fn lines(file: &Path) -> u64 {
    memchr_iter(b'\n', &read(file)).count() as u64
}

/// Records of a file, each of them parsed.
pub(crate) fn parse(file: &Path, columns: &[String]) -> u64 {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => {
            let mut reader = csv::Reader::from_path(file).expect("the object");
            let (mut record, mut records) = (csv::ByteRecord::new(), 0);
            while reader.read_byte_record(&mut record).expect("a record") {
                records += 1;
            }
            records
        }
        Some("jsonl") if columns.len() == 1 => json::<Line<'_>>(&read(file)),
        Some("jsonl") => json::<Customer<'_>>(&read(file)),
        _ => {
            let file = File::open(file).expect("the object");
            let reader = ParquetRecordBatchReaderBuilder::try_new(file)
                .and_then(ParquetRecordBatchReaderBuilder::build);
            let batches = reader.expect("a Parquet file");
            batches.map(|batch| black_box(batch.expect("a batch")).num_rows() as u64).sum()
        }
    }
}

fn read(file: &Path) -> Vec<u8> {
    fs::read(file).expect("the object")
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, that is all")]
struct Line<'l> {
    id: u64,
    #[serde(borrow)]
    text: Cow<'l, str>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, that is all")]
struct Customer<'l> {
    #[serde(borrow)]
    patient_id: Cow<'l, str>,
    #[serde(borrow)]
    name: Cow<'l, str>,
    #[serde(borrow)]
    date_of_birth: Cow<'l, str>,
    #[serde(borrow)]
    country: Cow<'l, str>,
    #[serde(borrow)]
    email: Cow<'l, str>,
    #[serde(borrow)]
    phone: Cow<'l, str>,
    #[serde(borrow)]
    address: Cow<'l, str>,
    #[serde(borrow)]
    national_id: Cow<'l, str>,
    #[serde(borrow)]
    insurance_no: Cow<'l, str>,
    #[serde(borrow)]
    payment_card: Cow<'l, str>,
    #[serde(borrow)]
    notes: Cow<'l, str>,
    #[serde(borrow)]
    updated_at: Cow<'l, str>,
}

fn json<'l, T: Deserialize<'l>>(bytes: &'l [u8]) -> u64 {
    let lines = bytes.split_inclusive(|&byte| byte == b'\n');
    lines.inspect(|line| drop(black_box(sonic_rs::from_slice::<T>(line).expect("a record")))).count() as u64
}

/// Why DuckDB is left out, if it is.
pub(crate) fn no_duckdb() -> Option<&'static str> {
    let import = Command::new("python3").args(["-c", "import duckdb"]).output();
    let there = import.is_ok_and(|import| import.status.success());
    (!there).then_some("DuckDB: skipped, the python3 on the PATH cannot import duckdb (pip install duckdb)")
}

/// How long DuckDB took to find one of the twelve in the expected number of cells.
pub(crate) fn duckdb(file: &Path, columns: &[String], expected: u64) -> Duration {
    let regex = TWELVE.join("|");
    let run = Command::new("python3").args(["-c", DUCKDB]).arg(file).arg(regex).args(columns).output();
    let run = run.expect("python3 runs");
    let said = String::from_utf8_lossy(&run.stdout);
    let (found, seconds) =
        said.trim().split_once(' ').unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&run.stderr)));
    assert_eq!(found.parse(), Ok(expected), "DuckDB's cells, expected");
    Duration::from_secs_f64(seconds.parse().expect("seconds"))
}

/// How long it took to count to the expected number.
pub(crate) fn timed(count: impl FnOnce() -> u64, expected: u64) -> Duration {
    let start = Instant::now();
    assert_eq!(count(), expected, "counted, expected");
    start.elapsed()
}
