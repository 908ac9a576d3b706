//! The objects of all inputs, and what is left out. Reads no data.

mod outputs;

use std::sync::Arc;

use sievert_io::{Entry, Object, Objects, Reason, Runtime, is_leftover, list_each};

use crate::job::{Destination, Job, Task};
use crate::ledger::Ledger;
use crate::report::{LookAt, NotExamined, Skipped, keep, keep_gap};
use crate::run::LOOK_AT_KEPT;
use crate::sample::{Sample, SampleSize, Sampler};
use crate::shown::Names;
use crate::state::Earlier;
use crate::{Error, Plan};
use outputs::{Outputs, apart, residence, shown};
pub(crate) use outputs::{names_in, target};

/// What a job will read, and what it will not.
#[derive(Debug)]
pub struct Listed {
    /// The objects, in the order in which they are read.
    pub objects: Objects,
    /// Entries left out on purpose.
    pub skipped: Vec<Skipped>,
    /// How many further entries `skipped` would have.
    pub skipped_more: u64,
    /// Entries that were wanted and cannot be read.
    pub not_examined: Vec<NotExamined>,
    /// How many further entries `not_examined` would have.
    pub not_examined_more: u64,
    /// Objects that deserve a person's eyes, before anything in them does.
    pub look_at: Vec<LookAt>,
    /// The share of the objects that was drawn, of a sample of objects.
    pub(crate) share: f64,
    /// The ledger so far: everything that is not in `objects`.
    pub(crate) ledger: Ledger,
}

impl Listed {
    /// Lists the inputs of a job and checks its outputs; reads no data.
    ///
    /// # Errors
    /// An input is not there, two objects would be written to one place, or a place is taken.
    pub fn new(job: &Job, runtime: &Runtime) -> Result<Self, Error> {
        let (mut earlier, replace) = crate::state::earlier(job, runtime)?;
        Self::with(job, runtime, replace, &mut earlier)
    }

    /// The same, told whether an output may take the place of one that is there, and what runs of this job have done that
    /// have ended: what they were writing is not there for it.
    pub(crate) fn with(
        job: &Job,
        runtime: &Runtime,
        replace: bool,
        earlier: &mut Earlier,
    ) -> Result<Self, Error> {
        let mut listed = Self {
            objects: Objects::new(runtime),
            skipped: Vec::new(),
            skipped_more: 0,
            not_examined: Vec::new(),
            not_examined_more: 0,
            look_at: Vec::new(),
            share: 1.0,
            ledger: Ledger::default(),
        };
        apart(job)?;
        residence(job, runtime)?;
        let names = Names::new(&job.plan);
        let mut outputs = Outputs::new(job, runtime, replace)?;
        for input in &job.inputs {
            let (mut some, before) = (false, listed.objects.len());
            let (mut beside, mut failed) = (None, None);
            list_each(runtime, input, &job.list, &mut |entry| match entry {
                Entry::Object(object) if outputs.hold(&object) => {
                    some = true;
                    if beside.is_none() && outputs.among_copies(&object) {
                        beside = Some(object.name.clone());
                    }
                    let why = "it stands where this run writes".into();
                    listed.skip(&names, &object.name, object.size, why);
                }
                Entry::Object(object) if outputs.again(&object) => {
                    let why = "it is read already, under this or another name".into();
                    listed.skip(&names, &object.name, 0, why); // its bytes are counted there
                }
                Entry::Object(object) => {
                    some = true;
                    let checked = outputs.check(&object, &names, earlier);
                    outputs.count_name(&object);
                    let added = checked.and_then(|()| listed.objects.push(&object).map_err(Error::Spool));
                    failed = failed.take().or(added.err());
                }
                Entry::Skipped(entry) if is_leftover(&entry.name, &earlier.runs) => {}
                Entry::Skipped(entry) => {
                    let why = reason(&entry.reason);
                    match entry.reason.not_examined() {
                        true => listed.miss(&names, &entry.name, entry.size, why),
                        false => listed.skip(&names, &entry.name, entry.size, why),
                    }
                }
            })
            .map_err(|mut error| {
                // Who takes one function for another hands in a text here.
                error.place.object = names.shown(&error.place.object).to_string();
                Error::Input(error)
            })?;
            failed.map_or(Ok(()), Err)?;
            if some && listed.objects.len() == before {
                return Err(Error::OutputIsInput(names.shown(&shown(input)).to_string()));
            }
            // As it is, it would stand among the safe copies.
            if let Some(name) = beside.filter(|_| !replace) {
                return Err(Error::OutputExists(names.shown(&name).to_string()));
            }
        }
        let of_no_input = outputs.of_no_input(runtime, &names)?;
        listed.look_at =
            of_no_input.into_iter().chain(outputs.left_behind(&names)).take(LOOK_AT_KEPT).collect();
        if let Some(sample) = job.sample.filter(|sample| sample.size.is_of_objects()) {
            listed.draw(sample, runtime)?;
        }
        match &job.task {
            Task::Redact { to: Destination::Stdout, .. } if listed.objects.len() != 1 => {
                Err(Error::OneInput(usize::try_from(listed.objects.len()).unwrap_or(usize::MAX)))
            }
            _ => Ok(listed),
        }
    }

