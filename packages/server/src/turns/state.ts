/** One state of the lake, for as long as somebody works on it. */
import type { Lake, PinnedLake } from '@flowfit/lake/lake';
import type { LakeState } from '@flowfit/lake/state';

export interface State {
  readonly lake: LakeState;
  /** Keeps it for one more; what is returned lets it go. */
  share(): () => Promise<void>;
}

export interface OpenState extends State {
  release(): Promise<void>;
}

export const openState = async (lake: Lake): Promise<OpenState> => {
  const pinned: PinnedLake = await lake.pin();
  let users = 0;
  const share = (): (() => Promise<void>) => {
    users += 1;
    return async () => {
      users -= 1;
      if (users === 0) await pinned.release();
    };
  };
  return { lake: pinned, share, release: share() };
};
