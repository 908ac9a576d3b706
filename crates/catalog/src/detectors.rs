//! Every detector file, as a module and in one list: written by `cargo test -p sievert-registry`, never by hand.
#![expect(unreachable_pub, reason = "a detector file reads as a page of its own; the list is the way in")]

use sievert_detect::Detector;

mod au {
    pub mod medicare;
    pub mod tfn;
}

mod br {
    pub mod cnpj;
    pub mod cpf;
}

mod ca {
    pub mod sin;
}

mod cn {
    pub mod resident_id;
}

mod de {
    pub mod plz;
    pub mod steuer_id;
    pub mod street_address;
}

mod es {
    pub mod colegiado;
    pub mod dni;
    pub mod nie;
    pub mod nuss;
}

mod fr {
    pub mod nir;
}

mod gb {
    pub mod driving_licence;
    pub mod nhs;
    pub mod nino;
    pub mod postcode;
    pub mod street_address;
    pub mod utr;
}

mod global {
    pub mod age_over_89;
    pub mod bic;
    pub mod btc_address;
    pub mod customer_id;
    pub mod date_of_birth;
    pub mod email;
    pub mod employee_id;
    pub mod eth_address;
    pub mod gps;
    pub mod iban;
    pub mod ipv4;
    pub mod ipv6;
    pub mod mac;
    pub mod payment_card;
    pub mod phone;
    pub mod url;
}

mod health {
    pub mod health_plan_number;
    pub mod hl7_person;
    pub mod icd10;
    pub mod mrn;
}

mod r#in {
    pub mod aadhaar;
    pub mod pan;
}

mod it {
    pub mod codice_fiscale;
}

mod kr {
    pub mod rrn;
}

mod nl {
    pub mod bsn;
}

mod pl {
    pub mod pesel;
}

mod secret {
    pub mod anthropic_key;
    pub mod assigned_secret;
    pub mod aws_key_id;
    pub mod aws_secret_key;
    pub mod azure_key;
    pub mod bearer_token;
    pub mod command_password;
    pub mod connection_string;
    pub mod gcp_api_key;
    pub mod gcp_service_account;
    pub mod github_token;
    pub mod gitlab_token;
    pub mod google_oauth;
    pub mod huggingface_token;
    pub mod jwt;
    pub mod named_token;
    pub mod npm_token;
    pub mod openai_key;
    pub mod password_hash;
    pub mod private_key;
    pub mod pypi_token;
    pub mod sendgrid_key;
    pub mod slack_token;
    pub mod slack_webhook;
    pub mod stripe_key;
    pub mod twilio_key;
}

mod sg {
    pub mod nric;
}

mod us {
    pub mod aba_routing;
    pub mod bank_account;
    pub mod dea;
    pub mod driving_licence;
    pub mod ein;
    pub mod itin;
    pub mod mbi;
    pub mod npi;
    pub mod passport;
    pub mod ssn;
    pub mod street_address;
    pub mod zip;
}

mod za {
    pub mod id;
}

/// All detectors, sorted by id.
#[rustfmt::skip]
pub(crate) static ALL: &[&Detector] = &[
    &au::medicare::DETECTOR,
    &au::tfn::DETECTOR,
    &br::cnpj::DETECTOR,
    &br::cpf::DETECTOR,
    &ca::sin::DETECTOR,
    &cn::resident_id::DETECTOR,
    &de::plz::DETECTOR,
    &de::steuer_id::DETECTOR,
    &de::street_address::DETECTOR,
    &es::colegiado::DETECTOR,
    &es::dni::DETECTOR,
    &es::nie::DETECTOR,
    &es::nuss::DETECTOR,
    &fr::nir::DETECTOR,
    &gb::driving_licence::DETECTOR,
    &gb::nhs::DETECTOR,
    &gb::nino::DETECTOR,
    &gb::postcode::DETECTOR,
    &gb::street_address::DETECTOR,
    &gb::utr::DETECTOR,
    &global::age_over_89::DETECTOR,
    &global::bic::DETECTOR,
    &global::btc_address::DETECTOR,
    &global::customer_id::DETECTOR,
    &global::date_of_birth::DETECTOR,
    &global::email::DETECTOR,
    &global::employee_id::DETECTOR,
    &global::eth_address::DETECTOR,
    &global::gps::DETECTOR,
    &global::iban::DETECTOR,
    &global::ipv4::DETECTOR,
    &global::ipv6::DETECTOR,
    &global::mac::DETECTOR,
    &global::payment_card::DETECTOR,
    &global::phone::DETECTOR,
    &global::url::DETECTOR,
    &health::health_plan_number::DETECTOR,
    &health::hl7_person::DETECTOR,
    &health::icd10::DETECTOR,
    &health::mrn::DETECTOR,
    &r#in::aadhaar::DETECTOR,
    &r#in::pan::DETECTOR,
    &it::codice_fiscale::DETECTOR,
    &kr::rrn::DETECTOR,
    &nl::bsn::DETECTOR,
    &pl::pesel::DETECTOR,
    &secret::anthropic_key::DETECTOR,
    &secret::assigned_secret::DETECTOR,
    &secret::aws_key_id::DETECTOR,
    &secret::aws_secret_key::DETECTOR,
    &secret::azure_key::DETECTOR,
    &secret::bearer_token::DETECTOR,
    &secret::command_password::DETECTOR,
    &secret::connection_string::DETECTOR,
    &secret::gcp_api_key::DETECTOR,
    &secret::gcp_service_account::DETECTOR,
    &secret::github_token::DETECTOR,
    &secret::gitlab_token::DETECTOR,
    &secret::google_oauth::DETECTOR,
    &secret::huggingface_token::DETECTOR,
    &secret::jwt::DETECTOR,
    &secret::named_token::DETECTOR,
    &secret::npm_token::DETECTOR,
    &secret::openai_key::DETECTOR,
    &secret::password_hash::DETECTOR,
    &secret::private_key::DETECTOR,
    &secret::pypi_token::DETECTOR,
    &secret::sendgrid_key::DETECTOR,
    &secret::slack_token::DETECTOR,
    &secret::slack_webhook::DETECTOR,
    &secret::stripe_key::DETECTOR,
    &secret::twilio_key::DETECTOR,
    &sg::nric::DETECTOR,
    &us::aba_routing::DETECTOR,
    &us::bank_account::DETECTOR,
    &us::dea::DETECTOR,
    &us::driving_licence::DETECTOR,
    &us::ein::DETECTOR,
    &us::itin::DETECTOR,
    &us::mbi::DETECTOR,
    &us::npi::DETECTOR,
    &us::passport::DETECTOR,
    &us::ssn::DETECTOR,
    &us::street_address::DETECTOR,
    &us::zip::DETECTOR,
    &za::id::DETECTOR,
];
