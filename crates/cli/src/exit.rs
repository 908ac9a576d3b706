//! Exit codes: 0 clean or done; 1 findings at or above `--fail-on`; 2 could not run; 3 ran, but something was not
//! examined; 130 interrupted. The highest of 2, 3, 1, 0 wins.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use sievert::{KeyChoice, Overrides, Policy, Report};

use crate::args::Verdict;

/// Findings at or above `--fail-on`.
pub(crate) const FINDINGS: u8 = 1;
/// Something that was wanted was not examined.
pub(crate) const NOT_EXAMINED: u8 = 3;

impl Verdict {
    /// The exit code of a run, or of the sum of several.
    pub(crate) fn on(self, report: &Report) -> u8 {
        // What a rewrite has rewritten is done; a scan reports it.
        let found = report.command == "scan" && report.findings(self.fail_on) > 0;
        match () {
            () if !report.complete() => NOT_EXAMINED,
            () if found && !self.exit_zero => FINDINGS,
            () => 0,
        }
    }
}

/// Why the program ends without having done its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It could not run: what, and what to do.
    Cannot(String),
    /// It ran, and no room was left for what it tells.
    NoRoom(String),
    /// Ctrl-C.
    Interrupted(String),
    /// Nobody reads what it prints any more.
    ClosedPipe,
}

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self::Cannot(what.into())
    }

    /// Tells standard error, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Cannot(what) => {
                eprintln!("sievert: {}", shown(what));
                ExitCode::from(2)
            }
            Self::NoRoom(what) => {
                eprintln!("sievert: {}", shown(what));
                ExitCode::from(NOT_EXAMINED)
            }
            Self::Interrupted(what) => {
                eprintln!("sievert: {}", shown(what));
                ExitCode::from(130)
            }
            Self::ClosedPipe => ExitCode::SUCCESS,
        }
    }
}

/// What is said of a path that was typed, shown as reports show names: it may be a secret that was meant for another
/// place.
fn shown(what: String) -> String {
    let overrides = Overrides { key: KeyChoice::Unread, ..Overrides::default() };
    match sievert::plan(&Policy::default(), &overrides) {
        Ok(plan) => what.lines().map(|line| plan.shown(line)).collect::<Vec<_>>().join("\n"),
        Err(_) => what,
    }
}

/// A mistake on the command line, told without the word that was typed where another belongs.
pub(crate) fn unquoted(mut error: clap::Error) -> clap::Error {
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidSubcommand, ContextKind::InvalidValue] {
        let Some(ContextValue::String(word)) = error.get(kind) else { continue };
        // Without a word it says that there is none; options and the names of arguments are no secrets.
        if !word.is_empty() && !word.starts_with(['-', '<', '[']) {
            error.insert(kind, ContextValue::String("...".into()));
        }
    }
    error
}

impl From<sievert::io::Error> for Failure {
    fn from(error: sievert::io::Error) -> Self {
        Self::Cannot(error.to_string())
    }
}

impl From<sievert::Error> for Failure {
    fn from(error: sievert::Error) -> Self {
        match error {
            sievert::Error::Cancelled => Self::Interrupted(error.to_string()),
            sievert::Error::Closed => Self::ClosedPipe,
            error => Self::Cannot(error.to_string()),
        }
    }
}
