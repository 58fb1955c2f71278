// The core module: every kernel of the hot path, one WebAssembly module over one shared memory.
export * from './fix-decode';
export * from './book';
export * from './signal';
export * from './limits';
export * from './order-encode';
export * from './journal-record';
export * from './state-hash';
