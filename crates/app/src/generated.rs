//! `seatwright docs DIR`: docs/generated, written from what the program itself goes by. A check holds
//! the committed files against it.

use crate::config::{DEFAULT_FILE, VALUES};
use crate::failure::{Failure, Result};
use std::path::Path;

const HEAD: &str = "<!-- Written by `cargo x generated`; do not edit. -->\n\n";

/// Each migration by its name, in order, for both databases.
const MIGRATIONS: &[(&str, &str, &str)] = &[(
    "0001_first",
    include_str!("../../store/migrations/sqlite/0001_first.sql"),
    include_str!("../../store/migrations/postgres/0001_first.sql"),
)];

/// Writes all documents; gives their names.
pub fn write(directory: &Path) -> Result<Vec<String>> {
    let put = |name: &str, text: String| {
        std::fs::write(directory.join(name), text).map(|()| name.to_owned())
    };
    let written = std::fs::create_dir_all(directory).and_then(|()| {
        Ok(vec![
            put("config.md", config())?,
            put("openapi.json", web::openapi())?,
            put("schema.md", schema())?,
        ])
    });
    written.map_err(|error| {
        Failure::internal(&format!("{} can't be written", directory.display()), &error)
    })
}

fn config() -> String {
    let mut text = format!(
        "{HEAD}# Configuration\n\n\
         A flag wins over the environment, the environment over the file, the file over the default. \
         The file is TOML; `./{DEFAULT_FILE}` is read if it is there, another one with `--config FILE`. \
         An empty variable is one that is not set. `seatwright config` shows each value in force and \
         where it came from.\n\n"
    );
    for value in &VALUES {
        let flag = if value.secret {
            "none: command lines are visible to everybody".to_owned()
        } else {
            format!("`{}`", value.flag_name())
        };
        let default = value
            .default
            .map_or_else(|| value.unset.replace('<', "\\<"), |default| format!("`{default}`"));
        text.push_str(&format!(
            "## {}\n\n{}.\n\n- expected: {}\n- default: {default}\n- in the file: `{}`\n- flag: {flag}\n\n",
            value.env, value.about, value.expects, value.key,
        ));
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn schema() -> String {
    let mut text = format!(
        "{HEAD}# Schema\n\n\
         One SQL text serves SQLite and PostgreSQL: text and bigint only, times in ms since the epoch, \
         JSON in text. The distributor is the first column of each key. Sealed columns hold \
         `<key id>.<nonce and ciphertext>`.\n"
    );
    for (name, sqlite, postgres) in MIGRATIONS {
        text.push_str(&format!("\n## {name}\n\n"));
        if sqlite == postgres {
            text.push_str("The same on both databases.\n");
            text.push_str(&fenced(sqlite));
        } else {
            text.push_str("### SQLite\n");
            text.push_str(&fenced(sqlite));
            text.push_str("\n### PostgreSQL\n");
            text.push_str(&fenced(postgres));
        }
    }
    text
}

fn fenced(sql: &str) -> String {
    format!("\n```sql\n{}\n```\n", sql.trim_end())
}

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;
    use std::path::Path;

    #[test]
    fn every_migration_is_shown() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/migrations/sqlite");
        let mut names: Vec<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let shown: Vec<String> =
            MIGRATIONS.iter().map(|(name, ..)| format!("{name}.sql")).collect();
        assert_eq!(names, shown);
    }
}
