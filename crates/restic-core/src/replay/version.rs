use restic_types::ResticVersion;

use crate::scenario::RecordedWith;

/// What is said for the version of Go, which nobody recorded: no version that there is, in
/// the form that programs look for.
const GO: &str = "go0.0";

/// What `restic version` prints, in the form of that version: a document only when that was asked
/// for.
pub(crate) fn answer(recorded_with: &RecordedWith, is_json: bool) -> String {
    let RecordedWith { restic, .. } = recorded_with;
    let (os, arch) = (go_os(&recorded_with.os), go_arch(&recorded_with.arch));
    // One that is none is taken for an old one.
    let version: Option<ResticVersion> = restic.parse().ok();
    // Before 0.17 there is no JSON.
    if !is_json || version < Some(ResticVersion::new(0, 17, 0)) {
        return format!("restic {restic} compiled with {GO} on {os}/{arch}\n");
    }
    // In the order of restic, which serde_json's own map does not keep.
    let tag = if version < Some(ResticVersion::new(0, 18, 0)) {
        ""
    } else {
        r#""message_type":"version","#
    };
    let [restic, os, arch] = [restic.as_str(), os, arch].map(serde_json::Value::from);
    format!(
        "{{{tag}\"version\":{restic},\"go_version\":\"{GO}\",\"go_os\":{os},\"go_arch\":{arch}}}\n"
    )
}

/// Go's word for a system that Rust names so.
fn go_os(os: &str) -> &str {
    match os {
        "macos" => "darwin",
        other => other,
    }
}

/// Go's word for a processor that Rust names so.
fn go_arch(arch: &str) -> &str {
    match arch {
        "x86_64" => "amd64",
        "x86" => "386",
        "aarch64" => "arm64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(restic: &str, os: &str, arch: &str, expected: &str) {
        let mut recorded_with = RecordedWith::here(restic);
        (recorded_with.os, recorded_with.arch) = (os.to_owned(), arch.to_owned());
        assert_eq!(answer(&recorded_with, true), format!("{expected}\n"));
    }

    #[test]
    fn it_is_a_sentence_unless_json_was_asked_for() {
        let mut recorded_with = RecordedWith::here("0.19.1");
        (recorded_with.os, recorded_with.arch) = ("linux".to_owned(), "x86_64".to_owned());
        assert_eq!(
            answer(&recorded_with, false),
            "restic 0.19.1 compiled with go0.0 on linux/amd64\n"
        );
    }

    #[test]
    fn each_version_has_its_form() {
        check(
            "0.16.4",
            "linux",
            "x86_64",
            "restic 0.16.4 compiled with go0.0 on linux/amd64",
        );
        check(
            "0.17.0",
            "macos",
            "aarch64",
            r#"{"version":"0.17.0","go_version":"go0.0","go_os":"darwin","go_arch":"arm64"}"#,
        );
        check(
            "0.18.0",
            "windows",
            "x86",
            r#"{"message_type":"version","version":"0.18.0","go_version":"go0.0","go_os":"windows","go_arch":"386"}"#,
        );
    }
}
