use super::*;

fn redactor() -> Redactor {
    let mut invocation = Invocation::new(["snapshots"])
        .argument(Argument::secret_file("--password-file", "p\"ss wörd&\n"))
        .argument(Argument::secret_file(
            "--repository-file",
            "rest:http://alice:s3cr3t%40%2Fp@host/alice",
        ));
    for (name, value) in [
        ("AWS_SECRET_ACCESS_KEY", "aws-secret"),
        ("HOME", "/home/alice"),
        ("PIN_KEY", "123"),
    ] {
        invocation.environment.insert(name.into(), value.into());
    }
    Redactor::of(&invocation)
}

/// Where a secret is kept is none, and an error without it says nothing.
#[test]
fn places_of_secrets_are_shown() {
    for (name, is_shown) in [
        ("GOOGLE_APPLICATION_CREDENTIALS", true),
        ("AWS_SHARED_CREDENTIALS_FILE", true),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", true),
        ("RESTIC_PASSWORD_FILE", true),
        ("RESTIC_PASSWORD_FILE2", true),
        ("RESTIC_FROM_PASSWORD_FILE", true),
        ("RESTIC_REPOSITORY_FILE", true),
        ("RESTIC_KEY_HINT", true),
        ("SSH_ASKPASS", true),
        ("PASSWORD_STORE_DIR", true),
        ("RESTIC_PASSWORD", false),
        ("RESTIC_PASSWORD2", false),
        ("RESTIC_FROM_PASSWORD_FILE", true),
        ("RESTIC_PASSWORD_COMMAND", true),
        ("RESTIC_PASSWORD_COMMAND2", true),
        ("RESTIC_FROM_PASSWORD_COMMAND", true),
        ("RESTIC_REPOSITORY_FILE2", true),
        ("RESTIC_FROM_REPOSITORY_FILE", true),
        ("RESTIC_CACERT", true),
        ("RESTIC_TLS_CLIENT_CERT", true),
        ("RESTIC_CACHE_DIR", true),
        ("AWS_CONFIG_FILE", true),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", true),
        ("AZURE_FEDERATED_TOKEN_FILE", true),
        ("AZURE_CLIENT_CERTIFICATE_PATH", true),
        ("RCLONE_CONFIG", true),
        ("RCLONE_PASSWORD_COMMAND", true),
        ("RCLONE_CONFIG_BOX_KEY_FILE", true),
        ("RCLONE_CONFIG_BOX_PASS", false),
        ("RCLONE_CONFIG_BOX_KEY_FILE_PASS", false),
        ("RCLONE_CONFIG_BOX_KEY_PEM", false),
        ("RCLONE_CONFIG_PASS", false),
        ("RCLONE_CONFIG_BOX_SERVICE_ACCOUNT_FILE", true),
        ("RCLONE_CONFIG_BOX_SERVICE_ACCOUNT_CREDENTIALS", false),
        ("OS_PASSWORD", false),
        ("B2_ACCOUNT_KEY", false),
        ("OS_APPLICATION_CREDENTIAL_SECRET", false),
        ("AWS_SECRET_ACCESS_KEY", false),
        ("AZURE_ACCOUNT_SAS", false),
    ] {
        let mut invocation = Invocation::default();
        let value = "/etc/restic/place-of-it";
        invocation.environment.insert(name.into(), value.into());
        let text = format!("open {value}: no such file or directory");
        let redactor = Redactor::of(&invocation);
        assert_eq!(redactor.redact(&text) == text, is_shown, "{name}");
    }
}

#[test]
fn passwords_in_variables_with_locations_are_masked() {
    for (name, is_masked) in [
        ("RESTIC_REPOSITORY", true),
        ("RESTIC_REPOSITORY2", true),
        ("RESTIC_FROM_REPOSITORY", true),
        ("HTTPS_PROXY", true),
        ("http_proxy", true),
        ("RESTIC_REPOSITORY_FILE", false),
        ("RESTIC_FROM_REPOSITORY_FILE", false),
    ] {
        let mut invocation = Invocation::default();
        let value = "http://alice:of-location@host/";
        invocation.environment.insert(name.into(), value.into());
        let said = Redactor::of(&invocation)
            .redact("it is of-location")
            .into_owned();
        assert_eq!(said == "it is ***", is_masked, "{name}: {said}");
    }
}

