import next from "@next/eslint-plugin-next";
import query from "@tanstack/eslint-plugin-query";
import jsdoc from "eslint-plugin-jsdoc";
import playwright from "eslint-plugin-playwright";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const TESTS = [
  "**/*.test.{ts,tsx}",
  "e2e/**/*.ts",
  "server/testing/**/*.ts",
  "sandbox/testing/**/*.ts",
];

export default tseslint.config(
  {
    ignores: [
      ".next/**",
      ".mooring/**",
      "server/db/generated/**",
      "next-env.d.ts",
      "*.config.*",
      ".dependency-cruiser.cjs",
      "**/*.mjs",
      "e2e/cluster/.bin/**",
    ],
  },
  tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat["recommended-latest"],
  query.configs["flat/recommended"],
  { languageOptions: { parserOptions: { projectService: true } } },
  {
    rules: {
      complexity: ["error", 10],
      "max-depth": ["error", 3],
      "max-params": ["error", 3],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Take it as an argument; only server/config.ts reads the environment.",
        },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/require-await": "off", // an in-memory port is async by contract
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    files: ["server/{contract,domain}/**/*.ts"],
    ignores: TESTS,
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "Pure layer: take the time as an argument.",
        },
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: "Pure layer: take the time as an argument.",
        },
        {
          selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
          message: "Pure layer: no randomness.",
        },
        { selector: "AwaitExpression", message: "Pure layer: no I/O, so nothing to await." },
      ],
    },
  },
  {
    files: ["server/**/*.ts", "components/query/**/*.ts"],
    ignores: TESTS,
    plugins: { jsdoc },
    rules: {
      "jsdoc/require-jsdoc": [
        "error",
        { publicOnly: true, require: { FunctionDeclaration: true, ClassDeclaration: true } },
      ],
      "jsdoc/no-types": "error",
    },
  },
  {
    files: ["{app,components}/**/*.{ts,tsx}"],
    plugins: { "@next/next": next },
    rules: next.configs["core-web-vitals"].rules,
  },
  {
    files: ["components/**/*.tsx", "app/**/*.tsx"],
    // JSX is layout: a page of markup is not a page of logic. Complexity stays limited.
    rules: {
      "max-lines-per-function": ["error", { max: 90, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: [
      "server/config.ts",
      "server/bootstrap.ts",
      "instrumentation.ts",
      "proxy.ts",
      "sandbox/main.ts",
      "e2e/**/*.ts",
      "scripts/**/*.ts",
      "bench/**/*.ts",
    ],
    rules: { "no-restricted-properties": "off" },
  },
  {
    files: ["sandbox/main.ts", "scripts/**/*.ts", "bench/**/*.ts", "e2e/**/*.ts"],
    rules: { "no-console": "off" },
  },
  {
    files: TESTS,
    rules: {
      "max-lines-per-function": "off",
      "max-lines": "off",
      "max-params": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      // a test looks into any field of any object; a wrong path fails its assertion
      "@typescript-eslint/no-unsafe-member-access": "off",
      "no-restricted-properties": "off",
    },
  },
  // Playwright's fixtures hand over with `use`, which is no React hook
  {
    files: ["e2e/**/*.ts"],
    rules: { "react-hooks/rules-of-hooks": "off", "no-empty-pattern": "off" },
  },
  {
    files: ["e2e/journeys/**/*.ts"],
    ...playwright.configs["flat/recommended"],
    rules: {
      ...playwright.configs["flat/recommended"].rules,
      "playwright/no-wait-for-timeout": "error",
    },
  },
);
