import { type ReactNode, useState } from 'react';
import { Problem } from '../api/problem.ts';
import { Dialog } from '../design/dialog.tsx';
import { sayFailure } from '../design/toasts.tsx';
import { StepUp } from './step-up.tsx';

type Work = () => Promise<void>;
type Run = (work: Work) => Promise<void>;

/**
 * Does what may take a fresh second factor, and does it again once the factor was shown.
 * @returns how to do something, what asks for the factor while it has to be shown, and how to give up
 */
function useRepeat(
  onFailure: (error: unknown) => void,
): readonly [run: Run, stepUp: ReactNode, giveUp: () => void] {
  const [waiting, setWaiting] = useState<Work>();
  const giveUp = () => setWaiting(undefined);
  async function run(work: Work): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Problem && error.code === 'step_up_required') setWaiting(() => work);
      else onFailure(error);
    }
  }
  const stepUp = waiting !== undefined && (
    <StepUp
      onDone={() => {
        giveUp();
        void run(waiting);
      }}
    />
  );
  return [run, stepUp, giveUp];
}

/**
 * For a form, which the factor takes the place of.
 * @returns how to do something, and what to draw instead of the form; false: nothing
 */
export function useStepUpInPlace(
  onFailure: (error: unknown) => void,
): readonly [run: Run, stepUp: ReactNode] {
  const [run, stepUp] = useRepeat(onFailure);
  return [run, stepUp];
}

/**
 * For a button: the factor is asked for in a dialog, other failures are said in the corner.
 * @returns how to do something, and the dialog to draw
 */
export function useStepUp(): readonly [run: Run, dialog: ReactNode] {
  const [run, stepUp, giveUp] = useRepeat(sayFailure);
  const dialog = stepUp && (
    <Dialog title="Show your second factor" onClose={giveUp}>
      {stepUp}
    </Dialog>
  );
  return [run, dialog];
}
