import { type SetDigest, stateHash } from '../../src/actors/replay/digest.ts';
import { Replay } from '../../src/actors/replay/replay.ts';
import { readLogFile } from '../../src/cli/log-file.ts';
import { tellStep } from '../../src/cli/replay-steps.ts';

/** What a recorded log came to. */
export interface Outcome {
  readonly messages: number;
  readonly trades: string;
  readonly endedOrders: string;
  readonly stateHash: string;
}

/**
 * Replays a recorded log.
 * @returns what it came to, and what every message led to, as people read it
 */
export async function replayRecorded(
  path: string,
): Promise<{ readonly outcome: Outcome; readonly steps: string }> {
  const replay = new Replay();
  const steps: string[] = [];
  const output = { print: (text: string) => void steps.push(text), note() {}, fail() {} };
  try {
    for await (const batch of readLogFile(path))
      await replay.apply(batch, (message, effect) => tellStep(output, replay, batch, message, effect));
  } finally {
    replay.stop();
  }
  const { state, messages } = replay;
  const told = ({ count, value }: SetDigest) => `${count}, digest ${value}`;
  return {
    outcome: {
      messages,
      trades: told(state.trades),
      endedOrders: told(state.endedOrders),
      stateHash: stateHash(state.present()),
    },
    steps: `${steps.join('\n')}\n`,
  };
}
