//! The key, and what is made with it: pseudonyms and fingerprints. The key's bytes are not kept, only HMAC's state
//! after reading them, which is wiped when dropped.

use std::fmt;

use data_encoding::{BASE32_NOPAD, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Error;

/// The version of the way from value to token. A change of it changes every token, so reports carry it.
pub const SCHEME: u32 = 1;
/// Base32 characters in a token: 80 bits, so that among a thousand million distinct values two share a token with a
/// chance of less than one in a million.
pub const TOKEN_LENGTH: usize = 16;
/// Bytes that a key needs: as many as its hash gives (RFC 2104 section 3).
pub(crate) const MINIMUM: usize = 32;

/// A secret of at least 32 bytes. Has no way to show itself.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// The key with these bytes.
    ///
    /// # Errors
    /// [`Error::ShortKey`] below 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() < MINIMUM {
            return Err(Error::ShortKey(bytes.len()));
        }
        Ok(Self(Hmac::new_from_slice(bytes).expect("HMAC takes a key of any length")))
    }

    /// The key that these hexadecimal digits spell; blanks around them do not count.
    ///
    /// # Errors
    /// [`Error::NotHex`], [`Error::ShortKey`].
    pub fn from_hex(digits: &str) -> Result<Self, Error> {
        let bytes = HEXLOWER_PERMISSIVE.decode(digits.trim().as_bytes()).map_err(|_| Error::NotHex)?;
        Self::from_bytes(&Zeroizing::new(bytes))
    }

    /// 32 random bytes: what `sievert key new` writes.
    ///
    /// # Errors
    /// [`Error::NoRandomness`].
    pub fn random_bytes() -> Result<Zeroizing<[u8; MINIMUM]>, Error> {
        let mut bytes = Zeroizing::new([0; MINIMUM]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| Error::NoRandomness)?;
        Ok(bytes)
    }

    /// A new random key.
    ///
    /// # Errors
    /// [`Error::NoRandomness`].
    pub fn generate() -> Result<Self, Error> {
        Self::from_bytes(Self::random_bytes()?.as_slice())
    }

    /// What stands for a value of this detector, without the type before it: [`TOKEN_LENGTH`] upper-case base32
    /// characters. `value` is the detector's normal form.
    pub fn pseudonym(&self, detector: &str, value: &str) -> String {
        self.digest("pseudonym", detector, value)
    }

    /// What stands for a value of this detector in findings and allow lists: lower-case base32. Says nothing about
    /// the value's pseudonym.
    pub fn fingerprint(&self, detector: &str, value: &str) -> String {
        self.digest("fingerprint", detector, value).to_ascii_lowercase()
    }

    /// What tells this key from another in a report.
    pub fn id(&self) -> String {
        self.digest("key", "", "").to_ascii_lowercase()
    }

    fn digest(&self, purpose: &str, detector: &str, value: &str) -> String {
        // Purpose and id hold no NUL, so no two triples make one message.
        let mut mac = self.0.clone();
        for part in ["sievert ", purpose, " ", &SCHEME.to_string(), "\0", detector, "\0", value] {
            mac.update(part.as_bytes());
        }
        let mut text = BASE32_NOPAD.encode(&mac.finalize().into_bytes());
        text.truncate(TOKEN_LENGTH);
        text
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: [u8; 32] = *b"canary-canary-canary-canary-key!";

    /// Made once with Python's `hmac`: a token must mean the same in every version of this scheme.
    #[test]
    fn a_token_is_the_same_for_ever() {
        let key = Key::from_bytes(&CANARY).expect("32 bytes");
        assert_eq!(key.pseudonym("global.email", "anna@example.com"), "QFDT3HLU6SOW5A6L");
        assert_eq!(key.fingerprint("global.email", "anna@example.com"), "zfbau5kquiwxsons");
    }

    #[test]
    fn purposes_detectors_and_keys_do_not_meet() {
        let key = Key::from_bytes(&CANARY).expect("32 bytes");
        let other = Key::generate().expect("random");
        let tokens = [
            key.pseudonym("a.b", "1"),
            key.pseudonym("a.c", "1"),
            key.pseudonym("a.b", "2"),
            other.pseudonym("a.b", "1"),
            key.fingerprint("a.b", "1").to_ascii_uppercase(),
        ];
        for (at, token) in tokens.iter().enumerate() {
            assert_eq!(token.len(), TOKEN_LENGTH);
            assert!(!tokens[..at].contains(token));
        }
        assert_ne!(key.id(), other.id());
    }

    #[test]
    fn a_key_reads_from_hex() {
        let hex = format!(" {}\n", "Ab".repeat(32));
        let key = Key::from_hex(&hex).expect("64 digits");
        assert_eq!(key.id(), Key::from_bytes(&[0xab; 32]).expect("32 bytes").id());
    }

    #[test]
    fn a_bad_key_is_refused_and_not_shown() {
        for (text, error) in [
            ("canary", Error::NotHex),
            ("", Error::ShortKey(0)),
            ("cafe", Error::ShortKey(2)),
            (&"canary".repeat(16), Error::NotHex),
        ] {
            let refused = Key::from_hex(text).expect_err("too short or not hex");
            assert_eq!(refused, error);
            let shown = format!("{refused} {refused:?}");
            assert!(!shown.contains("cafe") && !shown.contains("canary"), "{shown}");
        }
        let shown = format!("{:?}", Key::from_bytes(&CANARY).expect("32 bytes"));
        assert!(!shown.contains("canary") && !shown.contains("99, 97"), "{shown}");
    }
}
