//! Counts as a report tells them.

use std::collections::{BTreeMap, HashMap};

use sievert_detect::{About, DetectorIndex, Scanner};

use crate::counts::{Counts, FieldTally};
use crate::report::{DetectorCounts, FieldCounts, FieldFindings, LookAt, Report};
use crate::sample::{Holding, SampleReport, Sampler};
use crate::{Plan, beyond, chance};

/// What a sample says: of so many objects, these hold something.
pub(super) fn sampled(
    sampler: &Sampler,
    counts: &Counts,
    objects: u64,
    in_objects: &BTreeMap<DetectorIndex, u64>,
    scanner: &Scanner,
) -> SampleReport {
    let of_objects = sampler.sample.size.is_of_objects();
    let holding = counts.holding.iter().map(|(detector, records)| {
        let objects = of_objects.then(|| in_objects.get(detector).copied().unwrap_or_default());
        (scanner.about(*detector).id.to_owned(), Holding { records: *records, objects, at_most: 0.0 })
    });
    let mut report = SampleReport {
        asked: sampler.sample.size.to_string(),
        seed: sampler.sample.seed,
        share: sampler.share,
        records: counts.records.scanned,
        objects: of_objects.then_some(objects),
        detectors: holding.collect(),
        ..SampleReport::default()
    };
    report.bound();
    report
}

/// Enters counts in a report. `objects` tells in how many objects a detector has found something.
pub(super) fn fill(
    report: &mut Report,
    counts: Counts,
    objects: &BTreeMap<DetectorIndex, u64>,
    scanner: &Scanner,
) {
    let id = |detector: DetectorIndex| scanner.about(detector).id.to_owned();
    report.ledger.records = counts.records;
    report.ledger.cells = counts.cells;
    report.allowed = counts.allowed;
    for (detector, found) in counts.detectors {
        let objects = objects.get(&detector).copied().unwrap_or(0);
        let counts = DetectorCounts { levels: found.levels, objects, shape: found.shape };
        report.detectors.insert(id(detector), counts);
    }
    for ((detector, action), count) in counts.actions {
        report.actions.entry(id(detector)).or_default().insert(action.name().to_owned(), count);
    }
    for (detector, count) in counts.left {
        report.left.insert(id(detector), count);
    }
    for (name, tally) in counts.fields {
        let FieldTally { cells, skipped, binary, .. } = tally;
        let mut field = FieldCounts { cells, skipped, binary, ..FieldCounts::default() };
        for (detector, found) in tally.detectors {
            let findings = FieldFindings {
                levels: found.levels,
                cells: found.cells,
                distinct: found.distinct.map_or(0, |sketch| sketch.estimate()),
                tried: found.tally.tried,
                passed: found.tally.passed,
                by_chance: None,
            };
            field.detectors.insert(id(detector), findings);
        }
        field.class = field.classify();
        report.fields.insert(name.to_string(), field);
    }
}

/// Enters of each field what its name says that it holds and nothing looks for.
pub(super) fn beyond(report: &mut Report, plan: &Plan) {
    for (name, field) in &mut report.fields {
        let looked_for = field.class.is_some() || !plan.takes_whole(name).is_empty();
        let told = if looked_for { None } else { beyond::told_by(name) };
        field.not_looked_for = told.map(str::to_owned);
    }
}

/// Works out what chance alone would make of the sums: one that is added up has the marks of its parts, and those of a run
/// that was resumed are others.
pub(super) fn by_chance(report: &mut Report, scanner: &Scanner) {
    let chances: HashMap<&str, f64> =
        scanner.detectors().map(|(_, about)| (about.id, about.chance)).collect();
    for (id, found) in report.fields.values_mut().flat_map(|field| &mut field.detectors) {
        let chance = chances.get(&**id).copied().filter(|chance| *chance > 0.0);
        found.by_chance = chance.map(|chance| found.tried as f64 * chance);
    }
}

/// Adds the fields in which a checksum holds as often as chance makes it hold.
pub(super) fn look_at_noise(report: &mut Report, scanner: &Scanner) {
    for (name, field) in &report.fields {
        for (id, found) in &field.detectors {
            if let Some((_, about)) = scanner.detectors().find(|(_, about)| about.id == id)
                && found.cells > 0
                && chance::alone(found.tried, found.passed, about.chance)
            {
                report.look_at.push(noise(name, about, found));
            }
        }
    }
}

fn noise(field: &str, about: About<'_>, found: &FieldFindings) -> LookAt {
    let share = found.passed as f64 * 100.0 / found.tried as f64;
    let note = format!(
        "{share:.1} % pass the check of {}, chance is {:.0} %: probably none",
        about.id,
        about.chance * 100.0
    );
    LookAt { detector: String::new(), place: field.to_owned(), note }
}
