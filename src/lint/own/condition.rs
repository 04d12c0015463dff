//! Expressions of the Common Expression Language: the only file that names the crate that runs them.

use std::sync::{Arc, LazyLock};

use cel::common::ast::{CallExpr, EntryExpr, Expr, LiteralValue, SelectExpr, operators};
use cel::{Context, Env, ExecutionError, IdedExpr, Value};
use serde_json::Value as Json;

use super::Outcome;
use super::values::{OPEN, UNKNOWN, Values};

/// The longest expression that is compiled, in bytes. The parser is recursive, and nobody reads longer ones.
const LONGEST: usize = 4096;

/// Brackets within brackets that are compiled.
const DEEPEST: usize = 64;

/// Built once: the functions and operators of the language.
static LANGUAGE: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A compiled expression.
#[derive(Debug)]
pub struct Expression {
    expression: IdedExpr,
    /// What it reads: a variable, the fields below it, and whether all that lies below the last one counts.
    reads: Vec<Read>,
}

/// A chain of fields that an expression reads.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Read {
    variable: String,
    fields: Vec<String>,
    /// Whether it only asks if the last field is there.
    presence: bool,
}

impl Expression {
    /// Compiles an expression that may read `variables`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and the offset in it where that is known.
    pub fn compile(text: &str, variables: &[&str]) -> Result<Expression, (Option<usize>, String)> {
        if text.len() > LONGEST || nesting(text) > DEEPEST {
            return Err((None, "the expression is too long or too deeply nested to be compiled".to_owned()));
        }
        let mut expression = LANGUAGE.compile(text).map(|program| program.expression().clone()).map_err(|errors| {
            let Some(first) = errors.errors.first() else { return (None, "the expression cannot be read".to_owned()) };
            let (line, column) = first.pos;
            (offset(text, line, column), format!("the expression cannot be read: {}", first.msg.trim()))
        })?;
        let mut reads = Vec::new();
        collect(&expression, &mut Vec::new(), &mut reads);
        if let Some(read) = reads.iter().find(|read| !variables.contains(&read.variable.as_str())) {
            let known: Vec<String> = variables.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("there is no `{}` here, but {}", read.variable, known.join(", "));
            return Err((find_word(text, &read.variable), message));
        }
        guard_presence(&mut expression);
        Ok(Expression { expression, reads })
    }

    /// Computes it.
    pub fn evaluate(&self, values: &Values) -> Outcome {
        if !self.reads.iter().all(|read| is_certain(values, read)) {
            return Outcome::Unknown;
        }
        let mut context = Context::with_env(LANGUAGE.clone());
        for (name, value) in values {
            if let Err(reason) = context.add_variable(*name, value) {
                return Outcome::Failed(reason.to_string());
            }
        }
        match context.resolve(&self.expression) {
            Ok(Value::Bool(truth)) => Outcome::Truth(truth),
            Ok(Value::String(text)) => Outcome::Text(text.to_string()),
            Ok(value) => match value.json() {
                Ok(json) => Outcome::Text(json.to_string()),
                Err(_) => Outcome::Failed("the value cannot be written as text".to_owned()),
            },
            Err(ExecutionError::NoSuchKey(_)) => Outcome::Unknown,
            Err(reason) => Outcome::Failed(reason.to_string()),
        }
    }
}

/// Whether everything that `read` reads is known: each mapping on the way is closed or has the key, and nothing below
/// the end is unknown.
fn is_certain(values: &Values, read: &Read) -> bool {
    let Some(mut value) = values.get(read.variable.as_str()) else { return true };
    for (place, field) in read.fields.iter().enumerate() {
        let Json::Object(fields) = value else { return true };
        if fields.contains_key(UNKNOWN) {
            return false;
        }
        match fields.get(field) {
            None => return !fields.contains_key(OPEN),
            Some(_) if read.presence && place + 1 == read.fields.len() => return true,
            Some(inner) => value = inner,
        }
    }
    is_known(value)
}

fn is_known(value: &Json) -> bool {
    match value {
        Json::Object(fields) => {
            !fields.contains_key(UNKNOWN) && !fields.contains_key(OPEN) && fields.values().all(is_known)
        }
        Json::Array(items) => items.iter().all(is_known),
        _ => true,
    }
}

