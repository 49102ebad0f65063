//! What holds for every page: it can be read by a screen reader, runs nothing inline, and is made of
//! files that are ours and may be kept for ever.

mod console;
mod house;

use console::{Doors, EMAIL, order_fields};
use house::{Answer, House};
use http::StatusCode;

#[track_caller]
fn check(path: &str, page: &Answer) {
    let text = &page.text;
    assert!(text.starts_with("<!doctype html>\n<html lang=\"en\">"), "{path}");
    assert_eq!(text.matches("<h1").count(), 1, "{path}");
    assert_eq!(text.matches("<main").count(), 1, "{path}");
    assert!(text.contains("href=\"#main\""), "{path}: a way past the bar");
    for inline in [" style=", "<style", " onclick=", " onsubmit=", "javascript:"] {
        assert!(!text.contains(inline), "{path}: {inline}");
    }
    for script in text.split("<script").skip(1) {
        assert!(script.starts_with(" type=\"module\" src=\"/assets/"), "{path}: {script}");
    }
    for field in text.split("<input").skip(1).chain(text.split("<select").skip(1)) {
        let field = field.split('>').next().unwrap();
        if field.contains("type=\"hidden\"") {
            continue;
        }
        let id = field.split("id=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(text.contains(&format!("<label for=\"{id}\">")), "{path}: {id} has no label");
    }
    let posts = text.matches("method=\"post\"").count();
    let tokens = text.matches("name=\"form_token\"").count();
    assert!(posts == tokens || path.starts_with("/welcome"), "{path}: a form without its token");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self';") && policy.contains("style-src 'self';"),
        "{path}"
    );
    assert_eq!(page.header("cache-control"), "no-store", "{path}");
}

#[tokio::test]
async fn every_page_is_well_made() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let guest = doors.browser();
    check("/setup", &guest.get("/setup").await);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    check("/sign-in", &guest.get("/sign-in").await);
    browser.post("/orders", &order_fields("Nord", "BSS-1001")).await;
    let order = house.nord.door.orders(None, 1).await.unwrap().remove(0);
    let instance = &house.nord.instance;
    let key = house.nord.door.api_keys().await.unwrap().remove(0).id;
    let mut paths: Vec<String> = [
        "/orders",
        "/orders/new",
        "/customers",
        "/configuration",
        "/configuration/administration",
        "/configuration/system-options",
        "/configuration/applications",
        "/instances",
        "/instances/new",
        "/api-keys",
        "/orders?before=ord_00000000000000000000000000",
    ]
    .map(str::to_owned)
    .into();
    paths.push(format!("/orders/{}", order.id));
    paths.push(format!("/customers/{}", order.customer));
    paths.push(format!("/instances/{instance}"));
    paths.push(format!("/api-keys/{key}/revoke"));
    for path in paths {
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        check(&path, &page);
    }
    for (path, status) in [("/nowhere", 404), ("/welcome/x", 404), ("/activate/x", 400)] {
        let page = guest.get(path).await;
        assert_eq!(page.status, status, "{path}");
        check(path, &page);
    }
    let page = guest.post_bare("/sign-in", &[]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    check("/sign-in", &page);
    let page = guest.post_bare("/orders/new", &[]).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    check("/orders/new", &page);
}

#[tokio::test]
async fn the_way_to_the_settings_is_as_documented() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let mut path = "/orders".to_owned();
    for link in ["Setup", "Administration", "System Options", "Applications Setup", "Settings"] {
        let page = browser.get(&path).await.text;
        let end = page.rfind(&format!(">{link}</a>")).unwrap_or_else(|| panic!("{link} on {path}"));
        let start = page[..end].rfind("href=\"").unwrap() + "href=\"".len();
        path = page[start..].split('"').next().unwrap().to_owned();
    }
    let page = browser.get(&path).await.text;
    let crumbs = page.split("<ol>").nth(1).unwrap().split("</ol>").next().unwrap();
    let mut rest = crumbs;
    for crumb in ["Setup", "Administration", "System Options", "Applications Setup", "Settings"] {
        rest = rest.split_once(&format!(">{crumb}<")).unwrap_or_else(|| panic!("{crumb}")).1;
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_only_under_their_own_hash() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.browser();
    let page = browser.get("/setup").await.text;
    let addresses: Vec<_> =
        page.split('"').filter(|text| text.starts_with("/assets/")).map(str::to_owned).collect();
    assert_eq!(addresses.len(), 7, "{addresses:?}");
    for address in addresses {
        let asset = browser.get(&address).await;
        assert_eq!(asset.status, StatusCode::OK, "{address}");
        assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(!asset.header("content-type").starts_with("text/plain"), "{address}");
        let (_, name) = address.rsplit_once('/').unwrap();
        let old = browser.get(&format!("/assets/0000000000000000/{name}")).await;
        assert_eq!(old.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_notice_about_the_installation_is_on_every_page() {
    let mut house = House::new().await;
    let settings = web::Settings {
        public_url: house.app.settings.public_url.clone(),
        consent_page: house.app.settings.consent_page.clone(),
        setup_code: "setup".into(),
        sandbox_notice: Some("Built-in Google sandbox: nothing here is real.".into()),
    };
    house.app.settings = std::sync::Arc::new(settings);
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    for path in ["/orders", "/nowhere", "/welcome/x", "/activate/x"] {
        let page = browser.get(path).await.text;
        assert!(page.contains("Built-in Google sandbox: nothing here is real."), "{path}");
    }
}
