//! What the client makes of the calls of a scenario, and what is in them that our types do not know.

use super::messages::Printed;
use super::recording::Recording;
use super::verdict::{NOT_IN_RESULT, Problem, TEXT_ONLY, Verdict};
use super::{Examined, What, paths};
use restic_core::{Scenario, ScenarioError};
use serde_json::Value;
use std::collections::BTreeSet;

/// What the client makes of one call.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The name of the recorded call, such as `02-backup`.
    pub call: String,
    /// `ok`, `incomplete`, `findings` or the kind of the error. Absent when no command value makes such a call, and
    /// for text that the client never asks for.
    pub outcome: Option<String>,
    /// What our types do not know, each once.
    pub unknown: Vec<Unknown>,
}

/// Something that restic printed and our types do not know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown {
    /// What it is.
    pub kind: UnknownKind,
    /// Where it is, and an example of what stands there, without what may be somebody's data.
    pub text: String,
}

/// What our types do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnknownKind {
    /// A field of a message or document.
    Field,
    /// A message.
    Message,
    /// A word where there is a choice of them.
    Word,
    /// Not only unknown: it is read wrongly, or not at all.
    Misread,
}

impl Reading {
    /// What the client makes of each call of a scenario, in their order.
    ///
    /// # Errors
    ///
    /// When the scenario cannot be read.
    pub fn of_scenario(scenario: &Scenario) -> Result<Vec<Self>, ScenarioError> {
        let version = scenario.recorded_with().restic.parse().ok();
        let names: Vec<_> = scenario.placeholders().map(str::to_owned).collect();
        let calls = scenario.calls();
        let read = calls.map(|call| {
            let recording = Recording::of_call(&call, &names, version)?;
            Ok(Self::of_recording(call.name(), &recording))
        });
        read.collect()
    }

    pub(super) fn of_recording(call: &str, recording: &Recording) -> Self {
        let call = call.to_owned();
        match Examined::of_recording(recording).what {
            What::Verdict(verdict) => Self {
                call,
                unknown: unknown(&verdict, recording),
                outcome: Some(verdict.outcome).filter(|outcome| outcome != TEXT_ONLY),
            },
            What::Unbuildable(_) | What::Unreadable(_) => Self {
                call,
                outcome: None,
                unknown: Vec::new(),
            },
        }
    }
}

fn unknown(verdict: &Verdict, recording: &Recording) -> Vec<Unknown> {
    let misread =
        |problem: &Problem| matches!(problem, Problem::Undecoded(_) | Problem::Arguments(_));
    // Of what is not read at all every field is missing, and a message with such a field is nowhere in the result.
    let has_fields = !verdict.problems.iter().any(misread);
    let problems = verdict.problems.iter();
    let found = problems.filter_map(|problem| {
        let (kind, text) = match problem {
            Problem::Missing(place) if !has_fields || place.ends_with(NOT_IN_RESULT) => {
                return None;
            }
            Problem::Missing(place) => (UnknownKind::Field, field(place, recording)),
            Problem::Message(name) => (UnknownKind::Message, format!("the message `{name}`")),
            Problem::Word { path, word } => {
                let (message, path) = path.split_once(": ").unwrap_or(("message", path));
                let text = format!("the word {word:?} for `{path}` of `{message}`");
                (UnknownKind::Word, text)
            }
            Problem::Undecoded(what) | Problem::Arguments(what) => {
                (UnknownKind::Misread, without_values(what))
            }
        };
        Some(Unknown { kind, text })
    });
    found.collect::<BTreeSet<_>>().into_iter().collect()
}

/// A field by its place, such as `summary: files_new`, with an example.
fn field(place: &str, recording: &Recording) -> String {
    let Some((message, path)) = place.split_once(": ") else {
        return format!("all of `{place}`");
    };
    // With both streams line by line, whatever they are: a document is found as well.
    let read = [true, false].map(|streams| Printed::read(recording, streams, false));
    let mut values = read.iter().flat_map(Printed::all);
    let example = values
        .find_map(|(name, value)| (name == message).then(|| paths::at(value, path)).flatten());
    let example = example.map(|value| format!(", such as {}", masked(value)));
    format!("`{path}` of `{message}`{}", example.unwrap_or_default())
}

/// A value that may be shown to anybody.
fn masked(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => format!("a string of {} characters", text.chars().count()),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// What was found, without what stands in quotes or is JSON, and without where in a line it stands.
fn without_values(what: &str) -> String {
    let line = what.lines().next().unwrap_or_default();
    let line = line.split(['{', '[']).next().unwrap_or_default();
    let line = line.split(" at line ").next().unwrap_or_default();
    let parts = line.split('"').enumerate();
    let shown = parts.map(|(index, part)| if index % 2 == 0 { part } else { "\"…\"" });
    shown.collect::<String>().trim_end().to_owned()
}

impl UnknownKind {
    /// A word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Message => "message",
            Self::Word => "word",
            Self::Misread => "misread",
        }
    }
}
