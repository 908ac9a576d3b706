//! What no detector of any build finds yet, and which fields say by their names that they hold it.

use sievert_detect::Field;

/// One kind of it.
struct Beyond {
    what: &'static str,
    /// Whole names of fields, and how longer ones end, parted by commas.
    fields: &'static str,
    /// The same for names that say so only as a whole: more words would make them the names of other things.
    alone: &'static str,
}

static BEYOND: [Beyond; 4] = [
    Beyond {
        what: "names",
        fields: "first name, last name, middle name, given name, given names, family name, full name, \
            maiden name, birth name, legal name, preferred name, surname, forename, fname, lname, \
            patient name, customer name, client name, contact name, employee name, member name, \
            person name, student name, teacher name, tenant name, subscriber name, \
            insured name, applicant name, candidate name, doctor name, physician name, \
            provider name, nurse name, guardian name, parent name, mother name, father name, \
            spouse name, owner name, holder name, cardholder name, beneficiary name, sender name, \
            recipient name, author name, vorname, nachname, familienname, geburtsname, prénom, \
            prenom, nom de famille, apellido, apellidos, nome completo, nombre completo, cognome, \
            sobrenome, voornaam, achternaam, nazwisko, imię, förnamn, efternamn, fornavn, \
            etternavn, efternavn, имя, фамилия, 姓名, 名前, 氏名, 이름",
        alone: "name, names, nom, nombre, nome, naam, patient, physician, doctor",
    },
    Beyond {
        what: "places",
        fields: "city, town, village, county, municipality, birthplace, place of birth, birth place, \
            city of birth, hometown, home town, wohnort, geburtsort, ville, ciudad, municipio, \
            città, cidade, woonplaats, miejscowość, город, 城市",
        alone: "ort, stadt, plaats, province, region, location",
    },
    Beyond {
        what: "organisations",
        fields: "company, company name, organisation, organization, organisation name, \
            organization name, employer, employer name, hospital, hospital name, clinic name, \
            school name, arbeitgeber, firma, entreprise, empresa, azienda, werkgever",
        alone: "institution, clinic, school",
    },
    Beyond {
        what: "general dates",
        fields: "admission date, date of admission, admit date, discharge date, date of discharge, \
            date of death, death date, date of service, service date, visit date, encounter date, \
            appointment date, procedure date, surgery date, diagnosis date, onset date, hire date",
        alone: "",
    },
];

/// All kinds.
pub(crate) fn kinds<'s>() -> impl Iterator<Item = &'s str> {
    BEYOND.iter().map(|kind| kind.what)
}

/// The kind that a field of this name, or of this path, says it holds.
pub(crate) fn told_by(field: &str) -> Option<&'static str> {
    let words = Field::words(field)?;
    let words = words.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    if words.is_empty() {
        return None;
    }
    let ends = |phrase: &str| {
        words.strip_suffix(phrase).is_some_and(|before| before.is_empty() || before.ends_with(' '))
    };
    // `firstname` is written for `first name`.
    let same = |phrase: &str| phrase.split(' ').flat_map(str::chars).eq(words.chars());
    let tells = |kind: &&Beyond| {
        kind.fields.split(", ").any(|phrase| ends(phrase) || same(phrase))
            || kind.alone.split(", ").any(|name| name == words)
    };
    BEYOND.iter().find(tells).map(|kind| kind.what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_tells_what_it_holds_by_the_end_of_its_name() {
        for (field, told) in [
            ("name", Some("names")),
            ("firstName", Some("names")),
            ("FIRSTNAME", Some("names")),
            ("patient.last_name", Some("names")),
            ("customer.name", Some("names")),
            ("contacts[].name", None),
            ("Nachname", Some("names")),
            ("first_name_2", Some("names")),
            ("address.city", Some("places")),
            ("Date of admission", Some("general dates")),
            ("employer", Some("organisations")),
            ("product.name", None),
            ("file name", None),
            ("surname_count", None),
            ("velocity", None),
            ("", None),
            ("email", None),
        ] {
            assert_eq!(told_by(field), told, "{field}");
        }
    }
}
