//! Lines as people will read them: what stays, what is replaced by what, and that things still link.

use crate::stage::{Stage, answer, ask};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json; charset=UTF-8");

fn send(
    stage: &Stage,
    verb: &str,
    path: &str,
    token: &str,
    body: &Value,
    status: u16,
    said: &Value,
) -> Value {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let said = if said.is_null() { String::new() } else { said.to_string() };
    stage.exchange(ask(verb, path, &headers, &body), answer(status, &[JSON], &said)).unwrap();
    stage.lines().pop().unwrap()
}

#[test]
fn a_customer_keeps_its_shape_and_loses_its_name() {
    let stage = Stage::new();
    let address = json!({"contactName": "Ada Byron", "organizationName": "Acme Ltd",
        "addressLine1": "1 Main St", "locality": "London", "postalCode": "EC1A 1BB", "countryCode": "GB"});
    let asked = json!({"customerDomain": "acme.co.uk", "alternateEmail": "ada@other.org",
        "phoneNumber": "+442071234567", "postalAddress": address});
    let mut said = asked.clone();
    said["kind"] = json!("reseller#customer");
    said["customerId"] = json!("C0abc12de");
    said["customerType"] = json!("domain");
    said["customerDomainVerified"] = json!(false);
    said["resourceUiUrl"] = json!("https://admin.google.com/acme/dashboard");
    let path = "/apps/reseller/v1/customers";
    let line = send(&stage, "POST", path, "t", &asked, 200, &said);
    let redacted = json!({"customerDomain": "domain-2.example", "alternateEmail": "user-1@domain-1.example",
        "phoneNumber": "+100000000001",
        "postalAddress": {"contactName": "contact-1", "organizationName": "organization-1",
            "addressLine1": "line-1", "locality": "locality-1", "postalCode": "AA1A 1AA", "countryCode": "GB"}});
    assert_eq!(line["body"]["json"], redacted);
    let mut expected = redacted;
    expected["kind"] = json!("reseller#customer");
    expected["customerId"] = json!("C00000001");
    expected["customerType"] = json!("domain");
    expected["customerDomainVerified"] = json!(false);
    expected["resourceUiUrl"] = json!("https://admin.google.com/link-1");
    assert_eq!(line["outcome"]["answer"]["body"]["json"], expected);
    assert_eq!(
        (&line["method"], &line["template"], &line["path"], &line["service"], &line["caller"]),
        (
            &json!("reseller.customers.insert"),
            &json!("/apps/reseller/v1/customers"),
            &json!("/apps/reseller/v1/customers"),
            &json!("reseller"),
            &json!("caller-1"),
        )
    );
    // Seen again by another way, and refused with its name in the message.
    let seen = send(
        &stage,
        "GET",
        &format!("{path}/C0abc12de"),
        "t",
        &Value::Null,
        404,
        &json!({"error": {
        "code": 404, "message": "Customer C0abc12de (acme.co.uk) not found for Ada Byron.",
        "errors": [{"message": "Not Found: acme.co.uk", "domain": "global", "reason": "notFound"}]}}),
    );
    assert_eq!(seen["path"], "/apps/reseller/v1/customers/C00000001");
    let error = &seen["outcome"]["answer"]["body"]["json"]["error"];
    assert_eq!(
        error["message"],
        "Customer C00000001 (domain-2.example) not found for word-1 word-2."
    );
    assert_eq!(
        error["errors"][0],
        json!({"message": "Not Found: domain-2.example",
        "domain": "global", "reason": "notFound"})
    );
}

#[test]
fn a_subscription_stays_but_for_its_ids() {
    let stage = Stage::new();
    let said = json!({"kind": "reseller#subscription", "customerId": "C04k2m9zq",
        "customerDomain": "acme-gmbh.de", "subscriptionId": "7120045", "skuId": "1010020028",
        "skuName": "Google Workspace Business Standard", "billingMethod": "ONLINE",
        "creationTime": "1790000000000",
        "plan": {"planName": "ANNUAL", "isCommitmentPlan": true,
            "commitmentInterval": {"startTime": "1790000000000", "endTime": "1821536000000"}},
        "seats": {"kind": "subscriptions#seats", "numberOfSeats": 12, "licensedNumberOfSeats": 1},
        "trialSettings": {"isInTrial": false},
        "renewalSettings": {"kind": "subscriptions#renewalSettings",
            "renewalType": "RENEW_CURRENT_USERS_MONTHLY_PAY"},
        "purchaseOrderId": "wsm-01J9-000042", "status": "SUSPENDED",
        "suspensionReasons": ["PENDING_TOS_ACCEPTANCE"]});
    let path = "/apps/reseller/v1/customers/C04k2m9zq/subscriptions/7120045";
    let line = send(&stage, "GET", path, "t", &Value::Null, 200, &said);
    let mut expected = said;
    expected["customerId"] = json!("C00000001");
    expected["customerDomain"] = json!("domain-1.example");
    expected["subscriptionId"] = json!("1000001");
    expected["purchaseOrderId"] = json!("order-1");
    assert_eq!(line["outcome"]["answer"]["body"]["json"], expected);
    assert_eq!(line["path"], "/apps/reseller/v1/customers/C00000001/subscriptions/1000001");
    assert_eq!(line["outcome"]["answer"]["headers"]["content-type"], JSON.1);
}

