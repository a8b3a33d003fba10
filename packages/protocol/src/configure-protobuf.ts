import protobuf from 'protobufjs/minimal.js';
import { keepWideVarints } from './wide-varints.js';

/**
 * Makes 64-bit fields plain numbers. Has to run before the generated module is evaluated, which fixes the defaults
 * of its fields then; so this module is the first import of `protobuf.ts`, the only module that loads the other.
 *
 * A value above 2^53 - 1 loses its last digits in this: it still arrives as a number that isn't a safe integer, so
 * that validation can refuse it.
 */
(protobuf.util as { Long: unknown }).Long = undefined;
protobuf.configure();
keepWideVarints();
