/** A line that is rewritten in place on a terminal; elsewhere a new line now and then. */
export interface Progress {
  /** Ends the line for good, with its last state. */
  stop(): void;
}

const TERMINAL_INTERVAL_MS = 250;
const LOG_INTERVAL_MS = 5_000;
const ERASE_LINE = '\r\u001b[2K';

/** @param line what there is to say now; called at each turn */
export function showProgress(line: () => string, output: NodeJS.WriteStream = process.stdout): Progress {
  const terminal = output.isTTY === true;
  const write = () => {
    if (terminal) output.write(`${ERASE_LINE}${line().slice(0, Math.max(20, output.columns - 1))}`);
    else output.write(`${line()}\n`);
  };
  const timer = setInterval(write, terminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      write();
      if (terminal) output.write('\n');
    },
  };
}
