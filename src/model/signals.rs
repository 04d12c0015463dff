//! The signals that STOPSIGNAL can name.
//!
//! As `signal.ParseSignal` reads them (<https://github.com/moby/sys/tree/main/signal>, Apache-2.0), for Linux.

const NAMES: [&str; 35] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
    "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
    "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN",
];

/// The name of a signal as the system writes it, `SIGTERM`, for a name in any case with or without `SIG`; `None` for
/// what names no signal. A number is given back as it is.
pub fn canonical(text: &str) -> Option<String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<i32>().ok().filter(|number| *number != 0).map(|_| text.to_owned());
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let counted = |start: &str, last: u8| {
        let number = name.strip_prefix(start).filter(|number| !number.starts_with('0'));
        number.and_then(|number| number.parse::<u8>().ok()).is_some_and(|number| (1..=last).contains(&number))
    };
    let known = NAMES.contains(&name) || name == "RTMAX" || counted("RTMIN+", 15) || counted("RTMAX-", 14);
    known.then(|| format!("SIG{name}"))
}

/// Whether a process cannot react to the signal: SIGKILL and SIGSTOP, by name or by number.
pub fn is_deadly(canonical: &str) -> bool {
    matches!(canonical, "SIGKILL" | "SIGSTOP" | "9" | "19")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case() {
        for (text, name) in [("term", "SIGTERM"), ("SigInt", "SIGINT"), ("rtmin+3", "SIGRTMIN+3"), ("9", "9")] {
            assert_eq!(canonical(text).as_deref(), Some(name));
        }
        for text in ["", "0", "FOO", "RTMIN+16", "RT35", "SIGSIGTERM", "RTMIN+03"] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }
}
