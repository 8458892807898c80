//! Keys.

use restic_cli_wrap::commands::*;

use super::{client, line};

#[test]
fn key_add() {
    let command = KeyAdd::password_file("/etc/new").host("srv1").user("bob");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json key add
    --new-password-file=/etc/new
    --host=srv1
    --user=bob
    ");
    insta::assert_snapshot!(line(KeyAdd::new("hunter2")), @r"
    restic
    --json key add
    '--new-password-file={{secret}}'
    ");
    insta::assert_snapshot!(line(KeyAdd::no_password()), @r"
    restic
    --json key add
    --new-insecure-no-password
    ");
}

#[test]
fn key_passwd() {
    let command = KeyPasswd::password_file("/etc/new")
        .host("srv1")
        .user("bob");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json key passwd
    --new-password-file=/etc/new
    --host=srv1
    --user=bob
    ");
    insta::assert_snapshot!(line(KeyPasswd::new("hunter2")), @r"
    restic
    --json key passwd
    '--new-password-file={{secret}}'
    ");
    insta::assert_snapshot!(line(KeyPasswd::no_password()), @r"
    restic
    --json key passwd
    --new-insecure-no-password
    ");
}

#[test]
fn key_list_and_remove() {
    insta::assert_snapshot!(line(KeyList::new()), @r"
    restic
    --json key list
    ");
    insta::assert_snapshot!(line(KeyRemove::new("-951d1eca")), @r"
    restic
    --json key remove
    -- -951d1eca
    ");
}

#[test]
fn a_new_password_is_in_no_text() {
    for command in [KeyAdd::new("hunter2"), KeyAdd::new(String::from("hunter2"))] {
        let invocation = client("0.19.1").build().invocation(&command);
        let text = format!("{command:?} {invocation} {invocation:?}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    let text = format!("{:?}", KeyPasswd::new("hunter2"));
    assert!(!text.contains("hunter2"), "{text}");
}
