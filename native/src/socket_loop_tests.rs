//! Two loops, each with a memory of its own, talk over real sockets; and one loop against a blunt peer of the standard
//! library.
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::layout::*;
use crate::memory::Memory;
use crate::socket_loop::{SocketLoop, row_of, wake};
use crate::test_rig::{BUFFER_BYTES, DEADLINE, MEMORY_BYTES, Rig, buffers, connected, pattern, rig};

#[test]
fn two_loops_of_one_process_talk_to_each_other() {
    let (mut venue, mut engine) = (rig(), rig());
    let port = venue.listen(9);
    assert_eq!(engine.connect(63, port), 0);
    venue.until(9, SOCKET_EVENT_ACCEPTABLE);
    assert_eq!(venue.accept(9, 40), 0);
    assert_eq!(venue.accept(9, 41), libc::EAGAIN);
    engine.until(63, SOCKET_EVENT_CONNECTED);
    engine.put(63, b"35=D");
    engine.sockets.send(63);
    venue.until(40, SOCKET_EVENT_READABLE);
    assert_eq!(venue.take(40), b"35=D");
    venue.put(40, b"35=8");
    venue.memory.set_wide(SLO_WAIT_NS, 0);
    venue.sockets.turn();
    engine.until(63, SOCKET_EVENT_READABLE);
    assert_eq!(engine.take(63), b"35=8");
    let row = row_of(63);
    let (sent, received) = (row + SOC_SENT_MONO_NS, row + SOC_RECEIVED_MONO_NS);
    assert!(engine.memory.get_wide(sent) < engine.memory.get_wide(received));
    assert!(engine.memory.get_wide(received) <= engine.memory.get_wide(SLO_MONO_NS));
    assert!(engine.memory.get_wide(row + SOC_RECEIVED_REAL_NS) > 1_600_000_000_000_000_000);
    assert_eq!(engine.memory.get_wide(row + SOC_BYTES_IN), 4);
}

#[test]
fn what_a_slow_peer_does_not_take_waits_in_tx_and_leaves_in_order() {
    let (mut rig, mut peer) = connected();
    let chunk = pattern(BUFFER_BYTES);
    let mut given = 0;
    while rig.memory.get(buffers(0).tx_words) == 0 {
        rig.put(0, &chunk);
        given += chunk.len();
        rig.sockets.send(0);
    }
    assert!(rig.memory.get_wide(row_of(0) + SOC_BLOCKED) > 0);
    let reader = std::thread::spawn(move || {
        let mut heard = vec![0; given];
        peer.read_exact(&mut heard).unwrap();
        heard
    });
    rig.until(0, SOCKET_EVENT_SENT);
    assert_eq!(rig.memory.get(buffers(0).tx_words), 0);
    assert_eq!(rig.memory.get_wide(row_of(0) + SOC_BYTES_OUT), given as i64);
    assert!(reader.join().unwrap().chunks(BUFFER_BYTES).all(|part| part == chunk));
}

#[test]
fn an_end_sends_what_is_there_before_the_peer_is_told() {
    let (mut rig, mut peer) = connected();
    rig.put(0, b"35=5");
    peer.write_all(b"never read").unwrap();
    rig.sockets.socket(0).unwrap().set_state(SOCKET_ENDING);
    rig.until(0, SOCKET_EVENT_ENDED);
    rig.sockets.close(0);
    assert_eq!(rig.state(0), SOCKET_FREE);
    let mut heard = Vec::new();
    peer.read_to_end(&mut heard).unwrap();
    assert_eq!(heard, b"35=5");
}

#[test]
fn the_end_of_the_peer_comes_after_its_last_bytes() {
    let (mut rig, mut peer) = connected();
    peer.write_all(b"bye").unwrap();
    drop(peer);
    rig.until(0, SOCKET_EVENT_READABLE);
    assert_eq!(rig.take(0), b"bye");
    rig.until(0, SOCKET_EVENT_ENDED);
    assert_eq!(rig.state(0), SOCKET_OVER);
}

