//! Where a customer is: countries and postal codes, as data.

/// ISO 3166-1 alpha-2, all officially assigned codes.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ \
BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ \
DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT \
GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY \
KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX \
MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS \
RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN \
TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Whether this is a two-letter ISO 3166-1 code in capitals. `UK` is not: it is `GB`.
#[must_use]
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && COUNTRIES.split(' ').any(|known| known == code)
}

/// All country codes, in order.
pub fn countries() -> impl Iterator<Item = &'static str> {
    COUNTRIES.split(' ')
}

/// Postal code shapes: `9` a digit, `A` a letter, `_` an optional space, anything else itself.
/// Only countries whose shape is certain; the others take any text.
const SHAPES: &[(&str, &[&str])] = &[
    ("AT", &["9999"]),
    ("AU", &["9999"]),
    ("BE", &["9999"]),
    ("BG", &["9999"]),
    ("CA", &["A9A_9A9"]),
    ("CH", &["9999"]),
    ("CY", &["9999"]),
    ("CZ", &["999_99"]),
    ("DE", &["99999"]),
    ("DK", &["9999"]),
    ("EE", &["99999"]),
    ("ES", &["99999"]),
    ("FI", &["99999"]),
    ("FR", &["99999"]),
    ("GB", &["A9_9AA", "A99_9AA", "AA9_9AA", "AA99_9AA", "A9A_9AA", "AA9A_9AA"]),
    ("GR", &["999_99"]),
    ("HR", &["99999"]),
    ("HU", &["9999"]),
    ("IN", &["999_999"]),
    ("IT", &["99999"]),
    ("JP", &["999-9999", "9999999"]),
    ("MX", &["99999"]),
    ("NL", &["9999_AA"]),
    ("NO", &["9999"]),
    ("NZ", &["9999"]),
    ("PL", &["99-999"]),
    ("PT", &["9999-999"]),
    ("RO", &["999999"]),
    ("SE", &["999_99"]),
    ("SI", &["9999"]),
    ("SK", &["999_99"]),
    ("TR", &["99999"]),
    ("US", &["99999", "99999-9999"]),
];

/// Whether a postal code can exist in a country. Google answers 400 for one that can't.
/// Source: google-semantics.md §2.4 {R-ERR}.
#[must_use]
pub fn is_postal_code(country: &str, code: &str) -> bool {
    match SHAPES.iter().find(|(known, _)| *known == country) {
        Some((_, shapes)) => shapes.iter().any(|shape| has_shape(code, shape)),
        None => !code.is_empty(),
    }
}

fn has_shape(code: &str, shape: &str) -> bool {
    let mut rest = code.chars().peekable();
    for expected in shape.chars() {
        let fits = match expected {
            '_' => rest.next_if_eq(&' ').is_some() || rest.peek().is_some(),
            '9' => rest.next_if(char::is_ascii_digit).is_some(),
            'A' => rest.next_if(char::is_ascii_alphabetic).is_some(),
            other => rest.next_if_eq(&other).is_some(),
        };
        if !fits {
            return false;
        }
    }
    rest.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{countries, is_country, is_postal_code};

    #[track_caller]
    fn check(country: &str, code: &str, expected: bool) {
        assert_eq!(is_postal_code(country, code), expected, "{country} {code}");
    }

    #[test]
    fn postal_codes_have_their_countrys_shape() {
        check("GB", "EC1A 1BB", true);
        check("GB", "EC1A1BB", true);
        check("GB", "12345", false);
        check("US", "94043", true);
        check("US", "94043-1351", true);
        check("US", "9404", false);
        check("DE", "10115", true);
        check("DE", "D-10115", false);
        check("GR", "546 22", true);
        check("CA", "K1A 0B1", true);
        check("IE", "D02 X285", true);
        check("AE", "", false);
    }

    #[test]
    fn there_are_249_countries_and_uk_is_none_of_them() {
        assert_eq!(countries().count(), 249);
        assert!(is_country("GB") && !is_country("UK") && !is_country("gb") && !is_country("A "));
    }
}
