//! An object that appears in a store when it is whole: one request if it is small, parts if it is not.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::mpsc::TryRecvError;

use bytes::Bytes;
use object_store::multipart::PartId;
use object_store::path::Path as Key;
use object_store::{Attribute, Attributes};

use super::address::Scheme;
use super::{Pending, Remote, Runtime, Store, waited};
use crate::mark::KeptBy;
use crate::output::Sink;
use crate::{Cause, Kept, Publish};

/// Bytes of a part at least; S3 takes 5 MiB to 5 GiB, 10,000 of them:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>.
const PART: u64 = 8 << 20;
/// Parts that an object may have at most, half of what stores take: outputs may be larger than their inputs.
const PARTS: u64 = 5_000;
/// Parts on their way at once.
const ON_THEIR_WAY: usize = 4;

/// The store has removed them, or another run has.
const FORGOTTEN: Cause = Cause::Unsupported(
    "the store no longer has the parts that an earlier run sent; run again: it is begun anew",
);

/// The object that will appear.
pub(crate) struct Upload {
    runtime: Runtime,
    store: Store,
    key: Key,
    overwrite: bool,
    attributes: Attributes,
    part: usize,
    buffer: Vec<u8>,
    /// Bytes of the object so far.
    written: u64,
    /// Bytes that come and are there already, in parts that another run has sent.
    there: u64,
    parts: Option<Parts>,
    /// The parts are another run's to go on with.
    left: bool,
}

/// Parts that were sent.
struct Parts {
    id: String,
    sent: usize,
    on_their_way: VecDeque<Pending<PartId>>,
    there: Vec<PartId>,
    /// Another run has begun them.
    taken_over: bool,
}

impl Upload {
    /// Begins one; `size` is about how large it will be. Nothing is sent yet.
    pub(crate) fn new(
        runtime: &Runtime,
        to: &Remote,
        overwrite: bool,
        attributes: Attributes,
        size: u64,
    ) -> Result<Self, Cause> {
        let key = Key::parse(&to.key).map_err(|_| {
            Cause::Unsupported("the output's key has an empty part, `.` or `..`; choose another place")
        })?;
        Ok(Self {
            runtime: runtime.clone(),
            store: runtime.store(to)?,
            key,
            overwrite,
            attributes: if to.scheme == Scheme::Azure { renamed(&attributes) } else { attributes },
            part: usize::try_from(PART.max(size.div_ceil(PARTS))).unwrap_or(usize::MAX),
            buffer: Vec::new(),
            written: 0,
            there: 0,
            parts: None,
            left: false,
        })
    }

    /// Goes on behind what another run has kept. Whether its parts are still there shows when they are put together.
    pub(crate) fn go_on(mut self, kept: &Kept) -> Result<Self, Cause> {
        let KeptBy::Parts { id, size, there } = &kept.by else { return Err(FORGOTTEN) };
        let sent = there.len();
        self.written = kept.reached.bytes;
        self.there = (sent as u64 * size).checked_sub(self.written).ok_or(FORGOTTEN)?;
        self.part = usize::try_from(*size).map_err(|_| FORGOTTEN)?;
        let there = there.iter().map(|id| PartId { content_id: id.clone() }).collect();
        let id = id.clone();
        self.parts = Some(Parts { id, sent, on_their_way: VecDeque::new(), there, taken_over: true });
        Ok(self)
    }

    /// Sends what is in the buffer as a part.
    fn send(&mut self) -> Result<(), Cause> {
        let bytes = Bytes::from(std::mem::take(&mut self.buffer));
        let (store, key) = (self.store.clone(), self.key.clone());
        if self.parts.is_none() {
            let (store, key, attributes) = (store.clone(), key.clone(), self.attributes.clone());
            let id = self.runtime.wait(async move { store.begin_parts(&key, attributes).await })?;
            self.parts = Some(Parts {
                id,
                sent: 0,
                on_their_way: VecDeque::new(),
                there: Vec::new(),
                taken_over: false,
            });
        }
        let parts = self.parts.as_mut().expect("there since three lines");
        if parts.on_their_way.len() == ON_THEIR_WAY {
            parts.arrive()?;
        }
        let (id, at) = (parts.id.clone(), parts.sent);
        parts.sent += 1;
        let sending = self.runtime.begin(async move { store.put_part(&key, &id, at, bytes).await });
        parts.on_their_way.push_back(sending);
        Ok(())
    }

