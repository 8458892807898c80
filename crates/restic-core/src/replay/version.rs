use crate::scenario::RecordedWith;

/// What `restic version --json` prints, in the form of that version. Nobody recorded the
/// version of Go, so it is told as unknown.
pub(super) fn document(recorded_with: &RecordedWith) -> String {
    let RecordedWith { restic, os, .. } = recorded_with;
    let arch = match recorded_with.arch.as_str() {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    if prints_text(restic) {
        format!("restic {restic} compiled with go-unknown on {os}/{arch}\n")
    } else {
        let document = serde_json::json!({
            "message_type": "version", "version": restic, "go_version": "unknown",
            "go_os": os, "go_arch": arch,
        });
        format!("{document}\n")
    }
}

/// Before restic 0.17.0 there was no JSON.
fn prints_text(version: &str) -> bool {
    let mut numbers = version
        .split('.')
        .map_while(|number| number.parse::<u32>().ok());
    (numbers.next(), numbers.next()) < (Some(0), Some(17))
}
