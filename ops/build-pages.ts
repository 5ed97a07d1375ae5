/**
 * `npm ci` ends with it: builds the pages that the server serves. Without the packages of development (`--omit=dev`) there is
 * nothing to build with: then the pages come from where they were built, as in the image of ops/.
 */
try {
  const { build } = await import('vite');
  await build({ logLevel: 'warn' });
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stdout.write('The pages are not built: the packages of development are not installed.\n');
}