    /// Takes back what was sent.
    fn abort(&mut self) {
        if self.left {
            return;
        }
        if let Some(Parts { id, on_their_way, .. }) = self.parts.take() {
            let (store, key) = (self.store.clone(), self.key.clone());
            // A part that arrives after the end would stay and cost money. Stores forget parts of their own accord
            // when they are told to; an error here has no better remedy.
            let _ = on_their_way.iter().try_for_each(|part| waited(part).map(|_| ()));
            let _ = self.runtime.wait(async move { store.abort_parts(&key, &id).await });
        }
    }
}

impl Parts {
    /// What it means that an upload is not found.
    fn told(&self, cause: Cause) -> Cause {
        match cause {
            Cause::NotFound if self.taken_over => FORGOTTEN,
            cause => cause,
        }
    }

    /// Waits for the first that is on its way.
    fn arrive(&mut self) -> Result<(), Cause> {
        if let Some(first) = self.on_their_way.pop_front() {
            self.there.push(waited(&first).map_err(|cause| self.told(cause))?);
        }
        Ok(())
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.there > 0 {
            let count = bytes.len().min(usize::try_from(self.there).unwrap_or(usize::MAX));
            self.there -= count as u64;
            self.written += count as u64;
            return Ok(count);
        }
        if self.buffer.len() >= self.part {
            self.send()?;
        }
        let count = bytes.len().min(self.part - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..count]);
        self.written += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Upload {
    fn restart(&mut self) -> io::Result<bool> {
        self.abort();
        self.buffer.clear();
        self.written = 0;
        Ok(true)
    }

    fn written(&self) -> Option<u64> {
        Some(self.written)
    }

    fn keep(&mut self, bytes: u64) -> Result<Option<KeptBy>, Cause> {
        let Some(parts) = &mut self.parts else { return Ok(None) };
        while let Some(first) = parts.on_their_way.front() {
            match first.try_recv() {
                Ok(arrived) => {
                    let arrived = arrived.map_err(|cause| parts.told(cause))?;
                    parts.there.push(arrived);
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    return Err(io::Error::from(io::ErrorKind::Interrupted).into());
                }
            }
            parts.on_their_way.pop_front();
        }
        let size = self.part as u64;
        if (parts.there.len() as u64 * size) < bytes {
            return Ok(None);
        }
        let there = parts.there.iter().map(|part| part.content_id.clone()).collect();
        Ok(Some(KeptBy::Parts { id: parts.id.clone(), size, there }))
    }

    fn leave(&mut self) {
        self.left = true;
    }

    fn appear(mut self: Box<Self>, publish: &mut Publish<'_>) -> Result<u64, Cause> {
        let (store, key, overwrite, size) =
            (self.store.clone(), self.key.clone(), self.overwrite, self.written);
        if self.parts.is_none() {
            publish(None)?;
            let (bytes, attributes) = (std::mem::take(&mut self.buffer).into(), self.attributes.clone());
            self.runtime.wait(async move { store.put(&key, bytes, overwrite, &attributes).await })?;
            return Ok(size);
        }
        if !self.buffer.is_empty() {
            self.send()?;
        }
        let parts = self.parts.as_mut().expect("looked at above");
        while !parts.on_their_way.is_empty() {
            parts.arrive()?;
        }
        if let Err(cause) = publish(None) {
            // Who has the right to write here now may be going on with these parts.
            self.left = matches!(cause, Cause::Taken);
            return Err(cause);
        }
        let (id, there) = (parts.id.clone(), parts.there.clone());
        let attributes = self.attributes.clone();
        let done = self
            .runtime
            .wait(async move { store.complete_parts(&key, &id, there, overwrite, attributes, size).await });
        done.map_err(|cause| parts.told(cause))?;
        self.parts = None;
        Ok(size)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.abort();
    }
}

/// Azure takes names of metadata that could be those of variables:
/// <https://learn.microsoft.com/en-us/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata>.
fn renamed(attributes: &Attributes) -> Attributes {
    let renamed = attributes.iter().map(|(attribute, value)| {
        let attribute = match attribute {
            Attribute::Metadata(name) => {
                let mut plain = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
                if plain.starts_with(|c: char| c.is_ascii_digit()) {
                    plain.insert(0, '_');
                }
                Attribute::Metadata(plain.into())
            }
            other => other.clone(),
        };
        (attribute, value.clone())
    });
    renamed.collect()
}
