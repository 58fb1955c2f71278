//! The journal records' checksums by the processor's own CRC-32C instruction: what `journalSeal` of wasm/journal-ring.ts
//! does by tables, four times as fast, on the thread that shares the machine with the hot loop.
use napi::bindgen_prelude::Uint8Array;
use napi::{Error, Result, Status};
use napi_derive::napi;

// wasm/journal-layout.ts draws the record.
const RECORD_CRC32C: usize = 24;
const RECORD_HEADER_BYTES: usize = 32;

#[napi(js_name = "hasCrc32c")]
pub fn has_crc32c() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("sse4.2");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("crc");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return false;
}

/// The chain after them; the records' own CRC fields are filled in.
#[napi]
pub fn seal_records(view: Uint8Array, at: u32, length: u32, chain: i32) -> Result<i32> {
    let (at, length) = (at as usize, length as usize);
    if at.checked_add(length).is_none_or(|end| end > view.len()) || !has_crc32c() {
        return Err(refused("there are no such bytes, or there is no CRC-32C here"));
    }
    // SAFETY: inside the view; the stage is the writer thread's own while it hands over.
    let bytes = unsafe { std::slice::from_raw_parts_mut(view.as_ptr().cast_mut().add(at), length) };
    seal(bytes, chain as u32).map(|chain| chain as i32).ok_or_else(|| refused("these are no whole records"))
}

fn seal(mut rest: &mut [u8], mut chain: u32) -> Option<u32> {
    while !rest.is_empty() {
        let used = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let padded = used.checked_next_multiple_of(8)?;
        if used < RECORD_HEADER_BYTES || padded > rest.len() {
            return None;
        }
        let (record, behind) = rest.split_at_mut(padded);
        record[RECORD_CRC32C..RECORD_CRC32C + 4].fill(0);
        let crc = crc32c(&record[..used]);
        record[RECORD_CRC32C..RECORD_CRC32C + 4].copy_from_slice(&crc.to_le_bytes());
        let link = u64::from(chain) | u64::from(crc) << 32;
        chain = crc32c(&link.to_le_bytes());
        rest = behind;
    }
    Some(chain)
}

/// Only where `has_crc32c` says so.
fn crc32c(bytes: &[u8]) -> u32 {
    // SAFETY: every caller has asked for the instruction.
    unsafe { crc32c_of_processor(bytes) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse4.2")]
unsafe fn crc32c_of_processor(bytes: &[u8]) -> u32 {
    use std::arch::x86_64::{_mm_crc32_u8, _mm_crc32_u64};
    let (words, tail) = bytes.as_chunks::<8>();
    let mut crc = u64::from(u32::MAX);
    for word in words {
        crc = _mm_crc32_u64(crc, u64::from_le_bytes(*word));
    }
    !tail.iter().fold(crc as u32, |crc, byte| _mm_crc32_u8(crc, *byte))
}

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "crc")]
unsafe fn crc32c_of_processor(bytes: &[u8]) -> u32 {
    use std::arch::aarch64::{__crc32cb, __crc32cd};
    let (words, tail) = bytes.as_chunks::<8>();
    let mut crc = u32::MAX;
    for word in words {
        crc = __crc32cd(crc, u64::from_le_bytes(*word));
    }
    !tail.iter().fold(crc, |crc, byte| __crc32cb(crc, *byte))
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
unsafe fn crc32c_of_processor(_bytes: &[u8]) -> u32 {
    unreachable!("has_crc32c has said that there is none")
}

fn refused(reason: &str) -> Error {
    Error::new(Status::InvalidArg, reason.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values_are_the_published_ones() {
        if !has_crc32c() {
            return;
        }
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(crc32c(b""), 0);
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&[0xff; 32]), 0x62a8_ab43);
    }

    #[test]
    fn what_is_no_record_is_refused() {
        if !has_crc32c() {
            return;
        }
        assert_eq!(seal(&mut [0; 40], 0), None);
        let mut too_long = [0; 40];
        too_long[0] = 41;
        assert_eq!(seal(&mut too_long, 0), None);
        assert_eq!(seal(&mut [1; 3], 0), None);
        assert_eq!(seal(&mut [], 7), Some(7));
    }
}
