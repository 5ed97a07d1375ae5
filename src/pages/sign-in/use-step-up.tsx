import { type ReactNode, useState } from 'react';
import { Problem } from '../api/problem.ts';
import { Dialog } from '../design/dialog.tsx';
import { sayFailure } from '../design/toasts.tsx';
import { StepUp } from './step-up.tsx';

/**
 * Does what may take a fresh second factor: asks for it in a dialog when it does, and does it again then. Other failures are said
 * in the corner.
 * @returns how to do something, and the dialog to draw
 */
export function useStepUp(): readonly [run: (work: () => Promise<void>) => Promise<void>, dialog: ReactNode] {
  const [waiting, setWaiting] = useState<() => Promise<void>>();
  async function run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Problem && error.code === 'step_up_required') setWaiting(() => work);
      else sayFailure(error);
    }
  }
  const dialog = waiting !== undefined && (
    <Dialog title="Show your second factor" onClose={() => setWaiting(undefined)}>
      <StepUp
        onDone={() => {
          setWaiting(undefined);
          void run(waiting);
        }}
      />
    </Dialog>
  );
  return [run, dialog];
}
