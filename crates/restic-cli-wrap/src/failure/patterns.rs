use restic_types::search::{self, contains, trim};

use crate::ErrorKind;
use crate::wording::{Patterns, fits, lines};

/// Kinds of failures, and what means them.
///
/// Each pattern stands beside its origin: who prints it, the releases (of 0.11.0 to 0.20.0) when
/// they are not all, and a recording of it, or where restic's source has it.
#[derive(Clone, Copy)]
pub(crate) struct Rows {
    kinds: &'static [ErrorKind],
    /// The patterns of each kind, with an empty line behind them.
    patterns: Patterns,
}

macro_rules! rows {
    ($(($kind:expr, $patterns:expr $(,)?)),* $(,)?) => {
        Rows {
            kinds: &[$($kind),*],
            patterns: concat!($($patterns, "\n"),*),
        }
    };
}

/// What restic's last words mean. The first row that fits counts: first what restic says in
/// sentences of its own, then the causes that stand at the end of them.
pub(crate) static PATTERNS: Rows = rows![
    (
        ErrorKind::NoPassword,
        lines![
            ["^Resolving password failed: "], // err-password-file-missing, err-password-command-*
            ["^an empty password is not "],   // err-no-password, err-empty-password-init
            ["^unable to read password from stdin when "], // backup --stdin (cmd_backup.go)
            ["^cannot read both password and data from stdin$"], // backup, since 0.15.0 (cmd_backup.go)
        ],
    ),
    (
        ErrorKind::LockLost,
        lines![["failed to refresh lock in time$"]], // since 0.15.0 (lock.go)
    ),
    (
        ErrorKind::Locked,
        lines![["repository is already locked "]], // locked-*, exclusive-locked-*
    ),
    (
        ErrorKind::Locked,
        lines![
            ["repository is already locked$"],
            // Somebody's lock was gone before it was read, and restic 0.17.0 did not try again.
            ["unable to create lock in backend: circuit breaker open for file <lock/"],
        ],
    ),
    (
        ErrorKind::AlreadyExists,
        lines![
            ["config file already exists$"], // init-again, err-wrong-password-init-exists
            ["repository master key and config already initialized$"], // init (repository.go)
            ["^open pack-", ": file exists$"], // repair-packs-gone
        ],
    ),
    (
        ErrorKind::WrongPassword,
        lines![
            ["wrong password or no key found$"], // err-wrong-password-*
            ["maximum number of keys reached$"], // of the first twenty keys none fits (key.go)
        ],
    ),
    (
        ErrorKind::Unsupported,
        lines![
            ["^unknown command \""],           // err-unknown-command, self-update
            ["executable file not found in "], // err-rclone-no-remote of 0.12.1 on
            [
                "^unable to open repo",
                ": fork/exec /",
                ": no such file or directory$",
            ], // rclone-program-missing
            ["^This command is experimental", "RESTIC_FEATURES="], // repair packs, 0.16.1 to 0.16.5: repair-packs-bad-id
            ["is only supported on Windows"], // backup --exclude-cloud-files, 0.18 (cmd_backup.go)
            ["unsupported repository version"], // a repository that is newer than restic (config.go)
        ],
    ),
    (
        ErrorKind::Usage,
        lines![
            // Flags, and their values.
            ["^unknown flag: "],                               // err-unknown-flag
            ["^unknown shorthand flag: "],                     // cobra
            ["^flag needs an argument: "],                     // err-missing-flag-arg
            ["^invalid argument \""], // err-bad-int-value; list, since 0.17.0
            ["^strconv.Parse"],       // err-bad-flag-value
            ["^accepts ", " arg(s), received "], // cobra: list, since 0.17.0
            ["^unknown counting mode: "], // stats --mode
            ["^unknown grouping option: "], // --group-by, up to 0.15.2 (snapshot_group.go)
            ["invalid pattern(s) provided:$"], // --exclude, --include and the like, since 0.14.0
            ["syntax error in pattern$"], // the same in 0.11 to 0.13 (filter.go)
            ["^check flag"],          // check --read-data-subset
            ["for --max-unused"],     // prune-bad-max-unused
            ["for --repack-smaller-than: "], // prune, since 0.18.0
            ["^invalid compression mode"], // 0.15 (repository.go)
            ["^invalid value for RESTIC_"], // since 0.19.0 (global.go)
            ["^name for exclusion tagfile is empty$"], // backup --exclude-if-present
            ["unknown backend layout string "], // -o local.layout, up to 0.18 (layout.go)
            ["capacity must be a positive number$"], // -o local.connections, up to 0.15 (sema.go)
            ["address ", ": invalid port$"], // a location (Go's net)
            ["^Cannot read from a repository having size 0$"], // check --read-data-subset, 0.13 to 0.18
            ["pack size larger than limit of "],               // --pack-size (repository.go)
            ["pack size smaller than minimum of "],            // --pack-size (repository.go)
            ["^error in time option: "],                       // backup --time, rewrite --new-time
            ["^unable to parse time: "],                       // find --oldest, --newest
            ["template string cannot "], // mount --path-template (cmd_mount.go)
            ["^negative values other than "], // forget --keep-*, since 0.16.0
            ["^durations containing negative values "], // forget --keep-within, since 0.16.0
            ["backend connection limit of at least two$"], // prune, 0.14 to 0.16
            ["^option ", " is not known$"], // err-unknown-option
            ["empty key is not a valid option$"], // -o (options.go)
            ["^key ", " present more than once$"], // -o (options.go)
            ["^compression requires at least repository format version 2"], // prune, 0.14 to 0.16
            // Flags that exclude each other, or need each other.
            ["mutually exclusive"], // err-repo-and-repository-file, and many others
            ["cannot be used together$"], // backup --stdin, check --read-data
            ["cannot be specified at the same time$"], // --quiet --verbose
            ["cannot be given at the same time$"], // tag --set --add
            ["^cannot use both "],  // backup, 0.11
            ["^cannot have several ID types$"], // find
            ["^only either '--json' or '--ncdu' "], // ls-ncdu
            ["must be combined with an include or exclude filter"], // restore --target / --delete
            ["must not be specified together with "], // --insecure-no-password
            ["is only applicable in combination with --dry-run"], // forget --no-lock
            ["^--unsafe-allow-remove-all is not allowed "], // forget, since 0.17.0
            ["^--oldest must specify "], // find, since 0.19.0
            ["^--repack-smaller-than must "], // prune, since 0.19.0
            ["^--stdin was specified and "], // backup
            ["^--files-from-raw: "], // backup, since 0.12.0
            ["^Secondary repository must only be "], // init
            // Operands.
            ["lease specify "], // err-no-repository-set, restore-no-target, err-backup-no-args
            ["^specify two snapshot IDs$"], // err-diff-one-arg
            ["invalid length for "], // repair-packs-bad-id, cat-tree-unsupported
            ["^more than one snapshot ID specified: "], // err-two-snapshot-ids-restore
            ["^must pass id '"], // prune-unsafe-recover
            ["^no ids specified$"], // repair-packs-no-id
            ["^no snapshot ID specified"], // err-restore-no-args
            ["^no file and no snapshot ID specified$"], // dump
            ["^ID not specified$"], // cat, since 0.16.1
            ["type not specified"], // cat, list; list-nothing of 0.20
            ["^type or ID not specified$"], // cat, up to 0.16.0
            ["^invalid type"],  // cat-badtype; list, up to 0.16
            ["^unable to parse ID: "], // cat-badtype, cat-tree
            ["^wrong number of "], // find, mount
            ["expects no arguments"], // cache, check, features, generate, init
            ["^All path filters must be absolute"], // ls
            ["^sftp path starts with the tilde"], // (sftp/config.go)
            ["^repository location failed"],
            ["^parsing repository location failed"], // err-bad-repository-url, err-unknown-backend
            ["^invalid backend"],                    // (global.go)
            ["^invalid scheme "],                    // up to 0.15 (global.go)
            ["^only repository versions "],          // init-version9
            ["^invalid repository version$"],        // init, since 0.14.0
            ["^output path ", "use --output "],      // self-update
            ["^output parent path ", "use --output "], // self-update
            ["^mountpoint ", " inside the "],        // mount, since 0.19.1
            ["^mountpoint ", " is the local repository directory"], // mount, since 0.19.1
            ["ountpoint ", " is not a directory$"],  // mount, since 0.19.0
            ["^local repository directory ", " is inside the mountpoint "], // mount, since 0.19.1
            // Files that are named, and are not there or none.
            ["^/", " does not exist$"], // err-repository-file-missing; key add --new-password-file
            [
                "^failed to read patterns from file ",
                "no such file or directory$",
            ], // --exclude-file and the like, since 0.17.0
            ["^failed to read patterns from file ", "is a directory$"],
            [
                "^failed to read patterns from file ",
                "cannot find the file specified.$",
            ], // Windows
            [
                "^unable to read root certificate: ",
                "no such file or directory$",
            ], // --cacert
            [
                "^unable to read root certificate: ",
                "cannot find the file specified.$",
            ], // Windows
            ["^ReadFile: open ", "no such file or directory$"], // --tls-client-cert
            ["^ReadFile: open ", "cannot find the file specified.$"], // Windows
            // Nothing was asked for, nothing that makes sense, or nothing that is safe.
            ["^nothing to do!$"],         // tag-no-flags
            ["^Nothing to do: "],         // rewrite-no-flags
            ["^no policy was specified"], // forget-no-policy
            ["refusing to delete last snapshot of snapshot group "], // forget --keep-tag, since 0.17.0
            ["^refusing to remove key currently "],                  // key-remove-current
            ["^Refusing to do anything, the cache is disabled$"],    // cache --no-cache
            ["can generate shell completions to stdout for single shell only$"], // generate, since 0.18.0
            // What a backend was not given.
            ["^unable to open ", " is empty$"], // $B2_ACCOUNT_ID, $AZURE_ACCOUNT_NAME, $AWS_ACCESS_KEY_ID
            ["no credentials found. $AWS_"],    // s3, since 0.19.0 (s3.go)
            ["could not find default credentials"], // gs (golang.org/x/oauth2/google)
        ],
    ),
    (
        ErrorKind::NoSpace,
        lines![
            ["no space left on device$"],       // ENOSPC
            ["disk quota exceeded$"],           // EDQUOT
            ["file too large$"],                // EFBIG
            ["not enough space on the disk.$"], // Windows
            ["unexpected HTTP response (413)"], // rest-server --max-size
            ["unexpected HTTP response (507)"],
            ["server response", ": 413 "], // the same up to 0.16
            ["server response", ": 507 "],
            ["storage cap exceeded"],         // b2
            ["minimum free drive threshold"], // minio: XMinioStorageFull
            ["Bucket quota exceeded"],        // minio
            ["storageQuotaExceeded"],         // gs
        ],
    ),
    (
        ErrorKind::Network,
        lines![
            // The system.
            ["connection refused$"], // err-connection-refused
            ["connection reset by peer$"],
            ["connection timed out$"],
            ["broken pipe$"],
            ["network is unreachable$"],
            ["no route to host$"],
            ["no such host$"],
            ["server misbehaving$"],
            ["Temporary failure in name resolution$"],
            ["dial tcp"], // self-update
            ["i/o timeout$"],
            // The same of Windows.
            ["connection was forcibly closed by the remote host.$"],
            ["connection was aborted by the software in your host machine.$"],
            ["the target machine actively refused it.$"],
            ["No such host is known.$"],
            ["attempted to an unreachable network.$"],
            ["attempted to an unreachable host.$"],
            // Go's client: `Head "http://…": EOF`.
            ["\": EOF$"],
            ["\": unexpected EOF$"],
            ["server closed idle connection$"],
            ["use of closed network connection$"],
            ["TLS handshake timeout$"],
            ["timeout awaiting response headers$"],
            ["client connection lost$"],
            ["server sent GOAWAY"],
            ["graceful shutdown GOAWAY"],
            ["stream error: stream ID "],
            ["context deadline exceeded"],
            ["Client.Timeout exceeded"],
            ["request timeout$"], // --stuck-request-timeout, since 0.17.1
            // Servers that fail, or are asked too much: REST since 0.17, and before.
            ["unexpected HTTP response (5"],
            ["unexpected HTTP response (429)"],
            ["unexpected HTTP response (408)"],
            ["server response", ": 5"],
            ["server response", ": 429 "],
            ["server response", ": 408 "],
            ["500 Internal Server Error"],
            ["502 Bad Gateway"],
            ["503 Service Unavailable"],
            ["504 Gateway Timeout"],
            ["Too Many Requests"],
            // s3: SlowDown, InternalError, ServiceUnavailable, RequestTimeout, minio's own.
            ["educe your request rate"],
            ["We encountered an internal error"],
            ["Service is unable to handle request"],
            ["The service is unavailable"],
            ["Your socket connection to the server was not read from or written to"],
            ["Server not initialized"],
            ["A timeout occurred while trying to lock a resource"],
            // gs.
            ["googleapi: Error 5"],
            ["googleapi: got HTTP response code 5"],
            ["googleapi: Error 429"],
            ["rateLimitExceeded"],
            // azure, now and up to 0.14.
            ["RESPONSE 5"],
            ["RESPONSE 429"],
            ["StatusCode=5"],
            ["StatusCode=429"],
            ["ERROR CODE: ServerBusy"],
            // swift (ncw/swift).
            ["HTTP Error: 5"],
            ["Timeout when reading or writing data$"],
            ["Rate Limit$"],
            // b2 (blazer).
            ["b2_", ": 5"],
            ["b2_", ": 429"],
            // sftp.
            ["connection lost$"],
        ],
    ),
    (
        ErrorKind::AccessDenied,
        lines![
            // REST since 0.17, and before.
            ["unexpected HTTP response (401)"],
            ["unexpected HTTP response (403)"],
            ["401 Unauthorized"],
            ["403 Forbidden"],
            // s3: InvalidAccessKeyId, AccessDenied, SignatureDoesNotMatch, InvalidToken, ExpiredToken.
            ["Access Key Id you provided does not exist in our records"],
            ["Access Denied"],
            ["request signature we calculated does not match"],
            ["The provided token is malformed or otherwise invalid"],
            ["The provided token has expired"],
            ["security token included in the request is "],
            ["All access to this object has been disabled"],
            ["account is not signed up"],
            // gs.
            ["googleapi: Error 401"],
            ["googleapi: Error 403"],
            ["oauth2: cannot fetch token"],
            ["oauth2: \"invalid_grant\""],
            // azure, now and up to 0.14.
            ["RESPONSE 401"],
            ["RESPONSE 403"],
            ["StatusCode=401"],
            ["StatusCode=403"],
            ["ERROR CODE: AuthenticationFailed"],
            ["ERROR CODE: AuthorizationFailure"],
            // swift.
            ["Authorization Failed$"],
            ["Operation forbidden$"],
            // b2 (blazer).
            ["b2_", ": 401"],
            ["b2_", ": 403"],
            // The system's, Windows', and an sftp server's.
            ["^inaccessible mountpoint$"], // mount, 0.19.0
            ["ountpoint ", " is not writeable or not executable$"], // mount, since 0.19.0
            ["ermission denied$"], // err-readonly-repo, err-restore-target-not-writable, err-mount-not-permitted
            ["peration not permitted$"],
            ["read-only file system$"],
            ["Access is denied.$"],
            ["SSH_FX_PERMISSION_DENIED)$"],
        ],
    ),
    (
        ErrorKind::Usage,
        lines![
            // s3: what has to be changed on this side: AuthorizationHeaderMalformed,
            // PermanentRedirect, RequestTimeTooSkewed.
            ["authorization header is malformed; the region "],
            ["must be addressed using the specified endpoint"],
            ["Region does not match"],
            ["difference between the request time and the "],
        ],
    ),
    (
        ErrorKind::NotFound,
        lines![
            // A bucket or container, which is not the repository in it: a name may be mistyped,
            // and `init` would make another one.
            ["The specified bucket does not exist"],    // s3
            ["bucket doesn't exist$"],                  // gs
            ["The specified container does not exist"], // azure
            ["ERROR CODE: ContainerNotFound"],          // azure
            ["Container Not Found$"],                   // swift
        ],
    ),
    (
        ErrorKind::NoRepository,
        lines![
            // Since 0.17.0, with an exit code of its own.
            ["^repository does not exist: unable to open config file: "],
            // Before: what each backend says of a config that is not there.
            [
                "^unable to open config file: ",
                "no such file or directory$",
            ], // local: err-no-repo
            [
                "^unable to open config file: ",
                "The system cannot find the file specified.$",
            ], // local, Windows
            [
                "^unable to open config file: ",
                "The system cannot find the path specified.$",
            ], // local, Windows
            ["^unable to open config file: ", "file does not exist$"], // sftp
            ["^unable to open config file: ", "SSH_FX_NO_SUCH_FILE)$"], // sftp
            ["^unable to open config file: ", "<config/> does not exist$"], // rest, rclone
            [
                "^unable to open config file: ",
                "The specified key does not exist.$",
            ], // s3
            ["^unable to open config file: ", "object doesn't exist$"], // gs (cloud.google.com/go/storage)
            ["^unable to open config file: ", "googleapi: Error 404: "], // gs
            [
                "^unable to open config file: ",
                "The specified blob does not exist.",
            ], // azure
            ["^unable to open config file: ", "BlobNotFound"],          // azure
            ["^unable to open config file: ", "StatusCode=404"],        // azure, up to 0.14
            ["^unable to open config file: ", "RESPONSE 404"],          // azure
            ["^unable to open config file: ", "Object Not Found$"],     // swift
            ["^unable to open config file: ", ": 404"],                 // b2 (blazer)
        ],
    ),
    (
        ErrorKind::NotFound,
        lines![
            ["no matching ID found"], // err-unknown-snapshot-*, restore-unknown, cat-unknown
            ["^multiple IDs with prefix "], // err-ambiguous-prefix
            [": multiple IDs with prefix "],
            ["no snapshot found"],                // restore-latest-empty-repo
            ["no snapshot matched given filter"], // snapshots latest, 0.20: unknown-id-snapshots-latest-none
            ["not found in snapshot$"],           // dump-missing
            ["^path ", ": not found$"],           // latest:/nope, since 0.16.0
            ["^blob not found$"],                 // cat blob
            ["^unable to find pack(s)"],          // find --pack, since 0.12.1
            ["^unable to find all specified pack(s)"], // find --pack, 0.11.0 and 0.12.0
            ["directories/files do not exist$"],  // err-backup-missing-all
            ["^mountpoint ", " does not exist$"], // mount, 0.19.1
        ],
    ),
    (
        ErrorKind::Damaged,
        lines![
            ["ciphertext verification failed"], // damaged-dump
            ["hash does not match id"],
            ["invalid data returned"], // broken-snapshot-*, empty-key-snapshots of 0.20
            ["wrong data returned"],
            [": id ", " not found in repository"],
            ["^id ", " not found in repository"], // ls-missing-index
            ["not found in the new index$"],      // missing-pack-prune of 0.11
            ["packs from index missing in repo$"], // missing-pack-prune
            ["index is not complete$"],           // prune, since 0.12.0
            ["does not match calculated size from index$"], // prune, since 0.12.0 (prune.go)
            ["does not match real size "],        // prune, 0.12.0
            ["^config cannot be loaded: "], // short-config of 0.20; up to 0.15 (repository.go)
            ["config or key ", " is damaged: "], // 0.14 and 0.15 (repository.go)
            ["config file has zero size"],  // empty-config-* of 0.20
            ["invalid data in ", " file, too short"], // short-config-* of 0.20
            ["invalid key file, data too short"], // 0.20 (key.go)
            ["^invalid lock file: "],       // since 0.15.1 (lock.go)
            ["index uses feature not supported by repository version "], // since 0.14.0 (repository.go)
            ["^snapshot file ", " is unreadable"], // broken-snapshot-repair-id of 0.20
            ["^LoadIndex returned errors$"],       // check, up to 0.16
            ["^unable to load a tree from the repo"], // prune
            ["not found in pack "],                // 0.20 (repository.go)
            ["unexpected end of JSON input$"],     // a file of the repository that is cut short
        ],
    ),
];

