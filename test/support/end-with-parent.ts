/** Loaded into processes that tests start: they end when the test run does, however that ends. */
process.stdin.resume();
process.stdin.on('error', () => {});
process.stdin.once('close', () => process.exit(1));
(process.stdin as unknown as { unref(): void }).unref();