#[test]
fn secrets_leave_nothing_but_their_place() {
    let stage = Stage::new();
    let user = json!({"primaryEmail": "admin@acme.de", "password": "Tr0ub4dor&3",
        "name": {"givenName": "Ada", "familyName": "Byron"},
        "externalIds": [{"value": "cus_01k", "type": "custom", "customType": "seatwright"}]});
    let path = "/admin/directory/v1/users";
    let line = send(&stage, "POST", path, "t", &user, 200, &Value::Null);
    assert_eq!(line["body"]["json"]["password"], "removed");
    assert_eq!(line["body"]["json"]["externalIds"][0]["type"], "custom");
    let mail = json!({"raw": "RnJvbTogYWRhQGFjbWUuZGU="});
    let line =
        send(&stage, "POST", "/gmail/v1/users/me/messages/send", "t", &mail, 200, &Value::Null);
    assert_eq!(
        (&line["body"]["json"]["raw"], &line["path"]),
        (&json!("removed"), &json!("/gmail/v1/users/me/messages/send"))
    );
    let empty = send(
        &stage,
        "POST",
        "/gmail/v1/users/me/messages/send",
        "t",
        &json!({"raw": ""}),
        400,
        &Value::Null,
    );
    assert_eq!(empty["body"]["json"]["raw"], "");
    let path = "/apps/reseller/v1/subscriptions?customerId=C04k2m9zq&customerAuthToken=hush";
    let line = send(&stage, "GET", path, "t", &Value::Null, 200, &Value::Null);
    assert_eq!(
        line["query"],
        json!([["customerId", "C00000001"], ["customerAuthToken", "removed"]])
    );
}

