{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "f2c06d6446b07877c77726a2f6baf9e1f6d8f553bb109e19b8fcb5374fc62bde"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiZWNoby1iIiwiZGlnZXN0Ijp7InNoYTI1NiI6IjczYmNhNjAxNzRkMDBiMWVlNjRkZjA0NTY5ODE3ZGY1Y2VkOTYzZTA0OWY1MDQzMmE4N2JjYjI3ZjE0NDVkNGIifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6IlJFQURNRS5tZCIsImRpZ2VzdCI6IjgyMmJmNTYxZGY0MmZhMTNkYzJjZTJjM2U5NTU2ZmQ5ODJiMzU0ODcxYTZlNTE1NjgwYzFkMWJjZjUxNDVkZTEiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJjb25maWcuanNvbiIsImRpZ2VzdCI6Ijk3YWZkOTkzZWUxNmUwZTA4MmEyNjI4MjY4ZTY0OWE4NzgxMjZlNjY4ZTdmYjYzYjk2NTM0YjhmMDlhMWRlMzEiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJtb2RlbC5zYWZldGVuc29ycyIsImRpZ2VzdCI6IjEzOTE2MzBjNmViZGUzMTA1ZjNmMjVmMDZmMTFkZDliZDNmMThlMTFmZTExY2VhMGNkOTllMzQ4MDQyN2NlMTQiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJ0b2tlbml6ZXJfY29uZmlnLmpzb24iLCJkaWdlc3QiOiJjY2U1ODI1MmNkMmViOThhOGMyYWIwOGFjZTZiNTllMTUyNjJjMmYxOWU2NGE5ZWIyNzk0MTZjNzUyYWRjNGNkIiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEQCIBWYPoKhN4rY8uJUixy/PCGbqk37XVO4RsghuE3ACw/cAiBgfHHCDK20kF1ybIKeDKm92R4vh6c+3Kr4Fa7rZ1/Vxg==",
        "keyid": ""
      }
    ]
  }
}
