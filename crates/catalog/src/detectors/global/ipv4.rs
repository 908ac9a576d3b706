//! Addresses of the Internet Protocol, version 4.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};
use std::net::Ipv4Addr;

pub static DETECTOR: Detector = Detector {
    id: "global.ipv4",
    title: "IPv4 address",
    about: "Four decimal octets. Version numbers and section numbers look the same: they are told by the words before \
            them and by small octets. Loopback, unspecified and broadcast addresses are nobody's and not reported.",
    sources: &["RFC 791", "RFC 1123 section 2.1", "RFC 5737 (the ranges of the samples)", "RFC 6890"],
    aliases: &["IP_ADDRESS", "IPV4"],
    category: Category::Network,
    placeholder: "IP",
    pattern: r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}",
    labels: &[
        "ip",
        "ip address",
        "ipv4",
        "ip addr",
        "ipaddr",
        "client ip",
        "source ip",
        "src ip",
        "dst ip",
        "remote addr",
        "x-forwarded-for",
        "x-real-ip",
        "src=",
        "dst=",
    ],
    borders: Borders::Word,
    context: &[
        "address",
        "addr",
        "subnet",
        "gateway",
        "dns",
        "ping",
        "ssh",
        "firewall",
        "logged in from",
        "login from",
        "received: from",
        "forwarded",
    ],
    negative_context: &[
        "version", "release", "build", "firmware", "section", "chapter", "clause", "v", "ver", "oid",
    ],
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        "198.51.100.23",
        "client [[203.0.113.9]]:443",
        "[[192.0.2.10]]/24",
        "ip: [[8.8.4.4]]",
        "at [[10.20.30.40]].",
        "X-Forwarded-For: [[203.0.113.9]], 10.0.0.7",
        "kernel: IN=eth0 SRC=[[203.0.113.9]] LEN=60",
        "[[203.0.113.9]] - - [10/Oct/2024:13:55:36 +0000]",
    ],
    counter_examples: &[
        "256.1.2.3",
        "198.51.100",
        "198.51.100.23.5",
        "0.198.51.100.23",
        "127.0.0.1",
        "0.0.0.0",
        "255.255.255.0",
        "version 110.20.30.40",
        "updated to version 110.20.30.40 to address a bug",
        "v1.2.3.4",
        "Chrome/120.0.0.0",
        "see 4.1.2.3",
        "openssl==13.10.11.12",
        "010.020.030.040",
        "1.3.6.1",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    // `Ipv4Addr` refuses octets over 255 and leading zeros.
    let Ok(ip) = c.text.parse::<Ipv4Addr>() else { return Verdict::No };
    let digit_after = |sign| {
        c.after().strip_prefix(sign).is_some_and(|rest: &str| rest.starts_with(|d: char| d.is_ascii_digit()))
    };
    let numbered = c.before().ends_with(['.', '-']) || digit_after('.') || digit_after('-');
    // `Chrome/120.0.0.0`, `name==1.2.3.4`, `^1.2.3.4`: a release of something.
    let release = c.before().ends_with("==")
        || c.before().ends_with(['~', '^'])
        || c.before().strip_suffix('/').is_some_and(|name| name.ends_with(|l: char| l.is_ascii_alphabetic()))
        || released(c.before());
    let nobody = ip.is_loopback() || ip.is_unspecified() || ip.octets()[0] == 255 || ip.octets()[0] == 0;
    match ip.octets() {
        _ if numbered || release || nobody => Verdict::No,
        // `1.2.3.4` is a section of a text more often than a host.
        octets if octets.iter().all(|&o| o < 20) || octets[1..] == [0, 0, 0] => Verdict::Weak,
        _ if logged(c) => Verdict::Checked,
        _ => Verdict::Plain,
    }
}

/// Whether the word before it says so: `updated to version 1.98.7.6 to address ...`.
fn released(before: &str) -> bool {
    let word = before.trim_end().rsplit(|sign: char| !sign.is_ascii_alphabetic()).next().unwrap_or_default();
    ["version", "release", "build", "firmware"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether what follows is what servers write behind an address: `:443`, ` port 51422`, ` - - [10/Oct/2024`.
fn logged(c: &Candidate<'_>) -> bool {
    let port = c.after().strip_prefix(':').or_else(|| c.after().strip_prefix(" port "));
    if let Some(port) = port {
        let end = port.find(|d: char| !d.is_ascii_digit()).unwrap_or(port.len());
        let time_or_more =
            port[end..].starts_with([':', '.']) && port[end + 1..].starts_with(|d: char| d.is_ascii_digit());
        return end > 1 && port[..end].parse::<u16>().is_ok() && !time_or_more;
    }
    // The common log format: who asked by RFC 1413, who is logged in, and the time in brackets.
    let mut words = c.after().strip_prefix(" - ").unwrap_or_default().split(' ');
    let time = words.nth(1).and_then(|word| word.strip_prefix('['));
    time.is_some_and(|time| time.starts_with(|d: char| d.is_ascii_digit()))
}

fn sample(draw: &mut Draw) -> String {
    let net = draw.pick(&["192.0.2", "198.51.100", "203.0.113"]);
    format!("{net}.{}", draw.number(1, 254))
}
