/**
 * What the hot loop and the addon say to each other in the shared memory, [24 MiB, 25 MiB): read by TypeScript,
 * and by native/build.rs, which wants each constant on a line of its own as a plain number.
 */

/** Grows whenever anything here changes: an addon that was built with another map is not loaded. */
export const NATIVE_LAYOUT_VERSION = 1;
