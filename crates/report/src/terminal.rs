//! The summary that a scan or a rewrite prints: what was found, where, what was not looked at, what to do next.

use std::fmt::Write as _;

use sievert_core::report::{FieldCounts, LookAt, Report};
use sievert_detect::Confidence;

use crate::units::{Unit, count, plural, seconds, size};

const FIELDS_SHOWN: usize = 3;
const PLACES_SHOWN: usize = 10;
const PLACES_ALIKE: usize = 2;
const GAPS_SHOWN: usize = 10;

/// What the caller knows beside the report: how the run was asked for, and how it will end.
#[derive(Clone, Debug)]
pub struct Next {
    /// The inputs as typed, for the commands that the summary proposes; empty: propose none.
    pub inputs: String,
    /// Where the report stands, with what was put aside beside it; empty: nowhere.
    pub report: String,
    /// The exit code.
    pub exit: u8,
    /// The level from which findings count for the exit code.
    pub fail_on: Confidence,
}

/// The summary of a report.
pub fn summary(report: &Report, next: &Next) -> String {
    let mut out = String::new();
    head(&mut out, report);
    found(&mut out, report);
    places(&mut out, report);
    rewritten(&mut out, report);
    let places_cut = look_at(&mut out, report);
    let gaps_cut = coverage(&mut out, report);
    proposals(&mut out, report, next, places_cut || gaps_cut);
    out
}

/// Writing to a `String` cannot fail; this keeps the lines below readable.
macro_rules! line {
    ($out:expr $(, $($text:tt)+)?) => {{
        let _ = writeln!($out $(, $($text)+)?);
    }};
}

fn head(out: &mut String, report: &Report) {
    let ledger = &report.ledger;
    let rate = match ledger.bytes.scanned as f64 / 1e6 / report.seconds {
        rate if report.seconds > 0.05 && rate >= 1.0 => format!(" ({} MB/s)", count(rate.round() as u64)),
        _ => String::new(),
    };
    line!(
        out,
        "{} {}, {}, {} in {}{rate}",
        if report.command == "redact" { "Rewrote" } else { "Scanned" },
        plural(ledger.objects.scanned, "file"),
        size(ledger.bytes.scanned),
        plural(ledger.records.total - ledger.records.unchanged, "record"),
        seconds(report.seconds),
    );
}

fn found(out: &mut String, report: &Report) {
    let mut rows: Vec<_> = report.detectors.iter().collect();
    if rows.is_empty() {
        line!(out, "\nFOUND  nothing");
        return;
    }
    rows.sort_by_key(|(id, found)| {
        let levels = found.levels;
        (std::cmp::Reverse((levels.certain + levels.likely > 0, levels.at_least(Confidence::Possible))), *id)
    });
    let width = rows.iter().map(|(id, _)| id.len()).max().unwrap_or(0).max(16);
    line!(
        out,
        "\n{:width$} {:>10} {:>9} {:>9} {:>7}  shape",
        "FOUND",
        "certain",
        "likely",
        "possible",
        "files"
    );
    for (id, found) in rows {
        let levels = found.levels;
        line!(
            out,
            "{id:width$} {:>10} {:>9} {:>9} {:>7}  {}",
            count(levels.certain),
            count(levels.likely),
            count(levels.possible),
            count(found.objects),
            found.shape
        );
    }
}

