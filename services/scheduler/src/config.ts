import { defineConfig, integer, sharedSettings } from '@boomerang/runtime';

export const schedulerSettings = defineConfig({
  ...sharedSettings,
  horizonMs: integer({
    variable: 'BOOMERANG_HORIZON_MS',
    default: 5_000,
    min: 1_000,
    max: 3_600_000,
    unit: 'ms',
    meaning: 'How far ahead tickets are issued.',
  }),
  leadMs: integer({
    variable: 'BOOMERANG_LEAD_MS',
    default: 500,
    min: 0,
    max: 1_000,
    unit: 'ms',
    meaning: 'How long before its slice begins a ticket is handed out.',
  }),
  lookEveryMs: integer({
    variable: 'BOOMERANG_LOOK_EVERY_MS',
    default: 250,
    min: 10,
    max: 500,
    unit: 'ms',
    meaning: 'Time between two looks ahead at a partition.',
  }),
});
