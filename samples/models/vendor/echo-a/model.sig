{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "f2c06d6446b07877c77726a2f6baf9e1f6d8f553bb109e19b8fcb5374fc62bde"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiZWNoby1hIiwiZGlnZXN0Ijp7InNoYTI1NiI6IjJkNGMyMTBhY2VhOWY1OGEwNjBhMjNmYjg2NGVkZGI5YmRhZDJjZjhkMTRiMjE4MzliMDQzOGMzODFiNmE3YTUifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6IlJFQURNRS5tZCIsImRpZ2VzdCI6ImZiM2VjZTRlNzM4YzA0NGYyY2I2MGFjMmQyOWQ2ODIxYjUxZWY1ZmJmODJlYzJlMzUzODZkY2M4ZDExM2NiYjUiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJjb25maWcuanNvbiIsImRpZ2VzdCI6IjgxZmJhOWI0NDMwZTM4YmNhNmE4NGQ4MzU0NGY4MDg0NTczZmQwZTY1OGYyOWNmNWFhZjZhNzQ4YzVkOGFhZjAiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJtb2RlbC5zYWZldGVuc29ycyIsImRpZ2VzdCI6IjMyMGYyN2MzMDAzNmViNDRiZGUyMDc4YmU1NmM3NWIwYjU2MTA5ZGUxOGY4MTIyMmFhMzVkZTRmYWU1YTJiZjAiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJ0b2tlbml6ZXJfY29uZmlnLmpzb24iLCJkaWdlc3QiOiI1Yzk4NDMzODI3N2U4ZDMwNzZjMmQwMjFiZTlmYjYxODIzY2FmZjRhODlmZmNmODViMzIxODNiZTdhZTgzODczIiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEYCIQCINFC03p13ifMUif8MeWRyZIaM5GRkcPb0vGfg2zOHVQIhAJipROEpZ5S5i/W9Worrq1NQKE39PDcndgQdHXaJzOGg",
        "keyid": ""
      }
    ]
  }
}
