/**
 * When a FIX session may be logged on, as the configuration says it: a window on each of some days,
 * or one window a week, in the local time of a zone. gateways/fix/settings/session-schedule.ts
 * turns it into instants.
 */
import { z } from 'zod';
import { isTimeZone, WEEKDAYS } from './local-time.ts';

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/)
  .describe('a local time in quotes, such as "07:00" or "17:00:30"');
const weekday = z.enum(WEEKDAYS);
const timeZone = z
  .string()
  .refine(isTimeZone)
  .describe('an IANA time zone such as America/New_York or UTC');
const holidays = z.array(z.iso.date().describe('a date such as 2026-12-25'));

const dailySchema = z.strictObject({
  every: z.literal('day'),
  timeZone,
  start: timeOfDay,
  /** At or before start: on the day after. The same as start: 24 hours. */
  end: timeOfDay,
  /** Days on which a window starts. */
  days: z.array(weekday).min(1),
  /** Dates on which none starts. */
  holidays,
});

const weeklySchema = z.strictObject({
  every: z.literal('week'),
  timeZone,
  startDay: weekday,
  start: timeOfDay,
  endDay: weekday,
  /** The same day and time as the start: the whole week. */
  end: timeOfDay,
  /** Dates cut out of the week, midnight to midnight; numbers start anew behind each cut. */
  holidays,
});

export const fixScheduleSchema = z.discriminatedUnion('every', [dailySchema, weeklySchema]);
export type FixScheduleConfig = z.infer<typeof fixScheduleSchema>;
