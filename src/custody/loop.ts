/** Does something again and again, never twice at a time, also when it fails. */
export interface Loop {
  /** Does it at once, or again at once if it is being done. */
  wake(): void;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/** @param onError what went wrong; it is tried again after the pause */
export function startLoop(
  work: () => Promise<unknown>,
  pauseMs: number,
  onError: (error: unknown) => void,
): Loop {
  let isStopping = false;
  let isWoken = false;
  let endPause: () => void = () => {};

  async function run(): Promise<void> {
    while (!isStopping) {
      isWoken = false;
      try {
        await work();
      } catch (error) {
        onError(error);
      }
      if (isWoken || isStopping) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        timer.unref();
        endPause = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  const running = run();
  return {
    wake() {
      isWoken = true;
      endPause();
    },
    async stop() {
      isStopping = true;
      endPause();
      await running;
    },
  };
}
