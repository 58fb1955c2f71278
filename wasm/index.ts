// The core module: every kernel of the hot path, one WebAssembly module over one shared memory.

export * from './book';
export * from './core-time';
export * from './equity';
export * from './fix-decode';
export * from './intent-fill';
export * from './intent-record';
export * from './journal-record';
export * from './journal-ring';
export * from './limits';
export * from './market-tick';
export * from './order-encode';
export * from './order-entry';
export * from './order-submit';
export * from './order-table';
export * from './session-lock';
export * from './signal';
export * from './state-hash';
export * from './threshold';
export * from './tick-next';
export * from './tree-score';
