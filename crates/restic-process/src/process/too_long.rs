//! What does not fit into a program's start, and what to do about it.

use std::borrow::Cow;

use super::line::Line;

/// The longest single argument or variable that Linux passes to a program, with the byte that
/// ends it. Elsewhere there is no such limit beside the one for all of them.
const SINGLE: usize = 128 * 1024;

/// How much is shown of an argument that is too long.
const SHOWN: usize = 40;

/// Says what is too long when the system says only that something is.
#[cold]
pub(super) fn explain(line: &Line) -> String {
    let (argument, variable) = (line.words.longest(), line.variables.longest());
    let name = shown(
        variable
            .split(|byte| *byte == b'=')
            .next()
            .unwrap_or(variable),
    );
    let length = variable.len() + 1;
    let has_limit = cfg!(target_os = "linux");
    if has_limit && length > SINGLE {
        return format!(
            "cannot be given the variable {name} with {length} bytes, of which the system passes \
             at most {SINGLE}: make it shorter, or remove it from what restic inherits"
        );
    }
    if has_limit && argument.len() >= SINGLE {
        let (beginning, length) = (shown(argument), argument.len());
        return format!(
            "cannot be given the argument {beginning}… with {length} bytes, of which the system \
             passes at most {SINGLE}: put what it says in a file"
        );
    }
    // The first word is the program.
    let count = line.words.count() - 1;
    let (given, inherited) = (line.words.since(1).len(), line.variables.since(0).len());
    if inherited > given {
        return format!(
            "cannot be given variables of {inherited} bytes, which is more than the system passes \
             with {count} arguments of {given} bytes: the longest is {name} with {length} bytes"
        );
    }
    format!(
        "cannot be given {count} arguments of {given} bytes, which is more than the system passes: \
         name paths and patterns in files (`--files-from-raw`, `--exclude-file`, \
         `--include-file`), and fewer snapshots in one call"
    )
}

/// The beginning of a text that may be long.
fn shown(text: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(&text[..text.len().min(SHOWN)])
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Invocation;
    use crate::process::prepared::Prepared;

    #[test]
    fn the_advice_fits_the_cause() {
        let check = |invocation: Invocation, words: &[&str]| {
            let prepared = Prepared::new(Path::new("/bin/restic"), &invocation);
            let said = explain(&prepared.unwrap().line);
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
