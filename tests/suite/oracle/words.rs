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
        let expansion = result.unwrap_or_else(|error| panic!("line {line}: {word}: {error}"));
        let expected: Vec<String> = strings(&case["expected"]).into_iter().map(str::to_owned).collect();
        assert_eq!(of(&expansion), Some(expected), "line {line}: {word}");
    }
    cases.len()
}

/// Words put together at random from what is special, the same ones each time.
pub(super) fn generate(count: usize) -> Vec<Word> {
    const PARTS: [&str; 40] = [
        "$a", "$b", "${a}", "${b}", "${c}", "${d}", "$none", "${none}", "${a:-", "${none:-", "${c:-", "${c-", "${a:+",
        "${a+", "${none:?", "${a?", "${b#", "${b##", "${b%", "${b%%", "${e#", "${b/", "${b//", "${f/", "}", "}", "}",
        "/", "*", "?", ".", "\\", "`", "\"", "'", " ", "<<", "x", "ü", "$0",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit as u64) as usize
    };
    let mut word = |index: usize| Word {
        word: (0..1 + next(8)).map(|_| PARTS[next(PARTS.len())]).collect(),
        escape: if index % 5 == 0 { '`' } else { '\\' },
        quotes: index % 7 != 0,
    };
    (0..count).map(&mut word).collect()
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
    let expansion = result.unwrap_or_else(|error| panic!("{:?} gives {value:?}, we refuse it: {error}", word.word));
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
