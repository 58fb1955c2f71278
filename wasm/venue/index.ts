// The venue's module: its order path from received bytes to reports, on one shared memory with the
// layouts of wasm/layout.ts, wasm/venue-layout.ts and wasm/matching.

export { matchingDepth } from '../matching/queries';
export { matchingHash, matchingReset } from '../matching/state';
export { symbolAdd } from '../symbol-table';
export { bookGoOn, bookRestore } from './book-port';
export { addClientId } from './client-ids';
export { sweepNext, sweepStart, takeRequest } from './desk';
export { flowCancel, flowForget, flowOrder } from './flow-orders';
export { logMessage } from './log-ring';
export { nameOf } from './names';
export { openOrder, takeOrder } from './order-table';
export { requestNext } from './request-decode';
export { touchNext } from './touch';
export { venueTurn } from './turn';
