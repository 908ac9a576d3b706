//! Results put in order: outputs appended, counts added, failures noted, one object after another.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sievert_detect::{DetectorIndex, Scanner};
use sievert_io::{
    Access, Cause, Description, Error as IoError, NewFile, Object, Output, Place, Rendered, Runtime, Target,
    create,
};

use crate::Error;
use crate::counts::{Counts, chance_only};
use crate::findings::FindingsFile;
use crate::job::{Destination, Job, Progress, Status, Task};
use crate::ledger::Ledger;
use crate::listed::{Listed, target};
use crate::order::{Budget, InOrder};
use crate::report::{
    DetectorCounts, FieldCounts, FieldFindings, Levels, LookAt, NotExamined, ObjectReport, Report, Skipped,
    keep,
};
use crate::run::LOOK_AT_KEPT;
use crate::shown::Names;
use crate::work::Worked;

/// Objects that a report keeps by name; the rest is counted.
const OBJECTS_KEPT: usize = 100_000;

/// The result of a step.
pub(crate) enum Done {
    Begin(Object, Description),
    /// What became of a piece, how far into the stored bytes it reaches, and what it cost of the budget.
    Piece(Result<Box<Worked>, IoError>, u64, usize),
    End(u64),
    /// It could not be opened: its stored bytes.
    Unopened(u64, IoError),
    Fail(IoError),
    /// The list of objects cannot be read back.
    Lost(std::io::Error),
}

/// The one place where results meet.
pub(crate) struct Commit<'r> {
    job: &'r Job,
    progress: &'r dyn Progress,
    budget: &'r Budget,
    stop: &'r AtomicBool,
    runtime: &'r Runtime,
    run: String,
    names: Names<'r>,
    line: InOrder<(usize, Arc<str>, Done)>,
    /// Objects begun and neither ended nor failed; one at a time, as they come in order.
    current: Option<Current>,
    counts: Counts,
    ledger: Ledger,
    status: Status,
    objects: Vec<ObjectReport>,
    objects_more: u64,
    in_objects: BTreeMap<DetectorIndex, u64>,
    not_examined: Vec<NotExamined>,
    not_examined_more: u64,
    skipped: Vec<Skipped>,
    skipped_more: u64,
    look_at: Vec<LookAt>,
    excerpts: usize,
    findings: Option<FindingsFile>,
    /// What ends the run: not about one object.
    fatal: Option<Error>,
}

/// The object whose results are being committed.
struct Current {
    number: usize,
    size: u64,
    report: ObjectReport,
    found: BTreeMap<DetectorIndex, Levels>,
    position: u64,
    /// By field: how many cells cannot be looked at, and why.
    unread: BTreeMap<Arc<str>, (u64, String)>,
    output: Option<Box<dyn Output>>,
    quarantine: Option<NewFile>,
    quarantine_path: PathBuf,
}

impl Current {
    fn new(number: usize, name: &str, size: u64, read_as: String) -> Self {
        Self {
            number,
            size,
            report: ObjectReport { object: name.to_owned(), read_as, ..ObjectReport::default() },
            found: BTreeMap::new(),
            position: 0,
            unread: BTreeMap::new(),
            output: None,
            quarantine: None,
            quarantine_path: PathBuf::new(),
        }
    }
}

impl<'r> Commit<'r> {
    pub(crate) fn new(
        job: &'r Job,
        listed: &Listed,
        progress: &'r dyn Progress,
        budget: &'r Budget,
        stop: &'r AtomicBool,
        runtime: &'r Runtime,
        run: String,
    ) -> Result<Self, Error> {
        let findings = match &job.findings {
            Some(path) => Some(FindingsFile::create(path, &run).map_err(Error::Findings)?),
            None => None,
        };
        Ok(Self {
            job,
            progress,
            budget,
            stop,
            runtime,
            run,
            names: Names::new(job.plan.scanner()),
            line: InOrder::default(),
            current: None,
            counts: Counts::default(),
            ledger: listed.ledger,
            status: Status { bytes_total: listed.bytes(), ..Status::default() },
            objects: Vec::new(),
            objects_more: 0,
            in_objects: BTreeMap::new(),
            not_examined: listed.not_examined.clone(),
            not_examined_more: listed.not_examined_more,
            skipped: listed.skipped.clone(),
            skipped_more: listed.skipped_more,
            look_at: Vec::new(),
            excerpts: 0,
            findings,
            fatal: None,
        })
    }

