//! Just enough of Rust's syntax: names and punctuation, without comments and literals.

use std::iter::Peekable;
use std::str::Chars;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Name(String),
    /// `::`
    Path,
    Punctuation(char),
}

impl Token {
    pub(super) fn is(&self, punctuation: char) -> bool {
        *self == Self::Punctuation(punctuation)
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        self.name() == Some(name)
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }
}

pub(super) fn read(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.next_if_eq(&'/').is_some() => skip_line(&mut rest),
            '/' if rest.next_if_eq(&'*').is_some() => skip_comment(&mut rest),
            '"' => skip_text(&mut rest),
            '\'' => skip_quote(&mut rest),
            ':' if rest.next_if_eq(&':').is_some() => tokens.push(Token::Path),
            c if is_part_of_name(c) => {
                let mut name = String::from(c);
                while let Some(c) = rest.next_if(|c| is_part_of_name(*c)) {
                    name.push(c);
                }
                let hashes = matches!(name.as_str(), "r" | "br" | "cr");
                match rest.peek() {
                    Some('"') if hashes => skip_raw(&mut rest),
                    Some('#') if hashes => skip_raw(&mut rest),
                    _ => tokens.push(Token::Name(name)),
                }
            }
            c if c.is_whitespace() => {}
            c => tokens.push(Token::Punctuation(c)),
        }
    }
    tokens
}

fn is_part_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn skip_line(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|c| *c != '\n').is_some() {}
}

fn skip_comment(rest: &mut Peekable<Chars<'_>>) {
    let mut depth = 1;
    while depth > 0
        && let Some(c) = rest.next()
    {
        if c == '*' && rest.next_if_eq(&'/').is_some() {
            depth -= 1;
        } else if c == '/' && rest.next_if_eq(&'*').is_some() {
            depth += 1;
        }
    }
}

fn skip_text(rest: &mut Peekable<Chars<'_>>) {
    while let Some(c) = rest.next() {
        match c {
            '\\' => drop(rest.next()),
            '"' => return,
            _ => {}
        }
    }
}

/// What follows the `r` of a raw text.
fn skip_raw(rest: &mut Peekable<Chars<'_>>) {
    let mut hashes = 0;
    while rest.next_if_eq(&'#').is_some() {
        hashes += 1;
    }
    if rest.next_if_eq(&'"').is_none() {
        // A raw name, which is one of Rust's own words: no module is called so.
        return;
    }
    while let Some(c) = rest.next() {
        if c == '"' && (0..hashes).all(|_| rest.next_if_eq(&'#').is_some()) {
            return;
        }
    }
}

/// A character, or a lifetime, which is no name here: `'static` is no item.
fn skip_quote(rest: &mut Peekable<Chars<'_>>) {
    if rest.next_if_eq(&'\\').is_some() {
        rest.next();
        while rest.next_if(|c| *c != '\'').is_some() {}
        rest.next();
        return;
    }
    let mut ahead = rest.clone();
    if ahead.next().is_some() && ahead.next() == Some('\'') {
        rest.next();
        rest.next();
        return;
    }
    while rest.next_if(|c| is_part_of_name(*c)).is_some() {}
}
