//! Ways to find things fast, kept beside the world's maps, and the only hands that write those maps while a call runs.
//! After somebody changed the maps directly (`Sandbox::alter`) nothing here is trusted until it was made anew; looking
//! things up goes on, the long way. Never: a rule.

use std::collections::{BTreeMap, BTreeSet};

use crate::life;
use crate::reseller::skus;
use crate::world::{
    Customer, CustomerType, Group, Licence, Subscription, User, World, below, licence_key,
};

#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    fresh: bool,
    /// Customer ids by every domain and domain alias.
    domains: BTreeMap<String, BTreeSet<String>>,
    /// Primary addresses by customer id.
    users: BTreeMap<String, BTreeSet<String>>,
    /// Primary addresses by user id.
    ids: BTreeMap<String, String>,
    /// Primary addresses by alias.
    aliases: BTreeMap<String, String>,
    /// Addresses of groups by their ids and aliases.
    groups: BTreeMap<String, String>,
    /// How many licences of `customer/product/sku`.
    licences: BTreeMap<String, usize>,
}

fn licences_key(licence: &Licence) -> String {
    format!("{}/{}/{}", licence.customer_id, licence.product_id, licence.sku_id)
}

fn domains_of(customer: &Customer) -> impl Iterator<Item = &String> {
    std::iter::once(&customer.domain)
        .chain(customer.domains.keys())
        .chain(customer.domain_aliases.keys())
}

impl Index {
    fn add_customer(&mut self, customer: &Customer) {
        for domain in domains_of(customer) {
            self.domains.entry(domain.clone()).or_default().insert(customer.id.clone());
        }
    }

    fn drop_customer(&mut self, customer: &Customer) {
        for domain in domains_of(customer) {
            if let Some(ids) = self.domains.get_mut(domain) {
                ids.remove(&customer.id);
            }
        }
    }

    fn add_user(&mut self, user: &User) {
        let email = &user.primary_email;
        self.users.entry(user.customer_id.clone()).or_default().insert(email.clone());
        self.ids.insert(user.id.clone(), email.clone());
        for alias in &user.aliases {
            self.aliases.insert(alias.clone(), email.clone());
        }
    }

    fn drop_user(&mut self, user: &User) {
        if let Some(emails) = self.users.get_mut(&user.customer_id) {
            emails.remove(&user.primary_email);
        }
        self.ids.remove(&user.id);
        for alias in &user.aliases {
            self.aliases.remove(alias);
        }
    }

    fn add_group(&mut self, group: &Group) {
        for key in group.aliases.iter().chain([&group.id]) {
            self.groups.insert(key.clone(), group.email.clone());
        }
    }

    fn drop_group(&mut self, group: &Group) {
        for key in group.aliases.iter().chain([&group.id]) {
            self.groups.remove(key);
        }
    }

    fn count(&mut self, licence: &Licence, by: isize) {
        let count = self.licences.entry(licences_key(licence)).or_default();
        *count = count.saturating_add_signed(by);
    }
}

/// Looking things up.
impl World {
    /// The customer with this id or domain, seen by everybody at once. Of several on one domain, the one that owns it,
    /// else the first.
    pub fn customer(&self, id_or_domain: &str) -> Option<&Customer> {
        if let Some(customer) = self.customers.get(id_or_domain) {
            return Some(customer);
        }
        let all = self.customers_on(id_or_domain);
        let whole = all.iter().find(|customer| customer.customer_type == CustomerType::Domain);
        whole.or(all.first()).copied()
    }

    /// Everybody who has this domain: at most one whole customer, and any number of teams.
    pub(crate) fn customers_on(&self, domain: &str) -> Vec<&Customer> {
        let domain = domain.to_lowercase();
        if !self.index.fresh {
            return self.customers.values().filter(|it| it.has_domain(&domain)).collect();
        }
        let ids = self.index.domains.get(&domain);
        ids.into_iter().flatten().filter_map(|id| self.customers.get(id)).collect()
    }

    /// Those whose primary domain it is. Source: google-semantics.md §2.2 "either id or current primary domain works"
    pub(crate) fn customers_at(&self, domain: &str) -> Vec<&Customer> {
        let domain = domain.to_lowercase();
        let mut all = self.customers_on(&domain);
        all.retain(|customer| customer.domain == domain);
        all
    }

