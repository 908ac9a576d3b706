//! Hardware addresses.

use std::borrow::Cow;

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "global.mac",
    title: "MAC address",
    about: "EUI-48 in six pairs with colons or hyphens, or in three dotted groups. Without a letter among the digits it \
            could be a time or a count, so words must vouch for it; fingerprints are longer and left out.",
    sources: &["IEEE Std 802-2014 section 8", "RFC 9542 (the range of the samples)"],
    aliases: &["MAC_ADDRESS"],
    category: Category::Network,
    placeholder: "MAC",
    pattern: r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}",
    labelled: r"(?:[0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}",
    labels: &["mac", "mac address", "mac addr", "hwaddr", "hardware address", "ethernet address", "bssid"],
    borders: Borders::Word,
    context: &["ether", "wifi", "wi-fi", "wlan", "arp", "dhcp", "device", "adapter", "bluetooth"],
    validate,
    normalize,
    sample,
    examples: &[
        "00:00:5e:00:53:af",
        "00-00-5E-00-53-AF",
        "hwaddr [[0000.5e00.53af]]",
        "mac: [[00005E0053AF]]",
        "mac address [[10:20:30:40:50:60]]",
    ],
    counter_examples: &[
        "00:00:00:00:00:00",
        "ff:ff:ff:ff:ff:ff",
        "00:00:5e:00:53:af:01",
        "10:20:30:40:50:60",
        "00:00:5e-00:53:af",
        "5e:00:53:af:00",
        "aa:00-00-5e-00-53-af",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let bare = normalize(c.text);
    let pair =
        |word: Option<&str>| word.is_some_and(|w| w.len() == 2 && w.bytes().all(|b| b.is_ascii_hexdigit()));
    let other = |b: char| !b.is_ascii_alphanumeric();
    let touched = c.before().strip_suffix([':', '-']).is_some_and(|head| pair(head.rsplit(other).next()))
        || c.after().strip_prefix([':', '-']).is_some_and(|tail| pair(tail.split(other).next()));
    let blank = bare.bytes().all(|b| b == bare.as_bytes()[0]);
    let mixed = c.text.contains(':') && c.text.contains('-');
    match bare.bytes().any(|b| b.is_ascii_alphabetic()) {
        _ if touched || blank || mixed => Verdict::No,
        true if c.text.len() == 17 => Verdict::Unmistakable,
        _ => Verdict::Weak,
    }
}

fn normalize(text: &str) -> Cow<'_, str> {
    text.chars().filter(char::is_ascii_hexdigit).map(|c| c.to_ascii_uppercase()).collect::<String>().into()
}

/// In the block that RFC 9542 keeps for documentation.
fn sample(draw: &mut Draw) -> String {
    let last = draw.number(0, 255);
    if draw.chance(50) { format!("00:00:5e:00:53:{last:02x}") } else { format!("00-00-5E-00-53-{last:02X}") }
}
