//! The send lock of one session: whoever holds it may number, write and send what lies in the session's TX. A word in
//! the shared memory, so that WebAssembly, JavaScript and both threads' addons can take it.
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::layout::LOCK_FREE;
use crate::memory::Memory;

/// It is held for microseconds: this long is waited in a loop before the thread gives its core away.
const SPINS: u32 = 200;
const PAUSE: Duration = Duration::from_micros(20);

/// Held until it is dropped.
pub struct Held {
    memory: Memory,
    word: usize,
}

impl Held {
    /// Of a lock that an earlier call has taken and kept.
    pub fn of(memory: &Memory, word: usize) -> Held {
        Held { memory: *memory, word }
    }
}

/// Without waiting; None = somebody has it.
pub fn try_take(memory: &Memory, word: usize, owner: usize) -> Option<Held> {
    let free = LOCK_FREE as i32;
    let taken = memory.word(word).compare_exchange(free, owner as i32, Ordering::Acquire, Ordering::Relaxed);
    taken.ok().map(|_| Held::of(memory, word))
}

/// Waits at most `wait`; None = it was not to be had.
pub fn take(memory: &Memory, word: usize, owner: usize, wait: Duration) -> Option<Held> {
    let deadline = Instant::now() + wait;
    for spins in 0u32.. {
        if let Some(held) = try_take(memory, word, owner) {
            return Some(held);
        }
        if spins < SPINS {
            std::hint::spin_loop();
        } else if Instant::now() >= deadline {
            return None;
        } else {
            std::thread::sleep(PAUSE);
        }
    }
    None
}

impl Drop for Held {
    fn drop(&mut self) {
        self.memory.word(self.word).store(LOCK_FREE as i32, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::{take, try_take};
    use crate::layout::{LOCK_CONTROL, LOCK_LOOP};
    use crate::memory::Memory;
    use std::time::Duration;

    const WORD: usize = 64;
    /// Two words that are equal whenever nobody holds the lock.
    const LEFT: usize = 0;
    const RIGHT: usize = 8;
    const ROUNDS: i64 = if cfg!(miri) { 100 } else { 20_000 };

    #[test]
    fn a_taken_lock_is_not_given_until_it_is_dropped() {
        let mut bytes = vec![0u64; 16];
        // SAFETY: the vector outlives the memory.
        let memory = unsafe { Memory::new(bytes.as_mut_ptr().cast(), 128) };
        let held = try_take(&memory, WORD, LOCK_LOOP).unwrap();
        assert_eq!(memory.get(WORD), LOCK_LOOP as i32);
        assert!(try_take(&memory, WORD, LOCK_CONTROL).is_none());
        assert!(take(&memory, WORD, LOCK_CONTROL, Duration::from_millis(1)).is_none());
        drop(held);
        assert!(take(&memory, WORD, LOCK_CONTROL, Duration::ZERO).is_some());
        assert_eq!(memory.get(WORD), 0);
    }

    #[test]
    fn two_threads_never_see_each_other_half_way() {
        let mut bytes = vec![0u64; 16];
        let at = bytes.as_mut_ptr() as usize;
        let work = |owner: usize| {
            // SAFETY: the vector outlives both threads, which are joined below.
            let memory = unsafe { Memory::new(at as *mut u8, 128) };
            for _ in 0..ROUNDS {
                let _held = take(&memory, WORD, owner, Duration::from_secs(60)).unwrap();
                assert_eq!(memory.get_wide(LEFT), memory.get_wide(RIGHT));
                memory.add_wide(LEFT, 1);
                memory.add_wide(RIGHT, 1);
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| work(LOCK_CONTROL));
            work(LOCK_LOOP);
        });
        assert_eq!(bytes[0], 2 * ROUNDS as u64);
    }
}
