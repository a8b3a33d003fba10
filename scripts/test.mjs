import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithNpm } from './end-with-npm.mjs';
import { ensureBuilt } from './ensure-built.mjs';
import { runGuarded } from './run-guarded.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

endWithNpm();
await ensureBuilt();
const folder = mkdtempSync(join(tmpdir(), 'boomerang-report-'));
const reportFile = join(folder, 'report.json');
const code = await vitest(reportFile, process.argv.slice(2));
const totals = count(readReport(reportFile), code);
rmSync(folder, { recursive: true, force: true });

process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed${skipped}\n`);

/** Runs it to its end, whatever signals arrive: it is vitest that winds up. */
async function vitest(report, args) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const script = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const outcome = await runGuarded(process.execPath, [script, 'run', ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return typeof outcome === 'number' ? outcome : 1;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
  }
}

/**
 * A file that failed although none of its tests did (it could not be loaded, a hook threw) counts as one failure. So does
 * a run that ended badly although no file failed: a crash, or an error outside of every test.
 */
function count(report, exitCode) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