/// What ssh says when it cannot be used, by what that means: restic itself only knows that
/// its helper is gone.
pub(crate) static SSH: Rows = rows![
    (
        ErrorKind::AccessDenied,
        lines![
            ["Permission denied"],
            ["Host key verification failed"],
            ["REMOTE HOST IDENTIFICATION HAS CHANGED"],
            ["Too many authentication failures"],
            ["No supported authentication methods"],
            ["not allowed because"],
        ],
    ),
    (
        ErrorKind::Unsupported,
        lines![
            ["subsystem request failed"],
            ["Unable to negotiate with "],
            ["ommand not found"],
        ],
    ),
    (
        ErrorKind::Usage,
        lines![
            ["Bad configuration option"],
            ["^usage: "],
            ["unknown option -- "],
            ["Bad port "],
        ],
    ),
];

/// The same of rclone.
pub(crate) static RCLONE: Rows = rows![
    (
        ErrorKind::Usage,
        lines![
            ["didn't find section in config file"], // err-rclone-no-remote
            ["unknown flag: "],
            ["didn't find backend called "],
        ],
    ),
    (
        ErrorKind::Unsupported,
        lines![
            ["unknown command \"serve\""],
            ["unknown command \"restic\""],
        ],
    ),
    (
        ErrorKind::AccessDenied,
        lines![
            ["couldn't fetch token"],
            ["unable to authenticate"],
            ["AccessDenied"],
            ["couldn't connect SSH", "unable to authenticate"],
        ],
    ),
];

/// The first row that fits a line.
pub(crate) fn find(rows: Rows, line: &str) -> Option<ErrorKind> {
    let line = own_words(line);
    let mut row = 0;
    for pattern in search::lines(rows.patterns) {
        if pattern.is_empty() {
            row += 1;
        } else if fits(pattern, line) {
            return rows.kinds.get(row).copied();
        }
    }
    None
}

/// A line without what restic puts before its last words, sometimes twice, and around several
/// errors.
pub(crate) fn own_words(line: &str) -> &str {
    let mut line = trim(line);
    while let Some(words) = line.strip_prefix("Fatal: ") {
        line = words;
    }
    match line.strip_suffix(']') {
        Some(errors) if contains(errors, "multiple errors occurred: [") => errors,
        _ => line,
    }
}
