//! Where findings stand, for those who want to know: rows of a findings file, excerpts, what people should look at.

use sievert_detect::{Category, Confidence, Finding, Group};
use sievert_io::{Batch, Texts};

use super::{KnownField, Worked, Worker};
use crate::findings::{Offsets, Row};
use crate::job::Excerpt;
use crate::report::LookAt;
use crate::run::LOOK_AT_KEPT;
use crate::shown::flat;

/// Characters shown on either side of a finding.
const EXCERPT_REACH: usize = 40;

/// A cell with findings, as it was decoded.
pub(super) struct CellWithFindings<'a> {
    pub(super) object: &'a str,
    pub(super) batch: &'a Batch,
    pub(super) texts: &'a Texts,
    pub(super) cell: u32,
    pub(super) field: &'a KnownField,
    pub(super) groups: &'a [Group],
}

impl Worker<'_> {
    /// Whether anybody wants to know where these stand.
    pub(super) fn is_told(&self, groups: &[Group]) -> bool {
        self.sampler.is_some()
            || self.job.findings.is_some()
            || self.job.excerpts > 0
            || groups.iter().any(|group| self.is_secret(group))
    }

    /// Whether people should look at it.
    fn is_secret(&self, group: &Group) -> bool {
        let Finding { detector, confidence, .. } = group.winner;
        let category = self.job.plan.scanner().about(detector).category;
        category == Category::Credential && confidence > Confidence::Possible
    }

    /// Notes where the winners in a cell stand.
    pub(super) fn tell(&self, here: &CellWithFindings<'_>, worked: &mut Worked) {
        let CellWithFindings { object, batch, texts, cell, field, groups } = *here;
        let plan = &self.job.plan;
        let text = texts.get(cell);
        for row in texts.occurrences.rows(cell) {
            let record = batch.first_record + u64::from(row);
            let line = batch.lines.get(row as usize).copied();
            let place = || line.map_or(format!(" record {record}"), |line| format!(":{line}"));
            for group in groups {
                let finding = &group.winner;
                if self.sampler.is_some() {
                    worked.holding.insert((finding.detector, record));
                }
                if self.job.findings.is_some() {
                    worked.rows.push(Row {
                        record,
                        line,
                        field: field.shown.clone(),
                        offsets: Offsets::of(text, finding),
                        detector: finding.detector,
                        evidence: finding.evidence,
                        fingerprint: plan.redactor().fingerprint(finding.detector, &text[finding.range()]),
                    });
                }
                if worked.excerpts.len() < self.job.excerpts {
                    let place = format!("{}  field {}", place(), field.shown);
                    worked.excerpts.push(self.excerpt(object, place, text, group, groups));
                }
                if worked.look_at.len() < LOOK_AT_KEPT && self.is_secret(group) {
                    worked.look_at.push(LookAt {
                        detector: plan.scanner().about(finding.detector).id.to_owned(),
                        place: format!("{object}{}", place()),
                        note: format!("field {}", field.shown),
                    });
                }
            }
        }
    }

    /// A finding with the text around it; the other findings there as their types.
    fn excerpt(&self, object: &str, place: String, text: &str, group: &Group, groups: &[Group]) -> Excerpt {
        let scanner = self.job.plan.scanner();
        let masked = |range: std::ops::Range<usize>| {
            let mut out = String::new();
            let mut at = range.start;
            for other in groups.iter().filter(|other| *other != group) {
                let cover = other.cover.start as usize..other.cover.end as usize;
                if cover.start >= at && cover.end <= range.end {
                    out.push_str(&text[at..cover.start]);
                    out.extend(["<", scanner.about(other.winner.detector).placeholder, ">"]);
                    at = cover.end;
                }
            }
            out.push_str(&text[at..range.end]);
            out
        };
        let winner = &group.winner;
        let before = masked(0..group.cover.start as usize);
        let start = before.char_indices().rev().nth(EXCERPT_REACH - 1).map_or(0, |(at, _)| at);
        let why: Vec<_> = winner.evidence.codes().collect();
        Excerpt {
            object: object.to_owned(),
            place,
            detector: scanner.about(winner.detector).id.to_owned(),
            why: format!("{} {}", winner.confidence, why.join(", ")).trim_end().to_owned(),
            before: flat(&before[start..]),
            value: flat(&text[group.cover.start as usize..group.cover.end as usize]),
            after: flat(&masked(group.cover.end as usize..text.len())).chars().take(EXCERPT_REACH).collect(),
        }
    }
}
