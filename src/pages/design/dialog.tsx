import { type ReactNode, useEffect, useId, useRef } from 'react';

const FIELDS = 'input:not([type=checkbox], [type=radio]), select, textarea';

/** A dialog over the page: its first field has the focus, Esc closes it, the focus stays in it and comes back after it. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // What is hidden can't take the focus, so autoFocus was lost, and the first thing in the dialog is what closes it.
    dialog?.querySelector<HTMLElement>(FIELDS)?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={ref} aria-labelledby={id} onClose={onClose}>
      <div className="dialog-body">
        <div className="row spread">
          <h2 id={id}>{title}</h2>
          <button type="button" className="button small" onClick={onClose}>
            Close
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
