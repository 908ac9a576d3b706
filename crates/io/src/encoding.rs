//! Text in other encodings than UTF-8: detected, decoded as a stream and encoded back.
//!
//! Bytes that are no text in their encoding become the byte 0xFF, which is never valid UTF-8: the record they stand in
//! is quarantined like any other with bad bytes, instead of being repaired in silence.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult};

use crate::Cause;

/// How text is written as bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, ASCII included.
    #[default]
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Windows-1252, which holds ISO 8859-1 (Latin-1): every byte is a character.
    Windows1252,
}

impl Encoding {
    /// Its name, as in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// By a byte order mark, else by the first bytes as a whole.
    ///
    /// UTF-16 without a mark is taken where at least a quarter of the bytes on one side of the pairs are NUL and hardly
    /// any on the other. Windows-1252 is taken only where the sample is not UTF-8 anywhere: no character of it is a
    /// multi-byte one, and every high byte reads as a letter beside a letter or as usual punctuation. Else it is
    /// UTF-8 with bad bytes.
    pub fn of(sample: &[u8]) -> Self {
        match sample {
            [0xef, 0xbb, 0xbf, ..] => return Self::Utf8,
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            _ => {}
        }
        let pairs = sample.len() / 2;
        let nul = |side: usize| sample.iter().skip(side).step_by(2).filter(|&&byte| byte == 0).count();
        let (first, second) = (nul(0), nul(1));
        let is_high = |high: usize, low: usize| high >= 3 && high * 4 >= pairs && low * 8 <= high;
        if is_high(second, first) {
            return Self::Utf16Le;
        }
        if is_high(first, second) {
            return Self::Utf16Be;
        }
        if first + second > 0 {
            return Self::Utf8;
        }
        if reads_as_windows_1252(sample) { Self::Windows1252 } else { Self::Utf8 }
    }

    /// Whether this is UTF-32, which is none of these and hardly ever met. Taken for text, no two of its characters
    /// would stand beside each other, and no value would be found.
    pub(crate) fn is_utf_32(sample: &[u8]) -> bool {
        let (characters, _) = sample.as_chunks::<4>();
        let small = |low: [usize; 2], high: [usize; 2]| {
            let is = |c: &&[u8; 4]| high.map(|at| c[at]) == [0, 0] && low.map(|at| c[at]) != [0, 0];
            characters.iter().filter(is).count() * 4 >= characters.len() * 3
        };
        characters.len() >= 2 && (small([0, 1], [2, 3]) || small([2, 3], [0, 1]))
    }

    /// Reads text through it, as UTF-8.
    pub(crate) fn reader(self, bytes: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        let encoding = match self {
            Self::Utf8 => return bytes,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Windows1252 => encoding_rs::WINDOWS_1252,
        };
        Box::new(Transcoder {
            bytes,
            decoder: encoding.new_decoder_without_bom_handling(),
            raw: vec![0; 1 << 16],
            held: 0..0,
            text: Vec::new(),
            given: 0,
            ended: false,
            finished: false,
        })
    }

    /// Writes text in it, behind what `out` holds.
    pub(crate) fn encode(self, text: &[u8], out: &mut Vec<u8>) -> Result<(), Cause> {
        if self == Self::Utf8 {
            out.extend_from_slice(text);
            return Ok(());
        }
        let text = std::str::from_utf8(text).map_err(|_| {
            Cause::Unsupported("bytes that are no text cannot be written in the input's encoding")
        })?;
        match self {
            Self::Utf8 => unreachable!("returned above"),
            Self::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Self::Utf16Be => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Self::Windows1252 => {
                let (bytes, _, replaced) = encoding_rs::WINDOWS_1252.encode(text);
                if replaced {
                    return Err(Cause::Unsupported(
                        "a replacement holds a character that the input's encoding lacks; use ASCII in the policy",
                    ));
                }
                out.extend_from_slice(&bytes);
            }
        }
        Ok(())
    }
}

fn reads_as_windows_1252(sample: &[u8]) -> bool {
    let mut high = 0;
    for (at, &byte) in sample.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
        high += 1;
        let beside = |at: Option<usize>| {
            at.and_then(|at| sample.get(at)).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte >= 0xc0)
        };
        let fits = match byte {
            // Letters; not ÷ and ×, and not þ and ÿ, which as bytes are more often binary data than text.
            0xd7 | 0xf7 | 0xfe | 0xff => false,
            0xc0.. | 0x8a | 0x8c | 0x8e | 0x9a | 0x9c | 0x9e | 0x9f => {
                beside(at.checked_sub(1)) || beside(Some(at + 1))
            }
            // Euro, ellipsis, quotes, bullet, dashes; no-break blank, ¡ to ¿.
            0x80 | 0x85 | 0x91..=0x97 | 0xa0..=0xbf => true,
            _ => false,
        };
        if !fits {
            return false;
        }
    }
    let multi_byte = sample.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    high > 0 && !multi_byte
}

/// A stream of bytes in an encoding, read as UTF-8.
struct Transcoder {
    bytes: Box<dyn Read + Send>,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What of `raw` is not decoded.
    held: std::ops::Range<usize>,
    text: Vec<u8>,
    /// How much of `text` is given.
    given: usize,
    /// Whether `bytes` came to its end.
    ended: bool,
    /// Whether the decoder did too.
    finished: bool,
}

impl Transcoder {
    fn decode(&mut self) -> io::Result<()> {
        if self.held.is_empty() && !self.ended {
            let count = self.bytes.read(&mut self.raw)?;
            self.held = 0..count;
            self.ended = count == 0;
        }
        // A byte becomes three at most; a character held back from the last round needs a few more.
        self.text.resize(self.raw.len() * 3 + 16, 0);
        let (result, read, mut written) = self.decoder.decode_to_utf8_without_replacement(
            &self.raw[self.held.clone()],
            &mut self.text,
            self.ended,
        );
        self.held.start += read;
        match result {
            DecoderResult::InputEmpty => self.finished = self.ended,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                self.text[written] = 0xff;
                written += 1;
            }
        }
        self.text.truncate(written);
        self.given = 0;
        Ok(())
    }
}

impl Read for Transcoder {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if self.finished {
                return Ok(0);
            }
            self.decode()?;
        }
        let count = to.len().min(self.text.len() - self.given);
        to[..count].copy_from_slice(&self.text[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}
