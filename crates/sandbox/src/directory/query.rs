//! The `query` of users.list and groups.list: clauses joined by spaces, read once, then held against each item.
//! Never: which fields there are (see the lists).
//! Source: google-semantics.md §3.3 query {DIR-SEARCH}

use crate::envelope::ApiError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    /// `=`
    Exact,
    /// `:`, whole words in order.
    Words,
    /// `:` with `*` at the end.
    Prefix,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    /// `:[min,max]`
    Range,
}

#[derive(Debug, Clone)]
struct Clause {
    /// Empty for bare words.
    field: String,
    operator: Operator,
    /// In lower case.
    value: String,
}

/// All clauses have to hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Search(Vec<Clause>);

fn bad(text: &str) -> ApiError {
    ApiError::invalid_parameter("query", format!("Invalid Input: Bad request for query: {text}"))
}

impl Search {
    /// `fields` are those that may stand before an operator.
    pub(super) fn read(text: &str, fields: &[&str]) -> Result<Search, ApiError> {
        let clauses: Result<Vec<Clause>, ApiError> =
            tokens(text)?.iter().map(|token| clause(token)).collect();
        let clauses = clauses?;
        let custom = |field: &str| field.contains('.');
        match clauses.iter().find(|it| {
            !it.field.is_empty() && !custom(&it.field) && !fields.contains(&it.field.as_str())
        }) {
            Some(_) => Err(bad(text)),
            None => Ok(Search(clauses)),
        }
    }

    /// `values_of` gives what an item has in a field; for the empty field, all that bare words search.
    pub(super) fn holds(&self, values_of: impl Fn(&str) -> Vec<String>) -> bool {
        self.0.iter().all(|clause| {
            values_of(&clause.field).iter().any(|value| fits(clause, &value.to_lowercase()))
        })
    }

    /// The value of a field that has to be equal, for items that are found by it and not held against it.
    pub(super) fn exact(&self, field: &str) -> Option<&str> {
        let clause =
            self.0.iter().find(|it| it.field == field && it.operator == Operator::Exact)?;
        Some(&clause.value)
    }
}

/// Clauses, apart at spaces that don't stand between quotes or brackets.
fn tokens(text: &str) -> Result<Vec<String>, ApiError> {
    let mut all = Vec::new();
    let mut now = String::new();
    let (mut quoted, mut bracketed) = (false, false);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => now.extend(letters.next()),
            '\'' => {
                quoted = !quoted;
                now.push('\u{0}');
            }
            '[' if !quoted => {
                bracketed = true;
                now.push(letter);
            }
            ']' if !quoted => {
                bracketed = false;
                now.push(letter);
            }
            ' ' if !quoted && !bracketed => {
                all.extend((!now.is_empty()).then(|| std::mem::take(&mut now)))
            }
            other => now.push(other),
        }
    }
    if quoted || bracketed {
        return Err(bad(text));
    }
    all.extend((!now.is_empty()).then_some(now));
    Ok(all)
}

/// `\u{0}` stands where a quote stood.
fn clause(token: &str) -> Result<Clause, ApiError> {
    let plain = |text: &str| text.replace('\u{0}', "").to_lowercase();
    let at =
        token.find([':', '=', '<', '>', '\u{0}']).filter(|at| !token[*at..].starts_with('\u{0}'));
    let Some(at) = at else {
        let value = plain(token);
        return Ok(match value.strip_suffix('*') {
            Some(start) => {
                Clause { field: String::new(), operator: Operator::Prefix, value: start.to_owned() }
            }
            None => Clause { field: String::new(), operator: Operator::Words, value },
        });
    };
    let (field, rest) = token.split_at(at);
    let (operator, value) = operator_of(rest);
    let value = plain(value);
    if field.is_empty() || value.is_empty() {
        return Err(bad(&plain(token)));
    }
    let (operator, value) = match operator {
        Operator::Words if value.starts_with('[') => (Operator::Range, value),
        Operator::Words if value.ends_with('*') => {
            (Operator::Prefix, value.trim_end_matches('*').to_owned())
        }
        operator => (operator, value),
    };
    Ok(Clause { field: field.to_owned(), operator, value })
}

fn operator_of(text: &str) -> (Operator, &str) {
    for (sign, operator) in [
        (">=", Operator::GreaterOrEqual),
        ("<=", Operator::LessOrEqual),
        (">", Operator::Greater),
        ("<", Operator::Less),
        ("=", Operator::Exact),
    ] {
        if let Some(value) = text.strip_prefix(sign) {
            return (operator, value);
        }
    }
    (Operator::Words, text.trim_start_matches(':'))
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// Numbers as numbers, everything else (dates among it) as text.
fn compare(value: &str, wanted: &str) -> std::cmp::Ordering {
    match (value.parse::<i64>(), wanted.parse::<i64>()) {
        (Ok(value), Ok(wanted)) => value.cmp(&wanted),
        _ => value.cmp(wanted),
    }
}

fn fits(clause: &Clause, value: &str) -> bool {
    let wanted = clause.value.as_str();
    match clause.operator {
        Operator::Exact => value == wanted,
        Operator::Words => {
            let wanted = words(wanted);
            words(value).windows(wanted.len().max(1)).any(|some| some == wanted)
        }
        Operator::Prefix => {
            value.starts_with(wanted) || words(value).iter().any(|word| word.starts_with(wanted))
        }
        Operator::Greater => compare(value, wanted).is_gt(),
        Operator::GreaterOrEqual => compare(value, wanted).is_ge(),
        Operator::Less => compare(value, wanted).is_lt(),
        Operator::LessOrEqual => compare(value, wanted).is_le(),
        Operator::Range => {
            let bounds = wanted.trim_start_matches('[').trim_end_matches(']').split_once(',');
            bounds.is_some_and(|(min, max)| {
                compare(value, min.trim()).is_ge() && compare(value, max.trim()).is_le()
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, value: &str, holds: bool) {
        let search = Search::read(query, &["name", "age"]).expect("a query");
        assert_eq!(search.holds(|_| vec![value.to_owned()]), holds, "{query} on {value}");
    }

    #[test]
    fn clauses_hold_as_google_says() {
        check("name=ada", "Ada", true);
        check("name='Ada Byron'", "ada byron", true);
        check("name='O\\'Neil'", "o'neil", true);
        check("name:ada", "Ada Byron", true);
        check("name:'ada byron'", "Miss Ada Byron", true);
        check("name:'byron ada'", "Ada Byron", false);
        check("name:ad", "Ada", false);
        check("name:ad*", "Ada", true);
        check("ada", "ada@x.example", true);
        check("age>9", "10", true);
        check("age<=9", "10", false);
        check("age:[3,7]", "5", true);
        check("age:[3,7]", "8", false);
        check("name:ada age>3", "ada", true);
        for wrong in ["name='ada", "size=3", "=3", "name="] {
            assert!(Search::read(wrong, &["name", "age"]).is_err(), "{wrong}");
        }
    }
}
