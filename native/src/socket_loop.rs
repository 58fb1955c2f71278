//! All sockets of one hot loop and its turn: send what is in TX, then look for something to do, first by polling, then
//! by blocking. State that others see lies in the shared memory; one process may have many loops.
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::Ordering;

use crate::event_fds;
use crate::layout::*;
use crate::memory::Memory;
use crate::node_loop::NodeLoop;
use crate::socket::{Buffers, Socket};
use crate::socket_events::{READABLE, interest_of, on_event};
use crate::sys::{self, Outcome};

/// Up to here each open socket is asked for bytes at once; more are asked for by one call.
const DIRECT_MAX: usize = 2;
/// Every so many looks of that kind the rest is looked at: events, Node's event loop.
const LOOKS_BETWEEN: u32 = 32;
/// So many looks at the sockets a look at the clock: it takes as long as a tenth of one.
const LOOKS_A_CLOCK: u32 = 4;
/// While the thread polls, a timer of Node's may be late by so much.
const TIMER_CHECK_NS: i64 = 500_000;
/// A turn that may not block polls at most so long.
const SHORT_POLL_NS: i64 = 100_000;
/// Between two looks at the sockets: who needs longer was not running.
const LOST_NS: i64 = 100_000;
/// Lost again soon after, it is left to the others for twice as long, up to so many times the first time.
const YIELDS_MAX: i64 = 128;
const BLIND_WAIT_NS: i64 = 2_000_000;
const NS_PER_MS: i64 = 1_000_000;
const EVENT_KEY: u64 = SOCKETS_MAX as u64;
const NODE_KEY: u64 = SOCKETS_MAX as u64 + 1;
const EVENTS_MAX: usize = SOCKETS_MAX + 2;

pub struct SocketLoop {
    memory: Memory,
    epoll: OwnedFd,
    event: Option<OwnedFd>,
    node: Option<NodeLoop>,
    sockets: [Option<Socket>; SOCKETS_MAX],
    /// Bits of the rows in use, of those that the last turn told about, and of those that the next one has to.
    used: u64,
    told: u64,
    untold: u64,
    /// What was told of each socket: only that is taken back, not what has come up since.
    told_events: [i32; SOCKETS_MAX],
    looks: u32,
    active_ns: i64,
    /// Until then somebody else needs the core more than polling does.
    yield_until_ns: i64,
    yield_ns: i64,
}

