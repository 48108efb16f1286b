import { byId, setText } from './elements.ts';

const KEPT = 'statepool-theme';

/**
 * Starts the theme: light or dark as in the system, until the button changes it. The choice is saved. `onChange` is called
 * after each change.
 */
export function startTheme(onChange: () => void): void {
  const button = byId('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const kept = localStorage.getItem(KEPT);
  if (kept === 'light' || kept === 'dark') root.dataset.theme = kept;
  const other = () => ((root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark' ? 'light' : 'dark');
  const show = () => {
    setText(button, other() === 'dark' ? 'Dark' : 'Light');
    button.setAttribute('aria-label', `Show the page ${other()}`);
  };
  button.addEventListener('click', () => {
    const next = other();
    root.dataset.theme = next;
    localStorage.setItem(KEPT, next);
    show();
    onChange();
  });
  system.addEventListener('change', () => {
    show();
    onChange();
  });
  show();
}
