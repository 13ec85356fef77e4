/**
 * The same random values in every run: a property that fails, fails for everyone. `FAST_CHECK_SEED=$RANDOM npx vitest
 * run` looks elsewhere; the seed of a failure is part of its message.
 */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.FAST_CHECK_SEED ?? 20_260_601) });
