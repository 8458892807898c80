//! Measurements beside a baseline of the same run.

use std::fmt;

/// What was measured of one thing in different ways.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) title: String,
    /// What the numbers count.
    pub(super) unit: &'static str,
    pub(super) rows: Vec<Row>,
}

/// One way.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) value: f64,
    /// By how much it is more than the baseline; 1 for the baseline itself.
    pub(super) ratio: f64,
    pub(super) goal: Option<Goal>,
}

/// What is aimed at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal {
    limit: Limit,
    /// Whether to miss it is a failure. It is not for what depends on time.
    binds: bool,
}

/// What may be measured.
#[derive(Clone, Copy, Debug)]
enum Limit {
    /// At most this many times the baseline.
    Ratio(f64),
    /// At least this many times the baseline: others, which are left behind.
    Ahead(f64),
    /// At most this.
    Most(f64),
    /// At least this.
    Least(f64),
}

impl Goal {
    /// At most this ratio, on any machine.
    pub(super) fn at_most(ratio: f64) -> Self {
        Self {
            limit: Limit::Ratio(ratio),
            binds: true,
        }
    }

    /// At most this ratio, on a quiet machine.
    pub(super) fn about(ratio: f64) -> Self {
        Self::on_a_quiet_machine(Limit::Ratio(ratio))
    }

    /// At least this ratio, on a quiet machine.
    pub(super) fn ahead(ratio: f64) -> Self {
        Self::on_a_quiet_machine(Limit::Ahead(ratio))
    }

    /// At most this value, on any machine.
    pub(super) fn value(most: f64) -> Self {
        Self {
            limit: Limit::Most(most),
            binds: true,
        }
    }

    /// At most this value, on a quiet machine.
    pub(super) fn time(most: f64) -> Self {
        Self::on_a_quiet_machine(Limit::Most(most))
    }

    /// At least this value, on a quiet machine.
    pub(super) fn rate(least: f64) -> Self {
        Self::on_a_quiet_machine(Limit::Least(least))
    }

    fn on_a_quiet_machine(limit: Limit) -> Self {
        Self {
            limit,
            binds: false,
        }
    }

    fn is_met(self, row: &Row) -> bool {
        match self.limit {
            Limit::Ratio(most) => row.ratio <= most,
            Limit::Ahead(least) => row.ratio >= least,
            Limit::Most(most) => row.value <= most,
            Limit::Least(least) => row.value >= least,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            Limit::Ratio(most) => write!(f, "at most {most:.2} times"),
            Limit::Ahead(least) => write!(f, "at least {least:.1} times"),
            Limit::Most(most) => write!(f, "at most {most}"),
            Limit::Least(least) => write!(f, "at least {least}"),
        }
    }
}

impl Table {
    pub(super) fn new(title: impl Into<String>, unit: &'static str) -> Self {
        Self {
            title: title.into(),
            unit,
            rows: Vec::new(),
        }
    }

    /// Adds a way. The first one is the baseline.
    pub(super) fn add(&mut self, name: impl Into<String>, value: f64, goal: Option<Goal>) {
        let baseline = self.rows.first().map_or(value, |row| row.value);
        self.add_beside(name, value, baseline, goal);
    }

    /// Adds a way with a baseline of its own.
    pub(super) fn add_beside(
        &mut self,
        name: impl Into<String>,
        value: f64,
        baseline: f64,
        goal: Option<Goal>,
    ) {
        self.rows.push(Row {
            name: name.into(),
            value,
            ratio: value / baseline,
            goal,
        });
    }

    /// The goals that bind and were not met.
    pub(super) fn missed(&self) -> impl Iterator<Item = String> {
        self.rows.iter().filter_map(|row| {
            let goal = row.goal.filter(|goal| goal.binds && !goal.is_met(row))?;
            Some(format!(
                "{}, {}: {} {}, {:.3} times the baseline; the goal is {goal}",
                self.title,
                row.name,
                number(row.value),
                self.unit,
                row.ratio
            ))
        })
    }

    /// The rows that have a goal, named by their table too, for one table of all.
    pub(super) fn goals(&self) -> impl Iterator<Item = String> {
        let with_goal = self.rows.iter().filter(|row| row.goal.is_some());
        with_goal.map(|row| format!("| {}: {} | {}", self.title, row.name, self.cells(row)))
    }

    /// What of a row is behind its name.
    fn cells(&self, row: &Row) -> String {
        let goal = row.goal.map_or(String::new(), |goal| goal.to_string());
        let is_met = row.goal.map_or("", |goal| match goal.is_met(row) {
            true => "met",
            false => "**not met**",
        });
        let (value, unit, ratio) = (number(row.value), self.unit, row.ratio);
        format!("{value} {unit} | {ratio:.2} | {goal} | {is_met} |")
    }
}

/// The columns of [`Table::goals`].
pub(super) const COLUMNS: &str = "\
| what | measured | ratio | goal | |
| --- | ---: | ---: | ---: | --- |";

/// Large numbers are counts, small ones are seconds.
fn number(value: f64) -> String {
    let digits = if value.abs() < 100.0 { 3 } else { 0 };
    format!("{value:.digits$}")
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} | measured | ratio | goal | |", self.title)?;
        writeln!(f, "| --- | ---: | ---: | ---: | --- |")?;
        for row in &self.rows {
            writeln!(f, "| {} | {}", row.name, self.cells(row))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_missed_only_where_it_binds() {
        let mut table = Table::new("ls", "instructions");
        table.add("baseline", 1000.0, None);
        table.add("good", 1050.0, Some(Goal::at_most(1.05)));
        table.add("slow today", 2000.0, Some(Goal::about(1.05)));
        table.add("small", 512.0, Some(Goal::value(512.0)));
        assert_eq!(table.missed().count(), 0);
        table.add("bad", 1051.0, Some(Goal::at_most(1.05)));
        table.add("large", 513.0, Some(Goal::value(512.0)));
        let missed: Vec<String> = table.missed().collect();
        assert_eq!(
            missed,
            [
                "ls, bad: 1051 instructions, 1.051 times the baseline; the goal is at most 1.05 times",
                "ls, large: 513 instructions, 0.513 times the baseline; the goal is at most 512",
            ]
        );
    }

    #[test]
    fn each_kind_of_goal_is_met_on_its_own_side() {
        let mut table = Table::new("calls", "us");
        table.add("baseline", 10.0, None);
        for (goal, good, bad) in [
            (Goal::about(1.5), 15.0, 16.0),
            (Goal::ahead(1.5), 15.0, 14.0),
            (Goal::time(20.0), 20.0, 21.0),
            (Goal::rate(20.0), 20.0, 19.0),
        ] {
            table.add("good", good, Some(goal));
            table.add("bad", bad, Some(goal));
        }
        let met = table.goals().map(|row| !row.contains("not met"));
        assert_eq!(
            met.collect::<Vec<_>>(),
            [true, false, true, false, true, false, true, false]
        );
    }
}
