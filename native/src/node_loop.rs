//! Node's own event loop (libuv) as the wait sees it: whether it has something to do, and when its next timer is due.
//! So a thread that blocks in our wait misses neither a message of another thread nor a timer. Where this Node.js does
//! not show its libuv, the wait is simply cut short by its caller.
use std::ffi::{CStr, c_char, c_int, c_void};
use std::os::fd::RawFd;

type Loop = *mut c_void;
type Handle = *mut c_void;
type Walk = unsafe extern "C" fn(Loop, unsafe extern "C" fn(Handle, *mut c_void), *mut c_void);

/// More kinds of handles than libuv will have.
const KINDS_MAX: c_int = 64;

struct Functions {
    walk: Walk,
    kind_of: unsafe extern "C" fn(Handle) -> c_int,
    is_active: unsafe extern "C" fn(Handle) -> c_int,
    due_in_ms: unsafe extern "C" fn(Handle) -> u64,
    update_time: unsafe extern "C" fn(Loop),
    timer_kind: c_int,
}

pub struct NodeLoop {
    uv: Loop,
    functions: Functions,
    /// Readable when the event loop has something to do.
    pub fd: RawFd,
}

impl NodeLoop {
    /// # Safety
    /// `uv` is the libuv loop of this thread, and outlives the result.
    pub unsafe fn new(uv: *mut c_void) -> Option<NodeLoop> {
        let backend_fd: unsafe extern "C" fn(Loop) -> c_int = symbol(c"uv_backend_fd")?;
        let functions = Functions {
            walk: symbol(c"uv_walk")?,
            kind_of: symbol(c"uv_handle_get_type")?,
            is_active: symbol(c"uv_is_active")?,
            due_in_ms: symbol(c"uv_timer_get_due_in")?,
            update_time: symbol(c"uv_update_time")?,
            timer_kind: timer_kind()?,
        };
        // SAFETY: the caller's promise.
        let fd = unsafe { backend_fd(uv) };
        (fd >= 0).then_some(NodeLoop { uv, functions, fd })
    }

    /// Until the next timer is due; None = there is none.
    pub fn due_ms(&self) -> Option<u64> {
        let mut search = Search { functions: &self.functions, due_ms: None };
        // SAFETY: the loop is this thread's and alive (see new); `search` outlives the walk.
        unsafe {
            (self.functions.update_time)(self.uv);
            (self.functions.walk)(self.uv, look_at, (&raw mut search).cast());
        }
        search.due_ms
    }
}

struct Search<'a> {
    functions: &'a Functions,
    due_ms: Option<u64>,
}

/// # Safety
/// Called by uv_walk for each handle, with the search that was given to it.
unsafe extern "C" fn look_at(handle: Handle, search: *mut c_void) {
    // SAFETY: see above.
    let search = unsafe { &mut *search.cast::<Search>() };
    let Functions { kind_of, is_active, due_in_ms, timer_kind, .. } = search.functions;
    // SAFETY: the handle is alive during the walk; only a timer is asked when it is due.
    let due_ms = unsafe {
        if kind_of(handle) != *timer_kind || is_active(handle) == 0 {
            return;
        }
        due_in_ms(handle)
    };
    search.due_ms = Some(search.due_ms.map_or(due_ms, |other| other.min(due_ms)));
}

/// libuv's number for a timer, found by its name.
fn timer_kind() -> Option<c_int> {
    let name_of: unsafe extern "C" fn(c_int) -> *const c_char = symbol(c"uv_handle_type_name")?;
    (1..KINDS_MAX).find(|&kind| {
        // SAFETY: the name is a constant of libuv, or null.
        let name = unsafe { name_of(kind) };
        // SAFETY: as above.
        !name.is_null() && unsafe { CStr::from_ptr(name) } == c"timer"
    })
}

/// A function that the Node.js binary exports.
fn symbol<F: Copy>(name: &CStr) -> Option<F> {
    const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
    // SAFETY: looks a name up.
    let at = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    // SAFETY: the type is the one in libuv's manual for this name; a function pointer is as large as `at`.
    (!at.is_null()).then(|| unsafe { std::mem::transmute_copy::<*mut c_void, F>(&at) })
}