fn places(out: &mut String, report: &Report) {
    let hits = |field: &FieldCounts| -> u64 {
        field.detectors.values().map(|found| found.levels.at_least(Confidence::Possible)).sum()
    };
    let mut fields: Vec<_> = report.fields.iter().filter(|(_, field)| hits(field) > 0).collect();
    if fields.is_empty() {
        return;
    }
    fields.sort_by_key(|(name, field)| (std::cmp::Reverse(hits(field)), *name));
    if fields.len() > FIELDS_SHOWN {
        line!(out, "\nWHERE (top {FIELDS_SHOWN} of {} fields)", count(fields.len() as u64));
    } else {
        line!(out, "\nWHERE");
    }
    let shown = &fields[..fields.len().min(FIELDS_SHOWN)];
    let width = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(20);
    for (name, field) in shown {
        let mut found: Vec<_> = field.detectors.iter().filter(|(_, found)| found.cells > 0).collect();
        found.sort_by_key(|(id, found)| (std::cmp::Reverse(found.cells), *id));
        let list: Vec<_> = found
            .iter()
            .take(4)
            .map(|(id, found)| {
                let share = match field.class.as_ref() == Some(*id) {
                    true => format!(" ({:.1} % of cells)", found.cells as f64 * 100.0 / field.cells as f64),
                    false => String::new(),
                };
                format!("{id} {}{share}", count(found.levels.at_least(Confidence::Possible)))
            })
            .collect();
        let more = if found.len() > list.len() {
            format!("   +{} more", found.len() - list.len())
        } else {
            String::new()
        };
        line!(out, "{name:width$}  {}{more}", list.join("   "));
    }
}

fn rewritten(out: &mut String, report: &Report) {
    if report.command != "redact" {
        return;
    }
    if !report.actions.is_empty() {
        line!(out, "\nREWRITTEN");
        let width = report.actions.keys().map(String::len).max().unwrap_or(0).max(16);
        for (id, actions) in &report.actions {
            let list: Vec<_> = actions.iter().map(|(action, n)| format!("{action} {}", count(*n))).collect();
            line!(out, "{id:width$}  {}", list.join("   "));
        }
    }
    let left: u64 = report.left.values().sum();
    if left > 0 {
        line!(
            out,
            "\nLEFT  {} below the confidence for rewriting (--min-confidence possible rewrites them too)",
            plural(left, "finding")
        );
    }
    let dropped = report.ledger.records.dropped;
    if dropped > 0 {
        line!(out, "\nDROPPED  {}", plural(dropped, "record"));
    }
}

/// Whether it leaves some to the report.
fn look_at(out: &mut String, report: &Report) -> bool {
    if report.look_at.is_empty() {
        return false;
    }
    line!(out, "\nLOOK AT");
    let mut shown: Vec<&LookAt> = Vec::new();
    for at in &report.look_at {
        let alike = shown.iter().filter(|other| other.detector == at.detector).count();
        if shown.len() < PLACES_SHOWN && (alike < PLACES_ALIKE || at.detector.is_empty()) {
            shown.push(at);
        }
    }
    let width = shown.iter().map(|at| at.detector.len()).max().unwrap_or(0);
    for at in &shown {
        match at.detector.as_str() {
            "" => line!(out, "{}  {}", at.place, at.note),
            id => line!(out, "{id:width$}  {}  {}", at.place, at.note),
        }
    }
    more_in_the_report(out, (report.look_at.len() - shown.len()) as u64)
}

/// The end of a list of which so many entries are not shown; whether there are any.
fn more_in_the_report(out: &mut String, more: u64) -> bool {
    if more > 0 {
        line!(out, "  and {} more in the report", count(more));
    }
    more > 0
}

/// What was not looked for, and what was not looked at and why; then the sum of all bytes. Whether it leaves some to the
/// report.
fn coverage(out: &mut String, report: &Report) -> bool {
    line!(out);
    if !report.plan.not_looked_for.is_empty() {
        line!(out, "NOT LOOKED FOR   {}", not_looked_for(&report.plan.not_looked_for));
    }
    named_for(out, report);
    no_text(out, report);
    let cut = not_examined(out, report);
    nothing_read(out, report);
    left_out(out, report);
    earlier_runs(out, report);
    sampled(out, report);
    bytes(out, report);
    cut
}

