{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "c2e03226dd4c46c69e5db616c13a02a5c39437503df6a50588729b5441428481"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiaGFyYm91ci13ZWItMjAyNSIsImRpZ2VzdCI6eyJzaGEyNTYiOiJkMmQ1MmMzYjg1NjRhNjMxYzE4NWRjZWY4YjM3ZGY1NjdkMjRiMzVhNmZjZDBmNmE1NWRjZDk2NTU1YzMwOGI3In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiJhMGZlZTI2MjA5ZjZmYWJmYjIyMjRkNmU2ZDM5NjU2YjY5NmQwZGUyZDZiYzJlNThkZWEzYTMyMTNkMDk2ZDIzIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiZGF0YS90cmFpbi0wMDAwMC1vZi0wMDAwMS5qc29ubCIsImRpZ2VzdCI6ImMwY2M2MjZjOTAwZjkzYTkyZjRhYTI3OTcyMDkyNDM1NGI4ZTEwZWU1NGFiMzk2OWZhNjAxYWRkYzU5YjgxNWYiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2UsImlnbm9yZV9wYXRocyI6WyIuZ2l0IiwiLmdpdGF0dHJpYnV0ZXMiLCIuZ2l0aHViIiwiLmdpdGlnbm9yZSIsIm1vZGVsLnNpZyJdfX19",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGUCMQD8vJaWVwHkRFD1maT7n7uWO/3AlKlrURXsupx4E/WcJbTRTdQtaNLyIU2NHo1O3hoCMGWpNL2gL436kt8+gSVQsBu2E6fs1ywbMht23mAnggWzSmnLuRCAu9VDRzAgtqQOXg==",
        "keyid": ""
      }
    ]
  }
}
