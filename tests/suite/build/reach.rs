//! What lies outside of the root of a step: what the worker has open, and the program that it was started from.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rlint::build::exec::request::Response;
use rlint::build::exec::{Way, Worker};

use super::support::{in_each_way, step};

#[test]
fn no_folder_of_a_step_is_one_that_the_worker_has_open() {
    in_each_way("build::reach::no_folder_of_a_step_is_one_that_the_worker_has_open", |bench| {
        let links =
            bench.run(step("ln -s /proc/self/fd /open; ln -s /proc/1/root /up; ln -s /etc /good; ln -s /bin/sh /file"));
        links.good();
        let enter = |bench: &mut super::support::Bench, directory: &str| {
            let mut step = step("pwd -P; ls /proc/self/fd");
            step.lowers.push(links.layer.clone());
            step.directory = directory.to_owned();
            bench.run(step)
        };
        let numbers = (0..40).flat_map(|number| [format!("/proc/self/fd/{number}"), format!("/open/{number}/..")]);
        for directory in numbers.chain(["/up", "/proc/self/cwd", "/file", "/file/x"].map(str::to_owned)) {
            let ran = enter(bench, &directory);
            assert!(matches!(ran.response, Response::Invalid { .. }), "`{directory}`: {ran:?}");
        }
        assert_eq!(enter(bench, "/good/made/here/").good(), "/etc/made/here\n0\n1\n2\n3\n");
        assert_eq!(enter(bench, "/../good/../etc/.").good(), "/etc\n0\n1\n2\n3\n");
    });
}

#[test]
fn names_of_users_come_from_no_open_file() {
    in_each_way("build::reach::names_of_users_come_from_no_open_file", |bench| {
        let links = bench.run(step("rm /etc/passwd; ln -s /proc/self/maps /etc/passwd"));
        links.good();
        let mut step = step("echo ~");
        step.lowers.push(links.layer.clone());
        // A link that cannot be followed is a file that is not there.
        assert_eq!(bench.run(step.clone()).good(), "/\n");
        step.user = "app".to_owned();
        assert!(matches!(bench.run(step).response, Response::Invalid { .. }));
    });
}

#[test]
fn a_program_that_the_user_can_change_is_started_from_a_copy() {
    in_each_way("build::reach::a_program_that_the_user_can_change_is_started_from_a_copy", |bench| {
        let folder = tempfile::tempdir().unwrap();
        let mut options = bench.options();
        let own = folder.path().join("rlint");
        fs::copy(&options.program, &own).unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
        options.program = own.clone();
        options.store = folder.path().join("store");
        let worker = Worker::start(&options).unwrap();
        let started = fs::read_link(format!("/proc/{}/exe", worker.id())).unwrap();
        if matches!(bench.way, Way::Root { .. }) {
            // Nothing belongs to the ids of steps.
            assert_eq!(started, own);
        } else {
            assert!(started.to_string_lossy().starts_with("/memfd:rlint"), "{}", started.display());
            assert!(fs::File::options().write(true).open(format!("/proc/{}/exe", worker.id())).is_err());
            assert_eq!(fs::read(format!("/proc/{}/exe", worker.id())).unwrap(), fs::read(&own).unwrap());
        }
    });
}
