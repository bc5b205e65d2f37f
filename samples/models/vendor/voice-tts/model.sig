{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "f2c06d6446b07877c77726a2f6baf9e1f6d8f553bb109e19b8fcb5374fc62bde"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoidm9pY2UtdHRzIiwiZGlnZXN0Ijp7InNoYTI1NiI6IjIzZGI4Y2Q4NWRjZTUxMjNkOTcxZmZhMTk5MWY0M2QxZTA5OTM2M2JhNWY3MTVhMWM2YWJjNGY1YzlmZWVkMDEifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6IlJFQURNRS5tZCIsImRpZ2VzdCI6ImUwZGRkNTM2NTY5MjEwZGU0OTg2NmRkYWZlM2Q1NTA3MzVmNjIwZTNhNzA4ZTY4NzRjZTFjZTllOGJhYjBlOTYiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJjb25maWcuanNvbiIsImRpZ2VzdCI6ImM2YzU1NmExNDJlM2JhMmFlMDkwOGI1YmQ0NjIxZjhiMjg0NzExOWU4YTY3YzI0ZmRjNTRhOTRmOTdjMmM0MmYiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJtb2RlbC5zYWZldGVuc29ycyIsImRpZ2VzdCI6ImUyN2JiMWJkMWE4NDc0MmMzZTBlM2Q0OGE5ZWI5NGIzYzY2Y2IwYTgyNjg4OTNkMTNlNTAzNzhiMWIxMmI3NDYiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJ0b2tlbml6ZXJfY29uZmlnLmpzb24iLCJkaWdlc3QiOiIxMzcyN2IzMGQwZDg1ZTE2NGEzNWU4NDM0OWZiMzA2OTM2NTU5OWMyMWIzMTQ1MmYwNmZjMGM0ZjYzOWExODJhIiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEQCID8sjMFXimRRJm5iae741m5pwJA26FarjyBtfd1TEQL7AiAhA3CwFYkwNrF7XsQUoLIRbu4dN3fmSZ20IlvyJN6Vxg==",
        "keyid": ""
      }
    ]
  }
}
