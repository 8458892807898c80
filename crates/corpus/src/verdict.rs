//! What a recording comes to when the client reads it, and whether that is right.

use super::call::{Call, Unbuildable};
use super::client_result::{Failed, Given, play};
use super::inject::{self, Injection};
use super::messages::{self, Printed};
use super::paths::{self, Lost};
use super::play::Order;
use super::rebuild::{self, Json, Rebuild, Reported, Way};
use super::recording::Recording;
use super::scalars::Leaf;
use restic_cli_wrap::{ErrorKind, Exit};
use restic_types::ResticVersion;
use serde_json::Value;

/// Plays a recording to one command.
pub(super) type Examine = fn(&Recording, &Call) -> Result<Verdict, Unbuildable>;

/// What came of a recording.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// `ok`, `incomplete`, `findings`, the kind of an error, `text, exit only`.
    pub(super) outcome: String,
    /// What an error has all the same.
    pub(super) partial: Option<Value>,
    pub(super) problems: Vec<Problem>,
    /// Paths that are not there as a typed field of the same value, for a listed reason.
    pub(super) listed: Vec<String>,
    /// Lines of text that are neither notices nor part of the result.
    pub(super) dropped: Vec<String>,
}

/// Something that is wrong with the types, the decoders or the arguments.
#[derive(Debug, PartialEq)]
pub(super) enum Problem {
    /// The call that the client makes is another one.
    Arguments(String),
    /// The result is not what restic said.
    Undecoded(String),
    /// A JSON path of a message or document that is not in the typed result.
    Missing(String),
    /// The name of a message that our types do not know.
    Message(String),
    /// A word that one of our enums does not know, and where it is.
    Word { path: String, word: String },
}

/// What comes of text on standard output where the client asks for JSON.
pub(super) const TEXT_ONLY: &str = "text, exit only";

/// What stands behind the name of a message that is not in the result as it was printed.
pub(super) const NOT_IN_RESULT: &str = ": in the result";

/// What a recording consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    /// Text that the decoder reads.
    Text,
    /// Bytes that are handed on.
    Bytes,
    /// Text where the decoder expects JSON: restic was called in another way than we call it.
    Foreign,
}

pub(super) fn examine<C: Rebuild>(
    recording: &Recording,
    call: &Call,
) -> Result<Verdict, Unbuildable> {
    let form = form(C::JSON, recording, call);
    let mut verdict = Verdict::default();
    verdict.check_arguments::<C>(recording, call)?;
    if form == Form::Foreign && recording.exit.is_success() {
        verdict.outcome = TEXT_ONLY.into();
        return Ok(verdict);
    }

    let mut way = Way::Setters;
    let mut played = play::<C>(recording, call, way, Order::ErrorsFirst)?;
    verdict.outcome = played.outcome();
    if played.refused {
        verdict.check_refusal(&played, recording);
        // What the client does not try can still be read.
        way = Way::Words;
        played = play::<C>(recording, call, way, Order::ErrorsFirst)?;
        if played.refused {
            return Ok(verdict);
        }
        if recording.version.is_none() {
            verdict.outcome = played.outcome();
        }
    }
    let printed = if form == Form::Bytes {
        Printed::of_errors(recording)
    } else {
        Printed::read(recording, played.streams, form == Form::Text)
    };
    verdict.check_exit(&played, &printed, recording.exit);
    verdict.check_stability(&played);
    if let Err(failed) = &played.result {
        verdict.partial.clone_from(&failed.partial);
    }
    if form != Form::Foreign {
        verdict.check_text(&played, recording, form);
        verdict.check_exit_error(&played, &printed, recording.exit);
        verdict.check_messages(&played, &printed);
        verdict.check_words(&played, &printed);
        verdict.check_lines(&played, &printed);
        verdict.check_bytes(&played, recording, form);
        let again = play::<C>(recording, call, way, Order::Mixed)?;
        verdict.check_again(&played, &again, &printed);
        if !verdict.problems.is_empty() {
            // What there is by itself would be found again in each of these.
            return Ok(verdict);
        }
        // Bytes are anybody's, and words that were read from text are not there to be replaced.
        let fits = |it: &&Injection| match form {
            Form::Bytes => false,
            Form::Json if !recording.says_errors_as_text() => true,
            _ => **it != Injection::Words,
        };
        for injection in inject::ALL.iter().filter(fits) {
            let injected = injection.into_recording(recording, C::STREAMS);
            let given = play::<C>(&injected, call, way, Order::ErrorsFirst)?;
            verdict.check_injected(*injection, &played, &given);
        }
    }
    Ok(verdict)
}

