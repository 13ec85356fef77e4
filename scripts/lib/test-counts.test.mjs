import { expect, test } from 'vitest';
import { countTests, formatCounts } from './test-counts.mjs';

test('counts passed, failed and skipped tests', () => {
  const assertionResults = [{ status: 'passed' }, { status: 'failed' }, { status: 'pending' }];
  const report = { numPassedTests: 1, numPendingTests: 1, testResults: [{ status: 'failed', assertionResults }] };
  expect(formatCounts(countTests(report))).toBe('1 passed, 1 failed, 1 skipped');
});

test('a file that does not load counts as a failure', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
  ];
  expect(formatCounts(countTests({ numPassedTests: 1, numPendingTests: 0, testResults }))).toBe('1 passed, 1 failed');
});

test('no report is a failure', () => {
  expect(formatCounts(countTests(null))).toBe('0 passed, 1 failed');
});
