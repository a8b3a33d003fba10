/**
 * The generated messages, configured. Everything else takes them from here: whoever loaded the generated module
 * itself could get 64-bit fields as objects.
 */
import './configure-protobuf.js';

export { boomerang, google, spage } from '../generated/contract.js';
