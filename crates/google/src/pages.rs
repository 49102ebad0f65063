//! Long lists, page by page: never more than one page is held, and the place in the list is a value
//! that outlives a turn.

use crate::client::{CallError, Google, Grant};
use crate::request::Read;
use crate::wire::Answered;
use crate::{directory, licensing, reseller};
use domain::step::Call;
use futures_util::stream::{self, Stream, TryStreamExt as _};

/// Most pages of one list: at the smallest page we ask for, over a million things. Beyond it Google
/// is sending us in circles.
const PAGES_MAX: usize = 10_000;

/// One page of a list.
pub trait Page: Answered {
    type Item;

    /// Empty on the last page.
    fn next_page_token(&self) -> &str;
    fn into_items(self) -> Vec<Self::Item>;
}

macro_rules! page {
    ($($page:ty { $items:ident: $item:ty })*) => {
        $(impl Page for $page {
            type Item = $item;

            fn next_page_token(&self) -> &str {
                &self.next_page_token
            }

            fn into_items(self) -> Vec<$item> {
                self.$items
            }
        })*
    };
}

page! {
    reseller::Subscriptions { subscriptions: reseller::Subscription }
    directory::Users { users: directory::User }
    directory::Groups { groups: directory::Group }
    directory::Members { members: directory::Member }
    licensing::LicenseAssignments { items: licensing::LicenseAssignment }
}

/// A place in a list, before its first page at first. A page token is good for days at most
/// (directory: three), so a walk that rested for longer starts anew.
/// Source: google-quotas.json directory.page_token_lifetime.
#[derive(Debug, Clone)]
pub struct Pages<P> {
    read: Read<P>,
    /// `None` behind the last page.
    token: Option<String>,
    left: usize,
    landmark: Landmark,
}

/// A token passed some way back, to notice when a walk comes by it again. It is replaced after 1, 2, 4,
/// 8… pages, so a circle of any length is noticed within about three rounds, and one token is enough.
#[derive(Debug, Clone)]
struct Landmark {
    token: String,
    since: usize,
    until: usize,
}

impl Landmark {
    const NONE: Landmark = Landmark { token: String::new(), since: 0, until: 1 };

    fn pass(&mut self, token: &str) {
        self.since += 1;
        if self.since == self.until {
            *self = Landmark { token: token.to_owned(), since: 0, until: self.until * 2 };
        }
    }
}

impl<P: Page> Pages<P> {
    pub(crate) fn of(read: Read<P>, page: u32) -> Pages<P> {
        let read = read.query("maxResults", &page.to_string());
        Pages { read, token: Some(String::new()), left: PAGES_MAX, landmark: Landmark::NONE }
    }

    /// Goes on where another walk of the same list rested.
    #[must_use]
    pub fn from_token(self, token: &str) -> Pages<P> {
        Pages { token: Some(token.to_owned()), ..self }
    }

    /// Gives up as [`CallError::NotApplied`] when there are more pages than that.
    #[must_use]
    pub fn at_most(self, pages: usize) -> Pages<P> {
        Pages { left: pages, ..self }
    }

    /// Where the walk goes on; empty before the first page, `None` behind the last.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    fn method(&self) -> &'static str {
        self.read.ask.line.id
    }
}

impl Google {
    /// The next page, `None` behind the last. A page that failed may be asked for again.
    ///
    /// # Errors
    /// As [`Google::read`]; [`CallError::NotApplied`] too when the list does not end.
    pub async fn next_page<P: Page>(
        &self,
        grant: &Grant,
        pages: &mut Pages<P>,
        log: &mut Vec<Call>,
    ) -> Result<Option<P>, CallError> {
        let Some(token) = &pages.token else { return Ok(None) };
        let endless = |why: &str| {
            let why = format!("{}: {why}", pages.method());
            CallError::NotApplied { why, retry_after_ms: None }
        };
        if pages.left == 0 {
            return Err(endless("more pages than there can be"));
        }
        let read = match token.as_str() {
            "" => pages.read.clone(),
            token => pages.read.clone().query("pageToken", token),
        };
        let page = self.read(grant, &read, log).await?;
        let next = page.next_page_token();
        if !next.is_empty() && (next == token || next == pages.landmark.token) {
            return Err(endless("the list goes in circles"));
        }
        pages.landmark.pass(next);
        pages.token = Some(next.to_owned()).filter(|next| !next.is_empty());
        pages.left -= 1;
        Ok(Some(page))
    }

    /// The things of a list one by one, holding no more than a page of them. Ends at the first error.
    pub fn items<'a, P: Page + 'a>(
        &'a self,
        grant: &'a Grant,
        pages: Pages<P>,
        log: &'a mut Vec<Call>,
    ) -> impl Stream<Item = Result<P::Item, CallError>> + 'a {
        stream::try_unfold((pages, log), move |(mut pages, log)| async move {
            let page = self.next_page(grant, &mut pages, log).await?;
            Ok(page.map(|page| {
                let items = page.into_items().into_iter().map(Ok);
                (stream::iter(items), (pages, log))
            }))
        })
        .try_flatten()
    }
}
