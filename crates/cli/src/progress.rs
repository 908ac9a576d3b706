//! How far a run is, on standard error; and Ctrl-C, which ends it.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use sievert::{Excerpt, Progress, Status};

use crate::exit::Failure;

/// Without a terminal, a line at most so often.
const LINE_EVERY: Duration = Duration::from_mins(1);

static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Set when Ctrl-C was pressed: for what waits without telling how far it is.
pub(crate) fn interrupted() -> Arc<AtomicBool> {
    INTERRUPTED.clone()
}

/// Watches a run for a person or a log.
pub(crate) struct Watch {
    bar: Option<ProgressBar>,
    last_line: Mutex<Instant>,
    quiet: bool,
    /// Standard output is gone: say nothing more, and stop.
    closed: AtomicBool,
}

impl Watch {
    /// Starts watching; from now on Ctrl-C ends the run in order, and a second one ends it at once.
    pub(crate) fn start(quiet: bool) -> Result<Self, Failure> {
        ctrlc::set_handler(|| {
            if INTERRUPTED.swap(true, Ordering::SeqCst) {
                std::process::exit(130);
            }
        })
        .map_err(|error| Failure::new(format!("cannot listen for Ctrl-C: {error}")))?;
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let style = "{bar:30} {binary_bytes}/{binary_total_bytes}  {msg}  {eta} left";
            let style = ProgressStyle::with_template(style).expect("a constant that tests print");
            ProgressBar::new(0).with_style(style)
        });
        Ok(Self { bar, last_line: Mutex::new(Instant::now()), quiet, closed: AtomicBool::new(false) })
    }

    /// Ends watching; an error if nobody reads standard output any more.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        if self.closed.load(Ordering::Relaxed) { Err(Failure::ClosedPipe) } else { Ok(()) }
    }
}

impl Progress for Watch {
    fn update(&self, status: &Status) -> ControlFlow<()> {
        if INTERRUPTED.load(Ordering::Relaxed) || self.closed.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        if let Some(bar) = &self.bar {
            bar.set_length(status.bytes_total);
            bar.set_position(status.bytes_done);
            bar.set_message(format!("{} findings", status.findings));
        } else if !self.quiet {
            let mut last = self.last_line.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if last.elapsed() >= LINE_EVERY {
                *last = Instant::now();
                let Status { bytes_done, bytes_total, records, findings } = status;
                // A log that cannot be written to is no reason to stop the work.
                let _ = writeln!(
                    std::io::stderr(),
                    "sievert: {bytes_done} of {bytes_total} bytes, {records} records, {findings} findings"
                );
            }
        }
        ControlFlow::Continue(())
    }

    fn excerpt(&self, excerpt: &Excerpt) {
        let Excerpt { object, place, detector, why, before, value, after } = excerpt;
        let lines = format!("{detector}  {object}{place}  ({why})\n    {before}[{value}]{after}\n");
        if crate::out::text(&lines).is_err() {
            self.closed.store(true, Ordering::Relaxed);
        }
    }
}
