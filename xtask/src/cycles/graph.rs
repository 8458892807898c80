//! Cycles among uses.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// That a module uses another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) user: String,
    pub(super) used: String,
    /// The path that does.
    pub(super) by: String,
}

/// One cycle, of the fewest steps, for each group of modules that use each other.
pub(super) fn cycles(uses: &[Use]) -> Vec<Vec<Use>> {
    let mut cycles = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for start in uses.iter().map(|step| step.user.as_str()) {
        if seen.contains(start) {
            continue;
        }
        if let Some(cycle) = shortest(uses, start) {
            seen.extend(group(uses, start));
            cycles.push(cycle);
        }
    }
    cycles
}

/// The shortest way from a module back to itself.
fn shortest(uses: &[Use], start: &str) -> Option<Vec<Use>> {
    let mut first_use: BTreeMap<&str, &Use> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for step in uses.iter().filter(|step| step.user == at) {
            if step.used == start {
                return Some(way(&first_use, start, step));
            }
            if !first_use.contains_key(step.used.as_str()) {
                first_use.insert(&step.used, step);
                queue.push_back(&step.used);
            }
        }
    }
    None
}

/// The way to this last step.
fn way(first_use: &BTreeMap<&str, &Use>, start: &str, last: &Use) -> Vec<Use> {
    let mut way = vec![last.clone()];
    let mut at = last.user.as_str();
    while at != start {
        let step = first_use[at];
        way.push(step.clone());
        at = &step.user;
    }
    way.reverse();
    way
}

/// All modules that a module uses and that use it, over others or not.
fn group<'a>(uses: &'a [Use], of: &'a str) -> BTreeSet<&'a str> {
    let from = reachable(of, |at| ends(uses, at, |step| (&step.user, &step.used)));
    let to = reachable(of, |at| ends(uses, at, |step| (&step.used, &step.user)));
    from.intersection(&to).copied().collect()
}

fn ends<'a>(
    uses: &'a [Use],
    at: &str,
    direction: impl Fn(&'a Use) -> (&'a String, &'a String),
) -> Vec<&'a str> {
    let steps = uses.iter().map(direction);
    steps
        .filter(|(from, _)| *from == at)
        .map(|(_, to)| to.as_str())
        .collect()
}

fn reachable<'a>(from: &'a str, next: impl Fn(&str) -> Vec<&'a str>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::from([from]);
    let mut queue = vec![from];
    while let Some(at) = queue.pop() {
        queue.extend(next(at).into_iter().filter(|to| reached.insert(to)));
    }
    reached
}
