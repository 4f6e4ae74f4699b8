import type { ComponentProps, ReactNode } from "react";

type TextFieldProps = Readonly<
  Omit<ComponentProps<"input">, "className" | "onChange"> & {
    "aria-label": string;
    className?: string;
    onText: (text: string) => void;
    /** Stands at the end of the field, such as its key. */
    hint?: ReactNode;
  }
>;

/** One line of text, named by its label. */
export function TextField({ className = "", onText, hint, ...input }: TextFieldProps) {
  return (
    <span className={`text-field ${className}`}>
      <input
        type="text"
        autoComplete="off"
        spellCheck={false}
        {...input}
        className="input"
        onChange={(event) => onText(event.currentTarget.value)}
      />
      {hint}
    </span>
  );
}
