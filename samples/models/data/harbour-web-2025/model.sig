{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "db22d098e35194d9148dd7ff55f625c6c2dda0e4b888f34d7f77c5e9bddce623"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiaGFyYm91ci13ZWItMjAyNSIsImRpZ2VzdCI6eyJzaGEyNTYiOiJkMmQ1MmMzYjg1NjRhNjMxYzE4NWRjZWY4YjM3ZGY1NjdkMjRiMzVhNmZjZDBmNmE1NWRjZDk2NTU1YzMwOGI3In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiJhMGZlZTI2MjA5ZjZmYWJmYjIyMjRkNmU2ZDM5NjU2YjY5NmQwZGUyZDZiYzJlNThkZWEzYTMyMTNkMDk2ZDIzIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiZGF0YS90cmFpbi0wMDAwMC1vZi0wMDAwMS5qc29ubCIsImRpZ2VzdCI6ImMwY2M2MjZjOTAwZjkzYTkyZjRhYTI3OTcyMDkyNDM1NGI4ZTEwZWU1NGFiMzk2OWZhNjAxYWRkYzU5YjgxNWYiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2UsImlnbm9yZV9wYXRocyI6WyIuZ2l0IiwiLmdpdGF0dHJpYnV0ZXMiLCIuZ2l0aHViIiwiLmdpdGlnbm9yZSIsIm1vZGVsLnNpZyJdfX19",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGYCMQCsqm/Zd7UpS4GvmjFic3dybs59c7/MStXliFzFNivKJQck153GD8TTgDPcHN1S39oCMQDBM2mUG7irAFfjEvhKK6voQb4yD8liH4Al049ceshf18ZM2XAnkkJywQfjxPLV3ZM=",
        "keyid": ""
      }
    ]
  }
}
