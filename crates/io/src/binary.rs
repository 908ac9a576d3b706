//! What is no text, whatever it is called. Taken for text, nothing would be found in it, and a rewritten copy would be
//! a broken one.

use crate::{Cause, Compression};

/// First bytes, and why what begins so is not read. Those of letters alone may begin a text too.
const KNOWN: [(&[u8], &str); 27] = [
    (b"\xfd7zXZ\0", "xz is not read; decompress it, or compress it with gzip or zstd"),
    (b"\x04\x22\x4d\x18", "lz4 is not read; decompress it, or compress it with gzip or zstd"),
    (b"\xff\x06\0\0sNaPpY", "snappy is not read; decompress it, or compress it with gzip or zstd"),
    (b"\x1f\x9d", "compress (.Z) is not read; decompress it, or compress it with gzip or zstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive is not read; unpack it"),
    (b"Rar!\x1a\x07", "a rar archive is not read; unpack it"),
    (b"PK\x03\x04", "a zip archive, or a document that is one, is not read; unpack it"),
    (b"PK\x05\x06", "a zip archive is not read; unpack it"),
    (
        b"PAR1",
        "Parquet is not read through another compression or format; decompress it, and let it be found out",
    ),
    (b"PARE", "the Parquet file is encrypted; decrypt it first"),
    (b"ORC", "ORC is not read; write it as Parquet"),
    (b"Obj\x01", "Avro is not read; write it as Parquet or JSON lines"),
    (b"ARROW1\0\0", "an Arrow file is not read; write it as Parquet"),
    (b"\x89HDF\r\n\x1a\n", "HDF5 is not read; write its tables as Parquet or CSV"),
    (b"\x93NUMPY", "an array of numpy is not read; write it as Parquet or CSV"),
    (b"SQLite format 3\0", "an SQLite database is not read; export its tables as CSV or Parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document is not read; save it as CSV or text"),
    (b"%PDF-", "a PDF is not read; extract its text"),
    (b"\x89PNG\r\n\x1a\n", IMAGE),
    (b"\xff\xd8\xff", IMAGE),
    (b"GIF8", IMAGE),
    (b"II*\0", IMAGE),
    (b"MM\0*", IMAGE),
    (b"RIFF", "sound, film or an image is not read; leave it out with --exclude"),
    (b"\x7fELF", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"\0asm", PROGRAM),
];

const IMAGE: &str = "an image is not read; leave it out with --exclude";
const PROGRAM: &str = "a program is not read; leave it out with --exclude";

/// Why bytes that begin so, once decompressed, are not read: they are compressed, packed or written in a way that is
/// known and is not text.
pub(crate) fn refuses(start: &[u8]) -> Option<Cause> {
    let why = match start {
        _ if Compression::of(start) != Compression::None => {
            "what is compressed twice is not read; decompress it once"
        }
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..] => {
            "bzip2 is not read; decompress it, or compress it with gzip or zstd"
        }
        _ if start.get(257..262) == Some(b"ustar") => "a tar archive is not read; unpack it",
        _ => KNOWN.iter().find(|(first, _)| begins(start, first))?.1,
    };
    Some(Cause::Unsupported(why))
}

/// Bytes that tell whether something is Parquet.
pub(crate) const START: usize = 16;

/// Whether this is the start of a Parquet file, encrypted or not.
pub(crate) fn is_parquet(start: &[u8]) -> bool {
    begins(start, b"PAR1") || begins(start, b"PARE")
}

/// Whether bytes begin so. A text may begin with letters too, but nothing strange follows them there.
fn begins(start: &[u8], first: &[u8]) -> bool {
    let Some(rest) = start.strip_prefix(first) else { return false };
    let rest = &rest[..rest.len().min(START - 4)];
    let torn = std::str::from_utf8(rest).is_err_and(|error| error.error_len().is_some());
    torn || !first.iter().all(u8::is_ascii_graphic) || rest.iter().copied().any(is_control)
}

/// Whether this byte stands in text by accident only.
pub(crate) fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 14..=26 | 28..=31 | 0x7f)
}

/// Whether what its name calls text is none: many control characters of many kinds, as few kinds may stand between the
/// fields of a table; or many a NUL alone, as in UTF-16 that was torn, of which no value would be found. More of them are
/// a hole in a text. Bytes of an unknown encoding do not count: the lines without them are read.
pub(crate) fn is_binary(sample: &[u8]) -> bool {
    let signs = || sample.iter().copied().filter(|&byte| byte != 0 && is_control(byte));
    let kinds = signs().fold(0_u128, |kinds, byte| kinds | 1 << byte);
    let alone = sample.windows(3).filter(|around| around[1] == 0 && around[0] != 0 && around[2] != 0).count();
    kinds.count_ones() > 8 && signs().count() * 50 > sample.len() || alone > 4 && alone * 8 > sample.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_refused_by_name() {
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        for (start, told) in [
            (&tar[..], "tar archive"),
            (b"SQLite format 3\0\x10\0", "SQLite"),
            (b"ORC\x1b\0\0\x0a", "ORC"),
            (b"Obj\x01\x04\x14avro", "Avro"),
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
            (b"GIF89a\x01\0\x01\0", "image"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
            (b"PAR1\x15\x04\x15", "Parquet"),
            (b"PARE*\0\0\0i", "encrypted"),
        ] {
            let said = refuses(start).expect(told).to_string();
            assert!(said.contains(told), "{said}");
        }
    }

    #[test]
    fn text_is_not_refused() {
        for text in [
            "BZh,name\n",
            "PK,name\n",
            "7z,name\n",
            "",
            "7zXZ\n",
            "PAR1",
            "PAR1,PAR2\n",
            "ORC,Mordor\n",
            "PARE x\r\n",
            "GIF89a,PNG\n",
            "RIFF\t1\n",
            "ORC eleven b. \u{e9}\n",
            "%PDF-1.7 is how a PDF begins\n",
            "MZ\n",
            "II*\n",
        ] {
            assert!(refuses(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn few_kinds_of_control_characters_make_no_binary() {
        assert!(!is_binary(&b"1\x01ann\x02paris\x03\n".repeat(100)));
        assert!(!is_binary(&[&[0; 4000][..], b"behind the hole\n"].concat()));
        assert!(!is_binary("\u{ba}\u{df}".repeat(100).as_bytes()));
        assert!(is_binary(&(0..=255).collect::<Vec<u8>>()));
    }

    #[test]
    fn torn_utf_16_is_no_text_and_a_nul_here_and_there_is() {
        let wide: Vec<u8> = "maria@weber-labs.org\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(is_binary(&[&wide[..], &wide[1..]].concat()));
        assert!(!is_binary(&b"a line\0of words\0".repeat(100)));
        assert!(!is_binary(b"a,b\n1,x\0y\n"));
    }
}
