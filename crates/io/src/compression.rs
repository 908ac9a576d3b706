//! gzip and zstd around a text format, as streams. Knows nothing of what is inside; what stands beside it in them is
//! kept for whoever looks at the text.

mod said;

use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Read, Write};

use flate2::bufread::GzDecoder;
pub(crate) use said::Beside;
pub use said::Said;

use crate::Cause;
use crate::output::Sink;

/// How the bytes of a text format are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Compression {
    /// As they are.
    #[default]
    None,
    /// gzip, of one or more members.
    Gzip,
    /// Zstandard, of one or more frames.
    Zstd,
}

impl Compression {
    /// By the first bytes: RFC 1952, section 2.3.1, and RFC 8878, sections 3.1.1 and 3.1.2, as tools that compress in
    /// parallel begin with a frame to be skipped.
    pub fn of(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, 0x08, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::None,
        }
    }

    /// Its name, as in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The one of that name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::None, Self::Gzip, Self::Zstd].into_iter().find(|compression| compression.name() == name)
    }

    /// Reads through it; what it says beside the text goes to `said`.
    pub(crate) fn reader(self, stored: impl Read + Send + 'static, said: Beside) -> Box<dyn Read + Send> {
        match self {
            Self::None => Box::new(stored),
            Self::Gzip => Box::new(Checked {
                inner: Members { member: Some(GzDecoder::new(BufReader::new(stored))), told: false, said },
                truncated: "truncated gzip",
                damaged: "damaged gzip",
            }),
            Self::Zstd => Box::new(Checked {
                inner: Frames { between: Some(BufReader::new(stored)), frame: None, said },
                truncated: "truncated zstd",
                damaged: "damaged zstd",
            }),
        }
    }

    /// Writes through it, at the level that the usual tool would take.
    pub(crate) fn writer(self, sink: Box<dyn Sink>) -> Result<Writer, Cause> {
        let file = BufWriter::with_capacity(1 << 16, sink);
        Ok(match self {
            Self::None => Writer::None(file),
            Self::Gzip => Writer::Gzip(flate2::write::GzEncoder::new(file, flate2::Compression::default())),
            Self::Zstd => {
                let mut encoder = zstd::Encoder::new(file, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Writer::Zstd(encoder)
            }
        })
    }
}

/// gzip members, one behind another. Zeros behind one hold nothing: tapes and stores of blocks fill their last one with
/// them, and gzip(1) passes them over too.
struct Members<R> {
    member: Option<GzDecoder<R>>,
    /// Whether its header was kept.
    told: bool,
    said: Beside,
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(to)?;
            if let Some(header) = member.header().filter(|_| !self.told) {
                self.said.header(header)?;
                self.told = true;
            }
            if count > 0 || to.is_empty() {
                return Ok(count);
            }
            let stored = member.get_mut();
            let ended = loop {
                let next = stored.fill_buf()?;
                let (there, zeros) = (next.len(), next.iter().take_while(|byte| **byte == 0).count());
                stored.consume(zeros);
                if zeros < there || there == 0 {
                    break there == 0;
                }
            };
            let member = self.member.take().filter(|_| !ended);
            self.member = member.map(|member| GzDecoder::new(member.into_inner()));
            self.told = false;
        }
        Ok(0)
    }
}

/// zstd frames, one behind another; those to be skipped are read for what they say.
struct Frames<R> {
    /// What holds the next frame, when none is being read.
    between: Option<R>,
    frame: Option<zstd::Decoder<'static, io::Chain<Cursor<Vec<u8>>, R>>>,
    said: Beside,
}

