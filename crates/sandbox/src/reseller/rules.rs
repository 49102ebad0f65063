//! Rules for single values that several methods share: domains, addresses, phone numbers, postal codes.
//! Never: anything about the state of the world.

use crate::envelope::ApiError;
use crate::world::Address;

/// ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR \
    BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET \
    FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ \
    IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML \
    MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS \
    PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL \
    TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Countries where nothing may be sold. Source: google-semantics.md §2.4 "country not open for resale"; which ones [I]
const NOT_FOR_RESALE: [&str; 4] = ["CU", "IR", "KP", "SY"];

/// Postal codes by country: 9 a digit, A a letter, X either; everything else is itself. Spaces and hyphens in a code
/// don't count. Countries that aren't listed take any. Source: §2.4 "bad postal code for the country"; forms: UPU [I]
const POSTAL_CODES: &[(&str, &[&str])] = &[
    ("AR", &["9999", "A9999AAA"]),
    ("AT", &["9999"]),
    ("AU", &["9999"]),
    ("BE", &["9999"]),
    ("BG", &["9999"]),
    ("BR", &["99999999"]),
    ("CA", &["A9A9A9"]),
    ("CH", &["9999"]),
    ("CZ", &["99999"]),
    ("DE", &["99999"]),
    ("DK", &["9999"]),
    ("EE", &["99999"]),
    ("ES", &["99999"]),
    ("FI", &["99999"]),
    ("FR", &["99999"]),
    ("GB", &["A99AA", "A999AA", "AA99AA", "AA999AA", "A9A9AA", "AA9A9AA"]),
    ("GR", &["99999"]),
    ("HR", &["99999"]),
    ("HU", &["9999"]),
    ("IE", &["A9XXXXX", "A99XXXX"]),
    ("IN", &["999999"]),
    ("IT", &["99999"]),
    ("JP", &["9999999"]),
    ("KR", &["99999"]),
    ("LI", &["9999"]),
    ("LT", &["99999", "LT99999"]),
    ("LU", &["9999", "L9999"]),
    ("LV", &["9999", "LV9999"]),
    ("MX", &["99999"]),
    ("NL", &["9999AA"]),
    ("NO", &["9999"]),
    ("NZ", &["9999"]),
    ("PL", &["99999"]),
    ("PT", &["9999999", "9999"]),
    ("RO", &["999999"]),
    ("SE", &["99999"]),
    ("SG", &["999999"]),
    ("SI", &["9999"]),
    ("SK", &["99999"]),
    ("TR", &["99999"]),
    ("UA", &["99999"]),
    ("US", &["99999", "999999999"]),
    ("ZA", &["9999"]),
];

/// Source: google-semantics.md §2.2 "each ≤ 255 chars"
const ADDRESS_CHARS_MAX: usize = 255;

/// Lower-case host name of at least two labels, without `www`. Source: google-semantics.md §2.2
pub(crate) fn domain(text: &str) -> Result<String, ApiError> {
    let domain = text.to_ascii_lowercase();
    let good = domain.len() <= 253
        && domain.contains('.')
        && !domain.starts_with("www.")
        && domain.split('.').all(is_label)
        && !domain.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    if good { Ok(domain) } else { Err(ApiError::invalid("Invalid Input: customerDomain")) }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Somebody at some domain. Not more: Google takes what it can deliver to.
pub(crate) fn is_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && local.len() <= 64
            && !local.contains(|c: char| c.is_whitespace() || matches!(c, '@' | '<' | '>' | ','))
            && domain.contains('.')
            && domain.split('.').all(is_label)
    })
}

/// Required, and never on the customer's own domain. Source: google-semantics.md §2.2, §2.4 {R-ERR}
pub(crate) fn alternate_email(text: &str, customer_domain: &str) -> Result<(), ApiError> {
    let on_domain =
        text.rsplit('@').next().is_some_and(|domain| domain.eq_ignore_ascii_case(customer_domain));
    if !is_address(text) || on_domain {
        return Err(ApiError::invalid("Invalid Input: alternateEmail"));
    }
    Ok(())
}

/// With `+` and country code; `None` when Google would drop it without a word. Source: google-semantics.md §2.2
pub(crate) fn phone_number(text: &str) -> Option<String> {
    let digits: String =
        text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
    let number = digits.strip_prefix('+')?;
    let good = (7..=15).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !number.starts_with('0');
    good.then_some(digits)
}

/// Source: google-semantics.md §2.2, §2.4
pub(crate) fn address(address: &Address) -> Result<(), ApiError> {
    let all = [
        ("contactName", &address.contact_name),
        ("organizationName", &address.organization_name),
        ("addressLine1", &address.address_line1),
        ("addressLine2", &address.address_line2),
        ("addressLine3", &address.address_line3),
        ("locality", &address.locality),
        ("region", &address.region),
        ("postalCode", &address.postal_code),
        ("countryCode", &address.country_code),
    ];
    let bad = |name: &str| ApiError::invalid(format!("Invalid Input: postalAddress.{name}"));
    for (name, text) in all {
        let needed =
            matches!(name, "contactName" | "organizationName" | "postalCode" | "countryCode");
        if text.chars().count() > ADDRESS_CHARS_MAX || (needed && text.trim().is_empty()) {
            return Err(bad(name));
        }
    }
    let country = address.country_code.as_str();
    if !COUNTRIES.split_whitespace().any(|known| known == country) {
        return Err(bad("countryCode"));
    }
    if NOT_FOR_RESALE.contains(&country) {
        return Err(ApiError::invalid("Invalid country for the customer"));
    }
    if is_postal_code(&address.postal_code, country) { Ok(()) } else { Err(bad("postalCode")) }
}

fn is_postal_code(code: &str, country: &str) -> bool {
    let code: String = code.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    match POSTAL_CODES.iter().find(|(known, _)| *known == country) {
        None => !code.is_empty(),
        Some((_, forms)) => forms.iter().any(|form| fits(&code, form)),
    }
}

fn fits(code: &str, form: &str) -> bool {
    code.chars().count() == form.len()
        && code.chars().zip(form.chars()).all(|(letter, wanted)| match wanted {
            '9' => letter.is_ascii_digit(),
            'A' => letter.is_ascii_alphabetic(),
            'X' => letter.is_ascii_alphanumeric(),
            itself => letter == itself,
        })
}

/// At most 80 plain characters. Source: google-semantics.md §2.6, §2.16 {R-LIM}
pub(crate) fn purchase_order_id(text: &str) -> Result<(), ApiError> {
    let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if text.len() <= 80 && plain {
        Ok(())
    } else {
        Err(ApiError::invalid("Invalid Input: purchaseOrderId"))
    }
}
