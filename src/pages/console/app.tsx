import { useSignedIn } from '../design/hooks.ts';
import { Toasts } from '../design/toasts.tsx';
import { SignInForm } from '../sign-in/sign-in-form.tsx';

export function App() {
  const isSignedIn = useSignedIn();
  return (
    <main className="pad stack">
      {isSignedIn ? <p>Signed in.</p> : <SignInForm mayStay={false} />}
      <Toasts />
    </main>
  );
}
