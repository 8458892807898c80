use crate::ErrorKind;

/// What restic says of its failures, by what that means. The parts of a phrase stand in one
/// line; the first row that fits counts, from the most to the least certain.
pub(crate) const PATTERNS: &[(ErrorKind, &[&[&str]])] = &[
    (
        ErrorKind::Unsupported,
        &[
            &["unknown command \""],
            &["fusermount", "executable file not found"],
        ],
    ),
    (
        ErrorKind::Usage,
        &[
            // Flags, and their values.
            &["unknown flag: "],
            &["unknown shorthand flag: "],
            &["flag needs an argument"],
            &["invalid argument \"", "flag"],
            &["strconv.Parse", "invalid syntax"],
            &["only either '--json' or"],
            &["option ", " is not known"],
            &["for --max-unused"],
            &["only repository versions"],
            &["unknown counting mode"],
            &["unknown grouping option"],
            // Operands.
            &["lease specify "],
            &["invalid length for ID"],
            &["more than one snapshot ID"],
            &["must pass id '"],
            &["no ids specified"],
            &["unable to parse ID"],
            &["wrong number of arguments"],
            &["repository location failed"],
            // Nothing was asked for, or nothing that makes sense.
            &["Fatal: nothing to do!"],
            &["Nothing to do: no excludes"],
            &["no policy was specified"],
            &["refusing to remove key currently"],
            &["the cache is disabled"],
        ],
    ),
    (
        ErrorKind::WrongPassword,
        &[&["wrong password or no key found"]],
    ),
    (
        ErrorKind::NoPassword,
        &[&["an empty password is not"], &["esolving password failed"]],
    ),
    (
        ErrorKind::AlreadyExists,
        &[
            &["config file already exists"],
            &["open pack-", ": file exists"],
        ],
    ),
    (ErrorKind::Locked, &[&["epository is already locked"]]),
    (
        ErrorKind::Network,
        &[
            &["connection refused"],
            &["connection reset by peer"],
            &["dial tcp"],
            &["i/o timeout"],
            &["no such host"],
            // The server has closed the connection: `Head "http://…": EOF`.
            &["\": EOF"],
            &["server closed idle connection"],
            // The server's own failures, and `429 Too Many Requests`.
            &["unexpected HTTP response (5"],
            &["unexpected HTTP response (429)"],
            // ssh has said why, in its own words.
            &["unable to start the sftp session"],
        ],
    ),
    (
        ErrorKind::AccessDenied,
        &[
            &["401 Unauthorized"],
            &["403 Forbidden"],
            &["unexpected HTTP response (401)"],
            &["unexpected HTTP response (403)"],
            &["failed to open /dev/fuse", "Permission denied"],
        ],
    ),
    (
        ErrorKind::NoRepository,
        &[
            &["unable to open config file", "no such file"],
            &["unable to open config file", "does not exist"],
        ],
    ),
    (
        ErrorKind::NotFound,
        &[
            &["no matching ID found"],
            &["multiple IDs with prefix"],
            &["it is not a snapshot id"],
            &["no snapshot found"],
            &["not found in snapshot"],
            &["blob not found"],
            &["unable to find pack(s)"],
            &["do not exist"],
        ],
    ),
    (
        ErrorKind::Damaged,
        &[
            &["ciphertext verification failed"],
            &["hash does not match id"],
            &["invalid data returned"],
            &["id ", " not found in repository"],
            &["not found in the new index"],
            &["packs from index missing in repo"],
        ],
    ),
    (ErrorKind::NoSpace, &[&["no space left on device"]]),
    // Files are denied for many reasons that say more.
    (ErrorKind::AccessDenied, &[&["permission denied"]]),
];
