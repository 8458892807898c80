//! Which modules a crate has, and which uses which.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use super::graph::Use;
use super::tokens::{self, Token};

/// The modules of a crate by their paths, such as `repository::flags`; the root has none.
#[derive(Debug, Default)]
pub(super) struct Modules(BTreeMap<String, Module>);

#[derive(Debug, Default)]
struct Module {
    /// The module of the file that this is in: itself, unless it is written inline.
    file: String,
    items: Vec<String>,
    imports: Vec<Import>,
    /// Paths in the code, such as `super::flags::OWN`.
    paths: Vec<Vec<String>>,
    /// All names in the code.
    names: Vec<String>,
}

#[derive(Debug)]
struct Import {
    path: Vec<String>,
    /// What it is called here; `*` for everything.
    name: String,
    is_passed_on: bool,
}

impl Modules {
    /// Reads a crate from its `src`.
    pub(super) fn read(source: &Path) -> io::Result<Self> {
        let mut modules = Self::default();
        for root in ["lib.rs", "main.rs"].map(|name| source.join(name)) {
            if root.is_file() {
                modules.add_file(&root, source, String::new())?;
            }
        }
        Ok(modules)
    }

    fn add_file(&mut self, file: &Path, directory: &Path, path: String) -> io::Result<()> {
        for child in self.add(&fs::read_to_string(file)?, &path) {
            let (beside, within) = (
                directory.join(&child),
                directory.join(format!("{child}.rs")),
            );
            let file = [within, beside.join("mod.rs")].into_iter();
            if let Some(file) = file.into_iter().find(|file| file.is_file()) {
                self.add_file(&file, &beside, join(&path, &child))?;
            }
        }
        Ok(())
    }

    /// Adds the text of one file; gives the modules that it declares.
    pub(super) fn add(&mut self, text: &str, path: &str) -> Vec<String> {
        let tokens = without_tests(&tokens::read(text));
        self.add_tokens(&tokens, path, path)
    }

    fn add_tokens(&mut self, tokens: &[Token], path: &str, file: &str) -> Vec<String> {
        let mut module = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        let mut declared = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            at = match &tokens[at..] {
                [word, Token::Name(name), end, ..] if word.is_name("mod") && end.is(';') => {
                    declared.push(name.clone());
                    at + 3
                }
                [word, Token::Name(name), begin, ..] if word.is_name("mod") && begin.is('{') => {
                    let end = block_end(tokens, at + 2);
                    self.add_tokens(&tokens[at + 3..end], &join(path, name), file);
                    end + 1
                }
                [word, ..] if word.is_name("use") => {
                    let end = statement_end(tokens, at);
                    let is_passed_on = at > 0 && ends_visibility(&tokens[..at]);
                    let mut tree = &tokens[at + 1..end];
                    imports(&mut tree, &[], is_passed_on, &mut module.imports);
                    end + 1
                }
                _ => module.take_code(tokens, at),
            };
        }
        self.0.insert(path.to_owned(), module);
        declared
    }

    /// All uses of a module by another one.
    pub(super) fn uses(&self) -> Vec<Use> {
        let mut uses = Vec::new();
        for (path, module) in &self.0 {
            let named = module.imports.iter().filter(|import| module.needs(import));
            let imported = named.map(|import| import.path.as_slice());
            let direct = module.paths.iter().map(Vec::as_slice);
            for by in imported.chain(direct) {
                let used = self.resolve(path, by, 0);
                let used = used.filter(|used| *used != module.file);
                uses.extend(used.map(|used| Use {
                    user: module.file.clone(),
                    used,
                    by: by.join("::"),
                }));
            }
        }
        uses
    }

    /// The file in which the item is that a path names. Nothing for a path that names a
    /// module as such, or something of another crate.
    fn resolve(&self, from: &str, path: &[String], depth: usize) -> Option<String> {
        // A circle of names that stand for each other has no end.
        if depth > 20 {
            return None;
        }
        let mut at = from.to_owned();
        let mut is_here = false;
        for (index, name) in path.iter().enumerate() {
            let child = join(&at, name);
            match name.as_str() {
                "crate" if index == 0 => at.clear(),
                "self" if index == 0 => {}
                "super" => at = at.rsplit_once("::").map_or("", |(at, _)| at).to_owned(),
                _ if self.0.contains_key(&child) => at = child,
                _ => {
                    let module = self.0.get(&at)?;
                    if module.items.contains(name) {
                        return Some(module.file.clone());
                    }
                    let rest = &path[index + 1..];
                    let import = module.imports.iter().find(|import| import.name == *name);
                    if let Some(import) = import {
                        let whole: Vec<_> = import.path.iter().chain(rest).cloned().collect();
                        return self.resolve(&at, &whole, depth + 1);
                    }
                    let found = self.imported(&at, name, depth);
                    return found.or_else(|| is_here.then(|| module.file.clone()));
                }
            }
            is_here = true;
        }
        None
    }

    /// What is known here by a `use` of everything.
    fn imported(&self, at: &str, name: &String, depth: usize) -> Option<String> {
        let module = self.0.get(at)?;
        let all = module.imports.iter().filter(|import| import.name == "*");
        let mut found = all.filter_map(|import| {
            let (_, place) = import.path.split_last()?;
            let whole: Vec<_> = place.iter().chain([name]).cloned().collect();
            let file = self.resolve(at, &whole, depth + 1)?;
            let is_there = self.0.get(&file)?.items.contains(name);
            is_there.then_some(file)
        });
        found.next()
    }
}

