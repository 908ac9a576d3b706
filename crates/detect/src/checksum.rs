//! The arithmetic of check digits, once. Detectors name the weights; nothing here knows whose number it is.

/// Whether the digits pass Luhn's test (ISO/IEC 7812-1 annex B): doubled every second from the right.
pub fn luhn(digits: impl DoubleEndedIterator<Item = u8>) -> bool {
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, u32::from(digit)) {
            (1, d) if d > 4 => 2 * d - 9,
            (1, d) => 2 * d,
            (_, d) => d,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> impl DoubleEndedIterator<Item = u8> {
        text.bytes().map(|b| b - b'0')
    }

    #[test]
    fn luhn_takes_the_published_test_numbers() {
        assert!(luhn(of("4111111111111111")));
        assert!(luhn(of("79927398713")));
        assert!(!luhn(of("79927398710")));
    }
}
