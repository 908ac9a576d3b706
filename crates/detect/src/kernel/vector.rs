//! The block of the kernel with vector instructions: all of the crate's unsafe code. Loads take their bytes from arrays
//! whose length the compiler knows, so a load can be out of bounds only where a constant is wrong.
#![expect(unsafe_code, reason = "vector loads, and the call of a function that needs certain instructions")]
#![allow(clippy::wildcard_imports, reason = "the names of instructions speak for themselves")]

#[cfg(target_arch = "aarch64")]
use std::arch::aarch64::*;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

use super::{BLOCK, FARTHEST, Kernel, LOOKS, Masks, Nibbles, WINDOW, blocks};

/// Runs the kernel with AVX2; the caller has seen that the machine has it.
#[cfg(target_arch = "x86_64")]
pub(super) fn avx2(kernel: &Kernel, text: &[u8], fresh: &[u64], out: &mut Vec<Masks>) {
    debug_assert!(is_x86_feature_detected!("avx2"));
    // SAFETY: a path with these instructions is made by `Path::available` alone, which has asked the machine.
    unsafe { avx2_blocks(kernel, text, fresh, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2_blocks(kernel: &Kernel, text: &[u8], fresh: &[u64], out: &mut Vec<Masks>) {
    const LANES: usize = 32;
    let table = |half: &[u8; 16]| {
        // SAFETY: 16 bytes are read of an array of 16.
        _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(half.as_ptr().cast()) })
    };
    let nibble = _mm256_set1_epi8(15);
    let zero = _mm256_setzero_si256();
    let after_any = kernel.after_any.map(|buckets| _mm256_set1_epi8(buckets.cast_signed()));
    blocks(text, fresh, out, |window, fresh| {
        // Both parts of a block together, so that each table is loaded once.
        let parts = [0, LANES];
        let bytes = |ahead: usize| {
            parts.map(|from| {
                const { assert!(BLOCK + 1 + FARTHEST <= WINDOW) };
                // SAFETY: `ahead` is at most one more than `FARTHEST`, and `from` leaves `LANES` of the block.
                unsafe { _mm256_loadu_si256(window.as_ptr().add(from + ahead).cast()) }
            })
        };
        let halves = |bytes: [__m256i; 2]| {
            let low = |bytes| _mm256_and_si256(bytes, nibble);
            bytes.map(|bytes| (low(bytes), low(_mm256_srli_epi16(bytes, 4))))
        };
        let look = |nibbles: &Nibbles, halves: [(__m256i, __m256i); 2]| {
            let (low, high) = (table(&nibbles.low), table(&nibbles.high));
            halves.map(|(lows, highs)| {
                _mm256_and_si256(_mm256_shuffle_epi8(low, lows), _mm256_shuffle_epi8(high, highs))
            })
        };
        let both =
            |bits: [i32; 2]| u64::from(bits[0].cast_unsigned()) | u64::from(bits[1].cast_unsigned()) << LANES;
        let bits = |lanes: [__m256i; 2]| both(lanes.map(|lanes| _mm256_movemask_epi8(lanes)));
        let some = |lanes: [__m256i; 2]| !bits(lanes.map(|lanes| _mm256_cmpeq_epi8(lanes, zero)));
        let mut open = look(&kernel.letters, halves(bytes(0))).map(|letter| _mm256_cmpeq_epi8(letter, zero));
        if fresh != 0 {
            for (open, from) in open.iter_mut().zip(parts) {
                *open = _mm256_or_si256(*open, avx2_lanes((fresh >> from) as u32));
            }
        }
        let mut planes = after_any.map(|buckets| open.map(|open| _mm256_or_si256(open, buckets)));
        for (tables, ahead) in kernel.looks.iter().zip(LOOKS) {
            let halves = halves(bytes(1 + ahead));
            for (plane, table) in planes.iter_mut().zip(tables) {
                for (buckets, found) in plane.iter_mut().zip(look(table, halves)) {
                    *buckets = _mm256_and_si256(*buckets, found);
                }
            }
        }
        let any = planes.into_iter().fold([zero; 2], |[one, other], [first, second]| {
            [_mm256_or_si256(one, first), _mm256_or_si256(other, second)]
        });
        let here = bytes(1);
        let letters = look(&kernel.letters, halves(here));
        Masks {
            hits: some(any),
            letters: some(letters),
            digits: bits(letters.map(|letter| _mm256_slli_epi16(letter, 7))),
            keys: some(look(&kernel.keys, halves(here))),
            foreign: bits(here.map(|byte| _mm256_and_si256(byte, _mm256_slli_epi16(byte, 1)))),
        }
    });
}

/// All bits of a lane for each bit.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2_lanes(bits: u32) -> __m256i {
    let spread = _mm256_setr_epi8(
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3,
    );
    let bit = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64.cast_signed());
    let bytes = _mm256_shuffle_epi8(_mm256_set1_epi32(bits.cast_signed()), spread);
    _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit), bit)
}