/// A key that stands where its place is expected is one, and so are the arguments of a command.
#[test]
fn secrets_in_the_variables_of_places_are_masked() {
    for (name, value) in [
        (
            "GOOGLE_APPLICATION_CREDENTIALS",
            "{\"private_key\":\"abcdef\"}",
        ),
        (
            "RCLONE_CONFIG_BOX_KEY_FILE",
            "-----BEGIN KEY-----\nabcdef\n",
        ),
        ("RESTIC_PASSWORD_COMMAND", "echo abcdef"),
        ("RESTIC_FROM_PASSWORD_COMMAND", "echo\tabcdef"),
    ] {
        let mut invocation = Invocation::default();
        invocation.environment.insert(name.into(), value.into());
        let said = format!("open {value}: file name too long");
        let masked = Redactor::of(&invocation).redact(&said).into_owned();
        assert!(!masked.contains("abcdef"), "{name}: {masked}");
    }
}

#[test]
fn secrets_are_masked_in_every_form() {
    let forms = [
        "p\"ss wörd&",
        "p\\\"ss wörd&",
        "p\\\"ss wörd\\u0026",
        "p%22ss%20w%C3%B6rd%26",
        "p%22ss%20w%c3%b6rd%26",
        "%70%22%73%73%20%77%C3%B6%72%64%26",
        "s3cr3t%40%2Fp",
        "s3cr3t@/p",
        "s3cr3t%40%2fp",
        "aws-secret",
    ];
    let redactor = redactor();
    for form in forms {
        assert_eq!(redactor.redact(&format!("a {form} b")), "a *** b", "{form}");
    }
    assert!(!format!("{redactor:?}").contains("aws"));
}

/// Go's reader of URLs ends the host at a slash, also in a password that is not encoded.
#[test]
fn the_beginning_of_a_password_that_is_cut_is_masked() {
    for end in ["/", "?", "#"] {
        let location = format!("rest:http://alice:S3cr3tWord{end}anotherPart@bad host/");
        let invocation = Invocation::new(["snapshots"]).argument(Argument::secret_file(
            "--repository-file",
            location.as_str(),
        ));
        let redactor = Redactor::of(&invocation);
        let said = "parse \"http://alice:S3cr3tWord\": invalid port \":S3cr3tWord\" after host";
        assert_eq!(
            redactor.redact(said),
            "parse \"***\": invalid port \":***\" after host"
        );
        assert_eq!(
            redactor.redact("dial anotherPart@bad host"),
            "dial ***@bad host"
        );
        let whole = format!("parse {:?}: bad", &location[5..]);
        assert_eq!(redactor.redact(&whole), "parse \"***/\": bad");
    }
}

/// Too short to be looked for anywhere, such a part shows where it is taken from.
#[test]
fn what_go_says_of_a_few_letters_of_a_password_is_masked() {
    for (password, said) in [
        ("a1/restOfThePassword", "invalid port \":a1\" after host"),
        ("12/restOfThePassword", "dial tcp: address 12: invalid port"),
        ("x:a1/restOfThePassword", "invalid port \":a1\" after host"),
        ("restOf%zzThePassword", "invalid URL escape \"%zz\""),
        ("restOfThePassword%", "invalid URL escape \"%\""),
        (
            "restOf:ThePassword/x",
            "invalid port \":ThePassword\" after host",
        ),
        ("a@ThePassword/x", "lookup ThePassword: no such host"),
    ] {
        let location = format!("rest:http://alice:{password}@host/");
        let location = Argument::secret_file("--repository-file", location);
        let redactor = Redactor::of(&Invocation::new(["snapshots"]).argument(location));
        for said in [said.to_owned(), serde_json::to_string(said).unwrap()] {
            assert!(redactor.redact(&said).contains("***"), "{password}: {said}");
        }
    }
}

/// Go quotes what restic could not parse, restic writes that as JSON, and a helper may put
/// all of it into JSON once more.
#[test]
fn secrets_are_masked_however_often_they_are_quoted() {
    for secret in ["pa\"ss'wörd", "back\\slash\"quote", "pa<ss>&\"word"] {
        let invocation = Invocation::new(["snapshots"])
            .argument(Argument::secret_file("--password-file", secret));
        let redactor = Redactor::of(&invocation);
        let mut text = secret.to_owned();
        for depth in 0..6 {
            let line = format!("parse {text}: bad host");
            assert_eq!(
                redactor.redact(&line),
                "parse ***: bad host",
                "{depth} {line}"
            );
            let quoted = match depth % 2 {
                0 => serde_json::to_string(&text)
                    .unwrap()
                    .replace('&', "\\u0026"),
                _ => format!("{text:?}"),
            };
            text = quoted[1..quoted.len() - 1].to_owned();
        }
    }
}

