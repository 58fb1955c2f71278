/** The engine's version, as the journal's first record states it; equal to package.json (a test says so). */
export const ENGINE_VERSION = '0.1.0';
