//! One store, whichever it is: what is asked of it, insisted on and checked. The errors of clients end here.

use std::error::Error as _;
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::local::LocalFileSystem;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::{Error as PathError, Path as Key};
use object_store::{
    Attributes, Error as StoreError, GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode,
    PutMultipartOptions, PutOptions, UpdateVersion,
};

use super::patience::{Retries, Trouble};
use crate::Cause;

tokio::task_local! {
    /// The status of the last response: clients keep it to themselves for some requests.
    pub(crate) static ANSWERED: std::cell::Cell<u16>;
}

/// A bucket, a server, or the local disk.
#[derive(Clone)]
pub(crate) struct Store(Arc<Inner>);

struct Inner {
    root: String,
    client: Arc<dyn ObjectStore>,
    /// Lists by pages; not every store can.
    pages: Option<Arc<dyn PaginatedListStore>>,
    /// Writes in parts; not every store can.
    parts: Option<Parts>,
    /// None for the local disk.
    retries: Option<Arc<Retries>>,
    /// How long a try may take, where its settings say so.
    deadline: Option<Duration>,
}

/// A client that writes in parts.
pub(crate) struct Parts {
    pub(crate) client: Arc<dyn MultipartStore>,
    /// Azure is told what is said of a blob with the last request, others with the first.
    pub(crate) said_late: bool,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.root)
    }
}

/// A page of a listing.
pub(crate) struct Page {
    pub(crate) objects: Vec<ObjectMeta>,
    /// Where the next one begins; `None` after the last.
    pub(crate) next: Option<String>,
    /// A key that the client cannot name: the page is empty because of it.
    pub(crate) odd: Option<String>,
}

impl Store {
    pub(crate) fn local() -> Self {
        Self(Arc::new(Inner {
            root: String::new(),
            client: Arc::new(LocalFileSystem::new()),
            pages: None,
            parts: None,
            retries: None,
            deadline: None,
        }))
    }

