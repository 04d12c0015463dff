//! What steps change, as a layer and applied again, is the same tree: over scripts made by chance, in each way of being
//! root.

use rlint::build::exec::request::{LayerName, Request, Response};
use rlint::build::tree::difference::differences;
use rlint::build::tree::{Entry, read_listing};

use super::support::{Bench, in_each_way, layer, step};

/// Numbers by chance: splitmix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }

    fn path(&mut self) -> String {
        const NAMES: [&str; 6] = ["a", "b", "etc", "a b", "ü", ".c"];
        (0..=self.below(3)).map(|_| format!("/{}", NAMES[self.below(NAMES.len())])).collect()
    }
}

/// A script of things that steps do; what cannot be done is left.
fn script(chance: &mut Chance, has_ids: bool) -> String {
    let mut lines = vec!["umask 022".to_owned()];
    for _ in 0..30 {
        let (one, two) = (chance.path(), chance.path());
        let line = match chance.below(11) {
            0 | 1 => format!("mkdir -p '{one}'"),
            2 => format!("rm -rf '{one}'"),
            // Who writes to a pipe waits for a reader.
            3 | 4 => format!("test -p '{one}' || echo '{two}' > '{one}'"),
            5 => format!("ln '{one}' '{two}'"),
            6 => format!("ln -sfn '{one}' '{two}'"),
            7 => format!("mkfifo '{one}'"),
            8 => format!("chmod {} '{one}'", ["700", "4755", "1777", "2755", "644"][chance.below(5)]),
            9 if has_ids => format!("chown -h {}:50 '{one}'", chance.below(2000)),
            9 => format!("touch -d '2020-01-01 00:00:00' '{one}'"),
            _ => format!("mv '{one}' '{two}'"),
        };
        lines.push(format!("{{ {line}; }} 2> /dev/null || true"));
    }
    lines.join("\n")
}

fn listing(bench: &mut Bench, layers: &[LayerName]) -> Vec<Entry> {
    let (response, bytes) = bench.read(&Request::List { layers: layers.to_vec() });
    assert!(matches!(response, Response::Done(_)), "{response:?}");
    read_listing(bytes.as_slice()).unwrap()
}

#[test]
fn a_layer_applied_again_is_the_tree_that_the_step_made() {
    in_each_way("build::roundtrip::a_layer_applied_again_is_the_tree_that_the_step_made", |bench| {
        let has_ids = bench.way.has_ids();
        for seed in 0..12 {
            let mut chance = Chance(seed);
            let mut stack = vec![layer("base")];
            let mut copies = stack.clone();
            for round in 0..3 {
                let mut one = step(&script(&mut chance, has_ids));
                one.lowers.clone_from(&stack);
                let ran = bench.run(one);
                ran.good();
                let (response, archive) = bench.read(&Request::Pack { layer: ran.layer.clone() });
                assert!(matches!(response, Response::Done(_)), "seed {seed}: {response:?}");
                let copy = format!("copy-{seed}-{round}");
                let response = bench.unpack(&copy, &copies, &archive);
                assert!(matches!(response, Response::Done(_)), "seed {seed}: {response:?}");
                stack.push(ran.layer);
                copies.push(layer(&copy));
                let (made, applied) = (listing(bench, &stack), listing(bench, &copies));
                assert!(made.len() > 200, "the base is there: {}", made.len());
                let differences = differences(&made, &applied);
                assert!(differences.is_empty(), "seed {seed}, round {round}: {differences:#?}");
            }
        }
    });
}
