{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "c2e03226dd4c46c69e5db616c13a02a5c39437503df6a50588729b5441428481"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoicmVjZWlwdHMtMjAyNCIsImRpZ2VzdCI6eyJzaGEyNTYiOiI2MWEyNjBkNjdhZGNkMDU5Nzg5ODcyZDdhNzM0MjRhNTllODdiNjc1MDc2ZjVkNDcwMjcyNmZjZjU5ZWY5YjA2In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiI5MGZhYzljMWZhMzk2ZjYzNDIxYTBjZDFiMDZiMTBiNTY5Y2NjNzVjODAyOTVhMTlmZmUxYjI1ODYyNWMyODRhIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiZGF0YS90cmFpbi0wMDAwMC1vZi0wMDAwMS5qc29ubCIsImRpZ2VzdCI6IjkyMTU5YWM3OGU5ZjliNzI5YjlmYWZlNjYzYjQzZmI0OGIyMGFiMWNhZWIzMDJiYzM5NmYxNzMwMDNkM2ZkYTkiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2UsImlnbm9yZV9wYXRocyI6WyIuZ2l0IiwiLmdpdGF0dHJpYnV0ZXMiLCIuZ2l0aHViIiwiLmdpdGlnbm9yZSIsIm1vZGVsLnNpZyJdfX19",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGUCMGSCez70L8J+ABd06DEnC0ObpZHnNfaqzpRIhSMiWjcoG5QRw/a0YIfgrR3sGYy8kQIxAL5T53Tueb3OLgF7Bj6PpU4VWYNPYJLU5bsZDyKeBLM22nAOCeE10CnZUvqU+RpS8g==",
        "keyid": ""
      }
    ]
  }
}
