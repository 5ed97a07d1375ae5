import { useEffect, useState } from 'react';
import { describeFailure } from '../../api/problem.ts';
import { get } from '../../api/request.ts';
import { Scroll } from '../../design/scroll.tsx';
import { showDate } from '../../design/time.ts';
import { goTo } from '../route.ts';
import { useListKeys } from '../use-list-keys.ts';
import { Person, type UserSummary } from './person.tsx';

const TYPING_MS = 250;

/** Finds people by how their address begins. */
export function Users({ openId }: { readonly openId: string | undefined }) {
  const [text, setText] = useState('');
  const [people, setPeople] = useState<readonly UserSummary[]>([]);
  const [said, setSaid] = useState<string>();
  const { selected, select } = useListKeys({
    count: people.length,
    onOpen: (index) => goTo('users', people[index]!.userId),
    onClose: () => goTo('users'),
  });
  useEffect(() => {
    const timer = setTimeout(async () => {
      const query = new URLSearchParams({ limit: '50', ...(text === '' ? {} : { email: text }) });
      try {
        setPeople((await get(`/v1/admin/users?${query}`)).items);
        setSaid(undefined);
      } catch (error) {
        setSaid(describeFailure(error));
      }
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className={openId === undefined ? 'queue' : 'queue open'}>
      <section className="list stack">
        <h1>Users</h1>
        <input
          className="input"
          type="search"
          aria-label="How the e-mail address begins"
          placeholder="How the e-mail address begins"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {said !== undefined && <p className="banner bad">{said}</p>}
        <Scroll label="People">
          <table className="table">
            <thead>
              <tr>
                <th>E-mail</th>
                <th>Role</th>
                <th className="wide-only">Account</th>
                <th className="wide-only">Since</th>
              </tr>
            </thead>
            <tbody>
              {people.map((person, index) => (
                <tr
                  key={person.userId}
                  className={index === selected ? 'selected' : ''}
                  aria-current={person.userId === openId}
                  onClick={() => {
                    select(index);
                    goTo('users', person.userId);
                  }}
                >
                  <td>
                    <button type="button" className="link" onClick={() => goTo('users', person.userId)}>
                      {person.email}
                    </button>{' '}
                    {person.frozen && <span className="tag bad">frozen</span>}
                  </td>
                  <td>{person.role}</td>
                  <td className="wide-only">{person.accountId}</td>
                  <td className="wide-only">{showDate(person.createdAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </section>
      {openId !== undefined && <Person key={openId} id={openId} onClose={() => goTo('users')} />}
    </div>
  );
}
