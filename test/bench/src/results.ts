import type { Fault } from './bench.js';
import type { Measured } from './measure.js';
import type { Baseline } from './scenarios/baseline.js';
import type { Parked } from './scenarios/parked.js';

export interface Results {
  machine?: Machine;
  parked?: Parked;
  steady: Measured[];
  drain?: Measured;
  sustain?: Measured[];
  idle?: Measured;
  baseline?: Baseline;
  faults: Fault[];
}

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  readonly redis: string;
}
