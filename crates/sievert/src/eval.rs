//! How good a plan is on labelled text: precision, recall, F1 and F2 by label, detector, group and confidence.
//!
//! A gold file has a JSON object a line: `{"text": ..., "spans": [{"start", "end", "label"}]}`, offsets in code
//! points. Only labels that the map names are judged; gold spans of other labels are neither hit nor miss, and a
//! finding that lies for its greater part in one is not held against the plan.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};
use sievert_core::Plan;
use sievert_detect::{Confidence, Scratch, resolve};

/// A labelled text.
#[derive(Clone, Deserialize)]
pub struct Gold {
    /// The text.
    pub text: String,
    /// What is sensitive in it.
    pub spans: Vec<Span>,
}

/// Shows no text.
impl std::fmt::Debug for Gold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gold").field("spans", &self.spans).finish_non_exhaustive()
    }
}

/// A labelled stretch of a text, in code points, end exclusive.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Span {
    /// First.
    pub start: usize,
    /// One behind the last.
    pub end: usize,
    /// What it is called in the gold file.
    pub label: String,
}

/// Which detectors stand for which label of a gold file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelMap(BTreeMap<String, BTreeSet<String>>);

/// Why a set cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("{0}; check the path")]
    Io(#[from] std::io::Error),
    /// A line is not a labelled text.
    #[error(
        "line {0} is not {{\"text\", \"spans\": [{{\"start\", \"end\", \"label\"}}]}}; mend it or leave it out"
    )]
    Line(usize),
    /// A line is not text.
    #[error("line {0} is not UTF-8; write it so or leave it out")]
    NotUtf8(usize),
    /// A span does not lie in its text.
    #[error("line {0} has a span outside its text; offsets count code points, end exclusive")]
    Span(usize),
    /// A map names nothing known.
    #[error("the map names {0}, which is no detector that is on; see `sievert detectors`")]
    Map(String),
    /// The map is not one.
    #[error("the map is not a JSON object of lists: {{\"LABEL\": [\"detector.id\"]}}")]
    NoMap,
}

/// Reads a gold file.
///
/// # Errors
/// Names the first line that cannot be read.
pub fn read(lines: impl BufRead) -> Result<Vec<Gold>, Error> {
    let mut all = Vec::new();
    for (number, line) in lines.lines().enumerate() {
        let line = line.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => Error::NotUtf8(number + 1),
            _ => error.into(),
        })?;
        let line = line.strip_prefix('\u{feff}').filter(|_| number == 0).unwrap_or(&line);
        if line.trim().is_empty() {
            continue;
        }
        let gold: Gold = serde_json::from_str(line).map_err(|_| Error::Line(number + 1))?;
        let length = gold.text.chars().count();
        if gold.spans.iter().any(|span| span.start >= span.end || span.end > length) {
            return Err(Error::Span(number + 1));
        }
        all.push(gold);
    }
    Ok(all)
}

impl LabelMap {
    /// Reads `{"PHONE": ["global.phone"], "ID": ["us.*"]}`: ids and globs of detectors that the plan has on.
    ///
    /// # Errors
    /// No such object, or a name that fits no detector.
    pub fn parse(json: &str, plan: &Plan) -> Result<Self, Error> {
        let lists: BTreeMap<String, Vec<String>> = serde_json::from_str(json).map_err(|_| Error::NoMap)?;
        let mut map = BTreeMap::new();
        for (label, names) in lists {
            let mut ids = BTreeSet::new();
            for name in names {
                let found: Vec<_> = plan.looked_for().filter(|id| plan_name_fits(&name, id)).collect();
                if found.is_empty() {
                    return Err(Error::Map(name));
                }
                ids.extend(found.into_iter().map(str::to_owned));
            }
            map.insert(label, ids);
        }
        Ok(Self(map))
    }

    /// Each detector under its own id and aliases: for gold files that use these names.
    pub fn by_name(plan: &Plan) -> Self {
        let mut map: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for id in plan.looked_for() {
            let aliases = sievert_catalog::get(id).map_or(&[][..], |detector| detector.aliases);
            for name in aliases.iter().copied().chain([id]) {
                map.entry(name.to_owned()).or_default().insert(id.to_owned());
            }
        }
        Self(map)
    }

