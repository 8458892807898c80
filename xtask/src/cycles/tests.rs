use super::graph::cycles;
use super::modules::Modules;
use super::tokens::{self, Token};

/// The cycles among these modules, as the names of those that use the next one.
fn check(modules: &[(&str, &str)], expected: &[&[&str]]) {
    let mut all = Modules::default();
    for (path, text) in modules {
        all.add(text, path);
    }
    let found = cycles(&all.uses());
    let found: Vec<Vec<&str>> = found
        .iter()
        .map(|cycle| cycle.iter().map(|step| step.user.as_str()).collect())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn one_direction_is_no_cycle() {
    let a = "use crate::b::{Thing, c::Other as Another};\nuse std::fmt;\nfn f() {}";
    check(
        &[
            ("", "mod a;\nmod b;\npub use a::f;"),
            ("a", a),
            ("b", "mod c;\npub struct Thing;\npub use c::Other;"),
            ("b::c", "pub struct Other;"),
        ],
        &[],
    );
}

#[test]
fn a_cycle_of_imports_is_found() {
    let (a, b) = (
        "use crate::b::Thing;",
        "use crate::c::f;\npub struct Thing;",
    );
    let c = "use super::a;\npub fn f() { a::g() }";
    check(
        &[("", ""), ("a", a), ("b", b), ("c", c)],
        &[&["a", "b", "c"]],
    );
}

#[test]
fn a_cycle_of_paths_is_found() {
    let a = "fn f() -> crate::b::Thing { <Vec<_>>::new() }";
    let b = "pub struct Thing;\nimpl Thing { fn g() { super::a::f() } }";
    check(&[("a", a), ("b", b)], &[&["a", "b"]]);
}

#[test]
fn a_cycle_over_the_root_is_found() {
    let root = "mod error;\nmod client;\npub use client::Client;\npub use error::*;";
    let client = "use crate::{Error, Client as Me};\npub struct Client;";
    let error = "pub struct Error(crate::Client);";
    check(
        &[("", root), ("client", client), ("error", error)],
        &[&["client", "error"]],
    );
}

#[test]
fn an_item_of_the_root_itself_is_a_use_of_it() {
    let root = "mod a;\npub struct Thing;\nfn main() { a::f() }";
    check(&[("", root), ("a", "use crate::Thing;")], &[&["", "a"]]);
    let dispatch = "mod a;\nmod b;\nfn main() { a::f(); b::f() }";
    check(&[("", dispatch), ("a", "use crate::b;"), ("b", "")], &[]);
}

#[test]
fn a_child_and_its_parent_do_not_use_each_other() {
    let child = "use super::Limit;\npub struct Part;";
    let passes_on = "mod part;\npub use part::Part;\npub struct Limit;";
    check(&[("a", passes_on), ("a::part", child)], &[]);
    let uses_it = format!("{passes_on}\nfn f() -> Part {{ Part }}");
    check(&[("a", &uses_it), ("a::part", child)], &[&["a", "a::part"]]);
}

#[test]
fn inline_modules_are_parts_of_their_files() {
    let a = "mod inner { use super::super::b::Thing; use super::Own; }\nstruct Own;";
    check(&[("a", a), ("b", "pub struct Thing;")], &[]);
    let b = "pub struct Thing(crate::a::Own);";
    check(&[("a", a), ("b", b)], &[&["a", "b"]]);
}

#[test]
fn tests_comments_and_texts_use_nothing() {
    let a = "use crate::b::Thing;\npub struct A;";
    for b in [
        "#[cfg(test)]\nmod tests { use crate::a::A; }\npub struct Thing;",
        "#[cfg(test)]\n#[path = \"x\"]\nmod tests;\npub struct Thing;",
        "/// [`crate::a::A`]\npub struct Thing; // crate::a::A\n/* crate::a::A /* */ crate::a::A */",
        "pub struct Thing; const C: &str = \"\\\"crate::a::A\"; const D: &str = r#\"\"crate::a::A\"#;",
        "pub struct Thing<'a>(&'a str); const Q: [char; 3] = ['\"', '\\'', '\\u{22}'];",
    ] {
        check(&[("a", a), ("b", b)], &[]);
    }
    let b = "const Q: char = '\"';\nuse crate::a::A;\npub struct Thing;";
    check(&[("a", a), ("b", b)], &[&["a", "b"]]);
}

#[test]
fn macros_use_what_they_write() {
    let a = "use crate::b::setters;\npub struct A;";
    let b = "macro_rules! setters { () => { $crate::a::A } }\npub(crate) use setters;";
    check(&[("a", a), ("b", b)], &[&["a", "b"]]);
}

#[test]
fn each_group_is_reported_once() {
    let pair = |other: &str| format!("use crate::{other}::X as Y;\npub struct X;");
    check(
        &[
            ("a", &pair("b")),
            ("b", &pair("a")),
            ("c", &pair("d")),
            ("d", &(pair("c") + "use crate::a::X as Z;")),
        ],
        &[&["a", "b"], &["c", "d"]],
    );
}

#[test]
fn lifetimes_are_neither_characters_nor_items() {
    let names: Vec<_> = tokens::read("fn f<'a>(x: &'static Str, y: 'b) -> 'c'")
        .iter()
        .filter_map(Token::name)
        .map(str::to_owned)
        .collect();
    assert_eq!(names, ["fn", "f", "x", "Str", "y"]);
}
