//! One pass over bytes: 64 at a time become bit masks of the places that may be worth a look. It knows a few buckets of
//! windows as nibble tables and nothing else; whoever fills the tables decides what is looked for.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod vector;

use crate::filter::{Bytes, NUMBERS, USUAL, Window};
use crate::letters::is_key;

/// Bytes that one mask stands for.
pub(crate) const BLOCK: usize = 64;

/// The bytes that are looked at for one place, by their distance from it. With so many buckets, farther ones told hardly
/// any more shapes apart.
pub(crate) const LOOKS: [usize; 5] = [0, 1, 2, 3, 4];

/// A table of nibbles tells eight buckets apart; so many tables there are for each place looked at.
const PLANES: usize = 3;

/// Sets of windows that the kernel can be given.
pub(crate) const BUCKETS: usize = 8 * PLANES;

/// How far the kernel looks ahead.
const FARTHEST: usize = LOOKS[LOOKS.len() - 1];

/// A block with what stands around it: the byte before, and those that are looked at for its last place.
const WINDOW: usize = 1 + BLOCK + FARTHEST;

/// Eight sets of bytes, compared with at once. A byte is in a set where `low` of its low half and `high` of its high half
/// share the set's bit: each set is a little larger than what was put in.
#[derive(Clone, Copy, Debug, Default)]
struct Nibbles {
    low: [u8; 16],
    high: [u8; 16],
}

impl Nibbles {
    /// Adds bytes to the set of a bit.
    fn insert(&mut self, bit: u8, Halves { low, high }: Halves) {
        for half in 0..16 {
            self.low[half] |= if low >> half & 1 != 0 { bit } else { 0 };
            self.high[half] |= if high >> half & 1 != 0 { bit } else { 0 };
        }
    }

    fn look(&self, byte: u8) -> u8 {
        self.low[usize::from(byte & 15)] & self.high[usize::from(byte >> 4)]
    }
}

/// A set of bytes as nibbles can tell it: all whose low half is in one set of halves and whose high half in another.
#[derive(Clone, Copy, Debug, Default)]
struct Halves {
    low: u16,
    high: u16,
}

impl Halves {
    fn of(bytes: &Bytes) -> Self {
        bytes.iter().fold(Self::default(), |Self { low, high }, byte| Self {
            low: low | 1 << (byte & 15),
            high: high | 1 << (byte >> 4),
        })
    }

    /// The share of each of the usual texts that these bytes make up.
    fn shares(self) -> [f64; 2] {
        if self.low & self.high == u16::MAX {
            return [1.0; 2];
        }
        let halves = |set: u16| (0..16).filter(move |half| set >> half & 1 != 0);
        let mut shares = [0.0; 2];
        for byte in halves(self.high).flat_map(|high| halves(self.low).map(move |low| high << 4 | low)) {
            shares.iter_mut().zip(USUAL[byte]).for_each(|(share, usual)| *share += usual);
        }
        shares
    }
}

/// Windows that the kernel does not tell apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    /// What may stand at each of the places looked at.
    looks: [Halves; LOOKS.len()],
    /// No ASCII letter or digit stands before the place.
    after_none: bool,
}

impl Bucket {
    pub(crate) fn of(window: &Window) -> Self {
        let letter = |byte: u8| byte.is_ascii_alphanumeric();
        Self {
            looks: LOOKS.map(|ahead| Halves::of(&window.at(ahead))),
            after_none: !window.behind.iter().any(letter),
        }
    }

    /// What is in one or the other.
    pub(crate) fn or(&self, other: &Self) -> Self {
        let mut both = *self;
        for (look, Halves { low, high }) in both.looks.iter_mut().zip(other.looks) {
            *look = Halves { low: look.low | low, high: look.high | high };
        }
        both.after_none &= other.after_none;
        both
    }

    /// What the kernel takes for one of the windows, as a share of the places of a usual text.
    pub(crate) fn share(&self) -> f64 {
        let mut shares = [1.0, NUMBERS];
        for look in self.looks {
            shares.iter_mut().zip(look.shares()).for_each(|(all, of_look)| *all *= of_look);
        }
        shares.iter().sum::<f64>() * if self.after_none { 0.25 } else { 1.0 }
    }
}

