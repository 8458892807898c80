use crate::decode::report::fields;

/// What restic says at the end of a command that makes other snapshots of some: `modified 3
/// snapshots`, `would modify 3 snapshots`, `no snapshots were modified`.
pub(crate) fn modified(line: &str) -> Option<u64> {
    if matches!(
        line,
        "no snapshots were modified" | "no snapshots would be modified"
    ) {
        return Some(0);
    }
    let [count] = fields(line, "modified ", [" snapshots"])
        .or_else(|| fields(line, "would modify ", [" snapshots"]))?;
    count.parse().ok()
}
