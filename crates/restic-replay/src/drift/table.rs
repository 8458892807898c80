//! A drift as people read it.

use std::fmt::{self, Display};

use super::{Difference, Drift, Severity};

/// How many calls a line names.
const NAMED: usize = 2;

/// What is the same in several calls.
struct Line<'a> {
    severity: Severity,
    calls: Vec<&'a str>,
    text: &'a str,
}

/// A table, the worst first. What is the same in several calls is one line.
impl Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, .. } = self;
        if self.differences.is_empty() {
            return writeln!(f, "from restic {from} to {to}: nothing differs");
        }
        let lines = lines(&self.differences);
        let count = |severity| {
            lines
                .iter()
                .filter(|line| line.severity == severity)
                .count()
        };
        let of_many = |count, one: &str| match count {
            1 => format!("1 {one}"),
            _ => format!("{count} {one}s"),
        };
        writeln!(
            f,
            "from restic {from} to {to}: {}, {}, {} for information",
            of_many(count(Severity::Error), "error"),
            of_many(count(Severity::Warning), "warning"),
            count(Severity::Info)
        )?;
        let calls: Vec<_> = lines.iter().map(|line| named(&line.calls)).collect();
        let width = calls.iter().map(|calls| calls.chars().count()).max();
        let width = width.unwrap_or_default();
        for (line, calls) in lines.iter().zip(&calls) {
            writeln!(f, "  {:<8} {calls:<width$}  {}", line.severity, line.text)?;
        }
        Ok(())
    }
}

/// The differences as lines, the worst first, else in their order.
fn lines(differences: &[Difference]) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for one in differences {
        let is_it = |line: &&mut Line<'_>| line.severity == one.severity && line.text == one.text;
        match lines.iter_mut().find(is_it) {
            Some(line) => line.calls.push(&one.call),
            None => lines.push(Line {
                severity: one.severity,
                calls: vec![&one.call],
                text: &one.text,
            }),
        }
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.severity));
    lines
}

fn named(calls: &[&str]) -> String {
    let first = calls.iter().take(NAMED).copied().collect::<Vec<_>>();
    let first = first.join(", ");
    match calls.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