fn form(json: Json, recording: &Recording, call: &Call) -> Form {
    let is_json = match json {
        Json::Always => true,
        Json::Regardless => return Form::Json,
        Json::Bytes => return Form::Bytes,
        Json::Never => return Form::Text,
        Json::Since(minor) => match recording.version {
            Some(version) => version >= ResticVersion::new(0, minor, 0),
            None => Recording::lines(&recording.stdout)
                .iter()
                .any(|line| line.starts_with('{')),
        },
    };
    match (is_json, call.json()) {
        (true, true) => Form::Json,
        (true, false) => Form::Foreign,
        // Which text it is is unknown.
        (false, false) if recording.version.is_none() => Form::Foreign,
        (false, _) => Form::Text,
    }
}

/// How long a text is, in bytes, that stands in a line because it was read from it.
const PART: usize = 8;

impl Verdict {
    fn arguments(&mut self, problem: impl Into<String>) {
        self.problems.push(Problem::Arguments(problem.into()));
    }

    fn undecoded(&mut self, problem: impl Into<String>) {
        self.problems.push(Problem::Undecoded(problem.into()));
    }

    fn lost(&mut self, what: &str, lost: Lost) {
        let join = |path: String| {
            if path.is_empty() {
                what.to_owned()
            } else {
                format!("{what}: {path}")
            }
        };
        self.problems
            .extend(lost.missing.into_iter().map(join).map(Problem::Missing));
        self.listed.extend(lost.listed.into_iter().map(join));
    }

    /// The result has to be the same when it is written as JSON and read again.
    fn check_stability(&mut self, played: &Given) {
        if let Some(how) = &played.unstable {
            self.undecoded(format!("not the same when it is read again: {how}"));
        }
    }

    /// What restic may print one day must not change what is known today.
    fn check_injected(&mut self, injection: Injection, played: &Given, given: &Given) {
        let expected = injection.expected(played.all());
        let given = injection.without(given.all());
        for (what, expected) in expected.as_object().into_iter().flatten() {
            let given = &given[what];
            if given != expected {
                self.undecoded(format!(
                    "unknown {injection:?} change {what}: {expected} became {given}"
                ));
            }
        }
    }

    /// The call that the client makes has to mean what the recorded one does.
    fn check_arguments<C: Rebuild>(
        &mut self,
        recording: &Recording,
        call: &Call,
    ) -> Result<(), Unbuildable> {
        let client = rebuild::client(call, recording.version, Way::Setters)?;
        let restic = client.build();
        let command = rebuild::command::<C>(call.clone(), Way::Setters)?;
        let invocation = restic.invocation(&command);
        let words: Vec<_> = invocation.masked_arguments().collect();
        match Call::parse(&words) {
            Ok(again) => {
                for difference in call.meaning().differences(&again.meaning()) {
                    self.arguments(format!("arguments differ: {difference}"));
                }
            }
            Err(Unbuildable(why)) => {
                self.arguments(format!("arguments differ: {why} in `{invocation}`"));
            }
        }
        Ok(())
    }

    /// Not starting restic is right when it does not have what was asked for, and when it would do harm.
    fn check_refusal(&mut self, played: &Given, recording: &Recording) {
        let Err(failed) = &played.result else { return };
        let right = match failed.kind {
            ErrorKind::Unsupported => recording.version.is_none() || !recording.exit.is_success(),
            ErrorKind::Usage => true,
            _ => false,
        };
        if !right {
            self.undecoded(format!(
                "not started ({:?}): {}",
                failed.kind, failed.message
            ));
        }
    }

    /// The result has to fit the exit.
    fn check_exit(&mut self, played: &Given, printed: &Printed, exit: Exit) {
        match &played.result {
            Ok(done) if exit.is_success() || done.is_incomplete() || done.findings => {}
            Ok(_) => self.undecoded(format!("taken for a success, but restic ended with {exit}")),
            Err(failed) => {
                if let Err(why) = explained(failed, exit, printed) {
                    self.undecoded(format!(
                        "{:?} at {exit}: {why}: {}",
                        failed.kind, failed.message
                    ));
                }
                if failed.exit != Some(exit) {
                    self.undecoded(format!("the error has {:?} for {exit}", failed.exit));
                }
            }
        }
    }

