//! An object made ready: what it holds is found out or taken as told, and its source and format stand together.

use std::fmt;
use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use serde::de::IgnoredAny as Ignored;

use crate::compression::Beside;
use crate::pieces::{Sizes, Stream, peek};
use crate::stdin::Stdin;
use crate::{
    Blob, Cause, Compression, Encoding, Error, Format, Kind, Location, Object, Place, Source, binary,
};

/// The formats that are read and written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FormatName {
    /// Comma-separated values, whatever the delimiter.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// JSON, a value a line.
    Jsonl,
    /// One JSON array, its elements the records.
    Json,
    /// Plain text, a line a record.
    Text,
    /// Apache Parquet.
    Parquet,
    /// A table in memory. No file is one: it is not in [`FormatName::ALL`].
    Frame,
}

impl FormatName {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Csv, Self::Tsv, Self::Jsonl, Self::Json, Self::Text, Self::Parquet];

    /// Its name, as in `--input-format` and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Jsonl => "jsonl",
            Self::Json => "json",
            Self::Text => "text",
            Self::Parquet => "parquet",
            Self::Frame => "frame",
        }
    }

    /// Its media type (RFC 7111, RFC 8259; the others as registered or, for JSON lines, as customary).
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Tsv => "text/tab-separated-values",
            Self::Jsonl => "application/x-ndjson",
            Self::Json => "application/json",
            Self::Text => "text/plain",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Frame => "application/vnd.apache.arrow.stream",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What a file's name says of it.
    pub(crate) fn of_name(name: &str) -> (Option<Self>, Compression) {
        let name = name.to_ascii_lowercase();
        let (stem, compression) = [(".gz", Compression::Gzip), (".zst", Compression::Zstd)]
            .into_iter()
            .find_map(|(ending, compression)| Some((name.strip_suffix(ending)?, compression)))
            .unwrap_or((&name, Compression::None));
        let format = match stem.rsplit_once('.').map(|(_, extension)| extension) {
            Some("csv") => Some(Self::Csv),
            Some("tsv") => Some(Self::Tsv),
            Some("jsonl" | "ndjson") => Some(Self::Jsonl),
            Some("json") => Some(Self::Json),
            Some("txt" | "log" | "md") => Some(Self::Text),
            Some("parquet") => Some(Self::Parquet),
            _ => None,
        };
        (format, compression)
    }
}

/// Whether the first record of a CSV names the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Header {
    /// Look and see.
    #[default]
    Auto,
    /// It does.
    Yes,
    /// It is data.
    No,
}

/// What a record of plain text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextRecord {
    /// A line; of a key or a certificate as text (RFC 7468) all its lines.
    #[default]
    Line,
    /// The whole object.
    Object,
}

/// How an object is to be read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// The format, if it is not to be found out.
    pub format: Option<FormatName>,
    /// For CSV.
    pub header: Header,
    /// For CSV: the byte between cells, if it is not to be found out.
    pub delimiter: Option<u8>,
    /// For CSV: the byte around cells, if it is not to be found out.
    pub quote: Option<u8>,
    /// For text formats, if it is not to be found out.
    pub encoding: Option<Encoding>,
    /// For plain text.
    pub text_record: TextRecord,
    /// Bytes of a piece, decompressed, as long as no record is longer.
    pub piece_bytes: usize,
    /// Bytes of a record at most; a longer one is quarantined.
    pub record_limit: usize,
    /// Set by whoever wants to end the run: standard input is waited for no longer.
    pub stop: Arc<AtomicBool>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            format: None,
            header: Header::Auto,
            delimiter: None,
            quote: None,
            encoding: None,
            text_record: TextRecord::Line,
            piece_bytes: 1 << 20,
            record_limit: 16 << 20,
            stop: Arc::default(),
        }
    }
}