    /// A customer's users by primary e-mail address.
    pub fn users_of<'a>(&'a self, customer_id: &str) -> Box<dyn Iterator<Item = &'a User> + 'a> {
        self.users_after(customer_id, None)
    }

    /// The users behind this address, in the order of addresses.
    pub(crate) fn users_after<'a>(
        &'a self,
        customer_id: &str,
        after: Option<&str>,
    ) -> Box<dyn Iterator<Item = &'a User> + 'a> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = after.map_or(Unbounded, |after| Excluded(after.to_owned()));
        if self.index.fresh {
            let emails = self.index.users.get(customer_id);
            let emails =
                emails.into_iter().flat_map(move |all| all.range((from.clone(), Unbounded)));
            return Box::new(emails.filter_map(|email| self.users.get(email)));
        }
        let customer_id = customer_id.to_owned();
        let all = self.users.range((from, Unbounded)).map(|(_, user)| user);
        Box::new(all.filter(move |user| user.customer_id == customer_id))
    }

    pub(crate) fn user_count(&self, customer_id: &str) -> usize {
        if self.index.fresh {
            return self.index.users.get(customer_id).map_or(0, BTreeSet::len);
        }
        self.users_of(customer_id).count()
    }

    /// The user with this primary e-mail address, alias or id.
    pub fn user(&self, key: &str) -> Option<&User> {
        let key = key.to_lowercase();
        if let Some(user) = self.users.get(&key) {
            return Some(user);
        }
        if !self.index.fresh {
            return self
                .users
                .values()
                .find(|user| user.id == key || user.aliases.contains(&key))
                .or_else(|| self.user_at_domain_alias(&key));
        }
        match self.index.ids.get(&key).or_else(|| self.index.aliases.get(&key)) {
            Some(email) => self.users.get(email),
            None => self.user_at_domain_alias(&key),
        }
    }

    /// Every user has an address at each other name of its domain. Source: google-semantics.md §3.2 `nonEditableAliases`
    fn user_at_domain_alias(&self, address: &str) -> Option<&User> {
        let (local, domain) = address.rsplit_once('@')?;
        let parent = self
            .customers_on(domain)
            .into_iter()
            .find_map(|customer| customer.domain_aliases.get(domain))?;
        self.users.get(&format!("{local}@{}", parent.parent))
    }

    /// The group with this address, alias or id.
    pub fn group(&self, key: &str) -> Option<&Group> {
        let key = key.to_lowercase();
        if let Some(group) = self.groups.get(&key) {
            return Some(group);
        }
        if self.index.fresh {
            return self.groups.get(self.index.groups.get(&key)?);
        }
        self.groups.values().find(|group| group.id == key || group.aliases.contains(&key))
    }

    /// Whether somebody has this address already. Source: google-semantics.md §3.2 "globally unique, not an alias"
    pub(crate) fn is_taken(&self, address: &str) -> bool {
        self.user(address).is_some() || self.group(address).is_some()
    }

    /// How many licences of this SKU a customer's users have.
    pub(crate) fn licence_count(&self, customer_id: &str, product: &str, sku_id: &str) -> usize {
        if self.index.fresh {
            let key = format!("{customer_id}/{product}/{sku_id}");
            return self.index.licences.get(&key).copied().unwrap_or_default();
        }
        self.licences_of(customer_id, product).filter(|licence| licence.sku_id == sku_id).count()
    }

    /// Everything this user has a licence of.
    pub(crate) fn licences_of_user(&self, customer_id: &str, email: &str) -> Vec<Licence> {
        skus::products()
            .filter_map(|product| self.licences.get(&licence_key(customer_id, product, email)))
            .cloned()
            .collect()
    }
}

/// Writing, with the index kept up.
impl World {
    /// Somebody is about to change the maps directly.
    pub(crate) fn distrust(&mut self) {
        self.index.fresh = false;
        self.due = life::Due::Unknown;
    }

