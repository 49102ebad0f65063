//! Google's discovery documents, read into claims: what a method takes and answers. Never: a claim of ours.

use crate::claim::{Claim, Field, Kind, Parameter, Place, Shape};
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// The documents of the APIs that reselling needs, as the Python package names them.
const DOCUMENTS: [&str; 5] =
    ["reseller.v1", "admin.directory_v1", "licensing.v1", "gmail.v1", "siteVerification.v1"];
/// Where a method says its path for media.
const UPLOAD: &str = "/mediaUpload/protocols/simple/path";
/// How deep messages are followed: a mail's parts have parts.
const DEPTH_MAX: usize = 8;

/// Every method of the documents by its id.
pub struct Discovery {
    pub methods: BTreeMap<String, Claim>,
}

impl Discovery {
    /// Reads all documents from a directory of that package.
    pub fn read(directory: &Path) -> Result<Discovery> {
        let mut methods = BTreeMap::new();
        for name in DOCUMENTS {
            let path = directory.join(format!("{name}.json"));
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("read {}", path.display()))?;
            methods.extend(Discovery::of(&serde_json::from_str(&text)?)?.methods);
        }
        Ok(Discovery { methods })
    }

    /// Reads one document.
    pub fn of(document: &Value) -> Result<Discovery> {
        let mut methods = BTreeMap::new();
        collect(document, document, &mut methods)?;
        Ok(Discovery { methods })
    }
}

fn collect(
    document: &Value,
    resource: &Value,
    methods: &mut BTreeMap<String, Claim>,
) -> Result<()> {
    for method in members(resource, "methods").values() {
        let claim = claim(document, method)?;
        methods.insert(claim.id.clone(), claim);
    }
    for inner in members(resource, "resources").values() {
        collect(document, inner, methods)?;
    }
    Ok(())
}

fn members<'a>(value: &'a Value, name: &str) -> &'a Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value[name].as_object().unwrap_or(&NONE)
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value[name].as_str().with_context(|| format!("no text `{name}` in {value}"))
}

fn claim(document: &Value, method: &Value) -> Result<Claim> {
    let id = text(method, "id")?;
    let reader = Reader { document, method: id };
    let body = |name: &str| match method[name]["$ref"].as_str() {
        Some(schema) => reader.message(schema, 0).map(Some),
        None => Ok(None),
    };
    let parameters: Result<Vec<Parameter>> =
        members(method, "parameters").iter().map(|(name, given)| parameter(name, given)).collect();
    Ok(Claim {
        id: id.to_owned(),
        verb: text(method, "httpMethod")?.to_owned(),
        path: format!("/{}{}", text(document, "servicePath")?, text(method, "path")?),
        upload_path: method.pointer(UPLOAD).and_then(Value::as_str).map(str::to_owned),
        scopes: texts(&method["scopes"]).collect(),
        parameters: parameters?,
        request: body("request")?,
        response: body("response")?,
    })
}

fn parameter(name: &str, given: &Value) -> Result<Parameter> {
    let place = match text(given, "location")? {
        "path" => Place::Path,
        "query" => Place::Query,
        other => bail!("parameter {name} at {other}"),
    };
    Ok(Parameter {
        name: name.to_owned(),
        place,
        kind: scalar(given)?,
        required: given["required"].as_bool().unwrap_or(false),
        values: values(given),
    })
}

fn values(given: &Value) -> Vec<String> {
    let mut values: Vec<String> = texts(&given["enum"]).collect();
    values.sort();
    values
}

fn texts(given: &Value) -> impl Iterator<Item = String> {
    let all = given.as_array().into_iter().flatten();
    all.filter_map(|text| text.as_str().map(str::to_owned))
}

/// A type without parts. Formats of texts that aren't numbers say nothing about the JSON type.
fn scalar(given: &Value) -> Result<Kind> {
    Ok(match (text(given, "type")?, given["format"].as_str()) {
        ("string", Some("int64" | "uint64")) => Kind::Int64,
        ("string", _) => Kind::Text,
        ("integer", Some("int32")) => Kind::Int32,
        ("integer", Some("uint32")) => Kind::Uint32,
        ("boolean", _) => Kind::Bool,
        ("number", _) => Kind::Number,
        ("any", _) => Kind::Any,
        (other, format) => bail!("unknown type {other} {format:?}"),
    })
}

/// Reads schemas as one method sees them: what is required differs from method to method.
struct Reader<'a> {
    document: &'a Value,
    method: &'a str,
}

impl Reader<'_> {
    fn message(&self, schema: &str, depth: usize) -> Result<Shape> {
        let schema = &self.document["schemas"][schema];
        let fields = members(schema, "properties").iter();
        fields.map(|(name, given)| Ok((name.clone(), self.field(given, depth)?))).collect()
    }

    fn field(&self, given: &Value, depth: usize) -> Result<Field> {
        let required = given["annotations"]["required"].as_array();
        let required = required.is_some_and(|all| all.iter().any(|id| id == self.method));
        Ok(Field { kind: self.kind(given, depth)?, required, values: values(given) })
    }

    fn kind(&self, given: &Value, depth: usize) -> Result<Kind> {
        if depth == DEPTH_MAX {
            return Ok(Kind::Any);
        }
        if let Some(schema) = given["$ref"].as_str() {
            return Ok(Kind::Message(self.message(schema, depth + 1)?));
        }
        Ok(match text(given, "type")? {
            "array" => Kind::List(Box::new(self.kind(&given["items"], depth + 1)?)),
            "object" if given["properties"].is_object() => {
                let fields = members(given, "properties").iter();
                let fields =
                    fields.map(|(n, given)| Ok((n.clone(), self.field(given, depth + 1)?)));
                Kind::Message(fields.collect::<Result<Shape>>()?)
            }
            "object" => Kind::Any,
            _ => scalar(given)?,
        })
    }
}
