import {
  type PlaceCommand,
  type ReduceCommand,
  type ReplaceCommand,
  writeCancel,
  writePlace,
  writeReduce,
  writeReplace,
} from '../../src/domain/book/commands.ts';

export type BookCommand =
  | ({ readonly op: 'place' } & PlaceCommand)
  | { readonly op: 'cancel'; readonly id: number }
  | ({ readonly op: 'replace' } & ReplaceCommand)
  | ({ readonly op: 'reduce' } & ReduceCommand);

export function writeCommand(buffer: Float64Array, index: number, command: BookCommand): void {
  if (command.op === 'place') writePlace(buffer, index, command);
  else if (command.op === 'cancel') writeCancel(buffer, index, command.id);
  else if (command.op === 'replace') writeReplace(buffer, index, command);
  else writeReduce(buffer, index, command);
}
