//! What there is to do, one step after another: objects opened, cut into pieces, closed. Reads bytes as the budget
//! allows; looks at none of them.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sievert_io::{
    Description, Error, Format, FormatName, Location, Object, Opened, Piece, ReadObjects, Source, open,
};

use crate::job::Job;
use crate::order::Budget;
use crate::report::Report;
use crate::shown::Names;
use crate::state::Earlier;

/// One thing for a worker to do, about the object of this number.
pub(crate) enum Step {
    /// It was opened.
    Begin(Object, Description),
    /// A piece of it, and how far into its stored bytes the piece reaches.
    Piece(Arc<dyn Format>, Piece, u64),
    /// It was read to its end: stored bytes.
    End(u64),
    /// It cannot be opened: its stored bytes.
    Unopened(u64, Error),
    /// It cannot be read further.
    Fail(Error),
    /// The list of objects cannot be read back.
    Lost(io::Error),
    /// An earlier run has done it: its report.
    Earlier(Box<Report>),
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
    stop: &'r AtomicBool,
    names: Names<'r>,
    objects: ReadObjects,
    /// Those that come next.
    near: VecDeque<io::Result<(Object, Option<Box<Report>>)>>,
    /// What earlier runs have done.
    earlier: Earlier,
    begun: usize,
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

impl<'r> Feed<'r> {
    pub(crate) fn new(
        job: &'r Job,
        objects: ReadObjects,
        earlier: Earlier,
        budget: &'r Budget,
        stop: &'r AtomicBool,
    ) -> Self {
        let names = Names::new(&job.plan);
        Self {
            job,
            budget,
            stop,
            names,
            objects,
            near: VecDeque::new(),
            earlier,
            begun: 0,
            open: None,
            ticket: 0,
        }
    }

    /// The next step; `None` when all is handed out or the run was stopped.
    pub(crate) fn next(&mut self) -> Option<Ticket> {
        if self.stop.load(Ordering::Relaxed) {
            return None;
        }
        let (object, name, step) = if let Some(reading) = self.open.take() {
            (reading.number, reading.name.clone(), self.read_on(reading))
        } else {
            let number = self.begun;
            self.begun += 1;
            match self.upcoming()? {
                Ok((object, done)) => {
                    let name = self.names.shown(&object.name);
                    let step = match done {
                        Some(report) => Step::Earlier(report),
                        None => self.begin(number, name.clone(), &object),
                    };
                    (number, name, step)
                }
                Err(error) => (number, "".into(), Step::Lost(error)),
            }
        };
        let number = self.ticket;
        self.ticket += 1;
        Some(Ticket { number, object, name, step })
    }

    /// The next object, and its report if it was done before; those behind it are told that their turn is near.
    fn upcoming(&mut self) -> Option<io::Result<(Object, Option<Box<Report>>)>> {
        while self.near.len() < NEAR
            && let Some(object) = self.objects.next()
        {
            let next = object.map(|object| {
                let done = self.earlier.report(self.job, &object).map(Box::new);
                if let (None, Object { location: Location::Blob(blob), size: ..=SMALL, format, .. }) =
                    (&done, &object)
                    && *format != Some(FormatName::Parquet)
                {
                    blob.warm();
                }
                (object, done)
            });
            self.near.push_back(next);
        }
        self.near.pop_front()
    }

    fn begin(&mut self, number: usize, name: Arc<str>, object: &Object) -> Step {
        match open(object, &self.job.read, &|cell| self.names.personal(cell)) {
            Ok(Opened { source, format, description }) => {
                self.open = Some(Reading { number, name, source, format });
                Step::Begin(object.clone(), description)
            }
            Err(error) => Step::Unopened(object.size, error),
        }
    }

    fn read_on(&mut self, mut reading: Reading) -> Step {
        self.budget.wait_for_room();
        match reading.source.next() {
            Ok(Some(piece)) => {
                self.budget.take(piece.cost);
                let position = reading.source.position();
                let format = reading.format.clone();
                self.open = Some(reading);
                Step::Piece(format, piece, position)
            }
            Ok(None) => Step::End(reading.source.position()),
            Err(error) => Step::Fail(error),
        }
    }
}
