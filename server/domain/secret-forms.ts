const NAMES = [
  "x-amz-(?:signature|credential|security-token)",
  "aws_?(?:secret_?access_?key|session_?token|access_?key_?id)",
  "(?:secret|access|api|account|encryption)[-_]?key",
  "(?:access|refresh|id|auth|session|private|hf|hugging_?face(?:_hub)?|github|gitlab)[-_]token",
  "client[-_]secret",
  "x-(?:api-key|auth-token|vault-token)",
  "password",
  "passwd",
].join("|");

/** Forms of secrets outside of a URL that is whole; what is before the secret stays, so that the line can still be understood. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b(hf_)[A-Za-z0-9]{8,}/gu, "$1***"],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/gu, "$1***"],
  [/\b(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-)[A-Za-z0-9_-]{16,}/gu, "$1***"],
  [/\b(eyJ)[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/gu, "$1***"],
  [
    /\b(authorization["']?\s*[:=]\s*["']?(?:bearer|basic|digest|token|negotiate|apikey|aws4-hmac-sha256|aws)\s+)[^\r\n"']+/giu,
    "$1***",
  ],
  [/\b(authorization["']?\s*[:=]\s*["']?)(?!aws)(?=[^\s"']*\d)[^\s"']{8,}/giu, "$1***"],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}/giu, "$1 ***"],
  [/\b((?:set-)?cookie["']?\s*:\s*)[^\r\n]+/giu, "$1***"],
  [new RegExp(`\\b((?:${NAMES})["']?\\s*[=:]\\s*["']?)[^\\s"'&,;]+`, "giu"), "$1***"],
  // a token's number in a vocabulary is no secret: letters and digits, and long enough to be one
  [
    /\b((?:token|secret|signature|sig)["']?\s*[=:]\s*["']?)(?=[^\s"'&]*[A-Za-z])(?=[^\s"'&]*\d)[\w.~+/=%-]{12,}/giu,
    "$1***",
  ],
  [/([?&](?:token|key|sig|signature|secret|expires|policy)=)[^\s&"'`<>]+/giu, "$1***"],
  [/(\s--(?:api-key|hf-token|token|password)[ =])[^\s"']+/gu, "$1***"],
  [/(\s(?:-u|--user|--proxy-user)[ =])[^\s:]+:\S+/gu, "$1***"],
  [/(?<![\w:/.%+-])[\w.%+-]{1,64}:[^\s:@/"'<>]{1,128}@(?=[\w-]+\.[\w-]|localhost\b)/gu, "***@"],
];

/** What every one of the forms has somewhere; most texts have none of it, and are not looked at any closer. */
const SIGNS =
  /hf_|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|sk-|eyJ|authorization|bearer|basic|cookie|key|token|secret|passw|credential|sig|expires|policy|--|\s-u|@/iu;

/** The text with well-known forms of credentials masked; user info and queries of whole URLs are not its business. Idempotent. */
export function maskSecrets(text: string): string {
  if (!SIGNS.test(text)) return text;
  return FORMS.reduce((masked, [form, mask]) => masked.replace(form, mask), text);
}
