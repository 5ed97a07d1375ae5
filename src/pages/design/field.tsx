import { type InputHTMLAttributes, useId } from 'react';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  /** What is wrong with it. */
  readonly wrong?: string | undefined;
  readonly hint?: string | undefined;
}

/** An input with its label, and with what is wrong with it said where it is. */
export function Field({ label, wrong, hint, ...input }: FieldProps) {
  const id = useId();
  const said = wrong ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        className="input"
        aria-invalid={wrong !== undefined}
        aria-describedby={said === undefined ? undefined : `${id}-said`}
      />
      {said !== undefined && (
        <span id={`${id}-said`} className={wrong === undefined ? 'soft' : 'wrong'}>
          {said}
        </span>
      )}
    </div>
  );
}