    fn labels_of<'m>(&'m self, id: &'m str) -> impl Iterator<Item = &'m str> {
        self.0.iter().filter(move |(_, ids)| ids.contains(id)).map(|(label, _)| label.as_str())
    }
}

/// An id, or a prefix with `*` behind it.
fn plan_name_fits(name: &str, id: &str) -> bool {
    match name.strip_suffix('*') {
        Some(prefix) => id.starts_with(prefix),
        None => id == name,
    }
}

/// Hits and misses, and what follows from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    /// Gold spans.
    pub gold: u64,
    /// Of these, found.
    pub found: u64,
    /// Findings.
    pub findings: u64,
    /// Of these, right.
    pub right: u64,
}

impl Score {
    /// The share of findings that are right; 1 where there is none.
    pub fn precision(&self) -> f64 {
        if self.findings == 0 { 1.0 } else { self.right as f64 / self.findings as f64 }
    }

    /// The share of gold spans that are found; 1 where there is none.
    pub fn recall(&self) -> f64 {
        if self.gold == 0 { 1.0 } else { self.found as f64 / self.gold as f64 }
    }

    /// The weighted harmonic mean of precision and recall; `beta` 2 weighs recall twice as high.
    pub fn f(&self, beta: f64) -> f64 {
        let (p, r, b) = (self.precision(), self.recall(), beta * beta);
        if p + r == 0.0 { 0.0 } else { (1.0 + b) * p * r / (b * p + r) }
    }

    fn merge(&mut self, other: Self) {
        self.gold += other.gold;
        self.found += other.found;
        self.findings += other.findings;
        self.right += other.right;
    }
}

/// One way of comparing spans.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Scores {
    /// All labels together.
    pub all: Score,
    /// By label of the gold file.
    pub labels: BTreeMap<String, Score>,
    /// By detector: findings alone, gold spans do not know theirs.
    pub detectors: BTreeMap<String, Score>,
    /// By category of the detector: findings alone.
    pub groups: BTreeMap<String, Score>,
    /// By confidence: findings alone. Precision must rise with it.
    pub confidences: BTreeMap<String, Score>,
}

/// How good a plan is on a set.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Evaluation {
    /// Labelled texts.
    pub texts: u64,
    /// Gold spans with labels for which no detector stands: neither found nor missed.
    pub not_judged: u64,
    /// Start, end and label must be equal.
    pub strict: Scores,
    /// A finding is right when it overlaps a gold span of its label, a gold span found when a finding of its label
    /// overlaps it.
    pub overlap: Scores,
}

/// A finding with what the gold file would call it.
struct Said<'p> {
    start: usize,
    end: usize,
    id: &'p str,
    group: &'static str,
    confidence: Confidence,
    labels: Vec<&'p str>,
}

impl Said<'_> {
    fn is(&self, gold: &Span, strict: bool) -> bool {
        let named = self.labels.contains(&gold.label.as_str());
        let same = self.start == gold.start && self.end == gold.end;
        named && if strict { same } else { self.overlap(gold) > 0 }
    }

    fn overlap(&self, gold: &Span) -> usize {
        self.end.min(gold.end).saturating_sub(self.start.max(gold.start))
    }
}

/// Scans every text and compares what is found with what should be.
pub fn evaluate(plan: &Plan, set: &[Gold], map: &LabelMap) -> Evaluation {
    let mut scratch = Scratch::default();
    let mut evaluation = Evaluation { texts: set.len() as u64, ..Evaluation::default() };
    for gold in set {
        let said = say(plan, &gold.text, map, &mut scratch);
        let (judged, other): (Vec<&Span>, Vec<&Span>) =
            gold.spans.iter().partition(|span| map.0.contains_key(&span.label));
        evaluation.not_judged += other.len() as u64;
        compare(&mut evaluation.strict, &judged, &other, &said, true);
        compare(&mut evaluation.overlap, &judged, &other, &said, false);
    }
    for scores in [&mut evaluation.strict, &mut evaluation.overlap] {
        for score in scores.labels.values() {
            scores.all.merge(*score);
        }
    }
    evaluation
}

