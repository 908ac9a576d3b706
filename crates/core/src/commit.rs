//! Results put in order: outputs appended, counts added, failures noted, one object after another.

mod begun;
mod current;
mod report;
mod tell;

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use sievert_detect::{DetectorIndex, Scratch};
use sievert_io::{
    Access, Cause, Description, Error as IoError, NewFile, Object, Place, Rendered, Runtime, Stamp, Target,
    create,
};
use sievert_redact::Outcome;

use crate::counts::Counts;
use crate::feed::At;
use crate::findings::{FindingsFile, Spelled};
use crate::job::{Destination, Job, Progress, Status, Task};
use crate::ledger::Ledger;
use crate::listed::{Listed, target};
use crate::order::{Budget, InOrder, Unneeded};
use crate::report::{LookAt, NotExamined, ObjectReport, Report, Skipped, keep_gap};
use crate::run::guarded;
use crate::sample::Sampler;
use crate::shown::Names;
use crate::state::{Begun, State, identity, shows_change};
use crate::work::Worked;
use crate::{Error, Plan, since};
use current::{Current, ObjectShare};
use report::look_at;

/// What has become of a step, about the object of its ticket.
pub(crate) enum Done {
    /// It was opened; with what an earlier run has done of it.
    Begin(Object, Description, Option<Box<Begun>>),
    /// What became of a piece, the place behind it, and what it cost of the budget.
    Piece(Result<Box<Worked>, IoError>, At, usize),
    /// It was read to its end: stored bytes.
    End(u64),
    /// It cannot be opened: its stored bytes.
    Unopened(u64, IoError),
    /// It cannot be read further.
    Fail(IoError),
    /// The list of objects cannot be read back.
    Lost(std::io::Error),
    /// It need not be read: its share of the report.
    Earlier(Box<Report>),
    /// What an earlier run has found in a piece of it.
    Rows(Vec<Spelled<'static>>),
}

/// What tells this run from another of the same job, and what it works with.
pub(crate) struct ThisRun<'r> {
    pub(crate) runtime: &'r Runtime,
    /// What distinguishes its temporary files.
    pub(crate) name: String,
    /// When it began.
    pub(crate) began: SystemTime,
    /// Whether an output may take the place of one that is there.
    pub(crate) replace: bool,
    pub(crate) sampler: Option<Sampler>,
    /// Where what was done is written down.
    pub(crate) state: Option<State<'r>>,
}

/// The one place where results meet.
pub(crate) struct Commit<'r> {
    job: &'r Job,
    progress: &'r dyn Progress,
    budget: &'r Budget,
    unneeded: &'r Unneeded,
    run: ThisRun<'r>,
    /// The sum of what earlier runs have done.
    before: Report,
    names: Names<'r>,
    line: InOrder<(usize, Arc<str>, Done)>,
    /// Objects begun and neither ended nor failed; one at a time, as they come in order.
    current: Option<Current>,
    counts: Counts,
    ledger: Ledger,
    status: Status,
    objects: Vec<ObjectReport>,
    objects_more: u64,
    shares: usize,
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

impl<'r> Commit<'r> {
    pub(crate) fn new(
        job: &'r Job,
        listed: &Listed,
        progress: &'r dyn Progress,
        budget: &'r Budget,
        unneeded: &'r Unneeded,
        run: ThisRun<'r>,
    ) -> Result<Self, Error> {
        let findings = match &job.findings {
            Some(path) => Some(FindingsFile::create(path, &run.name).map_err(Error::Findings)?),
            None => None,
        };
        Ok(Self {
            job,
            progress,
            budget,
            unneeded,
            run,
            before: Report::default(),
            names: Names::new(&job.plan),
            line: InOrder::default(),
            current: None,
            counts: Counts::default(),
            ledger: listed.ledger,
            status: Status { bytes_total: listed.bytes(), ..Status::default() },
            objects: Vec::new(),
            objects_more: 0,
            shares: 0,
            in_objects: BTreeMap::new(),
            not_examined: listed.not_examined.clone(),
            not_examined_more: listed.not_examined_more,
            skipped: listed.skipped.clone(),
            skipped_more: listed.skipped_more,
            look_at: listed.look_at.clone(),
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
                self.unneeded.all();
            }
        }
    }

