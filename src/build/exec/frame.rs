//! Messages over a socket: four bytes with the length, then JSON; a descriptor travels with the length.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest message. Bodies of heredocs are the longest part of one.
const LONGEST: usize = 64 << 20;

/// Sends `message`, and with it `descriptor`.
pub fn send(socket: &UnixStream, message: &impl Serialize, descriptor: Option<BorrowedFd<'_>>) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    let length = u32::try_from(body.len()).ok().filter(|length| *length as usize <= LONGEST);
    let length = length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the message is too long"))?;
    let head = length.to_be_bytes();
    let raw: Vec<RawFd> = descriptor.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&raw)];
    let control = if raw.is_empty() { &[][..] } else { &rights[..] };
    let sent = loop {
        // A parent that is gone must not end us by a signal.
        match sendmsg::<()>(socket.as_raw_fd(), &[IoSlice::new(&head)], control, MsgFlags::MSG_NOSIGNAL, None) {
            Err(nix::errno::Errno::EINTR) => {}
            other => break other?,
        }
    };
    let mut socket = socket;
    socket.write_all(&head[sent..])?;
    socket.write_all(&body)
}

/// Receives a message and the descriptor that comes with it; `None` where the other side is gone.
pub fn receive<M: DeserializeOwned>(socket: &UnixStream) -> io::Result<Option<(M, Option<OwnedFd>)>> {
    let mut head = [0; 4];
    let Some((count, descriptor)) = receive_head(socket, &mut head)? else { return Ok(None) };
    let mut socket = socket;
    socket.read_exact(&mut head[count..])?;
    let length = u32::from_be_bytes(head) as usize;
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message is too long"));
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body)?;
    Ok(Some((serde_json::from_slice(&body)?, descriptor)))
}

fn receive_head(socket: &UnixStream, head: &mut [u8; 4]) -> io::Result<Option<(usize, Option<OwnedFd>)>> {
    let mut space = nix::cmsg_space!([RawFd; 1]);
    let mut parts = [IoSliceMut::new(head)];
    let message = loop {
        let flags = MsgFlags::MSG_CMSG_CLOEXEC;
        match recvmsg::<()>(socket.as_raw_fd(), &mut parts, Some(&mut space), flags) {
            Err(nix::errno::Errno::EINTR) => {}
            other => break other?,
        }
    };
    let mut descriptor = None;
    for control in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(raw) = control {
            for raw in raw {
                // SAFETY: the kernel has just made this descriptor for us, and nobody else knows its number.
                descriptor = Some(unsafe { OwnedFd::from_raw_fd(raw) });
            }
        }
    }
    Ok((message.bytes > 0).then_some((message.bytes, descriptor)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fs::File;
    use std::os::fd::AsFd;

    use super::*;
    use crate::build::exec::request::{LayerName, Request};

    #[test]
    fn a_request_and_its_descriptor_arrive_together() {
        let (here, there) = UnixStream::pair().unwrap();
        let (mut output, input) = io::pipe().unwrap();
        let request = Request::Pack { layer: LayerName::new("a-1").unwrap() };
        send(&here, &request, Some(input.as_fd())).unwrap();
        drop(input);
        let (received, descriptor) = receive::<Request>(&there).unwrap().unwrap();
        assert_eq!(received, request);
        File::from(descriptor.unwrap()).write_all(b"through it").unwrap();
        let mut text = String::new();
        output.read_to_string(&mut text).unwrap();
        assert_eq!(text, "through it");
    }

    #[test]
    fn the_end_of_the_other_side_is_no_error_and_nonsense_is_one() {
        let (here, there) = UnixStream::pair().unwrap();
        drop(here);
        assert!(receive::<Request>(&there).unwrap().is_none());
        for bytes in [&b"\xff\xff\xff\xff"[..], b"\0\0\0\x02{}", b"\0\0\0\x05{}"] {
            let (mut here, there) = UnixStream::pair().unwrap();
            here.write_all(bytes).unwrap();
            drop(here);
            receive::<Request>(&there).unwrap_err();
        }
    }

    #[test]
    fn a_name_of_a_layer_is_one_name_in_a_folder() {
        for name in ["a", "0", "base-1", &"f".repeat(LayerName::LONGEST)] {
            LayerName::new(name).unwrap();
        }
        for name in ["", "-a", ".", "..", "a/b", "a:b", "a,b", "A", "ä", &"f".repeat(LayerName::LONGEST + 1)] {
            LayerName::new(name).unwrap_err();
            serde_json::from_str::<LayerName>(&format!("{name:?}")).unwrap_err();
        }
    }
}