/// Where a name stands in an expression as a word of its own.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        !text[..*at].ends_with(|c: char| is_part(c) || c == '.') && !text[at + word.len()..].starts_with(is_part)
    })
}

fn nesting(text: &str) -> usize {
    let mut deepest = 0;
    let mut depth: usize = 0;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' | b'!' | b'?' | b'-' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The offset of a place that is given by line and column, both from 1.
fn offset(text: &str, line: isize, column: isize) -> Option<usize> {
    let line = usize::try_from(line).ok()?.checked_sub(1)?;
    let column = usize::try_from(column).ok()?.saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..)?;
    let inside = rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
    Some(start + inside)
}

/// Collects what an expression reads. `bound` are the variables of the macros around it.
fn collect(expression: &IdedExpr, bound: &mut Vec<String>, reads: &mut Vec<Read>) {
    if let Some(read) = chain(expression) {
        if !bound.contains(&read.variable) {
            reads.push(read);
        }
        return;
    }
    match &expression.expr {
        Expr::Call(call) => {
            call.target.iter().for_each(|target| collect(target, bound, reads));
            call.args.iter().for_each(|argument| collect(argument, bound, reads));
        }
        Expr::Select(select) => collect(&select.operand, bound, reads),
        Expr::List(list) => list.elements.iter().for_each(|element| collect(element, bound, reads)),
        Expr::Map(map) => {
            for entry in &map.entries {
                if let EntryExpr::MapEntry(entry) = &entry.expr {
                    collect(&entry.key, bound, reads);
                    collect(&entry.value, bound, reads);
                }
            }
        }
        Expr::Struct(fields) => {
            for entry in &fields.entries {
                if let EntryExpr::StructField(field) = &entry.expr {
                    collect(&field.value, bound, reads);
                }
            }
        }
        Expr::Comprehension(comprehension) => {
            collect(&comprehension.iter_range, bound, reads);
            collect(&comprehension.accu_init, bound, reads);
            let outer = bound.len();
            bound.push(comprehension.iter_var.clone());
            bound.extend(comprehension.iter_var2.clone());
            bound.push(comprehension.accu_var.clone());
            for inner in [&comprehension.loop_cond, &comprehension.loop_step, &comprehension.result] {
                collect(inner, bound, reads);
            }
            bound.truncate(outer);
        }
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
    }
}

/// Makes `has(a.b.c)` false where `a` has no `b`: by itself it is an error there, and nobody who asks whether a label is
/// there means that.
fn guard_presence(expression: &mut IdedExpr) {
    match &mut expression.expr {
        Expr::Select(select) => guard_presence(&mut select.operand),
        Expr::Call(call) => {
            call.target.iter_mut().for_each(|target| guard_presence(target));
            call.args.iter_mut().for_each(guard_presence);
        }
        Expr::List(list) => list.elements.iter_mut().for_each(guard_presence),
        Expr::Comprehension(inner) => {
            let inner = &mut **inner;
            for part in [&mut inner.iter_range, &mut inner.accu_init, &mut inner.loop_cond, &mut inner.loop_step] {
                guard_presence(part);
            }
            guard_presence(&mut inner.result);
        }
        Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
    }
    let Expr::Select(SelectExpr { operand, test: true, .. }) = &expression.expr else { return };
    let Expr::Select(holder @ SelectExpr { test: false, .. }) = &operand.expr else { return };
    let mut guard = IdedExpr { id: operand.id, expr: Expr::Select(SelectExpr { test: true, ..holder.clone() }) };
    guard_presence(&mut guard);
    let (id, own) = (expression.id, std::mem::take(expression));
    let both = CallExpr { func_name: operators::LOGICAL_AND.to_owned(), target: None, args: vec![guard, own] };
    *expression = IdedExpr { id, expr: Expr::Call(both) };
}

