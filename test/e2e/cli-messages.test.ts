/**
 * What the command says when something is wrong: one golden file for each case in `test/golden/cli`. The commands run
 * inside this process.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCliGolden, runInFolder } from './cli-golden.ts';

const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const accepted = (port: number): string =>
  `2 111122223333 eni-0123456789abcdef0 203.0.113.7 10.0.1.5 ${port} 443 6 10 840 1780272000 1780272060 ACCEPT OK`;
const LOG = `${[HEADER, accepted(49152), accepted(49153)].join('\n')}\n`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowfit-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
};

const flowfit = (...words: string[]) => runInFolder(folder, words);
const expectMessages = (name: string, ...words: string[]) => expectCliGolden(folder, name, words);

describe('a wrong call', () => {
  it.each([
    ['unknown-command', ['ingset', 'flow.log']],
    ['unknown-subcommand', ['inventory', 'ad']],
    ['unknown-option', ['ingest', 'flow.log', '--formt', 'srcaddr']],
    ['missing-path', ['ingest']],
    ['bad-time', ['flows', '--from', 'yesterday']],
    ['empty-window', ['flows', '--from', '2026-06-02', '--to', '2026-06-01']],
    ['bad-size', ['top', 'srcaddr', '--temp-limit', 'lots']],
    ['bad-limit', ['flows', '--limit', 'all']],
    ['json-and-ndjson', ['flows', '--json', '--ndjson']],
    ['filter-unknown-field', ['flows', '--where', 'srcaddr in 10.0.0.0/8 and dstprt = 443']],
    ['filter-cut-off', ['flows', '--where', 'dstport in (443, 8443']],
    ['filter-bad-address', ['flows', '--where', 'srcaddr = 10.0.0.256']],
    ['unknown-field', ['top', 'scraddr']],
    ['format-twice', ['ingest', '@flow.log', '--format', '${srcaddr} ${dstaddr} ${srcaddr}']],
    ['format-bad-name', ['ingest', '@flow.log', '--format', '$srcaddr ${dstaddr}']],
  ])('%s', async (name, words) => {
    put('flow.log', LOG);
    const { code, stdout } = await expectMessages(name, ...words);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('input that cannot be read', () => {
  it('a path that is not there', async () => {
    expect((await expectMessages('input-missing', 'ingest', '@nowhere.log')).code).toBe(1);
  });

  it('an empty folder', async () => {
    mkdirSync(join(folder, 'logs'));
    expect((await expectMessages('input-empty-folder', 'ingest', '@logs')).code).toBe(1);
  });

  it('an empty file, which is no error of the others', async () => {
    put('logs/empty.log', '');
    put('logs/flow.log', LOG);
    await expectMessages('input-empty-file', 'ingest', '@logs');
  });

  it('binary rubbish alone fails, beside logs it is told', async () => {
    put(
      'rubbish.bin',
      Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256),
    );
    put('flow.log', LOG);
    await expectMessages('input-binary', 'ingest', '@rubbish.bin');
    await expectMessages('input-binary-beside-logs', 'ingest', '@rubbish.bin', '@flow.log');
  });

  it('a gzip that is cut off keeps what could be read, and is read again once repaired', async () => {
    const lines = [HEADER, ...Array.from({ length: 5000 }, (_, index) => accepted(1024 + index))];
    const whole = gzipSync(`${lines.join('\n')}\n`);
    put('flow.log.gz', whole.subarray(0, whole.length / 2));
    const first = JSON.parse((await flowfit('ingest', '@flow.log.gz', '--json')).stdout);
    expect(first.objects.failed).toMatchObject([{ code: expect.stringMatching(/^[a-z-]+$/) }]);
    expect(first.records.stored).toBeGreaterThan(1000);
    put('flow.log.gz', whole);
    const second = JSON.parse((await flowfit('ingest', '@flow.log.gz', '--json')).stdout);
    expect(second.objects.failed).toEqual([]);
    expect(first.records.stored + second.records.stored).toBe(5000);
    expect(second.records.duplicates).toBe(first.records.stored);
  });

  it('lines that are no records, each with its reason', async () => {
    const bad = [
      accepted(1).replace('ACCEPT', 'MAYBE'),
      accepted(2).replace('443', '99999'),
      accepted(3).replace('10.0.1.5', '10.0.1.256'),
      `${accepted(4)} more`,
      `{"message": "cut off`,
      'x'.repeat(70_000),
    ];
    put('flow.log', `${[HEADER, accepted(49152), ...bad].join('\n')}\n`);
    const strict = await expectMessages('input-bad-lines', 'ingest', '@flow.log', '--strict');
    expect(strict.code).toBe(3);
  });

  it('bytes that are not UTF-8', async () => {
    put('flow.log', Buffer.concat([Buffer.from(LOG), Buffer.from([0x32, 0x20, 0xff, 0xfe, 0x0a])]));
    await expectMessages('input-not-utf8', 'ingest', '@flow.log');
  });

  it('a header that names a field twice', async () => {
    put('flow.log', `${HEADER.replace('dstaddr', 'srcaddr')}\n${accepted(49152)}\n`);
    await expectMessages('input-header-twice', 'ingest', '@flow.log');
  });

  it('formats that change within a file', async () => {
    const other = 'srcaddr dstaddr action start end interface-id log-status';
    const record = '198.51.100.9 10.0.1.5 REJECT 1780272000 1780272060 eni-0123456789abcdef0 OK';
    put('flow.log', `${LOG}${other}\n${record}\n${LOG}`);
    await expectMessages('input-mixed-formats', 'ingest', '@flow.log', '--json');
  });
});

describe('a lake', () => {
  it('that is not there', async () => {
    expect((await expectMessages('lake-missing', 'flows')).code).toBe(1);
  });

  it('of a newer version', async () => {
    put('lake/lake.json', JSON.stringify({ schema: 99, createdAt: '2030-01-01T00:00:00.000Z', hashProbe: '0' }));
    put('flow.log', LOG);
    expect((await expectMessages('lake-newer', 'flows')).code).toBe(1);
    expect((await flowfit('ingest', '@flow.log')).stderr).toContain('error[lake-newer]');
  });

  it('that is damaged', async () => {
    put('lake/lake.json', '{');
    expect((await expectMessages('lake-damaged', 'top', 'srcaddr')).code).toBe(1);
  });

  it('of which a file is missing: told, repaired, and brought back', async () => {
    put('flow.log', LOG);
    await flowfit('ingest', '@flow.log');
    rmSync(join(folder, 'lake/flows/day=2026-06-01'), { recursive: true });
    expect((await expectMessages('lake-file-missing', 'flows')).code).toBe(1);
    expect((await expectMessages('lake-status-damaged', 'lake', 'status')).code).toBe(1);
    expect((await expectMessages('lake-repair', 'lake', 'repair')).code).toBe(0);
    expect((await flowfit('ingest', '@flow.log')).code).toBe(0);
    expect((await expectMessages('lake-status', 'lake', 'status', '--check')).code).toBe(0);
    expect((await expectMessages('lake-repair-nothing', 'lake', 'repair')).code).toBe(0);
  });

  it('in which there is nothing to prune', async () => {
    put('flow.log', LOG);
    await flowfit('ingest', '@flow.log');
    expect((await expectMessages('prune-nothing', 'lake', 'prune', '--before', '2026-06-01')).code).toBe(1);
    await expectMessages('prune', 'lake', 'prune', '--before', '2026-06-02', '--dry-run');
    await expectMessages('lake-compact-nothing', 'lake', 'compact');
    put('taken/file', '');
    expect((await expectMessages('export-not-empty', 'lake', 'export', '@taken')).code).toBe(1);
    await expectMessages('lake-export', 'lake', 'export', '@copy');
  });

  it('that another process writes', async () => {
    put('flow.log', LOG);
    await flowfit('ingest', '@flow.log');
    // The parent of this process lives, which is all that is asked of the holder of a lock.
    put(
      'lake/lock',
      JSON.stringify({
        pid: process.ppid,
        host: hostname(),
        since: '2026-06-01T00:00:00.000Z',
      }),
    );
    put('other.log', LOG.replaceAll('203.0.113.7', '203.0.113.8'));
    expect((await expectMessages('lake-locked', 'ingest', '@other.log')).code).toBe(1);
    expect((await flowfit('flows', '--json')).code).toBe(0);
  });

  it('that has the object already', async () => {
    put('flow.log', LOG);
    await flowfit('ingest', '@flow.log');
    await expectMessages('already-ingested', 'ingest', '@flow.log');
  });

  it('in which nothing matches', async () => {
    put('flow.log', LOG);
    await flowfit('ingest', '@flow.log');
    await expectMessages('no-match', 'flows', '--where', 'srcaddr in 192.0.2.0/24');
    await expectMessages('no-match-json', 'top', 'srcaddr', '--where', 'srcaddr in 192.0.2.0/24', '--json');
  });
});

describe('a place where nothing can be made', () => {
  it('ends at once, whatever is in the way', async () => {
    put('flow.log', LOG);
    // /proc refuses new folders as if the one above were missing.
    const places = ['flow.log/lake', 'flow.log/deep/lake', ...(existsSync('/proc/self') ? ['/proc/none/lake'] : [])];
    for (const place of places) {
      const { code, stderr } = await flowfit('ingest', '@flow.log', '--lake', place);
      expect([place, code]).toEqual([place, 1]);
      expect(stderr).toContain('error[lake-unwritable]');
      expect(stderr).toContain('--lake');
      expect((await flowfit('generate', '--out', place)).stderr).toContain('error[out-unusable]');
    }
  });
});

describe('what a terminal would obey', () => {
  /** A title, a colour, the way back to the left, the end of a C1 sequence, text from right to left. */
  const EVIL = 'a\u001b]0;pwned\u0007\u001b[31m\u001b[2J\rb\u009bc\u202ed';

  /** Everything but line ends and, where colours are wanted, our own. */
  const obeyed = (text: string, colours: boolean): string[] =>
    (colours ? text.replace(/\u001b\[\d+m/g, '') : text).match(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu) ?? [];

  const evilLog = accepted(49152).replace('ACCEPT', EVIL);

  it.each<[string, string[]]>([
    ['the name of a file that is not there', ['ingest', `@${EVIL}.log`]],
    ['the name of a file that is not read', ['ingest', `@logs/${EVIL}.bin`, '@flow.log']],
    ['the name of a lake', ['flows', '--lake', EVIL]],
    ['a filter', ['flows', '--where', `srcaddr = ${EVIL}`]],
    ['a field', ['top', EVIL]],
    ['a command', [EVIL]],
    ['an option', ['flows', `--${EVIL}`]],
    ['a format', ['ingest', '@flow.log', '--format', `${EVIL} srcaddr`]],
    ['a time', ['flows', '--from', EVIL]],
    ['the name of an inventory', ['inventory', 'add', `@${EVIL}`]],
    ['a folder to write to', ['generate', '--out', `flow.log/${EVIL}`]],
    ['records, as a table', ['flows', '--lake', 'filled']],
    ['records, as a document', ['flows', '--lake', 'filled', '--json']],
    ['values, as a table', ['top', 'srcaddr', '--lake', 'filled', '--where', `interface-id != '${EVIL}'`]],
  ])('in %s', async (_name, words) => {
    put('flow.log', `${[HEADER, accepted(49152), evilLog].join('\n')}\n`);
    put(
      `logs/${EVIL}.bin`,
      Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256),
    );
    put('named.log', `${HEADER}\n${accepted(49153).replace('eni-0123456789abcdef0', `eni-${EVIL}`)}\n`);
    await flowfit('ingest', '@named.log', '--lake', 'filled');
    for (const colours of [false, true]) {
      const env = { FLOWFIT_LAKE: 'lake', ...(colours ? { FORCE_COLOR: '1', FLOWFIT_DEBUG: '1' } : {}) };
      const { stdout, stderr } = await runInFolder(folder, words, { env });
      expect([obeyed(stdout, colours), obeyed(stderr, colours)]).toEqual([[], []]);
      expect(stderr).not.toContain('\u001b[31m\u001b[2J');
    }
  });
});

describe('inventory', () => {
  const groups = JSON.stringify({
    SecurityGroups: [{ GroupId: 'sg-0123456789abcdef0', GroupName: 'web', VpcId: 'vpc-1' }],
  });

  it('that is not there', async () => {
    expect((await expectMessages('inventory-missing', 'inventory', 'add', '@nowhere')).code).toBe(1);
  });

  it('that is cut off, or of an unknown kind', async () => {
    put('inventory/cut.json', groups.slice(0, 40));
    put('inventory/other.json', '{"Buckets": []}');
    expect((await expectMessages('inventory-nothing', 'inventory', 'add', '@inventory')).code).toBe(1);
  });

  it('of which a part cannot be read', async () => {
    put('2026-06-01/cut.json', groups.slice(0, 40));
    put('2026-06-01/groups.json', groups);
    await expectMessages('inventory-partly', 'inventory', 'add', '@2026-06-01', '--strict');
    await expectMessages('inventory-gaps', 'inventory', 'show');
  });

  it('that the lake does not have', async () => {
    put('flow.log', LOG);
    await expectMessages('ingest-without-inventory', 'ingest', '@flow.log');
    await expectMessages('inventory-none', 'inventory', 'show');
  });
});
