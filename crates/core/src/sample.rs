//! A first look: some records or objects instead of all, drawn by a seed, and what that says about the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sievert_io::{Batch, Kind, Object, Occurrences, ReadOptions, Texts, open};

use crate::Error;
use crate::chance::against;
use crate::listed::Listed;

/// How much of the input is looked at. Every record is drawn for itself, so a record's neighbours say nothing about
/// whether it was; or else every object, of which all records are looked at then, and of the others no byte is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// How many records or objects.
    pub size: SampleSize,
    /// The same seed draws the same ones.
    pub seed: u64,
}

/// How many records or objects are looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SampleSize {
    /// This share of the records, from 0 to 1.
    Share(f64),
    /// About so many records: the share follows from the size of the first ones.
    Rows(u64),
    /// This share of the objects, from 0 to 1.
    ObjectShare(f64),
    /// About so many objects.
    Objects(u64),
}

impl SampleSize {
    /// `1%`, `rows=10000`, `files=1%` or `files=100`.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
        let share = |text: &str| {
            let percent: f64 = text.strip_suffix('%')?.trim_end().parse().ok()?;
            (percent > 0.0 && percent <= 100.0).then_some(percent / 100.0)
        };
        if let Some(rows) = text.strip_prefix("rows=") {
            return number(rows).map(Self::Rows);
        }
        match text.strip_prefix("files=") {
            Some(files) => share(files).map(Self::ObjectShare).or_else(|| number(files).map(Self::Objects)),
            None => share(text).map(Self::Share),
        }
    }

    /// Whether objects are drawn, not records.
    pub fn is_of_objects(&self) -> bool {
        matches!(self, Self::ObjectShare(_) | Self::Objects(_))
    }
}

impl fmt::Display for SampleSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(share) => write!(f, "{}%", percent(*share)),
            Self::Rows(rows) => write!(f, "rows={rows}"),
            Self::ObjectShare(share) => write!(f, "files={}%", percent(*share)),
            Self::Objects(objects) => write!(f, "files={objects}"),
        }
    }
}

/// As it was typed: 0.07 times 100 is not 7.
fn percent(share: f64) -> f64 {
    (share * 1e10).round() / 1e8
}

/// What was looked at of a sample, and what it says about all records, or about all objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SampleReport {
    /// `1%`, `rows=10000`, `files=1%` or `files=100`, as asked for.
    pub asked: String,
    /// The seed of the draw.
    pub seed: u64,
    /// The share of records or objects that was drawn, from 0 to 1.
    pub share: f64,
    /// Of a sample of objects: how many were read to their end. All bounds are shares of objects then: the records of
    /// one are too much alike to say more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<u64>,
    /// Records that were looked at.
    pub records: u64,
    /// By detector id: in how many of them, and in which share of all at most.
    pub detectors: BTreeMap<String, Holding>,
    /// The same bound for a detector that found nothing.
    pub none_at_most: f64,
}

/// How many records, and of a sample of objects how many of these, hold something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Holding {
    /// Records of the sample that hold it.
    pub records: u64,
    /// Objects of a sample of objects that hold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<u64>,
    /// With 95 % confidence no larger share of all records, or objects, holds it, from 0 to 1.
    pub at_most: f64,
}

impl SampleReport {
    /// Adds the sample of another part of the same work.
    pub(crate) fn merge(&mut self, other: &Self) {
        let sum = |mine: Option<u64>, theirs: Option<u64>| Some(mine? + theirs?);
        self.records += other.records;
        self.objects = sum(self.objects, other.objects);
        for (id, theirs) in &other.detectors {
            let mine = self.detectors.entry(id.clone()).or_default();
            mine.records += theirs.records;
            mine.objects = sum(mine.objects.or(Some(0)), theirs.objects);
        }
        self.bound();
    }

    /// Works out the bounds.
    pub(crate) fn bound(&mut self) {
        let drawn = self.objects.unwrap_or(self.records);
        for held in self.detectors.values_mut() {
            held.at_most = at_most(drawn, held.objects.unwrap_or(held.records));
        }
        self.none_at_most = at_most(drawn, 0);
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
            SampleSize::ObjectShare(_) | SampleSize::Objects(_) => listed.share,
            SampleSize::Rows(rows) => records(listed, read)?.map_or(1.0, |all| (rows as f64 / all).min(1.0)),
        };
        Ok(Self { sample, share })
    }

    /// The draw of records in an object that was drawn: all of them, if objects were.
    pub(crate) fn within(self) -> Self {
        let share = if self.sample.size.is_of_objects() { 1.0 } else { self.share };
        Self { share, ..self }
    }

    /// Whether an object is drawn, by its name: machines that share the objects need not agree on anything.
    pub(crate) fn takes_object(&self, name: &str) -> bool {
        self.takes(hashed(name), u64::MAX)
    }

    /// Whether a record is drawn.
    fn takes(&self, object: u64, record: u64) -> bool {
        let draw = mixed(mixed(object, self.sample.seed), record);
        (draw >> 11) as f64 <= self.share * (1_u64 << 53) as f64
    }

    /// Leaves only the cells of records that are drawn; which records these are. What stands beside the records stays.
    pub(crate) fn thin(&self, object: &str, batch: &mut Batch) -> Vec<bool> {
        let object = hashed(object);
        let rows = u64::from(batch.records.max(1));
        if self.share >= 1.0 {
            return vec![true; rows as usize];
        }
        let drawn: Vec<bool> = (0..rows).map(|row| self.takes(object, batch.first_record + row)).collect();
        for texts in &mut batch.texts {
            if !matches!(texts.kind, Kind::Key | Kind::Metadata) {
                *texts = thinned(texts, &drawn);
            }
        }
        drawn
    }
}

