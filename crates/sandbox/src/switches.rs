//! One switch per point on which Google's sources contradict each other [X] or say nothing [I]. The README lists them
//! all, held to it by a test. Never: a setting that has nothing to do with Google.

use serde::{Deserialize, Serialize};

/// What customers.get shows of a customer that isn't ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForeignCustomer {
    /// 200 with id, domain and type only. Source: google-semantics.md §2.3 [D] {R-RC}
    Minimal,
    /// 403 `forbidden`. Source: google-semantics.md §2.14 [D] {R-ERR-OLD}
    Forbidden,
}

/// What happens when a SKU is bought that the customer has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameSku {
    /// A second subscription appears. The default, since it is the harshest for a client that repeats a call.
    Buys,
    /// 412 `conditionNotMet`.
    Refused,
}

/// What happens when another Workspace SKU is bought without saying whether that buys or switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OtherSku {
    /// It switches where the matrix offers that, else 412.
    Switches,
    /// A second subscription appears.
    Buys,
}

/// What `resolveConflictAccount=true` does to a consumer's account with the wanted address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictAccount {
    /// 200, the new user takes its place.
    Replaced,
    /// 202, the consumer is invited, no user is made.
    Invited,
    /// 409, nothing happens.
    Kept,
}

/// Which of Google's two error envelopes ordinary refusals wear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorFormat {
    /// `code`, `message`, `errors[]`. Source: google-semantics.md §7.2 [D] {GM-ERR}
    Legacy,
    /// The same with `status` and `details[]`. Source: google-semantics.md §7.2 [F] {F-ERRSAMPLE}
    Newer,
}

