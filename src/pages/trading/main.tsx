import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { session } from '../api/session.ts';
import '../design/style.css';
import './trading.css';
import { followAccount } from './account-feed.ts';
import { App } from './app.tsx';

// Whoever was signed in is again before anything is drawn: nothing flickers.
await session.resume().catch(() => false);
followAccount();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
