//! The block of the kernel with vector instructions: all of the crate's unsafe code. Loads take their bytes from arrays
//! whose length the compiler knows, so a load can be out of bounds only where a constant is wrong.
#![expect(unsafe_code, reason = "vector loads, and the call of a function that needs certain instructions")]
#![allow(clippy::wildcard_imports, reason = "the names of instructions speak for themselves")]

#[cfg(target_arch = "aarch64")]
use std::arch::aarch64::*;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

use super::{BLOCK, FARTHEST, Kernel, LOOKS, Masks, Nibbles, PLANES, WINDOW, blocks};

/// The bit that small letters and digits have and capitals have not.
const SMALL: i8 = 0x20;
const TO_TOP: i32 = SMALL.leading_zeros().cast_signed();

/// Runs the kernel with AVX-512 BW; the caller has seen that the machine has it.
#[cfg(target_arch = "x86_64")]
pub(super) fn avx512(kernel: &Kernel, text: &[u8], fresh: &[u64], out: &mut Vec<Masks>) {
    debug_assert!(is_x86_feature_detected!("avx512bw"));
    // SAFETY: a path with these instructions is made by `Path::available` alone, which has asked the machine.
    unsafe { avx512_blocks(kernel, text, fresh, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw")]
fn avx512_blocks(kernel: &Kernel, text: &[u8], fresh: &[u64], out: &mut Vec<Masks>) {
    let table = |half: &[u8; 16]| {
        // SAFETY: 16 bytes are read of an array of 16.
        _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(half.as_ptr().cast()) })
    };
    let nibble = _mm512_set1_epi8(15);
    let all = _mm512_set1_epi8(-1);
    let after_any = kernel.after_any.map(|buckets| _mm512_set1_epi8(buckets.cast_signed()));
    blocks(text, fresh, out, |window, fresh| {
        let load = |at: usize| {
            const { assert!(BLOCK + 1 + FARTHEST <= WINDOW) };
            // SAFETY: `at` is at most one more than `FARTHEST`, which leaves a block of the window.
            unsafe { _mm512_loadu_si512(window.as_ptr().add(at).cast()) }
        };
        let halves =
            |bytes| (_mm512_and_si512(bytes, nibble), _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble));
        let look = |Nibbles { low, high }: &Nibbles, (lows, highs)| {
            let (low, high) = (table(low), table(high));
            _mm512_and_si512(_mm512_shuffle_epi8(low, lows), _mm512_shuffle_epi8(high, highs))
        };
        let some = |lanes| _mm512_test_epi8_mask(lanes, lanes);
        let open = !some(look(&kernel.letters, halves(load(0)))) | fresh;
        let mut planes = after_any.map(|buckets| _mm512_mask_mov_epi8(buckets, open, all));
        for (tables, ahead) in kernel.looks.iter().zip(LOOKS) {
            let halves = halves(load(1 + ahead));
            for (plane, table) in planes.iter_mut().zip(tables) {
                *plane = _mm512_and_si512(*plane, look(table, halves));
            }
        }
        let any = planes.into_iter().fold(_mm512_setzero_si512(), |any, plane| _mm512_or_si512(any, plane));
        let here = load(1);
        let letters = look(&kernel.letters, halves(here));
        let digits = _mm512_test_epi8_mask(letters, _mm512_set1_epi8(1));
        let letters = some(letters);
        Masks {
            hits: some(any),
            letters,
            digits,
            capitals: letters & !_mm512_test_epi8_mask(here, _mm512_set1_epi8(SMALL)),
            keys: some(look(&kernel.keys, halves(here))),
            foreign: _mm512_cmpge_epu8_mask(here, _mm512_set1_epi8(0xC0_u8.cast_signed())),
        }
    });
}

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
        // Both parts of a block together, so that each table is loaded once. Written out, because a function that takes
        // closures may stay one, without these instructions.
        let load = |at: usize| {
            const { assert!(BLOCK + 1 + FARTHEST <= WINDOW) };
            // SAFETY: `at` is at most one more than `FARTHEST` in either part, which leaves `LANES` of the window.
            unsafe { _mm256_loadu_si256(window.as_ptr().add(at).cast()) }
        };
        let bytes = |ahead: usize| [load(ahead), load(LANES + ahead)];
        let split =
            |bytes| (_mm256_and_si256(bytes, nibble), _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble));
        let halves = |bytes: [__m256i; 2]| [split(bytes[0]), split(bytes[1])];
        let look = |nibbles: &Nibbles, halves: [(__m256i, __m256i); 2]| {
            let (low, high) = (table(&nibbles.low), table(&nibbles.high));
            let found = |(lows, highs)| {
                _mm256_and_si256(_mm256_shuffle_epi8(low, lows), _mm256_shuffle_epi8(high, highs))
            };
            [found(halves[0]), found(halves[1])]
        };
        let bits = |lanes: [__m256i; 2]| {
            let part = |lanes| u64::from(_mm256_movemask_epi8(lanes).cast_unsigned());
            part(lanes[0]) | part(lanes[1]) << LANES
        };
        let none =
            |lanes: [__m256i; 2]| [_mm256_cmpeq_epi8(lanes[0], zero), _mm256_cmpeq_epi8(lanes[1], zero)];
        let some = |lanes: [__m256i; 2]| !bits(none(lanes));
        let or = |one: [__m256i; 2], other: [__m256i; 2]| {
            [_mm256_or_si256(one[0], other[0]), _mm256_or_si256(one[1], other[1])]
        };
        let and = |one: [__m256i; 2], other: [__m256i; 2]| {
            [_mm256_and_si256(one[0], other[0]), _mm256_and_si256(one[1], other[1])]
        };
        let mut open = none(look(&kernel.letters, halves(bytes(0))));
        if fresh != 0 {
            open = or(open, [avx2_lanes(fresh as u32), avx2_lanes((fresh >> LANES) as u32)]);
        }
        let mut planes = [open; PLANES];
        for (plane, buckets) in planes.iter_mut().zip(after_any) {
            *plane = or(*plane, [buckets; 2]);
        }
        for (tables, ahead) in kernel.looks.iter().zip(LOOKS) {
            let halves = halves(bytes(1 + ahead));
            for (plane, table) in planes.iter_mut().zip(tables) {
                *plane = and(*plane, look(table, halves));
            }
        }
        let mut any = [zero; 2];
        for plane in planes {
            any = or(any, plane);
        }
        let here = bytes(1);
        let letters = look(&kernel.letters, halves(here));
        let digits = [_mm256_slli_epi16(letters[0], 7), _mm256_slli_epi16(letters[1], 7)];
        let twice = [_mm256_slli_epi16(here[0], 1), _mm256_slli_epi16(here[1], 1)];
        let small = [_mm256_slli_epi16(here[0], TO_TOP), _mm256_slli_epi16(here[1], TO_TOP)];
        let letters = some(letters);
        Masks {
            hits: some(any),
            letters,
            digits: bits(digits),
            capitals: letters & !bits(small),
            keys: some(look(&kernel.keys, halves(here))),
            foreign: bits(and(here, twice)),
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
            let letters = not(_mm_cmpeq_epi8(letter, zero));
            masks.letters |= letters;
            masks.digits |= bits(_mm_slli_epi16(letter, 7));
            masks.capitals |= letters & !bits(_mm_slli_epi16(here.2, TO_TOP));
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
            let small = vtstq_u8(here.2, vdupq_n_u8(SMALL.cast_unsigned()));
            masks.letters |= u64::from(mask(vtstq_u8(letter, letter))) << from;
            masks.capitals |= u64::from(mask(vbicq_u8(vtstq_u8(letter, letter), small))) << from;
            masks.digits |= u64::from(mask(vtstq_u8(letter, vdupq_n_u8(1)))) << from;
            masks.keys |= u64::from(mask(vtstq_u8(key, key))) << from;
            masks.foreign |= u64::from(mask(vcgeq_u8(here.2, vdupq_n_u8(0xC0)))) << from;
        }
        masks
    });
}