fn not_examined(out: &mut String, report: &Report) -> bool {
    if report.complete() {
        return false;
    }
    let ledger = &report.ledger;
    let mut parts = Vec::new();
    if ledger.objects.failed > 0 || ledger.bytes.failed > 0 {
        parts.push(format!("{}, {}", plural(ledger.objects.failed, "file"), size(ledger.bytes.failed)));
    }
    if ledger.records.quarantined > 0 {
        parts.push(format!("{} quarantined", plural(ledger.records.quarantined, "record")));
    }
    line!(out, "NOT EXAMINED     {}", parts.join("; "));
    let (records, objects): (Vec<_>, Vec<_>) = report.not_examined.iter().partition(|gap| gap.is_of_record());
    for gap in objects.into_iter().chain(records).take(GAPS_SHOWN) {
        let record = gap.record.map_or(String::new(), |record| format!(" record {record}"));
        line!(out, "  {}{record}    {}", gap.object, gap.reason);
    }
    let all = report.not_examined.len() as u64 + report.not_examined_more;
    more_in_the_report(out, all.saturating_sub(GAPS_SHOWN as u64))
}

fn nothing_read(out: &mut String, report: &Report) {
    let objects = &report.ledger.objects;
    if objects.total == objects.skipped {
        let why = report.skipped.first().map_or("there are no files".into(), |first| {
            let files = plural(objects.skipped, "file");
            format!("{files} left out, such as {}: {}", first.name, first.reason)
        });
        line!(out, "NOTHING READ     {why}");
    }
}

/// Metadata of objects that a store does not get, as it holds findings.
fn left_out(out: &mut String, report: &Report) {
    let removed: usize = report.objects.iter().map(|object| object.metadata_removed.len()).sum();
    if removed > 0 {
        let removed = plural(removed as u64, "metadata value");
        line!(out, "LEFT OUT         {removed} with findings (the report names them)");
    }
}

/// What was not read again, because an earlier run had read it.
fn earlier_runs(out: &mut String, report: &Report) {
    if let Some(since) = &report.since {
        match &since.not_used {
            None => line!(
                out,
                "UNCHANGED        {}, {}, since {}: not read again, counted as then",
                plural(report.ledger.objects.unchanged, "file"),
                size(report.ledger.bytes.unchanged),
                since.started.as_deref().unwrap_or_default()
            ),
            Some(why) => line!(out, "ALL READ         {why}"),
        }
    }
    if report.resumed > 0 {
        line!(out, "DONE BEFORE      {}, unchanged since", plural(report.resumed, "file"));
    }
    if report.continued > 0 {
        line!(out, "GONE ON WITH     {}, begun by an earlier run", plural(report.continued, "file"));
    }
}

/// What a sample says about all that it was drawn from.
fn sampled(out: &mut String, report: &Report) {
    let Some(sample) = &report.sample else { return };
    let (drawn, all) = match sample.objects {
        Some(objects) => (plural(objects, "file"), "all files"),
        None => (plural(sample.records, "record"), "all"),
    };
    line!(out, "SAMPLED          {drawn}, seed {}", sample.seed);
    for (id, held) in &sample.detectors {
        let holding = count(held.objects.unwrap_or(held.records));
        line!(out, "  {id} in {holding} of them: at most {} of {all}", percent(held.at_most));
    }
    line!(out, "  what was found in none: at most {} of {all} (95 %)", percent(sample.none_at_most));
}

/// The ledger of bytes: its parts are all there is.
fn bytes(out: &mut String, report: &Report) {
    let bytes = &report.ledger.bytes;
    let unit = Unit::of(bytes.total);
    let unchanged = match bytes.unchanged {
        0 => String::new(),
        bytes => format!(" + {} unchanged", unit.show(bytes)),
    };
    line!(
        out,
        "COVERAGE  {} {} = {} scanned + {} failed + {} skipped + {} sampled{unchanged}",
        unit.show(bytes.total),
        unit.name,
        unit.show(bytes.scanned),
        unit.show(bytes.failed),
        unit.show(bytes.skipped),
        unit.show(bytes.sampled),
    );
}

