//! What each backend says, in the sentences of its server.

use restic_cli_wrap::ErrorKind;

use super::failure;

/// A cause as each release puts it before its end: at once, as text or in JSON.
fn opening(cause: &str) -> [String; 3] {
    let place = "Is there a repository at the following location?\\ns3:http://127.0.0.1:9/bucket";
    let quoted = cause.replace('"', "\\\"");
    [
        format!(
            "Fatal: unable to open config file: {cause}\n{}\n",
            place.replace("\\n", "\n")
        ),
        format!("Fatal: unable to open config file: {cause}\n"),
        format!(
            "Stat(<config/>) failed: {cause}\n{{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: unable to open config file: {quoted}\\n{place}\"}}\n"
        ),
    ]
}

fn check(cause: &str, kind: ErrorKind) {
    for words in opening(cause) {
        let error = failure(&words, 1);
        assert_eq!(error.kind(), kind, "{words}");
        let may_help = kind == ErrorKind::Network;
        assert_eq!(error.is_retryable(), may_help, "{words}");
    }
}

#[test]
fn s3() {
    for (cause, kind) in [
        (
            "Stat: The AWS Access Key Id you provided does not exist in our records.",
            ErrorKind::AccessDenied,
        ),
        (
            "Stat: The Access Key Id you provided does not exist in our records.",
            ErrorKind::AccessDenied,
        ),
        ("client.StatObject: Access Denied.", ErrorKind::AccessDenied),
        ("client.StatObject: Access Denied", ErrorKind::AccessDenied),
        (
            "client.StatObject: The request signature we calculated does not match the signature you provided. Check your key and signing method.",
            ErrorKind::AccessDenied,
        ),
        (
            "client.StatObject: The provided token has expired.",
            ErrorKind::AccessDenied,
        ),
        (
            "client.StatObject: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
            ErrorKind::Usage,
        ),
        (
            "client.StatObject: The difference between the request time and the current time is too large.",
            ErrorKind::Usage,
        ),
        (
            "client.StatObject: The difference between the request time and the server's time is too large.",
            ErrorKind::Usage,
        ),
        (
            "client.StatObject: Please reduce your request rate.",
            ErrorKind::Network,
        ),
        (
            "client.StatObject: Resource requested is unreadable, please reduce your request rate",
            ErrorKind::Network,
        ),
        (
            "client.StatObject: We encountered an internal error, please try again.",
            ErrorKind::Network,
        ),
        (
            "client.StatObject: 503 Service Unavailable",
            ErrorKind::Network,
        ),
        (
            "client.StatObject: 429 Too Many Requests",
            ErrorKind::Network,
        ),
        (
            "client.StatObject: The specified key does not exist.",
            ErrorKind::NoRepository,
        ),
        (
            "Stat: The specified key does not exist.",
            ErrorKind::NoRepository,
        ),
        (
            "client.StatObject: The specified bucket does not exist",
            ErrorKind::NotFound,
        ),
        (
            "client.PutObject: Storage backend has reached its minimum free drive threshold. Please delete a few objects to proceed.",
            ErrorKind::NoSpace,
        ),
    ] {
        check(cause, kind);
    }
}

#[test]
fn rest() {
    for (cause, kind) in [
        ("<config/> does not exist", ErrorKind::NoRepository),
        (
            "unexpected HTTP response (401): 401 Unauthorized",
            ErrorKind::AccessDenied,
        ),
        (
            "unexpected HTTP response (403): 403 Forbidden",
            ErrorKind::AccessDenied,
        ),
        (
            "server response unexpected: 401 Unauthorized (401)",
            ErrorKind::AccessDenied,
        ),
        (
            "blob not removed, server response: 403 Forbidden (403)",
            ErrorKind::AccessDenied,
        ),
        (
            "unexpected HTTP response (502): 502 Bad Gateway",
            ErrorKind::Network,
        ),
        (
            "unexpected HTTP response (429): 429 Too Many Requests",
            ErrorKind::Network,
        ),
        (
            "server response unexpected: 502 Bad Gateway (502)",
            ErrorKind::Network,
        ),
        (
            "server response unexpected: 500 Internal Server Error (500)",
            ErrorKind::Network,
        ),
        (
            "List failed, server response: 503 Service Unavailable (503)",
            ErrorKind::Network,
        ),
        (
            "List failed, server response: 429 Too Many Requests (429)",
            ErrorKind::Network,
        ),
        (
            "blob not removed, server response: 504 Gateway Timeout (504)",
            ErrorKind::Network,
        ),
        (
            "unexpected HTTP response (507): 507 Insufficient Storage",
            ErrorKind::NoSpace,
        ),
        (
            "server response unexpected: 413 Request Entity Too Large (413)",
            ErrorKind::NoSpace,
        ),
    ] {
        check(cause, kind);
    }
}

