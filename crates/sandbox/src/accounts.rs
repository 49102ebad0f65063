//! Whole Google accounts that are deleted, and come back under another id. Never: who may do it.
//! Source: google-semantics.md §2.3 "a deleted then restored account has a **new** `customerId`" {R-RC}

use crate::licensing;
use crate::world::{
    DeletedAccount, Group, OrgUnit, Subscription, User, World, below, org_unit_key,
};

impl World {
    /// Takes the customer away with everything it has. `false` when there is no such customer.
    pub(crate) fn delete_account(&mut self, id: &str, now_ms: i64) -> bool {
        let Some(customer) = self.customers.get(id).cloned() else { return false };
        let users: Vec<User> = self.users_of(id).cloned().collect();
        let licences = below(&self.licences, &format!("{id}/")).cloned().collect();
        let subscriptions: Vec<Subscription> = self.subscriptions_of(id).cloned().collect();
        let org_units: Vec<OrgUnit> = below(&self.org_units, &format!("{id}/")).cloned().collect();
        let groups: Vec<Group> =
            self.groups.values().filter(|group| group.customer_id == id).cloned().collect();
        for user in &users {
            for licence in self.licences_of_user(id, &user.primary_email) {
                self.take_licence(&crate::world::licence_key(
                    id,
                    &licence.product_id,
                    &licence.user,
                ));
            }
            self.take_user(&user.primary_email);
        }
        for subscription in &subscriptions {
            self.subscriptions.remove(&subscription.key());
            self.subscription_notes.remove(&subscription.key());
        }
        for unit in &org_units {
            self.org_units.remove(&org_unit_key(id, &unit.path));
        }
        for group in &groups {
            self.take_group(&group.email);
        }
        self.deleted_users.retain(|_, gone| gone.user.customer_id != id);
        self.transfer_tokens.retain(|_, token| token.customer_id != id);
        self.take_customer(id);
        let gone = DeletedAccount {
            customer,
            users,
            subscriptions,
            licences,
            org_units,
            groups,
            deleted_at_ms: now_ms,
        };
        self.deleted_accounts.insert(id.to_owned(), gone);
        true
    }

    /// Brings it back under `new_id`. `false` when nothing was deleted under this id.
    pub(crate) fn restore_account(&mut self, id: &str, new_id: &str) -> bool {
        let Some(mut gone) = self.deleted_accounts.remove(id) else { return false };
        gone.customer.id = new_id.to_owned();
        self.put_customer(gone.customer);
        for mut user in gone.users {
            user.customer_id = new_id.to_owned();
            self.put_user(user);
        }
        for mut subscription in gone.subscriptions {
            subscription.customer_id = new_id.to_owned();
            self.put_subscription(subscription);
        }
        for licence in gone.licences {
            licensing::give(self, new_id, &licence.sku_id, licence.user, licence.since_ms);
        }
        for mut unit in gone.org_units {
            unit.customer_id = new_id.to_owned();
            self.org_units.insert(org_unit_key(new_id, &unit.path), unit);
        }
        for mut group in gone.groups {
            group.customer_id = new_id.to_owned();
            self.put_group(group);
        }
        true
    }
}
