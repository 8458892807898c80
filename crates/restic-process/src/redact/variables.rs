//! Which variables hold credentials, by their names.

use std::ffi::OsStr;

use restic_types::search::contains;

/// Parts of names of variables whose values are credentials.
const CREDENTIALS: &[&str] = &["KEY", "SECRET", "PASS", "TOKEN", "SAS", "CREDENTIAL"];

/// Whether a variable has a credential in it, and not only the place of one.
pub fn holds_secret(name: &OsStr, value: &[u8]) -> bool {
    let name = upper_case(name);
    let is_place = || match names_a_command(&name) {
        // Its arguments may be anything, such as those of `echo`.
        true => !value.trim_ascii().contains(&b' ') && !is_content(value),
        false => names_a_place(&name) && !is_content(value),
    };
    CREDENTIALS.iter().any(|part| contains(&name, part)) && !is_place()
}

/// Whether a variable has the location of a repository or of a proxy, with a password in it perhaps.
pub fn holds_location(name: &OsStr) -> bool {
    let name = upper_case(name);
    let is_repositorys = name.starts_with("RESTIC_") && contains(&name, "REPOSITORY");
    is_repositorys && !names_a_place(&name) || name.ends_with("_PROXY")
}

/// Whether a variable says where a credential is, or which one: that is no secret, and an error
/// without it helps nobody.
fn names_a_place(name: &str) -> bool {
    let name = without_number(name);
    let ends = ["_FILE", "_PATH", "_DIR", "_HINT", "ASKPASS"];
    ends.iter().any(|end| name.ends_with(end)) || name == "GOOGLE_APPLICATION_CREDENTIALS"
}

/// Whether a variable has a program that prints a credential.
fn names_a_command(name: &str) -> bool {
    without_number(name).ends_with("_COMMAND")
}

/// Whether somebody has put a key itself where its place is expected: it is JSON, or of several
/// lines.
fn is_content(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.starts_with(b"{") || value.contains(&b'\n') || value.contains(&b'\t')
}

fn upper_case(name: &OsStr) -> String {
    name.to_string_lossy().to_ascii_uppercase()
}

/// `RESTIC_PASSWORD_FILE2` without the number.
fn without_number(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit())
}
