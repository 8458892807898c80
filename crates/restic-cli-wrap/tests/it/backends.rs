//! What each backend puts on the command line and into the environment.

use std::fmt::Write as _;

use restic_cli_wrap::commands::{Init, Snapshots};
use restic_cli_wrap::{Argument, ErrorKind, Invocation, Repository, Restic, Scripted, Secret};

/// A call on this repository: its line, the content of its secret files, its variables.
fn call(repository: impl Into<Repository>) -> String {
    let restic = Restic::builder().repository(repository).build();
    shown(&restic.invocation(&Snapshots::new()))
}

fn shown(invocation: &Invocation) -> String {
    let text = |secret: &Secret| String::from_utf8(secret.expose().to_vec()).unwrap();
    let mut shown = invocation.to_string();
    for argument in &invocation.arguments {
        if let Argument::SecretFile { flag, content } = argument {
            write!(shown, "\n{flag}: {}", text(content)).unwrap();
        }
    }
    for (name, value) in &invocation.environment {
        write!(shown, "\n{}={}", name.display(), text(value)).unwrap();
    }
    shown
}

#[test]
fn local() {
    insta::assert_snapshot!(call(Repository::local("/srv/a:b@c")), @"restic --json --repo=/srv/a:b@c snapshots");
    insta::assert_snapshot!(call(Repository::local("repo")), @"restic --json --repo=repo snapshots");
    insta::assert_snapshot!(call(Repository::local("s3:repo")), @"restic --json --repo=local:s3:repo snapshots");
}

