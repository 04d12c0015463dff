//! Which system calls a step can make: each is made by a program of a few bytes that ends with the number of its error.

#![cfg(target_arch = "x86_64")]

use rlint::build::exec::request::{Network, Response};

use super::support::{in_each_way, layer, step};

const PERMITTED: i32 = 0;
const EPERM: i32 = 1;
const ENOSYS: i32 = 38;
const ECONNREFUSED: i32 = 111;
/// What a shell says of a program that SIGSYS ended.
const KILLED: i32 = 128 + 31;

/// A call by its number in the table of the kernel for x86-64 (`arch/x86/entry/syscalls/syscall_64.tbl`), its arguments, and what
/// comes of it.
struct Call(&'static str, u64, [u64; 3], i32);

const CALLS: &[Call] = &[
    Call("getpid", 39, [0; 3], PERMITTED),
    Call("socket-unix", 41, [1, 1, 0], PERMITTED),
    Call("socket-vsock", 41, [40, 1, 0], EPERM),
    Call("socket-alg", 41, [38, 5, 0], EPERM),
    Call("socket-alg-high", 41, [1 << 32 | 38, 5, 0], EPERM),
    Call("keyctl", 250, [0; 3], EPERM),
    Call("add_key", 248, [0; 3], EPERM),
    Call("request_key", 249, [0; 3], EPERM),
    Call("bpf", 321, [0; 3], EPERM),
    Call("perf_event_open", 298, [0; 3], EPERM),
    Call("userfaultfd", 323, [0; 3], EPERM),
    Call("io_uring_setup", 425, [1, 0, 0], EPERM),
    Call("io_uring_enter", 426, [0; 3], EPERM),
    Call("io_uring_register", 427, [0; 3], EPERM),
    Call("mount", 165, [0; 3], EPERM),
    Call("umount2", 166, [0; 3], EPERM),
    Call("pivot_root", 155, [0; 3], EPERM),
    Call("open_tree", 428, [0; 3], EPERM),
    Call("move_mount", 429, [0; 3], EPERM),
    Call("fsopen", 430, [0; 3], EPERM),
    Call("fsconfig", 431, [0; 3], EPERM),
    Call("fsmount", 432, [0; 3], EPERM),
    Call("fspick", 433, [0; 3], EPERM),
    Call("mount_setattr", 442, [0; 3], EPERM),
    Call("setns", 308, [0; 3], EPERM),
    Call("unshare", 272, [0x1000_0000, 0, 0], EPERM),
    Call("clone-user-namespace", 56, [0x1000_0011, 0, 0], EPERM),
    Call("clone-network-namespace", 56, [0x4000_0011, 0, 0], EPERM),
    Call("clone3", 435, [0; 3], ENOSYS),
    Call("open_by_handle_at", 304, [0; 3], EPERM),
    Call("kexec_load", 246, [0; 3], EPERM),
    Call("kexec_file_load", 320, [0; 3], EPERM),
    Call("init_module", 175, [0; 3], EPERM),
    Call("finit_module", 313, [0; 3], EPERM),
    Call("delete_module", 176, [0; 3], EPERM),
    Call("reboot", 169, [0; 3], EPERM),
    Call("swapon", 167, [0; 3], EPERM),
    Call("swapoff", 168, [0; 3], EPERM),
    Call("acct", 163, [0; 3], EPERM),
    Call("quotactl", 179, [0; 3], EPERM),
    Call("quotactl_fd", 443, [0; 3], EPERM),
    Call("syslog", 103, [3, 0, 0], EPERM),
    Call("settimeofday", 164, [0; 3], EPERM),
    Call("clock_settime", 227, [0; 3], EPERM),
    Call("vhangup", 153, [0; 3], EPERM),
    Call("iopl", 172, [0; 3], EPERM),
    Call("ioperm", 173, [0; 3], EPERM),
    Call("uselib", 134, [0; 3], EPERM),
    Call("ustat", 136, [0; 3], EPERM),
    Call("sysfs", 139, [3, 0, 0], EPERM),
    Call("ioctl-sti", 16, [0, 0x5412, 0], EPERM),
    // Only the low half of the number counts for the kernel.
    Call("ioctl-sti-high", 16, [0, 1 << 32 | 0x5412, 0], EPERM),
    Call("ioctl-paste", 16, [0, 0x541c, 0], EPERM),
    // The x32 interface.
    Call("x32-getpid", 0x4000_0000 | 39, [0; 3], ENOSYS),
    Call("x32-mount", 0x4000_0000 | 165, [0; 3], ENOSYS),
];

/// A program for Linux on x86-64 that consists of `code`: one header, one segment.
fn program(code: &[u8]) -> Vec<u8> {
    const START: u64 = 0x40_0000;
    let headers: u64 = 64 + 56;
    let size = headers + code.len() as u64;
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    // An executable file, for x86-64, version 1.
    file.extend([2u16, 62].iter().flat_map(|half| half.to_le_bytes()));
    file.extend(1u32.to_le_bytes());
    // Where it starts, where its segments are described, and no sections.
    file.extend([START + headers, 64, 0].iter().flat_map(|word| word.to_le_bytes()));
    file.extend(0u32.to_le_bytes());
    file.extend([64u16, 56, 1, 64, 0, 0].iter().flat_map(|half| half.to_le_bytes()));
    // The segment: loaded, to be read and executed, all of the file.
    file.extend([1u32, 5].iter().flat_map(|word| word.to_le_bytes()));
    file.extend([0, START, START, size, size, 0x1000].iter().flat_map(|word| word.to_le_bytes()));
    file.extend(code);
    file
}

/// Ends with the number of the error of the last call: xor edi, edi; test eax, eax; jns over the next two; mov edi, eax; neg edi;
/// mov eax, 231 (exit_group); syscall.
const END: [u8; 17] = [0x31, 0xff, 0x85, 0xc0, 0x79, 0x04, 0x89, 0xc7, 0xf7, 0xdf, 0xb8, 231, 0, 0, 0, 0x0f, 0x05];

/// Makes a call, and ends with the number of its error, or with 0.
fn calling(number: u64, arguments: [u64; 3]) -> Vec<u8> {
    let mut code = Vec::new();
    // mov rax, rdi, rsi, rdx, each with eight bytes
    for (register, value) in [(0xb8, number), (0xbf, arguments[0]), (0xbe, arguments[1]), (0xba, arguments[2])] {
        code.extend([0x48, register]);
        code.extend(value.to_le_bytes());
    }
    // xor r10, r10; xor r8, r8; syscall
    code.extend([0x4d, 0x31, 0xd2, 0x4d, 0x31, 0xc0, 0x0f, 0x05]);
    code.extend(END);
    program(&code)
}

/// Programs in the folder `calls`.
fn archive(programs: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in programs {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o755);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(content.len() as u64);
        archive.append_data(&mut header, format!("calls/{name}"), content.as_slice()).unwrap();
    }
    archive.into_inner().unwrap()
}

