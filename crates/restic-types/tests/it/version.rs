use restic_types::{Initialized, ResticVersion, VersionInfo, serde_json};

use crate::support::document;

#[test]
fn versions_are_read_and_printed() {
    for (text, printed) in [
        ("0.11.0", "0.11.0"),
        ("0.19.1", "0.19.1"),
        ("0.18.0-dev", "0.18.0-dev"),
        ("0.18.0-dev (compiled manually)", "0.18.0-dev"),
        ("0.16.4+ds1", "0.16.4"),
        ("10.200.3000", "10.200.3000"),
    ] {
        let version: ResticVersion = text.parse().unwrap();
        assert_eq!(version.to_string(), printed);
        let json = serde_json::to_string(&version).unwrap();
        assert_eq!(
            serde_json::from_str::<ResticVersion>(&json).unwrap(),
            version
        );
    }
    for text in [
        "",
        "0",
        "0.19",
        "0.19.",
        "0.19.1.2",
        "v0.19.1",
        "restic 0.19.1",
        "0..1",
        "0.19.99999999999",
        "a.b.c",
    ] {
        assert_eq!(text.parse::<ResticVersion>().unwrap_err().text, text);
    }
}

#[test]
fn versions_are_ordered_by_number() {
    const GATE: ResticVersion = ResticVersion::new(0, 9, 6);
    let sorted = [
        "0.9.6",
        "0.11.0",
        "0.18.0",
        "0.18.0-dev (compiled manually)",
        "0.18.1",
        "1.0.0",
    ];
    let versions = sorted.map(|text| text.parse::<ResticVersion>().unwrap());
    assert!(versions.is_sorted());
    assert_eq!(versions[0], GATE);
    assert!(versions[3].is_development());
    assert_eq!(versions[3].release(), versions[2]);
    assert_eq!(
        (versions[3].major, versions[3].minor, versions[3].patch),
        (0, 18, 0)
    );
}

#[test]
fn version_info_from_json_and_text() {
    let since_18: VersionInfo = document(
        r#"{"message_type":"version","version":"0.19.1","go_version":"go1.26.4","go_os":"linux","go_arch":"amd64"}"#,
    );
    let in_17: VersionInfo = document(
        r#"{"version":"0.19.1","go_version":"go1.26.4","go_os":"linux","go_arch":"amd64"}"#,
    );
    let text =
        VersionInfo::from_text("restic 0.19.1 compiled with go1.26.4 on linux/amd64\n").unwrap();
    assert_eq!(since_18, in_17);
    assert_eq!(since_18, text);
    assert_eq!(
        since_18.restic_version().unwrap(),
        ResticVersion::new(0, 19, 1)
    );
    assert_eq!(since_18.go_arch, "amd64");
}

#[test]
fn version_info_of_a_development_build() {
    let text = "restic 0.14.0-dev (compiled manually) compiled with go1.19.8 on linux/arm64";
    let info = VersionInfo::from_text(text).unwrap();
    assert_eq!(info.version, "0.14.0-dev (compiled manually)");
    assert_eq!(
        (&*info.go_version, &*info.go_os, &*info.go_arch),
        ("go1.19.8", "linux", "arm64")
    );
    for text in [
        "",
        "restic",
        "restic 0.14.0",
        "restic 0.14.0 compiled with go1.19.8",
        "rustic 0.1 compiled with a on b/c",
    ] {
        assert_eq!(VersionInfo::from_text(text), None, "{text}");
    }
}

#[test]
fn initialized() {
    let initialized: Initialized = document(
        r#"{"message_type":"initialized","id":"03965c998f418d580a637b86c7be1fbcbd239beb0a477876f3850f9d68d38a89","repository":"/srv/repo"}"#,
    );
    assert_eq!(initialized.id.short(), "03965c99");
    assert_eq!(initialized.repository, "/srv/repo");
    let without_id = r#"{"message_type":"initialized","repository":"/srv/repo"}"#;
    let error = serde_json::from_str::<Initialized>(without_id).unwrap_err();
    assert!(error.to_string().contains("missing field `id`"), "{error}");
}
