{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "00e29e341cad03fcc7aa6dfb62f7b610ff1105a1bf2c4f431edde0e28faccab7"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiaGFyYm91ci13ZWItMjAyNSIsImRpZ2VzdCI6eyJzaGEyNTYiOiJkMmQ1MmMzYjg1NjRhNjMxYzE4NWRjZWY4YjM3ZGY1NjdkMjRiMzVhNmZjZDBmNmE1NWRjZDk2NTU1YzMwOGI3In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiJhMGZlZTI2MjA5ZjZmYWJmYjIyMjRkNmU2ZDM5NjU2YjY5NmQwZGUyZDZiYzJlNThkZWEzYTMyMTNkMDk2ZDIzIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiZGF0YS90cmFpbi0wMDAwMC1vZi0wMDAwMS5qc29ubCIsImRpZ2VzdCI6ImMwY2M2MjZjOTAwZjkzYTkyZjRhYTI3OTcyMDkyNDM1NGI4ZTEwZWU1NGFiMzk2OWZhNjAxYWRkYzU5YjgxNWYiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2UsImlnbm9yZV9wYXRocyI6WyIuZ2l0IiwiLmdpdGF0dHJpYnV0ZXMiLCIuZ2l0aHViIiwiLmdpdGlnbm9yZSIsIm1vZGVsLnNpZyJdfX19",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGQCME4vqkzzIu0tUOaSWBZe+g4sFENX0Yy9T+VpWJK42wU5JS6aGAB2XEubbYwviTgQnAIwXOOfIRfPdQnhpkbbpbiYjRr9G/wbWcA02YOzCUhjYA8ciMMHVhPSxdkkW4ivr3E7",
        "keyid": ""
      }
    ]
  }
}
