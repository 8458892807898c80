//! Whatever is in an argument reaches restic as what it is, read as restic reads it.

use std::ffi::{OsStr, OsString};
use std::sync::OnceLock;

use restic_cli_wrap::decode::{PlainText, TextDecoder};
use restic_cli_wrap::types::cli::{self, CommandLine, Flag, Value};
use restic_cli_wrap::{Arguments, Command, NoEvents, NoticeSource, Repository, Restic};

/// What must be in no argument.
const SECRET: &str = "s3cr3t-p4ssw0rd";

/// A flag whose value is a secret.
const NEW_PASSWORD: &str = "new-password-file";

/// A call of any command with anything in it.
#[derive(Clone, Debug)]
pub struct Call {
    pub command: usize,
    /// Of the command, by number, with their values.
    pub flags: Vec<(usize, OsString)>,
    pub operands: Vec<OsString>,
    /// A part of the locations of repositories.
    pub place: OsString,
    pub client: u8,
}

impl Call {
    /// Reads parts between NUL bytes, which cannot be in an argument: two bytes for command
    /// and client with a part of the location behind them, then flags and operands. The
    /// first byte of each says which.
    #[allow(dead_code, reason = "only fuzz targets have bytes to begin with")]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (&[command, client], rest) = bytes.split_first_chunk()?;
        let mut parts = rest.split(|byte| *byte == 0);
        let place = os_string(parts.next()?);
        let (mut flags, mut operands) = (Vec::new(), Vec::new());
        for part in parts {
            match part.split_first() {
                Some((kind @ 128.., value)) => flags.push((usize::from(*kind), os_string(value))),
                Some(_) | None => operands.push(os_string(part)),
            }
        }
        let command = command.into();
        Some(Self {
            command,
            flags,
            operands,
            place,
            client,
        })
    }

    fn command(&self) -> &'static cli::Command {
        &cli::commands()[self.command % cli::commands().len()]
    }

    /// Whether somebody gives the secret where everybody may see it.
    fn has_secret(&self) -> bool {
        let values = self.flags.iter().map(|(_, value)| value);
        let words = values.chain(&self.operands).chain([&self.place]);
        let mut texts = words.map(|word| word.to_string_lossy().into_owned());
        texts.any(|text| text.contains(SECRET))
    }

    /// The locations and how they are opened, by the bits of `client`.
    fn repositories(&self) -> (Restic, Option<Repository>) {
        let mut secret = OsString::from(
            ["rest:http://", "sftp:", "s3:https://", "x://"][usize::from(self.client % 4)],
        );
        secret.push(&self.place);
        secret.push(format!(":{SECRET}@"));
        secret.push(&self.place);
        let location = |is_secret: bool| {
            let location = if is_secret { &secret } else { &self.place };
            Repository::new(location)
        };
        let is_old = self.client & 4 != 0;
        let own = match self.client >> 3 & 3 {
            0 => location(true).password(SECRET),
            1 => location(true).password_file(&self.place),
            2 => location(false).password_command(&self.place),
            _ => location(false).key_hint(&self.place).password(SECRET),
        };
        let second =
            (self.client & 32 != 0).then(|| location(self.client & 64 != 0).password(SECRET));
        let version = if is_old { "0.11.0" } else { "0.19.1" };
        let restic = Restic::builder()
            .repository(own)
            .env("RESTIC_TEST_KEY", SECRET)
            .restic_version(version)
            .build();
        (restic, second)
    }
}

/// Builds a call and reads it as restic does.
pub fn check(call: &Call) {
    if call.has_secret() {
        return;
    }
    let (restic, second) = call.repositories();
    let mut command = Anything(Arguments::new(call.command().name));
    let mut expected = Vec::new();
    for (flag, value) in &call.flags {
        add(call.command(), *flag, value, &mut command.0, &mut expected);
    }
    for operand in &call.operands {
        command.0.operand(operand);
    }
    let has = |name| call.command().flags.iter().any(|flag| flag.name == name);
    if has(NEW_PASSWORD) {
        command.0.secret_file("--new-password-file", SECRET);
        expected.retain(|(name, _)| *name != NEW_PASSWORD);
        expected.push((NEW_PASSWORD, Some("{{secret}}".into())));
    }
    if let Some(second) = second.filter(|_| has("from-repo")) {
        command.0.source(second);
    }

    let invocation = restic.invocation(&command);
    let words: Vec<OsString> = invocation.masked_arguments().collect();
    for text in [format!("{invocation}"), format!("{invocation:?}")] {
        assert!(!text.contains(SECRET), "{text}");
    }
    let has_secret = |word: &OsString| word.to_string_lossy().contains(SECRET);
    assert!(!words.iter().any(has_secret), "{words:?}");

    let line = CommandLine::parse(&words).unwrap_or_else(|error| panic!("{error}: {words:?}"));
    assert_eq!(line.command.name, call.command().name);
    assert_eq!(line.operands, call.operands, "{words:?}");
    let own = line.flags.iter().filter(|parsed| !parsed.global);
    let own = own.filter(|parsed| !is_of_second(parsed.flag));
    let own: Vec<_> = own
        .map(|parsed| (parsed.flag.name, parsed.value.clone()))
        .collect();
    assert_eq!(own, expected, "{words:?}");
}

