/** All targets, in the order in which they take their turns. */
import { CODEC_TARGETS } from './codec-targets.ts';
import { SESSION_TARGETS } from './session-targets.ts';

export const FUZZ_TARGETS = [...CODEC_TARGETS, ...SESSION_TARGETS];
