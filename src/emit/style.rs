//! Colour and links of the terminal.

/// What the reader's terminal is given beside plain text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Colour.
    pub color: bool,
    /// Rule ids as links (OSC 8).
    pub hyperlinks: bool,
}

impl Style {
    /// Plain text.
    pub const PLAIN: Style = Style { color: false, hyperlinks: false };
}

/// What a piece of text is, and so how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Error,
    Warning,
    Info,
    Bold,
    Frame,
    Faint,
    Added,
    Removed,
}

impl Paint {
    /// The parameters of the escape sequence that switches it on.
    pub(super) fn code(self) -> &'static str {
        match self {
            Paint::Error => "1;31",
            Paint::Warning => "1;33",
            Paint::Info => "1;36",
            Paint::Bold => "1",
            Paint::Frame => "34",
            Paint::Faint => "2",
            Paint::Added => "32",
            Paint::Removed => "31",
        }
    }
}

impl Style {
    /// `text`, painted where colour is wanted.
    pub(super) fn paint(self, paint: Paint, text: &str) -> String {
        if self.color { format!("\u{1b}[{}m{text}\u{1b}[0m", paint.code()) } else { text.to_owned() }
    }

    /// `text` as a link where links are wanted.
    pub(super) fn link(self, url: &str, text: &str) -> String {
        if self.hyperlinks { format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\") } else { text.to_owned() }
    }
}
