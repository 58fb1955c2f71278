//! For tests: a loop with a memory of its own, and buffers for each of its sockets.
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::address::parse;
use crate::layout::*;
use crate::memory::Memory;
use crate::socket::Buffers;
use crate::socket_loop::{SocketLoop, row_of};
use crate::sys;

pub const MEMORY_BYTES: usize = SOCKET_ROWS + SOCKETS_MAX * SOCKET_ROW_BYTES;
pub const BUFFER_BYTES: usize = 65_536;
pub const WAIT_NS: i64 = 1_000_000_000;
pub const DEADLINE: Duration = Duration::from_secs(20);

pub struct Rig {
    pub sockets: SocketLoop,
    pub memory: Memory,
    // Last: the memory goes after those that use it.
    pub _bytes: Vec<u64>,
}

pub fn rig() -> Rig {
    let mut bytes = vec![0u64; MEMORY_BYTES / 8];
    // SAFETY: the vector goes with the rig, after its users.
    let memory = unsafe { Memory::new(bytes.as_mut_ptr().cast(), MEMORY_BYTES) };
    memory.set_wide(SLO_WAIT_NS, WAIT_NS);
    memory.set(SLO_MAY_BLOCK, 1);
    Rig { sockets: SocketLoop::open(memory, None).unwrap(), memory, _bytes: bytes }
}

pub fn buffers(slot: usize) -> Buffers {
    let rx = slot * 3 * BUFFER_BYTES;
    Buffers {
        rx,
        rx_bytes: BUFFER_BYTES,
        rx_words: rx + 2 * BUFFER_BYTES,
        tx: rx + BUFFER_BYTES,
        tx_bytes: BUFFER_BYTES,
        tx_words: rx + 2 * BUFFER_BYTES + 8,
    }
}

impl Rig {
    pub fn connect(&mut self, slot: usize, port: u16) -> i32 {
        let fd = sys::connect(&parse("127.0.0.1", port).unwrap(), None);
        self.sockets.add(slot, fd, SOCKET_CONNECTING, buffers(slot))
    }

    pub fn listen(&mut self, slot: usize) -> u16 {
        let fd = sys::listen(&parse("127.0.0.1", 0).unwrap(), 128);
        assert_eq!(self.sockets.add(slot, fd, SOCKET_LISTENING, buffers(slot)), 0);
        sys::local_port(&self.sockets.socket(slot).unwrap().fd).unwrap()
    }

    pub fn accept(&mut self, listener: usize, slot: usize) -> i32 {
        let fd = sys::accept(&self.sockets.socket(listener).unwrap().fd);
        self.sockets.add(slot, fd, SOCKET_OPEN, buffers(slot))
    }

    /// Turns until the socket is told this.
    pub fn until(&mut self, slot: usize, event: usize) {
        let deadline = Instant::now() + DEADLINE;
        while !self.turn_tells(slot, event) {
            assert!(Instant::now() < deadline, "event {event} of socket {slot}");
        }
    }

    pub fn turn_tells(&mut self, slot: usize, event: usize) -> bool {
        let ready = self.sockets.turn() & TURN_READY != 0;
        let word = SLO_READY_LOW + slot / 32 * 4;
        let is_named = self.memory.get(word) as u32 & (1 << (slot % 32)) != 0;
        ready && is_named && self.memory.get(row_of(slot) + SOC_EVENTS) as usize & event != 0
    }

    pub fn put(&mut self, slot: usize, bytes: &[u8]) {
        let Buffers { tx, tx_words, .. } = buffers(slot);
        let end = self.memory.get(tx_words) as usize;
        for (at, byte) in bytes.iter().enumerate() {
            // SAFETY: inside the memory; this thread alone uses TX.
            unsafe { self.memory.bytes(tx + end + at, 1).write(*byte) };
        }
        self.memory.set(tx_words, (end + bytes.len()) as i32);
    }

    /// All that is unread, which is read by that.
    pub fn take(&mut self, slot: usize) -> Vec<u8> {
        let Buffers { rx, rx_words, .. } = buffers(slot);
        let (start, end) = (self.memory.get(rx_words) as usize, self.memory.get(rx_words + 4) as usize);
        self.memory.set(rx_words, end as i32);
        // SAFETY: inside the memory; this thread alone uses RX.
        (start..end).map(|at| unsafe { self.memory.bytes(rx + at, 1).read() }).collect()
    }

    pub fn state(&self, slot: usize) -> usize {
        self.memory.get(row_of(slot) + SOC_STATE) as usize
    }
}

/// A rig whose socket 0 is connected to a peer of the standard library.
pub fn connected() -> (Rig, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut rig = rig();
    assert_eq!(rig.connect(0, listener.local_addr().unwrap().port()), 0);
    let (peer, _) = listener.accept().unwrap();
    rig.until(0, SOCKET_EVENT_CONNECTED);
    (rig, peer)
}

pub fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}
