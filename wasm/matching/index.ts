// The matching module: order books by order, matching, and building from feeds, in its own memory.

export * from './queries';
export * from './run';
export * from './state';