/// The tables of a kernel, and the instructions that it uses.
#[derive(Debug)]
pub(crate) struct Kernel {
    looks: [[Nibbles; PLANES]; LOOKS.len()],
    /// ASCII letters and digits, and nothing else: each bit is a set that nibbles tell exactly. So with `keys`.
    letters: Nibbles,
    keys: Nibbles,
    /// The buckets whose places may stand behind a letter or digit.
    after_any: [u8; PLANES],
    path: Path,
}

/// The instructions that a kernel uses, of those that the machine has. All find the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Path(Instructions);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instructions {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Ssse3,
    #[cfg(target_arch = "aarch64")]
    Neon,
    Portable,
}

impl Path {
    /// What this machine can run, fastest first.
    pub(crate) fn available() -> Vec<Self> {
        let mut paths = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            // The processors that came before VBMI slow down where vectors are so wide.
            if std::arch::is_x86_feature_detected!("avx512bw")
                && std::arch::is_x86_feature_detected!("avx512vbmi")
            {
                paths.push(Self(Instructions::Avx512));
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                paths.push(Self(Instructions::Avx2));
            }
            if std::arch::is_x86_feature_detected!("ssse3") {
                paths.push(Self(Instructions::Ssse3));
            }
        }
        #[cfg(target_arch = "aarch64")]
        if std::arch::is_aarch64_feature_detected!("neon") {
            paths.push(Self(Instructions::Neon));
        }
        paths.push(Self(Instructions::Portable));
        paths
    }
}

/// What the kernel says of one block; bit `n` stands for its byte `n`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// Places that look like a window of some bucket.
    pub(crate) hits: u64,
    /// ASCII letters and digits.
    pub(crate) letters: u64,
    pub(crate) digits: u64,
    /// Capital ASCII letters.
    pub(crate) capitals: u64,
    /// What keys and tokens are made of: letters, digits, `+`, `/`, `-` and `_`.
    pub(crate) keys: u64,
    /// The first bytes of characters beyond ASCII.
    pub(crate) foreign: u64,
}

impl Kernel {
    /// Of at most [`BUCKETS`].
    pub(crate) fn new(buckets: &[Bucket], path: Path) -> Self {
        let mut looks = [[Nibbles::default(); PLANES]; LOOKS.len()];
        let mut after_any = [0; PLANES];
        for (nth, bucket) in buckets.iter().enumerate() {
            let (plane, bit) = (nth / 8, 1 << (nth % 8));
            looks.iter_mut().zip(bucket.looks).for_each(|(look, halves)| look[plane].insert(bit, halves));
            after_any[plane] |= if bucket.after_none { 0 } else { bit };
        }
        let (mut letters, mut keys) = (Nibbles::default(), Nibbles::default());
        // Digits have the first bit.
        let ranges = [b'0'..=b'9', b'A'..=b'O', b'P'..=b'Z', b'a'..=b'o', b'p'..=b'z'];
        for (bit, range) in ranges.iter().enumerate() {
            let halves = Halves::of(&Bytes::of(|byte| range.contains(&byte)));
            letters.insert(1 << bit, halves);
            keys.insert(1 << bit, halves);
        }
        let signs = Bytes::of(|byte| is_key(byte) && !byte.is_ascii_alphanumeric() && byte != b'_');
        keys.insert(1 << 5, Halves::of(&signs));
        keys.insert(1 << 6, Halves::of(&Bytes::of(|byte| byte == b'_')));
        Self { looks, letters, keys, after_any, path }
    }

    /// Appends the masks of a text, a block each. The byte before a place does not count where `fresh`, by block, has
    /// its bit: a new cell begins there.
    pub(crate) fn run(&self, text: &[u8], fresh: &[u64], out: &mut Vec<Masks>) {
        match self.path.0 {
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => vector::avx512(self, text, fresh, out),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => vector::avx2(self, text, fresh, out),
            #[cfg(target_arch = "x86_64")]
            Instructions::Ssse3 => vector::ssse3(self, text, fresh, out),
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon => vector::neon(self, text, fresh, out),
            Instructions::Portable => {
                blocks(text, fresh, out, |window, fresh| self.block(window, fresh));
            }
        }
    }