#[test]
fn what_is_no_secret_is_not_touched() {
    for text in [
        "",
        "/home/alice",
        "http://host/alice",
        "123",
        "p%ss",
        "s3cr3",
    ] {
        assert!(matches!(redactor().redact(text), Cow::Borrowed(same) if same == text));
    }
}

/// Go leaves some of the reserved characters of a password as they are.
#[test]
fn secrets_are_masked_when_only_a_part_is_encoded() {
    let invocation = Invocation::new(["snapshots"])
        .argument(Argument::secret_file("--password-file", "pä$s@w\"😀r d"));
    let redactor = Redactor::of(&invocation);
    for form in [
        "p%C3%A4$s%40w%22%F0%9F%98%80r%20d",
        "p%c3%a4%24s@w%22😀r%20d",
        r#"p\u00e4$s@w\"\ud83d\ude00r d"#,
        r#"pä$s%40w\"%F0%9F%98%80r%20d"#,
        "pä$s@w\"😀r+d",
    ] {
        assert_eq!(
            redactor.redact(&format!("% \\ {form} b")),
            "% \\ *** b",
            "{form}"
        );
    }
}

#[test]
fn secrets_that_overlap_leave_nothing_of_each_other() {
    let mut invocation = Invocation::new(["snapshots"]);
    for (name, value) in [
        ("A_KEY", "abc123"),
        ("B_KEY", "123xyz"),
        ("C_KEY", "line1\nline2"),
    ] {
        invocation.environment.insert(name.into(), value.into());
    }
    let redactor = Redactor::of(&invocation);
    assert_eq!(redactor.redact("<abc123xyz>"), "<***>");
    assert_eq!(redactor.redact("<abc123>abc123"), "<***>***");
    assert_eq!(redactor.redact("<line2>"), "<***>");
}

fn of_password(password: &str) -> Redactor {
    let location = format!("rest:http://alice:{password}@host/");
    let invocation = Invocation::new(["snapshots"])
        .argument(Argument::secret_file("--password-file", password))
        .argument(Argument::secret_file(
            "--repository-file",
            location.as_str(),
        ));
    Redactor::of(&invocation)
}

/// A gap in a sentence that everybody knows would reveal what is missing.
#[test]
fn words_of_restic_are_masked_in_urls_only() {
    let redactor = of_password("password");
    let known = "Fatal: wrong password or no key found";
    assert_eq!(redactor.redact(known), known);
    assert_eq!(
        redactor.redact("parse \"http://bob:password@bad host/\": no password"),
        "parse \"http://bob:***@bad host/\": no password"
    );
}

#[test]
fn in_messages_what_restic_says_is_masked_and_data_is_not() {
    let redactor = of_password("hun\"ter2");
    let json =
        r#"{"message_type":"error","error":{"message":"no hun\"ter2\\"},"item":"/hun\"ter2"}"#;
    assert_eq!(
        redactor.redact_words(json),
        r#"{"message_type":"error","error":{"message":"no ***\\"},"item":"/hun\"ter2"}"#
    );
    assert_eq!(
        redactor.redact_json(json),
        r#"{"message_type":"error","error":{"message":"no ***\\"},"item":"/***"}"#
    );
    // Only strings are, whatever the secret is: what is left is JSON.
    let numbers = of_password("p12.5");
    let json = r#"{"message":"p12.5","p12.5":12.5}"#;
    assert_eq!(numbers.redact_json(json), r#"{"message":"***","***":12.5}"#);
    for torn in [r#"{"message":"hun\"ter2"#, r#"{"message":"hun\"ter2\"#] {
        assert!(
            redactor
                .redact_words(torn)
                .starts_with(r#"{"message":"***"#)
        );
    }
    for clean in ["", "\"", "{\"message\":\"x\"}", "{\"message\":\"\\"] {
        assert_eq!(redactor.redact_words(clean), clean);
    }
}

#[test]
fn passwords_are_found_in_locations_that_are_hardly_any() {
    let check = |location: &str, password: Option<&str>| {
        let found = password_of(location.as_bytes());
        assert_eq!(found, password.map(str::as_bytes), "{location}");
    };
    check(
        "rest:http://alice:pw with space@host/",
        Some("pw with space"),
    );
    check("rest:alice:pw@host", Some("pw"));
    check("sftp:alice:p:w@host", Some("p:w"));
    check("rest:http://alice@host/", None);
    check("/srv/repo", None);
}
