//! Making a command value again from a recorded call, through its public setters.

use super::call::{Call, Unbuildable};
use restic_cli_wrap::{Builder, Command, Restic};
use restic_types::ResticVersion;
use restic_types::cli::ParsedFlag;
use serde::Serialize;
use serde_json::Value;
use std::ffi::OsString;

/// Calls the setter that is named like the flag, if it is in the list and takes the value.
macro_rules! setters {
    ($to:expr, $flag:expr; $($kind:ident: $($setter:ident)*;)*) => {{
        let (to, flag) = ($to, $flag);
        match flag.flag.name.replace('-', "_").as_str() {
            $($(stringify!($setter) => match $crate::corpus::rebuild::value::$kind(flag) {
                Some(value) => Ok(to.$setter(value)),
                None => Err(to),
            },)*)*
            _ => Err(to),
        }
    }};
}
pub(super) use setters;

/// A command that can be made again. Most of it is written by [`rebuild!`].
pub(super) trait Rebuild: Command {
    /// The command's words.
    const NAME: &'static str;
    /// Since when it prints JSON.
    const JSON: Json;

    /// Whether it hands out events.
    const STREAMS: bool;

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

    fn told(event: &Self::Event) -> Told;

    /// The result as JSON.
    fn json(output: &Self::Output) -> Value;

    /// Whether the result says by itself that something is wrong.
    fn has_findings(_output: &Self::Output) -> bool {
        false
    }
}

/// Since when a command prints JSON with `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Json {
    Always,
    /// Since this 0.x.0. Text before, which is read into the same type.
    Since(u32),
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
pub(super) enum Told {
    Typed(Value),
    /// A message that the types do not know, or that does not fit them.
    Unknown(Value),
}

/// How flags become part of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By the setters, where there is one.
    Setters,
    /// As words, about which the client knows nothing.
    Words,
}

/// The command of a call.
pub(super) fn command<C: Rebuild>(mut call: Call, way: Way) -> Result<C, Unbuildable> {
    let mut command = C::new(&mut call)?;
    for flag in &call.flags {
        command = match way {
            Way::Setters => command
                .flag(flag)
                .unwrap_or_else(|command| command.word(word(flag))),
            Way::Words => command.word(word(flag)),
        };
    }
    for word in call.wrong {
        command = command.word(word);
    }
    Ok(call.operands.into_iter().fold(command, C::operand))
}

/// The client of a call, as far as its flags tell.
pub(super) fn client(call: &Call, version: Option<&ResticVersion>) -> Builder {
    let newest = || "0.19.1".to_owned();
    let version = version.map_or_else(newest, ToString::to_string);
    let builder = Restic::builder().restic_version(version);
    call.global.iter().fold(builder, |builder, flag| {
        global(builder, flag).unwrap_or_else(|builder| builder.arg(word(flag)))
    })
}

#[expect(
    clippy::result_large_err,
    reason = "a builder is handed back, which is no error"
)]
fn global(builder: Builder, flag: &ParsedFlag) -> Result<Builder, Builder> {
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
    use crate::corpus::call;
    use restic_cli_wrap::commands::{Keep, StatsMode};
    use restic_types::cli::ParsedFlag;
    use std::ffi::OsString;
    use std::time::Duration;

    pub(in crate::corpus) fn switch(flag: &ParsedFlag) -> Option<bool> {
        call::yes(flag)
    }

    pub(in crate::corpus) fn text(flag: &ParsedFlag) -> Option<OsString> {
        flag.value.clone()
    }

    pub(in crate::corpus) fn number(flag: &ParsedFlag) -> Option<u32> {
        call::number(flag.value.as_deref()?)
    }

    pub(in crate::corpus) fn keep(flag: &ParsedFlag) -> Option<Keep> {
        match flag.value.as_deref()?.to_str()? {
            "unlimited" => Some(Keep::Unlimited),
            text => text.parse().ok().map(Keep::Count),
        }
    }

    pub(in crate::corpus) fn mode(flag: &ParsedFlag) -> Option<StatsMode> {
        Some(match flag.value.clone()? {
            mode if mode == "restore-size" => StatsMode::RestoreSize,
            mode if mode == "files-by-contents" => StatsMode::FilesByContents,
            mode if mode == "blobs-per-file" => StatsMode::BlobsPerFile,
            mode if mode == "raw-data" => StatsMode::RawData,
            other => StatsMode::Other(other),
        })
    }

    pub(in crate::corpus) fn duration(flag: &ParsedFlag) -> Option<Duration> {
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

            fn flag(self, flag: &ParsedFlag) -> Result<Self, Self> {
                setters!(self, flag; $($kind: $($setter)*;)*)
            }

            fn word(self, word: OsString) -> Self {
                self.arg(word)
            }

            fn told(event: &Self::Event) -> Told {
                rebuild!(@told event $($event)*)
            }

            rebuild!(@json $($event)*);

            $($item)+
        }
    };
    // Its result says itself what it is as JSON.
    (@json @ secret) => {};
    (@json $($event:tt)*) => {
        fn json(output: &Self::Output) -> serde_json::Value {
            $crate::corpus::rebuild::as_json(output)
        }
    };
    (@streams) => { false };
    // What is handed out are parts of the result.
    (@streams @ $($secret:ident)?) => { false };
    (@streams $event:ident) => { true };
    (@told $event:ident @ $($secret:ident)?) => {{
        let _ = $event;
        Told::Unknown(serde_json::Value::Null)
    }};
    (@told $event:ident) => { match *$event {} };
    // Text that is read into a counter is no message.
    (@told $event:ident Counter) => {
        Told::Typed(serde_json::to_value($event).unwrap_or_default())
    };
    (@told $event:ident $type:ident) => {{
        let json = serde_json::to_value($event).unwrap_or_default();
        match $event {
            $type::Unknown(_) => Told::Unknown(json),
            _ => Told::Typed(json),
        }
    }};
}
pub(super) use rebuild;
