//! Which Workspace edition can be switched to which, as data. Source: google-semantics.md §2.10 {R-PROD}

/// One cell of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    /// Only with a verified domain.
    UpIfVerified,
    Down,
    /// Only with at most `SMALL_SEATS_MAX` seats.
    DownIfSmall,
}

/// Source: google-semantics.md §2.10 "only ≤ 300 seats"
pub(super) const SMALL_SEATS_MAX: i32 = 300;

/// Business Starter, Standard and Plus, Enterprise Standard and Plus.
const TO: [&str; 5] = ["1010020027", "1010020028", "1010020025", "1010020026", "1010020020"];

type Row = (&'static str, [Option<Way>; 5]);

const U: Option<Way> = Some(Way::Up);
const V: Option<Way> = Some(Way::UpIfVerified);
const D: Option<Way> = Some(Way::Down);
const S: Option<Way> = Some(Way::DownIfSmall);

const FROM: [Row; 8] = [
    ("Google-Apps-For-Business", [U, U, U, U, U]),
    ("Google-Apps-Unlimited", [D, U, U, U, U]),
    ("1010020027", [None, U, U, U, U]),
    ("1010020028", [D, None, U, U, U]),
    ("1010020025", [D, D, None, U, U]),
    ("1010020026", [S, S, S, None, U]),
    ("1010020020", [S, S, S, D, None]),
    ("1010060003", [None, None, None, V, V]),
];

/// `None`: not offered.
pub(super) fn way(from: &str, to: &str) -> Option<Way> {
    let column = TO.iter().position(|sku| *sku == to)?;
    FROM.iter().find(|(sku, _)| *sku == from)?.1[column]
}
