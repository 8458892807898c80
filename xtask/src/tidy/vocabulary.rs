//! Words that are not said here, in documentation, comments and messages: they were ours alone,
//! and made readers stumble.

/// What is refused, and what to write instead.
const REFUSED: [(&str, &str); 10] = [
    (
        "anew",
        "`again` or `from scratch`; packs are repacked, snapshots rewritten",
    ),
    ("at hand", "`the installed restic`, or `available`"),
    ("folder", "`directory`"),
    ("folders", "`directories`"),
    ("gives nothing", "returns `None` if …"),
    ("link to nothing", "`dangling symlink`"),
    ("so many", "`up to this many`, or `a number of`"),
    ("tell", "`report`, `return`, `say`, or `distinguish`"),
    ("tells", "`reports`, `returns`, `says`, or `distinguishes`"),
    ("told", "`reported`, `returned`, `said`, or `asked`"),
];

/// Those that no code contains: they are refused in messages, too.
const IN_MESSAGES: [&str; 5] = [
    "anew",
    "at hand",
    "gives nothing",
    "link to nothing",
    "so many",
];

/// The refused words in a file, each with the number of its line and what to write instead.
pub(super) fn refused(text: &str, is_code: bool) -> Vec<(usize, &'static str, &'static str)> {
    let lines = text.lines().enumerate();
    lines
        .flat_map(|(index, line)| {
            let prose = if is_code { comment(line) } else { line };
            let (prose, line) = (without_code(prose).to_lowercase(), line.to_lowercase());
            let is_refused = move |word: &str| {
                has(&prose, word) || is_code && IN_MESSAGES.contains(&word) && has(&line, word)
            };
            let found = REFUSED.iter().filter(move |(word, _)| is_refused(word));
            found.map(move |(word, instead)| (index + 1, *word, *instead))
        })
        .collect()
}

/// What follows `//` on a line.
fn comment(line: &str) -> &str {
    let begins = |at: usize| at == 0 || line[..at].ends_with(' ');
    let at = line.match_indices("//").map(|(at, _)| at);
    at.filter(|at| begins(*at))
        .map(|at| &line[at..])
        .next()
        .unwrap_or_default()
}

/// A line without what stands between backticks or quotes: names in code, and restic's words.
fn without_code(line: &str) -> String {
    let outside = |mark| move |text: &str| text.split(mark).step_by(2).collect::<Vec<_>>().join("");
    outside('"')(&outside('`')(line))
}

fn has(line: &str, word: &str) -> bool {
    let is_letter = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    };
    line.match_indices(word).any(|(at, _)| {
        let after = &line[at + word.len()..];
        !is_letter(line[..at].chars().next_back()) && !is_letter(after.chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, is_code: bool, expected: &[&str]) {
        let found: Vec<_> = refused(text, is_code)
            .into_iter()
            .map(|(_, word, _)| word)
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn words_are_found_in_comments_and_in_prose() {
        check("/// Packs it anew.", true, &["anew"]);
        check("let a = 1; // in this folder", true, &["folder"]);
        check("The restic at hand. Told so.", false, &["at hand", "told"]);
        check("fine\n/// so many\nfine", true, &["so many"]);
        assert_eq!(refused("fine\n// anew", true)[0].0, 2);
    }

    #[test]
    fn words_that_no_code_has_are_found_in_messages() {
        check("let why = \"record it anew\";", true, &["anew"]);
        check("let why = \"no such folder\";", true, &[]);
    }

    #[test]
    fn code_and_parts_of_words_are_left_alone() {
        check("let folder = told(folders);", true, &[]);
        check("let url = \"http://folder/\"; x", true, &[]);
        check("/// The field `folder`, and \"Told\".", true, &[]);
        check("intelligible; renewable; storytellers", false, &[]);
    }
}
