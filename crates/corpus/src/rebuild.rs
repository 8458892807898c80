//! Making a command value again from a recorded call, through its public setters.

use super::call::{Call, Unbuildable};
use restic_cli_wrap::{Command, Restic, ResticBuilder};
use restic_types::ResticVersion;
use restic_types::cli::ParsedFlag;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::ffi::OsString;
use std::fmt::Debug;

/// Calls the setter that is named like the flag, if it is in the list and takes the value.
macro_rules! setters {
    ($to:expr, $flag:expr; $($kind:ident: $($setter:ident)*;)*) => {{
        let (to, flag) = ($to, $flag);
        match flag.flag.name.replace('-', "_").as_str() {
            $($(stringify!($setter) => match $crate::rebuild::value::$kind(flag) {
                Some(value) => Ok(to.$setter(value)),
                None => Err(to),
            },)*)*
            _ => Err(to),
        }
    }};
}
pub(super) use setters;

/// A command that can be made again. Most of it is written by [`rebuild!`].
pub(super) trait Rebuild: Command<Event: Debug, Output: Debug> {
    /// The command's words.
    const NAME: &'static str;
    /// Since when it prints JSON.
    const JSON: Json;

    /// Whether it hands out JSON messages as events.
    const STREAMS: bool;
    /// Whether its events are taken: not where they are parts of the result.
    const TAKES: bool = true;

    /// Whether a call is this command, where several have the same words.
    fn is_for(_call: &Call) -> bool {
        true
    }

    /// The command with what it cannot be without, which is taken out of the call.
    fn new(call: &mut Call) -> Result<Self, Unbuildable>;

    /// Adds a flag by its setter. Gives the command back when there is none, or when it does not take the value.
    fn flag(self, flag: &ParsedFlag) -> Result<Self, Self>;

    /// Adds an operand by its setter.
    fn operand(self, operand: OsString) -> Self {
        self.word(operand)
    }

    /// Adds a word as it is.
    fn word(self, word: OsString) -> Self;

    fn reported(event: &Self::Event) -> Reported;

    /// What becomes of a result that is written as JSON and read again, if it is not the same. A secret is never
    /// written.
    fn read_again(_output: &Self::Output) -> Option<String> {
        None
    }
    /// The result as JSON.
    fn json(output: &Self::Output) -> Value;

    /// Whether the result says by itself that something is wrong.
    fn has_findings(_output: &Self::Output) -> bool {
        false
    }
}

/// What becomes of a value that is written as JSON and read again, if it is not the same.
pub(super) fn read_again<T: Serialize + DeserializeOwned>(value: &T) -> Option<String> {
    let written = match serde_json::to_string(value) {
        Ok(written) => written,
        Err(error) => return Some(error.to_string()),
    };
    let read = serde_json::from_str::<T>(&written).and_then(|read| serde_json::to_string(&read));
    match read {
        Ok(read) if read == written => None,
        Ok(read) => Some(format!("{written} became {read}")),
        Err(error) => Some(format!("{written}: {error}")),
    }
}

/// Since when a command prints JSON with `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Json {
    Always,
    /// Since this 0.x.0. Text before, which is read into the same type.
    Since(u16),
    /// Text, which is read into a type.
    Never,
    /// JSON also without `--json`.
    Regardless,
    /// Bytes, which are handed on.
    Bytes,
}

/// A result as JSON.
pub(super) fn as_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// What an event is as JSON.
pub(super) enum Reported {
    Typed(Value),
    /// A message that the types do not know, or that does not fit them.
    Unknown {
        raw: Value,
        problem: Option<String>,
    },
}

impl Reported {
    pub(super) fn value(&self) -> &Value {
        match self {
            Self::Typed(value) | Self::Unknown { raw: value, .. } => value,
        }
    }
}

/// How flags become part of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By the setters, where there is one.
    Setters,
    /// By the setters, and not at all where there is none.
    SettersOnly,
    /// As words, about which the client knows nothing.
    Words,
}

const NO_SETTER: Unbuildable = Unbuildable("no setter takes it");

/// The command of a call.
pub(super) fn command<C: Rebuild>(mut call: Call, way: Way) -> Result<C, Unbuildable> {
    let mut command = C::new(&mut call)?;
    for flag in &call.flags {
        let set = match way {
            Way::Words => Err(command),
            Way::Setters | Way::SettersOnly => command.flag(flag),
        };
        command = set.or_else(|command| match way {
            Way::SettersOnly => Err(NO_SETTER),
            Way::Setters | Way::Words => Ok(command.word(word(flag))),
        })?;
    }
    for word in call.wrong {
        command = command.word(word);
    }
    Ok(call.operands.into_iter().fold(command, C::operand))
}

/// Makes a call again by setters alone.
pub(super) type Build = fn(&Call, ResticVersion) -> Result<Vec<OsString>, Unbuildable>;

/// The words of a call that setters alone make again: a [`Build`].
pub(super) fn words<C: Rebuild>(
    call: &Call,
    version: ResticVersion,
) -> Result<Vec<OsString>, Unbuildable> {
    let client = client(call, Some(version), Way::SettersOnly)?;
    let command = command::<C>(call.clone(), Way::SettersOnly)?;
    let invocation = client.build().invocation(&command);
    Ok(invocation.masked_arguments().collect())
}

