//! What a replay came to, for people and for programs: differences by method, each once with how often
//! it was seen. Never: an exit code.

use super::compare::Difference;
use super::play::{Compared, Shown};
use super::recording::Recording;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Most exchanges that are named for one difference.
const NAMED_MAX: usize = 5;

/// Most things that are told one by one to people.
const TOLD_MAX: usize = 20;

/// One method's part.
#[derive(Default)]
struct Part {
    compared: usize,
    differing: usize,
    /// With the sequence numbers of the exchanges that show it.
    differences: BTreeMap<Difference, Vec<u64>>,
}

pub struct Report<'a> {
    path: &'a Path,
    recording: &'a Recording,
    shown: &'a Shown,
    parts: BTreeMap<&'a str, Part>,
    /// How many calls were left out, by why.
    left: BTreeMap<&'static str, usize>,
}

impl<'a> Report<'a> {
    pub fn of(path: &'a Path, recording: &'a Recording, shown: &'a Shown) -> Report<'a> {
        let mut parts: BTreeMap<&str, Part> = BTreeMap::new();
        let mut left: BTreeMap<&'static str, usize> = BTreeMap::new();
        for played in &shown.played {
            let differences: &[Difference] = match &played.result {
                Compared::Left(why) => {
                    *left.entry(why).or_default() += 1;
                    continue;
                }
                Compared::Same => &[],
                Compared::Different(differences) => differences,
            };
            let part = parts.entry(&played.method).or_default();
            part.compared += 1;
            part.differing += usize::from(!differences.is_empty());
            // A list shows the same in each of its items.
            for difference in differences.iter().collect::<BTreeSet<_>>() {
                part.differences.entry(difference.clone()).or_default().push(played.sequence);
            }
        }
        Report { path, recording, shown, parts, left }
    }

    fn compared(&self) -> usize {
        self.parts.values().map(|part| part.compared).sum()
    }

    pub fn differing(&self) -> usize {
        self.parts.values().map(|part| part.differing).sum()
    }

    pub fn json(&self) -> Value {
        let differences = self.parts.iter().flat_map(|(method, part)| {
            part.differences.iter().map(move |(difference, seen)| {
                json!({
                    "method": method, "kind": difference.kind.name(), "place": difference.place,
                    "google": difference.google, "sandbox": difference.sandbox,
                    "count": seen.len(), "exchanges": seen,
                })
            })
        });
        let methods = self.parts.iter().map(|(method, part)| {
            json!({"method": method, "compared": part.compared, "differing": part.differing})
        });
        let told = |told: &[(u64, String)]| -> Value {
            told.iter().map(|(at, what)| json!({"before": at, "what": what})).collect()
        };
        let status = if self.differing() == 0 { "same" } else { "different" };
        json!({
            "id": "replay", "status": status, "file": self.path.display().to_string(),
            "stand_in": self.recording.head.stand_in, "torn": self.recording.torn,
            "compared": self.compared(), "differing": self.differing(),
            "differences": differences.collect::<Value>(), "methods": methods.collect::<Value>(),
            "left_out": self.left, "assumed": told(&self.shown.assumed),
            "not_prepared": told(&self.shown.missing),
        })
    }

    pub fn words(&self) -> String {
        let head = &self.recording.head;
        let mut lines = vec![format!(
            "{}, recorded by Seatwright {} at {}: {} exchanges",
            self.path.display(),
            head.seatwright,
            if head.stand_in { "a stand-in for Google" } else { "Google" },
            self.recording.exchanges.len(),
        )];
        if self.recording.torn {
            lines.push("Its last line is cut off and left out.".to_owned());
        }
        self.told(
            &mut lines,
            "Taken to have been so, since the recording shows it:",
            &self.shown.assumed,
        );
        self.told(&mut lines, "Could not be prepared:", &self.shown.missing);
        for (method, part) in &self.parts {
            lines.push(format!(
                "\n{method}: {} compared, {}",
                part.compared,
                if part.differing == 0 {
                    "the same".to_owned()
                } else {
                    format!("{} differ", part.differing)
                },
            ));
            for (difference, seen) in &part.differences {
                lines.push(format!("  {} ({})", sentence(difference), numbers(seen)));
            }
        }
        if !self.left.is_empty() {
            lines.push("\nLeft out:".to_owned());
            lines.extend(self.left.iter().map(|(why, count)| format!("  {count}: {why}")));
        }
        lines.push(format!("\n{}", self.conclusion()));
        lines.join("\n")
    }

    fn told(&self, lines: &mut Vec<String>, title: &str, told: &[(u64, String)]) {
        if told.is_empty() {
            return;
        }
        lines.push(format!("\n{title}"));
        let shown = told.iter().take(TOLD_MAX);
        lines.extend(shown.map(|(at, what)| format!("  before #{at}: {what}")));
        if let Some(more) = told.len().checked_sub(TOLD_MAX).filter(|more| *more > 0) {
            lines.push(format!("  and {more} more; --json shows all"));
        }
    }

    fn conclusion(&self) -> String {
        match (self.compared(), self.differing()) {
            (0, _) => "Nothing could be compared.".to_owned(),
            (compared, 0) => format!("The sandbox answered all {compared} calls as Google did."),
            (compared, differing) => format!(
                "The sandbox answered {differing} of {compared} calls otherwise than Google.\n\
                 Please open an issue with this output and attach the recording, so that the sandbox \
                 can be put right.\nSecrets and personal data were removed as it was written; read it \
                 through before you send it."
            ),
        }
    }
}

fn sentence(difference: &Difference) -> String {
    let Difference { kind, place, google, sandbox } = difference;
    let place = if place.is_empty() { String::new() } else { format!(" {place}") };
    format!("{}{place}: Google {google}, sandbox {sandbox}", kind.name())
}

fn numbers(seen: &[u64]) -> String {
    let named: Vec<String> = seen.iter().take(NAMED_MAX).map(|at| format!("#{at}")).collect();
    let more = match seen.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", named.join(" "))
}