/// The points on which Google's sources contradict each other [X] or say nothing [I].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Whether "API not enabled" is found before "scope missing". Default: no.
    /// Source: google-semantics.md §11 [I] "Validation order"
    pub api_enabled_before_scope: bool,
    /// OAuth clients that nobody has used for six months are deleted. Default: no, as Google gives notice 30 days before
    /// and somebody keeps it. Source: google-semantics.md §1.2 [D] {O-WEB}
    pub unused_clients_deleted: bool,
    /// Redirect URIs that Google wouldn't register are refused though they stand in the settings. Default: no, so that
    /// the sandbox can be tried without TLS. Source: google-semantics.md §1.7 [D] {O-WEB}
    pub redirect_uris_checked: bool,
    /// Answer 201 instead of 200 to changeSeats, changePlan, changeRenewalSettings, startPaidService. Default: no.
    /// Source: google-semantics.md §2.1 [X] {R-MS}
    pub created_status_for_changes: bool,
    /// Answer 201 instead of 200 to inserts and updates of org units, groups and aliases. Default: no.
    /// Source: google-semantics.md §3.1 [X] {DIR-OU}{DIR-GRP}{DIR-ALIAS}
    pub created_status_in_directory: bool,
    /// A new customer's subscription is ACTIVE at once instead of SUSPENDED with PENDING_TOS_ACCEPTANCE. Default: no.
    /// Source: google-semantics.md §2.9 [X] {R-MC}
    pub new_subscription_active: bool,
    /// Seats, plan and renewal change while the terms are not accepted yet. Default: no, as any suspended subscription.
    /// Source: google-semantics.md §2.9 [X] {R-ERR} against §2.12 {H-TOS}
    pub change_seats_while_terms_pending: bool,
    /// changePlan brings a subscription back whose trial ended without a plan. Default: yes.
    /// Source: google-semantics.md §9.9 [I]
    pub change_plan_revives_ended_trial: bool,
    /// The 10 seats of a trial stay the most until it ends, though a plan is chosen. Default: yes.
    /// Source: google-semantics.md §2.9 startPaidService [I]
    pub trial_cap_with_plan: bool,
    /// Transfers leave no active subscription behind: all in one batch. Default: yes.
    /// Source: google-semantics.md §2.11 (4) [D]; which error [I]
    pub transfers_complete: bool,
    /// How long a transfer token is good. Default: 14. Source: google-semantics.md §2.11 (2) [X] 14 or 30
    pub transfer_token_days: u32,
    /// After a transfer from another reseller subscriptions wait for the new terms. Default: no, they run on.
    /// Source: google-semantics.md §2.12 {H-TOS} [I]
    pub transfer_waits_for_terms: bool,
    /// `minimumTransferableSeats` is a string, as in the guide's sample. Default: no, a number.
    /// Source: google-semantics.md §2.6 [X] {DISC-RES}{R-MS}
    pub minimum_transferable_seats_as_text: bool,
    /// The reseller is one for tests: domains `goog-test…`, 10 seats, trials of a day, customers that are deleted after 3
    /// days. Default: no.
    /// Source: google-semantics.md §2.12 {CC-QUOTA}{F-CB}
    pub test_reseller: bool,
    /// Customers whose domain isn't verified are suspended after 21 days. Default: no, since Google says "may".
    /// Source: google-semantics.md §2.12 {R-LAB}
    pub unverified_suspended: bool,
    /// Most seats of one subscription by the reseller's contract. Default: 50000. Source: google-semantics.md §2.16 {R-LIM}
    pub seats_max: i32,
    /// changePlan gives the subscription a new id. Default: no, as only switches and transfers do.
    /// Source: google-semantics.md §2.6 [D] "changes whenever the subscription changes" {R-CON} against §11 [I]
    pub subscription_id_follows_plan: bool,
    /// Subscriptions that aren't annual show a renewal type too. Default: no.
    /// Source: google-semantics.md §2.8 [X] {R-MS}, samples against text
    pub renewal_shown_without_term: bool,
    /// Transferable annual subscriptions show both fields of seats. Default: no.
    /// Source: google-semantics.md §2.6 [X] {R-MS}, a sample
    pub transferable_seats_in_both_fields: bool,
    /// A Workspace subscription isn't suspended before the customer's Vault and Drive are gone. Default: no.
    /// Source: google-semantics.md §2.9 [X] {R-PROD} against {H-SUSP}
    pub suspend_needs_addons_gone: bool,
    /// An upgrade to a SKU that Vault belongs to ends the Vault add-on. Default: yes.
    /// Source: google-semantics.md §9.8, §2.18 [D] {R-PUSH}; which SKUs [I]
    pub upgrade_ends_vault: bool,
    /// subscriptions.delete answers 200 instead of 204. Default: no. Source: google-semantics.md §2.1 [I] {R-DEL}
    pub delete_answers_200: bool,
    /// What a customer takes to Google ends after a time of grace, unless somebody pays for it there. Default: yes.
    /// Source: google-semantics.md §2.9 [D] {H-TTG}
    pub grace_after_handover: bool,
    /// A transfer that fails leaves the customer registered with its new reseller. Default: no, all or nothing.
    /// Source: google-semantics.md §2.11 (10) [F] {F-CB}
    pub failed_transfer_registers: bool,
    /// The Licensing API wants the Directory API enabled too. Default: no.
    /// Source: google-semantics.md §4 [D] {LIC-LIM}; which error [I]
    pub licensing_needs_directory: bool,
    /// Most recipients of one message. Default: 500. Source: google-quotas.json `gmail.recipients_per_message_api` [X]
    /// 500 or 100
    pub gmail_recipients_max: usize,
    /// Users may be created before the customer has a subscription. Default: yes.
    /// Source: google-semantics.md §11 [I], §2.4 {R-MC}
    pub users_before_subscription: bool,
    /// Longest given or family name, in characters. Default: 60. Source: google-semantics.md §3.2 [X] 60 or 40
    pub name_chars_max: usize,
    /// Biggest page of the Licensing API. Default: 1000. Source: google-semantics.md §4 [X] 1000 or 100
    pub licensing_page_max: u32,
    /// The Licensing API refuses customers all of whose subscriptions are suspended, not counting those that wait for the
    /// terms. Default: yes.
    /// Source: google-semantics.md §4 "A suspended customer gives an error" {DISC-LIC}; which one [I]
    pub licences_refused_while_suspended: bool,
    /// List items say `subscriptions#subscription` instead of `reseller#subscription`. Default: yes.
    /// Source: google-semantics.md §2.6 [X]
    pub list_item_kind_differs: bool,
    /// Unknown JSON members and query parameters are refused with 400. Default: yes.
    /// Source: google-semantics.md §11 [F]
    pub refuse_unknown_fields: bool,
    /// `email` and `profile` come back as `…/auth/userinfo.email` and `…/auth/userinfo.profile`. Default: yes.
    /// Source: google-semantics.md §1.2 [F] {F-CALLBACK}; seen in public clients
    pub short_scopes_expanded: bool,
    /// The consent page's boxes are ticked from the start. Default: no. Source: google-semantics.md §1.5 [I]
    pub consent_boxes_ticked: bool,
    /// A verified site is only given up once its record is gone. Default: yes. Source: google-semantics.md §6 [I]
    pub unverify_needs_record_gone: bool,
    /// Calls of a batch are carried out in an order drawn from the seed. Default: yes.
    /// Source: google-semantics.md §7.1 [D] {BATCH}
    pub batch_order_random: bool,
    /// Answers in a batch of the Reseller API carry a Content-ID as others do. Default: no.
    /// Source: google-semantics.md §7.1 [D] {BATCH-RES}
    pub content_id_in_reseller_batch: bool,
    /// Nothing is compressed unless `User-Agent` says `gzip` too. Default: yes.
    /// Source: google-semantics.md §7.3 [D] {DIR-PERF}
    pub gzip_needs_user_agent: bool,
    /// Default: minimal. Source: google-semantics.md §2.3, §2.14 [X]
    pub foreign_customer: ForeignCustomer,
    /// Default: buys. Source: google-semantics.md §2.10 [I] "unspecified lets Google decide"
    pub same_sku: SameSku,
    /// Default: switches. Source: google-semantics.md §2.10 [I] "unspecified lets Google decide"
    pub other_sku: OtherSku,
    /// Default: replaced. Source: google-semantics.md §3.3 [D] "the customer's console option"
    pub conflict_account: ConflictAccount,
    /// Default: legacy. Source: google-semantics.md §7.2
    pub error_format: ErrorFormat,
}

