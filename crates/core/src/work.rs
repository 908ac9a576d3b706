//! The inner loop: one piece decoded, scanned, resolved, edited, rendered. Looks at nothing but the piece and the plan.

mod agree;
mod beside;
mod change;
mod places;
mod settle;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ahash::RandomState;
use sievert_detect::{DetectorIndex, DetectorSet, Evidence, Field, Finding, Scratch};
use sievert_io::{Batch, Change, Edit, Error, Format, Kind, Occurrences, Piece, Rendered, Texts, Unread};

use crate::column::Column;
use crate::counts::{Counts, FIELDS_TRACKED};
use crate::findings::Row;
use crate::job::{Excerpt, Job, Task};
use crate::plan::FieldPlan;
use crate::report::LookAt;
use crate::sample::Sampler;
use crate::shown::{Names, with_keys};
use beside::Part;

/// So many leading zeros an identifier may have lost when it was stored as an integer.
pub(crate) const LOST_ZEROS: usize = 3;

/// A number of so many digits counts nothing.
const NO_COUNT: usize = 9;

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
    /// By name, and whether the cells are the keys of the objects there instead of their values.
    fields: HashMap<(Arc<str>, bool), Arc<KnownField>>,
    /// What names beside cells say.
    voices: HashMap<Box<str>, Option<Field>>,
    /// Keys of the piece that hold a finding, each as it is shown.
    keys: HashMap<String, String>,
    scratch: Scratch,
    found: Vec<(u32, Finding)>,
    /// How a column is looked at: with repeated texts once, or, in tests that compare the two, cell by cell.
    look: for<'b> fn(&'b Texts) -> Column<'b>,
}

/// A field as this thread has met it.
struct KnownField {
    plan: FieldPlan,
    shown: Arc<str>,
    /// Whether its name speaks for any detector.
    telling: bool,
    /// Whether that is a name beside the cells.
    beside: bool,
}

impl<'r> Worker<'r> {
    pub(crate) fn new(job: &'r Job, sampler: Option<Sampler>, run_key: &'r RandomState) -> Self {
        Self {
            job,
            sampler,
            run_key,
            names: Names::new(&job.plan),
            fields: HashMap::new(),
            voices: HashMap::new(),
            keys: HashMap::new(),
            scratch: Scratch::default(),
            found: Vec::new(),
            look: Column::of,
        }
    }

    /// Decodes, scans, edits and renders one piece of an object; `object` is its name as shown.
    pub(crate) fn piece(&mut self, object: &str, format: &dyn Format, piece: Piece) -> Result<Worked, Error> {
        let mut batch = format.decode(piece)?;
        let drawn = self.sampler.map(|sampler| sampler.thin(object, &mut batch));
        let mut worked = Worked::default();
        let mut edits = Vec::new();
        self.keys.clear();
        let voices = self.voices(&batch);
        for at in keys_first(&batch.texts) {
            let texts = &batch.texts[at];
            let field = self.field(&texts.field, texts.kind == Kind::Key);
            for part in beside::parts(texts, field, &voices) {
                let changes = self.part(object, &batch, &part, &mut worked)?.into_iter();
                let edit = |(cell, change)| Edit { texts: at as u32, cell: part.number(cell), change };
                edits.extend(changes.map(edit));
            }
        }
        for (name, cells) in &batch.unwanted {
            let field = self.field(name, false);
            count_skipped(&field, *cells, &mut worked.counts);
        }
        for (name, cells) in &batch.binary {
            worked.counts.cells.total += cells;
            worked.counts.cells.binary += cells;
            worked.counts.field(&self.shown(name)).binary += cells;
        }
        edits.sort_by_key(|edit| (edit.texts, edit.cell));
        worked.rows.sort_by_key(|row| row.record);
        if let Task::Redact { .. } = self.job.task {
            worked.rendered = Some(format.encode(&batch, &edits)?);
        }
        count_records(&batch, drawn.as_deref(), &mut worked);
        let shown = |unread: &Unread| Unread { field: self.shown(&unread.field), ..unread.clone() };
        worked.unread.extend(batch.unread.iter().map(shown));
        Ok(worked)
    }

    /// Looks at cells for which the same speaks; those of them that change, and how.
    fn part(
        &mut self,
        object: &str,
        batch: &Batch,
        Part { texts, field, .. }: &Part<'_>,
        worked: &mut Worked,
    ) -> Result<Vec<(u32, Change)>, Error> {
        if !self.count_cells(field, texts, &mut worked.counts) {
            return Ok(Vec::new());
        }
        let column = (self.look)(texts);
        for (detector, tally) in self.scan(field, &column) {
            worked.counts.field(&field.shown).detectors.entry(detector).or_default().tally.add(tally);
        }
        if field.telling && matches!(texts.kind, Kind::Integer | Kind::Float) {
            self.restore_zeros(field, &column);
        }
        let failed = self.recognize(field, &column, worked);
        let mut changes = self.settle(object, batch, &column, field, worked)?;
        // What was not examined is not passed on.
        let change = if texts.kind == Kind::Key { Change::DropRecord } else { Change::Null };
        changes.extend(failed.into_iter().map(|cell| (cell, change.clone())));
        Ok(column.decoded(changes))
    }

