{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "00e29e341cad03fcc7aa6dfb62f7b610ff1105a1bf2c4f431edde0e28faccab7"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoicmVjZWlwdHMtMjAyNCIsImRpZ2VzdCI6eyJzaGEyNTYiOiI2MWEyNjBkNjdhZGNkMDU5Nzg5ODcyZDdhNzM0MjRhNTllODdiNjc1MDc2ZjVkNDcwMjcyNmZjZjU5ZWY5YjA2In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiI5MGZhYzljMWZhMzk2ZjYzNDIxYTBjZDFiMDZiMTBiNTY5Y2NjNzVjODAyOTVhMTlmZmUxYjI1ODYyNWMyODRhIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiZGF0YS90cmFpbi0wMDAwMC1vZi0wMDAwMS5qc29ubCIsImRpZ2VzdCI6IjkyMTU5YWM3OGU5ZjliNzI5YjlmYWZlNjYzYjQzZmI0OGIyMGFiMWNhZWIzMDJiYzM5NmYxNzMwMDNkM2ZkYTkiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2UsImlnbm9yZV9wYXRocyI6WyIuZ2l0IiwiLmdpdGF0dHJpYnV0ZXMiLCIuZ2l0aHViIiwiLmdpdGlnbm9yZSIsIm1vZGVsLnNpZyJdfX19",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGUCMC4j9T0kxtVSoRm5R12eacjHTcsfkxC4PRxOMaKWCutB9IrgzV41LjpQYA7zegTvoAIxAMCIkr7E+y+kiq5YOzpZ3R6qkgxusPz5rADgS6JmS2M56uh3orrb6j/YgL83fuzP3A==",
        "keyid": ""
      }
    ]
  }
}