    /// The plain meaning of a block.
    fn block(&self, window: &[u8; WINDOW], fresh: u64) -> Masks {
        let mut masks = Masks::default();
        for place in 0..BLOCK {
            let bit = 1 << place;
            let free = fresh & bit != 0 || self.letters.look(window[place]) == 0;
            let hit = (0..PLANES).any(|plane| {
                let behind = if free { u8::MAX } else { self.after_any[plane] };
                let ahead = self.looks.iter().zip(LOOKS.map(|ahead| window[place + 1 + ahead]));
                ahead.fold(behind, |buckets, (look, byte)| buckets & look[plane].look(byte)) != 0
            });
            if hit {
                masks.hits |= bit;
            }
            let byte = window[place + 1];
            if self.letters.look(byte) != 0 {
                masks.letters |= bit;
            }
            if byte.is_ascii_digit() {
                masks.digits |= bit;
            }
            if byte.is_ascii_uppercase() {
                masks.capitals |= bit;
            }
            if self.keys.look(byte) != 0 {
                masks.keys |= bit;
            }
            if byte >= 0xC0 {
                masks.foreign |= bit;
            }
        }
        masks
    }
}

/// Calls `block` for each block of the text. The first and the last ones are copied to where there are bytes on both
/// sides of them.
#[inline(always)]
#[expect(clippy::inline_always, reason = "in a function with vector instructions, or they could not be used")]
fn blocks(
    text: &[u8],
    fresh: &[u64],
    out: &mut Vec<Masks>,
    mut block: impl FnMut(&[u8; WINDOW], u64) -> Masks,
) {
    for (nth, at) in (0..text.len()).step_by(BLOCK).enumerate() {
        let fresh = fresh.get(nth).copied().unwrap_or(0);
        let around = at.checked_sub(1).and_then(|from| text[from..].first_chunk::<WINDOW>());
        out.push(if let Some(window) = around {
            block(window, fresh)
        } else {
            let mut padded = [0; WINDOW];
            let from = at.saturating_sub(1);
            let rest = &text[from..text.len().min(at + WINDOW - 1)];
            padded[from + 1 - at..][..rest.len()].copy_from_slice(rest);
            let inside = u64::MAX >> (BLOCK - BLOCK.min(text.len() - at));
            let Masks { hits, letters, digits, capitals, keys, foreign } = block(&padded, fresh);
            let all = [hits, letters, digits, capitals, keys, foreign].map(|mask| mask & inside);
            let [hits, letters, digits, capitals, keys, foreign] = all;
            Masks { hits, letters, digits, capitals, keys, foreign }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Draw;

    /// Eight buckets of the kinds that shapes make.
    fn buckets() -> Vec<Bucket> {
        let digit = Bytes::of(|byte| byte.is_ascii_digit());
        let upper = Bytes::of(|byte| byte.is_ascii_uppercase());
        let one = |sign: u8| Bytes::of(|byte| byte == sign);
        let foreign = Bytes::of(|byte| !byte.is_ascii());
        let border = Bytes::of(|byte| !byte.is_ascii_alphanumeric());
        let window = |behind, ahead: &[Bytes]| Window { behind, ahead: ahead.to_vec() };
        [
            window(border, &[digit, digit, one(b'-')]),
            window(border, &[upper; 12]),
            window(Bytes::ALL, &[one(b'@'), Bytes::ALL, Bytes::ALL, one(b'.')]),
            window(Bytes::ALL, &[one(b':'), one(b'/'), one(b'/')]),
            window(border, &[foreign, foreign]),
            window(Bytes::ALL, &[digit; 16]),
            window(border, &[one(b'e'), one(b'y')]),
            window(Bytes::ALL, &[one(b' '), one(b'a'), one(b't'), one(b' ')]),
        ]
        .iter()
        .map(Bucket::of)
        .collect()
    }

    fn masks(path: Path, text: &[u8], fresh: &[u64]) -> Vec<Masks> {
        let mut out = Vec::new();
        Kernel::new(&buckets(), path).run(text, fresh, &mut out);
        out
    }

    /// Text with something for every bucket, and any bytes.
    fn text(draw: &mut Draw, length: usize) -> Vec<u8> {
        let alphabet = "0123456789ABCDEFab @.:/ey-_+at\n";
        let byte =
            |draw: &mut Draw| if draw.chance(90) { draw.letter(alphabet) as u8 } else { draw.bits() as u8 };
        (0..length).map(|_| byte(draw)).collect()
    }

    #[test]
    fn every_path_finds_the_same_at_every_length_and_alignment() {
        let mut draw = Draw::new(3);
        let all = text(&mut draw, 400);
        for path in Path::available() {
            for from in 0..70 {
                for to in [from, from + 1, from + 63, from + 64, from + 65, from + 80, from + 143, 330, 400] {
                    let text = &all[from..to];
                    let fresh: Vec<u64> = text.chunks(BLOCK).map(|_| draw.bits() & draw.bits()).collect();
                    let plain = masks(Path(Instructions::Portable), text, &fresh);
                    assert_eq!(masks(path, text, &fresh), plain, "{path:?} from {from} to {to}");
                }
            }
        }
    }

    #[test]
    fn the_plain_path_says_what_the_buckets_say() {
        let text = b"a 12-3 a@bc.d ://x eye ABCDEFGHIJKLM x12-";
        let hits = masks(Path(Instructions::Portable), text, &[])[0].hits;
        let places: Vec<_> =
            (0..text.len()).filter(|at| hits >> at & 1 != 0).map(|at| text[at] as char).collect();
        assert_eq!(places.iter().collect::<String>(), "1@:eA");
    }

    #[test]
    fn a_cell_begins_behind_nothing() {
        let text = b"abc12-34";
        let hits = |fresh: u64| masks(Path(Instructions::Portable), text, &[fresh])[0].hits;
        assert_eq!((hits(0), hits(1 << 3)), (0, 1 << 3));
    }

    #[test]
    fn letters_digits_and_keys_are_exact() {
        let text: Vec<u8> = (0..=u8::MAX).collect();
        for path in Path::available() {
            let masks = masks(path, &text, &[]);
            for byte in 0..=u8::MAX {
                let of =
                    |mask: fn(&Masks) -> u64| mask(&masks[usize::from(byte) / BLOCK]) >> (byte % 64) & 1 != 0;
                assert_eq!(of(|masks| masks.letters), byte.is_ascii_alphanumeric(), "{byte}");
                assert_eq!(of(|masks| masks.digits), byte.is_ascii_digit(), "{byte}");
                assert_eq!(of(|masks| masks.capitals), byte.is_ascii_uppercase(), "{byte}");
                assert_eq!(of(|masks| masks.keys), is_key(byte), "{byte}");
                assert_eq!(of(|masks| masks.foreign), byte >= 0xC0, "{byte}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    #[expect(unsafe_code, reason = "a page that must not be touched")]
    fn no_path_reads_behind_the_text() {
        const PAGE: usize = 4096;
        // SAFETY: two fresh pages of our own; the second may not be touched, and the slice below is of the first.
        let page = unsafe {
            let prot = libc::PROT_READ | libc::PROT_WRITE;
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let pages = libc::mmap(std::ptr::null_mut(), 2 * PAGE, prot, flags, -1, 0);
            assert_ne!(pages, libc::MAP_FAILED);
            assert_eq!(libc::mprotect(pages.add(PAGE), PAGE, libc::PROT_NONE), 0);
            std::slice::from_raw_parts_mut(pages.cast::<u8>(), PAGE)
        };
        page.copy_from_slice(&text(&mut Draw::new(4), PAGE));
        for path in Path::available() {
            for length in (0..200).chain([PAGE - 1, PAGE]) {
                let text = &page[PAGE - length..];
                assert_eq!(
                    masks(path, text, &[]),
                    masks(Path(Instructions::Portable), text, &[]),
                    "{length}"
                );
            }
        }
    }
}