    /// restic's own words for its failure have to be in the error or in the result.
    fn check_exit_error(&mut self, played: &Given, printed: &Printed, exit: Exit) {
        let Some(error) = &printed.exit_error else {
            return;
        };
        let message = error["message"].as_str().unwrap_or_default().trim();
        let reported = match &played.result {
            // That there is damage is what the report says.
            Ok(done) if done.findings => true,
            Ok(done) => messages::texts(&done.output).any(|text| text.contains(message)),
            Err(failed) => {
                failed.message.contains(message) || is_all_but_stack(&failed.message, message)
            }
        };
        let typed = serde_json::json!({
            "message_type": "exit_error",
            "code": exit.code(),
            "message": reported.then_some(&error["message"]),
        });
        self.lost("exit_error", paths::compare(error, &typed));
    }

    /// A value that was read from text has to be there, and to stand in the text.
    fn check_text(&mut self, played: &Given, recording: &Recording, form: Form) {
        let Ok(done) = &played.result else { return };
        if form != Form::Text {
            return;
        }
        let text = [&recording.stdout[..], b"\n", &recording.stderr[..]].concat();
        let text = String::from_utf8_lossy(&text);
        let leaves = Leaf::all(&done.output);
        let (known, strange): (Vec<_>, Vec<_>) = leaves.iter().partition(|leaf| leaf.is_in(&text));
        if !strange.is_empty() {
            let strange: Vec<_> = strange.iter().map(ToString::to_string).collect();
            self.undecoded(format!("not in restic's text: {}", strange.join(", ")));
        }
        if known.is_empty() && played.events.is_empty() && !recording.stdout.trim_ascii().is_empty()
        {
            self.undecoded("nothing was read from restic's text");
        }
    }

    /// Bytes have to be handed on as they are.
    fn check_bytes(&mut self, played: &Given, recording: &Recording, form: Form) {
        let Ok(done) = &played.result else { return };
        if form == Form::Bytes && done.output != rebuild::as_json(&recording.stdout) {
            self.undecoded("the bytes are others");
        }
    }

    /// Every message has to be an event, every document the output.
    fn check_messages(&mut self, played: &Given, printed: &Printed) {
        for reported in &played.events {
            let Reported::Unknown { raw, problem } = reported else {
                continue;
            };
            let name = messages::kind(raw);
            match problem {
                Some(problem) => {
                    let found = format!("the message `{name}` does not fit its type: {problem}");
                    self.undecoded(found);
                }
                None if raw.is_object() => self.problems.push(Problem::Message(name.to_owned())),
                None => {}
            }
        }
        let exact = played.events.len() == printed.messages.len();
        let mut next = 0;
        for message in &printed.messages {
            let lost_in = |place: usize| match played.events.get(place) {
                Some(Reported::Typed(typed)) => paths::compare(message, typed),
                _ => paths::all(message),
            };
            let mut lost = lost_in(next);
            // Lines of text may have become events, too.
            if !exact
                && !lost.missing.is_empty()
                && let Some(found) =
                    (next..played.events.len()).find(|&place| lost_in(place).missing.is_empty())
            {
                next = found;
                lost = lost_in(found);
            }
            next += 1;
            if !played.is_unknown(message) {
                self.lost(messages::kind(message), lost);
            }
        }
        for document in printed.document.iter().chain(&printed.behind) {
            self.lost("document", messages::best(document, played.output()));
        }
    }

    /// Words are kept where an enum does not know them.
    fn check_words(&mut self, played: &Given, printed: &Printed) {
        for word in &played.unknown_words {
            let place = printed.all().find_map(|(name, value)| {
                let path = paths::of_word(value, word)?;
                Some(format!("{name}: {path}"))
            });
            self.problems.push(Problem::Word {
                path: place.unwrap_or_else(|| "somewhere".to_owned()),
                word: word.clone(),
            });
        }
    }

