//! What a run is asked to do, and how it tells its caller how far it is.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sievert_io::{Input, ListOptions, Patience, ReadOptions, Runtime};

use crate::sample::Sample;
use crate::{Error, Plan};

/// One run over some inputs.
#[derive(Debug)]
pub struct Job {
    /// What to look for and what to do with it; a service shares one among its runs.
    pub plan: Arc<Plan>,
    /// Files, folders, globs, standard input, frames.
    pub inputs: Vec<Input>,
    /// Which of the objects found there.
    pub list: ListOptions,
    /// How objects are read.
    pub read: ReadOptions,
    /// Look only, or rewrite.
    pub task: Task,
    /// Where the findings file goes; its ending decides: `.parquet`, else JSON lines.
    pub findings: Option<PathBuf>,
    /// How many excerpts [`Progress::excerpt`] is given.
    pub excerpts: usize,
    /// Threads and memory.
    pub limits: Limits,
    /// Whether what an earlier run has done is done again.
    pub resume: Resume,
    /// The report of an earlier scan that had one itself, or its URL: what is unchanged since is not read again, and
    /// counts as it did then. If there is none yet, all is read.
    pub since: Option<PathBuf>,
    /// Only some records, for a first look; not for a rewrite.
    pub sample: Option<Sample>,
}

impl Job {
    /// A job with everything else as usual: all that stands in the inputs, nothing kept to resume from, no sample. Set
    /// what should be otherwise: `Job { limits, ..Job::new(plan, inputs, task) }`.
    pub fn new(plan: impl Into<Arc<Plan>>, inputs: Vec<Input>, task: Task) -> Self {
        Self {
            plan: plan.into(),
            inputs,
            list: ListOptions::default(),
            read: ReadOptions::default(),
            task,
            findings: None,
            excerpts: 0,
            limits: Limits::default(),
            resume: Resume::default(),
            since: None,
            sample: None,
        }
    }

    /// The threads that wait for stores, which are asked to encrypt as the policy says.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn runtime(&self) -> Result<Runtime, Error> {
        let encryption = self.plan.output().encryption.clone();
        Runtime::with(Patience::default(), encryption).map_err(Error::Threads)
    }
}

/// Whether what an earlier run has done is done again.
#[derive(Clone, Debug, Default)]
pub struct Resume {
    /// Where a scan, or a rewrite into a folder, keeps what it has done under `done`: a folder or its URL. Without one
    /// nothing is kept.
    pub state: Option<PathBuf>,
    /// Objects that an earlier run of this job has finished, and that are unchanged since, are not read again.
    pub on: bool,
}

/// Look only, or rewrite.
#[derive(Clone, Debug)]
pub enum Task {
    /// Look only.
    Scan,
    /// Write a safe copy of every object.
    Redact {
        /// Where the copies go.
        to: Destination,
        /// Whether an output that exists is replaced.
        overwrite: bool,
        /// The folder for what is said about the run, or its URL: under `quarantine` the raw records that could not be
        /// parsed (mode 0600), made when there are any. What stands in it is never read as data.
        state: PathBuf,
    },
}

/// Where rewritten objects go.
#[derive(Clone, Debug)]
pub enum Destination {
    /// Into this folder, or the URL of one, under their names.
    Folder(PathBuf),
    /// Over the input, atomically. Frames are always written back, see [`Frame::take_written`](sievert_io::Frame::take_written).
    InPlace,
    /// To standard output: one input only.
    Stdout,
}

/// Bounds that hold whatever the size of the input.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Worker threads.
    pub threads: usize,
    /// Bytes that pieces in flight may need together.
    pub memory: usize,
    /// How long this run may be silent before another may take over an output in a store. Clocks of machines may differ by
    /// less than two thirds of it.
    pub lease: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { threads, memory: 256 << 20, lease: Duration::from_mins(1) }
    }
}

/// Told as the run goes; may end it.
pub trait Progress: Sync {
    /// Called after every piece, in order. `Break` cancels: outputs not finished disappear, finished ones stay.
    fn update(&self, status: &Status) -> ControlFlow<()>;

    /// One finding with the text around it, in input order. The only way by which text leaves a run, and only when
    /// [`Job::excerpts`] asks for it.
    fn excerpt(&self, excerpt: &Excerpt) {
        let _ = excerpt;
    }
}

/// For callers that neither watch nor cancel.
impl Progress for () {
    fn update(&self, _: &Status) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Status {
    /// Stored bytes of all objects.
    pub bytes_total: u64,
    /// Stored bytes that are done with.
    pub bytes_done: u64,
    /// Records so far.
    pub records: u64,
    /// Findings so far, of any confidence.
    pub findings: u64,
}

/// A finding with up to 40 characters of its cell on either side, other findings there masked. To be shown: control
/// characters, and those that turn the direction of writing, are blanks.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The object's name.
    pub object: String,
    /// `:LINE` or ` record N`, with the field.
    pub place: String,
    /// The detector's id.
    pub detector: String,
    /// Confidence and evidence codes.
    pub why: String,
    /// Text before.
    pub before: String,
    /// The finding itself.
    pub value: String,
    /// Text after.
    pub after: String,
}

/// Shows no text.
impl std::fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Excerpt")
            .field("object", &self.object)
            .field("detector", &self.detector)
            .finish_non_exhaustive()
    }
}