#[test]
fn gs_azure_swift_and_b2() {
    for (cause, kind) in [
        (
            "service.Objects.Get: googleapi: Error 404: No such object: bucket/config, notFound",
            ErrorKind::NoRepository,
        ),
        (
            "Stat: storage: object doesn't exist",
            ErrorKind::NoRepository,
        ),
        ("Stat: storage: bucket doesn't exist", ErrorKind::NotFound),
        (
            "Stat: googleapi: Error 403: alice does not have storage.objects.get access to the Google Cloud Storage object., forbidden",
            ErrorKind::AccessDenied,
        ),
        (
            "Stat: googleapi: Error 401: Invalid Credentials, authError",
            ErrorKind::AccessDenied,
        ),
        (
            "Stat: googleapi: Error 503: Backend Error, backendError",
            ErrorKind::Network,
        ),
        (
            "Stat: googleapi: Error 429: The rate limit was exceeded., rateLimitExceeded",
            ErrorKind::Network,
        ),
        (
            "Stat: storage: service returned error: StatusCode=404, ErrorCode=404 The specified blob does not exist., ErrorMessage=no response body was available for error status code",
            ErrorKind::NoRepository,
        ),
        (
            "Stat: storage: service returned error: StatusCode=403, ErrorCode=AuthenticationFailed, ErrorMessage=Server failed to authenticate the request.",
            ErrorKind::AccessDenied,
        ),
        (
            "Stat: storage: service returned error: StatusCode=503, ErrorCode=ServerBusy, ErrorMessage=The server is busy.",
            ErrorKind::Network,
        ),
        ("conn.Object: Object Not Found", ErrorKind::NoRepository),
        ("conn.Container: Container Not Found", ErrorKind::NotFound),
        (
            "conn.Authenticate: Authorization Failed",
            ErrorKind::AccessDenied,
        ),
        (
            "conn.Object: HTTP Error: 503: 503 Service Unavailable",
            ErrorKind::Network,
        ),
        (
            "conn.Object: Timeout when reading or writing data",
            ErrorKind::Network,
        ),
        (
            "Stat: b2_download_file_by_name: 404: bucket does not have file: config",
            ErrorKind::NoRepository,
        ),
        (
            "b2.NewClient: b2_authorize_account: 401: Invalid accountId or applicationKeyId",
            ErrorKind::AccessDenied,
        ),
        (
            "Stat: b2_get_upload_url: 503: no tomes available",
            ErrorKind::Network,
        ),
        (
            "Save: b2_upload_file: 403: Cannot upload files, storage cap exceeded.",
            ErrorKind::NoSpace,
        ),
    ] {
        check(cause, kind);
    }
}

/// The new client of Azure reports over many lines.
#[test]
fn azure_of_many_lines() {
    let report = |status: &str, code: &str| {
        format!(
            "Fatal: unable to open config file: Stat: HEAD https://alice.blob.core.windows.net/c/config\\n--------------------------------------------------------------------------------\\nRESPONSE {status}\\nERROR CODE: {code}\\n--------------------------------------------------------------------------------\\nResponse contained no body"
        )
    };
    for (status, code, kind) in [
        (
            "404: 404 The specified container does not exist.",
            "ContainerNotFound",
            ErrorKind::NotFound,
        ),
        (
            "403: 403 Server failed to authenticate the request.",
            "AuthenticationFailed",
            ErrorKind::AccessDenied,
        ),
        (
            "503: 503 The server is busy.",
            "ServerBusy",
            ErrorKind::Network,
        ),
        (
            "404: 404 The specified blob does not exist.",
            "BlobNotFound",
            ErrorKind::NoRepository,
        ),
    ] {
        let message = report(status, code);
        let json =
            format!("{{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"{message}\"}}\n");
        assert_eq!(failure(&json, 1).kind(), kind, "{json}");
    }
}

