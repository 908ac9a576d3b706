//! Standard input, read ahead on a thread of its own, so that waiting for it can be ended.

use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// Bytes that are asked for at a time.
const READ: usize = 64 << 10;
/// Reads that are kept ahead.
const AHEAD: usize = 4;
/// How long the wish to stop may go unnoticed.
const NOTICED: Duration = Duration::from_millis(50);

/// Bytes that come once. A read that waits ends with an error when `stop` is set; so does the end of the stream then,
/// because what was to be written may have ended with it.
pub(crate) struct Stdin {
    ahead: Receiver<io::Result<Vec<u8>>>,
    /// Read ahead, and how much of it was given.
    bytes: Vec<u8>,
    given: usize,
    /// Bytes given in all.
    read: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Stdin {
    /// The thread ends with the stream, or when nobody wants what it reads next.
    pub(crate) fn new(
        mut from: impl Read + Send + 'static,
        read: Arc<AtomicU64>,
        stop: Arc<AtomicBool>,
    ) -> io::Result<Self> {
        let (give, ahead) = sync_channel(AHEAD);
        thread::Builder::new().name("sievert-stdin".into()).spawn(move || {
            loop {
                let mut bytes = vec![0; READ];
                let got = match from.read(&mut bytes) {
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    got => got,
                };
                let last = !matches!(got, Ok(count) if count > 0);
                let got = got.map(|count| {
                    bytes.truncate(count);
                    bytes
                });
                if give.send(got).is_err() || last {
                    return;
                }
            }
        })?;
        Ok(Self { ahead, bytes: Vec::new(), given: 0, read, stop })
    }

    /// Waits for more; nothing at the end.
    fn wait(&self) -> io::Result<Vec<u8>> {
        loop {
            let got = self.ahead.recv_timeout(NOTICED);
            if self.stop.load(Ordering::Relaxed) {
                return Err(io::Error::other("stopped"));
            }
            match got {
                Ok(got) => return got,
                Err(RecvTimeoutError::Disconnected) => return Ok(Vec::new()),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl Read for Stdin {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.given == self.bytes.len() {
            self.bytes = self.wait()?;
            self.given = 0;
        }
        let count = (&self.bytes[self.given..]).read(to)?;
        self.given += count;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stdin(from: impl Read + Send + 'static, stop: bool) -> (Stdin, Arc<AtomicU64>) {
        let read = Arc::new(AtomicU64::new(0));
        let stop = Arc::new(AtomicBool::new(stop));
        (Stdin::new(from, read.clone(), stop).unwrap(), read)
    }

    #[test]
    fn every_byte_comes_through_and_is_counted() {
        let bytes: Vec<u8> = (0..READ * 7 + 5).map(|at| (at % 251) as u8).collect();
        let (mut stdin, read) = stdin(io::Cursor::new(bytes.clone()), false);
        let mut got = Vec::new();
        stdin.read_to_end(&mut got).unwrap();
        assert!(got == bytes);
        assert_eq!(read.load(Ordering::Relaxed), bytes.len() as u64);
        assert_eq!(stdin.read(&mut [0]).unwrap(), 0, "and stays at its end");
    }

    #[test]
    fn a_failure_comes_behind_what_was_read_before_it() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(ErrorKind::ConnectionReset.into())
            }
        }
        let (mut stdin, read) = stdin(b"abc".chain(Failing), false);
        let error = stdin.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!((error.kind(), read.load(Ordering::Relaxed)), (ErrorKind::ConnectionReset, 3));
    }

    #[test]
    fn waiting_ends_when_it_is_to_stop() {
        let (silent, _open) = io::pipe().unwrap();
        let (mut waiting, _) = stdin(silent, true);
        assert!(waiting.read(&mut [0]).is_err());
        let (mut ended, _) = stdin(io::empty(), true);
        assert!(ended.read(&mut [0]).is_err(), "an end that comes with the wish to stop is no end");
    }
}
