//! Whether a Parquet footer that is plain itself says that columns are encrypted or that it is signed. The crate passes
//! over that: it would take a column's cipher for pages, and pass an unwanted column on without what decrypts it.

/// `encryption_algorithm` of the struct `FileMetaData` in `parquet.thrift`.
const ENCRYPTION_ALGORITHM: i64 = 8;

/// What stands in place of a field's kind at the end of a struct.
const STOP: u8 = 0;

/// A footer nested deeper is not looked at to its end: it is none.
const DEPTH: usize = 64;

/// Whether the footer names an encryption. What cannot be read as one does not; the crate will say what is wrong with it.
pub(super) fn is_encrypted(footer: &[u8]) -> bool {
    let mut footer = Compact(footer);
    let mut id = 0;
    while let Some(kind) = footer.field(&mut id).filter(|kind| *kind != STOP) {
        if id == ENCRYPTION_ALGORITHM {
            return true;
        }
        if footer.skip(kind, DEPTH).is_none() {
            return false;
        }
    }
    false
}

/// Bytes of Thrift's compact protocol (thrift-compact-protocol.md), of which the first come next.
struct Compact<'a>(&'a [u8]);

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    fn bytes(&mut self, count: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// The kind of the next field of a struct, of which the last had this id, or [`STOP`]; `None` where the bytes end
    /// before the struct does.
    fn field(&mut self, id: &mut i64) -> Option<u8> {
        let header = self.byte()?;
        if header == STOP {
            return Some(STOP);
        }
        *id = match header >> 4 {
            0 => {
                let zigzag = self.number()?;
                (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed()
            }
            more => id.checked_add(more.into())?,
        };
        Some(header & 0xf)
    }

    /// Passes over a value of this kind; in a struct a truth has no bytes of its own.
    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            1 | 2 => Some(()),
            3 => self.bytes(1),
            4..=6 => self.number().map(|_| ()),
            7 => self.bytes(8),
            8 => self.number().and_then(|length| self.bytes(length)),
            9 | 10 => {
                let header = self.byte()?;
                let count = if header >> 4 == 15 { self.number()? } else { u64::from(header >> 4) };
                match header & 0xf {
                    1 | 2 => self.bytes(count),
                    kind => (0..count).try_for_each(|_| self.skip(kind, depth)),
                }
            }
            12 => {
                let mut id = 0;
                loop {
                    match self.field(&mut id)? {
                        STOP => return Some(()),
                        kind => self.skip(kind, depth)?,
                    }
                }
            }
            _ => None, // maps and kinds that no footer has
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_footer_ends_the_walk() {
        assert!(!is_encrypted(b""));
        assert!(!is_encrypted(&vec![0x19; 100_000]), "lists in lists");
        assert!(!is_encrypted(&vec![0x1c; 100_000]), "structs in structs");
        assert!(
            !is_encrypted(&[0x19, 0xf3, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]),
            "a list longer than all there is"
        );
        let many = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
        assert!(
            !is_encrypted(&[&[0x19, 0xfc], &many[..]].concat()),
            "structs without end where the bytes are at theirs"
        );
        assert!(!is_encrypted(&[0x06, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    }
}
