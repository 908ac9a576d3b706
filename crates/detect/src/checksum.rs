//! The arithmetic of check digits, once. Detectors name the weights; nothing here knows whose number it is.
//! Digits come as numbers (0 to 9), alphanumerics as ASCII bytes; blanks and hyphens are the caller's to leave out.

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

/// The sum of digit times weight, from the left, as far as the shorter of both goes; a modulus is the caller's to
/// take. A negative weight is written as its positive remainder (modulo 11, -1 is 10).
pub fn weighted_sum(digits: impl IntoIterator<Item = u8>, weights: &[u32]) -> u32 {
    digits.into_iter().zip(weights).map(|(digit, weight)| u32::from(digit) * weight).sum()
}

/// The remainder modulo 97 of alphanumerics read as a number, `A` being 10 and `Z` 35 in either case; other bytes
/// do not count. A number with check characters is valid where 1 remains (ISO/IEC 7064 MOD 97-10).
pub fn mod97_10(characters: impl IntoIterator<Item = u8>) -> u32 {
    characters.into_iter().fold(0, |rest, byte| match char::from(byte).to_digit(36) {
        Some(value @ 0..=9) => (rest * 10 + value) % 97,
        Some(value) => (rest * 100 + value) % 97,
        None => rest,
    })
}

/// Whether the digits, the last being the check digit, pass ISO/IEC 7064 MOD 11,10. False for none.
pub fn mod11_10(digits: impl IntoIterator<Item = u8>) -> bool {
    let mut state = 10;
    let mut sum = 0;
    for digit in digits {
        sum = (state + u32::from(digit)) % 10;
        state = if sum == 0 { 9 } else { sum * 2 % 11 };
    }
    sum == 1
}

/// Whether the digits, the last byte being the check character `0` to `9` or `X`, pass ISO/IEC 7064 MOD 11-2. False
/// for anything else and for none.
pub fn mod11_2(characters: impl IntoIterator<Item = u8>) -> bool {
    let mut rest = 0;
    let mut ended = false;
    for byte in characters {
        let value = match byte {
            b'0'..=b'9' if !ended => u32::from(byte - b'0'),
            b'X' | b'x' if !ended => {
                ended = true;
                10
            }
            _ => return false,
        };
        rest = (rest * 2 + value) % 11;
    }
    rest == 1
}

/// Whether the digits, the last being the check digit, pass Verhoeff's test (J. Verhoeff, Error Detecting Decimal
/// Codes, 1969): permuted by place and multiplied in the dihedral group of order ten.
pub fn verhoeff(digits: impl DoubleEndedIterator<Item = u8>) -> bool {
    const PERMUTATION: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let product = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (a - b) % 5,
        (false, false) => (5 + a - b) % 5,
    };
    let permuted = |place, digit| (0..place % 8).fold(digit, |d: u8, _| PERMUTATION[usize::from(d)]);
    digits.rev().enumerate().fold(0, |state, (place, digit)| product(state, permuted(place, digit))) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> impl DoubleEndedIterator<Item = u8> + Clone {
        text.bytes().map(|b| b - b'0')
    }

    /// Whether exactly one of the ten last digits passes.
    fn decides(stem: &str, passes: impl Fn(&str) -> bool) -> bool {
        (0..10).filter(|last| passes(&format!("{stem}{last}"))).count() == 1
    }

    #[test]
    fn luhn_takes_the_published_test_numbers() {
        assert!(luhn(of("4111111111111111")));
        assert!(luhn(of("79927398713")));
        assert!(decides("7992739871", |text| luhn(of(text))));
    }

    #[test]
    fn weights_go_from_the_left() {
        // The NHS number of the NHS Data Dictionary: the sum leaves 2, so that 9 is the check digit.
        assert_eq!(weighted_sum(of("943476591"), &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11, 2);
        // The test BSN of the Dutch elfproef, its last weight -1 written as 10.
        assert_eq!(weighted_sum(of("111222333"), &[9, 8, 7, 6, 5, 4, 3, 2, 10]) % 11, 0);
        assert_eq!(weighted_sum(of("99"), &[1]), 9);
    }

    #[test]
    fn mod97_10_takes_the_ibans_of_the_registry() {
        // SWIFT IBAN Registry, the examples of Great Britain and Germany, country and check digits moved to the end.
        assert_eq!(mod97_10(*b"NWBK60161331926819GB29"), 1);
        assert_eq!(mod97_10(*b"370400440532013000de89"), 1);
        assert_ne!(mod97_10(*b"370400440532013000DE98"), 1);
        assert_eq!(mod97_10(*b"NWBK 6016 1331 9268 19 GB29"), 1);
    }

    #[test]
    fn mod11_10_takes_the_published_test_numbers() {
        // ISO/IEC 7064, the example of clause 8 (0794, check digit 5), and the test number of the German tax office.
        assert!(mod11_10(of("07945")));
        assert!(mod11_10(of("86095742719")));
        assert!(decides("8609574271", |text| mod11_10(of(text))));
        assert!(!mod11_10(of("")));
    }

    #[test]
    fn mod11_2_takes_the_published_test_numbers() {
        // ISO/IEC 7064, the example of clause 7 (0794, check digit 0), and ORCID's own sample identifiers.
        assert!(mod11_2(*b"07940"));
        assert!(mod11_2(*b"0000000218250097"));
        assert!(mod11_2(*b"000000021694233X"));
        assert!(!mod11_2(*b"00000002169423X3"), "the X stands at the end alone");
        assert!(!mod11_2(*b"0000000218250098"));
        assert!(!mod11_2(*b""));
    }

    #[test]
    fn verhoeff_takes_the_published_test_numbers() {
        assert!(verhoeff(of("2363")));
        assert!(verhoeff(of("123451")));
        assert!(verhoeff(of("1428570")));
        assert!(decides("23", |text| verhoeff(of(text))));
        assert!(!verhoeff(of("3263")), "neighbours swapped");
    }
}
