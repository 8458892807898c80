//! `data/expected-kinds.txt`: what the recordings of known scenarios come to.

use restic_types::ResticVersion;

/// The table.
pub(super) struct Expected(Vec<Rule>);

/// One line of the table.
struct Rule {
    /// Names of scenarios, in which a `*` stands for anything.
    scenarios: Vec<String>,
    ranges: Vec<Range>,
    outcome: String,
}

/// Releases of restic, by their second number, or one of them.
#[derive(Clone, Copy)]
enum Range {
    Any,
    One(ResticVersion),
    Before(u16),
    Since(u16),
}

impl Expected {
    pub(super) fn read() -> Result<Self, String> {
        include_str!("../data/expected-kinds.txt").parse()
    }

    /// What a recording comes to; nothing when the table does not know its scenario.
    pub(super) fn of(&self, scenario: &str, version: ResticVersion) -> Option<&str> {
        let rule = self.0.iter().find(|rule| rule.fits(scenario, version));
        rule.map(|rule| rule.outcome.as_str())
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
        let [scenarios, ranges, outcome] = words[..] else {
            return Err(format!("three words are expected in {line:?}"));
        };
        let unknown = || format!("{ranges:?} in {line:?}");
        let ranges: Option<_> = ranges.split('|').map(Range::read).collect();
        Ok(Self {
            scenarios: scenarios.split('|').map(str::to_owned).collect(),
            ranges: ranges.ok_or_else(unknown)?,
            outcome: outcome.to_owned(),
        })
    }

    fn fits(&self, scenario: &str, version: ResticVersion) -> bool {
        (self.ranges.iter()).any(|range| range.contains(version))
            && (self.scenarios.iter()).any(|pattern| matches(pattern, scenario))
    }
}

impl Range {
    fn read(word: &str) -> Option<Self> {
        if word == "any" {
            Some(Self::Any)
        } else if let Some(minor) = word.strip_prefix("<0.") {
            minor.parse().ok().map(Self::Before)
        } else if let Some(minor) = word.strip_prefix(">=0.") {
            minor.parse().ok().map(Self::Since)
        } else {
            word.parse().ok().map(Self::One)
        }
    }

    fn contains(self, version: ResticVersion) -> bool {
        let at = |minor| ResticVersion::new(0, minor, 0);
        match self {
            Self::Any => true,
            Self::One(one) => version == one,
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
            "# a comment\n\na-*-b|c  <0.17  Failed\nc  0.17.3|0.19.1  ok\n*-b  >=0.17  Usage\n*  any  Locked"
                .parse()
                .unwrap();
        let check = |scenario, version: &str, expected: &str| {
            let found = table.of(scenario, version.parse().unwrap());
            assert_eq!(found, Some(expected), "{scenario}");
        };
        check("a-x-b", "0.11.1", "Failed");
        check("c", "0.16.1", "Failed");
        check("a-x-b", "0.17.1", "Usage");
        check("c", "0.17.3", "ok");
        check("c", "0.18.0", "Locked");
        check("c", "0.19.1", "ok");
        check("a-b", "0.11.1", "Locked");
    }

    #[test]
    fn lines_that_are_wrong_are_errors() {
        for line in ["a any", "a any ok b", "a 0.17 ok", "a <1.0 ok", "a any| ok"] {
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
