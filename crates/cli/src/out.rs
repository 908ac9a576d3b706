//! Standard output. A reader that has seen enough (`| head`) is no error.

use std::io::{self, Write};

use crate::exit::Failure;

/// Whether standard output was closed when the program began. The null device was then put in its place before `main`,
/// for reading too, as nobody opens it who throws away an output.
#[cfg(unix)]
pub(crate) fn is_closed() -> bool {
    use rustix::fs::{OFlags, fcntl_getfl, fstat, stat};
    let (out, null) = (fstat(io::stdout()), stat("/dev/null"));
    out.ok().zip(null.ok()).is_some_and(|(out, null)| out.st_rdev == null.st_rdev)
        && fcntl_getfl(io::stdout()).is_ok_and(|how| how.contains(OFlags::RDWR))
}

#[cfg(not(unix))]
pub(crate) fn is_closed() -> bool {
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
