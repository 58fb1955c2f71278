//! The shared WebAssembly memory as the addon sees it: words at offsets of wasm/native-layout.ts. JavaScript, the
//! WebAssembly core and other threads use the same words, so all of them are atomics here.
use std::sync::atomic::{AtomicI32, AtomicI64, Ordering};

/// A view over the memory; whoever holds one keeps the memory alive.
#[derive(Clone, Copy)]
pub struct Memory {
    base: *mut u8,
    length: usize,
}

impl Memory {
    /// # Safety
    /// `length` bytes at `base`, aligned to 8, stay valid as long as the result and its copies are used, and are
    /// written by others as words only where a word is expected here.
    pub unsafe fn new(base: *mut u8, length: usize) -> Memory {
        assert!((base as usize).is_multiple_of(8), "the memory is aligned");
        Memory { base, length }
    }

    /// Where it lies in this process: tells memories apart.
    pub fn address(&self) -> usize {
        self.base as usize
    }

    pub fn word(&self, offset: usize) -> &AtomicI32 {
        let at = self.bytes(offset, 4);
        assert!((at as usize).is_multiple_of(4), "a word at {offset} is aligned");
        // SAFETY: inside the memory (checked by `bytes`), aligned, and everybody uses it as an atomic word.
        unsafe { AtomicI32::from_ptr(at.cast()) }
    }

    pub fn wide(&self, offset: usize) -> &AtomicI64 {
        let at = self.bytes(offset, 8);
        assert!((at as usize).is_multiple_of(8), "a wide word at {offset} is aligned");
        // SAFETY: as above.
        unsafe { AtomicI64::from_ptr(at.cast()) }
    }

    pub fn get(&self, offset: usize) -> i32 {
        self.word(offset).load(Ordering::Relaxed)
    }

    pub fn set(&self, offset: usize, value: i32) {
        self.word(offset).store(value, Ordering::Relaxed);
    }

    pub fn get_wide(&self, offset: usize) -> i64 {
        self.wide(offset).load(Ordering::Relaxed)
    }

    pub fn set_wide(&self, offset: usize, value: i64) {
        self.wide(offset).store(value, Ordering::Relaxed);
    }

    /// Of counters that only this thread writes.
    pub fn add_wide(&self, offset: usize, delta: i64) {
        self.set_wide(offset, self.get_wide(offset) + delta);
    }

    /// Where the bytes lie; a range outside the memory is a bug of ours and ends the process.
    pub fn bytes(&self, offset: usize, length: usize) -> *mut u8 {
        assert!(self.holds(offset, length), "{length} bytes at {offset} lie in the memory");
        // SAFETY: inside the memory.
        unsafe { self.base.add(offset) }
    }

    pub fn holds(&self, offset: usize, length: usize) -> bool {
        offset.checked_add(length).is_some_and(|end| end <= self.length)
    }

    /// Moves bytes to the front of a buffer; the ranges may overlap.
    pub fn move_down(&self, buffer: usize, start: usize, end: usize) {
        assert!(start <= end, "the bytes are {start}..{end}");
        let from = self.bytes(buffer + start, end - start);
        let to = self.bytes(buffer, end - start);
        // SAFETY: both ranges are inside the memory and belong to the socket whose buffer it is.
        unsafe { std::ptr::copy(from, to, end - start) };
    }
}
