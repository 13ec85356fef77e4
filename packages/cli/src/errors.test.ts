import { FormatError, parseFormat } from '@flowfit/core/flow/format';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { CliError, exitCodeOf, formatError, usageError } from './errors.ts';

const plain = picocolors.createColors(false);

describe('formatError', () => {
  it('puts the remedy below the message, without a stack', () => {
    const error = new CliError('lake-empty', 'The lake is empty.', { remedy: 'First this.\nThen that.' });
    expect(formatError(error, plain, false)).toBe(
      'error[lake-empty]: The lake is empty.\n  First this.\n  Then that.\n',
    );
  });

  it('says that an error without a code is a fault of the program', () => {
    expect(formatError(new TypeError('x is not a function'), plain, false)).toBe(
      'error[internal]: x is not a function\n' +
        '  This is a fault of Flowfit. Set FLOWFIT_DEBUG=1 to see where it happened, and report it with that.\n',
    );
  });

  it('takes no system code for one of ours, and shows the stack only when asked', () => {
    const error = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' });
    expect(formatError(error, plain, false)).toContain('error[internal]: ENOENT');
    expect(formatError(error, plain, true)).toContain('errors.test.ts');
  });
});

describe('exitCodeOf', () => {
  it('tells a wrong call from a failure', () => {
    const thrown = (() => {
      try {
        return parseFormat('srcaddr srcaddr');
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(FormatError);
    expect(exitCodeOf(thrown)).toBe(2);
    expect(exitCodeOf(usageError('window-empty', '…'))).toBe(2);
    expect(exitCodeOf(new CliError('lake-empty', '…'))).toBe(1);
    expect(exitCodeOf(new TypeError('…'))).toBe(1);
  });
});
