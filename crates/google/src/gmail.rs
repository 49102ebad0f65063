//! The Gmail API: the welcome mail, sent from the reseller's mailbox.

use crate::client::{CallError, Google, Grant, Probe, StepSecrets, missing};
use crate::mail::{Welcome, compose};
use crate::methods;
use crate::request::{Change, Read};
use crate::wire::wire;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use domain::secret::ExposeSecret;
use domain::step::{Call, Shown, Step};
use domain::time::Timestamp;

// Source: google-semantics.md §5.1 {DISC-GM}.
wire! {
    sends NewMessage {
        /// RFC 5322 text as base64url.
        "raw" raw: String,
    }

    reads Message needs "id" id {
        "id" id: String,
        "threadId" thread_id: String,
    }

    reads Profile {
        "emailAddress" email_address: String,
    }
}

/// Sends an RFC 5322 text from the account's own mailbox.
#[must_use]
pub fn send(mail: &[u8]) -> Change<Message> {
    methods::MESSAGES_SEND.change(&["me"], &NewMessage { raw: URL_SAFE.encode(mail) })
}

/// The account's own mailbox. Needs a wider scope than [`send`].
#[must_use]
pub fn get_profile() -> Read<Profile> {
    methods::GET_PROFILE.read(&["me"])
}

impl Google {
    pub(crate) async fn send_welcome(
        &self,
        grant: &Grant,
        step: &Step,
        secrets: &StepSecrets,
        intended_at: Timestamp,
        log: &mut Vec<Call>,
    ) -> Result<Shown, CallError> {
        let Step::SendWelcomeMail {
            to,
            recipient_name,
            organization,
            domain,
            admin_email,
            message_id,
            ..
        } = step
        else {
            unreachable!("only called for this step");
        };
        let welcome = Welcome {
            from: secrets.from.as_deref().ok_or_else(|| missing("the sender's address"))?,
            to: to.as_str(),
            recipient_name,
            organization,
            domain,
            admin_email,
            link: secrets
                .link
                .as_ref()
                .ok_or_else(|| missing("the one-time link"))?
                .expose_secret(),
            message_id,
        };
        let mail = compose(&welcome, self.now()).map_err(|error| {
            let why = format!("not sent: the welcome mail can't be composed: {error}");
            CallError::NotApplied { why, retry_after_ms: None }
        })?;
        let mut send = send(&mail);
        if let Some(link) = &secrets.link {
            send = send.hides(link);
        }
        let message = self.change(grant, &send, intended_at, log).await?;
        Ok(Shown::Mail { google_id: message.id })
    }

    /// Reads the mailbox's profile where the grant allows it. With `gmail.send` alone it does not:
    /// then Google is given a message it must refuse, because 400 for an empty one is only said to
    /// who may send. Nothing is ever sent by it.
    pub(crate) async fn probe_gmail(
        &self,
        grant: &Grant,
        log: &mut Vec<Call>,
    ) -> Result<Probe, CallError> {
        match self.read(grant, &get_profile(), log).await {
            Ok(profile) => {
                let email = profile.email_address;
                let account_email = Some(email).filter(|email| !email.is_empty());
                let detail = "The mailbox is there and this account may use it.".to_owned();
                Ok(Probe { detail, account_email })
            }
            Err(CallError::Refused { reason })
                if matches!(
                    reason.code.as_str(),
                    "insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
                ) =>
            {
                self.probe_sending(grant, log).await
            }
            Err(error) => Err(error),
        }
    }

    async fn probe_sending(&self, grant: &Grant, log: &mut Vec<Call>) -> Result<Probe, CallError> {
        let empty = NewMessage { raw: String::new() };
        let refusable = methods::MESSAGES_SEND.harmless(&["me"], &empty);
        match self.read(grant, &refusable, log).await {
            // No mailbox. Source: google-semantics.md §5.3 failedPrecondition [F].
            Err(CallError::Refused { reason })
                if matches!(reason.status, 401 | 403) || is_mailbox_missing(&reason.code) =>
            {
                Err(CallError::Refused { reason })
            }
            Ok(_) | Err(CallError::Refused { .. } | CallError::Exists { .. }) => {
                let detail = "This account may send mail.".to_owned();
                Ok(Probe { detail, account_email: None })
            }
            Err(error) => Err(error),
        }
    }
}

fn is_mailbox_missing(code: &str) -> bool {
    matches!(code, "failedPrecondition" | "FAILED_PRECONDITION")
}
