//! What does not fit into a program's start, and what to do about it.

use std::ffi::OsStr;

use crate::Invocation;

/// The longest single argument or variable that Linux passes to a program, with the byte that
/// ends it. Elsewhere there is no such limit beside the one for all of them.
const SINGLE: usize = 128 * 1024;

/// How much is shown of an argument that is too long.
const SHOWN: usize = 40;

/// Says what is too long when the system says only that something is.
pub(super) fn explain(invocation: &Invocation) -> String {
    let arguments: Vec<_> = invocation.masked_arguments().collect();
    let variables = variables(invocation);
    if cfg!(target_os = "linux") {
        if let Some((name, length)) = variables.iter().find(|(_, length)| *length > SINGLE) {
            return format!(
                "cannot be given the variable {name} with {length} bytes, of which the system \
                 passes at most {SINGLE}: make it shorter, or remove it from what restic inherits"
            );
        }
        let single = arguments.iter().find(|argument| argument.len() >= SINGLE);
        if let Some(argument) = single {
            let (beginning, length) = (shown(argument), argument.len());
            return format!(
                "cannot be given the argument {beginning}… with {length} bytes, of which the \
                 system passes at most {SINGLE}: put what it says in a file"
            );
        }
    }
    let given: usize = arguments.iter().map(|argument| argument.len() + 1).sum();
    let inherited: usize = variables.iter().map(|(_, length)| length).sum();
    if let Some((name, length)) = variables.iter().max_by_key(|(_, length)| *length)
        && inherited > given
    {
        return format!(
            "cannot be given variables of {inherited} bytes, which is more than the system \
             passes with {} arguments of {given} bytes: the longest is {name} with {length} bytes",
            arguments.len()
        );
    }
    format!(
        "cannot be given {} arguments of {given} bytes, which is more than the system passes: \
         name paths and patterns in files (`--files-from-raw`, `--exclude-file`, \
         `--include-file`), and fewer snapshots in one call",
        arguments.len()
    )
}

/// What restic would get: names, and how long each is with its value.
fn variables(invocation: &Invocation) -> Vec<(String, usize)> {
    let mut variables = Vec::new();
    let mut add = |name: &OsStr, value: usize| {
        variables.push((shown(name), name.len() + value + 2));
    };
    for (name, value) in &invocation.environment {
        add(name, value.expose().len());
    }
    for (name, value) in std::env::vars_os() {
        if !invocation.environment.contains_key(&name) {
            add(&name, value.len());
        }
    }
    variables
}

/// The beginning of a text that may be long.
fn shown(text: &OsStr) -> String {
    text.to_string_lossy().chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_fits_the_cause() {
        let check = |invocation: Invocation, words: &[&str]| {
            let said = explain(&invocation);
            assert!(said.len() < 400, "{said}");
            for word in words {
                assert!(said.contains(word), "{word}: {said}");
            }
        };
        let long = "x".repeat(SINGLE);
        let mut variable = Invocation::new(["snapshots"]);
        variable
            .environment
            .insert("AWS_THING".into(), long.as_str().into());
        if cfg!(target_os = "linux") {
            check(variable, &["variable AWS_THING", "131083", "131072"]);
            let argument = Invocation::new(["backup".into(), format!("--exclude={long}")]);
            check(argument, &["argument --exclude=xxx", "131082", "file"]);
        }
        let mut variables = Invocation::new(["snapshots"]);
        for number in 0..1000 {
            let name = format!("NAME_{number}");
            variables
                .environment
                .insert(name.into(), "x".repeat(5000).into());
        }
        check(variables, &["variables of", "the longest is NAME_"]);
        let paths = (0..100_000).map(|number| format!("/srv/a-long-name/{number:060}"));
        check(
            Invocation::new(paths),
            &["100000 arguments", "--files-from-raw", "fewer snapshots"],
        );
    }
}
