//! Holds what one of ours says of Google's methods against what Google's documents say. Never: reading either.

use crate::claim::{Claim, Field, Kind, Parameter, Place, Shape};
use crate::discovery::Discovery;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Which side of the wire speaks, since each owes something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Takes requests: has to know every parameter and every field that may come, and answers with no others.
    Server,
    /// Sends requests: with all that is required, and nothing that Google doesn't know; reads no other fields.
    Client,
}

/// A difference that has its reason, such as two sources of Google's that contradict each other.
#[derive(Clone, Copy, Debug)]
pub struct Deviation {
    pub method: &'static str,
    /// What it is about, as in [`Difference::about`].
    pub about: &'static str,
    /// Where Google says so.
    pub source: &'static str,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub method: String,
    /// `verb`, `path`, `scopes`, `query.name`, `request.field.inner`, `response.field`.
    pub about: String,
    pub ours: String,
    pub google: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { method, about, ours, google } = self;
        write!(f, "{method}: {about}: ours {ours}, Google's {google}")
    }
}

/// What was held against each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub methods: usize,
    pub parameters: usize,
    pub fields: usize,
    pub enums: usize,
    pub scopes: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { methods, parameters, fields, enums, scopes } = self;
        write!(
            f,
            "{methods} methods, {parameters} parameters, {fields} fields, {enums} enums, {scopes} scopes"
        )
    }
}

/// The differences that have no reason, the reasons that nothing differs for, and what was looked at.
#[derive(Debug, Default)]
pub struct Verdict {
    pub differences: Vec<Difference>,
    pub unused: Vec<String>,
    pub counts: Counts,
}

/// Holds all claims of one side against Google's.
pub fn judge(
    side: Side,
    claims: &[Claim],
    google: &Discovery,
    deviations: &[Deviation],
) -> Verdict {
    let mut court = Court { side, ..Court::default() };
    for claim in claims {
        court.method = claim.id.clone();
        match google.methods.get(&claim.id) {
            Some(said) => court.hear(claim, said),
            None => court.differs("method", "has it", "doesn't"),
        }
    }
    court.rule(deviations)
}

struct Court {
    side: Side,
    method: String,
    differences: Vec<Difference>,
    counts: Counts,
}

impl Default for Court {
    fn default() -> Self {
        let (differences, counts) = (Vec::new(), Counts::default());
        Court { side: Side::Server, method: String::new(), differences, counts }
    }
}

impl Court {
    fn differs(&mut self, about: &str, ours: impl fmt::Display, google: impl fmt::Display) {
        self.differences.push(Difference {
            method: self.method.clone(),
            about: about.to_owned(),
            ours: ours.to_string(),
            google: google.to_string(),
        });
    }

    fn same<T: PartialEq + fmt::Debug>(&mut self, about: &str, ours: &T, google: &T) {
        if ours != google {
            self.differs(about, format!("{ours:?}"), format!("{google:?}"));
        }
    }

    fn hear(&mut self, ours: &Claim, google: &Claim) {
        self.counts.methods += 1;
        self.same("verb", &ours.verb, &google.verb);
        self.same("path", &template(&ours.path), &template(&google.path));
        if self.side == Side::Server {
            self.same("upload", &ours.upload_path, &google.upload_path);
        }
        self.scopes(&ours.scopes, &google.scopes);
        self.parameters(ours, google);
        self.body("request", ours.request.as_ref(), google.request.as_ref());
        self.body("response", ours.response.as_ref(), google.response.as_ref());
    }

    /// The server takes any scope that Google takes; the client has one of them.
    fn scopes(&mut self, ours: &BTreeSet<String>, google: &BTreeSet<String>) {
        self.counts.scopes += ours.len();
        let listed = |scopes: Vec<&String>| match scopes.is_empty() {
            true => "no other".to_owned(),
            false => format!("{scopes:?} too"),
        };
        let (more, fewer) = (ours.difference(google).collect(), google.difference(ours).collect());
        let (more, fewer): (Vec<_>, Vec<_>) = (more, fewer);
        let lacks = self.side == Side::Server && !fewer.is_empty();
        if lacks || !more.is_empty() || ours.is_empty() {
            self.differs("scopes", listed(more), listed(fewer));
        }
    }

