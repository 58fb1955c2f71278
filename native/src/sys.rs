//! The system calls of the sockets, each with its error as a number (errno). All sockets are non-blocking.
use std::io;
use std::mem::{size_of, zeroed};
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use crate::address::RawAddress;

/// No address: the socket is connected.
const NOBODY: usize = 0;

pub type Outcome<T> = Result<T, i32>;

pub fn errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)
}

/// Of a call that says -1 for an error; interrupted calls are made again.
fn call(mut system: impl FnMut() -> isize) -> Outcome<usize> {
    loop {
        match system() {
            -1 if errno() == libc::EINTR => continue,
            -1 => return Err(errno()),
            value => return Ok(value as usize),
        }
    }
}

fn owned(mut system: impl FnMut() -> i32) -> Outcome<OwnedFd> {
    let fd = call(|| system() as isize)?;
    // SAFETY: the system has just given us this descriptor; nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

fn tcp_socket(address: &SocketAddr) -> Outcome<OwnedFd> {
    let family = if address.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let kind = libc::SOCK_STREAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: no memory of ours is involved.
    owned(|| unsafe { libc::socket(family, kind, 0) })
}

/// A connection that is being made from `from`, where that is given.
pub fn connect(to: &SocketAddr, from: Option<&SocketAddr>) -> Outcome<OwnedFd> {
    let socket = tcp_socket(to)?;
    no_delay(&socket)?;
    if let Some(own) = from {
        bind(&socket, own)?;
    }
    let address = RawAddress::of(to);
    // SAFETY: pointer and length are those of a socket address that outlives the call.
    match call(|| unsafe { libc::connect(socket.as_raw_fd(), address.pointer(), address.length()) as isize })
    {
        Ok(_) | Err(libc::EINPROGRESS) => Ok(socket),
        Err(error) => Err(error),
    }
}

pub fn listen(at: &SocketAddr, backlog: i32) -> Outcome<OwnedFd> {
    let socket = tcp_socket(at)?;
    set_option(&socket, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)?;
    bind(&socket, at)?;
    // SAFETY: no memory of ours is involved.
    call(|| unsafe { libc::listen(socket.as_raw_fd(), backlog) as isize })?;
    Ok(socket)
}

/// The next connection that waits at the listener; EAGAIN = none.
pub fn accept(listener: &OwnedFd) -> Outcome<OwnedFd> {
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    let nobody = std::ptr::null_mut();
    // SAFETY: null pointers: the peer's address is not asked for.
    let socket = owned(|| unsafe { libc::accept4(listener.as_raw_fd(), nobody, nobody.cast(), flags) })?;
    no_delay(&socket)?;
    Ok(socket)
}

fn bind(socket: &OwnedFd, to: &SocketAddr) -> Outcome<()> {
    let address = RawAddress::of(to);
    // SAFETY: pointer and length are those of a socket address that outlives the call.
    call(|| unsafe { libc::bind(socket.as_raw_fd(), address.pointer(), address.length()) as isize })?;
    Ok(())
}

fn no_delay(socket: &OwnedFd) -> Outcome<()> {
    set_option(socket, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1)
}

/// The kernel polls the network card this long when the socket is waited for (SO_BUSY_POLL).
pub fn busy_poll(socket: &OwnedFd, us: i32) -> Outcome<()> {
    set_option(socket, libc::SOL_SOCKET, libc::SO_BUSY_POLL, us)
}

fn set_option(socket: &OwnedFd, level: i32, name: i32, value: i32) -> Outcome<()> {
    let length = size_of::<i32>() as u32;
    // SAFETY: the option's value is one int that outlives the call.
    call(|| unsafe {
        libc::setsockopt(socket.as_raw_fd(), level, name, (&raw const value).cast(), length) as isize
    })?;
    Ok(())
}

/// What came of a connect, or what has befallen the socket since; 0 = nothing.
pub fn pending_error(socket: &OwnedFd) -> i32 {
    let mut value = 0i32;
    let mut length = size_of::<i32>() as u32;
    let (level, name) = (libc::SOL_SOCKET, libc::SO_ERROR);
    // SAFETY: the option's value is one int that we own.
    let outcome = call(|| unsafe {
        libc::getsockopt(socket.as_raw_fd(), level, name, (&raw mut value).cast(), &mut length) as isize
    });
    outcome.err().unwrap_or(value)
}

/// The port that the socket is bound to.
pub fn local_port(socket: &OwnedFd) -> Outcome<u16> {
    let mut address = RawAddress::empty();
    let (pointer, length) = address.parts();
    // SAFETY: the buffer is as long as any socket address.
    call(|| unsafe { libc::getsockname(socket.as_raw_fd(), pointer, length) as isize })?;
    Ok(address.port())
}

/// # Safety
/// `length` bytes at `to` may be written.
pub unsafe fn receive(socket: RawFd, to: *mut u8, length: usize) -> Outcome<usize> {
    let flags = libc::MSG_DONTWAIT;
    // SAFETY: as the caller promises. The system call itself: in a process of many threads libc's recv and send begin
    // and end as points where a thread may be cancelled, at a tenth of the price of a look that finds nothing.
    call(|| unsafe { libc::syscall(libc::SYS_recvfrom, socket, to, length, flags, NOBODY, NOBODY) as isize })
}

/// # Safety
/// `length` bytes at `from` may be read.
pub unsafe fn send(socket: RawFd, from: *const u8, length: usize) -> Outcome<usize> {
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: as the caller promises; the system call itself, as in `receive`.
    call(|| unsafe { libc::syscall(libc::SYS_sendto, socket, from, length, flags, NOBODY, 0) as isize })
}

/// The peer is told that nothing follows.
pub fn end_sending(socket: &OwnedFd) {
    // SAFETY: no memory of ours is involved. It fails only where the connection is gone.
    unsafe { libc::shutdown(socket.as_raw_fd(), libc::SHUT_WR) };
}

pub fn wait_writable(socket: RawFd, ms: i32) -> bool {
    let mut wanted = libc::pollfd { fd: socket, events: libc::POLLOUT, revents: 0 };
    // SAFETY: one pollfd that we own.
    unsafe { libc::poll(&mut wanted, 1, ms) > 0 }
}

pub fn event_fd() -> Outcome<OwnedFd> {
    // SAFETY: no memory of ours is involved.
    owned(|| unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) })
}

