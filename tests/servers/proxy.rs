//! A proxy that stands before a server and does harm by a schedule that its seed decides.

use std::io::{BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::http::{Request, Server, ask};

/// What is done to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Harm {
    /// The connection ends before the server hears of it.
    Dropped,
    /// The server does it, and nobody hears.
    Unheard,
    /// An answer that is no answer.
    Status(u16),
    /// The body ends early.
    Cut,
    /// It takes its time.
    Slow,
    /// The connection stays, and no answer ever comes.
    Silent,
}

const HARMS: [Harm; 8] = [
    Harm::Dropped,
    Harm::Unheard,
    Harm::Status(500),
    Harm::Status(503),
    Harm::Status(429),
    Harm::Cut,
    Harm::Slow,
    Harm::Silent,
];

/// The proxy, running.
pub(crate) struct Proxy {
    server: Server,
    done: Arc<AtomicU64>,
}

impl Proxy {
    /// Harms about one request in `one_in`.
    pub(crate) fn start(to: u16, seed: u64, one_in: u64) -> Self {
        let asked = AtomicU64::new(0);
        Self::harming(to, move |_| {
            let draw = mixed(seed, asked.fetch_add(1, Ordering::Relaxed));
            draw.is_multiple_of(one_in).then(|| HARMS[(draw >> 32) as usize % HARMS.len()])
        })
    }

    /// Harms the requests that somebody chooses.
    pub(crate) fn harming(
        to: u16,
        choose: impl Fn(&Request) -> Option<Harm> + Send + Sync + 'static,
    ) -> Self {
        let done = Arc::new(AtomicU64::new(0));
        let count = done.clone();
        let server = Server::start(move |stream| {
            let mut writer = stream.try_clone().expect("a second handle");
            let mut reader = BufReader::new(stream);
            while let Ok(Some(request)) = Request::read(&mut reader) {
                let harm = choose(&request);
                count.fetch_add(u64::from(harm.is_some()), Ordering::Relaxed);
                if harm == Some(Harm::Silent) {
                    let _ = std::io::copy(&mut reader, &mut std::io::sink()); // until the other side gives up
                    return;
                }
                if !pass(to, &request, harm, &mut writer) {
                    let _ = writer.shutdown(Shutdown::Both);
                    return;
                }
            }
        });
        Self { server, done }
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.port
    }

    /// How many requests were harmed.
    pub(crate) fn harmed(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }
}

/// A number for each request of a seed (`SplitMix64`).
pub(crate) fn mixed(seed: u64, at: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(at.wrapping_mul(0xbf58_476d_1ce4_e5b9));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Passes a request on, and its answer back. False: the connection ends.
fn pass(to: u16, request: &Request, harm: Option<Harm>, back: &mut TcpStream) -> bool {
    match harm {
        Some(Harm::Dropped) => return false,
        Some(Harm::Status(status)) => {
            let answer = format!("HTTP/1.1 {status} .\r\ncontent-length: 0\r\n\r\n");
            return back.write_all(answer.as_bytes()).is_ok();
        }
        _ => {}
    }
    let passed_on = request
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "connection" | "content-length" | "host"));
    let headers: Vec<_> = passed_on.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let Ok(answer) = ask(to, &request.method, &request.target, &headers, &request.body) else { return false };
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n").map_or(answer.len(), |end| end + 4);
    match harm {
        Some(Harm::Unheard) => {}
        Some(Harm::Cut) => {
            // Something of the body, if there is one; else something of the head.
            let end = if head < answer.len() { head + (answer.len() - head) / 2 } else { head / 2 };
            let _ = back.write_all(&answer[..end]);
        }
        Some(Harm::Slow) => {
            for part in answer.chunks(answer.len() / 4 + 1) {
                std::thread::sleep(Duration::from_millis(5));
                if back.write_all(part).is_err() {
                    break;
                }
            }
        }
        _ => drop(back.write_all(&answer)),
    }
    false
}
