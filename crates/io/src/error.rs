//! What can go wrong with an object, with its place. Never cell text.

use std::fmt;

/// An object that could not be read or written, and where.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {cause}")]
pub struct Error {
    /// Where it happened.
    pub place: Place,
    /// What happened, and what to do next.
    #[source]
    pub cause: Cause,
}

/// A place in the input, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The object's name as listed.
    pub object: String,
    /// The record, counted from 0.
    pub record: Option<u64>,
    /// The field.
    pub field: Option<String>,
}

impl Place {
    /// The object as a whole.
    pub fn object(name: impl Into<String>) -> Self {
        Self { object: name.into(), record: None, field: None }
    }

    /// The same object at a record, counted from 0.
    #[must_use]
    pub fn at(mut self, record: u64) -> Self {
        self.record = Some(record);
        self
    }

    /// The same place in a field.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.object)?;
        if let Some(record) = self.record {
            write!(f, ", record {record}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", field {field}")?;
        }
        Ok(())
    }
}

/// Why an object, or a part of it, was not read or not written. Each text says what to do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The object is not there.
    #[error("not found; check the path")]
    NotFound,
    /// The system refused.
    #[error("permission denied; check the owner and mode")]
    Denied,
    /// The object changed between listing and the end of the read.
    #[error("changed while it was read; scan it again when nothing writes to it")]
    Changed,
    /// A compressed stream ends early or holds damaged data.
    #[error("{0}; fetch it again")]
    Damaged(&'static str),
    /// The object is not of a format that is read here.
    #[error("unknown format; name one with --input-format")]
    UnknownFormat,
    /// Its name says text, its bytes do not.
    #[error(
        "its bytes are not the text that its name says; write it as text or Parquet, or insist with --input-format"
    )]
    NotText,
    /// Written by this format but not in a way that can be read or written here.
    #[error("{0}")]
    Unsupported(&'static str),
    /// The output exists.
    #[error("already exists; choose another folder or say --overwrite")]
    Exists,
    /// No room is left on the output's device.
    #[error("no space left on the device of the output; free some and run again")]
    NoSpace,
    /// No credentials for a store could be had: what was tried, by name. Never a secret.
    #[error("no credentials: {0}")]
    Credentials(String),
    /// Another run has the right to write there.
    #[error("another run writes here; wait for its end, or choose another place")]
    Taken,
    /// A store that failed again and again.
    #[error("{what}; given up after {tries} {}: run again when the store is well", if *tries == 1 { "try" } else { "tries" })]
    GaveUp {
        /// What happened the last time.
        what: &'static str,
        /// How often it was tried.
        tries: u32,
    },
    /// Null is not allowed in this column, and an edit needs it.
    #[error("the column does not allow null; drop the record or keep the value")]
    NotNullable,
    /// Anything else the operating system or the store says.
    #[error("{}; {}", .0, advice(.0))]
    Io(#[source] std::io::Error),
    /// Anything Parquet says about structure (never about values).
    #[error("{0}; the file may be damaged: fetch or write it again")]
    Parquet(String),
}

impl From<parquet::errors::ParquetError> for Cause {
    fn from(error: parquet::errors::ParquetError) -> Self {
        use parquet::errors::ParquetError;
        match error {
            ParquetError::External(source) => match source.downcast::<std::io::Error>() {
                Ok(io) => match (*io).into() {
                    // Not the system's word but that of what decompresses.
                    Self::Io(error) if error.raw_os_error().is_none() => Self::Parquet(error.to_string()),
                    cause => cause,
                },
                Err(other) => Self::Parquet(other.to_string()),
            },
            other => Self::Parquet(other.to_string()),
        }
    }
}

impl Cause {
    /// The error at a place.
    pub fn at(self, place: Place) -> Error {
        Error { place, cause: self }
    }
}

/// Sorts what the system says into the causes that have advice; a cause that travelled through [`std::io::Read`]
/// comes out as it went in.
impl From<std::io::Error> for Cause {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.downcast::<Self>() {
            Ok(cause) => cause,
            Err(error) => match error.kind() {
                ErrorKind::NotFound => Self::NotFound,
                ErrorKind::PermissionDenied => Self::Denied,
                ErrorKind::AlreadyExists => Self::Exists,
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::NoSpace,
                _ => Self::Io(error),
            },
        }
    }
}

/// What to do about what the system says.
fn advice(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    const TOO_MANY_OPEN: [i32; 2] = [23, 24]; // ENFILE and EMFILE, for which there is no kind
    match error.kind() {
        ErrorKind::ReadOnlyFilesystem => "name a place that can be written",
        ErrorKind::FileTooLarge => {
            "allow larger files (ulimit -f), or write to a file system that takes them"
        }
        ErrorKind::InvalidFilename => "take shorter names",
        ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
            "name another place: a file stands where a folder should, or a folder where a file should"
        }
        ErrorKind::OutOfMemory => "allow less with --memory and --threads",
        _ if cfg!(unix) && error.raw_os_error().is_some_and(|code| TOO_MANY_OPEN.contains(&code)) => {
            "raise the limit (ulimit -n), or take fewer --threads"
        }
        _ => "run again; if it stays, look at the disk or the network that it stands on",
    }
}

/// So that a cause can travel through [`std::io::Read`].
impl From<Cause> for std::io::Error {
    fn from(cause: Cause) -> Self {
        Self::other(cause)
    }
}
