//! A first look: some records instead of all, drawn by a seed, and what that says about the rest.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sievert_io::{Batch, Kind, Object, Occurrences, ReadOptions, Texts, open};

use std::collections::BTreeMap;

use crate::Error;
use crate::listed::Listed;

/// How much of the input is looked at. Every record is drawn for itself, so a record's neighbours say nothing about
/// whether it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// How many records.
    pub size: SampleSize,
    /// The same seed draws the same records.
    pub seed: u64,
}

/// How many records are looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SampleSize {
    /// This share of them, from 0 to 1.
    Share(f64),
    /// About so many: the share follows from the size of the first records.
    Rows(u64),
}

impl SampleSize {
    /// `1%` or `rows=10000`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(rows) = text.strip_prefix("rows=") {
            return rows.parse().ok().filter(|rows| *rows > 0).map(Self::Rows);
        }
        let percent: f64 = text.strip_suffix('%')?.trim_end().parse().ok()?;
        (percent > 0.0 && percent <= 100.0).then_some(Self::Share(percent / 100.0))
    }
}

impl fmt::Display for SampleSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(share) => write!(f, "{}%", share * 100.0),
            Self::Rows(rows) => write!(f, "rows={rows}"),
        }
    }
}

/// What was looked at of a sample, and what it says about all records.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SampleReport {
    /// `1%` or `rows=10000`, as asked for.
    pub asked: String,
    /// The seed of the draw.
    pub seed: u64,
    /// The share of records that was drawn, from 0 to 1.
    pub share: f64,
    /// Records that were looked at.
    pub records: u64,
    /// By detector id: in how many of them, and in which share of all records at most.
    pub detectors: BTreeMap<String, Holding>,
    /// The same bound for a detector that found nothing.
    pub none_at_most: f64,
}

/// How many records hold something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Holding {
    /// Records of the sample that hold it.
    pub records: u64,
    /// With 95 % confidence no larger share of all records holds it, from 0 to 1.
    pub at_most: f64,
}

impl SampleReport {
    /// Adds the sample of another part of the same work.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.records += other.records;
        for (id, theirs) in &other.detectors {
            self.detectors.entry(id.clone()).or_default().records += theirs.records;
        }
        self.bound();
    }

    /// Works out the bounds.
    pub(crate) fn bound(&mut self) {
        for held in self.detectors.values_mut() {
            held.at_most = at_most(self.records, held.records);
        }
        self.none_at_most = at_most(self.records, 0);
    }
}

/// The draw of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sampler {
    pub(crate) sample: Sample,
    pub(crate) share: f64,
}

impl Sampler {
    /// The draw that was asked for.
    pub(crate) fn new(sample: Sample, listed: &Listed, read: &ReadOptions) -> Result<Self, Error> {
        let share = match sample.size {
            SampleSize::Share(share) => share,
            SampleSize::Rows(rows) => {
                // The stored bytes of a record, as the first object that can be read has them.
                let mut objects = listed.objects.read().map_err(Error::Spool)?;
                let bytes = objects.find_map(|object| bytes_of_record(&object.ok()?, read));
                bytes.map_or(1.0, |bytes| rows as f64 * bytes / listed.bytes() as f64).min(1.0)
            }
        };
        Ok(Self { sample, share })
    }

    /// Whether a record is drawn.
    fn takes(&self, object: u64, record: u64) -> bool {
        let draw = mixed(mixed(object, self.sample.seed), record);
        (draw >> 11) as f64 <= self.share * (1_u64 << 53) as f64
    }

    /// Leaves only the cells of records that are drawn; which records these are. What stands beside the records stays.
    pub(crate) fn thin(&self, object: &str, batch: &mut Batch) -> Vec<bool> {
        let object = object.bytes().fold(0, |hash, byte| mixed(hash, u64::from(byte)));
        let rows = u64::from(batch.records.max(1));
        let drawn: Vec<bool> = (0..rows).map(|row| self.takes(object, batch.first_record + row)).collect();
        for texts in &mut batch.texts {
            if !matches!(texts.kind, Kind::Key | Kind::Metadata) {
                *texts = thinned(texts, &drawn);
            }
        }
        drawn
    }
}

fn bytes_of_record(object: &Object, read: &ReadOptions) -> Option<f64> {
    let mut opened = open(object, read, &|_| false).ok()?;
    let piece = opened.source.next().ok()??;
    let bytes = opened.source.position().min(object.size);
    let records = opened.format.decode(piece).ok()?.records;
    (records > 0 && bytes > 0).then(|| bytes as f64 / f64::from(records))
}

