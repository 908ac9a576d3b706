//! Addresses of the Internet Protocol, version 6.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};
use std::borrow::Cow;
use std::net::Ipv6Addr;

pub static DETECTOR: Detector = Detector {
    id: "global.ipv6",
    title: "IPv6 address",
    about: "Full and shortened forms, with an embedded IPv4 address or a zone. Paths of programming languages \
            (`a::b`), times, hardware addresses and fingerprints look alike and are left out.",
    sources: &["RFC 4291 section 2.2", "RFC 5952", "RFC 3849 (the range of the samples)"],
    aliases: &["IPV6", "IPV6_ADDRESS"],
    category: Category::Network,
    placeholder: "IP",
    pattern: r"(?:[0-9A-Fa-f]{1,4}:|::)(?:[0-9A-Fa-f]{0,4}:){1,7}(?:[0-9A-Fa-f]{1,4}|(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?:%[0-9A-Za-z]{1,15})?",
    labels: &["ip", "ip address", "ipv6", "ipv6 address", "client ip", "source ip", "remote addr"],
    borders: Borders::Word,
    context: &["address", "addr", "subnet", "gateway", "dns", "ping", "ssh", "firewall"],
    validate,
    normalize,
    sample,
    examples: &[
        "2001:db8:85a3:8d3:1319:8a2e:370:7348",
        "[[2001:db8::8a2e:370:7334]].",
        "from [[2001:db8::1:2]], port 80",
        "fe80::1ff:fe23:4567:890a%eth0",
        "::ffff:192.0.2.128",
        "ip: [[2001:DB8:0:0:8:800:200C:417A]]",
    ],
    counter_examples: &[
        "::1",
        "std::fe::ad",
        "a::b",
        "12:34:56",
        "2026-11-21T12:34:56",
        "00:11:22:33:44:55:66:77",
        "de:ad:be:ef:00:11:22:33:44:55",
        "SHA1:2001:db8:1:2:3:4:5:6:7:8:9",
        "b::add::c",
        "x::1::2",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    // Times, most of them, which cost no parsing.
    let shortened = c.text.as_bytes().windows(2).any(|pair| pair == b"::");
    if !shortened && c.text.bytes().filter(|byte| *byte == b':').count() < 6 {
        return Verdict::No;
    }
    let (address, _zone) = c.text.split_once('%').unwrap_or((c.text, ""));
    let Ok(ip) = address.parse::<Ipv6Addr>() else { return Verdict::No };
    let groups: Vec<_> = address.split(':').filter(|group| !group.is_empty()).collect();
    let bytes = groups.len() == 8 && groups.iter().all(|group| group.len() == 2);
    let touched = c.before().ends_with([':', '.'])
        || c.after().starts_with(':')
        || ip.is_loopback()
        || ip.is_unspecified();
    let mapped = address.contains('.');
    match ip.segments()[0] {
        _ if bytes || touched || groups.len() < 3 && !mapped => Verdict::No,
        _ if groups.len() == 8 || mapped => Verdict::Unmistakable,
        // Global unicast, unique local and link local addresses are the ones that are handed out (RFC 4291, RFC 4193).
        0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xfebf => Verdict::Unmistakable,
        _ => Verdict::Weak,
    }
}

fn normalize(text: &str) -> Cow<'_, str> {
    text.parse::<Ipv6Addr>().map_or_else(|_| text.to_lowercase(), |ip| ip.to_string()).into()
}

fn sample(draw: &mut Draw) -> String {
    let groups: Vec<_> = (0..6).map(|_| format!("{:x}", draw.number(1, 0xffff))).collect();
    if draw.chance(50) {
        format!("2001:db8:{}", groups.join(":"))
    } else {
        format!("2001:db8::{}", groups[3..].join(":"))
    }
}