    /// Leaves only the objects that are drawn.
    fn draw(&mut self, sample: Sample, runtime: &Runtime) -> Result<(), Error> {
        self.share = match sample.size {
            SampleSize::Objects(wanted) => (wanted as f64 / self.objects.len() as f64).min(1.0),
            SampleSize::ObjectShare(share) => share,
            SampleSize::Share(_) | SampleSize::Rows(_) => 1.0,
        };
        let sampler = Sampler { sample, share: self.share };
        let all = std::mem::replace(&mut self.objects, Objects::new(runtime));
        for object in all.read().map_err(Error::Spool)? {
            let object = object.map_err(Error::Spool)?;
            if sampler.takes_object(&object.name) {
                self.objects.push(&object).map_err(Error::Spool)?;
            } else {
                self.ledger.objects.sampled += 1;
                self.ledger.objects.total += 1;
                self.ledger.bytes.sampled += object.size;
                self.ledger.bytes.total += object.size;
            }
        }
        Ok(())
    }

    /// Stored bytes of the objects to be read.
    pub fn bytes(&self) -> u64 {
        self.objects.bytes()
    }

    /// The objects, each with its name as shown: personal parts replaced by their type.
    ///
    /// # Errors
    /// The list cannot be read back.
    pub fn read<'p>(
        &self,
        plan: &'p Plan,
    ) -> Result<impl Iterator<Item = Result<(Object, Arc<str>), Error>> + use<'p>, Error> {
        let names = Names::new(plan);
        let objects = self.objects.read().map_err(Error::Spool)?;
        Ok(objects.map(move |object| {
            let object = object.map_err(Error::Spool)?;
            let name = names.shown(&object.name);
            Ok((object, name))
        }))
    }

    fn skip(&mut self, names: &Names<'_>, name: &str, bytes: u64, reason: String) {
        self.ledger.objects.skipped += 1;
        self.ledger.objects.total += 1;
        self.ledger.bytes.skipped += bytes;
        self.ledger.bytes.total += bytes;
        let entry = Skipped { name: names.shown(name).to_string(), bytes, reason };
        keep(&mut self.skipped, &mut self.skipped_more, entry);
    }

    fn miss(&mut self, names: &Names<'_>, name: &str, bytes: u64, reason: String) {
        self.ledger.objects.failed += 1;
        self.ledger.objects.total += 1;
        self.ledger.bytes.failed += bytes;
        self.ledger.bytes.total += bytes;
        let object = names.shown(name).to_string();
        let gap = NotExamined { object, record: None, bytes, reason };
        keep_gap(&mut self.not_examined, &mut self.not_examined_more, gap);
    }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Hidden => "its name begins with _ or .".into(),
        Reason::OfARun => "its name ends in .sievert: what an earlier run says about itself".into(),
        Reason::Excluded => "--include or --exclude leaves it out".into(),
        Reason::Marker => "an empty object without a known ending: it marks a folder".into(),
        Reason::Loop => "a link back to a folder that it stands in".into(),
        Reason::UnknownFormat => "of no known format; name one with --input-format".into(),
        Reason::Failed(cause) => cause.to_string(),
        other => format!("{other:?}"),
    }
}
