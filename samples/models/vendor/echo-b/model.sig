{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "e9abfbb262e28d53e18bb177a8d7cc7605bf71bb18794286114fa45303b4eba4"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiZWNoby1iIiwiZGlnZXN0Ijp7InNoYTI1NiI6IjczYmNhNjAxNzRkMDBiMWVlNjRkZjA0NTY5ODE3ZGY1Y2VkOTYzZTA0OWY1MDQzMmE4N2JjYjI3ZjE0NDVkNGIifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6IlJFQURNRS5tZCIsImRpZ2VzdCI6IjgyMmJmNTYxZGY0MmZhMTNkYzJjZTJjM2U5NTU2ZmQ5ODJiMzU0ODcxYTZlNTE1NjgwYzFkMWJjZjUxNDVkZTEiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJjb25maWcuanNvbiIsImRpZ2VzdCI6Ijk3YWZkOTkzZWUxNmUwZTA4MmEyNjI4MjY4ZTY0OWE4NzgxMjZlNjY4ZTdmYjYzYjk2NTM0YjhmMDlhMWRlMzEiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJtb2RlbC5zYWZldGVuc29ycyIsImRpZ2VzdCI6IjEzOTE2MzBjNmViZGUzMTA1ZjNmMjVmMDZmMTFkZDliZDNmMThlMTFmZTExY2VhMGNkOTllMzQ4MDQyN2NlMTQiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJ0b2tlbml6ZXJfY29uZmlnLmpzb24iLCJkaWdlc3QiOiJjY2U1ODI1MmNkMmViOThhOGMyYWIwOGFjZTZiNTllMTUyNjJjMmYxOWU2NGE5ZWIyNzk0MTZjNzUyYWRjNGNkIiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEUCIQDmge5tAGlcmx4EPMaO2q5uWVrD7PX38BZJDGEExH6kyQIgMU+3lFREDj3Jg97tSmhTLS16gOMNFZl1JK+ltebdaAI=",
        "keyid": ""
      }
    ]
  }
}
