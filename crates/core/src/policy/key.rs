//! Where a key comes from: the environment or a file, never the policy or the command line.

use std::fmt;
use std::path::PathBuf;

use serde::de::{Deserialize, Deserializer, Error as _};
use sievert_redact::Key;
use zeroize::Zeroizing;

use super::Policy;
use crate::Error;

/// The longest key file that is read: a disk image named by mistake is not a key.
const LONGEST: u64 = 64 * 1024;

/// Where a key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// An environment variable that holds the key in hexadecimal.
    Env(String),
    /// A file that holds the key's bytes, as `sievert key new` writes it.
    File(PathBuf),
}

impl KeyPlace {
    /// Reads `env:NAME` or `file:PATH`. What stands there may be a key, and no name of one.
    pub fn parse(place: &str) -> Option<Self> {
        match place.split_once(':')? {
            ("env", name) if !name.is_empty() && Key::from_hex(name).is_err() => {
                Some(Self::Env(name.to_owned()))
            }
            ("file", path) if !path.is_empty() => Some(Self::File(path.into())),
            _ => None,
        }
    }

    /// Fetches the key.
    ///
    /// # Errors
    /// It is not there, cannot be read, or is no key of at least 32 bytes. The texts hold nothing of it.
    pub fn fetch(&self) -> Result<Key, Error> {
        let bad = |source| Error::Key { place: self.to_string(), source };
        match self {
            Self::Env(name) => {
                let value = std::env::var_os(name).ok_or_else(|| Error::KeyUnset(self.to_string()))?;
                let digits = Zeroizing::new(value.into_encoded_bytes());
                Key::from_hex(&String::from_utf8_lossy(&digits)).map_err(bad)
            }
            Self::File(path) => {
                let failed = |source| Error::KeyFile { place: self.to_string(), source };
                if std::fs::metadata(path).map_err(failed)?.len() > LONGEST {
                    return Err(failed(std::io::ErrorKind::FileTooLarge.into()));
                }
                let bytes = Zeroizing::new(std::fs::read(path).map_err(failed)?);
                // The same digits would be another key here than in the environment.
                if !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_hexdigit() || b.is_ascii_whitespace())
                {
                    return Err(bad(sievert_redact::Error::HexFile));
                }
                Key::from_bytes(&bytes).map_err(bad)
            }
        }
    }
}

impl fmt::Display for KeyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

impl<'de> Deserialize<'de> for KeyPlace {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // What is written here may be the key itself, so it is not repeated.
        Self::parse(&Zeroizing::new(String::deserialize(from)?))
            .ok_or_else(|| D::Error::custom("`from` is `env:NAME` or `file:PATH`, never the key itself"))
    }
}

/// The word by which reports say where the key came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeyKind {
    /// There is none.
    #[default]
    None,
    /// The environment variable of this name.
    Env(String),
    /// A file.
    File,
    /// Handed in by the program that calls.
    Given,
    /// Made for this run and forgotten after it.
    Ephemeral,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File => f.write_str("file"),
            Self::Given => f.write_str("given"),
            Self::Ephemeral => f.write_str("ephemeral"),
        }
    }
}

impl Policy {
    /// Fetches the key from where the policy says, or makes a new one where `ephemeral` asks for it.
    ///
    /// # Errors
    /// As [`KeyPlace::fetch`]; no random bytes.
    pub fn fetch_key(&self, ephemeral: bool) -> Result<(Option<Key>, KeyKind), Error> {
        if ephemeral {
            let bad = |source| Error::Key { place: "--ephemeral-key".to_owned(), source };
            return Ok((Some(Key::generate().map_err(bad)?), KeyKind::Ephemeral));
        }
        let key = self.key.as_ref().map(|table| table.from.fetch()).transpose()?;
        Ok((key, self.key_kind()))
    }

    /// Where it says that the key is.
    pub(crate) fn key_kind(&self) -> KeyKind {
        match self.key.as_ref().map(|table| &table.from) {
            None => KeyKind::None,
            Some(KeyPlace::Env(name)) => KeyKind::Env(name.clone()),
            Some(KeyPlace::File(_)) => KeyKind::File,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> Result<Key, Error> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("key");
        std::fs::write(&path, bytes).expect("written");
        KeyPlace::File(path).fetch()
    }

    #[test]
    fn a_key_file_holds_bytes() {
        let bytes: Vec<u8> = (0..32).collect();
        assert_eq!(file(&bytes).expect("32 bytes").id(), Key::from_bytes(&bytes).expect("32 bytes").id());
    }

    #[test]
    fn what_is_no_key_is_refused_without_showing_it() {
        for (bytes, expected) in [
            (&b""[..], "has 0 bytes"),
            (b"canary", "has 6 bytes"),
            (&b"c0ffee".repeat(20), "environment variable"),
        ] {
            let shown = file(bytes).expect_err("no key").to_string();
            assert!(shown.contains(expected), "{shown}");
            assert!(!shown.contains("canary") && !shown.contains("c0ffee"), "{shown}");
        }
        let shown = KeyPlace::Env("SIEVERT_TEST_UNSET".into()).fetch().expect_err("unset").to_string();
        assert!(shown.contains("env:SIEVERT_TEST_UNSET is not set"), "{shown}");
        let gone = KeyPlace::File("no/such/file".into()).fetch().expect_err("gone").to_string();
        assert!(gone.contains("file:no/such/file"), "{gone}");
    }

    #[test]
    fn places_read_back() {
        for text in ["env:SIEVERT_KEY", "file:keys/a"] {
            assert_eq!(KeyPlace::parse(text).expect("a place").to_string(), text);
        }
        for text in ["", "env:", "canary", "https:x", &format!("env:{}", "c0ffee".repeat(20))] {
            assert_eq!(KeyPlace::parse(text), None);
        }
    }
}
