{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "9239d15f714370f3e87bade76974e5570831e9ca74f925c3adcc2aa06c73e068"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiZWNoby1hIiwiZGlnZXN0Ijp7InNoYTI1NiI6ImI5MGUwM2VhMTg5Zjk2ZmMwYzA3N2Y4NjM1M2FiZmEwNzk3NGJiYTg3MzhhZTIyOWUyZDQ5MDMzMjMyZDRmNzkifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6IlJFQURNRS5tZCIsImRpZ2VzdCI6ImZiM2VjZTRlNzM4YzA0NGYyY2I2MGFjMmQyOWQ2ODIxYjUxZWY1ZmJmODJlYzJlMzUzODZkY2M4ZDExM2NiYjUiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJjb25maWcuanNvbiIsImRpZ2VzdCI6IjgxZmJhOWI0NDMwZTM4YmNhNmE4NGQ4MzU0NGY4MDg0NTczZmQwZTY1OGYyOWNmNWFhZjZhNzQ4YzVkOGFhZjAiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJtb2RlbC5zYWZldGVuc29ycyIsImRpZ2VzdCI6ImMyNjc5M2U5YTUxNzI5NWZkNjk0ZWIwNGM4MmRiOTUwZDFkMzQ0NmRjMzQyZGY3YjA0ODEyZmQwY2EzMDgzYTEiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJ0b2tlbml6ZXJfY29uZmlnLmpzb24iLCJkaWdlc3QiOiI1Yzk4NDMzODI3N2U4ZDMwNzZjMmQwMjFiZTlmYjYxODIzY2FmZjRhODlmZmNmODViMzIxODNiZTdhZTgzODczIiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEYCIQDSa1QC2pVAxvh378geqzizVECczKDS7V4VncA1gdcWgAIhAJ4etyNexlYJk8c9a5j4kJZCoXZnzFcdXNv524RcSEef",
        "keyid": ""
      }
    ]
  }
}
