//! `ignoring error for /data/a: open /srv/out/data/a: permission denied`, as a restore before
//! restic 0.17.1 prints it.

/// Reads such lines, which go on in the next one where a path has a newline in it.
#[derive(Debug, Default)]
pub(crate) struct IgnoredErrors {
    begun: Option<String>,
}

/// What restic could not restore.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct IgnoredError {
    pub(crate) path: String,
    pub(crate) words: String,
    /// Where the path ends is known from the words behind it.
    pub(crate) is_certain: bool,
}

impl IgnoredErrors {
    /// Whether the next line may belong to what has come.
    pub(crate) fn is_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// Takes a line if it is a part of such an error, and returns the error when it has come.
    pub(crate) fn read(&mut self, line: &str) -> Option<IgnoredError> {
        if let Some(text) = line.strip_prefix(BEGIN) {
            let before = self.end();
            self.begun = Some(text.to_owned());
            return before.or_else(|| self.complete());
        }
        let is_end = line.starts_with("Fatal: ") || line.starts_with('{');
        let begun = self.begun.as_mut()?;
        if is_end || begun.len() > LIMIT {
            return self.end();
        }
        begun.push('\n');
        begun.push_str(line);
        self.complete()
    }

    /// What has come without an end that is known, as it is.
    pub(crate) fn end(&mut self) -> Option<IgnoredError> {
        let text = self.begun.take()?;
        split(&text).or_else(|| Some(split_anywhere(text)))
    }

    fn complete(&mut self) -> Option<IgnoredError> {
        let text = self.begun.as_ref()?;
        let error =
            split(text).or_else(|| text.contains(": ").then(|| split_anywhere(text.clone())))?;
        self.begun = None;
        Some(error)
    }
}

const BEGIN: &str = "ignoring error for ";

/// No path is longer.
const LIMIT: usize = 4096;

/// How the errors of restic and Go begin that are known for files: a path may have `: ` in it.
const ERRORS: &[&str] = &[
    "Chmod: ",
    "Lchown: ",
    "Link: ",
    "Load(",
    "Lstat: ",
    "Mkdir: ",
    "Mkfifo: ",
    "Mknod: ",
    "OpenFile: ",
    "Readlink: ",
    "Remove: ",
    "StreamPack: ",
    "Symlink: ",
    "UtimesNano: ",
    "Unable to restore ",
    "chmod ",
    "ciphertext verification failed",
    "context canceled",
    "decrypting blob ",
    "file exists",
    "invalid data returned",
    "lchown ",
    "link ",
    "load <",
    "lstat ",
    "mkdir ",
    "mkfifo ",
    "mknod ",
    "no space left on device",
    "no such file or directory",
    "open ",
    "permission denied",
    "read ",
    "read-only file system",
    "remove ",
    "symlink ",
    "truncate ",
    "unexpected EOF",
    "write ",
    "xattr.",
];

fn split(text: &str) -> Option<IgnoredError> {
    let ends = text.match_indices(": ").map(|(place, _)| place);
    let is_end = |place: &usize| {
        let words = &text[place + 2..];
        ERRORS.iter().any(|error| words.starts_with(error))
    };
    let place = ends.into_iter().find(is_end)?;
    Some(IgnoredError {
        path: text[..place].to_owned(),
        words: text[place + 2..].to_owned(),
        is_certain: true,
    })
}

fn split_anywhere(text: String) -> IgnoredError {
    let (path, words) = match text.split_once(": ") {
        Some((path, words)) => (path.to_owned(), words.to_owned()),
        None => (text, String::new()),
    };
    IgnoredError {
        path,
        words,
        is_certain: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Vec<(String, String, bool)> {
        let mut errors = IgnoredErrors::default();
        let mut found: Vec<_> = lines.lines().filter_map(|line| errors.read(line)).collect();
        found.extend(errors.end());
        let parts = |error: IgnoredError| (error.path, error.words, error.is_certain);
        found.into_iter().map(parts).collect()
    }

    #[test]
    fn a_path_ends_where_a_known_error_begins() {
        for (text, path, words, is_certain) in [
            ("/a: permission denied", "/a", "permission denied", true),
            (
                "/Episode 1: The start.txt: UtimesNano: no such file or directory",
                "/Episode 1: The start.txt",
                "UtimesNano: no such file or directory",
                true,
            ),
            (
                "/da\nta: mkdir /x: permission denied",
                "/da\nta",
                "mkdir /x: permission denied",
                true,
            ),
            (
                "/a\n\nThere were 3 errors\nb: open /x: file exists",
                "/a\n\nThere were 3 errors\nb",
                "open /x: file exists",
                true,
            ),
            ("/a: something else", "/a", "something else", false),
            ("/a", "/a", "", false),
        ] {
            let expected = (path.to_owned(), words.to_owned(), is_certain);
            assert_eq!(read(&format!("ignoring error for {text}")), [expected]);
        }
    }

    #[test]
    fn an_error_without_an_end_is_kept() {
        let text =
            "ignoring error for /a\nignoring error for /b: file exists\nFatal: There were 2 errors";
        let found = read(text);
        let paths: Vec<_> = found
            .iter()
            .map(|(path, _, is_certain)| (&**path, *is_certain))
            .collect();
        assert_eq!(paths, [("/a", false), ("/b", true)]);
    }
}
