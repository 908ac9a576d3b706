//! Addresses of Bitcoin.

use std::borrow::Cow;

use bech32::{Hrp, segwit};
use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "global.btc_address",
    title: "Bitcoin address",
    about: "Base58Check (P2PKH, P2SH) and segwit addresses (Bech32, Bech32m) of the main and test networks, with their \
            checksums.",
    sources: &[
        "https://en.bitcoin.it/wiki/Base58Check_encoding",
        "https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki",
        "https://github.com/bitcoin/bips/blob/master/bip-0350.mediawiki",
    ],
    aliases: &["CRYPTO", "BTC_ADDRESS", "BITCOIN_ADDRESS"],
    category: Category::Financial,
    placeholder: "BTC",
    pattern: r"[123mn][1-9A-HJ-NP-Za-km-z]{25,34}|(?:bc|tb)1[02-9ac-hj-np-z]{11,71}|(?:BC|TB)1[02-9AC-HJ-NP-Z]{11,71}",
    labels: &["btc", "btc address", "bitcoin", "bitcoin address", "bitcoin wallet", "wallet"],
    borders: Borders::Word,
    validate,
    // Base58Check; the six characters of Bech32 pass even less.
    chance: 1.0 / 4_294_967_296.0,
    normalize,
    sample,
    examples: &[
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "send to [[mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn]].",
        "btc: [[1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb]]",
    ],
    counter_examples: &[
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "BC1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "1111111111111111111111111111111",
        "3f786850e387550fdab836ed7e6dc881de23001b",
    ],
    ..Detector::BLANK
};

/// The genesis block's, and those of the wiki and of BIP 173.
const PRINTED: &[&str] = &[
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
];

/// Version bytes of `Base58Check` addresses: P2PKH and P2SH of the main and of the test network.
const VERSIONS: [u8; 4] = [0x00, 0x05, 0x6f, 0xc4];

fn validate(c: &Candidate<'_>) -> Verdict {
    let holds = match segwit::decode(c.text) {
        Ok((hrp, ..)) => hrp == bech32::hrp::BC || hrp == bech32::hrp::TB,
        Err(_) => bs58::decode(c.text)
            .with_check(None)
            .into_vec()
            .is_ok_and(|payload| payload.len() == 21 && VERSIONS.contains(&payload[0])),
    };
    match holds {
        true if PRINTED.contains(&&*normalize(c.text)) => Verdict::Example,
        true => Verdict::Unmistakable,
        false => Verdict::Failed,
    }
}

/// Bech32 may be written in capitals, Base58 has both cases.
fn normalize(text: &str) -> Cow<'_, str> {
    if text.starts_with("BC1") || text.starts_with("TB1") {
        text.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}

/// Of the test network.
fn sample(draw: &mut Draw) -> String {
    let mut hash: Vec<u8> = (0..20).map(|_| draw.number(0, 255) as u8).collect();
    if draw.chance(50) {
        return segwit::encode_v0(Hrp::parse("tb").expect("two lower-case letters"), &hash)
            .expect("a program of 20 bytes is one of version 0");
    }
    hash.insert(0, 0x6f);
    bs58::encode(hash).with_check().into_string()
}
