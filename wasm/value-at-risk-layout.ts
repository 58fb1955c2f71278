/**
 * The memory of the Monte Carlo kernel, one 128 KiB WebAssembly.Memory a worker (not shared): the
 * book and the Cholesky factor come in, one block of losses goes out. Compiled into both sides.
 */
export const VAR_PAGES = 2; // the second page is AssemblyScript's own (asconfig.json: memoryBase)
export const VAR_FACTORS_MAX = 64; // columns of the history with an open position; more are refused before the kernel
export const VAR_BLOCK = 4096; // scenarios of one block; a block has its own random streams

export const VAR_PRNG = 1024; // 4 x v128: state of xoshiro256++, one stream a lane
export const VAR_MEAN = 2048; // f64 x VAR_FACTORS_MAX: mean return over the horizon
export const VAR_EXPOSURE = 2560; // f64 x VAR_FACTORS_MAX: money gained by a return of 1
export const VAR_CHOLESKY = 4096; // f64, lower triangle row by row: row i starts at i * (i + 1) / 2
export const VAR_NORMALS = 24576; // a factor: |normals of scenarios 0, 1 |2, 3 |4, 5 |6, 7|
export const VAR_NORMALS_BYTES = 64;
export const VAR_LOSSES = 32768; // f64 x VAR_BLOCK, loss positive