impl Default for Switches {
    fn default() -> Self {
        Switches {
            api_enabled_before_scope: false,
            unused_clients_deleted: false,
            redirect_uris_checked: false,
            created_status_for_changes: false,
            created_status_in_directory: false,
            new_subscription_active: false,
            change_seats_while_terms_pending: false,
            change_plan_revives_ended_trial: true,
            trial_cap_with_plan: true,
            transfers_complete: true,
            transfer_token_days: 14,
            transfer_waits_for_terms: false,
            minimum_transferable_seats_as_text: false,
            test_reseller: false,
            unverified_suspended: false,
            seats_max: 50_000,
            subscription_id_follows_plan: false,
            renewal_shown_without_term: false,
            transferable_seats_in_both_fields: false,
            suspend_needs_addons_gone: false,
            upgrade_ends_vault: true,
            delete_answers_200: false,
            grace_after_handover: true,
            failed_transfer_registers: false,
            licensing_needs_directory: false,
            gmail_recipients_max: 500,
            users_before_subscription: true,
            name_chars_max: 60,
            licensing_page_max: 1000,
            licences_refused_while_suspended: true,
            list_item_kind_differs: true,
            refuse_unknown_fields: true,
            short_scopes_expanded: true,
            consent_boxes_ticked: false,
            unverify_needs_record_gone: true,
            batch_order_random: true,
            content_id_in_reseller_batch: false,
            gzip_needs_user_agent: true,
            foreign_customer: ForeignCustomer::Minimal,
            same_sku: SameSku::Buys,
            other_sku: OtherSku::Switches,
            conflict_account: ConflictAccount::Replaced,
            error_format: ErrorFormat::Legacy,
        }
    }
}

/// Source: google-quotas.json `reseller.test_domain`
const TEST_SEATS_MAX: i32 = 10;

impl Switches {
    /// Most seats of one subscription.
    pub(crate) fn most_seats(&self) -> i32 {
        if self.test_reseller { TEST_SEATS_MAX.min(self.seats_max) } else { self.seats_max }
    }
}