    /// Takes a result and commits everything whose turn has come.
    pub(crate) fn push(&mut self, ticket: u64, object: usize, name: &Arc<str>, done: Done) {
        self.line.insert(ticket, (object, name.clone(), done));
        while let Some((number, name, done)) = self.line.pop() {
            if self.fatal.is_some() {
                // What was on its way when the run ended is let go; others may be waiting for its memory.
                if let Done::Piece(_, _, cost) = done {
                    self.budget.give_back(cost);
                }
                continue;
            }
            self.commit(number, &name, done);
            if self.progress.update(&self.status) == ControlFlow::Break(()) {
                self.fatal.get_or_insert(Error::Cancelled);
            }
            if self.fatal.is_some() {
                self.stop.store(true, Ordering::Relaxed);
            }
        }
    }

    fn commit(&mut self, number: usize, name: &str, done: Done) {
        match done {
            Done::Begin(object, description) => {
                if let Err(error) = self.begin(number, name, &object, &description) {
                    self.fail(&error);
                }
            }
            Done::Piece(result, position, cost) => {
                // The object may have failed while later pieces of it were being worked on: these count as failed.
                if self.current.as_ref().is_some_and(|current| current.number == number) {
                    let applied = result.and_then(|worked| self.apply(*worked, position));
                    if let Err(error) = applied {
                        self.fail(&error);
                    }
                }
                self.budget.give_back(cost);
            }
            Done::End(position) => {
                if self.current.as_ref().is_some_and(|current| current.number == number)
                    && let Err(error) = self.end(position)
                {
                    self.fail(&error);
                }
            }
            Done::Unopened(size, error) => {
                self.ledger.objects.total += 1;
                self.ledger.bytes.total += size;
                self.current = Some(Current::new(number, name, size, String::new()));
                self.fail(&error);
            }
            Done::Lost(error) => {
                self.fatal.get_or_insert(Error::Spool(error));
            }
            Done::Fail(error) => {
                if self.current.as_ref().is_some_and(|current| current.number == number) {
                    self.fail(&error);
                }
            }
        }
    }

    fn begin(
        &mut self,
        number: usize,
        name: &str,
        object: &Object,
        description: &Description,
    ) -> Result<(), IoError> {
        self.ledger.objects.total += 1;
        self.ledger.bytes.total += object.size;
        let mut current = Current::new(number, name, object.size, description.to_string());
        let opened = match &self.job.task {
            Task::Scan => Ok(()),
            Task::Redact { to, overwrite, state } => {
                current.quarantine_path = state.join("quarantine").join(&object.name);
                let path = target(to, object).unwrap_or_else(|| PathBuf::from("-"));
                let overwrite = *overwrite || matches!(to, Destination::InPlace);
                let target = Target { path, overwrite, run: self.run.clone() };
                create(self.runtime, object, description, &target).map(|output| current.output = Some(output))
            }
        };
        self.current = Some(current);
        opened
    }

