// Runs services of this checkout beside those of an older one, built out of the git history.
//
//   npm run test:compat [-- git ref]      default: what test/compat/oldest-supported-release names
import { fileURLToPath } from 'node:url';

const [ref] = process.argv.splice(2, 1);
if (ref) process.env.BOOMERANG_COMPAT_REF = ref;
process.argv.push('test/compat');
await import(fileURLToPath(new URL('test.mjs', import.meta.url)));
