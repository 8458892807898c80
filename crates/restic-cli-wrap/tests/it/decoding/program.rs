//! The restic program itself.

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::FeatureStage;

use super::{fails, run_and_reread as run};

#[test]
fn generate() {
    let command = || Generate::new().bash_completion("/srv/tmp/restic.bash");
    let said = "writing bash completion file to /srv/tmp/restic.bash\n";
    assert_eq!(run(command(), 0, said, "").unwrap().to_string(), said);
    assert!(run(command(), 0, "", "").unwrap().lines.is_empty());
    let nothing = "Fatal: nothing to do, please specify at least one output file/dir\n";
    fails(Generate::new(), 1, "", nothing, ErrorKind::Usage);
}

#[test]
fn self_update() {
    let command = || SelfUpdate::new().output("/srv/tmp/restic-new");
    let unknown = "unknown command \"self-update\" for \"restic\"\n";
    let error = fails(command(), 1, "", unknown, ErrorKind::Unsupported);
    assert_eq!(error.message(), "this build of restic has no self-update");
    let stdout = "writing restic to /srv/tmp/restic-new\nfind latest release of restic at GitHub\n";
    let stderr = "Fatal: unable to update restic: Get \"https://api.github.com/repos/restic/restic/releases/latest\": dial tcp: lookup api.github.com on 192.0.2.53:53: dial udp 192.0.2.53:53: connect: network is unreachable\n";
    fails(command(), 1, stdout, stderr, ErrorKind::Network);
}

#[test]
fn cache_directories_are_rows_of_a_table() {
    let table = "Repo ID     Last Used    Old  Size\n-----------------------------------------\n\
        0123456789  40 days ago  yes          1 B\n34ccf79e49  0 days ago        11.283 KiB\n\
        -----------------------------------------\n2 cache dirs in /home/alice/my cache dirs/restic\n";
    let report = run(Cache::new(), 0, table, "").unwrap();
    let [old, new] = &report.directories[..] else {
        panic!("{report:?}")
    };
    assert!(old.is_old && !new.is_old);
    assert_eq!((old.unused_days, new.unused_days), (40, 0));
    let (small, large) = (old.size.unwrap(), new.size.unwrap());
    assert_eq!((small.bytes, small.rounded), (1, false));
    assert_eq!((large.bytes, large.rounded), (11_553, true));
    assert_eq!(
        report.place.as_deref(),
        Some("/home/alice/my cache dirs/restic")
    );
    let none = "no cache dirs found, basedir is /home/alice/.cache/restic\n";
    let report = run(Cache::new(), 0, none, "").unwrap();
    assert_eq!(report.place.as_deref(), Some("/home/alice/.cache/restic"));
    fails(Cache::new(), 0, &table[..120], "", ErrorKind::BadOutput);
}

#[test]
fn old_cache_directories_are_removed() {
    let check = |stdout: &str, expected: u64| {
        let report = run(Cache::new().cleanup(true), 0, stdout, "").unwrap();
        assert_eq!(report.removed, Some(expected));
    };
    check("no old cache dirs found\n", 0);
    check("remove 12 old cache directories\n", 12);
    // restic calls it a success.
    let stderr = "unable to remove /home/alice/.cache/restic/0123: unlinkat /home/alice/.cache/restic/0123: permission denied\n";
    let cleanup = Cache::new().cleanup(true);
    let stdout = "remove 1 old cache directories\n";
    let error = fails(cleanup, 0, stdout, stderr, ErrorKind::AccessDenied);
    assert_eq!(error.message(), stderr.trim_end());
    let stderr = "Fatal: Refusing to do anything, the cache is disabled\n";
    fails(Cache::new(), 1, "", stderr, ErrorKind::Usage);
}

#[test]
fn options_have_defaults() {
    let text = "All Extended Options:\n  b2.connections            set a limit for the number of concurrent connections (default: 5)\n  \
        s3.bucket-lookup          bucket lookup style: 'auto', 'dns', or 'path'\n  \
        s3.enable-restore         restore objects from GLACIER or DEEP_ARCHIVE storage classes (default: false, requires \"s3-restore\" feature flag)\n  \
        s3.layout                 use this backend layout (default: auto-detect) (deprecated)\n  \
        rclone.args       arguments for running rclone (default: serve restic --stdio --b2-hard-delete)\n";
    let options = run(Options::new(), 0, text, "").unwrap().options;
    let defaults: Vec<_> = options
        .iter()
        .map(|option| option.default.as_deref())
        .collect();
    let args = "serve restic --stdio --b2-hard-delete";
    assert_eq!(
        defaults,
        [
            Some("5"),
            None,
            Some("false"),
            Some("auto-detect"),
            Some(args)
        ]
    );
    assert_eq!(options[1].name, "s3.bucket-lookup");
    assert_eq!(
        options[1].description,
        "bucket lookup style: 'auto', 'dns', or 'path'"
    );
    fails(Options::new(), 0, "", "", ErrorKind::BadOutput);
}

#[test]
fn features_are_rows_of_a_table() {
    let table = "All Feature Flags:\nName                        Type    Default  Description\n-----\n\
        s3-restore                  alpha   false    restore S3 objects from cold storage classes when `-o s3.enable-restore=true` is set\n-----\n";
    let features = run(Features::new(), 0, table, "").unwrap().features;
    assert_eq!(features[0].stage, FeatureStage::Alpha);
    fails(Features::new(), 0, &table[..90], "", ErrorKind::BadOutput);
    let old = "unknown command \"features\" for \"restic\"\n";
    fails(Features::new(), 1, "", old, ErrorKind::Unsupported);
}