impl<R: BufRead> Frames<R> {
    /// Begins the next frame that holds text; `false` at the end.
    fn next(&mut self) -> io::Result<bool> {
        let Some(stored) = &mut self.between else { return Ok(false) };
        loop {
            let mut start = Vec::new();
            stored.take(4).read_to_end(&mut start)?;
            match start[..] {
                [] => return Ok(false),
                [0x50..=0x5f, 0x2a, 0x4d, 0x18] => {
                    let mut size = [0; 4];
                    stored.read_exact(&mut size)?;
                    self.said.skipped(u32::from_le_bytes(size) as usize, stored)?;
                }
                _ => {
                    let stored = self.between.take().map(|stored| Cursor::new(start).chain(stored));
                    let frame = stored.map(zstd::Decoder::with_buffer).transpose()?;
                    self.frame = frame.map(zstd::Decoder::single_frame);
                    return Ok(true);
                }
            }
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.frame.is_some() || self.next()? {
            let count = self.frame.as_mut().map_or(Ok(0), |frame| frame.read(to))?;
            if count > 0 || to.is_empty() {
                return Ok(count);
            }
            self.between = self.frame.take().map(|frame| frame.finish().into_inner().1);
        }
        Ok(0)
    }
}

/// What zstd says of a frame that needs a window of more than 128 MiB, as `--long=31` may write it of a few bytes too.
const WIDE: &str = "Frame requires too much memory for decoding";

/// Tells a stream that ends early from one that holds damaged data; both are causes, never a silent end.
struct Checked<R> {
    inner: R,
    truncated: &'static str,
    damaged: &'static str,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.inner.read(to).map_err(|error| {
            if matches!(error.get_ref(), Some(inner) if inner.is::<Cause>()) {
                return error; // the store's word
            }
            match error.kind() {
                io::ErrorKind::UnexpectedEof => Cause::Damaged(self.truncated).into(),
                io::ErrorKind::Interrupted => error,
                _ if error.to_string() == WIDE => {
                    let why = "a zstd window of more than 128 MiB is not read; compress it again, with --long=27 at most";
                    Cause::Unsupported(why).into()
                }
                _ => Cause::Damaged(self.damaged).into(),
            }
        })
    }
}

/// A sink that is written through a compression.
pub(crate) enum Writer {
    None(BufWriter<Box<dyn Sink>>),
    Gzip(flate2::write::GzEncoder<BufWriter<Box<dyn Sink>>>),
    Zstd(zstd::Encoder<'static, BufWriter<Box<dyn Sink>>>),
}

impl Writer {
    /// Writes what the stream still holds and gives the sink back.
    pub(crate) fn finish(self) -> Result<Box<dyn Sink>, Cause> {
        let file = match self {
            Self::None(file) => file,
            Self::Gzip(encoder) => encoder.finish()?,
            Self::Zstd(encoder) => encoder.finish()?,
        };
        file.into_inner().map_err(|error| error.into_error().into())
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::None(file) => file.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::None(file) => file.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a gzip stream holds, or why it cannot be read.
    fn gunzip(stored: &[&[u8]]) -> Result<String, String> {
        let mut text = String::new();
        let read = Compression::Gzip
            .reader(Cursor::new(stored.concat()), Beside::default())
            .read_to_string(&mut text);
        read.map(|_| text).map_err(|error| error.to_string())
    }

    #[test]
    fn zeros_behind_a_member_hold_nothing_and_other_bytes_do() {
        let packed = |text: &str| {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            packed.write_all(text.as_bytes()).unwrap();
            packed.finish().unwrap()
        };
        let (one, two, block) = (packed("one\n"), packed("two\n"), [0; 10_240]);
        assert_eq!(gunzip(&[&one, &two]).as_deref(), Ok("one\ntwo\n"));
        assert_eq!(gunzip(&[&one, &block]).as_deref(), Ok("one\n"));
        assert_eq!(
            gunzip(&[&one, &block, &two, &[0]]).as_deref(),
            Ok("one\ntwo\n"),
            "nothing is passed over"
        );
        for (end, told) in [
            (&b"what is no member"[..], "damaged gzip"),
            (&one[..9], "truncated gzip"),
            (&one[..12], "truncated gzip"),
        ] {
            assert_eq!(gunzip(&[&one, end]), Err(format!("{told}; fetch it again")));
            assert_eq!(gunzip(&[&one, &block, end]), Err(format!("{told}; fetch it again")));
        }
    }

    /// A frame of one byte by RFC 8878, section 3.1.1: its magic number, a descriptor, the exponent of its window over
    /// 1 KiB, and one block as it is.
    #[test]
    fn a_window_that_is_too_wide_is_no_damage() {
        let read = |exponent: u8| {
            let frame = [0x28, 0xb5, 0x2f, 0xfd, 0, (exponent - 10) << 3, 0b1001, 0, 0, b'x'];
            let mut text = String::new();
            let read =
                Compression::Zstd.reader(Cursor::new(frame), Beside::default()).read_to_string(&mut text);
            read.map(|_| text).map_err(|error| error.to_string())
        };
        assert_eq!(read(27).as_deref(), Ok("x"));
        assert!(read(28).is_err_and(|told| told.contains("with --long=27 at most")));
    }

    #[test]
    fn a_frame_to_be_skipped_may_come_first() {
        let frame = zstd::encode_all(&b"a line\n"[..], 0).unwrap();
        let stored = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4], &frame[..]].concat();
        assert_eq!(Compression::of(&stored), Compression::Zstd);
        let mut text = String::new();
        Compression::Zstd.reader(Cursor::new(stored), Beside::default()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "a line\n");
    }
}
