#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { runCli } from './cli/program.ts';
import { readConfig } from './config.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const { stdin, stdout, stderr } = process;

process.exitCode = await runCli(process.argv.slice(2), {
  config: readConfig,
  version,
  stdin,
  stdout,
  stderr,
});
