//! What there is to do, one step after another: objects opened, cut into pieces, closed. Reads bytes as the budget
//! allows; looks at none of them.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use sievert_io::{
    Cause, Format, FormatName, Interest, Kind, Location, Mark, Object, Opened, Piece, Place, ReadObjects,
    Source, open,
};

use crate::commit::Done;
use crate::job::Job;
use crate::order::{Budget, Unneeded};
use crate::run::guarded;
use crate::shown::Names;
use crate::since::Since;
use crate::state::{Before, Begun, Earlier};

/// The next thing about an object.
pub(crate) enum Step {
    /// A piece of it to be worked on, and the place behind the piece.
    Work(Arc<dyn Format>, Piece, At),
    /// Nothing that a worker could add to.
    Done(Done),
}

/// A place in an object.
#[derive(Clone, Debug)]
pub(crate) struct At {
    pub(crate) mark: Mark,
    /// Stored bytes up to there.
    pub(crate) position: u64,
}

/// Rows that earlier runs have found in an object, and that stand in the findings file again.
struct EarlierRows {
    number: usize,
    name: Arc<str>,
    id: String,
    /// The pieces whose rows are still to come.
    from: u64,
    to: u64,
}

/// Objects of which the first bytes are asked for before their turn: many small ones of a store would else wait for
/// its answer one by one.
const NEAR: usize = 8;
/// Stored bytes of those at most; a larger one is worth waiting for.
const SMALL: u64 = 4 << 20;

/// The object being read.
struct Reading {
    number: usize,
    name: Arc<str>,
    source: Box<dyn Source>,
    format: Arc<dyn Format>,
}

/// Hands out steps with rising tickets; the results must be committed in this order.
pub(crate) struct Feed<'r> {
    job: &'r Job,
    budget: &'r Budget,
    unneeded: &'r Unneeded,
    names: Names<'r>,
    objects: ReadObjects,
    /// Those that come next.
    near: VecDeque<io::Result<(Object, Before)>>,
    /// What earlier runs have done.
    earlier: Earlier,
    since: Since,
    begun: usize,
    rows: Option<EarlierRows>,
    open: Option<Reading>,
    ticket: u64,
}

/// A step with its place in line and its object.
pub(crate) struct Ticket {
    pub(crate) number: u64,
    pub(crate) object: usize,
    /// The object's name, as shown.
    pub(crate) name: Arc<str>,
    pub(crate) step: Step,
}

impl Interest for Feed<'_> {
    fn is_data(&self, cell: &str) -> bool {
        self.names.is_data(cell)
    }

    /// A sample of records counts what it leaves out, so it has to see that.
    fn wants(&self, field: &str, kind: Kind, bytes: usize) -> bool {
        let drawn = self.job.sample.is_some_and(|sample| !sample.size.is_of_objects());
        let plan = &self.job.plan;
        drawn || !plan.skips(field) && plan.may_stand_in(&plan.field(field), kind, bytes)
    }
}

impl<'r> Feed<'r> {
    pub(crate) fn new(
        job: &'r Job,
        objects: ReadObjects,
        earlier: Earlier,
        since: Since,
        budget: &'r Budget,
        unneeded: &'r Unneeded,
    ) -> Self {
        let names = Names::new(&job.plan);
        Self {
            job,
            budget,
            unneeded,
            names,
            objects,
            near: VecDeque::new(),
            earlier,
            since,
            begun: 0,
            rows: None,
            open: None,
            ticket: 0,
        }
    }

