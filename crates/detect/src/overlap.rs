//! Which of several overlapping findings speaks for the place. Run after policy: what is switched off or kept must
//! not hide anything.

use std::cmp::Reverse;
use std::ops::Range;

use crate::{Evidence, Finding};

/// Findings that overlap, directly or through others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The one that decides what is done: of higher confidence, with a checksum, longer, earlier, of the detector
    /// that stands first in the scanner; in this order.
    pub winner: Finding,
    /// The bytes of all of them together: what a loser covered must not stay visible either.
    pub cover: Range<u32>,
}

/// Sorts the findings by place and gathers those that share a byte.
pub fn resolve(findings: &mut [Finding]) -> Vec<Group> {
    findings.sort_by_key(|f| (f.span.start, Reverse(f.span.end), f.detector));
    let mut groups: Vec<Group> = Vec::new();
    for finding in findings.iter() {
        match groups.last_mut() {
            Some(group) if finding.span.start < group.cover.end => {
                group.cover.end = group.cover.end.max(finding.span.end);
                if rank(finding) > rank(&group.winner) {
                    group.winner = finding.clone();
                }
            }
            _ => groups.push(Group { winner: finding.clone(), cover: finding.span.clone() }),
        }
    }
    groups
}

/// The higher the stronger.
fn rank(finding: &Finding) -> impl Ord + use<> {
    let proven = finding.evidence.has(Evidence::CHECKSUM) || finding.evidence.has(Evidence::UNMISTAKABLE);
    let length = finding.span.end - finding.span.start;
    (finding.confidence, proven, length, Reverse(finding.span.start), Reverse(finding.detector))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Confidence, DetectorIndex};

    fn finding(detector: u16, span: Range<u32>, evidence: Evidence) -> Finding {
        Finding { detector: DetectorIndex(detector), span, confidence: evidence.confidence(), evidence }
    }

    #[test]
    fn a_group_covers_what_its_losers_cover() {
        let mut findings = [
            finding(0, 20..30, Evidence::NONE),
            finding(1, 0..10, Evidence::NONE),
            finding(2, 8..14, Evidence::CHECKSUM),
            finding(3, 13..18, Evidence::NONE),
        ];
        let groups = resolve(&mut findings);
        assert_eq!(groups.len(), 2);
        assert_eq!((groups[0].winner.detector, groups[0].cover.clone()), (DetectorIndex(2), 0..18));
        assert_eq!(groups[0].winner.confidence, Confidence::Likely);
        assert_eq!((groups[1].winner.detector, groups[1].cover.clone()), (DetectorIndex(0), 20..30));
    }

    #[test]
    fn ties_fall_to_checksum_then_length_then_place_then_detector() {
        let winner = |findings: &mut [Finding]| resolve(findings)[0].winner.detector.0;
        let checksum = finding(5, 0..4, Evidence::CHECKSUM);
        assert_eq!(winner(&mut [finding(1, 0..9, Evidence::LABEL), checksum]), 5);
        assert_eq!(winner(&mut [finding(1, 0..4, Evidence::NONE), finding(5, 0..5, Evidence::NONE)]), 5);
        assert_eq!(winner(&mut [finding(5, 0..4, Evidence::NONE), finding(1, 1..5, Evidence::NONE)]), 5);
        assert_eq!(winner(&mut [finding(5, 0..4, Evidence::NONE), finding(1, 0..4, Evidence::NONE)]), 1);
    }

    #[test]
    fn neighbours_do_not_overlap() {
        let mut findings = [finding(0, 0..4, Evidence::NONE), finding(0, 4..8, Evidence::NONE)];
        assert_eq!(resolve(&mut findings).len(), 2);
    }
}
