//! Words: BuildKit's tables, and generated ones.

use rlint::model::expand::{self, Environment, Expansion, Options};
use serde_json::{Value, json};

/// A word to expand.
pub(super) struct Word {
    word: String,
    escape: char,
    quotes: bool,
}

struct Variables<'a>(Vec<(&'a str, &'a str)>);

impl Environment for Variables<'_> {
    fn get(&self, name: &str) -> expand::Value<'_> {
        let found = self.0.iter().rev().find(|(own, _)| *own == name);
        found.map_or(expand::Value::Unset, |(_, value)| expand::Value::Known(value))
    }
}

const ENVIRONMENT: [&str; 6] = ["a=plain", "b=a.b.c/d.e", "c=", "d= two  words ", "e=x*y?z\\w", "f=ünï\ncode"];

/// Holds our expansion against a table of BuildKit; the number of its cases.
pub(super) fn check_table(table: &Value, of: impl Fn(&Expansion) -> Option<Vec<String>>) -> usize {
    let cases = table.as_array().expect("a list of cases");
    for case in cases {
        let word = case["word"].as_str().expect("a word");
        let env: Vec<&str> = strings(&case["env"]);
        let result = expand::expand(word, &variables(&env), Options::default());
        let line = &case["line"];
        if case["error"] == true {
            assert!(result.is_err(), "line {line}: {word} is an error, we get {result:?}");
            continue;
        }
        assert!(result.is_ok(), "line {line}: {word}: {result:?}");
        let expansion = result.expect("just checked");
        let expected: Vec<String> = strings(&case["expected"]).into_iter().map(str::to_owned).collect();
        assert_eq!(of(&expansion), Some(expected), "line {line}: {word}");
    }
    cases.len()
}

/// Words put together at random from what is special, the same ones each time: most of them legal.
pub(super) fn generate(count: usize) -> Vec<Word> {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let word = |index: usize| {
        let mut word = String::new();
        (0..1 + random.below(5)).for_each(|_| add_part(&mut word, &mut random, 0));
        Word { word, escape: if index.is_multiple_of(5) { '`' } else { '\\' }, quotes: !index.is_multiple_of(7) }
    };
    (0..count).map(word).collect()
}

fn add_part(word: &mut String, random: &mut Random, depth: usize) {
    const PLAIN: [&str; 22] = [
        "$a", "$b", "${c}", "${d}", "$e", "$none", "$0", "x", "a.", "ü", "*", "?", ".", "/", " ", "<< ", "\\\\", "\\$",
        "`", "'a b'", "\"", "}",
    ];
    const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "none"];
    const MODIFIERS: [&str; 12] = [":-", "-", ":+", "+", ":?", "?", "#", "##", "%", "%%", "/", "//"];
    if depth == 3 || random.below(2) == 0 {
        // A lone quote or brace only now and then: most of the words they are in are refused.
        let known = if random.below(12) == 0 { PLAIN.len() } else { PLAIN.len() - 2 };
        word.push_str(PLAIN[random.below(known)]);
        return;
    }
    if random.below(4) == 0 {
        word.push('"');
        add_part(word, random, depth + 1);
        word.push('"');
        return;
    }
    let modifier = MODIFIERS[random.below(MODIFIERS.len())];
    word.push_str("${");
    word.push_str(NAMES[random.below(NAMES.len())]);
    word.push_str(modifier);
    (0..random.below(3)).for_each(|_| add_part(word, random, depth + 1));
    if modifier.starts_with('/') {
        word.push('/');
        (0..random.below(3)).for_each(|_| add_part(word, random, depth + 1));
    }
    word.push('}');
}

/// Xorshift: enough to choose among parts.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

pub(super) fn request(word: &Word) -> Value {
    json!({ "kind": "expand", "word": word.word, "env": ENVIRONMENT, "escape": word.escape, "quotes": word.quotes })
}

/// Holds our expansion against BuildKit's answer.
pub(super) fn check(word: &Word, answer: &Value) {
    let options = Options { escape: word.escape, quotes: word.quotes };
    let result = expand::expand(&word.word, &variables(&ENVIRONMENT), options);
    let Some(value) = answer["value"].as_str() else {
        assert!(result.is_err(), "{:?} is refused ({}), we get {result:?}", word.word, answer["error"]);
        return;
    };
    assert!(result.is_ok(), "{:?} gives {value:?}, we refuse it: {result:?}", word.word);
    let expansion = result.expect("just checked");
    assert_eq!(expansion.value.as_deref(), Some(value), "{:?}", word.word);
    let words = expansion.words.expect("known as the value is");
    assert_eq!(words, strings(&answer["words"]), "{:?} in words", word.word);
    for (set, name) in [(true, "matched"), (false, "unmatched")] {
        let mut names: Vec<&str> =
            expansion.uses.iter().filter(|used| used.set == Some(set)).map(|used| used.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names, strings(&answer[name]), "{:?}: {name}", word.word);
    }
}

fn variables<'a>(env: &[&'a str]) -> Variables<'a> {
    Variables(env.iter().filter_map(|pair| pair.split_once('=')).collect())
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}
