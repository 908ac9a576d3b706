//! Where a user says that bytes are: a path of this machine, or a URL of a store. Opens nothing.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::{Cause, Error, Place};

/// A place that was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A path of this machine; `file://` URLs become one.
    Local(PathBuf),
    /// A key, or the first part of one, in a store.
    Remote(Remote),
}

/// A key, or the first part of one, in a store.
#[derive(Clone, PartialEq, Eq)]
pub struct Remote {
    /// What it is spoken to with.
    pub(crate) scheme: Scheme,
    /// The bucket, container or server as named: `s3://bucket`. Holds no secret.
    pub(crate) root: String,
    /// The rest, without a slash before it.
    pub(crate) key: String,
    /// Of an `http` URL: user and password, and what stands behind `?`. May be secret; never shown.
    pub(crate) secret: (String, String),
}

/// Shows no secret.
impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Remote {
    /// Whether it names a bucket or server and nothing in it.
    pub fn is_root(&self) -> bool {
        self.key.trim_end_matches('/').is_empty()
    }
}

/// As named, without what may be secret.
impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.root, self.key)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => path.display().fmt(f),
            Self::Remote(remote) => remote.fmt(f),
        }
    }
}

/// The kinds of stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    S3,
    Gcs,
    Azure,
    Http,
}

impl Address {
    /// Whether a text is a URL rather than a path.
    pub fn is_url(text: &str) -> bool {
        text.split_once("://").is_some_and(|(scheme, _)| {
            !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    }

    /// The place that a path or URL names.
    ///
    /// # Errors
    /// A URL of an unknown kind, or without a bucket.
    pub fn parse(text: &Path) -> Result<Self, Error> {
        let Some(url) = text.to_str().filter(|text| Self::is_url(text)) else {
            return Ok(Self::Local(text.to_owned()));
        };
        let (name, rest) = url.split_once("://").expect("it is a URL");
        let refuse = |why| Cause::Unsupported(why).at(Place::object(hidden(url)));
        let scheme = match name.to_ascii_lowercase().as_str() {
            "file" => {
                return file(rest)
                    .map(Self::Local)
                    .ok_or_else(|| refuse("not a file:// URL of this machine"));
            }
            "s3" | "s3a" => Scheme::S3,
            "gs" => Scheme::Gcs,
            "az" | "abfs" | "abfss" => Scheme::Azure,
            "http" | "https" => Scheme::Http,
            _ => {
                return Err(refuse(
                    "an unknown kind of URL; s3, gs, az, abfss, http, https and file are known",
                ));
            }
        };
        let (authority, key) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.is_empty() {
            return Err(refuse("a URL without a bucket or server"));
        }
        if scheme != Scheme::Http {
            let (root, secret) = (format!("{name}://{authority}"), Default::default());
            return Ok(Self::Remote(Remote { scheme, root, key: key.into(), secret }));
        }
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (key, query) = key.split_once('?').unwrap_or((key, ""));
        let key = decoded(key).ok_or_else(|| refuse("a URL that is not UTF-8"))?;
        let secret = (user.into(), query.into());
        Ok(Self::Remote(Remote { scheme, root: format!("{name}://{host}"), key, secret }))
    }

    /// The place of this name below it.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        match self {
            Self::Local(path) => Self::Local(path.join(name)),
            Self::Remote(remote) => {
                let folder = remote.key.trim_end_matches('/');
                let key = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
                Self::Remote(Remote { key, ..remote.clone() })
            }
        }
    }
}

/// The path of a `file://` URL on this machine.
fn file(rest: &str) -> Option<PathBuf> {
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    path.starts_with('/').then(|| decoded(path).map(PathBuf::from)).flatten()
}

/// `%20` and its like as what they stand for; `None` if that is no UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = hex.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

/// A URL without what may be secret.
fn hidden(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}/{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Address {
        Address::parse(Path::new(text)).unwrap()
    }

    #[test]
    fn paths_and_urls_are_told_apart() {
        for path in ["a.csv", "/data/a b.csv", "-", "c:/x", "odd://", "a/b://c", "://x"] {
            let local = matches!(Address::parse(Path::new(path)), Ok(Address::Local(same)) if same == Path::new(path));
            assert!(local || path == "odd://", "{path}");
        }
        assert_eq!(parse("file:///data/a%20b.csv"), Address::Local("/data/a b.csv".into()));
        assert!(Address::parse(Path::new("ftp://host/x")).is_err());
        assert!(Address::parse(Path::new("s3:///x")).is_err());
        assert!(Address::parse(Path::new("file://elsewhere/x")).is_err());
    }

    #[test]
    fn keys_stay_as_they_are() {
        for (url, shown) in [
            ("s3://bucket", "s3://bucket/"),
            ("s3://bucket/a/b%20c?.csv", "s3://bucket/a/b%20c?.csv"),
            ("abfss://box@account.dfs.core.windows.net/a", "abfss://box@account.dfs.core.windows.net/a"),
            ("https://host:8080/a%20b.csv", "https://host:8080/a b.csv"),
        ] {
            assert_eq!(parse(url).to_string(), shown);
        }
        assert_eq!(parse("s3://b/x/").join("y/z").to_string(), "s3://b/x/y/z");
        assert_eq!(parse("s3://b").join("y").to_string(), "s3://b/y");
    }

    #[test]
    fn what_may_be_secret_is_never_shown() {
        let named = parse("https://ann:pass@host/a.csv?signature=abc");
        assert!(!format!("{named} {named:?}").contains("pass"));
        assert!(!format!("{named} {named:?}").contains("abc"));
        let refused =
            Address::parse(Path::new("ftp://ann:pass@host/a?signature=abc")).unwrap_err().to_string();
        assert!(!refused.contains("pass") && !refused.contains("abc"), "{refused}");
    }
}
