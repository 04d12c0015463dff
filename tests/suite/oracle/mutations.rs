//! Dockerfiles that were damaged at random, the same way each time.

use super::cases::Case;

/// What is damaged: a little of everything.
const SEEDS: [&str; 24] = [
    "# syntax=docker/dockerfile:1\n# escape=`\nFROM a AS b\nRUN x `\n # c\n\n y\n",
    "#check=skip=all\n# Escape = \\\n\n# escape=`\nFROM --platform=$P a:b@sha256:c as d\n",
    "FROM a\nRUN <<EOF cat && <<-\"E F\" tee\nx $y\nEOF\n\ty\n\tE F\nRUN z\n",
    "FROM a\nCOPY --from=b --chown=1:2 --link --exclude=*.x <<a <<'b' c /d/\n$x\na\ny\nb\nUSER e\n",
    "FROM a\nCOPY [\"a b\", \"c\\u0041\", \"/d\"]\nADD --checksum=sha256:a --keep-git-dir=true https://b /c\n",
    "FROM a\nENV a=b \"c d\"='e f' g=h\\ i j=${k:-l}\nENV m n o\nLABEL p=\"q r\" s=t\n",
    "ARG a b=c d='e f'\nFROM ${a:-b}:${d#e}\nARG g=\"${h/i/j}\" k=${l//m/n}\n",
    "FROM a\nHEALTHCHECK --interval=1m30s --retries=3 CMD [\"a\", \"b\"]\nHEALTHCHECK NONE\nHEALTHCHECK CMD a b\n",
    "FROM a\nONBUILD COPY --chmod=a b c\nONBUILD RUN <<E\nx\nE\nONBUILD CMD [\"a\"]\n",
    "FROM a\nRUN --mount=type=cache,target=/a,sharing=locked --mount=type=secret,id=b --network=none c\n",
    "FROM a\nRUN --mount=from=b,src=/c,dst=/d,ro,rw=false --security=insecure --device=e,required f\n",
    "FROM a\nSHELL [\"a\", \"-c\"]\nRUN [\"b\", \"c\"]\nRUN [ -f d ] && e\nCMD []\nENTRYPOINT [\"f\"] g\n",
    "FROM a\nEXPOSE 80 $P/tcp\t443\nVOLUME [\"/a\"]\nVOLUME /b /c\nUSER d e\nWORKDIR /f\\ g\nSTOPSIGNAL 9\n",
    "FROM a\nRUN a \\\n\n  # b\n\t\\\n  c \\   \n d\\\\\nMAINTAINER e <f>\n",
    "\u{feff}# escape=\\\r\nFROM a\r\nRUN b \\\r\n c\r\nCOPY <<E /d\r\nf\r\nE\r\n",
    "FROM a\nR\\\nUN b\nE\\\nNV c=d\\\ne f\\\n=g\n",
    "FROM a\nRUN --mount=type=bind,\\\"source=a,b\\\",target='/c d' -- --e\nRUN -- f\n",
    "FROM a\nENV b=${c:+d} e=${f:?g} h=${i-j} k=${l+m} n=${o?p} q=${r##s} t=${u%v} w=${x%%y}\n",
    "FROM a\nLABEL b=\"c \\\n d\" e='f \\\n g' \\\n h=i\n",
    "from a\nrun b\nMainTainer c\ncopy d e f/\nadd [\"g\",\"h\"]\n",
    "FROM a\nRUN cat <<E > b; cat <<\\F | 3<<G d\n1\nE\n2\nF\n3\nG\n",
    "FROM a\nENV b \u{e9}\u{a0}c\nENV d=\u{4e2d}\u{2003}e=f\nRUN \u{a0}g\u{a0}\n",
    "FROM a\nCOPY a <<E\nCOPY b\nENV\nARG =c\nENV =d e\nHEALTHCHECK --interval=x CMD y\n",
    "FROM a b\nFROM a AS 1\nFROM a AS B_c.d-e\nSTOPSIGNAL\nSHELL a\nONBUILD FROM b\n",
];

/// What is put in.
const PIECES: [&str; 30] = [
    "\\",
    "`",
    "\"",
    "'",
    "$",
    "${",
    "}",
    "<<",
    "<",
    "[",
    "]",
    ",",
    "#",
    "\n",
    "\r\n",
    " ",
    "\t",
    "=",
    "-",
    "--",
    ":",
    "\\\n",
    "\\ \n",
    "E\n",
    "\u{e9}",
    "\u{a0}",
    "/",
    "NONE",
    "{\"a\": 1}",
    "\n# x\n",
];

/// `count` damaged Dockerfiles.
pub(super) fn cases(count: usize) -> Vec<Case> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    (0..count)
        .map(|index| {
            let mut text = SEEDS[next(SEEDS.len())].to_owned();
            for _ in 0..=next(3) {
                damage(&mut text, &mut next);
            }
            Case { name: format!("damaged/{index}"), text, negative: false }
        })
        .collect()
}

fn damage(text: &mut String, next: &mut impl FnMut(usize) -> usize) {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let at = places[next(places.len())];
    match next(6) {
        0 => text.truncate(at),
        1 if at < text.len() => {
            text.remove(at);
        }
        2 => {
            let line_end = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
            let line = text[at..line_end].to_owned();
            text.insert_str(line_end, &line);
        }
        _ => text.insert_str(at, PIECES[next(PIECES.len())]),
    }
}
