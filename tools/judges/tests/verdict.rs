//! The judge itself: it finds every kind of difference, in a small document, and nothing where there is none.

use judges::claim::{Claim, Field, Kind, Parameter, Place, Shape};
use judges::discovery::Discovery;
use judges::verdict::{Deviation, Side, Verdict, judge};
use serde_json::json;

fn google() -> Discovery {
    let document = json!({
        "servicePath": "shop/v1/",
        "resources": { "apples": {
            "methods": {
                "buy": {
                    "scopes": ["buy", "trade"],
                    "id": "shop.apples.buy", "httpMethod": "POST", "path": "apples/{+basket}",
                    "parameters": {
                        "basket": { "type": "string", "location": "path", "required": true },
                        "how": { "type": "string", "location": "query", "enum": ["fast", "slow"] },
                        "most": { "type": "integer", "format": "uint32", "location": "query" },
                        "why": { "type": "string", "location": "query", "required": true },
                    },
                    "request": { "$ref": "Apple" },
                    "response": { "$ref": "Apple" },
                },
            },
        } },
        "schemas": {
            "Apple": { "type": "object", "properties": {
                "colour": { "type": "string", "enum": ["green", "red"],
                    "annotations": { "required": ["shop.apples.buy"] } },
                "weight": { "type": "string", "format": "int64" },
                "seeds": { "type": "array", "items": { "$ref": "Seed" } },
            } },
            "Seed": { "type": "object", "properties": {
                "number": { "type": "integer", "format": "int32" },
                "apple": { "$ref": "Apple" },
            } },
        },
    });
    Discovery::of(&document).expect("a document")
}