impl ReadOptions {
    /// The sizes of cuts. Places in a piece are u32: no piece comes near 4 GiB. The first bytes of a stream
    /// are never so few that a byte order mark is torn.
    pub(crate) fn sizes(&self) -> Sizes {
        let piece = self.piece_bytes.clamp(16, 1 << 30);
        Sizes { piece, record: self.record_limit.clamp(piece, 1 << 30) }
    }
}

/// What an object turned out to hold; stands in reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its format.
    pub format: FormatName,
    /// How its bytes are stored.
    pub compression: Compression,
    /// How its text is written; UTF-8 for formats that fix it.
    pub encoding: Encoding,
    /// For CSV: what stands between cells.
    pub delimiter: Option<u8>,
    /// For CSV: what stands around cells.
    pub quote: Option<u8>,
    /// For CSV: whether the first record names the columns.
    pub header: Option<bool>,
}

/// As reports show it: `csv, gzip, utf-8, delimiter ';', no header`.
impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.format.name())?;
        if self.compression != Compression::None {
            write!(f, ", {}", self.compression.name())?;
        }
        if self.encoding != Encoding::Utf8 {
            write!(f, ", {}", self.encoding.name())?;
        }
        if let Some(delimiter) = self.delimiter.filter(|delimiter| *delimiter != b',') {
            write!(f, ", delimiter {:?}", char::from(delimiter))?;
        }
        if self.header == Some(false) {
            f.write_str(", no header")?;
        }
        Ok(())
    }
}

/// An object ready to be read.
pub struct Opened {
    /// Its pieces.
    pub source: Box<dyn Source>,
    /// What decodes and renders them.
    pub format: Arc<dyn Format>,
    /// What it holds.
    pub description: Description,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("description", &self.description).finish_non_exhaustive()
    }
}

/// Bytes that detection looks at.
pub(crate) const SAMPLE: usize = 64 << 10;

/// What the caller looks for, as far as reading must know.
pub trait Interest {
    /// Whether a cell of what seems to be the header of a CSV is data: a row that holds data is no header, whatever it
    /// looks like.
    fn is_data(&self, cell: &str) -> bool;

    /// Whether cells of a kind in a field are looked at, of which none has more than so many bytes. Where a format keeps
    /// fields apart, others are neither read nor decoded: they stand in [`Batch::unwanted`](crate::Batch::unwanted).
    fn wants(&self, field: &str, kind: Kind, bytes: usize) -> bool;
}

/// For callers that look at everything.
impl Interest for () {
    fn is_data(&self, _: &str) -> bool {
        false
    }

    fn wants(&self, _: &str, _: Kind, _: usize) -> bool {
        true
    }
}

/// Opens an object.
///
/// # Errors
/// What keeps it from being read at all.
pub fn open(object: &Object, options: &ReadOptions, interest: &dyn Interest) -> Result<Opened, Error> {
    if let Location::Frame(frame) = &object.location {
        return crate::frame::open(frame, options.piece_bytes);
    }
    let place = Place::object(&*object.name);
    let named = options.format.or(object.format);
    if named == Some(FormatName::Parquet) {
        return parquet(object, options, interest);
    }
    let read = Arc::new(AtomicU64::new(0));
    let (mut stored, blob): (Box<dyn Read + Send>, _) = match &object.location {
        Location::Blob(blob) => (Box::new(blob.reader(0, read.clone())), Some(blob.clone())),
        Location::Stdin => {
            let stdin = Stdin::new(std::io::stdin(), read.clone(), options.stop.clone());
            (Box::new(stdin.map_err(|error| Cause::from(error).at(place.clone()))?), None)
        }
        Location::Frame(_) => unreachable!("returned above"),
    };
    let start = peek(&mut stored, binary::START);
    if options.format.is_none() && binary::is_parquet(&start) {
        return parquet(object, options, interest); // whatever it is called
    }
    let compression = Compression::of(&start);
    let said = Beside::default();
    let mut bytes = compression.reader(stored, said.clone());
    let start = peek(&mut bytes, SAMPLE);
    if let Some(cause) = binary::refuses(&start) {
        return Err(cause.at(place));
    }
    if Encoding::is_utf_32(&start) {
        return Err(Cause::Unsupported("text in UTF-32 is not read; write it as UTF-8").at(place));
    }
    let encoding = options.encoding.unwrap_or_else(|| Encoding::of(&start));
    let plain = compression == Compression::None && encoding == Encoding::Utf8;
    let mut stream = Stream { bytes: encoding.reader(bytes), read, plain, blob, place };

    let sample = stream.peek(SAMPLE);
    let format = match named {
        Some(FormatName::Json) if options.format.is_none() && crate::json::is_lines(&sample) => {
            FormatName::Jsonl
        }
        Some(_) if options.format.is_none() && binary::is_binary(&sample) => {
            return Err(Cause::NotText.at(stream.place));
        }
        Some(named) => named,
        None => of_text(&sample).ok_or_else(|| Cause::UnknownFormat.at(stream.place.clone()))?,
    };
    let description =
        Description { format, compression, encoding, delimiter: None, quote: None, header: None };
    let opened = match format {
        FormatName::Csv | FormatName::Tsv => crate::csv::open(stream, description, options, interest)?,
        FormatName::Text => crate::text::open(stream, description, options),
        FormatName::Jsonl | FormatName::Json => crate::json::open(stream, &sample, description, options),
        FormatName::Parquet | FormatName::Frame => unreachable!("returned above"),
    };
    Ok(if compression == Compression::None { opened } else { said.with(opened) })
}

