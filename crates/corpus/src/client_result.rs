//! Playing a recording to the client, and what it gives.

use super::call::{Call, Unbuildable};
use super::play::{Order, Player};
use super::rebuild::{self, Rebuild, Reported, Way};
use super::recording::Recording;
use super::words;
use restic_cli_wrap::{ErrorKind, Exit, Notice};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the client gave.
pub(super) struct Given {
    /// The client would not start restic.
    pub(super) refused: bool,
    /// Whether the command hands out events.
    pub(super) streams: bool,
    pub(super) events: Vec<Reported>,
    pub(super) result: Result<Done, Failed>,
    /// What the result is when it is read from its own JSON, if that is another one.
    pub(super) unstable: Option<String>,
    /// Words that our types keep without knowing them.
    pub(super) unknown_words: BTreeSet<String>,
}

pub(super) struct Done {
    pub(super) output: Value,
    pub(super) findings: bool,
    pub(super) notices: Vec<String>,
}

pub(super) struct Failed {
    pub(super) kind: ErrorKind,
    pub(super) message: String,
    pub(super) exit: Option<Exit>,
    pub(super) partial: Option<Value>,
    pub(super) notices: Vec<String>,
}

pub(super) fn play<C: Rebuild>(
    recording: &Recording,
    call: &Call,
    way: Way,
    order: Order,
) -> Result<Given, Unbuildable> {
    let player = Arc::new(Player::new(recording, order));
    let client = rebuild::client(call, recording.version, way)?;
    let restic = client.executor(Arc::clone(&player) as _).build();
    let command = rebuild::command::<C>(call.clone(), way)?;
    let mut events = Vec::new();
    let mut unstable = None;
    let mut unknown_words = BTreeSet::new();
    let mut from_result = BTreeSet::new();
    let mut json = |value: &C::Output| {
        unstable = C::read_again(value);
        from_result.extend(words::unknown(&format!("{value:?}")));
        C::json(value)
    };
    let result = restic.start(command).and_then(|mut run| {
        // The second time nobody asks for events.
        if matches!(order, Order::ErrorsFirst) && C::TAKES {
            for event in &mut run {
                let event = event?;
                unknown_words.extend(words::unknown(&format!("{event:?}")));
                events.push(C::reported(&event));
            }
        }
        run.finish_with_notices()
    });
    let result = match result {
        Ok((output, notices)) => Ok(Done {
            output: json(&output),
            findings: C::has_findings(&output),
            notices: notices
                .into_iter()
                .map(|notice: Notice| notice.text)
                .collect(),
        }),
        Err(error) => Err(Failed {
            kind: error.kind(),
            message: error.message().to_owned(),
            exit: error.exit(),
            partial: error.partial::<C>().map(json),
            notices: error
                .notices()
                .iter()
                .map(|notice| notice.text.clone())
                .collect(),
        }),
    };
    unknown_words.append(&mut from_result);
    Ok(Given {
        refused: !player.was_started(),
        streams: C::STREAMS,
        events,
        result,
        unstable,
        unknown_words,
    })
}

impl Given {
    pub(super) fn outcome(&self) -> String {
        match &self.result {
            Ok(done) if done.findings => "findings".into(),
            Ok(done) if done.is_incomplete() => "incomplete".into(),
            Ok(_) => "ok".into(),
            Err(failed) if self.refused => format!("{:?} (not started)", failed.kind),
            Err(failed) => format!("{:?}", failed.kind),
        }
    }

    /// Whether a message is one that our types could not read.
    pub(super) fn is_unknown(&self, message: &Value) -> bool {
        let is_it = |it: &Reported| matches!(it, Reported::Unknown { raw, .. } if raw == message);
        self.events.iter().any(is_it)
    }

    /// All of it as JSON.
    pub(super) fn all(&self) -> Value {
        let (message, notices) = match &self.result {
            Ok(done) => ("", &done.notices),
            Err(failed) => (failed.message.as_str(), &failed.notices),
        };
        let events: Vec<_> = self.events.iter().map(Reported::value).collect();
        json!({
            "outcome": self.outcome(),
            "message": message,
            "output": self.output(),
            "events": events,
            "notices": notices,
        })
    }

    pub(super) fn output(&self) -> Option<&Value> {
        match &self.result {
            Ok(done) => Some(&done.output),
            Err(failed) => failed.partial.as_ref(),
        }
    }
}

impl Done {
    /// As `Outcome` is serialised.
    pub(super) fn is_incomplete(&self) -> bool {
        self.output.get("Incomplete").is_some()
    }
}