    /// Lines that are not JSON should be reported as notices, unless they are part of the result.
    fn check_lines(&mut self, played: &Given, printed: &Printed) {
        let (output, notices, message) = match &played.result {
            Ok(done) => (Some(&done.output), &done.notices, ""),
            Err(failed) => (
                failed.partial.as_ref(),
                &failed.notices,
                failed.message.as_str(),
            ),
        };
        let events = played.events.iter().map(Reported::value);
        let mut texts: Vec<_> = events.chain(output).flat_map(messages::texts).collect();
        texts.extend(notices.iter().map(String::as_str));
        texts.push(message);
        for line in &printed.text {
            // A line may have been taken apart.
            let is_path = |text: &str| text.len() > 1 && text.starts_with('/');
            let is_part =
                |text: &&str| (text.len() >= PART || is_path(text)) && line.contains(*text);
            if !texts
                .iter()
                .any(|text| text.contains(line.as_str()) || is_part(text))
            {
                self.dropped.push(line.clone());
            }
        }
    }

    /// What failed has to be in a result that is not a plain success.
    fn check_errors(&mut self, output: &Value, printed: &Printed) {
        let texts: Vec<_> = messages::texts(output).collect();
        for message in printed
            .messages
            .iter()
            .filter(|message| messages::kind(message) == "error")
        {
            let words = [
                &message["item"],
                &message["error"]["message"],
                &message["message"],
            ];
            let mut words = words.into_iter().filter_map(Value::as_str).map(str::trim);
            if !words.all(|words| texts.iter().any(|text| text.contains(words))) {
                self.problems
                    .push(Problem::Missing(format!("error{NOT_IN_RESULT}")));
            }
        }
    }

    /// Without anybody who takes events, the result has to be the same, and to hold what ends the run or is a row.
    fn check_again(&mut self, first: &Given, second: &Given, printed: &Printed) {
        if first.outcome() != second.outcome() {
            let (first, second) = (first.outcome(), second.outcome());
            self.undecoded(format!("{first}, but {second} when nobody asks for events"));
        }
        let Ok(done) = &second.result else { return };
        if second.outcome() != "ok" {
            self.check_errors(&done.output, printed);
        }
        let parts: Vec<_> = messages::objects(&done.output).collect();
        let mut next = 0;
        for message in printed
            .messages
            .iter()
            .filter(|message| messages::is_kept(message) && !first.is_unknown(message))
        {
            let fits = |place: &usize| {
                paths::compare(&messages::untagged(message), parts[*place])
                    .missing
                    .is_empty()
            };
            match (next..parts.len()).chain(0..next).find(fits) {
                Some(found) => next = found + 1,
                None => {
                    let kind = messages::kind(message);
                    self.problems
                        .push(Problem::Missing(format!("{kind}{NOT_IN_RESULT}")));
                }
            }
        }
    }
}

/// Whether all of restic's words are there but Go's functions at their end.
fn is_all_but_stack(ours: &str, restic: &str) -> bool {
    let rest = restic.strip_prefix(ours).filter(|_| !ours.is_empty());
    rest.is_some_and(|rest| rest.starts_with('\n') && rest.contains(".go:"))
}

/// Whether an error is right for an exit.
fn explained(failed: &Failed, exit: Exit, printed: &Printed) -> Result<(), &'static str> {
    use ErrorKind as Kind;
    let kind = failed.kind;
    match exit {
        Exit::Code(0) => match kind {
            Kind::BadOutput if printed.is_cut || !printed.is_closed => Ok(()),
            Kind::BadOutput => Err("the recording is whole"),
            // restic ignores an id that is not there, and says so; an old one may say nothing.
            Kind::NotFound if !failed.notices.is_empty() || printed.text.is_empty() => Ok(()),
            // `forget` in 0.18 calls it a success when the server refuses.
            Kind::AccessDenied if failed.partial.is_some() => Ok(()),
            _ => Err("restic calls it a success"),
        },
        Exit::Code(10) if kind != Kind::NoRepository => Err("the code means no repository"),
        Exit::Code(11) if kind != Kind::Locked => Err("the code means locked"),
        Exit::Code(12) if kind != Kind::WrongPassword => Err("the code means a wrong password"),
        Exit::Code(130) if kind != Kind::Interrupted => Err("the code means interrupted"),
        Exit::Signal(_) if !matches!(kind, Kind::Killed | Kind::Interrupted) => {
            Err("it was killed")
        }
        _ => match kind {
            Kind::BadOutput if printed.is_cut => Ok(()),
            Kind::BadOutput
            | Kind::Cancelled
            | Kind::TimedOut
            | Kind::Io
            | Kind::NotRecorded
            | Kind::CannotStart
            | Kind::BinaryNotFound
            | Kind::BinaryNotExecutable => Err("not a failure of restic's"),
            _ => Ok(()),
        },
    }
}