    fn apply(&mut self, mut worked: Worked, position: u64) -> Result<(), IoError> {
        let current = self.current.as_mut().expect("checked by the caller");
        if let Some(rendered) = worked.rendered.take() {
            append(current, self.runtime, &self.run, rendered)?;
        }
        current.report.records += worked.counts.records.total;
        current.report.quarantined += worked.counts.records.quarantined;
        for (detector, found) in &worked.counts.detectors {
            current.found.entry(*detector).or_default().merge(found.levels);
            self.status.findings += found.levels.at_least(sievert_detect::Confidence::Possible);
        }
        self.status.bytes_done += position.saturating_sub(current.position);
        self.status.records += worked.counts.records.total;
        current.position = position;
        for (record, reason) in worked.quarantined {
            let object = current.report.object.clone();
            let gap = NotExamined { object, record: Some(record), bytes: 0, reason: reason.into() };
            keep(&mut self.not_examined, &mut self.not_examined_more, gap);
        }
        for unread in worked.unread {
            current.unread.entry(unread.field).or_insert((0, unread.reason)).0 += unread.cells;
        }
        if let Some(file) = &mut self.findings
            && let Err(error) = file.append(&current.report.object, &worked.rows, self.job.plan.scanner())
        {
            self.fatal.get_or_insert(Error::Findings(error));
        }
        for excerpt in worked.excerpts {
            if self.excerpts < self.job.excerpts {
                self.excerpts += 1;
                self.progress.excerpt(&excerpt);
            }
        }
        let room = LOOK_AT_KEPT.saturating_sub(self.look_at.len());
        self.look_at.extend(worked.look_at.into_iter().take(room));
        self.counts.merge(worked.counts);
        Ok(())
    }

    fn end(&mut self, position: u64) -> Result<(), IoError> {
        let current = self.current.as_mut().expect("checked by the caller");
        if let Some(output) = current.output.take() {
            output.finish()?;
        }
        if let Some(file) = current.quarantine.take() {
            file.finish()?;
        }
        let mut current = self.current.take().expect("there a line above");
        if current.size == 0 && position > 0 {
            // Standard input: its size is known now.
            current.size = position;
            self.ledger.bytes.total += position;
        }
        self.ledger.objects.scanned += 1;
        self.ledger.bytes.scanned += current.size;
        self.status.bytes_done += current.size.saturating_sub(current.position);
        current.report.complete = true;
        self.close(current);
        Ok(())
    }

    /// The current object cannot be read, or written, further. What of it was scanned stays counted.
    fn fail(&mut self, error: &IoError) {
        let Some(current) = self.current.take() else { return };
        if matches!(&error.cause, Cause::Io(source) if source.kind() == ErrorKind::BrokenPipe) {
            self.fatal.get_or_insert(Error::Closed);
        }
        let size = current.size.max(current.position);
        let missed = size - current.position;
        self.ledger.bytes.total += size - current.size;
        self.ledger.objects.failed += 1;
        self.ledger.bytes.scanned += current.position;
        self.ledger.bytes.failed += missed;
        self.status.bytes_done += missed;
        let mut reason = String::new();
        if let Some(field) = &error.place.field {
            reason = format!("field {}: ", self.names.shown(field));
        }
        reason += &error.cause.to_string();
        let object = current.report.object.clone();
        let gap = NotExamined { object, record: error.place.record, bytes: missed, reason };
        keep(&mut self.not_examined, &mut self.not_examined_more, gap);
        self.close(current);
    }

    fn close(&mut self, current: Current) {
        let scanner = self.job.plan.scanner();
        let mut report = current.report;
        report.bytes = current.size;
        for (field, (cells, why)) in current.unread {
            let reason = format!("field {field}, {cells} cells: {why}");
            let gap = NotExamined { object: report.object.clone(), record: None, bytes: 0, reason };
            keep(&mut self.not_examined, &mut self.not_examined_more, gap);
        }
        for (detector, levels) in current.found {
            *self.in_objects.entry(detector).or_default() += 1;
            report.detectors.insert(scanner.about(detector).id.to_owned(), levels);
        }
        match self.objects.len() < OBJECTS_KEPT {
            true => self.objects.push(report),
            false => self.objects_more += 1,
        }
    }

