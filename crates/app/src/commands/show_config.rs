//! `seatwright config`: each value, and where it came from. Never a secret.

use crate::config::Config;
use crate::output::{Output, table};
use serde_json::{Value, json};

pub fn run(config: &Config, out: Output) {
    let items: Vec<Value> = config
        .settings
        .iter()
        .map(|setting| {
            json!({
                "id": setting.value.env,
                "key": setting.value.key,
                "value": setting.shown(),
                "source": setting.source.name(),
                "from": setting.source.to_string(),
                "about": setting.value.about,
                "default": setting.value.default_shown(),
            })
        })
        .collect();
    let rows: Vec<Vec<String>> = config
        .settings
        .iter()
        .map(|setting| {
            let unset = || format!("({})", setting.value.unset);
            vec![
                setting.value.env.to_owned(),
                setting.shown().unwrap_or_else(unset),
                setting.source.to_string(),
                setting.value.about.to_owned(),
            ]
        })
        .collect();
    let words = table(&["NAME", "VALUE", "FROM", "WHAT IT IS"], &rows);
    out.result(&json!({"id": "config", "values": items}), &words);
}
