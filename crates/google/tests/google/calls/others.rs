//! Licensing, Gmail and Site Verification.

use super::{Calls, empty, nothing};
use google::site_verification::{SiteType, VerificationMethod};
use google::{gmail, licensing, site_verification};
use serde_json::json;

pub async fn licences(on: &mut Calls) {
    const PRODUCT: &str = "/apps/licensing/v1/product/Google-Apps";
    let one = json!({"kind": "licensing#licenseAssignment", "etags": "\"x\"",
        "userId": "a@acme.example", "productId": "Google-Apps", "skuId": "1010020028",
        "skuName": "Google Workspace Business Standard"});
    let page = json!({"kind": "licensing#licenseAssignmentList", "items": [one.clone()]});
    let line = format!("GET {PRODUCT}/users?customerId=C1&maxResults=100");
    let list = licensing::list_for_product("Google-Apps", "C1");
    let shown = on.page(list, &line, page.clone()).await;
    assert_eq!(shown.items[0].sku_id, "1010020028");
    let line = format!("GET {PRODUCT}/sku/1010020028/users?customerId=C1&maxResults=100");
    let list = licensing::list_for_sku("Google-Apps", "1010020028", "C1");
    on.page(list, &line, page).await;

    let user = "a@acme.example";
    let line = |verb: &str| format!("{verb} {PRODUCT}/sku/1010020028/user/a@acme.example");
    let get = licensing::get("Google-Apps", "1010020028", user);
    assert_eq!(on.read(get, &line("GET"), one.clone()).await.user_id, user);
    let insert = licensing::insert("Google-Apps", "1010020028", user);
    let line_insert = format!("POST {PRODUCT}/sku/1010020028/user");
    on.change(insert, &line_insert, json!({"userId": user}), one.clone()).await;
    // The old SKU stands in the path, the new one in the body.
    let update = licensing::update("Google-Apps", "1010020028", user, "1010020025");
    let body = json!({"productId": "Google-Apps", "skuId": "1010020025", "userId": user});
    on.change(update, &line("PUT"), body, one.clone()).await;
    let patch = licensing::patch("Google-Apps", "1010020028", user, "1010020025");
    on.change(patch, &line("PATCH"), json!({"skuId": "1010020025"}), one).await;
    let delete = licensing::delete("Google-Apps", "1010020028", user);
    on.change(delete, &line("DELETE"), nothing(), empty()).await;
}

pub async fn mail(on: &mut Calls) {
    let sent = json!({"id": "18c2", "threadId": "18c1", "labelIds": ["SENT"]});
    let body = json!({"raw": "w7_Dvg=="});
    let line = "POST /gmail/v1/users/me/messages/send";
    let shown = on.change(gmail::send("ÿþ".as_bytes()), line, body, sent).await;
    assert_eq!((shown.id.as_str(), shown.thread_id.as_str()), ("18c2", "18c1"));
    let profile = json!({"emailAddress": "a@b.example", "messagesTotal": 3, "historyId": "1"});
    let shown = on.read(gmail::get_profile(), "GET /gmail/v1/users/me/profile", profile).await;
    assert_eq!(shown.email_address, "a@b.example");
}

pub async fn site_verification(on: &mut Calls) {
    const BASE: &str = "/siteVerification/v1";
    // By POST, and yet nothing is changed.
    let body = json!({"site": {"type": "INET_DOMAIN", "identifier": "acme.example"},
        "verificationMethod": "DNS_TXT"});
    let token = json!({"method": "DNS_TXT", "token": "google-site-verification=abc"});
    let read = site_verification::get_token(
        SiteType::InetDomain,
        "acme.example",
        VerificationMethod::DnsTxt,
    );
    let shown = on.asked(read, &format!("POST {BASE}/token"), body, token).await;
    assert_eq!(shown.token, "google-site-verification=abc");

    let resource = json!({"id": "dns%3A%2F%2Facme.example", "owners": ["a@acme.example"],
        "site": {"type": "INET_DOMAIN", "identifier": "acme.example"}});
    let owners = ["a@acme.example".to_owned()];
    for (kind, identifier, method, words) in [
        (
            SiteType::InetDomain,
            "acme.example",
            VerificationMethod::DnsTxt,
            ["INET_DOMAIN", "DNS_TXT"],
        ),
        (
            SiteType::InetDomain,
            "acme.example",
            VerificationMethod::DnsCname,
            ["INET_DOMAIN", "DNS_CNAME"],
        ),
        (SiteType::Site, "https://acme.example/", VerificationMethod::File, ["SITE", "FILE"]),
        (SiteType::Site, "https://acme.example/", VerificationMethod::Meta, ["SITE", "META"]),
    ] {
        let line = format!("POST {BASE}/webResource?verificationMethod={}", words[1]);
        let site = json!({"type": words[0], "identifier": identifier});
        let insert = site_verification::insert(kind, identifier, &owners, method);
        let body = json!({"site": site, "owners": owners});
        let shown = on.change(insert, &line, body, resource.clone()).await;
        assert_eq!(shown.id, "dns%3A%2F%2Facme.example");
        let alone = site_verification::insert(kind, identifier, &[], method);
        on.change(alone, &line, json!({"site": site}), resource.clone()).await;
    }
    // The id is encoded already, and once more in the path.
    let line = |verb: &str| format!("{verb} {BASE}/webResource/dns%253A%252F%252Facme.example");
    let id = "dns%3A%2F%2Facme.example";
    let shown = on.read(site_verification::get(id), &line("GET"), resource).await;
    assert_eq!((shown.owners.len(), shown.site.kind.as_str()), (1, "INET_DOMAIN"));
    on.change(site_verification::delete(id), &line("DELETE"), nothing(), nothing()).await;
}
