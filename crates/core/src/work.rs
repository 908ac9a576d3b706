//! The inner loop: one piece decoded, scanned, resolved, edited, rendered. Looks at nothing but the piece and the plan.

use std::collections::{HashMap, HashSet};
use std::hash::RandomState;
use std::sync::Arc;

use sievert_detect::{
    Category, Confidence, DetectorIndex, DetectorSet, Evidence, Finding, Group, Scratch, Tally,
    Texts as Cells, resolve,
};
use sievert_io::{
    Batch, Cause, Change, Edit, Error, Format, Kind, Piece, Place, Rendered, Splice, Texts, Unread,
};
use sievert_redact::{ActionKind, Outcome, shape};

use crate::counts::{Counts, FIELDS_TRACKED, agree};
use crate::findings::{Offsets, Row};
use crate::job::{Excerpt, Job, Task};
use crate::plan::FieldPlan;
use crate::policy::NonText;
use crate::report::LookAt;
use crate::sample::Sampler;
use crate::shown::Names;

/// Zeros that an identifier may have lost when it was stored as an integer.
const LOST_ZEROS: usize = 3;
/// Characters shown on either side of a finding.
const EXCERPT_REACH: usize = 40;

/// What became of a piece.
#[derive(Debug, Default)]
pub(crate) struct Worked {
    pub(crate) counts: Counts,
    /// By record; only when there is a findings file.
    pub(crate) rows: Vec<Row>,
    pub(crate) excerpts: Vec<Excerpt>,
    pub(crate) look_at: Vec<LookAt>,
    /// Fields that cannot be looked at, as shown.
    pub(crate) unread: Vec<Unread>,
    /// Record in the object, and why.
    pub(crate) quarantined: Vec<(u64, &'static str)>,
    /// Records in which a detector has found something; only of a sample.
    pub(crate) holding: HashSet<(DetectorIndex, u64)>,
    /// When the task is to rewrite.
    pub(crate) rendered: Option<Rendered>,
}

/// One thread's share of a run.
pub(crate) struct Worker<'r> {
    job: &'r Job,
    sampler: Option<Sampler>,
    /// Keys the sketches of this run.
    run_key: &'r RandomState,
    names: Names<'r>,
    /// By name, and whether it is of the keys of objects there.
    fields: HashMap<(Arc<str>, bool), Arc<Known>>,
    scratch: Scratch,
    found: Vec<(u32, Finding)>,
}

/// A cell with findings, and where it stands.
struct Here<'a> {
    object: &'a str,
    batch: &'a Batch,
    texts: &'a Texts,
    cell: u32,
    text: &'a str,
    field: &'a Known,
    /// In how many records.
    times: u64,
}

/// A field as this thread has met it.
struct Known {
    plan: FieldPlan,
    shown: Arc<str>,
    /// Whether its name speaks for any detector.
    telling: bool,
}

impl<'r> Worker<'r> {
    pub(crate) fn new(job: &'r Job, sampler: Option<Sampler>, run_key: &'r RandomState) -> Self {
        Self {
            job,
            sampler,
            run_key,
            names: Names::new(&job.plan),
            fields: HashMap::new(),
            scratch: Scratch::default(),
            found: Vec::new(),
        }
    }

    /// Decodes, scans, edits and renders one piece of an object; `object` is its name as shown.
    pub(crate) fn piece(&mut self, object: &str, format: &dyn Format, piece: Piece) -> Result<Worked, Error> {
        let mut batch = format.decode(piece)?;
        let drawn = self.sampler.map(|sampler| sampler.thin(object, &mut batch));
        let mut worked = Worked::default();
        let mut edits = Vec::new();
        for (at, texts) in batch.texts.iter().enumerate() {
            let field = self.field(&texts.field, texts.kind == Kind::Key);
            if !count_cells(&field, texts, &mut worked.counts) {
                continue;
            }
            let tallies = self.scan(&field, texts);
            self.note_tallies(&field, &tallies, &mut worked.counts);
            self.mark_numbers(&field, texts);
            let failed = self.recognize(&field, texts, &mut worked);
            self.settle(object, &batch, at, &field, &mut worked, &mut edits)?;
            // What was not examined is not passed on.
            let change = if texts.kind == Kind::Key { Change::DropRecord } else { Change::Null };
            let texts = at as u32;
            edits.extend(failed.into_iter().map(|cell| Edit { texts, cell, change: change.clone() }));
        }
        for (name, cells) in &batch.unwanted {
            let field = self.field(name, false);
            count_skipped(&field, *cells, &mut worked.counts);
        }
        edits.sort_by_key(|edit| (edit.texts, edit.cell));
        worked.rows.sort_by_key(|row| row.record);
        if let Task::Redact { .. } = self.job.task {
            worked.rendered = Some(format.encode(&batch, &edits)?);
        }
        count_records(&batch, drawn.as_deref(), &mut worked);
        let shown = |unread: &Unread| Unread { field: self.names.shown(&unread.field), ..unread.clone() };
        worked.unread.extend(batch.unread.iter().map(shown));
        Ok(worked)
    }