impl Module {
    /// Reads a path, an item or a single token; gives the place behind it.
    fn take_code(&mut self, tokens: &[Token], at: usize) -> usize {
        const ITEMS: [&str; 9] = [
            "fn",
            "struct",
            "enum",
            "trait",
            "type",
            "const",
            "static",
            "union",
            "macro_rules",
        ];
        let Some(name) = tokens[at].name() else {
            return at + 1;
        };
        if ITEMS.contains(&name) {
            let mut next = tokens[at + 1..].iter().take(2).filter_map(Token::name);
            self.items.extend(next.next().map(str::to_owned));
        }
        let mut path = vec![name.to_owned()];
        let mut end = at + 1;
        while let [Token::Path, Token::Name(name), ..] = &tokens[end..] {
            path.push(name.clone());
            end += 2;
        }
        self.names.push(path[0].clone());
        if path.len() > 1 {
            self.paths.push(path);
        }
        end
    }

    /// Whether the code uses an import, and does not only pass it on.
    fn needs(&self, import: &Import) -> bool {
        !import.is_passed_on || self.names.contains(&import.name)
    }
}

/// The imports of one `use`, whose tree is what is left of `tokens`.
fn imports(tokens: &mut &[Token], prefix: &[String], is_passed_on: bool, found: &mut Vec<Import>) {
    let mut path = prefix.to_vec();
    let mut add = |path: &[String], name: &str| {
        found.push(Import {
            path: path.to_vec(),
            name: name.to_owned(),
            is_passed_on,
        });
    };
    while let [first, rest @ ..] = *tokens {
        *tokens = rest;
        match first {
            Token::Name(word) if word == "as" => {
                let [Token::Name(name), rest @ ..] = *tokens else {
                    return;
                };
                *tokens = rest;
                add(&path, name);
                return;
            }
            Token::Name(word) if word == "self" && !path.is_empty() => {}
            Token::Name(word) => path.push(word.clone()),
            Token::Path => {}
            star if star.is('*') => path.push("*".into()),
            begin if begin.is('{') => {
                while let Some(next) = tokens.first().filter(|next| !next.is('}')) {
                    if next.is(',') {
                        *tokens = &tokens[1..];
                    }
                    imports(tokens, &path, is_passed_on, found);
                }
                *tokens = tokens.get(1..).unwrap_or_default();
                return;
            }
            _ => {}
        }
        let is_end = tokens
            .first()
            .is_none_or(|next| next.is(',') || next.is('}'));
        if is_end {
            let name = path.last().cloned().unwrap_or_default();
            if !name.is_empty() {
                found.push(Import {
                    path: path.clone(),
                    name,
                    is_passed_on,
                });
            }
            return;
        }
    }
}

/// The tokens without what is there for tests only.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let test = ["cfg", "(", "test", ")"].map(|text| match text {
        "(" | ")" => Token::Punctuation(if text == "(" { '(' } else { ')' }),
        name => Token::Name(name.into()),
    });
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_test = tokens[at].is('#')
            && tokens.get(at + 1).is_some_and(|next| next.is('['))
            && tokens[at + 2..].starts_with(&test);
        if is_test {
            at = item_end(tokens, at + 2 + test.len() + 1);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// The place behind the item that begins here.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    while at < tokens.len() && !tokens[at].is(';') && !tokens[at].is('{') {
        at += 1;
    }
    match tokens.get(at) {
        Some(begin) if begin.is('{') => block_end(tokens, at) + 1,
        _ => at + 1,
    }
}

/// Where the block ends that begins here.
fn block_end(tokens: &[Token], begin: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(begin) {
        if token.is('{') {
            depth += 1;
        } else if token.is('}') {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        }
    }
    tokens.len()
}

fn statement_end(tokens: &[Token], at: usize) -> usize {
    let rest = tokens[at..].iter().position(|token| token.is(';'));
    rest.map_or(tokens.len(), |length| at + length)
}

/// Whether the last of these is a `pub`, or a `pub(crate)`.
fn ends_visibility(before: &[Token]) -> bool {
    match before {
        [.., last] if last.is_name("pub") => true,
        [.., word, begin, _, end] => word.is_name("pub") && begin.is('(') && end.is(')'),
        _ => false,
    }
}

fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}::{name}"),
    }
}