/// Adds a flag of this command in the way that fits it.
fn add(
    command: &'static cli::Command,
    number: usize,
    value: &OsStr,
    arguments: &mut Arguments,
    expected: &mut Vec<(&'static str, Option<OsString>)>,
) {
    let flags: Vec<_> = command
        .flags
        .iter()
        .filter(|flag| !is_of_second(flag))
        .collect();
    if flags.is_empty() {
        return;
    }
    let flag = flags[number % flags.len()];
    let name = dashed(flag);
    let adds = flag.value.is_repeatable() && flag.value != Value::Count;
    if !adds {
        expected.retain(|(known, _)| *known != flag.name);
    }
    if !flag.value.takes_word() {
        arguments.switch(name, true);
        expected.push((flag.name, None));
        return;
    }
    if adds {
        arguments.add(name, value.to_owned());
    } else {
        arguments.set(name, value.to_owned());
    }
    expected.push((flag.name, Some(value.to_owned())));
}

/// Whether a flag belongs to a second repository, which is set as a whole.
fn is_of_second(flag: &Flag) -> bool {
    flag.name.starts_with("from-") || flag.name.ends_with('2')
}

/// The name with its dashes. There are few of them, and they are kept.
fn dashed(flag: &'static Flag) -> &'static str {
    static NAMES: OnceLock<Vec<String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let flags = cli::commands().iter().flat_map(|command| command.flags);
        flags.map(|flag| format!("--{}", flag.name)).collect()
    });
    let dashed = names.iter().find(|name| &name[2..] == flag.name);
    dashed.expect("all flags are among them")
}

/// Any command of restic.
#[derive(Clone, Debug)]
struct Anything(Arguments);

impl Command for Anything {
    type Event = NoEvents;
    type Output = PlainText;
    type Decoder = TextDecoder;

    fn arguments(&self) -> Arguments {
        self.0.clone()
    }

    fn decoder(&self) -> Self::Decoder {
        TextDecoder::of(NoticeSource::Stdout)
    }
}

#[cfg(unix)]
#[allow(dead_code, reason = "only fuzz targets have bytes to begin with")]
fn os_string(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt as _;
    OsStr::from_bytes(bytes).to_owned()
}

#[cfg(not(unix))]
#[allow(dead_code, reason = "only fuzz targets have bytes to begin with")]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::config;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn arguments_are_read_as_they_were_given(call in call()) {
            check(&call);
        }
    }

    fn call() -> impl Strategy<Value = Call> {
        let flags = vec((any::<usize>(), word()), 0..8);
        (
            any::<usize>(),
            flags,
            vec(word(), 0..5),
            word(),
            any::<u8>(),
        )
            .prop_map(|(command, flags, operands, place, client)| Call {
                command,
                flags,
                operands,
                place,
                client,
            })
    }

    fn word() -> impl Strategy<Value = OsString> {
        prop_oneof![
            select(WORDS).prop_map(OsString::from),
            "[^\0]{0,10}".prop_map(OsString::from),
            vec(1..=255_u8, 0..10).prop_map(|bytes| os_string(&bytes)),
        ]
    }

    const WORDS: &[&str] = &[
        "",
        "-",
        "--",
        "-x",
        "--json",
        "--password-command=touch F",
        "-q",
        "=",
        "a=b",
        "a,b",
        "add",
        "list",
        "backup",
        "latest",
        "id:path",
        "\n",
        " ",
        "\"",
        "'",
        "@",
        "a@b",
        "a:b@c",
        "://",
        "@://",
        "x://y:z@",
        "\u{fffd}",
        "***",
        "{{secret}}",
        "C:\\a",
    ];
}
