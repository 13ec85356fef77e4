import { describe, expect, it } from 'vitest';
import { runCli } from './testing/run-cli.ts';

describe('the command without a lake', () => {
  it('prints its version', async () => {
    const { code, stdout } = await runCli(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('shows help on stdout when asked, on stderr when no command is given', async () => {
    const asked = await runCli(['--help']);
    const bare = await runCli([]);
    expect([asked.code, bare.code]).toEqual([0, 2]);
    expect(asked.stdout).toContain('Usage: flowfit');
    expect(bare.stdout).toBe('');
    expect(bare.stderr).toBe(asked.stdout);
  });

  it('suggests the command or option that was meant', async () => {
    const command = await runCli(['ingset']);
    expect(command).toMatchObject({ code: 2, stdout: '' });
    expect(command.stderr).toBe(
      "error[usage]: unknown command 'ingset'\n  Did you mean ingest?\n" +
        '  Run "flowfit --help" to see what is understood.\n',
    );
    const option = await runCli(['completion', 'zsh', '--jsn']);
    expect(option.code).toBe(2);
    expect(option.stderr).toContain("unknown option '--jsn'\n  Did you mean --json?\n");
  });

  it('colours for terminals only, and not where NO_COLOR is set', async () => {
    const plain = await runCli(['nonsense'], { env: { FORCE_COLOR: '' } });
    const forced = await runCli(['nonsense'], { env: { FORCE_COLOR: '1' } });
    const refused = await runCli(['nonsense'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(forced.stderr).toContain('\u001b[31m');
    expect(plain.stderr).toBe(refused.stderr);
    expect(plain.stderr).not.toContain('\u001b');
  });
});
