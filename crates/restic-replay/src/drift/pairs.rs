//! Which calls of two recordings belong together.

use restic_core::Recording;

use super::sentence;

/// Calls that stand at the same place.
pub(super) enum Pair<'a> {
    /// They are compared, if they are of the same command.
    Both(&'a Recording<'a>, &'a Recording<'a>),
    /// Only the old recording has it.
    Missing(&'a Recording<'a>),
    /// Only the new one has it.
    Added(&'a Recording<'a>),
}

/// Pairs of calls in their order. A call that only one of the recordings has, because another
/// restic has no such flag perhaps, does not move those behind it.
pub(super) fn of<'a>(old: &'a [Recording<'a>], new: &'a [Recording<'a>]) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    while let (Some(before), Some(after)) = (old.get(at_old), new.get(at_new)) {
        if !is_same(before, after) {
            let again_new = new[at_new..].iter().position(|call| is_same(before, call));
            let again_old = old[at_old..].iter().position(|call| is_same(call, after));
            match (again_old, again_new) {
                (None, Some(added)) => {
                    pairs.extend(new[at_new..][..added].iter().map(Pair::Added));
                    at_new += added;
                    continue;
                }
                (Some(missing), None) => {
                    pairs.extend(old[at_old..][..missing].iter().map(Pair::Missing));
                    at_old += missing;
                    continue;
                }
                // They are made with other arguments, or in another order.
                (None, None) | (Some(_), Some(_)) => {}
            }
        }
        pairs.push(Pair::Both(before, after));
        (at_old, at_new) = (at_old + 1, at_new + 1);
    }
    pairs.extend(old[at_old..].iter().map(Pair::Missing));
    pairs.extend(new[at_new..].iter().map(Pair::Added));
    pairs
}

/// Whether two calls can be compared.
pub(super) fn is_same_command(one: &Recording<'_>, other: &Recording<'_>) -> bool {
    command(one) == command(other)
}

/// The command of a call: its name without its number.
fn command<'a>(call: &Recording<'a>) -> &'a str {
    let name = call.name();
    name.split_once('-').map_or(name, |(_, command)| command)
}

/// Whether two calls are the same one, but for ids.
fn is_same(one: &Recording<'_>, other: &Recording<'_>) -> bool {
    let (words, others) = (one.arguments(), other.arguments());
    let is_like = |(word, other): (&String, &String)| {
        word == other || sentence::of(word) == sentence::of(other)
    };
    is_same_command(one, other)
        && words.len() == others.len()
        && words.iter().zip(others).all(is_like)
}