#[test]
fn local_on_every_system() {
    for (cause, kind) in [
        (
            "Stat: stat /srv/nosuch/config: no such file or directory",
            ErrorKind::NoRepository,
        ),
        (
            "stat /srv/nosuch/config: no such file or directory",
            ErrorKind::NoRepository,
        ),
        (
            "CreateFile C:\\repo\\config: The system cannot find the file specified.",
            ErrorKind::NoRepository,
        ),
        (
            "CreateFile C:\\repo\\config: The system cannot find the path specified.",
            ErrorKind::NoRepository,
        ),
        (
            "open C:\\repo\\config: Access is denied.",
            ErrorKind::AccessDenied,
        ),
        (
            "open /srv/repo/config: permission denied",
            ErrorKind::AccessDenied,
        ),
        (
            "open /srv/repo/config: operation not permitted",
            ErrorKind::AccessDenied,
        ),
        (
            "open /srv/repo/locks/ab: read-only file system",
            ErrorKind::AccessDenied,
        ),
        (
            "write /srv/repo/data/ab: file too large",
            ErrorKind::NoSpace,
        ),
        (
            "write /srv/repo/data/ab: disk quota exceeded",
            ErrorKind::NoSpace,
        ),
        (
            "write C:\\repo\\data\\ab: There is not enough space on the disk.",
            ErrorKind::NoSpace,
        ),
    ] {
        for words in [
            format!("Fatal: unable to open config file: {cause}\n"),
            format!(
                "Fatal: unable to open config file: {cause}\nIs there a repository at the following location?\nx\n"
            ),
        ] {
            assert_eq!(failure(&words, 1).kind(), kind, "{words}");
        }
    }
}

/// restic knows only that ssh is gone; ssh has said why.
#[test]
fn ssh_says_why_the_session_does_not_start() {
    let old = "Fatal: unable to open repo at sftp:alice@host:/x: unable to start the sftp session, error: EOF\n";
    let new = "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: unable to open repository at sftp:alice@host:/x: unable to start the sftp session, error: error receiving version packet from server: server unexpectedly closed connection: unexpected EOF\"}\n";
    let talk = "subprocess pg_dump: Connection refused\n".repeat(1_000);
    for (ssh, kind) in [
        (
            "alice@host: Permission denied (publickey).",
            ErrorKind::AccessDenied,
        ),
        (
            "alice@host: Permission denied (publickey,password).",
            ErrorKind::AccessDenied,
        ),
        ("Host key verification failed.", ErrorKind::AccessDenied),
        (
            "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
            ErrorKind::AccessDenied,
        ),
        (
            "Received disconnect from 127.0.0.1 port 22:2: Too many authentication failures",
            ErrorKind::AccessDenied,
        ),
        (
            "subsystem request failed on channel 0",
            ErrorKind::Unsupported,
        ),
        (
            "sh: 1: /usr/lib/sftp-server: command not found",
            ErrorKind::Unsupported,
        ),
        (
            "command-line: line 0: Bad configuration option: nope",
            ErrorKind::Usage,
        ),
        (
            "ssh: connect to host 127.0.0.1 port 1: Connection refused",
            ErrorKind::Network,
        ),
        (
            "ssh: Could not resolve hostname host: Name or service not known",
            ErrorKind::Network,
        ),
        (
            "kex_exchange_identification: Connection closed by remote host",
            ErrorKind::Network,
        ),
    ] {
        for end in [old, new] {
            for between in ["", &talk] {
                let error = failure(&format!("subprocess ssh: {ssh}\n{between}{end}"), 1);
                assert_eq!(error.kind(), kind, "{ssh}");
                assert_eq!(error.is_retryable(), kind == ErrorKind::Network);
                assert!(error.message().contains(ssh), "{}", error.message());
            }
        }
    }
    // A command of one's own in the place of ssh.
    let error = failure(
        &format!("subprocess connect: Permission denied (publickey).\n{old}"),
        1,
    );
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    for end in [old, new] {
        assert_eq!(failure(end, 1).kind(), ErrorKind::Network);
    }
}

