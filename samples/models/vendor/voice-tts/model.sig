{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "9239d15f714370f3e87bade76974e5570831e9ca74f925c3adcc2aa06c73e068"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoidm9pY2UtdHRzIiwiZGlnZXN0Ijp7InNoYTI1NiI6IjE2ZGY0NThhMDUzYzBkYzU3NDQ3YmUyN2QwMDM3ZTVjYjNiOGQ2ZDZlYjMwMjhmMGRiOTFhOWRjZGMyMTk2ZjMifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6IlJFQURNRS5tZCIsImRpZ2VzdCI6ImUwZGRkNTM2NTY5MjEwZGU0OTg2NmRkYWZlM2Q1NTA3MzVmNjIwZTNhNzA4ZTY4NzRjZTFjZTllOGJhYjBlOTYiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJjb25maWcuanNvbiIsImRpZ2VzdCI6ImM2YzU1NmExNDJlM2JhMmFlMDkwOGI1YmQ0NjIxZjhiMjg0NzExOWU4YTY3YzI0ZmRjNTRhOTRmOTdjMmM0MmYiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJtb2RlbC5zYWZldGVuc29ycyIsImRpZ2VzdCI6ImM1NTVkZDk4ZjAwMTJjOTk0OTVkODgwYzU2ZWUxYWM0ZjU0OGI2ZTQxNGI5ZmZlYmYxYjI5YTUxNjlhNGNmMzMiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJ0b2tlbml6ZXJfY29uZmlnLmpzb24iLCJkaWdlc3QiOiIxMzcyN2IzMGQwZDg1ZTE2NGEzNWU4NDM0OWZiMzA2OTM2NTU5OWMyMWIzMTQ1MmYwNmZjMGM0ZjYzOWExODJhIiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEUCIFI145Y6B1daJG4wytnf1MnhGgFJZuUPCWyW4JoBx4bwAiEA8hyjSQvlZGqc2NuBYoHqFXfUPf34cbtSE0aBtlYP9vA=",
        "keyid": ""
      }
    ]
  }
}
