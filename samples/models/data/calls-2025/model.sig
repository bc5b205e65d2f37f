{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "00e29e341cad03fcc7aa6dfb62f7b610ff1105a1bf2c4f431edde0e28faccab7"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiY2FsbHMtMjAyNSIsImRpZ2VzdCI6eyJzaGEyNTYiOiI2OGM1NjlhNDNlYTQwMDczOGNlNTNmNmMwOTE1NGEyZjQ3NjQ4ODkzYWMwYjRhODc1MjNkYWRhODEzMWI0MTk4In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiI1MjM1OGJiYzY3OWI4ZmI5YTFkMDdhNzBkMTExMmI5ODQ1MmExODk0MWJmYzlmNjlkYzJjZDZmMGMxNWRlNTU0IiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiZGF0YS90cmFpbi0wMDAwMC1vZi0wMDAwMS5qc29ubCIsImRpZ2VzdCI6IjM5YWE1OWM3NTBhYzY1YmQ1ZWEwOWM0MzNjYTM4NWI3MzFjZDRmMWYxNDY5NTIwMDA3OTU4ZTA2NGNkYzM1YTgiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2UsImlnbm9yZV9wYXRocyI6WyIuZ2l0IiwiLmdpdGF0dHJpYnV0ZXMiLCIuZ2l0aHViIiwiLmdpdGlnbm9yZSIsIm1vZGVsLnNpZyJdfX19",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGUCMQDq2H9NLjj9F8HidbP/l6sL1a3Gizf+A+/Ib3694loxHtNWR6omdRDlrjd8fwolPbECMEeXXvKKohMvjSB4FGWnP5kbsVC/DHuPEKYpB39tPHTZtvFol7dtOt01hTDbpcYk1w==",
        "keyid": ""
      }
    ]
  }
}
