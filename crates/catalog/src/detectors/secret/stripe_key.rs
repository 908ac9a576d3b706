//! Keys of Stripe.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.stripe_key",
    title: "Stripe API key",
    about: "Secret and restricted keys, live and for tests, and the secrets that sign webhooks.",
    sources: &["https://docs.stripe.com/keys"],
    aliases: &["STRIPE_KEY"],
    category: Category::Credential,
    placeholder: "STRIPE_KEY",
    pattern: r"[sr]k_(?:live|test|prod)_[0-9A-Za-z]{16,247}|whsec_[0-9A-Za-z+/]{32,64}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("sk_live_", "3ihlJoNRqsHsPdZA015grYN4"),
        concat!(
            "stripe.api_key = '[[rk_test_",
            "4gf6wUXaKUApr5JujQzGJs16tXJzG0n7T3Ata8y8nD78E9OGKRMcJBGkpKuVwDX1XzFXrrSuEWnxEAYHARNdhE0XNpviYjVoiRS",
            "]]'"
        ),
        concat!("whsec_", "TikKZeeEIDuU1L85t6oglQkCvxZ6Z82O"),
        concat!("sk_test_", "4eC39HqLyjWDarjt", "T1zdp7dc"),
    ],
    counter_examples: &["sk_live_xxxxxxxxxxxxxxxxxxxxxxxx", "pk_live_", "sk_test_key"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    match secrecy::token(c.text.rsplit('_').next().unwrap_or_default()) {
        // The key that Stripe's own documentation shows to everybody.
        _ if c.text.ends_with(concat!("4eC39HqLyjWDarjt", "T1zdp7dc")) => Verdict::Example,
        verdict => verdict,
    }
}

fn sample(draw: &mut Draw) -> String {
    let kind = draw.pick(&["sk", "rk"]);
    format!("{kind}_test_{}", draw.letters(secrecy::BASE62, 24))
}