/// Wakes whoever waits for the event.
pub fn signal(event: RawFd) {
    let one = 1u64;
    // SAFETY: eight bytes that we own. It fails only where the event is signalled already.
    unsafe { libc::write(event, (&raw const one).cast(), 8) };
}

pub fn take_signal(event: &OwnedFd) {
    let mut count = 0u64;
    // SAFETY: eight bytes that we own. It fails where there was no signal.
    unsafe { libc::read(event.as_raw_fd(), (&raw mut count).cast(), 8) };
}

pub fn epoll() -> Outcome<OwnedFd> {
    // SAFETY: no memory of ours is involved.
    owned(|| unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })
}

/// EPOLL_CTL_ADD, _MOD or _DEL.
pub fn watch(epoll: &OwnedFd, operation: i32, fd: RawFd, interest: u32, key: u64) -> Outcome<()> {
    let mut wanted = libc::epoll_event { events: interest, u64: key };
    // SAFETY: one epoll_event that we own.
    call(|| unsafe { libc::epoll_ctl(epoll.as_raw_fd(), operation, fd, &mut wanted) as isize })?;
    Ok(())
}

/// How many of `events` were filled; a signal of the process ends the wait.
pub fn wait_events(epoll: &OwnedFd, events: &mut [libc::epoll_event], ms: i32) -> usize {
    // SAFETY: the length is the slice's.
    let count = unsafe { libc::epoll_wait(epoll.as_raw_fd(), events.as_mut_ptr(), events.len() as i32, ms) };
    count.max(0) as usize
}

pub fn monotonic_ns() -> i64 {
    clock_ns(libc::CLOCK_MONOTONIC)
}

pub fn realtime_ns() -> i64 {
    clock_ns(libc::CLOCK_REALTIME)
}

fn clock_ns(clock: libc::clockid_t) -> i64 {
    // SAFETY: a timespec of zeros is one.
    let mut time: libc::timespec = unsafe { zeroed() };
    // SAFETY: one timespec that we own.
    unsafe { libc::clock_gettime(clock, &mut time) };
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}