/// Connects to a socket without a path, and ends with the number of the error, or with 0.
fn connecting(name: &str) -> Vec<u8> {
    let mut code = Vec::new();
    // mov eax, 41 (socket); mov edi, 1 (AF_UNIX); mov esi, 1 (SOCK_STREAM); xor edx, edx; syscall
    code.extend([0xb8, 41, 0, 0, 0, 0xbf, 1, 0, 0, 0, 0xbe, 1, 0, 0, 0, 0x31, 0xd2, 0x0f, 0x05]);
    // mov edi, eax; mov eax, 42 (connect); lea rsi, [rip + 24]; mov edx, length; syscall
    code.extend([0x89, 0xc7, 0xb8, 42, 0, 0, 0, 0x48, 0x8d, 0x35, 24, 0, 0, 0, 0xba]);
    code.extend((name.len() as u32 + 3).to_le_bytes());
    code.extend([0x0f, 0x05]);
    code.extend(END);
    // The address: the family, and the name behind a zero byte.
    code.extend([1, 0, 0]);
    code.extend(name.as_bytes());
    program(&code)
}

#[test]
fn sockets_of_the_host_without_a_path_are_out_of_reach() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};
    in_each_way("build::calls::sockets_of_the_host_without_a_path_are_out_of_reach", |bench| {
        let name = format!("rlint-test-{}", std::process::id());
        let _listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        let made = bench.unpack("connect", &[layer("base")], &archive(&[("connect", connecting(&name))]));
        assert!(matches!(made, Response::Done(_)), "{made:?}");
        let mut connect = step(
            "/calls/connect; echo $?; mkdir /a /b; echo x > /a/file; mv /a/file /b/file && cat /b/file; ln /b/file /a/same",
        );
        connect.lowers.push(layer("connect"));
        // There is nobody in a network without devices.
        assert_eq!(bench.run(connect.clone()).good(), format!("{ECONNREFUSED}\nx\n"));
        connect.network = Network::Host;
        let ran = bench.run(connect);
        match ran.good().strip_suffix("\nx\n") {
            Some("1") => {}
            // Before Linux 6.12, or where Landlock is not switched on.
            Some("0") => println!("skipped: this kernel cannot hold such sockets back"),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn what_no_build_needs_cannot_be_called() {
    in_each_way("build::calls::what_no_build_needs_cannot_be_called", |bench| {
        let mut programs: Vec<(&str, Vec<u8>)> =
            CALLS.iter().map(|Call(name, number, arguments, _)| (*name, calling(*number, *arguments))).collect();
        // mov eax, 20 (getpid of the 32-bit interface); int 0x80; mov eax, 231; syscall
        programs.push(("32-bit", program(&[0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xb8, 231, 0, 0, 0, 0x0f, 0x05])));
        let made = bench.unpack("calls", &[layer("base")], &archive(&programs));
        assert!(matches!(made, Response::Done(_)), "{made:?}");
        let mut each = step("for call in /calls/*; do $call 2> /dev/null; echo ${call##*/} $?; done 2> /dev/null");
        each.lowers.push(layer("calls"));
        let ran = bench.run(each);
        let mut wanted: Vec<String> = CALLS.iter().map(|Call(name, .., error)| format!("{name} {error}")).collect();
        wanted.push(format!("32-bit {KILLED}"));
        wanted.sort();
        let mut found: Vec<&str> = ran.good().lines().collect();
        found.sort_unstable();
        assert_eq!(found, wanted);
    });
}