#[test]
fn programs_that_are_missing_are_what_the_system_lacks() {
    for words in [
        "Fatal: unable to open repo at rclone:remote:path: exec: \"rclone\": executable file not found in $PATH",
        "Fatal: unable to open repo at sftp:alice@host:/x: cmd.Start: exec: \"ssh\": executable file not found in $PATH",
        "Fatal: unable to open repository at sftp:alice@host:/x: exec: \"ssh\": executable file not found in %PATH%",
        "Fatal: unable to open repository at rclone:remote:path: fork/exec /nosuch/rclone: no such file or directory",
        "Fatal: unable to open repository at sftp:alice@host:/x: cmd.Start: fork/exec /nosuch: no such file or directory",
    ] {
        assert_eq!(
            failure(&format!("{words}\n"), 1).kind(),
            ErrorKind::Unsupported,
            "{words}"
        );
    }
    let password =
        "Resolving password failed: exec: \"pass\": executable file not found in $PATH\n";
    assert_eq!(failure(password, 1).kind(), ErrorKind::NoPassword);
}

#[test]
fn rclone_says_what_it_lacks() {
    let old = "Fatal: unable to open repo at rclone:remote:path: error talking HTTP to rclone: Get \"http://localhost/file-5577006791947779410\": unexpected EOF\n";
    let new = "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: unable to open repository at rclone:remote:path: error talking HTTP to rclone: exit status 1\"}\n";
    for (rclone, kind) in [
        (
            "2026/11/22 11:26:28 Failed to create file system for \"remote:path\": didn't find section in config file",
            ErrorKind::Usage,
        ),
        (
            "2026/11/22 11:26:28 Failed to create file system for \"remote:path\": dial tcp 127.0.0.1:1: connect: connection refused",
            ErrorKind::Network,
        ),
        (
            "2026/11/22 11:26:28 Failed to create file system for \"remote:path\": 403 Forbidden",
            ErrorKind::AccessDenied,
        ),
        ("2026/11/22 11:26:28 something else", ErrorKind::Failed),
    ] {
        for end in [old, new] {
            let error = failure(&format!("rclone: {rclone}\n{end}"), 1);
            assert_eq!(error.kind(), kind, "{rclone}");
            assert!(error.message().contains(rclone), "{}", error.message());
        }
    }
}

/// Waiting does not mend a certificate.
#[test]
fn a_bad_certificate_is_not_retried() {
    for cause in [
        "Head \"https://127.0.0.1:9/config\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "Head \"https://127.0.0.1:9/config\": x509: certificate has expired or is not yet valid: current time 2026-11-22T11:26:28Z is after 2025-01-01T00:00:00Z",
        "client.Head: Head \"https://127.0.0.1:9/config\": remote error: tls: bad certificate",
    ] {
        check(cause, ErrorKind::Failed);
    }
}

/// What Windows says, and a server that is shut down.
#[test]
fn connections_that_break_on_other_systems() {
    for cause in [
        "read tcp 10.0.0.2:1->10.0.0.1:8000: wsarecv: An existing connection was forcibly closed by the remote host.",
        "write tcp 10.0.0.2:1->10.0.0.1:8000: wsasend: An established connection was aborted by the software in your host machine.",
        "connectex: No connection could be made because the target machine actively refused it.",
        "connectex: A socket operation was attempted to an unreachable network.",
        "lookup srv: getaddrinfow: No such host is known.",
        "http2: Transport received Server's graceful shutdown GOAWAY",
    ] {
        check(cause, ErrorKind::Network);
    }
}
