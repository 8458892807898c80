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
    ratio: f64,
    /// Whether to miss it is a failure. It is not for what depends on time.
    binds: bool,
}

impl Goal {
    /// A ratio that is no more on any machine.
    pub(super) fn at_most(ratio: f64) -> Self {
        Self { ratio, binds: true }
    }

    /// A ratio that is no more on a quiet machine.
    pub(super) fn about(ratio: f64) -> Self {
        Self {
            ratio,
            binds: false,
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
            let goal = row
                .goal
                .filter(|goal| goal.binds && row.ratio > goal.ratio)?;
            Some(format!(
                "{}, {}: {:.3} times the baseline, {} are allowed",
                self.title, row.name, row.ratio, goal.ratio
            ))
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} | {} | ratio | goal |", self.title, self.unit)?;
        writeln!(f, "| --- | ---: | ---: | ---: |")?;
        for row in &self.rows {
            let goal = row
                .goal
                .map_or(String::new(), |goal| format!("{:.2}", goal.ratio));
            // Large numbers are counts, small ones are seconds.
            let digits = if row.value < 100.0 { 3 } else { 0 };
            let Row {
                name, value, ratio, ..
            } = row;
            writeln!(f, "| {name} | {value:.digits$} | {ratio:.2} | {goal} |")?;
        }
        Ok(())
    }
}

#[test]
fn a_goal_is_missed_only_where_it_binds() {
    let mut table = Table::new("ls", "instructions");
    table.add("baseline", 1000.0, None);
    table.add("good", 1050.0, Some(Goal::at_most(1.05)));
    table.add("slow today", 2000.0, Some(Goal::about(1.05)));
    assert_eq!(table.missed().count(), 0);
    table.add("bad", 1051.0, Some(Goal::at_most(1.05)));
    let missed: Vec<String> = table.missed().collect();
    assert_eq!(
        missed,
        ["ls, bad: 1.051 times the baseline, 1.05 are allowed"]
    );
}
