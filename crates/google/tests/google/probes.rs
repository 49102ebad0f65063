//! The read-only proofs that an API is enabled and this account may use it.

use crate::fake::{House, Reply, error, reply};
use domain::activation::Api;
use google::CallError;

/// Runs a probe against answers; gives the requests and `passed <e-mail>`, or the refusal's code.
async fn probe(api: Api, replies: Vec<Reply>) -> (Vec<String>, String) {
    let mut house = House::with_token(replies);
    let result = match house.probe(api).await {
        Ok(probe) => format!("passed {}", probe.account_email.unwrap_or_default()),
        Err(CallError::Refused { reason }) => format!("refused {}", reason.code),
        Err(CallError::NotApplied { .. }) => "not_applied".to_owned(),
        Err(CallError::Quota { .. }) => "quota".to_owned(),
        Err(other) => panic!("a probe can't end so: {other}"),
    };
    (house.lines(), result.trim_end().to_owned())
}

fn disabled() -> Reply {
    error(403, "accessNotConfigured", "API has not been used in project 7 before")
}

fn out_of_scope() -> Reply {
    error(403, "insufficientPermissions", "Insufficient Permission")
}

#[tokio::test]
async fn each_api_has_its_question() {
    for (api, line) in [
        (Api::Reseller, "GET /apps/reseller/v1/subscriptions?maxResults=1"),
        (Api::Directory, "GET /admin/directory/v1/users?customer=my_customer&maxResults=1"),
        (
            Api::Licensing,
            "GET /apps/licensing/v1/product/Google-Apps/users?customerId=reseller.example&maxResults=1",
        ),
    ] {
        let (lines, result) = probe(api, vec![reply(200, "{}")]).await;
        assert_eq!((lines, result.as_str()), (vec![line.to_owned()], "passed"));
        assert_eq!(probe(api, vec![disabled()]).await.1, "refused accessNotConfigured");
        assert_eq!(probe(api, vec![out_of_scope()]).await.1, "refused insufficientPermissions");
        let forbidden = error(403, "forbidden", "Not Authorized");
        assert_eq!(probe(api, vec![forbidden]).await.1, "refused forbidden");
        assert_eq!(probe(api, vec![reply(503, "<html>")]).await.1, "not_applied");
    }
}

#[tokio::test]
async fn an_account_without_licences_still_proves_the_licensing_api() {
    for answer in [
        error(400, "invalid", "Invalid Customer Id"),
        error(404, "notFound", "Product not found"),
        error(412, "conditionNotMet", "Customer is suspended"),
    ] {
        assert_eq!(probe(Api::Licensing, vec![answer]).await.1, "passed");
    }
    let page = reply(400, "<html>bad request</html>");
    assert_eq!(probe(Api::Licensing, vec![page]).await.1, "refused");
    assert_eq!(probe(Api::Licensing, vec![reply(404, "<html>")]).await.1, "not_applied");
}

#[tokio::test]
async fn the_mailbox_is_asked_for_its_profile() {
    let profile = r#"{"emailAddress":"sales@reseller.example","messagesTotal":3,"historyId":"1"}"#;
    let (lines, result) = probe(Api::Gmail, vec![reply(200, profile)]).await;
    assert_eq!(lines, ["GET /gmail/v1/users/me/profile"]);
    assert_eq!(result, "passed sales@reseller.example");
    assert_eq!(probe(Api::Gmail, vec![disabled()]).await.1, "refused accessNotConfigured");
    let missing = error(400, "failedPrecondition", "Mail service not enabled");
    assert_eq!(probe(Api::Gmail, vec![missing]).await.1, "refused failedPrecondition");
}

#[tokio::test]
async fn where_only_sending_is_granted_an_empty_message_must_be_refused() {
    let newer = reply(
        403,
        r#"{"error":{"code":403,"message":"Request had insufficient authentication scopes.",
        "status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",
        "reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT","domain":"googleapis.com"}]}}"#,
    );
    let empty = || error(400, "invalidArgument", "'raw' RFC822 payload message string required");
    let (lines, result) = probe(Api::Gmail, vec![newer, empty()]).await;
    let send = "POST /gmail/v1/users/me/messages/send";
    assert_eq!((lines[1].as_str(), result.as_str()), (send, "passed"));
    for (answer, expected) in [
        (empty(), "passed"),
        (disabled(), "refused accessNotConfigured"),
        (out_of_scope(), "refused insufficientPermissions"),
        (error(403, "domainPolicy", "Disabled"), "refused domainPolicy"),
        (
            error(400, "failedPrecondition", "Mail service not enabled"),
            "refused failedPrecondition",
        ),
        (error(429, "rateLimitExceeded", ""), "quota"),
        (error(503, "backendError", ""), "not_applied"),
    ] {
        assert_eq!(probe(Api::Gmail, vec![out_of_scope(), answer]).await.1, expected);
    }
}
