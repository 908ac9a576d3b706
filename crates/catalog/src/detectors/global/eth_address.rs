//! Addresses of Ethereum.

use sha3::{Digest, Keccak256};
use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "global.eth_address",
    title: "Ethereum address",
    about: "`0x` and 40 hexadecimal digits. Written in mixed case it carries the checksum of EIP-55; in one case it is \
            like any other number of 160 bits, and words must vouch for it.",
    sources: &["https://eips.ethereum.org/EIPS/eip-55"],
    aliases: &["ETH_ADDRESS", "ETHEREUM_ADDRESS"],
    category: Category::Financial,
    placeholder: "ETH",
    pattern: r"0[xX][0-9A-Fa-f]{40}",
    labels: &["eth", "eth address", "ethereum", "ethereum address", "wallet", "wallet address", "metamask"],
    borders: Borders::Word,
    context: &["erc20", "erc-20", "usdt", "address", "blockchain", "crypto", "ether", "web3"],
    validate,
    // An address has 15 letters of either case on average.
    chance: 1.0 / 32_768.0,
    normalize: |text| text.to_ascii_lowercase().into(),
    sample,
    examples: &[
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "wallet [[0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359]]",
        "eth: [[0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD]]",
    ],
    counter_examples: &[
        "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
        "0x0000000000000000000000000000000000000000",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed00",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let digits = &c.text[2..];
    let letters = || digits.bytes().filter(u8::is_ascii_alphabetic);
    // The zero address, the burn addresses and fillers are nobody's.
    let kinds = digits.chars().filter_map(|c| c.to_digit(16)).fold(0_u16, |kinds, digit| kinds | 1 << digit);
    match letters().any(|b| b.is_ascii_lowercase()) && letters().any(|b| b.is_ascii_uppercase()) {
        _ if kinds.count_ones() < 8 => Verdict::No,
        true if checksummed(digits) == digits => Verdict::Unmistakable,
        true => Verdict::Failed,
        false => Verdict::Weak,
    }
}

/// The digits with the case that EIP-55 gives them.
fn checksummed(digits: &str) -> String {
    let mut digits = digits.to_ascii_lowercase();
    let hash = Keccak256::digest(digits.as_bytes());
    let nibble = |at: usize| (hash[at / 2] >> (4 * (1 - at % 2))) & 0xf;
    for at in (0..digits.len()).filter(|at| nibble(*at) >= 8) {
        digits[at..=at].make_ascii_uppercase();
    }
    digits
}

fn sample(draw: &mut Draw) -> String {
    format!("0x{}", checksummed(&draw.letters("0123456789abcdef", 40)))
}