    fn field(&mut self, name: &Arc<str>, of_keys: bool) -> Arc<Known> {
        let id = (name.clone(), of_keys);
        if let Some(known) = self.fields.get(&id) {
            return known.clone();
        }
        let mut plan = self.job.plan.field(name);
        if of_keys {
            plan.field = plan.field.of_keys();
        }
        let scanner = self.job.plan.scanner();
        let telling = scanner.detectors().any(|(index, _)| plan.field.vouches_for(index));
        let known = Arc::new(Known { plan, shown: self.names.shown(name), telling });
        if self.fields.len() >= FIELDS_TRACKED {
            self.fields.clear(); // data with names without end: compile again rather than grow
        }
        self.fields.insert(id, known.clone());
        known
    }

    /// Scans the cells into `self.found`; once more where the column as a whole speaks for a detector.
    fn scan(&mut self, field: &Known, texts: &Texts) -> Vec<Tally> {
        let scanner = self.job.plan.scanner();
        let cells = Cells { buffer: &texts.buffer, ends: &texts.ends };
        self.found.clear();
        scanner.scan_texts(&field.plan.field, &cells, &mut self.scratch, &mut self.found);
        let tallies = self.scratch.take_tallies();

        let mut column = DetectorSet::none(scanner.len());
        let mut agrees = false;
        for ((index, about), tally) in scanner.detectors().zip(&tallies) {
            if agree(*tally, about.chance) {
                column.insert(index);
                agrees = true;
            }
        }
        if agrees {
            let mut in_column = field.plan.field.clone();
            in_column.column = column;
            self.found.clear();
            scanner.scan_texts(&in_column, &cells, &mut self.scratch, &mut self.found);
            self.scratch.take_tallies();
        }
        tallies
    }

    fn note_tallies(&self, field: &Known, tallies: &[Tally], counts: &mut Counts) {
        for ((index, about), tally) in self.job.plan.scanner().detectors().zip(tallies) {
            if tally.tried > 0 && about.chance > 0.0 {
                let sum = &mut counts.field(&field.shown).detectors.entry(index).or_default().tally;
                sum.tried += tally.tried;
                sum.passed += tally.passed;
            }
        }
    }

    /// Bare digits in a numeric column prove little; an identifier stored as an integer may have lost its zeros.
    fn mark_numbers(&mut self, field: &Known, texts: &Texts) {
        let numeric = matches!(texts.kind, Kind::Integer | Kind::Float);
        if numeric || texts.kind == Kind::Untyped {
            for (cell, finding) in &mut self.found {
                let bare = || texts.get(*cell).trim().bytes().all(|b| b.is_ascii_digit());
                if !finding.evidence.has(Evidence::FIELD) && (numeric || bare()) {
                    finding.evidence = finding.evidence.and(Evidence::BARE_NUMBER);
                    finding.confidence = finding.evidence.confidence();
                }
            }
        }
        if texts.kind == Kind::Integer && field.telling {
            self.restore_zeros(field, texts);
        }
    }

    fn restore_zeros(&mut self, field: &Known, texts: &Texts) {
        let scanner = self.job.plan.scanner();
        let mut padded = Vec::new();
        for cell in 0..texts.len() as u32 {
            if self.found.binary_search_by_key(&cell, |(cell, _)| *cell).is_ok() {
                continue;
            }
            let text = texts.get(cell);
            for zeros in 1..=LOST_ZEROS {
                let long = "0".repeat(zeros) + text;
                let mut found = Vec::new();
                scanner.scan(&field.plan.field, &long, &mut self.scratch, &mut found);
                let whole = |f: &Finding| f.span.start == 0 && f.span.end as usize == long.len();
                if let Some(mut finding) =
                    found.into_iter().find(|f| whole(f) && f.evidence.has(Evidence::CHECKSUM))
                {
                    finding.span = 0..text.len() as u32;
                    padded.push((cell, finding));
                    break;
                }
            }
        }
        self.scratch.take_tallies();
        self.found.extend(padded);
        self.found.sort_by_key(|(cell, _)| *cell);
    }

