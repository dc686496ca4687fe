import * as v from 'valibot';
import { InstantOut } from '../../http/schemas.ts';
import { say } from '../../http/validation.ts';
import { WIDGETS } from './registry.ts';

/** The widgets of the caller; those of others are not there. */
export const Dashboard = v.object({
  /** When the oldest of the widgets was read. */
  generated_at: InstantOut,
  /** Whether any of them was read for an earlier request. */
  cached: v.boolean(),
  /** Seconds since `generated_at`. */
  age_seconds: v.number(),
  role: v.string(),
  widgets: v.object(Object.fromEntries(WIDGETS.map(({ name, schema }) => [name, v.optional(schema)]))),
});

const NAMES = WIDGETS.map(({ name }) => name);
const NO_WIDGET = say({
  es: `Use nombres de: ${NAMES.join(', ')}.`,
  en: `Use names of: ${NAMES.join(', ')}.`,
});

export const WidgetsQuery = v.object({
  /** Names with commas; all of the caller's when not given. */
  widget_types: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(500),
      v.transform((text) => [...new Set(text.split(',').map((name) => name.trim()))].filter(Boolean)),
      v.check((names) => names.every((name) => NAMES.includes(name)), NO_WIDGET),
    ),
  ),
});