/// Fields that say by their names that they hold what is not looked for.
fn named_for(out: &mut String, report: &Report) {
    let named = report.fields.iter().filter_map(|(name, field)| Some((name, field.not_looked_for.as_ref()?)));
    let named: Vec<_> = named.map(|(name, what)| format!("{name} ({what})")).collect();
    if !named.is_empty() {
        let shown = named[..named.len().min(FIELDS_SHOWN)].join(", ");
        let more = match named.len().saturating_sub(FIELDS_SHOWN) {
            0 => String::new(),
            more => format!(" and {}", plural(more as u64, "more field")),
        };
        line!(
            out,
            "  by their names, in these fields: {shown}{more}; a policy can take them whole (whole_fields)"
        );
    }
}

/// Fields with bytes that are no text.
fn no_text(out: &mut String, report: &Report) {
    let mut fields: Vec<_> = report.fields.iter().filter(|(_, field)| field.binary > 0).collect();
    if fields.is_empty() {
        return;
    }
    fields.sort_by_key(|(name, field)| (std::cmp::Reverse(field.binary), *name));
    let cells = fields.iter().map(|(_, field)| field.binary).sum();
    let named =
        fields.iter().take(FIELDS_SHOWN).map(|(name, field)| format!("{name} {}", count(field.binary)));
    let named: Vec<_> = named.collect();
    let more = if fields.len() > named.len() { ", ..." } else { "" };
    line!(out, "NO TEXT          {}, not looked at: {}{more}", plural(cells, "cell"), named.join(", "));
}

/// A share with two digits that say something.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let digits = if percent >= 10.0 { 0 } else { (1.0 - percent.max(1e-9).log10().floor()) as usize };
    format!("{percent:.digits$} %")
}

/// Kinds that this build cannot find, then the detectors that are off (their ids have a dot), by name if they are few.
fn not_looked_for(all: &[String]) -> String {
    let (off, mut parts): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|name| name.contains('.'));
    match off.len() {
        0..=3 => parts.extend(off),
        many => parts.push(format!("{} detectors that are off (the report names them)", count(many as u64))),
    }
    parts.join(", ")
}

/// What to type next. `cut`: lists above leave some to the report.
fn proposals(out: &mut String, report: &Report, next: &Next, cut: bool) {
    let loudest =
        report.detectors.iter().filter(|(_, found)| found.levels.at_least(next.fail_on) > 0).min_by_key(
            |(id, found)| (!id.starts_with("secret."), std::cmp::Reverse(found.levels.certain), *id),
        );
    if let (Some((id, _)), false, "scan") = (loudest, next.inputs.is_empty(), report.command.as_str()) {
        line!(out, "\nSee why:   sievert scan {} --detector {id} --show-values --limit 20", next.inputs);
        line!(out, "Clean it:  sievert redact {} --out clean/", next.inputs);
    }
    // Nobody has asked for that report yet.
    if cut && report.command == "scan" && next.report.is_empty() && !next.inputs.is_empty() {
        line!(out, "\nIn full:   sievert scan {} --report report.json", next.inputs);
    }
    if !next.report.is_empty() {
        let aside = match report.ledger.records.quarantined {
            1.. if report.command == "redact" => "; what was put aside stands in quarantine/ beside it",
            _ => "",
        };
        line!(out, "\nReport:    {}{aside}", next.report);
    }
    // What a rewrite has found is done with.
    let found = report.command == "scan" && report.findings(next.fail_on) > 0;
    let also = if found { " (also: findings)" } else { "" };
    match next.exit {
        0 => {}
        1 => line!(out, "exit 1: findings at {} or above", next.fail_on),
        3 => line!(out, "exit 3: not everything was examined{also}"),
        code => line!(out, "exit {code}"),
    }
}