    /// For tests: it is asked like the local disk.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        let client = Arc::new(object_store::memory::InMemory::new());
        let root = "memory".into();
        Self(Arc::new(Inner { root, client, pages: None, parts: None, retries: None, deadline: None }))
    }

    #[cfg(feature = "clouds")]
    pub(crate) fn remote(
        root: String,
        client: Arc<dyn ObjectStore>,
        pages: Option<Arc<dyn PaginatedListStore>>,
        parts: Option<Parts>,
        retries: Arc<Retries>,
        deadline: Option<Duration>,
    ) -> Self {
        Self(Arc::new(Inner { root, client, pages, parts, retries: Some(retries), deadline }))
    }

    /// The bucket or server as it was named; empty for the local disk.
    pub(crate) fn root(&self) -> &str {
        &self.0.root
    }

    /// Whether it is the same client.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether a request goes over a network.
    pub(crate) fn is_remote(&self) -> bool {
        self.0.retries.is_some()
    }

    /// Whether it can tell what it holds.
    pub(crate) fn lists(&self) -> bool {
        self.0.pages.is_some()
    }

    /// One request, insisted on. Local ones are made once.
    pub(crate) async fn ask<T, F>(&self, mut request: impl FnMut() -> F) -> Result<T, Cause>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let Some(retries) = &self.0.retries else {
            return request().await.map_err(|error| match trouble(&error, 0) {
                Trouble::Final(cause) => cause,
                Trouble::Passing(what) => Cause::Unsupported(what),
            });
        };
        retries
            .insist(self.0.deadline, || {
                let request = request();
                ANSWERED.scope(0.into(), async {
                    request.await.map_err(|error| trouble(&error, ANSWERED.with(std::cell::Cell::get)))
                })
            })
            .await
    }

    /// What the store says of an object.
    pub(crate) async fn head(&self, key: &Key) -> Result<(ObjectMeta, Attributes), Cause> {
        let options = GetOptions { head: true, ..GetOptions::default() };
        self.ask(|| async {
            let got = self.0.client.get_opts(key, options.clone()).await?;
            Ok((got.meta, got.attributes))
        })
        .await
    }

    /// Bytes of an object, all of them when no range is given; a body that ends early is asked for again. With an
    /// entity tag, only if it still is the object of that tag.
    pub(crate) async fn get(
        &self,
        key: &Key,
        range: Option<Range<u64>>,
        tag: Option<&str>,
    ) -> Result<(ObjectMeta, Attributes, Bytes), Cause> {
        let if_match = tag.filter(|tag| !tag.starts_with("W/")).map(|tag| format!("\"{tag}\""));
        let wanted = range.as_ref().map(|range| range.end - range.start);
        let options = GetOptions { range: range.map(Into::into), if_match, ..GetOptions::default() };
        self.ask(|| async {
            let got = self.0.client.get_opts(key, options.clone()).await?;
            let (meta, attributes) = (got.meta.clone(), got.attributes.clone());
            // The range that the store says it sends; its body may hold less.
            let sent = got.range.end - got.range.start;
            let bytes = got.bytes().await?;
            // More or less than was asked for, of an object that did not shrink: the body was cut.
            if self.is_remote() && (bytes.len() as u64 != sent || wanted.is_some_and(|wanted| sent > wanted))
            {
                return Err(StoreError::Generic { store: "", source: "the body was cut".into() });
            }
            Ok((meta, attributes, bytes))
        })
        .await
    }

    /// A page of the objects whose key begins with `prefix`, in the store's order.
    pub(crate) async fn page(
        &self,
        prefix: &str,
        after: Option<&str>,
        from: Option<&str>,
        most: Option<usize>,
    ) -> Result<Page, Cause> {
        let Some(pages) = &self.0.pages else {
            let what = "this kind of store cannot be listed; name its files one by one";
            return Err(Cause::Unsupported(what));
        };
        let prefix = Some(prefix).filter(|prefix| !prefix.is_empty());
        self.ask(|| async {
            let options = PaginatedListOptions {
                offset: after.map(str::to_owned),
                page_token: from.map(str::to_owned),
                max_keys: most,
                ..PaginatedListOptions::default()
            };
            match pages.list_paginated(prefix, options).await {
                Ok(page) => {
                    let next = page.page_token.filter(|next| !next.is_empty());
                    Ok(Page { objects: page.result.objects, next, odd: None })
                }
                Err(StoreError::InvalidPath {
                    source: PathError::EmptySegment { path } | PathError::BadSegment { path, .. },
                }) => Ok(Page { objects: Vec::new(), next: None, odd: Some(path) }),
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// Writes a small object with one request. Without `overwrite`, only where there is none.
    pub(crate) async fn put(
        &self,
        key: &Key,
        bytes: Bytes,
        overwrite: bool,
        attributes: &Attributes,
    ) -> Result<(), Cause> {
        let mut tries = 0;
        let done = self.ask(|| {
            tries += 1;
            let mode = if overwrite { PutMode::Overwrite } else { PutMode::Create };
            let attributes = attributes.clone();
            let options = PutOptions { mode, attributes, ..PutOptions::default() };
            self.0.client.put_opts(key, bytes.clone().into(), options)
        });
        match done.await {
            // A try whose answer was lost may have been the one that wrote it.
            Err(Cause::Exists) if tries > 1 && self.get(key, None, None).await?.2 == bytes => Ok(()),
            done => done.map(|_| ()),
        }
    }

    /// Writes a small object on a condition; what tells it from the one that will be written after it.
    pub(crate) async fn put_if(
        &self,
        key: &Key,
        bytes: Bytes,
        mode: PutMode,
    ) -> Result<UpdateVersion, Cause> {
        let mut tries = 0;
        let done = self.ask(|| {
            tries += 1;
            let options = PutOptions { mode: mode.clone(), ..PutOptions::default() };
            self.0.client.put_opts(key, bytes.clone().into(), options)
        });
        match done.await {
            Ok(put) => Ok(put.into()),
            // A try whose answer was lost may have been the one that wrote it.
            Err(cause @ (Cause::Exists | Cause::Changed)) if tries > 1 => {
                let (meta, _, there) = self.get(key, None, None).await?;
                let version = UpdateVersion { e_tag: meta.e_tag, version: meta.version };
                if there == bytes { Ok(version) } else { Err(cause) }
            }
            Err(cause) => Err(cause),
        }
    }

    /// Removes an object; one that is not there is removed.
    pub(crate) async fn delete(&self, key: &Key) -> Result<(), Cause> {
        match self.ask(|| self.0.client.delete(key)).await {
            Err(Cause::NotFound) => Ok(()),
            done => done,
        }
    }

    fn parts(&self) -> Result<&Parts, Cause> {
        let what = "this kind of store takes small objects only; write to another one";
        self.0.parts.as_ref().ok_or(Cause::Unsupported(what))
    }

    /// Begins an object in parts.
    pub(crate) async fn begin_parts(&self, key: &Key, attributes: Attributes) -> Result<String, Cause> {
        let Parts { client, said_late } = self.parts()?;
        let attributes = if *said_late { Attributes::new() } else { attributes };
        self.ask(|| {
            let options = PutMultipartOptions { attributes: attributes.clone(), ..Default::default() };
            client.create_multipart_opts(key, options)
        })
        .await
    }

    /// Writes a part, counted from 0.
    pub(crate) async fn put_part(
        &self,
        key: &Key,
        id: &str,
        at: usize,
        bytes: Bytes,
    ) -> Result<PartId, Cause> {
        let (parts, id) = (&self.parts()?.client, id.to_owned());
        self.ask(|| parts.put_part(key, &id, at, bytes.clone().into())).await
    }

    /// Makes the object of the parts appear. Without `overwrite`, only where there is none; stores have no such mode
    /// for parts, so it is looked at just before.
    pub(crate) async fn complete_parts(
        &self,
        key: &Key,
        id: &str,
        there: Vec<PartId>,
        overwrite: bool,
        attributes: Attributes,
        size: u64,
    ) -> Result<(), Cause> {
        let (parts, id) = (&self.parts()?.client, id.to_owned());
        if !overwrite {
            match self.head(key).await {
                Ok(_) => return Err(Cause::Exists),
                Err(Cause::NotFound) => {}
                Err(cause) => return Err(cause),
            }
        }
        let mut tries = 0;
        let done = self.ask(|| {
            tries += 1;
            parts.complete_multipart(key, &id, there.clone())
        });
        #[cfg(feature = "clouds")]
        let done = super::added::SAID.scope(attributes, done);
        #[cfg(not(feature = "clouds"))]
        drop(attributes);
        match done.await {
            // A try whose answer was lost may have been the one that completed it: its parts are gone then.
            Err(Cause::NotFound) if tries > 1 && self.head(key).await?.0.size == size => Ok(()),
            done => done.map(|_| ()),
        }
    }

    /// Forgets the parts of an object.
    pub(crate) async fn abort_parts(&self, key: &Key, id: &str) -> Result<(), Cause> {
        let (parts, id) = (&self.parts()?.client, id.to_owned());
        self.ask(|| parts.abort_multipart(key, &id)).await
    }
}

/// What an error comes to, without its text, which may hold paths of this machine or parts of an answer.
fn trouble(error: &StoreError, answered: u16) -> Trouble {
    let cause = match error {
        StoreError::NotFound { .. } => Cause::NotFound,
        StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. } => Cause::Denied,
        StoreError::AlreadyExists { .. } => Cause::Exists,
        StoreError::Precondition { .. } | StoreError::NotModified { .. } => Cause::Changed,
        StoreError::InvalidPath { .. } => {
            Cause::Unsupported("the key has an empty part, `.` or `..`, or a control character; rename it")
        }
        StoreError::NotSupported { .. } | StoreError::NotImplemented { .. } => {
            Cause::Unsupported("the store cannot do what is needed; copy the data to another one")
        }
        _ => return generic(error, answered),
    };
    Trouble::Final(cause)
}

fn generic(error: &StoreError, answered: u16) -> Trouble {
    let mut source = error.source();
    while let Some(error) = source {
        #[cfg(feature = "clouds")]
        if let Some(none) = error.downcast_ref::<super::credentials::NoCredentials>() {
            return Trouble::Final(Cause::Credentials(none.tried.clone()));
        }
        #[cfg(feature = "clouds")]
        if error.is::<super::credentials::NotRenewed>() {
            return Trouble::Passing(
                "credentials have run out, and new ones could not be had (`aws sso login` renews a session of AWS)",
            );
        }
        #[cfg(feature = "clouds")]
        if error.is::<object_store::client::HttpError>() {
            return Trouble::Passing("the connection failed");
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            let plain: io::Error =
                error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
            return Trouble::Final(plain.into());
        }
        source = error.source();
    }
    match answered {
        401 | 403 => Trouble::Final(Cause::Denied),
        404 => Trouble::Final(Cause::NotFound),
        429 => Trouble::Passing("the store is asked too often (429)"),
        500 => Trouble::Passing("the store failed (500)"),
        503 => Trouble::Passing("the store is busy (503)"),
        301 | 307 => {
            Trouble::Final(Cause::Unsupported("the bucket is in another region; set AWS_REGION to it"))
        }
        408 | 501.. => Trouble::Passing("the store failed"),
        400.. => Trouble::Final(Cause::Unsupported(
            "the store refused the request; check region, endpoint and whether the credentials have expired",
        )),
        _ => Trouble::Passing("the answer was cut"),
    }
}