/// Objects of which the first records are looked at to estimate how many there are of all: so many of the largest, and
/// as many of the rest.
const LOOKED_INTO: u64 = 8;

/// About how many records there are: in the largest objects, each by the size of its own first ones, as much may stand in
/// few of them; in the rest by those of some, drawn evenly.
fn records(listed: &Listed, read: &ReadOptions) -> Result<Option<f64>, Error> {
    let mut largest = BTreeSet::new();
    for (number, object) in listed.objects.read().map_err(Error::Spool)?.enumerate() {
        largest.insert((object.map_err(Error::Spool)?.size, number));
        if largest.len() as u64 > LOOKED_INTO {
            largest.pop_first();
        }
    }
    let (mut sum, mut rest) = (0.0, listed.bytes());
    let (mut bytes_seen, mut records_seen) = (0, 0);
    let every = (listed.objects.len() / LOOKED_INTO).max(1);
    for (number, object) in listed.objects.read().map_err(Error::Spool)?.enumerate() {
        let object = object.map_err(Error::Spool)?;
        let large = largest.contains(&(object.size, number));
        if !large && !(number as u64).is_multiple_of(every) {
            continue;
        }
        let Some((bytes, records)) = first_records(&object, read) else { continue };
        if large {
            sum += object.size as f64 * records as f64 / bytes as f64;
            rest -= object.size;
        } else {
            (bytes_seen, records_seen) = (bytes_seen + bytes, records_seen + records);
        }
    }
    if records_seen > 0 {
        sum += rest as f64 * records_seen as f64 / bytes_seen as f64;
    }
    Ok((sum > 0.0).then_some(sum))
}

/// The stored bytes of an object's first records, and how many these are; `None` where it cannot be read.
fn first_records(object: &Object, read: &ReadOptions) -> Option<(u64, u64)> {
    let mut opened = open(object, read, &()).ok()?;
    let piece = opened.source.next().ok()??;
    let bytes = opened.source.position().min(object.size);
    let records = opened.format.decode(piece).ok()?.records;
    (records > 0 && bytes > 0).then(|| (bytes, u64::from(records)))
}

fn thinned(texts: &Texts, drawn: &[bool]) -> Texts {
    let mut buffer = String::new();
    let mut ends = Vec::new();
    let (mut one, mut distinct) = (Vec::new(), Vec::new());
    let (mut links, mut named) = (texts.named.iter().peekable(), Vec::new());
    for cell in 0..texts.len() as u32 {
        let rows: Vec<u32> = texts.occurrences.rows(cell).filter(|row| drawn[*row as usize]).collect();
        let link = links.next_if(|(of, _)| *of == cell);
        if rows.is_empty() {
            continue;
        }
        named.extend(link.map(|(_, names)| (ends.len() as u32, *names)));
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
        named,
    }
}

fn hashed(name: &str) -> u64 {
    name.bytes().fold(0, |hash, byte| mixed(hash, u64::from(byte)))
}

/// A number from two (`SplitMix64`, Steele and others 2014): draws must be the same on every machine.
fn mixed(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(b.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The largest share of all records that is not refuted, at 95 %, by seeing `held` of `records` drawn ones hold
/// something; objects likewise. From a bound ([`against`]): never too small, a little too large.
fn at_most(records: u64, held: u64) -> f64 {
    if held >= records {
        return 1.0;
    }
    let refuted = |share: f64| against(held, records, share) >= -(0.05_f64.ln());
    let (mut low, mut high) = (held as f64 / records as f64, 1.0);
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
        assert_eq!(SampleSize::parse("files=10"), Some(SampleSize::Objects(10)));
        for same in ["7%", "0.1%", "rows=10", "files=7%", "files=10"] {
            assert_eq!(SampleSize::parse(same).map(|size| size.to_string()).as_deref(), Some(same));
        }
        for wrong in [
            "files=0", "files=0%", "files=", "rows=1%", "", "1", "0%", "101%", "-1%", "rows=0", "rows=",
            "rows=x", "nan%", "1 in 3",
        ] {
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
    fn the_bound_on_objects_holds_for_nineteen_draws_of_twenty_at_least() {
        let names: Vec<_> = (0..400).map(|at| format!("part-{at:05}.jsonl.gz")).collect();
        let holding = |at: usize| at < 40; // those of one week, say: next to each other
        let mut too_low = 0;
        for seed in 0..1_000 {
            let sampler = Sampler { sample: Sample { size: SampleSize::ObjectShare(0.1), seed }, share: 0.1 };
            let drawn: Vec<_> = (0..400).filter(|at| sampler.takes_object(&names[*at])).collect();
            let held = drawn.iter().filter(|at| holding(**at)).count();
            too_low += u32::from(at_most(drawn.len() as u64, held as u64) < 0.1);
        }
        assert!(too_low <= 50, "{too_low} of 1,000");
        assert!(too_low > 0, "a bound that always holds says less than it could");
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
