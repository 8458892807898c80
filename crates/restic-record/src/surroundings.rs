//! The machine and the directory of a recording, which are nobody's business.

use std::fs;
use std::path::Path;

use restic_types::canonical::{Canonical, Names};

use crate::assembly::RawCall;
use restic_core::for_recorder::Input;

/// What the recorder's directory and this machine are called instead, where the program does not
/// name them: what it says itself, it will say again.
pub(crate) fn names(calls: &[RawCall], directory: &Path, placeholders: &Names) -> Names {
    let given = Given::of(calls, placeholders);
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let mut names = names_of_directory(directory, &given);
    names.extend(names_of_host(host.trim(), &given));
    names
}

/// What the program said, with placeholders.
struct Given(Vec<String>);

impl Given {
    fn of(calls: &[RawCall], placeholders: &Names) -> Self {
        let canonical = Canonical::of(std::iter::empty(), placeholders.clone());
        let words = calls.iter().flat_map(|call| {
            let stdin = call.stdin.as_ref().and_then(Input::short);
            let stdin = stdin.map(|stdin| String::from_utf8_lossy(stdin).into_owned());
            call.argv.iter().cloned().chain(stdin)
        });
        Self(words.map(|word| canonical.path(&word)).collect())
    }

    fn contains(&self, name: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        let words = self.0.iter().flat_map(|text| text.split(|c| !is_part(c)));
        words.into_iter().any(|word| word == name)
    }
}

/// Not as its scenario, so that a program learns the same from all, and everywhere the same.
fn names_of_directory(directory: &Path, given: &Given) -> Names {
    let path = directory.to_string_lossy().into_owned();
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    if given.contains(&name) {
        return Names::new();
    }
    let said = ["/tmp/recording", "recording"].map(str::to_owned);
    [path, name.into_owned()].into_iter().zip(said).collect()
}

/// A short or common name is a part of too many words: it is replaced where it is a host's.
fn names_of_host(host: &str, given: &Given) -> Names {
    let places: &[(&str, &str)] = match host.len() {
        0 => &[],
        _ if given.contains(host) => &[],
        1..8 => &[
            ("\"hostname\":\"", "\""),
            ("\"host\":\"", "\""),
            ("user@", ""),
        ],
        8.. => &[("", "")],
    };
    let name = |(before, after): &(&str, &str)| {
        let place = |host| format!("{before}{host}{after}");
        (place(host), place("host"))
    };
    places.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(argv: &[&str]) -> Given {
        let placeholders = [("/tmp/restic-recording-x/repo", "{{repo}}")];
        let placeholders = placeholders.map(|(path, name)| (path.to_owned(), name.to_owned()));
        Given::of(&[RawCall::silent(argv)], &placeholders.to_vec())
    }

    #[test]
    fn the_recorders_directory_has_a_name_that_says_nothing() {
        let names = |argv: &[&str]| {
            let names = names_of_directory(Path::new("/tmp/restic-recording-x"), &given(argv));
            names.into_iter().map(|(_, said)| said).collect::<Vec<_>>()
        };
        assert_eq!(
            names(&["--repo=/tmp/restic-recording-x/repo", "check"]),
            ["/tmp/recording", "recording"]
        );
        for path in [
            "/tmp/restic-recording-x/given",
            "/tmp/restic-recording-x/repo2",
        ] {
            assert_eq!(names(&["backup", path]), [""; 0], "{path}");
        }
    }

    #[test]
    fn a_hosts_name_is_replaced_where_the_program_does_not_say_it() {
        let said = |host, text: &str, argv: &[&str]| {
            let names = names_of_host(host, &given(argv));
            names.iter().fold(text.to_owned(), |text, (name, with)| {
                text.replace(name, with)
            })
        };
        assert_eq!(
            said(
                "vm",
                "{\"hostname\":\"vm\",\"x\":\"vm\"} by user@vm",
                &["--x=/vms"]
            ),
            "{\"hostname\":\"host\",\"x\":\"vm\"} by user@host"
        );
        assert_eq!(said("workstation", "on workstation", &[]), "on host");
        assert_eq!(said("", "unnamed", &[]), "unnamed");
        for host in ["vm", "workstation"] {
            let text = format!("{{\"hostname\":\"{host}\"}}");
            let flag = format!("--host={host}");
            assert_eq!(said(host, &text, &["backup", &flag]), text);
        }
    }
}
