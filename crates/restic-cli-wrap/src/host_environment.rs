//! The `RESTIC_*` variables of this program, for those that are configured by them.

use std::env;
use std::ffi::{OsStr, OsString};

use restic_process::{Environment, Secret};

use crate::arguments::Given;
use crate::code::Code;
use crate::settings::{HostEnvironment, Settings};

/// Variables that say the same in several ways: restic refuses two of them, or one beside a
/// flag.
type Group = &'static [&'static str];

const PLACE: Group = &["RESTIC_REPOSITORY", "RESTIC_REPOSITORY_FILE"];
const PASSWORD: Group = &[
    "RESTIC_PASSWORD",
    "RESTIC_PASSWORD_FILE",
    "RESTIC_PASSWORD_COMMAND",
];
const KEY_HINT: Group = &["RESTIC_KEY_HINT"];

/// Those of the repository that a command reads from, by the names of restic since 0.14.0 and of
/// those before.
const SOURCE_PLACE: Group = &[
    "RESTIC_FROM_REPOSITORY",
    "RESTIC_FROM_REPOSITORY_FILE",
    "RESTIC_REPOSITORY2",
    "RESTIC_REPOSITORY_FILE2",
];
const SOURCE_PASSWORD: Group = &[
    "RESTIC_FROM_PASSWORD",
    "RESTIC_FROM_PASSWORD_FILE",
    "RESTIC_FROM_PASSWORD_COMMAND",
    "RESTIC_PASSWORD2",
    "RESTIC_PASSWORD_FILE2",
    "RESTIC_PASSWORD_COMMAND2",
];
const SOURCE_KEY_HINT: Group = &["RESTIC_FROM_KEY_HINT", "RESTIC_KEY_HINT2"];

/// All that this program has.
pub(crate) fn read() -> HostEnvironment {
    let own = env::vars_os().filter_map(|(name, value)| {
        // Names that differ in case only are one name there.
        let name = match cfg!(windows) {
            true => name.to_ascii_uppercase(),
            false => name,
        };
        let is_restics = name.as_encoded_bytes().starts_with(b"RESTIC_");
        is_restics.then(|| (name, Secret::from(value)))
    });
    HostEnvironment {
        variables: own.collect(),
        add_to: Code(add_to),
    }
}

/// Adds those to the variables of a call that nothing else in it decides.
fn add_to(environment: &mut Environment, settings: &Settings, arguments: &Given) {
    let Some(host) = &settings.host_environment else {
        return;
    };
    let own = settings.access();
    let source = arguments.source.as_ref().map(|source| source.access());
    let is_set = [
        (PLACE, own.location.is_some()),
        (PASSWORD, own.password.is_some()),
        // It is a key of the repository that was meant there.
        (KEY_HINT, own.key_hint.is_some() || own.location.is_some()),
        (SOURCE_PLACE, source.is_some()),
        (
            SOURCE_PASSWORD,
            source.is_some_and(|it| it.password.is_some()),
        ),
        (SOURCE_KEY_HINT, source.is_some()),
    ];
    let has_any = |group: Group| {
        group
            .iter()
            .any(|name| environment.contains_key(OsStr::new(name)))
    };
    let decided: Vec<Group> = is_set
        .into_iter()
        .filter(|(group, is_set)| *is_set || has_any(group))
        .map(|(group, _)| group)
        .collect();
    let is_decided = |name: &OsString| {
        decided
            .iter()
            .any(|group| group.iter().any(|one| name == *one))
    };
    for (name, value) in &host.variables {
        if !is_decided(name) && !environment.contains_key(name) {
            environment.insert(name.clone(), value.clone());
        }
    }
}
