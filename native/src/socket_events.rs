//! What epoll is asked about a socket, and what follows from its answer.
use crate::layout::*;
use crate::socket::Socket;
use crate::sys;

pub const READABLE: u32 = (libc::EPOLLIN | libc::EPOLLRDHUP) as u32;
const WRITABLE: u32 = libc::EPOLLOUT as u32;

/// None = nothing is waited for.
pub fn interest_of(socket: &Socket) -> Option<u32> {
    let blocked = if socket.is_blocked { WRITABLE } else { 0 };
    match socket.state() {
        SOCKET_CONNECTING => Some(WRITABLE),
        SOCKET_LISTENING => Some(READABLE),
        SOCKET_OPEN if socket.is_paused() || !socket.has_room() => Some(blocked),
        SOCKET_OPEN => Some(READABLE | blocked),
        SOCKET_SECURING => Some(READABLE | blocked),
        SOCKET_SECURED | SOCKET_ENDING => Some(blocked),
        _ => None,
    }
}

/// What epoll has said about a socket. True = something is to be told.
pub fn on_event(socket: &mut Socket, what: u32) -> bool {
    let is_gone = what & (libc::EPOLLERR | libc::EPOLLHUP) as u32 != 0;
    match socket.state() {
        SOCKET_CONNECTING => {
            match sys::pending_error(&socket.fd) {
                0 if socket.channel.is_some() => socket.greet(),
                0 => {
                    socket.set_state(SOCKET_OPEN);
                    socket.tell(SOCKET_EVENT_CONNECTED);
                }
                error => socket.fail(error),
            }
            true
        }
        SOCKET_LISTENING => {
            socket.tell(SOCKET_EVENT_ACCEPTABLE);
            true
        }
        SOCKET_OPEN | SOCKET_ENDING | SOCKET_SECURING | SOCKET_SECURED => {
            let has_sent = what & WRITABLE != 0 && socket.is_blocked && socket.send();
            let is_read = match socket.state() {
                SOCKET_OPEN => !socket.is_paused() && socket.has_room(),
                state => state == SOCKET_SECURING,
            };
            if is_read {
                return socket.receive() | has_sent;
            }
            if is_gone && socket.state() != SOCKET_OVER {
                socket.fail(pending_or_reset(socket));
                return true;
            }
            has_sent
        }
        _ => false,
    }
}

fn pending_or_reset(socket: &Socket) -> i32 {
    match sys::pending_error(&socket.fd) {
        0 => libc::ECONNRESET,
        error => error,
    }
}