/// The client of a call, as far as its flags say.
pub(super) fn client(
    call: &Call,
    version: Option<ResticVersion>,
    way: Way,
) -> Result<ResticBuilder, Unbuildable> {
    let newest = || "0.19.1".to_owned();
    let version = version.map_or_else(newest, |version| version.to_string());
    let builder = Restic::builder().restic_version(version);
    call.global.iter().try_fold(builder, |builder, flag| {
        global(builder, flag).or_else(|builder| match way {
            Way::SettersOnly => Err(NO_SETTER),
            Way::Setters | Way::Words => Ok(builder.arg(word(flag))),
        })
    })
}

fn global(builder: ResticBuilder, flag: &ParsedFlag) -> Result<ResticBuilder, ResticBuilder> {
    let value = || flag.value.clone().unwrap_or_default();
    match flag.flag.name {
        "json" => Ok(builder),
        "repo" => Ok(builder.repository(value())),
        "repository-file" => {
            Ok(builder.repository(restic_cli_wrap::Repository::from_file(value())))
        }
        "password-file" => Ok(builder.password_file(value())),
        "password-command" => Ok(builder.password_command(value())),
        "key-hint" => Ok(builder.key_hint(value())),
        "insecure-no-password" => Ok(builder.no_password()),
        _ => setters!(builder, flag;
            switch: cleanup_cache insecure_tls no_cache no_extra_verify no_lock quiet;
            text: cacert cache_dir compression http_user_agent option tls_client_cert;
            number: limit_download limit_upload pack_size verbose;
            duration: retry_lock stuck_request_timeout;
        ),
    }
}

/// A flag as one word.
fn word(flag: &ParsedFlag) -> OsString {
    let mut word = OsString::from(format!("--{}", flag.flag.name));
    if let Some(value) = &flag.value {
        word.push("=");
        word.push(value);
    }
    word
}

/// The values of flags as the types that setters take.
pub(super) mod value {
    use crate::call;
    use restic_cli_wrap::commands::StatsMode;
    use restic_cli_wrap::values::Keep;
    use restic_types::cli::ParsedFlag;
    use std::ffi::OsString;
    use std::time::Duration;

    pub(crate) fn switch(flag: &ParsedFlag) -> Option<bool> {
        call::yes(flag)
    }

    pub(crate) fn text(flag: &ParsedFlag) -> Option<OsString> {
        flag.value.clone()
    }

    pub(crate) fn number(flag: &ParsedFlag) -> Option<u32> {
        call::number(flag.value.as_deref()?)
    }

    pub(crate) fn keep(flag: &ParsedFlag) -> Option<Keep> {
        flag.value.clone().map(Keep::from)
    }

    pub(crate) fn mode(flag: &ParsedFlag) -> Option<StatsMode> {
        Some(match flag.value.clone()? {
            mode if mode == "restore-size" => StatsMode::RestoreSize,
            mode if mode == "files-by-contents" => StatsMode::FilesByContents,
            mode if mode == "blobs-per-file" => StatsMode::BlobsPerFile,
            mode if mode == "raw-data" => StatsMode::RawData,
            other => StatsMode::Other(other),
        })
    }

    pub(crate) fn duration(flag: &ParsedFlag) -> Option<Duration> {
        call::duration(flag.value.as_deref()?.to_str()?)
    }
}

/// Says how a command is made again: its words, since when it prints JSON, its events, and what else the trait asks
/// for; then its setters by the type of their value.
macro_rules! rebuild {
    ($command:ident: $($rest:tt)+) => { rebuild! { ($command): $($rest)+ } };
    (($command:ty): $name:literal, $json:expr, [$($event:tt)*], {
        $($kind:ident: $($setter:ident)*;)*
    } $($item:item)+
    ) => {
        impl Rebuild for $command {
            const NAME: &'static str = $name;
            const JSON: Json = $json;
            const STREAMS: bool = rebuild!(@streams $($event)*);
            const TAKES: bool = rebuild!(@takes $($event)*);

            fn flag(self, flag: &ParsedFlag) -> Result<Self, Self> {
                setters!(self, flag; $($kind: $($setter)*;)*)
            }

            fn word(self, word: OsString) -> Self {
                self.arg(word)
            }

            fn reported(event: &Self::Event) -> Reported {
                rebuild!(@reported event $($event)*)
            }

            rebuild!(@json $($event)*);

            $($item)+
        }
    };
    // Its result says itself what it is as JSON.
    (@json @ secret) => {};
    (@json $($event:tt)*) => {
        fn json(output: &Self::Output) -> serde_json::Value {
            $crate::rebuild::as_json(output)
        }

        fn read_again(output: &Self::Output) -> Option<String> {
            $crate::rebuild::read_again(output)
        }
    };
    (@streams) => { false };
    // What is handed out are parts of the result.
    (@streams @ $($secret:ident)?) => { false };
    // Text that is read into a counter is no message.
    (@streams Counter) => { false };
    (@streams MountEvent) => { false };
    (@streams $type:ident) => { true };
    (@takes @ $($secret:ident)?) => { false };
    (@takes $($type:ident)?) => { true };
    (@reported $event:ident) => { match *$event {} };
    (@reported $event:ident @ $($secret:ident)?) => {{
        let _ = $event;
        Reported::Unknown { raw: serde_json::Value::Null, problem: None }
    }};
    (@reported $event:ident Counter) => {
        Reported::Typed(serde_json::to_value($event).unwrap_or_default())
    };
    (@reported $event:ident MountEvent) => {
        rebuild!(@reported $event Counter)
    };
    (@reported $event:ident $type:ident) => {{
        let json = serde_json::to_value($event).unwrap_or_default();
        match $event {
            $type::Unknown(message) => {
                Reported::Unknown { raw: json, problem: message.problem.clone() }
            }
            _ => Reported::Typed(json),
        }
    }};
}
pub(super) use rebuild;
