import { sql } from 'slonik';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

export const privateStreams = sqlCheck({
  name: 'private_streams',
  title: 'the private stream of every account has no gaps and ends where the account says',
  subject: 'streams',
  count: countOf('account_streams'),
  // Old frames may be gone, so a stream need not begin with 1; numbers are unique by constraint.
  offenders: sql.unsafe`
    select account_id, s.seq as stream_seq, e.first, e.last, e.count
    from account_streams s
    full join (
      select account_id, min(seq) as first, max(seq) as last, count(*) as count from account_events group by account_id
    ) e using (account_id)
    where s.seq is distinct from coalesce(e.last, 0) or e.count <> e.last - e.first + 1
    order by account_id limit ${OFFENDER_LIMIT}`,
});
