//! Standard output. A reader that has seen enough (`| head`) is no error.

use std::io::{self, Write};
#[cfg(unix)]
use std::os::fd::AsFd;

use crate::exit::Failure;

/// Whether a standard stream was closed when the program began. The null device was then put in its place before `main`,
/// for reading and writing, as nobody opens it who throws away an output or has no input.
#[cfg(unix)]
pub(crate) fn was_closed(stream: impl AsFd) -> bool {
    use rustix::fs::{OFlags, fcntl_getfl, fstat, stat};
    let (there, null) = (fstat(&stream), stat("/dev/null"));
    there.ok().zip(null.ok()).is_some_and(|(there, null)| there.st_rdev == null.st_rdev)
        && fcntl_getfl(&stream).is_ok_and(|how| how.contains(OFlags::RDWR))
}

#[cfg(not(unix))]
pub(crate) fn was_closed<S>(_: S) -> bool {
    false
}

/// Prints a text.
pub(crate) fn text(text: &str) -> Result<(), Failure> {
    bytes(text.as_bytes())
}

/// Prints bytes.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::ClosedPipe),
        Err(error) => Err(Failure::new(format!("standard output: {error}"))),
    }
}
