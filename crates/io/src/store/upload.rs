//! An object that appears in a store when it is whole: one request if it is small, parts if it is not.

use std::collections::VecDeque;
use std::io::{self, Write};

use bytes::Bytes;
use object_store::multipart::PartId;
use object_store::path::Path as Key;
use object_store::{Attribute, Attributes};

use super::address::Scheme;
use super::{Pending, Remote, Runtime, Store, waited};
use crate::Cause;
use crate::output::Sink;

/// Bytes of a part at least; S3 takes 5 MiB to 5 GiB, 10,000 of them:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>.
const PART: u64 = 8 << 20;
/// Parts that an object may have at most, half of what stores take: outputs may be larger than their inputs.
const PARTS: u64 = 5_000;
/// Parts on their way at once.
const ON_THEIR_WAY: usize = 4;

/// The object that will appear.
pub(crate) struct Upload {
    runtime: Runtime,
    store: Store,
    key: Key,
    overwrite: bool,
    attributes: Attributes,
    part: usize,
    buffer: Vec<u8>,
    written: u64,
    parts: Option<Parts>,
}

/// Parts that were sent.
struct Parts {
    id: String,
    sent: usize,
    on_their_way: VecDeque<Pending<PartId>>,
    there: Vec<PartId>,
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
            parts: None,
        })
    }

    /// Sends what is in the buffer as a part.
    fn send(&mut self) -> Result<(), Cause> {
        let bytes = Bytes::from(std::mem::take(&mut self.buffer));
        let (store, key) = (self.store.clone(), self.key.clone());
        if self.parts.is_none() {
            let (store, key, attributes) = (store.clone(), key.clone(), self.attributes.clone());
            let id = self.runtime.wait(async move { store.begin_parts(&key, attributes).await })?;
            self.parts = Some(Parts { id, sent: 0, on_their_way: VecDeque::new(), there: Vec::new() });
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
    /// Waits for the first that is on its way.
    fn arrive(&mut self) -> Result<(), Cause> {
        if let Some(first) = self.on_their_way.pop_front() {
            self.there.push(waited(&first)?);
        }
        Ok(())
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
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

    fn appear(mut self: Box<Self>) -> Result<u64, Cause> {
        let (store, key, overwrite, size) =
            (self.store.clone(), self.key.clone(), self.overwrite, self.written);
        if self.parts.is_none() {
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
        let (id, there) = (parts.id.clone(), parts.there.clone());
        let attributes = self.attributes.clone();
        self.runtime
            .wait(async move { store.complete_parts(&key, &id, there, overwrite, attributes, size).await })?;
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