#[test]
fn a_token_endpoint_says_who_acts_and_nothing_else() {
    let stage = Stage::new();
    let id_token = format!("h.{}.s", URL_SAFE_NO_PAD.encode(r#"{"sub":"42","email":"a@b.de"}"#));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let refresh = |refresh: &str, access: &str, sub: bool| {
        let body =
            format!("grant_type=refresh_token&refresh_token={refresh}&client_id=c&client_secret=s");
        let mut said = json!({"access_token": access, "expires_in": 3599, "token_type": "Bearer",
            "scope": "openid https://www.googleapis.com/auth/apps.order https://evil.example/byron"});
        if sub {
            said["id_token"] = json!(id_token);
        }
        stage
            .exchange(ask("POST", "/token", &form, &body), answer(200, &[JSON], &said.to_string()))
            .unwrap();
        stage.lines().pop().unwrap()
    };
    let line = refresh("r1", "a1", true);
    assert_eq!(
        line["body"]["form"],
        json!([
            ["grant_type", "refresh_token"],
            ["refresh_token", "removed"],
            ["client_id", "removed"],
            ["client_secret", "removed"]
        ])
    );
    assert_eq!(
        line["outcome"]["answer"]["body"]["json"],
        json!({"access_token": "removed",
        "expires_in": 3599, "token_type": "Bearer", "id_token": "removed",
        "scope": "openid https://www.googleapis.com/auth/apps.order scope-1"})
    );
    let other = refresh("r2", "a2", false);
    let same_account = refresh("r3", "a3", true);
    let same_token = refresh("r1", "a4", false);
    let callers = [&line, &other, &same_account, &same_token].map(|line| line["caller"].clone());
    assert_eq!(
        callers.map(|c| c.as_str().unwrap().to_owned()),
        ["caller-1", "caller-2", "caller-1", "caller-1"]
    );
    for (token, caller) in
        [("a1", "caller-1"), ("a2", "caller-2"), ("a4", "caller-1"), ("zz", "caller-3")]
    {
        let line =
            send(&stage, "GET", "/gmail/v1/users/me/profile", token, &Value::Null, 200, &json!({}));
        assert_eq!(line["caller"], caller, "{token}");
    }
}

#[test]
fn a_batch_is_written_down_call_by_call() {
    let stage = Stage::new();
    let asked = "--b\r\nContent-Type: application/http\r\nContent-ID: <0>\r\n\r\n\
        GET /apps/reseller/v1/customers/acme.de?fields=customerId HTTP/1.1\r\nAccept: application/json\r\n\
        Content-Length: 0\r\n\r\n\r\n\
        --b\r\nContent-Type: application/http\r\nContent-ID: <1>\r\n\r\n\
        DELETE /apps/reseller/v1/customers/C04k2m9zq/subscriptions/7?deletionType=cancel HTTP/1.1\r\n\r\n\r\n--b--\r\n";
    let said = "--x\r\nContent-Type: application/http\r\nContent-ID: <response-1>\r\n\r\n\
        HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n\r\n\
        --x\r\nContent-Type: application/http\r\nContent-ID: <response-0>\r\n\r\n\
        HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"customerId\":\"C04k2m9zq\"}\r\n--x--\r\n";
    let request = ask("POST", "/batch", &[("content-type", "multipart/mixed; boundary=b")], asked);
    stage
        .exchange(request, answer(200, &[("content-type", "multipart/mixed; boundary=x")], said))
        .unwrap();
    let line = stage.lines().pop().unwrap();
    assert_eq!((&line["method"], &line["service"]), (&json!("batch"), &json!("reseller")));
    let calls = line["body"]["calls"].as_array().unwrap();
    assert_eq!(
        (&calls[0]["method"], &calls[0]["path"]),
        (&json!("reseller.customers.get"), &json!("/apps/reseller/v1/customers/domain-1.example"))
    );
    assert_eq!(
        (&calls[1]["method"], &calls[1]["query"]),
        (&json!("reseller.subscriptions.delete"), &json!([["deletionType", "cancel"]]))
    );
    let answer = &line["outcome"]["answer"];
    assert_eq!(answer["headers"]["content-type"], "multipart/mixed");
    assert_eq!(answer["body"]["answers"][0]["body"]["json"], json!({"customerId": "C00000001"}));
    assert_eq!(answer["body"]["answers"][1]["status"], 204);
}

/// What the sandbox and the client's own tables say is Google's; a word of it that went missing would
/// be a difference nobody could read.
#[test]
fn every_word_the_client_knows_stays() {
    use google::contract::{FieldShape, JsonShape, contract};
    fn words(fields: &[FieldShape], found: &mut Vec<(String, String)>) {
        for field in fields {
            match &field.json {
                JsonShape::Word(words) => {
                    found.extend(
                        words.iter().map(|word| (field.name.to_owned(), (*word).to_owned())),
                    );
                }
                JsonShape::Object(fields) => words_of(fields, found),
                JsonShape::Array(item) => {
                    if let JsonShape::Object(fields) = &**item {
                        words_of(fields, found);
                    }
                }
                _ => found.push((field.name.to_owned(), String::new())),
            }
        }
    }
    fn words_of(fields: &[FieldShape], found: &mut Vec<(String, String)>) {
        words(fields, found);
    }
    let mut found = Vec::new();
    for method in contract() {
        words(&method.query, &mut found);
        words(&method.request.unwrap_or_default(), &mut found);
        words(&method.response.unwrap_or_default(), &mut found);
    }
    found.extend(
        [
            ("status", "CANCELLED"),
            ("status", "ACTIVE"),
            ("status", "PENDING"),
            ("suspensionReasons", "RENEWAL_WITH_TYPE_CANCEL"),
            ("suspensionReasons", "TRIAL_ENDED"),
            ("suspensionReasons", "RESELLER_INITIATED"),
            ("skuId", "Google-Apps-Unlimited"),
            ("productId", "101034"),
            ("role", "OWNER"),
            ("kind", "licensing#licenseAssignmentList"),
            ("delivery_settings", "ALL_MAIL"),
            ("language", "en-GB"),
        ]
        .map(|(a, b)| (a.to_owned(), b.to_owned())),
    );
    let stage = Stage::new();
    let body: Vec<Value> = found.iter().map(|(name, word)| json!({name: word})).collect();
    let line =
        send(&stage, "POST", "/apps/reseller/v1/customers", "t", &json!(body), 200, &Value::Null);
    assert_eq!(line["body"]["json"], json!(body));
}