    /// The report, without the parts that only the plan and the clock know.
    pub(crate) fn finish(mut self) -> Result<Report, Error> {
        if let Some(error) = self.fatal {
            return Err(error);
        }
        if let Some(file) = self.findings.take() {
            file.finish().map_err(Error::Findings)?;
        }
        let scanner = self.job.plan.scanner();
        let id = |detector: DetectorIndex| scanner.about(detector).id.to_owned();
        let mut report = Report {
            objects: self.objects,
            objects_more: self.objects_more,
            not_examined: self.not_examined,
            not_examined_more: self.not_examined_more,
            skipped: self.skipped,
            skipped_more: self.skipped_more,
            look_at: self.look_at,
            ..Report::default()
        };
        report.ledger = self.ledger;
        report.ledger.records = self.counts.records;
        report.ledger.cells = self.counts.cells;
        report.allowed = self.counts.allowed;
        for (detector, found) in self.counts.detectors {
            let objects = self.in_objects.get(&detector).copied().unwrap_or(0);
            report
                .detectors
                .insert(id(detector), DetectorCounts { levels: found.levels, objects, shape: found.shape });
        }
        for ((detector, action), count) in self.counts.actions {
            report.actions.entry(id(detector)).or_default().insert(action.name().to_owned(), count);
        }
        for (detector, count) in self.counts.left {
            report.left.insert(id(detector), count);
        }
        for (name, tally) in self.counts.fields {
            let mut field =
                FieldCounts { cells: tally.cells, skipped: tally.skipped, ..FieldCounts::default() };
            for (detector, found) in tally.detectors {
                let chance = scanner.about(detector).chance;
                let findings = FieldFindings {
                    levels: found.levels,
                    cells: found.cells,
                    distinct: found.distinct.map_or(0, |sketch| sketch.estimate()),
                    tried: found.tally.tried,
                    passed: found.tally.passed,
                    by_chance: (chance > 0.0).then_some(found.tally.tried as f64 * chance),
                };
                if findings.cells > 0 && chance_only(findings.tried, findings.passed, chance) {
                    report.look_at.push(noise(&name, scanner, detector, &findings));
                }
                field.detectors.insert(id(detector), findings);
            }
            field.class = field.classify();
            report.fields.insert(name.to_string(), field);
        }
        report.look_at.sort_by(|a, b| (&a.detector, &a.place).cmp(&(&b.detector, &b.place)));
        Ok(report)
    }
}

/// A field in which a checksum holds as often as chance makes it hold.
fn noise(field: &str, scanner: &Scanner, detector: DetectorIndex, found: &FieldFindings) -> LookAt {
    let about = scanner.about(detector);
    let share = found.passed as f64 * 100.0 / found.tried as f64;
    let note = format!(
        "{share:.1} % pass the check of {}, chance is {:.0} %: probably none",
        about.id,
        about.chance * 100.0
    );
    LookAt { detector: String::new(), place: field.to_owned(), note }
}

/// Writes a rendered piece to the output, and its unparsed records beside it.
fn append(
    current: &mut Current,
    runtime: &Runtime,
    run: &str,
    mut rendered: Rendered,
) -> Result<(), IoError> {
    let raw = std::mem::take(&mut rendered.quarantine);
    if !raw.is_empty() {
        let path = &current.quarantine_path;
        let file = match &mut current.quarantine {
            Some(file) => file,
            none => {
                let target = Target { path: path.clone(), overwrite: true, run: run.to_owned() };
                none.insert(NewFile::create(runtime, &target, Access::Owner)?)
            }
        };
        let failed = |error: std::io::Error| Cause::from(error).at(Place::object(path.to_string_lossy()));
        file.write_all(&raw).map_err(failed)?;
    }
    match &mut current.output {
        Some(output) => output.append(rendered),
        None => Ok(()),
    }
}

/// The name of the empty file that says a folder is whole.
pub(crate) const SUCCESS: &str = "_SUCCESS";
