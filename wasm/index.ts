// The core module: every kernel of the hot path, one WebAssembly module over one shared memory.

export * from './book';
export * from './fix-decode';
export * from './journal-record';
export * from './limits';
export * from './order-encode';
export * from './signal';
export * from './state-hash';