    /// Enters the cells in the ledger; whether they are to be scanned.
    fn count_cells(&self, field: &KnownField, texts: &Texts, counts: &mut Counts) -> bool {
        if texts.kind == Kind::Key {
            return true; // names are looked at like cells, but they are not cells
        }
        let cells: u64 = match &texts.occurrences {
            Occurrences::One(rows) => rows.len() as u64,
            Occurrences::Distinct(rows) => rows.iter().map(|rows| rows.len() as u64).sum(),
        };
        let longest = (0..texts.len() as u32).map(|cell| texts.span(cell).len()).max().unwrap_or(0);
        if field.plan.skipped || !self.job.plan.may_stand_in(&field.plan, texts.kind, longest) {
            count_skipped(field, cells, counts);
            return false;
        }
        counts.cells.total += cells;
        counts.cells.scanned += cells;
        counts.field(&field.shown).cells += cells;
        true
    }

    /// A field as this piece shows it: keys in its path may hold findings that only the other keys bring to light.
    fn field(&mut self, name: &Arc<str>, of_keys: bool) -> Arc<KnownField> {
        let known = self.known_field(name, of_keys);
        match with_keys(name, &self.keys) {
            None => known,
            Some(name) => {
                let KnownField { plan, telling, beside, .. } = &*known;
                let (plan, shown) = (plan.clone(), self.names.shown(&name));
                Arc::new(KnownField { plan, shown, telling: *telling, beside: *beside })
            }
        }
    }

    fn shown(&self, name: &str) -> Arc<str> {
        self.names.shown(&with_keys(name, &self.keys).unwrap_or_else(|| name.to_owned()))
    }

    fn known_field(&mut self, name: &Arc<str>, of_keys: bool) -> Arc<KnownField> {
        let id = (name.clone(), of_keys);
        if let Some(known) = self.fields.get(&id) {
            return known.clone();
        }
        let mut plan = self.job.plan.field(name);
        if of_keys {
            plan.field = plan.field.of_keys();
            plan.whole = DetectorSet::none(self.job.plan.scanner().len());
        }
        let telling = plan.field.is_telling();
        let known = Arc::new(KnownField { plan, shown: self.names.shown(name), telling, beside: false });
        if self.fields.len() >= FIELDS_TRACKED {
            self.fields.clear(); // data with names without end: compile again rather than grow
        }
        self.fields.insert(id, known.clone());
        known
    }

    /// Bare digits in a numeric column prove little; an identifier stored as an integer may have lost its zeros. Beside
    /// a name, too, a short number may count what has the name.
    fn mark_numbers(&mut self, field: &KnownField, column: &Column<'_>) {
        let kind = column.texts.kind;
        let numeric = matches!(kind, Kind::Integer | Kind::Float);
        if numeric || kind == Kind::Untyped {
            for (cell, finding) in &mut self.found {
                let text = column.get(*cell).trim();
                let bare = || text.bytes().all(|b| b.is_ascii_digit());
                let named = finding.evidence.has(Evidence::FIELD) && !(field.beside && text.len() < NO_COUNT);
                if !named && (numeric || bare()) {
                    finding.evidence = finding.evidence.and(Evidence::BARE_NUMBER);
                    finding.confidence = finding.evidence.confidence();
                }
            }
        }
    }

    fn restore_zeros(&mut self, field: &KnownField, column: &Column<'_>) {
        let scanner = self.job.plan.scanner();
        let mut padded = Vec::new();
        for cell in 0..column.len() {
            if self.found.binary_search_by_key(&cell, |(cell, _)| *cell).is_ok() {
                continue;
            }
            let text = column.get(cell);
            if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
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
        self.found.extend(padded);
        self.found.sort_by_key(|(cell, _)| *cell);
    }

    /// Adds to `self.found` the cells that are taken whole, and what recognizers see. The cells on which one fails are
    /// entered as such and returned; nothing that was found in them stays.
    fn recognize(&mut self, field: &KnownField, column: &Column<'_>, worked: &mut Worked) -> Vec<u32> {
        let plan = &self.job.plan;
        plan.take_whole(&field.plan, &column.cells(), &mut self.found);
        let failed = plan.recognize(&field.plan.field, &column.cells(), &mut self.found);
        for (cell, failure) in &failed {
            let times = column.times(*cell);
            if column.texts.kind != Kind::Key {
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
}

/// Keys come before the values, and those of an object before those of the objects in it: what is found in them does not
/// stand in the names of fields.
fn keys_first(texts: &[Texts]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&at| match texts[at].kind {
        Kind::Key => (false, texts[at].field.len()),
        _ => (true, 0),
    });
    order
}

fn count_skipped(field: &KnownField, cells: u64, counts: &mut Counts) {
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
    worked.counts.cells.binary += unread;
    worked.counts.cells.total += unread;
}
