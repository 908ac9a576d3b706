//! Tokens of `PyPI`.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.pypi_token",
    title: "PyPI upload token",
    about: "A macaroon of pypi.org or test.pypi.org.",
    sources: &["https://pypi.org/help/#apitoken"],
    aliases: &["PYPI_TOKEN"],
    category: Category::Credential,
    placeholder: "PYPI_TOKEN",
    pattern: r"pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[0-9A-Za-z_-]{50,}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[concat!(
        "pypi-",
        "AgEIcHlwaS5v",
        "cmc",
        "q3bL5qC0d2NhEHUyIX2edz42mIVXwbEBnthCgg7_ZUlb_AwDLyk-LAthvuoPsmli5uN-4Fi8rL-XFEtftFC1KfdxWZ2rWtAGltM5a0Cifso4kvT4ZfO-vxD8"
    )],
    counter_examples: &["pypi-AgEIcHlwaS5vcmc"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    secrecy::token(&c.text[20..])
}

fn sample(draw: &mut Draw) -> String {
    format!("pypi-{}{}", "AgEIcHlwaS5vcmc", draw.letters(secrecy::BASE62, 120))
}