fn thinned(texts: &Texts, drawn: &[bool]) -> Texts {
    let mut buffer = String::new();
    let mut ends = Vec::new();
    let (mut one, mut distinct) = (Vec::new(), Vec::new());
    for cell in 0..texts.len() as u32 {
        let rows: Vec<u32> = texts.occurrences.rows(cell).filter(|row| drawn[*row as usize]).collect();
        if rows.is_empty() {
            continue;
        }
        buffer.push_str(texts.get(cell));
        ends.push(buffer.len() as u32);
        match &texts.occurrences {
            Occurrences::One(_) => one.extend(rows),
            Occurrences::Distinct(_) => distinct.push(rows),
        }
    }
    let occurrences = match &texts.occurrences {
        Occurrences::One(_) => Occurrences::One(one),
        Occurrences::Distinct(_) => Occurrences::Distinct(distinct),
    };
    Texts {
        field: texts.field.clone(),
        kind: texts.kind,
        nullable: texts.nullable,
        buffer,
        ends,
        occurrences,
    }
}

/// A number from two (`SplitMix64`, Steele and others 2014): draws must be the same on every machine.
fn mixed(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(b.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The largest share of all records that is not refuted, at 95 %, by seeing `held` of `records` drawn ones hold
/// something. From Chernoff's bound on the binomial tail, `P(X <= k) <= exp(-n KL(k/n || p))` (Hoeffding 1963, theorem
/// 1; it holds for draws without replacement too, section 6): never too small, a little too large.
fn at_most(records: u64, held: u64) -> f64 {
    if held >= records {
        return 1.0;
    }
    let (n, seen) = (records as f64, held as f64 / records as f64);
    let refuted = |share: f64| {
        let part = |p: f64, q: f64| if p > 0.0 { p * (p / q).ln() } else { 0.0 };
        n * (part(seen, share) + part(1.0 - seen, 1.0 - share)) >= -(0.05_f64.ln())
    };
    let (mut low, mut high) = (seen, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if refuted(middle) { high = middle } else { low = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_shares_or_rows() {
        assert_eq!(SampleSize::parse("1%"), Some(SampleSize::Share(0.01)));
        assert_eq!(SampleSize::parse("rows=10"), Some(SampleSize::Rows(10)));
        for wrong in ["", "1", "0%", "101%", "-1%", "rows=0", "rows=", "rows=x", "nan%", "1 in 3"] {
            assert_eq!(SampleSize::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn records_are_drawn_evenly_and_by_the_seed() {
        let sampler =
            |share, seed| Sampler { sample: Sample { size: SampleSize::Share(share), seed }, share };
        let drawn = |sampler: Sampler| (0..100_000).filter(|record| sampler.takes(7, *record)).count();
        assert!((900..1_100).contains(&drawn(sampler(0.01, 1))));
        assert_eq!(drawn(sampler(1.0, 1)), 100_000);
        let (one, two) = (sampler(0.5, 1), sampler(0.5, 2));
        let same = (0..10_000).filter(|record| one.takes(7, *record) == two.takes(7, *record)).count();
        assert!((4_800..5_200).contains(&same), "seeds draw independently: {same}");
    }

    /// The exact bound (Clopper and Pearson 1934) by adding up the binomial tail.
    fn exact(records: u64, held: u64) -> f64 {
        let tail = |p: f64| -> f64 {
            let mut log = records as f64 * (1.0 - p).ln();
            let mut sum = log.exp();
            for k in 1..=held {
                log += ((records - k + 1) as f64 / k as f64).ln() + (p / (1.0 - p)).ln();
                sum += log.exp();
            }
            sum
        };
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if tail(middle) < 0.05 { high = middle } else { low = middle }
        }
        high
    }

    #[test]
    fn the_bound_is_never_below_the_exact_one_and_close_to_it() {
        for (records, held) in [(100, 0), (10_000, 0), (100, 3), (1_000, 10), (10_000, 500), (50, 49)] {
            let (ours, exact) = (at_most(records, held), exact(records, held));
            assert!(ours >= exact - 1e-9, "{held} of {records}: {ours} is below {exact}");
            let seen = held as f64 / records as f64;
            assert!(ours - seen <= 1.6 * (exact - seen), "{held} of {records}: {ours}, {exact}");
        }
        assert!((at_most(0, 0) - 1.0).abs() < 1e-9, "nothing seen, nothing known");
    }
}