    /// Makes the index anew, unless it is good.
    pub(crate) fn reindex(&mut self) {
        if self.index.fresh {
            return;
        }
        let mut index = Index { fresh: true, ..Index::default() };
        self.customers.values().for_each(|customer| index.add_customer(customer));
        self.users.values().for_each(|user| index.add_user(user));
        self.groups.values().for_each(|group| index.add_group(group));
        self.licences.values().for_each(|licence| index.count(licence, 1));
        self.index = index;
    }

    pub(crate) fn put_customer(&mut self, customer: Customer) {
        if let Some(before) = self.customers.get(&customer.id) {
            self.index.drop_customer(before);
        }
        self.index.add_customer(&customer);
        let id = customer.id.clone();
        self.customers.insert(id.clone(), customer);
        self.expect_customer(&id);
    }

    pub(crate) fn take_customer(&mut self, id: &str) -> Option<Customer> {
        let customer = self.customers.remove(id)?;
        self.index.drop_customer(&customer);
        Some(customer)
    }

    /// Adds a user, or replaces the one with the same id, whatever its address was.
    pub(crate) fn put_user(&mut self, user: User) {
        let before = self.user(&user.id).map(|before| before.primary_email.clone());
        if let Some(before) = before {
            self.take_user(&before);
        }
        self.index.add_user(&user);
        self.users.insert(user.primary_email.clone(), user);
    }

    pub(crate) fn take_user(&mut self, email: &str) -> Option<User> {
        let user = self.users.remove(email)?;
        self.index.drop_user(&user);
        Some(user)
    }

    pub(crate) fn put_group(&mut self, group: Group) {
        let before = self.group(&group.id).map(|before| before.email.clone());
        if let Some(before) = before {
            self.take_group(&before);
        }
        self.index.add_group(&group);
        self.groups.insert(group.email.clone(), group);
    }

    pub(crate) fn take_group(&mut self, email: &str) -> Option<Group> {
        let group = self.groups.remove(email)?;
        self.index.drop_group(&group);
        Some(group)
    }

    pub(crate) fn put_licence(&mut self, licence: Licence) {
        let key = licence_key(&licence.customer_id, &licence.product_id, &licence.user);
        self.take_licence(&key);
        self.index.count(&licence, 1);
        self.licences.insert(key, licence);
    }

    pub(crate) fn take_licence(&mut self, key: &str) -> Option<Licence> {
        let licence = self.licences.remove(key)?;
        self.index.count(&licence, -1);
        Some(licence)
    }

    pub(crate) fn put_subscription(&mut self, subscription: Subscription) {
        let key = subscription.key();
        let customer_id = subscription.customer_id.clone();
        self.subscriptions.insert(key.clone(), subscription);
        self.expect_subscription(&key);
        self.expect_customer(&customer_id);
    }
}

/// What one customer had at some moment, but for its users.
pub(crate) struct Savepoint {
    customer_id: String,
    customer: Option<Customer>,
    subscriptions: Vec<Subscription>,
    licences: Vec<Licence>,
    notices: usize,
}

impl World {
    pub(crate) fn savepoint(&self, customer_id: &str) -> Savepoint {
        Savepoint {
            customer_id: customer_id.to_owned(),
            customer: self.customers.get(customer_id).cloned(),
            subscriptions: self.subscriptions_of(customer_id).cloned().collect(),
            licences: below(&self.licences, &format!("{customer_id}/")).cloned().collect(),
            notices: self.notices.len(),
        }
    }

    pub(crate) fn restore(&mut self, to: Savepoint) {
        let keys: Vec<String> =
            self.subscriptions_of(&to.customer_id).map(Subscription::key).collect();
        for key in keys {
            self.subscriptions.remove(&key);
        }
        let prefix = format!("{}/", to.customer_id);
        let keys: Vec<String> = self
            .licences
            .range(prefix.clone()..)
            .map(|(key, _)| key.clone())
            .take_while(|key| key.starts_with(&prefix))
            .collect();
        for key in keys {
            self.take_licence(&key);
        }
        to.licences.into_iter().for_each(|licence| self.put_licence(licence));
        to.subscriptions.into_iter().for_each(|it| self.put_subscription(it));
        if let Some(customer) = to.customer {
            self.put_customer(customer);
        }
        self.notices.truncate(to.notices);
    }
}
