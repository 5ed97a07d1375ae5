import { type Command, Option } from 'commander';
import { FIRST_STATUSES, MARKET_STATUSES, type MarketStatus } from '../domain/markets/market.ts';
import { breaker, feeTier, statusNamed, wholeNumber } from './arguments.ts';
import {
  type AddMarketOptions,
  addMarket,
  listMarkets,
  setFees,
  setMarketStatus,
} from './commands/market.ts';
import type { Run } from './context.ts';

export function addMarketCommands(program: Command, run: Run): void {
  const market = program.command('market').description('markets');
  const set = (status: MarketStatus) => (symbol: string) =>
    run((context) => setMarketStatus(context, symbol, status));
  market
    .command('list')
    .description('all markets')
    .action(() => run(listMarkets));
  market
    .command('add <symbol>')
    .description('add a market of two assets, for example SOL-USDT')
    .requiredOption('--tick-size <decimal>', 'prices are multiples of it')
    .requiredOption('--lot-size <decimal>', 'quantities are multiples of it')
    .requiredOption('--max-quantity <decimal>', 'of one order')
    .option('--min-quantity <decimal>', 'of one order (default one lot)')
    .option('--min-notional <decimal>', 'least price × quantity', '0')
    .option(
      '--band-ppm <ppm>',
      'how far a market order may trade from the last price, millionths',
      wholeNumber,
      50_000,
    )
    .option('--max-notional <decimal>', 'most price × quantity')
    .option(
      '--limit-band-ppm <ppm>',
      'how far a limit price may be from the last price, millionths',
      wholeNumber,
    )
    .option('--max-open-orders <count>', 'of one account', wholeNumber)
    .option('--max-open-stops <count>', 'of one account', wholeNumber)
    .option('--breaker <band:window:auction>', 'circuit breaker: millionths, seconds, seconds', breaker)
    .addOption(new Option('--status <status>', 'what it begins as').choices(FIRST_STATUSES))
    .option('--maker-fee-ppm <ppm>', 'millionths of what is received', wholeNumber, 1_000)
    .option('--taker-fee-ppm <ppm>', 'millionths of what is received', wholeNumber, 2_000)
    .action((symbol: string, options: AddMarketOptions) =>
      run((context) => addMarket(context, symbol, options)),
    );
  market.command('halt <symbol>').description('take only cancels').action(set('halted'));
  market.command('resume <symbol>').description('take everything again').action(set('open'));
  market
    .command('status <symbol> <status>')
    .description(`set the status: ${MARKET_STATUSES.join(', ')}`)
    .option('--for <seconds>', 'an auction: after how long it opens the market by itself', wholeNumber)
    .action((symbol: string, status: string, options: { for?: number }) =>
      run((context) => setMarketStatus(context, symbol, statusNamed(status), options.for)),
    );
  market
    .command('fees <symbol> <tiers...>')
    .description('replace the fees: tiers as volume:maker:taker, fees in millionths, the first from 0')
    .action((symbol: string, tiers: string[]) =>
      run((context) => setFees(context, symbol, tiers.map(feeTier))),
    );
}
