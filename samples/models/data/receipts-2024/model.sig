{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "f6e981ca10bda5c9796a4f6601061eba339afaeb6eee379800194afb2db923c4"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoicmVjZWlwdHMtMjAyNCIsImRpZ2VzdCI6eyJzaGEyNTYiOiI2MWEyNjBkNjdhZGNkMDU5Nzg5ODcyZDdhNzM0MjRhNTllODdiNjc1MDc2ZjVkNDcwMjcyNmZjZjU5ZWY5YjA2In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiI5MGZhYzljMWZhMzk2ZjYzNDIxYTBjZDFiMDZiMTBiNTY5Y2NjNzVjODAyOTVhMTlmZmUxYjI1ODYyNWMyODRhIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiZGF0YS90cmFpbi0wMDAwMC1vZi0wMDAwMS5qc29ubCIsImRpZ2VzdCI6IjkyMTU5YWM3OGU5ZjliNzI5YjlmYWZlNjYzYjQzZmI0OGIyMGFiMWNhZWIzMDJiYzM5NmYxNzMwMDNkM2ZkYTkiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2UsImlnbm9yZV9wYXRocyI6WyIuZ2l0IiwiLmdpdGF0dHJpYnV0ZXMiLCIuZ2l0aHViIiwiLmdpdGlnbm9yZSIsIm1vZGVsLnNpZyJdfX19",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGUCMAs5qAkavSkfhqq60FEYy+TmXaSFxklOXZe+5RPUp/vXy5Nz0OUF5NuYyhmXWaPGWQIxALW6+b2a5cMFxtggKXRcLbS9xIB5q2qYCnpo9vh7N+lbwdxblprYED6L0WidF7wqOQ==",
        "keyid": ""
      }
    ]
  }
}