#[test]
fn a_reset_and_a_refusal_are_told_with_their_errno() {
    let (mut rig, peer) = connected();
    let linger = libc::linger { l_onoff: 1, l_linger: 0 };
    // SAFETY: the option is a linger that outlives the call.
    unsafe {
        let (level, name) = (libc::SOL_SOCKET, libc::SO_LINGER);
        libc::setsockopt(std::os::fd::AsRawFd::as_raw_fd(&peer), level, name, (&raw const linger).cast(), 8);
    }
    drop(peer);
    rig.until(0, SOCKET_EVENT_FAILED);
    assert_eq!(rig.memory.get(row_of(0) + SOC_ERRNO), libc::ECONNRESET);
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(rig.connect(1, port), 0);
    rig.until(1, SOCKET_EVENT_FAILED);
    assert_eq!(rig.memory.get(row_of(1) + SOC_ERRNO), libc::ECONNREFUSED);
}

#[test]
fn a_send_that_fails_while_bytes_are_worked_off_is_told_all_the_same() {
    let (mut rig, mut peer) = connected();
    peer.write_all(b"the last words").unwrap();
    rig.until(0, SOCKET_EVENT_READABLE);
    // Bytes that nobody has read make the end a reset.
    rig.put(0, b"unread");
    rig.sockets.send(0);
    std::thread::sleep(Duration::from_millis(20));
    drop(peer);
    std::thread::sleep(Duration::from_millis(20));
    rig.put(0, b"an answer");
    rig.sockets.send(0);
    assert_eq!(rig.state(0), SOCKET_OVER);
    assert_eq!(rig.take(0), b"the last words");
    rig.until(0, SOCKET_EVENT_FAILED);
}

#[test]
fn a_full_buffer_is_filled_no_further_until_its_owner_reads() {
    let (mut rig, mut peer) = connected();
    rig.memory.set_wide(SLO_WAIT_NS, 0);
    let all = pattern(3 * BUFFER_BYTES);
    peer.write_all(&all).unwrap();
    let mut heard = Vec::new();
    let deadline = Instant::now() + DEADLINE;
    while heard.len() < all.len() && Instant::now() < deadline {
        for _ in 0..10 {
            rig.sockets.turn();
        }
        assert!(rig.memory.get(buffers(0).rx_words + 4) <= BUFFER_BYTES as i32);
        heard.extend(rig.take(0));
    }
    assert_eq!(heard, all);
}

#[test]
fn a_paused_socket_receives_nothing() {
    let (mut rig, mut peer) = connected();
    rig.memory.set_wide(SLO_WAIT_NS, 20_000_000);
    rig.memory.set(row_of(0) + SOC_IS_PAUSED, 1);
    peer.write_all(b"35=0").unwrap();
    assert!(!rig.turn_tells(0, SOCKET_EVENT_READABLE));
    rig.memory.set(row_of(0) + SOC_IS_PAUSED, 0);
    rig.until(0, SOCKET_EVENT_READABLE);
}

#[test]
fn another_thread_wakes_a_loop_that_blocks_or_polls() {
    for spin_ns in [0, i64::MAX / 2] {
        let (mut rig, _peer) = connected();
        rig.memory.set_wide(SLO_SPIN_NS, spin_ns);
        rig.sockets.turn();
        let at = rig.memory.bytes(0, MEMORY_BYTES) as usize;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                // SAFETY: the rig outlives the scope.
                let memory = unsafe { Memory::new(at as *mut u8, MEMORY_BYTES) };
                while spin_ns == 0 && memory.word(SLO_ASLEEP).load(Ordering::SeqCst) == 0 {
                    std::thread::yield_now();
                }
                wake(&memory);
            });
            let deadline = Instant::now() + DEADLINE;
            while rig.sockets.turn() & TURN_WOKEN == 0 {
                assert!(Instant::now() < deadline, "it is woken");
            }
        });
        assert_eq!(rig.memory.get(SLO_WAKE), 0);
    }
}

#[test]
fn a_memory_has_one_loop_at_a_time() {
    let rig = rig();
    assert_eq!(SocketLoop::open(rig.memory, None).err(), Some(libc::EBUSY));
    let Rig { sockets, memory, _bytes } = rig;
    drop(sockets);
    assert!(SocketLoop::open(memory, None).is_ok());
}
