//! What all pages of the face share: the frame around them, the way back to one, pages of a list, and what is shown
//! when there is no page. Never: what a page says.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::form::Tried;
use super::words::When;
use crate::page::{FACE_STYLE, STYLE, policy_with, render_under};
use crate::reply::Reply;
use crate::sandbox::Sandbox;

/// Items on one page of a list.
pub(super) const PAGE: usize = 50;

/// What surrounds a page.
pub(super) struct Frame {
    pub(super) title: String,
    /// `overview`, `customers`, `mails`, `calls`, `accounts`, `faults`, or empty outside all of them.
    pub(super) section: &'static str,
    /// From the page's address back to the sandbox's own, so that it may stand below any path.
    pub(super) root: String,
    /// `None` on pages that don't know the time.
    pub(super) now: Option<When>,
    /// What was just done.
    pub(super) notice: Option<&'static str>,
    /// What was refused on this page, and the id of the field that is wrong.
    pub(super) refused: Option<(String, String)>,
}

/// Name, title and address, seen from the base address.
const SECTIONS: [(&str, &str, &str); 6] = [
    ("overview", "Overview", ""),
    ("customers", "Customers", "sandbox/customers"),
    ("mails", "Mails", "sandbox/mails"),
    ("calls", "Calls", "sandbox/calls"),
    ("accounts", "Accounts", "sandbox/accounts"),
    ("faults", "Faults", "sandbox/faults"),
];

/// From a page at this path back to the base address.
fn root_of(path: &str) -> String {
    match path.matches('/').count() {
        0 | 1 => "./".to_owned(),
        deep => "../".repeat(deep - 1),
    }
}

impl Frame {
    pub(super) fn of(sandbox: &Sandbox, path: &str, section: &'static str, title: &str) -> Frame {
        let now_ms = sandbox.now_ms();
        Frame { now: Some(When::of(now_ms, now_ms)), section, ..Frame::bare(path, title) }
    }

    fn bare(path: &str, title: &str) -> Frame {
        Frame {
            title: title.to_owned(),
            section: "",
            root: root_of(path),
            now: None,
            notice: None,
            refused: None,
        }
    }

    pub(super) fn notice(self, notice: Option<&'static str>) -> Frame {
        Frame { notice, ..self }
    }

    pub(super) fn refused(self, tried: Option<&Tried>) -> Frame {
        let refused = tried.map(|tried| (tried.text().to_owned(), tried.place()));
        Frame { refused, ..self }
    }

    pub(super) fn sections(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        SECTIONS.iter().map(|(name, title, path)| (*title, *path, *name == self.section))
    }

    pub(super) fn style(&self) -> &'static str {
        STYLE
    }

    pub(super) fn face_style(&self) -> &'static str {
        FACE_STYLE
    }
}

/// The parameters that pages share; each takes what it needs.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// What was just done, as the name of a deed.
    #[serde(default)]
    pub(super) done: Option<String>,
    /// What a list is searched for.
    #[serde(default)]
    pub(super) q: String,
    #[serde(default)]
    pub(super) method: String,
    #[serde(default)]
    pub(super) customer: String,
    /// Counted from 1; what isn't a number is the first page.
    #[serde(default)]
    page: String,
}

/// Addresses that can't be read ask for nothing.
pub(super) type Asking = Result<Query<Asked>, axum::extract::rejection::QueryRejection>;

pub(super) fn asked(asking: Asking) -> Asked {
    asking.map(|Query(asked)| asked).unwrap_or_default()
}

/// Which page of a list this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pages {
    /// Items before the first one shown.
    pub(super) skipped: usize,
    pub(super) shown: usize,
    pub(super) total: usize,
    /// Addresses of the pages around it.
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

impl Pages {
    /// `keep` stays in the addresses of the other pages. A page beyond the end is the last one.
    pub(super) fn of(total: usize, asked: &Asked, keep: &[(&str, &str)]) -> Pages {
        let last = total.div_ceil(PAGE).max(1);
        let page = asked.page.parse::<usize>().unwrap_or(1).clamp(1, last);
        let address = |page: usize| {
            let kept = keep.iter().filter(|(_, text)| !text.is_empty());
            let query = Serializer::new(String::new())
                .extend_pairs(kept)
                .append_pair("page", &page.to_string())
                .finish();
            format!("?{query}")
        };
        let skipped = (page - 1) * PAGE;
        Pages {
            skipped,
            shown: PAGE.min(total - skipped),
            total,
            before: (page > 1).then(|| address(page - 1)),
            after: (page < last).then(|| address(page + 1)),
        }
    }

    pub(super) fn first(&self) -> usize {
        self.skipped + 1
    }

    pub(super) fn last(&self) -> usize {
        self.skipped + self.shown
    }

    pub(super) fn is_all(&self) -> bool {
        self.before.is_none() && self.after.is_none()
    }

    pub(super) fn cut<T>(&self, all: impl Iterator<Item = T>) -> Vec<T> {
        all.skip(self.skipped).take(self.shown).collect()
    }
}

/// A page of the face. It may hold frames of our own, and post forms to us.
pub(super) fn show(status: u16, page: &impl Template) -> Response {
    of_ours(render_under(status, page, policy_with("frame-src 'self'; "))).into_response()
}

/// Nothing is kept by a browser; and forms say where they come from, but nobody else is told.
fn of_ours(reply: Reply) -> Reply {
    reply.with_header("cache-control", "no-store").with_header("referrer-policy", "same-origin")
}

/// Back to a page by GET, with a notice of what was done. `to` is seen from the base address.
pub(super) fn back(path: &str, to: &str, done: &str, place: &str) -> Response {
    let place = if place.is_empty() { String::new() } else { format!("#{place}") };
    let address = format!("{}{to}?done={done}{place}", root_of(path));
    of_ours(Reply::empty(303).with_header("location", address)).into_response()
}

#[derive(Template)]
#[template(path = "face/trouble.html")]
struct Trouble<'a> {
    frame: Frame,
    text: &'a str,
}

/// A page that says why there is none, with a way back.
pub(super) fn trouble(path: &str, status: u16, title: &str, text: &str) -> Response {
    show(status, &Trouble { frame: Frame::bare(path, title), text })
}

pub(super) fn unknown(path: &str, what: &str) -> Response {
    trouble(path, 404, "Not found", &format!("There is no {what} in this sandbox."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(total: usize, page: &str, expected: (usize, usize, bool, bool)) {
        let asked = Asked { page: page.to_owned(), ..Asked::default() };
        let pages = Pages::of(total, &asked, &[("q", "a&b"), ("none", "")]);
        let around = (pages.before.is_some(), pages.after.is_some());
        assert_eq!((pages.skipped, pages.shown, around.0, around.1), expected, "{total} {page}");
        if let Some(after) = pages.after {
            assert!(after.starts_with("?q=a%26b&page="), "{after}");
        }
    }

    #[test]
    fn lists_fall_into_pages() {
        check(0, "", (0, 0, false, false));
        check(50, "1", (0, 50, false, false));
        check(51, "1", (0, 50, false, true));
        check(51, "2", (50, 1, true, false));
        check(51, "99", (50, 1, true, false));
        check(51, "0", (0, 50, false, true));
        check(51, "no number", (0, 50, false, true));
        check(120, "2", (50, 50, true, true));
    }

    #[test]
    fn every_page_knows_its_way_to_the_base_address() {
        assert_eq!(root_of("/"), "./");
        assert_eq!(root_of("/sandbox/customers"), "../");
        assert_eq!(root_of("/sandbox/customers/C1"), "../../");
    }
}
