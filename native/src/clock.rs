//! The system's clocks, read by one raw call into the shared memory: no number crosses to JavaScript, where it would
//! be a box on the heap.
use std::ffi::c_void;
use std::ptr;

use napi::bindgen_prelude::{Uint8Array, Unknown};
use napi::{Env, Error, Result, Status, sys as napi_sys};
use napi_derive::napi;

use crate::layout::{CLOCK_MONO_NS, CLOCK_OFFSET_NS, CLOCK_REAL_NS, CLOCK_SYNC_MONO_NS};
use crate::memory::Memory;
use crate::sys;

struct Clock {
    memory: Memory,
    _view: Uint8Array,
}

/// So long a step of the time of day may stay unseen.
const SYNC_NS: i64 = 1_000_000;

/// () => void: CLOCK_MONOTONIC to CLOCK_MONO_NS, CLOCK_REALTIME to CLOCK_REAL_NS.
#[napi]
pub fn clock_function(env: &Env, view: Uint8Array) -> Result<Unknown<'_>> {
    if view.len() < CLOCK_SYNC_MONO_NS + 8 {
        return Err(refused("the view is not over the whole memory"));
    }
    // SAFETY: the view is over the WebAssembly memory, which never grows; `Clock` keeps it.
    let memory = unsafe { Memory::new(view.as_ptr().cast_mut(), view.len()) };
    let data = Box::into_raw(Box::new(Clock { memory, _view: view })).cast::<c_void>();
    let name = c"readClock";
    let mut function = ptr::null_mut();
    // SAFETY: the name outlives the call; `data` is freed by the finalizer, which outlives the function.
    let made = unsafe {
        let length = name.to_bytes().len() as isize;
        let made = napi_sys::napi_create_function(
            env.raw(),
            name.as_ptr(),
            length,
            Some(read_clock),
            data,
            &mut function,
        );
        if made == napi_sys::Status::napi_ok {
            let (hint, reference) = (ptr::null_mut(), ptr::null_mut());
            napi_sys::napi_add_finalizer(env.raw(), function, data, Some(drop_clock), hint, reference)
        } else {
            made
        }
    };
    if made != napi_sys::Status::napi_ok {
        return Err(refused("a function could not be made"));
    }
    // SAFETY: the value was made in this scope by this environment.
    Ok(unsafe { Unknown::from_raw_unchecked(env.raw(), function) })
}

/// # Safety
/// Called by Node-API with the data of `clock_function`.
unsafe extern "C" fn read_clock(
    env: napi_sys::napi_env,
    info: napi_sys::napi_callback_info,
) -> napi_sys::napi_value {
    let mut data = ptr::null_mut();
    // SAFETY: the data is a Clock that lives as long as the function.
    let clock = unsafe {
        napi_sys::napi_get_cb_info(env, info, ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), &mut data);
        &*data.cast::<Clock>()
    };
    let mono_ns = sys::monotonic_ns();
    clock.memory.set_wide(CLOCK_MONO_NS, mono_ns);
    clock.memory.set_wide(CLOCK_REAL_NS, real_at(&clock.memory, mono_ns));
    ptr::null_mut()
}

/// # Safety
/// Node-API calls it once, when the function is gone, with the pointer of `Box::into_raw`.
unsafe extern "C" fn drop_clock(_env: napi_sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: see above.
    drop(unsafe { Box::from_raw(data.cast::<Clock>()) });
}

/// The time of day at a moment of CLOCK_MONOTONIC that has just been. The two clocks are compared once in SYNC_NS; until
/// then what one has gone on the other has, too: a read less for each time that is written down.
pub fn real_at(memory: &Memory, mono_ns: i64) -> i64 {
    if mono_ns >= memory.get_wide(CLOCK_SYNC_MONO_NS) {
        memory.set_wide(CLOCK_OFFSET_NS, sys::realtime_ns() - sys::monotonic_ns());
        memory.set_wide(CLOCK_SYNC_MONO_NS, mono_ns + SYNC_NS);
    }
    mono_ns + memory.get_wide(CLOCK_OFFSET_NS)
}

fn refused(reason: &str) -> Error {
    Error::new(Status::GenericFailure, reason.to_string())
}
