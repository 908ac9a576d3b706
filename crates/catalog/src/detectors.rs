//! Every detector file, as a module and in one list: written by `cargo test -p sievert-registry`, never by hand.
#![expect(unreachable_pub, reason = "a detector file reads as a page of its own; the list is the way in")]

use sievert_detect::Detector;

mod global {
    pub mod bic;
    pub mod btc_address;
    pub mod email;
    pub mod eth_address;
    pub mod iban;
    pub mod ipv4;
    pub mod ipv6;
    pub mod mac;
    pub mod payment_card;
    pub mod phone;
    pub mod url;
}

/// All detectors, sorted by id.
#[rustfmt::skip]
pub(crate) static ALL: &[&Detector] = &[
    &global::bic::DETECTOR,
    &global::btc_address::DETECTOR,
    &global::email::DETECTOR,
    &global::eth_address::DETECTOR,
    &global::iban::DETECTOR,
    &global::ipv4::DETECTOR,
    &global::ipv6::DETECTOR,
    &global::mac::DETECTOR,
    &global::payment_card::DETECTOR,
    &global::phone::DETECTOR,
    &global::url::DETECTOR,
];
