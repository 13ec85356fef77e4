import { describe, expect, it } from 'vitest';
import { serviceName } from './services.ts';

describe('serviceName', () => {
  it('goes by transport and port', () => {
    expect(serviceName(6, 22)).toBe('ssh');
    expect(serviceName(17, 53)).toBe('dns');
    expect(serviceName(6, 53)).toBe('dns');
    expect(serviceName(17, 22)).toBeNull();
    expect(serviceName(6, 40000)).toBeNull();
    expect(serviceName(1, 0)).toBeNull();
  });
});
