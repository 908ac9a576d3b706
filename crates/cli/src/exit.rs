//! Exit codes: 0 clean or done; 1 findings at or above `--fail-on`; 2 could not run; 3 ran, but something was not
//! examined; 130 interrupted. The highest of 2, 3, 1, 0 wins.

use std::process::ExitCode;

/// Findings at or above `--fail-on`.
pub(crate) const FINDINGS: u8 = 1;
/// Something that was wanted was not examined.
pub(crate) const NOT_EXAMINED: u8 = 3;

/// Why the program ends without having done its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It could not run: what, and what to do.
    Cannot(String),
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
                eprintln!("sievert: {what}");
                ExitCode::from(2)
            }
            Self::Interrupted(what) => {
                eprintln!("sievert: {what}");
                ExitCode::from(130)
            }
            Self::ClosedPipe => ExitCode::SUCCESS,
        }
    }
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
