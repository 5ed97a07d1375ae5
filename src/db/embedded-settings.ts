/** For a few tables that change all the time and a log that only grows, with durable commits. */
export const serverSettings: Readonly<Record<string, string>> = Object.freeze({
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  max_connections: '100',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  wal_buffers: '64MB',
  // The embedded build has no lz4, and pglz costs more time than the bytes it saves.
  wal_compression: 'off',
  min_wal_size: '1GB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  // Wallets and open orders are updated without end: dead rows must go before the tables grow.
  autovacuum_naptime: '5s',
  autovacuum_vacuum_cost_delay: '1ms',
  jit: 'off',
  random_page_cost: '1.1',
  effective_io_concurrency: '32',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
});
