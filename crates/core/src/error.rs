//! Why a run could not start or go on. Never a cell's text, an allowed value or a byte of a key.

use std::fmt;
use std::path::PathBuf;

/// Why a run could not start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The policy cannot be followed; all that was found wrong with it.
    #[error("{}", lines(.0))]
    Policy(Vec<Problem>),
    /// The policy file could not be read.
    #[error("{}: {source}; check the path, or name a built-in policy: {}", path.display(), named())]
    PolicyFile {
        /// As given.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The key could not be read from where the policy says.
    #[error("{place}: {source}; check the path, or make a key with `sievert key new FILE`")]
    KeyFile {
        /// `file:PATH`.
        place: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The environment variable that should hold the key is not set.
    #[error(
        "{0} is not set; set it to the key in hexadecimal, or say --ephemeral-key for a key of this run only"
    )]
    KeyUnset(String),
    /// The key is not one.
    #[error("{place}: {source}")]
    Key {
        /// `env:NAME` or `file:PATH`.
        place: String,
        /// What is wrong with it.
        source: sievert_redact::Error,
    },
    /// An input is not there or cannot be listed.
    #[error(transparent)]
    Input(sievert_io::Error),
    /// The list of objects cannot be kept on disk.
    #[error("cannot keep the list of objects: {0}; free some room for temporary files")]
    Spool(#[source] std::io::Error),
    /// The system has no threads to give for reading, or nothing that these could open.
    #[error(
        "cannot start a thread: {0}; try again, or raise the limits of processes and of open files (ulimit -u, ulimit -n)"
    )]
    Threads(#[source] std::io::Error),
    /// The system has no threads to give for working.
    #[error("cannot start the worker threads; try fewer with --threads")]
    Pool,
    /// Two objects would be written to one place.
    #[error("two inputs would be written to one output, {0}; redact them into different folders")]
    SameOutput(String),
    /// An output is there already.
    #[error("{0} exists in the output folder; choose another folder or say --overwrite")]
    OutputExists(String),
    /// An output is there already, and what an earlier run made it of is another input.
    #[error(
        "{0} in the output folder was made of another input; choose another folder, or say --overwrite as well"
    )]
    OutputOfAnother(String),
    /// An output would take the place of its own input, and nobody said --in-place.
    #[error("a link in the output folder leads back to {0} itself; remove the link, or say --in-place")]
    OverInput(String),
    /// The policy does not allow that something is written there.
    #[error("{place}: {why}; write elsewhere, or change the policy")]
    Residence {
        /// The place.
        place: String,
        /// What the policy says of it.
        why: String,
    },
    /// Standard output takes one object.
    #[error("standard output takes one input, and there are {0}; name a folder with --out")]
    OneInput(usize),
    /// Standard input is not a place to write to.
    #[error("standard input cannot be rewritten in place; say --out -")]
    NoPlace,
    /// What is to be read stands where the output goes.
    #[error(
        "all of {0} stands in the output folder, or in that of --state; choose another folder, or say --in-place"
    )]
    OutputIsInput(String),
    /// What is said about the run would stand among the data.
    #[error("{0} stands in the output folder, which holds data alone; name another folder with --state")]
    StateInOutput(String),
    /// The output folder cannot be made or marked.
    #[error("{}: {source}; name a folder that can be written", folder.display())]
    Folder {
        /// As given.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The output cannot be looked at, or marked as whole.
    #[error("output: {0}")]
    Mark(#[source] sievert_io::Error),
    /// What was done cannot be written down or read back.
    #[error("state: {0}")]
    State(#[source] sievert_io::Error),
    /// The state is of another job.
    #[error(
        "{} is of another job: other policy, key, program version or options; name another --state, or run without --resume",
        .0.display()
    )]
    OtherJob(PathBuf),
    /// There is no place where what was done is kept.
    #[error(
        "nothing is kept to resume from: a rewrite keeps it beside its output, a scan with --state; standard input comes \
         once"
    )]
    NothingKept,
    /// A store does not tell beforehand by which tag an object will be known.
    #[error(
        "in a store, what was rewritten in place cannot be told from what is still to be; rewrite it with --out to \
         another prefix, which --resume goes on with, or run again without --resume, which reads all of it again"
    )]
    InPlaceInStore,
    /// A rewrite of some records would be no safe copy.
    #[error("--sample is for a scan; a rewrite takes every record")]
    SampledRewrite,
    /// The earlier report cannot be read.
    #[error("--since: {0}")]
    Since(#[source] sievert_io::Error),
    /// It is no report.
    #[error("--since: {} is not a report; name the JSON that --report wrote", .0.display())]
    NoReport(PathBuf),
    /// What is not read has no findings to list, no text to show and no records to draw.
    #[error(
        "--since does not read what is unchanged, and --findings, --show-values and --sample need it; leave out one"
    )]
    SinceUnread,
    /// A rewrite goes on from its own output.
    #[error(
        "--since is for a scan; a rewrite does not do again what stands in its output if told to --resume"
    )]
    SinceRewrite,
    /// One shard's report was given twice.
    #[error("two reports are of shard {0}; give each once")]
    SameShard(u32),
    /// One run's report was given twice.
    #[error("two reports hold the run of {0}; give each once, and no sum beside what it is made of")]
    SameRun(String),
    /// The findings file cannot be written.
    #[error("findings file: {0}")]
    Findings(#[source] sievert_io::Error),
    /// The caller ended the run.
    #[error("cancelled; finished outputs are kept, unfinished ones are gone")]
    Cancelled,
    /// Whoever read standard output has seen enough.
    #[error("nobody reads standard output any more; nothing more was written")]
    Closed,
    /// Reports that are not parts of one job cannot be added: in what they differ, and what to do.
    #[error("{0}")]
    ReportsDiffer(&'static str),
}

impl Error {
    /// Whether no room is left to write down what was done.
    pub(crate) fn is_full_state(&self) -> bool {
        matches!(self, Self::State(error) if matches!(error.cause, sievert_io::Cause::NoSpace))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Policy(vec![problem])
    }
}

fn named() -> String {
    crate::Policy::named().map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// One thing that is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: file and line, and the entry.
    pub place: String,
    /// What.
    pub what: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.what, self.hint)
    }
}