fn say<'p>(plan: &'p Plan, text: &str, map: &'p LabelMap, scratch: &mut Scratch) -> Vec<Said<'p>> {
    // A text that a recognizer fails on has no findings, and so misses all that it should have.
    let mut findings = plan.find(&plan.field("").field, text, scratch).unwrap_or_default();
    plan.sift(text, &mut findings, &mut vec![0; plan.allow_reasons().len()]);
    let point = |byte: usize| text[..byte].chars().count();
    let winners = resolve(&mut findings).into_iter().map(|group| group.winner);
    winners
        .map(|finding| {
            let about = plan.scanner().about(finding.detector);
            let (start, end) = (point(finding.range().start), point(finding.range().end));
            let labels = map.labels_of(about.id).collect();
            Said {
                start,
                end,
                id: about.id,
                group: about.category.name(),
                confidence: finding.confidence,
                labels,
            }
        })
        .filter(|said| !said.labels.is_empty())
        .collect()
}

fn compare(scores: &mut Scores, judged: &[&Span], other: &[&Span], said: &[Said<'_>], strict: bool) {
    for gold in judged {
        let score = scores.labels.entry(gold.label.clone()).or_default();
        score.gold += 1;
        score.found += u64::from(said.iter().any(|said| said.is(gold, strict)));
    }
    for said in said {
        let hit = judged.iter().find(|gold| said.is(gold, strict));
        let excused = hit.is_none()
            && judged.iter().all(|gold| said.overlap(gold) == 0)
            && other.iter().any(|span| said.overlap(span) * 2 >= said.end - said.start);
        if excused {
            continue;
        }
        let score = Score { findings: 1, right: u64::from(hit.is_some()), ..Score::default() };
        let label = hit.map_or(said.labels[0], |gold| gold.label.as_str());
        scores.labels.entry(label.to_owned()).or_default().merge(score);
        scores.detectors.entry(said.id.to_owned()).or_default().merge(score);
        scores.groups.entry(said.group.to_owned()).or_default().merge(score);
        scores.confidences.entry(said.confidence.name().to_owned()).or_default().merge(score);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sievert_core::{Overrides, Policy};

    fn plan() -> Plan {
        crate::plan(&Policy::default(), &Overrides::default()).expect("a plan")
    }

    fn gold(text: &str, spans: &[(usize, usize, &str)]) -> Gold {
        let span = |&(start, end, label): &(usize, usize, &str)| Span { start, end, label: label.into() };
        Gold { text: text.into(), spans: spans.iter().map(span).collect() }
    }

    #[test]
    fn a_hit_a_miss_and_a_false_alarm_are_counted_once_each() {
        let plan = plan();
        let map = LabelMap::parse(r#"{"EMAIL": ["global.email"]}"#, &plan).expect("a map");
        let set = [
            gold("é anna@example.org", &[(2, 18, "EMAIL")]),
            gold("nobody here", &[(0, 6, "EMAIL")]),
            gold("bob@example.org", &[]),
            gold("carl@example.org", &[(0, 16, "HANDLE")]),
        ];
        let evaluation = evaluate(&plan, &set, &map);
        let score = evaluation.strict.all;
        assert_eq!(score, Score { gold: 2, found: 1, findings: 2, right: 1 }, "the handle is neither");
        assert!((score.f(1.0) - 0.5).abs() < 1e-9);
        assert_eq!(evaluation.strict.detectors["global.email"].findings, 2);
    }

    #[test]
    fn an_overlap_is_a_hit_only_where_overlaps_count() {
        let plan = plan();
        let map = LabelMap::parse(r#"{"EMAIL": ["global.*"]}"#, &plan).expect("a map");
        let evaluation = evaluate(&plan, &[gold("to anna@example.org", &[(0, 19, "EMAIL")])], &map);
        assert_eq!((evaluation.strict.all.found, evaluation.overlap.all.found), (0, 1));
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_line() {
        let good = r#"{"text": "a", "spans": []}"#;
        assert!(matches!(read(format!("{good}\nnot json").as_bytes()), Err(Error::Line(2))));
        let outside = r#"{"text": "a", "spans": [{"start": 0, "end": 2, "label": "X"}]}"#;
        assert!(matches!(read(outside.as_bytes()), Err(Error::Span(1))));
        assert!(matches!(LabelMap::parse(r#"{"X": ["no.such"]}"#, &plan()), Err(Error::Map(_))));
    }
}
