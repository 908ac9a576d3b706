//! What earlier runs of a job have done, read back from what they wrote down.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sievert_io::{Address, Input, Kept, Object, Runtime, file_names, is_kept, read_file};

use super::{Begun, Header, Line, folder, job_id, object_id, place_id, whole_name};
use crate::Error;
use crate::findings::Spelled;
use crate::job::{Destination, Job, Task};
use crate::listed::{names_in, target};
use crate::report::Report;

/// Where a line stands, and how long it is.
type Stands = (u64, usize);

/// A line without what makes it long.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Short {
    Done { place: String, of: String },
    Begun { id: String },
    Gone { id: String },
    Rows { id: String, piece: u64 },
}

/// What earlier runs of this job have done.
#[derive(Debug)]
pub(crate) struct Earlier {
    /// By the place of what was made: of several states that an object was in, the last one stands there.
    done: HashMap<String, Stands>,
    /// By id.
    begun: HashMap<String, Stands>,
    /// By id and piece.
    rows: BTreeMap<(String, u64), Stands>,
    text: tempfile::SpooledTempFile,
    /// The runs of this job that were begun before.
    pub(crate) runs: Vec<String>,
    /// Of an output folder in a store: what is there.
    there: Option<HashSet<String>>,
}

/// What earlier runs have done of an object.
#[derive(Debug)]
pub(crate) enum Before {
    /// All of it: its share of the report, and the id of its rows.
    Done(Box<Report>, String),
    /// Nothing of this job, but an earlier report tells what is in it.
    Unchanged(Box<Report>),
    /// A part of it, and the id of its rows.
    Begun(Box<Begun>, String),
    Nothing,
}

/// What earlier runs have done, if this one resumes, and whether an output may take the place of one that is there:
/// outputs of this very job may.
pub(crate) fn earlier(job: &Job, runtime: &Runtime) -> Result<(Earlier, bool), Error> {
    let mut earlier = Earlier::new();
    if job.resume.on {
        let folder = folder(job).ok_or(match &job.task {
            Task::Redact { to: Destination::InPlace, .. } if !job.inputs.contains(&Input::Stdin) => {
                Error::InPlaceInStore
            }
            _ => Error::NothingKept,
        })?;
        let id = job_id(job);
        for name in file_names(runtime, &folder).map_err(Error::State)? {
            // What a run was writing when it ended begins with a dot.
            if !name.starts_with('.') {
                earlier.add(runtime, &id, &folder.join(name))?;
            }
        }
        if let Task::Redact { to: Destination::Folder(out), .. } = &job.task
            && let Address::Remote(_) = Address::parse(out).map_err(Error::State)?
        {
            earlier.there = Some(names_in(runtime, out)?);
        }
    }
    let replace = match &job.task {
        Task::Redact { to: Destination::InPlace, .. } => true,
        Task::Redact { overwrite, .. } => *overwrite || !earlier.runs.is_empty(),
        Task::Scan => false,
    };
    Ok((earlier, replace))
}

impl Earlier {
    fn new() -> Self {
        Self {
            done: HashMap::new(),
            begun: HashMap::new(),
            rows: BTreeMap::new(),
            text: tempfile::SpooledTempFile::new(1 << 20),
            runs: Vec::new(),
            there: None,
        }
    }

    /// The name of the run that is begun now. Names stand in the order in which runs were begun, even if the clock was set
    /// back meanwhile: what was written down later counts.
    pub(crate) fn next_run(&self, now: i128) -> String {
        let begun = |run: &String| run.split_once('-')?.0.parse().ok();
        let last = self.runs.iter().filter_map(begun).max().unwrap_or(i128::MIN);
        format!("{}-{}", now.max(last.saturating_add(1)), std::process::id())
    }

    fn add(&mut self, runtime: &Runtime, id: &str, path: &Path) -> Result<(), Error> {
        let bytes = read_file(runtime, path).map_err(Error::State)?;
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let first = lines.next().unwrap_or_default();
        let header = serde_json::from_slice::<Header>(first).ok();
        let Some(header) = header.filter(|header| header.job == id) else {
            return Err(Error::OtherJob(path.to_owned()));
        };
        if self.runs.last() != Some(&header.run) {
            self.runs.push(header.run); // a run's files stand together
        }
        let at = self.text.seek(SeekFrom::End(0)).map_err(Error::Spool)?;
        self.text.write_all(&bytes).map_err(Error::Spool)?;
        let mut start = at + first.len() as u64;
        for line in lines {
            let stands = (start, line.len());
            start += line.len() as u64;
            // Of several places that an object has come to, the last one: what lies before any is the same.
            match serde_json::from_slice(line) {
                Ok(Short::Done { place, .. }) => drop(self.done.insert(place, stands)),
                Ok(Short::Begun { id }) => drop(self.begun.insert(id, stands)),
                Ok(Short::Gone { id }) => drop(self.begun.remove(&id)),
                Ok(Short::Rows { id, piece }) => drop(self.rows.insert((id, piece), stands)),
                Err(_) => {} // what cannot be read back is done again
            }
        }
        Ok(())
    }