impl SocketLoop {
    /// EBUSY = another loop has this memory's sockets.
    pub fn open(memory: Memory, node: Option<NodeLoop>) -> Outcome<SocketLoop> {
        let owner = memory.word(SLO_OWNER);
        if owner.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            return Err(libc::EBUSY);
        }
        let opened = SocketLoop::build(memory, node);
        if opened.is_err() {
            memory.set(SLO_OWNER, 0);
        }
        opened
    }

    fn build(memory: Memory, node: Option<NodeLoop>) -> Outcome<SocketLoop> {
        let epoll = sys::epoll()?;
        let event = event_fds::take()?;
        sys::watch(&epoll, libc::EPOLL_CTL_ADD, event.as_raw_fd(), READABLE, EVENT_KEY)?;
        if let Some(node) = &node {
            sys::watch(&epoll, libc::EPOLL_CTL_ADD, node.fd, READABLE, NODE_KEY)?;
        }
        memory.set(SLO_ASLEEP, 0);
        memory.set(SLO_EVENT, event.as_raw_fd());
        let sockets = [const { None }; SOCKETS_MAX];
        Ok(SocketLoop {
            memory,
            epoll,
            event: Some(event),
            node,
            sockets,
            used: 0,
            told: 0,
            untold: 0,
            told_events: [0; SOCKETS_MAX],
            looks: 0,
            active_ns: 0,
            yield_until_ns: 0,
            yield_ns: 0,
        })
    }

    /// 0 = done or under way, else why not.
    pub fn add(&mut self, slot: usize, fd: Outcome<OwnedFd>, state: usize, buffers: Buffers) -> i32 {
        let fd = match fd {
            Ok(fd) => fd,
            Err(error) => return error,
        };
        self.active_ns = sys::monotonic_ns();
        self.sockets[slot] = Some(Socket::new(self.memory, row_of(slot), fd, state, buffers));
        self.used |= 1 << slot;
        0
    }

    pub fn has(&self, slot: usize) -> bool {
        self.used & (1 << slot) != 0
    }

    pub fn fits(&self, buffers: &Buffers) -> bool {
        buffers.fit(&self.memory)
    }

    pub fn socket(&mut self, slot: usize) -> Option<&mut Socket> {
        self.sockets.get_mut(slot)?.as_mut()
    }

    /// The connection is closed at once; what was not sent is lost.
    pub fn close(&mut self, slot: usize) {
        let Some(socket) = self.sockets[slot].take() else { return };
        self.used &= !(1 << slot);
        self.told &= !(1 << slot);
        self.untold &= !(1 << slot);
        socket.leave();
    }

    /// Sends what lies in the socket's TX now, without a turn.
    pub fn send(&mut self, slot: usize) {
        if let Some(socket) = self.socket(slot)
            && socket.state() == SOCKET_OPEN
            && !socket.is_blocked
            && socket.send()
        {
            self.untold |= 1 << slot;
        }
    }

    /// TURN_* bits; SLO_READY_* and SOC_EVENTS say more.
    pub fn turn(&mut self) -> usize {
        self.memory.add_wide(SLO_TURNS, 1);
        let began_ns = sys::monotonic_ns();
        let wait_ns = self.memory.get_wide(SLO_WAIT_NS).min(self.wait_max_ns());
        let spin_ns = self.memory.get_wide(SLO_SPIN_NS);
        let may_block = self.memory.get(SLO_MAY_BLOCK) != 0;
        let poll_until_ns = if may_block { i64::MAX } else { began_ns + SHORT_POLL_NS };
        let mut found = self.send_all();
        let mut flags = 0;
        let mut check_ns = began_ns + TIMER_CHECK_NS;
        // Of the look before; the first one comes after the sending, which may take its time.
        let mut last_ns = i64::MAX;
        let is_direct = self.watch_all();
        let mut looks = 1;
        loop {
            flags |= self.take_wake();
            let (ready, more) = if is_direct { self.look_directly(looks) } else { self.look(0) };
            looks = LOOKS_A_CLOCK;
            found |= ready;
            flags |= more;
            let now_ns = self.time_of(ready).unwrap_or_else(sys::monotonic_ns);
            let left_ns = began_ns + wait_ns - now_ns;
            if found != 0 || flags != 0 || left_ns <= 0 || now_ns >= poll_until_ns {
                return self.end_turn(found, flags, now_ns);
            }
            self.note_lost_core(now_ns, now_ns - last_ns);
            last_ns = now_ns;
            if now_ns - self.active_ns >= spin_ns || now_ns < self.yield_until_ns {
                if !may_block {
                    return self.end_turn(found, flags, now_ns);
                }
                let (ready, more) = self.sleep(left_ns);
                return self.end_turn(found | ready, flags | more, sys::monotonic_ns());
            }
            if now_ns >= check_ns {
                check_ns = now_ns + TIMER_CHECK_NS;
                flags |= self.timer_flag();
            }
        }
    }

    /// Bytes that have just come have a time.
    fn time_of(&self, ready: u64) -> Option<i64> {
        let slot = bits(ready).next()?;
        let received_ns = self.memory.get_wide(row_of(slot) + SOC_RECEIVED_MONO_NS);
        (self.memory.get(row_of(slot) + SOC_EVENTS) == SOCKET_EVENT_READABLE as i32).then_some(received_ns)
    }

    /// Polling is worth it only as long as nobody else wants the core.
    fn note_lost_core(&mut self, now_ns: i64, since_last_ns: i64) {
        if since_last_ns <= LOST_NS {
            return;
        }
        self.memory.add_wide(SLO_LOST, 1);
        let first_ns = self.memory.get_wide(SLO_YIELD_NS);
        let is_again = now_ns < self.yield_until_ns + self.yield_ns;
        self.yield_ns = if is_again { (2 * self.yield_ns).min(YIELDS_MAX * first_ns) } else { first_ns };
        self.yield_until_ns = now_ns + self.yield_ns;
    }

    /// Where Node's event loop cannot be watched, it gets its turn by the clock.
    fn wait_max_ns(&self) -> i64 {
        if self.node.is_some() { i64::MAX } else { BLIND_WAIT_NS }
    }

    fn end_turn(&mut self, found: u64, flags: usize, now_ns: i64) -> usize {
        let memory = self.memory;
        self.told = found;
        for slot in bits(found) {
            self.told_events[slot] = memory.get(row_of(slot) + SOC_EVENTS);
        }
        memory.set(SLO_READY_LOW, found as i32);
        memory.set(SLO_READY_HIGH, (found >> 32) as i32);
        memory.set_wide(SLO_MONO_NS, now_ns);
        if found == 0 {
            return flags;
        }
        self.active_ns = now_ns;
        flags | TURN_READY
    }

    /// Takes back what the turn before has told, and sends.
    fn send_all(&mut self) -> u64 {
        let mut found = std::mem::take(&mut self.untold);
        let told = std::mem::take(&mut self.told);
        for slot in bits(self.used) {
            let Some(socket) = &mut self.sockets[slot] else { continue };
            if told & (1 << slot) != 0 {
                let at = row_of(slot) + SOC_EVENTS;
                self.memory.set(at, self.memory.get(at) & !self.told_events[slot]);
            }
            let mut is_told = socket.channel.is_some() && socket.settle_rest();
            let state = socket.state();
            if state != SOCKET_OPEN && state != SOCKET_ENDING && state != SOCKET_SECURING {
                found |= u64::from(is_told) << slot;
                continue;
            }
            if socket.has_unsent() && !socket.is_blocked {
                is_told |= socket.send();
            }
            if state == SOCKET_ENDING && socket.state() == state && !socket.has_unsent() {
                is_told |= socket.wind_up();
            }
            found |= u64::from(is_told) << slot;
        }
        found
    }

    /// Tells epoll what each socket waits for. True = all there is to wait for is bytes, on few sockets.
    fn watch_all(&mut self) -> bool {
        let mut is_direct = self.used.count_ones() as usize <= DIRECT_MAX;
        for slot in bits(self.used) {
            let Some(socket) = &mut self.sockets[slot] else { continue };
            let wanted = interest_of(socket);
            is_direct &= wanted.is_none_or(|interest| interest == READABLE && socket.state() == SOCKET_OPEN);
            if wanted == socket.watched {
                continue;
            }
            let operation = match (socket.watched, wanted) {
                (None, _) => libc::EPOLL_CTL_ADD,
                (_, None) => libc::EPOLL_CTL_DEL,
                _ => libc::EPOLL_CTL_MOD,
            };
            let fd = socket.fd.as_raw_fd();
            match sys::watch(&self.epoll, operation, fd, wanted.unwrap_or(0), slot as u64) {
                Ok(()) => socket.watched = wanted,
                Err(error) => socket.fail(error),
            }
        }
        is_direct
    }

    /// Up to `looks` times, until something is found.
    fn look_directly(&mut self, looks: u32) -> (u64, usize) {
        let mut found = 0;
        for _ in 0..looks {
            self.looks = self.looks.wrapping_add(1);
            if self.looks.is_multiple_of(LOOKS_BETWEEN) {
                return self.look(0);
            }
            self.memory.add_wide(SLO_POLLS, 1);
            for slot in bits(self.used) {
                let Some(socket) = &mut self.sockets[slot] else { continue };
                if socket.state() == SOCKET_OPEN && socket.receive() {
                    found |= 1 << slot;
                }
            }
            if found != 0 {
                break;
            }
            std::hint::spin_loop();
        }
        (found, 0)
    }

    /// Blocks, at most so long, until something happens.
    fn sleep(&mut self, left_ns: i64) -> (u64, usize) {
        let left_ms = (left_ns + NS_PER_MS - 1) / NS_PER_MS;
        let due_ms = self.node.as_ref().and_then(NodeLoop::due_ms).map_or(i64::MAX, |ms| ms as i64);
        if due_ms == 0 {
            return (0, TURN_EVENT_LOOP);
        }
        self.memory.add_wide(SLO_SLEEPS, 1);
        // Either this thread sees the wish, or whoever wishes sees that it sleeps.
        self.memory.word(SLO_ASLEEP).store(1, Ordering::SeqCst);
        let woken = self.take_wake();
        let ms = if woken == 0 { left_ms.min(due_ms) } else { 0 };
        let (found, flags) = self.look(i32::try_from(ms).unwrap_or(i32::MAX));
        self.memory.word(SLO_ASLEEP).store(0, Ordering::SeqCst);
        let due = if found == 0 && due_ms <= left_ms { self.timer_flag() } else { 0 };
        (found, flags | woken | due | self.take_wake())
    }

    fn timer_flag(&self) -> usize {
        let due_ms = self.node.as_ref().and_then(NodeLoop::due_ms);
        if due_ms == Some(0) { TURN_EVENT_LOOP } else { 0 }
    }

    fn take_wake(&self) -> usize {
        let word = self.memory.word(SLO_WAKE);
        if word.load(Ordering::SeqCst) != 0 && word.swap(0, Ordering::SeqCst) != 0 { TURN_WOKEN } else { 0 }
    }

    fn look(&mut self, ms: i32) -> (u64, usize) {
        self.memory.add_wide(SLO_POLLS, 1);
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; EVENTS_MAX];
        let count = sys::wait_events(&self.epoll, &mut events, ms);
        let (mut found, mut flags) = (0, 0);
        for event in &events[..count] {
            let (key, what) = (event.u64, event.events);
            if key == NODE_KEY {
                flags |= TURN_EVENT_LOOP;
            } else if key == EVENT_KEY {
                if let Some(event) = &self.event {
                    sys::take_signal(event);
                }
            } else if let Some(socket) = self.socket(key as usize)
                && on_event(socket, what)
            {
                found |= 1 << key;
            }
        }
        (found, flags)
    }
}

impl Drop for SocketLoop {
    fn drop(&mut self) {
        self.shut();
    }
}

impl SocketLoop {
    /// Closes all sockets; the memory is another loop's to take.
    pub fn shut(&mut self) {
        let Some(event) = self.event.take() else { return };
        for slot in bits(self.used) {
            self.close(slot);
        }
        self.memory.set(SLO_ASLEEP, 0);
        event_fds::give_back(event);
        self.memory.word(SLO_OWNER).store(0, Ordering::Release);
    }
}

/// From any thread: the turn of this memory's loop ends.
pub fn wake(memory: &Memory) {
    memory.word(SLO_WAKE).store(1, Ordering::SeqCst);
    if memory.word(SLO_ASLEEP).load(Ordering::SeqCst) != 0 {
        sys::signal(memory.get(SLO_EVENT));
    }
}

pub fn row_of(slot: usize) -> usize {
    SOCKET_ROWS + slot * SOCKET_ROW_BYTES
}

/// The numbers of the bits that are set, lowest first.
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        if mask == 0 {
            return None;
        }
        let bit = mask.trailing_zeros() as usize;
        mask &= mask - 1;
        Some(bit)
    })
}

#[cfg(test)]
#[path = "socket_loop_tests.rs"]
mod tests;
