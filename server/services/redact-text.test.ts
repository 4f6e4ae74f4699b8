import { expect, it } from "vitest";

import { redactText } from "./redact-text";

it.each([
  [
    "curl https://bob:hunter2@models.example.com/llama.gguf?token=s3cret#x -o /models",
    "curl https://models.example.com/llama.gguf -o /models",
  ],
  ['GET "https://models.example.com/a?sig=s3cret" 403', 'GET "https://models.example.com/a" 403'],
  ["no address here: a?b=c", "no address here: a?b=c"],
])("leaves out what may be a secret in %s", (text, redacted) => {
  expect(redactText(text)).toBe(redacted);
});