fn field(kind: Kind) -> Field {
    Field { kind, required: false, values: Vec::new() }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn shape<const N: usize>(fields: [(&str, Field); N]) -> Shape {
    fields.into_iter().map(|(name, field)| (name.to_owned(), field)).collect()
}

/// What Google says, in the words of a server: all of it.
fn server() -> Claim {
    google().methods["shop.apples.buy"].clone()
}

/// A client that sends what it must and reads what it needs.
fn client() -> Claim {
    let colour = Field { kind: Kind::Text, required: true, values: texts(&["red"]) };
    let why = Parameter {
        name: "why".to_owned(),
        place: Place::Query,
        kind: Kind::Text,
        required: true,
        values: Vec::new(),
    };
    Claim {
        scopes: ["buy".to_owned()].into(),
        parameters: vec![why],
        request: Some(shape([("colour", colour)])),
        response: Some(shape([("weight", field(Kind::Int64))])),
        ..server()
    }
}

fn found(side: Side, claim: Claim) -> Vec<String> {
    let Verdict { differences, .. } = judge(side, &[claim], &google(), &[]);
    differences.iter().map(ToString::to_string).collect()
}

/// Exactly this is different.
#[track_caller]
fn check(side: Side, start: fn() -> Claim, spoil: impl FnOnce(&mut Claim), expected: &str) {
    let mut claim = start();
    spoil(&mut claim);
    assert_eq!(found(side, claim), [format!("shop.apples.buy: {expected}")]);
}

fn request(claim: &mut Claim) -> &mut Shape {
    claim.request.as_mut().expect("a request")
}

#[test]
fn what_is_the_same_is_found_the_same_and_counted() {
    assert_eq!(found(Side::Server, server()), Vec::<String>::new());
    assert_eq!(found(Side::Client, client()), Vec::<String>::new());
    let counts = judge(Side::Client, &[client()], &google(), &[]).counts;
    assert_eq!((counts.methods, counts.parameters, counts.fields, counts.enums), (1, 1, 2, 1));
}

#[test]
fn a_router_may_write_a_wildcard_in_its_way() {
    let mut claim = server();
    claim.path = "/shop/v1/apples/{*basket}".to_owned();
    assert_eq!(found(Side::Server, claim), Vec::<String>::new());
}

#[test]
fn a_server_knows_all_that_may_come() {
    let check = |spoil: fn(&mut Claim), expected| check(Side::Server, server, spoil, expected);
    check(|it| it.verb = "PUT".into(), "verb: ours \"PUT\", Google's \"POST\"");
    check(
        |it| it.scopes = ["buy".into(), "steal".into()].into(),
        "scopes: ours [\"steal\"] too, Google's [\"trade\"] too",
    );
    check(
        |it| it.upload_path = Some("/upload".into()),
        "upload: ours Some(\"/upload\"), Google's None",
    );
    check(
        |it| it.path = "/shop/v1/pears/{basket}".into(),
        "path: ours \"/shop/v1/pears/{basket}\", Google's \"/shop/v1/apples/{basket}\"",
    );
    check(
        |it| it.parameters.retain(|p| p.name != "most"),
        "query.most: ours none, Google's uint32",
    );
    check(
        |it| it.parameters.iter_mut().filter(|p| p.name == "why").for_each(|p| p.required = false),
        "query.why required: ours false, Google's true",
    );
    check(
        |it| {
            it.parameters.iter_mut().filter(|p| p.name == "how").for_each(|p| p.values.truncate(1))
        },
        "query.how values: ours [\"fast\"], Google's [\"fast\", \"slow\"]",
    );
    check(
        |it| drop(request(it).remove("weight")),
        "request.weight: ours none, Google's int64 in a string",
    );
    check(|it| it.request = None, "request: ours no body, Google's a body");
    let number: fn(&mut Claim) = |it| drop(request(it).insert("weight".into(), field(Kind::Int32)));
    check(number, "request.weight: ours int32, Google's int64 in a string");
    check(
        |it| drop(it.response.as_mut().map(|r| r.insert("taste".into(), field(Kind::Text)))),
        "response.taste: ours string, Google's none",
    );
    check(
        |it| request(it).get_mut("colour").expect("it").required = false,
        "request.colour required: ours false, Google's true",
    );
}

#[test]
fn a_client_may_use_few_words_where_google_takes_any() {
    let mut claim = client();
    let weight = Field { values: texts(&["1", "2"]), ..field(Kind::Int64) };
    request(&mut claim).insert("weight".to_owned(), weight);
    let number = Kind::List(Box::new(Kind::Message(shape([("number", field(Kind::Integer))]))));
    claim.response = Some(shape([("seeds", field(number))]));
    assert_eq!(found(Side::Client, claim), Vec::<String>::new());
}

#[test]
fn types_are_followed_into_lists_and_messages() {
    let seeds = Kind::List(Box::new(Kind::Message(shape([("number", field(Kind::Text))]))));
    let spoil = |it: &mut Claim| it.response = Some(shape([("seeds", field(seeds))]));
    check(Side::Client, client, spoil, "response.seeds.number: ours string, Google's int32");
}

#[test]
fn a_client_sends_what_it_must_and_nothing_unknown() {
    let check = |spoil: fn(&mut Claim), expected| check(Side::Client, client, spoil, expected);
    check(|it| it.scopes.clear(), "scopes: ours no other, Google's [\"buy\", \"trade\"] too");
    check(|it| it.parameters.clear(), "query.why: ours none, Google's string");
    check(|it| it.parameters[0].required = false, "query.why required: ours false, Google's true");
    check(
        |it| request(it).get_mut("colour").expect("it").required = false,
        "request.colour required: ours false, Google's true",
    );
    check(|it| request(it).clear(), "request.colour: ours none, Google's string");
    check(|it| it.request = None, "request.colour: ours none, Google's string");
    check(
        |it| drop(request(it).insert("ripe".into(), field(Kind::Bool))),
        "request.ripe: ours boolean, Google's none",
    );
    check(
        |it| request(it).get_mut("colour").expect("it").values = texts(&["blue"]),
        "request.colour values: ours [\"blue\"], Google's [\"green\", \"red\"]",
    );
    let mut unknown = client();
    unknown.id = "shop.apples.steal".to_owned();
    let expected = "shop.apples.steal: method: ours has it, Google's doesn't";
    assert_eq!(found(Side::Client, unknown), [expected]);
}

#[test]
fn a_deviation_excuses_its_difference_and_has_to_be_of_use() {
    let mut claim = server();
    claim.verb = "PUT".to_owned();
    let known = Deviation { method: "shop.apples.buy", about: "verb", source: "a guide" };
    let verdict = judge(Side::Server, std::slice::from_ref(&claim), &google(), &[known]);
    assert!(verdict.differences.is_empty() && verdict.unused.is_empty(), "{verdict:?}");
    let other = Deviation { about: "path", ..known };
    let verdict = judge(Side::Server, &[claim], &google(), &[known, other]);
    assert_eq!(verdict.unused, ["shop.apples.buy: path (a guide)"]);
}