    fn commit(&mut self, number: usize, name: &str, done: Done) {
        match done {
            // It was opened before it was known that nothing more can be written.
            Done::Begin(object, ..) if self.unneeded.is_others() => {
                self.unopened(number, name, object.size, &Cause::NoSpace.at(Place::object(name)));
            }
            Done::Begin(object, description, begun) => {
                if let Err(error) = self.begin(number, name, &object, &description, begun) {
                    self.fail(&error);
                }
            }
            Done::Piece(result, at, cost) => {
                // The object may have failed while later pieces of it were being worked on: these count as failed.
                if self.current.as_ref().is_some_and(|current| current.number == number) {
                    let applied = result.and_then(|worked| self.apply(*worked, at));
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
            Done::Unopened(size, error) => self.unopened(number, name, size, &error),
            Done::Earlier(report) => self.earlier(*report),
            Done::Rows(rows) => self.tell_rows(&rows),
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

    fn unopened(&mut self, number: usize, name: &str, size: u64, error: &IoError) {
        self.ledger.objects.total += 1;
        self.ledger.bytes.total += size;
        self.current = Some(Current::new(number, name, size, String::new()));
        self.fail(error);
    }

    fn begin(
        &mut self,
        number: usize,
        name: &str,
        object: &Object,
        description: &Description,
        begun: Option<Box<Begun>>,
    ) -> Result<(), IoError> {
        self.ledger.objects.total += 1;
        self.ledger.bytes.total += object.size;
        let mut current = Current::new(number, name, object.size, description.to_string());
        if self.job.since.is_some() && shows_change(object, self.run.began) {
            current.identity = identity(self.job, object);
        }
        if self.run.state.is_some() || current.identity.is_some() {
            current.share = Some(Box::new(ObjectShare::new(object.clone())));
        }
        // One that was begun has it among what was told of it.
        if begun.is_none() && self.names.personal(&object.name) {
            let note = "its name holds a finding, and a copy has the same name: rename it".to_owned();
            let named = LookAt { detector: String::new(), place: name.to_owned(), note };
            if let Some(share) = &mut current.share {
                look_at(&mut share.look_at, [named.clone()]);
            }
            look_at(&mut self.look_at, [named]);
        }
        let opened = match &self.job.task {
            Task::Scan => Ok(()),
            Task::Redact { to, state, .. } => {
                current.quarantine_path = state.join("quarantine").join(&object.name);
                let path = target(to, object).unwrap_or_else(|| PathBuf::from("-"));
                let target = Target { path, overwrite: self.run.replace, run: self.run.name.clone() };
                let kept = begun.as_ref().and_then(|begun| begun.output.as_ref());
                let (plan, names, mut removed) = (&self.job.plan, &self.names, Vec::new());
                let mut stays = |name: &str, value: &str| {
                    let stays = may_stay(plan, name, value);
                    if !stays {
                        removed.push(names.shown(name).to_string());
                    }
                    stays
                };
                let output = guarded(name, || {
                    create(self.run.runtime, object, description, &target, kept, &mut stays)
                });
                current.report.metadata_removed = removed;
                output.map(|output| current.output = Some(output))
            }
        };
        self.current = Some(current);
        opened?;
        begun.map_or(Ok(()), |begun| self.go_on(*begun))
    }

    fn apply(&mut self, mut worked: Worked, at: At) -> Result<(), IoError> {
        let position = at.position;
        let current = self.current.as_mut().expect("checked by the caller");
        if let Some(rendered) = worked.rendered.take() {
            let name = current.report.object.clone();
            guarded(&name, || append(current, &self.run, rendered))?;
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
            if let Some(share) = &mut current.share {
                keep_gap(&mut share.not_examined, &mut share.not_examined_more, gap.clone());
            }
            keep_gap(&mut self.not_examined, &mut self.not_examined_more, gap);
        }
        for unread in worked.unread {
            current.unread.entry(unread.field).or_insert((0, unread.reason)).0 += unread.cells;
        }
        let scanner = self.job.plan.scanner();
        let name = current.report.object.clone();
        let rows: Vec<_> = worked.rows.iter().map(|row| Spelled::new(&name, row, scanner)).collect();
        let mut unnoted = Ok(());
        if let Some(file) = self.findings.as_mut().filter(|_| !rows.is_empty()) {
            let mut told = file.append(&rows).map_err(Error::Findings);
            if let (Some(share), Some(state)) = (&current.share, &mut self.run.state) {
                told = told.and_then(|()| state.rows(&share.object, at.mark.pieces - 1, rows));
            }
            unnoted = told;
        }
        for excerpt in worked.excerpts {
            if self.excerpts < self.job.excerpts {
                self.excerpts += 1;
                self.progress.excerpt(&excerpt);
            }
        }
        current.sampled += worked.counts.records.sampled;
        if let Some(share) = &mut current.share {
            look_at(&mut share.look_at, worked.look_at.iter().cloned());
            share.counts.merge(worked.counts.clone());
        }
        look_at(&mut self.look_at, worked.look_at);
        self.counts.merge(worked.counts);
        self.noted(unnoted)?;
        self.mark(at)
    }

    /// What cannot be told ends the run; but where no room is left to write down what was done, this object cannot go on
    /// and no other is begun, as where none is left for outputs.
    fn noted(&mut self, told: Result<(), Error>) -> Result<(), IoError> {
        match told {
            Err(Error::State(error)) if matches!(error.cause, Cause::NoSpace) => {
                self.unneeded.others();
                Err(error)
            }
            told => {
                self.fatal = self.fatal.take().or(told.err());
                Ok(())
            }
        }
    }

    /// Rows of an earlier run.
    fn tell_rows(&mut self, rows: &[Spelled<'_>]) {
        if let Some(file) = &mut self.findings
            && let Err(error) = file.append(rows)
        {
            self.fatal.get_or_insert(Error::Findings(error));
        }
    }

    fn end(&mut self, position: u64) -> Result<(), IoError> {
        let mut current = self.current.take().expect("checked by the caller");
        if current.size == 0 && position > 0 {
            // Standard input: its size is known now.
            current.size = position;
            self.ledger.bytes.total += position;
        }
        current.report.complete = true;
        self.tell_unread(&mut current);
        let told = current.share.as_ref().map(|share| self.report_of(&current, share));
        let noted = self.run.state.as_ref().and_then(|_| told.clone());
        let published = self.publish(&mut current, noted);
        if self.fatal.is_some() {
            return Ok(()); // its output is gone with it: another run writes it
        }
        if let Err(error) = published {
            self.current = Some(current);
            return Err(error);
        }
        let sampled = left_out(&current, current.size);
        self.ledger.objects.scanned += 1;
        self.ledger.bytes.scanned += current.size - sampled;
        self.ledger.bytes.sampled += sampled;
        self.status.bytes_done += current.size.saturating_sub(current.position);
        self.close(current, told.and_then(since::entry));
        Ok(())
    }

    /// Makes what was made of the object appear, and notes that it was done: before, where the output takes the place
    /// of the input, as it could not be told from another input after that.
    fn publish(&mut self, current: &mut Current, told: Option<Report>) -> Result<(), IoError> {
        if let Some(file) = current.quarantine.take() {
            file.finish()?;
        }
        let mut done = current.share.as_ref().map(|share| &share.object).zip(told);
        let in_place = matches!(&self.job.task, Task::Redact { to: Destination::InPlace, .. });
        let (job, state, mut failed) = (self.job, &mut self.run.state, None);
        let mut publish = |stamp: Option<Stamp>| {
            let Some(state) = state.as_mut() else { return Ok(()) };
            let noted = state.keep().and_then(|()| {
                match stamp.filter(|_| in_place).zip(done.take_if(|_| in_place)) {
                    Some((stamp, (object, told))) => state.replaced(job, object, stamp, told),
                    None => Ok(()),
                }
            });
            noted.map_err(|error| {
                if error.is_full_state() {
                    return Cause::NoSpace;
                }
                failed = Some(error);
                Cause::Taken
            })
        };
        let finished = match current.output.take() {
            Some(output) => guarded(&current.report.object, || output.finish(&mut publish)).map(|_| ()),
            None => publish(None).map_err(|cause| cause.at(Place::object(&*current.report.object))),
        };
        if let (Ok(()), Some((object, told)), Some(state)) = (&finished, done, &mut self.run.state) {
            // It is there, whether that is written down or not.
            let noted = state.done(job, object, told);
            let _ = self.noted(noted);
        }
        self.fatal = self.fatal.take().or(failed);
        finished
    }

    /// The current object cannot be read, or written, further. What of it was scanned stays counted.
    fn fail(&mut self, error: &IoError) {
        let Some(mut current) = self.current.take() else { return };
        self.forget(&mut current);
        self.unneeded.up_to(current.number);
        if matches!(&error.cause, Cause::NoSpace) && !matches!(self.job.task, Task::Scan) {
            self.unneeded.others();
        }
        if matches!(&error.cause, Cause::Io(source) if source.kind() == ErrorKind::BrokenPipe) {
            self.fatal.get_or_insert(Error::Closed);
        }
        let size = current.size.max(current.position);
        let missed = size - current.position;
        self.ledger.bytes.total += size - current.size;
        self.ledger.objects.failed += 1;
        let sampled = left_out(&current, current.position);
        self.ledger.bytes.scanned += current.position - sampled;
        self.ledger.bytes.sampled += sampled;
        self.ledger.bytes.failed += missed;
        self.status.bytes_done += missed;
        let mut reason = String::new();
        if let Some(field) = &error.place.field {
            reason = format!("field {}: ", self.names.shown(field));
        }
        reason += &error.cause.to_string();
        let object = current.report.object.clone();
        let gap = NotExamined { object, record: error.place.record, bytes: missed, reason };
        keep_gap(&mut self.not_examined, &mut self.not_examined_more, gap);
        self.close(current, None);
    }
}

/// Of so many stored bytes of an object, the share that a sample left out: by its records, as these were drawn.
fn left_out(current: &Current, bytes: u64) -> u64 {
    match current.report.records {
        0 => 0,
        records => (bytes as f64 * (current.sampled as f64 / records as f64)) as u64,
    }
}

/// Whether metadata of an object may be said of its output as it is: nothing would be done to it in a field of its name.
fn may_stay(plan: &Plan, name: &str, value: &str) -> bool {
    let field = plan.field(name);
    [name, value].iter().all(|text| {
        let mut scratch = Scratch::default();
        let Ok(mut findings) = plan.find(&field.field, text, &mut scratch) else { return false };
        plan.sift(text, &mut findings, &mut vec![0; plan.allow_reasons().len()]);
        let done = plan.rewrite(&field, text, &findings, &mut scratch, &mut Vec::new());
        field.skipped || matches!(done, Outcome::Untouched)
    })
}

/// Writes a rendered piece to the output, and its unparsed records beside it.
fn append(current: &mut Current, run: &ThisRun<'_>, mut rendered: Rendered) -> Result<(), IoError> {
    let raw = std::mem::take(&mut rendered.quarantine);
    if !raw.is_empty() {
        let path = &current.quarantine_path;
        let file = match &mut current.quarantine {
            Some(file) => file,
            none => {
                let target = Target { path: path.clone(), overwrite: true, run: run.name.clone() };
                none.insert(NewFile::create(run.runtime, &target, Access::Owner)?)
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
