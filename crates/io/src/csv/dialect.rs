//! What a CSV looks like: its delimiter, its quote and whether it has a header, by its first bytes. A guess, stated in
//! the description and open to correction.

use std::collections::{HashMap, HashSet};

use super::BOM;
use super::cell::{Dialect, record, text};

/// The delimiters that are looked for; on a tie the first wins.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Rows that are looked at for each dialect.
const ROWS: usize = 1000;

/// How well a dialect fits a sample.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Fit {
    /// The share of rows that have as many cells as most rows; 0 if that is one cell.
    agreement: f64,
    /// That number of cells.
    cells: usize,
}

/// The dialect that fits best: the one under which most rows have the same number of cells, and more than one. What
/// is given is not looked for.
pub(crate) fn detect(sample: &[u8], delimiter: Option<u8>, quote: Option<u8>) -> Dialect {
    let delimiters = delimiter.map_or(DELIMITERS.to_vec(), |given| vec![given]);
    let quote = quote.unwrap_or_else(|| {
        let singles =
            delimiters.iter().any(|&delimiter| quoted_by(sample, Dialect { delimiter, quote: b'\'' }));
        let doubles =
            delimiters.iter().any(|&delimiter| quoted_by(sample, Dialect { delimiter, quote: b'"' }));
        if singles && !doubles { b'\'' } else { b'"' }
    });
    let mut best = Dialect { delimiter: delimiters[0], quote };
    for &delimiter in &delimiters[1..] {
        let dialect = Dialect { delimiter, quote };
        if fit(sample, dialect) > fit(sample, best) {
            best = dialect;
        }
    }
    best
}

/// Whether text of unknown format reads as CSV: three rows or columns at least, and no row that differs.
pub(crate) fn looks_like_csv(sample: &[u8]) -> bool {
    let dialect = detect(sample, None, None);
    let found = fit(sample, dialect);
    found.agreement >= 1.0 && cell_counts(sample, dialect).len() + found.cells > 4
}

/// The cells of each row of a sample, `None` for one that is not text; without the last if it may be cut off.
pub(crate) fn rows(sample: &[u8], dialect: Dialect) -> impl Iterator<Item = Option<Vec<String>>> {
    let mut at = if sample.starts_with(BOM) { BOM.len() } else { 0 };
    let mut starts = Vec::new();
    let mut count = 0;
    std::iter::from_fn(move || {
        starts.clear();
        let record = record(dialect, sample, at, &mut starts)?;
        at = record.next;
        count += 1;
        // The first row is given even if nothing follows it.
        if count > 1 && record.next == record.end {
            return None;
        }
        let ends = starts[1..].iter().map(|&start| start as usize - 1).chain([record.end]);
        let cells = starts.iter().zip(ends).map(|(&start, end)| {
            let raw = std::str::from_utf8(&sample[start as usize..end]).ok()?;
            Some(text(raw, dialect.quote))
        });
        Some(cells.collect())
    })
    .take(ROWS)
}

fn cell_counts(sample: &[u8], dialect: Dialect) -> Vec<usize> {
    let mut at = if sample.starts_with(BOM) { BOM.len() } else { 0 };
    let mut counts = Vec::new();
    let mut starts = Vec::new();
    while let Some(record) = record(dialect, sample, at, &mut starts)
        && counts.len() < ROWS
        && (counts.is_empty() || record.next > record.end)
    {
        counts.push(starts.len());
        starts.clear();
        at = record.next;
    }
    counts
}

fn fit(sample: &[u8], dialect: Dialect) -> Fit {
    let counts = cell_counts(sample, dialect);
    let mut rows_with: HashMap<usize, usize> = HashMap::new();
    for &count in &counts {
        *rows_with.entry(count).or_default() += 1;
    }
    match rows_with.iter().max_by_key(|&(&cells, &rows)| (rows, cells)) {
        Some((&cells, &rows)) if cells > 1 => Fit { agreement: rows as f64 / counts.len() as f64, cells },
        _ => Fit { agreement: 0.0, cells: 1 },
    }
}

/// Whether cells are put in this quote: two at least, and every cell that begins with it ends with it.
fn quoted_by(sample: &[u8], dialect: Dialect) -> bool {
    let mut at = 0;
    let mut starts = Vec::new();
    let mut quoted = 0;
    for _ in 0..ROWS {
        starts.clear();
        let Some(record) = record(dialect, sample, at, &mut starts) else { break };
        at = record.next;
        if record.next == record.end && record.start > 0 {
            break; // may be cut off
        }
        let ends = starts[1..].iter().map(|&start| start as usize - 1).chain([record.end]);
        for (&start, end) in starts.iter().zip(ends) {
            let cell = &sample[start as usize..end];
            if cell.first() == Some(&dialect.quote) {
                if cell.len() < 2 || cell.last() != Some(&dialect.quote) {
                    return false;
                }
                quoted += 1;
            }
        }
    }
    quoted > 1
}

/// Whether the first row names the columns: its cells look like names, at least one is there, and none of them comes
/// again as a value of its column.
pub(crate) fn is_header(first: &[String], rest: impl Iterator<Item = Vec<String>>) -> bool {
    let mut series: HashMap<&str, u32> = HashMap::new();
    for (name, _) in first.iter().filter_map(|cell| numbered(cell)) {
        *series.entry(name).or_default() += 1;
    }
    // `V1`, `V2`, ... `V100`; a number of two digits is a name's without others beside it.
    let is_one_of_many = |cell: &str| {
        numbered(cell)
            .is_some_and(|(name, digits)| digits.len() <= 2 || digits.len() <= 5 && series[name] > 1)
    };
    if first.iter().all(|cell| cell.trim().is_empty())
        || !first.iter().all(|cell| looks_like_name(cell) || is_one_of_many(cell))
    {
        return false;
    }
    let names: Vec<_> = first.iter().map(|cell| cell.trim()).collect();
    let mut repeated = HashSet::new();
    for row in rest {
        // A header that stands again further down is that of a file that was appended: still one.
        if row.iter().map(|cell| cell.trim()).eq(names.iter().copied()) {
            continue;
        }
        repeated.extend(
            (0..names.len()).filter(|&at| {
                !names[at].is_empty() && row.get(at).is_some_and(|cell| cell.trim() == names[at])
            }),
        );
    }
    repeated.is_empty()
}

/// A word of letters and the number behind it.
fn numbered(cell: &str) -> Option<(&str, &str)> {
    let cell = cell.trim();
    let name = cell.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_word = !name.is_empty() && name.chars().all(|c| c.is_alphabetic() || c == '_');
    (is_word && name.len() < cell.len()).then(|| cell.split_at(name.len()))
}

/// Not a number, a date, an address; names hold a letter and are not long. A missing one is common, for an index.
fn looks_like_name(cell: &str) -> bool {
    let cell = cell.trim();
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    cell.is_empty()
        || cell.len() <= 200
            && cell.chars().any(char::is_alphabetic)
            && !cell.contains(['@', '\n'])
            && !cell.contains("://")
            && digits * 2 <= cell.len()
}