    /// The next step; `None` when all is handed out or the run was stopped.
    pub(crate) fn next(&mut self) -> Option<Ticket> {
        if self.unneeded.is_all() {
            return None;
        }
        self.open.take_if(|reading| self.unneeded.is_object(reading.number)); // it has failed
        let (object, name, step) = if let Some(rows) = self.earlier_rows() {
            rows
        } else if let Some(reading) = self.open.take() {
            (reading.number, reading.name.clone(), self.read_on(reading))
        } else {
            let number = self.begun;
            self.begun += 1;
            match self.upcoming()? {
                Ok((object, before)) => {
                    let name = self.names.shown(&object.name);
                    let step = match before {
                        Before::Done(report, rows) => {
                            self.plan_rows(number, &name, rows, u64::MAX);
                            Step::Done(Done::Earlier(report))
                        }
                        Before::Unchanged(report) => Step::Done(Done::Earlier(report)),
                        Before::Begun(begun, rows) => {
                            self.plan_rows(number, &name, rows, begun.mark.pieces);
                            self.begin(number, name.clone(), &object, Some(begun))
                        }
                        Before::Nothing => self.begin(number, name.clone(), &object, None),
                    };
                    (number, name, step)
                }
                Err(error) => (number, "".into(), Step::Done(Done::Lost(error))),
            }
        };
        let number = self.ticket;
        self.ticket += 1;
        Some(Ticket { number, object, name, step })
    }

    /// The next object, and what earlier runs have done of it. Asks for the first bytes of those that come soon.
    fn upcoming(&mut self) -> Option<io::Result<(Object, Before)>> {
        while self.near.len() < NEAR
            && let Some(object) = self.objects.next()
        {
            let next = object.map(|object| {
                let before = match self.since.unchanged(self.job, &object) {
                    Some(report) => Before::Unchanged(Box::new(report)),
                    None => self.earlier.before(self.job, &object),
                };
                if let (
                    Before::Nothing,
                    Object { location: Location::Blob(blob), size: ..=SMALL, format, .. },
                ) = (&before, &object)
                    && *format != Some(FormatName::Parquet)
                    && !self.unneeded.is_others()
                {
                    blob.warm();
                }
                (object, before)
            });
            self.near.push_back(next);
        }
        self.near.pop_front()
    }

    /// Where there is a findings file, the rows of the pieces before `to` come next.
    fn plan_rows(&mut self, number: usize, name: &Arc<str>, id: String, to: u64) {
        if self.job.findings.is_some() {
            self.rows = Some(EarlierRows { number, name: name.clone(), id, from: 0, to });
        }
    }

    fn earlier_rows(&mut self) -> Option<(usize, Arc<str>, Step)> {
        let due = self.rows.as_mut()?;
        let Some((piece, rows)) = self.earlier.rows(&due.id, due.from, due.to) else {
            self.rows = None;
            return None;
        };
        due.from = piece + 1;
        Some((due.number, due.name.clone(), Step::Done(Done::Rows(rows))))
    }

    fn begin(&mut self, number: usize, name: Arc<str>, object: &Object, begun: Option<Box<Begun>>) -> Step {
        let there = guarded(&name, || {
            if self.unneeded.is_others() {
                return Err(Cause::NoSpace.at(Place::object(&*name)));
            }
            let mut opened = open(object, &self.job.read, &*self)?;
            begun.as_ref().map_or(Ok(()), |begun| opened.source.go_on(&begun.mark))?;
            Ok(opened)
        });
        match there {
            Ok(Opened { source, format, description }) => {
                self.open = Some(Reading { number, name, source, format });
                Step::Done(Done::Begin(object.clone(), description, begun))
            }
            Err(error) => {
                self.rows = None;
                Step::Done(Done::Unopened(object.size, error))
            }
        }
    }

    fn read_on(&mut self, mut reading: Reading) -> Step {
        self.budget.wait_for_room();
        match guarded(&reading.name, || reading.source.next()) {
            Ok(Some(piece)) => {
                self.budget.take(piece.cost);
                let at = At { mark: reading.source.mark(), position: reading.source.position() };
                let format = reading.format.clone();
                self.open = Some(reading);
                Step::Work(format, piece, at)
            }
            Ok(None) => Step::Done(Done::End(reading.source.position())),
            Err(error) => Step::Done(Done::Fail(error)),
        }
    }
}