    /// Adds what recognizers see to `self.found`. The cells on which one fails are entered as such and returned; nothing
    /// that was found in them stays.
    fn recognize(&mut self, field: &Known, texts: &Texts, worked: &mut Worked) -> Vec<u32> {
        let cells = Cells { buffer: &texts.buffer, ends: &texts.ends };
        let failed = self.job.plan.recognize(&field.plan.field, &cells, &mut self.found);
        for (cell, failure) in &failed {
            let times = texts.occurrences.rows(*cell).count() as u64;
            if texts.kind != Kind::Key {
                worked.counts.cells.scanned -= times;
                worked.counts.cells.failed += times;
                worked.counts.field(&field.shown).cells -= times;
            }
            let reason = failure.to_string();
            worked.unread.push(Unread { field: field.shown.clone(), cells: times, reason });
        }
        let failed: Vec<u32> = failed.into_iter().map(|(cell, _)| cell).collect();
        self.found.retain(|(cell, _)| failed.binary_search(cell).is_err());
        failed
    }

    /// Turns the findings of each cell into counts, rows and edits.
    fn settle(
        &mut self,
        object: &str,
        batch: &Batch,
        at: usize,
        field: &Known,
        worked: &mut Worked,
        edits: &mut Vec<Edit>,
    ) -> Result<(), Error> {
        let plan = &self.job.plan;
        let texts = &batch.texts[at];
        let mut allowed = vec![0; plan.allow_reasons().len()];
        let all = std::mem::take(&mut self.found);
        for found in all.chunk_by(|a, b| a.0 == b.0) {
            let cell = found[0].0;
            let text = texts.get(cell);
            let times = texts.occurrences.rows(cell).count() as u64;
            let here = Here { object, batch, texts, cell, text, field, times };
            let mut findings: Vec<Finding> = found.iter().map(|(_, finding)| finding.clone()).collect();
            let mut allowed_here = vec![0; allowed.len()];
            plan.sift(text, &mut findings, &mut allowed_here);
            allowed.iter_mut().zip(&allowed_here).for_each(|(sum, here)| *sum += here * times);
            if findings.is_empty() {
                continue;
            }
            let groups = resolve(&mut findings);
            self.report_cell(&here, &groups, worked);
            if let Task::Redact { .. } = self.job.task
                && let Some(change) = self.change(&here, &findings, &groups, worked)?
            {
                edits.push(Edit { texts: at as u32, cell, change });
            }
        }
        self.found = all;
        for (reason, count) in plan.allow_reasons().zip(allowed).filter(|(_, count)| *count > 0) {
            *worked.counts.allowed.entry(reason.to_owned()).or_default() += count;
        }
        Ok(())
    }