fn parquet(object: &Object, options: &ReadOptions, interest: &dyn Interest) -> Result<Opened, Error> {
    let Location::Blob(blob) = &object.location else {
        let advice = "Parquet is not read from standard input, as its end comes first; name the file";
        return Err(Cause::Unsupported(advice).at(Place::object(&*object.name)));
    };
    let (source, format) = crate::parquet::open(blob.into(), blob.place(), options.piece_bytes, interest)?;
    let description = Description {
        format: FormatName::Parquet,
        compression: Compression::None,
        encoding: Encoding::Utf8,
        delimiter: None,
        quote: None,
        header: None,
    };
    Ok(Opened { source: Box::new(source), format: Arc::new(format), description })
}

/// What a stored object holds, by its first bytes; `None` if that is nothing known.
pub(crate) fn sniff(blob: &Blob) -> Result<Option<(FormatName, Compression)>, Error> {
    let end = blob.stamp().size.min(SAMPLE as u64);
    let stored = blob.range(0..end)?;
    if binary::is_parquet(&stored) {
        return Ok(Some((FormatName::Parquet, Compression::None)));
    }
    let compression = Compression::of(&stored);
    let mut bytes = compression.reader(Cursor::new(stored), Beside::default());
    let start = peek(&mut bytes, SAMPLE);
    if let Some(cause) = binary::refuses(&start) {
        return Err(cause.at(blob.place()));
    }
    let encoding = Encoding::of(&start);
    let text = peek(&mut encoding.reader(bytes), SAMPLE);
    Ok(of_text(&text).map(|format| (format, compression)))
}

/// The format of decoded text; `None` if it is no text.
fn of_text(sample: &[u8]) -> Option<FormatName> {
    let text = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
    // Binary data has control characters or bytes that are no text all over; a stray one is damage.
    let strange = text.iter().filter(|byte| binary::is_control(**byte)).count()
        + text.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    if strange * 50 > text.len() {
        return None;
    }
    Some(match text.trim_ascii_start().first() {
        Some(b'{' | b'[') if crate::json::is_lines(text) => FormatName::Jsonl,
        Some(b'[' | b'{') if serde_json_begins(text) => FormatName::Json,
        _ if crate::csv::looks_like_csv(text) => FormatName::Csv,
        _ => FormatName::Text,
    })
}

/// Whether the text is JSON as far as it goes.
fn serde_json_begins(sample: &[u8]) -> bool {
    match serde_json::from_slice::<Ignored>(sample) {
        Ok(_) => true,
        Err(error) => error.is_eof(),
    }
}