/// A variable and fields of it: `object.metadata.labels["app"]`.
fn chain(expression: &IdedExpr) -> Option<Read> {
    match &expression.expr {
        Expr::Ident(name) => Some(Read { variable: name.clone(), fields: Vec::new(), presence: false }),
        Expr::Select(select) => {
            let mut read = chain(&select.operand)?;
            read.fields.push(select.field.clone());
            read.presence = select.test;
            Some(read)
        }
        Expr::Call(call) if call.func_name == operators::INDEX && call.target.is_none() => {
            let [operand, index] = &call.args[..] else { return None };
            let Expr::Literal(LiteralValue::String(key)) = &index.expr else { return None };
            let mut read = chain(operand)?;
            read.fields.push(key.inner().to_owned());
            Some(read)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lint::own::values::of_yaml;
    use crate::syntax::yaml::{self, Profile};

    fn evaluate(expression: &str, yaml: &str) -> Outcome {
        let stream = yaml::parse(yaml);
        let root = stream.roots().next().expect("a document");
        let values = Values::from([("object", of_yaml(root, Profile::Kubernetes)), ("file", json!("a.yaml"))]);
        Expression::compile(expression, &["object", "file"]).expect("it compiles").evaluate(&values)
    }

    #[test]
    fn conditions_read_what_is_written() {
        let pod = "kind: Pod\nspec:\n  containers:\n  - {name: a, ports: [80]}\n  - {name: b}\nmetadata:\n  labels: {a.b/c: d}";
        for (expression, expected) in [
            ("object.kind == 'Pod' && file.endsWith('.yaml')", true),
            ("object.spec.containers.exists(c, c.name == 'b')", true),
            ("object.spec.containers.all(c, has(c.ports))", false),
            ("!has(object.spec.replicas)", true),
            ("has(object.spec.template.spec.paused)", false),
            ("has(object.status) && !has(object.status.phase)", false),
            ("object.spec.containers.exists(c, !has(c.resources.limits))", true),
            ("object.metadata.labels['a.b/c'] == 'd'", true),
            ("object.spec.containers[0].ports[0] > 79", true),
            ("object.kind.matches('^P.d$')", true),
        ] {
            assert_eq!(evaluate(expression, pod), Outcome::Truth(expected), "{expression}");
        }
        assert_eq!(evaluate("object.spec.replicas > 2", pod), Outcome::Unknown, "what is not there");
        assert_eq!(evaluate("object.kind", pod), Outcome::Text("Pod".to_owned()));
        assert!(matches!(evaluate("object.kind > 3", pod), Outcome::Failed(_)));
    }

    #[test]
    fn what_a_template_writes_is_not_judged() {
        let template =
            "kind: {{ .Kind }}\nspec:\n  replicas: 2\n  {{- toYaml .Values.more | nindent 2 }}\nmetadata:\n  name: a\n";
        for (expression, expected) in [
            ("object.kind == 'Pod'", Outcome::Unknown),
            ("has(object.kind)", Outcome::Truth(true)),
            ("!has(object.spec.paused)", Outcome::Unknown),
            ("object.spec.replicas == 2", Outcome::Truth(true)),
            ("size(object.spec) == 1", Outcome::Unknown),
            ("!has(object.metadata.labels)", Outcome::Truth(true)),
            ("object.metadata.exists(k, k == 'labels')", Outcome::Truth(false)),
            ("object.exists(k, object[k] == 'x')", Outcome::Unknown),
        ] {
            assert_eq!(evaluate(expression, template), expected, "{expression}");
        }
    }

    #[test]
    fn an_expression_that_is_wrong_is_refused_where_it_is() {
        let error = |text: &str| Expression::compile(text, &["image"]).expect_err("it is wrong");
        assert_eq!(error("image.tag == imag.tag").0, Some(13));
        assert!(error("image.tag ==").1.starts_with("the expression cannot be read"));
        let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
        assert_eq!(error(&deep).0, None);
        assert_eq!(error(&"!".repeat(4000)).0, None);
        assert_eq!(error(&format!("image{}", " + 1".repeat(2000))).0, None);
    }

    #[test]
    fn an_alias_bomb_is_unknown() {
        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        for level in 1..40 {
            bomb.push_str(&format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1));
        }
        assert_eq!(evaluate("size(object.a39) == 2", &bomb), Outcome::Unknown);
        assert_eq!(evaluate("size(object.a0) == 2", &bomb), Outcome::Truth(true));
    }
}
