/**
 * The version of every workspace. A test compares it with package.json. It is a constant, so that a bundle needs no
 * further file.
 */
export const VERSION = '0.1.0';
