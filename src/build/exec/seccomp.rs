//! What steps may not call, as Docker's default profile has it without privileges, and more where a build has no use for it.
//! And the calls that only play to work where there is one id (Charliecloud's root emulation, arXiv 2405.06085).

use std::collections::BTreeMap;
use std::io;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, sock_filter,
};

/// Filters that are ready to be installed.
pub(super) struct Filters(Vec<BpfProgram>);

/// Calls that fail with EPERM, whatever their arguments are.
const DENIED: &[c_long] = &[
    // Keys of the kernel are in no namespace.
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    // Large parts of the kernel that no build needs.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    // Mounts and namespaces.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_open_by_handle_at,
    // The machine.
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_vhangup,
    #[cfg(not(target_arch = "riscv64"))]
    libc::SYS_nfsservctl,
    #[cfg(not(target_arch = "riscv64"))]
    libc::SYS_lookup_dcookie,
    // Old calls that nothing uses any more.
    #[cfg(target_arch = "x86_64")]
    libc::SYS_uselib,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ustat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_sysfs,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_kexec_file_load,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
];

/// Calls that fail as if the kernel did not have them, so that programs use older ones: the flags of `clone3` lie in memory,
/// where no filter can see them.
const UNKNOWN: &[c_long] = &[libc::SYS_clone3];

/// Calls that do nothing and say that they did, where there is one id.
const PLAYED: &[c_long] = &[
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setreuid,
    libc::SYS_setregid,
    libc::SYS_setresuid,
    libc::SYS_setresgid,
    libc::SYS_setgroups,
    libc::SYS_setfsuid,
    libc::SYS_setfsgid,
    libc::SYS_capset,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
];

/// Flags of `clone` that make namespaces.
const NAMESPACES: [libc::c_int; 7] = [
    libc::CLONE_NEWNS,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
    libc::CLONE_NEWCGROUP,
];

/// Puts characters into the input of a terminal, or pastes them there.
const TERMINAL_INPUT: [libc::c_int; 2] = [libc::TIOCSTI as libc::c_int, 0x541c];

/// Kinds of sockets: to the machine around a virtual one, which no namespace of networks holds back, and to the ciphers of the
/// kernel, which work on pages of files and which no build needs.
const SOCKETS: [libc::c_int; 2] = [libc::AF_VSOCK, libc::AF_ALG];

impl Filters {
    /// Filters for steps; with `play`, calls that change an owner or a user only play.
    pub(super) fn new(play: bool) -> Result<Filters, String> {
        let made = Self::programs(play).map_err(|reason| format!("cannot make a filter of system calls: {reason}"));
        made.map(Filters)
    }

    fn programs(play: bool) -> Result<Vec<BpfProgram>, seccompiler::BackendError> {
        let always = |calls: &[c_long]| calls.iter().map(|call| (*call, Vec::new())).collect::<BTreeMap<_, _>>();
        let mut denied = always(DENIED);
        denied.insert(libc::SYS_clone, any(0, NAMESPACES.map(|flag| (bits(flag), flag)))?);
        denied.insert(libc::SYS_ioctl, any(1, TERMINAL_INPUT.map(|code| (SeccompCmpOp::Eq, code)))?);
        denied.insert(libc::SYS_socket, any(0, SOCKETS.map(|kind| (SeccompCmpOp::Eq, kind)))?);
        let mut programs = Vec::new();
        if play {
            let mut played = always(PLAYED);
            // Devices cannot be made with one id, either.
            let devices = [libc::S_IFCHR, libc::S_IFBLK];
            let of =
                |argument| devices.map(|kind| (SeccompCmpOp::MaskedEq(u64::from(libc::S_IFMT)), kind as i32, argument));
            played.insert(libc::SYS_mknodat, any_of(of(2))?);
            #[cfg(target_arch = "x86_64")]
            played.insert(libc::SYS_mknod, any_of(of(1))?);
            programs.push(compile(played, 0)?);
        }
        // Where two filters say different errors, the one that was installed last wins.
        programs.push(compile(always(UNKNOWN), libc::ENOSYS)?);
        programs.push(compile(denied, libc::EPERM)?);
        #[cfg(target_arch = "x86_64")]
        programs.push(no_x32());
        Ok(programs)
    }

    /// Installs the filters for this process and all that it starts. Needs CAP_SYS_ADMIN in the user namespace, since
    /// `no_new_privs` is not set: programs with setuid bits work in a build.
    pub(super) fn install(&self) -> io::Result<()> {
        for program in &self.0 {
            let length = u16::try_from(program.len()).map_err(io::Error::other)?;
            let filter =
                libc::sock_fprog { len: length, filter: program.as_ptr().cast::<libc::sock_filter>().cast_mut() };
            // SAFETY: `filter` points to `length` instructions that live through the call; the kernel only reads them, and
            // `seccompiler::sock_filter` has the layout of the one of the kernel.
            let result =
                unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const filter) };
            if result != 0 {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(())
    }
}

fn bits(flag: libc::c_int) -> SeccompCmpOp {
    SeccompCmpOp::MaskedEq(u64::from(flag.unsigned_abs()))
}

/// Rules of which one must hold for the low half of an argument.
fn any<const N: usize>(
    argument: u8,
    wanted: [(SeccompCmpOp, libc::c_int); N],
) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    any_of(wanted.map(|(operator, value)| (operator, value, argument)))
}

fn any_of<const N: usize>(
    wanted: [(SeccompCmpOp, libc::c_int, u8); N],
) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let rule = |(operator, value, argument): (SeccompCmpOp, libc::c_int, u8)| {
        let value = u64::from(value.cast_unsigned());
        let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)?;
        SeccompRule::new(vec![condition])
    };
    wanted.into_iter().map(rule).collect()
}

fn compile(
    rules: BTreeMap<c_long, Vec<SeccompRule>>,
    error: libc::c_int,
) -> Result<BpfProgram, seccompiler::BackendError> {
    let target = TargetArch::try_from(std::env::consts::ARCH)?;
    let action = SeccompAction::Errno(error.unsigned_abs());
    SeccompFilter::new(rules, SeccompAction::Allow, action, target)?.try_into()
}

/// The calls of the x32 interface have numbers of their own, which the lists above do not have; none of them is there.
#[cfg(target_arch = "x86_64")]
fn no_x32() -> BpfProgram {
    const X32: u32 = 0x4000_0000;
    let step = |code: u32, jt, jf, k| sock_filter { code: code as u16, jt, jf, k };
    let errno = libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs();
    vec![
        // The number of the call is the first field of `seccomp_data`.
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0),
        step(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, 0, 1, X32),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, errno),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW),
    ]
}