    fn parameters(&mut self, ours: &Claim, google: &Claim) {
        let of = |claim: &Claim| -> BTreeMap<String, Parameter> {
            let query = claim.parameters.iter().filter(|it| it.place == Place::Query);
            query.map(|it| (it.name.clone(), it.clone())).collect()
        };
        let (ours, google) = (of(ours), of(google));
        for (name, said) in &google {
            let owed = self.side == Side::Server || said.required;
            if owed && !ours.contains_key(name) {
                self.differs(&format!("query.{name}"), "none", &said.kind);
            }
        }
        for (name, mine) in &ours {
            let about = format!("query.{name}");
            self.counts.parameters += 1;
            let Some(said) = google.get(name) else {
                self.differs(&about, &mine.kind, "none");
                continue;
            };
            self.kind(&about, &mine.kind, &said.kind);
            self.required(&about, mine.required, said.required);
            self.values(&about, &mine.values, &said.values);
        }
    }

    /// The server asks for exactly what Google asks for; the client may always send more.
    fn required(&mut self, about: &str, ours: bool, google: bool) {
        if self.side == Side::Server || google {
            self.same(&format!("{about} required"), &ours, &google);
        }
    }

    /// The server knows all values; the client sends some of them, and any it likes where Google lists none.
    fn values(&mut self, about: &str, ours: &[String], google: &[String]) {
        let free = google.is_empty() && (ours.is_empty() || self.side == Side::Client);
        if free {
            return;
        }
        self.counts.enums += 1;
        let mine: BTreeSet<&String> = ours.iter().collect();
        let said: BTreeSet<&String> = google.iter().collect();
        let fine = match self.side {
            Side::Server => mine == said,
            Side::Client => mine.is_subset(&said),
        };
        if !fine {
            self.differs(&format!("{about} values"), format!("{ours:?}"), format!("{google:?}"));
        }
    }

    fn body(&mut self, about: &str, ours: Option<&Shape>, google: Option<&Shape>) {
        let shown = |side: Option<&Shape>| if side.is_some() { "a body" } else { "no body" };
        match (ours, google) {
            (Some(ours), Some(google)) => self.shape(about, ours, google),
            (None, None) => {}
            // Nobody has to read an answer. A request without a body lacks what is required in it.
            (None, Some(_)) if about == "response" && self.side == Side::Client => {}
            (None, Some(google)) if self.side == Side::Client => {
                self.shape(about, &Shape::new(), google);
            }
            (None, Some(google)) if google.is_empty() => {}
            _ => self.differs(about, shown(ours), shown(google)),
        }
    }

    fn shape(&mut self, about: &str, ours: &Shape, google: &Shape) {
        let request = about.starts_with("request");
        for (name, said) in google {
            let owed = match self.side {
                Side::Server => request,
                Side::Client => request && said.required,
            };
            if owed && !ours.contains_key(name) {
                self.differs(&format!("{about}.{name}"), "none", &said.kind);
            }
        }
        for (name, mine) in ours {
            let about = format!("{about}.{name}");
            match google.get(name) {
                Some(said) => self.field(&about, mine, said),
                None => self.differs(&about, &mine.kind, "none"),
            }
        }
    }

    fn field(&mut self, about: &str, ours: &Field, google: &Field) {
        self.counts.fields += 1;
        if about.starts_with("request") {
            self.required(about, ours.required, google.required);
        }
        self.values(about, &ours.values, &google.values);
        self.kind(about, &ours.kind, &google.kind);
    }

    fn kind(&mut self, about: &str, ours: &Kind, google: &Kind) {
        match (ours, google) {
            // Where Google says nothing, anything will do; where we look at nothing, nothing can be wrong but for
            // the server, which has to tell a string from a number.
            (_, Kind::Any) => {}
            (Kind::Any, _) if self.side == Side::Client => {}
            (Kind::List(mine), Kind::List(said)) => self.kind(about, mine, said),
            (Kind::Message(mine), Kind::Message(said)) => self.shape(about, mine, said),
            (Kind::Integer, Kind::Int32 | Kind::Uint32) => {}
            (mine, said) if mine == said => {}
            (mine, said) => self.differs(about, mine, said),
        }
    }

    fn rule(self, deviations: &[Deviation]) -> Verdict {
        let excused = |deviation: &Deviation, difference: &Difference| {
            deviation.method == difference.method && deviation.about == difference.about
        };
        let unused = deviations
            .iter()
            .filter(|known| !self.differences.iter().any(|found| excused(known, found)))
            .map(|known| format!("{}: {} ({})", known.method, known.about, known.source));
        Verdict {
            unused: unused.collect(),
            counts: self.counts,
            differences: self
                .differences
                .into_iter()
                .filter(|found| !deviations.iter().any(|known| excused(known, found)))
                .collect(),
        }
    }
}

/// A path in one spelling: routers and documents mark a parameter that may hold slashes each in their way.
fn template(path: &str) -> String {
    path.replace("{+", "{").replace("{*", "{")
}
