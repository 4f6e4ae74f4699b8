/**
 * A certificate that signs itself, and its key, for servers on loopback in tests; nobody trusts it anywhere else. For `localhost`,
 * `127.0.0.1` and `huggingface.co`, P-256, CA:TRUE, valid from 2020 to 2120 (`openssl ca -selfsign -startdate … -enddate …`).
 */
export const LOOPBACK_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5sb29wYmFj
ayB0ZXN0czAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowGTEXMBUG
A1UEAwwObG9vcGJhY2sgdGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARf
YEZ/BCgN7wTaKgVKjYfp5btI97/igEnSslR1LowYJA0a8kMZeUmaECItJ/FuxtO1
Fvqnx+W2z/m/wnVf50tio14wXDAPBgNVHRMBAf8EBTADAQH/MCoGA1UdEQQjMCGC
Dmh1Z2dpbmdmYWNlLmNvgglsb2NhbGhvc3SHBH8AAAEwHQYDVR0OBBYEFEx+yz+J
uukSgtAaM2/fRVCugBXtMAoGCCqGSM49BAMCA0gAMEUCID4fXjPQ6qR13+x2WjF5
FYZzDVUpNp/GwuyENmGDJYblAiEA7NQpl+hJ4uAfhYzuOomU5wfhZuiW18SS84Lr
HCicX1M=
-----END CERTIFICATE-----
`;

/** The key of `LOOPBACK_CERTIFICATE`. */
export const LOOPBACK_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQdSmxh8QhwGg7mwl
OJo9mlQRSswgfFa665wOF73kTfWhRANCAARfYEZ/BCgN7wTaKgVKjYfp5btI97/i
gEnSslR1LowYJA0a8kMZeUmaECItJ/FuxtO1Fvqnx+W2z/m/wnVf50ti
-----END PRIVATE KEY-----
`;
