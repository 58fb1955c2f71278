//! Puts a file of /dev/shm under a page range of the shared WebAssembly memory: what WebAssembly writes there
//! outlives the process, kill -9 included.
use std::fs::{File, OpenOptions, read_to_string};
use std::os::fd::AsRawFd;

use napi::bindgen_prelude::Uint8Array;
use napi::{Error, Result, Status};
use napi_derive::napi;

/// Maps the first `bytes` of the file at `path` over the view's bytes from `offset` on. What lay there is gone;
/// what the file holds is read from then on.
#[napi]
pub fn map_shared(view: Uint8Array, offset: f64, bytes: f64, path: String) -> Result<()> {
    let range = Range::within(&view, offset, bytes)?;
    if range.is_mapped_from_file()? {
        return Err(refused(format!("the range at {offset} is mapped from a file already")));
    }
    let file = open(&path, range.bytes)?;
    // SAFETY: the range is whole pages inside the caller's memory, so nothing of anybody else is replaced.
    unsafe { range.replace(libc::MAP_SHARED, file.as_raw_fd()) }
}

/// Puts memory of the process itself (zeros) under a range that `map_shared` has mapped; the file keeps its bytes.
#[napi]
pub fn unmap_shared(view: Uint8Array, offset: f64, bytes: f64) -> Result<()> {
    let range = Range::within(&view, offset, bytes)?;
    if !range.is_mapped_from_file()? {
        return Err(refused(format!("the range at {offset} is not mapped from a file")));
    }
    // SAFETY: as above.
    unsafe { range.replace(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1) }
}

/// Whole pages inside one view.
struct Range {
    address: usize,
    bytes: usize,
}

impl Range {
    fn within(view: &Uint8Array, offset: f64, bytes: f64) -> Result<Range> {
        Range::of(view.as_ptr() as usize, view.len(), offset, bytes)
    }

    fn of(base: usize, length: usize, offset: f64, bytes: f64) -> Result<Range> {
        let page = page_bytes();
        let is_size = |value: f64| value >= 0.0 && value.fract() == 0.0 && value <= length as f64;
        if !is_size(offset) || !is_size(bytes) || bytes == 0.0 || offset + bytes > length as f64 {
            return Err(refused(format!(
                "{bytes} bytes at {offset} are not inside the {length} bytes of the view"
            )));
        }
        let address = base + offset as usize;
        if !address.is_multiple_of(page) || !(bytes as usize).is_multiple_of(page) {
            return Err(refused(format!("{bytes} bytes at {offset} are not whole pages of {page} bytes")));
        }
        Ok(Range { address, bytes: bytes as usize })
    }

    /// As the kernel says: a flag of ours would outlive the memory that it is about.
    fn is_mapped_from_file(&self) -> Result<bool> {
        let maps = read_to_string("/proc/self/maps")
            .map_err(|error| refused(format!("/proc/self/maps: {error}")))?;
        Ok(maps.lines().any(|line| match file_mapping(line) {
            Some((start, end)) => start < self.address + self.bytes && self.address < end,
            None => false,
        }))
    }

    /// # Safety
    /// Nobody but the owner of the view may use the range's bytes.
    unsafe fn replace(&self, flags: i32, file: i32) -> Result<()> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: MAP_FIXED replaces exactly the pages of the range, which lie inside one live mapping.
        let at = unsafe {
            libc::mmap(self.address as *mut _, self.bytes, protection, flags | libc::MAP_FIXED, file, 0)
        };
        if at == libc::MAP_FAILED {
            return Err(refused(format!("mmap: {}", std::io::Error::last_os_error())));
        }
        Ok(())
    }
}

/// Start and end of a line of /proc/self/maps that has a file behind it.
fn file_mapping(line: &str) -> Option<(usize, usize)> {
    let mut fields = line.split_ascii_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let inode = fields.nth(3)?;
    if inode == "0" {
        return None;
    }
    Some((usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?))
}

fn open(path: &str, bytes: usize) -> Result<File> {
    let told = |error: std::io::Error| refused(format!("{path}: {error}"));
    let file = OpenOptions::new().read(true).write(true).open(path).map_err(told)?;
    let status = file.metadata().map_err(told)?;
    if !status.is_file() {
        return Err(refused(format!("{path} is not a file")));
    }
    // A touch behind the end of the file would end the process (SIGBUS).
    if status.len() < bytes as u64 {
        return Err(refused(format!("{path} has {} bytes, {bytes} are to be mapped", status.len())));
    }
    Ok(file)
}

fn page_bytes() -> usize {
    // SAFETY: asks for a constant of the system.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as usize }
}

fn refused(reason: String) -> Error {
    Error::new(Status::InvalidArg, reason)
}

#[cfg(test)]
mod tests {
    use super::{Range, file_mapping, page_bytes};

    #[test]
    fn only_lines_with_an_inode_are_files() {
        let file = "7f0000000000-7f0000010000 rw-s 00000000 00:19 42   /dev/shm/ring";
        let memory = "7f0000010000-7f0000020000 rw-p 00000000 00:00 0";
        assert_eq!(file_mapping(file), Some((0x7f0000000000, 0x7f0000010000)));
        assert_eq!(file_mapping(memory), None);
        assert_eq!(file_mapping("nonsense"), None);
    }

    #[test]
    fn a_range_is_whole_pages_inside_the_view() {
        let page = page_bytes();
        let (base, length) = (16 * page, 8 * page);
        let of = |offset: f64, bytes: f64| Range::of(base, length, offset, bytes).is_ok();
        let pages = |count: usize| (count * page) as f64;
        assert!(of(0.0, pages(8)));
        assert!(of(pages(7), pages(1)));
        assert!(!of(pages(7), pages(2)));
        assert!(!of(pages(8), pages(1)));
        assert!(!of(0.0, 0.0));
        assert!(!of(1.0, pages(1)));
        assert!(!of(0.0, pages(1) + 1.0));
        assert!(!of(-pages(1), pages(1)));
        assert!(!of(f64::NAN, pages(1)));
        assert!(!of(0.5, pages(1)));
        assert!(!of(0.0, f64::INFINITY));
    }
}
