//! What can be wrong with a key. Never a byte of one.

use crate::key::MINIMUM;

/// Why no redactor could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An action needs a key and none was given.
    #[error(
        "a pseudonym needs a key; make one with `sievert key new FILE` and name it in the policy under [key]"
    )]
    NoKey,
    /// The key has too few bytes.
    #[error("the key has {0} bytes and needs at least {MINIMUM}; make one with `sievert key new FILE`")]
    ShortKey(usize),
    /// The key is not in hexadecimal.
    #[error(
        "the key is not hexadecimal; write its bytes as an even number of hexadecimal digits and nothing else"
    )]
    NotHex,
    /// A key file holds hexadecimal text.
    #[error(
        "the file holds hexadecimal text, not a key's bytes; put it into an environment variable and say env:NAME"
    )]
    HexFile,
    /// The system gave no randomness.
    #[error("the operating system gave no random bytes for a key; try again")]
    NoRandomness,
}