    fn line<L: DeserializeOwned>(&mut self, (start, length): Stands) -> Option<L> {
        let mut line = vec![0; length];
        self.text.seek(SeekFrom::Start(start)).ok()?;
        self.text.read_exact(&mut line).ok()?;
        serde_json::from_slice(&line).ok()
    }

    /// What was done of an object as it is now, if what was written is still there.
    pub(crate) fn before(&mut self, job: &Job, object: &Object) -> Before {
        let id = object_id(object);
        if let Some(stands) = self.done.get(&place_id(job, object)).copied()
            && self.is_there(job, object)
            && let Some(Line::Done { id: done, rows, mut report, .. }) = self.line(stands)
            && done == id
        {
            report.resumed = 1;
            return Before::Done(report, rows);
        }
        if let Some(stands) = self.begun.get(&id).copied()
            && let Some(Line::Begun { begun, .. }) = self.line(stands)
            && kept_both(job, object, &begun)
        {
            return Before::Begun(begun, id);
        }
        Before::Nothing
    }

    /// Whether what stands where this object's output goes is known to be made of another one.
    pub(crate) fn holds_another(&mut self, job: &Job, object: &Object) -> bool {
        let done = self.done.get(&place_id(job, object)).copied().filter(|_| self.is_there(job, object));
        let done = done.and_then(|stands| self.line(stands));
        matches!(done, Some(Short::Done { of, .. }) if of != whole_name(object))
    }

    fn is_there(&self, job: &Job, object: &Object) -> bool {
        let Task::Redact { to, .. } = &job.task else { return true };
        match &self.there {
            Some(names) => names.contains(&object.name),
            None => target(to, object).is_some_and(|output| output.is_file()),
        }
    }

    /// The rows of the first piece from `from` on and before `to` that has some, and its number.
    pub(crate) fn rows(&mut self, id: &str, from: u64, to: u64) -> Option<(u64, Vec<Spelled<'static>>)> {
        let key = |piece| (id.to_owned(), piece);
        let found = self.rows.range(key(from)..key(to)).next();
        let ((_, piece), stands) = found.map(|((id, piece), stands)| ((id, *piece), *stands))?;
        match self.line(stands) {
            Some(Line::Rows { rows, .. }) => Some((piece, rows)),
            _ => None,
        }
    }

    /// The runs of which files are still needed.
    pub(crate) fn kept(&mut self) -> HashSet<String> {
        let stands: Vec<_> = self.begun.values().copied().collect();
        let mut runs = HashSet::new();
        for stands in stands {
            if let Some(Line::Begun { begun, .. }) = self.line(stands) {
                let kept = begun.output.iter().chain(&begun.quarantine);
                runs.extend(kept.filter_map(Kept::run).map(str::to_owned));
            }
        }
        runs
    }
}

/// Whether what was written of an object is still there.
fn kept_both(job: &Job, object: &Object, begun: &Begun) -> bool {
    let Task::Redact { to, state, .. } = &job.task else { return true };
    let output = target(to, object).zip(begun.output.as_ref());
    let quarantine = begun.quarantine.as_ref();
    output.is_some_and(|(path, kept)| is_kept(&path, kept))
        && quarantine.is_none_or(|kept| is_kept(&state.join("quarantine").join(&object.name), kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_changes_no_order_of_runs() {
        let mut earlier = Earlier::new();
        let pid = std::process::id();
        assert_eq!(earlier.next_run(100), format!("100-{pid}"));
        earlier.runs = vec!["100-7".into(), "300-7".into()];
        assert_eq!(earlier.next_run(400), format!("400-{pid}"));
        assert_eq!(earlier.next_run(200), format!("301-{pid}"), "the clock was set back");
        assert_eq!(earlier.next_run(300), format!("301-{pid}"));
    }
}
