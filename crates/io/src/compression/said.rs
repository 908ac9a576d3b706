//! What a compressed object says beside its text: name, comment and extra field of a gzip member, and frames that readers
//! of zstd skip. It is looked at as the metadata of a table are; a copy in which anything changes has none of it.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flate2::GzHeader;

use crate::typed::{self, Text};
use crate::{
    Batch, Cause, Content, Edit, Error, Format, Kind, Layout, Mark, Opened, Piece, Rendered, Source, beside,
};

/// Bytes of it that are held until the next piece takes them.
const MOST: usize = 16 << 20;

/// What a compressed object has said beside its text since the piece before: only its format knows more of it.
#[derive(Default)]
pub struct Said {
    /// Field and text.
    texts: Vec<(&'static str, String)>,
    /// What is no text, and how often.
    binary: BTreeMap<&'static str, u64>,
    size: usize,
}

/// Shows no text.
impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Said({})", self.size)
    }
}

/// Where the reader of a stream leaves it for the source of its pieces.
#[derive(Clone, Default)]
pub(crate) struct Beside(Arc<Mutex<Said>>);

impl Beside {
    fn lock(&self) -> MutexGuard<'_, Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next bytes of a stream, a frame to be skipped.
    pub(super) fn skipped(&self, size: usize, stored: &mut impl Read) -> io::Result<()> {
        self.room(size)?;
        let mut bytes = vec![0; size];
        stored.read_exact(&mut bytes)?;
        self.add("zstd.skipped", &bytes)
    }

    pub(super) fn header(&self, header: &GzHeader) -> io::Result<()> {
        let parts = [
            ("gzip.file_name", header.filename()),
            ("gzip.comment", header.comment()),
            ("gzip.extra", header.extra()),
        ];
        parts.into_iter().try_for_each(|(field, bytes)| self.add(field, bytes.unwrap_or_default()))
    }

    fn add(&self, field: &'static str, bytes: &[u8]) -> io::Result<()> {
        self.room(bytes.len())?;
        let (mut said, mut text) = (self.lock(), String::new());
        match typed::bytes(bytes, &mut text) {
            _ if bytes.is_empty() => {}
            Text::Whole | Text::Lossy => {
                said.size += text.len();
                said.texts.push((field, text));
            }
            Text::None | Text::Null => *said.binary.entry(field).or_default() += 1,
        }
        Ok(())
    }

    fn room(&self, bytes: usize) -> Result<(), Cause> {
        let why = "more than 16 MiB stand beside its text where readers do not look; compress it anew";
        if self.lock().size + bytes > MOST { Err(Cause::Unsupported(why)) } else { Ok(()) }
    }

    /// What was opened, with what its stream says beside it.
    pub(crate) fn with(self, opened: Opened) -> Opened {
        let source = Box::new(Pieces { inner: opened.source, said: self, record: 0, behind: 0 });
        Opened { source, format: Arc::new(Around(opened.format)), ..opened }
    }
}

/// Pieces with what was said before their ends.
struct Pieces {
    inner: Box<dyn Source>,
    said: Beside,
    /// The first record of the last piece.
    record: u64,
    /// A piece without records, for what was said behind the last one.
    behind: u64,
}

impl Source for Pieces {
    fn next(&mut self) -> Result<Option<Piece>, Error> {
        let piece = self.inner.next()?;
        let beside = take(&mut *self.said.lock());
        let piece = match piece {
            None if beside.texts.is_empty() && beside.binary.is_empty() => return Ok(None),
            None => {
                self.behind += 1;
                let content = Content::Bytes(Vec::new());
                let index = self.inner.mark().pieces;
                Piece { index, first_record: self.record, first_line: 1, cost: 0, content, beside }
            }
            Some(piece) => Piece { beside, ..piece },
        };
        self.record = piece.first_record;
        Ok(Some(Piece { cost: piece.cost + piece.beside.size, ..piece }))
    }

    fn position(&self) -> u64 {
        self.inner.position()
    }

    fn mark(&self) -> Mark {
        let mark = self.inner.mark();
        Mark { pieces: mark.pieces + self.behind, ..mark }
    }
}

/// A text format, and cells beside its own that are in no place of the text.
struct Around(Arc<dyn Format>);

impl Format for Around {
    fn decode(&self, mut piece: Piece) -> Result<Batch, Error> {
        let said = take(&mut piece.beside);
        let mut batch = match &piece.content {
            Content::Bytes(bytes) if bytes.is_empty() => {
                Batch { first_record: piece.first_record, ..Batch::default() }
            }
            _ => self.0.decode(piece)?,
        };
        let cells = said.texts.iter().map(|(field, text)| beside::texts(field, Kind::Metadata, [text]));
        batch.texts.extend(cells);
        batch.binary.extend(said.binary.into_iter().map(|(field, cells)| (field.into(), cells)));
        Ok(batch)
    }

    fn encode(&self, batch: &Batch, edits: &[Edit]) -> Result<Rendered, Error> {
        let own = batch.texts.iter().take_while(|texts| texts.kind != Kind::Metadata).count() as u32;
        let (edits, beside) = edits.split_at(edits.partition_point(|edit| edit.texts < own));
        let mut rendered = match &batch.layout {
            Layout::None => Rendered { verbatim: true, ..Rendered::default() },
            _ => self.0.encode(batch, edits)?,
        };
        rendered.verbatim &= beside.is_empty();
        Ok(rendered)
    }
}
