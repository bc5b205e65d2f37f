{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "c2e03226dd4c46c69e5db616c13a02a5c39437503df6a50588729b5441428481"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiY2FsbHMtMjAyNSIsImRpZ2VzdCI6eyJzaGEyNTYiOiI2OGM1NjlhNDNlYTQwMDczOGNlNTNmNmMwOTE1NGEyZjQ3NjQ4ODkzYWMwYjRhODc1MjNkYWRhODEzMWI0MTk4In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiI1MjM1OGJiYzY3OWI4ZmI5YTFkMDdhNzBkMTExMmI5ODQ1MmExODk0MWJmYzlmNjlkYzJjZDZmMGMxNWRlNTU0IiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiZGF0YS90cmFpbi0wMDAwMC1vZi0wMDAwMS5qc29ubCIsImRpZ2VzdCI6IjM5YWE1OWM3NTBhYzY1YmQ1ZWEwOWM0MzNjYTM4NWI3MzFjZDRmMWYxNDY5NTIwMDA3OTU4ZTA2NGNkYzM1YTgiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2UsImlnbm9yZV9wYXRocyI6WyIuZ2l0IiwiLmdpdGF0dHJpYnV0ZXMiLCIuZ2l0aHViIiwiLmdpdGlnbm9yZSIsIm1vZGVsLnNpZyJdfX19",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGUCMQChfYaJEtLmWKInoo7JxAYwDO28B7B/6NpwXgMs6pbJ8WE8J0JjHUY3OyfJdhKU1d0CMCXop7mJ/NyrEWjjFsRTn/0yOgUC5/MT7Hs2cmYzxayC2CWS2CE/T4t5Um1ekQz5sw==",
        "keyid": ""
      }
    ]
  }
}
