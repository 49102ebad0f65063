//! The Gmail API as far as a sender needs it: profile and send. Source: google-semantics.md §5

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use mail_parser::{Address, Message, MessageParser};
use serde_json::json;

use crate::call::{Answer, Call};
use crate::clock::rfc3339;
use crate::envelope::ApiError;
use crate::licensing;
use crate::reply::Reply;
use crate::settings::Api;
use crate::shape::text;
use crate::world::Mail;

const DAY_MS: i64 = 86_400_000;
/// Per rolling 24 hours. Source: google-quotas.json `gmail.messages_per_day_per_user`
const MAILS_A_DAY: usize = 2000;
const MAILS_A_DAY_IN_TRIAL: usize = 500;
/// Per rolling 24 hours, and those of them outside the sender's organisation.
/// Source: google-quotas.json `gmail.recipients_per_day_per_user` {H-SEND}
const RECIPIENTS_A_DAY: usize = 10_000;
const EXTERNAL_RECIPIENTS_A_DAY: usize = 3000;

/// With or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `me` or one's own address, with a mailbox behind it.
/// Source: google-semantics.md §1.11 (mailboxes of others aren't reachable), §5.3 "Mail service not enabled" {F-GAM}
fn check_mailbox(call: &Call<'_>) -> Result<(), ApiError> {
    let user_id = call.part("userId");
    if user_id != "me" && !user_id.eq_ignore_ascii_case(&call.caller.email) {
        return Err(ApiError::forbidden(Api::Gmail));
    }
    let mailbox = call
        .world
        .users
        .get(&call.caller.email)
        .is_some_and(|user| licensing::has_mailbox(call.world, user, call.now_ms));
    let home = call.world.customers.get(&call.caller.customer_id);
    if home.is_some_and(|home| !home.gmail_apps) {
        // Source: §5.3 `domainPolicy` {GM-ERR}
        return Err(ApiError::forbidden_because(Api::Gmail, "domainPolicy"));
    }
    if mailbox { Ok(()) } else { Err(ApiError::failed_precondition("Mail service not enabled")) }
}

pub(crate) fn profile(call: &mut Call<'_>) -> Answer {
    check_mailbox(call)?;
    let sent = call.world.mails.iter().filter(|mail| mail.mailbox == call.caller.email).count();
    Ok(Reply::json(json!({
        "emailAddress": call.caller.email,
        "messagesTotal": sent,
        "threadsTotal": sent,
        "historyId": (1000 + sent).to_string(),
    })))
}

/// Source: google-semantics.md §5.1 {DISC-GM}{GM-SEND}
pub(crate) fn send(call: &mut Call<'_>) -> Answer {
    check_mailbox(call)?;
    let raw = text(&call.body, "/raw").ok_or_else(|| {
        ApiError::invalid(
            "'raw' RFC822 payload message string or uploading message via /upload/* URL required",
        )
    })?;
    let bytes = BASE64
        .decode(raw.trim())
        .map_err(|_| ApiError::invalid("Invalid value for ByteString: raw"))?;
    let message = MessageParser::default()
        .parse(&bytes)
        .ok_or_else(|| ApiError::invalid("Invalid raw message"))?;
    let recipients: Vec<String> = [message.to(), message.cc(), message.bcc()]
        .into_iter()
        .flatten()
        .flat_map(addresses)
        .collect();
    if recipients.is_empty() {
        return Err(ApiError::invalid("Recipient address required"));
    }
    if let Some(wrong) = recipients.iter().find(|to| !crate::reseller::rules::is_address(to)) {
        return Err(ApiError::invalid(format!("Invalid To header: {wrong}")));
    }
    if recipients.len() > call.switches().gmail_recipients_max {
        return Err(ApiError::invalid("Too many recipients"));
    }
    check_daily_limit(call, &recipients)?;
    let id = format!("19{}", &call.world.chance.base36("mail", 14));
    let mail = Mail {
        thread_id: text(&call.body, "/threadId").unwrap_or(&id).to_owned(),
        id,
        mailbox: call.caller.email.clone(),
        from: sender(&message, &call.caller.email),
        recipients,
        subject: message.subject().unwrap_or_default().to_owned(),
        message_id: message.message_id().unwrap_or_default().to_owned(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        raw: String::from_utf8_lossy(&bytes).into_owned(),
        sent_at_ms: call.now_ms,
    };
    let reply = json!({"id": mail.id, "threadId": mail.thread_id, "labelIds": ["SENT"]});
    call.world.mails.push(mail);
    Ok(Reply::json(reply))
}

fn addresses(list: &Address<'_>) -> Vec<String> {
    list.iter().filter_map(|it| it.address()).map(str::to_owned).collect()
}

/// A From that isn't the mailbox is rewritten. Source: google-semantics.md §5.1 [F/I]
fn sender(message: &Message<'_>, mailbox: &str) -> String {
    message
        .from()
        .map(addresses)
        .and_then(|from| from.into_iter().next())
        .filter(|from| from.eq_ignore_ascii_case(mailbox))
        .unwrap_or_else(|| mailbox.to_owned())
}

/// Messages and recipients of the last 24 hours. Source: google-semantics.md §5.3 429, §5.4 {H-SEND}
fn check_daily_limit(call: &Call<'_>, recipients: &[String]) -> Result<(), ApiError> {
    let since = call.now_ms - DAY_MS;
    let recent: Vec<&Mail> = call
        .world
        .mails
        .iter()
        .rev()
        .take_while(|mail| mail.sent_at_ms > since)
        .filter(|mail| mail.mailbox == call.caller.email)
        .collect();
    let in_trial = licensing::workspace_subscriptions(call.world, &call.caller.customer_id)
        .any(|subscription| subscription.is_in_trial(call.now_ms));
    let limit = if in_trial { MAILS_A_DAY_IN_TRIAL } else { MAILS_A_DAY };
    let home = call.world.customers.get(&call.caller.customer_id);
    let is_external = |to: &&String| {
        let domain = to.rsplit('@').next().unwrap_or_default();
        home.is_none_or(|home| !home.has_domain(domain))
    };
    let before = || recent.iter().flat_map(|mail| &mail.recipients);
    let full = recent.len() >= limit
        || before().count() + recipients.len() > RECIPIENTS_A_DAY
        || before().chain(recipients).filter(is_external).count() > EXTERNAL_RECIPIENTS_A_DAY;
    match recent.last() {
        Some(first) if full => Err(ApiError::sending_limit(&rfc3339(first.sent_at_ms + DAY_MS))),
        _ => Ok(()),
    }
}
