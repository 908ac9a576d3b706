//! How far an object has come: written down from time to time, and gone on from in a later run.

use std::collections::BTreeMap;

use sievert_io::{Error as IoError, NewFile, Reached, Target};

use super::{Commit, Current, ObjectShare, left_out, look_at, tell};
use crate::Error;
use crate::feed::At;
use crate::ledger::{Bytes, Objects};
use crate::report::{Report, Share, keep_gap};
use crate::state::{Begun, State};

/// A place that an object has come to, before what was written up to there is known to be durable.
pub(super) struct Waiting {
    begun: Begun,
    output: Option<Reached>,
}

impl Commit<'_> {
    /// Goes on with an object where an earlier run has come to.
    pub(super) fn go_on(&mut self, begun: Begun) -> Result<(), IoError> {
        let current = self.current.as_mut().expect("set by the caller");
        if let Some(kept) = &begun.quarantine {
            let path = current.quarantine_path.clone();
            let target = Target { path, overwrite: true, run: self.run.name.clone() };
            current.quarantine = Some(NewFile::go_on(&target, kept)?);
        }
        let mut report = begun.report;
        if let Some(object) = report.objects.pop() {
            current.report.records = object.records;
            current.report.quarantined = object.quarantined;
            let known = |(id, levels)| Some((self.job.plan.scanner().index_of(id)?, levels));
            current.found = object.detectors.iter().filter_map(|(id, levels)| known((id, *levels))).collect();
        }
        current.position = begun.position;
        current.unread = begun.unread.into_iter().map(|(field, n, why)| (field.into(), (n, why))).collect();
        if let Some(share) = &mut current.share {
            share.base = Some(Box::new(report.clone()));
            share.begun = true;
        }
        self.status.bytes_done += begun.position;
        self.before.continued += 1;
        self.take_in(report);
        Ok(())
    }

    /// Writes down, from time to time, how far the object has come, if another run could go on from there.
    pub(super) fn mark(&mut self, at: At) -> Result<(), IoError> {
        let Some(mut current) = self.current.take() else { return Ok(()) };
        let marked = self.mark_in(&mut current, at);
        self.current = Some(current);
        marked
    }

    fn mark_in(&mut self, current: &mut Current, at: At) -> Result<(), IoError> {
        let due = self.run.state.as_ref().is_some_and(State::is_due);
        if current.waiting.is_none() && due && self.run.sampler.is_none() {
            current.waiting = self.waiting(current, at)?;
        }
        let Some(mut waiting) = current.waiting.take() else { return Ok(()) };
        if let (Some(output), Some(reached)) = (&mut current.output, waiting.output) {
            waiting.begun.output = output.keep(reached)?;
            if waiting.begun.output.is_none() {
                current.waiting = Some(waiting);
                return Ok(());
            }
        }
        if let (Some(share), Some(state)) = (&mut current.share, &mut self.run.state) {
            let written = state.keep().and_then(|()| state.begun(&share.object, waiting.begun));
            share.begun |= !written.as_ref().is_err_and(Error::is_full_state);
            self.noted(written)?;
        }
        Ok(())
    }

    /// The place that the object has come to; `None` where another run cannot go on from there.
    fn waiting(&self, current: &mut Current, at: At) -> Result<Option<Waiting>, IoError> {
        let output = match &mut current.output {
            None => None,
            Some(output) => match output.reached()? {
                None => return Ok(None),
                reached => reached,
            },
        };
        let quarantine = match &mut current.quarantine {
            None => None,
            Some(file) => match file.keep()? {
                None => return Ok(None),
                kept => kept,
            },
        };
        let Some(share) = &current.share else { return Ok(None) };
        let unread = current.unread.iter().map(|(field, (n, why))| (field.to_string(), *n, why.clone()));
        let begun = Begun {
            mark: at.mark,
            position: at.position,
            output: None,
            quarantine,
            report: self.share_so_far(current, share),
            unread: unread.collect(),
        };
        Ok(Some(Waiting { begun, output }))
    }

    /// An object's share of the report, so far; without its bytes, which count when it ends.
    pub(super) fn share_so_far(&self, current: &Current, share: &ObjectShare) -> Report {
        let mut later = Report::default();
        tell::fill(&mut later, share.counts.clone(), &BTreeMap::new(), self.job.plan.scanner());
        later.objects.push(self.entry(current));
        let mut report = share.base.as_deref().cloned().unwrap_or_default();
        report.add(&later);
        look_at(&mut report.look_at, share.look_at.iter().cloned());
        for gap in &share.not_examined {
            keep_gap(&mut report.not_examined, &mut report.not_examined_more, gap.clone());
        }
        report.not_examined_more += share.not_examined_more;
        report
    }

    /// The report of an object that was read to its end, as if it were the only one.
    pub(super) fn report_of(&self, current: &Current, share: &ObjectShare) -> Report {
        let mut report = self.share_so_far(current, share);
        let sampled = left_out(current, current.size);
        report.ledger.objects = Objects { total: 1, scanned: 1, ..Objects::default() };
        let (total, scanned) = (current.size, current.size - sampled);
        report.ledger.bytes = Bytes { total, scanned, sampled, ..Bytes::default() };
        report.detectors.values_mut().for_each(|found| found.objects = 1);
        let held = current.found.keys().map(|detector| (*detector, 1)).collect();
        let sampled = |sampler| tell::sampled(sampler, &share.counts, 1, &held, self.job.plan.scanner());
        report.sample = self.run.sampler.as_ref().map(sampled);
        // What was not examined in full has to be read again.
        let identity = current.identity.clone().filter(|_| report.complete());
        if let Some(entry) = report.objects.last_mut() {
            entry.share = identity.map(|identity| Box::new(Share { identity, ..Share::default() }));
        }
        report
    }

    /// What was written of an object is given up: no other run goes on with it, unless another has the right to.
    pub(super) fn forget(&mut self, current: &mut Current) {
        let begun = current.share.as_ref().is_some_and(|share| share.begun);
        let (Some(share), Some(state), true) = (&current.share, &mut self.run.state, begun) else { return };
        if let Err(error) = state.keep().and_then(|()| state.gone(&share.object)) {
            if let Some(output) = &mut current.output {
                output.leave();
            }
            if let Some(file) = &mut current.quarantine {
                file.leave();
            }
            let _ = self.noted(Err(error)); // it has failed already
        }
    }
}