#[test]
fn rest() {
    let open = Repository::rest("https://backup.example:8000/alice");
    insta::assert_snapshot!(call(open.clone()), @"restic --json --repo=rest:https://backup.example:8000/alice snapshots");
    let login = open.login("alice", "a@b/c:d% \u{e9}");
    insta::assert_snapshot!(call(login.clone().password("key")), @r"
    restic --json '--repository-file={{secret}}' '--password-file={{secret}}' snapshots
    --repository-file: rest:https://alice:a%40b%2Fc%3Ad%25%20%C3%A9@backup.example:8000/alice
    --password-file: key
    ");
    insta::assert_snapshot!(call(login.login("b@b", "again")), @r"
    restic --json '--repository-file={{secret}}' snapshots
    --repository-file: rest:https://b%40b:again@backup.example:8000/alice
    ");
    for (url, expected) in [
        ("http://old:login@host/", "rest:http://u:p@host/"),
        ("http://old@host/a@b", "rest:http://u:p@host/a@b"),
        ("http://host", "rest:http://u:p@host"),
        (
            "http+unix:///tmp/s.sock:/a",
            "rest:http+unix://u:p@/tmp/s.sock:/a",
        ),
        ("host/alice", "rest:u:p@host/alice"),
        ("", "rest:u:p@"),
    ] {
        let shown = call(Repository::rest(url).login("u", "p"));
        let (_, url) = shown.split_once("--repository-file: ").unwrap();
        assert_eq!(url, expected);
    }
}

#[test]
fn sftp() {
    insta::assert_snapshot!(call(Repository::sftp("alice@host", "/srv/a@b")), @"restic --json --repo=sftp:alice@host:/srv/a@b snapshots");
    insta::assert_snapshot!(call(Repository::sftp("host", "repo")), @"restic --json --repo=sftp:host:repo snapshots");
}

#[test]
fn s3() {
    let bucket = Repository::s3("https://s3.example/", "bucket/a")
        .access_key_id("id")
        .secret_access_key("secret")
        .session_token("token")
        .region("eu-1")
        .profile("work")
        .shared_credentials_file("/etc/aws")
        .assume_role_arn("arn")
        .assume_role_session_name("session")
        .assume_role_external_id("external")
        .assume_role_policy("{}")
        .assume_role_region("eu-2")
        .assume_role_sts_endpoint("https://sts.example");
    insta::assert_snapshot!(call(bucket), @r"
    restic --json --repo=s3:https://s3.example/bucket/a snapshots
    AWS_ACCESS_KEY_ID=id
    AWS_DEFAULT_REGION=eu-1
    AWS_PROFILE=work
    AWS_SECRET_ACCESS_KEY=secret
    AWS_SESSION_TOKEN=token
    AWS_SHARED_CREDENTIALS_FILE=/etc/aws
    RESTIC_AWS_ASSUME_ROLE_ARN=arn
    RESTIC_AWS_ASSUME_ROLE_EXTERNAL_ID=external
    RESTIC_AWS_ASSUME_ROLE_POLICY={}
    RESTIC_AWS_ASSUME_ROLE_REGION=eu-2
    RESTIC_AWS_ASSUME_ROLE_SESSION_NAME=session
    RESTIC_AWS_ASSUME_ROLE_STS_ENDPOINT=https://sts.example
    ");
}

#[test]
fn b2() {
    let bucket = Repository::b2("bucket", "a/b")
        .account_id("id")
        .account_key("key");
    insta::assert_snapshot!(call(bucket), @r"
    restic --json --repo=b2:bucket:a/b snapshots
    B2_ACCOUNT_ID=id
    B2_ACCOUNT_KEY=key
    ");
}

#[test]
fn azure() {
    let container = Repository::azure("container", "/")
        .account_name("name")
        .account_key("key")
        .account_sas("sas")
        .endpoint_suffix("core.example")
        .force_cli_credential(true);
    insta::assert_snapshot!(call(container.clone()), @r"
    restic --json --repo=azure:container:/ snapshots
    AZURE_ACCOUNT_KEY=key
    AZURE_ACCOUNT_NAME=name
    AZURE_ACCOUNT_SAS=sas
    AZURE_ENDPOINT_SUFFIX=core.example
    AZURE_FORCE_CLI_CREDENTIAL=true
    ");
    let shown = call(container.force_cli_credential(false));
    assert!(!shown.contains("CLI"), "{shown}");
}

#[test]
fn gs() {
    let bucket = Repository::gs("bucket", "/a")
        .project_id("project")
        .application_credentials("/etc/key.json")
        .access_token("token");
    insta::assert_snapshot!(call(bucket), @r"
    restic --json --repo=gs:bucket:/a snapshots
    GOOGLE_ACCESS_TOKEN=token
    GOOGLE_APPLICATION_CREDENTIALS=/etc/key.json
    GOOGLE_PROJECT_ID=project
    ");
}

#[test]
fn swift() {
    let container = Repository::swift("container", "/a")
        .auth_url("https://login.example")
        .region_name("region")
        .user_name("alice")
        .user_id("1")
        .user_password("login")
        .user_domain_name("domain")
        .user_domain_id("2")
        .tenant_id("3")
        .tenant_name("tenant")
        .project_name("project")
        .project_domain_name("projects")
        .project_domain_id("4")
        .trust_id("5")
        .application_credential_id("6")
        .application_credential_name("application")
        .application_credential_secret("secret")
        .storage_url("https://storage.example")
        .auth_token("token")
        .container_policy("policy")
        .v1_auth_url("https://v1.example")
        .v1_user("bob")
        .v1_key("key")
        .password("of the repository");
    insta::assert_snapshot!(call(container), @r"
    restic --json --repo=swift:container:/a '--password-file={{secret}}' snapshots
    --password-file: of the repository
    OS_APPLICATION_CREDENTIAL_ID=6
    OS_APPLICATION_CREDENTIAL_NAME=application
    OS_APPLICATION_CREDENTIAL_SECRET=secret
    OS_AUTH_TOKEN=token
    OS_AUTH_URL=https://login.example
    OS_PASSWORD=login
    OS_PROJECT_DOMAIN_ID=4
    OS_PROJECT_DOMAIN_NAME=projects
    OS_PROJECT_NAME=project
    OS_REGION_NAME=region
    OS_STORAGE_URL=https://storage.example
    OS_TENANT_ID=3
    OS_TENANT_NAME=tenant
    OS_TRUST_ID=5
    OS_USERNAME=alice
    OS_USER_DOMAIN_ID=2
    OS_USER_DOMAIN_NAME=domain
    OS_USER_ID=1
    ST_AUTH=https://v1.example
    ST_KEY=key
    ST_USER=bob
    SWIFT_DEFAULT_CONTAINER_POLICY=policy
    ");
}

#[test]
fn rclone() {
    let remote = Repository::rclone("box", "a/b@c:d")
        .config_file("/etc/rclone.conf")
        .config_password("password")
        .remote_option("type", "sftp")
        .remote_option("key-file", "/etc/key");
    insta::assert_snapshot!(call(remote), @r"
    restic --json --repo=rclone:box:a/b@c:d snapshots
    RCLONE_CONFIG=/etc/rclone.conf
    RCLONE_CONFIG_BOX_KEY_FILE=/etc/key
    RCLONE_CONFIG_BOX_TYPE=sftp
    RCLONE_CONFIG_PASS=password
    ");
}

#[test]
fn any_other() {
    let other = Repository::new("new:place")
        .env("NEW_TOKEN", "token")
        .key_hint("ab");
    insta::assert_snapshot!(call(other), @r"
    restic --json --repo=new:place --key-hint=ab snapshots
    NEW_TOKEN=token
    ");
}

/// A client of a restic of this version that must not be started.
fn untouched(version: &str, own: impl Into<Repository>) -> Restic {
    Restic::builder()
        .executor(Scripted::executor([]))
        .restic_version(version)
        .repository(own)
        .build()
}

fn bucket(key: &str) -> Repository {
    let bucket = Repository::s3("s3.example", "bucket").secret_access_key(key);
    bucket.password("key").into()
}

#[test]
fn two_repositories_share_their_variables() {
    let check = |own: Repository, second: Repository| {
        let error = untouched("0.19.1", own)
            .run(Init::new().from(second))
            .unwrap_err();
        (error.kind(), format!("{error} {error:?}"))
    };
    let (kind, text) = check(bucket("planted-1"), bucket("planted-2"));
    assert_eq!(kind, ErrorKind::Usage);
    assert!(
        text.contains("AWS_SECRET_ACCESS_KEY has conflicting values"),
        "{text}"
    );
    assert!(!text.contains("planted"), "{text}");

    // What fits together gets as far as to the executor.
    let remote = |name| Repository::rclone(name, "a").remote_option("pass", name);
    for (own, second) in [
        (bucket("same"), bucket("same")),
        (
            bucket("one"),
            Repository::b2("bucket", "").account_key("two").into(),
        ),
        (remote("one").into(), remote("two").into()),
        (
            Repository::rest("http://host/")
                .login("alice", "one")
                .into(),
            Repository::rest("http://host/").login("bob", "two").into(),
        ),
    ] {
        assert_eq!(check(own, second).0, ErrorKind::NotRecorded);
    }

    let both = Restic::builder()
        .executor(Scripted::executor([]))
        .env("AWS_SECRET_ACCESS_KEY", "planted-1")
        .repository(bucket("planted-2"))
        .build();
    assert_eq!(
        both.run(Snapshots::new()).unwrap_err().kind(),
        ErrorKind::Usage
    );
}

#[test]
fn the_last_repository_counts() {
    let restic = Restic::builder()
        .repository(bucket("planted"))
        .repository("/srv/repo")
        .build();
    let shown = shown(&restic.invocation(&Snapshots::new()));
    assert!(!shown.contains("planted"), "{shown}");
}

#[test]
fn a_variable_that_an_old_restic_does_not_read_is_refused() {
    let container = || Repository::azure("container", "/").account_sas("planted");
    let error = untouched("0.11.0", container())
        .run(Snapshots::new())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(
        error.message(),
        "AZURE_ACCOUNT_SAS needs restic 0.14.0, this is 0.11.0"
    );
    let error = untouched("0.14.0", container())
        .run(Snapshots::new())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotRecorded);
    let role = Repository::s3("host", "bucket").assume_role_arn("arn");
    let init = Init::new().from(role);
    let error = untouched("0.16.5", "/srv/repo").run(init).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
