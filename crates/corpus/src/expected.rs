//! `data/expected-kinds.txt`: what the recordings of known scenarios come to.

use restic_types::ResticVersion;

/// The table.
pub(super) struct Expected(Vec<Rule>);

/// One line of the table.
struct Rule {
    /// Names of scenarios, in which a `*` stands for anything.
    scenarios: Vec<String>,
    range: Range,
    outcomes: Vec<String>,
}

/// Releases of restic, by their second number.
#[derive(Clone, Copy)]
enum Range {
    Any,
    Before(u16),
    Since(u16),
}

impl Expected {
    pub(super) fn read() -> Result<Self, String> {
        include_str!("../data/expected-kinds.txt").parse()
    }

    /// What a recording may come to; nothing when the table does not know its scenario.
    pub(super) fn of(&self, scenario: &str, version: ResticVersion) -> Option<&[String]> {
        let rule = self.0.iter().find(|rule| rule.fits(scenario, version));
        rule.map(|rule| &rule.outcomes[..])
    }
}

impl std::str::FromStr for Expected {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let rules = lines.filter(|line| !line.is_empty()).map(Rule::read);
        Ok(Self(rules.collect::<Result<_, _>>()?))
    }
}

impl Rule {
    fn read(line: &str) -> Result<Self, String> {
        let words: Vec<_> = line.split_whitespace().collect();
        let [scenarios, range, outcomes] = words[..] else {
            return Err(format!("three words are expected in {line:?}"));
        };
        let list = |words: &str| words.split('|').map(str::to_owned).collect();
        Ok(Self {
            scenarios: list(scenarios),
            range: Range::read(range).ok_or_else(|| format!("{range:?} in {line:?}"))?,
            outcomes: list(outcomes),
        })
    }

    fn fits(&self, scenario: &str, version: ResticVersion) -> bool {
        self.range.contains(version)
            && (self.scenarios.iter()).any(|pattern| matches(pattern, scenario))
    }
}

impl Range {
    fn read(word: &str) -> Option<Self> {
        if word == "any" {
            Some(Self::Any)
        } else if let Some(minor) = word.strip_prefix("<0.") {
            minor.parse().ok().map(Self::Before)
        } else {
            word.strip_prefix(">=0.")?.parse().ok().map(Self::Since)
        }
    }

    fn contains(self, version: ResticVersion) -> bool {
        let at = |minor| ResticVersion::new(0, minor, 0);
        match self {
            Self::Any => true,
            Self::Before(minor) => version < at(minor),
            Self::Since(minor) => version >= at(minor),
        }
    }
}

/// Whether a name fits a pattern, in which a `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(rest) = name.strip_prefix(before) else {
        return false;
    };
    (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| matches(after, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_counts() {
        let table: Expected =
            "# a comment\n\na-*-b|c  <0.17  ok|Failed\n*-b  >=0.17  Usage\n*  any  Locked"
                .parse()
                .unwrap();
        let check = |scenario, minor, expected: &[&str]| {
            let version = ResticVersion::new(0, minor, 1);
            assert_eq!(table.of(scenario, version).unwrap(), expected, "{scenario}");
        };
        check("a-x-b", 11, &["ok", "Failed"]);
        check("c", 16, &["ok", "Failed"]);
        check("a-x-b", 17, &["Usage"]);
        check("c", 17, &["Locked"]);
        check("a-b", 11, &["Locked"]);
    }

    #[test]
    fn lines_that_are_wrong_are_errors() {
        for line in ["a any", "a any ok b", "a 0.17 ok", "a <1.0 ok"] {
            assert!(line.parse::<Expected>().is_err(), "{line}");
        }
        assert!(
            Expected::read()
                .unwrap()
                .of("nothing-known", ResticVersion::new(0, 19, 1))
                .is_none()
        );
    }
}
