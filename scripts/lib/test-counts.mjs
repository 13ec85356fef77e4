/**
 * Counts of a Vitest JSON report. A file that could not even be loaded has no tests to fail: it counts as one failure,
 * and so does a run that left no report.
 *
 * @param {{ numPassedTests: number, numPendingTests: number, numTodoTests?: number,
 *   testResults: { status: string, assertionResults: { status: string }[] }[] } | null} report
 */
export const countTests = (report) => {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  const failedTests = report.testResults.flatMap((file) => file.assertionResults).filter((t) => t.status === 'failed');
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((t) => t.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: failedTests.length + brokenFiles.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
};

/** `N passed, N failed`, and the skipped ones where there are any. */
export const formatCounts = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
