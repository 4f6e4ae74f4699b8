import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { maskSecrets } from "./secret-forms";

const SECRET = "s3cr3tS3CR3Ts3cr3t";

describe("maskSecrets", () => {
  it.each([
    ["HF_TOKEN=hf_abcdefghijklmnop", "HF_TOKEN=***"],
    ["using hf_abcdefghijklmnop now", "using hf_*** now"],
    [`Authorization: Bearer ${SECRET}`, "Authorization: Bearer ***"],
    [`> authorization: Basic dXNlcjpwYXNz`, "> authorization: Basic ***"],
    [`-H "Authorization: token ${SECRET}" https`, '-H "Authorization: token ***" https'],
    [`{"Authorization":"Bearer ${SECRET}"}`, '{"Authorization":"Bearer ***"}'],
    [
      "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260301/eu/s3/aws4_request, Signature=ab12",
      "Authorization: AWS4-HMAC-SHA256 ***",
    ],
    [`Authorization: ${SECRET}`, "Authorization: ***"],
    ["AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_ACCESS_KEY_ID=***"],
    ["key AKIAIOSFODNN7EXAMPLE is unknown", "key AKIA*** is unknown"],
    [`AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG"`, 'AWS_SECRET_ACCESS_KEY: "***"'],
    [
      "GET /b/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2Feu&X-Amz-Signature=ab12&x-id=GetObject",
      "GET /b/k?X-Amz-Credential=***&X-Amz-Signature=***&x-id=GetObject",
    ],
    ["GET /k?sig=a%2Fb&limit=5", "GET /k?sig=***&limit=5"],
    [`vllm serve --api-key ${SECRET} -x`, "vllm serve --api-key *** -x"],
    [`api_key=${SECRET}`, "api_key=***"],
    [`ghp_${SECRET}abcdefgh`, "ghp_***"],
    ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1 sent", "jwt eyJ*** sent"],
    ["curl -u bob:hunter2 https", "curl -u *** https"],
    ["proxy bob:hunter2@proxy.internal:3128 refused", "proxy ***@proxy.internal:3128 refused"],
    ["Set-Cookie: session=abc; Path=/", "Set-Cookie: ***"],
    ["password=hunter2", "password=***"],
    [`token=${SECRET}`, "token=***"],
  ])("%j becomes %j", (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it.each([
    "print_info: BOS token        = 128000 '<|begin_of_text|>'",
    "print_info: EOT token        = 128009 '<|eot_id|>'",
    "print_info: max token length = 256",
    "curl: (22) The requested URL returned error: 401",
    "Model already cached, skipping download",
    "docker.io/curlimages/curl:8.18.0@sha256:0123456789abcdef",
    "srv  update_slots: n_tokens = 12, token: 42",
    "authorization: denied for the user",
    "progress file=model-Q4_K_M.gguf received=500 total=1500 rate=100",
    "llama_model_loader: - kv  23: tokenizer.ggml.eos_token_id u32 = 2",
    "sort -u names.txt",
    "write to ada@example.com",
    "12:30:01 ready",
  ])("leaves %j as it is", (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  it("changes nothing when it is done again", () => {
    const piece = fc.constantFrom(
      "Authorization: ",
      "Bearer ",
      SECRET,
      "token=",
      "?sig=",
      "&",
      " ",
      "\n",
      "bob:pw@h.example",
      "AKIAIOSFODNN7EXAMPLE",
      "AWS4-HMAC-SHA256 ",
      '"',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const once = maskSecrets(pieces.join(""));
        expect(maskSecrets(once)).toBe(once);
      }),
    );
  });
});