/// Runs the kernel with SSSE3; the caller has seen that the machine has it.
#[cfg(target_arch = "x86_64")]
pub(super) fn ssse3(kernel: &Kernel, text: &[u8], fresh: &[u64], out: &mut Vec<Masks>) {
    debug_assert!(is_x86_feature_detected!("ssse3"));
    // SAFETY: a path with these instructions is made by `Path::available` alone, which has asked the machine.
    unsafe { ssse3_blocks(kernel, text, fresh, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "ssse3")]
fn ssse3_blocks(kernel: &Kernel, text: &[u8], fresh: &[u64], out: &mut Vec<Masks>) {
    const LANES: usize = 16;
    let table = |half: &[u8; 16]| {
        // SAFETY: 16 bytes are read of an array of 16.
        unsafe { _mm_loadu_si128(half.as_ptr().cast()) }
    };
    let both = |Nibbles { low, high }: &Nibbles| (table(low), table(high));
    let (letters, keys) = (both(&kernel.letters), both(&kernel.keys));
    let nibble = _mm_set1_epi8(15);
    let zero = _mm_setzero_si128();
    let after_any = kernel.after_any.map(|buckets| _mm_set1_epi8(buckets.cast_signed()));
    blocks(text, fresh, out, |window, fresh| {
        let mut masks = Masks::default();
        for from in (0..BLOCK).step_by(LANES) {
            let halves = |ahead: usize| {
                // SAFETY: `ahead` is at most one more than `FARTHEST`, and `from` leaves `LANES` of the block.
                let bytes = unsafe { _mm_loadu_si128(window.as_ptr().add(from + ahead).cast()) };
                const { assert!(BLOCK + 1 + FARTHEST <= WINDOW) };
                (_mm_and_si128(bytes, nibble), _mm_and_si128(_mm_srli_epi16(bytes, 4), nibble), bytes)
            };
            let look = |(low, high): (__m128i, __m128i), (lows, highs, _): (__m128i, __m128i, __m128i)| {
                _mm_and_si128(_mm_shuffle_epi8(low, lows), _mm_shuffle_epi8(high, highs))
            };
            let mut open = _mm_cmpeq_epi8(look(letters, halves(0)), zero);
            if fresh != 0 {
                open = _mm_or_si128(open, ssse3_lanes((fresh >> from) as u16));
            }
            let mut planes = after_any.map(|buckets| _mm_or_si128(open, buckets));
            for (tables, ahead) in kernel.looks.iter().zip(LOOKS) {
                let halves = halves(1 + ahead);
                for (buckets, look_at) in planes.iter_mut().zip(tables) {
                    *buckets = _mm_and_si128(*buckets, look(both(look_at), halves));
                }
            }
            let buckets = planes.into_iter().fold(zero, |any, buckets| _mm_or_si128(any, buckets));
            let here = halves(1);
            let bits = |lanes| u64::from(_mm_movemask_epi8(lanes) as u16) << from;
            let not = |lanes| u64::from(!_mm_movemask_epi8(lanes) as u16) << from;
            masks.hits |= not(_mm_cmpeq_epi8(buckets, zero));
            let letter = look(letters, here);
            masks.letters |= not(_mm_cmpeq_epi8(letter, zero));
            masks.digits |= bits(_mm_slli_epi16(letter, 7));
            masks.keys |= not(_mm_cmpeq_epi8(look(keys, here), zero));
            masks.foreign |= bits(_mm_and_si128(here.2, _mm_slli_epi16(here.2, 1)));
        }
        masks
    });
}

/// All bits of a lane for each bit.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "ssse3")]
fn ssse3_lanes(bits: u16) -> __m128i {
    let spread = _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    let bit = _mm_set1_epi64x(0x8040_2010_0804_0201_u64.cast_signed());
    let bytes = _mm_shuffle_epi8(_mm_set1_epi16(bits.cast_signed()), spread);
    _mm_cmpeq_epi8(_mm_and_si128(bytes, bit), bit)
}

/// Runs the kernel with NEON; the caller has seen that the machine has it.
#[cfg(target_arch = "aarch64")]
pub(super) fn neon(kernel: &Kernel, text: &[u8], fresh: &[u64], out: &mut Vec<Masks>) {
    // SAFETY: a path with these instructions is made by `Path::available` alone, which has asked the machine.
    unsafe { neon_blocks(kernel, text, fresh, out) }
}

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
fn neon_blocks(kernel: &Kernel, text: &[u8], fresh: &[u64], out: &mut Vec<Masks>) {
    const LANES: usize = 16;
    let table = |half: &[u8; 16]| {
        // SAFETY: 16 bytes are read of an array of 16.
        unsafe { vld1q_u8(half.as_ptr()) }
    };
    let both = |Nibbles { low, high }: &Nibbles| (table(low), table(high));
    let (letters, keys) = (both(&kernel.letters), both(&kernel.keys));
    let bit = table(&[1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]);
    // The top bits of the lanes, as bits.
    let mask = |lanes: uint8x16_t| {
        let bits = vandq_u8(lanes, bit);
        u16::from_le_bytes([vaddv_u8(vget_low_u8(bits)), vaddv_u8(vget_high_u8(bits))])
    };
    let after_any = kernel.after_any.map(|buckets| vdupq_n_u8(buckets));
    blocks(text, fresh, out, |window, fresh| {
        let mut masks = Masks::default();
        for from in (0..BLOCK).step_by(LANES) {
            let halves = |ahead: usize| {
                // SAFETY: `ahead` is at most one more than `FARTHEST`, and `from` leaves `LANES` of the block.
                let bytes = unsafe { vld1q_u8(window.as_ptr().add(from + ahead)) };
                const { assert!(BLOCK + 1 + FARTHEST <= WINDOW) };
                (vandq_u8(bytes, vdupq_n_u8(15)), vshrq_n_u8::<4>(bytes), bytes)
            };
            let look = |(low, high): (uint8x16_t, uint8x16_t),
                        (lows, highs, _): (uint8x16_t, uint8x16_t, uint8x16_t)| {
                vandq_u8(vqtbl1q_u8(low, lows), vqtbl1q_u8(high, highs))
            };
            let mut open = vceqzq_u8(look(letters, halves(0)));
            if fresh != 0 {
                let [first, second] = ((fresh >> from) as u16).to_le_bytes();
                let lanes = vcombine_u8(vdup_n_u8(first), vdup_n_u8(second));
                open = vorrq_u8(open, vtstq_u8(lanes, bit));
            }
            let mut planes = after_any.map(|buckets| vorrq_u8(open, buckets));
            for (tables, ahead) in kernel.looks.iter().zip(LOOKS) {
                let halves = halves(1 + ahead);
                for (buckets, look_at) in planes.iter_mut().zip(tables) {
                    *buckets = vandq_u8(*buckets, look(both(look_at), halves));
                }
            }
            let buckets = planes.into_iter().fold(vdupq_n_u8(0), |any, buckets| vorrq_u8(any, buckets));
            let here = halves(1);
            let (letter, key) = (look(letters, here), look(keys, here));
            masks.hits |= u64::from(mask(vtstq_u8(buckets, buckets))) << from;
            masks.letters |= u64::from(mask(vtstq_u8(letter, letter))) << from;
            masks.digits |= u64::from(mask(vtstq_u8(letter, vdupq_n_u8(1)))) << from;
            masks.keys |= u64::from(mask(vtstq_u8(key, key))) << from;
            masks.foreign |= u64::from(mask(vcgeq_u8(here.2, vdupq_n_u8(0xC0)))) << from;
        }
        masks
    });
}