    /// Counts the winners in a cell and notes their places.
    fn report_cell(&self, here: &Here<'_>, groups: &[Group], worked: &mut Worked) {
        let plan = &self.job.plan;
        let Here { object, batch, texts, cell, text, field, times } = *here;
        let mut counted = DetectorSet::none(plan.scanner().len());
        for group in groups {
            let finding = &group.winner;
            let raw = &text[finding.range()];
            let about = plan.scanner().about(finding.detector);
            worked.counts.found(finding.detector, finding.confidence, times, || shape(raw, about.category));
            let tally = worked.counts.field(&field.shown).detectors.entry(finding.detector).or_default();
            let value = plan.redactor().value(finding.detector, raw);
            tally.add(self.run_key, &value, finding.confidence, times);
            if !counted.contains(finding.detector) {
                counted.insert(finding.detector);
                tally.cells += times;
            }
            for row in texts.occurrences.rows(cell) {
                let record = batch.first_record + u64::from(row);
                if self.sampler.is_some() {
                    worked.holding.insert((finding.detector, record));
                }
                let line = batch.lines.get(row as usize).copied();
                let place = || line.map_or(format!(" record {record}"), |line| format!(":{line}"));
                if self.job.findings.is_some() {
                    worked.rows.push(Row {
                        record,
                        line,
                        field: field.shown.clone(),
                        offsets: Offsets::of(text, finding),
                        detector: finding.detector,
                        evidence: finding.evidence,
                        fingerprint: plan.redactor().fingerprint(finding.detector, raw),
                    });
                }
                if worked.excerpts.len() < self.job.excerpts {
                    let place = format!("{}  field {}", place(), field.shown);
                    worked.excerpts.push(self.excerpt(object, place, text, group, groups));
                }
                let secret =
                    about.category == Category::Credential && finding.confidence > Confidence::Possible;
                if secret && worked.look_at.len() < crate::run::LOOK_AT_KEPT {
                    worked.look_at.push(LookAt {
                        detector: about.id.to_owned(),
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
            before: before[start..].to_owned(),
            value: text[group.cover.start as usize..group.cover.end as usize].to_owned(),
            after: masked(group.cover.end as usize..text.len()).chars().take(EXCERPT_REACH).collect(),
        }
    }

    /// What is done to a cell, and the count of it: of the findings that are reported, as they are.
    fn change(
        &mut self,
        here: &Here<'_>,
        findings: &[Finding],
        groups: &[Group],
        worked: &mut Worked,
    ) -> Result<Option<Change>, Error> {
        let Here { object, texts, text, field, times, .. } = *here;
        if texts.kind == Kind::Unparsed {
            return Ok(None); // goes to quarantine as it is
        }
        let plan = &self.job.plan;
        let mut taken = Vec::new();
        let outcome = plan.rewrite(&field.plan, text, findings, &mut self.scratch, &mut taken);
        let change = match outcome {
            Outcome::Untouched => None,
            Outcome::DropRecord => Some(Change::DropRecord),
            // A name cannot be null: what has a name that may not stay goes as a whole.
            Outcome::DropCell if texts.kind == Kind::Key => Some(Change::DropRecord),
            Outcome::DropCell => Some(Change::Null),
            Outcome::Splices(splices) if texts.kind.takes_text() => Some(Change::Splice(
                splices.into_iter().map(|splice| Splice { span: splice.span, text: splice.text }).collect(),
            )),
            Outcome::Splices(_) if plan.non_text() == NonText::Null => Some(Change::Null),
            Outcome::Splices(_) => {
                let place = Place::object(object).field(&*field.shown);
                let why = "findings in a column that is not text, and the policy says non_text = \"fail\"; \
                           allow null, or drop the record";
                return Err(Error { place, cause: Cause::Unsupported(why) });
            }
        };
        let nulled = change == Some(Change::Null);
        for (at, taken) in taken.into_iter().enumerate() {
            // What came to light only after the first rewriting has no finding here, and was rewritten.
            let finding = findings.get(at);
            if finding.is_some_and(|finding| groups.iter().all(|group| group.winner != *finding)) {
                continue; // it lost its place to another, which is counted
            }
            let below = finding.is_some_and(|finding| finding.confidence < plan.rewritten_from());
            if below && taken.action == ActionKind::Keep {
                *worked.counts.left.entry(taken.detector).or_default() += times;
            } else {
                let action = if nulled { ActionKind::DropCell } else { taken.action };
                *worked.counts.actions.entry((taken.detector, action)).or_default() += times;
            }
        }
        self.scratch.take_tallies();
        Ok(change)
    }
}

/// Enters the cells in the ledger; whether they are to be scanned.
fn count_cells(field: &Known, texts: &Texts, counts: &mut Counts) -> bool {
    if texts.kind == Kind::Key {
        return true; // names are looked at like cells, but they are not cells
    }
    let cells: u64 = (0..texts.len() as u32).map(|cell| texts.occurrences.rows(cell).count() as u64).sum();
    if field.plan.skipped {
        count_skipped(field, cells, counts);
        return false;
    }
    counts.cells.total += cells;
    counts.cells.scanned += cells;
    counts.field(&field.shown).cells += cells;
    true
}

fn count_skipped(field: &Known, cells: u64, counts: &mut Counts) {
    counts.cells.total += cells;
    counts.cells.skipped += cells;
    counts.field(&field.shown).skipped += cells;
}

/// Enters the records in the ledger, now that it is known which of them stay.
fn count_records(batch: &Batch, drawn: Option<&[bool]>, worked: &mut Worked) {
    let rendered = worked.rendered.as_ref();
    let late = rendered.map_or(&[][..], |rendered| &rendered.quarantined);
    let quarantined = batch.quarantined.iter().chain(late);
    worked.quarantined = quarantined.map(|q| (batch.first_record + u64::from(q.row), q.reason)).collect();
    worked.quarantined.sort_unstable();
    let records = &mut worked.counts.records;
    records.total = u64::from(batch.records);
    records.quarantined = worked.quarantined.len() as u64;
    records.dropped = rendered.map_or(0, |rendered| u64::from(rendered.dropped));
    let left_out = |row: &u32| {
        drawn.is_some_and(|drawn| !drawn[*row as usize])
            && !batch.quarantined.iter().any(|quarantined| quarantined.row == *row)
    };
    records.sampled = (0..batch.records).filter(left_out).count() as u64;
    records.scanned = records.total - records.quarantined - records.dropped - records.sampled;
    for (detector, _) in worked.holding.drain() {
        *worked.counts.holding.entry(detector).or_default() += 1;
    }
    let unread: u64 = batch.unread.iter().map(|unread| unread.cells).sum();
    worked.counts.cells.binary = batch.binary_cells + unread;
    worked.counts.cells.total += batch.binary_cells + unread;
}
